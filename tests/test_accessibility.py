"""axe (WCAG 2.2 AA) on every page of the demonstration, in both languages and both schemes, on a phone's width and a desk's; nothing
scrolls sideways.
"""

import pytest
from playwright.sync_api import Page

from tests.live import DEMO_PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.once]

PAGES = {
    "": [
        "/",
        "/?on=2018-03-15",
        "/?on=2019-01-01",
        "/compromisos/",
        "/compromisos/?on=2018-03-15",
        "/compromisos/MC-250K/?on=2018-03-15",
        "/objetivos/2/?on=2018-03-15",
        "/dependencias/9/?on=2018-03-15",
        "/compromisos/?q=conectado&orden=due",
        "/compromisos/?due_after_year=abc",
        "/compromisos/filtrar/?agency=sct&light=late",
        "/compromisos/filtrar/?due=nunca",
        "/compromisos/?due=nunca",
        "/compromisos/MC-250K/",
        "/compromisos/MX0078/",
        "/tareas/",
        "/tareas/filtrar/",
        "/tareas/MC-250K-T1/",
        "/tareas/REF-PYME-T1/",
        "/solicitudes/REF-PYME-T1-R2/",
        "/proyectos/",
        "/proyectos/mexico-conectado/",
        "/principios/",
        "/principios/1/",
        "/objetivos/",
        "/objetivos/2/",
        "/dependencias/",
        "/dependencias/9/",
        "/dependencias/9/informe/",
        "/dependencias/filtrar/",
        "/contacto/",
        "/ayuda/",
        "/ayuda/punto-de-contacto/",
        "/calendario/",
        "/calendario/?month=2018-12",
        "/calendario/?month=2018-12&view=list",
        "/calendario/?month=nunca",
        "/como-funciona/",
        "/semaforo/",
        "/reprogramaciones/",
        "/cambios/?since=2018-01-01",
        "/buscar/",
        "/buscar/?q=conectado",
        "/buscar/?q=MC-250K&kind=task",
        "/buscar/?q=nada-de-eso",
        "/citar/?of=/compromisos/MC-250K/",
        "/verificar/",
        "/verificar/?folio=1",
        "/verificar/?folio=EDN-999999-00000000",
        "/styleguide/",
        "/correo-demo/",
        "/cuenta/entrar/",
        "/cuenta/contrasena/olvidada/",
        "/no-existe/",
    ],
    "sct@demo.example": [
        "/mi-trabajo/",
        "/mi-trabajo/proponer/",
        "/avisos/",
        "/mi-trabajo/calendario/",
        "/calendario/?month=2018-12&mine=on",
        "/tareas/MC-250K-T1/seguimiento/",
        "/tareas/MC-250K-T9/seguimiento/",
        "/compromisos/MC-250K/tareas/proponer/",
        "/compromisos/MC-250K/reprogramar/?to_due=2018-12-01",
        "/tareas/MC-250K-T2/reprogramar/?to_due=2019-02-15",
        "/tareas/MC-250K-T7/",
        "/solicitudes/MC-250K-T7-R1/",
        "/cuenta/",
        "/cuenta/avisos/",
        "/mi-trabajo/recordatorios/",
        "/cuenta/contrasena/cambiar/",
        "/cuenta/segundo-factor/",
    ],
    "coordinacion@demo.example": [
        "/avisos/",
        "/revision/",
        "/revision/REF-HOG-T1-S1/",
        "/revision/propuestas/",
        "/revision/solicitudes/MC-250K-T7-R1/",
        "/compromisos/REF-HOG/fecha/",
        "/tareas/MC-250K-T2/fecha/corregir/",
        "/semaforo/umbrales/",
        "/semaforo/umbrales/?silent_days=30&behind_points=10&soon_days=5&soon_progress=50&late_percent=33&effective_on=2019-01-01",
        "/compromisos/nuevo/",
        "/compromisos/MC-250K/corregir/",
        "/compromisos/MC-250K/solicitar-cancelaciones/",
        "/tareas/MC-250K-T1/?on=2018-06-01",
        "/compromisos/MX0078/cancelar/",
        "/compromisos/MC-250K/tareas/nueva/",
        "/compromisos/TIC-T7/tareas/para-todas/",
        "/proyectos/nuevo/",
        "/proyectos/mexico-conectado/corregir/",
        "/proyectos/red-gealc/cancelar/",
        "/tareas/MC-250K-T7/corregir/",
        "/tareas/MC-250K-T7/asignar/",
        "/tareas/MC-250K-T7/cancelar/",
        "/seguimientos/MC-250K-T1-S1/",
        "/seguimientos/MC-250K-T1-S1/testar/",
        "/solicitudes/REF-PYME-T1-R2/testar/",
        "/recordatorios/",
        "/recordatorios/?q=sct",
        "/recordatorios/?day=x",
        "/recordatorios/enviados/",
        "/recordatorios/enviados/filtrar/",
        "/recordatorios/carteras/",
        "/tareas/MC-250K-T7/pausa/",
        "/compromisos/MC-250K/pausa/",
    ],
    "administradora@demo.example": [
        "/recordatorios/textos/",
        "/recordatorios/textos/late/es-mx/",
        "/administracion/",
        "/administracion/dependencias/",
        "/administracion/dependencias/nueva/",
        "/administracion/dependencias/9/",
        "/administracion/dependencias/9/corregir/",
        "/administracion/personas/",
        "/administracion/personas/invitar/",
        "/administracion/nombramientos/",
        "/administracion/nombramientos/nuevo/",
        "/administracion/nombramientos/nuevo/?agency=9",
        "/papeles/",
        "/administracion/oficina/",
        "/administracion/oficina/contact/",
    ],
}
HOW_MANY = 119
# All components, and one page of each kind: where a short run looks at contrast too. The theme's colours are the same elsewhere.
CONTRAST = {
    "/", "/compromisos/", "/compromisos/MC-250K/", "/tareas/MC-250K-T1/", "/calendario/", "/styleguide/", "/mi-trabajo/",
    "/tareas/MC-250K-T1/seguimiento/", "/revision/REF-HOG-T1-S1/", "/administracion/",
    "/semaforo/umbrales/?silent_days=30&behind_points=10&soon_days=5&soon_progress=50&late_percent=33&effective_on=2019-01-01",
}  # fmt: skip
# Made of the parts of another page in the list: for a long run.
LIKE_ANOTHER = {
    "/?on=2019-01-01", "/compromisos/?on=2018-03-15", "/objetivos/2/?on=2018-03-15", "/dependencias/9/?on=2018-03-15",
    "/dependencias/9/informe/",
    "/compromisos/?due_after_year=abc", "/compromisos/filtrar/?due=nunca", "/compromisos/MX0078/", "/tareas/filtrar/",
    "/tareas/REF-PYME-T1/", "/calendario/?month=2018-12", "/calendario/?month=nunca", "/verificar/?folio=EDN-999999-00000000",
    "/calendario/?month=2018-12&mine=on", "/tareas/MC-250K-T9/seguimiento/", "/tareas/MC-250K-T7/",
    "/compromisos/MC-250K/reprogramar/?to_due=2018-12-01", "/semaforo/umbrales/", "/proyectos/red-gealc/cancelar/",
    "/solicitudes/REF-PYME-T1-R2/testar/", "/recordatorios/?q=sct", "/recordatorios/?day=x", "/compromisos/MC-250K/pausa/",
    "/administracion/dependencias/nueva/", "/administracion/nombramientos/nuevo/?agency=9", "/ayuda/", "/dependencias/filtrar/",
    "/administracion/oficina/",
}  # fmt: skip
PHONE, DESK, HEIGHT = 320, 1280, 800
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def sign_in(page: Page, email: str) -> None:
    page.goto("/cuenta/entrar/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Iniciar sesión", exact=True).click()
    page.wait_for_url(lambda url: not url.endswith("/cuenta/entrar/"))


