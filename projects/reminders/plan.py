"""Who is told what on a day, and why. Pure: the same facts and day give the same messages, sent or only rehearsed."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from focalpoints.business_days import between, is_business_day
from focalpoints.models import Appointment
from projects.reminders.facts import NamedAgency, News, PlanFacts, Recipient, ReminderKind, WatchedItem
from projects.reminders.ladder import COORDINATORS, HEAD, SECTOR_HEAD, newest, newest_ahead, next_weekly_day, weekly_day
from projects.reminders.message import ESCALATIONS, Message, ReminderLine, ReminderReason

NEVER = -1000
# Business days that something may wait for the coordinators before they hear of it, and between one telling and the next.
PATIENCE = 5


@dataclass(frozen=True, slots=True)
class Gap:
    """Nobody is there to hear of so many items: `what` is "focal point", "head" or "sector head" of `agency`, or "coordinator"."""

    what: str
    agency: NamedAgency | None
    items: int


@dataclass(frozen=True, slots=True)
class DayPlan:
    """The messages of a day, by name; who gets none because their address refuses mail until a day; who is missing.

    `postponed`: of how many items somebody who reads once a week hears on a later day.
    """

    day: date
    messages: list[Message]
    held: list[tuple[Recipient, date]]
    gaps: list[Gap]
    postponed: list[tuple[Recipient, int]] = field(default_factory=list)

    @property
    def held_back(self) -> int:
        """How many people hear nothing, or not all, of what there is to say."""
        return len({person.pk for person, _why in (*self.held, *self.postponed)})


def plan(facts: PlanFacts, day: date) -> DayPlan:
    """The messages of that day that have not gone out. On a free day there are none."""
    if not is_business_day(day):
        return DayPlan(day, [], [], [])
    desk = Desk(facts, day)
    lines: dict[int, list[ReminderLine]] = defaultdict(list)
    for item in facts.items:
        if not item.is_paused(day):
            for person, line in (*_on_the_ladder(item, desk), *_on_silence(item, desk)):
                lines[person].append(line)
    for one in facts.news:
        for person, line in _on_news(one, desk):
            lines[person].append(line)
    messages, held = [], []
    for pk in sorted(lines, key=lambda pk: (facts.people[pk].name, pk)):
        if (pk, day) in facts.done:
            continue
        if facts.held.get(pk, day) > day:
            held.append((facts.people[pk], facts.held[pk]))
        else:
            messages.append(Message(facts.people[pk], day, sorted(lines[pk], key=_order)))
    gaps = [Gap(what, facts.places.get(agency), count) for (what, agency), count in sorted(desk.gaps.items())]
    return DayPlan(day, messages, held, gaps, _postponed(desk, lines))


def _postponed(desk: "Desk", lines: dict[int, list[ReminderLine]]) -> list[tuple[Recipient, int]]:
    """By name. An item whose escalation passes is not postponed."""
    late = [
        (desk.facts.people[pk], len(codes - {line.code for line in lines.get(pk, ())}))
        for pk, codes in desk.postponed.items()
    ]
    return sorted([(person, count) for person, count in late if count], key=lambda pair: (pair[0].name, pair[0].pk))


def _order(line: ReminderLine) -> tuple[str, date, str]:
    return (line.kind, line.light_due or date.max, line.code)


class Desk:
    """Who answers for what on a day."""

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
        self.weekly = self._reading_today(weekly)
        self.waiting = weekly - self.weekly
        self.next_weekly_day = next_weekly_day(day)
        self.postponed: dict[int, set[str]] = defaultdict(set)

    def _reading_today(self, weekly: set[int]) -> set[int]:
        """The first day of the week on which everybody was sent theirs; until then whoever had none, and later whom it did not reach."""
        start = weekly_day(self.day)
        if self.day < start or any(start <= ran < self.day for ran in self.facts.ran_on):
            return weekly & self.facts.unheard
        served = {person for person, on in self.facts.heard.items() if start <= on < self.day}
        return weekly - (served - self.facts.unheard)

    def hears(self, person: int, reason: str, code: str) -> bool:
        """Whether this person's rhythm lets the line pass today; what it does not is noted."""
        if person not in self.waiting or reason in ESCALATIONS:
            return True
        self.postponed[person].add(code)
        return False

    def answering(self, agency: int) -> Iterator[tuple[int, str]]:
        """The agency's focal points, or else whoever must appoint one."""
        if found := self.focal_points.get(agency):
            for person in found:
                yield person, ReminderReason.FOCAL_POINT
        else:
            self.gaps["focal point", agency] += 1
            for person in self.administrators:
                yield person, ReminderReason.NO_FOCAL_POINT

    def escalated(self, item: WatchedItem, rung: int) -> Iterator[tuple[int, str]]:
        """Whom an item this late reaches above its agency's focal points."""
        missing = ReminderReason.COORDINATOR
        above: list[tuple[int, str]] = []
        for agency in item.agencies:
            if rung >= HEAD:
                missing = self._reach(agency, "head", ReminderReason.HEAD, above) or missing
            place = self.facts.places.get(agency)
            if rung >= SECTOR_HEAD and place and (parent := place.parent) is not None:
                missing = self._reach(parent, "sector head", ReminderReason.SECTOR_HEAD, above) or missing
        if rung >= COORDINATORS:
            if not self.coordinators:
                self.gaps["coordinator", 0] += 1
            for person in self.coordinators:
                yield person, missing
        yield from above

    def _reach(self, agency: int, what: str, reason: str, above: list[tuple[int, str]]) -> str:
        """Add the head of `agency`; where there is none, the reason for which the coordinators hear of it instead."""
        if agency in self.heads:
            above.append((self.heads[agency], reason))
            return ""
        self.gaps[what, agency] += 1
        return ReminderReason.NO_HEAD if reason == ReminderReason.HEAD else ReminderReason.NO_SECTOR_HEAD


