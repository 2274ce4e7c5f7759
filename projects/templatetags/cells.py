"""Filters of the `.jinja` templates: cells of a list's rows. A list shows the same few again and again, so most are remembered.

`written_in` is the page's language, which decides what a cell says.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.utils.dates import WEEKDAYS
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext, pgettext
from markupsafe import escape

from focalpoints.pages.addresses import address
from focalpoints.pages.timelines import short_month
from focalpoints.templatetags.edn import intcomma, mid_sentence, once_in
from projects.light.why import is_claimed_late
from projects.reading.date_history import DateHistory
from projects.reading.figures import Tally
from projects.reading.history import Event, signed_days


class TitleTold(NamedTuple):
    """So many events about what has this title, and the page of the latest."""

    title: str
    url: str
    number: int


def light(status: str, kind: str, written_in: str) -> SafeString:
    return once_in(written_in, "_status.jinja", status=status, kind=kind)


def quiet_light(status: str, kind: str, written_in: str) -> SafeString:
    """A light within a sentence: its shape and its word, without a frame."""
    return once_in(written_in, "_quiet_light.jinja", status=status, kind=kind)


def light_count(status: str, kind: str, count: int, written_in: str) -> SafeString:
    return once_in(written_in, "projects/_calendar_count.jinja", status=status, kind=kind, count=count)


def progress(verified: int | None, claimed: int | None, written_in: str) -> SafeString:
    return once_in(written_in, "_progress.jinja", verified=verified, claimed=claimed)


def workflow_tag(state: str, written_in: str) -> SafeString:
    return once_in(written_in, "_workflow_tag.html", state=state)


def slippage(
    item: Any, written_in: str, corrections: int = 0, first_dates: int = 0, waited_days: int = 0, undated_days: int = 0
) -> SafeString:
    """How far the date of a commitment or a task has moved."""
    return once_in(
        written_in, "_slippage.jinja", due=item.due, baseline_due=item.baseline_due, moves=item.moves,
        slippage_days=item.slippage_days, corrections=corrections, first_dates=first_dates,
        waited_days=waited_days, undated_days=undated_days,
    )  # fmt: skip


def agency(called: Any, query: str = "") -> SafeString:
    """A link to the agency's page: its acronym, with the full name when pointed at. `called` has key, acronym and name.

    `query` is added to the link: the day, on a page of the past.
    """
    page, name = escape(address("projects:agency_detail", called.key) + query), escape(called.name)
    shown = f' title="{name}">{escape(called.acronym)}' if called.acronym else f">{name}"
    return SafeString(f'<a class="govuk-link" href="{page}"{shown}</a>')  # each piece is escaped


def agencies(several: Iterable[Any], query: str = "") -> SafeString:
    return SafeString(", ".join([agency(called, query) for called in several]))  # each escapes by itself


def late_by_task(commitment: Any) -> date | None:
    """The earliest date of its late tasks, while its own has not passed."""
    return commitment.next_due if commitment.light == "tasks_late" else None


def late_counted(count: int) -> str:
    """Commitments, or tasks, after their number."""
    return npgettext("after a number", "late", "late", count)


def commitments_counted(count: int) -> str:
    """What stands below the figure of so many; the two after it likewise."""
    return npgettext("figure", "commitment", "commitments", count)


def overdue_counted(count: int) -> str:
    return npgettext("figure", "overdue", "overdue", count)


def assessed_counted(count: int) -> str:
    return npgettext("figure", "assessed", "assessed", count)


def late_tasks(commitment: Any) -> str:
    """How many of its tasks that were not cancelled are late, of a row that has counted them."""
    in_force = commitment.tasks_total - commitment.tasks_cancelled
    if in_force == 1:
        return _("its only task is late")
    words = ngettext("%(late)s of %(total)s tasks late", "%(late)s of %(total)s tasks late", commitment.late_tasks)
    return words % {"late": intcomma(commitment.late_tasks), "total": intcomma(in_force)}


def overdue_since(row: Any) -> date | None:
    """Since when the date has passed of what claims 100 % only after it, and waits to be verified."""
    return row.light_due if row.light == "to_be_verified" and is_claimed_late(row) else None


def dated(item: Any, dates: DateHistory, written_in: str) -> SafeString:
    """How far its date has moved, also with what is no move: corrected captures, first dates and days given back."""
    undated = dates.undated_days(getattr(item, "first_day", None))
    return slippage(item, written_in, dates.corrections, dates.first_dates, item.waited_days, undated)


def averaged_over(commitments: int) -> str:
    if not commitments:
        return _("What recurs is counted by period and has no percent.")
    words = ngettext(
        "Of %(n)s commitment with a percent. What recurs is counted by period.",
        "The plain average of %(n)s commitments with a percent, rounded down. What recurs is counted by period.",
        commitments,
    )
    return words % {"n": intcomma(commitments)}


def agencies_answer(count: int) -> str:
    return ngettext("%(n)s agency answers", "%(n)s agencies answer", count) % {"n": intcomma(count)}


def unproven(row: Any) -> str:
    """How much of a commitment's or a task's verified progress has no evidence; empty where all has."""
    if tasks := getattr(row, "unproven_tasks", 0):
        words = ngettext(
            "Of %(total)s task with verified progress, %(tasks)s has some of it without evidence.",
            "Of %(total)s tasks with verified progress, %(tasks)s have some of it without evidence.",
            row.verified_tasks,
        )
        return words % {"total": intcomma(row.verified_tasks), "tasks": intcomma(tasks)}
    points = max((row.verified_progress or 0) - getattr(row, "proven_progress", 100), 0)
    return _("%(points)s of these points have no evidence.") % {"points": points} if points else ""


def averaged(commitment: Any) -> str:
    """A sentence on how the commitment's progress comes from its tasks."""
    total, missing = commitment.tasks_total, commitment.agencies_without_task
    words = ngettext("The plain average of %(total)s task.", "The plain average of %(total)s tasks.", total)
    without = ngettext(
        "%(missing)s agency that it binds has no task and counts as 0 %%.",
        "%(missing)s agencies that it binds have no task and count as 0 %%.",
        missing,
    )
    said = [words % {"total": intcomma(total)}]
    if cancelled := commitment.tasks_cancelled:
        with_these = ngettext(
            "%(n)s that was cancelled counts as well.", "%(n)s that were cancelled count as well.", cancelled
        )
        said.append(with_these % {"n": intcomma(cancelled)})
    if late := getattr(commitment, "defined_late", 0):
        apart = ngettext(
            "%(late)s of them was defined after its date or in the last tenth of its time.",
            "%(late)s of them were defined after its date or in the last tenth of its time.",
            late,
        )
        said.append(apart % {"late": intcomma(late)})
    if missing:
        said.append(without % {"missing": intcomma(missing)})
    if left_out := commitment.agencies_left_out:
        once = ngettext(
            "%(left_out)s agency that it bound once had no task and goes on counting as 0 %%.",
            "%(left_out)s agencies that it bound once had no task and go on counting as 0 %%.",
            left_out,
        )
        said.append(once % {"left_out": intcomma(left_out)})
    return " ".join([*said, _("Rounded down.")])


