"""What lists of the strategy offer a coordinator."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import ngettext

from focalpoints.pages.controls import Control, control_to_make
from focalpoints.rules import Person, is_coordinator
from projects.models import Task


def asking_address(moves: Iterable[Control]) -> str:
    """The address where a new date is asked for, if that is among `moves`: pages also offer it where they say that the date has passed."""
    return next((control.address for control in moves if control.verb == "request"), "")


def office_actions(user: Person) -> list[Control]:
    """What a coordinator may start from a list. One query, for coordinators only."""
    if not is_coordinator(user):
        return []
    proposed = Task.objects.filter(state=Task.State.PROPOSED).count()
    label = ngettext("%(count)d proposed task", "%(count)d proposed tasks", proposed) % {"count": proposed}
    return [
        Control("", reverse("projects:proposal_list"), label, False, ""),
        *control_to_make(user, "commitment.create"),
        *control_to_make(user, "project.create"),
    ]
