"""What the three formats say of a table is the same: CSV and XLSX, read back by others' code, give what JSON Lines says."""

import csv
import json
import re
import tempfile
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from focalpoints.clock import ZONE
from focalpoints.tables.column import Column, joined, parted
from focalpoints.tables.csv_file import as_written, csv_parts
from focalpoints.tables.json_lines import json_parts
from focalpoints.tables.xlsx_file import MOST_ROWS, AboutTable, TooManyRows, write_xlsx

pytestmark = pytest.mark.once

KINDS = ("text", "code", "integer", "percent", "date", "instant", "boolean", "list", "url")
COLUMNS = tuple(Column(f"a_{kind}", f"Título {kind}", kind) for kind in KINDS)
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "＝1", "＋1", "－1", "＠A", "\t=1", "\r=1", "\n=1", "'=1", "''", "'", "-")

texts = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.sampled_from(FORMULAS),
    st.text("=+-@'\";,\\\t\r\n _x0D"),
)
codes = st.text("abcdefgñ-0123456789", max_size=12)
VALUES = {
    "text": texts,
    "code": codes,
    "url": st.builds("https://portal.example/{}/".format, codes),
    "integer": st.none() | st.integers(-(10**15) + 1, 10**15 - 1),
    "percent": st.none() | st.integers(0, 100),
    "date": st.none() | st.dates(date(1901, 1, 1)),
    "instant": st.none() | st.datetimes(datetime(1950, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)),
    "boolean": st.none() | st.booleans(),
    "list": st.lists(texts.filter(bool), max_size=4).map(tuple),
}
rows = st.lists(st.tuples(*[VALUES[kind] for kind in KINDS]), max_size=6)


def as_json(rows: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    # By line feeds alone: a text may hold other ends of lines.
    lines = b"".join(json_parts(COLUMNS, rows)).decode().split("\n")
    assert lines.pop() == ""
    return [json.loads(line) for line in lines]


def as_csv(rows: list[tuple[Any, ...]]) -> list[list[str]]:
    written = b"".join(csv_parts(COLUMNS, rows))
    assert written.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(StringIO(written.decode("utf-8-sig"), newline=""), strict=True))


def workbook(rows: list[tuple[Any, ...]], columns: tuple[Column, ...] = COLUMNS) -> BytesIO:
    about, file = AboutTable("Compromisos", "Todos.", [("Filtros", "ninguno")]), BytesIO()
    with tempfile.TemporaryDirectory() as folder, override("en"):
        write_xlsx(file, columns, rows, about, folder)
    file.seek(0)
    return file


def from_csv(cell: str, kind: str) -> Any:
    """As a program would that knows the columns, from the rules that the page on data tells."""
    match kind:
        case "text" | "code" | "url":
            return as_written(cell)
        case "list":
            return list(parted(as_written(cell)))
        case "boolean":
            return {"": None, "true": True, "false": False}[cell]
        case "integer" | "percent":
            return int(cell) if cell else None
    return cell or None


def from_xlsx(value: Any, kind: str) -> Any:
    match kind:
        case "text" | "code" | "url":
            return unescape(value) if value else ""
        case "list":
            return list(parted(unescape(value))) if value else []
        case "percent":
            return None if value is None else round(value * 100)
        case "date":
            return value and value.date().isoformat()
        case "instant":
            # Twice a year's hour: a cell has no offset. The test's instants say which of the two is meant.
            return value and value.replace(microsecond=0)
    return value


ROUNDS = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def test_csv_says_what_json_says():
    @given(rows)
    @ROUNDS
    def check(rows: list[tuple[Any, ...]]) -> None:
        head, *cells = as_csv(rows)
        assert head == [column.title for column in COLUMNS]
        read = [[from_csv(cell, kind) for cell, kind in zip(row, KINDS, strict=True)] for row in cells]
        assert read == [list(row.values()) for row in as_json(rows)]

    check()


def test_a_row_fits_its_columns():
    """The control of the tests' own rows, and of what `fits` refuses."""

    @given(rows)
    @settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
    def check(rows: list[tuple[Any, ...]]) -> None:
        assert all(column.fits(value) for row in rows for column, value in zip(COLUMNS, row, strict=True))

    check()
    wrong = {
        "text": None, "code": 5, "integer": True, "percent": "5", "date": datetime(2018, 1, 1, tzinfo=UTC), "instant": date(2018, 1, 1),
        "boolean": 1, "list": ("a", ""), "url": None,
    }  # fmt: skip
    assert [kind for kind, value in wrong.items() if Column("x", "x", kind).fits(value)] == []


@given(st.lists(texts.filter(bool)))
@example(["a; b", "c\\", " d", "\\; ", ";"])
def test_a_list_comes_back_from_its_text(texts):
    assert list(parted(joined(texts))) == texts


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_csv_begins_as_a_formula_does(text):
    [_head, [cell, whole, several]] = as_read_csv(text)
    assert cell == several == f"'{text}"
    assert whole == "-7", "a number stays a number"
    assert as_written(cell) == text


def as_read_csv(text: str) -> list[list[str]]:
    columns = [Column(kind, text, kind) for kind in ("text", "integer", "list")]
    written = b"".join(csv_parts(columns, [(text, -7, (text,))])).decode("utf-8-sig")
    found = list(csv.reader(StringIO(written, newline=""), strict=True))
    assert found[0] == [f"'{text}"] * 3, "a heading is no formula either"
    return found


