"""Files sent by the page's script while somebody writes, and without that script: in a real browser, on the demonstration."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

pytestmark = [pytest.mark.browser, pytest.mark.once]

PDF = b"%PDF-1.7\n%%EOF\n"


def pdf(name: str) -> dict:
    return {"name": name, "mimeType": "application/pdf", "buffer": PDF + name.encode()}


def fill(page: Page) -> None:
    page.get_by_label("Avance a la fecha").fill("85")
    page.get_by_label("Qué se hizo").fill("Se conectaron 17,000 escuelas.")


def test_send_waits_for_the_files_and_stays_where_one_is_refused(open_as):
    page = open_as("sct")
    page.goto("/tareas/MC-250K-T1/seguimiento/")
    fill(page)
    chosen, send = page.get_by_label("Archivo"), page.get_by_role("button", name="Enviar a revisión")
    on_its_way: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.headers.get("x-requested-with") == "upload":
            on_its_way.append(route)
        else:
            route.continue_()

    page.route("**/seguimiento/", hold)

    def choose(file: dict) -> None:
        chosen.set_input_files([file])
        while not on_its_way:
            page.wait_for_timeout(20)
        expect(page.get_by_role("progressbar", name=file["name"])).to_be_visible()

    def arrive() -> None:
        expect(page.locator("#receipt")).to_have_count(0)
        on_its_way.pop().continue_()

    # A refused file: nothing is sent, the page says why, and what was typed stays.
    choose({"name": "actas.pdf", "mimeType": "application/pdf", "buffer": b"MZ"})
    send.click()
    arrive()
    expect(page.locator(".edn-file--refused")).to_contain_text("actas.pdf")
    expect(chosen).to_be_focused()
    expect(page.get_by_label("Qué se hizo")).to_have_value("Se conectaron 17,000 escuelas.")

    # That press is over: the next file is added, and nothing is sent by itself.
    choose(pdf("plan.pdf"))
    arrive()
    expect(page.locator("[data-upload-list]")).to_contain_text("plan.pdf")
    # What will be public stands in the preview too: what was typed, and the file that arrived, not the one that was refused.
    preview = page.locator("[data-mirrors]")
    expect(preview.locator("[data-mirror-files] li")).to_have_text([re.compile("plan.pdf")])
    expect(preview.locator("[data-mirror=id_done]")).to_have_text("Se conectaron 17,000 escuelas.")
    expect(page.get_by_role("progressbar")).to_have_count(0)

    # A slow one: the press waits for it, and it travels along.
    choose(pdf("oficio.pdf"))
    send.click()
    arrive()
    expect(page.locator("#receipt")).to_contain_text("Su folio")
    expect(page.locator("main")).to_contain_text("oficio.pdf")
    expect(page.locator("main")).to_contain_text("plan.pdf")

    # Without the script the file travels with the button.
    page = open_as("sct", java_script_enabled=False)
    page.goto("/tareas/MC-250K-T2/seguimiento/")
    fill(page)
    page.get_by_label("Archivo").set_input_files([pdf("minuta.pdf")])
    page.get_by_role("button", name="Enviar a revisión").click()
    expect(page.locator("#receipt")).to_contain_text("Su folio")
    expect(page.locator("main")).to_contain_text("minuta.pdf")
