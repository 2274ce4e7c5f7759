"""Verbs on roles: an administrator gives one, a second person confirms it, and only then it gives rights."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.actions.appointments import refuse_inactive
from focalpoints.actions.entries import begin_notices, recorded
from focalpoints.facts import role_state
from focalpoints.models import Entry, Role, User
from focalpoints.rules import confirmers
from focalpoints.turn import in_turn
from focalpoints.workflow import NotPossible, Stale, permitted

GRANTABLE = frozenset({Role.Kind.COORDINATOR, Role.Kind.ADMINISTRATOR})


@in_turn
def give_role(person: User, kind: str, *, by: User, reason: str) -> Role:
    """Propose the person as coordinator or administrator. It gives no rights before somebody else confirms it.

    Where nobody could confirm it, it is in force at once and the ledger says that one person gave it alone.
    """
    alone = not confirmers(by, person).exists()
    if alone:
        by = permitted("role.give_alone", person, by=by, reason=reason)
    else:
        by = permitted("role.give", person, by=by, reason=reason)
    role = _new_role(person, kind, given_by=by, reason=reason, is_held=alone)
    return _recorded_new("give_alone" if alone else "give", role, by=by)


@in_turn
def grant_role(person: User, kind: str, *, by: User) -> Role:
    """Set up a role that is in force at once, also for somebody who has not signed in: of a load, and the first administrator's."""
    by = permitted("role.grant", person, by=by)
    refuse_inactive(person)
    if kind == Role.Kind.ADMINISTRATOR and Role.objects.administrators().exists():
        raise NotPossible(_("There is an administrator already: invite the next one on the site."))
    return _recorded_new("grant", _new_role(person, kind, is_held=True), by=by)


@in_turn
def confirm_role(role: Role, *, by: User) -> Entry:
    """Put it in force: its rights begin now."""
    by = permitted("role.confirm", role, by=by)
    _change(role, state=Role.State.HELD, confirmed_by=by, in_force_at=clock.now())
    entry = _recorded("confirm", role, by=by)
    begin_notices(role.user, entry)
    return entry


@in_turn
def refuse_role(role: Role, *, by: User, reason: str) -> Entry:
    by = permitted("role.refuse", role, by=by, reason=reason)
    _change(role, state=Role.State.REFUSED, ended_at=clock.now())
    return _recorded("refuse", role, by=by, reason=reason)


@in_turn
def withdraw_role(role: Role, *, by: User, reason: str) -> Entry:
    """Take a role back that nobody has confirmed yet."""
    by = permitted("role.withdraw", role, by=by, reason=reason)
    _change(role, state=Role.State.WITHDRAWN, ended_at=clock.now())
    return _recorded("withdraw", role, by=by, reason=reason)


@in_turn
def revoke_role(role: Role, *, by: User, reason: str) -> Entry:
    """Take the role away at once. Raises NotPossible for the last administrator's."""
    by = permitted("role.revoke", role, by=by, reason=reason)
    # A demonstration's clock begins anew each time, and may stand before the moment at which the role was given.
    now = clock.now()
    _change(role, state=Role.State.ENDED, ended_at=max(now, role.in_force_at or now))
    return _recorded("revoke", role, by=by, reason=reason)


def _new_role(person: User, kind: str, *, is_held: bool, given_by: User | None = None, reason: str = "") -> Role:
    if kind not in GRANTABLE:
        raise NotPossible(_("Choose coordinator or administrator: no other role can be given."))
    if earlier := person.roles.not_ended().filter(kind=kind).first():
        if earlier.state == Role.State.PROPOSED:
            raise NotPossible(
                _("%(person)s was given this role already: it waits to be confirmed.") % {"person": person}
            )
        raise NotPossible(_("%(person)s already has this role.") % {"person": person})
    now = clock.now()
    return Role.objects.create(
        user=person,
        kind=kind,
        state=Role.State.HELD if is_held else Role.State.PROPOSED,
        given_by=given_by,
        given_at=now,
        reason=reason,
        in_force_at=now if is_held else None,
    )


def _change(role: Role, **changes: Any) -> None:
    """Compare and swap: raises Stale when it stands no longer where the guard saw it."""
    if not Role.objects.filter(pk=role.pk, state=role.state).update(**changes):
        raise Stale
    role.refresh_from_db()


def _recorded_new(verb: str, role: Role, *, by: User) -> Role:
    entry = _recorded(verb, role, by=by, reason=role.reason)
    if role.in_force_at:
        begin_notices(role.user, entry)
    return role


def _recorded(verb: str, role: Role, *, by: User, **private: str) -> Entry:
    return recorded(verb, role_state(role), by=by, person=role.user.code, **private)
