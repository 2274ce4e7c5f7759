"""The pages of roles: the password is asked for again, what was typed goes on, and whoever is concerned reads of it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from focalpoints import actions
from focalpoints.models import Role, User
from focalpoints.rules import is_administrator, is_coordinator
from tests.cast import has_signed_in, hold, make_user
from tests.signing_in import PASSWORD, add_authenticator, code_now

WHY = "Releva a quien se fue."
CONFIRM = {"decision": "confirm", "reason": ""}


@pytest.fixture(autouse=True)
def in_english(fast_hashing):
    with translation.override("en"):
        yield


@pytest.fixture
def newcomer(cast):
    return has_signed_in(cast["outsider"])


class Desk:
    """Somebody's browser, and what it costs them to post there: the password once more."""

    def __init__(self, cast: Any, name: str, *, client: Client | None = None) -> None:
        self.person = cast[name]
        self.person.set_password(PASSWORD)
        self.person.save()
        self.client = client or Client()
        self.client.force_login(self.person)

    def look(self, name: str, *args: str) -> Any:
        return self.client.get(url(name, *args))

    def send(self, name: str, *args: str, **fields: str) -> Any:
        """Sent, and asked for the password: what is then answered to it."""
        asked = self.client.post(url(name, *args), fields)
        if asked.status_code != 302 or "confirmar" not in asked.headers["Location"]:
            return asked
        return self.client.post(asked.headers["Location"], {"password": PASSWORD})


def url(name: str, *args: str) -> str:
    return reverse(f"focalpoints:{name}", args=args)


def messages_of(response: Any) -> list[str]:
    return [str(message) for message in response.wsgi_request._messages]


def again(person: User) -> User:
    return User.objects.get(pk=person.pk)


def test_a_role_is_given_confirmed_and_taken_away(cast, newcomer):
    desk, office = Desk(cast, "administrator"), Desk(cast, "coordinator")
    page = desk.look("role_give", newcomer.code)
    assert "Decides on requests" in page.text
    assert "Invites people" in page.text
    assert "gives no rights until a coordinator or another administrator confirms it" in page.text
    answer = desk.send("role_give", newcomer.code, kind="coordinator", reason=WHY)
    assert answer.url == url("person_detail", newcomer.code)
    assert messages_of(answer) == [
        "The role waits for a second person: Outsider, Coordinator. It gives no rights before."
    ]
    assert not is_coordinator(again(newcomer))
    assert url("role_list") in desk.look("administration").text
    assert "1 role waits for a second person" in office.client.get(reverse("projects:review_queue")).text
    code = f"{newcomer.code}-coordinator"
    assert url("role_decide", code) in office.look("role_list").text
    assert url("role_decide", code) not in desk.look("role_list").text
    decision = office.look("role_decide", code)
    assert WHY in decision.text
    assert office.send("role_decide", code, **CONFIRM).url == url("role_list")
    assert is_coordinator(again(newcomer))
    assert "No role waits" in office.look("role_list").text
    assert "waits for a second person" not in desk.look("administration").text
    detail = desk.look("person_detail", newcomer.code).text
    assert "Given by Administrator, confirmed by Coordinator" in detail
    assert "Keeps projects" in desk.look("role_revoke", code).text
    assert desk.send("role_revoke", code, reason="Se va.").url == url("person_detail", newcomer.code)
    assert not is_coordinator(again(newcomer))


