"""The administrators' verbs: role × state × verb against a table written by hand, and what each refuses and leaves behind."""

import json
from datetime import date, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.utils import timezone, translation

from focalpoints import actions, clock
from focalpoints.actions import ensure_system
from focalpoints.mail import wait_until_sent
from focalpoints.models import Agency, Annex, Appointment, Entry, User
from focalpoints.one_time_links import INVITATION, RESET
from focalpoints.rules import acts_for
from focalpoints.workflow import VERBS as TABLE
from focalpoints.workflow import NotPossible, Stale, has_open_work, open_verbs
from projects import actions as project_actions
from tests.cast import EVERYBODY, SINCE, appoint, has_signed_in, hold, make_agency, make_user

ACTORS = (*EVERYBODY, "system")
ADMINISTRATOR, LOADS = {"administrator"}, {"administrator", "system"}
LEGAL = {  # by hand, on purpose: (noun, verb, state before) → who may
    ("agency", "create", ""): LOADS,
    ("agency", "correct", "registered"): LOADS,
    ("agency", "close", "registered"): ADMINISTRATOR,
    ("person", "invite", ""): LOADS,
    ("person", "invite_again", "new"): ADMINISTRATOR,
    ("person", "correct", "new"): ADMINISTRATOR,
    ("person", "correct", "active"): ADMINISTRATOR,
    ("person", "reset_second_factor", "active"): ADMINISTRATOR,
    ("person", "deactivate", "new"): ADMINISTRATOR,
    ("person", "deactivate", "active"): ADMINISTRATOR,
    ("person", "reactivate", "inactive"): ADMINISTRATOR,
    ("appointment", "appoint", ""): LOADS,
    ("appointment", "end", "open"): LOADS,
    ("role", "give", "active"): ADMINISTRATOR,
    ("role", "grant", "new"): {"system"},
    ("role", "grant", "active"): {"system"},
    ("role", "confirm", "proposed"): {"administrator", "coordinator"},
    ("role", "refuse", "proposed"): {"administrator", "coordinator"},
    ("role", "withdraw", "proposed"): ADMINISTRATOR,
    ("role", "revoke", "held"): ADMINISTRATOR,
}
STATES = {
    "agency": ("registered", "closed"),
    "person": ("new", "active", "inactive"),
    "appointment": ("open", "ended"),
    "role": ("proposed", "held", "ended", "refused", "withdrawn"),
}
VERBS = {
    "agency": ("create", "correct", "close"),
    "person": ("invite", "correct", "invite_again", "reset_second_factor", "deactivate", "reactivate"),
    "appointment": ("appoint", "end"),
    "role": ("give", "give_alone", "grant", "confirm", "refuse", "withdraw", "revoke"),
}
NEW = ("create", "invite", "appoint")
TO_A_PERSON = ("give", "grant")  # verbs of a role that are asked of an account
CASES = [
    (noun, verb, state)
    for noun, verbs in VERBS.items()
    for verb in verbs
    if verb != "give_alone"  # the same as `give`, where nobody could confirm it
    for state in (("",) if verb in NEW else STATES["person" if verb in TO_A_PERSON else noun])
]


@pytest.fixture(autouse=True)
def in_english():
    """So that a test can ask for the words of a refusal."""
    with translation.override("en"):
        yield


def subject(noun, state):
    """A row in that state, which is nobody of the cast's."""
    match noun:
        case "agency":
            return make_agency("77", "XYZ", closed_on=clock.today() if state == "closed" else None)
        case "person":
            person = make_user("somebody")
            changes = {"is_active": state != "inactive", "last_login": None if state == "new" else clock.now()}
            User.objects.filter(pk=person.pk).update(**changes)
            Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={})
            return User.objects.get(pk=person.pk)
        case "appointment":
            appointment = appoint(make_user("somebody"), make_agency("77", "XYZ"))
            if state == "ended":
                Appointment.objects.filter(pk=appointment.pk).update(until=date(2018, 2, 1))
            return Appointment.objects.get(pk=appointment.pk)
        case "role":
            begun = {"in_force_at": SINCE if state in {"held", "ended"} else None}
            ended = {"ended_at": None if state in {"proposed", "held"} else clock.start_of(date(2018, 2, 1))}
            return hold(make_user("somebody"), "coordinator", state=state, **begun, **ended)


