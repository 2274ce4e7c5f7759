"""The site's own `{% csrf_token %}`. It also puts a mark into the form for whom it was made, so that no template can forget to.

It is among the built-in tags (settings.TEMPLATES). `focalpoints/pages/typed_text.py` tells what for.
"""

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html
from django.utils.safestring import SafeString

from focalpoints.models import User
from focalpoints.pages.typed_text import TYPED_BY, typed_by_mark

register = template.Library()


class SignedFormNode(CsrfTokenNode):
    def render(self, context: Context) -> SafeString:
        token = super().render(context)
        user = getattr(getattr(context, "request", None), "user", None)
        if not token or not isinstance(user, User):
            return SafeString(token)
        return format_html('{}<input type="hidden" name="{}" value="{}">', token, TYPED_BY, typed_by_mark(user))


@register.tag
def csrf_token(parser: Parser, token: Token) -> SignedFormNode:
    return SignedFormNode()
