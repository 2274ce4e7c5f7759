"""The pages about reminders: they show the plan, to whom they may, and keep what is typed."""

import re
from datetime import date, timedelta
from html import escape

import pytest
from django.core import mail
from django.core.cache import caches
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from focalpoints import clock
from focalpoints.models import Entry, User
from focalpoints.workflow import NotPossible
from projects import actions
from projects.models import Commitment, DailyAnchor, DailyMessage, MessageText, Pause
from projects.reminders.alarms import reminder_alarms
from projects.reminders.compose import compose
from projects.reminders.facts import plan_facts
from projects.reminders.plan import plan
from projects.reminders.rehearsal import messages_to, rehearse
from projects.reminders.sending import send_day
from projects.reminders.texts import TEXTS, default, texts_in_use
from tests.cast import EVERYBODY, appoint, make_agency, make_user
from tests.dates import at
from tests.post_office import post_office, text_of

pytestmark = pytest.mark.once

MONDAY, TUESDAY = date(2018, 10, 15), date(2018, 10, 16)


@pytest.fixture
def cast(then, cast):
    """The pages are read on Monday, 15 October; the commitment is due far away."""
    Commitment.objects.update(due=date(2024, 6, 28), light_due=date(2024, 6, 28))
    caches["throttle"].clear()
    with at(MONDAY):
        yield cast


def page(cast, who, name, *args, **query):
    """In English, whose words are the code's own."""
    with translation.override("en"):
        return cast.client(who).get(reverse(name, args=args), query)


def post(cast, who, name, *args, **fields):
    with translation.override("en"):
        return cast.client(who).post(reverse(name, args=args), fields, follow=True)


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def due(cast, day=MONDAY, **facts):
    with at(date(2018, 5, 3)):
        return cast.task(due=day, **facts)


# ---- Who sees what

OFFICES = {"coordinator": 200, "administrator": 200}
ADMINISTRATORS = {"administrator": 200}
OWN = {"focal point": 200, **OFFICES}
SIGNED_IN = dict.fromkeys(EVERYBODY, 200)


@pytest.mark.parametrize("who", EVERYBODY)
def test_names_are_for_the_offices_and_for_each_their_own(cast, who):
    due(cast)
    mine = cast["focal point"].code
    DailyMessage.objects.create(
        person=cast["focal point"], day=date(2018, 10, 12), address="x@example.org", message_id="<x>", claimed_at=clock.now()
    )  # fmt: skip
    tables = [
        ("projects:reminders", [], OFFICES),
        ("projects:reminders_sent", [], OFFICES),
        ("projects:reminder_sent", [date(2018, 10, 12), mine], OWN),
        ("projects:reminder_message", [TUESDAY, mine], OWN),
        ("projects:reminder_texts", [], ADMINISTRATORS),
        ("projects:reminder_text", ["late", "es-mx"], ADMINISTRATORS),
        ("projects:my_reminders", [], SIGNED_IN),
        ("account_rhythm", [], SIGNED_IN),
    ]
    for name, args, expected in tables:
        response = page(cast, who, name, *args)
        assert (name, response.status_code) == (name, 302 if who == "anonymous" else expected.get(who, 404))
        if response.status_code == 200:
            assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("who", EVERYBODY)
def test_only_an_office_or_the_reader_sends_a_test(cast, who):
    due(cast)
    response = cast.client(who).post(reverse("projects:reminder_test", args=[TUESDAY, cast["focal point"].code]))
    sent = [letter.to for letter in mail.outbox]
    if who in {"coordinator", "administrator", "focal point"}:
        assert (response.status_code, sent) == (302, [[cast[who].email]])
    else:
        assert (response.status_code, sent) == (401 if who == "anonymous" else 404, [])


def test_only_administrators_write_texts_and_only_coordinators_pause(cast):
    task = due(cast)
    for who in ("focal point", "coordinator", "outsider"):
        response = cast.client(who).post(
            reverse("projects:reminder_text", args=["late", "en"]), {"text": "x", "revision": 0, "do": "keep"}
        )
        assert response.status_code == 404
    for who in ("focal point", "administrator", "outsider"):
        for name in ("task_pause", "task_resume"):
            assert cast.client(who).post(reverse(f"projects:{name}", args=[task.code]), {}).status_code == 403
    assert MessageText.objects.count() == Pause.objects.count() == 0


