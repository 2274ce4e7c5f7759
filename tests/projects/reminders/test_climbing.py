"""What climbs to coordinators, heads and their offices, in sums that open to their lists; who takes which agencies; what is news."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import translation

from focalpoints import actions as people
from focalpoints import clock
from focalpoints.alarms import alarms
from focalpoints.models import Agency, Appointment, Entry, Portfolio, User
from focalpoints.workflow import NotPossible, Stale, mailed_entries, vacant
from projects import actions
from projects.models import Commitment, DailyMessage, MessageItem, Task
from projects.reading.figures import standing
from projects.reminders.compose import compose, sum_in_words
from projects.reminders.facts import plan_facts
from projects.reminders.message import MOST_URGENT, sum_kept
from projects.reminders.plan import plan
from projects.reminders.rehearsal import messages_to
from projects.reminders.sending import send_day
from projects.reminders.texts import texts_in_use
from tests.cast import appoint, hold, make_agency, make_user
from tests.dates import ask, at

pytestmark = pytest.mark.once

MONDAY, TUESDAY = date(2018, 10, 15), date(2018, 10, 16)
FIFTEEN_LATE = date(2018, 10, 30)  # of what is due on MONDAY


@pytest.fixture
def cast(then, cast):
    Commitment.objects.update(due=date(2024, 6, 28), light_due=date(2024, 6, 28))
    return cast


def messages(day):
    """Address → the message that is planned for that day."""
    with at(day):
        return {message.person.email: message for message in plan(plan_facts(day, day), day).messages}


def send(day, hour=9):
    mail.outbox.clear()
    with at(day, hour):
        send_day()
    return {letter.to[0]: letter for letter in mail.outbox}


def lines(message, *kinds):
    return [(line.code, line.step, line.reason) for line in message.named() if not kinds or line.kind in kinds]


def office(agency, address="oficina@example.org"):
    Agency.objects.filter(pk=agency.pk).update(head_email=address)


# ---- Heads


def test_a_head_without_an_account_is_told_at_the_office_s_address(cast):
    task = cast.task(due=MONDAY)
    office(cast.sct)
    assert "oficina@example.org" not in messages(date(2018, 10, 22))
    planned = messages(FIFTEEN_LATE)["oficina@example.org"]
    assert lines(planned) == [(task.code, 15, "head")]
    assert [(one.name, one.count) for one in planned.sums] == [("late tasks", 1)]
    assert {gap.what for gap in plan(plan_facts(FIFTEEN_LATE, FIFTEEN_LATE), FIFTEEN_LATE).gaps} == set()
    letter = send(FIFTEEN_LATE)["oficina@example.org"]
    assert letter.body.startswith("Buen día, Oficina de la persona titular de SCT:")
    assert f"/tareas/?light=late&agency={cast.sct.key}" in letter.body
    kept = DailyMessage.objects.get(office=cast.sct)
    assert (kept.person, kept.state, kept.address) == (None, "sent", "oficina@example.org")
    # Told once a rung, and again when it stays late.
    heard = [day for day in range(1, 40) if "oficina@example.org" in send(FIFTEEN_LATE + timedelta(day))]
    assert heard == [15]


def test_an_account_goes_before_the_office_and_an_uninvited_head_after_it(cast):
    cast.task(due=MONDAY)
    office(cast.sct)
    head = make_user("head of sct")
    appoint(head, cast.sct, "head")
    assert set(messages(FIFTEEN_LATE)) & {head.email, "oficina@example.org"} == {head.email}
    User.objects.filter(pk=head.pk).update(invited_at=None)
    assert set(messages(FIFTEEN_LATE)) & {head.email, "oficina@example.org"} == {"oficina@example.org"}


@pytest.mark.parametrize("spelling", [str, str.upper])
def test_an_office_whose_address_is_a_focal_point_s_is_told_once(cast, spelling):
    """The person has one message, and in it one line of the item."""
    task = cast.task(due=MONDAY)
    office(cast.sct, spelling("alternate@example.org"))
    found = messages(FIFTEEN_LATE)
    assert not any(message.person.office for message in found.values())
    assert lines(found["alternate@example.org"], "ladder") == [(task.code, 15, "focal point")]
    # Of another agency's item, whose office it is, they hear as the head.
    theirs = cast.task(due=MONDAY, agency=cast.sep, commitment=cast.another_commitment(agencies=[cast.sep]))
    office(cast.sep, "alternate@example.org")
    assert sorted(lines(messages(FIFTEEN_LATE)["alternate@example.org"], "ladder")) == sorted(
        [(task.code, 15, "focal point"), (theirs.code, 15, "head")]
    )


def test_two_agencies_with_one_address_are_one_message(cast):
    codes = {cast.task(due=MONDAY).code}
    codes.add(cast.task(due=MONDAY, agency=cast.sep, commitment=cast.another_commitment(agencies=[cast.sep])).code)
    for agency in (cast.sct, cast.sep):
        office(agency)
    sent = send(FIFTEEN_LATE)
    assert [letter.to for letter in mail.outbox].count(["oficina@example.org"]) == 1
    assert all(code in sent["oficina@example.org"].body for code in codes)


@pytest.mark.both
def test_an_address_that_changed_hands_is_not_written_to_twice_a_day(cast):
    cast.task(due=MONDAY)
    office(cast.sct)
    assert "oficina@example.org" in send(FIFTEEN_LATE)
    office(cast.sct, "")
    User.objects.filter(name="Alternate").update(email="oficina@example.org")
    DailyMessage.objects.filter(person__name="Alternate").delete()
    assert "oficina@example.org" not in send(FIFTEEN_LATE, 16)
    assert "oficina@example.org" in send(FIFTEEN_LATE + timedelta(1))


@pytest.mark.both
def test_an_office_that_refuses_is_shown_to_administrators_until_it_is_corrected(cast):
    cast.task(due=MONDAY)
    office(cast.sct)
    with at(FIFTEEN_LATE):
        DailyMessage.objects.create(
            office=cast.sct, day=MONDAY, state="refused", address="oficina@example.org", message_id="<o>",
            claimed_at=clock.now(), error="550 no such user", next_attempt_at=clock.start_of(date(2018, 12, 3)),
        )  # fmt: skip
        with translation.override("en"):
            said = [str(alarm.text) for alarm in alarms()]
            assert any("to 1 person or office did not arrive" in text for text in said)
            page = cast.client("administrator").get(
                reverse("projects:reminder_sent", args=[MONDAY, f"oficina-{cast.sct.key}"])
            )
            assert reverse("focalpoints:agency_correct", args=[cast.sct.key]) in page.text
            assert "Office of the head of SCT" in page.text
            listed = cast.client("coordinator").get(
                reverse("projects:reminders_sent"), {"state": "trouble", "q": "SCT"}
            )
            assert "Office of the head of SCT" in listed.text
    planned = plan(plan_facts(FIFTEEN_LATE, FIFTEEN_LATE), FIFTEEN_LATE)
    assert [person.email for person, _again in planned.held] == ["oficina@example.org"]
    office(cast.sct, "otra@example.org")
    assert "otra@example.org" in messages(FIFTEEN_LATE)
    with at(FIFTEEN_LATE), translation.override("en"):
        assert not any("did not arrive" in str(alarm.text) for alarm in alarms())


def test_the_message_of_an_office_is_read_beforehand_by_the_offices_alone(cast):
    cast.task(due=MONDAY)
    office(cast.sct)
    with at(FIFTEEN_LATE):
        address = reverse("projects:reminder_message", args=[FIFTEEN_LATE, f"oficina-{cast.sct.key}"])
        statuses = {
            who: cast.client(who).get(address).status_code for who in ("coordinator", "focal point", "outsider")
        }
        assert statuses == {"coordinator": 200, "focal point": 404, "outsider": 404}
        assert "oficina-" in cast.client("coordinator").get(reverse("projects:reminders")).text
        assert len(messages_to(-cast.sct.pk, FIFTEEN_LATE, 1)) == 1
        assert cast.client("coordinator").post(address + "prueba/").status_code == 302
    assert [letter.to for letter in mail.outbox] == [["coordinator@example.org"]]


# ---- Coordinators


@pytest.fixture
def many(cast):
    """Thirty late tasks and two late commitments of two agencies, one of the other's sector."""
    agency = make_agency("77", "XYZ", parent=cast.sct)
    appoint(cast["outsider"], agency)
    for owner in (cast.sep, agency):
        commitment = cast.another_commitment(agencies=[owner], due=MONDAY)
        for days in range(15):
            cast.task(agency=owner, commitment=commitment, due=MONDAY - timedelta(days))
    return agency


