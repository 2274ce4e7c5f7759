"""Everything that the plan of reminders needs to know, read for everybody at once in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import override

from focalpoints import clock
from focalpoints.business_days import calendar_days_after
from focalpoints.models import Agency, Appointment, Entry, Portfolio, Role, User
from focalpoints.workflow import has_open_work, mailed_entries
from projects.light.reader import clause_of
from projects.light.rule import COMMITMENT_RULE, TASK_RULE, Light, Rule, Thresholds
from projects.light.thresholds import in_force_by_day
from projects.models import Commitment, DailyAnchor, DailyMessage, FollowUp, MessageItem, Notice, Pause, Request, Task
from projects.models.reminders import office_code, office_name
from projects.reminders.ladder import EVERY, FIRST_RUNG, MOST_FREE_DAYS

WEEK = timedelta(days=7)
# How long after the last planned day an item may be due and still have to be read: the first rung comes thirty days before the date,
# may move ahead of free days, and is told up to a week earlier to whoever reads once a week.
REACH = timedelta(days=-FIRST_RUNG + MOST_FREE_DAYS) + WEEK + timedelta(days=MOST_FREE_DAYS)
# How far back it matters what was said: by then each item has climbed a rung since, and is told anew.
MEMORY = 2 * timedelta(days=EVERY + MOST_FREE_DAYS)
# What the coordination office did longer ago than this is no news any more, unless a weekly message still has to tell it.
NEWS_AGE = WEEK + timedelta(days=MOST_FREE_DAYS)
CHUNK = 2000
# Nobody chooses the language of an office: Spanish, as the State writes.
OFFICE_LANGUAGE = "es-mx"


class ReminderKind:
    """What a line of a message is about.

    A due date, a returned follow-up, what waits for the coordinators (a follow-up, a date request, a commitment to assess, a role to
    confirm), a long silence, what the coordination office did. A sum counts what a list shows.
    """

    LADDER, RETURNED, QUEUE, DATE_REQUEST, SILENCE = "ladder", "returned", "queue", "date request", "silence"
    ASSESSMENT, ROLE, NEWS, SUM = "assessment", "role", "news", "sum"


# What waits for the coordinators.
QUEUED = frozenset({ReminderKind.QUEUE, ReminderKind.DATE_REQUEST, ReminderKind.ASSESSMENT})


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person who can be told (with an active account, a role or an appointment, and an invitation), or the office of a head.

    `pk` is the account's key; for an office, minus its agency's. Several agencies may give the same office's address.
    """

    pk: int
    code: str
    name: str
    email: str
    language: str
    is_weekly: bool

    @property
    def office(self) -> int | None:
        """The agency to whose head's office it goes; None for a person."""
        return -self.pk if self.pk < 0 else None


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
    """A task or commitment that may need a reminder. `told_step`, `told_of_silence`: person → the last rung told.

    `agencies` still have something to do; `named` are all that answer for it, None where no list by agency shows it. `late_since` is the
    first day on which its light says late, if nothing else happens.
    """

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
    named: tuple[int, ...] | None = None
    late_since: date | None = None
    told_step: dict[int, int] = field(default_factory=dict)
    told_of_silence: dict[int, int] = field(default_factory=dict)

    def is_paused(self, day: date) -> bool:
        return any(since <= day < until for since, until in self.pauses)


@dataclass(slots=True, eq=False)
class News:
    """Something that happened at `at`: it still needs somebody (a follow-up was returned or sent, a role waits), or is told once.

    `event` is the verb of the ledger's entry, or the role that waits; `request_kind` is set where it is about a
    request. `others` are further agencies that it concerns; `by` are people to whom it is no news, because they did it.
    """

    kind: str
    code: str
    item: str
    title: str
    language: str
    agency: int | None
    at: datetime
    event: str = ""
    item_kind: str = ""
    others: tuple[int, ...] = ()
    by: frozenset[int] = frozenset()
    request_kind: str = ""
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
    # Agency → who is told in place of its head: the office whose address an administrator entered, or whoever reads mail there.
    offices: dict[int, int] = field(default_factory=dict)
    # Agency → the coordinators who took it into their portfolio. What is not in it is everybody's.
    taken: dict[int, frozenset[int]] = field(default_factory=dict)
    # The agencies with open tasks, which without a focal point are vacant.
    owing: frozenset[int] = frozenset()
    items: list[WatchedItem] = field(default_factory=list)
    news: list[News] = field(default_factory=list)
    # Person and day of messages that need not be made: they were sent, or must not be tried again.
    settled: set[tuple[int, date]] = field(default_factory=set)
    # Person → the day on which an address that refused mail is tried again.
    held_until: dict[int, date] = field(default_factory=dict)
    # People whose last message did not arrive, or may not have.
    unreached: set[int] = field(default_factory=set)
    # Person → the day of the last message that arrived, as far back as MEMORY.
    delivered_on: dict[int, date] = field(default_factory=dict)
    # The days, as far back, on which a run of `send_due` came to its end.
    ran_on: set[date] = field(default_factory=set)
    # Day → after how many days without news an update is expected: thresholds may change within the days planned.
    silent_days: dict[date, int] = field(default_factory=dict)


