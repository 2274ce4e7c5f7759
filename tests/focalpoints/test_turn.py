"""A verb's turn: it decides by what it read, unless somebody recorded something before it had the ledger's head."""

import threading

import pytest
from django.db import connection, connections, transaction

from focalpoints import clock
from focalpoints.ledger.record import PublicState, record
from focalpoints.models import Entry, LedgerHead, User
from focalpoints.turn import head_first, in_turn, in_turn_of_dossier, stands_on, take_head
from tests.cast import make_user

pytestmark = pytest.mark.django_db(transaction=True)


def elsewhere(function):
    """Carry it out on a connection of its own, to the end."""

    def run():
        try:
            function()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def written(by, code="A"):
    with transaction.atomic():
        record("create", PublicState("agency", code), by=by, office="system")


def last_of(dossier):
    return Entry.objects.filed_under(dossier).values_list("seq", flat=True).first() or 0


@pytest.fixture
def person() -> User:
    user = make_user("anybody", "coordinator")
    written(user)
    return User.objects.get(pk=user.pk)


def test_what_was_read_stands_while_nobody_records_anything(person):
    read = []

    @in_turn
    def verb():
        read.append(LedgerHead.objects.get().seq)
        take_head(person)
        written(person)

    verb()
    assert read == [1]
    assert LedgerHead.objects.get().seq == 2


def test_overtaken_it_runs_once_more_with_the_head_in_hand(person):
    read = []

    @in_turn
    def verb():
        read.append((LedgerHead.objects.get().seq, connection.in_atomic_block))
        if len(read) == 1:
            elsewhere(lambda: written(person))
        take_head(person)
        written(person)

    verb()
    assert read == [(1, False), (2, True)]
    assert LedgerHead.objects.get().seq == 3


@pytest.mark.parametrize(("code", "runs"), [("A", 2), ("B", 1)])
def test_of_a_dossier_only_what_is_recorded_in_it_counts(person, code, runs):
    read = []

    @in_turn_of_dossier
    def verb():
        stands_on("agency:A", last_of("agency:A"))
        read.append(1)
        if len(read) == 1:
            elsewhere(lambda: written(person, code))
        take_head(person)
        written(person, "A")

    person.standing  # noqa: B018 - read, as a guard reads it
    verb()
    assert len(read) == runs


def test_of_a_dossier_what_the_person_may_is_asked_again(person):
    read = []

    @in_turn_of_dossier
    def verb():
        by = User.objects.get(pk=person.pk)
        read.append(sorted(by.standing.roles))
        stands_on("agency:A", last_of("agency:A"))
        if len(read) == 1:
            elsewhere(lambda: person.roles.update(state="ended", ended_at=clock.now()))
        take_head(by)

    verb()
    assert read == [["coordinator"], []]


def test_nobody_writes_without_the_head(person):
    with pytest.raises(RuntimeError, match="before it writes"):
        in_turn(lambda: written(person))()
    head_first(lambda: written(person))()
    assert LedgerHead.objects.get().seq == 2


def test_a_verb_within_a_verb_has_its_turn(person):
    @in_turn
    def step():
        take_head(person)
        written(person)

    @in_turn
    def verb():
        take_head(person)
        step()
        step()
        raise LookupError

    with pytest.raises(LookupError):
        verb()
    assert LedgerHead.objects.get().seq == 1, "undone as a whole"
