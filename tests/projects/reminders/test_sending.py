"""`manage.py send_due` against a real mail server: at most one message a day, nothing lost, whatever breaks."""

import os
import signal
import subprocess
import sys
from datetime import date, datetime, timedelta
from time import sleep

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings
from django.utils.translation import override

from focalpoints import clock
from focalpoints.business_days import is_business_day
from focalpoints.delivery import courier
from focalpoints.models import Agency, User
from projects.models import Commitment, DailyAnchor, DailyMessage, Task
from projects.reminders import sending
from projects.reminders.alarms import advice_on, reminder_alarms
from projects.reminders.compose import as_mail, compose
from projects.reminders.facts import plan_facts
from projects.reminders.message import SECTIONS, section_of
from projects.reminders.plan import plan
from projects.reminders.rehearsal import rehearse
from projects.reminders.texts import texts_in_use
from tests.cast import appoint, make_agency, make_user
from tests.live import ROOT, free_port, with_database
from tests.post_office import codes_in, post_office, silent_server, text_of, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.once]
MONDAY, TUESDAY, WEDNESDAY = (date(2018, 10, 15) + timedelta(n) for n in range(3))
# For what would be told first of all of a cast that began the Friday before.
LONG_AGO = pytest.mark.parametrize("cast", [date(2018, 5, 2)], indirect=True)


@pytest.fixture
def cast(transactional_db, request):
    """Since Friday: `send_due` counts the figures of each day since the ledger began, which took these tests longer than all else."""
    since = getattr(request, "param", date(2018, 10, 12))
    with clock.at(datetime(since.year, since.month, since.day, 9, tzinfo=clock.ZONE)):
        cast = request.getfixturevalue("cast")
        Commitment.objects.update(due=date(2024, 6, 28), light_due=date(2024, 6, 28))
        yield cast


@pytest.fixture
def office():
    with post_office() as office, mailing_to(office.port):
        yield office


def mailing_to(port, seconds=10.0):
    options = {"host": "127.0.0.1", "port": port, "timeout": seconds}
    return override_settings(MAILERS={"default": {"BACKEND": "focalpoints.delivery.SMTPBackend", "OPTIONS": options}})


def send(day, hour=9, minute=0, *, today_is=None):
    """What the command printed; raises CommandError with it where something failed."""
    printed = []

    class Out:
        write = printed.append

    instant = datetime(day.year, day.month, day.day, hour, minute, tzinfo=clock.ZONE)
    stated = {"today_is": datetime(today_is.year, today_is.month, today_is.day, tzinfo=clock.ZONE)} if today_is else {}
    call_command("send_due", on=instant, stdout=Out(), **stated)
    return "".join(printed)


def states():
    return {(m.person.name, m.day): m.state for m in DailyMessage.objects.select_related("person")}


def environment(office):
    """Of a process of its own on this test's database."""
    name = connection.settings_dict["NAME"]
    url = f"sqlite:///{name}" if connection.vendor == "sqlite" else with_database(os.environ["DATABASE_URL"], name)
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "TMPDIR") if key in os.environ}
    return kept | {
        "EDN_MODE": "test",
        "DATABASE_URL": url,
        "EMAIL_URL": f"smtp://127.0.0.1:{office.port}",
        "PYTHONUNBUFFERED": "1",
    }


