"""What a correction changes, and what the models' own checks say against it."""

from collections.abc import Callable, Mapping, Set
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from focalpoints.models import Agency, User
from focalpoints.models.lines import LineColumn
from focalpoints.workflow import NotPossible


def as_kept(model: type[Model], written: Mapping[str, Any]) -> dict[str, Any]:
    """What is written, with names, titles and codes as their columns keep them (`models/lines.py`).

    Raises NotPossible for what such a column refuses: nothing that can be seen where something must be, too much, no code.
    """
    kept = dict(written)
    for field in model._meta.concrete_fields:
        if isinstance(field, LineColumn) and field.name in kept:
            try:
                kept[field.name] = field.clean(kept[field.name], None)
            except ValidationError as error:
                raise NotPossible(f"{field.verbose_name}: {' '.join(error.messages)}") from error
    return kept


def differing(row: Model, changes: Mapping[str, Any], told: Callable[[Any], str] = str) -> dict[str, list[str]]:
    """What a correction changes, before and after, for the annex of its entry; `told` puts a value into text."""
    return {
        name: [told(getattr(row, name)), told(value)] for name, value in changes.items() if getattr(row, name) != value
    }


def draft_of[Row: (Agency, User)](
    row: Row, changes: Mapping[str, Any], correctable: Set[str]
) -> tuple[Row, dict[str, list[str]]]:
    """The row as it would be, checked but not written, and what differs.

    Raises TypeError for a column that is not `correctable`, NotPossible where nothing differs or the new values are refused.
    """
    if unknown := changes.keys() - correctable:
        raise TypeError(f"Not to be corrected: {', '.join(sorted(unknown))}")
    changes = as_kept(type(row), changes)
    draft = type(row)._default_manager.get(pk=row.pk)
    differences = differing(draft, changes, told=_key_or_text)
    if not differences:
        raise NotPossible(_("Nothing was changed: what you sent is what is already there."))
    for name, value in changes.items():
        setattr(draft, name, value)
    refuse_invalid(draft)
    return draft, differences


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


def _key_or_text(value: Any) -> str:
    return value.key if isinstance(value, Agency) else str(value)
