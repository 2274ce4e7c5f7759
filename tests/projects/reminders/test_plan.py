"""Who is told what on a day, and why: each case by hand; and what was rehearsed is what is sent."""

from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from focalpoints import actions as people
from focalpoints import clock
from focalpoints.business_days import is_business_day
from focalpoints.models import Agency, Appointment, Entry, Role, User
from focalpoints.workflow import NotPossible, Stale
from projects import actions
from projects.light import thresholds
from projects.models import Commitment, DailyMessage, FollowUp, MessageText, Pause, Request, RuleVersion, Task
from projects.reminders import message as message_module
from projects.reminders.compose import compose, when
from projects.reminders.facts import plan_facts
from projects.reminders.message import section_of
from projects.reminders.plan import plan
from projects.reminders.rehearsal import messages_to, rehearse
from projects.reminders.sending import send_day, send_test
from projects.reminders.texts import TEXTS, problem_with, texts_in_use
from tests.cast import appoint, make_agency, make_user
from tests.dates import ask, at
from tests.deciding import withdrawn
from tests.examples import examples

pytestmark = pytest.mark.once

MONDAY = date(2018, 10, 15)


@pytest.fixture
def cast(then, cast):
    """The cast, its commitment due far away: each test says itself what is due."""
    Commitment.objects.update(due=date(2024, 6, 28), light_due=date(2024, 6, 28))
    return cast


def told(day, *kinds):
    """Name → what is said (code, step, reason), of the plan that is made on that day; without news, or of these kinds alone."""
    with at(day):
        return in_short(plan(plan_facts(day, day), day), *(kinds or EVERYTHING - {"news"}))


EVERYTHING = {"ladder", "silence", "returned", "queue", "date request", "assessment", "role", "news"}


def in_short(planned, *kinds):
    found = {
        message.person.name: [
            (line.code, line.step, line.reason) for line in message.named() if line.kind in (kinds or EVERYTHING)
        ]
        for message in planned.messages
    }
    return {name: lines for name, lines in found.items() if lines}


def send(day, hour=9):
    with at(day, hour):
        return send_day()


def said(day, *kinds):
    """As `in_short`, of what was sent."""
    found = {
        message.addressee: [
            (row.item, row.step, row.reason) for row in message.items.filter(kind__in=kinds or EVERYTHING)
        ]
        for message in DailyMessage.objects.filter(day=day, state="sent").select_related("person", "office")
    }
    return {name: lines for name, lines in found.items() if lines}


def business_days(first, last):
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    return [day for day in days if is_business_day(day)]


# ---- Who


def test_the_ladder_of_a_task_reaches_more_people_the_later_it_is(cast):
    """Due on Monday 15 October 2018 in an agency of SCT's sector; the days are those of the ladder's own table."""
    agency = make_agency("77", "XYZ", parent=cast.sct)
    appoint(cast["outsider"], agency)
    appoint(make_user("head of xyz"), agency, "head")
    appoint(make_user("head of sct"), cast.sct, "head")
    cast.task(agency=agency, commitment=cast.another_commitment(agencies=[agency]), due=MONDAY)
    heard = {}
    for day in business_days(date(2018, 8, 1), date(2018, 12, 31)):
        send(day)
        for name, lines in said(day, "ladder").items():
            heard.setdefault(name, []).extend((day.isoformat(), step, reason) for _code, step, reason in lines)
    late = [("2018-10-22", 7), ("2018-10-30", 15), ("2018-11-14", 30), ("2018-12-14", 60)]
    before = [("2018-09-14", -30), ("2018-10-08", -7), ("2018-10-12", -1), ("2018-10-16", 1)]
    assert heard == {
        "Outsider": [(*rung, "focal point") for rung in before + late],
        "Coordinator": [(*rung, "coordinator") for rung in late],
        "Second coordinator": [(*rung, "coordinator") for rung in late],
        "Head of xyz": [(*rung, "head") for rung in late[1:]],
        "Head of sct": [(*rung, "sector head") for rung in late[2:]],
    }


def test_titular_and_alternate_both_hear_and_nobody_of_another_agency(cast):
    task = cast.task(due=MONDAY)
    assert told(date(2018, 10, 12)) == {
        "Focal point": [(task.code, -1, "focal point")],
        "Alternate": [(task.code, -1, "focal point")],
    }


@pytest.mark.both
def test_a_person_in_two_agencies_gets_one_message(cast):
    appoint(cast["alternate"], cast.sep, "alternate")
    mine = cast.task(due=MONDAY)
    theirs = cast.task(due=MONDAY, agency=cast.sep, commitment=cast.another_commitment(agencies=[cast.sep]))
    send(date(2018, 10, 12))
    assert sorted(item for item, _step, _reason in said(date(2018, 10, 12))["Alternate"]) == sorted(
        [mine.code, theirs.code]
    )
    assert [letter.to for letter in mail.outbox].count(["alternate@example.org"]) == 1


def test_who_is_focal_point_and_coordinator_reads_one_line_of_an_item(cast):
    appoint(cast["coordinator"], cast.sct, "alternate")
    task = cast.task(due=MONDAY)
    assert told(date(2018, 10, 22))["Coordinator"] == [(task.code, 7, "focal point")]


