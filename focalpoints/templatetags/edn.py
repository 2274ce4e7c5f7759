"""Template tags and filters of the portal's look: dates, content in its own language, lights, sortable headers."""

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django import forms, template
from django.contrib.humanize.templatetags import humanize
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.dates import MONTHS
from django.utils.formats import get_format
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from markupsafe import escape

from focalpoints import clock
from focalpoints.pages import addresses
from focalpoints.pages.rows import language, rendered
from focalpoints.verbs import ACCOUNT_STATES

register = template.Library()

# The glossary's words (docs: data/glossary.md): a task is feminine in Spanish, a commitment masculine.
STATUS_WORDS = {
    "task": {
        "not_started": pgettext_lazy("task", "Not started"),
        "on_time": pgettext_lazy("task", "On time"),
        "at_risk": pgettext_lazy("task", "At risk"),
        "late": pgettext_lazy("task", "Late"),
        "to_be_verified": pgettext_lazy("task", "To be verified"),
        "fulfilled": pgettext_lazy("task", "Fulfilled"),
        "cancelled": pgettext_lazy("task", "Cancelled"),
        "no_date": pgettext_lazy("task", "No date"),
    },
    "commitment": {
        "not_started": pgettext_lazy("commitment", "Not started"),
        "on_time": pgettext_lazy("commitment", "On time"),
        "at_risk": pgettext_lazy("commitment", "At risk"),
        "late": pgettext_lazy("commitment", "Overdue"),
        "tasks_late": pgettext_lazy("commitment", "With late tasks"),
        "to_be_verified": pgettext_lazy("commitment", "To be verified"),
        "to_assess": pgettext_lazy("commitment", "To be assessed"),
        "fulfilled": pgettext_lazy("commitment", "Fulfilled"),
        "partly": pgettext_lazy("commitment", "Partly fulfilled"),
        "not_fulfilled": pgettext_lazy("commitment", "Not fulfilled"),
        "cancelled": pgettext_lazy("commitment", "Withdrawn"),
        "withdrawn_late": pgettext_lazy("commitment", "Overdue, then withdrawn"),
        "no_date": pgettext_lazy("commitment", "No date"),
        "no_tasks": pgettext_lazy("commitment", "No tasks"),
    },
}
# Outlines in a 16 × 16 box, filled by the even-odd rule, which can be told apart without colour.
STATUS_SHAPES = {
    "not_started": "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zm0 2a5 5 0 1 1 0 10A5 5 0 0 1 8 3z",
    "on_time": "M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1z",
    "at_risk": "M8 .500 0 15.500h16zM6.700 5.500h2.600v5.200H6.700zm0 6.400h2.600v2.300H6.700z",
    "late": "M8 0 0 8l8 8 8-8zM6.600 3.200h2.800v5.600H6.600zm0 7h2.800v2.600H6.600z",
    # Half a diamond: the whole is the commitment's own date.
    "tasks_late": "M8 0 0 8l8 8 8-8zM8 3l5 5H3z",
    "to_assess": "M7 0h2v2h6v2h-1l2 6h-6l2-6H9v9h4v2H3v-2h4V4H4l2 6H0l2-6H1V2h6z",
    "partly": "M8 0a8 8 0 1 0 0 16A8 8 0 0 0 8 0zm0 2v12A6 6 0 0 1 8 2z",
    "not_fulfilled": "M0 0h16v16H0zM4 2 2 4l4 4-4 4 2 2 4-4 4 4 2-2-4-4 4-4-2-2-4 4z",
    "withdrawn_late": "M8 0 0 8l8 8 8-8zM6 4 4 6l2 2-2 2 2 2 2-2 2 2 2-2-2-2 2-2-2-2-2 2z",
    "to_be_verified": "M2 0h12v2h-1c0 3-2 5-4 6 2 1 4 3 4 6h1v2H2v-2h1c0-3 2-5 4-6-2-1-4-3-4-6H2zm4 13h4q-.5-2.5-2-3.300-1.500.8-2 3.300z",
    "fulfilled": "M13.600 2 6 10.700 2.300 7.200.300 9.300 6.200 15 15.900 4z",
    "cancelled": "M3 1 1 3l5 5-5 5 2 2 5-5 5 5 2-2-5-5 5-5-2-2-5 5z",
    "no_date": "M1 1h14v14H1zm2 2v10h10V3zm2 4h6v2H5z",
    "no_tasks": "M1 2h14v2H1zm0 5h4v2H1zm6 0h4v2H7zm-6 5h2v2H1zm4 0h2v2H5z",
}
WORKFLOW_WORDS = {
    "draft": _("Draft"),
    "submitted": _("Submitted"),
    "returned": _("Returned"),
    "accepted": _("Accepted"),
    "withdrawn": _("Withdrawn"),
    "noted": _("No change"),
    "retracted": _("No change, taken back"),
}
WORKFLOW_COLOURS = {
    "draft": "grey",
    "submitted": "blue",
    "returned": "yellow",
    "accepted": "green",
    "withdrawn": "grey",
    "noted": "grey",
    "retracted": "grey",
}
LONG_DATES = {"es": "{day} de {month} de {year:04}", "en": "{day} {month} {year:04}"}
NUMBERS = "%02d/%02d/%04d"
MOMENT = f"{NUMBERS} %02d:%02d"
NOTHING = SafeString("")


