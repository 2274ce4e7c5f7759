"""Removing private text or a file on a legal basis. The ledger's chain stays valid, and pages say that it happened.

A coordinator asks for it, which hides it at once, and a colleague decides, which empties it for good. Requests that were asked for in
one form have the same reason: what happens to one's happens to that of all.
"""

from contextlib import suppress
from typing import Any, cast

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.ledger.record import empty_annexes, record
from focalpoints.models import Entry, User
from focalpoints.models.entry import EntryQuerySet
from focalpoints.rules import office_of
from focalpoints.turn import in_turn
from focalpoints.workflow import Stale, permitted
from projects.actions.evidence import delete_bytes
from projects.actions.findings import set_aside
from projects.actions.fresh_rows import reread
from projects.actions.request_writing import add, code_for, columns_of, recorded
from projects.facts import REDACTED_TEXT, commitment_state, follow_up_state, request_state
from projects.models import Dump, DumpRedaction, Evidence, FollowUp, Request

TAKEN_OFF = _(
    "Its agency took this evidence off meanwhile. What its submissions said of it goes with the follow-up's text: redact that."
)

type Private = FollowUp | Request | Evidence


@in_turn
def ask_redaction(subject: Private, *, by: User, legal_basis: str) -> Request:
    """Ask that its text, or a piece of evidence, is emptied. The public does not see it from here on."""
    _reread(subject)
    by = permitted("request.ask_redaction", subject, by=by, reason=legal_basis)
    item = _what_it_is_about(subject)
    change = Request(
        code=code_for(item), kind=Request.Kind.REDACTION, wanted=_named(subject), category=Request.Category.LEGAL,
        reason=legal_basis, asked_by=by, asked_at=clock.now(), **columns_of(item),
    )  # fmt: skip
    add(change)
    rows = _with_the_same_words(subject)
    for row in rows:
        _keep(row, is_hidden=True)
    entry = recorded("ask_redaction", change, by=by, reason=legal_basis)
    for row in rows:
        _withdraw_dumps(row, change, entry)
    return change


def _with_the_same_words(subject: Private) -> list[Any]:
    """Itself; of a request also the others that were asked for in the same form."""
    if not isinstance(subject, Request):
        return [subject]
    others = Request.objects.asked_with(subject).exclude(pk=subject.pk)
    return [subject, *others.select_related("task", "agency", "commitment__project")]


def _withdraw_dumps(subject: Private, change: Request, entry: Entry) -> None:
    """Publish no dump that may hold it, from this transaction on; `manage.py dump_data` writes them anew.

    Without it while the request waits; what a colleague decides is done by the run after that.
    """
    name = _named(subject)
    holder = subject.request or cast(FollowUp, subject.follow_up) if isinstance(subject, Evidence) else subject
    kind = "request" if isinstance(holder, Request) else "follow-up"
    first = Entry.objects.about(kind, holder.code).values_list("seq", flat=True).first()
    if first is not None:
        redaction = DumpRedaction(request=change, kind=name["of"], code=name["code"], folio=entry.folio)
        Dump.objects.withdraw(first, redaction)


def redact(change: Request, by: User) -> None:
    """Empty what was asked for, with an entry that names the annexes that it empties."""
    try:
        subject = subject_of(change)
    except Evidence.DoesNotExist:
        raise Stale(TAKEN_OFF) from None
    _reread(subject)
    match subject:
        case FollowUp():
            _keep(subject, done="", next_step="", obstacle="", is_redacted=True, is_hidden=False)
            subject.reopenings.update(reason="")
            # Earlier redactions keep their legal basis.
            entries = Entry.objects.about("follow-up", subject.code).exclude(verb="redact")
            _recorded(subject, entries, by=by, what=REDACTED_TEXT, legal_basis=change.reason)
        case Request():
            for row in _with_the_same_words(subject):
                _redact_request(row, by=by, legal_basis=change.reason)
        case Evidence():
            _redact_evidence(subject, by=by, legal_basis=change.reason)


def show_again(change: Request) -> None:
    """It was not approved: what it had hidden is public again, unless its agency has taken it off meanwhile."""
    with suppress(Evidence.DoesNotExist):
        for row in _with_the_same_words(subject_of(change)):
            _keep(row, is_hidden=False)


def subject_of(change: Request) -> Private:
    """What a request for a redaction is about."""
    name = change.wanted
    if name["of"] == "evidence":
        return Evidence.objects.get(key=name["code"])
    return (FollowUp if name["of"] == "follow-up" else Request).objects.get(code=name["code"])


def _redact_request(request: Request, *, by: User, legal_basis: str) -> None:
    """Of a finding that it asked for, its sources too: they were typed with the reasons."""
    wanted = request.wanted | ({"sources": ""} if request.sources else {})
    _keep(request, reason="", answer="", wanted=wanted, is_redacted=True, is_hidden=False)
    entries = Entry.objects.about("request", request.code).exclude(verb="redact")
    _recorded(request, entries, by=by, what=REDACTED_TEXT, legal_basis=legal_basis)


def _redact_evidence(evidence: Evidence, *, by: User, legal_basis: str) -> None:
    """Delete a file's bytes or a link, with its name; the file's hash and the legal basis stay on the page.

    The annexes of its submissions, or of its request for a date, name it: they are emptied, with the text that they hold.
    """
    delete_bytes(evidence)
    changed = {"file": "", "url": "", "title": "", "redaction": legal_basis, "is_hidden": False}
    if not Evidence.objects.filter(pk=evidence.pk).update(**changed):
        raise Stale(TAKEN_OFF)
    if evidence.follow_up and evidence.follow_up.state == FollowUp.State.ACCEPTED:
        set_aside(evidence.follow_up.task.commitment)
    subject = evidence.request or cast(FollowUp, evidence.follow_up)
    kind, verb = ("request", "ask_date") if evidence.request else ("follow-up", "submit")
    entries = Entry.objects.about(kind, subject.code).filter(verb=verb)
    _recorded(subject, entries, by=by, what=str(evidence.key), legal_basis=legal_basis)


def _reread(subject: Private) -> None:
    match subject:
        case FollowUp():
            reread(subject, "task__commitment__project", "agency")
        case Request():
            reread(subject, "task", "agency", "commitment__project")
        case Evidence():
            related = ("follow_up__task__commitment__project", "request__task", "request__commitment__project")
            try:
                reread(subject, *related, "follow_up__agency", "request__agency")
            except Evidence.DoesNotExist:
                raise Stale(TAKEN_OFF) from None


def _what_it_is_about(subject: Private) -> Any:
    match subject:
        case FollowUp():
            return subject.task
        case Request():
            return subject.item
    return subject.request.item if subject.request else cast(FollowUp, subject.follow_up).task


def _named(subject: Private) -> dict[str, str]:
    match subject:
        case FollowUp():
            return {"of": "follow-up", "code": subject.code}
        case Request():
            return {"of": "request", "code": subject.code}
    return {"of": "evidence", "code": str(subject.key)}


def _keep(subject: Private, **columns: Any) -> None:
    if isinstance(subject, Evidence):
        if not Evidence.objects.filter(pk=subject.pk).update(**columns):
            raise Stale(TAKEN_OFF)
        subject.refresh_from_db(fields=list(columns))
        return
    changed = type(subject).objects.filter(pk=subject.pk).update(revision=F("revision") + 1, **columns)
    if not changed:
        raise Stale
    subject.refresh_from_db(fields=["revision", *columns])


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
