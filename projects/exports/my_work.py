"""What a focal point has to do, by the lists of their page."""

from collections.abc import Iterator
from datetime import date

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from focalpoints.exports.exported import private_table
from focalpoints.pages.addresses import address
from focalpoints.tables.column import DAYS, Column
from focalpoints.tables.table import TableRow
from focalpoints.templatetags.edn import status_word, workflow_word
from projects.light.why import TASK_STATES
from projects.models import Task
from projects.reading.my_work import LISTS, Work

COLUMNS = (
    Column("list_code", _("List (code)"), "code"),
    Column("list", _("List"), "text"),
    Column("code", _("Code"), "code", describes=_("Of the task or finding.")),
    Column("title", _("Title"), "text", describes=_("Of the task; of a finding, that of its commitment.")),
    Column("commitment_title", _("Commitment"), "text"),
    Column("agency", _("Agency"), "text"),
    Column("state_code", _("State (code)"), "code", describes=_("Of the task.")),
    Column("state", _("State"), "text"),
    Column("light_code", _("Light (code)"), "code", describes=_("A proposal has none.")),
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


def work_rows(work: Work, today: date) -> Iterator[TableRow]:
    for kind, words in LISTS.items():
        if kind == "findings":
            for finding in work.findings:
                yield (
                    kind, str(words), finding.code, finding.commitment__title, "", "", "", "", "", "", None, None, None, None, None,
                    "", "", finding.verdict_in_words, None,
                    settings.BASE_URL + address("projects:assessment_answer", finding.code),
                )  # fmt: skip
            continue
        for item in getattr(work, kind):
            task, sent = item.task, item.follow_up
            light = "" if task.state == Task.State.PROPOSED else str(task.light)
            yield (
                kind, str(words), task.code, task.title, task.commitment__title, task.agency, task.state,
                str(TASK_STATES[task.state]), light, status_word(light) if light else "", task.due,
                (task.due - today).days if task.due else None, task.claimed_progress, task.verified_progress or 0,
                item.quiet_days, sent.code if sent else "", workflow_word(sent.state) if sent else "", item.comment,
                item.asked.to_due if item.asked else None,
                settings.BASE_URL + address("projects:task_detail", task.code),
            )  # fmt: skip


MY_WORK = private_table(
    "my-work", _("My work"), _("The tasks of your agencies, by what is to be done with each."), COLUMNS
)
