"""What waits for the coordination office: the follow-ups and the requests for a new date that its queue shows."""

from datetime import date, datetime
from typing import NamedTuple, cast

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from focalpoints import clock
from focalpoints.models import LedgerHead
from focalpoints.pages.rows import language
from focalpoints.rules import Person, coordinator_since
from focalpoints.sql.prepared import prepared
from projects.models import Commitment, FollowUp, Request
from projects.models.follow_up import FollowUpQuerySet
from projects.models.list_rows import ParentTitle
from projects.models.request import RequestQuerySet
from projects.reading.figures import count_of, days_since
from projects.rules import decides_since, is_same_office, reviews_and_did_not_write


class Reporter(NamedTuple):
    """The agency that something waits for, and the head of its sector, which it may not have."""

    acronym: str
    name: str
    kind: str
    parent_acronym: str | None
    parent_name: str | None

    @property
    def short_name(self) -> str:
        return self.acronym or self.name

    @property
    def sector(self) -> str:
        return self.parent_acronym or self.parent_name or ""


REPORTER = ("agency__acronym", "agency__name", "agency__kind", "agency__parent__acronym", "agency__parent__name")


class WaitingFollowUp(NamedTuple):
    """A follow-up that was sent, under the model's names. Plain values, because a page shows fifty."""

    code: str
    progress: int
    submitted_at: datetime
    author_id: int
    submitted_by_id: int
    saved_by_id: int | None
    agency__acronym: str
    agency__name: str
    agency__kind: str
    agency__parent__acronym: str | None
    agency__parent__name: str | None
    task__title: str
    task__language: str
    task__due: date | None
    task__verified_progress: int | None
    task__commitment__title: str
    task__commitment__language: str
    evidence_count: int
    states_obstacle: bool
    was_returned: bool

    @property
    def agency(self) -> Reporter:
        return Reporter(*[getattr(self, name) for name in REPORTER])


class WaitingRequest(NamedTuple):
    """A request, under the model's names. The coordination office's own has no agency."""

    code: str
    kind: str
    asked_at: datetime
    asked_by_id: int
    agency_id: int | None
    from_due: date | None
    to_due: date | None
    commitment_to: date | None
    category: str
    agency__acronym: str | None
    agency__name: str | None
    agency__kind: str | None
    agency__parent__acronym: str | None
    agency__parent__name: str | None
    commitment__title: str | None
    commitment__language: str | None
    task__title: str | None
    task__language: str | None

    @property
    def agency(self) -> Reporter | None:
        return Reporter(*[getattr(self, name) for name in REPORTER]) if self.agency_id else None

    @property
    def item(self) -> ParentTitle:
        """The task or commitment that it is about."""
        title = self.task__title or self.commitment__title or str(_("The rule of the traffic light"))
        return ParentTitle(title, self.task__language or self.commitment__language or language())

    @property
    def days(self) -> int | None:
        return (self.to_due - self.from_due).days if self.to_due and self.from_due else None

    @property
    def kind_in_words(self) -> str:
        return str(Request.Kind(self.kind).label)

    @property
    def category_in_words(self) -> str:
        return str(Request.Category(self.category).label) if self.category else ""


class FollowUpToReview(NamedTuple):
    """A row of the queue. Late: the task's date has passed, whatever its light says of a claim of 100 %."""

    follow_up: WaitingFollowUp
    days_waiting: int
    days_late: int
    is_own: bool
    is_same_office: bool


class DateToDecide(NamedTuple):
    change: WaitingRequest
    days_waiting: int
    is_own: bool
    is_alone: bool


class CommitmentToAssess(NamedTuple):
    """A finding on the whole is due. It waits since the day on which nothing of it was left open."""

    code: str
    title: str
    language: str
    settled_on: date
    verified_progress: int | None
    claimed_progress: int | None
    due: date | None


@prepared(row=CommitmentToAssess)
def to_assess(most: int) -> QuerySet[Commitment]:
    """The oldest first."""
    rows = Commitment.objects.filter(Commitment.TO_ASSESS).annotate(settled_on=Commitment.SETTLED_ON)
    return rows.order_by("settled_on", "pk")[:most]


def lengths(words: str) -> tuple[int, int]:
    """How many follow-ups and how many requests wait; with `words`, of the agencies that match, or whose sector head does. One query."""
    return _lengths(words)[0]


def follow_ups_to_review(user: Person, words: str, start: int, stop: int) -> list[FollowUpToReview]:
    """From one place of the queue to another. One query."""
    today = clock.today()
    rows = _follow_ups(words, start, stop)
    return [
        FollowUpToReview(
            row, days_since(row.submitted_at, today), max((today - row.task__due).days, 0) if row.task__due else 0,
            # The rules read models; these rows have the same names.
            not reviews_and_did_not_write(user, cast(FollowUp, row)), is_same_office(cast(FollowUp, row)),
        )
        for row in rows
    ]  # fmt: skip


def dates_to_decide(user: Person, words: str, most: int) -> list[DateToDecide]:
    """The oldest requests. One query."""
    today, since = clock.today(), coordinator_since(user)
    return [
        DateToDecide(row, days_since(row.asked_at, today), not may, may and row.asked_by_id == user.pk)
        for row in _dates(words, most)
        for may in [decides_since(user, since, cast(Request, row))]
    ]


@prepared()
def _lengths(words: str) -> QuerySet[LedgerHead, tuple[int, int]]:
    sent, asked = _sent(words), _asked(words)
    return LedgerHead.objects.filter(pk=1).values_list(count_of(sent), count_of(asked))


@prepared(row=WaitingFollowUp)
def _follow_ups(words: str, start: int, stop: int) -> FollowUpQuerySet:
    return _sent(words).for_review_queue()[start:stop]


@prepared(row=WaitingRequest)
def _dates(words: str, most: int) -> RequestQuerySet:
    return _asked(words)[:most]


def _sent(words: str) -> FollowUpQuerySet:
    return FollowUp.objects.waiting().of_agencies_matching(words) if words else FollowUp.objects.waiting()


def _asked(words: str) -> RequestQuerySet:
    return Request.objects.waiting().of_agencies_matching(words) if words else Request.objects.waiting()
