"""A list's file holds what the list shows its reader: all its pages, in its order, of its day, with its filters."""

import csv
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from focalpoints import clock
from focalpoints.tables.table import TABLES, TableReader
from projects import actions
from tests.cast import EVERYBODY

FORMATS = ("csv", "xlsx", "jsonl")
# Each list and its table, by hand; where a row's code stands in the page's rows.
LISTS = {"commitments": ("projects:commitment_list", r'edn-code">([^<]+)<')}


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


@pytest.fixture
def many(cast):
    """More than a page of each, in an order that is not the one in which they were made."""
    for number in range(55):
        due = clock.today() + timedelta(days=(number * 7) % 55 - 20)
        agencies = [cast.sep, cast.sct] if number % 3 else [cast.sct]
        actions.create_commitment(
            by=cast["coordinator"], project=cast.project, code=f"C-{number}", title=f"=Promesa; {number}", binds="named",
            agencies=agencies, due=due if number % 5 else None,
        )  # fmt: skip
    return cast


QUERIES = {
    "commitments": ({}, {"order": "-code"}, {"agency": "SEP"}, {"due": "overdue", "order": "light"}, {"q": "promesa"}),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_file_has_the_rows_of_all_pages_in_their_order(many, name):
    client = many.client("anonymous")
    for query in QUERIES[name]:
        on_screen = list(codes_on_screen(client, name, query))
        for fmt in FORMATS:
            assert [row[0] for row in rows_of(file_of(client, name, fmt, query), fmt)] == on_screen, (query, fmt)
        assert len(on_screen) > 5, query


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


@pytest.mark.parametrize("name", list(TABLES))
def test_every_value_is_of_its_columns_kind(many, name):
    many.follow_up("accepted")
    table = TABLES[name]
    days = [None, clock.today()] if name == "commitments" else [None]
    for day in days:
        rows = list(table.rows(TableReader(many["anonymous"], day)))
        wrong = [
            (column.name, value)
            for row in rows
            for column, value in zip(table.columns, row, strict=True)
            if not column.fits(value)
        ]
        assert (wrong, bool(rows)) == ([], True)
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
@pytest.mark.parametrize("query", [{"ligth": "late"}, {"page": 2}, {"utm_source": "x"}])
def test_a_parameter_that_a_file_does_not_know_is_refused(many, query):
    """Who keeps the file would take the whole for the part."""
    answer = file_of(many.client("anonymous"), "commitments", "csv", query)
    assert (answer.status_code, answer["Content-Type"]) == (400, "text/plain; charset=utf-8")


@pytest.mark.once
def test_a_list_links_to_its_files_with_its_filters(many):
    shown = many.client("anonymous").get("/compromisos/?agency=SEP&order=-code&page=1").text
    for fmt in FORMATS:
        assert f'href="/compromisos/descargar.{fmt}?agency=SEP&amp;order=-code"' in shown


@pytest.mark.once
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
