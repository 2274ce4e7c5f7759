"""What becomes of a commitment's finding when its tasks change, and on which day it counts as fulfilled. Only inside a verb's turn."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import F

from focalpoints.sql.writing import keep
from focalpoints.turn import head_in_hand
from projects.date_bounds import days_late
from projects.models import Assessment, Commitment

# What less than before, or something open again, takes away. "Not fulfilled" stays until a new finding.
TAKEN_AWAY = (Commitment.Finding.FULFILLED, Commitment.Finding.PARTLY)
NO_FINDING: dict[str, Any] = {"finding": "", "found_on": None, "fulfilled_on": None, "days_late": None}


def set_aside(commitment: Commitment) -> bool:
    """Take the light away from a finding of "fulfilled" or "partly fulfilled", which stays to be read. Says whether there was one.

    Before the verb records its entry, by which the finding is set aside.
    """
    if commitment.finding not in TAKEN_AWAY:
        return False
    found = Assessment.objects.standing().at_the_end().filter(commitment=commitment)
    found.update(state=Assessment.State.SET_ASIDE, set_aside_from=head_in_hand().seq + 1, revision=F("revision") + 1)
    keep(commitment, **NO_FINDING)
    return True


def with_finding(commitment: Commitment, sums: dict[str, Any]) -> dict[str, Any]:
    """The columns that its tasks come to (`added_up`), with what its finding makes of them; sets aside what they took away."""
    if is_less(commitment, sums):
        set_aside(commitment)
    return sums | fulfilment(commitment.finding, commitment.found_on, sums)


def is_less(before: Any, sums: Mapping[str, Any]) -> bool:
    """Whether more of it is open than before, or less was verified."""
    return sums["tasks_open"] > before.tasks_open or (sums["verified_progress"] or 0) < (before.verified_progress or 0)


def fulfilment(finding: str, found_on: date | None, sums: Mapping[str, Any]) -> dict[str, Any]:
    """On which day it counts as fulfilled, and how late that was.

    The day on which its last accepted follow-up was sent, so that the office's delay makes nobody late; without tasks or date, the day
    of the finding.
    """
    if finding != Commitment.Finding.FULFILLED:
        return {"fulfilled_on": None, "days_late": None}
    on = (sums["light_due"] and sums["fulfilled_on"]) or found_on
    return {"fulfilled_on": on, "days_late": days_late(on, sums["light_due"])}
