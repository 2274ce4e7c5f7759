"""What lists of the strategy offer a coordinator."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import ngettext

from focalpoints.models import LedgerHead
from focalpoints.pages.controls import Control, control_to_make
from focalpoints.rules import Person, is_coordinator
from focalpoints.sql.prepared import prepared
from projects.models import Task
from projects.reading.figures import count_of


def asking_address(moves: Iterable[Control]) -> str:
    """The address where a new date is asked for, if that is among `moves`: pages also offer it where they say that the date has passed."""
    return next((control.address for control in moves if control.verb == "ask_date"), "")


def office_actions(user: Person) -> list[Control]:
    """What a coordinator may start from a list. One query, for coordinators only."""
    if not is_coordinator(user):
        return []
    ((proposed,),) = _proposed()
    label = ngettext("%(count)d proposed task", "%(count)d proposed tasks", proposed) % {"count": proposed}
    return [
        Control("", reverse("projects:proposal_list"), label, False, ""),
        *control_to_make(user, "commitment.create"),
        *control_to_make(user, "project.create"),
    ]


@prepared()
def _proposed() -> QuerySet[LedgerHead, tuple[int]]:
    """How many tasks wait for a coordinator to confirm them."""
    return LedgerHead.objects.filter(pk=1).values_list(count_of(Task.objects.filter(state=Task.State.PROPOSED)))
