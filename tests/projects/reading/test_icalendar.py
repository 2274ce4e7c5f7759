"""iCalendar feeds, read back by `vobject`, which shares no code with what wrote them. Escapes and folds are also read by hand."""

import re
import threading
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
import vobject
from django.core.exceptions import PermissionDenied
from django.core.signing import Signer
from django.db import IntegrityError, connection, transaction
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from edn_portal.operations.logs import without_keys
from focalpoints import clock
from focalpoints.models import Appointment, User
from focalpoints.workflow import NotPossible
from projects import actions
from projects.models import CalendarFeed, Commitment, Task
from projects.reading import icalendar
from tests.cast import appoint
from tests.deciding import withdrawn

PUBLIC = "/calendario/compromisos.ics"
HOSTILE = 'Línea uno\r\nBEGIN:VEVENT\rATTACH:x\nBEGIN:VALARM\x0b\x1c\u2028; comas, «dos» \\ "tres" 🎉 ' + "ñandú," * 40


def events(content: bytes) -> dict[str, Any]:
    """By UID; each UID stands there once."""
    found = vobject.readOne(content.decode("utf-8")).contents.get("vevent", [])
    by_uid = {event.uid.value: event for event in found}
    assert len(by_uid) == len(found)
    return by_uid


def days(event: Any) -> tuple[date, date]:
    """First day, and first day after it."""
    return event.dtstart.value, event.dtend.value


def read(feed: CalendarFeed, **headers: str) -> Any:
    """As a calendar program does: without a cookie."""
    return Client().get(reverse("projects:secret_feed", args=[feed.token]), headers=headers)


def task_uid(task: Task) -> str:
    return f"task.{task.code}@localhost"


@pytest.fixture
def feed(cast):
    return actions.make_feed(by=cast["focal point"])


def test_a_public_commitment_is_an_all_day_event(cast):
    answer = Client().get(PUBLIC)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    (event,) = events(answer.content).values()
    due = cast.commitment.due
    assert days(event) == (due, due + timedelta(days=1))
    assert type(event.dtstart.value) is date
    assert event.uid.value == "commitment.MC-250K@localhost"
    assert event.summary.value == "México Conectado: 250,000 sitios"
    assert event.url.value == "http://localhost:8000/compromisos/MC-250K/"
    assert event.status.value == "CONFIRMED"
    assert event.transp.value == "TRANSPARENT"
    assert "SCT" in event.description.value
    assert Client().get(event.url.value.removeprefix("http://localhost:8000")).status_code == 200


def test_every_line_is_folded_at_75_octets_and_ends_as_the_standard_says(cast):
    cast.another_commitment(due=clock.today(), agencies=[cast.sct, cast.sep])
    Commitment.objects.filter(code="C1").update(title=("🎉" * 299) + "ñ")
    content = Client().get(PUBLIC).content
    lines = content.split(b"\r\n")
    assert lines[-1] == b""
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(map(len, lines)) <= 75
    content.replace(b"\r\n ", b"").decode("utf-8")  # no character was cut in two
    assert events(content)["commitment.C1@localhost"].summary.value == ("🎉" * 299) + "ñ"


def test_hostile_titles_stay_text(cast, feed):
    task = cast.task()
    Task.objects.filter(pk=task.pk).update(title=HOSTILE[:300], deliverable=HOSTILE[:300])
    content = read(feed).content
    (event,) = events(content).values()
    assert event.summary.value == " ".join(re.sub(r"[\r\n\x0b\x1c\u2028]", " ", HOSTILE[:300]).split())
    assert re.findall(rb"^BEGIN:.*$", content, re.M) == [b"BEGIN:VCALENDAR\r", b"BEGIN:VEVENT\r"]
    unfolded = content.replace(b"\r\n ", b"").decode("utf-8")
    assert 'comas\\, «dos» \\\\ "tres"' in unfolded
    assert "\\; comas" in unfolded


