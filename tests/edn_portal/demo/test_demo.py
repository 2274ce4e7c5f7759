"""The demonstration: fictional and labelled, told through the verbs up to 15 October 2018, the same each time."""

import re
from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import fields
from datetime import date, datetime, timedelta

import pytest
from django.core import mail
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection, transaction

from edn_portal.demo import preparation
from edn_portal.demo.pdf import pdf
from focalpoints import clock
from focalpoints.models import Agency, Appointment, Entry, OfficeText, Role, User
from focalpoints.workflow import vacant
from projects.forms.evidence_types import identify
from projects.light.rule import COMMITMENT_RULE, TASK_RULE
from projects.models import (
    Assessment,
    Commitment,
    DailyAnchor,
    DailyMessage,
    Evidence,
    FollowUp,
    MessageItem,
    Project,
    Request,
    Task,
)
from projects.reading.day import Day
from projects.reading.figures import standing
from projects.reading.my_work import work_of
from projects.reminders.alarms import reminder_alarms
from projects.reminders.rehearsal import rehearse
from projects.rules import assessors
from tests.live import database_name
from tests.projects.views.test_board import lines_lead_to_their_items
from tests.walking import walked

NOW = datetime(2018, 10, 15, 9, tzinfo=clock.ZONE)


pytestmark = [pytest.mark.slow, pytest.mark.once]


@pytest.fixture(scope="module")
def told_once(site_contents, tmp_path_factory, django_db_setup, django_db_blocker):
    """What `prepare_demo` made for the browser tests too, its reminders taken back. Each test has a savepoint of its own."""
    content = site_contents("demo").copy_to(tmp_path_factory.mktemp("told"))
    is_file = content.database_url.startswith("sqlite")
    with (
        django_db_blocker.unblock(),
        connected_to(str(content.folder / "portal.sqlite3") if is_file else database_name(content.database_url)),
        transaction.atomic(),
    ):
        for model in (MessageItem, DailyMessage, DailyAnchor):
            model.objects.all().delete()
        yield content.folder
        transaction.set_rollback(True)


@contextmanager
def connected_to(database):
    """Another database in the place of this worker's own."""
    connection.close()
    own, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], database
    yield
    connection.close()
    connection.settings_dict["NAME"] = own


@pytest.fixture
def told(told_once, db, settings, monkeypatch):
    settings.DEMO = True
    evidence = settings.STORAGES["default"]
    location = {"OPTIONS": evidence["OPTIONS"] | {"location": str(told_once / "evidence")}}
    settings.STORAGES = settings.STORAGES | {"default": evidence | location}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.delenv("EDN_DEMO_PASSWORD", raising=False)
    with clock.at(NOW):
        yield


def test_every_figure_of_home_leads_to_exactly_its_items(told):
    """Today and at the end of a month; `make test-long` asks both databases."""
    count, lists = walked("/")
    assert (count > 60, len(lists) > 40) == (True, True)
    lines_lead_to_their_items(Day.today())
    assert walked("/?on=2018-08-31")[0] > 20


def test_it_is_the_same_story_each_time(told):
    assert (User.objects.people().count(), Appointment.objects.count(), Task.objects.count()) == (312, 309, 407)
    assert Counter(FollowUp.objects.values_list("state", flat=True)) == {
        "accepted": 280, "returned": 23, "submitted": 22, "draft": 10, "withdrawn": 1, "noted": 3, "retracted": 1,
    }  # fmt: skip
    assert Counter(Task.objects.values_list("state", flat=True)) == {
        "confirmed": 403, "proposed": 2, "cancelled": 1, "declined": 1,
    }  # fmt: skip
    assert Counter(Request.objects.values_list("state", flat=True)) == {
        "approved": 10, "requested": 8, "rejected": 5, "withdrawn": 3,
    }  # fmt: skip
    assert Entry.objects.count() == 2209
    assert (Project.objects.count(), Commitment.objects.count(), Agency.objects.count()) == (39, 20, 308)


def test_it_tells_every_light_kind_of_request_and_finding(told):
    """Whoever tries the demonstration, or draws a page by it, meets each of them."""
    for rows, rule in ((Task.objects.all(), TASK_RULE), (Commitment.objects.all(), COMMITMENT_RULE)):
        lights = set(rows.with_light(NOW.date()).values_list("light", flat=True))
        assert lights == {clause.light for clause in rule}, rows.model
    assert set(FollowUp.objects.values_list("state", flat=True)) == set(FollowUp.State)
    requests, findings = Request.objects.all(), Assessment.objects.all()
    assert set(requests.values_list("kind", flat=True)) == set(Request.Kind)
    assert set(requests.values_list("state", flat=True)) == set(Request.State)
    together = requests.waiting().exclude(batch=None)
    assert [(change.kind, requests.asked_with(change).count()) for change in together] == [("cancellation", 3)] * 3
    assert set(findings.values_list("verdict", flat=True)) == set(Assessment.Verdict)
    assert set(findings.values_list("state", flat=True)) == set(Assessment.State)
    assert findings.exclude(period=None).exists()
    assert findings.exclude(objective=None).exists()


