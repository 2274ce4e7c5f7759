"""Everything that the plan of reminders needs to know, read for everybody at once in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet

from focalpoints import clock
from focalpoints.models import Agency, Appointment, Role, User
from projects.light.thresholds import in_force_by_day
from projects.models import Commitment, DailyAnchor, DailyMessage, FollowUp, MessageItem, Pause, Request, Task
from projects.reminders.ladder import FIRST_RUNG, MOST_FREE_DAYS

WEEK = timedelta(days=7)
# How long after the last planned day an item may be due and still have to be read: the first rung comes thirty days before the date,
# may move ahead of free days, and is told up to a week earlier to whoever reads once a week.
REACH = timedelta(days=-FIRST_RUNG + MOST_FREE_DAYS) + WEEK + timedelta(days=MOST_FREE_DAYS)
CHUNK = 2000


class ReminderKind:
    """What a line of a message is about.

    A due date, a returned follow-up, what waits for the coordinators (a follow-up, a date request, a commitment to assess), a long silence.
    """

    LADDER, RETURNED, QUEUE, DATE_REQUEST, SILENCE = "ladder", "returned", "queue", "date request", "silence"
    ASSESSMENT = "assessment"


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person who can be told: with an active account, and a role or an appointment."""

    pk: int
    code: str
    name: str
    email: str
    language: str
    is_weekly: bool


@dataclass(frozen=True, slots=True)
class NamedAgency:
    """As much of an agency as a message needs: its name, and whose sector it belongs to."""

    pk: int
    key: str
    name: str
    parent: int | None
    is_closed: bool = False


@dataclass(slots=True, eq=False)
class WatchedItem:
    """A task or commitment that may need a reminder. `told_step`: person → the last rung told; `told_of_silence`: people."""

    kind: str
    code: str
    title: str
    language: str
    agencies: tuple[int, ...]
    due: date | None
    light_due: date | None
    starts: date | None = None
    quiet_since: date | None = None
    # The agency's last follow-up or request waits for the coordinators: no update is expected meanwhile.
    is_with_the_office: bool = False
    pauses: tuple[tuple[date, date], ...] = ()
    told_step: dict[int, int] = field(default_factory=dict)
    told_of_silence: set[int] = field(default_factory=set)

    def is_paused(self, day: date) -> bool:
        return any(since <= day < until for since, until in self.pauses)


@dataclass(slots=True, eq=False)
class News:
    """Something that happened at `at` and still needs somebody: a follow-up was returned or sent, or a new date was asked for."""

    kind: str
    code: str
    item: str
    title: str
    language: str
    agency: int | None
    at: datetime
    told_step: dict[int, int] = field(default_factory=dict)

    @property
    def occasion(self) -> str:
        return occasion_at(self.at)

    @property
    def on(self) -> date:
        return clock.day_of(self.at)


@dataclass(slots=True)
class PlanFacts:
    """Everything that the plan is made from. `rehearse` changes it after each day as if that day's messages had been sent."""

    first: date
    last: date
    people: dict[int, Recipient]
    agencies: dict[int, NamedAgency]
    appointments: list[tuple[int, int, str, date, date | None]]
    coordinators: list[int]
    administrators: list[int]
    items: list[WatchedItem] = field(default_factory=list)
    news: list[News] = field(default_factory=list)
    # Person and day of messages that need not be made: they were sent, or must not be tried again.
    settled: set[tuple[int, date]] = field(default_factory=set)
    # Person → the day on which an address that refused mail is tried again.
    held_until: dict[int, date] = field(default_factory=dict)
    # People whose last message did not arrive, or may not have.
    unreached: set[int] = field(default_factory=set)
    # Person → the day of the last message that arrived, as far back as the weekly rhythm asks.
    delivered_on: dict[int, date] = field(default_factory=dict)
    # The days, as far back, on which a run of `send_due` came to its end.
    ran_on: set[date] = field(default_factory=set)
    # Day → after how many days without news an update is expected: thresholds may change within the days planned.
    silent_days: dict[date, int] = field(default_factory=dict)


def occasion_at(at: datetime) -> str:
    """An instant written as a line's occasion; to the millisecond, so that it reads the same from both databases."""
    return at.astimezone(clock.ZONE).isoformat(timespec="milliseconds")


