"""Nothing typed is lost: a form sent after its session has ended gives the text back to whoever typed it, and does nothing else."""

import html
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from focalpoints.models import User
from focalpoints.one_time_links import INVITATION, RESET
from focalpoints.pages import typed_text
from focalpoints.sealing import seal, unseal
from tests.a_form import SENT
from tests.signing_in import PASSWORD, add_authenticator, code_now, hidden, is_signed_in, sign_in

pytestmark = pytest.mark.usefixtures("fast_hashing")

TEXT = "Se conectaron 1,204 sitios de «Ñuu Savi» <b>en julio</b>\r\ny faltan 96."
SHOWN = html.escape(TEXT)
PAPER = "/papel/"


@pytest.fixture(autouse=True)
def _a_page_with_a_form(settings: Any) -> Iterator[None]:
    settings.ROOT_URLCONF = "tests.a_form"
    SENT.clear()
    yield
    SENT.clear()


@pytest.fixture
def browser() -> Client:
    """A browser whose forms are checked for their token, as in real life."""
    return Client(enforce_csrf_checks=True)


def enter(browser: Client, person: User, **fields: str) -> Any:
    """Sign in with the form of the sign-in page."""
    page = browser.get(reverse("account_login")).content.decode()
    return sign_in(browser, person, csrfmiddlewaretoken=hidden(page, "csrfmiddlewaretoken"), **fields)


def fill_in(browser: Client, **typed: Any) -> dict[str, Any]:
    """Open the page and type; returns what the form will send."""
    page = browser.get(PAPER).content.decode()
    return {
        "csrfmiddlewaretoken": hidden(page, "csrfmiddlewaretoken"),
        "typed_by": hidden(page, "typed_by"),
        "text": TEXT,
        "note": "ñandú",
    } | typed


def send(browser: Client, form: dict[str, Any], path: str = PAPER, **headers: str) -> Any:
    return browser.post(path, form, headers={"referer": f"http://testserver{PAPER}"} | headers)


def answer_the_sign_in_page(browser: Client, response: Any, person: User, **fields: str) -> Any:
    """Send the sign-in page that came as an answer, with all its hidden fields."""
    page = response.content.decode()
    names = ("csrfmiddlewaretoken", "next", "carried")
    return sign_in(browser, person, **{name: html.unescape(hidden(page, name)) for name in names} | fields)


def delete_session(browser: Client) -> None:
    Session.objects.all().delete()


def sign_out(browser: Client) -> None:
    token = browser.cookies[settings.CSRF_COOKIE_NAME].value
    browser.post(reverse("account_logout"), {"csrfmiddlewaretoken": token})


@pytest.mark.parametrize("end", [delete_session, sign_out])
def test_the_text_comes_back_to_its_page_and_is_not_sent(browser: Client, ana: User, end: Any) -> None:
    enter(browser, ana)
    form = fill_in(browser)
    end(browser)
    late = send(browser, form)
    assert late.status_code == 401
    assert late.headers["WWW-Authenticate"].startswith("Cookie ")
    assert "no-store" in late.headers["Cache-Control"]
    assert "Savi" not in late.content.decode()
    assert "ñandú" not in late.content.decode()
    back = answer_the_sign_in_page(browser, late, ana)
    assert back.headers["Location"] == PAPER
    for _reload in range(2):
        page = browser.get(PAPER).content.decode()
        assert SHOWN in page
        assert "ñandú" in page
    assert SENT == []
    send(browser, fill_in(browser))
    assert [sent["note"] for sent in SENT] == ["ñandú"]
    assert "Savi" not in browser.get(PAPER).content.decode()


def test_after_half_an_hour_away_the_text_comes_back(browser: Client, ana: User) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        enter(browser, ana)
        form = fill_in(browser)
        clock.shift(31 * 60)
        late = send(browser, form)
        assert late.status_code == 401
        assert Session.objects.count() == 0
        answer_the_sign_in_page(browser, late, ana)
        assert SHOWN in browser.get(PAPER).content.decode()
        assert SENT == []


def test_a_wrong_password_first_loses_nothing(browser: Client, ana: User) -> None:
    enter(browser, ana)
    form = fill_in(browser)
    delete_session(browser)
    refused = answer_the_sign_in_page(browser, send(browser, form), ana, password="not the right one")
    assert refused.status_code == 200
    assert answer_the_sign_in_page(browser, refused, ana).headers["Location"] == PAPER
    assert SHOWN in browser.get(PAPER).content.decode()


