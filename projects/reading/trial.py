"""What other thresholds would have changed: each light by the rule of a day beside the one that the proposed numbers give.

Both are computed by the database in one query for a day and kind, from today's rows or from those that stood on a past day.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, QuerySet

from focalpoints.pages.pager import ListPart, part, rows_of
from projects.light.rule import COMMITMENT_RULE, TASK_RULE, Light, Rule, Thresholds, with_light
from projects.light.thresholds import in_force
from projects.models import Commitment, CommitmentVersion, Task, TaskVersion

MONTHS_REPLAYED = 12
SAID = ("said_code", "said_title", "said_language")
RULES: dict[str, Rule] = {"commitment": COMMITMENT_RULE, "task": TASK_RULE}


@dataclass(frozen=True, slots=True)
class LightChange:
    """How many items go from one light to another."""

    before: Light
    after: Light
    count: int


@dataclass(frozen=True, slots=True)
class ThresholdsEffect:
    """What the numbers do to the commitments, or to the tasks, of a day."""

    kind: str
    total: int
    changes: list[LightChange]

    @property
    def changed(self) -> int:
        return sum(change.count for change in self.changes)


@dataclass(frozen=True, slots=True)
class TrialDay:
    on: date
    effects: list[ThresholdsEffect]


def replayed(proposed: Thresholds, today: date) -> list[TrialDay]:
    """Today first, then the last days of the months before, newest first. Two queries for each day."""
    return [TrialDay(on, [effect(kind, proposed, on, today) for kind in RULES]) for on in [today, *month_ends(today)]]


def month_ends(today: date, count: int = MONTHS_REPLAYED) -> list[date]:
    """The last days of the `count` months before this one, newest first."""
    ends = []
    for _month in range(count):
        today = today.replace(day=1) - timedelta(days=1)
        ends.append(today)
    return ends


def effect(kind: str, proposed: Thresholds, on: date, today: date) -> ThresholdsEffect:
    """One query."""
    pairs = _both(kind, proposed, on, today).order_by().values_list("light", "proposed").annotate(count=Count("pk"))
    counts = list(pairs)
    changes = [LightChange(Light(before), Light(after), count) for before, after, count in counts if before != after]
    changes.sort(key=lambda change: (-change.count, change.before, change.after))
    return ThresholdsEffect(kind, sum(count for *_lights, count in counts), changes)


def changing(kind: str, proposed: Thresholds, on: date, today: date, page: str | None) -> ListPart:
    """The items whose light changes, as dicts: `SAID`, light, proposed. One query for a page of them."""
    rows = _both(kind, proposed, on, today).exclude(light=F("proposed")).annotate(**_named(kind, on == today))
    return part(rows_of(rows.order_by("said_code").values("light", "proposed", *SAID)), page)


def _named(kind: str, is_today: bool) -> dict[str, F]:
    """Where a row of today, or a version, has what one calls its item."""
    return {name: F(name.removeprefix("said_") if is_today else name.replace("said_", f"{kind}__")) for name in SAID}


def _both(kind: str, proposed: Thresholds, on: date, today: date) -> QuerySet:
    rows, rule = (_today if on == today else _on)(kind, on), RULES[kind]
    return with_light(with_light(rows, rule, on, in_force(on)), rule, on, proposed, "proposed")


def _today(kind: str, on: date) -> QuerySet:
    return Commitment.objects.all() if kind == "commitment" else Task.objects.public()


def _on(kind: str, on: date) -> QuerySet:
    return CommitmentVersion.objects.on(on) if kind == "commitment" else TaskVersion.objects.on(on).public()
