"""Why an item has its light, in one sentence for a citizen: a fixed one for each clause, filled with the facts that the clause looks at."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markupsafe import Markup

from focalpoints.templatetags.edn import day_in_words
from projects.light.rule import COMMITMENT_RULE, TASK_RULE, Clause, Light, Rule, Thresholds
from projects.light.why import COMMITMENT_STATES, FINDINGS, TASK_STATES

type Worded = tuple[str, dict[str, Any]]
type Sentence = Callable[[Any, date, Thresholds], Worded]


def task_called(title: str, agency: str) -> Markup:
    """The subject of a sentence. `title` may be HTML, such as a link."""
    return _filled(_("The task “%(title)s” of %(agency)s"), {"title": title, "agency": agency})


def this_task() -> Markup:
    """The subject on the task's own page."""
    return _filled(_("This task"), {})


def commitment_called(code: str) -> Markup:
    return _filled(_("The commitment %(code)s"), {"code": code})


def reason_of_task(task: Any, subject: Markup, on: date, thresholds: Thresholds) -> Markup:
    """`task` has its `clause` and the facts that its rule looks at."""
    return _said(_sentence(TASK_RULE, TASK_RULE[task.clause]), task, subject, on, thresholds)


def reasons_of_commitment(
    commitment: Any, subject: Markup, lit_by: Sequence[tuple[Any, Markup]], on: date, thresholds: Thresholds
) -> list[Markup]:
    """As `reason_of_task`. Where the clause looks at tasks one by one, a sentence for each of `lit_by`: a task and its subject."""
    clause = COMMITMENT_RULE[commitment.clause]
    of_each = OF_EACH_TASK.get((clause.light, _first_field(clause)))
    if of_each is None or not lit_by:
        return [_said(_sentence(COMMITMENT_RULE, clause), commitment, subject, on, thresholds)]
    return [_said(of_each, task, called, on, thresholds) for task, called in lit_by]


def _filled(words: str, facts: dict[str, Any]) -> Markup:
    """The translated sentence, with its facts escaped."""
    return Markup(words) % facts  # noqa: S704  # the words are ours


def _said(sentence: Sentence, row: Any, subject: Markup, on: date, thresholds: Thresholds) -> Markup:
    words, facts = sentence(row, on, thresholds)
    return _filled(words, {**facts, "subject": subject})


def _sentence(rule: Rule, clause: Clause) -> Sentence:
    own = OF_TASKS if rule is TASK_RULE else OF_COMMITMENTS
    return own.get((clause.light, _first_field(clause))) or own[clause.light, ""]


def _first_field(clause: Clause) -> str:
    return clause.tests[0].field if clause.tests else ""


def _late(row: Any, on: date, _thresholds: Thresholds) -> Worded:
    days = (on - row.light_due).days
    words = ngettext(
        "%(subject)s was due on %(day)s: it is overdue for %(days)s day.",
        "%(subject)s was due on %(day)s: it is overdue for %(days)s days.",
        days,
    )
    return words, {"day": day_in_words(row.due or row.light_due), "days": days}


def _obstacle(row: Any, on: date, _thresholds: Thresholds) -> Worded:
    return _("%(subject)s states an obstacle in its last follow-up."), {}


def _silent(row: Any, on: date, thresholds: Thresholds) -> Worded:
    days = (on - row.quiet_since).days
    words = ngettext(
        "%(subject)s has been without any follow-up for %(days)s day; the rule allows %(allowed)s.",
        "%(subject)s has been without any follow-up for %(days)s days; the rule allows %(allowed)s.",
        days,
    )
    return words, {"days": days, "allowed": thresholds.silent_days}


def _behind(row: Any, on: date, thresholds: Thresholds) -> Worded:
    points = thresholds.behind_points
    words = ngettext(
        "%(subject)s stands at %(ready)s %%, more than %(points)s point behind the straight line from %(starts)s to %(due)s.",
        "%(subject)s stands at %(ready)s %%, more than %(points)s points behind the straight line from %(starts)s to %(due)s.",
        points,
    )
    return words, {
        "ready": row.ready,
        "points": points,
        "starts": day_in_words(row.starts),
        "due": day_in_words(row.light_due),
    }


