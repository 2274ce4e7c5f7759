"""Template tags of the public record."""

import re
from datetime import date

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from focalpoints.pages.rows import language
from focalpoints.templatetags.edn import once
from projects.light import bands
from projects.models import Evidence
from projects.models.list_rows import EvidenceRow
from projects.previews.process import is_drawn
from projects.reading import history
from projects.reading.figures import Tally
from projects.templatetags import cells

register = template.Library()

ADDRESS = re.compile(r"(https://[^\s<>\"']+[^\s<>\"'.,;:)\]])")


@register.filter
def linked(text: str) -> SafeString:
    """The text, escaped, with its https:// addresses as links; others stay text."""
    pieces = ADDRESS.split(text)
    return format_html_join(
        "", "{}", ((_link(piece) if place % 2 else conditional_escape(piece),) for place, piece in enumerate(pieces))
    )


def _link(address: str) -> SafeString:
    return format_html('<a class="govuk-link" href="{0}" rel="noopener noreferrer nofollow">{0}</a>', address)


@register.filter
def has_pictures(evidence: Evidence | EvidenceRow) -> bool:
    """Whether its pages can be looked at here: pictures and PDF, unless they were redacted."""
    return not evidence.is_redacted and is_drawn(evidence.content_type)


@register.filter
def taken_back_in_all(tally: Tally) -> str:
    return cells.taken_back_in_all(tally)


@register.simple_tag
def freshness(quiet_since: date, last_word_on: date | None, on: date) -> SafeString:
    """How long ago something was heard of an open item, as of the day `on`."""
    return once(
        "_freshness.html",
        since=quiet_since,
        days=(on - quiet_since).days,
        is_heard=last_word_on is not None,
        band=str(bands.FRESHNESS[bands.freshness(quiet_since, on) or "more"]),
    )


@register.filter
def signed_days(days: int) -> str:
    """ "+94 days": by how much a date moved."""
    return history.signed_days(days)


@register.filter
def days_late(days: int) -> str:
    """ "17 days late": by how much a date has passed."""
    return cells.days_late(days)


@register.simple_tag
def light(status: str, kind: str) -> SafeString:
    """`_status.jinja`, rendered once for each light."""
    return cells.light(status, kind, language())


@register.simple_tag
def progress(verified: int | None, claimed: int | None) -> SafeString:
    """`_progress.jinja`, rendered once for each pair of numbers."""
    return cells.progress(verified, claimed, language())
