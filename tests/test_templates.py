"""What every template must keep: no name is missing, and no text that somebody typed becomes HTML."""

import ast
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


# ---- What is taken for HTML as it is. By hand: file → how often. Whatever is not here is escaped.

UNESCAPED = {
    "focalpoints/pages/page_cache.py": 1,  # a kept part of a page, as its template made it
    # Texts of plain-text mails, which are not HTML.
    "templates/focalpoints/mail/address_changed.txt": 1,
    "templates/focalpoints/mail/invitation.txt": 1,
    "templates/focalpoints/mail/notice.txt": 1,
    "templates/focalpoints/mail/reset.txt": 1,
    "templates/projects/mail/daily.txt": 1,
    # Sentences from our catalogue, marked so that filling in escapes what is not safe, and keeps what is (`<time>`).
    "templates/projects/_found.jinja": 1,
    "templates/_slippage.jinja": 1,
    "templates/projects/_accepted.jinja": 1,
    "templates/projects/_answers.jinja": 2,
    "templates/projects/_commitment_row.jinja": 2,
    "templates/projects/_three_facts.jinja": 5,
    "templates/projects/_follow_up.jinja": 2,
    "templates/projects/_my_work_row.jinja": 2,
    "templates/projects/_periods.jinja": 2,
    "templates/projects/_review_date_row.jinja": 1,
    "templates/projects/_task_row.jinja": 1,
    "templates/projects/_why.jinja": 1,
    "projects/light/sentences.py": 1,
    # Dates as `<time>` and our own words, joined.
    "projects/templatetags/timelines.py": 2,
    # Help texts stand in our code, some with a link; as in Django's own template.
    "templates/django/forms/field.jinja": 2,
    # The picture that the library `qrcode` draws.
    "templates/mfa/totp/activate_form.html": 1,
    # What templates or compiled parts made, which escape by themselves; an instant's digits; nothing; pieces escaped one by one.
    "focalpoints/templatetags/edn.py": 6,
    "focalpoints/pages/rows.py": 2,
    # Django's own field for the token.
    "focalpoints/templatetags/typed_by.py": 1,
    # A link whose pieces are escaped one by one, a third of what `format_html` takes; such links joined.
    "projects/templatetags/cells.py": 2,
    # Pieces of two texts, each escaped, within `<del>` and `<ins>`; one for each side.
    "projects/reading/differences.py": 2,
    # Pieces of a text, each escaped, between `<mark>`s of our own.
    "projects/search/marks.py": 2,
    # The body of a mail, rendered by its own template.
    "projects/views/reminder_messages.py": 1,
}
IN_TEMPLATES = re.compile(r"\|\s*(?:safe|safeseq)\b|{%-?\s*autoescape\s+(?:off|false)")
MARKS_SAFE = {"mark_safe", "Markup", "SafeString", "SafeText", "html_safe"}
APPS = ("edn_portal", "focalpoints", "principles", "projects")


def marks_safe(node):
    """Whether this piece of Python takes a text for HTML: by a name, by `__html__`, or by a format that is no literal."""
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in MARKS_SAFE:
            return True
        case ast.Call(func=ast.Name(id="format_html") | ast.Attribute(attr="format_html"), args=[ast.Constant(), *_]):
            return False
        case ast.Call(func=ast.Name(id="format_html_join") | ast.Attribute(attr="format_html_join"), args=args):
            return not all(isinstance(argument, ast.Constant) for argument in args[:2])
        case ast.Call(func=ast.Name(id="format_html") | ast.Attribute(attr="format_html")):
            return True
        case ast.FunctionDef(name="__html__"):
            return True
        case ast.Call(args=args) if any(isinstance(one, ast.Name) and one.id in MARKS_SAFE for one in args):
            return True
    return any(isinstance(one, ast.Name) and one.id in MARKS_SAFE for one in getattr(node, "decorator_list", []))


def unescaped():
    root = Path(settings.BASE_DIR)
    for path in sorted(TEMPLATES.rglob("*")):
        if path.is_file():
            yield path.relative_to(root).as_posix(), len(IN_TEMPLATES.findall(path.read_text()))
    for app in APPS:
        for path in sorted((root / app).rglob("*.py")):
            tree = ast.parse(path.read_text())
            yield path.relative_to(root).as_posix(), sum(marks_safe(node) for node in ast.walk(tree))


def test_what_is_not_escaped_stands_in_the_list():
    assert {name: count for name, count in unescaped() if count} == UNESCAPED


@pytest.mark.parametrize(
    "code",
    [
        "mark_safe(x)", "safestring.mark_safe(x)", "Markup(x)", "SafeString(x)", "format_html(x, y)", "map(mark_safe, x)",
        "html.format_html(f'{x}')", "format_html_join(x, '{}', y)", "@html_safe\nclass A: ...",
        "class A:\n  def __html__(self): ...",
    ],
)  # fmt: skip
def test_python_that_marks_a_text_as_safe_is_seen(code):
    assert any(map(marks_safe, ast.walk(ast.parse(code))))


@pytest.mark.parametrize(
    "source",
    [
        "{{ x|safe }}",
        "{{ x | safe|lower }}",
        "{{ x|safeseq|join:' ' }}",
        "{% autoescape off %}",
        "{%- autoescape false %}",
    ],
)
def test_a_template_that_marks_a_text_as_safe_is_seen(source):
    assert IN_TEMPLATES.search(source)
