from django.db import models

from focalpoints.models.agency import Agency
from focalpoints.models.period import Period, PeriodQuerySet


class AgencyVersionQuerySet(PeriodQuerySet["AgencyVersion"]):
    def registered(self) -> "AgencyVersionQuerySet":
        return self.filter(is_closed=False)


class AgencyVersion(Period):
    """An agency's name and sector over a period."""

    agency = models.ForeignKey(Agency, models.CASCADE, db_index=False, related_name="versions")
    parent = models.ForeignKey(Agency, models.CASCADE, null=True, related_name="+")
    acronym = models.CharField(max_length=30, blank=True)
    name = models.CharField(max_length=200)
    is_closed = models.BooleanField(default=False)

    objects = AgencyVersionQuerySet.as_manager()

    class Meta:
        ordering = ["agency", "since"]
        constraints = [
            *Period.Meta.constraints,
            models.UniqueConstraint(fields=["agency", "since"], name="agency_has_one_version_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.since})"
