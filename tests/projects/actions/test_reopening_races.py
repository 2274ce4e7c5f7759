"""A re-opening beside another, and beside a finding that rests on what it takes away: one outcome, and never a light over an open task."""

from collections import Counter
from time import sleep

import pytest
from django.db import OperationalError, connection, transaction

from focalpoints.ledger.verification import verify
from focalpoints.models import Entry, LedgerHead
from focalpoints.workflow import NotPossible
from projects import actions
from projects.models import Commitment, FollowUp, Reopening
from tests.dates import ahead
from tests.focalpoints.actions.test_administration_races import until_waiting

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = ("coordinator", "second coordinator")


@pytest.fixture
def settled(cast):
    """A commitment of which nothing is open: its one task was accepted at 100 %."""
    commitment = cast.another_commitment(due=ahead(90))
    cast.follow_up("accepted", cast.task(commitment=commitment), progress=100)
    commitment.refresh_from_db()
    return commitment


def reopening(cast, who="coordinator"):
    row = FollowUp.objects.get()
    return lambda: actions.reopen_follow_up(row, by=cast[who], revision=row.revision, reason="Es de otra obra.")


def assessing(cast, commitment, verb=None):
    row, verb = Commitment.objects.get(pk=commitment.pk), verb or actions.assess
    said = {"verdict": "fulfilled", "reasons": "Se entregó."}
    return lambda: verb(row, by=cast["second coordinator"], revision=row.revision, **said)


def test_two_reopen_at_once(race, cast, settled):
    outcomes = race(*[reopening(cast, who) for who in PEOPLE])
    assert Counter(isinstance(outcome, Entry) for outcome in outcomes) == {True: 1, False: 1}
    assert sum(isinstance(outcome, NotPossible) for outcome in outcomes) == 1
    assert (Reopening.objects.count(), Entry.objects.filter(verb="reopen").count()) == (1, 1)
    assert verify().is_intact


def test_a_finding_while_what_it_rests_on_is_reopened(race, cast, settled):
    outcomes = race(reopening(cast), assessing(cast, settled))
    assert isinstance(outcomes[0], Entry)
    settled.refresh_from_db()
    assert (settled.tasks_open, settled.finding) == (1, "")
    found = settled.assessments.all()
    assert [row.state for row in found] == ([] if isinstance(outcomes[1], NotPossible) else ["set aside"])
    assert verify().is_intact


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite's transactions take turns by themselves")
def test_without_its_turn_a_finding_and_a_reopening_would_keep_each_other_waiting(race, cast, settled):
    """The negative control: the finding writes before it has the head, which the re-opening has."""
    find = transaction.atomic(assessing(cast, settled, actions.assess.__wrapped__))

    def holding_the_head():
        with transaction.atomic():
            LedgerHead.objects.select_for_update().get(pk=1)
            until_waiting(2)

    outcomes = race(holding_the_head, lambda: sleep(0.3) or reopening(cast)(), lambda: until_waiting(1) or find())
    assert ["deadlock" in str(outcome) for outcome in outcomes if isinstance(outcome, OperationalError)] == [True]
