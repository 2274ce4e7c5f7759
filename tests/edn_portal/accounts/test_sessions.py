"""How long one stays signed in: half an hour without use, twelve hours in all, and what counts as use."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from edn_portal.accounts.sessions import BEGAN, SEEN
from focalpoints.models import User
from tests.signing_in import is_signed_in, sign_in

pytestmark = pytest.mark.usefixtures("fast_hashing")

MINUTE = 60


@pytest.fixture
def clock(db: None) -> Iterator[Any]:
    with time_machine.travel(timezone.now().replace(microsecond=0), tick=False) as traveller:
        yield traveller


@pytest.fixture
def signed_in(client: Client, clock: Any, ana: User) -> Client:
    sign_in(client, ana)
    return client


@pytest.mark.parametrize(("minutes", "still"), [(29, True), (30, True), (31, False)])
def test_a_session_ends_half_an_hour_after_its_last_use(
    signed_in: Client, clock: Any, minutes: int, still: bool
) -> None:
    clock.shift(minutes * MINUTE)
    assert is_signed_in(signed_in) is still
    assert Session.objects.exists() is still


def test_use_keeps_a_session_open_until_twelve_hours_have_passed(signed_in: Client, clock: Any) -> None:
    for _twenty_minutes in range(12 * 3):
        clock.shift(20 * MINUTE)
        assert is_signed_in(signed_in)
    clock.shift(1)
    assert not is_signed_in(signed_in)


def test_the_last_use_is_written_at_most_every_five_minutes(signed_in: Client, clock: Any) -> None:
    began = signed_in.session[SEEN]
    seen = []
    for _minute in range(12):
        clock.shift(MINUTE)
        assert is_signed_in(signed_in)
        seen.append((signed_in.session[SEEN] - began) / MINUTE)
    assert seen == [0, 0, 0, 0, 0, 6, 6, 6, 6, 6, 6, 12]
    assert signed_in.session[BEGAN] == began


def test_saving_in_the_background_is_not_use(signed_in: Client, clock: Any) -> None:
    for _minute in range(31):
        clock.shift(MINUTE)
        signed_in.post(reverse("account_language"), headers={"x-requested-with": "autosave"})
    assert not is_signed_in(signed_in)


def test_who_was_away_is_told_why_they_must_sign_in(signed_in: Client, clock: Any) -> None:
    clock.shift(31 * MINUTE)
    response = signed_in.get(reverse("account"), follow=True)
    assert response.redirect_chain == [(f"{reverse('account_login')}?next={reverse('account')}&ended=1", 302)]
    assert response.context["reason"] == "ended"


def test_signing_in_again_begins_a_new_session(signed_in: Client, clock: Any, ana: User) -> None:
    clock.shift(31 * MINUTE)
    signed_in.get(reverse("account"))
    sign_in(signed_in, ana)
    clock.shift(29 * MINUTE)
    assert is_signed_in(signed_in)


def test_the_cookie_ends_with_the_browser_and_no_script_reads_it(signed_in: Client) -> None:
    cookie = signed_in.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["max-age"], cookie["expires"], cookie["httponly"], cookie["samesite"]) == ("", "", True, "Lax")


def test_pages_for_everybody_set_no_cookie(client: Client, db: None) -> None:
    for path in ("/salud/", reverse("account_reset_password_done"), "/no-such-page/"):
        response = client.get(path)
        assert not response.cookies, path


def test_one_sees_where_one_is_signed_in_and_closes_the_rest(signed_in: Client, ana: User, beto: User) -> None:
    elsewhere, other = Client(), Client()
    sign_in(elsewhere, ana)
    sign_in(other, beto)
    sessions = signed_in.get(reverse("account")).context["sessions"]
    assert [session.is_this_one for session in sessions].count(True) == 1
    assert len(sessions) == 2
    signed_in.post(reverse("account_close_sessions"))
    assert is_signed_in(signed_in)
    assert not is_signed_in(elsewhere)
    assert is_signed_in(other)


def test_the_language_of_messages_is_ones_own_choice(signed_in: Client, ana: User) -> None:
    signed_in.post(reverse("account_language"), {"language": "en"})
    ana.refresh_from_db()
    assert ana.language == "en"
    signed_in.post(reverse("account_language"), {"language": "xx"})
    ana.refresh_from_db()
    assert ana.language == "en"
