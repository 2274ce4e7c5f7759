"""The plan of a day: who is told what, and why. Pure: the same facts and day give the same plan, to be sent or only rehearsed."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from focalpoints.business_days import between, is_business_day
from focalpoints.models import Appointment
from projects.reminders.facts import NamedAgency, News, PlanFacts, Recipient, ReminderKind, WatchedItem
from projects.reminders.ladder import (
    COORDINATORS_FROM,
    HEAD_FROM,
    SECTOR_HEAD_FROM,
    last_rung,
    last_rung_of_week,
    next_weekly_day,
    weekly_day,
)
from projects.reminders.message import ESCALATIONS, Message, ReminderLine, ReminderReason

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

    `held`: people whose address refuses mail, and when it is tried again. `gaps`: posts that nobody holds. `postponed`: people who
    read once a week, and of how many items they will be told on a later day.
    """

    day: date
    messages: list[Message]
    held: list[tuple[Recipient, date]]
    gaps: list[Gap]
    postponed: list[tuple[Recipient, int]] = field(default_factory=list)

    @property
    def held_back(self) -> int:
        """How many people are told nothing today, or not everything."""
        return len({person.pk for person, _why in (*self.held, *self.postponed)})


def plan(facts: PlanFacts, day: date) -> DayPlan:
    """The messages of `day` that have not gone out yet. On a free day there are none."""
    if not is_business_day(day):
        return DayPlan(day, [], [], [])
    roster = Roster(facts, day)
    lines: dict[int, list[ReminderLine]] = defaultdict(list)
    for item in facts.items:
        if not item.is_paused(day):
            for person, line in (*_on_the_ladder(item, roster), *_on_silence(item, roster)):
                lines[person].append(line)
    for one in facts.news:
        for person, line in _on_news(one, roster):
            lines[person].append(line)
    messages, held = [], []
    for pk in sorted(lines, key=lambda pk: (facts.people[pk].name, pk)):
        if (pk, day) in facts.settled:
            continue
        if facts.held_until.get(pk, day) > day:
            held.append((facts.people[pk], facts.held_until[pk]))
        else:
            messages.append(Message(facts.people[pk], day, sorted(lines[pk], key=_sort_key)))
    gaps = [Gap(what, facts.agencies.get(agency), count) for (what, agency), count in sorted(roster.gaps.items())]
    return DayPlan(day, messages, held, gaps, _postponed(roster, lines))


def _postponed(roster: "Roster", lines: dict[int, list[ReminderLine]]) -> list[tuple[Recipient, int]]:
    """People and numbers of items, by name. An item that they are told of today for another reason is not counted."""
    late = [
        (roster.facts.people[pk], len(codes - {line.code for line in lines.get(pk, ())}))
        for pk, codes in roster.postponed.items()
    ]
    return sorted([(person, count) for person, count in late if count], key=lambda pair: (pair[0].name, pair[0].pk))


def _sort_key(line: ReminderLine) -> tuple[str, date, str]:
    return (line.kind, line.light_due or date.max, line.code)


class Roster:
    """Who answers for what on a day, and who reads their messages that day. It counts the gaps that the plan meets."""

    def __init__(self, facts: PlanFacts, day: date) -> None:
        self.facts, self.day = facts, day
        self.silent_days = facts.silent_days[day]
        self.focal_points: dict[int, list[int]] = defaultdict(list)
        self.heads: dict[int, int] = {}
        for agency, person, kind, since, until in facts.appointments:
            if since <= day and (until is None or until > day) and person in facts.people:
                if kind == Appointment.Kind.HEAD:
                    self.heads[agency] = person
                elif person not in self.focal_points[agency]:
                    self.focal_points[agency].append(person)
        self.coordinators = facts.coordinators or facts.administrators
        self.administrators = facts.administrators or facts.coordinators
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

    def tells_today(self, person: int, reason: str, code: str) -> bool:
        """Whether this person may be told today, by their rhythm; if not, the item is noted as postponed."""
        if person not in self.weekly_later or reason in ESCALATIONS:
            return True
        self.postponed[person].add(code)
        return False

    def answering(self, agency: int) -> Iterator[tuple[int, str]]:
        """The agency's focal points; when it has none, the administrators, who appoint one. With the reason for each."""
        if found := self.focal_points.get(agency):
            for person in found:
                yield person, ReminderReason.FOCAL_POINT
        else:
            self.gaps["focal point", agency] += 1
            for person in self.administrators:
                yield person, ReminderReason.NO_FOCAL_POINT

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
            for person in self.coordinators:
                yield person, missing
        yield from above

    def _add_head(self, agency: int, what: str, reason: str, above: list[tuple[int, str]]) -> str:
        """Add the head of `agency` to `above`. When there is none, give the reason for which coordinators are told instead."""
        if agency in self.heads:
            above.append((self.heads[agency], reason))
            return ""
        self.gaps[what, agency] += 1
        return ReminderReason.NO_HEAD if reason == ReminderReason.HEAD else ReminderReason.NO_SECTOR_HEAD