def test_the_calendar_ends_in_the_year_9999(cast, feed):
    """Nothing comes after the last day: an event without an end is one day long."""
    of = cast.another_commitment(due=clock.today() + timedelta(days=90))
    last, before = cast.task(commitment=of), cast.task(commitment=of)
    for row, due in ((of, date(9999, 12, 31)), (last, date(9999, 12, 31)), (before, date(9999, 12, 30))):
        type(row).objects.filter(pk=row.pk).update(due=due, light_due=due)  # no verb takes such a date
    found = events(read(feed).content)
    assert found[task_uid(last)].dtstart.value == date(9999, 12, 31)
    assert "dtend" not in found[task_uid(last)].contents
    assert days(found[task_uid(before)]) == (date(9999, 12, 30), date(9999, 12, 31))
    (commitment,) = [event for event in events(Client().get(PUBLIC).content).values() if "C1" in event.uid.value]
    assert commitment.dtstart.value == date(9999, 12, 31)


@pytest.mark.parametrize("due", [date(2016, 2, 29), date(2018, 2, 28), date(2018, 12, 31), date(1, 1, 1)])
def test_an_event_ends_on_the_next_day_of_the_calendar(cast, feed, due):
    """Also of an item long past its date."""
    task = cast.task()
    Task.objects.filter(pk=task.pk).update(due=due, light_due=due)
    assert days(events(read(feed).content)[task_uid(task)]) == (due, due + timedelta(days=1))


def test_a_feed_holds_what_its_agencies_still_owe(cast, feed):
    owed, late = cast.task(), cast.task(due=clock.today() - timedelta(days=40))
    cast.task("proposed")
    cast.task("cancelled")
    cast.task(due=None)
    both = cast.another_commitment(agencies=[cast.sct, cast.sep])
    theirs = cast.task(agency=cast.sep, commitment=both)
    assert set(events(read(feed).content)) == {task_uid(owed), task_uid(late)}
    appoint(cast["focal point"], cast.sep, "alternate")
    assert set(events(read(feed).content)) == {task_uid(owed), task_uid(late), task_uid(theirs)}
    of_sep = actions.make_feed(by=cast["focal point"], agency=cast.sep)
    assert set(events(read(of_sep).content)) == {task_uid(theirs)}


def test_cancelled_and_fulfilled_items_disappear(cast, feed):
    task, other = cast.task(), cast.task()
    assert len(events(read(feed).content)) == 2
    actions.cancel_task(task, by=cast["coordinator"], reason="Se cumplió por otra vía.")
    assert set(events(read(feed).content)) == {task_uid(other)}
    Task.objects.filter(pk=other.pk).update(
        verified_progress=100, verified_on=clock.today(), fulfilled_on=clock.today()
    )
    assert events(read(feed).content) == {}
    assert len(events(Client().get(PUBLIC).content)) == 1
    withdrawn(cast, cast.commitment, "Se fusionó.")
    assert events(Client().get(PUBLIC).content) == {}


def test_an_undated_commitment_is_no_event(cast):
    cast.another_commitment()
    assert list(events(Client().get(PUBLIC).content)) == ["commitment.MC-250K@localhost"]


def test_a_moved_date_moves_the_same_event(cast, feed):
    task = cast.task(due=date(2030, 3, 1), commitment=cast.another_commitment())
    before = events(read(feed).content)[task_uid(task)]
    change = actions.request_date(
        task, by=cast["focal point"], to_due=date(2030, 4, 15), category="technical", reason="Falta el enlace."
    )
    assert days(events(read(feed).content)[task_uid(task)]) == days(before)
    actions.approve_request(change, by=cast["coordinator"], revision=change.revision)
    (after,) = events(read(feed).content).values()
    assert after.uid.value == before.uid.value
    assert days(after) == (date(2030, 4, 15), date(2030, 4, 16))
    assert int(after.sequence.value) > int(before.sequence.value)
    assert after.last_modified.value >= before.last_modified.value
    assert "+45" in after.description.value
    assert "01/03/2030" in after.description.value


def test_an_event_says_when_its_record_last_changed(cast, feed):
    task = cast.task()
    made = events(read(feed).content)[task_uid(task)].last_modified.value
    assert timedelta(0) <= clock.now() - made < timedelta(minutes=2)
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        actions.correct_task(task, by=cast["coordinator"], revision=task.revision, title=task.title.upper())
        event = events(read(feed).content)[task_uid(task)]
    assert timedelta(days=2) < event.last_modified.value - made < timedelta(days=4)
    assert event.dtstamp.value == event.last_modified.value


