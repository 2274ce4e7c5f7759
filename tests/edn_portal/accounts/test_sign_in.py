"""Signing in and out, invitations and new passwords, second factors: what opens an account, and what does not."""

import re
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone, translation

from edn_portal.accounts import urls
from focalpoints import mail as account_mail
from focalpoints.actions import ensure_system
from focalpoints.mail import send_invitation
from focalpoints.models import Agency, Appointment, UnsentInvitation, User
from focalpoints.one_time_links import INVITATION, RESET
from tests.hashing import CountingHasher
from tests.signing_in import PASSWORD, add_authenticator, code_now, is_signed_in, make_person, sign_in

pytestmark = pytest.mark.usefixtures("fast_hashing")

# By hand: what somebody without an account may open under /cuenta/.
PUBLIC = {
    "account_login",
    "account_logout",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_invitation",
    "mfa_authenticate",
    "mfa_login_webauthn",
}
NEW_PASSWORD = "cuatro nubes bajan lentas"


def account_patterns() -> dict[str, URLPattern]:
    found: dict[str, URLPattern] = {}
    for entry in urls.urlpatterns:
        for pattern in getattr(entry, "url_patterns", [entry]):
            found[pattern.name] = pattern
    return found


def path_of(name: str) -> str:
    pattern = account_patterns()[name]
    values = {"pk": 1, "code": "P-2222", "token": "x"}
    with translation.override("es-mx"):
        return reverse(name, kwargs={key: values[key] for key in pattern.pattern.converters})


def test_only_the_listed_account_pages_open_without_signing_in(client: Client, db: None) -> None:
    names = account_patterns().keys()
    opened = {name for name in names if "next=" not in client.get(path_of(name)).headers.get("Location", "")}
    assert opened == PUBLIC
    assert len(names) == 28


def test_every_account_page_opens_for_its_person_in_both_languages(client: Client, ana: User) -> None:
    sign_in(client, ana)
    expected = dict.fromkeys(account_patterns(), 200) | {
        "account_login": 302,  # signed in already
        "account_language": 405,
        "account_close_sessions": 405,
        "account_reset_password_from_key": 410,
        "account_invitation": 410,
        "mfa_authenticate": 302,
        "mfa_reauthenticate": 302,  # no authenticator: the password is asked
        "mfa_reauthenticate_webauthn": 302,
        "mfa_activate_totp": 302,  # the password is asked again first
        "mfa_add_webauthn": 302,
        "mfa_generate_recovery_codes": 302,
        "mfa_deactivate_totp": 404,
        "mfa_view_recovery_codes": 404,
        "mfa_download_recovery_codes": 404,
        "mfa_edit_webauthn": 302,
        "mfa_remove_webauthn": 302,
        "mfa_login_webauthn": 302,
    }
    for prefix in ("", "/en"):
        assert {name: client.get(prefix + path_of(name)).status_code for name in expected} == expected


def test_nobody_keeps_an_account_page_whoever_asks_and_however(client: Client, ana: User) -> None:
    kept = set()
    for person in (Client(), client):
        if person is client:
            client.force_login(ana)
        for name in account_patterns().keys() - {"account_logout", "account_close_sessions"}:
            for method in ("get", "head", "post"):
                answer = getattr(person, method)(path_of(name))
                if "no-store" not in answer.headers.get("Cache-Control", ""):
                    kept.add((name, method, answer.status_code))
    assert kept == set()


def test_the_right_password_signs_in_under_a_new_session(client: Client, ana: User) -> None:
    client.get(reverse("account_login"))
    session = client.session
    session["before"] = True
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    response = sign_in(client, ana)
    assert response.status_code == 302
    assert client.session.session_key != session.session_key
    assert not Session.objects.filter(session_key=session.session_key).exists()
    assert is_signed_in(client)


def test_the_address_may_be_typed_in_capitals(client: Client, ana: User) -> None:
    client.post(reverse("account_login"), {"login": "  ANA@Agencia.example ", "password": PASSWORD})
    assert is_signed_in(client)


