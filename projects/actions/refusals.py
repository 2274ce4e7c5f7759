"""What several verbs refuse. Each raises NotPossible with a message that says what to do instead.

Who came too late because somebody else was quicker gets `Stale` (`focalpoints/workflow.py`).
"""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from focalpoints.workflow import NotPossible, refuse_without
from projects.models import Commitment, Project, Task
from projects.workflow import WAITING, is_waiting_for_date


def refuse_without_reason(reason: str) -> None:
    refuse_without(reason, _("Say why: the reason stays on record."))


ENDED = {
    Project: _("This project is cancelled. It stays as the record of what was decided."),
    Commitment: _("This commitment is cancelled. It stays as the record of what was promised."),
    Task: _("This task has ended. It stays as a record."),
}


def refuse_what_ended(item: Project | Commitment | Task) -> None:
    """What was cancelled, or a proposal that was not taken up, is neither changed nor added to."""
    if item.has_ended if isinstance(item, Task) else item.is_cancelled:
        raise NotPossible(ENDED[type(item)])


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
