"""What other thresholds would change: the light of each item and the verdict on the strategy, by those of a day and by the proposed ones.

The database computes both in one query for a day and kind, from today's rows or from those that stood on a past day.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, QuerySet

from focalpoints.pages.pager import ListPart, part, rows_of
from projects.light.rule import COMMITMENT_RULE, TASK_RULE, Light, Rule, Thresholds, with_light
from projects.light.verdict import OverallVerdict, verdict
from projects.reading.day import Day
from projects.reading.figures import month_ends

SAID = ("said_code", "said_title", "said_language")
RULES: dict[str, Rule] = {"commitment": COMMITMENT_RULE, "task": TASK_RULE}


@dataclass(frozen=True, slots=True)
class LightChange:
    """How many items would go from one light to another."""

    before: Light
    after: Light
    count: int


@dataclass(frozen=True, slots=True)
class ThresholdsEffect:
    """What the proposed thresholds do to the commitments, or to the tasks, of a day."""

    kind: str
    # How many items stand at each light.
    before: Counter[str]
    after: Counter[str]
    changes: list[LightChange]

    @property
    def total(self) -> int:
        return self.before.total()

    @property
    def changed(self) -> int:
        return sum(change.count for change in self.changes)


@dataclass(frozen=True, slots=True)
class TrialDay:
    """`before` and `after`: the verdict on the whole strategy by the day's own thresholds, and by the proposed ones."""

    on: date
    effects: list[ThresholdsEffect]
    before: OverallVerdict
    after: OverallVerdict

    @property
    def says_otherwise(self) -> bool:
        return str(self.before) != str(self.after)


def days_replayed() -> list[Day]:
    """Today, then the last days of the months before, newest first."""
    today = Day.today()
    return [today, *map(Day.past, reversed(month_ends(today.on)))]


def replayed(proposed: Thresholds, days: Iterable[Day]) -> list[TrialDay]:
    """Two queries for each day."""
    return [_trial(proposed, day) for day in days]


def _trial(proposed: Thresholds, day: Day) -> TrialDay:
    effects = {kind: effect(kind, proposed, day) for kind in RULES}
    found = effects["commitment"]
    before, after = verdict(found.before, day.thresholds), verdict(found.after, proposed)
    return TrialDay(day.on, list(effects.values()), before, after)


def effect(kind: str, proposed: Thresholds, day: Day) -> ThresholdsEffect:
    """One query."""
    pairs = _both(kind, proposed, day).order_by().values_list("light", "proposed").annotate(count=Count("pk"))
    counts = list(pairs)
    changes = [LightChange(Light(before), Light(after), count) for before, after, count in counts if before != after]
    changes.sort(key=lambda change: (-change.count, change.before, change.after))
    before, after = Counter[str](), Counter[str]()
    for light, other, count in counts:
        before[light] += count
        after[other] += count
    return ThresholdsEffect(kind, before, after, changes)


def changing(kind: str, proposed: Thresholds, day: Day, page: str | None) -> ListPart:
    """The items whose light changes, as dicts of `SAID`, light and proposed. One query for a page of them."""
    rows = _both(kind, proposed, day).exclude(light=F("proposed")).annotate(**_named(kind, day))
    return part(rows_of(rows.order_by("said_code").values("light", "proposed", *SAID)), page)


def _named(kind: str, day: Day) -> dict[str, F]:
    """`SAID` from a row of today, or from the item that a version is of."""
    return {name: F(name.replace("said_", f"{kind}__" if day.is_past else "")) for name in SAID}


def _both(kind: str, proposed: Thresholds, day: Day) -> QuerySet:
    """The day's rows with `light` by its own thresholds and `proposed` by the others."""
    rows, rule = day.few_commitments if kind == "commitment" else day.few_tasks.public(), RULES[kind]
    return with_light(with_light(rows, rule, day.on, day.thresholds), rule, day.on, proposed, "proposed")
