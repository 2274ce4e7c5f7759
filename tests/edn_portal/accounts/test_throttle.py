"""Guessing is stopped before a password is hashed, for one account and for one address, whoever asks and however many at once."""

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from edn_portal.accounts import throttle
from edn_portal.accounts.throttle import Limit, Throttled
from focalpoints.models import User
from focalpoints.one_time_links import RESET
from tests.hashing import CountingHasher
from tests.signing_in import add_authenticator, code_now, is_signed_in, sign_in

pytestmark = pytest.mark.usefixtures("fast_hashing")

WRONG = "this is not the password"
THREE = Limit("three", 3, 60)


@pytest.fixture
def clock(db: None) -> Iterator[Any]:
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


def test_the_sixth_guess_is_refused_and_hashes_nothing(client: Client, clock: Any, ana: User, beto: User) -> None:
    assert [sign_in(client, ana, WRONG).status_code for _ in range(5)] == [200] * 5
    before = CountingHasher.hashed
    refused = sign_in(client, ana)
    assert refused.status_code == 429
    assert CountingHasher.hashed == before
    assert refused.headers["Retry-After"] == "900"
    assert re.search(r"\b15\sminut[eo]s", refused.text)
    assert "no-store" in refused.headers["Cache-Control"]
    assert sign_in(Client(), beto).status_code == 302
    clock.shift(899)
    assert sign_in(client, ana).status_code == 429
    clock.shift(1)
    assert sign_in(client, ana).status_code == 302


def test_an_account_that_does_not_exist_is_throttled_alike(client: Client, clock: Any) -> None:
    nobody = User(email="nobody@agencia.example")
    assert [sign_in(client, nobody, WRONG).status_code for _ in range(6)] == [200] * 5 + [429]


def test_the_case_of_the_address_makes_no_second_account(client: Client, clock: Any, ana: User) -> None:
    for typed in ("ana@agencia.example", "ANA@agencia.example", " Ana@Agencia.Example ") * 2:
        response = client.post(reverse("account_login"), {"login": typed, "password": WRONG})
    assert response.status_code == 429


def test_right_passwords_are_not_counted(client: Client, clock: Any, ana: User) -> None:
    for _ in range(8):
        assert sign_in(Client(), ana).status_code == 302
    assert [sign_in(client, ana, WRONG).status_code for _ in range(5)] == [200] * 5


def test_a_new_password_by_mail_opens_a_throttled_account(client: Client, clock: Any, ana: User) -> None:
    for _ in range(6):
        sign_in(client, ana, WRONG)
    new = "cuatro nubes bajan lentas"
    client.post(RESET.address(ana).removeprefix("http://localhost:8000"), {"password1": new, "password2": new})
    client.post(reverse("account_logout"))
    assert sign_in(client, ana, new).status_code == 302


def test_one_address_may_fail_a_hundred_times_a_minute(client: Client, clock: Any) -> None:
    statuses = [sign_in(client, User(email=f"p{n}@agencia.example"), WRONG).status_code for n in range(101)]
    assert statuses == [200] * 100 + [429]
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert sign_in(elsewhere, User(email="p@agencia.example"), WRONG).status_code == 200
    clock.shift(60)
    assert sign_in(client, User(email="p@agencia.example"), WRONG).status_code == 200


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "203.0.113.9", "192.0.2.1"),  # nobody is believed
        (1, "198.51.100.4, 203.0.113.9", "203.0.113.9"),  # the client may have written what stands before
        (2, "198.51.100.4, 203.0.113.9", "198.51.100.4"),
        (2, "203.0.113.9", "192.0.2.1"),  # came around a proxy
        (1, "", "192.0.2.1"),
        (1, "not an address", "unknown"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
    ],
)
def test_the_clients_address_is_what_our_own_proxies_say(
    settings: Any, proxies: int, forwarded: str, expected: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR="192.0.2.1")
    assert throttle.client_address(request) == expected


def test_asking_for_passwords_is_throttled(client: Client, clock: Any, ana: User) -> None:
    ask = {"email": ana.email}
    assert [client.post(reverse("account_reset_password"), ask).status_code for _ in range(6)] == [302] * 5 + [429]


def test_codes_are_throttled(client: Client, clock: Any, ana: User) -> None:
    add_authenticator(ana)
    sign_in(client, ana)
    codes = reverse("mfa_authenticate")
    assert [client.post(codes, {"code": "000000"}).status_code for _ in range(5)] == [200] * 5
    assert client.post(codes, {"code": code_now()}).status_code == 429
    assert not is_signed_in(client)


@pytest.mark.parametrize("page", ["account_reauthenticate", "account_change_password"])
def test_a_signed_in_thief_cannot_guess_the_password_either(client: Client, clock: Any, ana: User, page: str) -> None:
    sign_in(client, ana)
    guess = {"password": WRONG, "oldpassword": WRONG, "password1": "x", "password2": "x"}
    statuses = [client.post(reverse(page), guess).status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]


def test_hundreds_of_other_guesses_do_not_push_a_counter_out(clock: Any) -> None:
    for _ in range(3):
        throttle.count(THREE, "ana")
    for other in range(700):
        caches["throttle"].set(f"zz:{other}", [0.0], 900)  # a full cache drops what stands first in the alphabet
    with pytest.raises(Throttled):
        throttle.count(THREE, "ana")


def test_no_address_is_readable_in_the_counters(client: Client, clock: Any, ana: User) -> None:
    sign_in(client, ana, WRONG)
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM throttle_cache")
        rows = str(cursor.fetchall())
    assert "account" in rows
    assert "ana@" not in rows
    assert "127.0.0.1" not in rows


def guesses(count: Any, race: Any) -> int:
    """How many of twelve simultaneous guesses get through."""
    outcomes = race(*[count] * 12)
    unexpected = [
        outcome for outcome in outcomes if isinstance(outcome, Exception) and not isinstance(outcome, Throttled)
    ]
    assert unexpected == []
    return sum(not isinstance(outcome, Throttled) for outcome in outcomes)


def test_of_many_guesses_at_once_only_three_get_through(race: Any) -> None:
    assert guesses(lambda: throttle.count(THREE, "ana"), race) == 3


def test_the_race_is_real_a_plain_counter_lets_more_through(race: Any) -> None:
    """The negative control: reading and writing without taking turns."""
    together = threading.Barrier(12)

    def count() -> None:
        store = caches["throttle"]
        attempts = store.get("plain", [])
        together.wait(timeout=30)
        if len(attempts) >= THREE.amount:
            raise Throttled(1)
        store.set("plain", [*attempts, 1.0], 60)

    assert guesses(count, race) > 3
