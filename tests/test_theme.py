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

ROOT = Path(__file__).resolve().parent.parent
SERVED = ROOT / "static" / "edn"
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".jinja"})
PALETTE = dict(
    re.findall(r"^\$([\w-]+): (#[0-9a-f]{6});", (ROOT / "static/src/sass/_palette.scss").read_text("utf-8"), re.M)
) | {"white": "#ffffff"}
KILOBYTE = 1000


def gzipped(pattern: str) -> int:
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in SERVED.rglob(pattern))


@pytest.mark.parametrize(("pattern", "limit"), [("*.css", 25 * KILOBYTE), ("*.js", 20 * KILOBYTE)])
def test_all_of_it_is_small(pattern, limit):
    assert 1000 < gzipped(pattern) <= limit


def test_style_sheet_and_scripts_load_nothing_from_elsewhere():
    for path in SERVED.iterdir():
        addresses = set(re.findall(r"(?:https?:)?//[\w.-]+\.\w+", path.read_text("utf-8")))
        assert addresses <= {"http://www.w3.org"}, path.name  # the SVG namespace is a name, not an address
    css = (SERVED / "edn.css").read_text("utf-8")
    files = set(re.findall(r"url\(\"?([^)\"]+)\"?\)", css))
    assert files == {"greca.svg"}
    assert all((SERVED / name).is_file() for name in files)
    assert "GDS Transport" not in css
    assert "crest" not in css


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


def contrast(one: str, other: str) -> float:
    dark, light = sorted(luminance(PALETTE[name]) for name in (one, other))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("ink", "white"),
        ("ink-soft", "white"),
        ("ink-soft", "sand-tint"),
        ("ink-soft", "grey-tint"),
        ("ink-soft", "rule"),
        ("wine-mid", "white"),
        ("wine-mid", "sand-tint"),
        ("wine", "wine-tint"),
        ("white", "wine"),
        ("white", "wine-deep"),
        ("sand", "wine"),
        ("sand", "wine-deep"),
        ("white", "green"),
        ("green", "green-tint"),
        ("white", "red"),
        ("red", "white"),
        ("red", "red-tint"),
        ("amber", "amber-tint"),
        ("wine-mid", "amber-tint"),
        ("blue", "blue-tint"),
        ("ink", "focus"),
    ],
)
def test_text_is_readable_on_its_ground(text, ground):
    assert contrast(text, ground) >= 4.5


@pytest.mark.parametrize(("edge", "ground"), [("rule-strong", "white"), ("green", "white"), ("gold-deep", "sand")])
def test_what_is_not_text_stands_out(edge, ground):
    assert contrast(edge, ground) >= 3


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
