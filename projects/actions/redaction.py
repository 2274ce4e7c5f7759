"""Verbs that remove private text or a file on a legal basis. The ledger's chain stays valid, and pages say that it happened."""

from typing import cast

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from focalpoints.ledger.record import empty_annexes, record
from focalpoints.models import Entry, User
from focalpoints.models.entry import EntryQuerySet
from focalpoints.rules import office_of
from focalpoints.turn import in_turn
from focalpoints.workflow import Stale, permitted
from projects.actions.evidence import delete_bytes
from projects.actions.findings import set_aside
from projects.actions.fresh_rows import reread
from projects.facts import REDACTED_TEXT, commitment_state, follow_up_state, request_state
from projects.models import Evidence, FollowUp, Request

TAKEN_OFF = _(
    "Its agency took this evidence off meanwhile. What its submissions said of it goes with the follow-up's text: redact that."
)


@in_turn
def redact_follow_up(follow_up: FollowUp, *, by: User, legal_basis: str) -> Entry:
    """Empty its text, and the annexes of its entries so far: earlier submissions and comments."""
    reread(follow_up, "task", "agency")
    by = permitted("follow-up.redact", follow_up, by=by)
    FollowUp.objects.filter(pk=follow_up.pk).update(
        done="", next_step="", obstacle="", is_redacted=True, revision=F("revision") + 1
    )
    follow_up.refresh_from_db()
    # Earlier redactions keep their legal basis.
    entries = Entry.objects.about("follow-up", follow_up.code).exclude(verb="redact")
    return _recorded(follow_up, entries, by=by, what=REDACTED_TEXT, legal_basis=legal_basis)


@in_turn
def redact_request(change: Request, *, by: User, legal_basis: str) -> Entry:
    """Empty its reason and the answer to it, and the annexes of its entries so far. Its dates, category and proofs stay."""
    reread(change, "task", "agency", "commitment__project")
    by = permitted("request.redact", change, by=by)
    Request.objects.filter(pk=change.pk).update(reason="", answer="", is_redacted=True, revision=F("revision") + 1)
    change.refresh_from_db(fields=["reason", "answer", "is_redacted", "revision"])
    entries = Entry.objects.about("request", change.code).exclude(verb="redact")
    return _recorded(change, entries, by=by, what=REDACTED_TEXT, legal_basis=legal_basis)


@in_turn
def redact_evidence(evidence: Evidence, *, by: User, legal_basis: str) -> Entry:
    """Delete a file's bytes or a link, with its name; the file's hash and the legal basis stay on the page.

    The annexes of its submissions, or of its request for a date, name it: they are emptied, with the text that they hold.
    """
    try:
        reread(
            evidence,
            "follow_up__task__commitment__project",
            "follow_up__agency",
            "request__task",
            "request__commitment__project",
        )
    except Evidence.DoesNotExist:
        raise Stale(TAKEN_OFF) from None
    by = permitted("follow-up.redact_evidence", evidence, by=by)
    delete_bytes(evidence)
    if not Evidence.objects.filter(pk=evidence.pk).update(file="", url="", title="", redaction=legal_basis):
        raise Stale(TAKEN_OFF)
    if evidence.follow_up and evidence.follow_up.state == FollowUp.State.ACCEPTED:
        set_aside(evidence.follow_up.task.commitment)
    subject = evidence.request or cast(FollowUp, evidence.follow_up)
    kind, verb = ("request", "ask_date") if evidence.request else ("follow-up", "submit")
    entries = Entry.objects.about(kind, subject.code).filter(verb=verb)
    return _recorded(subject, entries, by=by, what=str(evidence.key), legal_basis=legal_basis)


def _recorded(subject: FollowUp | Request, entries: EntryQuerySet, *, by: User, what: str, legal_basis: str) -> Entry:
    """Empty the annexes of these entries and name them in an entry. `what` was removed: REDACTED_TEXT, or evidence by its key."""
    covered = list(entries.exclude(annex__salt="").values_list("seq", flat=True))
    count = subject.evidence.count()
    if isinstance(subject, Request):
        state, commitment = request_state(subject, evidence=count), subject.commitment
    else:
        state, commitment = follow_up_state(subject, evidence=count), subject.task.commitment
    entry = record(
        "redact", state, by=by, office=office_of(by), private={"what": what, "legal_basis": legal_basis},
        dossier=commitment_state(commitment), redacts=covered,
    )  # fmt: skip
    empty_annexes(covered)
    return entry
