"""An invitation waits for no mail server; what could not be sent is shown to administrators, and tried again until it is."""

import io
import smtplib
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import override_settings
from django.urls import reverse

from focalpoints import actions, clock
from focalpoints.alarms import unsent_invitations
from focalpoints.mail import MOST_LOST, send_invitations_again, wait_until_sent
from focalpoints.models import UnsentInvitation, User
from tests.live import free_port
from tests.post_office import post_office, silent_server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both]


@pytest.fixture
def cast(transactional_db: None, request: Any) -> Any:
    return request.getfixturevalue("cast")


def mailing_to(port: int, seconds: float = 10.0) -> Any:
    options = {"host": "127.0.0.1", "port": port, "timeout": seconds}
    return override_settings(MAILERS={"default": {"BACKEND": "focalpoints.delivery.SMTPBackend", "OPTIONS": options}})


def invite(cast: Any, name: str = "ana") -> User:
    return actions.invite(by=cast["administrator"], name=name.title(), email=f"{name}@example.org")


def page_of(cast: Any, person: User) -> str:
    return cast.client("administrator").get(reverse("focalpoints:person_detail", args=[person.code])).text


def later() -> Any:
    return clock.at(clock.now() + timedelta(minutes=11))


def alarms() -> list[str]:
    return [str(alarm.text) for alarm in unsent_invitations()]


def test_nobody_waits_for_a_mail_server_that_hangs(cast: Any, monkeypatch: Any) -> None:
    with silent_server() as port, mailing_to(port, seconds=0.5):
        reached, real = [], smtplib.SMTP.connect

        def connect(*arguments: Any, **options: Any) -> Any:
            reached.append(still_there())
            return real(*arguments, **options)

        def still_there() -> bool:
            return UnsentInvitation.objects.filter(tried_at=None).exists()

        monkeypatch.setattr(smtplib.SMTP, "connect", connect)
        form = {"name": "Ana Pérez", "email": "ana@example.org", "language": "es-mx"}
        response = cast.client("administrator").post(reverse("focalpoints:person_invite"), form)
        assert response.status_code == 302
        person = User.objects.get(email="ana@example.org")
        wait_until_sent()
        assert reached == [True], "committed before the server was asked"
    assert UnsentInvitation.objects.get().user == person
    assert UnsentInvitation.objects.get().tried_at is not None
    assert "timed out" in page_of(cast, person)
    assert len(alarms()) == 1
    listed = cast.client("administrator").get(reverse("focalpoints:person_list"), {"state": "unsent"})
    assert [row.pk for row, _state in listed.context["rows"]] == [person.pk]


def test_what_was_not_sent_goes_out_with_the_next_run_and_is_shown_no_longer(cast: Any) -> None:
    with mailing_to(free_port()):
        person = invite(cast)
        wait_until_sent()
    with post_office() as office, mailing_to(office.port):
        assert send_invitations_again() == (0, 0), "tried a moment ago"
        with later():
            call_command("send_due", stdout=(said := io.StringIO()))
        assert "Invitations tried again: 1 sent, 0 not." in said.getvalue()
        [letter] = office.to(person.email)
        link = next(word for word in letter.get_content().split() if "/invitacion/" in word)
        assert cast.client("anonymous").get(link.removeprefix("http://localhost:8000")).status_code == 200
        with later():
            assert send_invitations_again() == (0, 0)
    assert not UnsentInvitation.objects.exists()
    assert alarms() == []


def test_what_is_sent_at_once_is_never_shown(cast: Any) -> None:
    with post_office() as office, mailing_to(office.port):
        person = invite(cast)
        wait_until_sent()
        assert len(office.to(person.email)) == 1
    with later():
        assert not UnsentInvitation.objects.exists()


def test_a_process_that_ended_before_it_sent_loses_nothing(cast: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("focalpoints.mail._outgoing.submit", lambda *arguments: None)
    person = invite(cast)
    monkeypatch.undo()
    assert alarms() == [], "it may be on its way"
    with post_office() as office, mailing_to(office.port), later():
        assert len(alarms()) == 1
        assert send_invitations_again() == (1, 0)
        assert len(office.to(person.email)) == 1


def test_an_address_that_is_refused_waits_for_its_correction(cast: Any) -> None:
    with post_office() as office, mailing_to(office.port):
        office.to_recipient["ama@example.org"] = "550 No such mailbox"
        person = invite(cast, "ama")
        wait_until_sent()
        assert "550 No such mailbox" in page_of(cast, person)
        with later():
            assert send_invitations_again() == (0, 0)
        person.refresh_from_db()
        actions.correct_person(person, by=cast["administrator"], revision=person.revision, email="ana@example.org")
        wait_until_sent()
        assert len(office.to("ana@example.org")) == 1
    assert not UnsentInvitation.objects.exists()


def test_what_came_of_an_earlier_invitation_says_nothing_of_a_newer(cast: Any) -> None:
    """While the server takes the first, an administrator sends another, which it does not take."""

    def meanwhile(letter: Any) -> None:
        if len(office.taken) == 1:
            actions.invite_again(User.objects.get(email="ana@example.org"), by=cast["administrator"])
            connections.close_all()
        else:
            office.to_content["ana@example.org"] = "452 Later"

    with post_office() as office, mailing_to(office.port):
        office.meanwhile = meanwhile
        invite(cast)
        wait_until_sent()
        wait_until_sent()
    assert len(office.taken) == 2
    assert UnsentInvitation.objects.get().answer == "452 Later"


def test_who_needs_none_gets_none(cast: Any) -> None:
    with mailing_to(free_port()):
        people = [invite(cast, name) for name in ("ana", "beto")]
        wait_until_sent()
    actions.deactivate(people[0], by=cast["administrator"], reason="Se fue.")
    User.objects.filter(pk=people[1].pk).update(last_login=clock.now())
    with post_office() as office, mailing_to(office.port), later():
        assert send_invitations_again() == (0, 0)
        assert office.taken == []
        assert alarms() == []


def test_a_server_that_is_down_is_not_asked_for_everybody(cast: Any) -> None:
    with mailing_to(free_port()):
        for number in range(MOST_LOST + 2):
            invite(cast, f"p{number}")
        wait_until_sent()
        with later():
            assert send_invitations_again() == (0, MOST_LOST)