def occasion_at(at: datetime) -> str:
    """An instant written as a line's occasion; to the millisecond, so that it reads the same from both databases."""
    return at.astimezone(clock.ZONE).isoformat(timespec="milliseconds")


def plan_facts(first: date, last: date) -> PlanFacts:
    """The facts for the plans from `first` to `last`. The same few queries, however much there is."""
    facts = _agencies_and_people(first, last)
    rules = in_force_by_day(first, last)
    facts.silent_days = {day: rule.silent_days for day, rule in rules.items()}
    facts.news = [*_returned(), *_waiting(), *_dates_asked_for(), *_to_assess(), *_roles(), *_news(facts)]
    pauses = _pauses(first)
    facts.items = [*_tasks(facts, pauses, rules), *_commitments(facts, pauses, rules)]
    _mark_told(facts)
    _add_deliveries(facts)
    return facts


def _agencies_and_people(first: date, last: date) -> PlanFacts:
    rows = Agency.objects.values_list("pk", "key", "acronym", "name", "parent", "closed_on", "head_email").order_by(
        "pk"
    )
    agencies, addresses = {}, {}
    for pk, key, acronym, name, parent, closed_on, address in rows:
        agencies[pk] = NamedAgency(pk, key, acronym or name, parent, closed_on is not None)
        if address and closed_on is None:
            addresses[pk] = address
    appointments = list(
        Appointment.objects.not_ended(first)
        .filter(since__lte=last, user__is_active=True)
        .order_by("agency", "-kind", "since", "pk")
        .values_list("agency", "user", "kind", "since", "until")
    )
    roles = Role.objects.active().filter(user__is_active=True).exclude(kind=Role.Kind.SYSTEM).order_by("user")
    holders = list(roles.values_list("user", "kind"))
    known = {*(user for user, _kind in holders), *(user for _agency, user, *_rest in appointments)}
    columns = ("pk", "code", "name", "email", "language", "rhythm")
    people = {
        pk: Recipient(pk, code, name, email, language, rhythm == User.Rhythm.WEEKLY)
        for pk, code, name, email, language, rhythm in User.objects.active().reachable().values_list(*columns)
        if pk in known
    }
    offices = _offices(addresses, agencies, people)
    return PlanFacts(
        first,
        last,
        people,
        agencies,
        appointments,
        [user for user, kind in holders if kind == Role.Kind.COORDINATOR and user in people],
        [user for user, kind in holders if kind == Role.Kind.ADMINISTRATOR and user in people],
        offices,
        Portfolio.objects.taken(),
        frozenset(Agency.objects.registered().filter(has_open_work()).order_by().values_list("pk", flat=True)),
    )


def _offices(
    addresses: dict[int, str], agencies: dict[int, NamedAgency], people: dict[int, Recipient]
) -> dict[int, int]:
    """Agency → who reads its office's mail. Adds the offices to `people`: an address that a person has is that person's."""
    reading = {person.email: pk for pk, person in people.items()}
    found: dict[int, int] = {}
    with override(OFFICE_LANGUAGE):
        for agency, address in addresses.items():
            pk = found[agency] = reading.setdefault(address, -agency)
            if pk == -agency:
                key, name = agencies[agency].key, agencies[agency].name
                people[pk] = Recipient(
                    pk, office_code(key), office_name(name), address, OFFICE_LANGUAGE, is_weekly=False
                )
    return found


Pauses = dict[str, tuple[tuple[date, date], ...]]


