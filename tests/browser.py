"""Fixtures that drive a real Chromium against the live site. The database is not touched from these tests' thread."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.live import DEMO_PASSWORD, ROOT, Site

SCREENSHOTS = ROOT / "tests" / "screenshots"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
)
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
WCAG_22_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def chromium_path() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


# Per module: while Playwright runs, its event loop bars the same thread from the ORM.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = chromium_path()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("There is no Chromium here, and CI must drive one.", pytrace=False)
        pytest.skip("no Chromium on the PATH")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def problems() -> list[str]:
    """What the browser complained of: scripts that fail, what the policy refuses. A test that provokes one takes it out."""
    return []


@pytest.fixture
def new_page(chromium: Browser, live: Site, problems: list[str]) -> Iterator[Callable[..., Page]]:
    """Opens a page in a fresh browser profile: one person's own browser. Options are Playwright's `new_context`."""
    contexts = []

    def note(message: ConsoleMessage) -> None:
        # Chromium logs each answer of 400 and more; whether that was right is for the test to say.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            problems.append(message.text)

    def open_page(**options: Any) -> Page:
        settings = {"base_url": live.url, "locale": "es-MX", "viewport": {"width": 1280, "height": 900}}
        context = chromium.new_context(**(settings | options))
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", note)
        page.on("pageerror", lambda error: problems.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert problems == [], "the browser's console shows errors"


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    """A demonstration of its own, for a story that changes it."""
    return make_site("demo").start()


@pytest.fixture
def open_as(chromium: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Somebody's own browser on `site`, signed in where a demo account is named: `open_as("sct")`. Options as for `new_page`."""
    contexts = []

    def open_page(account: str = "", **options: Any) -> Page:
        settings = {"base_url": site.url, "viewport": {"width": 1280, "height": 900}}
        context = chromium.new_context(**(settings | options))
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        if account:
            page.goto("/mi-trabajo/")
            page.locator("input[name=login]").fill(f"{account}@demo.example")
            page.locator("input[name=password]").fill(DEMO_PASSWORD)
            page.get_by_role("button", name="Iniciar sesión", exact=True).click()
            page.wait_for_url("**/mi-trabajo/")
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A page at 1280 px, in Spanish."""
    return new_page()


@pytest.fixture
def axe() -> Callable[..., list[str]]:
    """Violations of WCAG 2.2 AA on a page, each with the elements that cause it; equal to [] when there is none.

    Contrast takes as long as all other rules together, and can be left out.
    """

    def check(page: Page, *, contrast: bool = True) -> list[str]:
        # The policy refuses a script tag; evaluating the source does not need one.
        page.evaluate(AXE)
        found = page.evaluate(
            """([tags, contrast]) => axe.run(document, {
                runOnly: tags, resultTypes: ["violations"], rules: {"color-contrast": {enabled: contrast}},
            })""",
            [WCAG_22_AA, contrast],
        )
        return [
            f"{rule['id']}: {rule['help']} {json.dumps([node['target'] for node in rule['nodes']])}"
            for rule in found["violations"]
        ]

    return check


@pytest.fixture
def screenshot() -> Callable[[Page, str], Path]:
    """Keeps what the person saw, as tests/screenshots/<name>.png (not under version control)."""

    def take(page: Page, name: str) -> Path:
        SCREENSHOTS.mkdir(exist_ok=True)
        path = SCREENSHOTS / f"{name}.png"
        page.screenshot(path=path, full_page=True)
        return path

    return take


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if chromium_path() is None:
        terminalreporter.section("NO BROWSER", "!", red=True, bold=True)
        terminalreporter.line("The browser tests did NOT run: install chromium (Debian: apt-get install chromium).")
