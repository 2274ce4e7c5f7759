"""The theme's promises: small, nothing inline, nothing from elsewhere, readable colours."""

import gzip
import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.utils.translation import override

from edn_portal.styleguide import styleguide
from focalpoints.templatetags.edn import STATUS_SHAPES
from tests.test_architecture import APPS

ROOT = Path(__file__).resolve().parent.parent
SERVED = ROOT / "static" / "edn"
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".jinja"})
KILOBYTE = 1000


def scheme(opening: str) -> dict[str, str]:
    """The colours of the `:root` rule that begins so in the served style sheet."""
    css = (SERVED / "edn.css").read_text("utf-8")
    [rule] = re.findall(re.escape(opening) + r"([^}]*)\}", css)
    colours = re.findall(r"--([\w-]+): ?(#[0-9a-f]{3}(?:[0-9a-f]{3})?)\b", rule)
    return {name: colour if len(colour) == 7 else "#" + "".join(c * 2 for c in colour[1:]) for name, colour in colours}


LIGHT = scheme(":root{color-scheme:light dark;")
DARK = LIGHT | scheme("@media screen and (prefers-color-scheme: dark){:root{")
SCHEMES = {"light": LIGHT, "dark": DARK}


def gzipped(pattern: str) -> int:
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in SERVED.rglob(pattern))


@pytest.mark.parametrize(("pattern", "limit"), [("*.css", 25 * KILOBYTE), ("*.js", 20 * KILOBYTE)])
def test_all_of_it_is_small(pattern, limit):
    assert 1000 < gzipped(pattern) <= limit


def test_style_sheet_and_scripts_load_nothing_from_elsewhere():
    for path in SERVED.glob("*.*"):
        addresses = set(re.findall(r"(?:https?:)?//[\w.-]+\.\w+", path.read_text("utf-8")))
        assert addresses <= {"http://www.w3.org"}, path.name  # the SVG namespace is a name, not an address
    css = (SERVED / "edn.css").read_text("utf-8")
    files = set(re.findall(r"url\(\"?([^)\"]+)\"?\)", css))
    assert files == {"greca.svg"}
    assert all((SERVED / name).is_file() for name in files)
    assert "GDS Transport" not in css
    assert "crest" not in css


def test_links_without_a_class_have_the_palettes_colour_and_hints_their_fields_width():
    css = (SERVED / "edn.css").read_text("utf-8")
    assert ":where(a){color:var(--link)}" in css
    assert re.search(r"\.govuk-hint\{[^}]*max-width:42rem", css)


def test_the_columns_of_a_table_are_all_named():
    """An empty cell breaks the rule under the head, and a column without a name tells nobody what stands in it."""
    heads = {
        path.relative_to(ROOT / "templates").as_posix(): head
        for path in TEMPLATES
        for head in re.findall(r"<thead.*?</thead>", path.read_text("utf-8"), re.DOTALL)
    }
    assert {name for name, head in heads.items() if "<td" in head} == set()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_templates_hold_nothing_inline(path):
    html = path.read_text("utf-8")
    assert not re.search(r"<style\b|\sstyle\s*=|\son\w+\s*=\s*[\"']|javascript:", html, re.I)
    assert all("src=" in attributes for attributes in re.findall(r"<script\b([^>]*)>", html))
    assert not re.search(r"(?:src|href)=[\"']https?://", html)


def test_there_are_templates_to_check():
    assert len(TEMPLATES) > 30


def test_the_lock_file_names_no_registry_and_the_release_it_was_built_from():
    lock = json.loads((ROOT / "static/src/package-lock.json").read_text("utf-8"))
    assert not any("resolved" in package for package in lock["packages"].values())
    assert lock["packages"]["node_modules/govuk-frontend"]["version"] == "6.6.0"


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(palette: dict[str, str], one: str, other: str) -> float:
    dark, light = sorted(luminance(palette[name]) for name in (one, other))
    return (light + 0.05) / (dark + 0.05)


FILLS = ("late", "risk", "verify", "idle", "time", "done")
# Ground → the text upon it.
TEXT = {
    "paper": "ink soft link link-hover visited title wine good bad warn check claim-line",
    "surface": "ink soft link link-hover visited title wine bad warn",
    "raised": "ink soft link link-hover visited title bad",
    "grey-tint": "ink soft link",
    "rule": "soft",
    "go-tint": "ink soft link good",
    "bad-tint": "ink link bad",
    "warn-tint": "ink link link-hover visited warn",
    "check-tint": "check",
    "wine-tint": "wine",
    "wine": "paper",
    "frame": "on-frame sand",
    "foot": "on-frame on-foot sand",
    "on-frame": "frame",
    "go": "on-go",
    "go-hover": "on-go",
    "govuk-focus-colour": "on-focus",
} | {f"f-{fill}": f"on-{fill}" for fill in FILLS}
# Ground → what is no text and must be seen: fills of charts, borders of fields, lines of hatching, buttons.
MARKS = {
    "paper": "edge input-edge wine claim-line go " + " ".join(f"f-{fill}" for fill in FILLS),
    "surface": "edge input-edge wine",
    "claim": "claim-line",
}


