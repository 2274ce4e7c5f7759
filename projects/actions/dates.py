"""The verbs with which a due date begins to move: an agency asks for a new one, the load of reference data sets a first one.

How requests are decided is in `requests`. Nothing else writes a due date that is there (`define_task` and `create_commitment` write the
first one).
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.models import Agency, User
from focalpoints.turn import in_turn
from focalpoints.workflow import NotPossible, acting, permitted, refuse
from projects.actions.carrying_out import carry_out
from projects.actions.evidence import MAX_EVIDENCE, for_annex, written_beforehand
from projects.actions.fresh_rows import reread_item
from projects.actions.refusals import acting_for
from projects.actions.request_writing import add, code_for, columns_of, recorded, sent_before, unsaved_request
from projects.date_bounds import unfit
from projects.models import Commitment, Evidence, Request, Task
from projects.rules import agencies_asking
from projects.workflow import unfit_within_commitment

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
    if earlier := sent_before(form_key, by):
        return earlier
    reread_item(item)
    by = permitted("request.ask_date", item, by=by, reason=reason)
    agency = _agency_asking(item, agency, by=by)
    refuse(*against_new_date(item, to_due))
    change = unsaved_request(
        item, to_due, code=code_for(item), agency=agency, category=Request.Category(category), reason=reason,
        asked_by=by, asked_at=clock.now(), form_key=form_key,
    )  # fmt: skip
    add(change)
    for proof in proofs:
        proof.request, proof.added_at = change, change.asked_at
        proof.save(force_insert=True)
    recorded("ask_date", change, by=by, agency=agency, reason=reason, proofs=list(map(for_annex, proofs)))
    return change


def against_new_date(item: Commitment | Task, to_due: date) -> list:
    """What speaks against asking for this date; the form says the same before the verb refuses."""
    return [PAST] if to_due <= clock.today() else unfit(item, to_due)


@in_turn
def set_first_date(item: Commitment, *, by: User, due: date, reason: str) -> Request:
    """Date what the reference data had not dated yet, for the load of it alone: people ask for a first date (`requests.ask_first_date`).

    It becomes the baseline; nothing slips. `reason` is public: the document that states it.
    """
    reread_item(item)
    by = permitted("request.set_date", item, by=by, reason=reason)
    refuse(*unfit_within_commitment(item, due))
    now = clock.now()
    change = Request.objects.create(
        code=code_for(item), kind=Request.Kind.FIRST_DATE, to_due=due, reason=reason, state=Request.State.APPROVED,
        asked_by=by, asked_at=now, decided_by=by, decided_at=now, **columns_of(item),
    )  # fmt: skip
    carry_out(change, by=by)
    recorded("set_date", change, by=by, reason=reason)
    return change


def _agency_asking(item: Commitment | Task, agency: Agency | None, *, by: User) -> Agency:
    """In whose name this person asks: `agency`, or the one for which they can."""
    return acting_for(agencies_asking(by, item), agency, _("Say on behalf of which agency you ask."))
