"""The rule of the traffic light: a table of clauses for tasks and one for commitments. A light is computed, never typed.

The database computes lights from the table (lists, sums), `reader` reads it over values, `why` explains a light by it, and a public
page prints it. Clauses name thresholds; their numbers have versions, each with the day from which it counts (`thresholds.in_force`).
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import (
    Case,
    CharField,
    DateField,
    Expression,
    Field,
    Func,
    IntegerField,
    Q,
    QuerySet,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest
from django.db.models.lookups import GreaterThan, LessThan
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from focalpoints.business_days import calendar_days_after
from focalpoints.sql.compiled import Compiled, compiled


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The rule's numbers. Silent days, percentage points behind the straight line, days left, and the percent expected by then.

    `late_percent` is the verdict's (`verdict`): from so many late commitments of a hundred on, the whole runs late.
    """

    version: int
    effective_on: date
    silent_days: int
    behind_points: int
    soon_days: int
    soon_progress: int
    late_percent: int


NUMBERS = ("silent_days", "behind_points", "soon_days", "soon_progress", "late_percent")
# They count from the day on which the strategy was published.
FIRST = Thresholds(
    1, date(2013, 11, 25), silent_days=60, behind_points=25, soon_days=15, soon_progress=80, late_percent=33
)


class Light(TextChoices):
    NOT_STARTED = "not_started", _("Not started")
    ON_TIME = "on_time", _("On time")
    AT_RISK = "at_risk", _("At risk")
    LATE = "late", _("Late")
    TASKS_LATE = "tasks_late", _("With late tasks")
    TO_BE_VERIFIED = "to_be_verified", _("To be verified")
    TO_ASSESS = "to_assess", _("To be assessed")
    FULFILLED = "fulfilled", _("Fulfilled")
    PARTLY = "partly", _("Partly fulfilled")
    NOT_FULFILLED = "not_fulfilled", _("Not fulfilled")
    CANCELLED = "cancelled", _("Cancelled")
    WITHDRAWN_LATE = "withdrawn_late", _("Overdue, then withdrawn")
    NO_DATE = "no_date", _("No date")
    NO_TASKS = "no_tasks", _("No tasks")


@dataclass(frozen=True, slots=True)
class Days:
    """A day relative to today: a threshold's number of days ahead, or with `sign` -1 that many days ago. Without threshold, today."""

    threshold: str = ""
    sign: int = 1

    def after(self, on: date, thresholds: Thresholds) -> date:
        """The day itself; at the calendar's ends it stops, which leaves the comparison's result the same."""
        return calendar_days_after(on, self.days(thresholds))

    def days(self, thresholds: Thresholds) -> int:
        """How many days after today it is."""
        return self.sign * getattr(thresholds, self.threshold) if self.threshold else 0


@dataclass(frozen=True, slots=True)
class Percent:
    """The percent that a threshold says."""

    threshold: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """A test of one field: `op` is one of `is`, `before`, `by` (on or before), `after`, `above`, `below` and `in`."""

    field: str
    op: str
    operand: Any = None

    def resolved(self, on: date, thresholds: Thresholds) -> Any:
        """What the field is compared with on that day."""
        match self.operand:
            case Days():
                return self.operand.after(on, thresholds)
            case Percent(threshold):
                return getattr(thresholds, threshold)
        return self.operand

    def as_q(self, on: date, thresholds: Thresholds) -> Q:
        operand = self.resolved(on, thresholds)
        return (
            Q(**{f"{self.field}__isnull": True})
            if operand is None
            else Q(**{f"{self.field}__{LOOKUPS[self.op]}": operand})
        )