def carry_out(noun, verb, row, by):
    today = clock.today()
    match noun, verb:
        case "agency", "create":
            return actions.create_agency(by=by, key="78", name="Nueva", kind="dependencia")
        case "agency", "correct":
            return actions.correct_agency(row, by=by, revision=row.revision, name="Otro nombre")
        case "agency", "close":
            return actions.close_agency(row, by=by, revision=row.revision, on=today, reason="Decreto.")
        case "person", "invite":
            return actions.invite(by=by, name="Nueva Persona", email="nueva@example.org")
        case "person", "invite_again":
            return actions.invite_again(row, by=by)
        case "person", "correct":
            return actions.correct_person(row, by=by, revision=row.revision, position="Directora")
        case "person", "reset_second_factor":
            return actions.reset_second_factor(row, by=by, reason="Perdió el teléfono.")
        case "person", "deactivate":
            return actions.deactivate(row, by=by, reason="Dejó la dependencia.")
        case "person", "reactivate":
            return actions.reactivate(row, by=by)
        case "appointment", "appoint":
            somebody, agency = make_user("somebody"), make_agency("77", "XYZ")
            return actions.appoint(by=by, user=somebody, agency=agency, kind="titular", since=today)
        case "appointment", "end":
            return actions.end_appointment(row, by=by, on=today)
        case "role", "give":
            return actions.give_role(row, "coordinator", by=by, reason="Releva a otra persona.")
        case "role", "grant":
            return actions.grant_role(row, "coordinator", by=by)
        case "role", "confirm":
            return actions.confirm_role(row, by=by)
        case "role", "refuse":
            return actions.refuse_role(row, by=by, reason="No trabaja aquí.")
        case "role", "withdraw":
            return actions.withdraw_role(row, by=by, reason="Fue un error.")
        case "role", "revoke":
            return actions.revoke_role(row, by=by, reason="Cambia de área.")
    raise AssertionError((noun, verb))


def actor(cast, name):
    return ensure_system() if name == "system" else cast[name]


def public(entry):
    return json.loads(entry.text)


def test_the_table_has_every_verb():
    recorded = [verb for verb in TABLE.values() if verb.sentence and verb.doer != "portal"]
    assert {noun: tuple(verb.name for verb in recorded if verb.noun == noun) for noun in VERBS} == VERBS


@pytest.mark.once
@pytest.mark.parametrize(("noun", "verb", "state"), CASES)
@pytest.mark.parametrize("role", ACTORS)
def test_a_verb_succeeds_only_where_the_table_says_so(cast, role, noun, verb, state):
    by = actor(cast, role)
    row = subject("person" if verb in TO_A_PERSON else noun, state) if state else None
    before = Entry.objects.count()
    legal = role in LEGAL.get((noun, verb, state), ())
    if row is not None:
        assert (verb in open_verbs(by, row)) is legal
    if legal:
        carry_out(noun, verb, row, by)
        entry = Entry.objects.last()
        assert (entry.verb, entry.subject_type, Entry.objects.count()) == (verb, noun, before + 1)
        assert entry.office == {"system": "system", "coordinator": "CEDN"}.get(role, "administration")
    else:
        with pytest.raises((PermissionDenied, NotPossible)):
            carry_out(noun, verb, row, by)
        assert Entry.objects.count() == before


# ---- Agencies


def test_an_agency_is_renamed_and_found_by_its_new_name(cast):
    by = cast["administrator"]
    agency = actions.create_agency(by=by, key="77", name="Secretaría de Cultúra", kind="dependencia", acronym="SC")
    actions.correct_agency(agency, by=by, revision=0, name="Secretaría de Turismo Único")
    assert (agency.name, agency.revision) == ("Secretaría de Turismo Único", 1)
    assert [*Agency.objects.matching("TURISMO unico")] == [agency]
    assert not Agency.objects.matching("cultura").exists()
    first, second = Entry.objects.about("agency", "77")
    assert (public(first)["title"], public(second)["title"]) == ("Secretaría de Cultúra", "Secretaría de Turismo Único")
    assert public(second)["agencies"] == ["77"]


