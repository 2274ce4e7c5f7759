"""One person's messages without working out everybody's."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from focalpoints.business_days import is_business_day
from focalpoints.models import Appointment, User
from projects.reminders.facts import PlanFacts, ReminderKind, WatchedItem, load
from projects.reminders.message import Message
from projects.reminders.plan import DayPlan, plan


def rehearse(first_day: date, days: int = 14, facts: PlanFacts | None = None) -> Iterator[DayPlan]:
    """Each business day from `first_day` on, as if every message before it had been sent and nothing else had happened."""
    last = first_day + timedelta(days=days - 1)
    facts = facts or load(first_day, last)
    for offset in range(days):
        day = first_day + timedelta(days=offset)
        if is_business_day(day):
            planned = plan(facts, day)
            yield planned
            _go_on(facts, planned)


def _go_on(facts: PlanFacts, planned: DayPlan) -> None:
    facts.ran_on.add(planned.day)
    for message in planned.messages:
        facts.unheard.discard(message.person.pk)
        facts.heard[message.person.pk] = planned.day
        for line in message.named():
            if line.kind == ReminderKind.SILENCE and isinstance(line.about, WatchedItem):
                line.about.silence_said.add(message.person.pk)
            elif line.about:
                line.about.said[message.person.pk] = line.step


def plans_for(person: int, first_day: date, days: int) -> Iterator[DayPlan]:
    """As `rehearse`, for the sake of this person's messages: those to others, and the gaps, may lack items."""
    facts = load(first_day, first_day + timedelta(days=days - 1))
    return rehearse(first_day, days, _concerning(facts, person))


def messages_to(person: User, first_day: date, days: int = 14) -> list[Message]:
    """The messages that this person gets in those days."""
    plans = plans_for(person.pk, first_day, days)
    return [message for planned in plans for message in planned.messages if message.person.pk == person.pk]


def _concerning(facts: PlanFacts, person: int) -> PlanFacts:
    """With the items and news alone that can reach them; everything can reach a coordinator and an administrator."""
    if person in facts.coordinators or person in facts.administrators:
        return facts
    own = {agency for agency, user, *_rest in facts.appointments if user == person}
    headed = {
        agency for agency, user, kind, *_rest in facts.appointments if user == person and kind == Appointment.Kind.HEAD
    }
    own |= {place.pk for place in facts.places.values() if place.parent in headed}
    items = [item for item in facts.items if not own.isdisjoint(item.agencies)]
    return replace(facts, items=items, news=[one for one in facts.news if one.agency in own])