LOOKUPS = {
    "is": "exact", "before": "lt", "below": "lt", "by": "lte", "after": "gt", "above": "gt", "in": "in"
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clause:
    """A light, shown when all tests of this clause hold and those of no clause above do."""

    light: Light
    reason: str | Promise
    tests: tuple[Comparison, ...] = ()


_TODAY, _SOON = Days(), Days("soon_days")
_TOO_LITTLE = Comparison("claimed", "below", Percent("soon_progress"))
# The clauses that tasks and commitments have alike.
_STARTS_LATER = Clause(
    Light.NOT_STARTED,
    _("Its start is ahead, and no progress has been reported."),
    (Comparison("starts", "after", _TODAY), Comparison("claimed_on", "is", None)),
)
_PAST_DUE = Clause(Light.LATE, _("Its due date has passed."), (Comparison("light_due", "before", _TODAY),))
_SILENT = Clause(
    Light.AT_RISK,
    _("Nothing was heard of it for longer than the rule allows."),
    (Comparison("quiet_since", "before", Days("silent_days", -1)),),
)
_BEHIND = Clause(
    Light.AT_RISK,
    _("Its progress is too far behind the straight line from its start to its due date."),
    (Comparison("behind_from", "by", _TODAY),),
)
_DUE_SOON = Clause(
    Light.AT_RISK,
    _("Few days are left, and too little is claimed."),
    (Comparison("light_due", "by", _SOON), _TOO_LITTLE),
)
_NEVER_REPORTED = Clause(
    Light.NOT_STARTED,
    _("No progress has been reported yet, and nothing else speaks against it."),
    (Comparison("claimed_on", "is", None),),
)
_ALL_WELL = Clause(Light.ON_TIME, _("It has a date ahead, recent follow-up and no stated obstacle."))

TASK_RULE = (
    Clause(
        Light.CANCELLED,
        _("It was cancelled, replaced or taken back, or not taken up."),
        (Comparison("state", "in", ("cancelled", "declined", "withdrawn", "replaced", "mistaken")),),
    ),
    Clause(
        Light.FULFILLED,
        _("The coordination office verified it at 100 %, with evidence."),
        (Comparison("verified_progress", "is", 100),),
    ),
    Clause(
        Light.TO_BE_VERIFIED,
        _("Its agency sent 100 %, and the coordination office has not verified it yet."),
        (Comparison("claimed", "is", 100),),
    ),
    Clause(Light.NO_DATE, _("It has no due date."), (Comparison("due", "is", None),)),
    _STARTS_LATER,
    _PAST_DUE,
    Clause(Light.AT_RISK, _("The last follow-up states an obstacle."), (Comparison("has_obstacle", "is", True),)),
    _SILENT,
    _BEHIND,
    _DUE_SOON,
    _NEVER_REPORTED,
    _ALL_WELL,
)

COMMITMENT_RULE = (
    Clause(
        Light.WITHDRAWN_LATE,
        _("It was withdrawn after its due date had passed: it counts as overdue."),
        (Comparison("state", "is", "cancelled"), Comparison("withdrawn_late", "is", True)),
    ),
    Clause(Light.CANCELLED, _("It was withdrawn."), (Comparison("state", "is", "cancelled"),)),
    Clause(
        Light.FULFILLED,
        _("The coordination office assessed the whole promise and found it fulfilled."),
        (Comparison("finding", "is", "fulfilled"),),
    ),
    Clause(
        Light.PARTLY,
        _("The coordination office assessed the whole promise and found it partly fulfilled."),
        (Comparison("finding", "is", "partly"),),
    ),
    Clause(
        Light.NOT_FULFILLED,
        _(
            "The coordination office assessed the whole promise and found it not fulfilled. That stays until a new finding."
        ),
        (Comparison("finding", "is", "not_fulfilled"),),
    ),
    Clause(
        Light.TO_ASSESS,
        _(
            "Nothing is open, each agency that it binds has a task, and a task was verified: the promise as a whole waits to be assessed."
        ),
        (
            Comparison("tasks_open", "is", 0),
            Comparison("tasks_fulfilled", "above", 0),
            Comparison("agencies_without_task", "is", 0),
            Comparison("series_runs", "is", False),
        ),
    ),
    Clause(
        Light.TO_ASSESS,
        _("Nothing is open, because its tasks were cancelled: the promise as a whole waits to be assessed."),
        (
            Comparison("tasks_open", "is", 0),
            Comparison("tasks_cancelled", "above", 0),
            Comparison("agencies_without_task", "is", 0),
            Comparison("series_runs", "is", False),
        ),
    ),
    Clause(
        Light.TO_BE_VERIFIED,
        _("Its agencies sent 100 % of what is open; the coordination office has not verified it yet."),
        (
            Comparison("tasks_unclaimed", "is", 0),
            Comparison("tasks_open", "above", 0),
            Comparison("agencies_without_task", "is", 0),
        ),
    ),
    _PAST_DUE,
    Clause(
        Light.TASKS_LATE,
        _("The due date of one of its tasks has passed, its own has not."),
        (Comparison("next_due", "before", _TODAY),),
    ),
    Clause(
        Light.NO_TASKS,
        _("No task says yet what must get done for it."),
        (Comparison("tasks_open", "is", 0), Comparison("tasks_fulfilled", "is", 0)),
    ),
    Clause(
        Light.NO_DATE,
        _("No due date was published, and no task has one."),
        (Comparison("due", "is", None), Comparison("next_due", "is", None)),
    ),
    _STARTS_LATER,
    Clause(
        Light.AT_RISK,
        _("The last follow-up of one of its tasks states an obstacle."),
        (Comparison("has_obstacle", "is", True),),
    ),
    _SILENT,
    _BEHIND,
    _DUE_SOON,
    Clause(
        Light.AT_RISK,
        _("Few days are left for one of its tasks, and too little is claimed."),
        (Comparison("next_due", "by", _SOON), _TOO_LITTLE),
    ),
    _NEVER_REPORTED,
    _ALL_WELL,
)

Rule = tuple[Clause, ...]

MOST_IN_SQL = 200  # each day that readers ask for has its own
_IN_SQL: dict[tuple[Any, ...], tuple[Rule, dict[str, Compiled]]] = {}


class _DateArithmetic(Func):
    """Dates added and subtracted with + and -, which SQLite does by functions: `on_sqlite` has their template and joiner."""

    template = "(%(expressions)s)"
    on_sqlite: dict[str, str]

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return super().as_sql(compiler, connection, **context | self.on_sqlite)


class _DayAfter(_DateArithmetic):
    """A date plus a number of days, as a date."""

    output_field = DateField()
    arg_joiner = " + "
    on_sqlite = {"template": "date(%(expressions)s || ' days')", "arg_joiner": ", "}


class DaysBetween(_DateArithmetic):
    """Calendar days from the second date to the first."""

    output_field = IntegerField()
    arg_joiner = " - "
    on_sqlite = {"template": "CAST(julianday(%(expressions)s) AS integer)", "arg_joiner": ") - julianday("}


def _derived(thresholds: Thresholds) -> dict[str, Expression]:
    """The fields that the rule needs and that a row does not store.

    `claimed`: percent, 0 for none. `ready`: the higher of verified and claimed. `behind_from`: the first day on which `ready` is more
    than the allowed points behind the straight line from start to due date; None without both dates, or when it can never fall
    that far behind. It depends on the thresholds, so a stored one would go stale.
    """
    claimed = Coalesce("claimed_progress", 0)
    ready = Greatest(Coalesce("verified_progress", 0), claimed)
    reached = ready + thresholds.behind_points
    span = DaysBetween("light_due", "starts")
    # Without this the day would come after the due date, and for a date in 9999 after the calendar's end.
    crosses = Q(LessThan(reached, 100)) & Q(GreaterThan(span, 0))
    behind_from = Case(When(crosses, then=_DayAfter("starts", reached * span / 100 + 1)), output_field=DateField())
    return {"claimed": claimed, "ready": ready, "behind_from": behind_from}


def with_light(rows: QuerySet, rule: Rule, on: date, thresholds: Thresholds, name: str = "light") -> QuerySet:
    """Annotate each row with its light, under the given name."""
    if settings.PLAIN_SQL:
        return rows.alias(**_derived(thresholds)).annotate(**{name: _light(rule, on, thresholds)})
    return rows.annotate(**{name: _in_sql(rows, rule, on, thresholds)["light"]})


def with_clause(rows: QuerySet, rule: Rule, on: date, thresholds: Thresholds) -> QuerySet:
    """Annotate `clause`, the index in `rule` of the clause that holds, and every field of `_derived`: what `why` reads."""
    if settings.PLAIN_SQL:
        return rows.annotate(**_derived(thresholds)).annotate(clause=_clause(rule, on, thresholds))
    known = _in_sql(rows, rule, on, thresholds)
    return rows.annotate(**{name: known[name] for name in known if name != "light"})


def _in_sql(rows: QuerySet, rule: Rule, on: date, thresholds: Thresholds) -> dict[str, Compiled]:
    """The rule's expressions, written once for a table, a day and its thresholds: that takes longer than a page of rows."""
    key = (rows.model, rows.db, id(rule), on, thresholds)
    if key not in _IN_SQL:
        if len(_IN_SQL) >= MOST_IN_SQL:
            _IN_SQL.clear()
        plain = rows.model._base_manager.using(rows.db).annotate(**_derived(thresholds))
        plain = plain.annotate(light=_light(rule, on, thresholds), clause=_clause(rule, on, thresholds))
        # With the rule itself: no other can have its id while it is kept.
        _IN_SQL[key] = rule, {name: compiled(plain, name) for name in plain.query.annotations}
    return _IN_SQL[key][1]


def _light(rule: Rule, on: date, thresholds: Thresholds) -> Case:
    return _first(rule, [Value(clause.light.value) for clause in rule], on, thresholds, CharField())


def _clause(rule: Rule, on: date, thresholds: Thresholds) -> Case:
    return _first(rule, [Value(number) for number in range(len(rule))], on, thresholds, IntegerField())


def _first(rule: Rule, values: list[Value], on: date, thresholds: Thresholds, output_field: Field) -> Case:
    whens = []
    for clause, value in zip(rule[:-1], values[:-1], strict=True):
        condition = Q()
        for test in clause.tests:
            condition &= test.as_q(on, thresholds)
        whens.append(When(condition, then=value))
    return Case(*whens, default=values[-1], output_field=output_field)