# ---- The rehearsal


def test_the_rehearsal_shows_exactly_the_plan(cast):
    agency = make_agency("77", "XYZ", parent=cast.sct)
    appoint(cast["outsider"], agency)
    for offset in (-20, -8, 1, 7, 12, 30):
        due(cast, MONDAY + timedelta(offset))
        due(cast, MONDAY + timedelta(offset), agency=agency, commitment=cast.another_commitment(agencies=[agency]))
    plans = list(rehearse(MONDAY))
    assert sum(len(planned.messages) for planned in plans) > 10
    for planned in plans:
        response = page(cast, "coordinator", "projects:reminders", day=planned.day.isoformat())
        html = response.content.decode()
        shown = re.findall(rf"/recordatorios/{planned.day}/(P-\w+)/\"", html)
        # Twice where the list does not name everything.
        assert list(dict.fromkeys(shown)) == [message.person.code for message in planned.messages]
        for row in response.context["rows"]:
            assert [told.line for told in row.told] == row.message.lines[: len(row.told)]
            assert len(row.told) + row.more == row.message.count
            for told in row.told:
                with translation.override("en"):
                    why, occasion = str(told.why), str(told.occasion)
                assert told.line.code in html
                assert why in html
                assert occasion in html


def test_each_message_page_shows_what_will_be_sent(cast):
    due(cast, TUESDAY)
    coming = next(planned for planned in rehearse(MONDAY) if planned.messages)
    previewed = {}
    for message in coming.messages:
        response = page(cast, "coordinator", "projects:reminder_message", coming.day, message.person.code)
        previewed[message.person.email] = response.context["composed"]
        assert response.context["composed"] == compose(message, texts_in_use(), None)
        assert escape(response.context["composed"].subject) in response.content.decode()
    with at(coming.day):
        send_day()
    assert {letter.to[0]: letter.subject for letter in mail.outbox} == {
        address: composed.subject for address, composed in previewed.items()
    }
    for letter in mail.outbox:  # the mail also carries the ledger's head of its morning
        assert letter.body.startswith(previewed[letter.to[0]].text.rstrip())


def test_a_person_is_worked_out_alone_as_with_everybody(cast):
    agency = make_agency("77", "XYZ", parent=cast.sct)
    appoint(cast["outsider"], agency)
    appoint(make_user("head"), cast.sct, "head")
    User.objects.filter(name="Outsider").update(rhythm="weekly")
    for offset in (-40, -20, -8, 1, 9, 35):
        due(cast, MONDAY + timedelta(offset))
        due(cast, MONDAY + timedelta(offset), agency=agency, commitment=cast.another_commitment(agencies=[agency]))
    cast.follow_up("returned", due(cast))
    together = [message for planned in rehearse(MONDAY) for message in planned.messages]
    people = User.objects.exclude(roles__kind="system")
    assert {message.person.pk for message in together} >= {cast["outsider"].pk, cast["coordinator"].pk}
    for person in people:
        mine = [(m.day, m.lines) for m in together if m.person.pk == person.pk]
        assert [(m.day, m.lines) for m in messages_to(person.pk, MONDAY)] == mine


def test_a_weekly_reader_is_shown_as_waiting(cast):
    due(cast, date(2018, 10, 18))
    User.objects.filter(name="Focal point").update(rhythm="weekly")
    with at(TUESDAY):
        DailyAnchor.objects.create(day=MONDAY, seq=1, digest="0" * 64, is_complete=True)
        wednesday = date(2018, 10, 17)
        planned = plan(plan_facts(wednesday, wednesday), wednesday)
        assert [(person.name, count) for person, count in planned.postponed] == [("Focal point", 1)]
        assert [message.person.name for message in planned.messages] == ["Alternate"]
        response = page(cast, "coordinator", "projects:reminders", day="2018-10-17")
        assert "Waiting for the weekly day" in text(response)
        alone = page(cast, "focal point", "projects:reminder_message", wednesday, cast["focal point"].code)
        assert "first business day of the next week" in text(alone)


