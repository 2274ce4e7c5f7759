"""What waits for the coordination office, as its queue shows it to this coordinator: follow-ups, requests, commitments to be assessed."""

from collections.abc import Iterator
from datetime import date

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.exports.exported import private_table
from focalpoints.pages.addresses import address
from focalpoints.rules import Person
from focalpoints.tables.column import DAYS, Column
from focalpoints.tables.table import TableRow
from projects.reading.review_queue import (
    CommitmentToAssess,
    DateToDecide,
    FollowUpToReview,
    dates_to_decide,
    follow_ups_to_review,
    to_assess,
)

MOST = 1_000_000  # of each kind
COLUMNS = (
    Column(
        "kind_code",
        _("Kind (code)"),
        "code",
        describes=_("“follow-up”, “request” or “assessment”: what the office is asked for."),
    ),
    Column("kind", _("Kind"), "text"),
    Column("code", _("Code"), "code"),
    Column("title", _("Title"), "text", describes=_("Of the task or commitment.")),
    Column("commitment_title", _("Commitment"), "text", describes=_("Of a follow-up or request.")),
    Column("agency", _("Agency"), "text"),
    Column("sector", _("Sector"), "text"),
    Column("waiting_since", _("Waiting since"), "date"),
    Column("days_waiting", _("Days waiting"), "integer", DAYS),
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
    Column("states_obstacle", _("States an obstacle"), "boolean"),
    Column("was_returned", _("Corrected after a return"), "boolean"),
    Column(
        "is_own", _("Another coordinator decides"), "boolean", describes=_("It is yours, or you may not decide it.")
    ),
    Column("same_office", _("Same office"), "boolean"),
    Column("url", _("Page"), "url"),
)


def queue_rows(user: Person, words: str, today: date) -> Iterator[TableRow]:
    """The oldest of each kind first; with `words`, of the agencies that match. What is to be assessed is no agency's."""
    for sent in follow_ups_to_review(user, words, 0, MOST):
        yield _follow_up(sent)
    for asked in dates_to_decide(user, words, MOST):
        yield _request(asked)
    for commitment in [] if words else to_assess(MOST):
        yield _commitment(commitment, today)


def _follow_up(row: FollowUpToReview) -> TableRow:
    sent = row.follow_up
    return (
        "follow-up", str(_("Follow-up")), sent.code, sent.task__title, sent.task__commitment__title,
        sent.agency.short_name, sent.agency.sector, clock.day_of(sent.submitted_at), row.days_waiting, sent.progress,
        sent.task__verified_progress or 0, sent.task__due, row.days_late or None, None, None, None, "", sent.evidence_count,
        sent.states_obstacle, sent.was_returned, row.is_own, row.is_same_office,
        settings.BASE_URL + address("projects:follow_up_review", sent.code),
    )  # fmt: skip


def _request(row: DateToDecide) -> TableRow:
    change = row.change
    agency, sector = (change.agency.short_name, change.agency.sector) if change.agency else ("CEDN", "")
    return (
        "request", change.kind_in_words, change.code, change.item.title, change.commitment__title or "", agency, sector,
        clock.day_of(change.asked_at), row.days_waiting, None, None, change.from_due, None, change.to_due,
        change.days, change.commitment_to, change.category_in_words, None, None, None, row.is_own, None,
        settings.BASE_URL + address("projects:request_review", change.code),
    )  # fmt: skip


def _commitment(row: CommitmentToAssess, today: date) -> TableRow:
    return (
        "assessment", str(_("Assessment")), row.code, row.title, "", "", "", row.settled_on, (today - row.settled_on).days,
        row.claimed_progress, row.verified_progress or 0, row.due, None, None, None, None, "", None, None, None, None, None,
        settings.BASE_URL + address("projects:commitment_detail", row.code),
    )  # fmt: skip


REVIEW_QUEUE = private_table(
    "review-queue",
    _("Review"),
    _("What waits for the coordination office: follow-ups, requests and assessments."),
    COLUMNS,
)
