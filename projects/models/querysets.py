"""Which rows? The adjectives that commitments and tasks of today share with the versions that once stood."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Self

from django.db import models
from django.db.models import Case, CharField, Count, OuterRef, Q, StringAgg, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce

from focalpoints.models.agency import AgencyQuerySet
from projects.light.bands import DUE_SOON_DAYS
from projects.light.rule import COMMITMENT_RULE, TASK_RULE, Rule, with_clause, with_light
from projects.light.thresholds import in_force
from projects.models.commitment_facts import CommitmentFacts
from projects.models.project import Project
from projects.models.task_facts import TaskFacts


class ItemAdjectives[Row: models.Model](models.QuerySet[Row]):
    """What is asked of commitments and of tasks alike."""

    # Neither ended nor fulfilled.
    OPEN: Q
    RULE: Rule

    def open(self) -> Self:
        return self.filter(self.OPEN)

    def overdue(self, on: date) -> Self:
        """Open, and past its date for the light: the days for which the coordinators kept it waiting do not count against it."""
        return self.open().filter(light_due__lt=on)

    def due_between(self, first: date, last: date) -> Self:
        """Open, and its own date is within these days (both count)."""
        return self.open().filter(due__gte=first, due__lte=last)

    def due_soon(self, on: date) -> Self:
        """Open, and its own date is today or one of the next DUE_SOON_DAYS."""
        return self.due_between(on, on + timedelta(days=DUE_SOON_DAYS))

    def with_light(self, on: date) -> Self:
        """Annotate `light`, computed by the database with the rule in force on that day."""
        return with_light(self, self.RULE, on, in_force(on))  # type: ignore[return-value]

    def with_clause(self, on: date) -> Self:
        """Annotate what `why` reads."""
        return with_clause(self, self.RULE, on, in_force(on))  # type: ignore[return-value]


class CommitmentAdjectives[Row: models.Model](ItemAdjectives[Row]):
    OPEN, RULE = CommitmentFacts.OPEN, COMMITMENT_RULE

    def overdue(self, on: date) -> Self:
        """Those that the light calls overdue, also once they are withdrawn."""
        return self.filter(CommitmentFacts.OWED | Q(withdrawn_late=True), light_due__lt=on)

    def still_overdue(self, on: date) -> Self:
        """Without those that were withdrawn."""
        return self.filter(CommitmentFacts.OWED, light_due__lt=on)

    def _late_tasks(self, on: date) -> models.QuerySet:
        """The tasks of a commitment in an outer query that are late on that day."""
        raise NotImplementedError

    def as_listed(self, on: date) -> Self:
        """Annotate what lists show besides columns: the light of that day, and `late_tasks`, which are counted only where one is late."""
        counted = self._late_tasks(on).order_by().values("commitment").annotate(count=Count("pk")).values("count")
        late = Case(When(next_due__lt=on, then=Coalesce(Subquery(counted), 0)), default=0)
        return self.with_light(on).annotate(late_tasks=late)

    # Where a row finds the commitment's key, and the objective that its project is aligned with.
    COMMITMENT = "pk"
    OBJECTIVE = "project__objective"

    def _naming(self, agencies: AgencyQuerySet | Sequence[int]) -> Q:
        """The condition: a set that the database hashes once; an Exists would be asked again for each row."""
        raise NotImplementedError

    def naming(self, agencies: AgencyQuerySet | Sequence[int]) -> Self:
        """Those in which one of these agencies is named, which may be given by their keys; what binds every agency names none."""
        return self.filter(self._naming(agencies))

    def answered_for(self, agencies: Sequence[int]) -> Self:
        """As `naming`, and those that name none: who answers for these agencies in the coordination office answers for them too."""
        return self.filter(self._naming(agencies) | ~Q(binds="named"))

    def of_sector(self, key: str) -> Self:
        """Naming an agency of that sector, or its head."""
        raise NotImplementedError

    def under_objective(self, number: int | None) -> Self:
        """Of what serves this objective; with None, of what serves none."""
        return self.filter(**({self.OBJECTIVE: None} if number is None else {f"{self.OBJECTIVE}__number": number}))

    def under_principle(self, number: int) -> Self:
        return self.filter(project__in=Project.objects.serving(number=number).order_by())

    def under_enabler(self, number: int) -> Self:
        """Of what stands on this enabler: mainly, or by a link of the coordination office."""
        return self.filter(project__in=Project.objects.standing_on(number).order_by())

    def with_sector(self) -> Self:
        """Annotate `sector`, the head's primary key, once for each agency named."""
        raise NotImplementedError

    def heads(self) -> models.QuerySet:
        """What sectors are called: pk, key, acronym and name of agencies."""
        raise NotImplementedError

    def for_due_soon(self) -> Self:
        """Annotate what `reading.duties` reads of a commitment as of a group of tasks. `agency_keys`: whom it names, with commas."""
        raise NotImplementedError

    def as_rows(self) -> Self:
        """Found, sorted and listed by what a commitment of today is."""
        return self


class TaskAdjectives[Row: models.Model](ItemAdjectives[Row]):
    OPEN, RULE = TaskFacts.OPEN, TASK_RULE

    def counted(self) -> Self:
        """What averages are made of: confirmed, or cancelled since."""
        return self.filter(TaskFacts.COUNTED)

    def confirmed(self) -> Self:
        """Taken up and not ended: what is owed, or was fulfilled."""
        return self.filter(TaskFacts.CONFIRMED)

    def late(self, on: date) -> Self:
        """Those that the light calls late: open, not claimed at 100 %, and past their date for the light."""
        return self.filter(TaskFacts.UNCLAIMED, light_due__lt=on)

    def public(self) -> Self:
        """Whose words everybody may read: taken up, whatever became of it."""
        return self.filter(state__in=TaskFacts.PUBLIC_STATES)


def keys_of_agencies(links: models.QuerySet, parent: str) -> Subquery:
    """The agencies' keys with commas between them, of the links to the row of an outer query that has its key as `parent`."""
    keys = StringAgg(Cast("agency", CharField()), Value(","))
    return Subquery(links.filter(commitment=OuterRef(parent)).order_by().values("commitment").values(keys=keys))


def text_value(value: str) -> Value:
    return Value(value, output_field=CharField())