def _pauses(first: date) -> Pauses:
    """Code of the task or commitment → its pauses, also those that ended since the last message may have gone out."""
    found: dict[str, tuple[tuple[date, date], ...]] = defaultdict(tuple)
    rows = Pause.objects.not_ended(calendar_days_after(first, -MEMORY.days))
    for task, commitment, since, until in rows.values_list("task__code", "commitment__code", "since", "until"):
        found[task or commitment] += ((since, until),)
    return found


Rules = dict[date, Thresholds]


def _late_since(rule: Rule, row: dict[str, Any], rules: Rules) -> date | None:
    """The first of these days on which the rule says late; later ones that it would say so on are left to the next run."""
    if row["light_due"] is None:
        return None
    first, last = min(rules), max(rules)
    begins = max(
        calendar_days_after(row["light_due"], 1), row["starts"] or date.min if row["claimed_on"] is None else date.min
    )
    day = max(begins, first)
    is_late = day <= last and rule[clause_of(rule, row, day, rules[day])].light == Light.LATE
    return begins if is_late else None


_DERIVED = {"claimed", "ready", "behind_from"}


def _read_by(rule: Rule, *besides: str) -> list[str]:
    """The columns that the rule's reader needs, and others."""
    tested = {test.field for clause in rule for test in clause.tests} - _DERIVED
    return sorted({*tested, "verified_progress", "claimed_progress", "starts", "light_due", *besides})


_OF_TASKS = _read_by(TASK_RULE, "code", "title", "language", "agency", "quiet_since", "commitment__code")
_OF_COMMITMENTS = _read_by(COMMITMENT_RULE, "pk", "code", "title", "language", "binds")


def _tasks(facts: PlanFacts, pauses: Pauses, rules: Rules) -> Iterator[WatchedItem]:
    """Open tasks that are due within reach or have been silent for long. Those that claim 100 % wait for the coordinators instead."""
    silent_since = max(day - timedelta(days=rule.silent_days) for day, rule in rules.items())
    waiting = {one.item for one in facts.news if one.kind in QUEUED}
    rows = (
        Task.objects.open()
        .exclude(Task.CLAIMED)
        .filter(Q(due__lte=facts.last + REACH) | Q(quiet_since__lt=silent_since))
        .order_by("pk")
        .values(*_OF_TASKS)
    )
    alone = {agency: (agency,) for agency in facts.agencies}  # one tuple for all tasks of an agency
    for row in rows.iterator(CHUNK):
        code, agencies = row["code"], alone[row["agency"]]
        yield WatchedItem(
            "task", code, row["title"], row["language"], agencies, row["due"], row["light_due"], row["starts"],
            row["quiet_since"], code in waiting, pauses.get(code, ()) + pauses.get(row["commitment__code"], ()),
            agencies, _late_since(TASK_RULE, row, rules),
        )  # fmt: skip


def _commitments(facts: PlanFacts, pauses: Pauses, rules: Rules) -> Iterator[WatchedItem]:
    """Commitments due within reach, with the agencies that still have something to do. Those that only wait for a review are left out."""
    rows = Commitment.objects.filter(Commitment.OPEN, due__lte=facts.last + REACH).exclude(Commitment.TO_BE_VERIFIED)
    named = _grouped(Commitment.agencies.through.objects.filter(commitment__in=rows.order_by()))
    ready = _grouped(
        Task.objects.confirmed()
        .filter(commitment__in=rows.order_by())
        .values("commitment", "agency")
        .annotate(left=Count("pk", filter=~Task.FULFILLED & ~Task.CLAIMED))
        .filter(left=0)
    )
    all_agencies = tuple(Agency.objects.reviewed().values_list("pk", flat=True))
    for row in rows.order_by("pk").values(*_OF_COMMITMENTS).iterator(CHUNK):
        pk, code = row["pk"], row["code"]
        bound: Iterable[int] = all_agencies if row["binds"] == Commitment.Binds.ALL else named.get(pk, ())
        agencies = tuple(
            agency for agency in bound if not facts.agencies[agency].is_closed and agency not in ready.get(pk, ())
        )
        yield WatchedItem(
            "commitment", code, row["title"], row["language"], agencies, row["due"], row["light_due"],
            pauses=pauses.get(code, ()), named=tuple(bound) if row["binds"] == Commitment.Binds.NAMED else None,
            late_since=_late_since(COMMITMENT_RULE, row, rules),
        )  # fmt: skip


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