def test_unknown_wrong_deactivated_and_system_get_one_answer_and_one_hash(client: Client, ana: User) -> None:
    gone = make_person("gone@agencia.example", "Gone", is_active=False)
    system = ensure_system()
    answers, hashes = set(), set()
    for email, password in [
        ("nobody@agencia.example", PASSWORD),
        (ana.email, "not this one at all"),
        (gone.email, PASSWORD),
        (system.email, PASSWORD),
    ]:
        before = CountingHasher.hashed
        response = client.post(reverse("account_login"), {"login": email, "password": password})
        hashes.add(CountingHasher.hashed - before)
        page = response.content.decode().replace(email, "")
        answers.add((response.status_code, re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)))
    assert len(answers) == 1
    assert answers.pop()[1].count("govuk-error-summary__list") == 1
    assert response.content.decode().count(str(response.context["form"].non_field_errors()[0])) == 1
    assert hashes == {1}
    assert not is_signed_in(client)


def test_signing_out_deletes_the_session_and_needs_a_post(client: Client, ana: User) -> None:
    sign_in(client, ana)
    assert client.get(reverse("account_logout")).status_code == 200
    assert is_signed_in(client)
    stolen = client.session.session_key
    client.post(reverse("account_logout"))
    assert not Session.objects.filter(session_key=stolen).exists()
    client.cookies[settings.SESSION_COOKIE_NAME] = stolen
    assert not is_signed_in(client)


def test_a_deactivated_person_is_out_at_the_next_request(client: Client, ana: User) -> None:
    sign_in(client, ana)
    User.objects.filter(pk=ana.pk).update(is_active=False)
    assert client.get(reverse("account")).status_code == 302
    assert Session.objects.count() == 0


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "http:evil.example", "javascript:alert(1)"]
)
def test_signing_in_leads_nowhere_else(client: Client, ana: User, target: str) -> None:
    response = sign_in(client, ana, next=target)
    assert response.headers["Location"].startswith("/")
    assert "evil" not in response.headers["Location"]


def test_there_is_no_registration(client: Client, db: None) -> None:
    for path in ("/cuenta/registro/", "/cuenta/signup/", "/accounts/signup/"):
        assert client.get(path).status_code == 404
    names = {str(name) for name in get_resolver().reverse_dict if isinstance(name, str)}
    assert not {name for name in names if "signup" in name or "social" in name}


# Invitations and new passwords


def test_an_invitation_says_who_writes_and_opens_once(
    client: Client, db: None, settings: Any, mailoutbox: list[Any]
) -> None:
    settings.BASE_URL = "https://edn.example"
    person = make_person("nueva@agencia.example", "Nueva Persona", password=None, language="en")
    send_invitation(UnsentInvitation(user=person, since=timezone.now()))
    account_mail.wait_until_sent()
    [letter] = mailoutbox
    assert letter.to == [person.email]
    [link] = re.findall(r"https://\S+/\n", letter.body)[:1]
    assert link.startswith("https://edn.example/en/cuenta/invitacion/")
    path = link.strip().removeprefix("https://edn.example")
    assert client.get(path).status_code == 200
    assert client.get(path).status_code == 200  # a mail scanner does not use it up
    chosen = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert client.post(path, chosen).status_code == 302
    assert is_signed_in(client)
    assert Client().get(path).status_code == 410
    assert Client().post(path, chosen | {"password1": "x" * 20, "password2": "x" * 20}).status_code == 410
    person.refresh_from_db()
    assert person.check_password(NEW_PASSWORD)