def test_an_item_without_an_active_focal_point_goes_to_who_must_appoint_one(cast):
    agency = make_agency("77", "XYZ")
    task = cast.task(agency=agency, commitment=cast.another_commitment(agencies=[agency]), due=MONDAY)
    day = date(2018, 10, 12)
    assert told(day) == {"Administrator": [(task.code, -1, "no focal point")]}
    planned = plan(plan_facts(day, day), day)
    assert [(gap.what, gap.agency.name, gap.items) for gap in planned.vacancies] == [("focal point", "XYZ", 1)]
    with at(day):
        composed = compose(planned.messages[0], texts_in_use(), None)
    assert "/administracion/nombramientos/nuevo/?agency=77" in composed.text
    # A head takes no seat, an inactive account neither.
    appoint(make_user("head"), agency, "head")
    appoint(cast["outsider"], agency)
    User.objects.filter(name="Outsider").update(is_active=False)
    assert told(day) == {"Administrator": [(task.code, -1, "no focal point")]}


def test_without_a_head_the_coordinators_are_told_so(cast):
    agency = make_agency("77", "XYZ", parent=cast.sct)
    appoint(cast["outsider"], agency)
    task = cast.task(agency=agency, commitment=cast.another_commitment(agencies=[agency]), due=MONDAY)
    day = date(2018, 10, 30)
    assert told(day)["Coordinator"] == [(task.code, 15, "no head")]
    appoint(make_user("head of xyz"), agency, "head")
    assert told(day)["Coordinator"] == [(task.code, 15, "coordinator")]
    day = date(2018, 11, 14)
    assert told(day)["Coordinator"] == [(task.code, 30, "no sector head")]
    planned = plan(plan_facts(day, day), day)
    assert [(gap.what, gap.agency.name) for gap in planned.gaps] == [("sector head", "SCT")]
    User.objects.filter(name="Coordinator").update(language="en")
    message = next(m for m in plan(plan_facts(day, day), day).messages if m.person.name == "Coordinator")
    assert "No head of the sector is registered" in compose(message, texts_in_use(), None).text
    assert told(day)["Head of xyz"] == [(task.code, 30, "head")]


def test_the_head_of_an_agency_that_heads_its_sector_hears_once(cast):
    appoint(make_user("head of sct"), cast.sct, "head")
    task = cast.task(due=MONDAY)
    assert told(date(2018, 11, 14))["Head of sct"] == [(task.code, 30, "head")]
    assert plan(plan_facts(MONDAY, MONDAY), MONDAY).gaps == []


def test_appointments_count_from_their_first_day_to_the_day_before_their_end(cast):
    task = cast.task(due=MONDAY)
    Appointment.objects.filter(user__name="Focal point").update(until=date(2018, 10, 12))
    Appointment.objects.filter(user__name="Alternate").update(since=date(2018, 10, 12))
    assert told(date(2018, 10, 11)) == {"Focal point": [(task.code, -7, "focal point")]}
    assert told(date(2018, 10, 12)) == {"Alternate": [(task.code, -1, "focal point")]}
    # A rehearsal knows beforehand who will answer by then.
    heard = {planned.day: set(in_short(planned)) for planned in rehearse(date(2018, 10, 11), 5)}
    assert heard == {date(2018, 10, 11): {"Focal point"}, date(2018, 10, 12): {"Alternate"}, MONDAY: set()}


def test_nobody_is_told_on_a_free_day(cast):
    cast.task(due=MONDAY)
    assert told(date(2018, 10, 13)) == {}
    assert str(send(date(2018, 10, 13))).startswith("2018-10-13: 0 sent")
    assert told(date(2018, 11, 19)) == {}  # the Monday of the Revolution


# ---- What


@pytest.mark.parametrize("state", ["proposed", "declined", "cancelled"])
def test_what_does_not_count_is_not_reminded_of(cast, state):
    cast.task(state, due=MONDAY)
    assert told(date(2018, 10, 30)) == {}


def test_what_waits_at_a_hundred_percent_is_the_coordinators_turn(cast):
    task = cast.task(due=MONDAY)
    with at(date(2018, 10, 11)):
        follow_up = cast.follow_up("submitted", task, progress=100)
    assert told(date(2018, 10, 12)) == {}
    assert told(date(2018, 10, 30)) == {
        name: [(follow_up.code, 2, "coordinator")] for name in ("Coordinator", "Second coordinator")
    }
    with at(date(2018, 10, 30)):
        actions.accept(follow_up, by=cast["coordinator"], revision=follow_up.revision)
    assert told(date(2018, 10, 31)) == {}


def test_days_in_the_coordinators_queue_do_not_make_an_agency_late(cast):
    task = cast.task(due=MONDAY)
    with at(date(2018, 10, 11)):
        follow_up = cast.follow_up("submitted", task, progress=100)
    with at(date(2018, 10, 25)):
        actions.return_(follow_up, by=cast["coordinator"], revision=follow_up.revision, comment="Falta la prueba.")
    task.refresh_from_db()
    assert task.light_due == date(2018, 10, 29)
    lines = told(date(2018, 10, 25))["Focal point"]
    assert (follow_up.code, 0, "focal point") in lines
    assert (task.code, -1, "focal point") in lines  # nothing was said while it waited
    send(date(2018, 10, 25))
    assert told(date(2018, 10, 29)) == {}
    assert told(date(2018, 10, 30))["Focal point"] == [(task.code, 1, "focal point")]


def test_missed_rungs_of_an_item_are_one_line(cast):
    """Nothing ran from summer on: the newest is said, once."""
    task = cast.task(due=MONDAY)
    assert told(date(2018, 10, 16))["Focal point"] == [(task.code, 1, "focal point")]
    send(date(2018, 10, 16))
    assert told(date(2018, 10, 17)) == {}
    assert told(date(2018, 10, 22))["Focal point"] == [(task.code, 7, "focal point")]


