"""Verbs on follow-ups: an agency writes, sends and withdraws them; the coordination office accepts or returns them."""

from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.ledger.record import record
from focalpoints.models import Entry, User
from focalpoints.rules import office_of
from focalpoints.sql.prepared import asked_together, prepared
from focalpoints.sql.writing import insert, keep, together
from focalpoints.turn import in_turn_of_dossier
from focalpoints.workflow import NotPossible, Stale, StrOrPromise, beside_the_ledger, permitted, refuse
from projects.actions.commitment_progress import roll_up
from projects.actions.drafts import DISCARDED, WORDS, Typed, drafted, next_one, of_agency, save
from projects.actions.evidence import ANNEXED, delete_bytes
from projects.actions.findings import set_aside, set_aside_of_period
from projects.actions.fresh_rows import locked_task, reread_in_dossier
from projects.actions.task_progress import (
    FollowUpSummary,
    follow_ups_of,
    give_back_wait,
    refresh_progress,
    with_written,
)
from projects.commitment_sums import CommitmentCount, count_of, counts_from, questions_about
from projects.facts import commitment_naming, follow_up_state
from projects.models import Evidence, FollowUp, Reopening, Task
from projects.rules import is_same_office
from projects.workflow import UNPROVEN, against_no_change, move

# What a return may carry a note on, besides its comment.
NOTED = (*WORDS, "evidence")
Proofs = list[dict[str, Any]]


class Read(NamedTuple):
    """What a verb read beside its row: the task's follow-ups, the latest first, and what its commitment is added up from."""

    follow_ups: Sequence[FollowUpSummary]
    sums: CommitmentCount


def lacking(words: Mapping[str, Any], task: Task) -> dict[str, StrOrPromise]:
    """What these words still lack to be sent, by field; the form says the same before the verb refuses."""
    messages: dict[str, StrOrPromise] = {}
    progress = words.get("progress")
    if progress is None:
        messages["progress"] = _("State how far the task is, from 0 to 100.")
    if not (words.get("done") or "").strip():
        messages["done"] = _("Say what was done. One sentence is enough.")
    goes_back = progress is not None and progress < (task.verified_progress or 0)
    if goes_back and not (words.get("obstacle") or "").strip():
        messages["obstacle"] = _("The progress is lower than the %(verified)d %% already verified. Say here why.") % {
            "verified": task.verified_progress
        }
    return messages


@beside_the_ledger
def save_draft(task: Task, *, by: User, revision: int | None = None, page: str = "", **words: Any) -> FollowUp:
    """Save what was typed (`words`: progress, done, next_step, obstacle) for the agency alone; the ledger does not tell it.

    `revision` is that of the follow-up the form was filled on, None for a first save; `page` names the loaded form. Raises Stale where
    somebody saved another text meanwhile and not from this page: neither text is lost.
    """
    return save(Typed(words, revision, page, overwrites=page), task, by=by)


@beside_the_ledger
def save_in_background(task: Task, *, by: User, revision: int | None, page: str, **words: Any) -> FollowUp:
    """As `save_draft`, but never over a later revision: what the person saved with a button may have come first."""
    return save(Typed(words, revision, page, overwrites=""), task, by=by)


@in_turn_of_dossier
def save_and_submit(task: Task, *, by: User, revision: int | None, page: str, **words: Any) -> FollowUp:
    """`save_draft` and `submit` at once, and raises what either does. What cannot be sent is not saved either."""
    reread_in_dossier(task)
    count = count_of(task.commitment)
    by = permitted("follow-up.save", task, by=by)
    _locked, earlier = asked_together((locked_task, (task.pk,)), (follow_ups_of, (task.pk,)))
    follow_up, changes = drafted(Typed(words, revision, page, overwrites=page), task, earlier, by=by)
    for name, value in changes.items():
        setattr(follow_up, name, value)
    _send(follow_up, Read(earlier, count), by=by, **changes)
    return follow_up


@beside_the_ledger
def discard(follow_up: FollowUp, *, by: User, revision: int) -> None:
    """Throw away a draft that was never sent, with its evidence. Nothing of it was in the ledger."""
    locked_task(follow_up.task_id)
    _reread(follow_up)
    permitted("follow-up.discard", follow_up, by=by)
    if revision != follow_up.revision:
        raise Stale(_("This draft was changed meanwhile. Read what it says now before you discard it."))
    for evidence in follow_up.evidence.all():
        delete_bytes(evidence)
    follow_up.evidence.all().delete()
    follow_up.delete()


@in_turn_of_dossier
def submit(follow_up: FollowUp, *, by: User, revision: int) -> Entry:
    """Send it for review; the number is public at once, marked as claimed. The entry is the receipt.

    Raises NotPossible unless progress and "what was done" are stated, a step back is explained and the task is open.
    """
    read, _proofs_so_far = _read(follow_up)
    by = permitted("follow-up.submit", follow_up, by=by)
    locked_task(follow_up.task_id)
    return _send(follow_up, read, by=by, seen=revision)


