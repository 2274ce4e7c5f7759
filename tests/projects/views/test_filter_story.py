"""The form of a list's filters, opened in place in a real browser, and as the page that it is without scripts."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.once]


def test_the_filters_open_in_place_and_close_with_escape(page):
    page.goto("/compromisos/?agency=sct")
    button = page.get_by_role("button", name="Filtrar")
    expect(button).to_have_attribute("aria-expanded", "false")
    button.focus()
    page.keyboard.press("Space")
    agency = page.locator("#id_agency")
    expect(agency).to_have_value("sct")
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(button).to_be_focused()

    # The form comes right after its button; Escape closes it from within and leaves the answers.
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(agency).to_be_hidden()
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    agency.fill("sep")
    agency.press("Enter")
    page.wait_for_url("**/compromisos/?*agency=sep*")
    expect(page.locator(".edn-filter-chosen")).to_contain_text("sep")

    # With nobody to ask, the link is a link.
    page.route(
        "**/filtrar/**", lambda route: route.abort() if route.request.resource_type == "fetch" else route.continue_()
    )
    page.get_by_role("button", name="Filtrar").click()
    page.wait_for_url("**/compromisos/filtrar/?*agency=sep*")


def test_a_wrong_filter_leads_to_its_field_without_scripts(new_page):
    page = new_page(java_script_enabled=False)
    page.goto("/compromisos/?due=never&agency=sct")
    page.locator(".govuk-error-summary a").click()
    page.wait_for_url("**/compromisos/filtrar/?*due=never#id_due")
    expect(page.locator("#id_agency")).to_have_value("sct")
    page.locator("#id_due").select_option("any")
    page.get_by_role("button", name="Mostrar").click()
    page.wait_for_url("**/compromisos/?*due=any*")
    expect(page.locator("table.edn-table--items")).to_be_visible()
    page.get_by_role("link", name="Filtrar").click()
    page.get_by_role("link", name="Quitar todos los filtros").click()
    page.wait_for_url("**/compromisos/")