def test_a_correction_of_an_agency_that_changed_meanwhile_is_stale(cast):
    by = cast["administrator"]
    actions.correct_agency(cast.sep, by=by, revision=0, note="Primera")
    with pytest.raises(Stale):
        actions.correct_agency(cast.sep, by=by, revision=0, note="Segunda")
    assert Agency.objects.get(pk=cast.sep.pk).note == "Primera"


def test_a_correction_that_changes_nothing_is_refused_and_unledgered(cast):
    before = Entry.objects.count()
    with pytest.raises(NotPossible, match="Nothing was changed"):
        actions.correct_agency(cast.sep, by=cast["administrator"], revision=0, name=cast.sep.name)
    assert Entry.objects.count() == before


@pytest.mark.parametrize("column", ["key", "closed_on", "revision", "search"])
def test_a_correction_touches_only_what_may_be_corrected(cast, column):
    with pytest.raises(TypeError):
        actions.correct_agency(cast.sep, by=cast["administrator"], revision=0, **{column: "99"})


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"key": "9"}, "“9” is the acronym or key of SCT – Secretaría SCT"),
        ({"key": "09"}, "“09” is the acronym or key of SCT – Secretaría SCT"),
        ({"name": "secretaria  SCT."}, "SCT – Secretaría SCT .key 9. is called so already"),
        ({"acronym": "SCT"}, "“SCT” is the acronym or key of SCT – Secretaría SCT"),
        ({"key": ""}, ":"),
        ({"key": "con espacio"}, ":"),
        ({"name": ""}, ":"),
        ({"name": "x" * 201}, ":"),
        ({"kind": "club"}, ":"),
        ({"time_zone": "America/Springfield"}, "time zone"),
        ({"is_ministry": True, "parent": "9"}, "heads its sector"),
    ],
)
def test_what_an_agency_cannot_be(cast, facts, message):
    facts = {"key": "77", "name": "Nueva", "kind": "dependencia", **facts}
    if "parent" in facts:
        facts["parent"] = Agency.objects.get(key=facts["parent"])
    before = Agency.objects.count()
    with pytest.raises(NotPossible, match=message):
        actions.create_agency(by=cast["administrator"], **facts)
    assert Agency.objects.count() == before


def test_the_tree_has_two_levels(cast):
    by = cast["administrator"]
    child = actions.create_agency(by=by, key="9-A", name="Hija", kind="dependencia", parent=cast.sct)
    with pytest.raises(NotPossible, match="belongs to a sector itself"):
        actions.create_agency(by=by, key="9-B", name="Nieta", kind="dependencia", parent=child)
    head = actions.create_agency(by=by, key="50", name="Cabeza", kind="dependencia")
    actions.correct_agency(child, by=by, revision=0, parent=head)
    with pytest.raises(NotPossible, match="heads a sector"):
        actions.correct_agency(head, by=by, revision=0, parent=cast.sct)
    with pytest.raises(NotPossible, match="leave it empty"):
        actions.correct_agency(cast.cedn, by=by, revision=0, parent=cast.cedn)
    assert public(Entry.objects.last())["codes"]["parent"] == "50"


def test_an_agency_is_closed_only_when_nothing_is_left_open_in_it(cast):
    by = cast["administrator"]
    task = cast.task()
    child = actions.create_agency(by=by, key="9-A", name="Hija", kind="dependencia", parent=cast.sct)
    with pytest.raises(NotPossible) as refusal:
        actions.close_agency(cast.sct, by=by, revision=0, on=clock.today(), reason="Decreto.")
    for left in ("1 agency of its sector", "2 appointments", "1 task is open"):
        assert left in str(refusal.value)
    project_actions.cancel_task(task, by=cast["coordinator"], reason="Se extingue.")
    actions.close_agency(child, by=by, revision=0, on=clock.today(), reason="Decreto.")
    for appointment in cast.sct.appointments.all():
        actions.end_appointment(appointment, by=by, on=clock.today())
    entry = actions.close_agency(cast.sct, by=by, revision=0, on=date(2018, 11, 30), reason="Decreto del DOF.")
    assert (entry.state, public(entry)["dates"]["closed_on"]) == ("closed", "2018-11-30")
    assert "Decreto" not in entry.text
    with pytest.raises(NotPossible, match="is closed"):
        actions.appoint(by=by, user=cast["outsider"], agency=cast.sct, kind="titular", since=clock.today())
    with pytest.raises(NotPossible, match="is closed"):
        actions.create_agency(by=by, key="9-C", name="Otra", kind="dependencia", parent=cast.sct)