def test_somebody_else_does_not_see_the_text(browser: Client, ana: User, beto: User) -> None:
    enter(browser, ana)
    form = fill_in(browser)
    delete_session(browser)
    back = answer_the_sign_in_page(browser, send(browser, form), beto)
    assert back.headers["Location"] == reverse("projects:board")
    assert is_signed_in(browser)
    assert "Savi" not in browser.get(PAPER).content.decode()
    assert typed_text.CARRIED not in browser.session


def test_the_text_comes_back_after_the_second_factor(browser: Client, ana: User) -> None:
    enter(browser, ana)
    form = fill_in(browser)
    delete_session(browser)
    add_authenticator(ana)
    half = answer_the_sign_in_page(browser, send(browser, form), ana)
    assert half.headers["Location"] == reverse("mfa_authenticate")
    assert browser.get(PAPER).status_code == 302
    page = browser.get(reverse("mfa_authenticate")).content.decode()
    code = {"code": code_now(), "csrfmiddlewaretoken": hidden(page, "csrfmiddlewaretoken")}
    assert browser.post(reverse("mfa_authenticate"), code).headers["Location"] == PAPER
    assert SHOWN in browser.get(PAPER).content.decode()
    assert SENT == []


def test_what_was_tampered_with_is_dropped(browser: Client, ana: User) -> None:
    enter(browser, ana)
    form = fill_in(browser)
    delete_session(browser)
    late = send(browser, form)
    sealed = hidden(late.content.decode(), "carried")
    forged = sealed[:40] + ("A" if sealed[40] != "A" else "B") + sealed[41:]
    answer_the_sign_in_page(browser, late, ana, carried=forged)
    assert is_signed_in(browser)
    assert "Savi" not in browser.get(PAPER).content.decode()


@pytest.mark.parametrize("mark", ["", "P-AAAAAAAA", "P-AAAAAAAA:1abc:forged"])
def test_without_a_genuine_mark_nothing_is_carried(browser: Client, ana: User, mark: str) -> None:
    enter(browser, ana)
    form = fill_in(browser, typed_by=mark)
    delete_session(browser)
    late = send(browser, form)
    assert late.status_code == 401
    assert hidden(late.content.decode(), "carried") == ""
    assert late.context["reason"] == "not_kept"


def test_a_text_too_long_to_carry_is_said(browser: Client, ana: User) -> None:
    enter(browser, ana)
    form = fill_in(browser, text="x" * typed_text.LONGEST)
    delete_session(browser)
    late = send(browser, form)
    assert late.status_code == 401
    assert late.context["reason"] == "too_long"
    assert hidden(late.content.decode(), "carried") == ""


def test_a_hundred_thousand_characters_are_carried(browser: Client, ana: User) -> None:
    enter(browser, ana)
    form = fill_in(browser, text="y" * 100_000)
    delete_session(browser)
    answer_the_sign_in_page(browser, send(browser, form), ana)
    assert "y" * 100_000 in browser.get(PAPER).content.decode()


def test_after_twelve_hours_the_text_is_gone(browser: Client, ana: User) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        enter(browser, ana)
        form = fill_in(browser)
        delete_session(browser)
        late = send(browser, form)
        clock.shift(12 * 3600 + 1)
        answer_the_sign_in_page(browser, late, ana)
        assert "Savi" not in browser.get(PAPER).content.decode()


def test_files_do_not_come_along_and_this_is_said(browser: Client, ana: User) -> None:
    enter(browser, ana)
    form = fill_in(browser, letter=SimpleUploadedFile("oficio.pdf", b"%PDF-1.7 secret"))
    delete_session(browser)
    answer_the_sign_in_page(browser, send(browser, form), ana)
    page = browser.get(PAPER)
    assert SHOWN in page.content.decode()
    assert len(page.content.decode().split("[")) == 3  # two messages


def test_a_form_without_a_page_of_its_own_leads_to_the_page_it_stood_on(browser: Client, ana: User) -> None:
    enter(browser, ana)
    form = fill_in(browser)
    delete_session(browser)
    late = send(browser, form, path=reverse("paper_save"))
    assert answer_the_sign_in_page(browser, late, ana).headers["Location"] == PAPER
    assert SHOWN in browser.get(PAPER).content.decode()


