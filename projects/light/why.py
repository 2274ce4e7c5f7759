"""Why an item has its light, and the rule as the public page prints it. Both come from the clauses that the database computes with."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from focalpoints.workflow import StrOrPromise
from projects.light.reader import course
from projects.light.rule import TASK_RULE, Clause, Comparison, Days, Light, Percent, Rule, Thresholds
from projects.light.thresholds import all_versions, in_force

FIELDS: dict[str, StrOrPromise] = {
    "state": _("State"),
    "starts": _("Start"),
    "due": _("Due date"),
    "light_due": _("Due date, with the days that it waited for the coordination office"),
    "next_due": _("Earliest due date of an open task"),
    "behind_from": _("Day from which that is too far behind the straight line"),
    "ready": _("Progress for the straight line, the higher of verified and claimed"),
    "tasks_open": _("Open tasks"),
    "tasks_unclaimed": _("Open tasks not claimed at 100 %"),
    "tasks_fulfilled": _("Tasks verified at 100 %"),
    "tasks_cancelled": _("Cancelled tasks"),
    "agencies_without_task": _("Agencies that it binds and that have no task"),
    "series_runs": _("It recurs, and its series has not ended"),
    "claimed": _("Claimed progress"),
    "claimed_on": _("Last reported progress"),
    "quiet_since": _("Nothing heard since"),
    "verified_progress": _("Verified progress"),
    "has_obstacle": _("The last follow-up states an obstacle"),
    "finding": _("Finding of the coordination office at its end"),
    "withdrawn_late": _("Withdrawn after its date"),
}
# Two tables, because in Spanish a task is feminine and a commitment masculine.
TASK_STATES: dict[str, StrOrPromise] = {
    "proposed": pgettext_lazy("task", "proposed"),
    "confirmed": pgettext_lazy("task", "confirmed"),
    "declined": pgettext_lazy("task", "not taken up"),
    "cancelled": pgettext_lazy("task", "cancelled"),
    "withdrawn": pgettext_lazy("task", "taken back by its agency"),
    "replaced": pgettext_lazy("task", "replaced"),
    "mistaken": pgettext_lazy("task", "entered by mistake"),
}
COMMITMENT_STATES: dict[str, StrOrPromise] = {
    "active": pgettext_lazy("commitment", "active"),
    "cancelled": pgettext_lazy("commitment", "withdrawn"),
}
FINDINGS: dict[str, StrOrPromise] = {
    "": pgettext_lazy("finding", "none"),
    "fulfilled": pgettext_lazy("finding", "fulfilled"),
    "partly": pgettext_lazy("finding", "partly fulfilled"),
    "not_fulfilled": pgettext_lazy("finding", "not fulfilled"),
}


@dataclass(frozen=True, slots=True)
class RuleInput:
    """A fact that the rule looks at. `decides`: whether the clause that holds tests it."""

    label: StrOrPromise
    value: Any
    decides: bool

    @property
    def is_date(self) -> bool:
        return isinstance(self.value, date)


@dataclass(frozen=True, slots=True)
class Why:
    """Why an item has its light: the clause that holds (`reason`, `number`), the facts, the day and the thresholds then in force."""

    light: Light
    reason: StrOrPromise
    number: int
    inputs: tuple[RuleInput, ...]
    on: date
    thresholds: Thresholds
    overdue_days: int = 0

    @property
    def overdue(self) -> str:
        """For a claim of 100 % that came after the date: for how long that has passed."""
        words = ngettext("overdue for %(days)d day", "overdue for %(days)d days", self.overdue_days)
        return words % {"days": self.overdue_days} if self.overdue_days else ""


def why(rule: Rule, row: Model, on: date) -> Why:
    """Why this commitment or task has its light. `row` comes from `with_clause`, with every field of its rule loaded."""
    held: int = row.clause  # type: ignore[attr-defined]  # annotated
    clause = rule[held]
    deciding = {name for test in clause.tests for name in _computed_from(test.field)}
    inputs = tuple(
        [
            RuleInput(FIELDS[name], _in_words(name, getattr(row, name), states_of(rule)), name in deciding)
            for name in inputs_of(rule)
        ]
    )
    is_overdue = clause.light is Light.TO_BE_VERIFIED and is_claimed_late(row)
    overdue_days = (on - row.light_due).days if is_overdue else 0  # type: ignore[attr-defined]
    return Why(clause.light, clause.reason, held + 1, inputs, on, in_force(on), overdue_days)


def is_claimed_late(row: Any) -> bool:
    """Whether what a commitment or a task claims was sent after its date."""
    return bool(row.claimed_on and row.light_due and row.claimed_on > row.light_due)


@dataclass(frozen=True, slots=True)
class Outlook:
    """The light that comes next, and its first day."""

    light: Light
    on: date


def outlook(rule: Rule, row: Model, on: date) -> Outlook | None:
    """What comes after today's light if nothing else happens; None where it stays. `row` as for `why`. One query."""
    now: int = row.clause  # type: ignore[attr-defined]  # annotated
    for stretch in course(rule, vars(row), all_versions(), on):
        if (light := rule[stretch.clause].light) != rule[now].light:
            return Outlook(light, stretch.first)
    return None