@register.filter
def status_word(status: str, kind: str = "task") -> str:
    """The light's word, in the gender of a `task` or a `commitment`."""
    return str(STATUS_WORDS[kind or "task"][status])


@register.filter
def account_word(state: str) -> str:
    return str(ACCOUNT_STATES[state])


@register.filter
def status_shape(status: str) -> str:
    """The light's outline, for a path's `d`."""
    return STATUS_SHAPES[status]


@register.filter
def workflow_word(state: str) -> str:
    return str(WORKFLOW_WORDS[state])


@register.filter
def workflow_colour(state: str) -> str:
    return WORKFLOW_COLOURS[state]


@register.filter
def long_date(value: dt.date | None) -> str:
    """<time> with "15 de octubre de 2018" or "15 October 2018"; nothing for no date."""
    if not value:
        return ""
    day = _local(value)
    return _time(day, day_in_words(day))


def day_in_words(day: dt.date) -> str:
    """ "15 de octubre de 2018" or "15 October 2018", as plain text."""
    month = mid_sentence(str(MONTHS[day.month]))
    return LONG_DATES[language()].format(day=day.day, month=month, year=day.year)


@register.filter
def mid_sentence(name: str) -> str:
    """A month's or weekday's name as it stands within a sentence: Spanish ones are lower case."""
    return name.lower() if language() == "es" else name


@register.filter
def short_date(value: dt.date | None) -> str:
    """<time> with "15/10/2018", the order used in both languages; nothing for no date."""
    if not value:
        return ""
    day = _local(value)
    return _time(day, NUMBERS % (day.day, day.month, day.year))


@register.filter
def moment(value: dt.datetime | None) -> str:
    """<time> with "15/10/2018 09:05" in the portal's own zone; nothing for no instant."""
    if not value:
        return ""
    at = _local(value)
    return _time(at, MOMENT % (at.day, at.month, at.year, at.hour, at.minute))


def _local[T: dt.date](value: T) -> T:
    """An instant in the portal's zone, which a page never changes; a day as it is."""
    return value.astimezone(clock.ZONE) if isinstance(value, dt.datetime) else value


def _time(value: dt.date, text: str) -> SafeString:
    return SafeString(f'<time datetime="{value.isoformat()}">{text}</time>')  # digits and month names


def intcomma(number: Any) -> str:
    """What Django's gives, which takes 10 µs."""
    if not isinstance(number, int):
        return humanize.intcomma(number)
    return f"{number:,}".replace(",", get_format("THOUSAND_SEPARATOR")) if abs(number) >= 1000 else str(number)


@register.filter
def content(text: str, written_in: str) -> str:
    """A text that somebody wrote, marked with its language where the page is in another: {{ title|content:"es" }}."""
    if not text or not written_in or written_in[:2] == language():
        return text
    return SafeString(f'<span lang="{escape(written_in[:2])}">{escape(text)}</span>')  # each piece is escaped


@register.simple_tag
def lang_attr(written_in: str) -> SafeString:
    """lang="es" for an element whose content is not in the page's language; nothing otherwise."""
    return lang_attr_on(written_in, language())


def lang_attr_on(written_in: str, here: str) -> SafeString:
    """`lang_attr` for a page in the language `here`."""
    if not written_in or written_in[:2] == here:
        return NOTHING
    return SafeString(f' lang="{escape(written_in[:2])}"')  # it is escaped


@register.filter
def language_mark(written_in: str, here: str = "") -> str:
    """ " · in English" after the code of what has an English title, on a Spanish page. Spanish is the rule and goes unmarked."""
    if written_in[:2] != "en" or (here or language()) == "en":
        return ""
    mark = _("in English")
    return f" · {mark}"