def test_a_button_alone_leaves_nothing_behind_and_leads_back(browser: Client, ana: User) -> None:
    """Of a form without a field: nothing was typed, so nothing is kept, nor does any page speak of it."""
    enter(browser, ana)
    form = {name: value for name, value in fill_in(browser).items() if name not in ("text", "note")}
    delete_session(browser)
    late = send(browser, form, path="/papel/borrador/")
    assert (late.status_code, 'name="carried"' in late.text) == (401, False)
    back = sign_in(
        browser, ana, **{name: html.unescape(hidden(late.text, name)) for name in ("csrfmiddlewaretoken", "next")}
    )
    assert back.headers["Location"] == PAPER
    assert typed_text.CARRIED not in browser.session


@pytest.mark.parametrize("referer", ["http://evil.example/papel/", "http://testserver//evil.example/", "nonsense", ""])
def test_the_way_back_never_leads_elsewhere(browser: Client, ana: User, referer: str) -> None:
    enter(browser, ana)
    form = fill_in(browser)
    delete_session(browser)
    late = send(browser, form, referer=referer)
    assert answer_the_sign_in_page(browser, late, ana).headers["Location"] == PAPER


def test_a_text_whose_form_is_gone_can_still_be_read_and_let_go(browser: Client, ana: User) -> None:
    enter(browser, ana)
    form = fill_in(browser)
    delete_session(browser)
    answer_the_sign_in_page(browser, send(browser, form), ana)
    notice = f'href="{reverse("account_text")}"'
    assert notice not in browser.get(PAPER).content.decode()
    assert notice in browser.get(reverse("account")).content.decode()
    page = browser.get(reverse("account_text")).content.decode()
    assert SHOWN in page
    assert notice not in page
    browser.post(reverse("account_text"), {"csrfmiddlewaretoken": hidden(page, "csrfmiddlewaretoken")})
    assert notice not in browser.get(reverse("account")).content.decode()
    assert "Savi" not in browser.get(PAPER).content.decode()


def test_a_text_about_one_person_is_not_offered_for_another(browser: Client, ana: User) -> None:
    enter(browser, ana)
    form = fill_in(browser)
    delete_session(browser)
    about = f"{PAPER}?person=P-2222"
    late = send(browser, form, path=about, referer=f"http://testserver{about}")
    assert answer_the_sign_in_page(browser, late, ana).headers["Location"] == about
    assert "Savi" not in browser.get(f"{PAPER}?person=P-3333").content.decode()
    assert SHOWN in browser.get(about).content.decode()


def test_a_draft_saved_afterwards_wins_over_the_carried_text(browser: Client, ana: User) -> None:
    enter(browser, ana)
    form = fill_in(browser)
    delete_session(browser)
    answer_the_sign_in_page(browser, send(browser, form), ana)
    form = fill_in(browser)
    saved = send(browser, form, path=reverse("paper_save"), **{"x-requested-with": "autosave"})
    assert saved.status_code == 204
    assert "Savi" not in browser.get(PAPER).content.decode()


def test_a_background_save_after_the_end_gets_a_plain_401(browser: Client, ana: User) -> None:
    enter(browser, ana)
    form = fill_in(browser)
    delete_session(browser)
    answer = send(browser, form, path=reverse("paper_save"), **{"x-requested-with": "autosave"})
    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/json"


def test_passwords_are_never_carried(browser: Client, ana: User) -> None:
    enter(browser, ana)
    page = browser.get(reverse("account_change_password")).content.decode()
    form = {name: hidden(page, name) for name in ("csrfmiddlewaretoken", "typed_by")}
    delete_session(browser)
    form |= {"oldpassword": PASSWORD, "password1": "cuatro nubes bajan", "password2": "cuatro nubes bajan"}
    late = browser.post(reverse("account_change_password"), form)
    assert late.status_code == 401
    assert hidden(late.content.decode(), "carried") == ""


def test_a_secret_sealed_before_the_modules_were_moved_still_opens(settings: Any) -> None:
    settings.SECRET_KEY = "only-for-tests-" * 4
    sealed = "gAAAAABrDOKj5Z0XmRRCfL-vNA3EwhQsh3DMO97_e7amrx9zhnE6zLpmSiVQWVZ0MY35y3H7STbzqaDcrsXQWaM8Z-9N-1UtbL-3qgXZhwM8lwNEogG_pco="
    assert unseal("second-factor", sealed) == b"JBSWY3DPEHPK3PXP"


