"""What is exported is written down first, is what the page shows to this person, and ends on record however it ends."""

import errno
import html
import json
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import django_filters
import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils.translation import override

from focalpoints import clock
from focalpoints.actions import begin_export
from focalpoints.actions.exports import end_export
from focalpoints.exports import exported as exports
from focalpoints.forms.appointments import AppointmentFilter
from focalpoints.models import Export, Role, User
from focalpoints.pages.fields import NarrowingChoiceFilter
from focalpoints.workflow import EXPORTERS
from projects.models import Request, Task
from tests.standing import scene
from tests.test_every_url import PERSONS, staged


@scene()
def stage(cast):
    return staged(cast)


# The button's address, its arguments beside the format, and what a POST answers to each of PERSONS: as the page itself does.
COORDINATORS = (404, 404, 200, 404, 404, 404, 404, 302)
OFFICES = (404, 404, 200, 200, 404, 404, 404, 302)
ADMINISTRATORS = (404, 404, 404, 200, 404, 404, 404, 302)
BUTTONS = {
    "projects:review_export": ((), "projects:review_queue", COORDINATORS),
    "projects:cockpit_export": ((), "projects:cockpit", COORDINATORS),
    "projects:my_work_export": ((), "projects:my_work", (200, 200, 404, 404, 404, 403, 404, 302)),
    "projects:reminders_sent_export": ((), "projects:reminders_sent", OFFICES),
    "projects:portfolio_export": ((), "projects:portfolio", OFFICES),
    "focalpoints:person_export": ((), "focalpoints:person_list", ADMINISTRATORS),
    "focalpoints:person_history_export": (("{person}",), "focalpoints:person_detail", ADMINISTRATORS),
    "focalpoints:appointment_export": ((), "focalpoints:appointment_list", ADMINISTRATORS),
    "focalpoints:agency_history_export": (("9",), "focalpoints:agency_detail", ADMINISTRATORS),
    "focalpoints:role_export": ((), "focalpoints:role_list", OFFICES),
    "focalpoints:who_acted_export": ((), "focalpoints:export_list", ADMINISTRATORS),
}


def lines(answer) -> list[dict]:
    return [json.loads(line) for line in b"".join(answer.streaming_content).decode().splitlines()]


@pytest.mark.parametrize("person", PERSONS)
def test_a_button_answers_whoever_may_read_its_page(cast, stage, person):
    client, column, answers, promised = cast.client(person), PERSONS.index(person), {}, {}
    for name, (arguments, page, statuses) in BUTTONS.items():
        args = [stage.get(argument, argument) for argument in arguments]
        answer = client.post(reverse(name, args=[*args, "jsonl"]))
        answers[name] = answer.status_code, Export.objects.count()
        promised[name] = (
            401
            if person == "anonymous"
            else statuses[column],  # a button shows the form to sign in, a page leads to it
            sum(status == 200 for status in map(status_of(column), upto(name))),
        )
        assert client.get(reverse(page, args=args)).status_code == statuses[column]
        if answer.status_code == 200:
            written = Export.objects.latest("pk")
            assert (written.person, written.state, written.rows) == (cast[person], "whole", len(lines(answer)))
    assert answers == promised


def status_of(column):
    return lambda name: BUTTONS[name][2][column]


def upto(name):
    names = list(BUTTONS)
    return names[: names.index(name) + 1]


def test_every_export_has_its_button(cast):
    assert len(exports.EXPORTED) == 9
    assert exports.EXPORTED.keys() == EXPORTERS.keys()


@pytest.mark.once
def test_a_page_draws_the_buttons_and_its_filters_go_along(cast, stage):
    page = cast.client("administrator").get("/administracion/personas/?q=focal").text
    for fmt in ("csv", "xlsx", "jsonl"):
        assert f'formaction="/administracion/personas/exportar.{fmt}?q=focal"' in page


@pytest.mark.once
def test_the_filters_of_the_screen_are_kept_and_written_down(cast, stage):
    client = cast.client("administrator")
    found = lines(client.post("/administracion/personas/exportar.jsonl?q=focal"))
    assert {row["name"] for row in found} == {"Focal point"}
    export = Export.objects.get()
    assert (export.table, export.format, export.rows) == ("people", "jsonl", 1)
    assert "focal" in export.filters
    refused = client.post("/administracion/personas/exportar.jsonl?power=king")
    assert (refused.status_code, refused.url) == (302, "/administracion/personas/?power=king")
    assert Export.objects.count() == 1


