from collections.abc import Sequence
from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from focalpoints.models import FOREVER, Agency, AgencyVersion, ManyPeriods, ManyPeriodsQuerySet, Period, PeriodQuerySet
from focalpoints.models.agency import AgencyQuerySet
from principles.models import Objective
from projects.models.commitment import Commitment
from projects.models.commitment_facts import CommitmentFacts
from projects.models.project import Project
from projects.models.querysets import CommitmentAdjectives, TaskAdjectives, keys_of_agencies, text_value
from projects.models.task import Task
from projects.models.task_facts import TaskFacts


class ProjectVersion(Period):
    """A project's title, objective and state over a period."""

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
    """A period over which a commitment named an agency."""

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


class CommitmentVersionQuerySet(CommitmentAdjectives["CommitmentVersion"], ManyPeriodsQuerySet["CommitmentVersion"]):  # type: ignore[override]
    COMMITMENT, OBJECTIVE = "commitment", "objective"

    def _naming(self, agencies: AgencyQuerySet | Sequence[int]) -> Q:
        named = CommitmentAgencyPeriod.objects.on(self.day).filter(agency__in=agencies)
        return Q(commitment__in=named.values("commitment"))

    def of_sector(self, key: str) -> Self:
        """Naming an agency of that sector, or its head, as the sectors were on the day."""
        sector = AgencyVersion.objects.on(self.day).filter(Q(agency__key=key) | Q(parent__key=key))
        return self.naming(Agency.objects.filter(pk__in=sector.values("agency")))

    def with_sector(self) -> Self:
        """Annotate `sector`, as the sectors were on the day."""
        period, agency = "commitment__agency_periods", "commitment__agency_periods__agency__versions"
        stood = {f"{period}__since__lte": self.day, f"{period}__until__gt": self.day}
        stood |= {f"{agency}__since__lte": self.day, f"{agency}__until__gt": self.day}
        return self.filter(**stood).annotate(sector=Coalesce(f"{agency}__parent", f"{agency}__agency"))

    def with_sector_of_today(self) -> Self:
        """As `with_sector`, of what still stands, by the sectors in which agencies are now."""
        period = "commitment__agency_periods"
        standing = self.filter(**{f"{period}__until": FOREVER})
        return standing.annotate(sector=Coalesce(f"{period}__agency__parent", f"{period}__agency"))

    def heads(self) -> models.QuerySet:
        """The sector heads with their acronyms and names of the day."""
        return AgencyVersion.objects.on(self.day).values("acronym", "name", pk=F("agency"), key=F("agency__key"))

    def as_rows(self) -> Self:
        """With the names that lists filter and sort by."""
        return self.alias(code=F("commitment__code"), printed_status=F("commitment__printed_status"))

    def for_due_soon(self) -> Self:
        """With empty titles: joined here they would be read for all rows; `as_of.retitled` adds those of the few that are shown."""
        keys = keys_of_agencies(CommitmentAgencyPeriod.objects.on(self.day), "commitment")
        unsaid = {name: text_value("") for name in ("code", "title", "language")}
        return self.annotate(kind=text_value("commitment"), agency_keys=keys, **unsaid)

    def for_list(self, on: date) -> Self:
        """With what a list shows, except the titles and agencies of the time, which `as_of.told` adds."""
        return self.as_rows().as_listed(on).select_related("commitment", "project").fetch_mode(models.FETCH_RAISE)

    def _late_tasks(self, on: date) -> models.QuerySet:
        return TaskVersion.objects.on(on).late(on).filter(commitment=models.OuterRef("commitment"))


class CommitmentVersion(CommitmentFacts, ManyPeriods):
    """A commitment's facts over a period."""

    # Not columns: the titles and agencies of the time, set by `as_of.told` and `as_of.with_words_of_the_day` for pages that show them.
    title: str
    named: list[Agency]
    recurrence_month: int | None
    printed_status: str
    # Likewise, by `dossier.add_proof`.
    verified_tasks: int
    unproven_tasks: int

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
        indexes = [
            models.Index(fields=["level", "since", "until"], name="commitment_version_level"),
            models.Index(fields=["due", "until", "since"], name="commitment_version_due"),
            models.Index(fields=["light_due", "until", "since"], name="commitment_version_light_due"),
            models.Index(
                fields=["until", "since"], condition=Q(withdrawn_late=True), name="commitment_version_withdrawn"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commitment_id} ({self.since})"

    @property
    def code(self) -> str:
        return self.commitment.code

    @property
    def language(self) -> str:
        return self.commitment.language


class TaskVersionQuerySet(TaskAdjectives["TaskVersion"], ManyPeriodsQuerySet["TaskVersion"]):  # type: ignore[override]
    def as_rows(self) -> Self:
        """With the names that lists sort by."""
        return self.alias(number=F("task__number"))

    def for_list(self, on: date) -> Self:
        """With what a list shows, except the titles of the time, which `as_of.told` adds."""
        return self.with_names().with_light(on)

    def with_names(self) -> Self:
        """As `for_list`, without the light."""
        return self.as_rows().select_related("task", "agency", "commitment").fetch_mode(models.FETCH_RAISE)


class TaskVersion(TaskFacts, ManyPeriods):
    """A task's facts over a period."""

    # Not a column: the title of the time, set by `as_of.told` for pages that show it.
    title: str

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
            models.Index(fields=["level", "since", "until"], name="task_version_level"),
            models.Index(fields=["due", "until", "since"], name="task_version_due"),
            models.Index(
                fields=["light_due", "until", "since"], condition=TaskFacts.UNCLAIMED, name="task_version_light_due"
            ),
            models.Index(fields=["commitment", "until", "since"], name="task_version_commitment"),
            models.Index(fields=["agency", "until", "since"], name="task_version_agency"),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} ({self.since})"

    @property
    def code(self) -> str:
        return self.task.code

    @property
    def language(self) -> str:
        return self.task.language

    @property
    def is_fictional(self) -> bool:
        return self.task.is_fictional