@register.simple_block_tag
def captured(content: str) -> str:
    """What stands in between, to be shown further down: {% captured as trail %}…"""
    return content


@register.simple_tag(takes_context=True)
def parent_page(context: Context) -> str:
    """The label of the page right above this one, after its `breadcrumbs`; nothing where that is the board, which is above all."""
    url, label = getattr(getattr(context, "request", None), "page_above", ("", ""))
    return "" if url.partition("?")[0] == page("projects:board") else label


@register.simple_block_tag
def plain_text(content: str) -> SafeString:
    """What stands in between as one line without elements, for an attribute or the browser's title: {% plain_text as title %}…"""
    # Texts were escaped where they were shown.
    return SafeString(" ".join(strip_tags(content).replace('"', "&quot;").split()))


@register.simple_tag
def page(name: str) -> str:
    """The address of a page without arguments, as `url` finds it, at the price of a lookup."""
    return addresses.page(name)


@register.inclusion_tag("_sort_header.html", takes_context=True)
def sort_header(
    context: Context, field: str, label: str, *, param: str = "order", number: bool = False
) -> dict[str, Any]:
    """A <th> that sorts by `field` and, pressed again, the other way round; the other filters stay in the address."""
    query = context["request"].GET
    current = query.get(param, "")
    order = {field: "ascending", f"-{field}": "descending"}.get(current, "none")
    changed = query.copy()
    changed[param] = f"-{field}" if order == "ascending" else field
    changed.pop("page", None)
    return {"label": label, "order": order, "number": number, "url": f"?{changed.urlencode()}"}


@register.simple_tag(takes_context=True)
def breadcrumbs(context: Context, *urls_and_labels: str) -> SafeString:
    """{% breadcrumbs board_url _("Board") list_url _("Commitments") %}: the pages above this one, outermost first."""
    return trail(context, zip(urls_and_labels[::2], map(str, urls_and_labels[1::2]), strict=True))


@register.simple_tag(takes_context=True)
def trail(context: Context, above: Iterable[tuple[str, str]]) -> SafeString:
    """The same of pages that the view names, as addresses and labels."""
    items = tuple(above)
    if request := getattr(context, "request", None):
        request.page_above = items[-1]  # for `parent_page`: parts that get no names from the page have the same request
    return once("_breadcrumbs.html", items=items)


@register.simple_tag
def part(template_name: str, **facts: Any) -> SafeString:
    """A `.jinja` template with these facts, for what is shown row after row or on many pages."""
    return rendered(template_name, **facts)


@register.simple_tag
def once(template_name: str, **facts: Any) -> SafeString:
    """A template with these facts, remembered with its HTML. The facts are compared, so they must be plain values, not rows."""
    return once_in(language(), template_name, **facts)


def once_in(written_in: str, template_name: str, **facts: Any) -> SafeString:
    """The same, for whoever knows the page's language: finding it out costs more than the rest."""
    return _remembered(template_name, tuple(facts.items()), written_in)


@lru_cache(maxsize=8192)
def _remembered(template_name: str, facts: tuple[tuple[str, Any], ...], written_in: str) -> SafeString:
    return component(template_name, **dict(facts))


@register.simple_tag
def once_large(template_name: str, **facts: Any) -> SafeString:
    """As `once`, for the large parts of few pages, such as home's charts: none but the last 64 are remembered."""
    return _remembered_large(template_name, tuple(facts.items()), language())


@lru_cache(maxsize=64)
def _remembered_large(template_name: str, facts: tuple[tuple[str, Any], ...], written_in: str) -> SafeString:
    return component(template_name, **dict(facts))


def component(template_name: str, **facts: Any) -> SafeString:
    """A template with these facts, without the white space around it."""
    is_compiled = template_name.endswith(".jinja")
    html = rendered(template_name, **facts) if is_compiled else render_to_string(template_name, facts)
    return SafeString(html.strip())  # a template's own output


@register.filter
def summary_errors(form: forms.BaseForm) -> Iterable[dict[str, str]]:
    """Every error of a form with the id it leads to, in the order of the page. Each names its field."""
    for error in form.non_field_errors():
        yield {"message": str(error), "target": ""}
    for field in form:
        for error in field.errors.as_data():
            [message] = error.messages
            # The message for an empty field names it already.
            if not field.is_hidden and error.code != "required":
                message = f"{field.label}: {message}"
            yield {"message": message, "target": "" if field.is_hidden else field.error_target}  # type: ignore[attr-defined]