def test_the_list_is_as_long_as_it_says():
    assert sum(map(len, PAGES.values())) == HOW_MANY
    assert {path for paths in PAGES.values() for path in paths} >= CONTRAST | LIKE_ANOTHER


@pytest.mark.parametrize(("language", "width", "scheme"), [("es-mx", PHONE, "dark"), ("en", DESK, "light")])
@pytest.mark.parametrize("email", PAGES)
def test_pages_are_accessible(new_page, axe, pytestconfig, email, language, width, scheme):
    """Nothing scrolls sideways at either width. A short run reads each page once, every other one dark and on a phone; a long one in
    all ways.

    axe looks at contrast on a few pages in a short run, and at all components in both schemes.
    """
    is_long, turn = pytestconfig.option.long, ("es-mx", "en").index(language)
    page = new_page(viewport={"width": width, "height": HEIGHT}, color_scheme=scheme)
    other_scheme = "light" if scheme == "dark" else "dark"
    if email:
        sign_in(page, email)
    found = {}
    for path in PAGES[email] if is_long else [path for path in PAGES[email] if path not in LIKE_ANOTHER][turn::2]:
        address = f"/en{path}" if language == "en" else path
        answer = page.goto(address)
        assert (address, answer.status < 500) == (address, True)
        assert page.locator("html").get_attribute("lang") == language
        problems = axe(page, contrast=is_long or path in CONTRAST)
        if page.locator("h1").count() != 1:
            problems.append("not exactly one h1")
        for other in (width, PHONE + DESK - width):
            page.set_viewport_size({"width": other, "height": HEIGHT})
            if page.evaluate(SIDEWAYS):
                problems.append(f"scrolls sideways at {other}")
        if is_long:
            problems += axe(page)
        if is_long or path == "/styleguide/":
            page.emulate_media(color_scheme=other_scheme)
            problems += axe(page)
            page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": HEIGHT})
        if problems:
            found[address] = problems
    assert found == {}
