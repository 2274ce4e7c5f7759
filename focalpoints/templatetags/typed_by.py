"""The site's own `{% csrf_token %}`. It also puts a mark into the form for whom it was made, so that no template can forget to.

It is among the built-in tags (settings.TEMPLATES). `focalpoints/pages/typed_text.py` tells what for.
"""

from typing import Any

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
        return SafeString(token + _typed_by(getattr(context, "request", None)) if token else "")


def _typed_by(request: Any) -> str:
    """The field with the mark, made once for all forms of a page: there is one in its header. Nothing where nobody is signed in."""
    if not isinstance(getattr(request, "user", None), User):
        return ""
    if not hasattr(request, "typed_by_field"):
        mark = typed_by_mark(request.user)
        request.typed_by_field = format_html('<input type="hidden" name="{}" value="{}">', TYPED_BY, mark)
    return request.typed_by_field


@register.tag
def csrf_token(parser: Parser, token: Token) -> SignedFormNode:
    return SignedFormNode()
