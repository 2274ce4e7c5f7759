"""What browser tests rely on: a live demo, a real Chromium, axe under our strict policy, and checks that can fail."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.once]


def test_the_demo_is_served_in_both_languages(page):
    assert page.goto("/").status == 200
    expect(page.locator("html")).to_have_attribute("lang", "es-mx")
    assert page.goto("/en/").status == 200
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_axe_runs_under_the_policy_and_finds_a_planted_fault(page, axe):
    page.goto("/styleguide/")
    page.evaluate("document.querySelector('main').append(document.createElement('img'))")
    assert [problem.partition(":")[0] for problem in axe(page)] == ["image-alt"]


def test_a_policy_violation_is_noticed(page, problems):
    page.goto("/")
    page.evaluate("document.body.setAttribute('style', 'color: red')")
    assert len(problems) == 1
    assert "Content Security Policy" in problems.pop()


def test_a_screenshot_is_kept(page, screenshot):
    page.goto("/salud/")
    path = screenshot(page, "infrastructure")
    assert path.read_bytes().startswith(b"\x89PNG")
    path.unlink()


def test_commands_reach_the_live_database(live):
    assert live.manage("verify_ledger").startswith("intact")