def test_who_comes_new_reads_what_stands(cast):
    task = cast.task(due=MONDAY)
    send(date(2018, 10, 16))
    appoint(cast["outsider"], cast.sct, "alternate")
    assert told(date(2018, 10, 17)) == {"Outsider": [(task.code, 1, "focal point")]}


def test_a_date_that_moves_has_a_ladder_of_its_own(cast):
    task = cast.task(due=MONDAY)
    send(date(2018, 10, 8))
    assert said(date(2018, 10, 8))["Focal point"] == [(task.code, -7, "focal point")]
    # Moved while its last reminder was to come: a week before the new date, the new date is spoken of.
    Task.objects.filter(pk=task.pk).update(due=date(2018, 10, 26), light_due=date(2018, 10, 26))
    assert told(date(2018, 10, 12))["Focal point"] == [(task.code, -30, "focal point")]
    send(date(2018, 10, 12))
    assert told(date(2018, 10, 16)) == {}
    assert told(date(2018, 10, 19))["Focal point"] == [(task.code, -7, "focal point")]


def test_a_date_moved_between_rehearsal_and_run_is_said_as_it_stands(cast):
    task = cast.task(due=MONDAY)
    Task.objects.filter(pk=task.pk).update(quiet_since=date(2018, 10, 1))
    rehearsed = list(rehearse(date(2018, 10, 11), 2))
    assert in_short(rehearsed[1])["Focal point"] == [(task.code, -1, "focal point")]
    Task.objects.filter(pk=task.pk).update(due=date(2018, 12, 14), light_due=date(2018, 12, 14))
    send(date(2018, 10, 12))
    assert said(date(2018, 10, 12)) == {}


def test_a_return_joins_today_s_message_if_it_is_unsent_else_the_next_business_day_s(cast):
    friday = date(2018, 10, 12)
    with at(friday, 8):
        early = cast.follow_up("returned")
    send(friday, 9)
    with at(friday, 10):
        late = cast.follow_up("returned")
    send(friday, 16)
    assert said(friday, "returned")["Focal point"] == [(early.code, 0, "focal point")]
    send(MONDAY)
    assert said(MONDAY, "returned")["Focal point"] == [(late.code, 0, "focal point")]
    send(date(2018, 10, 16))
    assert said(date(2018, 10, 16), "returned") == {}


def test_a_second_return_is_news_again_and_a_draft_on_it_is_not(cast):
    with at(date(2018, 10, 10)):
        follow_up = cast.follow_up("returned")
    send(date(2018, 10, 10))
    author = cast["focal point"]
    with at(date(2018, 10, 11)):
        task = follow_up.task
        actions.save_draft(task, by=author, revision=FollowUp.objects.get().revision, progress=41, done="Más.")
    assert told(date(2018, 10, 11)) == {}
    with at(date(2018, 10, 11), 10):
        follow_up.refresh_from_db()
        actions.submit(follow_up, by=author, revision=follow_up.revision)
        actions.return_(follow_up, by=cast["coordinator"], revision=follow_up.revision, comment="Otra vez.")
    assert told(date(2018, 10, 11))["Focal point"] == [(follow_up.code, 0, "focal point")]


def test_coordinators_hear_of_what_waits_longer_than_five_business_days(cast):
    """Sent on Monday 15 October: the sixth business day after is the 23rd, the eleventh the 30th."""
    with at(MONDAY, 12):
        follow_up = cast.follow_up("submitted")
        task = cast.task(due=date(2018, 12, 28))
        Request.objects.create(
            code=f"{task.code}-R1", commitment=task.commitment, task=task, agency=cast.sct, from_due=task.due,
            to_due=date(2019, 3, 1), category="legal", reason="Cambió la ley.", asked_by=cast["focal point"],
            asked_at=clock.now(),
        )  # fmt: skip
    heard = {}
    for day in business_days(MONDAY, date(2018, 11, 2)):
        send(day)
        heard |= {day.isoformat(): lines for name, lines in said(day).items() if name == "Coordinator"}
    both = lambda step: [(f"{task.code}-R1", step, "coordinator"), (follow_up.code, step, "coordinator")]  # noqa: E731
    assert heard == {"2018-10-23": both(1), "2018-10-30": both(2)}


def test_a_silence_is_asked_about_on_the_ladder(cast):
    """Confirmed on 2 May and never heard of; due far away. Sixty days later a word is expected. After that of July, another silence."""
    task = cast.task(due=date(2019, 6, 28))
    heard = []
    for day in business_days(date(2018, 6, 25), date(2018, 12, 28)):
        if day == date(2018, 7, 20):
            with at(day):
                cast.follow_up("accepted", task)
        send(day)
        heard += [
            (day.isoformat(), item)
            for item, _step, reason in said(day, "silence").get("Focal point", ())
            if reason == "focal point"
        ]
    first = ["2018-07-02", "2018-07-09", "2018-07-16"]
    second = ["2018-09-19", "2018-09-25", "2018-10-03", "2018-10-18", "2018-11-20", "2018-12-17"]
    assert heard == [(day, task.code) for day in first + second]