def listed(cast, url):
    """How many rows the list at this address has, for anybody."""
    page = cast.client("anonymous").get(url.removeprefix("http://localhost:8000"))
    assert page.status_code == 200
    return page.context["found"].count


@pytest.mark.both
def test_a_coordinator_reads_sums_that_open_to_their_lists_and_the_ten_most_urgent(cast, many):
    message = messages(FIFTEEN_LATE)["coordinator@example.org"]
    assert message.climbed == 32
    # Those due first have waited longest; what climbed today and what climbed before are told alike in the first message.
    assert [line.light_due for line in message.lines] == sorted(line.light_due for line in message.lines)
    assert len(message.lines) == MOST_URGENT
    with at(FIFTEEN_LATE):
        body = compose(message, texts_in_use(), None).text
        assert len(body.splitlines()) <= 40
        sums = {one.name: one.count for one in message.sums}
        assert sums == {"late tasks": 30, "late commitments": 2}
        for one in message.sums:
            assert listed(cast, sum_in_words(one).url) == one.count
    send(FIFTEEN_LATE)
    kept = MessageItem.objects.filter(message__person__name="Coordinator", kind="sum").order_by("item")
    assert {(one.name, one.count) for one in map(sum_kept, kept)} == set(sums.items())
    with at(FIFTEEN_LATE):
        code = cast["coordinator"].code
        page = cast.client("coordinator").get(reverse("projects:reminder_sent", args=[FIFTEEN_LATE, code]))
        assert "/tareas/?light=late" in page.text
    # Nothing climbed a rung since: nothing is said, until it does.
    assert (
        "coordinator@example.org" not in messages(FIFTEEN_LATE + timedelta(1))
        or messages(FIFTEEN_LATE + timedelta(1))["coordinator@example.org"].climbed < 32
    )


