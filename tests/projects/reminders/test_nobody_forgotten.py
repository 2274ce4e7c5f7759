"""Over months of made-up networks, without a database: what is late is told of again and again, and nobody is told twice a day."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from focalpoints import clock
from focalpoints.business_days import on_or_after
from projects.models import DailyAnchor
from projects.reminders.compose import compose
from projects.reminders.facts import NamedAgency, News, PlanFacts, Recipient, ReminderKind, WatchedItem
from projects.reminders.message import ReminderReason
from projects.reminders.plan import Roster, plan
from projects.reminders.rehearsal import rehearse
from projects.reminders.texts import TEXTS, default
from tests.examples import examples

FIRST, DAYS = date(2018, 9, 3), 160
WINDOW = timedelta(days=30)
HEAD, ONE, OTHER = 1, 2, 3  # agencies; the first heads the sector of the second
TITULAR, ALTERNATE, SECOND, COORDINATOR, COLLEAGUE, CHIEF = range(11, 17)

ITEMS = st.lists(
    st.tuples(
        st.sampled_from(["task", "task", "commitment"]),
        st.sampled_from([(HEAD,), (ONE,), (OTHER,), (ONE, OTHER)]),
        st.integers(-400, 60),  # due, days from the first one
        st.integers(0, 5),  # days in review
        st.one_of(st.none(), st.tuples(st.integers(0, 60), st.integers(1, 60))),  # a pause: from, for how many days
    ),
    min_size=1,
    max_size=14,
)


def network(items, weekly, taken, is_seated, has_head, has_office):
    people = {
        pk: Recipient(pk, f"P-{pk}", f"Person {pk}", f"{pk}@example.org", "en", pk in weekly)
        for pk in (TITULAR, ALTERNATE, SECOND, COORDINATOR, COLLEAGUE, CHIEF)
    }
    agencies = {
        HEAD: NamedAgency(HEAD, "1", "H", None),
        ONE: NamedAgency(ONE, "2", "A", HEAD),
        OTHER: NamedAgency(OTHER, "3", "B", None),
    }
    appointments = [
        (HEAD, SECOND, "titular", date(2018, 1, 1), None),
        (ONE, TITULAR, "titular", date(2018, 1, 1), None),
        (ONE, ALTERNATE, "alternate", date(2018, 1, 1), None),
    ]
    appointments += [(OTHER, SECOND, "titular", date(2018, 1, 1), None)] if is_seated else []
    appointments += [(HEAD, CHIEF, "head", date(2018, 1, 1), None)] if has_head else []
    offices = {ONE: -ONE} if has_office else {}
    people |= {-ONE: Recipient(-ONE, "oficina-2", "Office", "office@example.org", "es-mx", False)} if has_office else {}
    facts = PlanFacts(
        FIRST, FIRST + timedelta(DAYS - 1), people, agencies, appointments, [COORDINATOR, COLLEAGUE], [CHIEF], offices,
        {agency: frozenset({COORDINATOR}) for agency in taken}, frozenset(agencies),
    )  # fmt: skip
    facts.silent_days = {FIRST + timedelta(n): 60 for n in range(DAYS)}
    for number, (kind, named, days, waited, pause) in enumerate(items):
        due = FIRST + timedelta(days)
        light_due = due + timedelta(waited)
        pauses = ((FIRST + timedelta(pause[0]), FIRST + timedelta(sum(pause))),) if pause else ()
        facts.items.append(
            WatchedItem(
                kind, f"I{number}", f"Item {number}", "es", named, due, light_due, pauses=pauses, named=named,
                late_since=light_due + timedelta(1),
            )
        )  # fmt: skip
    return facts


def opens_to(message, item, roster):
    """Whether one of the message's sums counts the item in a list of its reader's."""
    names = {one.name for one in message.sums if one.count}
    is_theirs = message.person.pk in roster.coordinators_for(item.named)
    return is_theirs and f"late {item.kind}s" in names and item.late_since <= message.day


@settings(max_examples=examples(25), deadline=None)
@given(
    items=ITEMS,
    weekly=st.sets(st.integers(TITULAR, CHIEF)),
    taken=st.sets(st.sampled_from([HEAD, ONE, OTHER])),
    is_seated=st.booleans(),
    has_head=st.booleans(),
    has_office=st.booleans(),
)
def test_what_is_late_is_told_of_in_any_thirty_days_and_nobody_is_told_twice_a_day(
    items, weekly, taken, is_seated, has_head, has_office
):
    facts = network(items, weekly, taken, is_seated, has_head, has_office)
    told, by_name = defaultdict(set), defaultdict(set)
    for planned in rehearse(FIRST, DAYS, facts):
        roster = Roster(facts, planned.day)
        assert max(Counter(message.person.email for message in planned.messages).values(), default=1) == 1
        for message in planned.messages:
            for line in message.named():
                told[line.code].add(planned.day)
                if line.reason == ReminderReason.FOCAL_POINT and not message.person.is_weekly:
                    by_name[line.code].add(planned.day)
            for item in facts.items:
                if opens_to(message, item, roster):
                    told[item.code].add(planned.day)
    daily = {agency for agency, person, kind, *_rest in facts.appointments if person not in weekly and kind != "head"}
    for item in facts.items:
        start = max(item.late_since, FIRST)
        while (end := on_or_after(start + WINDOW)) <= facts.last:
            window = [start + timedelta(n) for n in range((end - start).days + 1)]
            if not any(map(item.is_paused, window)):
                assert any(day in told[item.code] for day in window), (item, start)
                if daily.intersection(item.agencies):
                    assert any(day in by_name[item.code] for day in window), (item, start)
            start += timedelta(1)


@pytest.mark.parametrize("language", ["es-mx", "en"])
def test_a_coordinator_s_message_fits_on_a_screen_however_much_there_is(language):
    """Every sum, the ten most urgent, each with a note, and the ledger's head under it."""
    late = [(kind, (ONE,), -days, 0, None) for days in range(40, 240) for kind in ("task", "commitment")]
    facts = network(late, set(), {OTHER}, True, False, False)
    facts.news = [
        News(ReminderKind.QUEUE, f"I{n}-S1", f"I{n}", "Item", "es", ONE, clock.start_of(FIRST - timedelta(n)))
        for n in range(30)
    ]
    facts.owing |= {99}
    facts.agencies[99] = NamedAgency(99, "9", "V", None)
    facts.people = {pk: replace(person, language=language) for pk, person in facts.people.items()}
    message = next(one for one in plan(facts, FIRST).messages if one.person.pk == COORDINATOR)
    assert len(message.sums) == 4
    assert all(line.reason.startswith("no ") for line in message.lines)
    texts = {(key, language): default(key, language) for key in TEXTS}
    body = compose(message, texts, DailyAnchor(day=FIRST, seq=1_000_000, digest="0" * 64)).text
    assert len(body.splitlines()) <= 40, body
