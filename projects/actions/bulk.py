"""Verbs on many follow-ups at once. Each is decided by the guard, with the rows and the entry, of the verb on one; those that the guard
refuses are left as they are and told with the reason, so that one of them holds up no other.
"""

from collections.abc import Callable, Iterable
from itertools import batched
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy, ngettext

from focalpoints.models import Entry, User
from focalpoints.rules import fresh, is_coordinator
from focalpoints.turn import HeadKept, head_first, in_a_step
from focalpoints.workflow import Busy, NotPossible, Stale, StrOrPromise, refuse_without
from projects.actions.follow_ups import accept, return_
from projects.models import FollowUp
from projects.reading.bulk import FREE, claim_of, ticks
from projects.workflow import COMMENT_MISSING

MOST = 200
# As many as keep the ledger's head for well under a second (docs/performance.md).
AT_ONCE = 10
NONE = gettext_lazy("Tick at least one follow-up.")
GONE = gettext_lazy("It is not in the queue. Open the queue again to see what is there now.")
YOURS = gettext_lazy("You wrote or sent it: another coordinator decides.")
CHANGED = gettext_lazy(
    "It was changed while you were reading: its agency sent another text, or somebody decided it. Read it again."
)


class DecidedFollowUp(NamedTuple):
    code: str
    folio: str


class LeftFollowUp(NamedTuple):
    """One that was not decided, and why. `code` is empty for what this coordinator cannot see."""

    code: str
    why: str


class BulkOutcome(NamedTuple):
    decided: list[DecidedFollowUp]
    left: list[LeftFollowUp]


type Decide = Callable[[FollowUp, User, int], Entry]


def accept_in_bulk(chosen: Iterable[tuple[int, int]], *, by: User) -> BulkOutcome:
    """Accept these follow-ups. `chosen` are their keys and the revisions that the person saw, at most MOST.

    Raises PermissionDenied but for coordinators, NotPossible where nothing or too much is chosen. What was recorded stays where the
    portal ends half-way.
    """
    return _in_bulk(chosen, by, lambda row, by, seen: accept(row, by=by, revision=seen, in_bulk=True))


def return_in_bulk(chosen: Iterable[tuple[int, int]], *, by: User, comment: str) -> BulkOutcome:
    """Return these follow-ups, all with the same comment. Otherwise as `accept_in_bulk`."""
    return _in_bulk(
        chosen, by, lambda row, by, seen: return_(row, by=by, revision=seen, comment=comment, in_bulk=True), comment
    )


def _in_bulk(chosen: Iterable[tuple[int, int]], by: User, decide: Decide, comment: str | None = None) -> BulkOutcome:
    if not is_coordinator(fresh(by)):
        raise PermissionDenied
    seen = dict(chosen)  # one that is named twice is decided once
    if not seen:
        raise NotPossible(NONE)
    if len(seen) > MOST:
        raise NotPossible(
            ngettext("Choose at most %(n)s follow-up at a time.", "Choose at most %(n)s follow-ups at a time.", MOST)
            % {"n": MOST}
        )
    if comment is not None:
        refuse_without(comment, COMMENT_MISSING)
    outcome = BulkOutcome([], [])
    for part in batched(seen.items(), AT_ONCE):
        try:
            decided, left = _part(part, by, decide)
        except HeadKept:
            codes = (
                FollowUp.objects.visible_to(by).filter(pk__in=[pk for pk, _seen in part]).values_list("code", flat=True)
            )
            decided, left = [], [LeftFollowUp(code, str(Busy())) for code in codes]
        outcome.decided.extend(decided)
        outcome.left.extend(left)
    return outcome


@head_first
def _part(part: Iterable[tuple[int, int]], by: User, decide: Decide) -> BulkOutcome:
    """A few of them, in one transaction: nobody else records anything between what is asked here and what is written."""
    rows = _rows(by, [pk for pk, _seen in part])
    waiting = [row for row in rows.values() if row.state == FollowUp.State.SUBMITTED]
    marks = ticks(by, map(claim_of, waiting))
    outcome = BulkOutcome([], [])
    for pk, seen in part:
        row = rows.get(pk)
        code = row.code if row else ""
        try:
            if row is None:
                raise NotPossible(GONE)
            if why_not := marks.get(pk, FREE).why_not:
                raise NotPossible(why_not)
            with in_a_step():
                outcome.decided.append(DecidedFollowUp(code, decide(row, by, seen).folio))
        except PermissionDenied:
            outcome.left.append(LeftFollowUp(code, str(YOURS)))
        except NotPossible as refusal:
            outcome.left.append(LeftFollowUp(code, _why(refusal)))
    return outcome


def _rows(by: User, keys: list[int]) -> dict[int, FollowUp]:
    found = FollowUp.objects.visible_to(by).exclude(state=FollowUp.State.DRAFT).filter(pk__in=keys)
    return {row.pk: row for row in found.select_related("agency", "task__commitment")}


def _why(refusal: NotPossible) -> str:
    said: StrOrPromise = CHANGED if isinstance(refusal, Stale) else refusal.message
    return str(said)