@pytest.mark.both
def test_heads_sums_open_to_the_lists_of_their_agency_or_sector(cast, many):
    office(cast.sep)
    office(cast.sct, "sector@example.org")
    day = date(2018, 11, 14)
    found = messages(day)
    with at(day):
        for address, whole in (("oficina@example.org", "agency"), ("sector@example.org", "sector")):
            sums = found[address].sums
            assert {(one.name, one.count, one.narrowed_by) for one in sums} == {
                ("late tasks", 15, whole), ("late commitments", 1, whole),
            }  # fmt: skip
            assert [listed(cast, sum_in_words(one).url) for one in sums] == [one.count for one in sums]


@pytest.mark.both
def test_a_portfolio_narrows_what_a_coordinator_hears_of_and_the_list_to_which_the_sum_opens(cast, many):
    take(cast, "second coordinator", sectors=[cast.sct])
    first, second = (messages(FIFTEEN_LATE)[f"{name}@example.org"] for name in ("coordinator", "second.coordinator"))
    # SEP is everybody's; the sector of SCT, with whoever is in it, the second coordinator's alone.
    assert (first.climbed, second.climbed) == (16, 32)
    assert {place.name for line in first.lines for place in line.agencies} == {"SEP"}
    with at(FIFTEEN_LATE):
        for message in (first, second):
            for one in message.sums:
                assert listed(cast, sum_in_words(one).url) == one.count
    assert {one.name: one.count for one in first.sums} == {"late tasks": 15, "late commitments": 1}


@pytest.mark.both
def test_a_commitment_that_names_no_agency_is_in_every_portfolio(cast):
    take(cast, "second coordinator", agencies=[cast.sct, cast.sep])
    for binds in ("all", "none published"):
        cast.another_commitment(binds=binds, due=MONDAY)
    message = messages(FIFTEEN_LATE)["coordinator@example.org"]
    assert {one.name: one.count for one in message.sums} == {"late commitments": 2}
    with at(FIFTEEN_LATE):
        assert listed(cast, sum_in_words(message.sums[0]).url) == 2


