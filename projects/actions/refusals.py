"""What several verbs refuse. Each raises NotPossible with a message that says what to do instead."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from focalpoints.workflow import NotPossible, refuse_without
from projects.models import Commitment, Task
from projects.workflow import WAITING, is_waiting_for_date


def refuse_without_reason(reason: str) -> None:
    refuse_without(reason, _("Say why: the reason stays on record."))


def refuse_date(changes: Iterable[str]) -> None:
    """A correction of other facts moves no due date: that has verbs of its own."""
    if "due" in changes:
        raise NotPossible(
            _(
                "A due date is not overwritten along with other facts: its agency asks for a new one, "
                "and the coordination office sets a first one or corrects a wrong capture."
            )
        )


def refuse_undecided_date(item: Commitment | Task) -> None:
    """A request for a new date is answered before its item ends or passes to another agency."""
    if is_waiting_for_date(item):
        raise NotPossible(WAITING)
