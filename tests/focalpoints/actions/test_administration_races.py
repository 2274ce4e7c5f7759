"""Two administrators press at once, on two real connections: one wins, the other is told, nothing is half done."""

from datetime import timedelta
from time import monotonic, sleep

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from focalpoints import actions, clock
from focalpoints.ledger.replay import differences
from focalpoints.ledger.verification import verify
from focalpoints.mail import wait_until_sent
from focalpoints.models import Agency, Appointment, Entry, LedgerHead, Role, User
from focalpoints.workflow import NotPossible, Stale
from projects import actions as projects
from projects.models import FollowUp, Request, Task
from tests.cast import has_signed_in, hold, make_agency, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def refusals(outcomes):
    return [type(outcome) for outcome in outcomes if isinstance(outcome, Exception)]


def appointing(cast, agency, person, **facts):
    facts = {"kind": "titular", "since": clock.today(), "until": clock.today() + timedelta(365), **facts}
    return lambda: actions.appoint(by=cast["administrator"], user=person, agency=agency, **facts)


def test_two_titulars_appointed_at_once_are_one(cast, race):
    agency = make_agency("77", "XYZ")
    first, second = make_user("first"), make_user("second")
    outcomes = race(appointing(cast, agency, first), appointing(cast, agency, second))
    assert refusals(outcomes) == [NotPossible]
    assert Appointment.objects.filter(agency=agency).count() == 1
    assert Entry.objects.filter(subject_type="appointment").count() == 1
    assert verify().is_intact


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite's transactions take turns by themselves")
def test_without_its_turn_the_same_race_appoints_two(cast, race):
    """The negative control: no constraint knows overlapping days, so the test above can fail."""
    agency = make_agency("77", "XYZ")
    out_of_turn = actions.appoint.__wrapped__

    def appointing_out_of_turn(person):
        facts = {"kind": "titular", "since": clock.today(), "until": clock.today() + timedelta(365)}
        with transaction.atomic():
            return out_of_turn(by=cast["administrator"], user=person, agency=agency, **facts)

    def holding_the_head():
        """Until both have looked for another titular and wait to write their entries."""
        with transaction.atomic():
            LedgerHead.objects.select_for_update().get(pk=1)
            until_waiting(2)

    outcomes = race(
        holding_the_head,
        lambda: sleep(0.3) or appointing_out_of_turn(make_user("first")),
        lambda: sleep(0.3) or appointing_out_of_turn(make_user("second")),
    )
    assert refusals(outcomes) == []
    assert Appointment.objects.filter(agency=agency, kind="titular").count() == 2


def until_waiting(count):
    """Until so many connections wait for a lock."""
    deadline = monotonic() + 20
    while waiting_for_a_lock() < count and monotonic() < deadline:
        sleep(0.02)


def waiting_for_a_lock():
    with connection.cursor() as cursor:
        cursor.execute("select pg_stat_clear_snapshot()")  # else a transaction sees the same answer each time
        cursor.execute(
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
        )
        return cursor.fetchone()[0]


def test_two_administrators_who_deactivate_each_other_leave_one(cast, race):
    first, second = cast["administrator"], make_user("second", "administrator")
    outcomes = race(
        lambda: actions.deactivate(User.objects.get(pk=second.pk), by=first, reason="Se fue."),
        lambda: actions.deactivate(User.objects.get(pk=first.pk), by=second, reason="Se fue."),
    )
    assert refusals(outcomes) == [PermissionDenied]
    assert Role.objects.administrators().count() == 1


def test_two_administrators_who_both_resign_leave_one(cast, race):
    first, second = cast["administrator"], make_user("second", "administrator")
    resigning = [
        lambda person=person: actions.revoke_role(person.roles.get(), by=person, reason="Se va.")
        for person in (first, second)
    ]
    assert refusals(race(*resigning)) == [NotPossible]
    assert Role.objects.administrators().count() == 1


def test_two_corrections_of_one_agency_are_one(cast, race):
    def correcting(note):
        agency = Agency.objects.get(pk=cast.sep.pk)
        return lambda: actions.correct_agency(agency, by=cast["administrator"], revision=agency.revision, note=note)

    outcomes = race(correcting("Primera"), correcting("Segunda"))
    assert refusals(outcomes) == [Stale]
    agency = Agency.objects.get(pk=cast.sep.pk)
    assert (agency.revision, agency.note in {"Primera", "Segunda"}) == (1, True)


def test_one_appointment_ended_twice_has_one_end(cast, race):
    pk = cast.sct.appointments.get(kind="titular").pk
    loaded = [Appointment.objects.get(pk=pk) for _ in range(2)]
    ending = [
        lambda row=row: actions.end_appointment(row, by=cast["administrator"], on=clock.today()) for row in loaded
    ]
    assert refusals(race(*ending)) == [Stale]
    assert Entry.objects.filter(verb="end").count() == 1