def test_who_asked_and_who_accepted_leave_somebody_whose_account_is_printed(told):
    """Each of what waits can be decided, and each settled commitment assessed, by an account of `accounts`."""
    accounts = {account.email for account in preparation.accounts("x")}
    shown = User.objects.filter(email__in=accounts, roles__kind="coordinator")
    assert shown.count() == 3
    for change in Request.objects.waiting().filter(agency=None):
        assert shown.exclude(pk=change.asked_by_id).count() == 2
    for commitment in Commitment.objects.with_light(NOW.date()).filter(light="to_assess"):
        assert set(assessors(commitment)) & set(shown.values_list("pk", flat=True))


def test_whatever_was_invented_says_so(told):
    assert not User.objects.people().filter(is_fictional=False).exists()
    assert not Task.objects.filter(is_fictional=False).exists()
    assert not FollowUp.objects.filter(is_fictional=False).exists()
    assert not Request.objects.filter(is_fictional=False).exists()
    addresses = User.objects.people().values_list("email", flat=True)
    assert {address.rpartition("@")[2] for address in addresses} == {"demo.example"}
    mailboxes = {*Agency.objects.values_list("mailbox", flat=True), *OfficeText.objects.values_list("email", flat=True)}
    assert {address.rpartition("@")[2] for address in mailboxes if address} == {"demo.example"}
    texts = OfficeText.objects.values_list("text_es", "text_en")
    assert [es.startswith("Texto de muestra: ") and en.startswith("Sample text: ") for es, en in texts] == [True] * 4
    links = Evidence.objects.exclude(url="").values_list("url", flat=True)
    assert len(links) == 96
    assert {re.sub(r"https://[a-z0-9-]+\.", "", link).partition("/")[0] for link in links} == {"demo.example"}


def test_it_happened_in_order_before_today(told):
    entries = Entry.objects.order_by("seq").values_list("at", flat=True)
    assert list(entries) == sorted(entries)
    assert datetime(2018, 1, 8, tzinfo=clock.ZONE) < entries[468] < entries.reverse()[0] < NOW
    call_command("verify_ledger")


def test_everybody_acted_as_who_they_were(told):
    """Offices in the ledger: the agency that reports, the coordination office that reviews, the administration that appoints."""
    offices = {
        verb: set(Entry.objects.filter(verb=verb).values_list("office", flat=True))
        for verb in ("appoint", "accept", "return", "define", "propose")
    }
    assert offices["appoint"] == {"administration"}
    assert offices["accept"] == offices["return"] == {"CEDN"}
    assert offices["propose"] == {"9", "11"}
    assert len(set(Entry.objects.filter(verb="submit").values_list("office", flat=True))) == 186
    roles = Counter(Role.objects.active().values_list("kind", flat=True))
    assert roles == {"system": 1, "administrator": 1, "coordinator": 3}


def test_the_focal_point_of_sct_has_every_kind_of_work(told):
    tasks = Task.objects.filter(commitment__code="MC-250K", state="confirmed")
    lights = Counter(tasks.with_light(NOW.date()).values_list("light", flat=True))
    assert lights == {"at_risk": 5, "late": 1, "not_started": 1, "on_time": 1, "fulfilled": 1}
    sct = User.objects.get(email="sct@demo.example")
    assert sct.standing.agency_ids == {Agency.objects.get(acronym="SCT").pk}
    in_hand = FollowUp.objects.in_hand().filter(task__in=tasks)
    assert Counter(in_hand.values_list("state", flat=True)) == {
        "submitted": 1,
        "draft": 1,
        "returned": 1,
        "withdrawn": 1,
    }
    was = FollowUp.objects.accepted().filter(task__commitment__code="MC-250K", task__number=2).order_by("number")
    assert list(was.values_list("progress", flat=True)) == [40, 65, 58]  # it can go down, with a reason
    work = work_of(sct, Day.today())
    assert [one.name for one in fields(work) if not getattr(work, one.name)] == []
    rows = [item.shown for one in fields(work) if one.name != "findings" for item in getattr(work, one.name)]
    shown = {
        "a draft": any(row.follow_up and row.follow_up.state == "draft" for row in rows),
        "a date asked for": any(row.asked for row in rows),
        "a comment": any(row.comment for row in rows),
        "no change": any(row.can_say_no_change for row in rows),
        "no change, to be undone": any(row.noted_today for row in rows),
    }
    assert [what for what, is_there in shown.items() if not is_there] == []