@pytest.mark.parametrize(("language", "word", "path"), [("es-mx", "Tarea", "/tareas/"), ("en", "Task", "/en/tareas/")])
def test_a_feed_speaks_its_owners_language(cast, feed, language, word, path):
    task = cast.task()
    User.objects.filter(pk=feed.owner_id).update(language=language)
    answer = Client().get(f"/en/calendario/{feed.token}.ics", headers={"accept-language": "fr"})
    (event,) = events(answer.content).values()
    assert event.categories.value == [word]
    assert event.url.value == f"http://localhost:8000{path}{task.code}/"
    assert event.summary.params.get("LANGUAGE") == (["es"] if language == "en" else None)


def test_the_public_feed_takes_the_calendars_agency(cast):
    cast.another_commitment(agencies=[cast.sep], due=clock.today())
    assert set(events(Client().get(PUBLIC, {"agency": "sep"}).content)) == {"commitment.C1@localhost"}
    assert events(Client().get(PUBLIC, {"agency": "nadie"}).content) == {}
    assert Client().get(PUBLIC, {"agency": "x" * 101}).status_code == 400
    assert Client().get(PUBLIC, {"agency": "\x00"}).status_code == 400


@override_settings(BASE_URL="https://edn.gob.mx")
def test_the_site_is_named_by_its_configured_address(cast):
    """Never by the request's Host header."""
    icalendar._event.cache_clear()
    event = events(Client(headers={"host": "localhost"}).get(PUBLIC).content)["commitment.MC-250K@edn.gob.mx"]
    assert event.url.value == "https://edn.gob.mx/compromisos/MC-250K/"
    icalendar._event.cache_clear()


def test_a_feed_takes_what_is_next_and_what_was_missed_last(cast, feed, monkeypatch):
    monkeypatch.setattr(icalendar, "MOST_AHEAD", 2)
    monkeypatch.setattr(icalendar, "MOST_PAST", 1)
    today = clock.today()
    at = {offset: cast.task(due=today + timedelta(days=offset)) for offset in (-9, -2, 0, 5, 30)}
    assert list(events(read(feed).content)) == [task_uid(at[offset]) for offset in (-2, 0, 5)]


# --- Who may, and for how long ---


def test_an_address_opens_without_a_session_and_sets_none(cast, feed):
    answer = read(feed)
    assert answer.status_code == 200
    assert not answer.cookies
    assert answer["Cache-Control"] == "private, no-cache"
    assert feed.token not in answer["Content-Disposition"]


def test_nothing_is_sent_again_while_nothing_changed(cast, feed):
    cast.task()
    first = read(feed)
    again = read(feed, if_none_match=first["ETag"])
    assert (again.status_code, again.content, again["Cache-Control"]) == (304, b"", "private, no-cache")
    cast.task()
    changed = read(feed, if_none_match=first["ETag"])
    assert changed.status_code == 200
    public = Client().get(PUBLIC)
    assert public["Cache-Control"] == "public, no-cache"
    assert Client().get(PUBLIC, headers={"if-none-match": public["ETag"]}).status_code == 304


def test_the_database_does_not_hold_the_secret(cast, feed):
    row = CalendarFeed.objects.filter(pk=feed.pk).values().get()
    secret = feed.token.partition(".")[2]
    assert len(secret) == 43  # 256 bits
    assert not any(secret in str(value) for value in row.values())


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
        lambda token: token[:-1],
        lambda token: token.lower(),
        lambda token: token.partition(".")[0],
        lambda token: token.partition(".")[0] + ".",
        lambda token: "." + token.partition(".")[2],
        lambda token: token + "=",
        lambda token: Signer(salt="another", sep=".").sign(token.partition(".")[0]),
        lambda token: "ñ🎉",
        lambda token: "a\x00b",
        lambda token: "x" * 5000,
    ],
)
def test_no_other_address_opens(cast, feed, spoil):
    """And none costs a look at the database."""
    address = reverse("projects:secret_feed", args=[spoil(feed.token)])
    with CaptureQueriesContext(connection) as queries:
        assert Client().get(address).status_code == 404
    assert [query["sql"] for query in queries if "calendarfeed" in query["sql"]] == []


def test_a_revoked_address_opens_nothing_and_a_renewed_one_is_another(cast, feed):
    renewed = actions.renew_feed(feed, by=cast["focal point"])
    assert renewed.token != feed.token
    assert (read(feed).status_code, read(renewed).status_code) == (404, 200)
    actions.revoke_feed(renewed, by=cast["focal point"])
    assert read(renewed).status_code == 404
    assert CalendarFeed.objects.count() == 2  # the record stays


