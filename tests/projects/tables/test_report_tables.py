"""The tables of reports: each row fits its columns, and says what its page says of that day."""

import csv
import json
import re
from collections import Counter
from datetime import datetime, timedelta
from html import unescape
from io import StringIO
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.urls import reverse
from django.utils.translation import override

from focalpoints import clock
from focalpoints.tables.csv_file import csv_parts
from focalpoints.tables.json_lines import json_parts
from focalpoints.tables.table import TABLES, Table, TableReader
from focalpoints.tables_of_the_ledger import ENTRIES
from principles.models import Principle
from projects.models import Activity, Request
from projects.tables import figures
from projects.tables.figure_words import UNITS, WORDS
from tests.cast import Cast
from tests.dates import ahead
from tests.deciding import approved
from tests.projects.tables.test_lists_as_files import LISTS
from tests.standing import scene
from tests.stranger import ZEROS, sha256
from tests.test_every_url import OPEN, TABLE, staged

# Of lists: `test_lists_as_files`.
REPORTS = [table for name, table in TABLES.items() if name not in LISTS]


@scene()
def stage(cast: Cast) -> dict[str, str]:
    """Something of everything: a date moved, and a finding disagrees with what is verified."""
    names = staged(cast)
    approved(cast, Request.objects.get(code="MC-250K-T3-R1"))
    late = cast.task(due=ahead(-40))
    cast.follow_up("accepted", task=late, progress=20)
    task = cast.task(commitment=cast.another_commitment(due=ahead(-10)), due=ahead(-12))
    cast.follow_up("submitted", task=task, progress=100)
    cast.find(cast.commitment, "on_course")
    printed = {"order": 1, "project": cast.project, "as_printed": "México Conectado"}
    Activity.objects.create(principle=Principle.objects.get(number=1), **printed)
    return names


def rows_of(table: Table, on=None):
    return [
        dict(zip((column.name for column in table.columns), row, strict=True)) for row in table.rows(TableReader(on))
    ]


@pytest.mark.parametrize("day", ["today", "past"])
def test_every_row_of_a_report_fits_its_columns(cast, stage, day):
    counted = {}
    for table in REPORTS:
        rows = list(table.rows(TableReader(None if day == "today" else clock.today())))
        wrong = [
            (table.name, column.name, value)
            for row in rows
            for column, value in zip(table.columns, row, strict=True)
            if not column.fits(value)
        ]
        assert wrong == []
        counted[table.name] = len(rows)
    assert {name for name, count in counted.items() if not count} == ({"sectors"} if day == "past" else set())


@pytest.mark.once
def test_every_file_tells_the_time_of_mexico_city_with_its_offset(cast, stage):
    """Of UTC the day would be another one after 18:00: the day in a file is the business day."""
    told = {}
    for table in TABLES.values():
        places = [place for place, column in enumerate(table.columns) if column.kind == "instant"]
        rows = list(table.rows(TableReader())) if places else []
        lines = b"".join(json_parts(table.columns, rows)).decode().split("\n")[:-1]
        cells = list(csv.reader(StringIO(b"".join(csv_parts(table.columns, rows)).decode("utf-8-sig"), newline="")))[1:]
        for row, line, written in zip(rows, lines, cells, strict=True):
            for place in places:
                said = list(json.loads(line).values())[place] or ""
                assert (table.name, said) == (table.name, written[place])
                if said:
                    local = row[place].astimezone(clock.ZONE)
                    assert (said[:10], said[-6:]) == (local.date().isoformat(), local.isoformat()[-6:])
                    assert datetime.fromisoformat(said) == row[place].replace(microsecond=0)
                    told[table.name] = told.get(table.name, 0) + 1
    assert told.keys() == {"follow_ups", "findings", "moves", "events", "entries"}


def asked(url: str) -> tuple[str, frozenset[tuple[str, str]]]:
    """An address without its order: the figure of progress leads to the list sorted by it."""
    parts = urlsplit(unescape(url))
    return parts.path, frozenset(parse_qsl(parts.query))


