"""What stands around every page, and what a page weighs: header and menu on a phone, charts to a screen reader, the first visit."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.once]

PHONE = {"width": 360, "height": 640}
MOST_REQUESTS, MOST_BYTES = 8, 60_000
# Of layout shift; 0.1 still counts as good.
MOST_SHIFT = 0.02


def test_a_phones_header_is_low_and_its_menu_opens_without_a_script(new_page):
    page = new_page(viewport=PHONE, java_script_enabled=False)
    page.goto("/en/")
    assert page.locator(".edn-above").bounding_box()["y"] <= 110  # with the demonstration's notice
    menu, section = page.get_by_role("button", name="Menu"), page.get_by_role("link", name="Calendar", exact=True)
    expect(page.get_by_role("banner").get_by_role("link")).to_have_count(1)  # the rest is in the menu
    focused = page.locator(":focus")
    for name in ("Skip to main content", "EDN Follow-up portal", "Menu"):
        page.keyboard.press("Tab")
        expect(focused).to_have_accessible_name(name)
    page.keyboard.press("Enter")
    for name in ("Close", "Search the record", "Search", "Español", "Sign in", "Board"):  # what opened comes next
        page.keyboard.press("Tab")
        expect(focused).to_have_accessible_name(name)
    page.keyboard.press("Escape")
    expect(section).not_to_be_visible()
    menu.click()
    section.click()
    expect(page).to_have_url(re.compile("/en/calendario/$"))


def test_a_desk_has_all_of_it_in_the_header(new_page):
    page = new_page()
    page.goto("/en/")
    banner = page.get_by_role("banner")
    assert page.locator(".edn-above").bounding_box()["y"] <= 150
    expect(banner.get_by_role("navigation", name="Sections").get_by_role("link")).to_have_count(5)
    expect(banner.get_by_role("button")).to_have_text(["Search"])
    expect(banner.get_by_role("link", name="Board")).to_have_attribute("aria-current", "true")


def read_out(page, role):
    """Name and description of everything of this role, as a screen reader is told."""
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")
    return [
        (node["name"]["value"], node.get("description", {}).get("value", ""))
        for node in tree["nodes"]
        if node.get("role", {}).get("value") == role and not node["ignored"]
    ]


def test_charts_are_read_out_and_their_text_and_links_are_large_enough(new_page):
    page = new_page(viewport=PHONE)
    page.goto("/en/styleguide/")
    figures = page.get_by_role("figure", name="Commitments by light", exact=True)
    expect(figures).to_have_count(3)
    assert figures.first.get_by_role("list").aria_snapshot().splitlines()[:4] == [
        "- list:",
        "  - listitem:",
        '    - link "5 overdue":',
        '      - /url: "#charts"',
    ]
    described = dict(read_out(page, "image"))
    assert described["Progress, oct 2017 – 15 oct 2018"].split(". ") == [
        "Claimed: from 0 to 23 %", "Verified: from 0 to 21 %.",
    ]  # fmt: skip
    expect(page.get_by_role("table", name="Twelve months")).not_to_be_visible()
    page.get_by_text("See as a table: Twelve months").click()
    row = page.get_by_role("table", name="Twelve months").get_by_role("row", name="15 oct 2018")
    expect(row.get_by_role("cell")).to_have_text(["5", "2", "21"])
    sizes = page.locator(".edn-chart text").evaluate_all(
        """texts => texts.filter(text => text.getClientRects().length)
            .map(text => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().d)"""
    )
    assert len(sizes) > 10
    assert min(sizes) >= 12
    heights = page.locator(".edn-key a, .edn-twin > summary").evaluate_all(
        "links => links.map(link => link.offsetHeight)"
    )
    assert min(heights) >= 24


@pytest.mark.parametrize("path", ["/", "/compromisos/", "/compromisos/MC-250K/"])
def test_a_first_visit_is_light_and_nothing_jumps(new_page, path):
    page = new_page(viewport=PHONE)
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    sizes, addresses = [], []
    network.on("Network.loadingFinished", lambda done: sizes.append(done["encodedDataLength"]))
    page.on("request", lambda request: addresses.append(request.url))
    page.goto(path, wait_until="networkidle")
    shift = page.evaluate(
        """() => new Promise(answer => {
            let shift = 0;
            new PerformanceObserver(list => list.getEntries().forEach(entry => shift += entry.value))
                .observe({type: "layout-shift", buffered: true});
            setTimeout(() => answer(shift), 200);
        })"""
    )
    assert 3 <= len(addresses) <= MOST_REQUESTS, addresses
    assert 5_000 < sum(sizes) <= MOST_BYTES
    assert shift <= MOST_SHIFT


@pytest.mark.parametrize("path", ["/", "/compromisos/MC-250K/"])
def test_what_is_printed_takes_three_sheets(new_page, path):
    page = new_page()
    page.goto(path)
    sheets = re.findall(rb"/Type\s*/Page\b", page.pdf(format="Letter"))
    assert 1 <= len(sheets) <= 3


def test_a_report_is_one_sheet_on_either_paper(new_page, pytestconfig):
    """Of the strategy, each objective and the ministries with most to say, also of a past day. A short run prints those with most."""
    page = new_page()
    paths = ["/informe/", "/informe/?on=2018-06-30", "/objetivos/1/informe/", "/dependencias/9/informe/"]
    if pytestconfig.option.long:
        paths += [f"/objetivos/{number}/informe/" for number in range(2, 6)]
        paths += ["/en/informe/", "/dependencias/27/informe/", "/dependencias/10/informe/"]
    for path in paths:
        page.goto(path)
        sheets = [len(re.findall(rb"/Type\s*/Page\b", page.pdf(format=paper))) for paper in ("A4", "Letter")]
        assert sheets == [1, 1], path