def taken_back(commitment: Any) -> str:
    """What was promised and no longer is, in counts: "3 of 11 tasks cancelled · scope changed once"."""
    total = commitment.tasks_total + commitment.tasks_replaced
    said = _taken_back(commitment.tasks_cancelled, commitment.tasks_replaced, total, commitment.scope_changes)
    if left_out := commitment.agencies_left_out:
        words = ngettext("%(n)s agency left out", "%(n)s agencies left out", left_out)
        said.append(words % {"n": intcomma(left_out)})
    return " · ".join(said)


def taken_back_in_all(tally: Tally) -> str:
    """As `taken_back`, of many commitments."""
    total = tally.tasks + tally.cancelled_tasks + tally.replaced_tasks
    said = _taken_back(tally.cancelled_tasks, tally.replaced_tasks, total, tally.changed_scope)
    if tally.withdrawn:
        words = ngettext("%(n)s commitment withdrawn", "%(n)s commitments withdrawn", tally.withdrawn)
        said.append(words % {"n": intcomma(tally.withdrawn)})
    return " · ".join(said)


def _taken_back(cancelled: int, replaced: int, total: int, changes: int) -> list[str]:
    said = []
    if cancelled:
        words = ngettext("%(n)s of %(total)s task cancelled", "%(n)s of %(total)s tasks cancelled", total)
        said.append(words % {"n": intcomma(cancelled), "total": intcomma(total)})
    if replaced:
        words = ngettext("%(n)s of %(total)s task replaced", "%(n)s of %(total)s tasks replaced", total)
        said.append(words % {"n": intcomma(replaced), "total": intcomma(total)})
    if changes:
        words = ngettext("scope changed once", "scope changed %(n)s times", changes)
        said.append(words % {"n": changes})
    return said