def _send(follow_up: FollowUp, read: Read, *, by: User, seen: int | None = None, **changes: Any) -> Entry:
    """`changes` are columns that still have to be written. The task's row is locked: nobody adds or removes evidence."""
    proofs = _proofs(follow_up)
    refuse(*lacking(_words(follow_up), follow_up.task).values())
    if follow_up.progress == 100 and not proofs:
        raise NotPossible(UNPROVEN)
    sent = {
        "submitted_by": by,
        "submitted_at": clock.now(),
        "decided_by": None,
        "decided_at": None,
        "in_bulk": False,
        "thread": "",
    }
    with together():
        move(follow_up, "submit", seen=seen, **changes, **sent)
        return _recorded("submit", follow_up, read, by=by, proofs=proofs, **_words(follow_up), evidence=proofs)


@in_turn_of_dossier
def note_no_change(task: Task, *, by: User) -> Entry:
    """ "No change, still valid": a word that claims nothing new and that nobody reviews, at most twice in a row.

    Raises NotPossible where there is something else to say first.
    """
    reread_in_dossier(task)
    count = count_of(task.commitment)
    by = permitted("follow-up.note", task, by=by)
    _locked, earlier = asked_together((locked_task, (task.pk,)), (follow_ups_of, (task.pk,)))
    refuse(
        against_no_change(task, takewhile(lambda row: row.state != FollowUp.State.ACCEPTED, of_agency(earlier, task)))
    )
    now = clock.now()
    follow_up = next_one(
        task, earlier, author=by, saved_by=by, saved_at=now, submitted_by=by, submitted_at=now,
        progress=task.claimed_progress or task.verified_progress or 0, state=FollowUp.State.NOTED,
    )  # fmt: skip
    with together():
        insert(follow_up)
        return _recorded("note", follow_up, Read(earlier, count), by=by, proofs=[])


@in_turn_of_dossier
def retract_no_change(follow_up: FollowUp, *, by: User) -> Entry:
    """Take back "no change, still valid" on the day it was said: the silence and the count in a row are as if it never had been."""
    read, _none = _read(follow_up)
    by = permitted("follow-up.retract", follow_up, by=by)
    with together():
        move(follow_up, "retract")
        return _recorded("retract", follow_up, read, by=by, proofs=[])


@in_turn_of_dossier
def withdraw(follow_up: FollowUp, *, by: User) -> Entry:
    """Take it back before review; its text can be corrected and sent again."""
    read, proofs = _read(follow_up)
    by = permitted("follow-up.withdraw", follow_up, by=by)
    with together():
        move(follow_up, "withdraw", thread="")
        return _recorded("withdraw", follow_up, read, by=by, proofs=proofs)


@in_turn_of_dossier
def return_(
    follow_up: FollowUp,
    *,
    by: User,
    revision: int,
    comment: str = "",
    notes: Mapping[str, str] | None = None,
    in_bulk: bool = False,
) -> Entry:
    """Send it back to its agency with a comment, or `notes` on its fields (`NOTED`), that stay between the two.

    `in_bulk`: together with others (`bulk.py`).
    """
    read, proofs = _read(follow_up)
    noted = {name: note for name, note in (notes or {}).items() if name in NOTED and note}
    by = permitted("follow-up.return", follow_up, by=by, reason=comment or " ".join(noted.values()))
    decision = {"decided_by": by, "decided_at": clock.now(), "in_bulk": in_bulk, "thread": ""}
    said = {"comment": comment, **({"notes": noted} if noted else {})}
    with together():
        move(follow_up, "return", seen=revision, **decision)
        give_back_wait(follow_up.task, follow_up)
        return _recorded("return", follow_up, read, by=by, proofs=proofs, **said)


@in_turn_of_dossier
def ask(follow_up: FollowUp, *, by: User, revision: int, comment: str) -> Entry:
    """Ask its agency something without returning it: it goes on waiting for review. The question, `comment`, stays between the two.

    Raises Stale unless `revision` is what the person saw: they ask about what they read.
    """
    read, proofs = _read(follow_up)
    by = permitted("follow-up.ask", follow_up, by=by, reason=comment)
    if revision != follow_up.revision:
        raise Stale
    with together():
        keep(follow_up, thread=FollowUp.Thread.ASKED)
        return _recorded("ask", follow_up, read, by=by, proofs=proofs, comment=comment)


@in_turn_of_dossier
def answer(follow_up: FollowUp, *, by: User, text: str) -> Entry:
    """What its agency says to the question; the text that was sent stays as it is."""
    read, proofs = _read(follow_up)
    by = permitted("follow-up.answer", follow_up, by=by, reason=text)
    with together():
        keep(follow_up, thread=FollowUp.Thread.ANSWERED)
        return _recorded("answer", follow_up, read, by=by, proofs=proofs, comment=text)


