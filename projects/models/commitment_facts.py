from django.db import models
from django.utils.translation import gettext_lazy as _

from projects.models.dated_facts import DatedFacts


class CommitmentFacts(DatedFacts):
    """What the light of a commitment is computed from, and boards add up: of today's row, and of each version that once stood.

    What its tasks add up to is rolled up by the verbs (`actions.roll_up`): `waited_days` is the longest that one of its open tasks was
    kept waiting, `quiet_since` the last time that something was heard of one.
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
    tasks_open = models.PositiveIntegerField(default=0, editable=False)
    tasks_fulfilled = models.PositiveIntegerField(default=0, editable=False)
    # Open, and not even claimed at 100 %.
    tasks_unclaimed = models.PositiveIntegerField(default=0, editable=False)
    # Bound by it, and no task of theirs is counted: as long as there are any, it is not fulfilled.
    agencies_without_task = models.PositiveIntegerField(default=0, editable=False)
    # The earliest date, with what the coordinators owe it, of an open task that does not wait for them.
    next_due = models.DateField(null=True, editable=False)

    class Meta(DatedFacts.Meta):
        abstract = True

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