@pytest.mark.once
def test_the_queue_holds_what_the_screen_shows(cast, stage):
    found = lines(cast.client("coordinator").post("/revision/exportar.jsonl"))
    [follow_up], requests, [proposal] = (
        [row for row in found if row["kind_code"] == kind] for kind in ("follow-up", "request", "proposal")
    )
    assert (proposal["code"], proposal["agency"]) == ("MC-250K-T4", "SCT")
    assert (follow_up["code"], follow_up["kind_code"], follow_up["claimed"]) == ("MC-250K-T3-S1", "follow-up", 40)
    assert {row["code"] for row in requests} == {"MC-250K-T3-R1", "DOS-T1-R1", "DOS-T2-R1"}


@pytest.mark.once
def test_my_work_holds_the_lists_of_the_page(cast, stage):
    found = lines(cast.client("focal point").post("/mi-trabajo/exportar.jsonl"))
    assert {row["code"]: row["list_code"] for row in found} == {
        "MC-250K-V1": "findings", "MC-250K-T3": "waiting", "MC-250K-T4": "proposed", "MC-250K-T1": "rest",
        "MC-250K-T2": "word_expected", "MC-250K-T5": "rest", "MC-250K-T6": "rest", "DOS-T1": "rest", "DOS-T2": "rest",
    }  # fmt: skip
    assert lines(cast.client("other agency").post("/mi-trabajo/exportar.jsonl")) == []


@pytest.mark.once
def test_days_left_count_to_the_date_and_fall_below_zero_after_it(cast, stage):
    for days, stands_in in ((-17, "overdue"), (0, "due_soon"), (9, "due_soon")):
        day = clock.today() + timedelta(days=days)
        Task.objects.filter(code="MC-250K-T2").update(due=day, light_due=day)
        found = {row["code"]: row for row in lines(cast.client("focal point").post("/mi-trabajo/exportar.jsonl"))}
        row = found["MC-250K-T2"]
        assert (row["list_code"], row["days_left"]) == (stands_in, days)


@pytest.mark.once
def test_my_work_says_what_the_page_says(cast, stage):
    client = cast.client("focal point")
    page, found = client.get("/mi-trabajo/").text, lines(client.post("/mi-trabajo/exportar.jsonl"))
    headings = {row["list_code"]: row["list"] for row in found}
    assert {kind for kind, words in headings.items() if words not in page} == set()
    [proposal] = [row for row in found if row["list_code"] == "proposed"]
    assert (proposal["state_code"], proposal["light_code"], proposal["light"]) == ("proposed", "", "")
    assert 0 in {row["verified"] for row in found if row["list_code"] == "rest"}


@pytest.mark.once
def test_the_queue_names_the_commitment_of_every_request(cast, stage):
    found = lines(cast.client("coordinator").post("/revision/exportar.jsonl"))
    rows = {row["code"]: row for row in found if row["kind_code"] == "request"}
    asked = {row.code: row for row in Request.objects.filter(code__in=rows).select_related("commitment")}
    assert {code: row["commitment_title"] for code, row in rows.items()} == {
        code: row.commitment.title for code, row in asked.items()
    }
    moved = {code: str(row.commitment_to) if row.commitment_to else None for code, row in asked.items()}
    assert {code: row["commitment_to_due"] for code, row in rows.items()} == moved
    days = {code: (row.to_due - row.from_due).days if row.from_due else None for code, row in asked.items()}
    assert {code: row["days_asked"] for code, row in rows.items()} == days


@pytest.mark.once
def test_people_are_told_apart_as_on_the_page(cast, stage):
    User.objects.filter(pk=cast["outsider"].pk).update(invited_at=None, last_login=None)
    client = cast.client("administrator")
    found = lines(client.post("/administracion/personas/exportar.jsonl"))
    [outsider] = [row for row in found if row["code"] == cast["outsider"].code]
    assert outsider["state_code"] == "uninvited"
    page = client.get(f"/administracion/personas/{cast['outsider'].code}/").text
    assert outsider["state"] in page