def test_silence_is_nobody_s_while_the_coordination_office_has_the_word(cast):
    task = cast.task(due=None)
    with at(date(2018, 7, 2)):
        follow_up = cast.follow_up("submitted", task)
    tuesday = date(2018, 10, 16)
    assert "Focal point" not in told(tuesday)
    with at(tuesday):
        actions.accept(follow_up, by=cast["coordinator"], revision=follow_up.revision)
    assert told(tuesday)["Focal point"] == [(task.code, 30, "focal point")]


@pytest.mark.both
def test_silence_without_a_focal_point_is_said_to_who_must_appoint_one(cast):
    agency = make_agency("77", "XYZ")
    task = cast.task(agency=agency, commitment=cast.another_commitment(agencies=[agency]), due=None)
    assert told(MONDAY) == {
        "Administrator": [(task.code, 90, "no focal point")],
        "Coordinator": [(task.code, 90, "no head")],
        "Second coordinator": [(task.code, 90, "no head")],
    }
    planned = plan(plan_facts(MONDAY, MONDAY), MONDAY)
    assert [(gap.what, gap.agency.name, gap.items) for gap in planned.vacancies] == [("focal point", "XYZ", 1)]
    with at(MONDAY):
        assert "/nombramientos/nuevo/?agency=77" in compose(planned.messages[0], texts_in_use(), None).text
    send(MONDAY)
    assert told(date(2018, 10, 16)) == {}


def test_the_rehearsal_knows_the_thresholds_that_are_announced(cast):
    """Silent for 65 days on Tuesday; from the Thursday of the week after, only 90 are silence. Adopted in another process."""
    with at(date(2018, 8, 12)):
        task = cast.task(due=None)
    with at(MONDAY):
        thresholds.in_force(MONDAY)  # kept for the day by this process
        RuleVersion.objects.create(
            version=2, effective_on=date(2018, 10, 25), silent_days=90, behind_points=25, soon_days=15,
            soon_progress=80, late_percent=33, reason="Menos avisos.", adopted_by=cast["coordinator"], adopted_at=clock.now(),
        )  # fmt: skip
        later = cast.task(due=None)
        Task.objects.filter(pk=later.pk).update(quiet_since=date(2018, 8, 24))  # 62 days on that Thursday
        rehearsed = {planned.day: in_short(planned, "silence") for planned in rehearse(MONDAY)}
    heard = {day: lines["Focal point"] for day, lines in rehearsed.items() if "Focal point" in lines}
    assert heard == {
        MONDAY: [(task.code, 1, "focal point")],
        date(2018, 10, 18): [(task.code, 7, "focal point")],
        date(2018, 10, 24): [(later.code, 1, "focal point")],
    }
    Task.objects.filter(pk=later.pk).update(quiet_since=date(2018, 8, 25))  # its 61st day is the Thursday
    with at(MONDAY):
        rehearsed = {planned.day: in_short(planned, "silence") for planned in rehearse(MONDAY)}
    assert [day for day, lines in rehearsed.items() if "Focal point" in lines] == [MONDAY, date(2018, 10, 18)]


def test_what_a_message_does_not_name_stays_due(cast, monkeypatch):
    """As many more as a section does not name are counted; the next message names them."""
    monkeypatch.setattr(message_module, "SHOWN", 3)
    tasks = [cast.task(due=date(2018, 10, 22)) for _time in range(7)]
    cast.task(due=date(2018, 10, 12))  # in a section of its own
    User.objects.filter(name="Focal point").update(language="en")
    days = business_days(MONDAY, date(2018, 10, 18))
    with at(MONDAY):
        rehearsed = [in_short(planned) for planned in rehearse(MONDAY, 4)]
    for day in days:
        send(day)
    named = [{code for code, *_rest in said(day).get("Focal point", ())} for day in days]
    assert [len(codes) for codes in named] == [4, 3, 1, 0]
    assert set.union(*named) > {task.code for task in tasks}
    assert rehearsed == [said(day) for day in days]
    bodies = [letter.body for letter in mail.outbox if letter.to == ["focal.point@example.org"]]
    assert "And 4 more, which your next messages name: http://localhost:8000/" in bodies[0]
    assert "And 1 more, which your next message names: http://localhost:8000/" in bodies[1]
    assert "more, which" not in bodies[2]


def test_of_what_a_date_speaks_silence_does_not(cast):
    cast.task(due=date(2018, 7, 20))
    for day in business_days(date(2018, 6, 15), date(2018, 7, 31)):
        send(day)
    assert {kind for (kind,) in DailyMessage.objects.values_list("items__kind") if kind} == {"ladder", "sum"}


def test_what_has_not_begun_is_not_silent(cast):
    task = cast.task(due=date(2019, 6, 28))
    Task.objects.filter(pk=task.pk).update(starts=date(2018, 11, 1))
    assert told(date(2018, 10, 15)) == {}


# ---- Commitments


@pytest.mark.both
def test_a_commitment_s_date_is_said_to_the_agencies_that_still_owe_something(cast):
    commitment = cast.another_commitment(agencies=[cast.sct, cast.sep], due=MONDAY)
    line = [(commitment.code, -1, "focal point")]
    assert told(date(2018, 10, 12)) == {"Focal point": line, "Alternate": line, "Other agency": line}
    task = cast.task(commitment=commitment, due=None)
    with at(date(2018, 10, 1)):
        follow_up = cast.follow_up("submitted", task, progress=100)
    assert told(date(2018, 10, 12))["Other agency"] == line  # SCT did its part, SEP has not begun
    assert "Focal point" not in told(date(2018, 10, 12))
    with at(date(2018, 10, 2)):
        actions.accept(follow_up, by=cast["coordinator"], revision=follow_up.revision)
    assert set(told(date(2018, 10, 12))) == {"Other agency"}


