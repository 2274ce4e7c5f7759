from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class TaskFacts(models.Model):
    """What the light of a task is computed from: of today's row, and of each version that once stood.

    Kept by the verbs, never typed. Days are business days; `*_days` count calendar days.
    """

    state = models.CharField(max_length=10)
    starts = models.DateField(_("start"), null=True, blank=True)
    due = models.DateField(_("due date"), null=True, blank=True)
    baseline_due = models.DateField(_("baseline date"), null=True, blank=True, editable=False)
    # How long its returned follow-ups lay with the coordinators: their delay, which the light gives back.
    waited_days = models.PositiveIntegerField(default=0, editable=False)
    light_due = models.DateField(null=True, editable=False)
    # Its approved moves; brought forward, the days are fewer.
    moves = models.PositiveIntegerField(default=0, editable=False)
    slippage_days = models.IntegerField(default=0, editable=False)

    claimed_progress = models.PositiveSmallIntegerField(null=True, editable=False)
    claimed_on = models.DateField(null=True, editable=False)
    verified_progress = models.PositiveSmallIntegerField(null=True, editable=False)
    verified_on = models.DateField(null=True, editable=False)
    has_obstacle = models.BooleanField(default=False, editable=False)
    last_word_on = models.DateField(null=True, editable=False)
    # The last word, the day it was sent back, or else the day from which one could be expected.
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
            models.CheckConstraint(
                condition=Q(verified_progress=100, fulfilled_on__isnull=False)
                | ((Q(verified_progress=None) | ~Q(verified_progress=100)) & Q(fulfilled_on=None, days_late=None)),
                name="%(class)s_is_fulfilled_on_a_day",
            ),
        ]
