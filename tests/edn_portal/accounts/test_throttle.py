"""Guessing is stopped before a password is hashed, for one account and for one address, whoever asks and however many at once."""

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from allauth.core.exceptions import ImmediateHttpResponse
from django.core.cache import caches
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from edn_portal.accounts import throttle
from edn_portal.accounts.throttle import Limit, Throttled
from focalpoints.models import User
from focalpoints.one_time_links import RESET
from tests.hashing import CountingHasher
from tests.signing_in import add_authenticator, code_now, is_signed_in, make_person, sign_in

pytestmark = [pytest.mark.usefixtures("fast_hashing"), pytest.mark.once]

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


def test_one_network_may_fail_a_hundred_times_in_ten_minutes(client: Client, clock: Any) -> None:
    statuses = [sign_in(client, User(email=f"p{n}@agencia.example"), WRONG).status_code for n in range(101)]
    assert statuses == [200] * 100 + [429]
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert sign_in(elsewhere, User(email="p@agencia.example"), WRONG).status_code == 200
    clock.shift(600)
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
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
    ],
)
def test_the_clients_address_is_what_our_own_proxies_say(
    settings: Any, proxies: int, forwarded: str, expected: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR="192.0.2.1")
    assert throttle.client_address(request) == expected


def elsewhere(number: int) -> Client:
    """A browser in which nobody has signed in, behind a network of its own."""
    return Client(REMOTE_ADDR=f"192.0.2.{number}")


@pytest.mark.both
def test_who_guesses_here_keeps_the_owner_out_nowhere_else(client: Client, clock: Any, ana: User) -> None:
    assert [sign_in(client, ana, WRONG).status_code for _ in range(6)] == [200] * 5 + [429]
    assert sign_in(client, ana).status_code == 429
    assert sign_in(elsewhere(7), ana).status_code == 302


@pytest.mark.parametrize("email", ["ana@agencia.example", "nobody@agencia.example"])
def test_strangers_have_twenty_guesses_a_day_between_them(clock: Any, ana: User, email: str) -> None:
    person = User(email=email)
    statuses = []
    for number in range(10):
        statuses += [sign_in(elsewhere(number), person, WRONG).status_code for _ in range(4)]
        clock.shift(3600)
    assert statuses == [200] * 20 + [429] * 20
    before = CountingHasher.hashed
    refused = sign_in(elsewhere(99), person)
    assert (refused.status_code, CountingHasher.hashed) == (429, before)
    assert refused.headers["Retry-After"] == str(14 * 3600)
    assert re.search(r"\b14\s(hours|horas)", refused.text)
    clock.shift(14 * 3600)
    assert sign_in(elsewhere(99), person, WRONG).status_code == 200


def used_up(person: User) -> None:
    """Strangers have used up all guesses of the day."""
    for number in range(4):
        assert [sign_in(elsewhere(number), person, WRONG).status_code for _ in range(5)] == [200] * 5
    assert sign_in(elsewhere(5), person).status_code == 429


def test_a_browser_in_which_one_has_signed_in_passes_whatever_strangers_do(clock: Any, ana: User, beto: User) -> None:
    own = elsewhere(80)
    assert sign_in(own, ana).status_code == 302
    cookie = own.cookies["device"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 365 * 24 * 60 * 60)
    assert ana.email not in cookie.value
    own.post(reverse("account_logout"))
    used_up(ana)
    for number in range(20):  # the network's too
        for attempt in range(5):
            sign_in(elsewhere(80), User(email=f"p{number}-{attempt}@agencia.example"), WRONG)
    assert sign_in(elsewhere(80), beto).status_code == 429
    clock.shift(60 * 60 * 2)
    assert sign_in(own, ana).status_code == 302
    own.post(reverse("account_logout"))
    own.defaults["REMOTE_ADDR"] = "198.51.100.1"  # at home
    assert sign_in(own, ana).status_code == 302


def test_a_known_browser_is_known_for_its_person_and_password_and_has_five_guesses(
    clock: Any, ana: User, beto: User
) -> None:
    own = elsewhere(80)
    sign_in(own, ana)
    own.post(reverse("account_logout"))
    used_up(ana)
    used_up(beto)
    assert sign_in(own, beto).status_code == 429, "known for Ana alone"
    assert [sign_in(own, ana, WRONG).status_code for _ in range(6)] == [200] * 5 + [429]
    clock.shift(15 * 60)
    forged = elsewhere(81)
    forged.cookies["device"] = own.cookies["device"].value[:-2] + "xx"
    assert sign_in(forged, ana).status_code == 429
    forged.cookies["device"] = "{}"
    assert sign_in(forged, ana).status_code == 429
    assert sign_in(own, ana).status_code == 302
    own.post(reverse("account_logout"))
    ana.set_password("cuatro nubes bajan lentas")
    ana.save()
    assert sign_in(own, ana, "cuatro nubes bajan lentas").status_code == 429, "whoever knew the old one is a stranger"


