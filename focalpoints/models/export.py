from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from focalpoints.models.user import User


class Export(models.Model):
    """That a person took a table away which not everybody may read: who, what, when. It is in no public record.

    The row is there before the first byte leaves; how it ended is added once. Nothing else of it ever changes (`exports.triggers`).
    """

    class State(models.TextChoices):
        BEGUN = "begun", pgettext_lazy("export", "Begun")
        WHOLE = "whole", pgettext_lazy("export", "Whole")
        BROKEN = "broken off", pgettext_lazy("export", "Broken off")

    person = models.ForeignKey(User, models.PROTECT, related_name="exports", verbose_name=_("person"))
    table = models.CharField(max_length=40)
    # As the person read them on the screen, in their language.
    filters = models.TextField(_("filters"), blank=True)
    format = models.CharField(max_length=5)
    at = models.DateTimeField(_("business time"))
    recorded_at = models.DateTimeField(_("system time"))
    state = models.CharField(max_length=10, choices=State, default=State.BEGUN)
    # How many rows left, and when the last did, by the system's clock.
    rows = models.PositiveIntegerField(_("rows"), null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("export")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="begun", rows=None, ended_at=None)
                | Q(state__in=["whole", "broken off"], rows__isnull=False, ended_at__isnull=False),
                name="export_ends_once",
            ),
            models.CheckConstraint(condition=Q(format__in=["csv", "xlsx", "jsonl"]), name="export_format_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.table} ({self.person_id})"
