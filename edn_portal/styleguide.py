"""The style guide: a page with every component, for looking at, screenshots and accessibility checks. Its content is made up."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from edn_portal.context import PageTools
from focalpoints.ledger.vocabulary import OFFICES
from focalpoints.pages import charts
from focalpoints.pages.fields import DateField, LongTextField, OneLine
from focalpoints.pages.pager import page_at
from focalpoints.pages.typed_numbers import NumberTextInput, WholeNumberField
from focalpoints.templatetags.edn import STATUS_SHAPES, STATUS_WORDS, WORKFLOW_WORDS
from projects.light.bands import FRESHNESS, MOVED
from projects.light.rule import FIRST
from projects.models.list_rows import AgencyName, CommitmentRow
from projects.reading.day import Day
from projects.reading.figures import ORDER_OF_LIGHTS
from projects.reading.slippage import BandBar
from projects.views.light_rule import DUE, PICTURES


class SampleForm(forms.Form):
    """One field of each kind that the portal's forms use."""

    title = OneLine(label=gettext_lazy("Title"), help_text=gettext_lazy("As it will be published."), max_length=200)
    progress = WholeNumberField(
        label=gettext_lazy("Progress"),
        min_value=0,
        max_value=100,
        help_text=gettext_lazy("A whole number from 0 to 100."),
        widget=NumberTextInput(attrs={"class": "govuk-input--width-3", "data-suffix": "%"}),
    )
    due = DateField(label=gettext_lazy("Due date"), help_text=gettext_lazy("For example, 31 12 2018."))
    obstacle = forms.ChoiceField(
        label=gettext_lazy("Is there an obstacle?"),
        choices=[("no", gettext_lazy("No")), ("yes", gettext_lazy("Yes, and it puts the date at risk"))],
        widget=forms.RadioSelect,
    )
    areas = forms.MultipleChoiceField(
        label=gettext_lazy("Areas concerned"),
        choices=[
            ("legal", gettext_lazy("Legal")),
            ("budget", gettext_lazy("Budget")),
            ("technical", gettext_lazy("Technical")),
        ],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "govuk-checkboxes--small"}),
        required=False,
    )
    agency = forms.ChoiceField(label=gettext_lazy("Agency"), choices=[("", "—"), ("sct", "SCT"), ("sep", "SEP")])
    account = LongTextField(
        label=gettext_lazy("What was done"), max_length=400, widget=forms.Textarea(attrs={"rows": 4})
    )
    file = forms.FileField(
        label=gettext_lazy("Evidence"), required=False, help_text=gettext_lazy("PDF, at most 25 MB.")
    )
    confirm = forms.BooleanField(label=gettext_lazy("I have checked that this is correct"))


