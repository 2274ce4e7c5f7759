"""A date that could not be kept, end to end in a real browser, on the demonstration: asked for, its effect seen, decided, published."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.once]

TASK = "MC-250K-T2"  # of SCT, due on 28 September 2018
PDF = {"name": "oficio.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n%%EOF\n"}
REASON = "Los 840 centros que cambiaron de domicilio se migran en noviembre, según el oficio adjunto."


def type_date(page: Page, day: str, month: str, year: str) -> None:
    for name, value in (("Day", day), ("Month", month), ("Year", year)):
        page.get_by_label(name, exact=True).fill(value)


def test_a_date_is_asked_for_decided_and_never_forgotten(open_as, screenshot, tmp_path):
    agency = open_as("sct")
    agency.goto(f"/en/tareas/{TASK}/")
    agency.locator(".govuk-inset-text").get_by_role("link", name="Ask for a new date").click()
    expect(agency.get_by_role("button", name="See the effect")).to_be_hidden()
    effect = agency.locator("#effect")
    type_date(agency, "29", "2", "2019")
    expect(effect).to_contain_text("There is no day 29 in February 2019")
    type_date(agency, "15", "2", "2019")
    expect(effect).to_contain_text("+140 days")
    expect(effect).to_contain_text("the commitment's date moves too, from 31/12/2018 to 15/02/2019")
    expect(effect).to_contain_text("beyond the end of the strategy")
    assert "2019" not in agency.url
    type_date(agency, "12 de noviembre de 2018", "", "")
    expect(effect).to_contain_text("+45 days")
    expect(effect).not_to_contain_text("moves too")
    screenshot(agency, "ask-for-a-date")
    agency.get_by_label("Depends on another agency").check()
    agency.get_by_role("textbox", name="Reason").fill(REASON)
    chosen = agency.get_by_label("Files")
    large = tmp_path / "plan.pdf"
    with large.open("wb") as file:
        file.truncate(41 * 1024**2)
    chosen.set_input_files([large])
    expect(agency.get_by_role("alert")).to_have_text(re.compile("“plan.pdf” is larger than 25 MB"))
    expect(chosen).to_have_value("")
    chosen.set_input_files([PDF])
    expect(agency.get_by_role("alert")).to_be_hidden()
    agency.get_by_role("button", name="Send the request").click()
    expect(agency.get_by_role("heading", level=1)).to_have_text("Rescheduling")
    request = agency.url

    public = open_as()
    public.goto(request)
    expect(public.locator("main")).to_contain_text("+45 days")
    expect(public.locator("main")).not_to_contain_text(REASON)

    office = open_as("coordinacion")
    office.goto("/en/revision/")
    office.get_by_role("link", name="Migrar 12,000 centros de salud").click()
    expect(office.locator("main")).to_contain_text("How SCT has kept its dates")
    expect(office.locator("main")).to_contain_text(REASON)
    screenshot(office, "decide-on-a-date")
    office.get_by_role("textbox", name="Comment").fill("De acuerdo.")
    office.get_by_role("button", name="Approve 12/11/2018").click()
    expect(office.locator(".govuk-notification-banner")).to_contain_text("was approved")

    public.goto(f"/en/tareas/{TASK}/")
    main = public.locator("main")
    expect(main).to_contain_text("moved 1 time, +45 days · first date 28/09/2018")
    expect(main).to_contain_text("17 days late when approved")
    expect(public.locator(".edn-status").first).to_have_text("At risk")
    public.get_by_text("Why this light?").click()
    expect(public.locator("details[open]")).to_contain_text("rule version 1")
    public.goto(request)
    expect(public.locator("main")).to_contain_text(REASON)
    expect(public.locator("main")).not_to_contain_text("De acuerdo.")


def test_without_a_script_a_button_shows_the_effect_and_the_text_stays(open_as):
    page = open_as("sct", java_script_enabled=False, viewport={"width": 320, "height": 900})
    page.goto(f"/en/tareas/{TASK}/reprogramar/")
    type_date(page, "12", "11", "2018")
    page.get_by_role("textbox", name="Reason").fill(REASON)
    page.get_by_role("button", name="See the effect").click()
    expect(page.locator("#effect")).to_contain_text("+45 days")
    expect(page.get_by_role("textbox", name="Reason")).to_have_value(REASON)
    assert REASON.split()[0] not in page.url
