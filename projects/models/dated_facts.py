from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class DatedFacts(models.Model):
    """What tasks and commitments have alike: dates, how far they moved, progress, and the silence since the last word.

    Kept by the verbs, never typed. Days are business days; `*_days` count calendar days.
    """

    starts = models.DateField(_("start"), null=True, blank=True)
    due = models.DateField(_("due date"), null=True, blank=True)
    baseline_due = models.DateField(_("baseline date"), null=True, blank=True, editable=False)
    # For how long the coordinators kept it waiting: their delay, which the light gives back.
    waited_days = models.PositiveIntegerField(default=0, editable=False)
    light_due = models.DateField(null=True, editable=False)
    # Approved moves of its own date; brought forward, the days are fewer.
    moves = models.PositiveIntegerField(default=0, editable=False)
    slippage_days = models.IntegerField(default=0, editable=False)
    # Decided changes of what was promised; a commitment's count its tasks' too.
    scope_changes = models.PositiveIntegerField(default=0, editable=False)

    claimed_progress = models.PositiveSmallIntegerField(null=True, editable=False)
    claimed_on = models.DateField(null=True, editable=False)
    verified_progress = models.PositiveSmallIntegerField(null=True, editable=False)
    verified_on = models.DateField(null=True, editable=False)
    has_obstacle = models.BooleanField(default=False, editable=False)
    # Since when nothing was heard of it.
    quiet_since = models.DateField(null=True, editable=False)
    # The day on which what was then accepted at 100 % was sent.
    fulfilled_on = models.DateField(null=True, editable=False)
    days_late = models.PositiveIntegerField(null=True, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(due=None, baseline_due=None) | Q(due__isnull=False, baseline_due__isnull=False),
                name="%(class)s_due_has_a_baseline",
            ),
            models.CheckConstraint(
                condition=Q(due=None, light_due=None)
                | Q(due__isnull=False, light_due__isnull=False, light_due__gte=F("due")),
                name="%(class)s_light_waits_at_least_for_the_due_date",
            ),
            models.CheckConstraint(
                condition=Q(starts=None) | Q(due=None) | Q(due__gte=F("starts")),
                name="%(class)s_is_due_after_it_starts",
            ),
            models.CheckConstraint(
                condition=(Q(claimed_progress=None) | Q(claimed_progress__lte=100))
                & (Q(verified_progress=None) | Q(verified_progress__lte=100)),
                name="%(class)s_progress_is_a_percent",
            ),
        ]