def process(office, instant):
    return subprocess.Popen(
        [sys.executable, "manage.py", "send_due", "--on", instant],
        cwd=ROOT, env=environment(office), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def business_days(first, last):
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    return [day for day in days if is_business_day(day)]


def people_with_tasks(cast, number, due=MONDAY):
    """As many agencies, each with a focal point and a task."""
    for one in range(number):
        agency = make_agency(str(100 + one), f"A{one}", parent=cast.sct)
        appoint(make_user(f"person {one:02}"), agency)
        cast.task(agency=agency, commitment=cast.another_commitment(agencies=[agency]), due=due + timedelta(one % 3))


# ---- The whole


@pytest.mark.long
def test_sixty_days_twice_a_day_once_killed_in_the_middle(cast, office):
    """Each person gets at most one message a day, with exactly what the rehearsal had announced."""
    people_with_tasks(cast, 4, due=date(2018, 10, 12))
    appoint(make_user("head of sct"), cast.sct, "head")
    User.objects.filter(name="Person 01").update(rhythm="weekly")
    for days in (-20, 0, 3, 4, 20):
        cast.task(due=MONDAY + timedelta(days))
    days = [date(2018, 10, 1) + timedelta(n) for n in range(60)]
    killed_on = date(2018, 10, 19)
    announced = {planned.day: planned for planned in rehearse(days[0], 60)}
    for day in days:
        before = len(office.taken)
        if day == killed_on:
            lost = _killed_in_the_middle(office, day)
            with pytest.raises(CommandError, match="1 of an earlier run unknown"):
                send(day, 16)
            _the_unknown_is_shown_and_said_again(day, lost)
            announced |= {planned.day: planned for planned in rehearse(day + timedelta(1), 60)}
        else:
            send(day, 9)
            morning = len(office.taken)
            send(day, 16)
            assert len(office.taken) == morning
        got = {letter["To"]: codes_in(letter) for letter in office.taken[before:]}
        assert len(got) == len(office.taken) - before, f"two messages on {day}"
        assert got == _as_addressed(announced.get(day)), day
    assert len(office.taken) == DailyMessage.objects.count() > 40
    assert {letter["Message-ID"] for letter in office.taken} == set(
        DailyMessage.objects.values_list("message_id", flat=True)
    )
    assert set(states().values()) == {"sent", "unknown"}
    assert not any((day in announced) and not is_business_day(day) for day in days)


def _as_addressed(planned):
    if planned is None:
        return {}
    ordered = {}
    for message in planned.messages:
        ordered[message.person.email] = codes_of(message)
    return ordered


def codes_of(message):
    """In the order in which a message tells them."""
    return [line.item for line in sorted(message.lines, key=lambda line: SECTIONS.index(section_of(line, message.day)))]


def _killed_in_the_middle(office, day):
    """A run whose process dies while the server has its second mail and has not answered. Returns whose."""
    arrived = len(office.taken)
    office.meanwhile = lambda letter: (
        wait_until(lambda: run.poll() is not None) if len(office.taken) == arrived + 2 else None
    )
    run = process(office, f"{day}T09:00")
    wait_until(lambda: len(office.taken) == arrived + 2 or run.poll() is not None)
    assert run.poll() is None, run.communicate()
    run.send_signal(signal.SIGKILL)
    run.communicate()
    office.meanwhile = None
    assert sorted(m.state for m in DailyMessage.objects.filter(day=day)) == ["claimed", "sent"]
    return DailyMessage.objects.get(day=day, state="claimed").person


def _the_unknown_is_shown_and_said_again(day, person):
    message = DailyMessage.objects.in_trouble().get()
    assert (message.person, message.day, message.state) == (person, day, "unknown")
    assert not message.person.daily_messages.filter(day=day).exclude(pk=message.pk).exists()
    said = {(row.kind, row.item, row.step) for row in message.items.exclude(kind="sum")}
    following = next(planned for planned in rehearse(day + timedelta(1), 7))
    again = next(m for m in following.messages if m.person.pk == person.pk)
    assert {(kind, item) for kind, item, _step in said} <= {(line.kind, line.code) for line in again.lines}


@pytest.mark.both
def test_two_runs_at_once_share_the_work(cast, office):
    """Two processes, released together, each on its own connection."""
    people_with_tasks(cast, 12)
    office.meanwhile = lambda letter: (
        wait_until(lambda: office.connections == 2, 30) if office.connections < 2 else None
    )
    runs = [process(office, "2018-10-16T09:00") for _ in "12"]
    printed = [run.communicate(timeout=120) for run in runs]
    assert [run.returncode for run in runs] == [0, 0], printed
    sent, _left = zip(*(_counts(out) for out, _err in printed), strict=True)
    assert sum(sent) == len(office.taken) == 12
    assert min(sent) > 0, "they did not meet: the test says nothing"
    assert len({letter["To"] for letter in office.taken}) == 12
    assert set(states().values()) == {"sent"}


def _counts(printed):
    words = printed.split()
    return int(words[1]), int(words[words.index("left") - 1])


@pytest.mark.both
def test_without_the_claim_two_runs_send_twice(cast, office):
    """The negative control: the same plan, delivered by two runs that claim nothing."""
    people_with_tasks(cast, 2)
    for _run in "12":
        with courier() as carrying:
            for message in plan(plan_facts(TUESDAY, TUESDAY), TUESDAY).messages:
                carrying.deliver(
                    as_mail(compose(message, texts_in_use(), None), message.person.email, "<same@localhost>")
                )
    assert len(office.taken) == 2 * len({letter["To"] for letter in office.taken}) == 4


# ---- What mail servers do


def test_one_connection_carries_all(cast, office):
    people_with_tasks(cast, 5)
    assert send(TUESDAY).startswith("2018-10-16: 5 sent, 0 refused, 0 failed, 0 unknown")
    assert office.connections == 1
    send(TUESDAY, 16)
    assert len(office.taken) == 5


def test_a_refused_address_is_shown_and_tried_again_later_each_time(cast, office):
    people_with_tasks(cast, 2)
    office.to_recipient["person.00@example.org"] = "550 5.1.1 No such user"
    with pytest.raises(CommandError, match="1 sent, 1 refused"):
        send(TUESDAY)
    send(TUESDAY, 16)  # not again the same day
    message = DailyMessage.objects.in_trouble().get()
    assert (message.state, message.error) == ("refused", "550 5.1.1 No such user")
    assert clock.start_of(WEDNESDAY) == message.next_attempt_at
    tries = []
    for offset in range(1, 20):
        day = TUESDAY + timedelta(offset)
        try:
            send(day)
        except CommandError:
            tries.append(day.isoformat())
    assert tries == ["2018-10-17", "2018-10-19", "2018-10-25"]  # 1, 2, 4 business days later; then 8
    day = date(2018, 11, 5)
    assert [(person.name, again) for person, again in plan(plan_facts(day, day), day).held] == [
        ("Person 00", date(2018, 11, 6))
    ]
    assert [office.to("person.00@example.org"), len(office.to("person.01@example.org"))] == [[], 4]
    # Corrected, the address is used at once, and nothing was lost meanwhile.
    User.objects.filter(name="Person 00").update(email="corrected@example.org")
    send(day)
    assert len(office.to("corrected@example.org")) == 1


def test_a_passing_failure_is_tried_again_the_same_day_after_a_pause(cast, office):
    people_with_tasks(cast, 2)
    office.to_recipient["person.00@example.org"] = "450 4.2.0 Greylisted, come back"
    with pytest.raises(CommandError, match="1 sent, 0 refused, 1 failed"):
        send(TUESDAY, 9)
    assert "0 sent" in send(TUESDAY, 9, 5)  # its pause is not over
    office.to_recipient.clear()
    send(TUESDAY, 9, 20)
    (first,) = office.to("person.00@example.org")
    message = DailyMessage.objects.get(person__name="Person 00")
    assert (message.state, message.attempts, message.message_id) == ("sent", 2, first["Message-ID"])


@LONG_AGO
def test_what_comes_in_while_a_message_waits_joins_it(cast, office):
    task = cast.task(due=TUESDAY)
    office.to_recipient["focal.point@example.org"] = "451 4.3.0 Try later"
    with pytest.raises(CommandError):
        send(MONDAY, 9)
    with clock.at(datetime(2018, 10, 15, 10, tzinfo=clock.ZONE)):
        returned = cast.follow_up("returned")
    office.to_recipient.clear()
    send(MONDAY, 11)
    (letter,) = office.to("focal.point@example.org")
    assert codes_in(letter) == [returned.task.code, task.code, returned.task.code]  # returned; due; given to the agency
    assert DailyMessage.objects.get(person__name="Focal point").items.count() == 3


def test_content_refused_for_good_is_refused(cast, office):
    people_with_tasks(cast, 1)
    office.to_content["person.00@example.org"] = "554 5.7.1 Looks like spam"
    with pytest.raises(CommandError, match="1 refused"):
        send(TUESDAY)
    assert DailyMessage.objects.get().error == "554 5.7.1 Looks like spam"


def test_a_server_that_dies_after_data_leaves_the_outcome_unknown(cast, office):
    """It may have the mail: it is not sent again that day, and stands in the next business day's."""
    people_with_tasks(cast, 3)
    office.hangs_up_on.add("person.01@example.org")
    with pytest.raises(CommandError, match="2 sent, 0 refused, 0 failed, 1 unknown"):
        send(TUESDAY, 9)
    assert "0 sent" in send(TUESDAY, 16)
    assert states()["Person 01", TUESDAY] == "unknown"
    assert len(office.to("person.01@example.org")) == 1
    office.hangs_up_on.clear()
    send(WEDNESDAY)
    first, second = office.to("person.01@example.org")
    assert set(codes_in(first)) <= set(codes_in(second))
    assert first["Message-ID"] != second["Message-ID"]


def test_a_server_that_hangs_after_data_leaves_the_outcome_unknown(cast, office):
    people_with_tasks(cast, 1)
    office.meanwhile = lambda letter: sleep(1.5)
    with mailing_to(office.port, seconds=0.5), pytest.raises(CommandError, match="0 failed, 1 unknown"):
        send(TUESDAY)
    assert states() == {("Person 00", TUESDAY): "unknown"}


@pytest.mark.parametrize("banner", [b"", b"220 mail.example ESMTP\r\n"])
def test_a_server_that_hangs_before_data_has_nothing(cast, banner):
    """Known not to be sent: tried again. After three in a row the run ends, so that it ends at all."""
    people_with_tasks(cast, 5)
    with silent_server(banner) as port, mailing_to(port, seconds=0.3), pytest.raises(CommandError, match="broken off"):
        send(TUESDAY)
    assert list(states().values()) == ["failed"] * 3
    with post_office() as office, mailing_to(office.port):
        send(TUESDAY, 10)
        assert len(office.taken) == 5
    assert list(states().values()) == ["sent"] * 5


def test_a_server_that_is_not_there(cast):
    people_with_tasks(cast, 5)
    with mailing_to(free_port()), pytest.raises(CommandError, match="broken off"):
        send(TUESDAY)
    assert list(states().values()) == ["failed"] * 3
    assert "refused" in DailyMessage.objects.first().error.lower()


def test_a_connection_that_the_server_ends_between_two_mails_is_made_again(cast, office):
    people_with_tasks(cast, 3)
    office.to_recipient["person.01@example.org"] = "421 4.3.2 Closing, too many"
    with pytest.raises(CommandError, match="2 sent, 0 refused, 1 failed"):
        send(TUESDAY)
    assert office.connections == 2
    assert states()["Person 02", TUESDAY] == "sent"


def test_a_kept_connection_that_breaks_before_the_content_is_made_again_at_once(cast, office):
    """The mail before it went through: nothing is in doubt, and nobody waits for the next run."""
    people_with_tasks(cast, 3)
    office.hangs_up_before.add("person.01@example.org")
    assert "3 sent, 0 refused, 0 failed, 0 unknown" in send(TUESDAY)
    assert (office.connections, len(office.taken)) == (2, 3)


def test_a_sender_that_the_server_refuses_is_our_fault_and_nobody_s_address(cast, office):
    """Settings are wrong: everything fails for now, no address is marked."""
    people_with_tasks(cast, 4)
    office.to_sender = "553 5.7.1 Not your domain"
    with pytest.raises(CommandError, match="broken off"):
        send(TUESDAY)
    assert set(states().values()) == {"failed"}


# ---- What goes wrong here


@pytest.fixture
def closed(cast):
    """An agency that was closed over an open task, which no verb lets happen any more."""
    agency = make_agency("77", "XYZ")
    task = cast.task(agency=agency, commitment=cast.another_commitment(agencies=[agency]), due=MONDAY)
    Agency.objects.filter(pk=agency.pk).update(closed_on=date(2018, 10, 1))
    return task


def test_an_open_task_of_a_closed_agency_is_said_to_who_can_have_it_passed_on(cast, office, closed):
    send(date(2018, 10, 12))
    (letter,) = office.to("administrator@example.org")
    assert codes_in(letter) == [closed.code]
    said = text_of(letter)
    assert "XYZ" in said
    assert f"?next=/tareas/{closed.code}/" in said
    assert "/nombramientos/" not in said
    assert User.objects.get(name="Administrator").daily_messages.get().state == "sent"


@LONG_AGO
def test_one_message_that_cannot_be_composed_keeps_no_other_from_going_out(cast, office, monkeypatch, caplog):
    """It is shown, counts as an error of the run, and what it had to say stays due."""
    people_with_tasks(cast, 3)

    def composed(message, texts, anchor):
        if message.person.name == "Person 01":
            raise LookupError("no word for this")
        return compose(message, texts, anchor)

    monkeypatch.setattr(sending, "compose", composed)
    with pytest.raises(CommandError, match=r"2 sent, 0 refused, 0 failed, 0 unknown.*; 1 could not be composed"):
        send(TUESDAY, 9)
    assert "no word for this" in caplog.text
    message = DailyMessage.objects.in_trouble().get()
    assert (message.person.name, message.state, message.error) == (
        "Person 01",
        "faulty",
        "LookupError: no word for this",
    )
    with override("en"):
        assert "put it into words" in advice_on(message)
    assert "0 sent" in send(TUESDAY, 9, 5)
    with pytest.raises(CommandError, match="1 could not be composed"):
        send(TUESDAY, 9, 20)
    monkeypatch.undo()
    send(WEDNESDAY)
    assert states()["Person 01", WEDNESDAY] == "sent"
    due_on_tuesday = {item.item for item in message.items.all()}
    assert due_on_tuesday <= set(codes_in(office.to("person.01@example.org")[0]))


@pytest.mark.both
def test_only_another_run_that_was_first_keeps_a_message_back(cast, office, monkeypatch):
    """Anything else that the database refuses is an error that is shown: nobody is left out without a word."""
    people_with_tasks(cast, 2)
    rows = sending._items

    def twice(message, claimed):
        yield from rows(message, claimed)
        if message.person.name == "Person 00":
            yield from rows(message, claimed)

    monkeypatch.setattr(sending, "_items", twice)
    with pytest.raises(CommandError, match=r"1 sent.*; 1 could not be composed"):
        send(TUESDAY)
    message = DailyMessage.objects.in_trouble().get()
    assert (message.person.name, message.items.count()) == ("Person 00", 0)
    assert message.error.startswith("IntegrityError")
    monkeypatch.undo()
    send(TUESDAY, 10)
    assert set(states().values()) == {"sent"}


@LONG_AGO
def test_who_reads_once_a_week_keeps_the_week_whose_first_run_broke_off(cast):
    """Nobody answers on Monday; on Tuesday whoever had no message gets theirs, and who had it none again."""
    people_with_tasks(cast, 6, due=date(2018, 10, 22))
    User.objects.filter(name__in=["Person 00", "Person 05"]).update(rhythm="weekly")
    with post_office() as office, mailing_to(office.port):
        for number in range(1, 4):
            office.hangs_up_on.add(f"person.0{number}@example.org")
        with pytest.raises(CommandError, match="broken off"):
            send(MONDAY)
        assert office.taken[0]["To"] == "person.00@example.org"
        with clock.at(datetime(2018, 10, 16, 8, tzinfo=clock.ZONE)):
            assert len(list(reminder_alarms())) == 2  # not everybody was sent theirs, and some did not get it
        cast.task(agency=Agency.objects.get(key="100"), commitment=Commitment.objects.get(agencies__key="100"),
                  due=date(2018, 10, 19))  # fmt: skip
        office.hangs_up_on.clear()
        send(TUESDAY)
        assert len(office.to("person.00@example.org")) == 1
        assert len(office.to("person.05@example.org")) == 1
        send(WEDNESDAY)
        assert len(office.to("person.05@example.org")) == 1
        send(date(2018, 10, 22))
        assert len(office.to("person.00@example.org")) == 2


# ---- Clock and people


def test_the_same_day_again_sends_nothing_and_a_past_day_neither(cast, office):
    people_with_tasks(cast, 2)
    send(TUESDAY)
    send(WEDNESDAY)
    taken = len(office.taken)
    with pytest.raises(CommandError, match="messages of later days"):
        send(TUESDAY)
    with pytest.raises(CommandError, match="messages of later days"):
        send(MONDAY)
    send(WEDNESDAY)
    assert len(office.taken) == taken


def test_a_clock_moved_back_within_the_day_sends_nothing_twice(cast, office):
    people_with_tasks(cast, 2)
    send(TUESDAY, 16)
    send(TUESDAY, 9)
    assert len(office.taken) == 2


def test_a_clock_that_ran_ahead_is_over_once_somebody_says_what_day_it_is(cast, office):
    """Whoever heard from it gets nothing more that day; afterwards each day has its message again, the one it took too."""
    people_with_tasks(cast, 2, due=date(2018, 10, 22))
    send(date(2018, 11, 5))
    send(date(2018, 11, 6))
    (early, *_more) = office.to("person.00@example.org")
    for said in ({}, {"today_is": MONDAY + timedelta(1)}):
        with pytest.raises(CommandError, match=r"docs/operations\.md|By the clock it is 2018-10-15"):
            send(MONDAY, **said)
    taken = len(office.taken)
    assert f"{taken} messages of later days taken back" in send(MONDAY, today_is=MONDAY)
    assert len(office.taken) == taken
    assert {(name, state) for (name, day), state in states().items() if day == MONDAY} >= {
        ("Person 00", "unknown"), ("Person 01", "unknown"),
    }  # fmt: skip
    assert {day for _name, day in states()} <= {MONDAY, MONDAY - timedelta(1)}
    assert not DailyAnchor.objects.filter(day__gt=MONDAY).exists()
    for day in business_days(TUESDAY, date(2018, 11, 6)):
        send(day)
        send(day, 16)
    days = [day for name, day in states() if name == "Person 00" and day > MONDAY]
    assert sorted(days) == [date(2018, 10, 16), date(2018, 10, 19), date(2018, 10, 23), date(2018, 10, 29),
                            date(2018, 11, 6)]  # fmt: skip
    ids = [letter["Message-ID"] for letter in office.taken]
    assert len(ids) == len(set(ids))
    assert early["Message-ID"] in DailyMessage.objects.filter(day__lte=MONDAY).values_list("message_id", flat=True)


def test_somebody_deactivated_between_plan_and_sending_gets_nothing(cast, office):
    """The account ends while the mail before theirs is on its way."""
    people_with_tasks(cast, 2)

    def deactivate(letter):
        User.objects.filter(name="Person 01").update(is_active=False)
        connection.close()

    office.meanwhile = deactivate
    assert "1 sent" in send(TUESDAY)
    assert [letter["To"] for letter in office.taken] == ["person.00@example.org"]
    assert states() == {("Person 00", TUESDAY): "sent"}


def test_an_address_corrected_meanwhile_is_not_written_to(cast, office):
    people_with_tasks(cast, 2)

    def correct(letter):
        User.objects.filter(name="Person 01").update(email="new@example.org")
        connection.close()

    office.meanwhile = correct
    send(TUESDAY)
    office.meanwhile = None
    send(TUESDAY, 10)
    assert [letter["To"] for letter in office.taken] == ["person.00@example.org", "new@example.org"]


def test_a_production_site_sends_today_s_messages_alone(cast, office):
    people_with_tasks(cast, 1)
    with override_settings(PRODUCTION=True):
        with pytest.raises(CommandError, match="no other day"):
            send(TUESDAY)
        with clock.at(datetime(2018, 10, 16, 12, tzinfo=clock.ZONE)):
            send(TUESDAY, 9)
    assert DailyMessage.objects.get().sent_at.astimezone(clock.ZONE).hour == 12


@pytest.mark.parametrize("text", ["2018-13-01", "tomorrow", "2018-10-16T25:00", ""])
def test_a_day_that_is_none_is_refused(text):
    with pytest.raises(CommandError, match="not a date"):
        call_command("send_due", f"--on={text}")


def test_a_task_without_a_deadline_in_the_calendar_breaks_nothing(cast, office):
    """The last day there is: the ladder reaches beyond it."""
    task = cast.task(due=date(2018, 12, 28))
    Task.objects.filter(pk=task.pk).update(due=date.max, light_due=date.max)
    Commitment.objects.filter(pk=task.commitment_id).update(due=date.max, light_due=date.max)
    assert "0 refused, 0 failed, 0 unknown" in send(TUESDAY)
