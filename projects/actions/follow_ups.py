"""Verbs on follow-ups: an agency writes, sends and withdraws them; the coordination office accepts or returns them."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import takewhile
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.ledger.record import in_turn, record
from focalpoints.models import Entry, User
from focalpoints.rules import fresh, office_of
from focalpoints.sql.prepared import prepared
from focalpoints.sql.writing import insert, keep
from focalpoints.workflow import NotPossible, Stale, StrOrPromise
from projects.actions.commitment_progress import (
    HEARD,
    FollowUpSent,
    again,
    days_late,
    later,
    quiet_since,
    roll_up,
    said_of,
)
from projects.actions.drafts import WORDS, Typed, drafted, next_one, refuse_ended, save
from projects.actions.tasks import define_next
from projects.facts import commitment_state, follow_up_state
from projects.models import Evidence, FollowUp, Task
from projects.rules import is_same_office, reports_on
from projects.workflow import MOVES, against_no_change, move

Proofs = list[dict[str, Any]]
DISCARDED = _("This draft was discarded meanwhile.")
UNPROVEN = _("100 % needs evidence: add a file or a link that proves it, or state a lower progress.")
COMMENT_MISSING = _("Say what is missing or wrong: the agency corrects it by your comment.")


def unsaid(words: Mapping[str, Any], task: Task) -> dict[str, StrOrPromise]:
    """What these words still lack to be sent, by field; the form says the same before the verb refuses."""
    lacking: dict[str, StrOrPromise] = {}
    progress = words.get("progress")
    if progress is None:
        lacking["progress"] = _("State how far the task is, from 0 to 100.")
    if not (words.get("done") or "").strip():
        lacking["done"] = _("Say what was done. One sentence is enough.")
    goes_back = progress is not None and progress < (task.verified_progress or 0)
    if goes_back and not (words.get("obstacle") or "").strip():
        lacking["obstacle"] = _("The progress is lower than the %(verified)d %% already verified. Say here why.") % {
            "verified": task.verified_progress
        }
    return lacking


@in_turn
def save_draft(task: Task, *, by: User, revision: int | None = None, page: str = "", **words: Any) -> FollowUp:
    """Keep what was typed (`words`: progress, done, next_step, obstacle); private to the agency, not in the ledger.

    `revision` is that of the follow-up the form was filled on, None for a first save; `page` names the loaded form. A first save that
    finds a follow-up in hand, or an older revision, raises Stale, unless the text there is the same or came from this very page:
    neither text is lost.
    """
    return save(Typed(words, revision, page, yielding=page), task, by=fresh(by))


@in_turn
def save_in_background(task: Task, *, by: User, revision: int | None, page: str, **words: Any) -> FollowUp:
    """As `save_draft`, but never over a later revision: the person's own button may have overtaken it."""
    return save(Typed(words, revision, page, yielding=""), task, by=fresh(by))


@in_turn
def save_and_submit(task: Task, *, by: User, revision: int | None, page: str, **words: Any) -> FollowUp:
    """`save_draft` and `submit` at once. What cannot be sent is not saved either: raises whatever one of the two does."""
    by = fresh(by)
    follow_up, changes = drafted(Typed(words, revision, page, yielding=page), task, by=by)
    for name, value in changes.items():
        setattr(follow_up, name, value)
    _send(follow_up, by=by, **changes)
    return follow_up


def is_unproven(follow_up: FollowUp) -> bool:
    """Nothing is fulfilled on somebody's word alone."""
    return follow_up.progress == 100 and not follow_up.evidence.exists()


@in_turn
def discard(follow_up: FollowUp, *, by: User, revision: int) -> None:
    """Throw away a draft that was never sent, with its evidence. Nothing of it was in the ledger."""
    by = _acting(follow_up, by)
    if not MOVES["submit"].allows(by, follow_up):
        raise PermissionDenied
    if follow_up.state != FollowUp.State.DRAFT:
        raise NotPossible(_("Only a draft can be discarded: what was once sent stays on record."))
    if revision != follow_up.revision:
        raise Stale(_("Somebody wrote on this draft meanwhile. Read what it says now before you discard it."))
    files = [(item.file.storage, item.file.name) for item in follow_up.evidence.exclude(file="")]
    follow_up.evidence.all().delete()
    follow_up.delete()
    for storage, name in files:
        transaction.on_commit(lambda storage=storage, name=name: storage.delete(name))  # type: ignore[misc]


