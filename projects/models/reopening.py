from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from focalpoints.models import User
from projects.models.follow_up import FollowUp


class ReopeningQuerySet(models.QuerySet["Reopening"]):
    def stood_at(self, instant: datetime) -> "ReopeningQuerySet":
        """Those whose acceptance stood at that instant: what was accepted by then and re-opened only since."""
        return self.filter(accepted_at__lt=instant, reopened_at__gte=instant)


class Reopening(models.Model):
    """That a follow-up had been accepted in error: the acceptance as it was, who found the error and why. It stays for good."""

    follow_up = models.ForeignKey(
        FollowUp, models.PROTECT, related_name="reopenings", verbose_name=_("follow-up"), db_index=False
    )
    progress = models.PositiveSmallIntegerField(_("progress, in percent"))
    accepted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField()
    reopened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reopened_at = models.DateTimeField()
    # Public. A redaction of the follow-up's text empties it too.
    reason = models.TextField(_("reason"), max_length=400, blank=True)

    objects = ReopeningQuerySet.as_manager()

    class Meta:
        ordering = ["reopened_at", "pk"]
        verbose_name = _("re-opening")
        constraints = [
            # One acceptance is taken back once.
            models.UniqueConstraint(fields=["follow_up", "accepted_at"], name="acceptance_is_reopened_once"),
            models.CheckConstraint(
                condition=Q(reopened_at__gte=F("accepted_at")), name="reopened_after_it_was_accepted"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.follow_up_id} ({self.reopened_at})"
