"""The traffic light: computed from dates, verified progress, obstacles and freshness, never typed.

One table, read by the database (filters, sums), by pages ("why?") and by the public page that explains the rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, CharField, Model, Q, QuerySet, TextChoices, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

RULE_VERSION = 1
DUE_SOON_DAYS = 30
STALE_DAYS = 90


class Light(TextChoices):
    NOT_STARTED = "not_started", _("Not started")
    ON_TIME = "on_time", _("On time")
    AT_RISK = "at_risk", _("At risk")
    LATE = "late", _("Late")
    TO_BE_VERIFIED = "to_be_verified", _("To be verified")
    FULFILLED = "fulfilled", _("Fulfilled")
    CANCELLED = "cancelled", _("Cancelled")
    NO_DATE = "no_date", _("No date")


@dataclass(frozen=True, slots=True)
class Days:
    """A day counted from today."""

    offset: int = 0


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison: a field's name, one of `is`, `before`, `by` (on or before), `above`, and what to compare with."""

    field: str
    op: str
    operand: Any = None

    def _resolved(self, on: date) -> Any:
        return on + timedelta(days=self.operand.offset) if isinstance(self.operand, Days) else self.operand

    def as_q(self, on: date) -> Q:
        lookup = {"is": "exact", "before": "lt", "by": "lte", "above": "gt", "in": "in"}[self.op]
        operand = self._resolved(on)
        return Q(**{f"{self.field}__isnull": True}) if operand is None else Q(**{f"{self.field}__{lookup}": operand})

    def holds(self, facts: Mapping[str, Any], on: date) -> bool:
        value, operand = facts[self.field], self._resolved(on)
        if operand is None:
            return value is None
        if value is None:
            return False
        match self.op:
            case "is":
                return value == operand
            case "before":
                return value < operand
            case "by":
                return value <= operand
            case "above":
                return value > operand
        return value in operand


@dataclass(frozen=True, slots=True)
class Clause:
    """A light and when it is lit: every test holds, and no clause above it did."""

    light: Light
    reason: str | Promise
    tests: tuple[Test, ...] = ()


_DUE_SOON = _("It is due within 30 days.")
_OBSTACLE = _("The last follow-up states an obstacle.")
_STALE = _("Nothing has been reported for more than 90 days.")
_NOTHING_AGAINST = _("It has a date ahead, recent follow-up and no stated obstacle.")
_NEVER = _("No follow-up has been reported yet.")

TASK_RULE = (
    Clause(Light.CANCELLED, _("It was cancelled or not taken up."), (Test("state", "in", ("cancelled", "declined")),)),
    Clause(
        Light.FULFILLED, _("The coordination office verified it at 100 %."), (Test("verified_progress", "is", 100),)
    ),
    Clause(
        Light.TO_BE_VERIFIED,
        _("Its agency claims 100 %; the coordination office has not verified it."),
        (Test("claimed_progress", "is", 100),),
    ),
    Clause(Light.NO_DATE, _("It has no due date."), (Test("due", "is", None),)),
    Clause(Light.LATE, _("Its due date has passed."), (Test("due", "before", Days()),)),
    Clause(Light.AT_RISK, _OBSTACLE, (Test("has_obstacle", "is", True),)),
    Clause(Light.AT_RISK, _DUE_SOON, (Test("due", "by", Days(DUE_SOON_DAYS)),)),
    Clause(Light.NOT_STARTED, _NEVER, (Test("claimed_on", "is", None),)),
    Clause(Light.AT_RISK, _STALE, (Test("claimed_on", "before", Days(-STALE_DAYS)),)),
    Clause(Light.ON_TIME, _NOTHING_AGAINST),
)

COMMITMENT_RULE = (
    Clause(Light.CANCELLED, _("It was cancelled."), (Test("state", "is", "cancelled"),)),
    Clause(
        Light.FULFILLED,
        _("The coordination office verified all its tasks at 100 %, and each agency that it binds has one."),
        (Test("tasks_open", "is", 0), Test("tasks_fulfilled", "above", 0), Test("agencies_without_task", "is", 0)),
    ),
    Clause(
        Light.TO_BE_VERIFIED,
        _("Its agencies claim 100 % of what is open; the coordination office has not verified it."),
        (Test("tasks_unclaimed", "is", 0), Test("tasks_open", "above", 0), Test("agencies_without_task", "is", 0)),
    ),
    Clause(Light.LATE, _("Its due date has passed."), (Test("due", "before", Days()),)),
    Clause(Light.LATE, _("The due date of one of its tasks has passed."), (Test("next_due", "before", Days()),)),
    Clause(
        Light.NO_DATE,
        _("No due date was published, and no task has one."),
        (Test("due", "is", None), Test("next_due", "is", None)),
    ),
    Clause(
        Light.AT_RISK,
        _("The last follow-up of one of its tasks states an obstacle."),
        (Test("has_obstacle", "is", True),),
    ),
    Clause(Light.AT_RISK, _DUE_SOON, (Test("due", "by", Days(DUE_SOON_DAYS)),)),
    Clause(Light.AT_RISK, _("One of its tasks is due within 30 days."), (Test("next_due", "by", Days(DUE_SOON_DAYS)),)),
    Clause(Light.NOT_STARTED, _NEVER, (Test("claimed_on", "is", None),)),
    Clause(Light.AT_RISK, _STALE, (Test("claimed_on", "before", Days(-STALE_DAYS)),)),
    Clause(Light.ON_TIME, _NOTHING_AGAINST),
)

Rule = tuple[Clause, ...]


def explain(rule: Rule, facts: Mapping[str, Any] | Model, on: date) -> Clause:
    """The clause that lights up for these facts (a row or a mapping with the rule's fields) on that day."""
    known = facts if isinstance(facts, Mapping) else vars(facts)
    return next(clause for clause in rule if all(test.holds(known, on) for test in clause.tests))


def with_light(rows: QuerySet, rule: Rule, on: date) -> QuerySet:
    """Annotate `light` (a `Light` value), computed by the database with the same table."""
    *conditions, otherwise = rule
    whens = []
    for clause in conditions:
        condition = Q()
        for test in clause.tests:
            condition &= test.as_q(on)
        whens.append(When(condition, then=Value(clause.light.value)))
    return rows.annotate(light=Case(*whens, default=Value(otherwise.light.value), output_field=CharField()))