@pytest.mark.parametrize("name", SCHEMES)
def test_text_is_readable_on_its_ground_and_what_is_not_text_stands_out(name):
    palette = SCHEMES[name] | {"govuk-focus-colour": "#ffcf4a"}
    faint = {
        f"{mark} on {ground}": round(contrast(palette, mark, ground), 1)
        for least, pairs in ((4.5, TEXT), (3, MARKS))
        for ground, marks in pairs.items()
        for mark in marks.split()
        if contrast(palette, mark, ground) < least
    }
    assert faint == {}


def test_both_schemes_give_every_colour():
    dark = scheme("@media screen and (prefers-color-scheme: dark){:root{")
    same_in_both = {"on-frame", "on-foot", "sand", "on-go", "on-focus"}
    assert set(LIGHT) == set(dark) | same_in_both
    assert not set(dark) & same_in_both


def test_our_own_rules_ask_for_colours_by_name():
    """A colour written out is right in one scheme alone. On paper there is one scheme."""
    for path in (ROOT / "static/src/sass").glob("_*.scss"):
        if path.name not in {"_palette.scss", "_print.scss"}:
            rules = re.sub(r"//.*", "", path.read_text("utf-8"))
            assert re.findall(r"#[0-9a-f]{3,6}\b|\b(?:white|black)\b(?!-)", rules) == [], path.name


def test_a_class_is_drawn_in_one_place():
    """Two partials that give one name to two things change each other's pages."""
    opened = [
        (selector, path.name)
        for path in (ROOT / "static/src/sass").glob("_*.scss")
        for selector in re.findall(r"(?<!,\n)^([\w.-]*\.edn-[\w-]+) {$", path.read_text("utf-8"), re.M)
    ]
    assert len(opened) > 80
    places = {}
    for selector, path in opened:
        places.setdefault(selector, set()).add(path)
    assert {selector: paths for selector, paths in places.items() if len(paths) > 1} == {}


def test_every_class_that_is_drawn_is_used():
    css = (SERVED / "edn.css").read_text("utf-8")
    drawn = {
        name for name in re.findall(r"\.(edn-[\w-]+)", css) if "--" not in name
    }  # what is after those is put together
    files = [
        *TEMPLATES,
        *(ROOT / "static/src/js").glob("*.js"),
        *(path for app in APPS for path in (ROOT / app).rglob("*.py")),
    ]
    used = set(re.findall(r"edn-[\w-]+", " ".join(path.read_text("utf-8") for path in files)))
    assert len(drawn) > 150
    assert drawn - used == set()


def test_every_property_that_a_rule_asks_for_is_given():
    css = (SERVED / "edn.css").read_text("utf-8")
    given = set(re.findall(r"(--[\w-]+):", css))
    assert set(re.findall(r"var\((--[\w-]+)\)", css)) <= given


# How a day may be written: as numbers, for a machine, by its name within a sentence. Long ones are `long_date` and `day_in_words`.
FORMATS = {"d/m/Y", "%d/%m/%Y", "Y-m-d", "Ymd", "c", "YEAR_MONTH_FORMAT", "l", "H:i", "%H:%M"}
WRITTEN = re.compile(r"""\|date:["']([^"']+)|date_format\([^"'\n]*["']([^"']+)|strftime\(["']([^"']+)|:(%d[^}]+)}""")


def test_a_date_is_written_in_one_way():
    files = [*TEMPLATES, *(path for app in APPS for path in (ROOT / app).rglob("*.py"))]
    written = {found: path.name for path in files for found in flat(WRITTEN.findall(path.read_text("utf-8"))) if found}
    assert set(written) == FORMATS, {name: path for name, path in written.items() if name not in FORMATS}


def flat(lists):
    return [one for some in lists for one in some]


def test_a_date_in_a_table_is_short():
    cells = flat(re.findall(r"<td\b.*?</td>", path.read_text("utf-8"), re.S) for path in TEMPLATES)
    assert len(cells) > 100
    assert [cell for cell in cells if "long_date" in cell] == []


def test_headings_of_the_templates_skip_no_level():
    for path in TEMPLATES:
        levels = [int(level) for level in re.findall(r"<h([1-6])", path.read_text("utf-8"))]
        assert all(after - before <= 1 for before, after in pairwise(levels)), path.name


@pytest.mark.parametrize("language", ["es-mx", "en"])
@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "413", "429", "500"])
def test_an_error_page_needs_no_context(name, language):
    with override(language):
        html = render_to_string(f"{name}.html")
    assert html.count("<h1") == 1
    assert f'<html lang="{language}"' in html
    assert "csrfmiddlewaretoken" not in html


@pytest.mark.parametrize("language", ["es-mx", "en"])
def test_the_style_guide_shows_every_component_to_anybody(rf, language):
    request = rf.get("/styleguide/", {"order": "-due"})
    request.user = AnonymousUser()
    with override(language):
        html = styleguide(request).content.decode()
    assert "csrfmiddlewaretoken" not in html
    assert html.count('<path d="') >= len(STATUS_SHAPES)
    assert all(f"edn-status--{status}" in html for status in STATUS_SHAPES)
    assert 'aria-sort="descending"' in html
    assert "?order=due" in html  # pressed again, the other way round
    assert not re.search(r"\sstyle=", html)
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