def test_one_agency_registered_twice_is_one(cast, race):
    def registering():
        return actions.create_agency(by=cast["administrator"], key="77", name="Nueva", kind="dependencia", acronym="N")

    assert refusals(race(registering, registering)) == [NotPossible]
    assert Agency.objects.filter(key="77").count() == 1


def test_one_address_invited_twice_is_one_account(cast, race, mailoutbox):
    def inviting():
        return actions.invite(by=cast["administrator"], name="Ana", email="ana@example.org")

    assert refusals(race(inviting, inviting)) == [NotPossible]
    assert User.objects.filter(email="ana@example.org").count() == 1
    wait_until_sent()
    assert [message.to for message in mailoutbox] == [["ana@example.org"]]


def test_one_role_given_twice_is_one(cast, race):
    def granting():
        return actions.give_role(person, "coordinator", by=cast["administrator"], reason="Releva.")

    person = has_signed_in(cast["outsider"])
    assert refusals(race(granting, granting)) == [NotPossible]
    assert cast["outsider"].roles.count() == 1


def proposed(cast):
    """A role that waits, as each of two people has it on screen."""
    person = has_signed_in(cast["outsider"])
    role = actions.give_role(person, "coordinator", by=cast["administrator"], reason="Releva.")
    return [Role.objects.select_related("user").get(pk=role.pk) for _ in range(2)]


def test_one_role_confirmed_twice_is_in_force_once(cast, race):
    one, other = proposed(cast)
    outcomes = race(
        lambda: actions.confirm_role(one, by=cast["coordinator"]),
        lambda: actions.confirm_role(other, by=cast["second coordinator"]),
    )
    assert refusals(outcomes) == [Stale]
    assert Entry.objects.filter(verb="confirm").count() == 1


def test_a_role_taken_back_while_it_is_confirmed_is_one_of_both(cast, race):
    one, other = proposed(cast)
    outcomes = race(
        lambda: actions.confirm_role(one, by=cast["coordinator"]),
        lambda: actions.withdraw_role(other, by=cast["administrator"], reason="Fue un error."),
    )
    assert refusals(outcomes) == [Stale]
    one.refresh_from_db()
    assert one.state == Entry.objects.last().state
    assert Entry.objects.filter(subject_type="role").count() == 2


def test_a_coordinator_who_loses_the_role_while_confirming_confirms_before_or_not(cast, race):
    one, _other = proposed(cast)
    office = cast["coordinator"]
    outcomes = race(
        lambda: actions.confirm_role(one, by=office),
        lambda: actions.revoke_role(office.roles.get(), by=cast["administrator"], reason="Se va."),
    )
    one.refresh_from_db()
    [*verbs] = Entry.objects.filter(subject_type="role").order_by("seq").values_list("verb", flat=True)
    assert (verbs, one.state, refusals(outcomes)) in [
        (["give", "confirm", "revoke"], "held", []),
        (["give", "revoke"], "proposed", [PermissionDenied]),
    ]


def test_the_last_who_could_confirm_leaves_while_a_role_is_given(cast, race):
    """Given before, it waits; given after, it is one person's alone, and says so."""
    person, last = has_signed_in(cast["outsider"]), cast["coordinator"]
    Role.objects.filter(user=cast["second coordinator"]).delete()
    hold(cast["alternate"], "administrator")
    outcomes = race(
        lambda: actions.give_role(person, "coordinator", by=cast["administrator"], reason="Releva."),
        lambda: [
            actions.revoke_role(role, by=cast["alternate"], reason="Se va.")
            for role in (last.roles.get(), cast["alternate"].roles.get())
        ],
    )
    assert refusals(outcomes) == []
    [given] = Entry.objects.filter(subject_type="role", subject=f"{person.code}-coordinator")
    left = Entry.objects.filter(verb="revoke", seq__lt=given.seq).count()
    assert (given.verb, given.state) == (("give_alone", "held") if left == 2 else ("give", "proposed"))


def test_an_agency_that_closes_while_somebody_is_appointed_there_is_empty_or_open(cast, race):
    agency = make_agency("77", "XYZ")
    person = make_user("first")
    outcomes = race(
        appointing(cast, agency, person),
        lambda: actions.close_agency(
            Agency.objects.get(pk=agency.pk), by=cast["administrator"], revision=0, on=clock.today(), reason="Decreto."
        ),
    )
    assert refusals(outcomes) == [NotPossible]
    agency.refresh_from_db()
    assert agency.is_closed is not agency.appointments.exists()


def ending_and_closing(cast):
    """The last thing that an administrator does with an agency: nobody acts for it any more, then it is closed."""
    administrator = cast["administrator"]
    loaded = list(Appointment.objects.filter(agency=cast.sct).select_related("agency", "user"))
    agency = Agency.objects.get(pk=cast.sct.pk)

    def end_and_close():
        for appointment in loaded:
            actions.end_appointment(appointment, by=administrator, on=clock.today())
        actions.close_agency(
            agency, by=administrator, revision=agency.revision, on=clock.today(), reason="Decreto de extinción."
        )

    return end_and_close