def test_a_deactivated_owners_address_opens_nothing(cast, feed):
    User.objects.filter(pk=feed.owner_id).update(is_active=False)
    assert read(feed).status_code == 404


@pytest.mark.parametrize("of_one_agency", [True, False])
@pytest.mark.parametrize("other_kept", [True, False])
def test_an_ended_appointment_empties_the_calendar(cast, of_one_agency, other_kept):
    """Whatever else its owner still answers for. A program that is told 404 keeps what it last read; an empty calendar takes it off."""
    task, owner = cast.task(), cast["focal point"]
    feed = actions.make_feed(by=owner, agency=cast.sct if of_one_agency else None)
    if other_kept:
        appoint(owner, cast.sep, "alternate")
        cast.task(agency=cast.sep, commitment=cast.another_commitment(agencies=[cast.sep]))
    before = {task_uid(task)} if of_one_agency or not other_kept else {task_uid(row) for row in Task.objects.all()}
    assert events(read(feed).content).keys() == before
    Appointment.objects.filter(user=owner, agency=cast.sct).update(until=clock.today())
    answer = read(feed)
    assert (answer.status_code, events(answer.content).keys()) == (200, before - {task_uid(task)})


def test_a_new_key_keeps_the_addresses_while_the_old_is_a_fallback(cast, feed, settings):
    old, token = settings.SECRET_KEY, feed.token
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-key-" * 6, [old]
    address = reverse("projects:secret_feed", args=[token])
    assert feed.token != token
    assert Client().get(address).status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert Client().get(address).status_code == 404
    assert read(feed).status_code == 200


@pytest.mark.parametrize("person", ["other agency", "coordinator", "administrator", "outsider"])
def test_somebody_elses_address_is_nobody_elses_to_end(cast, feed, person):
    for verb in (actions.renew_feed, actions.revoke_feed):
        with pytest.raises(PermissionDenied):
            verb(feed, by=cast[person])
    assert read(feed).status_code == 200


def test_an_address_is_made_for_ones_own_agencies_only(cast):
    for person, agency in [
        ("focal point", cast.sep),
        ("outsider", None),
        ("coordinator", None),
        ("administrator", cast.sct),
        ("anonymous", None),
    ]:
        with pytest.raises(PermissionDenied):
            actions.make_feed(by=cast[person], agency=agency)
    assert not CalendarFeed.objects.exists()


def test_one_calendar_has_one_address(cast, feed):
    person = cast["focal point"]
    with pytest.raises(NotPossible):
        actions.make_feed(by=person)
    actions.make_feed(by=person, agency=cast.sct)
    with pytest.raises(NotPossible):
        actions.make_feed(by=person, agency=cast.sct)
    actions.revoke_feed(feed, by=person)
    with pytest.raises(NotPossible):
        actions.revoke_feed(feed, by=person)
    with pytest.raises(NotPossible):
        actions.renew_feed(feed, by=person)
    actions.make_feed(by=person)


@pytest.mark.parametrize("with_agency", [True, False])
def test_the_database_too_keeps_one_open_address_for_each(cast, with_agency):
    facts = {"owner": cast["focal point"], "agency": cast.sct if with_agency else None, "made_at": timezone.now()}
    CalendarFeed.objects.create(**facts, revoked_at=timezone.now())
    CalendarFeed.objects.create(**facts)
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarFeed.objects.create(**facts)


@pytest.mark.parametrize("items", [1, 30])
def test_a_secret_feed_asks_the_database_as_often_for_one_task_as_for_thirty(
    cast, feed, items, django_assert_num_queries
):
    for _number in range(items):
        cast.task()
    with django_assert_num_queries(4):
        assert len(events(read(feed).content)) == items


@pytest.mark.parametrize("items", [1, 30])
def test_the_public_feed_asks_as_often_for_one_commitment_as_for_thirty(cast, items, django_assert_num_queries):
    for _number in range(items - 1):
        cast.another_commitment(due=clock.today(), agencies=[cast.sct, cast.sep])
    with django_assert_num_queries(4):
        assert len(events(Client().get(PUBLIC).content)) == items