def test_links_are_built_from_the_base_url_not_from_the_request(
    client: Client, ana: User, settings: Any, mailoutbox: list[Any]
) -> None:
    settings.BASE_URL = "https://edn.example"
    client.post(reverse("account_reset_password"), {"email": ana.email}, headers={"host": "127.0.0.1"})
    account_mail.wait_until_sent()
    assert "https://edn.example/cuenta/contrasena/nueva/" in mailoutbox[0].body
    assert "127.0.0.1" not in mailoutbox[0].body
    assert client.get("/cuenta/entrar/", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(("link", "hours"), [(INVITATION, 7 * 24), (RESET, 1)])
def test_a_link_is_for_one_purpose_one_account_state_and_a_while(link: Any, hours: int, ana: User, beto: User) -> None:
    other = RESET if link is INVITATION else INVITATION
    with time_machine.travel(timezone.now().replace(microsecond=0), tick=False) as clock:
        token = link.make_token(ana)
        assert link.check_token(ana, token)
        assert not link.check_token(beto, token)
        assert not other.check_token(ana, token)
        assert not link.check_token(ana, token[:-1] + ("A" if token[-1] != "A" else "B"))
        for change in (
            {"password": "changed"},
            {"email": "other@agencia.example"},
            {"last_login": timezone.now()},
            {"invited_at": timezone.now()},
            {"is_active": False},
        ):
            changed = User.objects.get(pk=ana.pk)
            for name, value in change.items():
                setattr(changed, name, value)
            assert not link.check_token(changed, token), change
        clock.shift(hours * 3600)
        assert link.check_token(ana, token)
        clock.shift(2)
        assert not link.check_token(ana, token)


def test_asking_for_a_new_password_tells_nobody_who_has_an_account(
    client: Client, ana: User, mailoutbox: list[Any]
) -> None:
    make_person("gone@agencia.example", "Gone", is_active=False)
    ensure_system()
    answers = set()
    for email in (ana.email, "nobody@agencia.example", "gone@agencia.example", "sistema@edn.invalid"):
        response = client.post(reverse("account_reset_password"), {"email": email})
        answers.add((response.status_code, response.headers["Location"], response.content))
    account_mail.wait_until_sent()
    assert len(answers) == 1
    assert [letter.to for letter in mailoutbox] == [[ana.email]]


def test_a_new_password_ends_every_other_session_and_the_link(client: Client, ana: User, mailoutbox: list[Any]) -> None:
    elsewhere = Client()
    sign_in(elsewhere, ana)
    ana.refresh_from_db()
    path = RESET.address(ana).removeprefix("http://localhost:8000")
    response = client.post(path, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert response.status_code == 302
    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)
    assert client.get(path).status_code == 410


def test_a_link_opened_twice_at_once_sets_one_password(race: Any) -> None:
    person = make_person("nueva@agencia.example", "Nueva Persona", password=None)
    path = INVITATION.address(person).removeprefix("http://localhost:8000")
    passwords = [NEW_PASSWORD, "doce montes duermen solos"]
    statuses = race(
        *(
            lambda chosen=chosen: Client().post(path, {"password1": chosen, "password2": chosen}).status_code
            for chosen in passwords
        )
    )
    assert sorted(statuses) == [302, 410]
    person.refresh_from_db()
    assert person.check_password(passwords[statuses.index(302)])


def test_somebody_elses_link_signs_the_present_person_out(client: Client, ana: User, beto: User) -> None:
    sign_in(client, ana)
    path = RESET.address(beto).removeprefix("http://localhost:8000")
    client.post(path, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert client.get(reverse("account")).context["person"] == beto


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_has_no_password_to_change_is_led_to_a_link_for_one(
    client: Client, db: None, mailoutbox: list[Any], method: str
) -> None:
    """Such as after signing in with a passkey."""
    carla = make_person("carla@agencia.example", "Carla Luna", password=None)
    client.force_login(carla)
    with translation.override("en"):
        change, ask = reverse("account_change_password"), reverse("account_reset_password")
    answer = getattr(client, method)(change, follow=True)
    assert answer.redirect_chain == [(ask, 302)]
    assert "Your account has no password." in answer.text
    client.post(ask, {"email": carla.email})
    account_mail.wait_until_sent()
    [letter] = mailoutbox
    [link] = re.findall(r"/contrasena/nueva/\S+", letter.body)
    chosen = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert client.post(f"/cuenta{link}", chosen).status_code == 302
    assert User.objects.get(pk=carla.pk).check_password(NEW_PASSWORD)


def test_changing_the_password_asks_for_the_old_one_and_tells(client: Client, ana: User, mailoutbox: list[Any]) -> None:
    elsewhere = Client()
    sign_in(client, ana)
    sign_in(elsewhere, ana)
    fields = {"oldpassword": "not this one", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert client.post(reverse("account_change_password"), fields).status_code == 200
    assert client.post(reverse("account_change_password"), fields | {"oldpassword": PASSWORD}).status_code == 302
    account_mail.wait_until_sent()
    assert [letter.to for letter in mailoutbox] == [[ana.email]]
    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)


REFUSED = [
    "pulpo fijo!",  # 11 characters
    "password1234",
    "123456789012",
    "ana.torres.2018",
    "EstrategiaDigital",
    "México-Digital-2018",
    "EDN-portal-2018!",
    "SCTfocalpoint18",
    "demo demo demo demo",
]


@pytest.mark.parametrize("password", REFUSED)
def test_easy_passwords_are_refused(password: str, ana: User) -> None:
    agency = Agency.objects.create(key="9", acronym="SCT", name="Comunicaciones")
    Appointment.objects.create(user=ana, agency=agency, since="2018-01-01")
    with pytest.raises(ValidationError):
        validate_password(password, ana)


def test_the_words_of_an_easy_password_are_spelled_as_they_are_written(ana: User) -> None:
    ana.name = "Ana Íñiguez"
    with pytest.raises(ValidationError, match=r"[“«]contraseña, íñiguez[”»]"):
        validate_password("Iniguez-contrasena-1", ana)


@pytest.mark.parametrize("password", [PASSWORD, NEW_PASSWORD, "wednesday-copper-lamp", "el portal de mi abuela azul"])
def test_good_passwords_are_accepted(password: str, ana: User) -> None:
    validate_password(password, ana)


# Second factors


def test_with_an_authenticator_the_password_is_only_half(client: Client, ana: User) -> None:
    add_authenticator(ana)
    response = sign_in(client, ana)
    assert response.headers["Location"] == reverse("mfa_authenticate")
    assert not is_signed_in(client)
    half = client.session.session_key
    assert client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    assert client.post(reverse("mfa_authenticate"), {"code": code_now()}).status_code == 302
    assert is_signed_in(client)
    assert client.session.session_key != half


def test_a_code_works_once_however_it_is_typed_and_whichever_process_is_asked(ana: User) -> None:
    add_authenticator(ana)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        code = code_now()
        outcomes = []
        for typed, seconds in [(code, 31), (f"{code[:3]} {code[3:]}", 0), (code, 0)]:
            browser = Client()
            sign_in(browser, ana)
            browser.post(reverse("mfa_authenticate"), {"code": typed})
            outcomes.append(is_signed_in(browser))
            clock.shift(seconds)  # still accepted from a telephone that is slow
            cache.clear()  # what this process alone remembers
    assert outcomes == [True, False, False]


def test_the_secret_of_an_authenticator_is_not_readable_in_the_database(ana: User) -> None:
    add_authenticator(ana)
    assert "JBSWY3DPEHPK3PXP" not in str(Authenticator.objects.get().data)


def test_setting_up_an_authenticator_shows_an_inline_picture_and_recovery_codes(client: Client, ana: User) -> None:
    sign_in(client, ana)
    asked = client.get(reverse("mfa_activate_totp"))
    assert asked.headers["Location"].startswith(reverse("account_reauthenticate"))
    client.post(asked.headers["Location"], {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    html = page.content.decode()
    assert "<svg" in html
    assert "data:image" not in html
    assert "style=" not in html
    code = code_now(page.context["form"].secret)
    response = client.post(reverse("mfa_activate_totp"), {"code": code}, follow=True)
    assert response.redirect_chain[-1][0] == reverse("mfa_view_recovery_codes")
    codes = re.findall(r'<li class="edn-code">(\d{8})</li>', response.content.decode())
    assert len(codes) == 10
    browser = Client()
    sign_in(browser, ana)
    browser.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert is_signed_in(browser)
    for name in ("mfa_index", "mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_download_recovery_codes"):
        assert client.get(reverse(name)).status_code == 200, name


def test_a_passkey_is_asked_for_the_sites_own_name(client: Client, ana: User, settings: Any) -> None:
    settings.BASE_URL = "http://localhost:8123"
    sign_in(client, ana)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    options = client.get(reverse("mfa_add_webauthn")).context["js_data"]["creation_options"]["publicKey"]
    assert options["rp"] == {"id": "localhost", "name": "EDN"}
    answer = Client().get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"}).json()
    assert answer["request_options"]["publicKey"]["rpId"] == "localhost"


# The first administrator


def test_the_first_administrator_is_made_by_a_command(client: Client, db: None, capsys: Any) -> None:
    call_command("create_administrator", "Jefa@Cedn.example", name="Jefa de Turno")
    link = re.search(r"http://localhost:8000(/cuenta/invitacion/\S+)", capsys.readouterr().out)
    assert link
    client.post(link[1], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    person = client.get(reverse("account")).context["person"]
    assert person.email == "jefa@cedn.example"
    assert list(person.roles.values_list("kind", flat=True)) == ["administrator"]
    with pytest.raises(CommandError):
        call_command("create_administrator", "jefa@cedn.example", name="Jefa de Turno")