@pytest.mark.once
def test_a_list_that_leaves_rows_out_unasked_says_so(cast, stage):
    client = cast.client("administrator")
    lines(client.post("/administracion/nombramientos/exportar.jsonl"))
    default = str(AppointmentFilter.base_filters["state"].extra["empty_label"])
    assert default in Export.objects.latest("pk").filters
    lines(client.post("/administracion/nombramientos/exportar.jsonl?state=ended"))
    assert default not in Export.objects.latest("pk").filters


@pytest.mark.once
def test_every_filter_whose_empty_answer_narrows_is_marked():
    """What an open choice is called tells: all others say that they ask for everything."""
    everything = {"All", "Any", "None", "---------"}  # an order has none, and what is no part of the form says nothing
    choices = [
        (filters.__name__, name, choice)
        for filters in subclasses(django_filters.FilterSet)
        for name, choice in filters.base_filters.items()
        if isinstance(choice, django_filters.ChoiceFilter)
    ]
    assert len(choices) >= 10
    with override("en"):
        unmarked = {
            (owner, name, str(choice.extra.get("empty_label")))
            for owner, name, choice in choices
            if not isinstance(choice, NarrowingChoiceFilter) and str(choice.extra.get("empty_label")) not in everything
        }
    assert unmarked == set()


@pytest.mark.once
@pytest.mark.parametrize("name", BUTTONS)
def test_what_a_button_does_not_understand_is_refused_and_not_written_down(cast, stage, name):
    args = [stage.get(argument, argument) for argument in BUTTONS[name][0]]
    person = next(who for who, status in zip(PERSONS, BUTTONS[name][2], strict=True) if status == 200)
    answer = cast.client(person).post(reverse(name, args=[*args, "jsonl"]) + "?srsltid=1")
    assert (answer.status_code, Export.objects.count()) == (400, 0)


@pytest.mark.once
def test_a_button_carries_only_what_it_understands(cast, stage):
    page = cast.client("focal point").get("/mi-trabajo/?list=rest&utm_source=mail").text
    assert 'formaction="/mi-trabajo/exportar.csv"' in page


@pytest.mark.once
def test_a_book_says_whose_it_is_and_leads_to_its_page(cast, stage):
    """Nobody may take a file with e-mails in it for open data."""
    answer = cast.client("administrator").post("/administracion/personas/exportar.xlsx?q=focal&page=1")
    said = words_of_book(b"".join(answer.streaming_content))
    assert f"{settings.BASE_URL}/administracion/personas/?q=focal" in said
    assert "exportar.xlsx" not in said
    assert str(cast["administrator"]) in said
    assert "/licencia/" not in said
    assert "/datos/" not in said
    assert "Link" not in answer.headers