@pytest.mark.both
def test_what_somebody_took_who_left_is_everybody_s_again(cast, many):
    take(cast, "second coordinator", sectors=[cast.sct])
    assert messages(FIFTEEN_LATE)["coordinator@example.org"].climbed == 16
    role = cast["second coordinator"].roles.get()
    people.revoke_role(role, by=cast["administrator"], reason="Se fue.")
    assert messages(FIFTEEN_LATE)["coordinator@example.org"].climbed == 32
    page = cast.client("coordinator").get(reverse("projects:portfolio"))
    assert list(page.context["portfolios"]) == []
    # The link of an old message is refused, and shows nothing as if it were that portfolio.
    old = cast.client("anonymous").get(reverse("projects:task_list"), {"portfolio": cast["second coordinator"].code})
    assert old.status_code == 400


def test_a_wrong_portfolio_in_an_address_is_refused(cast):
    for code in ("P-NOBODY", cast["focal point"].code, "x" * 40):
        for name in ("task_list", "commitment_list"):
            assert cast.client("anonymous").get(reverse(f"projects:{name}"), {"portfolio": code}).status_code == 400


def test_what_was_paused_climbs_on_the_day_on_which_the_pause_ends(cast):
    """Though the coordinators had a message in between, of something else."""
    task, other = cast.task(due=MONDAY), cast.task(due=MONDAY)
    with at(date(2018, 10, 12)):
        actions.pause_reminders(task, by=cast["coordinator"], reason="Veda.", until=date(2018, 10, 24))
    day = date(2018, 10, 22)
    assert lines(messages(day)["coordinator@example.org"]) == [(other.code, 7, "coordinator")]
    send(day)
    assert "coordinator@example.org" not in messages(day + timedelta(1))
    assert lines(messages(day + timedelta(2))["coordinator@example.org"]) == [(task.code, 7, "coordinator")]


def take(cast, who, sectors=(), agencies=(), revision=0):
    return people.choose_portfolio(by=cast[who], sectors=sectors, agencies=agencies, revision=revision)


@pytest.mark.both
def test_a_portfolio_is_chosen_on_its_page_and_on_record(cast):
    client = cast.client("coordinator")
    with translation.override("en"):
        address = reverse("projects:portfolio")
        page = client.post(address, {"sectors": "SCT", "agencies": "sep", "revision": 0}, follow=True)
        assert "Your portfolio was kept" in page.text
        again = client.post(address, {"sectors": "sct", "agencies": "SEP", "revision": 1})
        assert "Nothing was changed" in again.text
        lost = client.post(address, {"sectors": "", "agencies": "", "revision": 0})
        assert lost.status_code == 409
        unknown = client.post(address, {"sectors": "NADIE", "agencies": "", "revision": 1})
        assert "is no registered agency" in unknown.text
        member = make_agency("77", "XYZ", parent=cast.sct)
        refused = client.post(address, {"sectors": "XYZ", "agencies": "", "revision": 1})
        assert "heads no sector" in refused.text
        for who, status in {"administrator": 200, "focal point": 404, "outsider": 404, "anonymous": 302}.items():
            assert cast.client(who).get(address).status_code == status
        assert cast.client("administrator").post(address, {"sectors": "SEP", "revision": 0}).status_code == 403
    portfolio = Portfolio.objects.get()
    assert ([*portfolio.sectors.all()], [*portfolio.agencies.all()]) == ([cast.sct], [cast.sep])
    mine = frozenset({cast["coordinator"].pk})
    assert Portfolio.objects.taken() == {cast.sct.pk: mine, member.pk: mine, cast.sep.pk: mine}
    [entry] = Entry.objects.filter(subject_type="portfolio")
    assert (entry.subject, entry.verb, entry.state) == (cast["coordinator"].code, "choose", "taken")
    with pytest.raises(Stale):
        take(cast, "coordinator", revision=5)
    with pytest.raises(NotPossible):
        take(cast, "coordinator", sectors=[member], revision=1)
    Agency.objects.filter(pk=member.pk).update(closed_on=date(2018, 5, 1))
    member.refresh_from_db()
    with pytest.raises(NotPossible):
        take(cast, "coordinator", agencies=[member], revision=1)
    take(cast, "coordinator", revision=1)
    assert Portfolio.objects.taken() == {}


