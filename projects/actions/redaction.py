"""Redaction: remove private text or a file on a legal basis. The chain stays valid and pages say that it happened."""

from typing import cast

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from focalpoints.ledger.record import empty_annexes, in_turn, record
from focalpoints.models import Entry, User
from focalpoints.models.entry import EntryQuerySet
from focalpoints.rules import acting, office_of
from focalpoints.workflow import NotPossible
from projects.actions.reread import reread
from projects.facts import REDACTED_TEXT, commitment_state, date_change_state, follow_up_state
from projects.models import DateChange, Evidence, FollowUp
from projects.rules import redacts

REDACTED = _("It was already redacted.")


@in_turn
def redact_follow_up(follow_up: FollowUp, *, by: User, legal_basis: str) -> Entry:
    """Empty its text, and the annexes of its entries so far: earlier submissions and comments."""
    reread(follow_up, "task", "agency")
    by = acting(by, redacts, follow_up)
    if follow_up.state in {FollowUp.State.DRAFT, FollowUp.State.SUBMITTED}:
        raise NotPossible(_("A follow-up that waits for review is decided first; a draft is still its agency's own."))
    FollowUp.objects.filter(pk=follow_up.pk).update(
        done="", next_step="", obstacle="", is_redacted=True, revision=F("revision") + 1
    )
    follow_up.refresh_from_db()
    # Earlier redactions keep their legal basis.
    told = Entry.objects.about("follow-up", follow_up.code).exclude(verb="redact")
    return _recorded(follow_up, told, by=by, what=REDACTED_TEXT, legal_basis=legal_basis)


@in_turn
def redact_date_change(change: DateChange, *, by: User, legal_basis: str) -> Entry:
    """Empty its reason and the answer to it, and the annexes of its entries so far. Its dates, category and proofs stay."""
    reread(change, "task", "agency", "commitment__project")
    by = acting(by, redacts, change)
    if change.state == DateChange.State.REQUESTED:
        raise NotPossible(_("A request that waits is decided first."))
    if change.is_redacted:
        raise NotPossible(REDACTED)
    DateChange.objects.filter(pk=change.pk).update(reason="", answer="", is_redacted=True, revision=F("revision") + 1)
    change.refresh_from_db(fields=["reason", "answer", "is_redacted", "revision"])
    told = Entry.objects.about("date-change", change.code).exclude(verb="redact")
    return _recorded(change, told, by=by, what=REDACTED_TEXT, legal_basis=legal_basis)


@in_turn
def redact_evidence(evidence: Evidence, *, by: User, legal_basis: str) -> Entry:
    """Delete a file's bytes or a link, with its name; the file's hash and the legal basis stay on the page.

    The annexes that name it are those of its submissions, or of the request for a date: their copy of the text goes with it.
    """
    reread(evidence, "follow_up__task", "follow_up__agency", "date_change__task", "date_change__commitment__project")
    by = acting(by, redacts, evidence)
    if evidence.follow_up and evidence.follow_up.state == FollowUp.State.DRAFT:
        raise NotPossible(_("A draft is still its agency's own, which can remove its evidence."))
    if evidence.is_redacted:
        raise NotPossible(REDACTED)
    storage, name = evidence.file.storage, evidence.file.name
    Evidence.objects.filter(pk=evidence.pk).update(file="", url="", title="", redaction=legal_basis)
    if name:
        transaction.on_commit(lambda: storage.delete(name))
    what = str(evidence.key)
    if evidence.date_change:
        named = Entry.objects.about("date-change", evidence.date_change.code).filter(verb="request")
        return _recorded(evidence.date_change, named, by=by, what=what, legal_basis=legal_basis)
    follow_up = cast(FollowUp, evidence.follow_up)
    named = Entry.objects.about("follow-up", follow_up.code).filter(verb="submit")
    return _recorded(follow_up, named, by=by, what=what, legal_basis=legal_basis)


def _recorded(subject: FollowUp | DateChange, told: EntryQuerySet, *, by: User, what: str, legal_basis: str) -> Entry:
    """One entry that names the entries (`told`) whose annexes it empties. `what` is REDACTED_TEXT or an evidence's key."""
    covered = list(told.exclude(annex__salt="").values_list("seq", flat=True))
    count = subject.evidence.count()
    if isinstance(subject, DateChange):
        state, commitment = date_change_state(subject, evidence=count), subject.commitment
    else:
        state, commitment = follow_up_state(subject, evidence=count), subject.task.commitment
    entry = record(
        "redact", state, by=by, office=office_of(by), private={"what": what, "legal_basis": legal_basis},
        dossier=commitment_state(commitment), redacts=covered,
    )  # fmt: skip
    empty_annexes(covered)
    return entry