def test_a_log_does_not_keep_the_secret(feed):
    line = without_keys(f"Not Found: /en/calendario/{feed.token}.ics")
    assert feed.token.partition(".")[2] not in line
    assert without_keys("Bad Request: /calendario/compromisos.ics") == "Bad Request: /calendario/compromisos.ics"
    assert without_keys("/calendario/?month=2018-10&view=list").endswith("view=list")


# --- The page where addresses are made ---


def test_a_person_makes_renews_and_revokes_an_address(cast):
    client = cast.client("focal point")
    page = "/mi-trabajo/calendario/"
    assert client.get(page).context["rows"] == []
    assert client.post(page, {"calendar": "9"}).status_code == 302
    answer = client.get(page)
    (row,) = answer.context["rows"]
    assert f'value="{row.address}"' in answer.content.decode()
    assert row.webcal == row.address.replace("http://", "webcal://")
    assert Client().get(row.address.removeprefix("http://localhost:8000")).status_code == 200
    assert client.post(reverse("projects:feed_renew", args=[row.feed.code])).status_code == 302
    assert read(row.feed).status_code == 404
    (renewed,) = client.get(page).context["rows"]
    assert client.post(reverse("projects:feed_revoke", args=[renewed.feed.code])).status_code == 302
    assert read(renewed.feed).status_code == 404
    assert client.get(page).context["rows"] == []


@pytest.mark.parametrize(("calendar_asked", "status"), [("", 200), ("11", 200), ("no", 200), ("9", 409), ("*", 302)])
def test_what_cannot_be_made_is_said(cast, calendar_asked, status, monkeypatch):
    """409: somebody pressed in another window meanwhile."""
    client = cast.client("focal point")

    def meanwhile(**facts: Any) -> CalendarFeed:
        if facts["agency"]:
            raise NotPossible("Ya existe.")
        return CalendarFeed(code="K-1")

    monkeypatch.setattr(actions, "make_feed", meanwhile)
    answer = client.post("/mi-trabajo/calendario/", {"calendar": calendar_asked})
    assert answer.status_code == status
    if status != 302:
        assert answer.context["form"].errors


def test_somebody_elses_address_does_not_exist_on_the_page(cast, feed):
    client = cast.client("other agency")
    for name in ("projects:feed_renew", "projects:feed_revoke"):
        assert client.post(reverse(name, args=[feed.code])).status_code == 404
    assert feed.token not in client.get("/mi-trabajo/calendario/").content.decode()


def test_who_has_no_appointment_left_can_still_revoke(cast, feed):
    Appointment.objects.filter(user=feed.owner_id).update(until=clock.today())
    client = cast.client("focal point")
    answer = client.get("/mi-trabajo/calendario/")
    assert answer.status_code == 200
    assert [row.is_empty for row in answer.context["rows"]] == [True]
    assert not answer.context["can_make"]
    assert client.post("/mi-trabajo/calendario/", {"calendar": "*"}).context["form"].errors
    assert client.post("/mi-trabajo/calendario/", {"calendar": "9"}).context["form"].errors
    assert client.post(reverse("projects:feed_renew", args=[feed.code])).status_code == 403
    answer = client.post(reverse("projects:feed_revoke", args=[feed.code]))
    assert (answer.status_code, answer["Location"]) == (302, "/calendario/")
    assert client.get("/mi-trabajo/calendario/").status_code == 404


def test_the_page_of_secrets_is_never_kept(cast, feed):
    assert "no-store" in cast.client("focal point").get("/mi-trabajo/calendario/")["Cache-Control"]


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_leave_one_address(cast):
    """Each thread has its own connection; whoever comes second is told."""
    person, results = cast["focal point"], []
    start = threading.Barrier(2)

    def press() -> None:
        start.wait()
        try:
            actions.make_feed(by=person)
            results.append("made")
        except NotPossible:
            results.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["made", "told"]
    assert CalendarFeed.objects.filter(revoked_at=None).count() == 1


def test_texts_of_feeds_exist_in_both_languages(cast, feed):
    cast.task()
    for language, name in (("es-mx", b"EDN: "), ("en", b"EDN: my tasks")):
        User.objects.filter(pk=feed.owner_id).update(language=language)
        with translation.override("en" if language == "es-mx" else "es-mx"):
            assert b"X-WR-CALNAME:" + name in read(feed).content