def words_of_book(content: bytes) -> str:
    with ZipFile(BytesIO(content)) as book:
        return html.unescape("".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml")))


def subclasses(kind):
    for child in kind.__subclasses__():
        yield child
        yield from subclasses(child)


@pytest.mark.once
def test_who_acted_tells_of_agencies_and_accounts_alone(cast, stage):
    found = lines(cast.client("administrator").post("/administracion/quien-hizo-que/exportar.jsonl"))
    assert {row["subject_type_code"] for row in found} <= {"agency", "person"}


def test_nothing_leaves_before_it_is_on_record(cast, stage):
    """Whoever lost the role between the page and the button, or is deactivated, takes nothing away."""
    client = cast.client("coordinator")
    assert client.get("/revision/").status_code == 200
    Role.objects.filter(user=cast["coordinator"]).update(state="ended", ended_at="2030-01-01T00:00Z")
    assert client.post("/revision/exportar.csv").status_code == 404
    with pytest.raises(PermissionDenied):
        begin_export(by=cast["coordinator"], table="review-queue", filters="", file_format="csv")
    client = cast.client("administrator")
    User.objects.filter(pk=cast["administrator"].pk).update(is_active=False)
    assert client.post("/administracion/personas/exportar.csv").status_code == 401
    assert not Export.objects.exists()


def test_what_breaks_off_is_written_down_as_such(cast, monkeypatch):
    def breaking(*_arguments):
        yield from [("a", "a@example.org", "coordinator", "Coordinator", None, "")] * 3
        raise RuntimeError("the database went away")

    monkeypatch.setattr("focalpoints.views.roles.role_rows", breaking)
    client = cast.client("coordinator", raise_request_exception=False)
    assert client.post("/papeles/exportar.csv").status_code == 500
    export = Export.objects.get()
    assert (export.state, export.rows) == (Export.State.BROKEN, 3)


@pytest.mark.once
def test_what_is_too_long_for_a_book_is_broken_off(cast, monkeypatch):
    monkeypatch.setattr("focalpoints.tables.xlsx_file.MOST_ROWS", 2)
    answer = cast.client("administrator").post("/administracion/personas/exportar.xlsx")
    assert answer.status_code == 400
    assert Export.objects.get().state == Export.State.BROKEN


@pytest.mark.once
@pytest.mark.parametrize(
    ("fmt", "where"),
    [("xlsx", "xlsxwriter.workbook.Workbook._store_workbook"), ("csv", "tempfile.SpooledTemporaryFile.flush")],
)
def test_what_has_no_room_on_the_disk_is_no_whole_file(cast, monkeypatch, fmt, where):
    """All rows were read, and yet nobody got them."""

    def full(*_arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(where, full)
    client = cast.client("administrator")
    answer = client.post(f"/administracion/personas/exportar.{fmt}", headers={"accept-encoding": "gzip"})
    assert answer.status_code == 503
    assert Export.objects.get().state == Export.State.BROKEN


@pytest.mark.django_db(transaction=True)
def test_an_export_is_written_down_outside_of_the_snapshot_of_its_rows(transactional_db, cast):
    """In which nothing can be written."""
    answer = cast.client("administrator").post("/administracion/personas/exportar.jsonl")
    assert answer.status_code == 200
    export = Export.objects.get()
    assert (export.state, export.rows) == (Export.State.WHOLE, len(lines(answer)))


@pytest.mark.once
def test_a_busy_server_writes_nothing_down(cast, monkeypatch):
    from focalpoints.tables import drawing

    def busy(*_arguments):
        raise drawing.TooManyFiles

    monkeypatch.setattr("focalpoints.tables.answer.Place", busy)
    answer = cast.client("administrator").post("/administracion/personas/exportar.csv")
    assert (answer.status_code, "Retry-After" in answer.headers) == (429, True)
    assert not Export.objects.exists()


def test_the_database_keeps_the_record(cast):
    export = begin_export(by=cast["administrator"], table="people", filters="", file_format="csv")
    end_export(export, rows=2, is_whole=True)
    end_export(export, rows=9, is_whole=False)  # the first to say so counts
    export.refresh_from_db()
    assert (export.rows, export.state) == (2, "whole")
    begun = begin_export(by=cast["administrator"], table="people", filters="", file_format="csv")
    refused = [
        lambda: Export.objects.filter(pk=export.pk).update(rows=3),
        lambda: Export.objects.filter(pk=begun.pk).update(person=cast["coordinator"]),
        lambda: Export.objects.filter(pk=begun.pk).update(state="whole", rows=1, ended_at=begun.at, filters="another"),
        lambda: Export.objects.filter(pk=begun.pk).delete(),
    ]
    for change in refused:
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert Export.objects.count() == 2


@pytest.mark.once
def test_administrators_see_every_export_and_a_person_their_own(cast, stage):
    for person, where in (
        ("coordinator", "/revision/exportar.csv"),
        ("administrator", "/administracion/personas/exportar.csv"),
    ):
        b"".join(cast.client(person).post(where).streaming_content)
    everybodys = cast.client("administrator").get("/administracion/exportaciones/").text
    assert "Coordinator" in everybodys
    assert everybodys.count("CSV") == 2 + 1
    own = cast.client("coordinator").get("/cuenta/exportaciones/").text
    assert own.count("CSV") == 1
    assert "administrator@" not in own
    assert cast.client("coordinator").get("/administracion/exportaciones/").status_code == 404
    assert "CSV" not in cast.client("outsider").get("/cuenta/exportaciones/").text
