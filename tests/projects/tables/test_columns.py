"""What is published stays: of all tables, also those that are exported, columns of one name mean one thing."""

import json
import re
from collections import defaultdict
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import override

from focalpoints import clock
from focalpoints.exports.exported import EXPORTED
from focalpoints.pages.page_cache import parameters_of
from focalpoints.tables.table import TABLES, few
from tests.projects.tables.test_report_tables import stage  # noqa: F401  # a fixture

ALL = [*TABLES.values(), *EXPORTED.values()]
# Names whose columns are headed differently, by what the rows of each table are: by hand, with the one thing that all of them mean.
MEANINGS = {
    "code": "the public code of the row",
    "title": "what the row is called",
    "name": "what the row is called, of what has a name and no title",
    "state_code": "the state of the row", "state": "the same in words",
    "finding_code": "what the coordination office found", "finding": "the same in words",
    "period": "the day on which the period falls due",
    "same_office": "whoever decided is of the office that did the work",
    "subject": "the code of what the row is about",
    "seq": "the number of the entry",
}  # fmt: skip


@pytest.mark.once
def test_a_column_of_one_name_has_one_kind_and_one_heading():
    kinds, titles = defaultdict(set), defaultdict(set)
    with override("en"):
        for table in ALL:
            for column in table.columns:
                kinds[column.name].add(column.kind)
                titles[column.name].add(str(column.title))
    assert {name: found for name, found in kinds.items() if len(found) > 1} == {}
    assert {name: found for name, found in titles.items() if len(found) > 1 and name not in MEANINGS} == {}
    assert [name for name in MEANINGS if len(titles[name]) < 2] == [], "what needs no word any more"


@pytest.mark.once
def test_a_unit_is_said_in_the_readers_language():
    units = {(table.name, column.name): column.unit for table in ALL for column in table.columns}
    assert {
        where: unit for where, unit in units.items() if unit not in ("", "%") and not isinstance(unit, Promise)
    } == {}
    with override("es"):
        assert {str(unit) for unit in units.values()} == {"", "%", "días"}


@pytest.mark.once
def test_the_addresses_in_a_file_of_a_past_day_keep_the_day(cast, stage):  # noqa: F811
    client, day, kept = cast.client("anonymous"), clock.today(), set()
    with clock.at(clock.now() + timedelta(days=2)):
        for table in TABLES.values():
            answer = client.get(reverse(table.download, args=["jsonl"]), {"on": day.isoformat()})
            if answer.status_code != 200:
                continue  # it tells of today alone
            for row in map(json.loads, b"".join(answer).splitlines()):
                for column in table.columns:
                    if column.kind != "url" or not (url := row[column.name]):
                        continue
                    parts = urlsplit(url)
                    if "on" in (parameters_of(resolve(parts.path).func) or ()):
                        assert (url, parse_qs(parts.query).get("on")) == (url, [day.isoformat()])
                        kept.add(table.name)
    assert kept == {"commitments", "disagreements", "objectives", "figures"}, "of sectors the scene has no row then"


@pytest.mark.once
def test_no_page_offers_a_workbook_that_would_be_refused(cast, stage, monkeypatch):  # noqa: F811
    client, book = cast.client("anonymous"), re.compile(r'href="(/[^"?]*\.xlsx)')
    monkeypatch.setattr("focalpoints.tables.xlsx_file.MOST_ROWS", 1)
    never = {reverse(table.download, args=["xlsx"]) for table in TABLES.values() if table.count is few}
    for page in ("/datos/", "/verificar/", "/tareas/", "/compromisos/"):
        for where in set(book.findall(client.get(page).text)) - never:
            answer = client.get(where)
            assert (page, where, answer.status_code, b"".join(answer)[:2]) == (page, where, 200, b"PK")
