"""The plan of a day: who is told what, and why. Pure: the same facts and day give the same plan, to be sent or only rehearsed.

Focal points are told of each item, and whether they were is kept for each. To whoever answers for much (coordinators, heads,
administrators for want of a focal point) items climb: they are told of what climbed a rung since their last message, the most urgent by
name, the rest in sums.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from heapq import heappush, heappushpop

from focalpoints.business_days import between, calendar_days_after, is_business_day
from focalpoints.models import Appointment
from focalpoints.text import alphabetical
from projects.reminders.facts import NamedAgency, News, PlanFacts, Recipient, ReminderKind, WatchedItem
from projects.reminders.ladder import (
    COORDINATORS_FROM,
    EVERY,
    HEAD_FROM,
    SECTOR_HEAD_FROM,
    last_rung,
    last_rung_of_week,
    next_weekly_day,
    weekly_day,
)
from projects.reminders.message import MOST_URGENT, Message, ReminderLine, ReminderReason, Sum

NEVER = -1000  # a step below every other: nothing was told yet
# After how many business days in the queue coordinators are reminded of something, and after how many more again.
QUEUE_DAYS = 5


@dataclass(frozen=True, slots=True)
class Gap:
    """A post that nobody holds, and how many items its holder would be told of: "focal point", "head" or "sector head" of an agency, or
    "coordinator".
    """

    what: str
    agency: NamedAgency | None
    items: int


@dataclass(frozen=True, slots=True)
class DayPlan:
    """The messages of a day, ordered by name, and whom they do not reach.

    `held`: people whose address refuses mail, and when it is tried again. `vacancies`: agencies with open tasks and no focal point; `gaps`:
    other posts that nobody holds. `postponed`: people who read once a week, and of how many items they will be told on a later day.
    """

    day: date
    messages: list[Message]
    held: list[tuple[Recipient, date]]
    vacancies: list[Gap]
    gaps: list[Gap]
    postponed: list[tuple[Recipient, int]] = field(default_factory=list)

    @property
    def held_back(self) -> int:
        """How many people are told nothing today, or not everything."""
        return len({person.pk for person, _why in (*self.held, *self.postponed)})


def plan(facts: PlanFacts, day: date) -> DayPlan:
    """The messages of `day` that have not gone out yet. On a free day there are none."""
    if not is_business_day(day):
        return DayPlan(day, [], [], [], [])
    roster = Roster(facts, day)
    told = Telling(roster)
    for item in facts.items:
        told.count(item)
        if not item.is_paused(day):
            told.on_the_ladder(item)
            told.on_silence(item)
    for one in facts.news:
        told.on_news(one)
    messages, held = [], []
    for pk in sorted({*told.own, *told.urgent}, key=lambda pk: (alphabetical(facts.people[pk].name), pk)):
        if (pk, day) in facts.settled:
            continue
        if facts.held_until.get(pk, day) > day:
            held.append((facts.people[pk], facts.held_until[pk]))
        else:
            messages.append(told.message_to(pk))
    gaps = [Gap(what, facts.agencies.get(agency), count) for (what, agency), count in sorted(roster.gaps.items())]
    vacancies = sorted(roster.vacant, key=lambda pk: (alphabetical(facts.agencies[pk].name), pk))
    return DayPlan(
        day,
        messages,
        held,
        [Gap("focal point", facts.agencies[pk], roster.unanswered[pk]) for pk in vacancies],
        gaps,
        _postponed(roster, told),
    )


def _postponed(roster: "Roster", told: "Telling") -> list[tuple[Recipient, int]]:
    """People and numbers of items, by name. An item that they are told of today for another reason is not counted."""
    late = [
        (roster.facts.people[pk], len(codes - {line.code for line in told.own.get(pk, ())} - told.climbed[pk]))
        for pk, codes in roster.postponed.items()
    ]
    return sorted(
        [(person, count) for person, count in late if count], key=lambda pair: (alphabetical(pair[0].name), pair[0].pk)
    )


def _sort_key(line: ReminderLine) -> tuple[str, date, str]:
    return (line.kind, line.light_due or date.max, line.code)


class Roster:
    """Who answers for what on a day, and who reads their messages that day. It counts the gaps that the plan meets."""

    def __init__(self, facts: PlanFacts, day: date) -> None:
        self.facts, self.day = facts, day
        self.silent_days = facts.silent_days[day]
        self.focal_points: dict[int, list[int]] = defaultdict(list)
        # Who is told as the head of an agency: with an account, or at the office's address.
        self.heads: dict[int, int] = dict(facts.offices)
        seated = set()
        for agency, person, kind, since, until in facts.appointments:
            if since <= day and (until is None or until > day):
                if kind != Appointment.Kind.HEAD:
                    seated.add(agency)
                if person not in facts.people:
                    continue
                if kind == Appointment.Kind.HEAD:
                    self.heads[agency] = person
                elif person not in self.focal_points[agency]:
                    self.focal_points[agency].append(person)
        self.seated = frozenset(seated)
        self.vacant = facts.owing - self.seated
        self.coordinators = facts.coordinators or facts.administrators
        self.administrators = facts.administrators or facts.coordinators
        self._answering: dict[tuple[int, ...], list[int]] = {}
        self.unanswered: Counter[int] = Counter()
        self.gaps: Counter[tuple[str, int]] = Counter()
        weekly = {person.pk for person in facts.people.values() if person.is_weekly}
        self.weekly_today = self._reading_today(weekly)
        self.weekly_later = weekly - self.weekly_today
        self.next_weekly_day = next_weekly_day(day)
        self.postponed: dict[int, set[str]] = defaultdict(set)

    def _reading_today(self, weekly: set[int]) -> set[int]:
        """Which of the weekly readers get a message today: all on the week's first business day, later those who have had none yet.

        Once a run of this week came to its end, only those whom their message did not reach.
        """
        start = weekly_day(self.day)
        if self.day < start or any(start <= ran < self.day for ran in self.facts.ran_on):
            return weekly & self.facts.unreached
        served = {person for person, on in self.facts.delivered_on.items() if start <= on < self.day}
        return weekly - (served - self.facts.unreached)

    def tells_today(self, person: int, code: str) -> bool:
        """Whether this person may be told today of what is their own, by their rhythm; if not, the item is noted as postponed."""
        if person not in self.weekly_later:
            return True
        self.postponed[person].add(code)
        return False

    def answering(self, agency: int) -> Iterator[tuple[int, str]]:
        """The agency's focal points; when it has none, the administrators, who appoint one. With the reason for each."""
        if agency in self.seated:
            for person in self.focal_points.get(agency, ()):
                yield person, ReminderReason.FOCAL_POINT
        else:
            self.unanswered[agency] += 1
            for person in self.administrators:
                yield person, ReminderReason.NO_FOCAL_POINT

    def coordinators_for(self, agencies: tuple[int, ...]) -> list[int]:
        """The coordinators who took one of these agencies into their portfolio; all of them where nobody took one of them."""
        found = self._answering.get(agencies)
        if found is None:
            takers = [self.facts.taken.get(agency) for agency in agencies]
            taken = frozenset().union(*(some for some in takers if some))
            is_everybodys = not takers or not all(takers)
            found = [person for person in self.coordinators if is_everybodys or person in taken]
            found = self._answering[agencies] = found or self.coordinators
        return found

    def escalated(self, item: WatchedItem, rung: int) -> Iterator[tuple[int, str]]:
        """Who is told of an item this late besides its focal points, and why: heads of agencies and sectors, coordinators."""
        missing = ReminderReason.COORDINATOR
        above: list[tuple[int, str]] = []
        for agency in item.agencies:
            if rung >= HEAD_FROM:
                missing = self._add_head(agency, "head", ReminderReason.HEAD, above) or missing
            named = self.facts.agencies.get(agency)
            if rung >= SECTOR_HEAD_FROM and named and (parent := named.parent) is not None:
                missing = self._add_head(parent, "sector head", ReminderReason.SECTOR_HEAD, above) or missing
        if rung >= COORDINATORS_FROM:
            if not self.coordinators:
                self.gaps["coordinator", 0] += 1
            for person in self.coordinators_for(item.agencies):
                yield person, missing
        yield from above

    def _add_head(self, agency: int, what: str, reason: str, above: list[tuple[int, str]]) -> str:
        """Add the head of `agency` to `above`. When there is none, give the reason for which coordinators are told instead."""
        if agency in self.heads:
            above.append((self.heads[agency], reason))
            return ""
        self.gaps[what, agency] += 1
        return ReminderReason.NO_HEAD if reason == ReminderReason.HEAD else ReminderReason.NO_SECTOR_HEAD


