"""The verb on the rule of the traffic light: a coordinator asks for other thresholds, from a later day on; a colleague decides."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.models import User
from focalpoints.turn import in_turn
from focalpoints.workflow import NotPossible, permitted, refuse
from projects.actions.request_writing import add, recorded
from projects.light import thresholds
from projects.light.rule import NUMBERS
from projects.models import Request
from projects.requests import against


@in_turn
def ask_thresholds(*, by: User, effective_on: date, reason: str, category: str, **numbers: int) -> Request:
    """Ask for other thresholds, in force from `effective_on`, a later day, so that no light changes unannounced.

    `numbers` are all of `NUMBERS`. Raises NotPossible where `against_thresholds` has something to say.
    """
    by = permitted("request.ask_thresholds", by=by, reason=reason)
    if Request.objects.waiting().filter(kind=Request.Kind.THRESHOLDS).exists():
        raise NotPossible(_("Other thresholds were asked for already, and nobody has decided yet."))
    now, last = clock.now(), thresholds.all_versions()[-1]
    change = Request(
        code=f"SEMAFORO-R{Request.objects.filter(kind=Request.Kind.THRESHOLDS).count() + 1}", kind=Request.Kind.THRESHOLDS,
        wanted={**numbers, "effective_on": effective_on.isoformat()}, before={name: getattr(last, name) for name in NUMBERS},
        category=category, reason=reason, asked_by=by, asked_at=now,
    )  # fmt: skip
    refuse(*against(change))
    add(change)
    recorded("ask_thresholds", change, by=by, reason=reason, wanted=change.wanted)
    return change