def proposing(cast):
    commitment, person = cast.commitment, cast["focal point"]
    return lambda: projects.propose_task(commitment, by=person, agency=cast.sct, title="A última hora")


def stepping_back(cast):
    task = cast.task()
    cast.follow_up("accepted", task=task, progress=100)
    draft, person = cast.follow_up(task=task, progress=80, obstacle="Se cayó."), cast["focal point"]
    return lambda: projects.submit(draft, by=person, revision=draft.revision)


def asking(cast):
    commitment, person = cast.commitment, cast["focal point"]
    return lambda: projects.request_date(
        commitment, by=person, agency=cast.sct, to_due=commitment.due + timedelta(30), category="legal", reason="Licitación."
    )  # fmt: skip


def waits(agency):
    """Whether the coordination office still has to decide something of it."""
    proposals, open_tasks = Task.objects.filter(agency=agency, state="proposed"), Task.objects.open()
    return (
        proposals.exists()
        or open_tasks.filter(agency=agency).exists()
        or FollowUp.objects.waiting().filter(agency=agency).exists()
        or Request.objects.waiting().filter(agency=agency).exists()
    )


@pytest.mark.parametrize("sending", [proposing, stepping_back, asking])
def test_an_agency_that_closes_while_it_sends_something_leaves_nothing_waiting(cast, race, sending):
    outcomes = race(sending(cast), ending_and_closing(cast))
    assert refusals(outcomes) in ([NotPossible], [PermissionDenied])
    cast.sct.refresh_from_db()
    assert cast.sct.is_closed is not waits(cast.sct)
    assert verify().is_intact


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite's transactions take turns by themselves")
def test_without_its_turn_a_step_back_would_wait_in_a_closed_agency(cast, race, monkeypatch):
    """The negative control: sent while the closing waits for its turn, and so unseen by it."""
    monkeypatch.setattr(projects, "submit", transaction.atomic(projects.submit.__wrapped__))
    sending, closing = stepping_back(cast), transaction.atomic(ending_and_closing(cast))

    def holding_the_head():
        with transaction.atomic():
            LedgerHead.objects.select_for_update().get(pk=1)
            until_waiting(2)

    outcomes = race(holding_the_head, lambda: sleep(0.3) or closing(), lambda: until_waiting(1) or sending())
    assert refusals(outcomes) == []
    cast.sct.refresh_from_db()
    assert cast.sct.is_closed
    assert waits(cast.sct)


def test_a_proposal_confirmed_while_its_agency_closes_is_nobodys_task_never(cast, race):
    task, coordinator = cast.task("proposed"), cast["coordinator"]
    outcomes = race(lambda: projects.confirm_task(task, by=coordinator), ending_and_closing(cast))
    assert refusals(outcomes) == [NotPossible]
    task.refresh_from_db()
    cast.sct.refresh_from_db()
    assert (task.state, cast.sct.is_closed) == ("confirmed", False)


def test_a_step_back_accepted_while_its_agency_closes_leaves_it_open(cast, race):
    task, coordinator = cast.task(), cast["coordinator"]
    cast.follow_up("accepted", task=task, progress=100)
    follow_up = cast.follow_up("submitted", task=task, progress=80, obstacle="Se cayó.")
    outcomes = race(
        lambda: projects.accept(follow_up, by=coordinator, revision=follow_up.revision), ending_and_closing(cast)
    )
    assert refusals(outcomes) == [NotPossible]
    cast.sct.refresh_from_db()
    assert not cast.sct.is_closed
    assert waits(cast.sct)


def test_an_agency_registered_while_the_last_task_is_accepted_leaves_the_commitment_open(cast, race):
    promise, coordinator = cast.another_commitment(binds="all"), cast["coordinator"]
    first, last = (cast.task(commitment=promise, agency=agency) for agency in (cast.sct, cast.sep))
    cast.follow_up("accepted", task=first, progress=100)
    follow_up, administrator = cast.follow_up("submitted", task=last, progress=100), cast["administrator"]
    outcomes = race(
        lambda: projects.accept(follow_up, by=coordinator, revision=follow_up.revision),
        lambda: actions.create_agency(by=administrator, key="77", name="Nueva", kind="dependencia", acronym="N"),
    )
    assert refusals(outcomes) == []
    promise.refresh_from_db()
    assert (promise.tasks_fulfilled, promise.agencies_without_task, promise.verified_progress) == (2, 1, 66)
    assert not promise.is_fulfilled
    assert differences() == []


def test_two_processes_that_start_at_once_make_one_system_account(race):
    first, second = race(actions.ensure_system, actions.ensure_system)
    assert first == second == User.objects.system()
    assert Entry.objects.count() == 1
