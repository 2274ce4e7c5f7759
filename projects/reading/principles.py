"""What was promised under a principle: by the projects that serve it."""

from typing import Any

from django.db.models import QuerySet

from focalpoints.sql.prepared import prepared
from projects.derived.counts import tallied
from projects.models import Commitment, Project, Task
from projects.models.commitment import CommitmentQuerySet
from projects.reading.day import Day
from projects.reading.figures import Tally, tally
from projects.reading.slippage import Slippage, slippage, sums_of


def tally_of_principle(principle: int, today: Day) -> Tally:
    return tally(_counted(principle, today))


def slippage_of_principle(principle: int, today: Day) -> dict[str, Slippage]:
    return slippage(_sums(principle, today))


def serving(principle: int) -> CommitmentQuerySet:
    """The commitments of its projects."""
    return Commitment.objects.filter(project__in=_projects(principle))


@prepared("principle")
def _counted(principle: int, today: Day) -> QuerySet[Any, dict[str, Any]]:
    return tallied(serving(principle), today.on)


@prepared("principle")
def _sums(principle: int, today: Day) -> QuerySet[Any, dict[str, Any]]:
    tasks = Task.objects.public().filter(commitment__project__in=_projects(principle))
    return sums_of(serving(principle), tasks, today.on)


def _projects(principle: int) -> QuerySet[Project]:
    return Project.objects.serving(pk=principle).order_by()
