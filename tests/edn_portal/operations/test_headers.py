"""Whatever answers, pages, files, feeds, refusals and errors, tells the browser the same about what it may do."""

from typing import Any

from django.contrib.staticfiles import finders
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from edn_portal.operations import health, seats
from edn_portal.operations.headers import FORBIDDEN, HEADERS
from projects.views.evidence import SANDBOX
from tests.projects.actions.test_evidence import attached

# By hand.
POLICY = (
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "font-src 'self'; connect-src 'self'; form-action 'self'"
)
EXPECTED = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": HEADERS["Permissions-Policy"],
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def said(response: Any) -> dict[str, str]:
    if response.streaming:  # a file, closed when it was read
        list(response)
    return {name: response.headers.get(name, "") for name in EXPECTED}


def test_the_policy_names_what_nobody_here_needs() -> None:
    policy = HEADERS["Permissions-Policy"]
    assert {"camera", "geolocation", "microphone", "payment", "usb"} <= set(FORBIDDEN)
    assert policy.startswith("accelerometer=(), ")
    assert not {"publickey-credentials-get", "publickey-credentials-create", "clipboard-write"} & set(FORBIDDEN)


def test_files_and_what_is_not_changed_since_say_it_too(cast: Any) -> None:
    client = cast.client("anonymous")
    for name in ("edn/edn.css", "edn/edn.js", "edn/favicon.svg", "account/passkeys.js"):
        assert finders.find(name)
        answer = client.get(f"/static/{name}")
        assert (answer.status_code, said(answer)) == (200, EXPECTED)
        again = client.get(f"/static/{name}", headers={"if-modified-since": answer["Last-Modified"]})
        assert (again.status_code, said(again)) == (304, EXPECTED)
    evidence = attached(cast, "accepted")
    answer = client.get(f"/evidencia/{evidence.key}/")
    assert said(answer) == EXPECTED | {"Content-Security-Policy": SANDBOX}
    again = client.get(f"/evidencia/{evidence.key}/", headers={"if-none-match": answer["ETag"]})
    assert (again.status_code, said(again)) == (304, EXPECTED)
    assert said(client.get(reverse("projects:commitment_feed"))) == EXPECTED
    assert said(client.head("/")) == said(client.options("/")) == EXPECTED


def failing(error: Exception) -> Any:
    def view(*arguments: Any) -> HttpResponse:
        raise error

    return view


def test_refusals_and_errors_say_it_too(cast: Any, monkeypatch: Any, settings: Any) -> None:
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    announced = str(settings.UPLOAD_REQUEST_LIMIT + 1)
    answers = {
        302: client.get(reverse("account")),
        400: client.get("/", headers={"host": "elsewhere.example"}),
        401: client.post(reverse("account_login"), {"login": "x"}),  # without a token
        403: cast.client("focal point").get(reverse("projects:project_create")),
        404: client.get("/no-hay-tal/"),
        405: client.options(reverse("health")),
        413: client.post("/", CONTENT_LENGTH=announced),
    }
    monkeypatch.setattr(health, "head", failing(OperationalError("down")))
    answers[503] = client.get(reverse("health"))
    monkeypatch.setattr(health, "head", failing(ArithmeticError("a fault")))
    answers[500] = client.get(reverse("health"))
    assert {status: (answer.status_code, said(answer)) for status, answer in answers.items()} == {
        status: (status, EXPECTED) for status in answers
    }


def test_who_finds_no_seat_or_is_sent_to_tls_is_told_it_too(monkeypatch: Any, settings: Any, db: None) -> None:
    monkeypatch.setattr(seats, "SECONDS_TO_WAIT", 0)
    monkeypatch.setattr(seats.BoundedSemaphore, "acquire", lambda *args, **options: False)
    answer = Client().post("/")
    assert (answer.status_code, said(answer)) == (503, EXPECTED)
    settings.SECURE_SSL_REDIRECT = True
    answer = Client().get("/")
    assert (answer.status_code, said(answer)) == (301, EXPECTED)
