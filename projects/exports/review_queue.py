"""What waits for the coordination office, as its queue shows it to this coordinator."""

from collections.abc import Iterator
from itertools import batched

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.exports.exported import private_table
from focalpoints.models import User
from focalpoints.pages.addresses import address
from focalpoints.tables.column import DAYS, Column
from focalpoints.tables.table import TableRow
from projects.reading.review_queue import Flag, QueueAsked, review_queue
from projects.reading.review_rows import (
    CommitmentToAssess,
    DateToDecide,
    FollowUpToReview,
    ProposalToDecide,
    QueueRow,
    rows_of,
)

MOST = 100_000  # of each kind: their places in the queue are read at once
AT_ONCE = 500  # of whom everything is told
COLUMNS = (
    Column(
        "kind_code",
        _("Kind (code)"),
        "code",
        describes=_("“follow-up”, “request”, “proposal” or “assessment”: what the office is asked for."),
    ),
    Column("kind", _("Kind"), "text"),
    Column("code", _("Code"), "code"),
    Column("title", _("Title"), "text", describes=_("Of the task or commitment.")),
    Column("commitment_title", _("Commitment"), "text", describes=_("Of a follow-up, request or proposed task.")),
    Column("agency", _("Agency"), "text"),
    Column("sector", _("Sector"), "text"),
    Column("waiting_since", _("Waiting since"), "date"),
    Column("business_days_waiting", _("Business days waiting"), "integer", DAYS),
    Column("claimed", _("Claimed"), "percent", "%"),
    Column("verified", _("Verified"), "percent", "%"),
    Column("due", _("Due date"), "date"),
    Column("days_past_due", _("Days past the due date"), "integer", DAYS),
    Column("to_due", _("Proposed date"), "date"),
    Column("days_asked", _("Days asked for"), "integer", DAYS, _("From the date until now to the proposed one.")),
    Column(
        "commitment_to_due",
        _("Proposed date of the commitment"),
        "date",
        describes=_("Of a task's date that moves its commitment's along."),
    ),
    Column("category", _("Category of the reason"), "text"),
    Column("evidence", _("Pieces of evidence"), "integer"),
    Column("large_jump", _("Large jump"), "boolean", describes=_("By the rule that /semaforo/ publishes.")),
    Column("states_obstacle", _("States an obstacle"), "boolean"),
    Column("was_returned", _("Corrected after a return"), "boolean"),
    Column(
        "is_own", _("Another coordinator decides"), "boolean", describes=_("It is yours, or you may not decide it.")
    ),
    Column("same_office", _("Same office"), "boolean"),
    Column("url", _("Page"), "url"),
)


def queue_rows(user: User, asked: QueueAsked) -> Iterator[TableRow]:
    """In the queue's order; a row that was decided while the file is written is not in it."""
    for items in batched(review_queue(user, asked, MOST).items, AT_ONCE):
        rows = rows_of(user, items)
        yield from (_row(rows[item]) for item in items if item in rows)


def _row(row: QueueRow) -> TableRow:
    match row:
        case FollowUpToReview():
            return _follow_up(row)
        case DateToDecide():
            return _request(row)
        case ProposalToDecide():
            return _proposal(row)
        case CommitmentToAssess():
            return _commitment(row)


def _follow_up(row: FollowUpToReview) -> TableRow:
    sent = row.follow_up
    return (
        "follow-up", str(_("Follow-up")), sent.code, sent.task__title, sent.task__commitment__title,
        sent.agency.short_name, sent.agency.sector, clock.day_of(sent.submitted_at), row.age, sent.progress,
        sent.task__verified_progress or 0, sent.task__due, row.days_late or None, None, None, None, "", sent.evidence_count,
        Flag.JUMP in row.flags, Flag.OBSTACLE in row.flags, Flag.CORRECTED in row.flags, row.is_own, row.is_same_office,
        settings.BASE_URL + address("projects:follow_up_review", sent.code),
    )  # fmt: skip


def _request(row: DateToDecide) -> TableRow:
    change = row.change
    agency, sector = (change.agency.short_name, change.agency.sector) if change.agency else ("CEDN", "")
    return (
        "request", change.kind_in_words, change.code, change.item.title, change.commitment__title or "", agency, sector,
        clock.day_of(change.asked_at), row.age, None, None, change.from_due, None, change.to_due,
        change.days, change.commitment_to, change.category_in_words, None, None, None, None, row.is_own, None,
        settings.BASE_URL + address("projects:request_review", change.code),
    )  # fmt: skip


def _proposal(row: ProposalToDecide) -> TableRow:
    task = row.task
    return (
        "proposal", str(_("Proposed task")), task.code, task.title, task.commitment__title, task.agency.short_name,
        task.agency.sector, row.since, row.age, None, None, task.due, None, None, None, None, "", None, None, None, None,
        None, None, settings.BASE_URL + address("projects:task_detail", task.code),
    )  # fmt: skip


def _commitment(row: CommitmentToAssess) -> TableRow:
    found = row.commitment
    return (
        "assessment", str(_("Assessment")), found.code, found.title, "", "", "", row.since, row.age,
        found.claimed_progress, found.verified_progress or 0, found.due, None, None, None, None, "", None, None, None, None,
        None, None, settings.BASE_URL + address("projects:commitment_detail", found.code),
    )  # fmt: skip


REVIEW_QUEUE = private_table(
    "review-queue",
    _("Review"),
    _("What waits for the coordination office: follow-ups, requests, proposed tasks and assessments."),
    COLUMNS,
)