def test_a_commitment_that_waits_as_a_whole_is_the_coordinators_turn(cast):
    commitment = cast.another_commitment(due=MONDAY)
    with at(date(2018, 10, 8)):
        cast.follow_up("submitted", cast.task(commitment=commitment, due=None), progress=100)
    assert told(date(2018, 10, 12)) == {}


def test_a_commitment_of_every_agency_reaches_each_and_not_the_office_that_reviews(cast):
    appoint(cast["outsider"], cast.cedn)
    commitment = cast.another_commitment(binds="all", due=MONDAY)
    assert set(told(date(2018, 10, 12))) == {"Focal point", "Alternate", "Other agency"}
    day = date(2018, 10, 22)
    assert told(day)["Coordinator"] == [(commitment.code, 7, "coordinator")]
    line = next(m for m in plan(plan_facts(day, day), day).messages if m.person.name == "Coordinator").lines[0]
    assert [place.name for place in line.agencies] == ["SCT", "SEP"]


def test_a_commitment_without_an_agency_goes_to_the_coordinators(cast):
    commitment = cast.another_commitment(binds="none published", due=MONDAY)
    line = [(commitment.code, -1, "no agency")]
    assert told(date(2018, 10, 12)) == {"Coordinator": line, "Second coordinator": line}


def test_cancelled_and_fulfilled_commitments_are_silent(cast):
    cancelled = cast.another_commitment(due=MONDAY)
    withdrawn(cast, cancelled, "Decreto.")
    fulfilled = cast.another_commitment(due=MONDAY)
    cast.follow_up("accepted", cast.task(commitment=fulfilled, due=None), progress=100)
    # What waits to be assessed waits for the coordinators, like a follow-up.
    of_it = [(fulfilled.code, 10, "coordinator")]
    assert {name: [line[0::2] for line in lines] for name, lines in told(date(2018, 10, 30)).items()} == {
        name: [line[0::2] for line in of_it] for name in ("Coordinator", "Second coordinator")
    }
    cast.find(fulfilled)
    assert told(date(2018, 10, 30)) == {}


# ---- Rhythm and pauses


def weekly(person):
    people.set_rhythm(person, "weekly", by=person)


def test_a_weekly_reader_gets_the_first_business_day_of_the_week(cast):
    """Due on Friday 19 October: the week's Monday says so. Due on Tuesday 16: late is said the Monday after."""
    weekly(cast["focal point"])
    friday, tuesday = cast.task(due=date(2018, 10, 19)), cast.task(due=date(2018, 10, 16))
    heard = {}
    for day in business_days(date(2018, 10, 1), date(2018, 10, 31)):
        send(day)
        if lines := said(day).get("Focal point"):
            heard[day.isoformat()] = {(code, step) for code, step, _reason in lines}
    assert heard == {
        "2018-10-01": {(friday.code, -30), (tuesday.code, -30)},
        "2018-10-08": {(friday.code, -7), (tuesday.code, -7)},
        "2018-10-15": {(friday.code, -1), (tuesday.code, -1)},
        "2018-10-22": {(friday.code, 1), (tuesday.code, 1)},
        "2018-10-29": {(friday.code, 7), (tuesday.code, 7)},
    }


def test_a_holiday_moves_the_weekly_message(cast):
    weekly(cast["focal point"])
    cast.task(due=date(2018, 11, 22))
    assert "Focal point" not in told(date(2018, 11, 19))
    assert "Focal point" in told(date(2018, 11, 20))


def test_escalations_are_never_delayed(cast):
    for person in (cast["coordinator"], cast["focal point"]):
        weekly(person)
    head = make_user("head of sct")
    appoint(head, cast.sct, "head")
    weekly(head)
    task = cast.task(due=date(2018, 10, 16))  # a week late on Tuesday the 23rd, two on Wednesday the 31st
    send(date(2018, 10, 22))
    tuesday, wednesday = told(date(2018, 10, 23)), told(date(2018, 10, 31))
    assert tuesday["Coordinator"] == [(task.code, 7, "coordinator")]
    assert "Focal point" not in tuesday
    assert wednesday["Head of sct"] == [(task.code, 15, "head")]


def test_a_missed_weekly_message_goes_out_with_the_next_run(cast):
    weekly(cast["focal point"])
    task = cast.task(due=date(2018, 10, 22))
    for day in business_days(date(2018, 10, 8), date(2018, 10, 12)):
        send(day)
    assert told(date(2018, 10, 16))["Focal point"] == [(task.code, -1, "focal point")]  # on Monday nothing ran
    send(MONDAY)
    assert "Focal point" not in told(date(2018, 10, 16))


def test_a_paused_task_is_silent_until_the_day_and_then_says_what_is_due(cast):
    task, other = cast.task(due=MONDAY), cast.task(due=MONDAY)
    with at(date(2018, 10, 10)):
        actions.pause_reminders(task, by=cast["coordinator"], reason="Suspensión judicial.", until=date(2018, 10, 23))
    assert told(date(2018, 10, 12))["Focal point"] == [(other.code, -1, "focal point")]
    assert told(date(2018, 10, 22))["Coordinator"] == [(other.code, 7, "coordinator")]
    assert sorted(told(date(2018, 10, 23))["Focal point"]) == sorted(
        (row.code, 7, "focal point") for row in (task, other)
    )
    # A rehearsal knows the day.
    days = [planned.day for planned in rehearse(date(2018, 10, 10), 14) if task.code in str(in_short(planned))]
    assert days == [date(2018, 10, 23)]


