"""What verbs refuse alike, of whichever item, with a message that says what to do instead."""

from collections.abc import Iterable, Sequence

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from focalpoints.models import Agency
from focalpoints.workflow import NotPossible, StrOrPromise


def refuse_date(changes: Iterable[str]) -> None:
    """A correction of other facts moves no due date: that has verbs of its own."""
    if "due" in changes:
        raise NotPossible(
            _(
                "A due date is not overwritten along with other facts: its agency asks for a new one, "
                "and the coordination office sets a first one or corrects a wrong capture."
            )
        )


def acting_for(agencies: Sequence[Agency], agency: Agency | None, several: StrOrPromise) -> Agency:
    """In whose name a person acts who may for these: `agency`, or the one there is; `several` is said where that is not clear."""
    if agency is None and len(agencies) > 1:
        raise NotPossible(several)
    if agency is None:
        return agencies[0]
    if agency not in agencies:
        raise PermissionDenied
    return agency
