"""The demonstration's mailbox shows every message, the newest first, with links that open. Other sites have none."""

import stat
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from environ import Env

from edn_portal.operations.mailers import mailers
from focalpoints import clock
from focalpoints import mail as account_mail
from focalpoints.models import UnsentInvitation, User
from tests.signing_in import make_person

pytestmark = pytest.mark.usefixtures("fast_hashing")


@pytest.fixture
def demo(settings: Any, tmp_path: Path, db: None) -> Path:
    settings.DEMO = True
    settings.VAR_DIR = tmp_path
    folder = tmp_path / "mail"
    settings.MAILERS = {
        "default": {"BACKEND": "edn_portal.demo.mailbox.FolderBackend", "OPTIONS": {"folder": str(folder)}}
    }
    return folder


def test_outside_the_demonstration_there_is_no_mailbox(client: Client, db: None) -> None:
    assert client.get(reverse("mailbox")).status_code == 404
    assert client.get(reverse("mailbox_letter", args=["00000000000000000000-aaaaaaaa"])).status_code == 404


def test_a_message_that_is_not_there_is_said_so(client: Client, demo: Path) -> None:
    EmailMessage("Primera", "texto", to=["ana@agencia.example"]).send()
    for name in ("a", "9" * 5000, "portal"):
        assert client.get(f"/correo-demo/{name}/").status_code == 404


def test_an_empty_mailbox_says_so(client: Client, demo: Path) -> None:
    assert client.get("/correo-demo/").status_code == 200
    assert client.get("/en/correo-demo/").context["letters"] == []


def test_messages_are_kept_privately_and_shown_newest_first(client: Client, demo: Path) -> None:
    for subject in ("Primera: año", "Segunda", "Tercera"):
        EmailMessage(subject, "texto", to=["ana@agencia.example"]).send()
    assert stat.S_IMODE(demo.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in demo.iterdir()} == {0o600}
    letters = client.get(reverse("mailbox")).context["letters"]
    assert [letter.subject for letter in letters] == ["Tercera", "Segunda", "Primera: año"]
    assert letters[0].to == "ana@agencia.example"
    assert mail.outbox == []


def test_the_list_has_pages_and_dates_mail_by_the_business_clock(client: Client, demo: Path) -> None:
    sent = clock.start_of(date(2018, 10, 15))
    with clock.at(sent):
        for number in range(51):
            EmailMessage(f"Carta {number}", "texto", to=["ana@agencia.example"]).send()
    first, second = (client.get(reverse("mailbox"), {"page": number}).context["letters"] for number in (1, 2))
    assert [len(first), len(second)] == [50, 1]
    assert {letter.sent for letter in [*first, *second]} == {sent}


def test_an_invitation_is_read_and_followed_in_the_mailbox(client: Client, demo: Path, settings: Any) -> None:
    settings.BASE_URL = "http://localhost:8123"
    person = make_person("nueva@agencia.example", "Nueva Peña", password=None)
    account_mail.send_invitation(UnsentInvitation(user=person, since=timezone.now()))
    account_mail.wait_until_sent()
    [letter] = client.get(reverse("mailbox")).context["letters"]
    page = client.get(reverse("mailbox_letter", args=[letter.name])).content.decode()
    start = page.index('href="http://localhost:8123/cuenta/invitacion/') + len('href="http://localhost:8123')
    path = page[start : page.index('"', start)]
    assert "Peña" in client.get(path).content.decode()


def test_what_a_message_says_is_text_never_markup(client: Client, demo: Path) -> None:
    EmailMessage(
        "<script>s()</script>", '<img src=x onerror="a()"> javascript:b() http://a.example/"c', to=["a@b.example"]
    ).send()
    [letter] = client.get(reverse("mailbox")).context["letters"]
    for page in (reverse("mailbox"), reverse("mailbox_letter", args=[letter.name])):
        html = client.get(page).content.decode()
        assert "<script>s" not in html
        assert "<img src=x" not in html
        assert 'href="javascript' not in html


@pytest.mark.parametrize("name", ["..", "..%2f..%2fsecret", "x", "00000000000000000000-aaaaaaaa", "0-../../x"])
def test_no_other_file_can_be_read(client: Client, demo: Path, name: str) -> None:
    demo.mkdir(parents=True)
    (demo.parent / "secret.eml").write_text("Subject: secret\n\nsecret")
    assert client.get(f"/correo-demo/{name}/").status_code == 404


def test_the_demonstration_sends_no_account_mail_outside(client: Client, demo: Path, ana: User) -> None:
    client.post(reverse("account_reset_password"), {"email": ana.email})
    account_mail.wait_until_sent()
    assert len(list(demo.glob("*.eml"))) == 1
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://localhost:25", ("localhost", 25, None, None, False, False)),
        ("smtp+tls://edn:s%40fe@mail.example:587", ("mail.example", 587, "edn", "s@fe", True, False)),
        ("smtp+ssl://edn:safe@mail.example:465", ("mail.example", 465, "edn", "safe", False, True)),
    ],
)
def test_a_real_portal_sends_where_one_address_says(url: str, expected: tuple[Any, ...]) -> None:
    default = mailers(Env.email_url_config(url), demo_folder=None)["default"]
    options = default["OPTIONS"]
    assert default["BACKEND"] == "focalpoints.delivery.SMTPBackend"
    names = ("host", "port", "username", "password", "use_tls", "use_ssl")
    assert tuple(options[name] for name in names) == expected
    assert options["timeout"] == 10
