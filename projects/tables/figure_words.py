"""What each figure is called, what it counts, and by which rule: the same wherever it stands."""

from typing import NamedTuple

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from focalpoints.templatetags.edn import STATUS_WORDS
from focalpoints.workflow import StrOrPromise
from projects.light.bands import LATENESS, MOVED, SILENCE_WORDS
from projects.light.rule import TASK_RULE
from projects.reading.figures import ORDER_OF_LIGHTS


class FigureWords(NamedTuple):
    """`unit` is a key of UNITS. No two figures have the same title."""

    title: StrOrPromise
    unit: str
    definition: StrOrPromise


AVERAGE = _("Average over the commitments that have a percent, rounded down; no follow-up counts as 0.")
BY_LIGHT = _("By the rule of the traffic light and the facts of the day.")
LATE = _("Their own date or a task's has passed, or they were found not fulfilled.")
OVERDUE = _("Their own date has passed, also before they were withdrawn.")
SUM_OF_DAYS = _("Sum of the days from the old dates to the new ones.")
QUEUE = _("Follow-ups and requests stand in one queue; business days are counted.")
WITHIN_30_DAYS = _("Open, and due today or within 30 days; counted up to 1,001.")
JUDGED = _("All but those without date or tasks, to be assessed, or withdrawn before their date.")
ALONE = _("By the person who had asked, because nobody else did for ten business days.")
TASK_LIGHTS = tuple(light for light in ORDER_OF_LIGHTS if light in {clause.light for clause in TASK_RULE})
_C, _T = "commitments", "tasks"
UNITS = {
    "commitments": _("commitments"), "tasks": _("tasks"), "agencies": _("agencies"), "follow-ups": _("follow-ups"),
    "requests": _("requests"), "moves": pgettext_lazy("unit", "moves of dates"), "days": _("days"), "%": "%",
}  # fmt: skip

