"""A list's file holds what the list shows its reader: all its pages, in its order, of its day, with its filters."""

import csv
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook

from focalpoints import clock
from focalpoints.models import Agency, User
from focalpoints.tables.table import TABLES, TableReader
from projects import actions
from projects.forms.agencies import AgencyFilter
from projects.forms.commitments import CommitmentFilter
from projects.forms.projects import ProjectFilter
from projects.forms.tasks import TaskFilter
from projects.models import Evidence, FollowUp, Task
from projects.views.take_away import ORDERED_BY
from tests.cast import EVERYBODY, make_agency
from tests.projects.actions.test_evidence import attached
from tests.standing import scene

FORMATS = ("csv", "xlsx", "jsonl")
# Each list and its table, by hand; where a row's code stands in the page's rows.
LISTS = {
    "commitments": ("projects:commitment_list", r'edn-row-detail"><span class="edn-code">([^<]+)<'),
    "tasks": ("projects:task_list", r'edn-row-detail"><span class="edn-code">([^<]+)<'),
    "projects": ("projects:project_list", r'<th scope="row"><a class="govuk-link" href="/proyectos/([^/]+)/"'),
    "agencies": ("projects:agency_list", r'<th scope="row"><a class="govuk-link" href="/dependencias/([^/]+)/"'),
}


def rows_of(answer: Any, fmt: str) -> list[Any]:
    """The file's rows, as its format has them."""
    content = b"".join(answer)
    assert (answer.status_code, int(answer["Content-Length"])) == (200, len(content))
    match fmt:
        case "csv":
            return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))[1:]
        case "xlsx":
            sheet = load_workbook(BytesIO(content)).worksheets[0]
            return [list(row) for row in sheet.iter_rows(min_row=2, values_only=True)]
    return [list(json.loads(line).values()) for line in content.decode().split("\n")[:-1]]


def file_of(client: Client, name: str, fmt: str, query: dict[str, Any] | None = None) -> Any:
    return client.get(reverse(TABLES[name].download, args=[fmt]), query or {})


def codes_on_screen(client: Client, name: str, query: dict[str, Any]) -> Iterator[str]:
    """From the first of the list's pages to the last."""
    page, (where, code) = 1, LISTS[name]
    while True:
        shown = client.get(reverse(where), query | {"page": page})
        assert shown.status_code == 200
        yield from re.findall(code, shown.text)
        if 'rel="next"' not in shown.text:
            return
        page += 1


@scene()
def many(cast):
    """More than a page of each, in an order that is not the one in which they were made."""
    shared = None
    for number in range(55):
        due = clock.today() + timedelta(days=(number * 7) % 55 - 20)
        agencies = [cast.sep, cast.sct] if number % 3 else [cast.sct]
        made = actions.create_commitment(
            by=cast["coordinator"], project=cast.project, code=f"C-{number}", title=f"=Promesa; {number}", binds="named",
            agencies=agencies, due=due if number % 5 else None,
        )  # fmt: skip
        shared = made if number == 5 else shared  # without a date, and of both agencies
    for number in range(53):
        due, agency = clock.today() + timedelta(days=(number * 5) % 53 - 20), cast.sep if number % 2 else cast.sct
        cast.task(commitment=shared, agency=agency, due=due if number % 6 else None)
    for number in range(6):
        actions.create_project(
            by=cast["coordinator"], slug=f"proyecto-{number}", title=f"Plan {number * 5 % 6}", kind="policy",
            partner_agencies=[cast.sep, cast.sct],
        )  # fmt: skip
        make_agency(f"9-{number}", f"A{number}", parent=cast.sct if number % 2 else cast.sep)
    return cast


