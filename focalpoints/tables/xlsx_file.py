"""A table as XLSX: typed cells under a heading that stays in sight, and a second sheet that says what they are and could not hold.

Texts are written as texts, so that nothing in them is calculated or followed. Rows go to the disk one by one: memory does not grow.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import IO, Any

import xlsxwriter
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.utility import xl_rowcol_to_cell

from focalpoints.tables.column import Column, joined, local
from focalpoints.tables.table import TableRow
from focalpoints.workflow import StrOrPromise

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 50_000
# A cell's limits: UTF-16 units, and digits of a number. Before this year spreadsheets disagree on what day a number is.
LONGEST_TEXT, LARGEST_NUMBER, FIRST_YEAR = 32_767, 10**15 - 1, 1901
TOLD = 50  # places named on the second sheet
UNHOLDABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
IN_PLACE = "\ufffd"
WIDTHS = {
    "text": 48, "code": 18, "url": 40, "integer": 12, "percent": 12, "date": 13, "instant": 20, "boolean": 12, "list": 24
}  # fmt: skip
KINDS: dict[str, StrOrPromise] = {
    "text": pgettext_lazy("kind of a column", "text"),
    "code": pgettext_lazy("kind of a column", "code"),
    "url": pgettext_lazy("kind of a column", "address"),
    "integer": pgettext_lazy("kind of a column", "whole number"),
    "percent": pgettext_lazy("kind of a column", "percent"),
    "date": pgettext_lazy("kind of a column", "date"),
    "instant": pgettext_lazy("kind of a column", "date and time"),
    "boolean": pgettext_lazy("kind of a column", "yes or no"),
    "list": pgettext_lazy("kind of a column", "list"),
}


def counted(rows: QuerySet[Any, Any]) -> int:
    """How many there are; of more than a workbook holds, one more than it holds."""
    return rows.order_by()[: MOST_ROWS + 1].count()


class TooManyRows(Exception):
    """More than MOST_ROWS: the table is taken away as CSV or JSON Lines."""


@dataclass(frozen=True, slots=True)
class AboutTable:
    """What the second sheet says besides the columns. `lines` are labels and what stands beside them."""

    title: str
    describes: str
    lines: Sequence[tuple[str, str]]


@dataclass(slots=True)
class LossNotes:
    """What the cells could not hold: how many changes of each kind, and where the first of them are."""

    replaced: int = 0
    cut: int = 0
    in_words: int = 0
    places: list[str] = field(default_factory=list)

    def at(self, row: int, column: int) -> None:
        if len(self.places) < TOLD:
            self.places.append(xl_rowcol_to_cell(row, column))


def write_xlsx(
    target: IO[bytes], columns: Sequence[Column], rows: Iterable[TableRow], about: AboutTable, folder: str
) -> None:
    """`folder` is for its temporary files: whoever made it takes it away, also after an error, which leaves some behind.

    Raises TooManyRows.
    """
    book = xlsxwriter.Workbook(
        target,
        {"constant_memory": True, "tmpdir": folder, "strings_to_formulas": False, "strings_to_urls": False},
    )
    book.set_properties({"title": about.title, "subject": about.describes, "comments": _in_lines(about.lines)})
    try:
        losses = _write_data(book, columns, rows)
        _write_about(book, about, columns, losses)
        book.close()
    except FileCreateError as failed:
        raise failed.args[0] from None  # the error of the disk
    finally:
        for sheet in book.worksheets():
            sheet.row_data_fh.close()


def _write_data(book: Any, columns: Sequence[Column], rows: Iterable[TableRow]) -> LossNotes:
    sheet, losses = book.add_worksheet(pgettext("sheet", "Data")), LossNotes()
    heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 2})
    for place, column in enumerate(columns):
        sheet.set_column(place, place, max(WIDTHS[column.kind], min(len(str(column.title)) + 2, 24)))
        sheet.write_string(0, place, str(column.title), heading)
    number = 0
    writers = [_writer(book, sheet, column, losses) for column in columns]
    for number, row in enumerate(rows, 1):
        if number > MOST_ROWS:
            raise TooManyRows
        for place, (write, value) in enumerate(zip(writers, row, strict=True)):
            if value is not None and value != "":
                write(number, place, value)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, number, len(columns) - 1)
    return losses


def _writer(book: Any, sheet: Any, column: Column, losses: LossNotes) -> Callable[[int, int, Any], None]:
    """What writes a value of this column, none that is missing, at a row and a column."""

    def text(row: int, place: int, value: str) -> None:
        if UNHOLDABLE.search(value):
            value, number = UNHOLDABLE.subn(IN_PLACE, value)
            losses.replaced += number
            losses.at(row, place)
        if len(value) > LONGEST_TEXT // 2 and len(units := value.encode("utf-16-le")) > 2 * LONGEST_TEXT:
            value = units[: 2 * LONGEST_TEXT].decode("utf-16-le", "ignore")
            losses.cut += 1
            losses.at(row, place)
        sheet.write_string(row, place, value)

    def in_words(row: int, place: int, value: object) -> None:
        losses.in_words += 1
        losses.at(row, place)
        sheet.write_string(row, place, str(value))

    def integer(row: int, place: int, value: int) -> None:
        if abs(value) > LARGEST_NUMBER:
            in_words(row, place, value)
        else:
            sheet.write_number(row, place, value)

    match column.kind:
        case "integer":
            return integer
        case "percent":
            percent = book.add_format({"num_format": "0%"})
            return lambda row, place, value: sheet.write_number(row, place, value / 100, percent)
        case "boolean":
            return lambda row, place, value: sheet.write_boolean(row, place, value)
        case "list":
            return lambda row, place, value: text(row, place, joined(value)) if value else None
        case "date" | "instant" as kind:
            shown = book.add_format({"num_format": "yyyy-mm-dd" if kind == "date" else "yyyy-mm-dd hh:mm:ss"})

            def day(row: int, place: int, value: date) -> None:
                if isinstance(value, datetime):
                    value = local(value).replace(tzinfo=None)
                if value.year < FIRST_YEAR:
                    in_words(row, place, value.isoformat())
                else:
                    sheet.write_datetime(row, place, value, shown)

            return day
    return text


def _write_about(book: Any, about: AboutTable, columns: Sequence[Column], losses: LossNotes) -> None:
    sheet = book.add_worksheet(pgettext("sheet", "About"))
    bold, wrapped = (book.add_format({**look, "valign": "top"}) for look in ({"bold": True}, {"text_wrap": True}))
    title = book.add_format({"bold": True, "font_size": 14})
    for place, width in enumerate((30, 30, 18, 10, 80)):
        sheet.set_column(place, place, width)
    lines = [(about.title,), (about.describes,), (), *about.lines, (), *_losses_in_words(losses), ()]
    for number, line in enumerate(lines):
        for place, text in enumerate(line):
            look = title if not number else bold if len(line) > 1 and not place else None
            sheet.write_string(number, place, UNHOLDABLE.sub(IN_PLACE, text)[:LONGEST_TEXT], look)
    heads = (_("Column"), _("Name in JSON"), _("Kind"), _("Unit"), _("What it says"))
    for place, head in enumerate(heads):
        sheet.write_string(len(lines), place, head, bold)
    for number, column in enumerate(columns, len(lines) + 1):
        says = (column.title, column.name, KINDS[column.kind], column.unit, column.describes)
        for place, said in enumerate(says):
            sheet.write_string(number, place, str(said), wrapped)


def _losses_in_words(losses: LossNotes) -> Iterator[tuple[str, ...]]:
    """What a cell cannot hold, and where that came up here."""
    yield (
        _(
            "What a cell cannot hold: of an instant only the time of Mexico City, to the second; of a text %(most)s characters; "
            "control characters are shown as %(mark)s; days before %(year)s and numbers of more than 15 digits stand as text."
        )
        % {"most": f"{LONGEST_TEXT:,}", "mark": IN_PLACE, "year": FIRST_YEAR},
    )
    if not losses.places:
        yield (_("In this file every cell holds all that was said."),)
        return
    yield (_("Characters replaced"), str(losses.replaced))
    yield (_("Texts cut"), str(losses.cut))
    yield (_("Days and numbers written as text"), str(losses.in_words))
    yield (_("Where (the first %(n)s)") % {"n": TOLD}, ", ".join(losses.places))


def _in_lines(lines: Iterable[tuple[str, str]]) -> str:
    return UNHOLDABLE.sub(IN_PLACE, "\n".join(f"{label}: {text}" for label, text in lines))