def test_whom_nobody_invited_gets_nothing_and_is_counted(cast):
    cast.task(due=MONDAY)
    assert {"focal.point@example.org", "coordinator@example.org"} <= set(messages(FIFTEEN_LATE))
    User.objects.filter(name__in=["Focal point", "Coordinator"]).update(invited_at=None, last_login=None)
    assert not {"focal.point@example.org", "coordinator@example.org"} & set(messages(FIFTEEN_LATE))
    with translation.override("en"):
        assert any("2 people were never invited" in str(alarm.text) for alarm in alarms())
        page = cast.client("administrator").get(reverse("focalpoints:person_list"), {"state": "uninvited"})
        assert {person.name for person, _state in page.context["rows"]} == {"Focal point", "Coordinator"}
    # Made up for a demonstration, they count as invited.
    User.objects.update(is_fictional=True)
    assert {"focal.point@example.org", "coordinator@example.org"} <= set(messages(FIFTEEN_LATE))


@pytest.mark.both
def test_empty_seats_are_one_number_everywhere_and_heads_are_counted_apart(cast):
    agency = make_agency("77", "XYZ", parent=cast.sct)
    bound = make_agency("78", "ABC")  # it answers for a commitment that is due, but owes no task
    cast.task(due=MONDAY, agency=agency, commitment=cast.another_commitment(agencies=[agency, bound], due=MONDAY))
    cast.task(due=MONDAY)
    day = date(2018, 11, 14)
    with at(day):
        planned = plan(plan_facts(day, day), day)
        assert [gap.agency.name for gap in planned.vacancies] == ["XYZ"]
        assert {gap.what for gap in planned.gaps} == {"head", "sector head"}
        assert standing(day).vacant == vacant(Agency.objects.registered(), day).count() == 1
        administration = cast.client("administrator").get(reverse("focalpoints:administration"))
        assert administration.context["empty_seat_count"] == 1
        sums = {one.count for message in planned.messages for one in message.sums if one.name == "vacant"}
        assert sums == {1}
        for address in (reverse("projects:agency_list"), reverse("focalpoints:agency_list")):
            query = {"seat": "vacant"} if "administracion" not in address else {"focal_point": "empty-seat"}
            page = cast.client("administrator").get(address, query)
            assert "XYZ" in page.text
            assert "ABC" not in page.text
    Appointment.objects.filter(agency=agency).delete()
    appoint(cast["outsider"], agency)
    User.objects.filter(name="Outsider").update(is_active=False)
    assert standing(day).vacant == 1


# ---- News


def test_which_verbs_are_mailed():
    assert mailed_entries() == [
        ("assessment", "assess"), ("follow-up", "accept"), ("follow-up", "ask"), ("follow-up", "reopen"),
        ("request", "approve"), ("request", "reject"),
        ("task", "assign"), ("task", "confirm"), ("task", "define"), ("task", "recur"),
    ]  # fmt: skip


def told_of(cast, day, who="focal point"):
    """The events that this person's next message tells."""
    address = cast[who].email
    message = messages(day).get(address)
    return [line.event for line in message.lines if line.kind == "news"] if message else []