@in_turn_of_dossier
def accept(follow_up: FollowUp, *, by: User, revision: int, comment: str = "", in_bulk: bool = False) -> Entry:
    """Make what the agency claims the verified progress of its task. `in_bulk`: together with others (`bulk.py`)."""
    read, proofs = _read(follow_up)
    by = permitted("follow-up.accept", follow_up, by=by)
    same_office = is_same_office(follow_up)
    with together():
        decision = {
            "decided_by": by,
            "decided_at": clock.now(),
            "same_office": same_office,
            "in_bulk": in_bulk,
            "thread": "",
        }
        move(follow_up, "accept", seen=revision, **decision)
        return _recorded("accept", follow_up, read, by=by, proofs=proofs, comment=comment)


@beside_the_ledger
def take_up(follow_up: FollowUp, *, by: User) -> None:
    """Show colleagues that the person reviews it. Whoever presses last has it: it keeps nobody from deciding."""
    by = permitted("follow-up.take_up", follow_up, by=by)
    FollowUp.objects.filter(pk=follow_up.pk).update(reviewer=by, reviewing_since=clock.now())


@beside_the_ledger
def let_go(follow_up: FollowUp, *, by: User) -> None:
    """Take it back; what a colleague took meanwhile stays theirs."""
    by = permitted("follow-up.let_go", follow_up, by=by)
    FollowUp.objects.filter(pk=follow_up.pk, reviewer=by).update(reviewer=None, reviewing_since=None)


@in_turn_of_dossier
def reopen_follow_up(follow_up: FollowUp, *, by: User, revision: int, reason: str) -> Entry:
    """It was accepted in error: it waits for review again, and its task falls back to what was verified before it. No figure rises.

    Since when it waits stays the instant at which it was sent. Findings that rested on it are set aside; `reason` is public.
    """
    read, proofs = _read(follow_up)
    by = permitted("follow-up.reopen", follow_up, by=by, reason=reason)
    now, commitment = clock.now(), follow_up.task.commitment
    acceptance = Reopening(  # type: ignore[misc]  # whoever accepted it, when and what, an accepted one has
        follow_up=follow_up, progress=follow_up.progress, accepted_by_id=follow_up.decided_by_id,
        accepted_at=follow_up.decided_at, reopened_by=by, reopened_at=now, reason=reason,
    )  # fmt: skip
    held = min(progress for progress in (follow_up.held_progress, follow_up.progress) if progress is not None)
    with together():
        move(
            follow_up,
            "reopen",
            seen=revision,
            held_progress=held,
            decided_by=None,
            decided_at=None,
            same_office=False,
            in_bulk=False,
        )
        insert(acceptance)
        set_aside(commitment)
        set_aside_of_period(commitment, follow_up.task.period)
        return _recorded("reopen", follow_up, read, by=by, proofs=proofs, reason=reason)


def _read(follow_up: FollowUp) -> tuple[Read, Proofs]:
    """The follow-up as it is now; what is read beside it, and its proofs."""
    _reread(follow_up)
    commitment = follow_up.task.commitment
    follow_ups, proofs, *answers = asked_together(
        (follow_ups_of, (follow_up.task_id,)), (_evidence, (follow_up.pk,)), *questions_about([commitment])
    )
    return Read(follow_ups, counts_from([commitment], answers)[commitment.pk]), proofs


def _reread(follow_up: FollowUp) -> None:
    try:
        reread_in_dossier(follow_up)
    except FollowUp.DoesNotExist:
        raise Stale(DISCARDED) from None


def _words(follow_up: FollowUp) -> dict[str, Any]:
    """Its text. With the proofs it is the private part of a submission."""
    return {name: getattr(follow_up, name) for name in WORDS}


def _proofs(follow_up: FollowUp) -> Proofs:
    """Its evidence as the annex of a submission tells it, each file by its hash."""
    return _evidence(follow_up.pk) if follow_up.pk else []


@prepared("follow_up")
def _evidence(follow_up: int) -> QuerySet[Evidence, Any]:
    return Evidence.objects.filter(follow_up=follow_up).order_by("pk").values(*ANNEXED)


def _recorded(verb: str, follow_up: FollowUp, read: Read, *, by: User, proofs: Proofs, **private: Any) -> Entry:
    """Add up the task and its commitment again, then one entry, filed under the commitment."""
    task, commitment = follow_up.task, follow_up.task.commitment
    refresh_progress(task, with_written(read.follow_ups, follow_up))
    count = roll_up(commitment, read.sums, [task])
    by_agency = verb in {"submit", "withdraw", "note", "retract", "answer"}
    return record(
        verb,
        follow_up_state(follow_up, evidence=len(proofs)),
        by=by,
        office=office_of(by, follow_up.agency if by_agency else None),
        private=private,
        dossier=commitment_naming(commitment, count.named),
        rows=(task, commitment, follow_up, follow_up.agency),
    )
