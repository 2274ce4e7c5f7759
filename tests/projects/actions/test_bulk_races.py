"""Two coordinators who decide the same follow-ups together, at the same instant: each is decided once, and nothing waits for ever."""

import pytest

from focalpoints.ledger.verification import verify
from focalpoints.models import Entry
from projects import actions
from projects.models import FollowUp

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_two_tick_at_once_is_decided_once(race, cast):
    rows = [cast.follow_up("submitted") for _ in range(15)]
    chosen = [(row.pk, row.revision) for row in rows]
    accepted, returned = race(
        lambda: actions.accept_in_bulk(chosen, by=cast["coordinator"]),
        lambda: actions.return_in_bulk(chosen[::-1], by=cast["second coordinator"], comment="Falta el acta."),
    )
    said = [done.code for outcome in (accepted, returned) for done in outcome.decided]
    assert sorted(said) == sorted(row.code for row in rows)
    assert len(accepted.left) + len(returned.left) == len(rows)
    states = {row.code: row.state for row in FollowUp.objects.all()}
    assert states == {done.code: "accepted" for done in accepted.decided} | {
        done.code: "returned" for done in returned.decided
    }
    assert Entry.objects.filter(verb__in=["accept", "return"]).count() == len(rows)
    assert verify().is_intact


def test_a_withdrawal_between_two_parts_is_told(race, cast):
    rows = [cast.follow_up("submitted") for _ in range(12)]
    last = FollowUp.objects.get(pk=rows[-1].pk)
    outcome, withdrawn = race(
        lambda: actions.accept_in_bulk([(row.pk, row.revision) for row in rows], by=cast["coordinator"]),
        lambda: actions.withdraw(last, by=cast["focal point"]),
    )
    state = FollowUp.objects.get(pk=last.pk).state
    assert state == ("withdrawn" if isinstance(withdrawn, Entry) else "accepted")
    assert [left.code for left in outcome.left] == ([last.code] if state == "withdrawn" else [])
    assert verify().is_intact
