"""Steps that several verbs share."""

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from focalpoints.models import Agency, Entry, User
from focalpoints.rules import is_system
from focalpoints.workflow import NotPossible


def office_of(by: User) -> str:
    """The office that the ledger names for this app's verbs."""
    return "system" if is_system(by) else "administration"


def begin_notices(person: User, entry: Entry) -> None:
    """Whom `entry` gives their first work here is told of what comes from then on, not of years before."""
    has_worked = person.roles.count() + person.appointments.count() > 1
    if not has_worked:
        User.objects.filter(pk=person.pk).update(notices_seen=entry.seq)


def refuse_invalid(row: Model) -> None:
    """Raise NotPossible with what the model's fields and constraints say against the row as it is about to be written."""
    try:
        row.full_clean()
    except ValidationError as error:
        parts = []
        for name, messages in error.message_dict.items():
            label = "" if name == NON_FIELD_ERRORS else f"{row._meta.get_field(name).verbose_name}: "  # type: ignore[union-attr]
            parts.append(label + " ".join(messages))
        raise NotPossible(" ".join(parts)) from error


def draft_of[Row: (Agency, User)](row: Row, changes: dict[str, Any]) -> tuple[Row, dict[str, list[str]]]:
    """The row as it would be, checked but not written, and what differs (before and after) for the entry's annex.

    Raises NotPossible where nothing differs or the new values are refused.
    """
    draft = type(row)._default_manager.get(pk=row.pk)
    differing = {name: [getattr(draft, name), new] for name, new in changes.items() if getattr(draft, name) != new}
    if not differing:
        raise NotPossible(_("Nothing was changed: what you sent is what is already there."))
    for name, new in changes.items():
        setattr(draft, name, new)
    refuse_invalid(draft)
    return draft, {name: [_told(value) for value in pair] for name, pair in differing.items()}


def _told(value: Any) -> str:
    return value.key if isinstance(value, Agency) else str(value)
