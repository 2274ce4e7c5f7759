"""The main job, end to end, as its people do it: in a real browser, on the demonstration of 15 October 2018."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.once]

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
TASK = "Conectar 20,000 escuelas públicas de educación básica con banda ancha"
COMMITMENT = "México Conectado: 250,000 sitios y espacios públicos conectados"
HER_PASSWORD = "jacaranda-tranvia-mole-azul-7"


def test_a_follow_up_from_my_work_to_the_public_board(site, open_as, screenshot, tmp_path):
    # A focal point of SCT sees what is overdue and due soon, and opens a task of the commitment.
    focal_point = open_as("sct")
    expect(focal_point.get_by_role("heading", level=1)).to_have_text("Mi trabajo")
    expect(focal_point.get_by_text("Demostración", exact=True)).to_be_visible()
    expect(focal_point.locator("body")).to_contain_text("15/10/2018")
    expect(focal_point.get_by_role("heading", name=re.compile("Tareas atrasadas"))).to_be_visible()
    expect(focal_point.get_by_role("heading", name=re.compile("Vencen en los próximos 30 días"))).to_be_visible()
    screenshot(focal_point, "my-work")
    focal_point.locator("main a.govuk-button", has_text=TASK).click()

    # She logs the follow-up: progress, what was done, next step, obstacle, a PDF and a link.
    focal_point.get_by_label("Avance a la fecha").fill("85")
    focal_point.get_by_label("Qué se hizo").fill("Se conectaron 17,000 escuelas con actas firmadas.")
    focal_point.get_by_label("Siguiente paso").fill("Conectar las 3,000 restantes en noviembre.")
    focal_point.get_by_label("Obstáculo").fill("Dos contratos de última milla están en revisión.")
    report = tmp_path / "actas-octubre.pdf"
    report.write_bytes(PDF)
    focal_point.get_by_label("Archivo").set_input_files(report)
    focal_point.get_by_role("button", name="Agregar", exact=True).click()
    expect(focal_point.get_by_text("Se agregó. También se guardó")).to_be_visible()
    expect(focal_point.get_by_text("actas-octubre.pdf").first).to_be_visible()
    expect(focal_point.get_by_label("Qué se hizo")).to_have_value("Se conectaron 17,000 escuelas con actas firmadas.")
    focal_point.get_by_label("Enlace", exact=False).first.fill("https://www.gob.mx/sct/articulos/escuelas")
    focal_point.get_by_role("button", name="Agregar", exact=True).click()
    expect(focal_point.locator("main a[href^='https://www.gob.mx/sct']").first).to_be_visible()
    screenshot(focal_point, "follow-up-form")

    # She sends it and gets a receipt with a folio.
    focal_point.get_by_role("button", name="Enviar a revisión").click()
    receipt = focal_point.locator("#receipt")
    expect(receipt).to_contain_text("Su folio")
    folio = re.search(r"EDN-\d{6}-[0-9A-F]{8}", receipt.inner_text()).group()
    screenshot(focal_point, "receipt")
    follow_up = focal_point.url

    # The claim is public at once, marked; its text and evidence are not.
    public = open_as()
    public.goto("/tareas/MC-250K-T1/")
    expect(public.locator("main")).to_contain_text("85 %")
    expect(public.locator("main")).not_to_contain_text("17,000 escuelas")
    assert public.goto(follow_up).status == 404

    # A coordinator finds it in Revisión, compares, and returns it with a comment.
    coordinator = open_as("coordinacion")
    coordinator.goto("/revision/")
    coordinator.locator("main tr", has_text=TASK).get_by_role("link").first.click()
    expect(coordinator.get_by_role("heading", name=re.compile("Lo que se prometió y lo que se hizo"))).to_be_visible()
    expect(coordinator.locator("main")).to_contain_text("70 %")
    expect(coordinator.locator("main")).to_contain_text("85 %")
    screenshot(coordinator, "review")
    coordinator.get_by_label("Comentario").fill("Las actas suman 16,000 escuelas: corrija la cifra.")
    coordinator.get_by_role("button", name="Devolver", exact=True).click()
    expect(coordinator.locator("main")).not_to_contain_text("El portal tiene un problema")

    # The focal point sees the comment, corrects and sends again.
    focal_point.goto("/mi-trabajo/")
    expect(focal_point.locator("main")).to_contain_text("Las actas suman 16,000 escuelas: corrija la cifra.")
    focal_point.locator("main a.govuk-button", has_text=TASK).click()
    focal_point.get_by_label("Avance a la fecha").fill("80")
    focal_point.get_by_label("Qué se hizo").fill("Se conectaron 16,000 escuelas con actas firmadas.")
    focal_point.get_by_role("button", name="Enviar a revisión").click()
    expect(focal_point.locator("#receipt")).to_contain_text("Su folio")

    # The coordinator accepts; then adds a task to the commitment and assigns it to the agency.
    coordinator.goto("/revision/")
    coordinator.locator("main tr", has_text=TASK).get_by_role("link").first.click()
    coordinator.get_by_role("button", name=re.compile("Aceptar 80")).click()
    coordinator.goto("/compromisos/MC-250K/")
    coordinator.get_by_role("link", name="Agregar una tarea").click()
    coordinator.get_by_label("Qué debe hacerse").fill("Publicar las actas de las escuelas conectadas")
    coordinator.get_by_label("Entregable").fill("Conjunto de datos en datos.gob.mx")
    for part, value in (("Día", "30"), ("Mes", "11"), ("Año", "2018")):
        coordinator.get_by_role("group", name="Fecha compromiso").get_by_label(part, exact=True).fill(value)
    coordinator.locator("main form button.govuk-button").first.click()
    expect(coordinator.get_by_role("heading", level=1)).to_contain_text("Publicar las actas de las escuelas conectadas")
    focal_point.goto("/mi-trabajo/")
    expect(
        focal_point.get_by_role("link", name="Publicar las actas de las escuelas conectadas", exact=True)
    ).to_be_visible()

    # Signed out: verified beside claimed, the text, the evidence and the whole history.
    public.goto("/")
    screenshot(public, "board")
    public.get_by_role("link", name="Compromisos", exact=True).first.click()
    public.get_by_role("link", name=COMMITMENT).click()
    main = public.locator("main")
    expect(main).to_contain_text("Verificado")
    expect(main).to_contain_text("Reportado")
    expect(main).to_contain_text("Se conectaron 16,000 escuelas con actas firmadas.")
    expect(main).not_to_contain_text("corrija la cifra")
    expect(main).to_contain_text(folio)
    for event in ("Seguimiento enviado", "Seguimiento devuelto", "Seguimiento aceptado", "Tarea agregada"):
        expect(main).to_contain_text(event)
    public.goto("/tareas/MC-250K-T1/")
    with public.expect_download() as download:
        public.get_by_role("link", name=re.compile("actas-octubre")).first.click()
    assert Path(download.value.path()).read_bytes() == PDF
    screenshot(public, "commitment")

    # The folio verifies, and the record is intact.
    public.goto("/verificar/")
    public.get_by_label(re.compile("[Ff]olio")).first.fill(folio)
    public.locator("main form button").first.click()
    expect(public.locator("main")).to_contain_text(folio)
    expect(public.locator("main")).to_contain_text("MC-250K-T1")
    screenshot(public, "verify")
    assert "intact" in site.manage("verify_ledger")


def test_an_administrator_fills_an_empty_seat(site, open_as, screenshot):
    administrator = open_as("administradora")

    # She adds an agency, …
    administrator.goto("/administracion/dependencias/nueva/")
    administrator.get_by_label("Clave").fill("9-Z99")
    administrator.get_by_label("Siglas").fill("INCD")
    administrator.get_by_label("Nombre oficial").fill("Instituto Nacional de Conectividad Digital")
    administrator.get_by_label("Tipo").select_option(label="Órgano administrativo desconcentrado")
    administrator.get_by_label("Cabeza de sector").select_option(index=1)
    administrator.get_by_role("button", name="Registrar").click()
    expect(administrator.get_by_role("heading", level=1)).to_contain_text("Instituto Nacional de Conectividad Digital")

    # … invites a person, …
    administrator.goto("/administracion/personas/invitar/")
    administrator.get_by_label("Nombre completo").fill("Persona Ficticia de Prueba")
    administrator.get_by_label("Correo electrónico").fill("persona.prueba@demo.example")
    administrator.get_by_role("button", name="Invitar").click()

    # … and appoints her as that agency's focal point.
    administrator.goto("/administracion/nombramientos/nuevo/?dependencia=9-Z99")
    screenshot(administrator, "appointment-search")
    choose_in_search(administrator, "INCD", "Instituto Nacional de Conectividad Digital")
    choose_in_search(administrator, "Persona Ficticia", "Persona Ficticia de Prueba")
    administrator.locator("main form button.govuk-button").last.click()
    expect(administrator.locator("main")).to_contain_text("Persona Ficticia de Prueba")
    expect(administrator.locator("main")).not_to_contain_text("Hay un problema")

    # She signs in from the mail she got and sees her agency's work.
    person = open_as()
    person.goto("/correo-demo/")
    row = person.get_by_role("row").filter(has_text="persona.prueba@demo.example")
    row.get_by_role("link").first.click()
    person.locator("main .edn-prose a").first.click()
    for field in person.locator("main input[type=password]").all():
        field.fill(HER_PASSWORD)
    person.locator("main form button.govuk-button").first.click()
    if "/cuenta/entrar/" in person.url:
        person.get_by_label("Correo electrónico").fill("persona.prueba@demo.example")
        person.get_by_label("Contraseña", exact=True).fill(HER_PASSWORD)
        person.get_by_role("button", name="Iniciar sesión", exact=True).click()
    person.goto("/mi-trabajo/")
    expect(person.get_by_role("heading", level=1)).to_have_text("Mi trabajo")
    expect(person.locator("main")).to_contain_text("INCD")
    screenshot(person, "her-first-day")
    assert "intact" in site.manage("verify_ledger")


def choose_in_search(page: Page, words: str, found: str) -> None:
    """Answer a search step of the appointment form, where it is still asked."""
    box = page.locator("main").get_by_role("search")
    if box.count():
        box.get_by_role("textbox").fill(words)
        box.get_by_role("button").click()
        page.get_by_role("link", name=re.compile(re.escape(found))).first.click()
