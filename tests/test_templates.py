"""What every template must keep: no name is missing, and no text that somebody typed becomes HTML."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.template import engines
from django.template.context import make_context

from tests.names_plugin import OPTIONAL

TEMPLATES = Path(settings.BASE_DIR) / "templates"


class Row:
    """What a template may ask wrongly."""

    due = None

    def on(self, day):
        return day

    def delete(self):
        return "gone"

    delete.alters_data = True

    @property
    def pause(self):
        raise ObjectDoesNotExist


MISSING = [
    "{{ missing }}",
    "{{ missing|default:'' }}",
    "{{ known|default:missing }}",
    "{{ known.missing }}",
    "{{ known.due.year }}",
    "{{ known.on }}",
    "{{ known.delete }}",
    "{{ known.pause }}",
    "{{ facts.missing }}",
    "{{ rows.1 }}",
    "{% if missing %}{% endif %}",
    "{% if not missing %}{% endif %}",
    "{% if known and missing %}{% endif %}",
    "{% if known == missing %}{% endif %}",
    "{% if missing in rows %}{% endif %}",
    "{% if known.missing %}{% endif %}",
    "{% if known.due.year %}{% endif %}",
    "{% if known.pause %}{% endif %}",
    "{% if facts.missing %}{% endif %}",
    "{% if rows.1.code %}{% endif %}",
    "{% with a=missing %}{% endwith %}",
    "{% for row in missing %}{% endfor %}",
    "{% for row in rows %}{{ forloop.parentloop.counter }}{% endfor %}",
    "{% firstof missing known %}",
    "{% for row in rows %}{% cycle missing known %}{% endfor %}",
    "{% include '_empty.html' with title=missing only %}",
    "{% include '_empty.html' with text='A part that wants a title' only %}",
    "{% load i18n %}{% blocktranslate with a=missing %}{{ a }}{% endblocktranslate %}",
    "{% load i18n %}{% blocktranslate %}{{ missing }}{% endblocktranslate %}",
    "{% load i18n %}{% blocktranslate count n=missing %}{{ n }}{% plural %}{{ n }}{% endblocktranslate %}",
    "{% load i18n %}{% translate missing %}",
    "{% load edn %}{% lang_attr missing %}",
    "{% url missing %}",
]
FOUND = [
    "{{ known.due|default:'' }}",
    "{% if known.due and known.due.year %}{% endif %}",
    "{% if 'missing' in facts %}{% endif %}",
    "{% if rows and rows.0 %}{% endif %}",
    "{% include '_empty.html' with title='' only %}",
    "{% load i18n %}{% blocktranslate with a=rows|length %}{{ a }}{% endblocktranslate %}",
]


def rendered(source):
    template = engines["django"].engine.from_string(source)
    return template.render(make_context({"known": Row(), "facts": {}, "rows": [SimpleNamespace(code="A")]}))


@pytest.mark.parametrize("source", MISSING)
def test_a_missing_name_is_found_wherever_it_stands(source):
    with pytest.raises(pytest.fail.Exception, match=r"is missing|has not"):
        rendered(source)


@pytest.mark.parametrize("source", FOUND)
def test_what_is_there_passes(source):
    rendered(source)


def parts_with_optional_names():
    for path in sorted(TEMPLATES.rglob("*.html")):
        if said := OPTIONAL.match(path.read_text()):
            yield path, set(said[1].split(", "))


def test_only_parts_of_pages_have_optional_names_and_use_each():
    for path, names in parts_with_optional_names():
        assert path.name.startswith("_"), path
        rest = path.read_text().partition("\n")[2]
        assert [name for name in sorted(names) if not re.search(rf"\b{name}\b", rest)] == [], path


# `request` is read by the tags of sorted headers and of pages.
BY_TAGS = {"request"}
OF_DJANGO = {"django/forms/widgets/attrs.html"}
# How a part is included. What is given must be used, or a misspelt optional name would pass.
INCLUDED = re.compile(r'{% include "([^"]+)"(?: with ((?:[^%]|%(?!}))*?))?(?: only)? %}')
GIVEN = re.compile(r'(?:^|\s)(\w+)=(?:"[^"]*"|\S)')


def test_a_part_uses_whatever_it_is_given():
    unused, read = [], 0
    for path in sorted(TEMPLATES.rglob("*.html")):
        for name, given in INCLUDED.findall(path.read_text()):
            if name in OF_DJANGO:
                continue
            part = (TEMPLATES / name).read_text()
            for argument in set(GIVEN.findall(given)) - BY_TAGS:
                read += 1
                if not re.search(rf"(?<![\w.\"'-]){argument}\b", " ".join(re.findall(r"{[{%].*?[%}]}", part))):
                    unused.append(f"{path.name}: {name} does not read {argument}")
    assert unused == []
    assert read > 300
