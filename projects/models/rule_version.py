from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from focalpoints.models import User


class RuleVersion(models.Model):
    """Thresholds of the traffic light, and the day from which they count. The first ones are in the code (`light.rule.FIRST`)."""

    version = models.PositiveIntegerField(primary_key=True)
    effective_on = models.DateField(_("in force from"), unique=True)
    silent_days = models.PositiveIntegerField(_("days without a word"))
    behind_points = models.PositiveIntegerField(_("percentage points behind the straight line"))
    soon_days = models.PositiveIntegerField(_("days left"))
    soon_progress = models.PositiveIntegerField(_("progress expected by then"))
    late_percent = models.PositiveIntegerField(_("percent late from which the strategy runs late"))
    reason = models.CharField(_("reason"), max_length=400)
    adopted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    adopted_at = models.DateTimeField()

    class Meta:
        ordering = ["version"]
        constraints = [
            models.CheckConstraint(condition=Q(version__gte=2), name="rule_version_follows_the_first"),
            models.CheckConstraint(
                condition=Q(behind_points__lte=100, soon_progress__lte=100, late_percent__lte=100),
                name="rule_version_counts_in_percent",
            ),
            models.CheckConstraint(condition=Q(late_percent__gte=1), name="rule_version_needs_a_late_one_to_run_late"),
            models.CheckConstraint(condition=~Q(reason=""), name="rule_version_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.version} ({self.effective_on})"
