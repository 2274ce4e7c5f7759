"""Numbers as people type them: what can only be one number is taken, the rest is refused with a word."""

import pytest
from django import forms
from django.utils.translation import override

from focalpoints.pages.typed_numbers import TwoWays, WholeNumberField, read_number


class Percent(forms.Form):
    progress = WholeNumberField(min_value=0, max_value=100)


def read(text):
    with override("en"):
        form = Percent({"progress": text})
        return form.cleaned_data["progress"] if form.is_valid() else form.errors["progress"][0]


@pytest.mark.parametrize(
    "text",
    [
        "50", " 50 ", "50.0", "50,0", "50,00", "50.", "50,", "50 %", "50%", "50\u00a0%", "+50", "+ 50", "+50,0 %", "５０", "５０％",
        "＋５０",        "050",        "٥٠", "50\u202f%",
    ],
)  # fmt: skip
def test_fifty_is_fifty(text):
    assert read(text) == 50


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("1,234.5", "1234.5"),
        ("1.234,5", "1234.5"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("1,234,567.89", "1234567.89"),
        ("1 234 567,89", "1234567.89"),
        ("12,3456", "12.3456"),
        ("0,500", "0.500"),
        (",5", "0.5"),
        ("1234,500", "1234.500"),
        ("-5,0", "-5.0"),
        ("\u22125", "-5"),
    ],
)
def test_a_comma_or_point_is_read_where_it_means_one_thing(text, plain):
    assert read_number(text) == plain


@pytest.mark.parametrize("text", ["1,234", "1.234", "50,000", "+1,234", "999.999 %", "１,２３４"])
def test_what_can_be_read_in_two_ways_is_refused(text):
    with pytest.raises(TwoWays):
        read_number(text)
    assert "can be read in two ways" in read(text)


@pytest.mark.parametrize(
    "text",
    [
        "1,23,4", "1.2.3", "1,2345.6", "1.234.5,6", "1,234.567,8", "--5", "+-5", "5-", "%", "50 %%", "% 50", "1e2", "0x32", "cincuenta",
        "5O",        "50 60", "½", "", ".", ",", "1,,0", "50\x00", "9" * 5000, "1," * 5000,
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused(text):
    assert isinstance(read(text), str)


def test_bounds_and_fractions_are_refused_as_before():
    assert "less than or equal to 100" in read("101")
    assert "greater than or equal to 0" in read("-1")
    assert read("50,5") == read("50.5") == "Enter a whole number."


def test_a_browser_hands_on_what_was_typed():
    """Its own box for numbers hands on nothing of "50 %"."""
    page = str(Percent({"progress": "1,234"}))
    assert 'type="text"' in page
    assert 'inputmode="numeric"' in page
    assert 'value="1,234"' in page