def test_a_paused_commitment_silences_its_tasks_too(cast):
    commitment = cast.another_commitment(due=MONDAY)
    cast.task(commitment=commitment, due=MONDAY)
    with at(date(2018, 10, 10)):
        actions.pause_reminders(commitment, by=cast["coordinator"], reason="Veda.", until=date(2018, 11, 1))
    assert told(date(2018, 10, 22)) == {}
    with at(date(2018, 10, 20)):
        actions.resume_reminders(commitment, by=cast["coordinator"])
    assert len(told(date(2018, 10, 22))["Focal point"]) == 2


def test_pausing_is_the_coordinators_and_on_record(cast):
    task = cast.task(due=MONDAY)
    with at(date(2018, 10, 10)):
        until = date(2018, 10, 23)
        for name in ("focal point", "administrator", "outsider"):
            with pytest.raises(PermissionDenied):
                actions.pause_reminders(task, by=cast[name], reason="No.", until=until)
        by = cast["coordinator"]
        for wrong_day in (date(2018, 10, 10), date(2018, 1, 1), date(2030, 1, 1)):
            with pytest.raises(NotPossible):
                actions.pause_reminders(task, by=by, reason="Sí.", until=wrong_day)
        with pytest.raises(NotPossible):
            actions.pause_reminders(task, by=by, reason=" ", until=until)
        with pytest.raises(NotPossible):
            actions.resume_reminders(task, by=by)
        actions.pause_reminders(task, by=by, reason="Suspensión.", until=until)
        with pytest.raises(NotPossible):
            actions.pause_reminders(task, by=by, reason="Otra vez.", until=until)
        actions.resume_reminders(task, by=by)
        with pytest.raises(NotPossible):
            actions.resume_reminders(task, by=by)
    verbs = list(Entry.objects.filter(subject=task.code).order_by("seq").values_list("verb", flat=True))
    assert verbs == ["define", "pause", "resume"]
    said_in_public = Entry.objects.get(subject=task.code, verb="pause").text
    assert '"reminders_from":"2018-10-23"' in said_in_public
    assert "Suspensión" not in said_in_public
    assert Pause.objects.get().until == date(2018, 10, 10)


# ---- In words


@pytest.mark.parametrize(
    ("on", "light_due", "words"),
    [
        ("2018-10-08", "2018-10-15", "due in 7 days, on 15 October 2018"),
        ("2018-10-12", "2018-10-15", "due in 3 days, on 15 October 2018"),
        ("2018-10-15", "2018-10-15", "due today, 15 October 2018"),
        ("2018-10-16", "2018-10-15", "1 day late; it was due on 15 October 2018"),
        ("2018-10-19", "2018-10-20", "it was due on 15 October 2018; the days in review do not count"),
        ("2018-10-22", "2018-10-20", "2 days late; it was due on 15 October 2018"),
    ],
)
def test_a_line_tells_the_real_days(cast, on, light_due, words):
    task = cast.task(due=MONDAY)
    Task.objects.filter(pk=task.pk).update(light_due=date.fromisoformat(light_due))
    day = date.fromisoformat(on)
    line = plan(plan_facts(day, day), day).messages[0].lines[0]
    with translation.override("en"):
        assert when(line, day) == words


def test_each_line_stands_under_its_heading(cast):
    day = date(2018, 10, 30)
    late, soon = cast.task(due=MONDAY), cast.task(due=date(2018, 11, 1))
    sections = {}
    for message in plan(plan_facts(day, day), day).messages:
        for line in message.lines:
            sections.setdefault(message.person.name, {})[line.code] = section_of(line, day)
    assert sections["Focal point"] == {late.code: "late", soon.code: "soon"}
    assert sections["Coordinator"] == {late.code: "urgent"}


def test_a_message_speaks_the_person_s_language_in_text_and_html(cast):
    User.objects.filter(name="Alternate").update(language="en")
    task = cast.task(due=MONDAY, title='<b>Tarea & "más"</b>')
    send(date(2018, 10, 12))
    by_address = {letter.to[0]: letter for letter in mail.outbox}
    spanish, english = by_address["focal.point@example.org"], by_address["alternate@example.org"]
    html, kind = english.alternatives[0]
    assert kind == "text/html"
    assert "due in 3 days, on 15 October 2018" in english.body
    assert "12 de octubre de 2018" in spanish.subject
    assert f"http://localhost:8000/en/tareas/{task.code}/seguimiento/" in english.body
    assert f"http://localhost:8000/tareas/{task.code}/seguimiento/" in spanish.body
    assert '<html lang="en">' in html
    assert "&lt;b&gt;Tarea &amp; &quot;más&quot;&lt;/b&gt;" in html
    assert '<b>Tarea & "más"</b>' in english.body
    assert english.extra_headers["Auto-Submitted"] == "auto-generated"


