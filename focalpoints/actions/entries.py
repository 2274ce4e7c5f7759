"""The ledger's entries of this app's verbs, and what a person's first one means for their notices."""

from typing import Any

from focalpoints.ledger.record import PublicState, record
from focalpoints.models import Entry, User
from focalpoints.rules import is_administrator, office_of


def recorded(verb: str, state: PublicState, *, by: User, **private: Any) -> Entry:
    """An entry in the name of the administration, or of who else acts: coordinators, the system's account. `private` goes to its annex."""
    return record(
        verb, state, by=by, office="administration" if is_administrator(by) else office_of(by), private=private
    )


def begin_notices(person: User, entry: Entry) -> None:
    """Start the notices of somebody whom `entry` gives their first role or appointment: what is older is not shown as new."""
    has_worked = person.roles.exclude(in_force_at=None).count() + person.appointments.count() > 1
    if not has_worked:
        User.objects.filter(pk=person.pk).update(notices_seen=entry.seq)
