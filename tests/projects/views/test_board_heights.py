"""Home answers on a phone's first screen, and ends within a few."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.once]

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 640}
MOST = {1280: 2600, 360: 5500}


def test_home_is_short_and_its_verdict_and_bar_are_on_a_phones_first_screen(new_page):
    page, heights = new_page(viewport=PHONE), {}
    page.goto("/")
    for selector in (".edn-verdict", ".edn-stacked > svg"):
        box = page.locator(selector).first.bounding_box()
        assert box["y"] + box["height"] <= PHONE["height"], selector
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        heights[size["width"]] = page.evaluate("document.documentElement.scrollHeight")
    assert {width: height for width, height in heights.items() if height > MOST[width]} == {}
