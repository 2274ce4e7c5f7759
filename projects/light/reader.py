"""The rule read over values: which clause holds for facts that need not stand in the database, such as those after a move.

`rule.with_clause` has the database ask the same of rows.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from operator import eq, gt, le, lt
from typing import Any

from focalpoints.business_days import calendar_days_after
from projects.light.rule import Comparison, Days, Rule, Thresholds

HOLDS: dict[str, Callable[[Any, Any], bool]] = {
    "is": eq, "before": lt, "below": lt, "by": le, "after": gt, "above": gt, "in": lambda value, several: value in several
}  # fmt: skip


def clause_of(rule: Rule, facts: Mapping[str, Any], on: date, thresholds: Thresholds) -> int:
    """The index in `rule` of the clause that holds. `facts` has the stored fields that the rule tests or computes from."""
    known = {**facts, **derived(facts, thresholds)}
    for number, clause in enumerate(rule[:-1]):
        if all(_holds(test, known[test.field], on, thresholds) for test in clause.tests):
            return number
    return len(rule) - 1


@dataclass(frozen=True, slots=True)
class Stretch:
    """The days, both counted, on which a clause of a rule (its index) holds."""

    first: date
    last: date
    clause: int


def course(
    rule: Rule, facts: Mapping[str, Any], versions: Sequence[Thresholds], first: date, last: date = date.max
) -> list[Stretch]:
    """The clauses that hold from one day to another if nothing else happens, one after the other.

    `versions` of the thresholds, oldest first: each counts from its day on, the first one also before.
    """
    turns = {first, *(version.effective_on for version in versions)}
    for version in versions:
        turns |= set(_turns(rule, facts, version))
    stretches: list[Stretch] = []
    for day in sorted((day for day in turns if first <= day <= last), reverse=True):
        clause = clause_of(rule, facts, day, latest(versions, day))
        until = last
        if stretches:
            until = stretches[-1].first - timedelta(days=1)
            if stretches[-1].clause == clause:
                until = stretches.pop().last
        stretches.append(Stretch(day, until, clause))
    return stretches[::-1]


def latest(versions: Sequence[Thresholds], on: date) -> Thresholds:
    """The one in force on that day."""
    return next((version for version in reversed(versions) if version.effective_on <= on), versions[0])


def _turns(rule: Rule, facts: Mapping[str, Any], thresholds: Thresholds) -> Iterator[date]:
    """The days on which a test of a date begins or ceases to hold."""
    known = {**facts, **derived(facts, thresholds)}
    for clause in rule:
        for test in clause.tests:
            if isinstance(test.operand, Days) and (day := known[test.field]):
                ahead = test.operand.days(thresholds)
                yield calendar_days_after(day, (test.op == "before") - ahead)


def derived(facts: Mapping[str, Any], thresholds: Thresholds) -> dict[str, Any]:
    """The fields that nobody stores; what they mean is said where the database computes them."""
    claimed = facts["claimed_progress"] or 0
    ready = max(facts["verified_progress"] or 0, claimed)
    return {"claimed": claimed, "ready": ready, "behind_from": _behind_from(facts, ready + thresholds.behind_points)}


def _behind_from(facts: Mapping[str, Any], reached: int) -> date | None:
    starts, light_due = facts["starts"], facts["light_due"]
    if starts is None or light_due is None or starts >= light_due or reached >= 100:
        return None
    return starts + timedelta(days=reached * (light_due - starts).days // 100 + 1)


def _holds(test: Comparison, value: Any, on: date, thresholds: Thresholds) -> bool:
    """As in SQL, nothing is before, after, above or below a value that is missing."""
    operand = test.resolved(on, thresholds)
    if value is None or operand is None:
        return value is operand
    return HOLDS[test.op](value, operand)