def close_without_people(cast, agency):
    """Its appointments end, then it is closed."""
    for appointment in agency.appointments.not_ended(clock.today()):
        actions.end_appointment(appointment, by=cast["administrator"], on=clock.today())
    agency.refresh_from_db()
    return actions.close_agency(
        agency, by=cast["administrator"], revision=agency.revision, on=clock.today(), reason="Decreto."
    )


def a_proposal(cast):
    cast.task("proposed")


def a_step_back(cast):
    """Nothing is owed, until the follow-up is accepted."""
    task = cast.task()
    cast.follow_up("accepted", task=task, progress=100)
    cast.follow_up("submitted", task=task, progress=80, obstacle="Se cayó el enlace.")


def a_request(cast):
    project_actions.request_date(
        cast.commitment, by=cast["focal point"], agency=cast.sct, to_due=cast.commitment.due + timedelta(10),
        category="legal", reason="Licitación.",
    )  # fmt: skip


WAITING = {
    a_proposal: "1 task that it proposed waits",
    a_step_back: "1 follow-up of it waits for review",
    a_request: "1 request of it for a new date waits",
}


@pytest.mark.parametrize("waiting", WAITING)
def test_an_agency_is_not_closed_while_something_of_it_waits_for_the_coordinators(cast, waiting):
    waiting(cast)
    with pytest.raises(NotPossible, match=WAITING[waiting]) as refusal:
        close_without_people(cast, cast.sct)
    assert "is open in it" not in str(refusal.value)
    empty_seats = Agency.objects.filter(has_open_work())
    assert not empty_seats.exists(), "what the coordinators have to settle needs no focal point"


@pytest.mark.parametrize(("days", "reason"), [(1, "Decreto."), (0, "  ")])
def test_an_agency_is_closed_by_today_and_with_a_reason(cast, days, reason):
    agency = make_agency("77", "XYZ")
    with pytest.raises(NotPossible):
        actions.close_agency(
            agency, by=cast["administrator"], revision=0, on=clock.today() + timedelta(days), reason=reason
        )
    assert not Agency.objects.get(pk=agency.pk).is_closed


# ---- People


def test_an_invitation_goes_out_after_the_commit_and_opens_the_account(
    cast, django_capture_on_commit_callbacks, client
):
    with django_capture_on_commit_callbacks() as callbacks:
        person = actions.invite(by=cast["administrator"], name="Ana Pérez", email=" Ana.Perez@Example.ORG ")
        assert mail.outbox == []
    for send in callbacks:
        send()
    wait_until_sent()
    assert (person.email, person.has_usable_password()) == ("ana.perez@example.org", False)
    [message] = mail.outbox
    assert message.to == ["ana.perez@example.org"]
    path = next(word for word in message.body.split() if word.startswith("http")).partition("localhost:8000")[2]
    assert client.get(path, follow=True).status_code == 200