def _due_soon(row: Any, on: date, _thresholds: Thresholds) -> Worded:
    days, claimed = (row.light_due - on).days, row.claimed_progress or 0
    said = {"day": day_in_words(row.due or row.light_due), "claimed": claimed, "days": days}
    if days <= 0:
        return _("%(subject)s falls due today, and %(claimed)s %% of it is reported."), said
    words = ngettext(
        "%(subject)s falls due in %(days)s day, on %(day)s, and %(claimed)s %% of it is reported.",
        "%(subject)s falls due in %(days)s days, on %(day)s, and %(claimed)s %% of it is reported.",
        days,
    )
    return words, said


def _starts_later(row: Any, on: date, _thresholds: Thresholds) -> Worded:
    words = _("%(subject)s starts on %(day)s, and no progress has been reported.")
    return words, {"day": day_in_words(row.starts)}


def _never_reported(row: Any, on: date, _thresholds: Thresholds) -> Worded:
    if not row.due:
        return _("%(subject)s has not reported any progress yet."), {}
    words = _("%(subject)s has not reported any progress yet; it falls due on %(day)s.")
    return words, {"day": day_in_words(row.due)}


def _on_time(row: Any, on: date, _thresholds: Thresholds) -> Worded:
    due = row.light_due or getattr(row, "next_due", None)
    if due is None:
        return _("%(subject)s is followed up, and states no obstacle."), {}
    if due == on:
        return _("%(subject)s falls due today; it is followed up, and states no obstacle."), {}
    days = (due - on).days
    words = ngettext(
        "%(subject)s falls due in %(days)s day, on %(day)s; it is followed up, and states no obstacle.",
        "%(subject)s falls due in %(days)s days, on %(day)s; it is followed up, and states no obstacle.",
        days,
    )
    return words, {"days": days, "day": day_in_words(due)}


def _no_date(row: Any, on: date, _thresholds: Thresholds) -> Worded:
    return _("%(subject)s has no due date."), {}


def _task_to_be_verified(row: Any, on: date, _thresholds: Thresholds) -> Worded:
    words = _("%(subject)s was reported at 100 %% on %(day)s, and the coordination office has not verified it yet.")
    return words, {"day": day_in_words(row.claimed_on or on)}


def _task_fulfilled(row: Any, on: date, _thresholds: Thresholds) -> Worded:
    said = {"day": day_in_words(row.fulfilled_on or on)}
    if days := row.days_late:
        words = ngettext(
            "%(subject)s was fulfilled on %(day)s, %(days)s day late, and verified at 100 %%.",
            "%(subject)s was fulfilled on %(day)s, %(days)s days late, and verified at 100 %%.",
            days,
        )
        return words, {**said, "days": days}
    return _("%(subject)s was fulfilled on %(day)s and verified at 100 %%."), said


def _task_ended(row: Any, on: date, _thresholds: Thresholds) -> Worded:
    said = {"state": TASK_STATES[row.state]}
    if row.ended_on is None:
        return _("%(subject)s is no longer open: %(state)s."), said
    words = _("%(subject)s has no longer been open since %(day)s: %(state)s.")
    return words, {**said, "day": day_in_words(row.ended_on)}


def _withdrawn(row: Any, on: date, _thresholds: Thresholds) -> Worded:
    if row.withdrawn_on is None:
        return "%(subject)s: %(state)s.", {"state": COMMITMENT_STATES[row.state]}
    return _("%(subject)s was withdrawn on %(day)s."), {"day": day_in_words(row.withdrawn_on)}


def _withdrawn_late(row: Any, on: date, thresholds: Thresholds) -> Worded:
    """Its days late stopped on the day on which it was withdrawn."""
    if row.withdrawn_on is None or row.due is None:
        return _withdrawn(row, on, thresholds)
    days = (row.withdrawn_on - row.light_due).days
    words = ngettext(
        "%(subject)s was due on %(due)s and was withdrawn on %(day)s, %(days)s day late.",
        "%(subject)s was due on %(due)s and was withdrawn on %(day)s, %(days)s days late.",
        days,
    )
    return words, {"day": day_in_words(row.withdrawn_on), "due": day_in_words(row.due), "days": days}


