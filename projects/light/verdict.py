"""The verdict on the strategy, or on a group of its commitments: one sentence by a fixed rule over how many stand at each light.

`/semaforo/` prints the rule (`templates/projects/_verdict_rule.html`). `thresholds.late_percent` is its only number.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext

from focalpoints.templatetags.edn import intcomma
from projects.light.rule import Light, Thresholds

# Its own date or a task's has passed, also of what was withdrawn afterwards, or it was found not fulfilled.
LATE = (Light.LATE, Light.WITHDRAWN_LATE, Light.TASKS_LATE, Light.NOT_FULFILLED)
# Of these it cannot be said how they go.
NOT_MEASURED = (Light.NO_TASKS, Light.NO_DATE, Light.TO_ASSESS, Light.CANCELLED)
MEASURED = tuple(light for light in Light if light not in NOT_MEASURED)


class Rating(StrEnum):
    """How it goes, by the first of these that holds."""

    EMPTY = "empty"
    NOT_MEASURED = "not_measured"
    LATE = "late"
    TOO_FEW = "too_few"
    WITH_DELAYS = "with_delays"
    WITH_RISKS = "with_risks"
    FULFILLED = "fulfilled"
    ON_COURSE = "on_course"


@dataclass(frozen=True, slots=True)
class OverallVerdict:
    """`late` of the `total` are late, `at_risk` at risk; of `measured` it can be said how they go. By light: the numbers above 0."""

    total: int
    measured: int
    late: int
    at_risk: int
    fulfilled: int
    late_by_light: dict[Light, int] = field(hash=False)
    not_measured_by_light: dict[Light, int] = field(hash=False)
    late_percent: int

    @property
    def not_measured(self) -> int:
        return self.total - self.measured

    @property
    def percent_late(self) -> int:
        """Of what is measured, rounded down: it reaches `late_percent` exactly when the share does."""
        return self.late * 100 // self.measured if self.measured else 0

    @property
    def rating(self) -> Rating:
        if not self.total:
            return Rating.EMPTY
        if not self.measured:
            return Rating.NOT_MEASURED
        if self.late and self.percent_late >= self.late_percent:
            return Rating.LATE
        if self.measured < self.not_measured:
            return Rating.TOO_FEW
        if self.late:
            return Rating.WITH_DELAYS
        if self.at_risk:
            return Rating.WITH_RISKS
        return Rating.FULFILLED if self.fulfilled == self.total else Rating.ON_COURSE

    def __str__(self) -> str:
        """The sentence, in the page's language. Its numbers are those of the lists behind them."""
        numbers = {"late": self.late, "measured": self.measured, "total": self.total, "at_risk": self.at_risk}
        return SENTENCES[self.rating](self) % _written(numbers)

    @property
    def measured_in_words(self) -> str:
        words = ngettext("%(n)s of %(total)s can be judged", "%(n)s of %(total)s can be judged", self.measured)
        return words % _written({"n": self.measured, "total": self.total})

    @property
    def late_in_words(self) -> str:
        """Of what is measured."""
        return ngettext("%(n)s of those is late", "%(n)s of those are late", self.late) % _written({"n": self.late})

    @property
    def share_in_words(self) -> str:
        """The rule's comparison, for a reader who does it again."""
        words = _("%(percent)s %%; from %(least)s %% on, “it runs late”")
        return words % {"percent": self.percent_late, "least": self.late_percent}


def verdict(lights: Mapping[str, int], thresholds: Thresholds) -> OverallVerdict:
    """Of how many commitments stand at each light."""
    late = {light: lights[light] for light in LATE if lights.get(light)}
    not_measured = {light: lights[light] for light in NOT_MEASURED if lights.get(light)}
    total = sum(lights.values())
    return OverallVerdict(
        total, total - sum(not_measured.values()), sum(late.values()), lights.get(Light.AT_RISK, 0),
        lights.get(Light.FULFILLED, 0), late, not_measured, thresholds.late_percent,
    )  # fmt: skip


def of_list(lights: Mapping[str, int], thresholds: Thresholds, *, is_whole: bool) -> str:
    """On the commitments of a list: of all of them the verdict on the strategy, of some how many are late; of one, its row says it."""
    found = verdict(lights, thresholds)
    if is_whole and found.total:
        return str(found)
    if found.total < 2:
        return ""
    if not found.late:
        return _("None of %(total)s commitments is late.") % _written({"total": found.total})
    words = ngettext(
        "%(late)s of %(total)s commitments is late.",
        "%(late)s of %(total)s commitments are late.",
        found.late,
    )
    return words % _written({"late": found.late, "total": found.total})


def of_listed_tasks(lights: Mapping[str, int]) -> str:
    """On the tasks of a list: how many are late and at risk."""
    late, at_risk, total = lights.get(Light.LATE, 0), lights.get(Light.AT_RISK, 0), sum(lights.values())
    if total < 2:
        return ""
    if not late:
        said = _("None of %(total)s tasks is late")
    else:
        said = ngettext("%(late)s of %(total)s tasks is late", "%(late)s of %(total)s tasks are late", late)
    said %= _written({"late": late, "total": total})
    if at_risk:
        more = ngettext("%(n)s is at risk", "%(n)s are at risk", at_risk) % _written({"n": at_risk})
        said = _("%(first)s and %(second)s") % {"first": said, "second": more}
    return f"{said}."


