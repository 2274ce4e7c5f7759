from django.db import models
from django.db.models import Q

from projects.models.dated_facts import DatedFacts


class TaskFacts(DatedFacts):
    """What the light of a task is computed from: of today's row, and of each version that once stood.

    `waited_days` is how long its returned follow-ups lay with the coordinators; `quiet_since` the last word, the day it was sent back,
    or else the day from which a word could be expected.
    """

    state = models.CharField(max_length=10)
    last_word_on = models.DateField(null=True, editable=False)

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