def plan_facts(first: date, last: date) -> PlanFacts:
    """The facts for the plans from `first` to `last`. Seventeen queries, however much there is."""
    facts = PlanFacts(first, last, *_agencies_and_people(first, last))
    facts.silent_days = {day: rule.silent_days for day, rule in in_force_by_day(first, last).items()}
    facts.news = [*_returned(), *_waiting(), *_dates_asked_for(), *_to_assess()]
    pauses = _pauses(first)
    facts.items = [*_tasks(facts, pauses), *_commitments(last, facts.agencies, pauses)]
    _mark_told(facts)
    _add_deliveries(facts)
    return facts


def _agencies_and_people(first: date, last: date) -> tuple[Any, ...]:
    agencies = {
        pk: NamedAgency(pk, key, acronym or name, parent, closed_on is not None)
        for pk, key, acronym, name, parent, closed_on in Agency.objects.values_list(
            "pk", "key", "acronym", "name", "parent", "closed_on"
        )
    }
    appointments = list(
        Appointment.objects.not_ended(first)
        .filter(since__lte=last, user__is_active=True)
        .order_by("agency", "-kind", "since", "pk")
        .values_list("agency", "user", "kind", "since", "until")
    )
    roles = Role.objects.active().filter(user__is_active=True).exclude(kind=Role.Kind.SYSTEM).order_by("user")
    holders = list(roles.values_list("user", "kind"))
    coordinators = [user for user, kind in holders if kind == Role.Kind.COORDINATOR]
    administrators = [user for user, kind in holders if kind == Role.Kind.ADMINISTRATOR]
    known = {*coordinators, *administrators, *(user for _agency, user, *_rest in appointments)}
    people = {
        pk: Recipient(pk, code, name, email, language, rhythm == User.Rhythm.WEEKLY)
        for pk, code, name, email, language, rhythm in User.objects.active().values_list(
            "pk", "code", "name", "email", "language", "rhythm"
        )
        if pk in known
    }
    return people, agencies, appointments, coordinators, administrators


Pauses = dict[str, tuple[tuple[date, date], ...]]


def _pauses(first: date) -> Pauses:
    """Code of the task or commitment → its pauses that have not ended before `first`."""
    found: dict[str, tuple[tuple[date, date], ...]] = defaultdict(tuple)
    rows = Pause.objects.not_ended(first).values_list("task__code", "commitment__code", "since", "until")
    for task, commitment, since, until in rows:
        found[task or commitment] += ((since, until),)
    return found


def _tasks(facts: PlanFacts, pauses: Pauses) -> Iterator[WatchedItem]:
    """Open tasks that are due within reach or have been silent for long. Those that claim 100 % wait for the coordinators instead."""
    silent_since = max(day - timedelta(days=silent_days) for day, silent_days in facts.silent_days.items())
    waiting = {one.item for one in facts.news if one.kind != ReminderKind.RETURNED}
    rows = (
        Task.objects.open()
        .exclude(Task.CLAIMED)
        .filter(Q(due__lte=facts.last + REACH) | Q(quiet_since__lt=silent_since))
        .order_by("pk")
        .values_list(
            "code", "title", "language", "agency", "due", "light_due", "starts", "quiet_since", "commitment__code"
        )
    )
    for code, title, language, agency, due, light_due, starts, quiet_since, commitment in rows.iterator(CHUNK):
        own = pauses.get(code, ()) + pauses.get(commitment, ())
        is_with_the_office = code in waiting
        yield WatchedItem(
            "task", code, title, language, (agency,), due, light_due, starts, quiet_since, is_with_the_office, own
        )


def _commitments(last: date, known: dict[int, NamedAgency], pauses: Pauses) -> Iterator[WatchedItem]:
    """Commitments due within reach, with the agencies that still have something to do. Those that only wait for a review are left out."""
    rows = Commitment.objects.filter(Commitment.OPEN, due__lte=last + REACH).exclude(Commitment.TO_BE_VERIFIED)
    named = _grouped(Commitment.agencies.through.objects.filter(commitment__in=rows.order_by()))
    ready = _grouped(
        Task.objects.confirmed()
        .filter(commitment__in=rows.order_by())
        .values("commitment", "agency")
        .annotate(left=Count("pk", filter=~Task.FULFILLED & ~Task.CLAIMED))
        .filter(left=0)
    )
    all_agencies = tuple(Agency.objects.reviewed().values_list("pk", flat=True))
    columns = ("pk", "code", "title", "language", "binds", "due", "light_due")
    for pk, code, title, language, binds, due, light_due in rows.order_by("pk").values_list(*columns).iterator(CHUNK):
        bound: Iterable[int] = all_agencies if binds == Commitment.Binds.ALL else named.get(pk, ())
        agencies = tuple(agency for agency in bound if not known[agency].is_closed and agency not in ready.get(pk, ()))
        if agencies or binds == Commitment.Binds.NONE_PUBLISHED:
            yield WatchedItem(
                "commitment", code, title, language, agencies, due, light_due, pauses=pauses.get(code, ())
            )


