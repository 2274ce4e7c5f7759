from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from projects.models.dated_facts import DatedFacts


def fulfils_task(verified_progress: int | None) -> bool:
    """The coordination office verified it at 100 %."""
    return verified_progress == 100


class TaskFacts(DatedFacts):
    """What the light of a task is computed from, for today's row and for each version that once stood.

    `waited_days` is how long its returned follow-ups lay with the coordinators. `quiet_since` is the day of the last follow-up or of its
    return, before the first one the day from which one could be expected.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        CONFIRMED = "confirmed", _("Confirmed")
        DECLINED = "declined", _("Not taken up")
        WITHDRAWN = "withdrawn", _("Taken back by its agency")
        # No longer needed: it goes on counting, at the progress last verified.
        CANCELLED = "cancelled", pgettext_lazy("task", "Cancelled")
        # Counts through its successor alone (`Task.replaces`).
        REPLACED = "replaced", _("Replaced")
        # The one state in which something leaves the count.
        MISTAKEN = "mistaken", _("Entered by mistake")

    # In these its words are public: it was taken up, whatever became of it.
    PUBLIC_STATES = (State.CONFIRMED, State.CANCELLED, State.REPLACED, State.MISTAKEN)
    COUNTED_STATES = (State.CONFIRMED, State.CANCELLED)
    # Which rows, as `is_fulfilled` says it of one. Averages count what is confirmed, and what was cancelled; open is what of the confirmed
    # is not fulfilled; unsettled are proposals too, because somebody still has to do something about them.
    CLAIMED = Q(claimed_progress=100)
    FULFILLED = Q(verified_progress=100)
    CONFIRMED = Q(state=State.CONFIRMED)
    COUNTED = Q(state__in=COUNTED_STATES)
    OPEN = CONFIRMED & ~FULFILLED
    UNCLAIMED = OPEN & ~CLAIMED
    HINDERED = OPEN & Q(has_obstacle=True)
    UNSETTLED = Q(state__in=(State.PROPOSED, State.CONFIRMED)) & ~FULFILLED

    state = models.CharField(max_length=10)
    last_word_on = models.DateField(null=True, editable=False)
    # The day on which it was cancelled, replaced or found to be a mistake.
    ended_on = models.DateField(null=True, editable=False)

    class Meta:
        abstract = True
        constraints = [
            *DatedFacts.Meta.constraints,
            models.CheckConstraint(
                condition=Q(verified_progress=100, fulfilled_on__isnull=False)
                | ((Q(verified_progress=None) | ~Q(verified_progress=100)) & Q(fulfilled_on=None, days_late=None)),
                name="%(class)s_is_fulfilled_on_a_day",
            ),
        ]

    @property
    def is_confirmed(self) -> bool:
        return self.state == self.State.CONFIRMED

    @property
    def has_ended(self) -> bool:
        return self.state not in {self.State.PROPOSED, self.State.CONFIRMED}

    def is_overdue(self, on: date) -> bool:
        """Open, and past its date for the light, as the QuerySet's `overdue` says it of many."""
        is_open = self.is_confirmed and not self.is_fulfilled
        return is_open and self.light_due is not None and self.light_due < on

    def days_overdue(self, on: date) -> int:
        """How long it has been overdue; 0 where it is not."""
        return (on - self.light_due).days if self.light_due and self.is_overdue(on) else 0

    @property
    def is_fulfilled(self) -> bool:
        return fulfils_task(self.verified_progress)
