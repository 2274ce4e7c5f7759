"""Roles: one gives, a second person confirms, and what no path leads around. Who may each is in test_administration_verbs."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import translation

from focalpoints import actions, clock
from focalpoints.actions import ensure_system
from focalpoints.models import Annex, Entry, Role, User
from focalpoints.rules import coordinator_since, is_administrator, is_coordinator
from focalpoints.workflow import NotPossible, Stale, open_verbs
from projects import actions as project_actions
from projects.models import Notice
from tests.cast import SINCE, has_signed_in, hold, make_user

WHY = "Releva a quien se fue."


@pytest.fixture(autouse=True)
def in_english():
    """So that a test can ask for the words of a refusal."""
    with translation.override("en"):
        yield


@pytest.fixture
def newcomer(cast):
    """Somebody who has signed in and may do nothing yet."""
    return has_signed_in(cast["outsider"])


def give(cast, person, kind="coordinator", by="administrator"):
    return actions.give_role(person, kind, by=cast[by], reason=WHY)


def again(person):
    return User.objects.get(pk=person.pk)


@pytest.mark.parametrize(("kind", "holds"), [("coordinator", is_coordinator), ("administrator", is_administrator)])
def test_a_role_gives_no_rights_before_a_second_person_confirms_it(cast, newcomer, kind, holds):
    role = give(cast, newcomer, kind)
    assert (role.state, role.in_force_at, holds(again(newcomer)), coordinator_since(newcomer)) == (
        "proposed", None, False, None,
    )  # fmt: skip
    actions.confirm_role(role, by=cast["coordinator"])
    assert (role.state, role.confirmed_by, role.reason) == ("held", cast["coordinator"], WHY)
    assert holds(again(newcomer))
    assert [(entry.verb, entry.office, json.loads(entry.text)["numbers"]) for entry in entries_of(role)] == [
        ("give", "administration", {"alone": 0}), ("confirm", "CEDN", {"alone": 0}),
    ]  # fmt: skip


def entries_of(role):
    return Entry.objects.about("role", role.code)


def test_since_when_somebody_coordinates_is_when_it_was_confirmed(cast, newcomer):
    role = give(cast, newcomer)
    later = clock.now() + timedelta(days=3)
    with clock.at(later):
        actions.confirm_role(role, by=cast["coordinator"])
    assert coordinator_since(newcomer) == later
    assert coordinator_since(cast["coordinator"]) == SINCE
    assert coordinator_since(cast["administrator"]) is None
    with clock.at(later + timedelta(days=1)):
        actions.revoke_role(role, by=cast["administrator"], reason="Se va.")
        assert coordinator_since(newcomer) is None


def test_nobody_gives_a_role_to_themselves(cast):
    me = has_signed_in(cast["administrator"])
    assert "give" not in open_verbs(me, me)
    with pytest.raises(PermissionDenied):
        give(cast, me)
    assert not is_coordinator(cast["administrator"])


@pytest.mark.parametrize("kind", ["coordinator", "administrator"])
def test_no_role_is_given_to_an_account_that_has_not_signed_in(cast, kind):
    person = cast["outsider"]
    with pytest.raises(NotPossible, match="never signed in"):
        give(cast, person, kind)
    assert "give" not in open_verbs(cast["administrator"], person)
    actions.grant_role(person, "coordinator", by=ensure_system())  # but by a load
    assert is_coordinator(cast["outsider"])


def test_neither_who_gave_it_nor_who_gets_it_confirms_it(cast, newcomer):
    hold(cast["administrator"], "coordinator")  # of both offices
    hold(newcomer, "administrator")
    role = give(cast, newcomer)
    for person in (cast["administrator"], again(newcomer)):
        assert {"confirm", "refuse"}.isdisjoint(open_verbs(person, role))
        with pytest.raises(PermissionDenied):
            actions.confirm_role(role, by=person)
        with pytest.raises(PermissionDenied):
            actions.refuse_role(role, by=person, reason="No.")
    actions.confirm_role(role, by=cast["second coordinator"])
    assert is_coordinator(again(newcomer))


def test_an_administrator_gets_nowhere_through_accounts_of_her_own(cast):
    """The first would be needed to confirm the second: it takes somebody else already."""
    first, second = (has_signed_in(make_user(name)) for name in ("first", "second"))
    give(cast, first, "administrator")
    role = give(cast, second)
    for puppet in (first, second):
        with pytest.raises(PermissionDenied):
            actions.confirm_role(role, by=again(puppet))
        with pytest.raises(PermissionDenied):
            actions.give_role(second, "coordinator", by=again(puppet), reason=WHY)
    assert not Role.objects.active().filter(user__in=[first, second]).exists()


def test_where_nobody_could_confirm_it_it_is_in_force_at_once_and_marked(cast, newcomer):
    Role.objects.filter(kind="coordinator").delete()
    role = give(cast, newcomer)
    assert (role.state, role.confirmed_by, is_coordinator(again(newcomer))) == ("held", None, True)
    [entry] = entries_of(role)
    assert (entry.verb, json.loads(entry.text)["numbers"]) == ("give_alone", {"alone": 1})
    second = has_signed_in(make_user("second"))
    assert give(cast, second).state == "proposed"  # now there is somebody
    assert [dict(row) for row in Role.objects.tally()] == [
        {"kind": "administrator", "in_force": 1, "confirmed": 0, "alone": 0, "set_up": 1},
        {"kind": "coordinator", "in_force": 1, "confirmed": 0, "alone": 1, "set_up": 0},
    ]


def test_whoever_has_no_access_or_gets_the_role_is_nobody_who_could_confirm(cast, newcomer):
    User.objects.filter(roles__kind="coordinator").update(is_active=False)
    hold(newcomer, "administrator")
    assert give(cast, newcomer).state == "held"


@pytest.mark.parametrize("decide", ["confirm", "refuse", "withdraw"])
def test_what_was_decided_is_decided(cast, newcomer, decide):
    role = give(cast, newcomer)
    earlier = Role.objects.get(pk=role.pk)
    deciding = {
        "confirm": lambda row: actions.confirm_role(row, by=cast["coordinator"]),
        "refuse": lambda row: actions.refuse_role(row, by=cast["coordinator"], reason="No."),
        "withdraw": lambda row: actions.withdraw_role(row, by=cast["administrator"], reason="No."),
    }
    deciding[decide](role)
    for press in deciding.values():
        with pytest.raises(NotPossible, match="was decided, or taken back"):
            press(Role.objects.get(pk=role.pk))
        with pytest.raises(Stale):
            press(earlier)
    assert is_coordinator(again(newcomer)) is (decide == "confirm")
    assert entries_of(role).count() == 2


def test_a_role_that_was_refused_can_be_given_again(cast, newcomer):
    role = give(cast, newcomer)
    with pytest.raises(NotPossible, match="Say why"):
        actions.refuse_role(role, by=cast["coordinator"], reason=" ")
    actions.refuse_role(role, by=cast["coordinator"], reason="Todavía no.")
    with pytest.raises(NotPossible, match="not in force"):
        actions.revoke_role(role, by=cast["administrator"], reason="No.")
    actions.confirm_role(give(cast, newcomer), by=cast["coordinator"])
    assert [entry.verb for entry in entries_of(role)] == ["give", "refuse", "give", "confirm"]


@pytest.mark.parametrize("reason", ["", "  "])
def test_giving_and_taking_need_a_reason_that_stays_out_of_the_public_part(cast, newcomer, reason):
    with pytest.raises(NotPossible, match="Say why this person gets the role"):
        actions.give_role(newcomer, "coordinator", by=cast["administrator"], reason=reason)
    role = give(cast, newcomer)
    with pytest.raises(NotPossible, match="Say why the role is taken back"):
        actions.withdraw_role(role, by=cast["administrator"], reason=reason)
    actions.confirm_role(role, by=cast["coordinator"])
    with pytest.raises(NotPossible, match="Say why the role is taken away"):
        actions.revoke_role(role, by=cast["administrator"], reason=reason)
    assert not Entry.objects.filter(text__contains="Releva").exists()
    assert Annex.objects.filter(content__contains="Releva").count() == 1


def test_a_role_is_held_or_waits_once(cast, newcomer):
    role = give(cast, newcomer)
    with pytest.raises(NotPossible, match="waits to be confirmed"):
        give(cast, newcomer)
    actions.confirm_role(role, by=cast["coordinator"])
    with pytest.raises(NotPossible, match="already has this role"):
        give(cast, newcomer)


@pytest.mark.parametrize("kind", ["system", "focal point", ""])
def test_only_the_two_roles_can_be_given(cast, newcomer, kind):
    with pytest.raises(NotPossible, match="Choose coordinator or administrator"):
        give(cast, newcomer, kind)


def test_who_is_deactivated_is_no_longer_proposed(cast, newcomer):
    role = give(cast, newcomer)
    actions.deactivate(newcomer, by=cast["administrator"], reason="Se fue.")
    role.refresh_from_db()
    assert (role.state, [entry.verb for entry in entries_of(role)]) == ("withdrawn", ["give", "withdraw"])
    with pytest.raises(NotPossible):
        actions.confirm_role(role, by=cast["coordinator"])


def test_a_proposal_outlives_the_office_of_its_giver_and_still_needs_somebody_else(cast, newcomer):
    role = give(cast, newcomer)
    hold(make_user("second"), "administrator")
    mine = cast["administrator"].roles.get()
    actions.revoke_role(mine, by=cast["administrator"], reason="Me voy.")
    with pytest.raises(PermissionDenied):
        actions.withdraw_role(role, by=cast["administrator"], reason="No.")
    with pytest.raises(PermissionDenied):
        actions.confirm_role(role, by=cast["administrator"])
    actions.confirm_role(role, by=cast["coordinator"])


def test_a_coordinator_whose_role_ends_between_asking_and_deciding_decides_nothing(cast):
    task, office = cast.task(), cast["coordinator"]
    asked = project_actions.request_date(
        task, by=cast["focal point"], to_due=task.due + timedelta(days=9), category="legal", reason="Un amparo."
    )
    actions.revoke_role(office.roles.get(), by=cast["administrator"], reason="Se va.")
    with pytest.raises(PermissionDenied):
        project_actions.approve_request(asked, by=office, revision=asked.revision)
    role = give(cast, has_signed_in(office))
    with pytest.raises(PermissionDenied):
        actions.confirm_role(role, by=office)
    with pytest.raises(PermissionDenied):
        project_actions.approve_request(asked, by=cast["coordinator"], revision=asked.revision)


def test_who_gets_a_first_role_is_not_told_of_the_years_before(cast, newcomer):
    cast.follow_up("withdrawn")
    actions.refuse_role(give(cast, newcomer), by=cast["coordinator"], reason="Todavía no.")
    role = give(cast, newcomer)
    cast.follow_up("withdrawn")  # what came while the role waited is older than it too
    actions.confirm_role(role, by=cast["coordinator"])
    assert not Notice.objects.unseen_by(again(newcomer)).exists()
    cast.follow_up("withdrawn")
    assert Notice.objects.unseen_by(again(newcomer)).exists()


def test_a_role_ends_not_before_it_began_whatever_the_clock_says(cast, newcomer):
    """A demonstration that is started again begins on the same morning."""
    role = give(cast, newcomer)
    with clock.at(clock.now() + timedelta(hours=3)):
        actions.confirm_role(role, by=cast["coordinator"])
    actions.revoke_role(role, by=cast["administrator"], reason="Se va.")
    assert (role.state, role.ended_at) == ("ended", role.in_force_at)


# ---- Administrators


def test_the_last_administrator_stays_one(cast, newcomer):
    by = cast["administrator"]
    mine = by.roles.get()
    with pytest.raises(NotPossible, match="no other active administrator"):
        actions.revoke_role(mine, by=by, reason="Me voy.")
    assert open_verbs(by, mine) == []
    role = give(cast, newcomer, "administrator")
    with pytest.raises(NotPossible, match="no other active administrator"):
        actions.revoke_role(mine, by=by, reason="Me voy.")  # the other one is not in force yet
    actions.confirm_role(role, by=cast["coordinator"])
    assert open_verbs(by, mine) == ["revoke"]
    actions.revoke_role(mine, by=by, reason="Me voy.")
    with pytest.raises(PermissionDenied):
        give(cast, cast["focal point"], "administrator")
    with pytest.raises(NotPossible):
        actions.revoke_role(role, by=again(newcomer), reason="Me voy.")


def test_an_inactive_administrator_does_not_count_as_another(cast):
    second = make_user("second", "administrator")
    User.objects.filter(pk=second.pk).update(is_active=False)
    with pytest.raises(NotPossible, match="no other active administrator"):
        actions.revoke_role(cast["administrator"].roles.get(), by=cast["administrator"], reason="Me voy.")


def test_the_system_makes_the_first_administrator_and_no_second(db):
    system = ensure_system()
    first = actions.invite(by=system, name="Primera", email="primera@example.org")
    actions.grant_role(first, "administrator", by=system)
    second = actions.invite(by=system, name="Segunda", email="segunda@example.org")
    with pytest.raises(NotPossible, match="There is an administrator already"):
        actions.grant_role(second, "administrator", by=system)
    with pytest.raises(CommandError, match="There is an administrator already"):
        call_command("create_administrator", "segunda@example.org", name="Segunda")
