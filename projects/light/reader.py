"""The rule read over values: which clause holds for facts that need not stand in the database, such as those after a move.

`rule.with_clause` has the database ask the same of rows.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from operator import eq, gt, le, lt
from typing import Any

from projects.light.rule import Comparison, Rule, Thresholds

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