@pytest.mark.both
def test_a_focal_point_hears_in_the_next_message_of_what_the_office_did(cast):
    with at(MONDAY):
        task = cast.task(due=date(2019, 3, 1))
        proposed = cast.task("proposed")
        actions.confirm_task(proposed, by=cast["coordinator"])
        accepted = cast.follow_up("accepted", task)
        for verb in ("approve", "reject"):
            request = ask(cast, cast.task(due=date(2018, 12, 14)), days=75)
            if verb == "approve":
                actions.approve_request(request, by=cast["coordinator"], revision=request.revision)
            else:
                actions.reject_request(
                    request, by=cast["coordinator"], revision=request.revision, comment="No se justifica."
                )
        theirs = cast.task(agency=cast.sep, commitment=cast.another_commitment(agencies=[cast.sep, cast.sct]))
        actions.assign_task(theirs, by=cast["coordinator"], revision=theirs.revision, agency=cast.sct)
    assert sorted(told_of(cast, TUESDAY)) == sorted(
        ["task.define"] * 3 + ["task.confirm", "follow-up.accept", "request.approve", "request.reject", "task.assign"]
    )
    assert sorted(told_of(cast, TUESDAY, "other agency")) == ["task.assign", "task.define"]
    User.objects.update(language="en")
    with at(TUESDAY):
        planned = reverse("projects:reminder_message", args=[TUESDAY, cast["focal point"].code])
        assert f">{accepted.task.code}<" in cast.client("coordinator").get(planned).text.partition('id="why"')[2]
    body = send(TUESDAY)["focal.point@example.org"].body
    sent = reverse("projects:reminder_sent", args=[TUESDAY, cast["focal point"].code])
    assert f">{accepted.task.code}<" in cast.client("coordinator").get(sent).text
    assert "WHAT THE COORDINATION OFFICE DID" in body
    assert "Follow-up accepted, 15 October 2018" in body
    assert "New date approved, 15 October 2018" in body
    assert "New date rejected, 15 October 2018" in body
    assert "expects of you today" not in body  # it only tells news
    assert f"?next=/en/tareas/{accepted.task.code}/" in body
    assert told_of(cast, date(2018, 10, 17)) == []  # told once


def test_a_finding_is_told_to_the_agencies_of_the_commitment(cast):
    commitment = cast.another_commitment(agencies=[cast.sep], due=date(2018, 12, 14))
    with at(MONDAY):
        cast.find(commitment, "not_fulfilled")
    assert told_of(cast, TUESDAY, "other agency") == ["assessment.assess"]
    assert told_of(cast, TUESDAY) == []


def test_news_is_not_for_who_did_it_and_waits_for_the_weekly_message(cast):
    appoint(cast["coordinator"], cast.sct, "alternate")
    people.set_rhythm(cast["alternate"], "weekly", by=cast["alternate"])
    send(MONDAY)
    with at(TUESDAY):
        cast.task(due=date(2019, 3, 1))
    wednesday = date(2018, 10, 17)
    assert told_of(cast, wednesday) == ["task.define"]
    assert told_of(cast, wednesday, "coordinator") == []
    assert told_of(cast, wednesday, "alternate") == []
    send(wednesday)
    assert told_of(cast, date(2018, 10, 22), "alternate") == ["task.define"]


def test_old_news_is_none(cast):
    with at(date(2018, 9, 3)):
        cast.task(due=date(2019, 3, 1))
    assert told_of(cast, MONDAY) == []


def test_a_role_that_waits_is_told_to_who_can_confirm_it(cast):
    somebody = make_user("newcomer")
    with at(MONDAY):
        hold(
            somebody, "coordinator", state="proposed", given_by=cast["administrator"], given_at=clock.now(), in_force_at=None
        )  # fmt: skip
    code = f"{somebody.code}-coordinator"
    found = messages(TUESDAY)
    assert {address for address, message in found.items() if lines(message, "role")} == {
        "coordinator@example.org", "second.coordinator@example.org",
    }  # fmt: skip
    User.objects.update(language="en")
    body = send(TUESDAY)["coordinator@example.org"].body
    assert "ROLES TO BE CONFIRMED" in body
    assert f"/papeles/{code}/" in body
    assert "Coordinator, proposed on 15 October 2018" in body
    # Not again before five business days have passed.
    heard = [day for day in range(1, 8) if "coordinator@example.org" in send(TUESDAY + timedelta(day))]
    assert heard == [6]


def test_the_sums_of_a_coordinator_cost_no_query_more(cast, many, django_assert_num_queries):
    with at(FIFTEEN_LATE):
        plan_facts(FIFTEEN_LATE, FIFTEEN_LATE)
        take(cast, "second coordinator", sectors=[cast.sct])
        with django_assert_num_queries(22):
            plan(plan_facts(FIFTEEN_LATE, FIFTEEN_LATE), FIFTEEN_LATE)
    assert Task.objects.count() >= 30
