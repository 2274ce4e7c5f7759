from datetime import date, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q

FOREVER = date(9999, 12, 31)


class PeriodQuerySet[Row: models.Model](models.QuerySet[Row]):
    """`day` is the one that `on` was asked for; what is derived from these rows looks at the same. Until then it is no day."""

    day: date = FOREVER

    def on(self, day: date) -> Self:
        """What stood at the end of that business day."""
        return self._standing(day, Q(since__lte=day, until__gt=day))

    def _standing(self, day: date, condition: Q) -> Self:
        stood = self.filter(condition)
        stood.day = day
        return stood

    def _clone(self) -> Self:
        clone = super()._clone()  # type: ignore[misc]  # Django's own hook for what a queryset carries along
        clone.day = self.day
        return clone


class Period(models.Model):
    """What the ledger's entry `seq` made true of something, from the business day `since` to the day before `until`."""

    since = models.DateField()
    until = models.DateField(default=FOREVER)
    seq = models.BigIntegerField()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="%(class)s_ends_after_it_begins"),
        ]


# How long a period lasts: at most 2 to the power of its level, in days; one that still lasts stands above all.
OPEN = 15


def level_of(since: date, until: date) -> int:
    """An index on level and beginning finds what stood on a day among all that ever did: each level has few candidates."""
    return OPEN if until == FOREVER else ((until - since).days - 1).bit_length()


class ManyPeriodsQuerySet[Row: models.Model](PeriodQuerySet[Row]):
    def all_on(self, day: date) -> Self:
        """As `on`, by the index on levels: for sums over all that stood, where nothing else narrows the search."""
        stood = Q(level=OPEN, since__lte=day)
        for level in range(OPEN):
            stood |= Q(level=level, since__gt=day - timedelta(days=2**level), since__lte=day, until__gt=day)
        return self._standing(day, stood)


class ManyPeriods(Period):
    """Periods by the hundred thousand, of which a day needs few. The level says nothing that its days do not say."""

    level = models.PositiveSmallIntegerField(default=OPEN)

    class Meta:
        abstract = True
        constraints = Period.Meta.constraints


class ProjectionState(models.Model):
    """Which shape of the projections this database holds: another than the code's, and `migrate` makes them anew."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    shape = models.CharField(max_length=200)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_projection_state")]

    def __str__(self) -> str:
        return self.shape