def _grouped(rows: QuerySet[Any]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for commitment, agency in rows.order_by("commitment", "agency").values_list("commitment", "agency").iterator(CHUNK):
        found[commitment].append(agency)
    return found


def _returned() -> Iterator[News]:
    """Follow-ups that were returned and lie with their agency."""
    rows = FollowUp.objects.filter(
        state=FollowUp.State.RETURNED,
        task__state=Task.State.CONFIRMED,
        task__agency=F("agency"),
        decided_at__isnull=False,
    )
    columns = ("code", "task__code", "task__title", "task__language", "agency", "decided_at")
    for row in rows.order_by("decided_at", "pk").values_list(*columns):
        yield News(ReminderKind.RETURNED, *row)


def _waiting() -> Iterator[News]:
    columns = ("code", "task__code", "task__title", "task__language", "agency", "submitted_at")
    for row in FollowUp.objects.waiting().values_list(*columns):
        yield News(ReminderKind.QUEUE, *row)


def _dates_asked_for() -> Iterator[News]:
    columns = ("code", "task__code", "commitment__code", "task__title", "commitment__title", "task__language",
               "commitment__language", "agency", "asked_at")  # fmt: skip
    for code, task, commitment, title, whole, language, its, agency, at in Request.objects.waiting().values_list(
        *columns
    ):
        yield News(
            ReminderKind.DATE_REQUEST,
            code,
            task or commitment or code,
            title or whole or code,
            language or its or "es",
            agency,
            at,
        )


def _to_assess() -> Iterator[News]:
    """Commitments of which nothing is open, since their last follow-up was accepted."""
    rows = Commitment.objects.filter(Commitment.TO_ASSESS).order_by("verified_on", "pk")
    for code, title, language, on in rows.values_list("code", "title", "language", "verified_on"):
        if on:
            yield News(ReminderKind.ASSESSMENT, code, code, title, language, None, clock.start_of(on))


def _mark_told(facts: PlanFacts) -> None:
    """Note on each item and piece of news who has been told of it. What was said of an earlier date or return does not count."""
    items = {item.code: item for item in facts.items}
    news = {(one.kind, one.code): one for one in facts.news}
    rows = (
        MessageItem.objects.filter(message__state=DailyMessage.State.SENT)
        .order_by()
        .values_list("message__person", "kind", "item", "occasion")
        .annotate(Max("step"))
    )
    for person, kind, code, occasion, step in rows.iterator(CHUNK):
        if kind in (ReminderKind.LADDER, ReminderKind.SILENCE):
            if item := items.get(code):
                _mark_item(item, person, kind, occasion, step)
        elif (one := news.get((kind, code))) and one.occasion == occasion:
            one.told_step[person] = step


def _mark_item(item: WatchedItem, person: int, kind: str, occasion: str, step: int) -> None:
    if kind == ReminderKind.LADDER and item.due and item.due.isoformat() == occasion:
        item.told_step[person] = step
    elif kind == ReminderKind.SILENCE and item.quiet_since and item.quiet_since.isoformat() == occasion:
        item.told_of_silence.add(person)


def _add_deliveries(facts: PlanFacts) -> None:
    """Add what became of the messages of these days, and of those shortly before."""
    states = DailyMessage.State
    since = facts.first - WEEK - timedelta(days=MOST_FREE_DAYS)
    rows = DailyMessage.objects.filter(Q(day__gte=since) | Q(next_attempt_at__gt=clock.start_of(facts.first)))
    for person, day, state, address, again in rows.order_by("day").values_list(
        "person", "day", "state", "address", "next_attempt_at"
    ):
        if state == states.SENT:
            facts.unreached.discard(person)
            facts.delivered_on[person] = day
        else:
            facts.unreached.add(person)
        if day >= facts.first and state not in DailyMessage.TRIED_AGAIN:
            facts.settled.add((person, day))
        if state == states.REFUSED and again and person in facts.people and facts.people[person].email == address:
            facts.held_until[person] = clock.day_of(again)
    complete = DailyAnchor.objects.filter(day__gte=since, is_complete=True)
    facts.ran_on = set(complete.values_list("day", flat=True))
