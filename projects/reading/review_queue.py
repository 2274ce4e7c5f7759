"""What waits for the coordination office, as one list: follow-ups, requests, proposed tasks and commitments to be assessed."""

from collections import Counter
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import models
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from focalpoints import business_days, clock
from focalpoints.models import Agency, Entry, Portfolio, User
from focalpoints.models.portfolio import by_agency
from focalpoints.rules import coordinator_since
from focalpoints.sql.prepared import asked_together, prepared
from focalpoints.text import alphabetical
from principles.models import Objective
from projects.jumps import is_large_jump
from projects.models import Commitment, Evidence, FollowUp, Project, Request, Task
from projects.reading.lists.filter_form import NONE
from projects.rules import decides_since

# Of each kind, the oldest: whoever waits behind them waits for the next day's work.
MOST = 400
# Of each kind, as far as a place in the queue and what comes next are looked for: whoever works begins with the oldest.
AHEAD = 60


class Kind(models.TextChoices):
    FOLLOW_UP = "follow-up", _("Follow-ups")
    REQUEST = "request", _("Requests")
    PROPOSAL = "proposal", _("Proposed tasks")
    ASSESSMENT = "assessment", _("To be assessed")


class Flag(models.TextChoices):
    """What to note about a follow-up."""

    LATE = "late", _("Late")
    UNPROVEN = "unproven", _("No evidence")
    JUMP = "jump", _("Large jump")
    CORRECTED = "corrected", _("First after a return")
    OBSTACLE = "obstacle", _("States an obstacle")
    ANSWERED = "answered", _("Question answered")
    ASKED = "asked", _("Question not answered yet")
    REOPENED = "reopened", _("Re-opened")


class QueueAsked(NamedTuple):
    """The queue's filter and order. `age` is in business days."""

    q: str = ""
    kind: str = ""
    flag: str = ""
    age: int = 0
    objective: str = ""
    principle: str = ""
    mine: bool = False
    order: str = ""


class Duty(NamedTuple):
    """What many agencies owe alike: the same task under one commitment, for the same period."""

    commitment: int
    title: str
    period: date | None


class WaitingItem(NamedTuple):
    """As much of what waits as its place in the queue needs."""

    kind: Kind
    pk: int
    code: str
    since: datetime | date
    since_day: date
    agency: int | None
    agency_name: str
    claimed: int = 0
    flags: frozenset[str] = frozenset()
    duty: Duty | None = None
    # Whether this coordinator may decide it on its page, from which the next one opens.
    is_next: bool = False
    # Of an agency for which this coordinator answers; what names no agency is everybody's.
    is_mine: bool = True

    def age(self, today: date) -> int:
        """Business days."""
        return business_days.between(self.since_day, today)


class SentKey(NamedTuple):
    pk: int
    code: str
    submitted_at: datetime
    agency_id: int
    agency__acronym: str
    agency__name: str
    progress: int
    author_id: int
    submitted_by_id: int
    saved_by_id: int | None
    task__commitment_id: int
    task__title: str
    task__period: date | None
    task__due: date | None
    task__verified_progress: int | None
    first_proof: int | None
    states_obstacle: bool
    was_returned: bool
    thread: str
    held_progress: int | None


class AskedKey(NamedTuple):
    pk: int
    code: str
    asked_at: datetime
    asked_by_id: int
    agency_id: int | None
    agency__acronym: str | None
    agency__name: str | None


class ProposedKey(NamedTuple):
    pk: int
    code: str
    agency_id: int
    agency__acronym: str
    agency__name: str
    proposed_at: datetime

    @property
    def agency_name(self) -> str:
        return self.agency__acronym or self.agency__name


class SettledKey(NamedTuple):
    pk: int
    code: str
    settled_on: date


class PlaceInQueue(NamedTuple):
    """Where an item stands in the queue, what comes after it, and what stands before it."""

    number: int
    total: int
    following: WaitingItem | None
    before: WaitingItem | None = None
    is_more: bool = False  # than `total`


