"""Forms in GOV.UK's markup: date parts, errors, selects."""

import datetime as dt
from html.parser import HTMLParser

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.template import engines
from django.template.loader import render_to_string
from django.utils.translation import override

from focalpoints.pages.fields import DateField, DateParts, LongTextField, NameField
from focalpoints.templatetags.edn import STATUS_SHAPES, STATUS_WORDS, content, long_date, moment, short_date

CASES = [("a", "Alfa"), ("b", "Beta")]


class Sample(forms.Form):
    title = forms.CharField(max_length=20, help_text="As published")
    progress = forms.IntegerField(
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-3", "data-suffix": "%"}), required=False
    )
    due = DateField(help_text="31 12 2018")
    kind = forms.ChoiceField(choices=CASES, widget=forms.RadioSelect)
    areas = forms.MultipleChoiceField(choices=CASES, widget=forms.CheckboxSelectMultiple, required=False)
    agency = forms.ChoiceField(choices=CASES)
    account = LongTextField(max_length=10)
    agreed = forms.BooleanField()
    file = forms.FileField()
    hidden = forms.CharField(widget=forms.HiddenInput)

    def clean(self):
        raise ValidationError("All of it is wrong")


class Tags(HTMLParser):
    """Every start tag with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def one(self, tag: str, **wanted: str) -> dict[str, str | None]:
        matching = [attrs for name, attrs in self.found if name == tag and wanted.items() <= attrs.items()]
        assert len(matching) == 1, (tag, wanted, matching)
        return matching[0]


def parts(day: str = "", month: str = "", year: str = "") -> dict[str, str]:
    return {"due_day": day, "due_month": month, "due_year": year}


def due_errors(data: dict[str, str]) -> list[str]:
    return Sample(data).errors.get("due", [])


@pytest.mark.parametrize(
    ("data", "date"),
    [
        (parts("31", "12", "2018"), dt.date(2018, 12, 31)),
        (parts("1", "02", "2018"), dt.date(2018, 2, 1)),
        (parts(" 29 ", "2", "2020"), dt.date(2020, 2, 29)),
        (parts("٣١", "١٢", "٢٠١٨"), dt.date(2018, 12, 31)),
        (parts("３１", "１２", "２０１８"), dt.date(2018, 12, 31)),
        ({"due": "2018-10-15"}, dt.date(2018, 10, 15)),
    ],
)
def test_a_date_is_read_from_its_parts_or_from_an_address(data, date):
    form = Sample(data)
    form.errors  # noqa: B018
    assert form.cleaned_data["due"] == date


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (parts("31", "", "2018"), "The date must include the month."),
        (parts("", "", "2018"), "The date must include the day and the month."),
        (parts("31", "", ""), "The date must include the month and the year."),
        (parts("29", "2", "2019"), "There is no day 29 in February 2019: it has 28 days."),
        (parts("29", "2", "1900"), "There is no day 29 in February 1900: it has 28 days."),
        (parts("31", "4", "2018"), "There is no day 31 in April 2018: it has 30 days."),
        (parts("0", "4", "2018"), "There is no day 0 in April 2018: it has 30 days."),
        (parts("٣٢", "1", "2018"), "There is no day 32 in January 2018: it has 31 days."),
        (parts("1", "13", "2018"), "There is no month 13: enter a number from 1 to 12."),
        (parts("1", "0", "2018"), "There is no month 0: enter a number from 1 to 12."),
        (parts("31", "31", "2018"), "There is no month 31: enter a number from 1 to 12."),
        (
            parts("9" * 5000, "4", "2018"),
            "Enter a date with day, month and year, for example 31 12 2018.",
        ),
        (parts("1", "4", "18"), "The year must have four digits, for example 2018."),
        (parts("1", "4", "10000"), "The year must have four digits, for example 2018."),
        (parts("1", "4", "0018"), "The year must have four digits, for example 2018."),
        (parts("1", "4", "0000"), "The year must have four digits, for example 2018."),
        (parts("1", "abrir", "2018"), "Enter a date with day, month and year, for example 31 12 2018."),
        (parts("-1", "4", "2018"), "Enter a date with day, month and year, for example 31 12 2018."),
        (parts("²", "4", "2018"), "Enter a date with day, month and year, for example 31 12 2018."),
        (parts("Ⅷ", "4", "2018"), "Enter a date with day, month and year, for example 31 12 2018."),
        ({"due": "15/10"}, "Enter a date with day, month and year, for example 31 12 2018."),
    ],
)
def test_a_wrong_date_says_what_is_wrong(data, message):
    with override("en"):
        assert due_errors(data) == [message]


def test_what_was_typed_comes_back_and_the_missing_part_is_marked():
    html = Tags(str(Sample(parts("31", "", "2018"))))
    day, month, year = (html.one("input", name=f"due_{part}") for part in ("day", "month", "year"))
    assert (day.get("value"), month.get("value"), year.get("value")) == ("31", None, "2018")
    assert [part.get("aria-invalid") for part in (day, month, year)] == [None, "true", None]


def test_an_unchanged_date_is_not_a_change():
    form = Sample(parts("31", "12", "2018"), initial={"due": dt.date(2018, 12, 31)})
    assert "due" not in form.changed_data
    assert "due" in Sample(parts("30", "12", "2018"), initial={"due": dt.date(2018, 12, 31)}).changed_data


def test_a_date_shows_its_initial_value():
    html = Tags(str(Sample(initial={"due": dt.date(2018, 2, 1)})))
    assert [html.one("input", name=f"due_{part}")["value"] for part in ("day", "month", "year")] == ["1", "2", "2018"]
    assert DateField().widget.format_value("not a date") == DateParts("", "", "not a date")


def test_errors_hints_and_limits_are_tied_to_their_control():
    html = Tags(str(Sample({"account": "x" * 11})))
    title = html.one("input", name="title")
    assert title["aria-describedby"] == "id_title_helptext id_title_error"
    assert title["class"] == "govuk-input govuk-input--error"
    assert html.one("textarea", name="account")["aria-describedby"] == "id_account_error id_account-info"
    described = {i for _, attrs in html.found for i in (attrs.get("aria-describedby") or "").split()}
    ids = [attrs["id"] for _, attrs in html.found if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert described <= set(ids)
    assert {attrs["for"] for tag, attrs in html.found if tag == "label"} <= set(ids)


def test_nothing_typed_is_cut_or_stopped_by_the_browser():
    for _, attrs in Tags(str(Sample())).found:
        assert attrs.keys().isdisjoint({"maxlength", "minlength", "required", "min", "max", "style"})


def test_groups_of_inputs_have_a_fieldset_and_single_ones_a_label():
    html = Tags(str(Sample()))
    assert sum(tag == "fieldset" for tag, _ in html.found) == 3  # date, radios, checkboxes
    assert sum(tag == "legend" for tag, _ in html.found) == 3
    assert html.one("input", name="progress")["class"] == "govuk-input govuk-input--width-3"
    assert html.one("input", name="agreed")["class"] == "govuk-checkboxes__input"


def test_the_summary_names_each_field_and_leads_to_it():
    form = Sample({"due_day": "31", "due_year": "2018", "hidden": "x", "account": "x" * 11})
    with override("en"):
        html = render_to_string("_error_summary.html", {"form": form})
    links = [attrs["href"] for tag, attrs in Tags(html).found if tag == "a"]
    assert links == [
        "#id_title",
        "#id_due_month",
        "#id_kind_0",
        "#id_agency",
        "#id_account",
        "#id_agreed",
        "#id_file",
    ]
    page = {attrs["id"] for _, attrs in Tags(str(form)).found if "id" in attrs}
    assert {link[1:] for link in links} <= page
    assert "All of it is wrong" in html
    assert "Account: Ensure this value has at most 10 characters" in html
    assert render_to_string("_error_summary.html", {"form": Sample()}).strip() == ""


EMPTY = {
    "title": "Fill in “Title”.",
    "due": "Enter the date in “Due”.",
    "kind": "Choose an option in “Kind”.",
    "agency": "Choose an option in “Agency”.",
    "account": "Fill in “Account”.",
    "agreed": "Tick “Agreed”.",
    "file": "Choose a file in “File”.",
}


def test_what_was_left_empty_is_asked_for_by_its_name_beside_it_and_in_the_summary():
    form = Sample({"hidden": "x"})
    with override("en"):
        assert {field.name: list(field.errors) for field in form if field.errors} == {
            name: [message] for name, message in EMPTY.items()
        }
        fields, summary = str(form), render_to_string("_error_summary.html", {"form": form})
    for message in EMPTY.values():
        assert f"</span> {message}</p>" in fields
        assert f">{message}</a>" in summary
    assert "This field is required" not in fields + summary


def test_a_hidden_field_is_not_called_one():
    class Filter(forms.Form):
        words = forms.CharField(required=False)
        order = forms.ChoiceField(choices=CASES, widget=forms.HiddenInput)

    form = Filter({"order": "z"})
    with override("en"):
        fields, summary = str(form), render_to_string("_error_summary.html", {"form": form})
    message = "Part of the page&#x27;s address cannot be read (order). Open the page again from a link."
    assert (fields.count(message), summary.count(message)) == (0, 1)  # a page says it once, where every error is listed
    assert "idden field" not in fields + summary


def test_a_sentence_that_a_form_has_of_its_own_stays():
    class Question(forms.Form):
        title = forms.CharField(error_messages={"required": "Say what was promised."})

    form = Question({})
    assert list(form["title"].errors) == ["Say what was promised."]
    assert ">Say what was promised.</a>" in render_to_string("_error_summary.html", {"form": form})


def test_an_optional_field_says_so_only_among_required_ones():
    class Filter(forms.Form):
        words = forms.CharField(required=False)

    with override("en"):
        assert str(Sample()).count("(optional)") == 2  # progress, areas
        assert "(optional)" not in str(Filter())


def test_a_select_of_300_options_is_one_template(monkeypatch):
    class Agencies(forms.Form):
        agency = forms.ChoiceField(choices=[(str(n), f"Agency {n}") for n in range(300)], initial="7")

    template = engines["django"].engine.get_template("django/forms/widgets/select.html").__class__
    rendered = []
    render = template.render
    monkeypatch.setattr(template, "render", lambda self, context: rendered.append(self.name) or render(self, context))
    html = Tags(str(Agencies()))
    assert sum(tag == "option" for tag, _ in html.found) == 300
    assert html.one("option", value="7") == {"value": "7", "selected": None}
    assert len(rendered) < 10


def test_a_line_break_counts_once():
    field = LongTextField(max_length=3)
    assert field.clean("a\r\nb") == "a\nb"


def test_text_keeps_its_lines_and_loses_what_nobody_sees():
    field = LongTextField()
    assert field.clean("a\r\n\tb\rc\u2028d") == "a\n\tb\nc\nd"
    assert field.clean("Pago \u202e25\u202c\u200e listo\x07\x9f\u2066.") == "Pago 25 listo."
    with pytest.raises(ValidationError, match=r"[Nn]ul"):
        field.clean("a\x00b")


SEEN = [
    "Ñandú Íñigo-O’Brien, 2.ª época (SCT) «IVA» 100 %",
    "中央 العربية",
    "👩🚀",
    " around \n",
    "",
]


@pytest.mark.parametrize("name", SEEN)
def test_a_name_is_what_can_be_seen(name):
    assert NameField(required=False).clean(name) == name.strip()


@pytest.mark.parametrize(
    "name", ["Ana\u200b", "\ufeffAna", "A\u00adna", "\u00a0Ana\u2003", "An\u200da\ufe0f", "\u3164Ana\U000e0041"]
)
def test_a_name_is_kept_without_what_nobody_sees(name):
    assert NameField().clean(name) == "Ana"


@pytest.mark.parametrize(
    "mark", [*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\x01\t\x1b\x7f\x80\x9f"]
)
def test_a_name_hides_nothing(mark):
    with pytest.raises(ValidationError) as refused:
        NameField().clean(f"Ana{mark}Pérez")
    with override("en"):
        [message] = refused.value.messages
    assert message == f"There is an invisible character in it (U+{ord(mark):04X}). Type it instead of pasting it."


@pytest.mark.parametrize("mark", [*"\n\r\v\f\x85\u2028\u2029", "\r\n"])
def test_a_name_is_one_line(mark):
    with pytest.raises(ValidationError) as refused:
        NameField().clean(f"Ana{mark}Pérez")
    with override("en"):
        assert refused.value.messages == ["Enter it on one line: there is a line break in it."]


def test_text_is_escaped():
    html = str(Sample({"title": '"><script>', "due_day": '"><b>', "agency": "<i>", "account": "</textarea><b>"}))
    assert "<script>" not in html
    assert "<b>" not in html
    assert "<i>" not in html


def test_dates_read_as_people_write_them():
    day = dt.date(2018, 10, 15)
    with override("es-mx"):
        assert long_date(day) == '<time datetime="2018-10-15">15 de octubre de 2018</time>'
    with override("en"):
        assert long_date(day) == '<time datetime="2018-10-15">15 October 2018</time>'
        assert short_date(day) == '<time datetime="2018-10-15">15/10/2018</time>'
    instant = dt.datetime(2018, 10, 15, 15, 5, tzinfo=dt.UTC)
    assert moment(instant) == '<time datetime="2018-10-15T10:05:00-05:00">15/10/2018 10:05</time>'
    assert (long_date(None), short_date(None), moment(None)) == ("", "", "")


def test_content_is_marked_only_where_its_language_differs():
    with override("en"):
        assert content("Año <1>", "es") == '<span lang="es">Año &lt;1&gt;</span>'
    with override("es-mx"):
        assert content("Año", "es") == "Año"


def test_every_light_has_a_word_for_both_kinds_and_a_shape_of_its_own():
    assert STATUS_WORDS["commitment"].keys() == STATUS_SHAPES.keys()
    assert STATUS_WORDS["commitment"].keys() - STATUS_WORDS["task"].keys() == {
        "no_tasks", "tasks_late", "partly", "not_fulfilled", "to_assess", "withdrawn_late",
    }  # fmt: skip
    assert len(set(STATUS_SHAPES.values())) == len(STATUS_SHAPES) == 14