def test_an_invitation_says_who_invites_for_what_and_whom_to_ask(cast, django_capture_on_commit_callbacks):
    person = actions.invite(by=ensure_system(), name="Ana Pérez", email="ana@example.org", language="en")
    actions.appoint(by=cast["administrator"], user=person, agency=cast.sct, kind="alternate", since=clock.today())
    with django_capture_on_commit_callbacks(execute=True):
        actions.invite_again(person, by=cast["administrator"])
    wait_until_sent()
    assert "The coordination office invites you" in mail.outbox[-1].body, "none has entered its mailbox yet"
    words = {"name": "Coordinación", "email": "cedn@demo.example", "phone": "55 5555", "text_es": "De lunes a viernes."}
    actions.publish_office_text("contact", by=cast["administrator"], revision=0, **words)
    with django_capture_on_commit_callbacks(execute=True):
        actions.invite_again(User.objects.get(pk=person.pk), by=cast["administrator"])
    wait_until_sent()
    body = mail.outbox[-1].body
    assert "Coordinación invites you to" in body
    assert f"Your appointment: Alternate focal point, {cast.sct.name}.\n\nChoose your password here:\n\nhttp" in body
    assert "write to Coordinación: cedn@demo.example. Telephone: 55 5555.\n\nhttp" in body


