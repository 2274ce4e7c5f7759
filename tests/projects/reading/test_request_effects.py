"""What a request is said to do is what its approval does."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from focalpoints import clock
from projects import actions
from projects.light.reader import clause_of
from projects.light.rule import COMMITMENT_RULE
from projects.light.thresholds import in_force
from projects.models import Commitment, Request, Task
from projects.reading.request_effects import CommitmentStanding, effect_of
from tests.cast import Cast
from tests.dates import ahead

pytestmark = [pytest.mark.django_db, pytest.mark.once]
WHY = {"category": "scope", "reason": "Cambió el plan."}


def fulfilled(cast: Cast, **facts: Any) -> Task:
    task = cast.task(**facts)
    cast.follow_up("accepted", task, progress=100)
    return task


def found(cast: Cast) -> Commitment:
    fulfilled(cast, commitment=(commitment := cast.another_commitment(agencies=[cast.sct, cast.sep])))
    fulfilled(cast, commitment=commitment, agency=cast.sep)
    cast.find(commitment)
    return commitment


def recurring(cast: Cast) -> Commitment:
    commitment = cast.another_commitment(recurrence="quarterly")
    fulfilled(cast, commitment=commitment)
    return commitment


def two_open(cast: Cast) -> list[Request]:
    tasks = [cast.task(), cast.task(due=ahead(5))]
    cast.follow_up("accepted", tasks[0], progress=40)
    commitment = Commitment.objects.get(pk=cast.commitment.pk)
    return actions.ask_cancellations(commitment, by=cast["coordinator"], tasks=tasks, **WHY)


def asked(verb: str, row: Callable[[Cast], Any], **facts: Any) -> Callable[[Cast], list[Request]]:
    def ask(cast: Cast) -> list[Request]:
        item = row(cast)
        item.refresh_from_db()
        return [getattr(actions, verb)(item, by=cast["coordinator"], **WHY, **facts)]

    return ask


def begun(cast: Cast) -> Task:
    task = cast.task()
    cast.follow_up("accepted", task, progress=40)
    return task


CASES: dict[str, Callable[[Cast], list[Request]]] = {
    "cancelled": asked("ask_cancellation", begun),
    "replaced": asked("ask_cancellation", begun, title="Otra"),
    "several": two_open,
    "other words of what was found fulfilled": asked("ask_scope", found, wanted={"title": "Otra promesa"}),
    "fewer agencies": asked(
        "ask_scope", lambda cast: cast.another_commitment(agencies=[cast.sct, cast.sep]), wanted={"agencies": ["9"]}
    ),
    "withdrawn": asked("ask_withdrawal", found),
    "withdrawn after its date": asked("ask_withdrawal", lambda cast: cast.another_commitment(due=ahead(100))),
    "end of a series": asked("ask_series_end", recurring),
    "fulfilled without a task": lambda cast: [
        actions.ask_finding(row := cast.another_commitment(), by=cast["coordinator"], revision=row.revision, reasons="Sí.")
    ],
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_an_approval_does_what_was_said_of_it(cast: Cast, case: str) -> None:
    changes = CASES[case](cast)
    for days in (0, 200):
        with clock.at(clock.now() + timedelta(days=days)):
            effect = effect_of([Request.objects.get(pk=change.pk) for change in changes], clock.today())
            assert effect.before == standing(changes[0].commitment)
    later = clock.now() + timedelta(days=200)
    with clock.at(later):
        for change in changes:
            actions.approve_request(change, by=cast["second coordinator"], revision=change.revision)
        assert effect.after == standing(changes[0].commitment)


def standing(commitment: Commitment) -> CommitmentStanding:
    row, on = Commitment.objects.get(pk=commitment.pk), clock.today()
    clause = COMMITMENT_RULE[clause_of(COMMITMENT_RULE, vars(row), on, in_force(on))]
    return CommitmentStanding(row.verified_progress, row.tasks_open, row.tasks_cancelled, row.tasks_replaced, clause)
