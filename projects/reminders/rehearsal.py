"""The rehearsal: which messages the next days will bring, for everybody or for one person."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from focalpoints.business_days import is_business_day
from focalpoints.models import Appointment
from projects.reminders.facts import PlanFacts, ReminderKind, WatchedItem, plan_facts
from projects.reminders.message import Message
from projects.reminders.plan import DayPlan, plan


def rehearse(first_day: date, days: int = 14, facts: PlanFacts | None = None) -> Iterator[DayPlan]:
    """The plan of each business day from `first_day` on, as if every earlier message had been sent and nothing else had happened."""
    last = first_day + timedelta(days=days - 1)
    facts = facts or plan_facts(first_day, last)
    for offset in range(days):
        day = first_day + timedelta(days=offset)
        if is_business_day(day):
            planned = plan(facts, day)
            yield planned
            _mark_as_sent(facts, planned)


def _mark_as_sent(facts: PlanFacts, planned: DayPlan) -> None:
    facts.ran_on.add(planned.day)
    for message in planned.messages:
        facts.unreached.discard(message.person.pk)
        facts.delivered_on[message.person.pk] = planned.day
        for line in message.named():
            told = line.about
            if isinstance(told, WatchedItem) and line.kind == ReminderKind.SILENCE:
                told.told_of_silence[message.person.pk] = line.step
            elif told:
                told.told_step[message.person.pk] = line.step


def plans_for(person: int, first_day: date, days: int) -> Iterator[DayPlan]:
    """As `rehearse`, but complete for this person alone: faster, since most items concern others."""
    facts = plan_facts(first_day, first_day + timedelta(days=days - 1))
    return rehearse(first_day, days, _concerning(facts, person))


def messages_to(person: int, first_day: date, days: int = 14) -> list[Message]:
    """The messages that this person, or this office, will get in those days."""
    plans = plans_for(person, first_day, days)
    return [message for planned in plans for message in planned.messages if message.person.pk == person]


def _concerning(facts: PlanFacts, person: int) -> PlanFacts:
    """The facts without the items and news that cannot reach this person. A coordinator or administrator may be told of any."""
    if person in facts.coordinators or person in facts.administrators:
        return facts
    own = {agency for agency, user, *_rest in facts.appointments if user == person}
    headed = {
        agency for agency, user, kind, *_rest in facts.appointments if user == person and kind == Appointment.Kind.HEAD
    }
    headed |= {agency for agency, reader in facts.offices.items() if reader == person}
    own |= headed | {agency.pk for agency in facts.agencies.values() if agency.parent in headed}
    items = [item for item in facts.items if not own.isdisjoint(item.named or item.agencies)]
    return replace(
        facts, items=items, news=[one for one in facts.news if not own.isdisjoint((one.agency, *one.others))]
    )
