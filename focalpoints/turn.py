"""The turn of a verb: it reads what it decides by, waits for the ledger's head, writes, and lets go of the head when it is done.

Two verbs that add up the same rows at once would each miss what the other writes. One lock, always taken first, cannot deadlock; taken
as late as possible, it is held for as long as writing takes. What was decided by before stands if nothing was recorded meanwhile.
Otherwise the verb runs once more from its beginning, with the head in hand.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Any, NamedTuple

from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.models import QuerySet

from focalpoints import clock
from focalpoints.models import Entry, LedgerHead, User
from focalpoints.models.user import powers, standing_from
from focalpoints.sql.prepared import Asked, asked_together, prepared


class LockedHead(NamedTuple):
    """Number, digest and business time of the ledger's last entry, while nobody else can add one."""

    seq: int
    digest: str
    at: datetime | None


class Overtaken(Exception):
    """Something was recorded between what a verb read and its turn."""


class HeadKept(Exception):
    """Somebody else kept the head for as long as a verb waits (edn_portal/operations/databases.py says how long one is)."""


@dataclass(slots=True)
class Turn:
    """`seen` is the number of the last entry when the verb began to read: of its dossier, or of the whole ledger where it names none."""

    seen: int = 0
    dossier: str = ""
    head: LockedHead | None = None
    transaction: ExitStack = field(default_factory=ExitStack)


_turn: ContextVar[Turn | None] = ContextVar("turn", default=None)


def in_turn[**P, T](verb: Callable[P, T]) -> Callable[P, T]:
    """Decorate a verb: its guard (`permitted`) takes the head. What it reads before that stands while nobody records anything."""

    def begin() -> Turn:
        return Turn(seen=_last_number()[0])

    return _taking_turns(verb, begin)


def in_turn_of_dossier[**P, T](verb: Callable[P, T]) -> Callable[P, T]:
    """As `in_turn`, for verbs that many people call at once: what they read stands while nobody records anything in their dossier.

    The verb says which that is (`stands_on`), and decides by nothing else until it has the head.
    """
    return _taking_turns(verb, Turn)


def head_first[**P, T](verb: Callable[P, T]) -> Callable[P, T]:
    """As `in_turn`, for what reads so much that the head is better taken before, or has no guard that takes it."""

    def with_head(*args: P.args, **kwargs: P.kwargs) -> T:
        turn = _turn.get()
        if turn and turn.head is None:
            _take(turn)
        return verb(*args, **kwargs)

    return wraps(verb)(_taking_turns(with_head, Turn))


def _taking_turns[**P, T](verb: Callable[P, T], begin: Callable[[], Turn]) -> Callable[P, T]:
    @wraps(verb)
    def taking_turns(*args: P.args, **kwargs: P.kwargs) -> T:
        if _turn.get():  # a step of another verb, in whose turn it is
            return verb(*args, **kwargs)
        turn = begin()
        token = _turn.set(turn)
        try:
            with turn.transaction:
                try:
                    return verb(*args, **kwargs)
                except Overtaken:
                    pass
                except DatabaseError:
                    raise
                except Exception:
                    # What refuses it before it has the head may have been read half before, half after somebody else's entry.
                    if turn.head or _stands(turn):
                        raise
                    _take(turn)
                return verb(*args, **kwargs)
        finally:
            _turn.reset(token)

    return taking_turns


@contextmanager
def in_a_step() -> Iterator[None]:
    """One of several verbs that a turn carries out: what it wrote is taken back where it fails, and the others stand."""
    turn = _turn.get()
    head = turn.head if turn else None
    try:
        with transaction.atomic():
            yield
    except BaseException:
        if turn:
            turn.head = head
        raise


def has_head() -> bool:
    """Whether the verb whose turn it is has the head already: what it read before that may have changed."""
    turn = _turn.get()
    return turn is not None and turn.head is not None


def stands_on(dossier: str, seen: int) -> None:
    """Say what the verb whose turn it is decides by: rows of this dossier, read when `seen` was its last entry."""
    if (turn := _turn.get()) and turn.head is None:
        turn.dossier, turn.seen = dossier, seen


def take_head(by: User) -> None:
    """Wait for the head, and hold it until the verb is done.

    Raises Overtaken where what it read, or what `by` may, has changed meanwhile, HeadKept where somebody else does not let go of it.
    Nothing happens where it is in hand already, or outside of a turn: drafts have none.
    """
    turn = _turn.get()
    if turn is None or turn.head:
        return
    if turn.dossier:
        _taken, last, rights = _take(turn, (_last_entry, (turn.dossier,)), (powers, (by.pk, clock.today())))
        stands = last == [turn.seen] and standing_from(rights) == by.standing
    else:  # where an entry would tell also what `by` may no longer
        [[head]] = _take(turn)
        stands = head.seq == turn.seen
    if not stands:
        raise Overtaken


def _stands(turn: Turn) -> bool:
    """Whether nothing was recorded so far since the verb began to read."""
    return (_last_entry(turn.dossier) if turn.dossier else _last_number()) == [turn.seen]


def _take(turn: Turn, *questions: Asked) -> list[list[Any]]:
    """Take the head. Gives it, alone in a list, and the answers to questions asked as soon as it is in hand."""
    try:
        return _waited_for(turn, questions)
    except HeadKept:
        if connection.vendor == "sqlite":  # which waits for twenty seconds at once
            raise
        return _waited_for(turn, questions)


def _waited_for(turn: Turn, questions: Sequence[Asked]) -> list[list[Any]]:
    with ExitStack() as until_it_fails:
        try:
            until_it_fails.enter_context(transaction.atomic())  # where SQLite waits
            [[head], *answers] = locked_head(*questions)
        except OperationalError as error:
            if is_about_a_lock(error):
                raise HeadKept from error
            raise
        turn.transaction.push(until_it_fails.pop_all())
    turn.head = head
    return [[head], *answers]


def is_about_a_lock(error: OperationalError) -> bool:
    """Whether it says that somebody else kept a lock for too long."""
    return getattr(error.__cause__, "sqlstate", None) == "55P03" or "database is locked" in str(error)


def locked_head(*questions: Asked) -> list[list[Any]]:
    """The head, locked until the transaction ends, and the answers to questions asked from then on."""
    return asked_together((_head, ()), *questions)


def head_in_hand() -> LockedHead:
    """The head as the transaction has it; locked now where no verb's turn holds it.

    Raises RuntimeError outside of a transaction, and for a verb that has its turn and did not take the head before it writes.
    """
    turn = _turn.get()
    if turn:
        if turn.head is None:
            raise RuntimeError("A verb takes the ledger's head (`permitted`) before it writes.")
        return turn.head
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A ledger entry is written in the transaction of its verb.")
    [[head]] = locked_head()
    return head


def head_moved(head: LockedHead) -> None:
    """Note where the head stands now that an entry was added."""
    if turn := _turn.get():
        turn.head = head


@prepared(row=LockedHead)
def _head() -> QuerySet[LedgerHead]:
    return LedgerHead.objects.select_for_update().filter(pk=1)


@prepared()
def _last_number() -> QuerySet[LedgerHead, int]:
    return LedgerHead.objects.filter(pk=1).values_list("seq", flat=True)


@prepared("dossier")
def _last_entry(dossier: str) -> QuerySet[Entry, int]:
    return Entry.objects.filed_under(dossier).values_list("seq", flat=True)[:1]