LinesToTell = Iterator[tuple[int, ReminderLine]]


def _on_the_ladder(item: WatchedItem, desk: Desk) -> LinesToTell:
    if item.due is None or item.light_due is None:
        return
    now = newest(item.due, item.light_due, desk.day)
    week = newest_ahead(item.due, item.light_due, desk.day, desk.next_weekly_day) if desk.weekly else now
    if now is None and week is None:
        return
    seen: set[int] = set()
    for person, reason, agency in _audience(item, now, desk):
        rung = week if person in desk.weekly else now
        if rung is None or person in seen:
            continue
        if item.said.get(person, NEVER) >= rung:
            seen.add(person)
        elif desk.hears(person, reason, item.code):
            seen.add(person)
            yield person, _line(ReminderKind.LADDER, reason, item, desk, agency, item.due.isoformat(), rung)


def _audience(item: WatchedItem, rung: int | None, desk: Desk) -> Iterator[tuple[int, str, int | None]]:
    """Everybody whom the item reaches at that rung, once for each reason; with the agency that they answer for."""
    for agency in item.agencies:
        for person, reason in desk.answering(agency):
            yield person, reason, agency
    if not item.agencies:
        for person in desk.coordinators:
            yield person, ReminderReason.NO_AGENCY, None
    if rung is not None and rung >= COORDINATORS:
        for person, reason in desk.escalated(item, rung):
            yield person, reason, None


def _on_silence(item: WatchedItem, desk: Desk) -> LinesToTell:
    """An update is expected: once for each silence, and only of what no reminder of a date speaks of."""
    if item.quiet_since is None or (desk.day - item.quiet_since).days <= desk.silent_days:
        return
    if item.is_with_the_office:
        return
    if item.starts and item.starts > desk.day:
        return
    if (
        item.due
        and item.light_due
        and newest_ahead(item.due, item.light_due, desk.day, desk.next_weekly_day) is not None
    ):
        return
    for agency in item.agencies:
        for person, reason in desk.answering(agency):
            if person not in item.silence_said and desk.hears(person, reason, item.code):
                yield person, _line(ReminderKind.SILENCE, reason, item, desk, agency, item.quiet_since.isoformat(), 0)


def _on_news(one: News, desk: Desk) -> LinesToTell:
    if one.kind == ReminderKind.RETURNED:
        audience = list(desk.answering(one.agency)) if one.agency is not None else []
        step = 0
    else:
        age = between(one.on, desk.day)
        if age <= PATIENCE:
            return
        audience = [(person, ReminderReason.COORDINATOR) for person in desk.coordinators]
        step = (age - 1) // PATIENCE
    for person, reason in audience:
        # A queue's age is no escalation: it keeps to the rhythm.
        if one.said.get(person, NEVER) < step and desk.hears(person, "", one.code):
            place = desk.facts.places.get(one.agency or 0)
            yield (
                person,
                ReminderLine(
                    one.kind, reason, one.code, one.item, "", one.title, one.language, (place,) if place else (),
                    one.occasion, step, about=one,
                ),
            )  # fmt: skip


def _line(
    kind: str, reason: str, item: WatchedItem, desk: Desk, agency: int | None, occasion: str, step: int
) -> ReminderLine:
    """`agency` is the one that the person answers for; without one, all that the item still waits for are named."""
    agencies = item.agencies if agency is None else (agency,)
    places = tuple(desk.facts.places[pk] for pk in agencies if pk in desk.facts.places)
    return ReminderLine(
        kind, reason, item.code, item.code, item.kind, item.title, item.language, places, occasion, step, item.due,
        item.light_due, item,
    )  # fmt: skip