def test_the_review_queue_has_waited_three_to_twenty_days(told):
    waited = [
        (NOW.date() - follow_up.submitted_at.astimezone(clock.ZONE).date()).days
        for follow_up in FollowUp.objects.waiting()
    ]
    assert waited == [20, 18, 17, 14, 14, 14, 13, 13, 12, 10, 7, 7, 7, 7, 6, 6, 6, 5, 5, 4, 4, 3]


def test_who_missed_june_s_report_owes_september_s_and_december_s_too(told):
    """Each by its own date: SEDENA reported in March for the last time."""
    reports = Task.objects.filter(commitment__code="TIC-A6-TRIM", agency__acronym="SEDENA").order_by("due")
    assert [report.is_fulfilled for report in reports] == [True, False, False, False]
    assert [(NOW.date() - report.due).days for report in reports[1:]] == [107, 15, -77]
    lights = reports.with_light(NOW.date()).values_list("light", flat=True)
    assert list(lights) == ["fulfilled", "late", "late", "not_started"]
    assert [report.follows for report in reports] == [None, *reports[:3]]
    assert Commitment.objects.get(code="TIC-A6-TRIM").agencies_without_task == 289
    opened = Entry.objects.filter(verb="recur").values_list("at", flat=True)
    assert Counter(clock.day_of(at) for at in opened) == {
        date(2018, 4, 2): 18, date(2018, 7, 2): 18, date(2018, 10, 1): 18,
    }  # fmt: skip


def test_some_seats_are_empty_and_one_had_tasks(told):
    seated = Appointment.objects.focal_points().active(NOW.date()).values("agency")
    assert Agency.objects.registered().exclude(pk__in=seated).count() == 18
    semar = Agency.objects.get(acronym="SEMAR")
    assert Task.objects.filter(agency=semar).overdue(NOW.date()).count() == 3
    assert not semar.appointments.focal_points().active(NOW.date()).exists()
    changed = Appointment.objects.filter(agency__acronym="SCT", kind="titular").order_by("since")
    assert [(row.since, row.until) for row in changed] == [
        (date(2018, 1, 8), date(2018, 6, 1)),
        (date(2018, 6, 1), None),
    ]


def test_some_heads_hear_of_what_stays_late(told):
    heads = Appointment.objects.heads().active(NOW.date()).select_related("user", "agency")
    assert {head.agency.acronym for head in heads} == {"SCT", "SEP", "SFP", "SHCP", "SSA", "SEMAR", "IMSS", "CFE"}
    assert all("demostración" in head.user.name for head in heads)
    preparation.remind()
    reached = MessageItem.objects.filter(reason__in=["head", "sector head"]).values_list("message__address", flat=True)
    assert set(reached) == {"sct.titular@demo.example", "semar.titular@demo.example", "oficina.sedena@demo.example"}


def test_sedena_and_the_office_of_its_head_hear_of_june_s_report_again_and_again(told):
    """Due on 30 June and never sent: told on the sixtieth day, 29 August, and every thirty days for as long as it is late."""
    report = Task.objects.get(agency__acronym="SEDENA", due=date(2018, 6, 30))
    heard = defaultdict(list)
    with clock.at(datetime(2018, 8, 29, 9, tzinfo=clock.ZONE)):
        days = rehearse(date(2018, 8, 29), 130)
        for planned in days:
            for message in planned.messages:
                for line in message.named():
                    if line.code == report.code and line.kind == "ladder":
                        heard[message.person.email].append((planned.day.isoformat(), line.step))
    every = [("2018-08-29", 60), ("2018-09-28", 90), ("2018-10-29", 120), ("2018-11-27", 150), ("2018-12-27", 180)]
    assert heard["sedena@demo.example"] == heard["oficina.sedena@demo.example"] == every


def test_a_coordinator_s_message_fits_on_a_screen(told):
    preparation.remind()
    coordinator = User.objects.get(email="coordinacion2@demo.example")
    [letter] = [letter for letter in mail.outbox if letter.to == [coordinator.email]]
    assert len(letter.body.splitlines()) <= 40
    assert " tareas " in letter.body or " late tasks" in letter.body