def test_what_is_sealed_opens_for_its_purpose_and_with_an_earlier_key(settings: Any) -> None:
    sealed = seal("one", b"text")
    assert unseal("one", sealed) == b"text"
    assert unseal("another", sealed) is None
    assert unseal("one", "no seal at all: ñ") is None
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-" * 5
    assert unseal("one", sealed) == b"text"
    settings.SECRET_KEY_FALLBACKS = []
    assert unseal("one", sealed) is None


# The form's own token no longer fits


def test_a_stale_token_signed_out_ends_at_sign_in_with_the_text(browser: Client, ana: User) -> None:
    enter(browser, ana)
    form = fill_in(browser)
    sign_out(browser)
    enter(browser, ana)  # changes the token
    sign_out(browser)
    late = send(browser, form)
    assert late.status_code == 401
    answer_the_sign_in_page(browser, late, ana)
    assert SHOWN in browser.get(PAPER).content.decode()
    assert SENT == []


def test_without_any_cookie_left_the_text_still_comes_back(browser: Client, ana: User) -> None:
    enter(browser, ana)
    form = fill_in(browser)
    browser.cookies.clear()
    late = send(browser, form)
    assert late.status_code == 401
    answer_the_sign_in_page(browser, late, ana)
    assert SHOWN in browser.get(PAPER).content.decode()


def test_signed_in_again_in_another_window_the_text_is_back_at_once(browser: Client, ana: User) -> None:
    enter(browser, ana)
    form = fill_in(browser)
    delete_session(browser)
    enter(browser, ana)
    stale = send(browser, form)
    assert stale.status_code == 302
    assert stale.headers["Location"] == PAPER
    assert SHOWN in browser.get(PAPER).content.decode()
    assert SENT == []


def test_a_form_of_somebody_else_does_nothing_and_is_kept_for_who_typed_it(
    browser: Client, ana: User, beto: User
) -> None:
    enter(browser, ana)
    form = fill_in(browser)
    delete_session(browser)
    enter(browser, beto)
    late = send(browser, form)
    assert late.status_code == 401
    assert "the form was somebody else" in late.text or "de otra persona" in late.text
    assert "Savi" not in late.text + browser.get(PAPER).content.decode()
    assert SENT == []
    refused = answer_the_sign_in_page(browser, late, ana, password="not the right one")
    assert refused.status_code == 200
    assert browser.session["_auth_user_id"] == str(beto.pk), "a wrong password signs nobody out"
    assert answer_the_sign_in_page(browser, refused, ana).headers["Location"] == PAPER
    assert browser.session["_auth_user_id"] == str(ana.pk)
    assert SHOWN in browser.get(PAPER).content.decode()
    assert SENT == []


def test_the_text_of_somebody_else_comes_back_after_their_second_factor(browser: Client, ana: User, beto: User) -> None:
    add_authenticator(ana)
    enter(browser, beto)
    form = fill_in(browser, typed_by=typed_text.typed_by_mark(ana), csrfmiddlewaretoken="x" * 32)
    half = answer_the_sign_in_page(browser, send(browser, form), ana)
    assert half.headers["Location"] == reverse("mfa_authenticate")
    assert not is_signed_in(browser)
    page = browser.get(reverse("mfa_authenticate")).content.decode()
    code = {"code": code_now(), "csrfmiddlewaretoken": hidden(page, "csrfmiddlewaretoken")}
    assert browser.post(reverse("mfa_authenticate"), code).headers["Location"] == PAPER
    assert SHOWN in browser.get(PAPER).content.decode()


def test_who_is_signed_in_does_not_get_the_text_of_somebody_else(browser: Client, ana: User, beto: User) -> None:
    enter(browser, ana)
    form = fill_in(browser)
    delete_session(browser)
    enter(browser, beto)
    answer_the_sign_in_page(browser, send(browser, form), beto)
    assert "Savi" not in browser.get(PAPER).content.decode()
    assert typed_text.CARRIED not in browser.session


def test_a_password_typed_by_somebody_else_is_neither_kept_nor_promised(browser: Client, ana: User, beto: User) -> None:
    enter(browser, ana)
    page = browser.get(reverse("account_change_password")).content.decode()
    form = {name: hidden(page, name) for name in ("csrfmiddlewaretoken", "typed_by")} | {"oldpassword": PASSWORD}
    delete_session(browser)
    enter(browser, beto)
    late = browser.post(reverse("account_change_password"), form)
    assert late.status_code == 403
    assert hidden(late.text, "carried") == ""
    assert PASSWORD not in late.text


# Two windows: signing in on one changes the token of the other


