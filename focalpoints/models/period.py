from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q

FOREVER = date(9999, 12, 31)


class PeriodQuerySet[Row: models.Model](models.QuerySet[Row]):
    """`day` is the one that `on` was asked for; what is derived from these rows looks at the same. Until then it is no day."""

    day: date = FOREVER

    def on(self, day: date) -> Self:
        """What stood at the end of that business day."""
        stood = self.filter(since__lte=day, until__gt=day)
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


class ProjectionState(models.Model):
    """Which shape of the projections this database holds: another than the code's, and `migrate` makes them anew."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    shape = models.CharField(max_length=200)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_projection_state")]

    def __str__(self) -> str:
        return self.shape