def test_vacancies_are_one_number_everywhere(told):
    """On the board, in the administration, on the public list, in the rehearsal and in its sums; heads are counted apart."""
    on = NOW.date()
    planned = next(rehearse(on, 1))
    sums = {one.count for message in planned.messages for one in message.sums if one.name == "vacant"}
    in_rehearsal = {gap.agency.pk for gap in planned.vacancies}
    assert in_rehearsal == set(vacant(Agency.objects.registered(), on).values_list("pk", flat=True))
    assert {standing(on).vacant} == sums == {len(in_rehearsal)} == {18}
    assert {gap.what for gap in planned.gaps} <= {"head", "sector head"}


def test_reminders_went_out_so_that_no_alarm_stands(told):
    assert len(list(reminder_alarms())) == 1
    preparation.remind()
    assert list(reminder_alarms()) == []
    sent = DailyMessage.objects.filter(day=NOW.date(), state="sent")
    assert sent.count() == len(mail.outbox) == DailyMessage.objects.count() == 292
    preparation.remind()
    assert len(mail.outbox) == 292
    # Opened again on a Sunday, and after somebody tried a later day.
    with clock.at(NOW + timedelta(days=6)):
        preparation.remind()
        assert list(reminder_alarms()) == []
    with clock.at(NOW + timedelta(days=1)):
        preparation.remind()
    assert DailyMessage.objects.filter(day=date(2018, 10, 19)).exists()
    assert not DailyMessage.objects.filter(day=date(2018, 10, 16)).exists()


def test_its_files_are_what_they_say(told):
    files = Evidence.objects.filter(url="")
    assert Counter(files.values_list("content_type", flat=True)) == {"application/pdf": 8, "text/csv": 2}
    for evidence in files:
        with storages["default"].open(evidence.file.name) as file:
            data = file.read()
        assert identify(SimpleUploadedFile(evidence.title, data)) == evidence.content_type


def test_a_pdf_names_the_place_of_each_of_its_objects():
    data = pdf("Título (con paréntesis)", "Línea 1", "50 % — «comillas»")
    places = [int(place) for place in re.findall(rb"^(\d{10}) 00000 n", data, re.MULTILINE)]
    assert [data[place:].split(b" ", 1)[0] for place in places] == [b"1", b"2", b"3", b"4", b"5"]
    start = int(re.search(rb"startxref\n(\d+)", data)[1])
    assert data[start:].startswith(b"xref\n0 6\n")


def lines(capsys):
    return [line.rsplit(maxsplit=2) for line in capsys.readouterr().out.splitlines()]


def test_again_it_adds_nothing_and_gives_new_passwords(told, capsys):
    before = Entry.objects.count(), User.objects.count(), Evidence.objects.count()
    call_command("demo")
    first = lines(capsys)
    assert [line[:2] for line in first] == [
        ["Administradora", "administradora@demo.example"],
        ["Coordinador de la CEDN", "coordinacion@demo.example"],
        ["Coordinadora de la CEDN", "coordinacion2@demo.example"],
        ["Coordinador de la CEDN (política TIC)", "coordinacion3@demo.example"],
        ["Punto de Contacto EDN de la SCT (titular)", "sct@demo.example"],
        ["Punto de Contacto EDN de la SCT (suplente)", "sct.suplente@demo.example"],
        ["Punto de Contacto EDN de la SEP", "sep@demo.example"],
    ]
    call_command("demo")
    second = lines(capsys)
    assert (Entry.objects.count(), User.objects.count(), Evidence.objects.count()) == before
    passwords = [line[2] for line in (*first, *second)]
    assert len(set(passwords)) == 14
    assert User.objects.get(email="sct@demo.example").check_password(second[4][2])
    assert not User.objects.get(email="sct@demo.example").check_password(first[4][2])


def test_a_chosen_password_keeps_everybody_signed_in(told, capsys, monkeypatch):
    monkeypatch.setenv("EDN_DEMO_PASSWORD", "correcto-caballo-pila-grapa")
    call_command("demo")
    hashes = set(User.objects.values_list("password", flat=True))
    call_command("demo")
    assert set(User.objects.values_list("password", flat=True)) == hashes
    assert {line[2] for line in lines(capsys)} == {"correcto-caballo-pila-grapa"}


def test_whoever_was_deactivated_stays_so(told, capsys):
    User.objects.filter(email="sep@demo.example").update(is_active=False)
    call_command("demo")
    assert [line[1].partition("@")[0] for line in lines(capsys)] == [
        "administradora", "coordinacion", "coordinacion2", "coordinacion3", "sct", "sct.suplente",
    ]  # fmt: skip


def test_nobody_else_in_the_story_can_sign_in(told):
    call_command("demo")
    able = [user.email for user in User.objects.all() if user.has_usable_password()]
    assert len(able) == 7