def of_tasks(lights: Mapping[str, int]) -> str:
    """One sentence on an agency's tasks, of how many stand at each light. Only open ones can be late."""
    late, at_risk = lights.get(Light.LATE, 0), lights.get(Light.AT_RISK, 0)
    total = sum(lights.values())
    found = total - lights.get(Light.FULFILLED, 0) - lights.get(Light.CANCELLED, 0)
    numbers = {"late": late, "at_risk": at_risk, "open": found}
    if not total:
        return _("No task is assigned to it.")
    if not found:
        return _("It has no open task.")
    if found == 1 and late:
        return _("Its only open task is late.")
    if late:
        words = ngettext(
            "%(late)s of its %(open)s open tasks is late.", "%(late)s of its %(open)s open tasks are late.", late
        )
    elif at_risk:
        words = ngettext(
            "None of its open tasks is late; %(at_risk)s of %(open)s is at risk.",
            "None of its open tasks is late; %(at_risk)s of %(open)s are at risk.",
            at_risk,
        )
    else:
        words = ngettext(
            "Its only open task is neither late nor at risk.",
            "None of its %(open)s open tasks is late or at risk.",
            found,
        )
    return words % _written(numbers)


def _written(counts: Mapping[str, int]) -> dict[str, str]:
    """As all pages write numbers: 7,432."""
    return {name: intcomma(count) for name, count in counts.items()}


def _late(found: OverallVerdict) -> str:
    if found.total == 1:
        return _("It runs late: its only commitment is late.")
    return ngettext(
        "It runs late: %(late)s of its %(total)s commitments is late.",
        "It runs late: %(late)s of its %(total)s commitments are late.",
        found.late,
    )


def _with_delays(found: OverallVerdict) -> str:
    return ngettext(
        "It is on course, with delays: %(late)s of its %(total)s commitments is late.",
        "It is on course, with delays: %(late)s of its %(total)s commitments are late.",
        found.late,
    )


def _with_risks(found: OverallVerdict) -> str:
    if found.total == 1:
        return _("It is on course: its only commitment is at risk, not late.")
    return ngettext(
        "It is on course: none of its %(total)s commitments is late, %(at_risk)s is at risk.",
        "It is on course: none of its %(total)s commitments is late, %(at_risk)s are at risk.",
        found.at_risk,
    )


def _on_course(found: OverallVerdict) -> str:
    return ngettext(
        "It is on course: its only commitment is not late.",
        "It is on course: none of its %(total)s commitments is late.",
        found.total,
    )


def _fulfilled(found: OverallVerdict) -> str:
    return ngettext(
        "It is fulfilled: its only commitment was found fulfilled.",
        "It is fulfilled: its %(total)s commitments were all found fulfilled.",
        found.total,
    )


def _not_measured(found: OverallVerdict) -> str:
    return ngettext(
        "It cannot be said yet how it goes: its only commitment cannot be judged.",
        "It cannot be said yet how it goes: none of its %(total)s commitments can be judged.",
        found.total,
    )


def _too_few(found: OverallVerdict) -> str:
    if found.late:
        return ngettext(
            "It cannot be said yet how it goes: only %(measured)s of its %(total)s commitments can be judged, and %(late)s is late.",
            "It cannot be said yet how it goes: only %(measured)s of its %(total)s commitments can be judged, and %(late)s are late.",
            found.late,
        )
    return ngettext(
        "It cannot be said yet how it goes: only %(measured)s of its %(total)s commitments can be judged; it is not late.",
        "It cannot be said yet how it goes: only %(measured)s of its %(total)s commitments can be judged; none is late.",
        found.measured,
    )


def _empty(found: OverallVerdict) -> str:
    return _("No commitment is registered yet.")


SENTENCES: dict[Rating, Callable[[OverallVerdict], str]] = {
    Rating.EMPTY: _empty,
    Rating.NOT_MEASURED: _not_measured,
    Rating.LATE: _late,
    Rating.TOO_FEW: _too_few,
    Rating.WITH_DELAYS: _with_delays,
    Rating.WITH_RISKS: _with_risks,
    Rating.FULFILLED: _fulfilled,
    Rating.ON_COURSE: _on_course,
}


def counted(light: str, count: int) -> str:
    """What stands after the number of commitments at a light: "overdue", "with late tasks"."""
    match light:
        case Light.LATE:
            return npgettext("after a number", "overdue", "overdue", count)
        case Light.WITHDRAWN_LATE:
            return npgettext("after a number", "overdue, then withdrawn", "overdue, then withdrawn", count)
        case Light.TASKS_LATE:
            return npgettext("after a number", "with late tasks", "with late tasks", count)
        case Light.NOT_FULFILLED:
            return npgettext("after a number", "not fulfilled", "not fulfilled", count)
        case Light.AT_RISK:
            return npgettext("after a number", "at risk", "at risk", count)
        case Light.TO_BE_VERIFIED:
            return npgettext("after a number", "to be verified", "to be verified", count)
        case Light.TO_ASSESS:
            return npgettext("after a number", "to be assessed", "to be assessed", count)
        case Light.NOT_STARTED:
            return npgettext("after a number", "not started", "not started", count)
        case Light.ON_TIME:
            return npgettext("after a number", "on time", "on time", count)
        case Light.NO_TASKS:
            return npgettext("after a number", "without tasks", "without tasks", count)
        case Light.NO_DATE:
            return npgettext("after a number", "without a date", "without a date", count)
        case Light.PARTLY:
            return npgettext("after a number", "partly fulfilled", "partly fulfilled", count)
        case Light.FULFILLED:
            return npgettext("after a number", "fulfilled", "fulfilled", count)
    return npgettext("after a number", "withdrawn", "withdrawn", count)
