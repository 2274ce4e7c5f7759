from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class CommitmentFacts(models.Model):
    """What the light of a commitment is computed from, and boards add up: of today's row, and of each version that once stood.

    What its tasks add up to is rolled up by the verbs (`actions.roll_up`). Days are business days; `*_days` count calendar days.
    """

    class Binds(models.TextChoices):
        NAMED = "named", _("Named agencies")
        ALL = "all", _("Every agency")
        NONE_PUBLISHED = "none published", _("No agency was published")

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        CANCELLED = "cancelled", _("Cancelled")

    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    binds = models.CharField(_("who answers for it"), max_length=20, choices=Binds)
    starts = models.DateField(_("start"), null=True, blank=True)
    due = models.DateField(_("due date"), null=True, blank=True)
    baseline_due = models.DateField(_("baseline date"), null=True, blank=True, editable=False)
    # The longest that the coordinators kept one of its open tasks waiting: their delay, which the light gives back.
    waited_days = models.PositiveIntegerField(default=0, editable=False)
    light_due = models.DateField(null=True, editable=False)
    # Approved moves of its own date; brought forward, the days are fewer.
    moves = models.PositiveIntegerField(default=0, editable=False)
    slippage_days = models.IntegerField(default=0, editable=False)

    tasks_open = models.PositiveIntegerField(default=0, editable=False)
    tasks_fulfilled = models.PositiveIntegerField(default=0, editable=False)
    # Open, and not even claimed at 100 %.
    tasks_unclaimed = models.PositiveIntegerField(default=0, editable=False)
    # Bound by it, and no task of theirs is counted: as long as there are any, it is not fulfilled.
    agencies_without_task = models.PositiveIntegerField(default=0, editable=False)
    claimed_progress = models.PositiveSmallIntegerField(null=True, editable=False)
    claimed_on = models.DateField(null=True, editable=False)
    verified_progress = models.PositiveSmallIntegerField(null=True, editable=False)
    verified_on = models.DateField(null=True, editable=False)
    has_obstacle = models.BooleanField(default=False, editable=False)
    # The earliest date, with what the coordinators owe it, of an open task that does not wait for them.
    next_due = models.DateField(null=True, editable=False)
    # The last time that something was heard of one of its open tasks.
    quiet_since = models.DateField(null=True, editable=False)
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

    @property
    def is_cancelled(self) -> bool:
        return self.state == self.State.CANCELLED

    @property
    def is_fulfilled(self) -> bool:
        """Every task was verified at 100 %, and each agency that it binds has one."""
        return self.tasks_open == 0 and self.tasks_fulfilled > 0 and self.agencies_without_task == 0

    @property
    def tasks_total(self) -> int:
        """Confirmed and not cancelled."""
        return self.tasks_open + self.tasks_fulfilled
