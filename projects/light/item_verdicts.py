"""Where a commitment stands, in two or three fixed sentences that state counts and days; no adjectives but those of the rule."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext

from focalpoints.templatetags.edn import day_in_words, intcomma
from projects.light.rule import Light


def verdict_of_commitment(commitment: Any, lights: Mapping[str, int], on: date) -> str:
    """`lights` says how many of its public tasks have each light; those that ended count no more."""
    if commitment.is_cancelled:
        return _withdrawn(commitment)
    said = [_assessed(commitment)] if commitment.finding else []
    if not commitment.finding or not commitment.is_settled:
        said.append(_of_tasks(commitment, lights, on))
    if missing := commitment.agencies_without_task:
        words = ngettext(
            "%(n)s agency that it binds has no task.", "%(n)s agencies that it binds have no task.", missing
        )
        said.append(words % {"n": intcomma(missing)})
    if not commitment.finding:
        said.append(_date(commitment, on))
    return " ".join(filter(None, said))


def _withdrawn(commitment: Any) -> str:
    if commitment.withdrawn_on is None:
        return _("It was withdrawn.")
    said = {"day": day_in_words(commitment.withdrawn_on)}
    if commitment.withdrawn_late:
        days = (commitment.withdrawn_on - commitment.light_due).days
        words = ngettext(
            "It was withdrawn on %(day)s, %(days)s day late: it counts as overdue.",
            "It was withdrawn on %(day)s, %(days)s days late: it counts as overdue.",
            days,
        )
        return words % {**said, "days": intcomma(days)}
    return _("It was withdrawn on %(day)s.") % said


def _assessed(commitment: Any) -> str:
    words = {
        "fulfilled": _("The coordination office assessed the whole on %(day)s and found it fulfilled."),
        "partly": _("The coordination office assessed the whole on %(day)s and found it partly fulfilled."),
        "not_fulfilled": _("The coordination office assessed the whole on %(day)s and found it not fulfilled."),
    }
    return words[commitment.finding] % {"day": day_in_words(commitment.found_on)}


def _of_tasks(commitment: Any, lights: Mapping[str, int], on: date) -> str:
    total = sum(lights.values()) - lights.get(Light.CANCELLED, 0)
    late, at_risk = lights.get(Light.LATE, 0), lights.get(Light.AT_RISK, 0)
    if not total:
        return _("It has no task yet that says what must get done.") if not lights else _("All its tasks ended.")
    if late:
        said = _late(late, total, (on - commitment.next_due).days if commitment.next_due else 0)
        if at_risk:
            more = ngettext("another is at risk", "another %(n)s are at risk", at_risk) % {"n": intcomma(at_risk)}
            said = _("%(first)s and %(second)s") % {"first": said, "second": more}
        return f"{said}."
    counted = {"total": intcomma(total)}
    if at_risk:
        words = ngettext(
            "%(n)s of its %(total)s tasks is at risk.", "%(n)s of its %(total)s tasks are at risk.", at_risk
        )
        return words % {"n": intcomma(at_risk), **counted} if total > 1 else _("Its only task is at risk.")
    fulfilled, waiting = lights.get(Light.FULFILLED, 0), lights.get(Light.TO_BE_VERIFIED, 0)
    if fulfilled == total:
        words = ngettext("Its only task is fulfilled.", "Its %(total)s tasks are fulfilled.", total)
        whole = "" if commitment.finding else _("The promise as a whole waits to be assessed.")
        return f"{words % counted} {whole}".strip() if commitment.is_settled else words % counted
    if waiting and fulfilled + waiting == total:
        words = ngettext(
            "Its only task was reported at 100 %% and waits to be verified.",
            "%(n)s of its %(total)s tasks wait to be verified at 100 %%; the others are fulfilled.",
            total,
        )
        return words % {"n": intcomma(waiting), **counted}
    words = ngettext(
        "Its only task is neither late nor at risk.", "None of its %(total)s tasks is late or at risk.", total
    )
    if not fulfilled:
        return words % counted
    done = ngettext("%(n)s is fulfilled.", "%(n)s are fulfilled.", fulfilled) % {"n": intcomma(fulfilled)}
    return f"{words % counted} {done}"


def _late(late: int, total: int, days: int) -> str:
    """Without its full stop."""
    counts = {"late": intcomma(late), "total": intcomma(total), "days": intcomma(days)}
    if total == 1:
        words = ngettext(
            "Its only task is overdue for %(days)s day", "Its only task is overdue for %(days)s days", days
        )
    elif late == 1:
        words = ngettext(
            "One of its %(total)s tasks is overdue for %(days)s day",
            "One of its %(total)s tasks is overdue for %(days)s days",
            days,
        )
    else:
        words = ngettext(
            "%(late)s of its %(total)s tasks are overdue, the first for %(days)s day",
            "%(late)s of its %(total)s tasks are overdue, the first for %(days)s days",
            days,
        )
    return words % counts


def _date(commitment: Any, on: date) -> str:
    """How long is left of its own date, or for how long it is overdue; what it waited for the coordination office does not count."""
    if commitment.due is None or commitment.is_settled:
        return ""
    days = (commitment.due - on).days
    if days == 0:
        return _("It falls due today.")
    if days > 0:
        return ngettext("%(days)s day is left.", "%(days)s days are left.", days) % {"days": intcomma(days)}
    overdue = (on - commitment.light_due).days
    if overdue <= 0:
        return ""
    words = ngettext("Its own date passed %(days)s day ago.", "Its own date passed %(days)s days ago.", overdue)
    return words % {"days": intcomma(overdue)}


def tasks_counted(light: str, count: int) -> str:
    """What stands after the number of tasks at a light: "late", "at risk"."""
    match light:
        case Light.LATE:
            return npgettext("after a number of tasks", "late", "late", count)
        case Light.AT_RISK:
            return npgettext("after a number of tasks", "at risk", "at risk", count)
        case Light.TO_BE_VERIFIED:
            return npgettext("after a number of tasks", "to be verified", "to be verified", count)
        case Light.NOT_STARTED:
            return npgettext("after a number of tasks", "not started", "not started", count)
        case Light.ON_TIME:
            return npgettext("after a number of tasks", "on time", "on time", count)
        case Light.NO_DATE:
            return npgettext("after a number of tasks", "without a date", "without a date", count)
        case Light.FULFILLED:
            return npgettext("after a number of tasks", "fulfilled", "fulfilled", count)
    return npgettext("after a number of tasks", "cancelled or replaced", "cancelled or replaced", count)