def test_its_links_ask_for_a_sign_in_and_then_lead_there(cast, client):
    commitment = cast.another_commitment(due=MONDAY)
    task = cast.task(due=MONDAY)
    with at(date(2018, 10, 22)):
        messages = plan(plan_facts(clock.today(), clock.today()), clock.today()).messages
        bodies = {message.person.name: compose(message, texts_in_use(), None).text for message in messages}
    links = [
        word
        for body in (bodies["Focal point"], bodies["Coordinator"])
        for word in body.split()
        if word.startswith("http")
    ]
    own = {link.removeprefix("http://localhost:8000") for link in links if task.code in link or commitment.code in link}
    assert own == {
        f"/tareas/{task.code}/seguimiento/",
        f"/cuenta/entrar/?next=/compromisos/{commitment.code}/",
        f"/cuenta/entrar/?next=/tareas/{task.code}/",
    }
    for link in own:
        asked = client.get(link, follow=True)
        assert asked.resolver_match.view_name == "account_login"
        assert asked.context["next"] in link or asked.context["next"] == link
    signed_in = cast.client("coordinator")
    assert signed_in.get(f"/cuenta/entrar/?next=/tareas/{task.code}/").url == f"/tareas/{task.code}/"


def test_what_waits_leads_to_where_it_is_decided(cast):
    with at(date(2018, 10, 1)):
        follow_up, change = cast.follow_up("submitted"), ask(cast)
    with at(date(2018, 10, 12)):
        messages = plan(plan_facts(clock.today(), clock.today()), clock.today()).messages
        bodies = {message.person.name: compose(message, texts_in_use(), None).text for message in messages}
    links = {
        word.removeprefix("http://localhost:8000") for word in bodies["Coordinator"].split() if "/revision/" in word
    } - {"/revision/"}  # of the sum
    assert links == {f"/revision/{follow_up.code}/", f"/revision/solicitudes/{change.code}/"}


def test_words_say_how_many_days_it_is(cast):
    """A rung moved behind a weekend is climbed after eight days; two silences of different length are said by the shorter one."""
    cast.task(due=date(2018, 10, 14))
    for quiet_since in (date(2018, 8, 10), date(2018, 8, 3)):
        Task.objects.filter(pk=cast.task(due=None).pk).update(quiet_since=quiet_since)
    User.objects.update(language="en")
    send(date(2018, 10, 22))
    bodies = {letter.to[0]: letter.body for letter in mail.outbox}
    coordinators = bodies["coordinator@example.org"]
    assert "8 days late; it was due on 14 October 2018" in coordinators
    assert "Nothing was heard of these for 73 days or more." in bodies["focal.point@example.org"]


def test_every_message_carries_the_same_head_of_the_ledger(cast):
    cast.task(due=MONDAY)
    head = Entry.objects.order_by("seq").last()
    send(date(2018, 10, 12), 9)
    with at(date(2018, 10, 12), 10):
        appoint(cast["outsider"], cast.sct, "alternate")
        cast.another_commitment()
    send(date(2018, 10, 12), 16)
    assert len(mail.outbox) == 3
    assert all(f"{head.seq}" in letter.body and head.digest in letter.body for letter in mail.outbox)


def test_a_test_goes_to_oneself_and_counts_for_nothing(cast):
    cast.task(due=MONDAY)
    with at(date(2018, 10, 12)):
        message = messages_to(cast["focal point"].pk, clock.today())[0]
        outcome = send_test(cast["administrator"], message)
    assert outcome.fate.value == "sent"
    assert [letter.to for letter in mail.outbox] == [["administrator@example.org"]]
    assert not DailyMessage.objects.exists()
    assert "Focal point" in told(date(2018, 10, 12))


# ---- Texts


def test_an_administrator_writes_a_text_anew(cast):
    by = cast["administrator"]
    row = actions.edit_text("greeting", "es-mx", "Estimada(o) ${name}, <b>a $$100</b>:", by=by, revision=0)
    cast.task(due=MONDAY)
    send(date(2018, 10, 12))
    letter = next(letter for letter in mail.outbox if letter.to == ["focal.point@example.org"])
    assert letter.body.startswith("Estimada(o) Focal point, <b>a $100</b>:")
    assert "Estimada(o) Focal point, &lt;b&gt;a $100&lt;/b&gt;:" in letter.alternatives[0].content
    with pytest.raises(Stale):
        actions.edit_text("greeting", "es-mx", "Hola:", by=by, revision=0)
    actions.edit_text("greeting", "es-mx", "", by=by, revision=row.revision)
    assert texts_in_use()["greeting", "es-mx"] not in {"", row.text}
    entries = Entry.objects.filter(subject_type="message-text")
    assert [(entry.subject, entry.verb, entry.state) for entry in entries.order_by("seq")] == [
        ("greeting-es-mx", "correct", "written"),
        ("greeting-es-mx", "correct", "default"),
    ]


@pytest.mark.parametrize(
    ("key", "language", "text", "message"),
    [
        ("greeting", "es-mx", "Hola, ${nombre}:", "is not a placeholder of this text"),
        ("greeting", "es-mx", "Hola, ${count}:", "It takes: ${name}."),
        ("greeting", "es-mx", "Hola, ${name:", "After a “$”"),
        ("greeting", "es-mx", "Cuesta $ 100", "After a “$”"),
        ("greeting", "es-mx", "Hola,\n${name}:", "one line"),
        ("greeting", "es-mx", "x" * 2001, "2,000 characters"),
        ("greeting", "fr", "Bonjour", "no such text"),
        ("farewell", "es-mx", "Adiós", "no such text"),
    ],
)  # fmt: skip
def test_what_a_text_cannot_be(cast, key, language, text, message):
    with translation.override("en"):
        with pytest.raises(NotPossible) as refused:
            actions.edit_text(key, language, text, by=cast["administrator"], revision=0)
        assert message in str(refused.value)
    assert not MessageText.objects.exists()