class SampleFilter(forms.Form):
    """The fields of a list's filter panel."""

    q = OneLine(label=gettext_lazy("Words"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("Status"),
        required=False,
        choices=[("", gettext_lazy("Any")), ("late", gettext_lazy("Late"))],
    )
    due = DateField(label=gettext_lazy("Due until"), required=False)


# Band → how many, and the bar's length in percent of the longest.
BARS = {"never": (12, 100), "30": (6, 50), "more": (1, 8), "earlier": (0, 0)}


@login_not_required
@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    wrong = {"progress": "40", "due_day": "31", "due_year": "2018", "obstacle": "no", "account": "…" * 420}
    return render(
        request,
        "edn_portal/styleguide.html",
        {
            "statuses": STATUS_SHAPES,
            "workflow_states": WORKFLOW_WORDS,
            "sample": SampleForm(initial={"due": dt.date(2018, 12, 31), "agency": "sct"}, auto_id="sample_%s"),
            "wrong": SampleForm(wrong),
            "filters": SampleFilter({"state": "late"}, auto_id="filter_%s"),
            "page": page_at(range(120), "2"),
            "rows": _rows(),
            "bars": [BandBar(key, MOVED[key].label, *counts) for key, counts in BARS.items()],
            "charts": _charts(),
            "timeline": _timeline(),
            "timeline_day": Day(TODAY, False, FIRST),
            "freshness": FRESHNESS,
            "first_day": dt.date(2018, 6, 30),
            "day": dt.date(2018, 10, 2),
            "entries": _entries(),
            "facts": _facts(),
            "pictures": PICTURES.items(),
            "picture_due": DUE,
            "tools": PageTools("#tools", "#tools", "#tools"),
            "banners": [Message(level, text) for level, text in _banners().items()],
        },
    )


# A strategy that is on its way, one with every light at once, and one with nothing in it.
LIT: tuple[dict[str, int], ...] = (
    {"late": 5, "at_risk": 2, "on_time": 1, "no_tasks": 8, "no_date": 2, "fulfilled": 2},
    {light: count for count, light in enumerate(ORDER_OF_LIGHTS, 3)},
    {},
)
MONTHS = ("oct 2017", *("…",) * 11, "15 oct 2018")
LATE = (1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 2, 4, 5)
DONE = (0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2)
CLAIMED = (0, 0, 0, 0, 0, 4, 5, 11, 13, 15, 17, 20, 23)
VERIFIED = (None, None, None, 0, 0, 4, 5, 8, 12, 15, 16, 19, 21)


def _charts() -> dict[str, Any]:
    words = {light: str(word).lower() for light, word in STATUS_WORDS["commitment"].items()}
    late, done = (
        charts.Series(words[light], key, values, str(values[-1]))
        for light, key, values in (("late", "late", LATE), ("fulfilled", "done", DONE))
    )
    progress = (
        charts.Series(_("Claimed"), "claim", CLAIMED, "23 %"),
        charts.Series(_("Verified"), "verified", VERIFIED, "21 %"),
    )
    counted = charts.side_by_side([[late], [done]], MONTHS)
    return {
        "bars": [
            charts.stacked(
                charts.Segment(light, lit.get(light, 0), words[light], "#charts") for light in ORDER_OF_LIGHTS
            )
            for lit in LIT
        ],
        "late": counted[0],
        "fulfilled": counted[1],
        "progress": charts.steps(progress, MONTHS),
        "head": [_("Month"), words["late"], words["fulfilled"], _("Verified")],
        "rows": list(zip(MONTHS, LATE, DONE, VERIFIED, strict=True)),
    }


TODAY = dt.date(2018, 10, 15)


def _timeline() -> list[CommitmentRow]:
    """One on time, one late whose date moved, one that was withdrawn late, one without a date."""
    sct = (AgencyName("9", "SCT", "Secretaría de Comunicaciones y Transportes"),)

    def row(light: str, first: dt.date | None, due: dt.date | None, verified: int, **facts: Any) -> CommitmentRow:
        told: dict[str, Any] = {
            **dict.fromkeys(CommitmentRow._fields), "pk": 0, "code": "MC-250K", "title": "México Conectado", "language": "es",
            "binds": "named", "recurrence": "", "finding": "", "moves": 0, "slippage_days": 0, "late_tasks": 0, "named": sct,
        }  # fmt: skip
        dates = {"baseline_due": first, "due": due, "light_due": due}
        return CommitmentRow(**told | dates | {"light": light, "verified_progress": verified} | facts)

    return [
        row("on_time", dt.date(2018, 12, 31), dt.date(2018, 12, 31), 70, claimed_progress=78),
        row("late", dt.date(2018, 6, 30), dt.date(2018, 8, 31), 40, moves=1, slippage_days=62),
        row("withdrawn_late", dt.date(2018, 5, 31), dt.date(2018, 5, 31), 10, withdrawn_on=dt.date(2018, 7, 15)),
        row("no_date", None, None, 0),
    ]


def _rows() -> list[dict[str, Any]]:
    day = dt.date(2018, 12, 31)
    return [
        {
            "code": "COM-001",
            "title": "México Conectado: 250,000 sitios",
            "agency": "SCT",
            "due": day,
            "status": "late",
            "verified": 40,
            "claimed": 60,
        },
        {
            "code": "COM-002",
            "title": "Ventanilla Única Nacional",
            "agency": "SFP",
            "due": day,
            "status": "on_time",
            "verified": 75,
            "claimed": 75,
        },
        {
            "code": "COM-003",
            "title": "Política de datos abiertos",
            "agency": _("all agencies"),
            "due": None,
            "status": "no_date",
            "verified": 0,
            "claimed": None,
        },
    ]


def _entries() -> list[dict[str, Any]]:
    office = str(OFFICES["CEDN"])
    return [
        {
            "what": _("Follow-up accepted: 40 %"),
            "at": dt.datetime(2018, 10, 12, 11, 40),
            "who": office,
            "folio": "SEG-2018-00042",
            "url": "#history",
        },
        {"what": _("Follow-up submitted"), "at": dt.datetime(2018, 10, 9, 17, 5), "who": "SCT"},
        {
            "what": _("Commitment recorded"),
            "at": dt.datetime(2014, 3, 1, 9, 0),
            "who": office,
            "detail": _("First date: 31/12/2018."),
        },
    ]


def _facts() -> list[dict[str, Any]]:
    return [
        {"key": _("Responsible agency"), "value": "Secretaría de Comunicaciones y Transportes"},
        {"key": _("First date"), "value": "31/12/2018", "url": "#facts", "label": _("Correct")},
        {"key": _("Follow-ups"), "value": "7"},
    ]


def _banners() -> dict[int, str]:
    return {
        messages.SUCCESS: _("The follow-up was sent. Its folio is SEG-2018-00042."),
        messages.INFO: _("Your appointment ends on 30/11/2018."),
        messages.WARNING: _("This task is due in 3 days."),
        messages.ERROR: _("Somebody else decided this follow-up a moment ago. Nothing was changed."),
    }