LINK = re.compile(r'<a class="[^"]*" href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
NUMBER = re.compile(r"-?[\d,]+")
# What home's links to parts of a list narrow it by: rows of other tables.
OF_A_PART = {"objective", "sector", "commitment"}


@pytest.mark.once
@pytest.mark.parametrize("day", ["today", "past"])
def test_the_number_in_the_file_is_the_number_on_home(cast, stage, day):
    on = None if day == "today" else clock.today()
    found = {asked(row["url"]): row for row in rows_of(TABLES["figures"], on) if row["url"]}
    home = cast.client("anonymous").get("/", {"on": on.isoformat()} if on else {}).text
    compared = set()
    for address, words in LINK.findall(home):
        number = NUMBER.search(re.sub(r"<[^>]*>", "", words))
        lists = {reverse(name) for name in figures.LISTS.values()}
        if number is None or urlsplit(address).path not in lists or OF_A_PART & dict(asked(address)[1]).keys():
            continue
        row = found[asked(address)]
        assert (address, int(number[0].replace(",", ""))) == (address, row["value"])
        compared.add(row["code"])
    assert len(compared) > (13 if day == "today" else 6)


@pytest.mark.once
def test_figures_are_named_once_and_in_both_languages(cast, stage):
    names = [row["code"] for row in rows_of(TABLES["figures"])]
    assert len(names) == len(set(names))
    group = {f"own_tasks_{light.value}" for light in figures.TASK_LIGHTS}
    assert set(names) | group == WORDS.keys()
    assert {row["unit_code"] for row in rows_of(TABLES["figures"])} == UNITS.keys()


@pytest.mark.parametrize("language", ["es-mx", "en"])
def test_no_two_figures_have_the_same_title(language):
    """Told apart by words: what differs in a colon or a capital reads the same."""
    with override(language):
        titles = Counter(" ".join(re.findall(r"\w+", str(words.title))).casefold() for words in WORDS.values())
    assert [title for title, count in titles.items() if count > 1] == []


def test_a_code_of_few_has_its_words_beside_it():
    """But in the ledger's own table, which has nothing beside what the entries are."""
    for table in TABLES.values():
        if table is ENTRIES:
            continue
        names = [column.name for column in table.columns]
        for place, name in enumerate(names):
            if name.endswith("_code"):
                assert (table.name, names[place + 1]) == (table.name, name.removesuffix("_code"))


@pytest.mark.once
@pytest.mark.parametrize("day", ["today", "past"])
def test_every_figure_leads_to_as_many_rows_as_it_says(cast, stage, day):
    client, counted = cast.client("anonymous"), {}
    for row in rows_of(TABLES["figures"], None if day == "today" else clock.today()):
        if row["url"] and row["unit_code"] in figures.LISTS:
            parts = urlsplit(row["url"])
            answer = client.get(f"{parts.path}descargar.jsonl?{parts.query}")
            assert (row["url"], answer.status_code) == (row["url"], 200)
            counted[row["code"]] = row["value"], len(b"".join(answer).splitlines())
    assert {name: found for name, found in counted.items() if found[0] != found[1]} == {}
    assert counted["commitments_with_discrepancies"] == (1, 1)
    assert len(counted) > (60 if day == "today" else 40)


@pytest.mark.once
def test_objectives_and_sectors_say_what_home_says(cast, stage):
    home = cast.client("anonymous").get("/").text
    for row in rows_of(TABLES["sectors"]):
        assert f'?state=open&amp;sector={row["key"]}">{row["open_tasks"]}</a>' in home
    [none] = [row for row in rows_of(TABLES["objectives"]) if row["number"] is None]
    assert f'?objective=none">{none["commitments"]} ' in home


@pytest.mark.once
def test_every_move_is_a_row(cast, stage):
    [row] = rows_of(TABLES["moves"])
    assert (row["item"], row["kind_code"], row["days_moved"], row["category_code"]) == (
        "MC-250K-T3",
        "task",
        9,
        "legal",
    )
    assert (row["decided_by"], row["agency_key"], row["to"] - row["from"]) == ("CEDN", "9", timedelta(days=9))
    [whole, *groups] = rows_of(TABLES["slippage"])
    assert (whole["task_moves"], whole["task_days"], whole["commitment_moves"]) == (1, 9, 0)
    assert (whole["group_code"], whole["title"]) == ("strategy", "Estrategia Digital Nacional")
    assert all(row["title"] for row in groups)
    assert {(row["group_code"], row["key"]) for row in groups if row["task_days"] == 9} == {
        ("objective", ""), ("principle", "1"), ("sector", "9"), ("agency", "9"), ("category", "legal"),
    }  # fmt: skip


@pytest.mark.once
def test_what_disagrees_is_what_the_list_shows(cast, stage):
    [row] = rows_of(TABLES["disagreements"])
    assert (row["code"], row["is_course"], row["is_less"]) == ("MC-250K", True, False)
    page = cast.client("anonymous").get("/compromisos/?disagreement=any").text
    assert "MC-250K" in page
    assert "/discrepancias/descargar.csv?disagreement=any" in page
    answer = cast.client("anonymous").get("/discrepancias/descargar.jsonl?disagreement=less")
    assert b"".join(answer) == b""


@pytest.mark.once
def test_the_chain_can_be_computed_from_the_file_alone(cast, stage):
    digest, last = ZEROS, {}
    for seq, row in enumerate(rows_of(ENTRIES), start=1):
        says = json.loads(row["text"])
        subject = says["type"], says["subject"]
        assert (row["seq"], row["hash"], row["folio"][4:10]) == (seq, sha256(row["text"]), f"{seq:06d}")
        assert (says["nth"], says["previous"]) == (
            last.get(subject, (0, ZEROS))[0] + 1,
            last.get(subject, (0, ZEROS))[1],
        )
        last[subject], digest = (says["nth"], row["hash"]), sha256(f"{digest}\n{row['hash']}")
        assert row["digest"] == digest
    assert seq > 20
    of_one = cast.client("anonymous").get("/verificar/descargar.jsonl?dossier=commitment:MC-250K")
    assert {json.loads(line)["dossier"] for line in b"".join(of_one).splitlines()} == {"commitment:MC-250K"}
    [line] = b"".join(cast.client("anonymous").get(f"/verificar/descargar.jsonl?folio={row['folio']}")).splitlines()
    assert json.loads(line)["seq"] == seq
    for wrong in ("?dossier=none", "?folio=EDN-1-00000000", "?folio=x"):
        assert cast.client("anonymous").get(f"/verificar/descargar.jsonl{wrong}").status_code == 404
    assert cast.client("anonymous").get("/verificar/descargar.jsonl?seq=1").status_code == 400


@pytest.mark.once
def test_wrong_questions_of_a_file_are_answered_by_its_page(cast, stage):
    client = cast.client("anonymous")
    for where, status in {
        "/calendario/descargar.csv?month=nunca": 400,
        "/calendario/descargar.csv?mine=1": 400,
        "/cambios/descargar.csv?since=ayer": 400,
        "/compromisos/NADA/cambios/descargar.csv": 404,
        "/valoraciones/descargar.csv?commitment=NADA": 404,
        "/valoraciones/descargar.csv?objective=9999999999999999999999": 404,
        "/objetivos/99/cifras.csv": 404,
        "/dependencias/nada/cifras.csv": 404,
        "/cifras.csv?on=2000-01-01": 404,
        "/cifras.pdf": 404,
    }.items():
        assert (where, client.get(where).status_code) == (where, status)


@pytest.mark.once
def test_a_commitments_page_offers_its_tasks_and_on_a_past_day_what_is_of_that_day(cast, stage):
    client, day = cast.client("anonymous"), clock.today().isoformat()
    assert "/tareas/descargar.csv?commitment=MC-250K" in client.get("/compromisos/MC-250K/").text
    rows = [
        json.loads(line) for line in b"".join(client.get("/tareas/descargar.jsonl?commitment=MC-250K")).splitlines()
    ]
    assert len(rows) > 2
    assert {row["commitment"] for row in rows} == {"MC-250K"}
    with clock.at(clock.now() + timedelta(days=2)):
        past = client.get(f"/compromisos/MC-250K/?on={day}").text
        assert set(re.findall(r'href="([^"]*/descargar\.[^"]*)"', past)) == {
            f"/compromisos/descargar.{fmt}?on={day}" for fmt in ("xlsx", "csv", "jsonl")
        }


@pytest.mark.once
def test_every_table_that_an_address_gives_is_described_with_its_columns(cast, stage):
    client, given = cast.client("anonymous"), {}
    shown = client.get("/datos/").text
    described = {
        tuple(map(unescape, re.findall(r'<th scope="row">([^<]*)</th>', table)))
        for table in re.findall(r'<table class="edn-table" id="columns-.*?</table>', shown, re.DOTALL)
    }
    for name, (arguments, statuses) in TABLE.items():
        if statuses is OPEN and arguments[-1:] and arguments[-1] in ("csv", "xlsx", "jsonl"):
            file = client.get(reverse(name, args=[*arguments[:-1], "csv"]))
            [heading] = csv.reader([b"".join(file).decode("utf-8-sig").partition("\r\n")[0]])
            given[name] = tuple(heading)
    assert len(given) > 25
    assert {name for name, heading in given.items() if heading not in described} == set()


@pytest.mark.once
def test_a_file_that_cannot_be_narrowed_so_says_it_and_offers_the_address_that_works(cast, stage):
    client = cast.client("anonymous")
    for path, asked_for, said in (
        ("/en/tareas/descargar.csv", "?agency=SCT&on=2018-01-01&page=2", "tells of today alone"),
        ("/en/tareas/descargar.csv", "?agency=SCT&agencia=SEP", "It takes no “agencia”"),
    ):
        refusal = client.get(path + asked_for)
        assert (refusal.status_code, said in refusal.text) == (400, True)
        [offered] = re.findall(r'href="([^"]*)"[^>]*>Download without that filter<', refusal.text)
        assert unescape(offered) == f"{path}?agency=SCT"
        assert b"".join(client.get(unescape(offered))) == b"".join(client.get(f"{path}?agency=SCT&page=7"))


# Pages that show a list or a figure, without a file of their own: by hand, with the reason.
WITHOUT_FILES = {
    "styleguide": "examples",
    "projects:how_it_works": "the procedure, in words",
    "projects:help": "words", "projects:help_public": "words", "projects:help_focal_point": "words",
    "projects:help_coordinator": "words", "projects:help_administrator": "words",
    "projects:cite": "how to cite a page",
    "projects:search": "ranked for one reader; the lists it leads to have them",
    "projects:commitment_filter": "a form; its list has them",
    "projects:commitment_timeline_filter": "a form; its list has them", "projects:task_filter": "a form; its list has them",
    "projects:calendar_filter": "a form; its page has them",
    "projects:agency_filter": "a form; its list has them",
    "projects:task_detail": "one row of the tasks, with its follow-ups, which have a file of all",
    "projects:follow_up_detail": "one row of its task's", "projects:request_detail": "one row of the moves",
    "focalpoints:contact": "words", "focalpoints:privacy": "words", "focalpoints:accessibility": "words",
    "focalpoints:licence": "words", "account_reset_password": "a form", "account_reset_password_done": "words",
}  # fmt: skip


@pytest.mark.once
def test_every_public_page_that_shows_a_list_or_a_figure_has_its_files(cast, stage):
    client, without = cast.client("anonymous"), set()
    for name, (arguments, statuses) in TABLE.items():
        if statuses is not OPEN:
            continue
        page = client.get(reverse(name, args=[stage.get(argument, argument) for argument in arguments]))
        content = b"".join(page).decode(errors="replace")
        if not page["Content-Type"].startswith("text/html"):
            continue
        files = set(re.findall(r'href="[^"]*\.(xlsx|csv|jsonl)(?:\?[^"]*)?"', content))
        if files != {"xlsx", "csv", "jsonl"}:
            without.add(name)
    assert without == WITHOUT_FILES.keys()