def test_an_escalation_passes_the_weekly_rhythm_and_is_not_counted_as_waiting(cast):
    due(cast, date(2018, 10, 10))
    appoint(cast["coordinator"], cast.sct, "alternate")
    User.objects.filter(name="Coordinator").update(rhythm="weekly")
    DailyAnchor.objects.create(day=MONDAY, seq=1, digest="0" * 64, is_complete=True)
    planned = plan(plan_facts(date(2018, 10, 17), date(2018, 10, 17)), date(2018, 10, 17))
    assert "Coordinator" in {message.person.name for message in planned.messages}
    assert "Coordinator" not in {person.name for person, _count in planned.postponed}


def test_gaps_lead_to_where_they_are_filled(cast):
    agency = make_agency("77", "XYZ")
    due(cast, agency=agency, commitment=cast.another_commitment(agencies=[agency]))
    day = next(planned.day for planned in rehearse(MONDAY) if planned.vacancies)
    html = page(cast, "administrator", "projects:reminders", day=day.isoformat()).content.decode()
    assert "/administracion/nombramientos/nuevo/?agency=77" in html
    html = page(cast, "coordinator", "projects:reminders", day=day.isoformat()).content.decode()
    assert re.search(r"[^<\s]</a>: \d items?</li>", html), "no blank before the colon"
    assert "/dependencias/77/" in html
    assert "/administracion/" not in html


@pytest.mark.both
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"q": "focal"}, {"Focal point"}),
        ({"q": "SEP"}, {"Other agency"}),
        ({"q": "nadie"}, set()),
        ({"q": "focal", "day": "2018-10-17"}, set()),
    ],
)
def test_the_rehearsal_is_filtered_by_person_agency_and_day(cast, query, names):
    due(cast, MONDAY + timedelta(8))
    due(cast, MONDAY + timedelta(8), agency=cast.sep, commitment=cast.another_commitment(agencies=[cast.sep]))
    response = page(cast, "coordinator", "projects:reminders", **query)
    assert {row.message.person.name for row in response.context["rows"]} == names


def test_the_rehearsal_says_in_which_language_a_message_is(cast):
    due(cast, MONDAY + timedelta(8))
    User.objects.filter(pk=cast["focal point"].pk).update(language="en")
    html = page(cast, "coordinator", "projects:reminders", q="focal").text
    assert '<span lang="en">English</span>' in html
    assert '<span lang="es-mx">Español</span>' not in html


@pytest.mark.parametrize("query", [{"day": "2018-10-14"}, {"day": "x"}, {"day": "2018-02-30"}, {"q": "x" * 101}])
def test_a_question_that_cannot_be_understood_is_said_and_answered_with_nothing(cast, query):
    due(cast, TUESDAY)
    response = page(cast, "coordinator", "projects:reminders", **query)
    assert (response.status_code, response.context["rows"]) == (400, [])
    assert response.context["form"].errors


@pytest.mark.both
def test_the_rehearsal_asks_no_more_for_many_than_for_few(cast):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            page(cast, "coordinator", "projects:reminders")
        return len(captured)

    due(cast, TUESDAY)
    few = queries()
    for _number in range(12):
        due(cast, TUESDAY)
    assert queries() == few


@pytest.mark.parametrize("address", ["2018-10-14", "2018-13-01", "2018-02-30", "20181015", "2018-10-29", "9999-12-31"])
def test_a_day_that_is_not_rehearsed_has_no_message_page(cast, address):
    response = cast.client("coordinator").get(f"/recordatorios/{address}/{cast['focal point'].code}/")
    assert response.status_code == 404


def test_a_message_page_says_why_there_is_no_message(cast):
    task = due(cast, TUESDAY)
    code = cast["focal point"].code
    saturday = date(2018, 10, 20)
    assert "not a business day" in text(page(cast, "coordinator", "projects:reminder_message", saturday, code))
    send_day()
    handed_on = page(cast, "coordinator", "projects:reminder_message", MONDAY, code)
    assert f"/recordatorios/enviados/2018-10-15/{code}/" in handed_on.content.decode()
    assert "No message is planned" in text(page(cast, "coordinator", "projects:reminder_message", TUESDAY, code))
    assert task.code in text(page(cast, "focal point", "projects:reminder_sent", MONDAY, code))


