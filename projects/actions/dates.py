"""Verbs on due dates: an agency asks for a new one, the coordination office decides; it also sets first dates and corrects captures.

Nothing else writes a due date that is there (`define_task` and `create_commitment` write the first one).
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.models import Agency, Entry, User
from focalpoints.sql.writing import keep
from focalpoints.turn import in_turn
from focalpoints.workflow import NotPossible, Stale, acting, permitted, refuse
from projects.actions.date_writing import carry_out, code_for, columns_of, recorded, refresh_requests, unsaved_request
from projects.actions.evidence import MAX_EVIDENCE, for_annex, written_beforehand
from projects.actions.fresh_rows import reread, reread_item
from projects.actions.series import joining
from projects.date_bounds import days_late, outlives, outliving, unfit
from projects.models import Commitment, Evidence, Request, Task
from projects.rules import agencies_asking
from projects.workflow import move

PAST = _("The new date must be after today.")


def request_date(
    item: Commitment | Task,
    *,
    by: User,
    to_due: date,
    category: str,
    reason: str,
    agency: Agency | None = None,
    files: Sequence[UploadedFile] = (),
    links: Sequence[tuple[str, str]] = (),
    form_key: UUID | None = None,
) -> Request:
    """Ask for another due date in the name of `agency` (needed where the person acts for several that answer for a commitment).

    Where a task asks for a later date than its commitment has, the same request moves the commitment's date too. `files` were checked
    by the form, which set their `content_type`; `links` are (address, title). The same `form_key` twice gives the same request.
    """
    acting("request.ask_date", item, by=by)
    if len(files) + len(links) > MAX_EVIDENCE:
        raise NotPossible(_("A request takes up to 10 files and links. Leave one out."))
    # Written before the transaction: nobody waits for the ledger while they are copied.
    with written_beforehand(files, by=by) as proofs:
        proofs += [Evidence(url=url, title=title or url[:200], added_by=by) for url, title in links]
        return _request(
            item,
            by=by,
            agency=agency,
            to_due=to_due,
            category=category,
            reason=reason,
            proofs=proofs,
            form_key=form_key,
        )


@in_turn
def _request(
    item: Commitment | Task,
    *,
    by: User,
    agency: Agency | None,
    to_due: date,
    category: str,
    reason: str,
    proofs: list[Evidence],
    form_key: UUID | None,
) -> Request:
    if sent_before := form_key and Request.objects.filter(form_key=form_key, asked_by=by).first():
        return sent_before
    reread_item(item)
    by = permitted("request.ask_date", item, by=by, reason=reason)
    agency = _agency_asking(item, agency, by=by)
    refuse(*against_new_date(item, to_due))
    change = unsaved_request(
        item, to_due, code=code_for(item), agency=agency, category=Request.Category(category), reason=reason,
        asked_by=by, asked_at=clock.now(), form_key=form_key,
    )  # fmt: skip
    # In a demonstration whoever asks is fictional, even where the commitment is real.
    change.is_fictional = change.is_fictional or settings.DEMO
    change.save(force_insert=True)
    for proof in proofs:
        proof.request, proof.added_at = change, change.asked_at
        proof.save(force_insert=True)
    recorded("ask_date", change, by=by, agency=agency, reason=reason, proofs=list(map(for_annex, proofs)))
    return change


def against_new_date(item: Commitment | Task, to_due: date) -> list:
    """What speaks against asking for this date; the form says the same before the verb refuses."""
    return [PAST] if to_due <= clock.today() else unfit(item, to_due)


@in_turn
def withdraw_request(change: Request, *, by: User) -> Entry:
    """Take it back before it is decided; the date stays as it is."""
    _reread(change)
    by = permitted("request.withdraw", change, by=by)
    move(change, "withdraw")
    return recorded("withdraw", change, by=by, agency=change.agency)


@in_turn
def approve_date(change: Request, *, by: User, revision: int, comment: str = "") -> Entry:
    """Let the date move, and its commitment's where that moves too. How late they were by then stays on record."""
    _reread(change)
    by = permitted("request.approve", change, by=by)
    today = clock.today()
    late = {"days_late": days_late(today, change.item.light_due) or 0}
    if change.commitment_to:
        late["commitment_days_late"] = days_late(today, change.commitment.light_due) or 0
    move(change, "approve", seen=revision, decided_by=by, decided_at=clock.now(), answer=comment, **late)
    carry_out(change)
    refresh_requests(change.commitment)
    return recorded("approve", change, by=by, comment=comment)


@in_turn
def reject_date(change: Request, *, by: User, revision: int, comment: str) -> Entry:
    """Leave the date as it is, with a reason that stays between the two."""
    _reread(change)
    by = permitted("request.reject", change, by=by, reason=comment)
    move(change, "reject", seen=revision, decided_by=by, decided_at=clock.now(), answer=comment)
    return recorded("reject", change, by=by, comment=comment)


@in_turn
def set_first_date(item: Commitment | Task, *, by: User, due: date, reason: str) -> Request:
    """Date what had none. It becomes the baseline; nothing slips. A task of what recurs joins its series.

    `reason` is public: the document that states it.
    """
    reread_item(item)
    by = permitted("request.set_date", item, by=by, reason=reason)
    if (
        isinstance(item, Task)
        and item.is_confirmed
        and (place := joining(item.commitment, [item.agency], due).get(item.agency_id))
    ):
        keep(item, **place)
    return _changed_by_the_office("set_date", item, Request.Kind.FIRST_DATE, by=by, due=due, reason=reason)


@in_turn
def correct_date(item: Commitment | Task, *, by: User, revision: int, due: date, reason: str) -> Request:
    """Put right what was captured wrong. The first date stays on record, nothing slips, and it is counted apart from moves."""
    reread_item(item)
    by = permitted("request.correct_date", item, by=by, reason=reason)
    if revision != item.revision:
        raise Stale
    return _changed_by_the_office("correct_date", item, Request.Kind.CORRECTION, by=by, due=due, reason=reason)


def _changed_by_the_office(
    verb: str, item: Commitment | Task, kind: str, *, by: User, due: date, reason: str
) -> Request:
    refuse(*against_date(item, due))
    now = clock.now()
    change = Request.objects.create(
        code=code_for(item), kind=kind, from_due=item.due, to_due=due, reason=reason, state=Request.State.APPROVED,
        asked_by=by, asked_at=now, decided_by=by, decided_at=now, **columns_of(item),
    )  # fmt: skip
    carry_out(change)
    refresh_requests(change.commitment)
    recorded(verb, change, by=by, reason=reason)
    return change


def against_date(item: Commitment | Task, due: date) -> list:
    """What speaks against the coordination office's giving it this date: its commitment's date does not move with it."""
    reasons = unfit(item, due)
    if isinstance(item, Task) and outlives(item.commitment, due):
        reasons.append(outliving(item.commitment))
    return reasons


def _agency_asking(item: Commitment | Task, agency: Agency | None, *, by: User) -> Agency:
    """In whose name this person asks: `agency`, or the one for which they can."""
    agencies = agencies_asking(by, item)
    if agency is None and len(agencies) > 1:
        raise NotPossible(_("Say on behalf of which agency you ask."))
    if agency is None:
        return agencies[0]
    if agency not in agencies:
        raise PermissionDenied
    return agency


def _reread(change: Request) -> None:
    reread(change, "agency", "task__agency", "commitment__project")
    if change.task:
        change.task.commitment = change.commitment
