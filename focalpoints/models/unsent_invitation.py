from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q

from focalpoints.models.user import User

# By then the mail server has taken it, or somebody should look. Tried again after as long.
SOON = timedelta(minutes=10)


class UnsentInvitationQuerySet(models.QuerySet["UnsentInvitation"]):
    def needed(self) -> "UnsentInvitationQuerySet":
        """Of people who may still use it."""
        return self.filter(user__is_active=True, user__last_login=None)

    def stuck(self, before: datetime) -> "UnsentInvitationQuerySet":
        """Tried in vain, or on its way since before then, which is SOON ago: the process that sent it has ended."""
        return self.needed().filter(Q(tried_at__isnull=False) | Q(since__lt=before))

    def to_try_again(self, before: datetime) -> "UnsentInvitationQuerySet":
        return self.stuck(before).filter(Q(tried_at=None) | Q(tried_at__lt=before), is_refused=False)


class UnsentInvitation(models.Model):
    """That somebody was invited, and the mail server has not taken the mail yet. It goes when it has."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="unsent_invitation")
    since = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)  # last, in vain
    answer = models.CharField(max_length=300, blank=True)  # what the mail server or the network said
    is_refused = models.BooleanField(default=False)  # for good: the address is wrong

    objects = UnsentInvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(tried_at__isnull=True, answer="", is_refused=False) | Q(tried_at__isnull=False),
                name="invitation_is_answered_when_tried",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.answer}"