def test_a_person_sees_her_own_and_what_became_of_the_last(cast):
    due(cast, TUESDAY)
    send_day()
    due(cast, MONDAY + timedelta(8))
    response = page(cast, "focal point", "projects:my_reminders")
    assert {row.message.person.pk for row in response.context["rows"]} == {cast["focal point"].pk}
    assert "/recordatorios/enviados/2018-10-15/" in response.content.decode()


# ---- A test to oneself


def test_a_test_arrives_at_a_real_server_and_counts_as_nothing(cast):
    due(cast, TUESDAY + timedelta(1))
    with post_office() as office, mailing_to(office):
        response = post(cast, "coordinator", "projects:reminder_test", TUESDAY, cast["focal point"].code)
        again = post(cast, "coordinator", "projects:reminder_test", TUESDAY, cast["focal point"].code)
    (letter,) = office.taken
    assert letter["To"] == cast["coordinator"].email
    assert letter["Subject"].startswith("[Test] ")
    assert "Focal point" in text_of(letter)
    assert "was sent to" in text(response)
    assert "a moment ago" in text(again)
    assert DailyMessage.objects.count() == 0


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        ({"to_recipient": "550 5.1.1 unknown"}, "refuses coordinator@example.org: 550 5.1.1 unknown"),
        ({"to_content": "451 later"}, "did not accept the test: 451 later"),
        ({"hangs_up_on": None}, "may arrive at coordinator@example.org, or not"),
    ],
)
def test_a_test_that_does_not_arrive_says_what_the_server_said(cast, trouble, said):
    due(cast, TUESDAY + timedelta(1))
    address = cast["coordinator"].email
    with post_office() as office, mailing_to(office):
        for name, answer in trouble.items():
            setattr(office, name, {address: answer} if answer else {address})
        response = post(cast, "coordinator", "projects:reminder_test", TUESDAY, cast["focal point"].code)
    assert said in text(response)


def test_no_test_is_sent_of_a_message_that_is_settled_meanwhile(cast):
    response = post(cast, "coordinator", "projects:reminder_test", TUESDAY, cast["focal point"].code)
    assert "no test was sent" in text(response)
    assert mail.outbox == []


def mailing_to(office):
    options = {"host": "127.0.0.1", "port": office.port, "timeout": 10}
    return override_settings(MAILERS={"default": {"BACKEND": "focalpoints.delivery.SMTPBackend", "OPTIONS": options}})


# ---- What was sent


@pytest.fixture
def sent(cast):
    """One message in each state, of a Friday; the refused person has been reached since."""
    friday, people = date(2018, 10, 12), {}
    states = {
        "sent": "focal point",
        "unknown": "alternate",
        "refused": "other agency",
        "failed": "outsider",
        "claimed": "coordinator",
    }
    for state, who in states.items():
        people[state] = message(cast[who], friday, state)
    message(cast["other agency"], MONDAY, "sent")
    DailyAnchor.objects.create(day=friday, seq=1, digest="0" * 64, is_complete=True)
    return people


def message(person, day, state, **facts):
    return DailyMessage.objects.create(
        person=person, day=day, state=state, address=person.email, message_id=f"<{person.code}-{day}>",
        claimed_at=clock.now(), sent_at=clock.now() if state == "sent" else None, **facts,
    )  # fmt: skip


def test_trouble_stands_first_until_something_arrives(cast, sent):
    response = page(cast, "administrator", "projects:reminders_sent")
    assert {row.person.name for row, _advice in response.context["trouble"]} == {"Alternate", "Outsider"}
    assert len(response.context["rows"]) == 6
    said = text(response)
    for advice in ("it may have arrived, or not", "refuses this address", "tried again by itself"):
        assert advice in said


@pytest.mark.both
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"state": "trouble"}, {"Alternate", "Outsider"}),
        ({"state": "refused"}, {"Other agency"}),
        ({"day": "2018-10-15"}, {"Other agency"}),
        ({"day_day": "15", "day_month": "10", "day_year": "2018"}, {"Other agency"}),
        ({"q": "alternate"}, {"Alternate"}),
        ({"q": "nobody"}, set()),
    ],
)
def test_what_was_sent_is_filtered(cast, sent, query, names):
    response = page(cast, "coordinator", "projects:reminders_sent", **query)
    assert {row.person.name for row, _advice in response.context["rows"]} == names


