from datetime import date, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q

FOREVER = date(9999, 12, 31)


class PeriodQuerySet[Row: models.Model](models.QuerySet[Row]):
    """Rows that hold for a period. `day` is the day that `on` was asked for, so that joined rows can be asked for the same one."""

    day: date = FOREVER

    def on(self, day: date) -> Self:
        """The rows that hold at the end of that business day."""
        return self._standing(day, Q(since__lte=day, until__gt=day))

    def _standing(self, day: date, condition: Q) -> Self:
        stood = self.filter(condition)
        stood.day = day
        return stood

    def _clone(self) -> Self:
        clone = super()._clone()  # type: ignore[misc]  # Django's hook for copying a queryset's own attributes
        clone.day = self.day
        return clone


class Period(models.Model):
    """A row that holds from the business day `since` to the day before `until`, because of the ledger's entry `seq`."""

    since = models.DateField()
    until = models.DateField(default=FOREVER)
    seq = models.BigIntegerField()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="%(class)s_ends_after_it_begins"),
        ]


# The level of a period that has not ended. Any other lasts at most 2 to the power of its level, in days.
OPEN = 15


def level_of(since: date, until: date) -> int:
    """The level of a period: how long it lasts, as a power of two.

    An index over level and `since` then finds the rows of a day without reading all that ever were: for each level, only rows that
    began at most that long before can hold.
    """
    return OPEN if until == FOREVER else ((until - since).days - 1).bit_length()


class ManyPeriodsQuerySet[Row: models.Model](PeriodQuerySet[Row]):
    def all_on(self, day: date) -> Self:
        """As `on`, through the index over levels: for sums over everything, where no other condition narrows the search."""
        stood = Q(level=OPEN, since__lte=day)
        for level in range(OPEN):
            stood |= Q(level=level, since__gt=day - timedelta(days=2**level), since__lte=day, until__gt=day)
        return self._standing(day, stood)


class ManyPeriods(Period):
    """A period of a large table. `level` follows from its days; it is stored for the index (see `level_of`)."""

    level = models.PositiveSmallIntegerField(default=OPEN)

    class Meta:
        abstract = True
        constraints = Period.Meta.constraints


class ProjectionState(models.Model):
    """Which versions of the projections this database's tables were made by; when the code's differ, `migrate` makes them anew."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    shape = models.CharField(max_length=200)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_projection_state")]

    def __str__(self) -> str:
        return self.shape