def days_late(days: int) -> str:
    if not days:
        return pgettext("fulfilled", "on time")
    return ngettext("%(days)s day late", "%(days)s days late", days) % {"days": days}


def in_days(days: int) -> str:
    return ngettext("in %(days)s day", "in %(days)s days", days) % {"days": days}


def for_days(days: int) -> str:
    """How long something has waited."""
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": days} if days else _("today")


def items_due(count: int, kind: str = "") -> str:
    """How many commitments or tasks; without a kind, of both."""
    said = {"n": intcomma(count)}
    match kind:
        case "task":
            return ngettext("%(n)s task", "%(n)s tasks", count) % said
        case "commitment":
            return ngettext("%(n)s commitment", "%(n)s commitments", count) % said
    return ngettext("%(n)s item", "%(n)s items", count) % said


def weekday(day: date) -> str:
    return mid_sentence(str(WEEKDAYS[day.weekday()]))


def undated_counted(count: int) -> str:
    words = ngettext(
        "%(n)s without a published date, whatever its light",
        "%(n)s without a published date, whatever their light",
        count,
    )
    return words % {"n": intcomma(count)}


def agencies_counted(count: int) -> str:
    return ngettext("%(n)s agency", "%(n)s agencies", count) % {"n": intcomma(count)}


def and_others(count: int) -> str:
    """What stands after one of several that are named."""
    return ngettext("and %(n)s other", "and %(n)s others", count) % {"n": intcomma(count)}


def days_counted(count: int) -> str:
    """What stands under a number of days."""
    return npgettext("after a number", "day", "days", count)


def times(count: int) -> str:
    return ngettext("%(n)s time", "%(n)s times", count) % {"n": intcomma(count)}


def month_in_short(day: date, on: date) -> str:
    """ "oct", or "oct 2019" of another year than that of the day `on`."""
    month = short_month(day.month)
    return month if day.year == on.year else f"{month} {day.year}"


def beside_title(event: Event) -> str:
    """What a history says of it besides the title of what it is about."""
    return event.detail.removeprefix(event.title).removeprefix(" · ")


def once_each(told: Iterable[Event]) -> list[TitleTold]:
    """Events by the title of what they are about, in their order."""
    found: dict[str, TitleTold] = {}
    for event in told:
        before = found.get(event.title, TitleTold(event.title, event.url, 0))
        found[event.title] = before._replace(number=before.number + 1)
    return list(found.values())


def times_moved(moves: int, days: int) -> str:
    words = ngettext("moved %(times)s time, %(days)s", "moved %(times)s times, %(days)s", moves)
    return words % {"times": moves, "days": signed_days(days)}


def undated(days: int) -> str:
    words = ngettext("without a date for its first %(days)s day", "without a date for its first %(days)s days", days)
    return words % {"days": intcomma(days)}


def given_back(days: int) -> str:
    words = ngettext(
        "%(days)s day given back for waiting for the coordination office",
        "%(days)s days given back for waiting for the coordination office",
        days,
    )
    return words % {"days": days}


def times_corrected(corrections: int) -> str:
    words = ngettext("wrong capture corrected %(times)s time", "wrong capture corrected %(times)s times", corrections)
    return words % {"times": corrections}


def moved_in_words(total: Any) -> str:
    """How many of a group's dates moved, how often and how far, from its `Moves`."""
    dated = intcomma(total.dated)
    if not total.moved:
        return _("none of %(dated)s with a date moved.") % {"dated": dated}
    words = ngettext(
        "%(moved)s of %(dated)s with a date moved, %(times)s time in all, %(days)s in total.",
        "%(moved)s of %(dated)s with a date moved, %(times)s times in all, %(days)s in total.",
        total.moves,
    )
    return words % {
        "moved": intcomma(total.moved), "dated": dated, "times": total.moves, "days": signed_days(total.days)
    }  # fmt: skip


def pieces_of_evidence(count: int) -> str:
    return ngettext("%(n)s piece of evidence", "%(n)s pieces of evidence", count) % {"n": count}


def other_tasks(count: int) -> str:
    return ngettext("Proves %(n)s other task too", "Proves %(n)s other tasks too", count) % {"n": intcomma(count)}


def nothing_heard(days: int) -> str:
    return ngettext("Nothing heard for %(days)s day", "Nothing heard for %(days)s days", days) % {"days": days}
