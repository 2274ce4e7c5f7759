"""The verb on the rule of the traffic light: the coordination office adopts other thresholds, from a later day on."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.ledger.record import PublicState, record
from focalpoints.models import User
from focalpoints.rules import office_of
from focalpoints.turn import in_turn
from focalpoints.workflow import StrOrPromise, permitted, refuse
from projects.light import thresholds
from projects.light.rule import NUMBERS, Thresholds
from projects.models import RuleVersion

# The least and the most of each: beyond them a threshold would say nothing any more.
LIMITS = {"silent_days": (1, 366), "behind_points": (0, 100), "soon_days": (0, 366), "soon_progress": (0, 100)}
FARTHEST_DAYS = 366


@in_turn
def adopt_thresholds(
    *,
    by: User,
    effective_on: date,
    silent_days: int,
    behind_points: int,
    soon_days: int,
    soon_progress: int,
    reason: str,
) -> RuleVersion:
    """Adopt other thresholds: public at once, in force from `effective_on`, a later day, so that no light changes unannounced.

    `reason` is public too. Raises NotPossible where `against_thresholds` has something to say.
    """
    by = permitted("light-rule.adopt", by=by, reason=reason)
    numbers = {
        "silent_days": silent_days,
        "behind_points": behind_points,
        "soon_days": soon_days,
        "soon_progress": soon_progress,
    }
    refuse(*against_thresholds(effective_on, **numbers).values())
    last = thresholds.all_versions()[-1]
    adopted = RuleVersion.objects.create(
        version=last.version + 1,
        effective_on=effective_on,
        reason=reason,
        adopted_by=by,
        adopted_at=clock.now(),
        **numbers,
    )
    transaction.on_commit(thresholds.forget)
    record("adopt", rule_state(adopted), by=by, office=office_of(by), private={"reason": reason})
    return adopted


def against_thresholds(effective_on: date, **numbers: int) -> dict[str, StrOrPromise]:
    """What speaks against these, by field; the page says the same before the verb refuses."""
    today, last = clock.today(), thresholds.all_versions()[-1]
    refusals: dict[str, StrOrPromise] = {}
    if effective_on <= today:
        refusals["effective_on"] = _("It must be a later day than today: the rule is announced before it counts.")
    elif effective_on <= last.effective_on:
        refusals["effective_on"] = _(
            "Version %(version)d counts from %(day)s. The next one must begin on a later day."
        ) % {"version": last.version, "day": last.effective_on.strftime("%d/%m/%Y")}
    elif (effective_on - today).days > FARTHEST_DAYS:
        refusals["effective_on"] = _("Check the year: it is more than a year ahead.")
    for name, (least, most) in LIMITS.items():
        if not least <= numbers[name] <= most:
            refusals[name] = _("State a whole number from %(least)d to %(most)d.") % {"least": least, "most": most}
    if not refusals and all(getattr(last, name) == numbers[name] for name in NUMBERS):
        refusals["silent_days"] = _("These are the thresholds of version %(version)d: nothing would change.") % {
            "version": last.version
        }
    return refusals


def rule_state(adopted: RuleVersion | Thresholds) -> PublicState:
    """Everything that the rule reads, so that any day's lights can be computed from the ledger alone."""
    numbers: dict[str, Any] = {name: getattr(adopted, name) for name in NUMBERS}
    return PublicState(
        "light-rule",
        str(adopted.version),
        state="adopted",
        numbers=numbers,
        dates={"effective_on": adopted.effective_on},
    )
