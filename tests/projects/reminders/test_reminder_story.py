"""How people hear of their dates: rehearsal, sending, bell and one click, in a real browser, on the demonstration of 15 October 2018."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.long]


def test_people_are_told_what_was_rehearsed_and_told_once(site, open_as, screenshot):
    # Anybody reads a commitment as it stood on a day.
    public = open_as()
    public.goto("/en/compromisos/MC-250K/?on=2018-06-30")
    expect(public.locator("main")).to_contain_text("30 June 2018")
    screenshot(public, "as-it-stood")

    # What the rehearsal announces for tomorrow is what goes out, once, however often the command runs.
    coordinator = open_as("coordinacion")
    coordinator.goto("/en/recordatorios/?day=2018-10-16")
    expect(coordinator.get_by_role("heading", level=1)).to_have_text("Reminders of the next two weeks")
    announced = int(re.search(r"(\d+) messages?", coordinator.get_by_role("status").inner_text()).group(1))
    screenshot(coordinator, "rehearsal")
    assert announced > 0
    site.manage("send_due", "--on", "2018-10-15T10:00")
    first = site.manage("send_due", "--on", "2018-10-16T10:00")
    assert f": {announced} sent," in first, first
    again = site.manage("send_due", "--on", "2018-10-16T17:00")
    assert ": 0 sent," in again, again
    coordinator.goto("/en/recordatorios/enviados/")
    expect(coordinator.locator("main")).to_contain_text("16/10/2018")
    screenshot(coordinator, "sent")

    # The bell tells SCT what others did to its items, until it is marked as seen.
    focal_point = open_as("sct")
    focal_point.goto("/en/avisos/")
    expect(focal_point.locator("main")).to_contain_text("MC-250K")
    screenshot(focal_point, "notices")
    focal_point.get_by_role("button", name="Mark as seen").click()
    focal_point.goto("/en/avisos/")
    expect(focal_point.get_by_role("button", name="Mark as seen")).to_have_count(0)

    # One click says that nothing changed elsewhere.
    focal_point.goto("/en/mi-trabajo/")
    screenshot(focal_point, "my-work-en")
    focal_point.get_by_role("button", name=re.compile("No change, still valid")).first.click()
    expect(focal_point.locator("body")).to_contain_text("It counts as an update, not as progress.")
    assert "intact" in site.manage("verify_ledger")
