"""For the tests of accounts, as a pytest plugin: people with passwords, a browser that types them, codes of an authenticator."""

import re
from typing import Any

import pytest
from allauth.core import context
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.urls import reverse

from focalpoints.models import User

PASSWORD = "tres gallos cantan tarde"
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def fast_hashing(settings: Any) -> None:
    """For modules that sign in by password; CountingHasher counts."""
    settings.PASSWORD_HASHERS = ["tests.hashing.CountingHasher"]
    cache.clear()  # allauth remembers used codes there, and each test's first person has the same number


@pytest.fixture
def ana(db: None) -> User:
    return make_person("ana@agencia.example", "Ana Torres")


@pytest.fixture
def beto(db: None) -> User:
    return make_person("beto@agencia.example", "Beto Ruiz")


def make_person(email: str, name: str, password: str | None = PASSWORD, **facts: Any) -> User:
    person = User(email=email, name=name, **facts)
    person.set_password(password)
    person.save()
    return person


def sign_in(client: Client, person: User, password: str = PASSWORD, **fields: str) -> Any:
    """Send the sign-in form, with whatever hidden fields it carries."""
    return client.post(reverse("account_login"), {"login": person.email, "password": password, **fields})


def is_signed_in(client: Client) -> bool:
    return client.get(reverse("account")).status_code == 200


def add_authenticator(person: User) -> None:
    with context.request_context(RequestFactory().get("/")):
        TOTP.activate(person, SECRET)


def code_now(secret: str = SECRET) -> str:
    """What the telephone shows now."""
    _earlier, counter, _later = yield_hotp_counters_from_time()
    return format_hotp_value(hotp_value(secret, counter))


def hidden(html: str, name: str) -> str:
    """The value of a hidden field of the page; empty when there is none."""
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', html)
    return found[1] if found else ""