def test_a_shared_computer_knows_the_last_ten(clock: Any, ana: User) -> None:
    shared = elsewhere(80)
    sign_in(shared, ana)
    for number in range(9):
        shared.post(reverse("account_logout"))
        sign_in(shared, make_person(f"p{number}@agencia.example", "P"))
    used_up(ana)
    shared.post(reverse("account_logout"))
    assert sign_in(shared, ana).status_code == 302
    size = len(shared.cookies["device"].value)
    for number in range(9, 19):
        shared.post(reverse("account_logout"))
        sign_in(shared, make_person(f"p{number}@agencia.example", "P"))
    shared.post(reverse("account_logout"))
    assert sign_in(shared, ana).status_code == 429
    assert abs(len(shared.cookies["device"].value) - size) < 10
    assert size < 1200


def test_half_a_sign_in_makes_no_browser_known(client: Client, clock: Any, ana: User) -> None:
    add_authenticator(ana)
    sign_in(client, ana)
    assert "device" not in client.cookies
    client.post(reverse("mfa_authenticate"), {"code": code_now()})
    assert "device" in client.cookies


def test_the_link_for_a_new_password_passes_and_starts_over(clock: Any, ana: User) -> None:
    used_up(ana)
    own, new = elsewhere(80), "cuatro nubes bajan lentas"
    own.post(RESET.address(ana).removeprefix("http://localhost:8000"), {"password1": new, "password2": new})
    assert is_signed_in(own)
    assert sign_in(elsewhere(81), ana, new).status_code == 302


def asked(number: int = 1) -> Any:
    return RequestFactory().post("/", REMOTE_ADDR=f"192.0.2.{number}")


def admitted(request: Any, *arguments: str) -> bool:
    """Whether a wrong guess is tried."""
    try:
        throttle.admit_guess(request, *arguments)
    except ImmediateHttpResponse:
        return False
    return True


def test_a_ministry_behind_one_address_signs_in_within_a_minute(clock: Any) -> None:
    """300 people, every fifth of whom mistypes first."""
    for number in range(300):
        if number % 5 == 0:
            assert admitted(asked(), f"p{number}")
        throttle.give_back(throttle.admit_guess(asked(), f"p{number}"))
        clock.shift(0.2)


@pytest.mark.both
def test_however_often_one_guesses_four_counters_are_kept(clock: Any) -> None:
    for _ in range(70):
        admitted(asked(), "ana")
        throttle.give_back(throttle.admit_guess(asked(2), "beto"))
        clock.shift(11)
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM throttle_cache")
        kept = [key.split(":")[2] for (key,) in cursor.fetchall()]
    assert sorted(kept) == sorted(["day", "network", "often", "place"] * 2)


def test_one_attacker_keeps_no_tenth_of_a_core_hashing(clock: Any, monkeypatch: Any) -> None:
    """Trying all the time whatever accounts there are, an own one with its right password, and from a browser that is known."""
    monkeypatch.setattr(throttle, "too_many", lambda request, wait: HttpResponse(status=429))
    hashed, seconds, request = 0, 20 * 60, asked()
    for turn in range(seconds // 3):
        hashed += admitted(request, f"p{turn}")
        for device in ("", "known"):
            try:
                throttle.give_back(throttle.admit_guess(request, "own", device))
                hashed += 1
            except ImmediateHttpResponse:
                pass
        clock.shift(3)
    seconds_each = 0.25  # of CPU, for a password with scrypt
    assert 300 < hashed <= 2 * (100 + 2 * 60)
    assert hashed * seconds_each / seconds < 0.1


@pytest.mark.both
def test_counters_that_several_need_at_once_are_taken_in_one_order(race: Any) -> None:
    one, other = (THREE, "ana"), (Limit("four", 400, 60), "beto")
    outcomes = race(*[lambda: throttle.count(one, other), lambda: throttle.count(other, one)] * 6)
    assert sum(isinstance(outcome, list) for outcome in outcomes) == 3
    assert all(isinstance(outcome, list | Throttled) for outcome in outcomes)
    assert len(throttle._attempts(throttle._key(*other))) == 3, "what one limit refuses is counted on no other"


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
        throttle.count((THREE, "ana"))
    for other in range(700):
        caches["throttle"].set(f"zz:{other}", [0.0], 900)  # a full cache drops what stands first in the alphabet
    with pytest.raises(Throttled):
        throttle.count((THREE, "ana"))


def test_no_address_is_readable_in_the_counters(client: Client, clock: Any, ana: User) -> None:
    sign_in(client, ana, WRONG)
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM throttle_cache")
        rows = str(cursor.fetchall())
    assert "place:" in rows
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


@pytest.mark.both
def test_of_many_guesses_at_once_only_three_get_through(race: Any) -> None:
    assert guesses(lambda: throttle.count((THREE, "ana")), race) == 3


@pytest.mark.both
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
