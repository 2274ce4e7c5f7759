from django.db import models

from focalpoints.models import User
from projects.models.evidence import Evidence


class EvidenceOpening(models.Model):
    """That a coordinator opened a piece of evidence from the review queue, and when they last did: it stays with the office."""

    evidence = models.ForeignKey(Evidence, models.CASCADE, related_name="openings", db_index=False)
    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["evidence", "person"]
        constraints = [
            models.UniqueConstraint(fields=["evidence", "person"], name="evidence_is_opened_once_by_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.evidence_id}: {self.at}"