def _roles() -> Iterator[News]:
    """Roles that a second person has to confirm: neither who gave them nor who gets them."""
    rows = Role.objects.waiting().select_related("user").order_by("given_at", "pk")
    for role in rows:
        by = frozenset(pk for pk in (role.given_by_id, role.user_id) if pk)
        yield News(ReminderKind.ROLE, role.code, role.code, role.user.name, "", None, role.given_at, role.kind, by=by)


def _news(facts: PlanFacts) -> Iterator[News]:
    """What the coordination office did to the agencies' items in the last days, as far as a message tells it. Four queries."""
    since = clock.start_of(facts.first - NEWS_AGE)
    oldest = Entry.objects.filter(at__gte=since).order_by("at", "seq").values_list("seq", flat=True).first()
    if oldest is None:
        return
    told = Q()
    for noun, verb in mailed_entries():
        told |= Q(entry__subject_type=noun, entry__verb=verb)
    rows = list(
        # By the agencies' keys, because the index of notices begins with them.
        Notice.objects.filter(told, agency__in=list(facts.agencies), entry__gte=oldest)
        .annotate(
            request_kind=Subquery(Request.objects.filter(code=OuterRef("entry__subject")).order_by().values("kind"))
        )
        .order_by("entry", "agency")
        .values_list(
            "entry", "entry__subject_type", "entry__verb", "entry__by", "entry__at", "request_kind", "item", "agency"
        )
    )
    titles = _titles({item for *_rest, item, _agency in rows})
    for (entry, noun, verb, by, at, asked), notices in groupby(rows, key=lambda row: row[:6]):
        (item, agency), *others = (row[6:] for row in notices)
        if item in titles:
            kind, _colon, code = item.partition(":")
            yield News(
                ReminderKind.NEWS, str(entry), code, *titles[item], agency, at, f"{noun}.{verb}", kind,
                tuple(other for _item, other in others), frozenset({by}), asked or "",
            )  # fmt: skip


def _titles(items: set[str]) -> dict[str, tuple[str, str]]:
    """What the ledger's items (`task:MC-250K-T1`) are called now, and in which language. Two queries."""
    found: dict[str, tuple[str, str]] = {}
    for noun, model in (("task", Task), ("commitment", Commitment)):
        codes = [item.partition(":")[2] for item in items if item.startswith(f"{noun}:")]
        rows = model.objects.in_bulk(codes, field_name="code").values()
        found |= {f"{noun}:{row.code}": (row.title, row.language) for row in rows}
    return found


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
    """Commitments to be assessed of which something was verified, since the day on which nothing of them was left open."""
    rows = Commitment.objects.filter(Commitment.TO_ASSESS, verified_on__isnull=False).annotate(
        settled_on=Commitment.SETTLED_ON
    )
    for code, title, language, on in rows.order_by("settled_on", "pk").values_list(
        "code", "title", "language", "settled_on"
    ):
        yield News(ReminderKind.ASSESSMENT, code, code, title, language, None, clock.start_of(on))


def _mark_told(facts: PlanFacts) -> None:
    """Note on each item and piece of news who has been told of it. What was said of an earlier date or return does not count."""
    items = {item.code: item for item in facts.items}
    news = {(one.kind, one.code): one for one in facts.news}
    rows = (
        MessageItem.objects.filter(message__state=DailyMessage.State.SENT, message__day__gte=facts.first - MEMORY)
        .filter(message__person__isnull=False)
        .exclude(kind=ReminderKind.SUM)
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
        item.told_of_silence[person] = step


def _add_deliveries(facts: PlanFacts) -> None:
    """Add what became of the messages of these days, and of those before."""
    states = DailyMessage.State
    rows = DailyMessage.objects.filter(
        Q(day__gte=facts.first - MEMORY) | Q(next_attempt_at__gt=clock.start_of(facts.first))
    )
    for account, office, day, state, address, again in rows.order_by("day").values_list(
        "person", "office", "day", "state", "address", "next_attempt_at"
    ):
        person = account or -office
        if state == states.SENT:
            facts.unreached.discard(person)
            facts.delivered_on[person] = day
        else:
            facts.unreached.add(person)
        if day >= facts.first and state not in DailyMessage.TRIED_AGAIN:
            facts.settled.add((person, day))
        if state == states.REFUSED and again and person in facts.people and facts.people[person].email == address:
            facts.held_until[person] = clock.day_of(again)
    complete = DailyAnchor.objects.filter(day__gte=facts.first - MEMORY, is_complete=True)
    facts.ran_on = set(complete.values_list("day", flat=True))