QUERIES = {
    "tasks": ({}, {"order": "code"}, {"agency": "SCT", "order": "-due"}, {"due": "overdue"}, {"light": "late"}),
    "projects": ({}, {"q": "plan"}),
    "agencies": ({}, {"sector": "9"}, {"work": "late"}),
    "commitments": ({}, {"order": "-code"}, {"agency": "SEP"}, {"due": "overdue", "order": "light"}, {"q": "promesa"}),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_file_has_the_rows_of_all_pages_in_their_order(many, name):
    client = many.client("anonymous")
    for query in QUERIES[name]:
        on_screen = list(codes_on_screen(client, name, query))
        for fmt in FORMATS:
            assert [row[0] for row in rows_of(file_of(client, name, fmt, query), fmt)] == on_screen, (query, fmt)
        assert len(on_screen) > (5 if name in ("commitments", "tasks") else 1), query


def test_a_file_says_of_a_row_what_the_list_shows_of_it(many):
    row = next(row for row in map(dict, told(many, "commitments", q="C-3")) if row["code"] == "C-3")
    due = clock.today() + timedelta(days=21 - 20)
    shown = {
        "title": "=Promesa; 3", "light_code": "no_tasks", "light": "Sin tareas", "agencies": ["SCT"], "agency_keys": ["9"],
        "due": due.isoformat(), "days_overdue": None, "verified": None, "project": "mexico-conectado",
        "url": "http://localhost:8000/compromisos/C-3/",
    }  # fmt: skip
    assert {name: row[name] for name in shown} == shown
    late = next(row for row in map(dict, told(many, "commitments", q="C-1")) if row["code"] == "C-1")
    assert (late["light_code"], late["days_overdue"], late["agencies"]) == ("late", 13, ["SCT", "SEP"])


def told(cast: Any, name: str, **query: Any) -> list[dict[str, Any]]:
    content = b"".join(file_of(cast.client("anonymous"), name, "jsonl", query)).decode()
    return [json.loads(line) for line in content.split("\n")[:-1]]


# Of which the scene has none: `test_report_tables.py` has them.
WITHOUT_ROWS = {"principles", "coverage", "moves", "findings", "enablers", "disagreements"}


@pytest.mark.parametrize("name", list(TABLES))
def test_every_value_is_of_its_columns_kind(many, name):
    many.follow_up("accepted")
    table = TABLES[name]
    days = [None, clock.today()] if name == "commitments" else [None]
    for day in days:
        rows = list(table.rows(TableReader(day)))
        wrong = [
            (column.name, value)
            for row in rows
            for column, value in zip(table.columns, row, strict=True)
            if not column.fits(value)
        ]
        assert (wrong, bool(rows)) == ([], name not in WITHOUT_ROWS)
    assert len({column.name for column in table.columns}) == len(table.columns)


def test_of_a_past_day_a_file_says_what_stood_then(many):
    yesterday = clock.today()
    commitment = many.commitment
    with clock.at(clock.now() + timedelta(days=3)):
        title = "México Conectado: 250,000 sítios"
        actions.correct_commitment(commitment, by=many["coordinator"], revision=commitment.revision, title=title)
        now = {row["code"]: row for row in told(many, "commitments")}
        then = {row["code"]: row for row in told(many, "commitments", on=yesterday.isoformat())}
        assert then.keys() == now.keys()
        assert now["MC-250K"]["title"] == title
        assert then["MC-250K"]["title"] == "México Conectado: 250,000 sitios"
        answer = file_of(many.client("anonymous"), "commitments", "csv", {"on": yesterday.isoformat(), "agency": "sct"})
        assert f'filename="compromisos_sct_{yesterday}.csv"' in answer["Content-Disposition"]
        rows_of(answer, "csv")
        late = [row["days_overdue"] for code, row in then.items() if code == "C-1"]
        assert late == [13], "as many days as it was then"
        ahead = file_of(many.client("anonymous"), "commitments", "csv", {"on": "2999-01-01"})
        assert ahead.status_code == 404


@pytest.mark.once
def test_wrong_filters_give_the_lists_own_page_and_no_row(many):
    client = many.client("anonymous")
    for query in ({"light": "purple"}, {"project": "gone"}, {"due_from": "mañana"}, {"order": "no"}):
        for fmt in FORMATS:
            answer = file_of(client, "commitments", fmt, query)
            assert (answer.status_code, answer["Content-Type"]) == (400, "text/html; charset=utf-8")
            assert 'href="/compromisos/"' in answer.text, "the way out is the list, not the file of everything"
            assert "Promesa" not in answer.text


@pytest.mark.once
@pytest.mark.parametrize("query", [{"ligth": "late"}, {"utm_source": "x"}])
def test_a_parameter_that_a_file_does_not_know_is_refused(many, query):
    """Who keeps the file would take the whole for the part."""
    answer = file_of(many.client("anonymous"), "commitments", "csv", query)
    assert (answer.status_code, answer["Content-Type"]) == (400, "text/html; charset=utf-8")


@pytest.mark.once
def test_a_list_links_to_its_files_with_its_filters(many):
    shown = many.client("anonymous").get("/compromisos/?agency=SEP&order=-code&page=1").text
    for fmt in FORMATS:
        assert f'href="/compromisos/descargar.{fmt}?agency=SEP&amp;order=-code"' in shown


@pytest.mark.once
@pytest.mark.once
def test_a_file_says_in_words_what_was_asked_for(many):
    answer = file_of(many.client("anonymous"), "tasks", "xlsx", {"agency": "9", "order": "-verified"})
    assert answer["Content-Disposition"].startswith('attachment; filename="tareas_sct_')
    about = load_workbook(BytesIO(b"".join(answer))).worksheets[1].iter_rows(values_only=True)
    said = {row[0]: row[1] for row in reversed(list(about)) if row[0]}
    assert said["Dependencia o entidad"] == "SCT"
    assert said[str(_("Order"))] == f"{ORDERED_BY['verified']}, {_('descending')}"
    assert {
        name for form in (CommitmentFilter, TaskFilter, ProjectFilter, AgencyFilter) for name in form.ORDERS
    } == ORDERED_BY.keys()


@pytest.mark.once
def test_names_of_files_are_words_with_something_between_them(many):
    client = many.client("anonymous")
    for address, begins in {
        "/verificar/descargar.csv?dossier=commitment:C-3": "_compromiso-c-3_",
        "/dependencias/9/cifras.csv": "cifras_sct_",
        "/compromisos/descargar.csv?agency=9": "compromisos_sct_",
    }.items():
        assert begins in client.head(address)["Content-Disposition"]


def test_a_file_is_asked_for_again_only_where_something_happened(many):
    client = many.client("anonymous")
    first = file_of(client, "commitments", "csv", {"agency": "SCT"})
    rows_of(first, "csv")
    where = reverse("projects:commitment_download", args=["csv"])
    again = client.get(where, {"agency": "SCT"}, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    many.follow_up("accepted")
    new = client.get(where, {"agency": "SCT"}, headers={"if-none-match": first["ETag"]})
    assert (len(rows_of(new, "csv")), new["ETag"] == first["ETag"]) == (56, False)
    signed_in = file_of(many.client("coordinator"), "commitments", "csv")
    rows_of(signed_in, "csv")
    assert "ETag" not in signed_in
    assert "no-store" in signed_in["Cache-Control"]


def test_nobody_finds_more_in_a_file_than_others(many):
    """The lists are public: whoever asks gets the same rows."""
    found = {
        person: [rows_of(file_of(many.client(person), name, "jsonl"), "jsonl") for name in LISTS]
        for person in EVERYBODY
    }
    assert [person for person, rows in found.items() if rows != found["anonymous"]] == []


def test_a_tasks_row_says_what_its_page_says(cast):
    cast.follow_up("accepted")
    late = cast.task(due=clock.today() - timedelta(days=4))
    rows = {row["code"]: row for row in told(cast, "tasks")}
    shown = {
        "light_code": "late",
        "light": "Atrasada",
        "days_overdue": 4,
        "agency": "SCT",
        "agency_key": "9",
        "state_code": "confirmed",
    }
    assert {name: rows[late.code][name] for name in shown} == shown
    assert (rows["MC-250K-T1"]["verified"], rows["MC-250K-T1"]["commitment"]) == (40, "MC-250K")


def test_a_projects_row_names_partners_and_principles(many):
    rows = {row["code"]: row for row in told(many, "projects")}
    row = rows["proyecto-3"]
    assert (row["partner_agencies"], row["partner_agency_keys"]) == (["SCT", "SEP"], ["9", "11"])
    assert (rows["mexico-conectado"]["commitments"], row["commitments"]) == (56, 0)


def test_an_agencys_row_says_what_it_owes(many):
    rows = {row["key"]: row for row in told(many, "agencies")}
    assert (rows["9"]["has_focal_point"], rows["9-1"]["has_focal_point"]) == (True, False)
    assert (rows["9-1"]["sector"], rows["9-1"]["sector_key"], rows["9"]["sector"]) == ("SCT", "9", "SCT")
    assert (rows["9"]["open_tasks"], rows["11"]["open_tasks"]) == (27, 26)


STATES = ("draft", "submitted", "returned", "accepted", "noted", "withdrawn")


def test_follow_ups_are_those_that_everybody_may_read(cast):
    """Marked words of each state, and of what was hidden since: only what was accepted and is shown goes out, to whoever asks."""
    written = {}
    for state in STATES:
        follow_up = cast.follow_up(state)
        written[state] = follow_up
        FollowUp.objects.filter(pk=follow_up.pk).update(done=f"MARCA-{state}", next_step=f"MARCA-{state}")
    hidden = cast.follow_up("accepted")
    FollowUp.objects.filter(pk=hidden.pk).update(done="MARCA-oculta", is_hidden=True)
    for person in EVERYBODY:
        client = cast.client(person)
        for fmt in FORMATS:
            rows = rows_of(file_of(client, "follow_ups", fmt), fmt)
            assert [row[0] for row in rows] == [written["accepted"].code], (person, fmt)
            assert set(re.findall("MARCA-[a-z]+", str(rows))) == {"MARCA-accepted"}


def test_a_follow_ups_row_counts_the_evidence_that_is_shown(cast):
    evidence = attached(cast, "accepted")
    assert [row["evidence"] for row in told(cast, "follow_ups")] == [1]
    Evidence.objects.filter(pk=evidence.pk).update(is_hidden=True)
    assert [row["evidence"] for row in told(cast, "follow_ups")] == [0]


def test_no_table_holds_what_is_not_public(many):
    """A person's name, mail, a note between agency and office, a proposal, a draft: none is in any public table in any format."""
    many.task("proposed")
    Task.objects.filter(state="proposed").update(title="SECRETO propuesta")
    many.follow_up("draft")
    FollowUp.objects.exclude(state="accepted").update(done="SECRETO borrador")
    User.objects.update(
        name="SECRETO nombre", email=Concat(Value("secreto"), Cast("pk", CharField()), Value("@example.org"))
    )
    Agency.objects.update(head_name="SECRETO titular", head_email="secreto@example.org")
    for person in ("focal point", "coordinator", "administrator", "anonymous"):
        client = many.client(person)
        for name, table in TABLES.items():
            if table.download and table.is_public:
                for fmt in FORMATS:
                    assert "SECRETO" not in str(rows_of(file_of(client, name, fmt), fmt)).upper(), (name, fmt, person)