def test_a_load_writes_to_nobody(cast, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        person = actions.invite(by=ensure_system(), name="Ana Pérez", email="ana@example.org", is_fictional=True)
    assert (mail.outbox, person.invited_at) == ([], None)
    with django_capture_on_commit_callbacks(execute=True):
        actions.invite_again(person, by=cast["administrator"])
    wait_until_sent()
    assert [message.to for message in mail.outbox] == [["ana@example.org"]]
    assert person.invited_at is not None


def test_one_account_an_address_whatever_its_case(cast):
    with pytest.raises(NotPossible, match=r"Outsider has an account with this address already: outsider@example\.org"):
        actions.invite(by=cast["administrator"], name="Otro", email="OUTSIDER@example.org")
    person = cast["outsider"]
    with pytest.raises(NotPossible, match="Coordinator has an account with this address already"):
        actions.correct_person(person, by=cast["administrator"], revision=0, email="Coordinator@example.org")


@pytest.mark.parametrize(
    "facts", [{"name": ""}, {"email": ""}, {"email": "nadie"}, {"language": "fr"}, {"name": "x" * 121}]
)
def test_what_an_account_cannot_be(cast, facts):
    facts = {"name": "Ana", "email": "ana@example.org", **facts}
    with pytest.raises(NotPossible):
        actions.invite(by=cast["administrator"], **facts)
    assert not User.objects.filter(name="Ana").exists()


def test_a_corrected_address_gets_the_invitation_anew(cast, django_capture_on_commit_callbacks):
    by = cast["administrator"]
    person = actions.invite(by=by, name="Ana", email="ama@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        actions.correct_person(person, by=by, revision=0, email="ana@example.org")
        actions.correct_person(person, by=by, revision=1, position="Directora")
    wait_until_sent()
    assert [message.to for message in mail.outbox] == [["ana@example.org"]]
    assert [*User.objects.matching("ána directora")] == [person]


def test_the_earlier_address_hears_that_it_was_changed(cast, django_capture_on_commit_callbacks):
    User.objects.filter(pk=cast["focal point"].pk).update(last_login=timezone.now())
    by, person = cast["administrator"], cast["focal point"]
    earlier = person.email
    with django_capture_on_commit_callbacks(execute=True):
        actions.correct_person(person, by=by, revision=0, email="new@example.org", language="en")
        actions.correct_person(person, by=by, revision=1, position="Directora")
    wait_until_sent()
    [message] = mail.outbox
    assert (message.to, message.subject) == ([earlier], "The e-mail of your EDN portal account was changed")
    assert f"{earlier} no longer signs in" in message.body
    assert "new@example.org" not in message.body


def test_nobody_takes_an_account_with_a_role_over_by_its_address(cast):
    """An administrator alone could have its mail come to herself, choose a password by it, and act as the coordinator."""
    by, coordinator, newcomer = cast["administrator"], cast["coordinator"], has_signed_in(make_user("newcomer"))
    role = actions.give_role(newcomer, "coordinator", by=by, reason="Releva a quien se fue.")
    for person in (coordinator, newcomer):
        with pytest.raises(NotPossible, match="whoever reads their mail could act as them"):
            actions.correct_person(person, by=by, revision=person.revision, email=f"x{person.email}")
        actions.correct_person(person, by=by, revision=person.revision, position="Directora", email=person.email)
    actions.withdraw_role(role, by=by, reason="Su dirección cambió.")
    newcomer.refresh_from_db()
    actions.correct_person(newcomer, by=by, revision=newcomer.revision, email="nueva@example.org")
    actions.correct_person(by, by=by, revision=by.revision, email="propia@example.org")
    assert set(User.objects.filter(email__in=["nueva@example.org", "propia@example.org"])) == {newcomer, by}


def test_a_correction_of_a_person_that_changed_meanwhile_is_stale(cast):
    by, person = cast["administrator"], cast["outsider"]
    actions.correct_person(cast["outsider"], by=by, revision=0, position="Directora")
    with pytest.raises(Stale):
        actions.correct_person(person, by=by, revision=0, position="Subdirectora")
    assert cast["outsider"].position == "Directora"


def test_who_is_deactivated_loses_everything_at_once_and_each_loss_is_on_record(cast):
    person = cast["focal point"]
    hold(person, "coordinator")
    assert acts_for(cast["focal point"], cast.sct)
    before = Entry.objects.count()
    actions.deactivate(person, by=cast["administrator"], reason="Dejó la SCT.")
    person = cast["focal point"]
    assert (person.is_active, person.standing.roles, person.standing.agency_ids) == (False, frozenset(), frozenset())
    assert [entry.verb for entry in Entry.objects.filter(seq__gt=before)] == ["end", "revoke", "deactivate"]
    actions.reactivate(person, by=cast["administrator"])
    person = cast["focal point"]
    assert (person.is_active, person.standing.roles, person.standing.agency_ids) == (True, frozenset(), frozenset())


@pytest.mark.parametrize("link", [INVITATION, RESET], ids=lambda link: link.page)
@pytest.mark.parametrize("who", ["invited", "signed in"])
def test_a_link_from_before_a_deactivation_never_opens_again(cast, link, who):
    by = cast["administrator"]
    person = cast["focal point"] if who == "signed in" else actions.invite(by=by, name="Ana", email="ana@example.org")
    token = link.make_token(person)
    assert link.check_token(person, token)
    actions.deactivate(person, by=by, reason="Dejó la SCT.")
    actions.reactivate(person, by=by)
    assert person.is_active
    assert not link.check_token(person, token)
    assert link.check_token(person, link.make_token(person))


def test_a_deactivated_administrator_can_do_nothing_more(cast):
    second = make_user("second", "administrator")
    gone = cast["administrator"]
    assert gone.standing.roles  # read before, as by a request that is under way
    actions.deactivate(cast["administrator"], by=second, reason="Dejó la oficina.")
    with pytest.raises(PermissionDenied):
        actions.reactivate(gone, by=gone)


def test_a_lost_second_factor_is_taken_off_on_record_and_its_person_hears_of_it(
    cast, django_capture_on_commit_callbacks
):
    person, by = has_signed_in(cast["coordinator"]), cast["administrator"]
    for kind in Authenticator.Type.values:
        Authenticator.objects.create(user=person, type=kind, data={})
        Authenticator.objects.create(user=by, type=kind, data={})
    with django_capture_on_commit_callbacks(execute=True):
        entry = actions.reset_second_factor(person, by=by, reason="Perdió el teléfono; se le llamó a su oficina.")
    wait_until_sent()
    assert (entry.verb, entry.subject, entry.by) == ("reset_second_factor", person.code, by)
    assert "teléfono" not in entry.text
    assert not Authenticator.objects.filter(user=person).exists()
    assert Authenticator.objects.filter(user=by).count() == len(Authenticator.Type.values)
    [letter] = mail.outbox
    assert letter.to == [person.email]
    assert "segundo factor" in letter.body or "second factor" in letter.body
    with pytest.raises(NotPossible, match="no second factor"):
        actions.reset_second_factor(person, by=by, reason="Otra vez.")


def test_nobody_takes_off_their_own_second_factor_as_lost(cast):
    User.objects.filter(pk=cast["administrator"].pk).update(last_login=clock.now())
    by = cast["administrator"]
    Authenticator.objects.create(user=by, type=Authenticator.Type.TOTP, data={})
    with pytest.raises(PermissionDenied):
        actions.reset_second_factor(by, by=by, reason="Lo perdí.")


def test_nobody_deactivates_themself(cast):
    make_user("second", "administrator")
    with pytest.raises(PermissionDenied):
        actions.deactivate(cast["administrator"], by=cast["administrator"], reason="Me voy.")


def test_a_deactivation_needs_a_reason(cast):
    with pytest.raises(NotPossible, match="Say why"):
        actions.deactivate(cast["outsider"], by=cast["administrator"], reason=" ")


@pytest.mark.parametrize("verb", ["invite_again", "correct", "deactivate", "reactivate"])
def test_the_system_account_is_nobodys_to_change(cast, verb):
    with pytest.raises(PermissionDenied):
        carry_out("person", verb, ensure_system(), cast["administrator"])


def test_the_system_account_takes_no_role_and_no_appointment(cast):
    system, by = ensure_system(), cast["administrator"]
    with pytest.raises(PermissionDenied):
        actions.give_role(system, "administrator", by=by, reason="No.")
    with pytest.raises(NotPossible, match="not active"):
        actions.grant_role(system, "coordinator", by=system)
    with pytest.raises(NotPossible, match="not active"):
        actions.appoint(by=by, user=system, agency=cast.sct, kind="alternate", since=clock.today())
    with pytest.raises(PermissionDenied):
        actions.revoke_role(system.roles.get(), by=by, reason="No.")


# ---- Appointments


def test_an_appointment_gives_power_from_its_first_day_to_the_day_before_its_end(cast):
    by, today = cast["administrator"], clock.today()
    agency, person = make_agency("77", "XYZ"), cast["outsider"]
    actions.appoint(
        by=by, user=person, agency=agency, kind="titular", since=today + timedelta(1), until=today + timedelta(3)
    )
    powers = []
    for days in range(5):
        with clock.at(clock.now() + timedelta(days)):
            powers.append(acts_for(cast["outsider"], agency))
    assert powers == [False, True, True, False, False]


def test_an_ended_appointment_gives_no_power_from_the_next_step_on(cast):
    follow_up = cast.follow_up("draft")
    author = cast["focal point"]
    assert acts_for(author, cast.sct)
    appointment = cast.sct.appointments.get(user=author)
    actions.end_appointment(appointment, by=cast["administrator"], on=clock.today(), reason="Cambio de puesto.")
    with pytest.raises(PermissionDenied):
        project_actions.submit(follow_up, by=author, revision=follow_up.revision)


@pytest.mark.parametrize(
    ("kind", "who", "since", "until", "message"),
    [
        ("titular", "outsider", 0, None, "is the titular"),
        ("titular", "outsider", 0, 30, "is the titular"),
        ("titular", "outsider", -9000, None, "is the titular"),
        ("alternate", "focal point", 0, None, "already appointed"),
        ("titular", "alternate", 0, None, "already appointed"),
        ("alternate", "outsider", 0, 0, "cannot come before"),
        ("alternate", "outsider", 0, -1, "cannot come before"),
        ("owner", "outsider", 0, None, ":"),
        ("", "outsider", 0, None, ":"),
    ],
)
def test_what_an_appointment_cannot_be(cast, kind, who, since, until, message):
    today = clock.today()
    days = {"since": today + timedelta(since), "until": None if until is None else today + timedelta(until)}
    with pytest.raises(NotPossible, match=message):
        actions.appoint(by=cast["administrator"], user=cast[who], agency=cast.sct, kind=kind, **days)
    assert cast.sct.appointments.count() == 2


def test_one_titular_may_follow_another_on_the_same_day(cast):
    by, today = cast["administrator"], clock.today()
    titular = cast.sct.appointments.get(kind="titular")
    actions.end_appointment(titular, by=by, on=today + timedelta(10))
    with pytest.raises(NotPossible, match="is the titular"):
        actions.appoint(by=by, user=cast["outsider"], agency=cast.sct, kind="titular", since=today + timedelta(9))
    actions.appoint(by=by, user=cast["outsider"], agency=cast.sct, kind="titular", since=today + timedelta(10))


def test_an_inactive_person_is_not_appointed(cast):
    actions.deactivate(cast["outsider"], by=cast["administrator"], reason="Se fue.")
    with pytest.raises(NotPossible, match="not active"):
        actions.appoint(
            by=cast["administrator"], user=cast["outsider"], agency=cast.sct, kind="alternate", since=clock.today()
        )


def test_an_end_is_never_before_today_and_never_later_than_it_was(cast):
    by, today = cast["administrator"], clock.today()
    appointment = cast.sct.appointments.get(kind="titular")
    with pytest.raises(NotPossible, match="yesterday at the earliest"):
        actions.end_appointment(appointment, by=by, on=today - timedelta(1))
    actions.end_appointment(appointment, by=by, on=today + timedelta(10))
    with pytest.raises(NotPossible, match="ends earlier"):
        actions.end_appointment(appointment, by=by, on=today + timedelta(11))
    actions.end_appointment(appointment, by=by, on=today)
    with pytest.raises(NotPossible, match="already ended"):
        actions.end_appointment(appointment, by=by, on=today)


def test_an_appointment_that_has_not_begun_never_begins(cast):
    by, since = cast["administrator"], clock.today() + timedelta(30)
    appointment = actions.appoint(by=by, user=cast["outsider"], agency=cast.sct, kind="alternate", since=since)
    actions.end_appointment(appointment, by=by, on=clock.today())
    assert appointment.until == since
    with clock.at(clock.start_of(since)):
        assert not acts_for(cast["outsider"], cast.sct)
    # Its days are free again.
    actions.appoint(by=by, user=cast["outsider"], agency=cast.sct, kind="alternate", since=since - timedelta(1))


def test_there_is_one_system_account_and_nobody_signs_in_with_it(db):
    system = ensure_system()
    assert ensure_system() == system == User.objects.system()
    assert (system.email, system.has_usable_password()) == ("sistema@edn.invalid", False)
    [entry] = Entry.objects.about("person", system.code)
    assert (entry.verb, entry.office, entry.by) == ("create", "system", system)


# ---- The record


def test_no_name_address_or_free_text_is_in_the_public_part(cast):
    by = cast["administrator"]
    secrets = ["Ximena", "ximena@", "Subdirectora", "SCT-1-23", "Porque", "Zutano", "zutano@"]
    agency = actions.create_agency(
        by=by, key="77", name="Nueva", kind="dependencia", head_name="Zutano", head_email="zutano@example.org"
    )
    person = actions.invite(by=by, name="Ximena Ruiz", email="ximena@example.org", position="Subdirectora")
    actions.invite_again(person, by=by)
    actions.correct_person(person, by=by, revision=person.revision, position="Subdirectora general")
    today = clock.today()
    ended = actions.appoint(by=by, user=person, agency=agency, kind="titular", since=today, letter="SCT-1-23")
    actions.end_appointment(ended, by=by, on=today, reason="Porque sí")
    role = actions.give_role(has_signed_in(person), "coordinator", by=by, reason="Zutano se va")
    actions.confirm_role(role, by=cast["coordinator"])
    actions.revoke_role(role, by=by, reason="Porque sí")
    person.refresh_from_db()
    actions.deactivate(person, by=by, reason="Porque sí")
    actions.reactivate(person, by=by)
    actions.close_agency(agency, by=by, revision=0, on=today, reason="Porque sí")
    texts = "\n".join(Entry.objects.values_list("text", flat=True))
    assert [word for word in secrets if word in texts] == []
    annexes = "\n".join(Annex.objects.values_list("content", flat=True))
    assert [word for word in secrets if word not in annexes] == []


def test_a_verb_that_fails_leaves_nothing(cast):
    """No form lets a NUL through. SQLite would store it, PostgreSQL not, and the ledger refuses it: all or nothing."""
    with pytest.raises((ValueError, DatabaseError)), transaction.atomic():
        actions.create_agency(by=cast["administrator"], key="77", name="Nue\x00va", kind="dependencia")
    assert not Agency.objects.filter(key="77").exists()
