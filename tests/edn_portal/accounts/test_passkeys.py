"""A passkey from the first invitation on, in a real browser with a virtual device, under the site's own strict policy."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.live import Site
from tests.signing_in import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.once]
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def press(page: Page, words: str) -> None:
    page.get_by_role("main").get_by_role("button", name=re.compile(words)).click()


def test_a_passkey_signs_in_alone_and_after_the_password(
    chromium: Browser, make_site: Callable[..., Site], axe: Callable[[Page], list[str]]
) -> None:
    site = make_site("empty").start()
    said = site.manage("create_administrator", "jefa@cedn.example", "--name", "Jefa de Turno", "--language", "en")
    link = re.search(r"http://\S+", said)
    assert link
    context = chromium.new_context(base_url=site.url, locale="en")
    page = context.new_page()
    problems: list[Any] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})

    page.goto(link[0])
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password again").fill(PASSWORD)
    assert axe(page) == []
    press(page, "Set the password and sign in")
    page.goto("/en/cuenta/segundo-factor/llaves/nueva/")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Confirm")
    page.get_by_label("Let it sign me in by itself, without the password").check()
    assert axe(page) == []
    press(page, "Add a passkey")
    page.wait_for_url("**/cuenta/segundo-factor/codigos/")
    assert len(page.locator("main li.edn-code").all()) == 10
    assert axe(page) == []
    for address in ("/en/cuenta/", "/en/cuenta/segundo-factor/", "/en/cuenta/segundo-factor/llaves/"):
        page.goto(address)
        assert axe(page) == [], address
    page.goto("/en/cuenta/segundo-factor/aplicacion/activar/")
    assert page.locator("main svg").bounding_box()["width"] > 100  # type: ignore[index]
    assert axe(page) == []

    page.get_by_role("button", name="Sign out").click()
    assert axe(page) == []
    press(page, "Sign in with a passkey")
    page.wait_for_url("**/administracion/")

    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("E-mail").fill("jefa@cedn.example")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "^Sign in$")
    page.wait_for_url("**/cuenta/segundo-factor/codigo/")
    assert axe(page) == []
    press(page, "Use a passkey")
    page.wait_for_url("**/administracion/")
    assert problems == []
    context.close()