def states_of(rule: Rule) -> dict[str, StrOrPromise]:
    return TASK_STATES if rule is TASK_RULE else COMMITMENT_STATES


def fields_of(rule: Rule) -> list[str]:
    """Every field that the rule tests, in the order of the clauses."""
    return list(dict.fromkeys(test.field for clause in rule for test in clause.tests))


def inputs_of(rule: Rule) -> list[str]:
    """As `fields_of`, with the fields that a computed one is computed from."""
    return list(dict.fromkeys(name for field in fields_of(rule) for name in _computed_from(field)))


def _computed_from(field: str) -> tuple[str, ...]:
    return ("starts", "light_due", "ready", "behind_from") if field == "behind_from" else (field,)


def _in_words(name: str, value: Any, states: dict[str, StrOrPromise]) -> Any:
    """A value as the page shows it. A date stays a date, which the template writes in the page's language."""
    if isinstance(value, date):
        return value
    if value is None:
        return _("none")
    if name == "state":
        return states[value]
    if name == "finding":
        return FINDINGS[value]
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return f"{value} %" if is_percent(name) else value


def is_percent(name: str) -> bool:
    return name in {"ready", "claimed"} or name.endswith("_progress")


@dataclass(frozen=True, slots=True)
class PublishedClause:
    """A row of the rule as the public page prints it."""

    number: int
    light: Light
    reason: StrOrPromise
    conditions: list[str]


def published(rule: Rule, thresholds: Thresholds) -> Iterator[PublishedClause]:
    for number, clause in enumerate(rule, 1):
        yield PublishedClause(
            number, clause.light, clause.reason, list(_conditions(clause, states_of(rule), thresholds))
        )


def _conditions(clause: Clause, states: dict[str, StrOrPromise], thresholds: Thresholds) -> Iterator[str]:
    for test in clause.tests:
        if test.field == "behind_from":
            points = thresholds.behind_points
            behind = ngettext("more than %(points)d point behind", "more than %(points)d points behind", points)
            yield f"{FIELDS['ready']}: {behind % {'points': points}}"
        else:
            yield f"{FIELDS[test.field]}: {_operand(test, states, thresholds)}"


def _operand(test: Comparison, states: dict[str, StrOrPromise], thresholds: Thresholds) -> str:
    match test:
        case Comparison(operand=None):
            return str(_("none"))
        case Comparison(operand=Days(threshold="")):
            return str(WITH_TODAY[test.op])
        case Comparison(op="before", operand=Days(threshold)):
            days = getattr(thresholds, threshold)
            return ngettext("more than %(days)d day ago", "more than %(days)d days ago", days) % {"days": days}
        case Comparison(op="by", operand=Days(threshold)):
            days = getattr(thresholds, threshold)
            return ngettext("within %(days)d day", "within %(days)d days", days) % {"days": days}
        case Comparison(op="below", operand=Percent(threshold)):
            return str(_("below %(percent)d %%") % {"percent": getattr(thresholds, threshold)})
        case Comparison(op="above", operand=least):
            return str(_("more than %(number)d") % {"number": least})
        case Comparison(op="in", operand=several):
            return str(_(" or ")).join(str(states[state]) for state in several)
    if isinstance(test.operand, bool):
        return str(_("yes") if test.operand else _("no"))
    if isinstance(test.operand, str):
        return str((FINDINGS if test.field == "finding" else states)[test.operand])
    return f"{test.operand} %" if is_percent(test.field) else str(test.operand)


WITH_TODAY: dict[str, StrOrPromise] = {
    "before": _("before today"),
    "by": _("today or before"),
    "after": _("after today"),
}
