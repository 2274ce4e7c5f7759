"""A finding on a commitment is taken away when its tasks or words change. Only inside a verb's turn."""

from datetime import date

from django.db.models import F

from focalpoints.sql.writing import keep
from focalpoints.turn import head_in_hand
from projects.commitment_sums import NO_FINDING, TAKEN_AWAY
from projects.models import Assessment, Commitment
from projects.models.assessment import AssessmentQuerySet


def set_aside(commitment: Commitment) -> None:
    """Take the light away from a finding of "fulfilled" or "partly fulfilled", which stays to be read.

    Before the verb records its entry, by which the finding is set aside.
    """
    if commitment.finding not in TAKEN_AWAY:
        return
    _put_aside(Assessment.objects.at_the_end().filter(commitment=commitment))
    keep(commitment, **NO_FINDING)


def set_aside_of_period(commitment: Commitment, period: date | None) -> None:
    """Likewise a finding on one period of what recurs; it gives no light."""
    if period is not None:
        _put_aside(Assessment.objects.filter(commitment=commitment, period=period, verdict__in=TAKEN_AWAY))


def _put_aside(found: AssessmentQuerySet) -> None:
    found.standing().update(
        state=Assessment.State.SET_ASIDE, set_aside_from=head_in_hand().seq + 1, revision=F("revision") + 1
    )
