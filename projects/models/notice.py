from django.db import models
from django.db.models import Q

from focalpoints.models import Agency, Entry, User
from focalpoints.rules import Person, is_coordinator


class NoticeQuerySet(models.QuerySet["Notice"]):
    def of(self, user: Person) -> "NoticeQuerySet":
        """Notices for the agencies that this person answers for and, for coordinators, for their office."""
        if not isinstance(user, User):
            return self.none()
        agencies = Q(agency__in=user.standing.agency_ids)
        if not is_coordinator(user):
            return self.filter(agencies)
        return self.filter(agencies | Q(agency=None)) if user.standing.agency_ids else self.filter(agency=None)

    def unseen_by(self, user: User) -> "NoticeQuerySet":
        return self.of(user).filter(entry__gt=user.notices_seen)

    def newest_first(self) -> "NoticeQuerySet":
        return self.select_related("entry").order_by("-entry", "-pk")


class Notice(models.Model):
    """A notice to an agency that somebody else did something to its item; without an agency, one to the coordination office."""

    agency = models.ForeignKey(Agency, models.CASCADE, null=True, db_index=False, related_name="notices")
    entry = models.ForeignKey(Entry, models.CASCADE, db_index=False, related_name="notices")
    # The task or commitment, as the ledger names it: `task:MC-250K-T1`, `commitment:MC-250K`.
    item = models.CharField(max_length=100)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-entry", "-pk"]
        indexes = [models.Index(fields=["agency", "entry"], name="notice_agency")]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.item}"