@pytest.mark.parametrize("name", ["focal point", "coordinator", "outsider"])
def test_texts_are_the_administrators(cast, name):
    with pytest.raises(PermissionDenied):
        actions.edit_text("greeting", "es-mx", "Hola:", by=cast[name], revision=0)


def test_a_text_is_never_a_template(cast):
    """Django's own braces, attributes of Python's format and names that are not in the list stay what they are: characters."""
    text = "{{ settings.SECRET_KEY }} {% load x %} {0.__class__} %(name)s"
    assert problem_with("introduction", text) == ""
    actions.edit_text("introduction", "es-mx", text, by=cast["administrator"], revision=0)
    cast.task(due=MONDAY)
    send(date(2018, 10, 12))
    told = {letter.to[0]: text in letter.body for letter in mail.outbox}
    assert told == {"focal.point@example.org": True, "alternate@example.org": True}


def test_the_default_texts_are_in_order():
    for language in ("es-mx", "en"):
        with translation.override(language):
            assert {key: problem_with(key, str(text.default)) for key, text in TEXTS.items()} == dict.fromkeys(
                TEXTS, ""
            )


# ---- Cost and the rehearsal


@pytest.mark.both
def test_the_facts_cost_the_same_few_queries_whatever_there_is(cast, django_assert_num_queries):
    queries = 21
    cast.task(due=MONDAY)
    with at(MONDAY):
        plan_facts(MONDAY, MONDAY)  # the rule's thresholds are kept for the day
        with django_assert_num_queries(queries):
            plan(plan_facts(MONDAY, MONDAY), MONDAY)
    for number in range(12):
        agency = make_agency(str(100 + number), f"A{number}", parent=cast.sct)
        appoint(make_user(f"person {number}"), agency)
        commitment = cast.another_commitment(agencies=[agency, cast.sct], due=MONDAY)
        for state in ("returned", "submitted", "accepted"):
            cast.follow_up(state, cast.task(commitment=commitment, due=MONDAY))
        cast.task(commitment=commitment, agency=agency, due=MONDAY)
    with at(MONDAY), django_assert_num_queries(queries):
        assert len(plan(plan_facts(MONDAY, MONDAY), MONDAY).messages) > 10


@contextmanager
def taken_back():
    """Whatever an example makes in here, the next one does not find."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


WORLD = st.lists(
    st.tuples(
        st.integers(0, 2),  # whose
        st.one_of(st.none(), st.integers(-50, 50)),  # due, days from Monday
        st.integers(0, 6),  # days in review
        st.sampled_from(["task", "task", "task", "commitment", "returned", "submitted", "paused"]),
    ),
    min_size=1,
    max_size=8,
)
RHYTHMS = st.lists(st.booleans(), min_size=6, max_size=6)


@pytest.mark.slow
@settings(
    max_examples=examples(8),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(world=WORLD, rhythms=RHYTHMS, vacant=st.booleans(), runs_missed=st.sets(st.integers(0, 13), max_size=3))
def test_what_was_rehearsed_is_what_is_sent_when_nothing_is_logged_in_between(
    cast, world, rhythms, vacant, runs_missed
):
    with taken_back():
        _make(cast, world, rhythms, vacant)
        with at(MONDAY, 8):
            rehearsed = {planned.day: in_short(planned) for planned in rehearse(MONDAY, 14)}
        for day in business_days(MONDAY, MONDAY + timedelta(13)):
            for hour in (9, 16):
                send(day, hour)
            assert said(day) == rehearsed[day]
    with taken_back():
        # A rehearsal made after days without any run knows nothing else either.
        _make(cast, world, rhythms, vacant)
        for day in business_days(MONDAY, MONDAY + timedelta(13)):
            if (day - MONDAY).days not in runs_missed:
                with at(day, 8):
                    first = next(rehearse(day, 14))
                send(day)
                assert said(day) == in_short(first)


def _make(cast, world, rhythms, vacant):
    agencies = [
        cast.sct,
        cast.sep,
        Agency.objects.filter(key="77").first() or make_agency("77", "XYZ", parent=cast.sct),
    ]
    if vacant:
        Appointment.objects.filter(agency=cast.sep).delete()
    else:
        appoint(make_user("head"), agencies[2], "head")
    for person, is_weekly in zip(User.objects.order_by("pk"), rhythms, strict=False):
        User.objects.filter(pk=person.pk).update(rhythm="weekly" if is_weekly else "daily")
    with at(date(2018, 9, 17)):
        for whose, days, waited, kind in world:
            due = None if days is None else MONDAY + timedelta(days)
            agency = agencies[whose]
            if kind == "commitment":
                cast.another_commitment(agencies=[agency, cast.sct] if whose else [agency], due=due)
                continue
            task = cast.task(agency=agency, commitment=cast.another_commitment(agencies=[agency]), due=due)
            if due:
                Task.objects.filter(pk=task.pk).update(light_due=due + timedelta(waited))
            if kind == "paused":
                actions.pause_reminders(
                    task, by=cast["coordinator"], reason="Veda.", until=MONDAY + timedelta(waited + 1)
                )
            if kind in {"returned", "submitted"} and whose == 0:
                cast.follow_up(kind, task)


def test_roles_that_ended_hear_nothing(cast):
    cast.task(due=MONDAY)
    Role.objects.filter(user__name="Coordinator").update(state="ended", ended_at=clock.start_of(date(2018, 6, 1)))
    assert set(told(date(2018, 10, 22))) == {"Focal point", "Alternate", "Second coordinator"}
