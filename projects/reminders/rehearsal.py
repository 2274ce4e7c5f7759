"""One person's messages without working out everybody's."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from focalpoints.models import Appointment
from projects.reminders.facts import PlanFacts, load
from projects.reminders.plan import DayPlan, rehearse


def rehearse_for(person: int, first_day: date, days: int) -> Iterator[DayPlan]:
    """As `rehearse`, for the sake of this person's messages: those to others, and the gaps, may lack items."""
    facts = load(first_day, first_day + timedelta(days=days - 1))
    return rehearse(first_day, days, _concerning(facts, person))


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
