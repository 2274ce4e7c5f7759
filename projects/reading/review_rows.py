"""The rows of the review queue: what its page and its file tell of each item."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, cast

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from focalpoints import clock
from focalpoints.models import User
from focalpoints.pages.rows import language
from focalpoints.rules import Person, coordinator_since
from focalpoints.sql.prepared import prepared
from projects.models import Commitment, FollowUp, Request, Task
from projects.models.follow_up import FollowUpQuerySet
from projects.models.list_rows import ParentTitle
from projects.models.request import RequestQuerySet
from projects.reading.bulk import FREE, Claim, Tick, ticks
from projects.reading.review_queue import Flag, Kind, WaitingItem
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


# How long a colleague is told to review something, without a word from them.
LAPSES = timedelta(hours=2)


class WaitingFollowUp(NamedTuple):
    """A follow-up that was sent, under the model's names. Plain values, because a page shows fifty."""

    pk: int
    code: str
    revision: int
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
    task__period: date | None
    reviewer_id: int | None
    reviewer__name: str | None
    reviewing_since: datetime | None
    evidence_count: int
    beginning: str

    @property
    def agency(self) -> Reporter:
        return Reporter(*[getattr(self, name) for name in REPORTER])


class WaitingRequest(NamedTuple):
    """A request, under the model's names. The coordination office's own has no agency."""

    pk: int
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
    """A row of the queue. Late: the task's date has passed, whatever its light says of a claim of 100 %. `age` is in business days."""

    follow_up: WaitingFollowUp
    age: int
    days_late: int
    flags: frozenset[str]
    is_own: bool
    is_same_office: bool
    tick: Tick = FREE
    # Who said that they review it: a name, or nothing.
    reviewer: str = ""

    @property
    def notes(self) -> list[tuple[str, str]]:
        """The flags that a row shows, in their order, with their words."""
        return [(flag.value, str(flag.label)) for flag in Flag if flag in self.flags and flag != Flag.UNPROVEN]


class DateToDecide(NamedTuple):
    change: WaitingRequest
    age: int
    is_own: bool
    is_alone: bool


class ProposedTask(NamedTuple):
    """A task that an agency proposes, under the model's names."""

    pk: int
    code: str
    title: str
    language: str
    due: date | None
    agency__acronym: str
    agency__name: str
    agency__kind: str
    agency__parent__acronym: str | None
    agency__parent__name: str | None
    commitment__code: str
    commitment__title: str
    commitment__language: str

    @property
    def agency(self) -> Reporter:
        return Reporter(*[getattr(self, name) for name in REPORTER])


class ProposalToDecide(NamedTuple):
    task: ProposedTask
    since: date
    age: int


class SettledCommitment(NamedTuple):
    """A commitment of which nothing is open."""

    pk: int
    code: str
    title: str
    language: str
    verified_progress: int | None
    claimed_progress: int | None
    due: date | None


class CommitmentToAssess(NamedTuple):
    """A finding on the whole is due. It waits since the day on which nothing of it was left open."""

    commitment: SettledCommitment
    since: date
    age: int


type QueueRow = FollowUpToReview | DateToDecide | ProposalToDecide | CommitmentToAssess


def rows_of(user: User, items: Iterable[WaitingItem]) -> dict[WaitingItem, QueueRow]:
    """What is told of each that still is there. At most one query for each kind, one about the person, one about their evidence."""
    today = clock.today()
    keys: dict[Kind, list[int]] = {kind: [] for kind in Kind}
    by_key = {(item.kind, item.pk): item for item in items}
    for kind, pk in by_key:
        keys[kind].append(pk)
    found: dict[WaitingItem, QueueRow] = {}
    all_sent = _follow_ups(tuple(keys[Kind.FOLLOW_UP])) if keys[Kind.FOLLOW_UP] else []
    marks = ticks(user, map(_claim_of, all_sent))
    for sent in all_sent:
        item = by_key[Kind.FOLLOW_UP, sent.pk]
        found[item] = _to_review(sent, item, user, today, marks[sent.pk])
    if keys[Kind.REQUEST]:
        since = coordinator_since(user)
        for asked in _requests(tuple(keys[Kind.REQUEST])):
            item, may = by_key[Kind.REQUEST, asked.pk], decides_since(user, since, cast(Request, asked))
            found[item] = DateToDecide(asked, item.age(today), not may, may and asked.asked_by_id == user.pk)
    for task in _proposals(tuple(keys[Kind.PROPOSAL])) if keys[Kind.PROPOSAL] else ():
        item = by_key[Kind.PROPOSAL, task.pk]
        found[item] = ProposalToDecide(task, item.since_day, item.age(today))
    for commitment in _commitments(tuple(keys[Kind.ASSESSMENT])) if keys[Kind.ASSESSMENT] else ():
        item = by_key[Kind.ASSESSMENT, commitment.pk]
        found[item] = CommitmentToAssess(commitment, item.since_day, item.age(today))
    return found


def _claim_of(sent: WaitingFollowUp) -> Claim:
    return Claim(sent.pk, sent.progress, sent.task__verified_progress, sent.task__period is not None, sent.submitted_at)


def reviewer_of(sent: Any) -> str:
    """The name of whoever said lately that they review it. Of a row of the queue, or a follow-up with its reviewer."""
    if sent.reviewer_id is None or sent.reviewing_since < clock.now() - LAPSES:
        return ""
    return sent.reviewer.name if hasattr(sent, "reviewer") else sent.reviewer__name


def _to_review(sent: WaitingFollowUp, item: WaitingItem, user: Person, today: date, tick: Tick) -> FollowUpToReview:
    days_late = max((today - sent.task__due).days, 0) if sent.task__due else 0
    named = cast(FollowUp, sent)  # the rules read models; these rows have the same names
    own = not reviews_and_did_not_write(user, named)
    return FollowUpToReview(
        sent, item.age(today), days_late, item.flags, own, is_same_office(named), tick, reviewer_of(sent)
    )


@prepared("keys", row=WaitingFollowUp)
def _follow_ups(keys: tuple[int, ...]) -> FollowUpQuerySet:
    return FollowUp.objects.waiting().for_review_queue().filter(pk__in=keys).order_by()


@prepared("keys", row=WaitingRequest)
def _requests(keys: tuple[int, ...]) -> RequestQuerySet:
    return Request.objects.waiting().filter(pk__in=keys).order_by()


@prepared("keys", row=ProposedTask)
def _proposals(keys: tuple[int, ...]) -> QuerySet[Task]:
    return Task.objects.filter(state=Task.State.PROPOSED, pk__in=keys).order_by()


@prepared("keys", row=SettledCommitment)
def _commitments(keys: tuple[int, ...]) -> QuerySet[Commitment]:
    return Commitment.objects.filter(Commitment.TO_ASSESS, pk__in=keys).order_by()
