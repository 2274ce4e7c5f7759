"""Verbs on the roles of the coordination office."""

from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.actions.appointments import refuse_inactive
from focalpoints.actions.entries import begin_notices, recorded
from focalpoints.facts import role_state
from focalpoints.models import Entry, Role, User
from focalpoints.turn import in_turn
from focalpoints.workflow import NotPossible, Stale, permitted

GRANTABLE = frozenset({Role.Kind.COORDINATOR, Role.Kind.ADMINISTRATOR})


@in_turn
def grant_role(person: User, kind: str, *, by: User) -> Role:
    """Make the person coordinator or administrator from today."""
    by = permitted("role.grant", by=by)
    if kind not in GRANTABLE:
        raise NotPossible(_("Choose coordinator or administrator: no other role can be given."))
    refuse_inactive(person)
    if person.roles.active().filter(kind=kind).exists():
        raise NotPossible(_("%(person)s already has this role.") % {"person": person})
    role = Role.objects.create(user=person, kind=kind, since=clock.today())
    entry = recorded("grant", role_state(role), by=by, person=person.code)
    begin_notices(person, entry)
    return role


@in_turn
def revoke_role(role: Role, *, by: User, reason: str = "") -> Entry:
    """Take the role away at once. Raises NotPossible for the last administrator's."""
    by = permitted("role.revoke", role, by=by)
    if not Role.objects.active().filter(pk=role.pk).update(until=clock.today()):
        raise Stale
    role.refresh_from_db()
    return recorded("revoke", role_state(role), by=by, person=role.user.code, reason=reason)
