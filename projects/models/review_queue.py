from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from focalpoints.models import Agency


class ReviewQueueQuerySet[Row: models.Model](models.QuerySet[Row]):
    """What waits for the coordination office to decide: follow-ups that were sent, requests for a new date."""

    # The state in which something waits, and the column that says since when.
    WAITING: str
    SINCE: str

    def waiting(self) -> Self:
        """The queue, oldest first."""
        return self.filter(state=self.WAITING).order_by(self.SINCE, "pk")

    def behind(self, at: datetime, pk: int) -> Self:
        """Those later in the queue than the one that waits since that instant, which need not be in it any more."""
        return self.filter(Q(**{f"{self.SINCE}__gt": at}) | Q(**{self.SINCE: at}, pk__gt=pk))

    def of_agencies_matching(self, text: str) -> Self:
        """Those of agencies that match the words, or whose sector head does."""
        matching = Agency.objects.matching(text)
        return self.filter(Q(agency__in=matching) | Q(agency__parent__in=matching))
