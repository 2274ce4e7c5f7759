"""Which rows? The adjectives that commitments and tasks of today share with the versions that once stood."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import CharField, Q, Value

from focalpoints.models import Agency
from focalpoints.models.agency import AgencyQuerySet
from focalpoints.text import fold
from projects.light.rule import COMMITMENT_RULE, TASK_RULE, with_clause, with_light
from projects.light.thresholds import in_force
from projects.models.project import Project

FULFILLED = Q(tasks_open=0, tasks_fulfilled__gt=0, agencies_without_task=0)
# Neither cancelled nor verified as fulfilled.
OWED = Q(state="active") & ~FULFILLED
# Tasks still owed: confirmed, and not verified at 100 %.
OPEN = Q(state="confirmed") & (Q(verified_progress=None) | ~Q(verified_progress=100))


class CommitmentAdjectives[Row: models.Model](models.QuerySet[Row]):
    # Where a row finds the objective that its project is aligned with.
    OBJECTIVE = "project__objective"

    def _naming(self, agencies: AgencyQuerySet) -> Q:
        """The condition: a set that the database hashes once; an Exists would be asked again for each row."""
        raise NotImplementedError

    def naming(self, agencies: AgencyQuerySet) -> Self:
        """Those in which one of these agencies is named; what binds every agency names none."""
        return self.filter(self._naming(agencies))

    def matching(self, text: str) -> Self:
        """Each word occurs in its code or title, in its project's title, or is a named agency's acronym; case and accents do not count."""
        found = self
        for word in fold(text).split():
            # An agency's search text begins with its acronym.
            agencies = Agency.objects.exclude(acronym="").filter(search__startswith=f"{word} ")
            found = found.filter(
                Q(search__contains=word)
                | Q(project__in=Project.objects.filter(search__contains=word).order_by())
                | self._naming(agencies)
            )
        return found

    def of_sector(self, key: str) -> Self:
        """Naming an agency of that sector, or its head."""
        raise NotImplementedError

    def with_sector(self) -> Self:
        """Annotate `sector`, the head's primary key, once for each agency named."""
        raise NotImplementedError

    def heads(self) -> models.QuerySet:
        """What sectors are called: pk, key, acronym and name of agencies."""
        raise NotImplementedError

    def for_due_soon(self) -> Self:
        """Annotate what `queries.due_soon` asks of commitments and tasks alike; `entry` is of versions alone."""
        raise NotImplementedError

    def as_rows(self) -> Self:
        """Found, sorted and listed by what a commitment of today is."""
        return self

    def open(self) -> Self:
        """Neither cancelled nor verified as fulfilled."""
        return self.filter(OWED)

    def overdue(self, on: date) -> Self:
        """Still owed though its own date has passed, not counting days for which the coordinators kept it waiting."""
        return self.filter(OWED, light_due__lt=on)

    def due_between(self, first: date, last: date) -> Self:
        """Still owed, and its own date is within these days (both count)."""
        return self.filter(OWED, due__gte=first, due__lte=last)

    def with_light(self, on: date) -> Self:
        """Annotate `light`, computed by the database with the rule in force on that day."""
        return with_light(self, COMMITMENT_RULE, on, in_force(on))  # type: ignore[return-value]

    def with_clause(self, on: date) -> Self:
        """Annotate what `why` reads."""
        return with_clause(self, COMMITMENT_RULE, on, in_force(on))  # type: ignore[return-value]


class TaskAdjectives[Row: models.Model](models.QuerySet[Row]):
    def for_due_soon(self) -> Self:
        """Annotate what `queries.due_soon` asks of commitments and tasks alike; `entry` is of versions alone."""
        raise NotImplementedError

    def counted(self) -> Self:
        """Confirmed and not cancelled: what averages and totals are made of."""
        return self.filter(state="confirmed")

    def open(self) -> Self:
        """Still owed: confirmed and not verified at 100 %."""
        return self.counted().exclude(verified_progress=100)

    def overdue(self, on: date) -> Self:
        """Open and past its date, not counting days for which the coordinators kept it waiting: overdue starts the day after."""
        return self.open().filter(light_due__lt=on)

    def due_between(self, first: date, last: date) -> Self:
        """Open, and due within these days (both count)."""
        return self.open().filter(due__gte=first, due__lte=last)

    def with_light(self, on: date) -> Self:
        """Annotate `light`, computed by the database with the rule in force on that day."""
        return with_light(self, TASK_RULE, on, in_force(on))  # type: ignore[return-value]

    def with_clause(self, on: date) -> Self:
        """Annotate what `why` reads."""
        return with_clause(self, TASK_RULE, on, in_force(on))  # type: ignore[return-value]

    def public(self) -> Self:
        """Whose words everybody may read: taken up, whatever became of it."""
        return self.filter(state__in=["confirmed", "cancelled"])


def text(value: str) -> Value:
    return Value(value, output_field=CharField())