@in_turn
def submit(follow_up: FollowUp, *, by: User, revision: int) -> Entry:
    """Send it for review; the number is public at once, marked as claimed. The entry is the receipt.

    Raises NotPossible unless progress and "what was done" are stated, a step back is explained and the task is open.
    """
    by = _acting(follow_up, by)
    return _send(follow_up, by=by, seen=revision)


def _send(follow_up: FollowUp, *, by: User, seen: int | None = None, **changes: Any) -> Entry:
    """`changes` are columns that still have to be written."""
    proofs = _proofs(follow_up)
    if follow_up.is_writable:
        refuse_ended(follow_up.task)
        if lacking := unsaid(_words(follow_up), follow_up.task):
            raise NotPossible(" ".join(str(message) for message in lacking.values()))
        _refuse_unproven(follow_up, proofs)
    sent = {"submitted_by": by, "submitted_at": clock.now(), "decided_by": None, "decided_at": None}
    move(follow_up, "submit", by=by, seen=seen, **changes, **sent)
    return _recorded("submit", follow_up, by=by, proofs=proofs, **_words(follow_up), evidence=proofs)


@in_turn
def note_no_change(task: Task, *, by: User) -> Entry:
    """ "No change, still valid": a word that claims nothing new and that nobody reviews, at most twice in a row.

    Raises NotPossible where there is something else to say first.
    """
    by = fresh(by)
    again(task, "agency", "commitment__project")
    if not reports_on(by, task):
        raise PermissionDenied
    refuse_ended(task)
    if refusal := against_no_change(task, task.follow_ups.since_acceptance()):
        raise NotPossible(refusal)
    now = clock.now()
    follow_up = next_one(
        task, said_of(task), author=by, saved_by=by, saved_at=now, submitted_by=by, submitted_at=now,
        progress=task.claimed_progress or task.verified_progress or 0, state=FollowUp.State.NOTED,
    )  # fmt: skip
    insert(follow_up)
    return _recorded("note", follow_up, by=by, proofs=[])


@in_turn
def withdraw(follow_up: FollowUp, *, by: User) -> Entry:
    """Take it back before review; its text can be corrected and sent again."""
    by = _acting(follow_up, by)
    move(follow_up, "withdraw", by=by)
    return _recorded("withdraw", follow_up, by=by, proofs=_proofs(follow_up))


@in_turn
def return_(follow_up: FollowUp, *, by: User, revision: int, comment: str) -> Entry:
    """Send it back to its agency with a comment that stays between the two."""
    by = _acting(follow_up, by)
    if not comment.strip():
        raise NotPossible(COMMENT_MISSING)
    move(follow_up, "return", by=by, seen=revision, decided_by=by, decided_at=clock.now())
    _give_back(follow_up.task, follow_up)
    return _recorded("return", follow_up, by=by, proofs=_proofs(follow_up), comment=comment)


@in_turn
def accept(follow_up: FollowUp, *, by: User, revision: int, comment: str = "") -> Entry:
    """Make what the agency claims the verified progress of its task. A recurring commitment gets its next task."""
    by = _acting(follow_up, by)
    same_office = is_same_office(follow_up)
    proofs = _proofs(follow_up)
    if follow_up.state == FollowUp.State.SUBMITTED:
        _refuse_unproven(follow_up, proofs)
    move(follow_up, "accept", by=by, seen=revision, decided_by=by, decided_at=clock.now(), same_office=same_office)
    entry = _recorded("accept", follow_up, by=by, proofs=proofs, comment=comment)
    if follow_up.progress == 100:
        define_next(follow_up.task, by=by)
    return entry


