"""What a person may do from a public page: address and label of each verb whose POST its guard would let through."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from focalpoints.rules import Person, is_coordinator, keeps_catalogue
from focalpoints.workflow import StrOrPromise
from projects.models import Commitment, Project, Task
from projects.rules import agencies_proposing, reports_on
from projects.views.items import kind_of
from projects.workflow import DATE_CHANGE_MOVES, TASK_MOVES, open_date_moves, open_moves

Link = tuple[str, StrOrPromise]


def office_actions(user: Person) -> list[Link]:
    """What a coordinator may start from a list. One query, for coordinators only."""
    if not is_coordinator(user):
        return []
    proposed = Task.objects.filter(state=Task.State.PROPOSED).count()
    return [
        (
            reverse("projects:proposal_list"),
            ngettext("%(count)d proposed task", "%(count)d proposed tasks", proposed) % {"count": proposed},
        ),
        (reverse("projects:commitment_create"), _("Add a commitment")),
        (reverse("projects:project_create"), _("Add a project")),
    ]


def project_actions(user: Person, project: Project) -> list[Link]:
    if project.is_cancelled or not keeps_catalogue(user):
        return []
    return [
        (reverse("projects:commitment_create") + f"?project={project.slug}", _("Add a commitment")),
        (reverse("projects:project_correct", args=[project.slug]), _("Correct the project")),
        (reverse("projects:project_cancel", args=[project.slug]), _("Cancel the project")),
    ]


def commitment_actions(user: Person, commitment: Commitment) -> list[Link]:
    if commitment.is_cancelled:
        return []
    links: list[Link] = []
    code = commitment.code
    if is_coordinator(user):
        links.append((reverse("projects:task_create", args=[code]), _("Add a task")))
        if commitment.binds == Commitment.Binds.ALL:
            links.append((reverse("projects:task_create_for_all", args=[code]), _("Add one task for each agency")))
        links.append((reverse("projects:commitment_pause", args=[code]), _("Pause its reminders")))
    if agencies_proposing(user, commitment):
        links.append((reverse("projects:task_propose", args=[code]), _("Propose a task")))
    keeps = keeps_catalogue(user)
    if keeps:
        links.append((reverse("projects:commitment_correct", args=[code]), _("Correct the commitment")))
    links += date_actions(user, commitment)
    if keeps:
        links.append((reverse("projects:commitment_cancel", args=[code]), _("Cancel the commitment")))
    return links


_PAGES = {"request": "reschedule", "set_date": "set_date", "correct_date": "correct_date"}


def date_actions(user: Person, item: Commitment | Task) -> list[Link]:
    """What may be done about its due date now."""
    return [
        (reverse(f"projects:{kind_of(item)}_{_PAGES[verb]}", args=[item.code]), DATE_CHANGE_MOVES[verb].label)
        for verb in open_date_moves(user, item)
    ]


def asking_address(item: Commitment | Task, moves: Sequence[Link]) -> str:
    """The address where a new date is asked for, if that is among `moves`: pages also offer it where they say that the date has passed."""
    address = reverse(f"projects:{kind_of(item)}_reschedule", args=[item.code])
    return address if any(url == address for url, _label in moves) else ""


def task_actions(user: Person, task: Task) -> list[Link]:
    links: list[Link] = []
    if task.is_confirmed and reports_on(user, task):
        links.append((reverse("projects:follow_up_edit", args=[task.code]), _("Log a follow-up")))
    if is_coordinator(user) and task.state in {Task.State.PROPOSED, Task.State.CONFIRMED}:
        links.append((reverse("projects:task_correct", args=[task.code]), _("Correct the task")))
        links.append((reverse("projects:task_assign", args=[task.code]), _("Pass it to another agency")))
    if is_coordinator(user) and task.is_confirmed:
        links.append((reverse("projects:task_pause", args=[task.code]), _("Pause its reminders")))
    links += date_actions(user, task)
    links += [
        (reverse(f"projects:task_{verb}", args=[task.code]), TASK_MOVES[verb].label) for verb in open_moves(user, task)
    ]
    return links
