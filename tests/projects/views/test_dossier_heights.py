"""The longest pages of commitments and projects of the demonstration stay readable in a few screens, on a desk and on a phone."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.once]

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 640}
MOST = {1280: 4000, 360: 9000}
HEIGHT = "document.documentElement.scrollHeight"


def test_the_longest_pages_are_short_and_their_strips_stand_beside_or_below_their_titles(new_page):
    page, heights = new_page(viewport=DESK), {}
    for path in ("/proyectos/politica-tic/", "/compromisos/MC-250K/", "/compromisos/TIC-A6-TRIM/"):
        page.goto(path)
        for size in (DESK, PHONE):
            page.set_viewport_size(size)
            heights[path, size["width"]] = page.evaluate(HEIGHT)
        title, strip = (
            page.locator(f".edn-tl > li:nth-child(2) {part}").first.bounding_box() for part in ("a", ".edn-tl__strip")
        )
        assert strip["y"] >= title["y"] + title["height"]
        page.set_viewport_size(DESK)
        title, strip = (
            page.locator(f".edn-tl > li:nth-child(2) {part}").first.bounding_box() for part in ("a", ".edn-tl__strip")
        )
        assert strip["x"] >= title["x"] + title["width"]
    assert {key: height for key, height in heights.items() if height > MOST[key[1]]} == {}