class ReviewQueue(NamedTuple):
    """What was asked for, in its order, and what the other filters would give."""

    items: list[WaitingItem]
    # How many there are in all; of each kind and of each flag with the rest of the filter, of the portfolio with all of it.
    everything: int
    kinds: Counter[str]
    flags: Counter[str]
    mine: int
    # How many follow-ups each duty has in the queue.
    duties: Counter[Duty]
    is_cut: bool

    def is_alike(self, item: WaitingItem) -> bool:
        """Whether the same duty of another agency waits too."""
        return item.duty is not None and self.duties[item.duty] > 1

    def first(self) -> WaitingItem | None:
        """The first that this coordinator may decide."""
        return next((item for item in self.items if item.is_next), None)

    def place(self, kind: Kind, pk: int, *others: int) -> PlaceInQueue | None:
        """Of an item in it; the one after the last is the first. `others` of its kind are decided with it, so none of them follows."""
        for number, item in enumerate(self.items):
            if (item.kind, item.pk) == (kind, pk):
                behind = [*self.items[number + 1 :], *self.items[:number]]
                later = (one for one in behind if one.is_next and (one.kind != kind or one.pk not in others))
                earlier = (one for one in reversed(self.items[:number]) if one.is_next)
                return PlaceInQueue(number + 1, len(self.items), next(later, None), next(earlier, None), self.is_cut)
        return None


def review_queue(user: User, asked: QueueAsked, most: int = MOST) -> ReviewQueue:
    """For a coordinator, at most so many of each kind. A fixed number of queries, whatever waits."""
    today, since = clock.today(), coordinator_since(user)
    narrowed = (asked.q, asked.objective, asked.principle, most)
    sent, requested, proposed, settled, takings = asked_together(
        (_sent, narrowed), (_requested, narrowed), (_proposed, narrowed), (_settled, narrowed), (_takings, ())
    )
    everything = [
        *(_of_sent(row, user, today) for row in sent),
        *(_of_requested(row, user, since) for row in requested),
        *(_of_proposed(row) for row in proposed),
        *(WaitingItem(Kind.ASSESSMENT, row.pk, row.code, row.settled_on, row.settled_on, None, "") for row in settled),
    ]  # fmt: skip
    if asked.age:
        everything = [item for item in everything if item.age(today) >= asked.age]
    taken = by_agency(takings)
    others = {agency for agency, people in taken.items() if user.pk not in people}
    if others:
        everything = [item._replace(is_mine=item.agency not in others) for item in everything]
    return _narrowed(everything, asked, is_cut=most in map(len, (sent, requested, proposed, settled)))


def _narrowed(everything: list[WaitingItem], asked: QueueAsked, *, is_cut: bool) -> ReviewQueue:
    mine = [item for item in everything if item.is_mine]
    owned = mine if asked.mine else everything
    items = _found(owned, asked)
    duties = Counter([item.duty for item in items if item.duty])
    return ReviewQueue(
        items=_in_order(items, asked.order, duties),
        everything=len(everything),
        kinds=Counter([item.kind.value for item in owned]),
        flags=Counter([flag for item in owned for flag in item.flags]),
        mine=len(_found(mine, asked)),
        duties=duties,
        is_cut=is_cut,
    )


def _found(items: list[WaitingItem], asked: QueueAsked) -> list[WaitingItem]:
    if asked.kind:
        items = [item for item in items if item.kind == asked.kind]
    return [item for item in items if asked.flag in item.flags] if asked.flag else items


def _in_order(items: list[WaitingItem], order: str, duties: Counter[Duty]) -> list[WaitingItem]:
    """By age, what is alike stands together at the place of its oldest."""
    by_age = sorted(items, key=lambda item: (item.since_day, str(item.since), item.kind, item.pk))
    if order == "agency":
        return sorted(by_age, key=lambda item: alphabetical(item.agency_name))
    if order == "progress":
        return sorted(by_age, key=lambda item: -item.claimed)
    first: dict[Duty, int] = {}
    places = [
        first.setdefault(item.duty, number) if item.duty and duties[item.duty] > 1 else number
        for number, item in enumerate(by_age)
    ]
    return [by_age[number] for number in sorted(range(len(by_age)), key=places.__getitem__)]


