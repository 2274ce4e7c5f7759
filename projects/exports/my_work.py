"""What a focal point has to do, by the lists of their page."""

from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from focalpoints.exports.exported import private_table
from focalpoints.pages.addresses import address
from focalpoints.tables.column import DAYS, Column
from focalpoints.tables.table import TableRow
from focalpoints.templatetags.edn import status_word, workflow_word
from focalpoints.workflow import StrOrPromise
from projects.reading.my_work import Work

# By their names in `Work`, in the order of the page.
LISTS: dict[str, StrOrPromise] = {
    "overdue": _("Overdue"),
    "returned": _("Tasks returned to you"),
    "due_soon": _("Due in the next 30 days"),
    "word_expected": _("An update is expected"),
    "findings": _("Findings to answer"),
    "waiting": _("With the coordination office"),
    "proposed": _("Proposals that wait for a coordinator"),
    "rest": _("The rest: nothing asked of you now"),
}
COLUMNS = (
    Column("list_code", _("List (code)"), "code"),
    Column("list", _("List"), "text"),
    Column("code", _("Code"), "code", describes=_("Of the task or finding.")),
    Column("title", _("Title"), "text", describes=_("Of the task; of a finding, that of its commitment.")),
    Column("commitment_title", _("Commitment"), "text"),
    Column("agency", _("Agency"), "text"),
    Column("light_code", _("Light (code)"), "code"),
    Column("light", _("Light"), "text"),
    Column("due", _("Due date"), "date"),
    Column("days_left", _("Days left"), "integer", DAYS, _("Until its due date; less than 0 once that has passed.")),
    Column("claimed", _("Claimed"), "percent", "%"),
    Column("verified", _("Verified"), "percent", "%"),
    Column("quiet_days", _("Days without an update"), "integer", DAYS),
    Column("follow_up", _("Follow-up in hand"), "code"),
    Column("follow_up_state", _("State of the follow-up"), "text"),
    Column(
        "comment",
        _("Comment"),
        "text",
        describes=_("Of the coordination office, with what it returned; of a finding, what it says."),
    ),
    Column("asked_date", _("Date asked for"), "date"),
    Column("url", _("Page"), "url"),
)


def work_rows(work: Work) -> Iterator[TableRow]:
    for kind, words in LISTS.items():
        if kind == "findings":
            for finding in work.findings:
                yield (
                    kind, str(words), finding.code, finding.commitment__title, "", "", "", "", None, None, None, None, None,
                    "", "", finding.verdict_in_words, None,
                    settings.BASE_URL + address("projects:assessment_answer", finding.code),
                )  # fmt: skip
            continue
        for item in getattr(work, kind):
            task, sent = item.task, item.follow_up
            yield (
                kind, str(words), task.code, task.title, task.commitment__title, task.agency, str(task.light),
                status_word(task.light), task.due, item.days, task.claimed_progress, task.verified_progress,
                item.quiet_days, sent.code if sent else "", workflow_word(sent.state) if sent else "", item.comment,
                item.asked.to_due if item.asked else None,
                settings.BASE_URL + address("projects:task_detail", task.code),
            )  # fmt: skip


MY_WORK = private_table(
    "my-work", _("My work"), _("The tasks of your agencies, by what is to be done with each."), COLUMNS
)