def _assessed(row: Any, on: date, _thresholds: Thresholds) -> Worded:
    words = _("%(subject)s was assessed as a whole on %(day)s: %(finding)s.")
    return words, {"day": day_in_words(row.found_on or on), "finding": FINDINGS[row.finding]}


def _to_assess(row: Any, on: date, _thresholds: Thresholds) -> Worded:
    words = _(
        "%(subject)s has nothing open any more (tasks fulfilled: %(fulfilled)s; cancelled: %(cancelled)s), and waits to be "
        "assessed as a whole."
    )
    return words, {"fulfilled": row.tasks_fulfilled, "cancelled": row.tasks_cancelled}


def _to_be_verified(row: Any, on: date, _thresholds: Thresholds) -> Worded:
    words = ngettext(
        "%(subject)s was reported at 100 %% in its %(open)s open task, and the coordination office has not verified it yet.",
        "%(subject)s was reported at 100 %% in its %(open)s open tasks, and the coordination office has not verified them yet.",
        row.tasks_open,
    )
    return words, {"open": row.tasks_open}


def _tasks_late(row: Any, on: date, _thresholds: Thresholds) -> Worded:
    words = _("%(subject)s has a task whose due date passed on %(day)s.")
    return words, {"day": day_in_words(row.next_due)}


def _task_due_soon(row: Any, on: date, _thresholds: Thresholds) -> Worded:
    words = _("%(subject)s has a task that falls due on %(day)s, and %(claimed)s %% of the whole is reported.")
    return words, {"day": day_in_words(row.next_due), "claimed": row.claimed_progress or 0}


def _no_tasks(row: Any, on: date, _thresholds: Thresholds) -> Worded:
    return _("%(subject)s has no task yet that says what must get done."), {}


# By the light of a clause and the first field that it tests; "" for any other of that light.
OF_BOTH: dict[tuple[Light, str], Sentence] = {
    (Light.LATE, ""): _late,
    (Light.AT_RISK, "has_obstacle"): _obstacle,
    (Light.AT_RISK, "quiet_since"): _silent,
    (Light.AT_RISK, "behind_from"): _behind,
    (Light.AT_RISK, "light_due"): _due_soon,
    (Light.NOT_STARTED, "starts"): _starts_later,
    (Light.NOT_STARTED, ""): _never_reported,
    (Light.ON_TIME, ""): _on_time,
    (Light.NO_DATE, ""): _no_date,
}
OF_TASKS = OF_BOTH | {
    (Light.CANCELLED, ""): _task_ended,
    (Light.FULFILLED, ""): _task_fulfilled,
    (Light.TO_BE_VERIFIED, ""): _task_to_be_verified,
}
OF_COMMITMENTS = OF_BOTH | {
    (Light.WITHDRAWN_LATE, ""): _withdrawn_late,
    (Light.CANCELLED, ""): _withdrawn,
    (Light.FULFILLED, ""): _assessed,
    (Light.PARTLY, ""): _assessed,
    (Light.NOT_FULFILLED, ""): _assessed,
    (Light.TO_ASSESS, ""): _to_assess,
    (Light.TO_BE_VERIFIED, ""): _to_be_verified,
    (Light.TASKS_LATE, ""): _tasks_late,
    (Light.AT_RISK, "next_due"): _task_due_soon,
    (Light.NO_TASKS, ""): _no_tasks,
}
# Where a clause of commitments looks at tasks one by one: the sentence about each of them.
OF_EACH_TASK: dict[tuple[Light, str], Sentence] = {
    (Light.TASKS_LATE, "next_due"): _late,
    (Light.AT_RISK, "has_obstacle"): _obstacle,
    (Light.AT_RISK, "next_due"): _due_soon,
}
