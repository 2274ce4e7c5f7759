from typing import Self

from django.db import models

from focalpoints.models import Agency


class ReviewQueueQuerySet[Row: models.Model](models.QuerySet[Row]):
    """What waits for the coordination office to decide: follow-ups that were sent, requests for a new date."""

    # The state in which something waits, and the column that says since when.
    WAITING: str
    SINCE: str

    def waiting(self) -> Self:
        """The queue, oldest first."""
        return self.filter(state=self.WAITING).order_by(self.SINCE, "pk")

    def of_agencies_matching(self, text: str) -> Self:
        """Those of agencies that match the words, or whose sector head does."""
        return self.filter(agency__in=Agency.objects.matching_or_headed(text))
