"""Dates as people type or paste them, in any of the three boxes."""

import datetime as dt

import pytest
from django import forms
from django.utils.translation import override

from focalpoints.pages.fields import DateField
from focalpoints.pages.typed_dates import ENGLISH, SPANISH, month_number, read_date


class Dated(forms.Form):
    due = DateField()


def read(day="", month="", year=""):
    """The date, or the first error in English."""
    with override("en"):
        form = Dated({"due_day": day, "due_month": month, "due_year": year})
        return form.cleaned_data["due"] if form.is_valid() else form.errors["due"][0]


LAST_DAY = dt.date(2018, 12, 31)
LAST_OF_2018 = (
    "31/12/2018", "31-12-2018", "31.12.2018", "31 12 2018", " 31/12/2018 ", "2018-12-31", "2018/12/31", "2018.12.31", "31/12/2018.",
    "31 dic 2018", "31-dic-2018", "31/dic/2018", "31 dic. 2018", "31 DIC 2018", "31 de diciembre de 2018", "31 de Diciembre del 2018",
    "31 diciembre, 2018", "diciembre 31, 2018", "el 31 de diciembre de 2018", "lunes 31 de diciembre de 2018",
    "Lunes, 31 de diciembre de 2018",    "lun 31 dic 2018", "31\u00a0de\u00a0diciembre\u00a0de\u00a02018", "31 December 2018",
    "December 31, 2018",    "Dec 31 2018",    "31st December 2018",    "31st of December, 2018", "Monday, December 31, 2018",
    "2018 dic 31", "３１/１２/２０１８",
    "３１ de diciembre de ２０１８",
    "31–12–2018", "31\u201112\u20112018",
)  # fmt: skip


@pytest.mark.parametrize("text", LAST_OF_2018)
def test_a_whole_date_is_taken_from_any_box(text):
    assert [read(day=text), read(month=text), read(year=text)] == [LAST_DAY] * 3
    assert read(text, "11", "2017") == LAST_DAY, "pasted over the day of a date that was there"
    assert Dated({"due": text}).is_valid()


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("1º de enero de 2019", dt.date(2019, 1, 1)),
        ("1o. de enero de 2019", dt.date(2019, 1, 1)),
        ("1.º de enero de 2019", dt.date(2019, 1, 1)),
        ("1° de enero de 2019", dt.date(2019, 1, 1)),
        ("primero de enero de 2019", dt.date(2019, 1, 1)),
        ("3rd March 2019", dt.date(2019, 3, 3)),
        ("miércoles 2 de mayo de 2018", dt.date(2018, 5, 2)),
        ("29 de febrero de 2020", dt.date(2020, 2, 29)),
        ("7 set 2018", dt.date(2018, 9, 7)),
        ("7 de setiembre de 2018", dt.date(2018, 9, 7)),
    ],
)
def test_other_whole_dates(text, date):
    assert read(text) == date


@pytest.mark.parametrize(
    "word", ["dic", "DIC", "dic.", "Dic", "diciembre", "Diciembre", "dec", "December", " diciembre ", "１２", "12"]
)
def test_a_month_may_be_a_word(word):
    assert read("31", word, "2018") == LAST_DAY


def test_every_month_in_both_languages_by_its_first_letters():
    for number, names in enumerate(zip(SPANISH, ENGLISH, strict=True), start=1):
        assert {month_number(name[:length]) for name in names for length in range(3, len(name) + 1)} == {number}
    assert [month_number(word) for word in ("", "d", "di", "ma", "ju", "enerop", "xyz", "13", "...")] == [None] * 9


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("31/12/18", "four digits"),
        ("31 dic 18", "four digits"),
        ("1/2/3", "four digits"),
        ("31/12/20180", "four digits"),
        ("12/31/2018", "no month 31"),
        ("2018-31-12", "no month 31"),
        ("31 de abril de 2018", "no day 31 in April"),
        ("29/02/2019", "no day 29 in February"),
        ("0/1/2018", "no day 0"),
        ("31/12", "must include the month and the year"),
        ("31122018", "must include the month and the year"),
        ("31 de foo de 2018", "must include the month and the year"),
        ("fin de año", "must include the month and the year"),
        ("31/12/2018 y 1/1/2019", "must include the month and the year"),
        ("-31/-12/-2018", None),
        ("9" * 500 + "/12/2018", "must include the month and the year"),
    ],
)
def test_what_is_no_date_says_why(text, says):
    found = read(text)
    assert found == LAST_DAY if says is None else says in found, found


def test_a_date_that_was_pasted_comes_back_in_three_boxes():
    page = str(Dated({"due_day": "31/12/18", "due_month": "", "due_year": ""}))
    assert [
        f'name="due_{part}" value="{value}"' in page for part, value in (("day", 31), ("month", 12), ("year", 18))
    ] == [True] * 3


def test_hostile_text_is_read_at_once():
    for text in ("1/" * 30, "/" * 60, "de " * 20, "\x00/\x00/\x00", "31/12/２０１８" * 9, "a" * 100_000):
        assert read_date(text) is None, text
