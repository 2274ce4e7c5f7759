"""The published rule of what is looked at before it is accepted: a claim of 100 %, a step back, a large jump.

Of these three, a follow-up can be accepted together with others only by whoever opened its evidence, and never without any
(`reading/bulk.py`). `/semaforo/` publishes the rule.
"""

from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

# Points of progress between what was verified and what is claimed. Half of a task reported at once: the office's own measure, no source
# gives one.
LARGE_JUMP = 50


def is_large_jump(verified: int | None, claimed: int, *, in_one_step: bool) -> bool:
    """Whether so much is claimed at once that it is looked at alone.

    `in_one_step`: the task is of a period (`Task.period`). Such a report is there or not, so that all of them go from 0 to 100.
    """
    return not in_one_step and claimed - (verified or 0) >= LARGE_JUMP


def is_step_back(verified: int | None, claimed: int) -> bool:
    return claimed < (verified or 0)


def is_looked_at(verified: int | None, claimed: int, *, in_one_step: bool) -> bool:
    """Whether the evidence has to be opened before it is accepted together with others."""
    return (
        claimed == 100 or is_step_back(verified, claimed) or is_large_jump(verified, claimed, in_one_step=in_one_step)
    )


# The same of follow-ups, for the database.
VERIFIED = Coalesce(F("task__verified_progress"), Value(0))
A_LARGE_JUMP = Q(task__period=None, progress__gte=VERIFIED + LARGE_JUMP)
A_STEP_BACK = Q(progress__lt=VERIFIED)
LOOKED_AT = Q(progress=100) | A_STEP_BACK | A_LARGE_JUMP
