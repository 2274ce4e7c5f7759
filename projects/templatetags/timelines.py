"""Timelines of tasks and of commitments: the tags that draw them, and what the dates of a row come to in words."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from urllib.parse import urlencode

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext, pgettext
from markupsafe import Markup

from focalpoints.pages.addresses import address, page
from focalpoints.pages.charts import Segment
from focalpoints.pages.rows import language, rendered, rendered_rows
from focalpoints.pages.timelines import RowDates, timeline_of
from focalpoints.templatetags.edn import intcomma, lang_attr_on, short_date, status_word
from projects.light.item_verdicts import tasks_counted
from projects.light.rule import TASK_RULE, Light
from projects.light.sentences import task_called
from projects.light.why import TASK_STATES
from projects.models import Task
from projects.models.list_rows import CommitmentRow, TaskDates
from projects.reading.commitment_tasks import DecidingTask
from projects.reading.day import Day
from projects.reading.figures import ORDER_OF_LIGHTS
from projects.reading.history import signed_days
from projects.reading.periods import EndedPeriod
from projects.templatetags.cells import days_late, in_days, nothing_heard

register = template.Library()


@register.simple_tag
def task_timeline(tasks: list[TaskDates], day: Day, alone: str = "") -> SafeString:
    """`alone`: the key of the one agency that answers, which rows need not name."""
    return _drawn(tasks, dates_of_task, day, "projects/_task_dates.jinja", query=day.query, alone=alone)


@register.simple_tag
def commitment_timeline(commitments: list[CommitmentRow], day: Day) -> SafeString:
    return _drawn(commitments, dates_of_commitment, day, "projects/_commitment_dates.jinja", query=day.query)


@register.simple_tag
def commitment_dates(commitments: list[CommitmentRow], day: Day) -> SafeString:
    """The table that says what `commitment_timeline` shows. Codes name the rows: they are the same in every language."""
    head = [_("Commitment"), _("First date"), _("Due date"), _("Days moved"), _("Light"), _("Days late")]
    rows = [
        [
            row.code, short_date(row.baseline_due) or None, short_date(row.due) or None,
            signed_days(row.slippage_days) if row.moves else None, status_word(row.light, "commitment"),
            _days_late(row, day.on),
        ]
        for row in commitments
    ]  # fmt: skip
    return rendered("charts/twin.jinja", caption=_("Dates of these commitments"), head=head, rows=rows)


def _days_late(commitment: CommitmentRow, on: date) -> int | None:
    """Up to the day on which it was withdrawn."""
    if commitment.light_due is None or commitment.light not in {Light.LATE, Light.WITHDRAWN_LATE}:
        return None
    return ((commitment.withdrawn_on or on) - commitment.light_due).days


def _drawn[Row: (TaskDates, CommitmentRow)](
    rows: Sequence[Row], dates_of: Callable[[Row], RowDates], day: Day, template_name: str, **facts: str
) -> SafeString:
    """Rows are remembered without the grid behind their strips, which is drawn once."""
    timeline = timeline_of(rows, dates_of, day.on)
    lights = tuple(dict.fromkeys(row.light for row in rows))
    html = rendered_rows(template_name, timeline.rows, on=day.on, **facts)
    return rendered("projects/_timeline.jinja", timeline=timeline, lights=lights, rows=html, is_today=day.is_today)


def task_segments(lights: Mapping[str, int], commitment: str, day: Day) -> list[Segment]:
    """How many of a commitment's tasks have each light; of today, each leads to the list of exactly those."""
    found = [light.value for light in ORDER_OF_LIGHTS if lights.get(light)]
    url = "" if day.is_past else f"{page('projects:task_list')}?{urlencode({'commitment': commitment})}&light="
    return [
        Segment(light, lights[light], tasks_counted(light, lights[light]), f"{url}{light}" if url else "")
        for light in found
    ]


def task_subject(task: DecidingTask, day: Day) -> Markup:
    """The subject of a sentence on a task: a link to its page, and who answers."""
    title = format_html(
        '<a class="govuk-link" href="{}{}"{}>{}</a>',
        address("projects:task_detail", task.code),
        day.query,
        lang_attr_on(task.language, language()),
        task.title,
    )
    return task_called(title, task.agency_name)


def dates_of_task(task: TaskDates) -> RowDates:
    late_since = task.light_due if task.light == Light.LATE else None
    ended = task.fulfilled_on if task.state == Task.State.CONFIRMED else task.ended_on
    return RowDates(task.starts or task.confirmed_on, task.baseline_due, task.due, ended, late_since)


def dates_of_commitment(commitment: CommitmentRow) -> RowDates:
    late_since = commitment.light_due if commitment.light == Light.LATE else None
    return RowDates(None, commitment.baseline_due, commitment.due, commitment.withdrawn_on, late_since)