def test_without_the_password_nothing_happens(cast, newcomer):
    client = cast.client("administrator")
    sent = {"kind": "coordinator", "reason": WHY}
    asked = client.post(url("role_give", newcomer.code), sent)
    assert asked.headers["Location"].startswith(reverse("account_reauthenticate"))
    wrong = client.post(asked.headers["Location"], {"password": "no es esta"})
    assert (wrong.status_code, Role.objects.filter(user=newcomer).exists()) == (200, False)
    role = actions.give_role(newcomer, "coordinator", by=cast["administrator"], reason=WHY)
    office = cast.client("coordinator")
    for who, name, fields in (
        (office, "role_decide", CONFIRM),
        (client, "role_withdraw", {"reason": WHY}),
    ):
        answer = who.post(url(name, role.code), fields)
        assert answer.headers["Location"].startswith(reverse("account_reauthenticate")), name
    answer = client.post(url("role_revoke", f"{cast['coordinator'].code}-coordinator"), {"reason": WHY})
    assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))
    add_authenticator(newcomer)
    answer = client.post(url("person_reset_second_factor", newcomer.code), {"reason": WHY})
    assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))
    assert newcomer.authenticator_set.exists()
    role.refresh_from_db()
    assert (role.state, is_coordinator(cast["coordinator"])) == ("proposed", True)


def test_the_second_factor_answers_it_as_well(cast, newcomer):
    desk = Desk(cast, "administrator")
    add_authenticator(desk.person)
    asked = desk.client.post(url("role_give", newcomer.code), {"kind": "coordinator", "reason": WHY}, follow=True)
    [other] = [way["url"] for way in asked.context["reauthentication_alternatives"] if "segundo-factor" in way["url"]]
    desk.client.post(other, {"code": code_now()})
    assert Role.objects.get(user=newcomer).reason == WHY


def test_having_signed_in_just_now_is_no_answer_to_it(cast, newcomer):
    """Whoever sits down at a browser that somebody left signed in does not know the password."""
    client = Client()
    person = cast["administrator"]
    person.set_password(PASSWORD)
    person.save()
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    asked = client.post(url("role_give", newcomer.code), {"kind": "coordinator", "reason": WHY})
    assert asked.headers["Location"].startswith(reverse("account_reauthenticate"))


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"kind": "coordinator"}, "Fill in “Reason”."),
        ({"kind": "system", "reason": WHY}, "Select a valid choice"),
        ({"reason": WHY}, "Choose coordinator or administrator: no other role can be given."),
    ],
)
def test_a_form_that_is_not_whole_comes_back_to_its_own_page(cast, newcomer, sent, said):
    """Though it is shown at the address where the password was asked for."""
    answer = Desk(cast, "administrator").send("role_give", newcomer.code, **sent)
    assert said in answer.text
    assert f'action="{url("role_give", newcomer.code)}"' in answer.text
    assert not Role.objects.filter(user=newcomer).exists()


def test_to_refuse_takes_a_reason(cast, newcomer):
    role = actions.give_role(newcomer, "administrator", by=cast["administrator"], reason=WHY)
    office = Desk(cast, "coordinator")
    answer = office.send("role_decide", role.code, decision="refuse", reason="")
    assert (answer.status_code, "Say why this person does not get the role." in answer.text) == (409, True)
    office.send("role_decide", role.code, decision="refuse", reason="No trabaja aquí.")
    role.refresh_from_db()
    assert (role.state, is_administrator(again(newcomer))) == ("refused", False)


def test_whoever_comes_too_late_is_told_why(cast, newcomer):
    role = actions.give_role(newcomer, "coordinator", by=cast["administrator"], reason=WHY)
    office = Desk(cast, "second coordinator")
    actions.confirm_role(role, by=cast["coordinator"])
    assert "was decided, or taken back, already" in messages_of(office.look("role_decide", role.code))[0]
    answer = office.send("role_decide", role.code, **CONFIRM)
    assert (answer.status_code, "was decided, or taken back, already" in answer.text) == (409, True)


@pytest.mark.parametrize(("person", "words"), [("outsider", "never signed in"), ("gone", "not active")])
def test_who_cannot_get_a_role_is_offered_none(cast, person, words):
    who = cast["outsider"] if person == "outsider" else make_user("gone")
    if person == "gone":
        User.objects.filter(pk=who.pk).update(is_active=False)
    desk = Desk(cast, "administrator")
    assert url("role_give", who.code) not in desk.look("person_detail", who.code).text
    assert words in messages_of(desk.look("role_give", who.code))[0]