@pytest.mark.parametrize(
    "query",
    [
        {"state": "x"},
        {"day": "x"},
        {"day_day": "31", "day_month": "2", "day_year": "2018"},
        {"page": "x", "state": "x"},
    ],
)
def test_a_wrong_filter_of_what_was_sent_is_said(cast, sent, query):
    response = page(cast, "coordinator", "projects:reminders_sent", **query)
    assert (response.status_code, response.context["rows"]) == (400, [])
    assert response.context["form"].errors


@pytest.mark.both
def test_what_was_sent_is_read_in_few_queries(cast, sent):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            page(cast, "coordinator", "projects:reminders_sent")
        return len(captured)

    queries()  # the first page of a process reads the thresholds, which the later ones remember
    few = queries()
    for number in range(30):
        message(make_user(f"person {number}"), MONDAY, "unknown" if number % 2 else "sent")
    assert queries() == few


def test_a_refused_address_leads_an_administrator_to_its_correction(cast, sent):
    code = cast["other agency"].code
    assert (
        f"/personas/{code}/corregir/"
        in page(cast, "administrator", "projects:reminder_sent", date(2018, 10, 12), code).content.decode()
    )
    assert (
        "/corregir/"
        not in page(cast, "coordinator", "projects:reminder_sent", date(2018, 10, 12), code).content.decode()
    )


def test_what_was_said_leads_to_what_it_was_said_of(cast):
    sent = message(cast["coordinator"], MONDAY, "sent")
    task = due(cast)
    codes = {"ladder": task.code, "queue": f"{task.code}-S1", "date request": f"{task.code}-R1", "silence": "GONE-T1"}
    for kind, code in codes.items():
        sent.items.create(kind=kind, item=code, occasion="2018-10-15", step=7, reason="coordinator")
    html = page(cast, "coordinator", "projects:reminder_sent", MONDAY, cast["coordinator"].code).content.decode()
    for path in (f"tareas/{task.code}", f"seguimientos/{task.code}-S1", f"solicitudes/{task.code}-R1"):
        assert f'href="/en/{path}/"' in html
    assert task.title in html
    assert "GONE-T1" in html


def test_alarms_tell_of_runs_that_did_not_happen_and_of_people_not_reached(cast, sent):
    with translation.override("en"):
        assert [str(alarm.text) for alarm in reminder_alarms()] == [
            "The last message of reminders to 2 people or offices did not arrive, or may not have."
        ]
        with at(TUESDAY):
            missed = [str(alarm.text) for alarm in reminder_alarms()]
        assert missed[0].startswith("Reminders were not sent, or not to everybody, on 15/10/2018.")
        assert len(missed) == 2
    with at(date(2018, 10, 14)):  # a Sunday: the last business day was Friday
        assert len(list(reminder_alarms())) == 1
    DailyAnchor.objects.all().delete()
    for who, name in (("administrator", "focalpoints:administration"), ("coordinator", "projects:review_queue"),
                      ("coordinator", "projects:reminders")):  # fmt: skip
        said = text(page(cast, who, name))
        assert "Reminders have never been sent." in said
        assert "to 2 people" in said


# ---- Texts

HOSTILE = "<script>alert(1)</script> {count.__class__} %s %(x)s {{ 7|add:7 }} ${count} “ñ”"


def keep(cast, key, language, words, revision=0, do="keep", who="administrator"):
    return post(cast, who, "projects:reminder_text", key, language, text=words, revision=revision, do=do)


