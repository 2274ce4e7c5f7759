from datetime import date
from typing import Self

from django.db import models

from focalpoints.models import Agency, Period, PeriodQuerySet
from focalpoints.models.agency import AgencyQuerySet
from principles.models import Objective

from .commitment import Commitment
from .commitment_facts import CommitmentFacts
from .project import Project
from .rows import CommitmentRows, TaskRows
from .task import Task
from .task_facts import TaskFacts


class ProjectVersion(Period):
    """What a project was called, and which objective it was aligned with."""

    project = models.ForeignKey(Project, models.CASCADE, db_index=False, related_name="versions")
    objective = models.ForeignKey(Objective, models.CASCADE, null=True, related_name="+")
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=10)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        ordering = ["project", "since"]
        constraints = [
            *Period.Meta.constraints,
            models.UniqueConstraint(fields=["project", "since"], name="project_has_one_version_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.since})"


class CommitmentAgencyPeriod(Period):
    """For how long a commitment named an agency."""

    commitment = models.ForeignKey(Commitment, models.CASCADE, db_index=False, related_name="agency_periods")
    agency = models.ForeignKey(Agency, models.CASCADE, related_name="commitment_periods")

    objects = PeriodQuerySet.as_manager()

    class Meta:
        ordering = ["commitment", "agency", "since"]
        constraints = [
            *Period.Meta.constraints,
            models.UniqueConstraint(
                fields=["commitment", "agency", "since"], name="commitment_names_an_agency_once_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commitment_id}: {self.agency_id} ({self.since})"


class CommitmentVersionQuerySet(CommitmentRows["CommitmentVersion"], PeriodQuerySet["CommitmentVersion"]):
    OBJECTIVE = "objective"

    def naming(self, agencies: AgencyQuerySet) -> Self:
        """Those in which one of these agencies was named on the day."""
        named = CommitmentAgencyPeriod.objects.on(self.day).filter(agency__in=agencies.order_by())
        return self.filter(commitment__in=named.values("commitment"))

    def for_list(self, on: date) -> Self:
        """What a row of a list shows, but for the titles and agencies of the time (`as_of.told`)."""
        return self.with_light(on).select_related("commitment", "project").fetch_mode(models.FETCH_RAISE)


class CommitmentVersion(CommitmentFacts, Period):
    """A commitment as it once stood."""

    commitment = models.ForeignKey(Commitment, models.CASCADE, db_index=False, related_name="versions")
    project = models.ForeignKey(Project, models.CASCADE, db_index=False, related_name="+")
    objective = models.ForeignKey(Objective, models.CASCADE, null=True, db_index=False, related_name="+")

    objects = CommitmentVersionQuerySet.as_manager()

    class Meta:
        ordering = ["commitment", "since"]
        constraints = [
            *Period.Meta.constraints,
            models.UniqueConstraint(fields=["commitment", "since"], name="commitment_has_one_version_a_day"),
        ]
        indexes = [models.Index(fields=["until", "since"], name="commitment_version_day")]

    def __str__(self) -> str:
        return f"{self.commitment_id} ({self.since})"


class TaskVersionQuerySet(TaskRows["TaskVersion"], PeriodQuerySet["TaskVersion"]):
    def for_list(self, on: date) -> Self:
        """What a row of a list shows, but for the titles of the time (`as_of.told`)."""
        return self.with_light(on).select_related("task", "agency", "commitment").fetch_mode(models.FETCH_RAISE)


class TaskVersion(TaskFacts, Period):
    """A task as it once stood."""

    task = models.ForeignKey(Task, models.CASCADE, db_index=False, related_name="versions")
    agency = models.ForeignKey(Agency, models.CASCADE, db_index=False, related_name="+")
    commitment = models.ForeignKey(Commitment, models.CASCADE, db_index=False, related_name="task_versions")

    objects = TaskVersionQuerySet.as_manager()

    class Meta:
        ordering = ["task", "since"]
        constraints = [
            *Period.Meta.constraints,
            models.UniqueConstraint(fields=["task", "since"], name="task_has_one_version_a_day"),
        ]
        indexes = [
            models.Index(fields=["until", "since"], name="task_version_day"),
            models.Index(fields=["commitment", "until", "since"], name="task_version_commitment"),
            models.Index(fields=["agency", "until", "since"], name="task_version_agency"),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} ({self.since})"