def _acting(follow_up: FollowUp, by: User) -> User:
    """Who acts, and the row, read again in this verb's turn."""
    try:
        again(follow_up, "agency", "task__agency", "task__commitment__project")
    except FollowUp.DoesNotExist:
        raise Stale(DISCARDED) from None
    return fresh(by)


def _refuse_unproven(follow_up: FollowUp, proofs: Proofs) -> None:
    if follow_up.progress == 100 and not proofs:
        raise NotPossible(UNPROVEN)


def _words(follow_up: FollowUp) -> dict[str, Any]:
    """What was written: with the proofs, the private part of a submission."""
    return {name: getattr(follow_up, name) for name in WORDS}


def _proofs(follow_up: FollowUp) -> Proofs:
    """Its evidence as a submission keeps it, each file by its hash."""
    return _evidence(follow_up.pk) if follow_up.pk else []


@prepared("follow_up")
def _evidence(follow_up: int) -> QuerySet[Evidence, Any]:
    return Evidence.objects.filter(follow_up=follow_up).order_by("pk").values("title", "url", "sha256", "size")


def _give_back(task: Task, follow_up: FollowUp) -> None:
    """The days for which a returned follow-up waited are added to its task's date for the light, or put by while it is fulfilled."""
    sent, decided = clock.day_of(follow_up.submitted_at), clock.day_of(follow_up.decided_at)
    days = max(0, (decided - sent).days) if sent and decided else 0
    if task.is_fulfilled:
        keep(task, waited_while_fulfilled=task.waited_while_fulfilled + days)
    else:
        _wait(task, task.waited_days + days)


def _wait(task: Task, days: int) -> None:
    keep(task, waited_days=days, light_due=later(task.due, days), waited_while_fulfilled=0)


def _fulfilled_on(accepted: Sequence[FollowUpSent]) -> date | None:
    """The day on which the first 100 % since the last step back was sent, of what was accepted, the latest first."""
    unbroken = list(takewhile(lambda row: row.progress == 100, accepted))
    return clock.day_of(unbroken[-1].submitted_at) if unbroken else None


def _refresh_progress(task: Task) -> None:
    """Claimed is the latest submitted or accepted follow-up; verified the latest accepted one. Returned and withdrawn drop out."""
    S = FollowUp.State
    sent = [row for row in said_of(task) if row.state in HEARD]
    latest = next((row for row in sent if row.state in {S.SUBMITTED, S.ACCEPTED}), None)
    accepted = [row for row in sent if row.state == S.ACCEPTED]
    verified = accepted[0] if accepted else None
    words = [day for row in sent if (day := clock.day_of(row.submitted_at))]
    fulfilled_on = _fulfilled_on(accepted)
    if fulfilled_on is None and task.waited_while_fulfilled:
        _wait(task, task.waited_days + task.waited_while_fulfilled)
    keep(
        task,
        claimed_progress=latest and latest.progress,
        claimed_on=latest and clock.day_of(latest.submitted_at),
        has_obstacle=bool(latest and latest.obstacle.strip()),
        verified_progress=verified and verified.progress,
        verified_on=verified and clock.day_of(verified.decided_at),
        last_word_on=max(words, default=None),
        quiet_since=quiet_since(task, sent),
        fulfilled_on=fulfilled_on,
        days_late=days_late(fulfilled_on, task.light_due),
    )


def _recorded(verb: str, follow_up: FollowUp, *, by: User, proofs: Proofs, **private: Any) -> Entry:
    """The shared last step: task and commitment add up again, then one entry filed under the commitment."""
    task, commitment = follow_up.task, follow_up.task.commitment
    _refresh_progress(task)
    roll_up(commitment)
    by_agency = verb in {"submit", "withdraw", "note"}
    return record(
        verb,
        follow_up_state(follow_up, evidence=len(proofs)),
        by=by,
        office=office_of(by, follow_up.agency if by_agency else None),
        private=private,
        dossier=commitment_state(commitment),
        rows=(task, commitment, follow_up.agency),
    )