def test_a_hostile_text_goes_out_as_it_was_typed(cast):
    due(cast, TUESDAY)
    assert keep(cast, "soon", "es-mx", HOSTILE).status_code == 200
    send_day()
    letter = next(letter for letter in mail.outbox if letter.to == [cast["focal point"].email])
    with translation.override("es-mx"):
        typed = HOSTILE.replace("${count}", translation.ngettext("%(n)d item", "%(n)d items", 1) % {"n": 1})
    assert typed in letter.body
    html = letter.alternatives[0][0]
    assert "<script" not in html
    assert escape("<script>alert(1)</script>") in html
    previewed = page(cast, "administrator", "projects:reminder_text", "soon", "es-mx").content.decode()
    assert "<script>alert" not in previewed
    assert escape("{count.__class__}") in previewed


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("${name}", "is not a placeholder of this text"),
        ("${count.__class__}", "After a “$”"),
        ("costs $", "After a “$”"),
        ("", "Write the text"),
        ("x" * 2001, "2,000"),
    ],
)
@pytest.mark.parametrize("do", ["keep", "see"])
def test_a_wrong_text_is_refused_with_the_reason_and_kept_in_the_form(cast, words, said, do):
    response = keep(cast, "soon", "en", words, do=do)
    assert said in text(response).replace("2000", "2,000")
    assert response.context["form"]["text"].value() == words
    assert response.context["composed"] is None
    assert MessageText.objects.count() == 0


def test_a_subject_stands_on_one_line(cast):
    assert "one line" in text(keep(cast, "subject", "en", "One\nTwo ${count}"))


def test_looking_at_a_text_writes_nothing(cast):
    entries = Entry.objects.count()
    response = keep(cast, "late", "en", "Now. ${count}.", do="see")
    assert "Now. 10 items." not in text(response)
    assert "Now. 1 item." in text(response)
    assert page(cast, "administrator", "projects:reminder_text", "late", "en").status_code == 200
    assert (MessageText.objects.count(), Entry.objects.count(), mail.outbox) == (0, entries, [])


@pytest.mark.parametrize("language", ["es-mx", "en"])
@pytest.mark.parametrize("key", TEXTS)
def test_every_text_is_seen_in_its_place(cast, key, language):
    response = keep(cast, key, language, f"¡{key}!", do="see")
    composed = response.context["composed"]
    assert f"¡{key}!" in composed.subject + composed.text
    assert composed.html.startswith(f'<!DOCTYPE html>\n<html lang="{language[:2]}">')


def test_a_text_is_kept_and_the_default_comes_back(cast):
    keep(cast, "late", "en", "Hurry.")
    assert texts_in_use()["late", "en"] == "Hurry."
    listed = text(page(cast, "administrator", "projects:reminder_texts"))
    assert "Hurry." in listed
    assert "Reworded" in listed
    keep(cast, "late", "en", "whatever is in the form", revision=1, do="restore")
    assert texts_in_use()["late", "en"] == default("late", "en")
    keep(cast, "late", "en", "Once more.", revision=2)
    keep(cast, "late", "en", default("late", "en"), revision=3)  # typed by hand, it is the default too
    assert MessageText.objects.get().text == ""
    assert [entry.verb for entry in Entry.objects.filter(subject_type="message-text")] == ["correct"] * 4


def test_nothing_changed_is_said(cast):
    assert "Nothing was changed" in text(keep(cast, "late", "en", default("late", "en")))


def test_two_administrators_see_each_others_text(cast):
    keep(cast, "late", "en", "First.")
    response = keep(cast, "late", "en", "Second.", revision=0)
    assert response.status_code == 409
    assert "First." in text(response)
    assert response.context["form"]["text"].value() == "Second."
    assert response.context["form"]["revision"].value() == "1"  # the next press goes through
    keep(cast, "late", "en", "Second.", revision=1)
    assert texts_in_use()["late", "en"] == "Second."


@pytest.mark.parametrize("address", ["no/es-mx", "late/fr", "late/es"])
def test_there_is_no_other_text(cast, address):
    assert cast.client("administrator").get(f"/recordatorios/textos/{address}/").status_code == 404


# ---- Pauses


def pause(cast, item, who="coordinator", until=date(2018, 11, 5), reason="Veda electoral.", kind="task"):
    days = {"until_day": until.day, "until_month": until.month, "until_year": until.year}
    return post(cast, who, f"projects:{kind}_pause", item.code, reason=reason, **days)


