from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from projects.models.dated_facts import DatedFacts


class CommitmentFacts(DatedFacts):
    """What the light of a commitment is computed from and what boards add up, for today's row and for each version that once stood.

    Verbs keep what its tasks come to (`commitment_sums`): `waited_days` is the longest wait of one of its open tasks,
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
        CANCELLED = "cancelled", pgettext_lazy("commitment", "Withdrawn")

    class Finding(models.TextChoices):
        """What a coordinator found of the whole promise at its end (`Assessment`)."""

        FULFILLED = "fulfilled", pgettext_lazy("finding", "Fulfilled")
        PARTLY = "partly", pgettext_lazy("finding", "Partly fulfilled")
        NOT_FULFILLED = "not_fulfilled", pgettext_lazy("finding", "Not fulfilled")

    # Which rows, as the properties say it of one. Only a finding makes it fulfilled. Settled: nothing is left to do for its agencies,
    # who each had a task. Open: neither withdrawn nor settled, and nobody has found at its end what became of it.
    ACTIVE = Q(state=State.ACTIVE)
    FULFILLED = Q(finding=Finding.FULFILLED)
    SETTLED = Q(tasks_open=0, agencies_without_task=0, series_runs=False) & (
        Q(tasks_fulfilled__gt=0) | Q(tasks_cancelled__gt=0)
    )
    OPEN = ACTIVE & Q(finding="") & ~SETTLED
    TO_ASSESS = ACTIVE & Q(finding="") & SETTLED
    # The last day on which something of it was accepted, or a task or its series ended: since then nothing of it is open.
    SETTLED_ON = Greatest(
        Coalesce("verified_on", "last_ended_on"),
        Coalesce("last_ended_on", "verified_on"),
        Coalesce("series_ended_on", "last_ended_on", "verified_on"),
    )
    # Its agencies claimed 100 % of what is open, and the coordination office has not verified it yet.
    TO_BE_VERIFIED = Q(tasks_unclaimed=0, tasks_open__gt=0, agencies_without_task=0)
    # Nothing says yet what must get done for it, whatever its date.
    WITHOUT_TASKS = ACTIVE & Q(tasks_open=0, tasks_fulfilled=0, tasks_cancelled=0)
    # Overdue once its date has passed: what waits for the coordinators at 100 % is not.
    OWED = OPEN & ~TO_BE_VERIFIED

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
    # How many were cancelled as no longer needed, and when the last of them or of the replaced ones ended.
    tasks_cancelled = models.PositiveIntegerField(default=0, editable=False)
    tasks_replaced = models.PositiveIntegerField(default=0, editable=False)
    last_ended_on = models.DateField(null=True, editable=False)
    # How many agencies it binds that have no counted task. It is not fulfilled while there are any.
    agencies_without_task = models.PositiveIntegerField(default=0, editable=False)
    # How many it bound once, with no task: a narrower scope or a closed agency lifts no average.
    agencies_left_out = models.PositiveIntegerField(default=0, editable=False)
    withdrawn_on = models.DateField(null=True, editable=False)
    # The earliest `light_due` of an open task that does not wait for the coordinators.
    next_due = models.DateField(null=True, editable=False)
    # The end finding that stands, empty while there is none or once it is set aside, and the day on which it was made.
    finding = models.CharField(max_length=15, choices=Finding, blank=True, editable=False)
    found_on = models.DateField(null=True, editable=False)
    # It was withdrawn after its date (`light_due`) had passed: that stays to be seen.
    withdrawn_late = models.BooleanField(default=False, editable=False)

    class Meta(DatedFacts.Meta):
        abstract = True
        constraints = [
            *DatedFacts.Meta.constraints,
            models.CheckConstraint(
                condition=Q(finding="", found_on=None)
                | Q(finding__in=["fulfilled", "partly", "not_fulfilled"], found_on__isnull=False),
                name="%(class)s_is_found_on_a_day",
            ),
        ]

    @property
    def is_cancelled(self) -> bool:
        return self.state == self.State.CANCELLED

    @property
    def is_fulfilled(self) -> bool:
        return self.finding == self.Finding.FULFILLED

    @property
    def is_settled(self) -> bool:
        has_open = self.tasks_open or self.agencies_without_task or self.series_runs
        return not has_open and bool(self.tasks_fulfilled or self.tasks_cancelled)

    @property
    def tasks_total(self) -> int:
        """Confirmed, or cancelled since."""
        return self.tasks_open + self.tasks_fulfilled + self.tasks_cancelled
