"""The public page of the traffic light's rule, and the page on which the coordination office tries and adopts other thresholds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from focalpoints import clock
from focalpoints.pages.kit import carried_out, done, form_view, typed
from focalpoints.pages.page_cache import public_page
from focalpoints.pages.signed_in import allowed
from focalpoints.rules import is_coordinator
from focalpoints.tables.answer import answered, public_file
from focalpoints.tables.table import few
from projects import actions
from projects.forms.thresholds import AdoptionForm, ThresholdsForm
from projects.jumps import LARGE_JUMP
from projects.light import thresholds
from projects.light.rule import COMMITMENT_RULE, NUMBERS, TASK_RULE, Thresholds
from projects.light.why import PublishedClause, published
from projects.models import RuleVersion
from projects.reading.figures import ORDER_OF_LIGHTS
from projects.reading.thresholds_trial import changing, days_replayed, replayed
from projects.tables.light_rule import LIGHT_RULE, THRESHOLDS, clause_rows, threshold_rows


@dataclass(frozen=True, slots=True)
class ThresholdsShown:
    """A version of the thresholds. `until` is the last day on which it counted; None for the last version."""

    thresholds: Thresholds
    until: date | None
    standing: str
    reason: str


class Picture(NamedTuple):
    """An example in percent of the picture's width, in which the due date stands at DUE: where today is, how far progress reaches."""

    today: int
    verified: int = 0
    claimed: int = 0
    has_due: bool = True
    # Where a task's own date stands, on the picture of a commitment.
    of_task: int = 0


DUE = 72
# What each light looks like halfway to its date. Without one: what time has no part in.
PICTURES = {
    "late": Picture(today=88, verified=32),
    "tasks_late": Picture(today=48, verified=26, of_task=34),
    "at_risk": Picture(today=56, verified=16),
    "to_be_verified": Picture(today=58, verified=36, claimed=DUE),
    "to_assess": Picture(today=60, verified=DUE),
    "not_started": Picture(today=4),
    "on_time": Picture(today=36, verified=40),
    "no_date": Picture(today=36, verified=20, has_due=False),
    "no_tasks": Picture(today=36),
    "partly": Picture(today=80, verified=50),
    "fulfilled": Picture(today=60, verified=DUE),
    "not_fulfilled": Picture(today=88, verified=10),
}


@dataclass(frozen=True, slots=True)
class LightExplained:
    """A light, for which reasons of the rule it is lit, and how that looks."""

    light: str
    reasons: list[str]
    picture: Picture | None

    @property
    def is_long(self) -> bool:
        """Whether its reasons fill a column much farther down than most."""
        return sum(map(len, self.reasons)) > 180


# Of a commitment they mean what they mean of a task.
AS_OF_A_TASK = {"at_risk", "to_be_verified", "not_started", "on_time", "no_date", "cancelled"}


def _explained(kind: str, lines: Iterable[PublishedClause]) -> list[LightExplained]:
    """In the order of all lists of lights; reasons in the rule's."""
    reasons: dict[str, list[str]] = {}
    for line in lines:
        reasons.setdefault(line.light.value, []).append(str(line.reason))
    return [
        LightExplained(light.value, reasons[light.value], PICTURES.get(light.value))
        for light in ORDER_OF_LIGHTS
        if light.value in reasons and (kind == "task" or light.value not in AS_OF_A_TASK)
    ]


@public_page()
def light_rule(request: HttpRequest) -> HttpResponse:
    on = clock.today()
    current = thresholds.in_force(on)
    rules = [
        ("task", _("A task's light"), list(published(TASK_RULE, current))),
        ("commitment", _("A commitment's light"), list(published(COMMITMENT_RULE, current))),
    ]
    return render(
        request,
        "projects/light_rule.html",
        {
            "thresholds": current,
            "rules": [(kind, title, lines, _explained(kind, lines)) for kind, title, lines in rules],
            "due": DUE,
            "large_jump": LARGE_JUMP,
            "versions": _versions(current),
            "may_adopt": is_coordinator(request.user),
        },
    )


@public_file()
def light_rule_download(request: HttpRequest, fmt: str) -> HttpResponseBase:
    return answered(request, LIGHT_RULE, clause_rows(clock.today()), fmt, day=clock.today(), count=few)


@public_file()
def threshold_download(request: HttpRequest, fmt: str) -> HttpResponseBase:
    return answered(request, THRESHOLDS, threshold_rows(), fmt, day=clock.today(), count=few)


def _versions(current: Thresholds) -> list[ThresholdsShown]:
    """All versions of the thresholds, newest first. Two queries."""
    reasons = dict(RuleVersion.objects.values_list("version", "reason"))
    rows: list[ThresholdsShown] = []
    until: date | None = None
    for version in reversed(thresholds.all_versions()):
        standing = "announced" if version.version > current.version else "past"
        standing = "in_force" if version == current else standing
        rows.append(ThresholdsShown(version, until, standing, reasons.get(version.version, "")))
        until = date.fromordinal(version.effective_on.toordinal() - 1)
    return rows


@form_view
def thresholds_adopt(request: HttpRequest) -> HttpResponse:
    """Shows what the numbers in the address would change. Sent with a reason, a colleague decides on them."""
    allowed(request, "request.ask_thresholds")
    adoption = AdoptionForm(typed(request))
    if carried_out(request, adoption, actions.ask_thresholds):
        said = _("The request was sent. A colleague decides; until then nothing changes.")
        return done(request, said, reverse("projects:request_detail", args=[adoption.outcome.code]))
    tried: ThresholdsForm = adoption if adoption.is_bound else _tried(request)
    context = {"form": tried, "adoption": adoption, **_effects(request, tried)}
    return render(request, "projects/thresholds_adopt.html", context, status=adoption.status)


def _tried(request: HttpRequest) -> ThresholdsForm:
    if any(name in request.GET for name in NUMBERS):
        return ThresholdsForm(request.GET)
    last, today = thresholds.all_versions()[-1], clock.today()
    next_month = date(today.year + today.month // 12, today.month % 12 + 1, 1)
    return ThresholdsForm(initial={name: getattr(last, name) for name in NUMBERS} | {"effective_on": next_month})


def _effects(request: HttpRequest, form: ThresholdsForm) -> dict[str, object]:
    """The lights of past month ends under the proposed thresholds, and the items that change on one of those days (`?on=`, else today)."""
    proposed = form.proposed
    if proposed is None:
        return {"proposed": None}
    days = days_replayed()
    asked = next((day for day in days if day.on.isoformat() == request.GET.get("on")), days[0])
    return {
        "proposed": proposed,
        "today": days[0].on,
        "days": replayed(proposed, days),
        "on": asked.on,
        "changing": [
            (kind, changing(kind, proposed, asked, request.GET.get("page"))) for kind in ("commitment", "task")
        ],
    }