WORDS = {
    "commitments": FigureWords(_("Commitments"), _C, _("All that were promised, also what was withdrawn.")),
    "commitments_measured": FigureWords(_("Commitments that can be judged"), _C, JUDGED),
    "commitments_late": FigureWords(_("Late commitments"), _C, LATE),
    "commitments_late_percent": FigureWords(_("Late, of those that can be judged"), "%", _("Rounded down.")),
    "commitments_overdue": FigureWords(_("Overdue commitments"), _C, OVERDUE),
    "commitments_assessed": FigureWords(_("Assessed commitments"), _C, _("Of which a finding at the end stands.")),
    "commitments_dated": FigureWords(_("Commitments with a due date"), _C, _("A due date was published.")),
    "commitments_undated": FigureWords(_("Commitments without a due date"), _C, _("No due date was published.")),
    "commitments_named": FigureWords(
        _("Commitments whose agencies were published"), _C, _("Named agencies answer for it, or every agency.")
    ),
    "commitments_unnamed": FigureWords(
        _("Commitments without published agencies"), _C, _("No agency was published that answers for it.")
    ),
    "commitments_rescoped": FigureWords(
        _("Commitments that changed in scope"), _C, _("Their own scope changed, or a task's.")
    ),
    "commitments_withdrawn": FigureWords(_("Withdrawn commitments"), _C, _("Also those that were overdue before.")),
    "commitments_due_soon": FigureWords(_("Commitments due within 30 days"), _C, WITHIN_30_DAYS),
    "commitments_with_discrepancies": FigureWords(
        _("Commitments with discrepancies"), _C, _("Claimed, verified, assessed and printed disagree in something.")
    ),
    "verified": FigureWords(_("Verified progress"), "%", AVERAGE),
    "claimed": FigureWords(_("Claimed progress"), "%", AVERAGE),
    "tasks_open": FigureWords(
        _("Open tasks"), _T, _("Of these commitments: confirmed, not ended and not verified at 100 %.")
    ),
    "tasks_late": FigureWords(_("Late tasks"), _T, BY_LIGHT),
    "tasks_fulfilled": FigureWords(
        _("Tasks verified at 100 %"), _T, _("The coordination office accepted them at 100 %, with evidence.")
    ),
    "tasks_to_be_verified": FigureWords(
        _("Tasks reported at 100 %"), _T, _("The coordination office has not verified it yet.")
    ),
    "tasks_cancelled": FigureWords(_("Cancelled tasks"), _T, _("By a decided request.")),
    "tasks_replaced": FigureWords(_("Replaced tasks"), _T, _("Another task stands in their place.")),
    "tasks_due_soon": FigureWords(_("Tasks due within 30 days"), _T, WITHIN_30_DAYS),
    "agencies_registered": FigureWords(_("Agencies registered"), "agencies", _("Not closed.")),
    "agencies_catalogued": FigureWords(
        _("Agencies in the federal budget catalogue"), "agencies", _("Of those registered, by the catalogue of 2017.")
    ),
    "agencies_vacant": FigureWords(
        _("Agencies with open tasks and no focal point"), "agencies", _("Nobody can act for them.")
    ),
    "agencies_with_late_tasks": FigureWords(_("Agencies with late tasks"), "agencies", _("They have at least one.")),
    "follow_ups_waiting": FigureWords(
        _("Follow-ups that wait for review"), "follow-ups", _("Sent, and neither accepted nor returned.")
    ),
    "requests_waiting": FigureWords(
        _("Requests that wait for a decision"), "requests", _("Asked for, and not decided.")
    ),
    "requests_decided_alone": FigureWords(_("Requests decided by one person alone"), "requests", ALONE),
    "acceptances_reopened": FigureWords(
        _("Follow-ups accepted in error"),
        "follow-ups",
        _("Re-opened since. Each goes on counting, whatever became of it."),
    ),
    "follow_ups_decided": FigureWords(
        _("Follow-ups that were decided"), "follow-ups", _("Accepted, or returned and not sent again.")
    ),
    "follow_ups_decided_in_bulk": FigureWords(
        _("Follow-ups decided en bloc"),
        "follow-ups",
        _("Of those that were decided: together with others, by one press."),
    ),
    "queue_oldest_days": FigureWords(_("Longest wait in the review queue"), "days", QUEUE),
    "queue_median_days": FigureWords(_("Median wait in the review queue"), "days", QUEUE),
    "decision_median_days": FigureWords(
        _("Median time to decide on a follow-up"),
        "days",
        _("Of the latest 500 decisions, from the day on which it was sent; business days are counted."),
    ),
    **{
        f"commitments_light_{light.value}": FigureWords(
            format_lazy(_("Commitments with the light “{}”"), STATUS_WORDS["commitment"][light.value]), _C, BY_LIGHT
        )
        for light in ORDER_OF_LIGHTS
    },
    **{
        f"own_tasks_{light.value}": FigureWords(
            format_lazy(_("Tasks of the agency with the light “{}”"), STATUS_WORDS["task"][light.value]), _T, BY_LIGHT
        )
        for light in TASK_LIGHTS
    },
    **{
        f"tasks_heard_{key}": FigureWords(
            format_lazy("{}: {}", _("Open tasks last heard of"), words), _T, _("“No change” is an update too.")
        )
        for key, words in SILENCE_WORDS.items()
    },
}
for many, what, moved, delayed in (
    (
        _C,
        _("Commitments"),
        _("Commitments by how far their date moved"),
        _("Fulfilled commitments by how late they were"),
    ),
    (_T, _("Tasks"), _("Tasks by how far their date moved"), _("Fulfilled tasks by how late they were")),
):
    WORDS |= {
        f"{many}_that_could_move": FigureWords(
            format_lazy("{}: {}", what, _("whose date could move")), many, _("They have a due date.")
        ),
        f"{many}_moved": FigureWords(
            format_lazy("{}: {}", what, _("whose date moved")), many, _("By at least one approved request.")
        ),
        f"{many}_moves": FigureWords(
            format_lazy("{}: {}", what, _("moves of their dates")),
            "moves",
            _("Approved requests; first dates and corrections do not count."),
        ),
        f"{many}_days_moved": FigureWords(
            format_lazy("{}: {}", what, _("days by which their dates moved")), "days", SUM_OF_DAYS
        ),
        f"{many}_fulfilled_with_a_date": FigureWords(
            format_lazy("{}: {}", what, _("fulfilled, with a due date")),
            many,
            _("Of these it is known whether they were late."),
        ),
        f"{many}_fulfilled_late": FigureWords(
            format_lazy("{}: {}", what, _("fulfilled late")), many, _("After their date for the light.")
        ),
        f"{many}_days_late": FigureWords(
            format_lazy("{}: {}", what, _("days late")), "days", _("Sum over those fulfilled late.")
        ),
        **{
            f"{many}_moved_{key}": FigureWords(
                format_lazy("{}: {}", moved, band.label), many, _("By how many days in total their date moved.")
            )
            for key, band in MOVED.items()
        },
        **{
            f"{many}_delay_{key}": FigureWords(
                format_lazy("{}: {}", delayed, band.label), many, _("How long after their date they were fulfilled.")
            )
            for key, band in LATENESS.items()
        },
    }
