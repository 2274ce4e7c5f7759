"""Words that cannot be broken, such as an address in a title, push no page wider than a telephone."""

import pytest

from tests.live import DEMO_PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.long]

WORD = "https://www.gob.mx/" + "estrategiadigitalnacional" * 4
# Whatever was typed may be such a word, a code too: every text of the page that is longer than a word or two. On a wide screen, of
# tables what people typed alone: the portal's own words in short columns stay whole.
EVERY_TEXT_IS_ONE_WORD = """([word, everywhere]) => {
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  let changed = 0;
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (walker.currentNode.data.trim().length < 16 || parent.closest(".edn-fictional, option")) continue;
    if (!everywhere && parent.closest("td, th") && !parent.closest("a, main [lang]")) continue;
    walker.currentNode.data = word;
    changed += 1;
  }
  return changed;
}"""
TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const wide = [...document.querySelectorAll("main *")]
    .filter(one => one instanceof HTMLElement && one.getBoundingClientRect().right > width + 1);
  return wide.slice(0, 5).map(one => one.tagName + "." + one.className);
}"""
PAGES = {
    "": (
        "/", "/compromisos/", "/compromisos/MC-250K/", "/tareas/", "/proyectos/mexico-conectado/", "/dependencias/9/", "/objetivos/1/",
        "/calendario/", "/calendario/?view=list", "/como-funciona/",
    ),
    "sct": ("/mi-trabajo/", "/avisos/"),
    "coordinacion": ("/revision/", "/recordatorios/"),
}  # fmt: skip


@pytest.mark.parametrize("account", PAGES)
def test_long_words_wrap_on_the_main_pages(new_page, account):
    page, wide = new_page(), {}
    if account:
        page.goto("/mi-trabajo/")
        page.locator("input[name=login]").fill(f"{account}@demo.example")
        page.locator("input[name=password]").fill(DEMO_PASSWORD)
        page.get_by_role("button", name="Iniciar sesión", exact=True).click()
        page.wait_for_load_state()
    for address in PAGES[account]:
        page.goto(address)
        for width in (1280, 360, 320):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate(EVERY_TEXT_IS_ONE_WORD, [WORD, width < 641]) or width == 320, address
            if found := page.evaluate(TOO_WIDE):
                wide[address, width] = found
    assert wide == {}