def promise_in_words(commitment: CommitmentRow, on: date) -> Markup:
    """The commitment's date, when it was withdrawn, and how far the date moved."""
    dated = _due(commitment, on) or _("No date published")
    return _joined(dated, _withdrawn(commitment), _moved(commitment))


def dates_in_words(task: TaskDates, on: date) -> Markup:
    """Its date, why it is at risk, and how far the date moved."""
    return _joined(_dated(task, on), _at_risk(task, on), _moved(task))


def _joined(*said: str) -> Markup:
    """Our own words and dates, which may be HTML."""
    return Markup("; ").join(map(Markup, filter(None, said)))


def _dated(task: TaskDates, on: date) -> str:
    if task.state not in {Task.State.CONFIRMED, Task.State.PROPOSED}:
        return ", ".join(filter(None, [str(TASK_STATES[task.state]), short_date(task.ended_on)]))
    if task.light == Light.FULFILLED:
        return ", ".join(filter(None, [short_date(task.fulfilled_on), _kept(task)]))
    return _due(task, on, names_day=task.due != task.period)


def _due(item: TaskDates | CommitmentRow, on: date, *, names_day: bool = True) -> str:
    """Empty without a date. A task's period names the day already where its date is the period's."""
    if item.due is None:
        return ""
    due = short_date(item.due)
    if not names_day:
        return _in_days(item, on)
    if item.light == Light.LATE and item.light_due:
        return _("was due on %(due)s, %(late)s") % {"due": due, "late": days_late((on - item.light_due).days)}
    left = (item.due - on).days
    if left < 0:
        return _("was due on %(due)s") % {"due": due}
    when = in_days(left) if left else _("today")
    return f"{due}, {when}"


def _withdrawn(commitment: CommitmentRow) -> str:
    if commitment.withdrawn_on is None:
        return ""
    said = _("withdrawn on %(day)s") % {"day": short_date(commitment.withdrawn_on)}
    if commitment.light != Light.WITHDRAWN_LATE or commitment.light_due is None:
        return said
    return f"{said}, {days_late((commitment.withdrawn_on - commitment.light_due).days)}"


def _in_days(item: TaskDates | CommitmentRow, on: date) -> str:
    if item.due is None or (left := (item.due - on).days) < 0:
        return days_late((on - item.light_due).days) if item.light == Light.LATE and item.light_due else ""
    return in_days(left) if left else _("today")


def _moved(item: TaskDates | CommitmentRow) -> str:
    if not item.moves or item.baseline_due is None:
        return ""
    first = _("first date %(day)s") % {"day": short_date(item.baseline_due)}
    return f"{first}, {signed_days(item.slippage_days)}"


def _kept(task: TaskDates) -> str:
    """By how many days it kept its date or missed it; empty where it had none."""
    if task.days_late is None or task.due is None or task.fulfilled_on is None:
        return ""
    if task.days_late:
        return days_late(task.days_late)
    early = (task.due - task.fulfilled_on).days
    if early <= 0:
        return pgettext("fulfilled", "on time")
    return ngettext("%(days)s day before its date", "%(days)s days before its date", early) % {"days": early}


def _at_risk(task: TaskDates, on: date) -> str:
    clause = TASK_RULE[task.clause]
    if clause.light is not Light.AT_RISK:
        return ""
    match clause.tests[0].field:
        case "has_obstacle":
            return _("states an obstacle")
        case "quiet_since" if task.quiet_since:
            said = nothing_heard((on - task.quiet_since).days)
            return said[0].lower() + said[1:]
        case "behind_from":
            return _("its progress is behind the plan")
    return ""


def period_in_words(period: EndedPeriod) -> str:
    """What became of it, in counts of agencies; what comes to nothing is left out."""
    with_task = period.not_at_all - period.without_task
    counts = [
        (with_task, npgettext("of a period", "%(n)s not fulfilled", "%(n)s not fulfilled", with_task)),
        (period.to_be_verified, _("%(n)s to be verified")),
        (period.late, npgettext("of a period", "%(n)s fulfilled late", "%(n)s fulfilled late", period.late)),
        (period.on_time, npgettext("of a period", "%(n)s on time", "%(n)s on time", period.on_time)),
        (period.without_task, ngettext("%(n)s without a task", "%(n)s without a task", period.without_task)),
    ]
    words = ngettext("Of %(n)s agency", "Of %(n)s agencies", period.bound) % {"n": intcomma(period.bound)}
    said = ", ".join(words_of % {"n": intcomma(count)} for count, words_of in counts if count)
    return f"{words}: {said}" if said else ""