def test_a_pause_is_seen_by_office_and_agency_and_by_the_public_only_as_such(cast):
    task = due(cast, TUESDAY)
    assert any(planned.messages for planned in rehearse(MONDAY))
    assert "They start again on 05/11/2018" in text(pause(cast, task))
    for who in ("coordinator", "focal point"):
        assert "Veda electoral." in text(page(cast, who, "projects:task_detail", task.code))
    for who in ("other agency", "outsider", "anonymous"):
        said = text(page(cast, who, "projects:task_detail", task.code))
        assert "Veda" not in said
        assert "Reminders paused" in said
        assert "05/11/2018" in said
    assert "Veda electoral." in text(page(cast, "coordinator", "projects:reminders"))
    assert not any(planned.messages for planned in rehearse(MONDAY))


def test_a_pause_is_ended_on_its_page(cast):
    task = due(cast, TUESDAY)
    pause(cast, task)
    shown = page(cast, "coordinator", "projects:task_pause", task.code).content.decode()
    assert f"/tareas/{task.code}/pausa/terminar/" in shown
    post(cast, "coordinator", "projects:task_resume", task.code)
    assert any(planned.messages for planned in rehearse(MONDAY))
    assert "not paused" in text(post(cast, "coordinator", "projects:task_resume", task.code))


def test_a_commitments_pause_is_told_on_its_tasks_pages(cast):
    task = due(cast, TUESDAY)
    pause(cast, cast.commitment, kind="commitment")
    said = text(page(cast, "focal point", "projects:task_detail", task.code))
    assert "The pause is of the whole commitment:" in said
    assert "Veda electoral." in text(page(cast, "focal point", "projects:commitment_detail", cast.commitment.code))
    # It may have one of its own that lasts longer.
    pause(cast, task, until=date(2018, 12, 5), reason="Otra.")
    assert Pause.objects.count() == 2


@pytest.mark.parametrize("until", [MONDAY, date(2018, 10, 14), date(2019, 11, 1), date(2999, 1, 1)])
def test_a_pause_ends_within_a_year(cast, until):
    response = pause(cast, due(cast), until=until)
    assert response.context["form"].errors["until"]
    assert response.context["form"]["reason"].value() == "Veda electoral."
    assert Pause.objects.count() == 0


def test_a_pause_needs_a_reason_and_stands_alone(cast):
    task = due(cast)
    assert pause(cast, task, reason=" ").context["form"].errors["reason"]
    pause(cast, task)
    second = pause(cast, task, reason="Otra.")
    assert second.status_code == 409
    assert "paused already" in text(second)


def test_what_has_ended_is_not_paused(cast):
    with at(date(2018, 5, 3)):
        task = cast.task("cancelled")
    response = post(cast, "coordinator", "projects:task_pause", task.code)
    assert response.status_code == 200
    assert Pause.objects.count() == 0
    assert cast.client("coordinator").get(reverse("projects:task_pause", args=[task.code])).status_code == 302


def test_the_links_are_drawn_for_coordinators(cast):
    task = due(cast)
    for who in EVERYBODY:
        for name, code in (("task", task.code), ("commitment", cast.commitment.code)):
            shown = page(cast, who, f"projects:{name}_detail", code).content.decode()
            assert ("/pausa/" in shown) is (who == "coordinator")
        nav = page(cast, who, "projects:board").content.decode()
        assert ('href="/en/recordatorios/"' in nav) is (who in OFFICES)


# ---- How often


def test_everybody_chooses_daily_or_weekly_and_never_is_no_choice(cast):
    assert "never waits" in text(page(cast, "outsider", "account_rhythm"))
    assert "Your choice was kept" in text(post(cast, "outsider", "account_rhythm", rhythm="weekly"))
    assert cast["outsider"].rhythm == "weekly"
    refused = post(cast, "outsider", "account_rhythm", rhythm="never")
    assert refused.context["form"].errors["rhythm"]
    assert cast["outsider"].rhythm == "weekly"


def test_a_pause_of_what_is_not_the_coordinators_to_pause_is_refused_by_the_verb_too(cast):
    task = due(cast)
    actions.pause_reminders(task, by=cast["coordinator"], reason="Veda.", until=date(2018, 11, 5))
    with pytest.raises(NotPossible):
        actions.pause_reminders(task, by=cast["coordinator"], reason="Otra.", until=date(2018, 11, 6))
