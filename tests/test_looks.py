"""Do the main pages look as they did at another revision? `make test-long BASE=<revision>`; without one, as at the last commit.

What differs fails the test and is shown side by side, outside the repository.
"""

import base64
import os
import tempfile
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.live import DEMO_PASSWORD, ROOT, Content, Site, sqlite_url
from tests.same_pages import worktree

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.long]

PAGES = {
    "": [
        "/", "/compromisos/", "/compromisos/MC-250K/", "/compromisos/TIC-A6-TRIM/", "/tareas/", "/tareas/MC-250K-T1/",
        "/proyectos/mexico-conectado/", "/objetivos/", "/objetivos/2/", "/dependencias/", "/dependencias/9/", "/calendario/",
        "/como-funciona/", "/semaforo/", "/reprogramaciones/", "/styleguide/",
    ],
    "sct": ["/mi-trabajo/", "/tareas/MC-250K-T1/seguimiento/"],
    "coordinacion": ["/revision/", "/revision/REF-HOG-T1-S1/"],
}  # fmt: skip
WIDTHS, SCHEMES = (360, 1280), ("light", "dark")
HEIGHT = 900
SHOWN = Path(tempfile.gettempdir()) / "edn-looks"
# Folios and hashes stand on the salts of a demonstration, which are new each time.
WITHOUT_DIGESTS = """() => {
    const digest = /EDN-\\d{6}-[0-9A-F]{8}|\\b[0-9a-f]{16,}\\b/g;
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode())
        walk.currentNode.data = walk.currentNode.data.replace(digest, text => text.replace(/\\w/g, "0"));
}"""
# How many pixels of two pictures differ, and a picture with those in red.
DIFFERENCE = """async ([one, other]) => {
    const [theirs, ours] = await Promise.all([one, other].map(async png => createImageBitmap(await (await fetch(png)).blob())));
    const width = Math.max(theirs.width, ours.width), height = Math.max(theirs.height, ours.height);
    const pixels = image => {
        const canvas = new OffscreenCanvas(width, height), drawn = canvas.getContext("2d");
        drawn.drawImage(image, 0, 0);
        return drawn.getImageData(0, 0, width, height);
    };
    const before = new Uint32Array(pixels(theirs).data.buffer), shown = pixels(ours), after = new Uint32Array(shown.data.buffer);
    let differing = 0;
    for (let place = 0; place < after.length; place++)
        if (before[place] !== after[place]) { differing++; after[place] = 0xff0000ff; }
    const canvas = document.createElement("canvas");
    Object.assign(canvas, {width, height}).getContext("2d").putImageData(shown, 0, 0);
    return [differing, canvas.toDataURL()];
}"""


def served(checkout: Path, folder: Path) -> Site:
    """A demonstration made and served by the code of a checkout."""
    folder.mkdir()
    site = Site(Content(folder, sqlite_url(folder)), checkout)
    site.manage("prepare_demo")
    return site.start()


def pictures(chromium, site: Site) -> dict[str, bytes]:
    taken = {}
    for scheme in SCHEMES:
        for account, paths in PAGES.items():
            context = chromium.new_context(base_url=site.url, locale="es-MX", color_scheme=scheme)
            page = context.new_page()
            if account:
                sign_in(page, account)
            for path in paths:
                page.goto(path)
                page.evaluate(WITHOUT_DIGESTS)
                for width in WIDTHS:
                    page.set_viewport_size({"width": width, "height": HEIGHT})
                    name = f"{path.strip('/').replace('/', '_') or 'home'}-{width}-{scheme}"
                    taken[name] = page.screenshot(full_page=True, animations="disabled")
            context.close()
    return taken


def sign_in(page: Page, account: str) -> None:
    page.goto("/cuenta/entrar/")
    page.locator("input[name=login]").fill(f"{account}@demo.example")
    page.locator("input[name=password]").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Iniciar sesión", exact=True).click()
    page.wait_for_url(lambda url: not url.endswith("/cuenta/entrar/"))


def show(page: Page, name: str, theirs: bytes, ours: bytes) -> str:
    """Puts both pictures and what differs into SHOWN; says how much."""
    urls = [f"data:image/png;base64,{base64.b64encode(png).decode()}" for png in (theirs, ours)]
    differing, difference = page.evaluate(DIFFERENCE, urls)
    SHOWN.mkdir(exist_ok=True)
    for kind, png in (
        ("before", theirs),
        ("after", ours),
        ("difference", base64.b64decode(difference.partition(",")[2])),
    ):
        (SHOWN / f"{name}-{kind}.png").write_bytes(png)
    return f"{differing} pixels"


def test_the_main_pages_look_as_at_the_base(chromium, tmp_path):
    base = os.environ.get("BASE", "HEAD")
    with worktree(base) as checkout:
        sites = []
        try:
            for place, code in (("theirs", checkout), ("ours", ROOT)):
                sites.append(served(code, tmp_path / place))
            theirs, ours = (pictures(chromium, site) for site in sites)
        finally:
            for site in sites:
                site.stop()
    page = chromium.new_page()
    assert len(ours) == 20 * len(WIDTHS) * len(SCHEMES)
    differ = {name: show(page, name, theirs[name], ours[name]) for name in ours if theirs[name] != ours[name]}
    page.close()
    assert differ == {}, f"different from {base}: the pictures are in {SHOWN}"
