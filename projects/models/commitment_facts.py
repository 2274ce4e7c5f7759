from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects.models.dated_facts import DatedFacts


def fulfils_commitment(
    tasks_open: int, tasks_fulfilled: int, agencies_without_task: int | None, *, series_runs: bool | None = False
) -> bool:
    """Every task was verified at 100 %, each agency that it binds has one, and no period is still to come.

    Early entries of the ledger do not count agencies.
    """
    return not tasks_open and tasks_fulfilled > 0 and not agencies_without_task and not series_runs


class CommitmentFacts(DatedFacts):
    """What the light of a commitment is computed from and what boards add up, for today's row and for each version that once stood.

    Verbs keep what its tasks come to (`actions.commitment_progress`): `waited_days` is the longest wait of one of its open tasks,
    `quiet_since` the last day on which something was heard of one.
    """

    class Binds(models.TextChoices):
        NAMED = "named", _("Named agencies")
        ALL = "all", _("Every agency")
        NONE_PUBLISHED = "none published", _("No agency was published")

    class Recurrence(models.TextChoices):
        ONCE = "", _("Once")
        YEARLY = "yearly", _("Every year")
        QUARTERLY = "quarterly", _("Every quarter")

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        CANCELLED = "cancelled", _("Cancelled")

    # Which rows, as `is_fulfilled` says it of one. Open is what was neither cancelled nor fulfilled.
    ACTIVE = Q(state=State.ACTIVE)
    FULFILLED = Q(tasks_open=0, tasks_fulfilled__gt=0, agencies_without_task=0, series_runs=False)
    OPEN = ACTIVE & ~FULFILLED
    # Its agencies claimed 100 % of what is open, and the coordination office has not verified it yet.
    TO_BE_VERIFIED = Q(tasks_unclaimed=0, tasks_open__gt=0, agencies_without_task=0)

    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    binds = models.CharField(_("who answers for it"), max_length=20, choices=Binds)
    # What recurs has no percent and enters no average: each period is counted on its own.
    recurrence = models.CharField(_("recurrence"), max_length=10, choices=Recurrence, blank=True)
    # The day on which it was decided that its series ends: no period begins after it.
    series_ended_on = models.DateField(null=True, editable=False)
    # It recurs, and nobody has decided that its series ends.
    series_runs = models.BooleanField(default=False, editable=False)
    tasks_open = models.PositiveIntegerField(default=0, editable=False)
    tasks_fulfilled = models.PositiveIntegerField(default=0, editable=False)
    # Open, and not even claimed at 100 %.
    tasks_unclaimed = models.PositiveIntegerField(default=0, editable=False)
    # How many agencies it binds that have no counted task. It is not fulfilled while there are any.
    agencies_without_task = models.PositiveIntegerField(default=0, editable=False)
    # The earliest `light_due` of an open task that does not wait for the coordinators.
    next_due = models.DateField(null=True, editable=False)

    class Meta(DatedFacts.Meta):
        abstract = True

    @property
    def is_cancelled(self) -> bool:
        return self.state == self.State.CANCELLED

    @property
    def is_fulfilled(self) -> bool:
        return fulfils_commitment(
            self.tasks_open, self.tasks_fulfilled, self.agencies_without_task, series_runs=self.series_runs
        )

    @property
    def tasks_total(self) -> int:
        """Confirmed and not cancelled."""
        return self.tasks_open + self.tasks_fulfilled
