"""The pictures that the portal and its README show. `make pictures` renews them; a long run proves that they can be made and stay small."""

import base64
import os
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from projects.views.help import GUIDES
from tests.live import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.long]

PICTURES = ROOT / "static" / "edn" / "pictures"
MOST_BYTES = 60_000
# What a link to any page shows where it is shared: 1200 × 630, the size that every network takes.
CARD = """<!DOCTYPE html><html lang="es"><meta charset="utf-8"><style>
  body { margin: 0; width: 1200px; height: 630px; box-sizing: border-box; padding: 84px 92px 80px; background: #611232; color: #fff;
    font-family: "Noto Sans", "DejaVu Sans", sans-serif; border-bottom: 18px solid #e6d194 }
  h1 { margin: 84px 0 22px; font: 700 65px/1.2 "Noto Serif", "DejaVu Serif", serif }
  p { margin: 0; font-size: 31px; line-height: 1.5 }
  p + p { margin-top: 18px; font-size: 28px; color: #e6d194 }
</style>
<svg width="144" height="162" viewBox="0 0 32 36" preserveAspectRatio="xMinYMin"><path fill="#e6d194" d="M0 0h32v8H0z"/>
<path fill="#fff" d="M0 14h22v8H0z"/><path fill="#fff" fill-opacity=".65" d="M0 28h12v8H0z"/></svg>
<h1>Estrategia Digital Nacional</h1><p>Qué se prometió, para cuándo, quién responde y qué lo prueba</p><p>Portal de seguimiento</p>"""


def kept(name: str, picture: bytes) -> None:
    """Hold it to its size, and write it where `make pictures` asked for it."""
    assert len(picture) <= MOST_BYTES, f"{name} has {len(picture)} bytes"
    if os.environ.get("EDN_KEEP_PICTURES"):
        PICTURES.mkdir(exist_ok=True)
        (PICTURES / name).write_bytes(picture)


def webp(page: Page) -> bytes:
    """What fits the window. Playwright itself makes no WebP, which takes a third of a PNG."""
    session = page.context.new_cdp_session(page)
    found = session.send("Page.captureScreenshot", {"format": "webp", "quality": 68})
    return base64.b64decode(found["data"])


# Who sees each page of a picture. 800 × 560, in the light scheme: the help names these sizes.
SHOWN = {
    "board": ("", "/"),
    "commitment": ("", "/compromisos/MC-250K/"),
    "my-work": ("sct", "/mi-trabajo/"),
    "follow-up": ("sct", "/tareas/MC-250K-T1/seguimiento/"),
    "review": ("coordinacion2", "/revision/"),
    "decision": ("coordinacion2", ""),
    "administration": ("administradora", "/administracion/"),
}


def test_the_pages_that_the_help_and_the_readme_show(open_as: Callable[..., Page]) -> None:
    shown = {step.picture for guide in GUIDES for step in guide.steps} - {""}
    assert shown == set(SHOWN)
    for name, (person, where) in SHOWN.items():
        page = open_as(person)
        page.set_viewport_size({"width": 800, "height": 560})
        page.goto(where or "/revision/")
        if not where:  # the first that waits
            page.locator("main tbody th a").first.click()
        page.evaluate("document.querySelector('main').scrollIntoView()")
        kept(f"{name}.webp", webp(page))


def test_the_card_that_a_shared_link_shows(new_page: Callable[..., Page]) -> None:
    page = new_page(viewport={"width": 1200, "height": 630})
    page.set_content(CARD)
    kept("card.png", page.screenshot())