def test_csv_ends_its_lines_as_rfc_4180_says_and_quotes_what_must_be():
    columns = [Column("a", "Título", "text"), Column("b", "B", "date")]
    written = b"".join(csv_parts(columns, [('di "no", y\nya', date(2018, 10, 5)), ("", None)]))
    assert written.decode("utf-8-sig") == 'Título,B\r\n"di ""no"", y\nya",2018-10-05\r\n,\r\n'


def test_xlsx_says_what_json_says():
    @given(rows)
    @settings(ROUNDS, max_examples=40)
    def check(rows: list[tuple[Any, ...]]) -> None:
        book = load_workbook(workbook(rows))
        sheet = book.worksheets[0]
        told, changed = as_json(rows), 0
        for number, (line, row) in enumerate(zip(told, rows, strict=True), 2):
            for place, (kind, said) in enumerate(zip(KINDS, line.values(), strict=True), 1):
                cell = sheet.cell(number, place)
                assert cell.data_type != "f", "nothing is calculated"
                if kind == "instant" and said:
                    local = row[place - 1].astimezone(ZONE)
                    said = local.replace(tzinfo=None, microsecond=0)
                if isinstance(said, str):
                    said, replaced = UNHOLDABLE.subn("\ufffd", said)
                    changed += replaced
                elif isinstance(said, list):
                    changed += sum(len(UNHOLDABLE.findall(text)) for text in said)
                    said = [UNHOLDABLE.sub("\ufffd", text) for text in said]
                assert from_xlsx(cell.value, kind) == said
        about = {row[0].value: row[1].value for row in book.worksheets[1].iter_rows() if row[0].value}
        assert int(about.get("Characters replaced", 0)) == changed

    check()


# By hand: what XML 1.0 has no place for.
UNHOLDABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def about_sheet(book: Any) -> list[list[Any]]:
    return [[cell.value for cell in row if cell.value] for row in book.worksheets[1].iter_rows()]


def test_xlsx_has_typed_cells_under_a_heading_that_stays():
    day, instant = date(2018, 10, 15), datetime(2018, 10, 15, 15, 5, 9, 999, tzinfo=UTC)
    row = ("=1+1", "SCT", -3, 45, day, instant, True, ("SCT", "SEP"), "https://portal.example/x/")
    book = load_workbook(workbook([row]))
    sheet, about = book.worksheets
    assert [cell.value for cell in sheet[2]] == [
        "=1+1", "SCT", -3, 0.45, datetime(2018, 10, 15), datetime(2018, 10, 15, 10, 5, 9), True, "SCT; SEP", "https://portal.example/x/",
    ]  # fmt: skip
    assert [cell.data_type for cell in sheet[2]] == ["s", "s", "n", "n", "d", "d", "b", "s", "s"]
    assert [cell.number_format for cell in sheet[2]][3:6] == ["0%", "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:I2")
    assert all(sheet.column_dimensions[letter].width >= 12 for letter in "ABCDEFGHI")
    assert not sheet._hyperlinks
    assert about.title == "About"
    assert (book.properties.title, book.properties.description) == ("Compromisos", "Filtros: ninguno")
    said = about_sheet(book)
    assert ["Filtros", "ninguno"] in said
    assert ["Título percent", "a_percent", "percent"] in said
    assert ["In this file every cell holds all that was said."] in said


def test_xlsx_says_what_its_cells_could_not_hold():
    columns = [Column("a", "A", "text"), Column("b", "B", "integer"), Column("c", "C", "date")]
    emoji = "\U0001f600" * 16_384  # two units each: one too many
    rows = [
        ("a" * 32_767, 10**15 - 1, date(1901, 1, 1)), ("a" * 32_768, 10**15, date(1900, 2, 28)), (emoji, None, None),
        ("a\x00b\ud800\uffffc\td\ne", None, None),
    ]  # fmt: skip
    book = load_workbook(workbook(rows, columns))
    sheet = book.worksheets[0]
    assert [len(sheet.cell(number, 1).value) for number in (2, 3)] == [32_767, 32_767]
    assert sheet["A4"].value == "\U0001f600" * 16_383
    assert sheet["A5"].value == "a\ufffdb\ufffd\ufffdc\td\ne"
    assert (sheet["B2"].value, sheet["C2"].value) == (10**15 - 1, datetime(1901, 1, 1))
    assert (sheet["B3"].value, sheet["C3"].value) == (str(10**15), "1900-02-28")
    said = dict(line for line in about_sheet(book) if len(line) == 2)
    assert (said["Characters replaced"], said["Texts cut"], said["Days and numbers written as text"]) == ("3", "2", "2")
    assert said["Where (the first 50)"] == "A3, B3, C3, A4, A5"


def test_a_table_without_rows_is_its_heading():
    assert as_json([]) == []
    assert as_csv([]) == [[column.title for column in COLUMNS]]
    sheet = load_workbook(workbook([])).worksheets[0]
    assert (sheet.max_row, sheet.auto_filter.ref) == (1, "A1:I1")


def test_an_xlsx_stops_at_its_most_rows():
    drawn = []

    def rows():
        for number in range(10 * MOST_ROWS):
            drawn.append(number)
            yield (number,)

    with pytest.raises(TooManyRows):
        workbook(rows(), (Column("a", "A", "integer"),))
    assert len(drawn) == MOST_ROWS + 1


def test_what_no_encoding_has_becomes_the_same_in_both_texts():
    columns = [Column("a", "A", "text")]
    for parts in (csv_parts, json_parts):
        assert "a\ufffdb" in b"".join(parts(columns, [("a\udc80b",)])).decode()
