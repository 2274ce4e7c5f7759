"""One account under every spelling of its address, and one password in every form that keyboards give it."""

import unicodedata
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from focalpoints import mail as account_mail
from focalpoints.actions import ensure_system
from focalpoints.models import Agency, Role, User
from focalpoints.one_time_links import INVITATION, RESET
from tests.cast import Cast
from tests.signing_in import PASSWORD, is_signed_in, make_person, sign_in

pytestmark = pytest.mark.usefixtures("fast_hashing")

KEPT = "jose.luis@educación.example"
SPELLINGS = [
    "JOSE.LUIS@Educación.example",
    "jose.luis@xn--educacin-13a.example",
    "jose.luis@educacio\u0301n.example",
    "jose.luis@educación.example\u200b",
    "\ufeff jose.luis@educación.example\u00a0",
    "ｊｏｓｅ．ｌｕｉｓ＠educación.example",
    "jose.\u00adluis@educación.example",
    "jose.luis@educacion.example",
]


@pytest.fixture
def jose(db: None) -> User:
    return make_person(KEPT, "José Luis Pérez")


@pytest.mark.parametrize("typed", SPELLINGS)
def test_every_spelling_signs_in(client: Client, jose: User, typed: str) -> None:
    client.post(reverse("account_login"), {"login": typed, "password": PASSWORD})
    assert is_signed_in(client)


@pytest.mark.parametrize("typed", SPELLINGS)
def test_a_new_password_goes_to_the_address_that_is_kept(
    client: Client, jose: User, mailoutbox: list[Any], typed: str
) -> None:
    """Never to the one that was typed: it may be somebody else's."""
    client.post(reverse("account_reset_password"), {"email": typed})
    account_mail.wait_until_sent()
    assert [letter.to for letter in mailoutbox] == [[KEPT]]
    assert "account" in mailoutbox[0].body or "cuenta" in mailoutbox[0].body


def test_wrong_passwords_count_for_the_account_however_it_is_spelled(client: Client, jose: User) -> None:
    answers = [
        client.post(reverse("account_login"), {"login": typed, "password": "no es esta"}).status_code
        for typed in SPELLINGS[:6]
    ]
    assert answers == [200] * 5 + [429]


@pytest.mark.parametrize(
    "typed",
    ["Ana@Demo.example\u200b", "\ufeffana@demo.example", "ana@de\u00admo.example", "\u00a0ana@demo.example\u3000"],
)
def test_who_is_invited_with_a_stray_invisible_character_signs_in(cast: Cast, typed: str) -> None:
    fields = {"name": "Ana \u200bPérez\u00a0", "email": typed, "language": "es-mx"}
    answer = cast.client("administrator").post(reverse("focalpoints:person_invite"), fields)
    assert answer.status_code == 302
    ana = User.objects.get(email="ana@demo.example", name="Ana Pérez")
    again = cast.client("administrator").post(
        reverse("focalpoints:person_invite"), fields | {"email": "ana@demo.example"}
    )
    assert "Ana Pérez" in again.content.decode()
    client = Client()
    chosen = {"password1": PASSWORD, "password2": PASSWORD}
    client.post(INVITATION.address(ana), chosen, follow=True)
    for written in (typed, "ana@demo.example"):
        client = Client()
        client.post(reverse("account_login"), {"login": written, "password": PASSWORD})
        assert is_signed_in(client)


def test_two_accounts_are_not_one(client: Client, jose: User) -> None:
    for typed in ("joseluis@educación.example", "jose-luis@educación.example", "jose.luis@educacion-.example"):
        client.post(reverse("account_login"), {"login": typed, "password": PASSWORD})
        assert not is_signed_in(client)


def test_an_administrator_is_found_by_every_spelling(jose: User, capsys: Any) -> None:
    ensure_system()
    User.objects.filter(pk=jose.pk).update(last_login="2018-01-01T00:00:00Z")
    call_command("create_administrator", SPELLINGS[1] + "\u200b", name="Otro")
    assert Role.objects.active().get(kind="administrator").user == jose
    assert User.objects.people().count() == 1


def test_a_new_administrator_is_kept_without_what_nobody_sees(db: None, capsys: Any) -> None:
    call_command("create_administrator", "\ufeffJefa@Cedn.example\u200b", name="\u00a0Jefa \u200bde  Turno")
    assert User.objects.people().values_list("email", "name").get() == ("jefa@cedn.example", "Jefa de Turno")


# As Windows and Android send them (composed), and as macOS and some Linux keyboards do.
COMPOSED = "ñandú azul y café con miel"
DECOMPOSED = unicodedata.normalize("NFD", COMPOSED)
NO_BREAK = COMPOSED.replace(" ", "\u00a0")


@pytest.mark.parametrize("chosen", [COMPOSED, DECOMPOSED, NO_BREAK])
@pytest.mark.parametrize("typed", [COMPOSED, DECOMPOSED, NO_BREAK])
def test_a_password_is_one_whatever_the_keyboard_sends(client: Client, ana: User, chosen: str, typed: str) -> None:
    """Chosen from a link, at sign-in, when it is asked again, and when it is changed."""
    where = RESET.address(ana)
    page = client.post(where, {"password1": chosen, "password2": typed}, follow=True)
    assert page.status_code == 200
    assert is_signed_in(client)
    elsewhere = Client()
    sign_in(elsewhere, ana, typed)
    assert is_signed_in(elsewhere)
    asked_again = elsewhere.post(reverse("account_reauthenticate"), {"password": typed})
    assert asked_again.status_code == 302
    change = {"oldpassword": typed, "password1": "otras ñáñaras verdes", "password2": "otras n\u0303áñaras verdes"}
    assert elsewhere.post(reverse("account_change_password"), change).status_code == 302
    person = User.objects.get(pk=ana.pk)
    assert person.check_password("otras n\u0303a\u0301n\u0303aras verdes")
    assert not person.check_password("otras nanaras verdes")


def test_what_is_seen_as_two_passwords_stays_two(ana: User) -> None:
    ana.set_password("cuatro² nubes bajan")
    assert not ana.check_password("cuatro2 nubes bajan")
    assert not ana.check_password("Cuatro² nubes bajan")


CALLED = [
    "secretaria de educacion publica",
    "Secretaría de Educación Pública",
    "SecretariaEducacionPublica2018",
    "s-e-c-r-e-t-a-r-i-a de educacion publica",
    "ＳＥＣＲＥＴＡＲＩＡ de educación pública!!",
    "SEMARNAT-semarnat-1",
    "S.E.M.A.R.N.A.T. 2018 ok",
    "radio educacion 2018",
    "Rаdio Educаcion",  # with a Cyrillic а
    "semarnat y radio educacion",
]


@pytest.mark.parametrize("password", CALLED)
@pytest.mark.parametrize("asker", ["somebody", "nobody"])
def test_what_an_agency_is_called_is_too_easy(ana: User, password: str, asker: str) -> None:
    """Whoever chooses it: not only those who work there, and of closed agencies too."""
    Agency.objects.create(key="11", acronym="SEP", name="Secretaría de Educación Pública", kind="dependencia")
    Agency.objects.create(key="16", acronym="SEMARNAT", name="Secretaría de Medio Ambiente", kind="dependencia")
    Agency.objects.create(key="48-F00", acronym="Radio Educación", name="Radio Educación", closed_on="2018-01-01")
    with pytest.raises(ValidationError) as refused:
        validate_password(password, ana if asker == "somebody" else None)
    assert "password_of_context_words" in {error.code for error in refused.value.error_list}
    validate_password("caballo correcto grapa", ana)
