"""`{% translate %}` is ours where a text is fixed, and says what Django's says."""

import pytest
from django.template import defaultfilters, engines
from django.template.base import Parser, Token, TokenType
from django.template.context import make_context
from django.templatetags.i18n import TranslateNode, do_translate
from django.utils import translation

from focalpoints.templatetags.i18n import FixedTextNode

FIXED = ['"Commitments"', "'100 % of it'", '"Commitments" as said', '"<b>" as said']
OTHERS = ['"Commitments"|lower', '"No date" context "task"', '"Commitments" noop', "known"]


def node_of(asked: str):
    template = engines["django"].engine.from_string(f"{{% load i18n %}}{{% translate {asked} %}}{{{{ said }}}}")
    return template, template.nodelist[1]


@pytest.mark.parametrize("language", ["es-mx", "en"])
@pytest.mark.parametrize("asked", FIXED + OTHERS)
def test_it_says_what_djangos_own_says(asked, language):
    template, node = node_of(asked)
    assert type(node) is (FixedTextNode if asked in FIXED else TranslateNode)
    context = {"known": "Commitments", "said": ""}
    with translation.override(language):
        ours = template.render(make_context(context))
        template.nodelist[1] = of_django(asked)
        assert ours == template.render(make_context(context))


def of_django(asked: str):
    return do_translate(Parser([], builtins=[defaultfilters.register]), Token(TokenType.BLOCK, f"translate {asked}"))