class Telling:
    """What everybody is told on a day, gathered item by item."""

    def __init__(self, roster: Roster) -> None:
        self.roster, self.facts, self.day = roster, roster.facts, roster.day
        self.own: dict[int, list[ReminderLine]] = defaultdict(list)
        # Of what climbed to somebody, the codes, and the most urgent with how urgent each is.
        self.climbed: dict[int, set[str]] = defaultdict(set)
        self.urgent: dict[int, list[tuple[int, str, str, ReminderLine]]] = defaultdict(list)
        # How many are late: for a coordinator, in an agency, in a sector.
        self.late: Counter[tuple[str, int, str]] = Counter()
        self.queue = sum(one.kind in (ReminderKind.QUEUE, ReminderKind.DATE_REQUEST) for one in self.facts.news)

    def message_to(self, pk: int) -> Message:
        own = sorted(self.own.get(pk, ()), key=_sort_key)
        urgent = [line for *_key, line in sorted(self.urgent.get(pk, ()), reverse=True)]
        climbed = len(self.climbed[pk])
        return Message(self.facts.people[pk], self.day, own + urgent, climbed, self._sums(pk) if climbed else ())

    # ---- Sums

    def count(self, item: WatchedItem) -> None:
        """Count an item that is late among those of everybody whose lists show it."""
        if item.late_since is None or item.late_since > self.day:
            return
        for person in self.roster.coordinators_for(item.named or ()):
            self.late["portfolio", person, item.kind] += 1
        named = item.named or ()
        for agency in named:
            self.late["agency", agency, item.kind] += 1
        for sector in {self.facts.agencies[agency].parent or agency for agency in named}:
            self.late["sector", sector, item.kind] += 1

    def _sums(self, pk: int) -> tuple[Sum, ...]:
        """What the person's lists show today, without empty ones."""
        found: list[Sum] = []
        if pk in self.roster.coordinators:
            value = self.facts.people[pk].code if self.facts.taken else ""
            found += self._late("portfolio", pk, value)
            found.append(Sum("queue", self.queue))
        if pk in self.roster.coordinators or pk in self.roster.administrators:
            found.append(Sum("vacant", len(self.roster.vacant)))
        for agency, head in self.roster.heads.items():
            if head == pk:
                whole = "sector" if agency in self._sectors else "agency"
                found += self._late(whole, agency, self.facts.agencies[agency].key)
        return tuple(one for one in found if one.count)

    @cached_property
    def _sectors(self) -> set[int]:
        return {agency.parent for agency in self.facts.agencies.values() if agency.parent is not None}

    def _late(self, narrowed_by: str, of: int, value: str) -> list[Sum]:
        return [
            Sum(f"late {kind}s", self.late[narrowed_by, of, kind], narrowed_by if value else "", value)
            for kind in ("task", "commitment")
        ]

    # ---- Lines

    def on_the_ladder(self, item: WatchedItem) -> None:
        if item.due is None or item.light_due is None:
            return
        due, light_due, roster = item.due, item.light_due, self.roster
        now = last_rung(due, light_due, self.day)
        ahead = last_rung_of_week(due, light_due, self.day, roster.next_weekly_day) if roster.weekly_today else now
        if now is None and ahead is None:
            return
        seen: set[int] = set()
        for person, reason, agency in self._audience(item, now):
            if person in seen:
                continue
            if reason == ReminderReason.FOCAL_POINT:
                rung = ahead if person in roster.weekly_today else now
                if rung is None:
                    continue
                if item.told_step.get(person, NEVER) >= rung:
                    seen.add(person)
                elif roster.tells_today(person, item.code):
                    seen.add(person)
                    line = self._line(ReminderKind.LADDER, reason, item, agency, due.isoformat(), rung)
                    self.own[person].append(line)
            elif now is not None:
                seen.add(person)
                if self._step_then(person, item, due, light_due) < now:
                    late = (self.day - light_due).days
                    self._climb(person, late, ReminderKind.LADDER, reason, item, agency, due.isoformat(), now)

    def on_silence(self, item: WatchedItem) -> None:
        """An update is expected: asked about on the ladder too, counted from the day it was, while no reminder of the due date is sent."""
        if item.quiet_since is None or item.is_with_the_office or (item.starts and item.starts > self.day):
            return
        expected = calendar_days_after(item.quiet_since, self.roster.silent_days)
        now = last_rung(expected, expected, self.day)
        if now is None or now < 0 or self._speaks_of_its_date(item):
            return
        occasion = item.quiet_since.isoformat()
        seen: set[int] = set()
        for person, reason, agency in self._audience(item, now):
            if person in seen:
                continue
            if reason == ReminderReason.FOCAL_POINT:
                if item.told_of_silence.get(person, NEVER) >= now:
                    seen.add(person)
                elif self.roster.tells_today(person, item.code):
                    seen.add(person)
                    self.own[person].append(self._line(ReminderKind.SILENCE, reason, item, agency, occasion, now))
            else:
                seen.add(person)
                if self._step_then(person, item, expected, expected) < now:
                    late = (self.day - expected).days
                    self._climb(person, late, ReminderKind.SILENCE, reason, item, agency, occasion, now)

    def _speaks_of_its_date(self, item: WatchedItem) -> bool:
        if item.due is None or item.light_due is None:
            return False
        return last_rung_of_week(item.due, item.light_due, self.day, self.roster.next_weekly_day) is not None

    def _step_then(self, person: int, item: WatchedItem, due: date, light_due: date) -> int:
        """The rung on which the item stood when the person had their last message; NEVER when it was paused, or there was none."""
        last = self.facts.delivered_on.get(person)
        if last is None or item.is_paused(last):
            return NEVER
        rung = last_rung(due, light_due, last)
        return NEVER if rung is None else rung

    def _audience(self, item: WatchedItem, rung: int | None) -> Iterator[tuple[int, str, int | None]]:
        """Everybody who is told at that rung: person, reason, and the agency that they answer for. A person may come more than once."""
        for agency in item.agencies:
            for person, reason in self.roster.answering(agency):
                yield person, reason, agency
        if not item.named and not item.agencies:
            for person in self.roster.coordinators:
                yield person, ReminderReason.NO_AGENCY, None
        if rung is not None and rung >= COORDINATORS_FROM:
            for person, reason in self.roster.escalated(item, rung):
                yield person, reason, None

    def on_news(self, one: News) -> None:
        match one.kind:
            case ReminderKind.RETURNED:
                # Told at once, and again every thirty days while it lies with its agency.
                step = max(0, (self.day - one.on).days) // EVERY
                self._tell_agencies(one, step, is_theirs_to_do=True)
            case ReminderKind.NEWS:
                self._tell_agencies(one, 0, is_theirs_to_do=False)
            case ReminderKind.ROLE:
                step = between(one.on, self.day) // QUEUE_DAYS
                for person in dict.fromkeys((*self.facts.coordinators, *self.facts.administrators)):
                    self._tell(person, ReminderReason.CONFIRMS, one, None, step)
            case _:
                self._queued(one)

    def _tell_agencies(self, one: News, step: int, *, is_theirs_to_do: bool) -> None:
        """Tell the focal points; of what they would have to do, the administrators of an agency that has none."""
        for agency in (one.agency, *one.others):
            if agency is None:
                continue
            for person, reason in self.roster.answering(agency):
                if reason == ReminderReason.FOCAL_POINT:
                    self._tell(person, reason, one, agency, step)
                elif is_theirs_to_do:
                    last = self.facts.delivered_on.get(person)
                    if last is None or last <= one.on or (last - one.on).days // EVERY < step:
                        self._climb_news(person, (self.day - one.on).days, reason, one, agency, step)

    def _tell(self, person: int, reason: str, one: News, agency: int | None, step: int) -> None:
        """Tell it to somebody whose own it is: once at each step, as often as their rhythm has it, and in one line."""
        if person in one.by or one.told_step.get(person, NEVER) >= step:
            return
        lines = self.own[person]
        if not any(line.about is one for line in lines) and self.roster.tells_today(person, one.code):
            lines.append(self._news_line(reason, one, agency, step))

    def _queued(self, one: News) -> None:
        """What waits for the coordinators."""
        age = between(one.on, self.day)
        if age <= QUEUE_DAYS:
            return
        step = (age - 1) // QUEUE_DAYS
        for person in self.roster.coordinators_for((one.agency,) if one.agency is not None else ()):
            last = self.facts.delivered_on.get(person)
            if last is None or (between(one.on, last) - 1) // QUEUE_DAYS < step:
                self._climb_news(person, (self.day - one.on).days, ReminderReason.COORDINATOR, one, one.agency, step)

    # ---- What climbs: only the most urgent become lines

    def _climb(
        self, person: int, days: int, kind: str, reason: str, item: WatchedItem, agency: int | None, occasion: str, step: int
    ) -> None:  # fmt: skip
        if self._is_urgent(person, days, item.code, kind):
            self._keep(person, days, self._line(kind, reason, item, agency, occasion, step))

    def _climb_news(self, person: int, days: int, reason: str, one: News, agency: int | None, step: int) -> None:
        if self._is_urgent(person, days, one.code, one.kind):
            self._keep(person, days, self._news_line(reason, one, agency, step))

    def _is_urgent(self, person: int, days: int, code: str, kind: str) -> bool:
        """Count it, and tell whether it is among the most urgent so far: what has waited longest."""
        self.climbed[person].add(code)
        kept = self.urgent[person]
        return len(kept) < MOST_URGENT or (days, code, kind) > kept[0][:3]

    def _keep(self, person: int, days: int, line: ReminderLine) -> None:
        kept = self.urgent[person]
        (heappush if len(kept) < MOST_URGENT else heappushpop)(kept, (days, line.code, line.kind, line))

    def _line(
        self, kind: str, reason: str, item: WatchedItem, agency: int | None, occasion: str, step: int
    ) -> ReminderLine:
        """A line about this item. It names `agency`, for which the person answers; without one, all agencies that the item waits for."""
        agencies = item.agencies if agency is None else (agency,)
        named = tuple(self.facts.agencies[pk] for pk in agencies if pk in self.facts.agencies)
        return ReminderLine(
            kind, reason, item.code, item.code, item.kind, item.title, item.language, named, occasion, step, item.due,
            item.light_due, about=item,
        )  # fmt: skip

    def _news_line(self, reason: str, one: News, agency: int | None, step: int) -> ReminderLine:
        named = self.facts.agencies.get(agency or 0)
        return ReminderLine(
            one.kind, reason, one.code, one.item, one.item_kind, one.title, one.language, (named,) if named else (),
            one.occasion, step, event=one.event, request_kind=one.request_kind, about=one,
        )  # fmt: skip