LinesToTell = Iterator[tuple[int, ReminderLine]]


def _on_the_ladder(item: WatchedItem, roster: Roster) -> LinesToTell:
    if item.due is None or item.light_due is None:
        return
    now = last_rung(item.due, item.light_due, roster.day)
    week = (
        last_rung_of_week(item.due, item.light_due, roster.day, roster.next_weekly_day) if roster.weekly_today else now
    )
    if now is None and week is None:
        return
    seen: set[int] = set()
    for person, reason, agency in _audience(item, now, roster):
        rung = week if person in roster.weekly_today else now
        if rung is None or person in seen:
            continue
        if item.told_step.get(person, NEVER) >= rung:
            seen.add(person)
        elif roster.tells_today(person, reason, item.code):
            seen.add(person)
            yield person, _line(ReminderKind.LADDER, reason, item, roster, agency, item.due.isoformat(), rung)


def _audience(item: WatchedItem, rung: int | None, roster: Roster) -> Iterator[tuple[int, str, int | None]]:
    """Everybody who is told at that rung: person, reason, and the agency that they answer for. A person may come more than once."""
    for agency in item.agencies:
        for person, reason in roster.answering(agency):
            yield person, reason, agency
    if not item.agencies:
        for person in roster.coordinators:
            yield person, ReminderReason.NO_AGENCY, None
    if rung is not None and rung >= COORDINATORS_FROM:
        for person, reason in roster.escalated(item, rung):
            yield person, reason, None


def _on_silence(item: WatchedItem, roster: Roster) -> LinesToTell:
    """An update is expected: told once for each silence, and only while no reminder of the due date is being sent."""
    if item.quiet_since is None or (roster.day - item.quiet_since).days <= roster.silent_days:
        return
    if item.is_with_the_office:
        return
    if item.starts and item.starts > roster.day:
        return
    if (
        item.due
        and item.light_due
        and last_rung_of_week(item.due, item.light_due, roster.day, roster.next_weekly_day) is not None
    ):
        return
    for agency in item.agencies:
        for person, reason in roster.answering(agency):
            if person not in item.told_of_silence and roster.tells_today(person, reason, item.code):
                yield person, _line(ReminderKind.SILENCE, reason, item, roster, agency, item.quiet_since.isoformat(), 0)


def _on_news(one: News, roster: Roster) -> LinesToTell:
    if one.kind == ReminderKind.RETURNED:
        audience = list(roster.answering(one.agency)) if one.agency is not None else []
        step = 0
    else:
        age = between(one.on, roster.day)
        if age <= QUEUE_DAYS:
            return
        audience = [(person, ReminderReason.COORDINATOR) for person in roster.coordinators]
        step = (age - 1) // QUEUE_DAYS
    for person, reason in audience:
        # No escalation, so the person's rhythm holds: hence no reason is given.
        if one.told_step.get(person, NEVER) < step and roster.tells_today(person, "", one.code):
            agency = roster.facts.agencies.get(one.agency or 0)
            yield (
                person,
                ReminderLine(
                    one.kind, reason, one.code, one.item, "", one.title, one.language, (agency,) if agency else (),
                    one.occasion, step, about=one,
                ),
            )  # fmt: skip


def _line(
    kind: str, reason: str, item: WatchedItem, roster: Roster, agency: int | None, occasion: str, step: int
) -> ReminderLine:
    """A line about this item. It names `agency`, for which the person answers; without one, all agencies that the item waits for."""
    agencies = item.agencies if agency is None else (agency,)
    named = tuple(roster.facts.agencies[pk] for pk in agencies if pk in roster.facts.agencies)
    return ReminderLine(
        kind, reason, item.code, item.code, item.kind, item.title, item.language, named, occasion, step, item.due,
        item.light_due, item,
    )  # fmt: skip