def _of_sent(row: SentKey, user: User, today: date) -> WaitingItem:
    in_one_step = row.task__period is not None
    flags = {
        Flag.LATE: row.task__due is not None and row.task__due < today,
        Flag.UNPROVEN: row.first_proof is None,
        Flag.JUMP: is_large_jump(row.task__verified_progress, row.progress, in_one_step=in_one_step),
        Flag.CORRECTED: row.was_returned,
        Flag.OBSTACLE: row.states_obstacle,
        Flag.ASKED: row.thread == FollowUp.Thread.ASKED,
        Flag.ANSWERED: row.thread == FollowUp.Thread.ANSWERED,
        Flag.REOPENED: row.held_progress is not None,
    }
    return WaitingItem(
        Kind.FOLLOW_UP, row.pk, row.code, row.submitted_at, clock.day_of(row.submitted_at), row.agency_id,
        row.agency__acronym or row.agency__name, row.progress, frozenset(flag.value for flag, holds in flags.items() if holds),
        Duty(row.task__commitment_id, row.task__title, row.task__period),
        user.pk not in {row.author_id, row.submitted_by_id, row.saved_by_id},
    )  # fmt: skip


def _of_proposed(row: ProposedKey) -> WaitingItem:
    since = row.proposed_at
    return WaitingItem(Kind.PROPOSAL, row.pk, row.code, since, clock.day_of(since), row.agency_id, row.agency_name)


def _of_requested(row: AskedKey, user: User, since: datetime | None) -> WaitingItem:
    name = row.agency__acronym or row.agency__name or ""
    may: Any = row  # the rule reads a request; these rows have the same names
    return WaitingItem(
        Kind.REQUEST,
        row.pk,
        row.code,
        row.asked_at,
        clock.day_of(row.asked_at),
        row.agency_id,
        name,
        is_next=decides_since(user, since, may),
    )


@prepared(row=SentKey)
def _sent(q: str, objective: str, principle: str, most: int) -> QuerySet[FollowUp]:
    proofs = Evidence.objects.filter(follow_up=OuterRef("pk"), redaction="", is_hidden=False).order_by()
    # Not `Exists`, for which PostgreSQL would read all evidence there is.
    rows = FollowUp.objects.waiting().for_queue().annotate(first_proof=Subquery(proofs.values("pk")[:1]))
    return _of(rows, q, objective, principle, "task__commitment__project")[:most]


@prepared(row=AskedKey)
def _requested(q: str, objective: str, principle: str, most: int) -> QuerySet[Request]:
    return _of(Request.objects.waiting(), q, objective, principle, "commitment__project")[:most]


@prepared(row=ProposedKey)
def _proposed(q: str, objective: str, principle: str, most: int) -> QuerySet[Task]:
    entries = Entry.objects.filter(subject_type="task", subject=OuterRef("code"), verb="propose")
    proposed_at = Subquery(entries.order_by("-nth").values("at")[:1])
    rows = Task.objects.filter(state=Task.State.PROPOSED).annotate(proposed_at=proposed_at)
    return _of(rows, q, objective, principle, "commitment__project").order_by(F("proposed_at").asc(), "pk")[:most]


@prepared(row=SettledKey)
def _settled(q: str, objective: str, principle: str, most: int) -> QuerySet[Commitment]:
    settled = Commitment.objects.filter(Commitment.TO_ASSESS).annotate(settled_on=Commitment.SETTLED_ON)
    named = settled.naming(Agency.objects.matching_or_headed(q)) if q else settled
    return _under(named, objective, principle, "project").order_by("settled_on", "pk")[:most]


@prepared()
def _takings() -> QuerySet[Any, tuple[int, int]]:
    return Portfolio.objects.takings()


def _of(rows: QuerySet, q: str, objective: str, principle: str, project: str) -> QuerySet:
    found = Agency.objects.matching_or_headed(q) if q else None
    return _under(rows if found is None else rows.filter(agency__in=found), objective, principle, project)


def _under(rows: QuerySet, objective: str, principle: str, project: str) -> QuerySet:
    if objective:
        number = None if objective == NONE else Subquery(Objective.objects.filter(number=objective).values("pk"))
        rows = rows.filter(**{f"{project}__objective": number})
    if principle:
        served = Project.objects.serving(number=int(principle)).order_by()
        rows = rows.filter(**{f"{project}__in": served})
    return rows