@pytest.fixture
def two_windows(browser: Client) -> dict[str, Any]:
    """The sign-in page as a second link of a mail opened it, before one signed in on the first."""
    page = browser.get(reverse("account_login"), {"next": PAPER}).content.decode()
    return {name: hidden(page, name) for name in ("csrfmiddlewaretoken", "next")}


def test_a_second_sign_in_goes_on_to_its_link(browser: Client, ana: User, two_windows: dict[str, Any]) -> None:
    enter(browser, ana)
    second = sign_in(browser, ana, **two_windows)
    assert (second.status_code, second.headers["Location"]) == (302, PAPER)
    # Whoever it is, and whatever they typed: the token says no, so nobody else is signed in.
    assert sign_in(browser, ana, password="wrong", **two_windows).headers["Location"] == PAPER


@pytest.mark.parametrize(
    "following", ["//evil.example/", "https://evil.example/", "javascript:alert(1)", "", "/\\evil.example"]
)
def test_the_link_of_a_second_sign_in_never_leads_elsewhere(
    browser: Client, ana: User, two_windows: dict[str, Any], following: str
) -> None:
    enter(browser, ana)
    second = sign_in(browser, ana, **two_windows | {"next": following})
    assert second.headers["Location"] == reverse("projects:board")


def test_a_second_sign_in_after_both_have_ended_is_asked_again(
    browser: Client, ana: User, two_windows: dict[str, Any]
) -> None:
    enter(browser, ana)
    sign_out(browser)
    again = sign_in(browser, ana, **two_windows)
    assert again.status_code == 401
    assert answer_the_sign_in_page(browser, again, ana).headers["Location"] == PAPER


def test_text_that_waits_in_a_second_sign_in_page_is_not_lost(browser: Client, ana: User, beto: User) -> None:
    """Somebody signs in on another window between the late form and the sign-in that was to give it back."""
    for other in (ana, beto):
        enter(browser, ana)
        form = fill_in(browser)
        delete_session(browser)
        late = send(browser, form)
        enter(browser, other)
        answer = answer_the_sign_in_page(browser, late, ana)
        if other == beto:
            assert answer.status_code == 401
            assert "Savi" not in browser.get(PAPER).content.decode()
            answer = answer_the_sign_in_page(browser, answer, ana)
        assert (answer.status_code, answer.headers["Location"]) == (302, PAPER)
        assert SHOWN in browser.get(PAPER).content.decode()
        browser.cookies.clear()


@pytest.mark.parametrize("link", [INVITATION, RESET], ids=["invitation", "reset"])
def test_a_one_time_link_opened_in_a_second_window_goes_on(browser: Client, ana: User, beto: User, link: Any) -> None:
    address = reverse(link.page, args=[beto.code, link.make_token(beto)])
    form = {"csrfmiddlewaretoken": hidden(browser.get(address).content.decode(), "csrfmiddlewaretoken")}
    form |= {"password1": "cuatro nubes bajan", "password2": "cuatro nubes bajan"}
    enter(browser, ana)
    late = browser.post(address, form)
    assert (late.status_code, late.headers["Location"]) == (302, address)
    page = browser.get(address).content.decode()
    assert "cuatro nubes" not in page
    form["csrfmiddlewaretoken"] = hidden(page, "csrfmiddlewaretoken")
    assert browser.post(address, form).status_code == 302
    assert browser.session["_auth_user_id"] == str(beto.pk)


def test_a_foreign_site_signs_nobody_in_and_leads_nowhere(
    browser: Client, ana: User, two_windows: dict[str, Any]
) -> None:
    enter(browser, ana)
    refused = browser.post(reverse("account_login"), two_windows, headers={"origin": "https://evil.example"})
    assert refused.status_code == 403


@pytest.mark.parametrize("signed_in", [True, False])
def test_a_foreign_site_gets_nothing_carried(browser: Client, ana: User, signed_in: bool) -> None:
    enter(browser, ana)
    form = fill_in(browser)
    if not signed_in:
        delete_session(browser)
    refused = send(browser, form, origin="https://evil.example")
    assert refused.status_code == 403
    assert hidden(refused.content.decode(), "carried") == ""
    assert SENT == []


def test_every_form_of_a_signed_in_page_says_who_it_is_for_and_no_other(browser: Client, ana: User) -> None:
    anonymous = browser.get(reverse("account_login")).content.decode()
    assert "typed_by" not in anonymous
    enter(browser, ana)
    page = browser.get(reverse("account")).content.decode()
    assert page.count('name="typed_by"') == page.count('method="post"') >= 2
