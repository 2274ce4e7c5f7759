"""What the preview of a date shows is what the verb then writes, for whatever happened to the item before."""

from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from focalpoints import clock
from projects import actions
from projects.actions.request_writing import columns_of, unsaved_request
from projects.date_moves import dates_written
from projects.light.rule import COMMITMENT_RULE, TASK_RULE
from projects.models import Commitment, Request, Task
from projects.reading.date_effects import DateStanding, effect_of
from tests.cast import Cast
from tests.dates import ahead, ask
from tests.deciding import corrected, first_dated
from tests.projects.light import test_rule_histories as histories
from tests.projects.light.test_rule_histories import REFUSED, World, a_world, decide, define, report, wait

RULES = {Task: TASK_RULE, Commitment: COMMITMENT_RULE}
# Which clause holds on these days tells the dates, next to each threshold of the rule.
LOOKED_AT = (0, 1, 14, 15, 16, 30, 60, 61, 150, 400)


def columns(row: Commitment | Task) -> dict[str, Any]:
    """Everything that its row says, but how often it was written."""
    [found] = type(row).objects.filter(pk=row.pk).values()
    return {name: value for name, value in found.items() if name != "revision"}


def changed(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in after.items() if value != before[name]}


def standing(row: Commitment | Task, on: date) -> DateStanding:
    """As the database says it."""
    found = type(row).objects.with_clause(on).get(pk=row.pk)
    return DateStanding(found.due, found.moves, found.slippage_days, RULES[type(row)][found.clause])


def planned(kind: str, row: Commitment | Task, to_due: date) -> Request:
    """The change that the verb of this kind would write."""
    if kind == Request.Kind.RESCHEDULING:
        return unsaved_request(row, to_due)
    return Request(kind=kind, from_due=row.due, to_due=to_due, **columns_of(row))


def carried_out(world: World, change: Request) -> None:
    row, office = change.item, world.cast["coordinator"]
    if change.kind == Request.Kind.FIRST_DATE:
        first_dated(world.cast, row, change.to_due)
    elif change.kind == Request.Kind.CORRECTION:
        corrected(world.cast, row, change.to_due)
    else:
        agency = change.task.agency if change.task else world.cast.sct
        by = world.cast[histories.AGENCIES[agency.key]]
        asked = actions.request_date(
            row, by=by, agency=agency, to_due=change.to_due, category="legal", reason="Un amparo."
        )
        actions.approve_request(asked, by=office, revision=0)


def previewed_and_carried_out(world: World, change: Request) -> None:
    rows: list[Any] = [change.item] if change.task is None else [change.item, change.commitment]
    before = [columns(row) for row in rows]
    days = [world.today + timedelta(days=number) for number in LOOKED_AT]
    standings = [[standing(row, on) for row in rows] for on in days]
    effects = [effect_of(change, on) for on in days]
    written = {type(row): columns for row, columns in dates_written(change)}
    assert [columns(row) for row in rows] == before, "a preview writes nothing"
    carried_out(world, change)
    after = [columns(row) for row in rows]
    for row, old, new in zip(rows, before, after, strict=True):
        moved = changed(old, new)
        if type(row) is Commitment and change.task:
            moved.pop("next_due", None)  # which the clauses below tell
        assert moved == changed(old, old | written.get(type(row), {}))
    for on, shown, stood in zip(days, effects, standings, strict=True):
        pairs = [shown.item] if shown.commitment is None else [shown.item, shown.commitment]
        assert [pair[0] for pair in pairs] == stood
        assert [pair[1] for pair in pairs] == [standing(row, on) for row in rows]


RESCHEDULING, FIRST_DATE, CORRECTION = Request.DATES
FULFILLED = [(wait, 20), (report, 0, 100, False), (decide, 0, "accepted")]
CLAIMED = [(report, 0, 100, False)]
WAITED = [(report, 0, 40, False), (wait, 30), (decide, 0, "returned")]
ALL_FULFILLED = [*FULFILLED, (report, 1, 100, False), (decide, 1, "accepted")]
# The commitment's due date in days, whether it recurs, what happened before; then whose date becomes which, None for the commitment's.
CASES = {
    "within its commitment": (300, False, [], RESCHEDULING, 0, 120),
    "beyond its commitment": (300, False, [], RESCHEDULING, 0, 400),
    "beyond one that recurs": (300, True, [], RESCHEDULING, 0, 400),
    "brought forward": (300, False, [], RESCHEDULING, 1, 30),
    "a commitment's own": (300, False, [], RESCHEDULING, None, 400),
    "waited": (300, False, WAITED, RESCHEDULING, 0, 61),
    "a commitment's that waited": (300, False, WAITED, RESCHEDULING, None, 400),
    "claimed": (300, False, CLAIMED, RESCHEDULING, 0, 120),
    "claimed, with its commitment": (300, False, CLAIMED, RESCHEDULING, 0, 400),
    "fulfilled": (300, False, FULFILLED, CORRECTION, 0, -3),
    "a commitment's, all fulfilled": (30, False, [(define, "11", None, 5), *ALL_FULFILLED], CORRECTION, None, 16),
    "a first date": (300, False, [(define, "9", None, None)], FIRST_DATE, 2, 1),
    "a commitment's first date": (None, False, [], FIRST_DATE, None, 400),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_preview_is_what_the_verb_then_does(cast, case):
    previewed_after(cast, *case)


@histories.lived
@given(
    due=st.none() | st.sampled_from([10, 300]), recurs=st.booleans(),
    sequence=st.lists(histories.steps, max_size=8), kind=st.sampled_from(Request.DATES), number=histories.target,
    days=histories.soon,
)  # fmt: skip
def test_so_it_is_whatever_happened_before(cast, due, recurs, sequence, kind, number, days):
    with suppress(*REFUSED):
        previewed_after(cast, due, recurs, sequence, kind, number, days)


def previewed_after(
    cast: Cast, due: int | None, recurs: bool, sequence: list[tuple], kind: str, number: int | None, days: int
) -> None:
    """Raises what the verb raises."""
    with a_world(cast, due) as world:
        Commitment.objects.filter(pk=world.commitment.pk).update(recurrence="quarterly" if recurs else "")
        world.commitment.refresh_from_db()
        histories.begin(world)
        for act, *arguments in sequence:
            with suppress(*REFUSED), clock.at(world.instant):
                act(world, *arguments)
        with clock.at(world.instant):
            row = in_hand(world, number)
            previewed_and_carried_out(world, planned(kind, row, world.today + timedelta(days=days)))


def in_hand(world: World, number: int | None) -> Commitment | Task:
    if number is None:
        return Commitment.objects.get(pk=world.commitment.pk)
    return Task.objects.select_related("commitment", "agency").get(pk=world.task(number).pk)


@pytest.mark.parametrize("days", [75, 130])
def test_a_request_shows_what_the_form_had_shown(cast, days):
    """Read from its own row, after it was sent."""
    task = Task.objects.select_related("commitment").get(pk=cast.task().pk)
    shown = effect_of(unsaved_request(task, ahead(days)), clock.today())
    change = ask(cast, task, days)
    sent = effect_of(Request.objects.get(pk=change.pk), clock.today())
    assert (sent.item, sent.commitment, sent.warnings) == (shown.item, shown.commitment, shown.warnings)
    assert shown.commitment[1].due == ahead(max(days, 90))
