"""Template filters for the public record."""

import re

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

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
