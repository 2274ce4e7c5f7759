"""Where the operator asks for a second factor, its roles set one up first, cannot go on without, and get in again after losing it."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import reverse

from edn_portal.accounts.second_factor import ASKED_OF, OPEN
from edn_portal.operations.second_factor import KINDS, kinds
from focalpoints import actions
from focalpoints.models import Entry, User
from projects.models import FollowUp
from tests.cast import Cast, has_signed_in
from tests.signing_in import PASSWORD, add_authenticator, code_now, sign_in
from tests.test_every_url import TABLE

pytestmark = pytest.mark.usefixtures("fast_hashing")


@pytest.fixture
def office(cast: Cast, settings: Any) -> Cast:
    settings.SECOND_FACTOR_FOR = kinds(["coordinators", "administrators"])
    for name in ("coordinator", "administrator", "focal point", "outsider"):
        person = cast[name]
        person.set_password(PASSWORD)
        person.save()
    return cast


def test_kinds_are_known_by_name() -> None:
    assert kinds([" coordinators", "", "focal-points"]) == {"coordinators", "focal-points"}
    assert kinds([]) == frozenset()
    assert ASKED_OF.keys() == KINDS
    with pytest.raises(ImproperlyConfigured, match="not coordinator"):
        kinds(["coordinator"])


@pytest.mark.parametrize("role", ["coordinator", "administrator"])
def test_the_first_sign_in_leads_to_a_second_factor_and_nowhere_else(office: Cast, role: str) -> None:
    client = Client()
    set_up = reverse("mfa_index")
    first = sign_in(client, office[role])
    assert client.get(first.headers["Location"]).headers["Location"] == set_up
    page = client.get(set_up)
    assert page.status_code == 200
    assert any("segundo factor" in str(said) or "second factor" in str(said) for said in page.context["messages"])
    confirm = client.get(reverse("mfa_activate_totp")).headers["Location"]
    assert confirm.startswith(reverse("account_reauthenticate"))
    assert client.post(confirm, {"password": PASSWORD}).headers["Location"] == reverse("mfa_activate_totp")
    activate = client.get(reverse("mfa_activate_totp"))
    secret = activate.context["form"].secret
    assert client.post(reverse("mfa_activate_totp"), {"code": code_now(secret)}).status_code == 302
    assert client.get(first.headers["Location"]).status_code == 200
    client.post(reverse("account_logout"))
    assert sign_in(client, office[role]).headers["Location"] == reverse("mfa_authenticate")


@pytest.mark.once
def test_nothing_else_opens_before(office: Cast) -> None:
    client = office.client("coordinator")
    opened = set()
    for name, (arguments, _answers) in TABLE.items():
        if name == "account_logout" or any("{" in str(argument) for argument in arguments):
            continue
        address = reverse(name, args=arguments)
        for method in ("get", "post"):
            answer = getattr(client, method)(address)
            if answer.headers.get("Location") != reverse("mfa_index"):
                opened.add(name.rpartition(":")[2])
    assert opened <= OPEN
    assert "mfa_index" in opened
    assert client.post(reverse("account_logout")).headers["Location"] == reverse("account_login")
    # Of what was posted, nothing was done.
    assert not Entry.objects.filter(by=office["coordinator"], seq__gt=0).exclude(verb__in=["create", "define"]).exists()


def test_a_form_that_was_open_keeps_its_text(office: Cast, settings: Any) -> None:
    settings.SECOND_FACTOR_FOR = kinds(["focal-points"])
    task, client = office.task(), office.client("focal point")
    address = f"/tareas/{task.code}/seguimiento/"
    settings.SECOND_FACTOR_FOR = frozenset()
    page = client.get(address)
    hidden = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', page.text))
    settings.SECOND_FACTOR_FOR = kinds(["focal-points"])
    typed = hidden | {"progress": "40", "done": "Se instalaron 40 sitios.", "next_step": "", "obstacle": ""}
    assert client.post(address, typed | {"save": ""}).headers["Location"] == reverse("mfa_index")
    assert client.post(address, typed, headers={"x-requested-with": "autosave"}).status_code == 403
    assert not FollowUp.objects.exists()
    Authenticator.objects.create(user=office["focal point"], type=Authenticator.Type.WEBAUTHN, data={})
    assert "Se instalaron 40 sitios." in client.get(address).text


@pytest.mark.parametrize("role", ["focal point", "outsider", "anonymous"])
def test_nobody_else_notices(office: Cast, role: str) -> None:
    assert office.client(role).get("/").status_code == 200
    assert office.client(role).get(reverse("projects:my_work")).headers.get("Location") != reverse("mfa_index")


def test_recovery_codes_alone_are_no_second_factor(office: Cast) -> None:
    Authenticator.objects.create(user=office["coordinator"], type=Authenticator.Type.RECOVERY_CODES, data={})
    assert office.client("coordinator").get("/").headers["Location"] == reverse("mfa_index")


def test_who_lost_it_gets_in_again_by_another_administrator_and_sets_up_a_new_one(office: Cast) -> None:
    person = has_signed_in(office["coordinator"])
    add_authenticator(person)
    add_authenticator(office["administrator"])
    helper = office.client("administrator")
    page = reverse("focalpoints:person_reset_second_factor", args=[person.code])
    assert page in helper.get(reverse("focalpoints:person_detail", args=[person.code])).text
    assert helper.get(page).status_code == 200
    asked = helper.post(page, {"reason": " "}).headers["Location"]
    assert asked.startswith(reverse("account_reauthenticate"))
    assert helper.post(asked, {"password": PASSWORD}).status_code == 200
    assert Authenticator.objects.filter(user=person).exists()
    assert helper.post(page, {"reason": "Perdió el teléfono; se le llamó a su oficina."}).status_code == 302
    entry = Entry.objects.order_by("-seq")[0]
    assert (entry.subject_type, entry.subject, entry.verb) == ("person", person.code, "reset_second_factor")
    history = helper.get(reverse("focalpoints:person_detail", args=[person.code])).text
    assert "segundo factor" in history.lower() or "second factor" in history.lower()
    assert page not in history, "there is nothing left to remove"
    client = Client()
    work = sign_in(client, User.objects.get(pk=person.pk)).headers["Location"]
    assert client.get(work).headers["Location"] == reverse("mfa_index")


def test_what_the_role_asks_for_begins_with_the_role(office: Cast) -> None:
    newcomer = has_signed_in(office["outsider"])
    client = office.client("outsider")
    role = actions.give_role(newcomer, "coordinator", by=office["administrator"], reason="Releva a otra persona.")
    assert client.get("/").status_code == 200
    actions.confirm_role(role, by=office["coordinator"])
    assert client.get("/").headers["Location"] == reverse("mfa_index")