def test_nobody_opens_the_page_for_themselves(cast):
    desk = Desk(cast, "administrator")
    me = cast["administrator"].code
    assert url("role_give", me) not in desk.look("person_detail", me).text
    assert desk.look("role_give", me).status_code == 403
    assert desk.send("role_give", me, kind="coordinator", reason=WHY).status_code == 403
    assert not is_coordinator(cast["administrator"])


def test_where_nobody_could_confirm_it_the_page_says_so_before_and_the_public_reads_it_after(cast, newcomer):
    Role.objects.filter(kind="coordinator").delete()
    desk = Desk(cast, "administrator")
    assert "one person gave it alone" in desk.look("role_give", newcomer.code).text
    answer = desk.send("role_give", newcomer.code, kind="coordinator", reason=WHY)
    assert "Nobody else could confirm it" in messages_of(answer)[0]
    public = cast.client("anonymous").get(reverse("projects:how_it_works"))
    assert [(row["kind"], row["in_force"], row["alone"]) for row in public.context["roles"]] == [
        ("administrator", 1, 0), ("coordinator", 1, 1),
    ]  # fmt: skip
    assert newcomer.name not in public.text
    assert "alone: nobody else could confirm it" in desk.look("person_detail", newcomer.code).text


def test_a_role_that_waits_is_taken_back(cast, newcomer):
    role = actions.give_role(newcomer, "coordinator", by=cast["administrator"], reason=WHY)
    desk = Desk(cast, "administrator")
    assert url("role_withdraw", role.code) in desk.look("person_detail", newcomer.code).text
    assert "gives no rights" in desk.look("role_withdraw", role.code).text
    desk.send("role_withdraw", role.code, reason="Fue un error.")
    role.refresh_from_db()
    assert role.state == "withdrawn"


def test_somebody_reads_on_their_own_page_that_a_role_waits(cast, newcomer):
    actions.give_role(newcomer, "coordinator", by=cast["administrator"], reason=WHY)
    client = Client()
    client.force_login(newcomer)
    assert "once a second person has confirmed it" in client.get(reverse("account")).text
    assert client.get(url("role_list")).status_code == 404


def test_the_last_administrators_role_has_no_link(cast):
    desk, me = Desk(cast, "administrator"), cast["administrator"]
    detail = desk.look("person_detail", me.code)
    assert url("role_revoke", f"{me.code}-administrator") not in detail.text
    assert "the last administrator" in detail.text
    assert "no other active administrator" in messages_of(desk.look("role_revoke", f"{me.code}-administrator"))[0]


def test_whoever_resigns_is_not_sent_to_a_page_that_is_gone(cast):
    hold(make_user("second"), "administrator")
    answer = Desk(cast, "administrator").send("role_revoke", f"{cast['administrator'].code}-administrator", reason=WHY)
    assert answer.url == reverse("projects:board")


@pytest.mark.parametrize("code", ["coordinator", "P-00000000-coordinator", "-", "{outsider}-coordinator"])
def test_a_role_that_nobody_was_given_has_no_page(cast, code):
    code = code.format(outsider=cast["outsider"].code)
    desk = Desk(cast, "administrator")
    for name in ("role_decide", "role_revoke", "role_withdraw"):
        assert desk.look(name, code).status_code == 404


def test_the_system_accounts_role_has_no_page(cast):
    system = actions.ensure_system()
    assert Desk(cast, "administrator").look("role_revoke", f"{system.code}-system").status_code == 404


@pytest.mark.parametrize("rows", [1, 12])
def test_the_list_costs_the_same_at_1_and_at_12_rows(cast, django_assert_num_queries, rows):
    for number in range(rows):
        person = has_signed_in(make_user(f"person {number}"))
        actions.give_role(person, "coordinator", by=cast["administrator"], reason=WHY)
    client = cast.client("coordinator")
    client.get(url("role_list"))  # a new session is written once
    with django_assert_num_queries(5):
        assert len(client.get(url("role_list")).context["rows"]) == rows
