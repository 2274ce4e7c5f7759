"""Verbs on requests of every kind: the coordination office asks for a change, somebody else decides, who asked may take it back."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.actions.corrections import as_kept
from focalpoints.models import Agency, Entry, User
from focalpoints.text import code
from focalpoints.turn import in_turn
from focalpoints.workflow import NotPossible, Stale, acting, permitted, refuse
from projects.actions.carrying_out import carry_out, leave
from projects.actions.fresh_rows import reread, reread_item
from projects.actions.request_writing import add, code_for, columns_of, recorded, sent_before
from projects.date_bounds import days_late
from projects.models import Commitment, Request, Task
from projects.requests import REPLACED, against, scope_now
from projects.workflow import move

NOTHING = _("Nothing would change: write what is to stand there.")
# How many requests one form asks for: each is carried out while nobody else can write.
MOST_TOGETHER = 50


@in_turn
def ask_cancellation(
    task: Task,
    *,
    by: User,
    category: str,
    reason: str,
    title: str = "",
    deliverable: str = "",
    form_key: UUID | None = None,
) -> Request:
    """Ask that a task ends: as no longer needed, or, with a `title`, in favour of another one that takes over its date and progress."""
    wanted = {"ends": REPLACED, "title": title, "deliverable": deliverable} if title else {"ends": Task.State.CANCELLED}
    return _asked(
        "ask_cancellation", task, Request.Kind.CANCELLATION, wanted, by=by, category=category, reason=reason,
        form_key=form_key,
    )  # fmt: skip


@in_turn
def ask_cancellations(
    commitment: Commitment, *, by: User, tasks: Sequence[Task], category: str, reason: str, form_key: UUID | None = None
) -> list[Request]:
    """Ask that these tasks of it end as no longer needed: a request for each, all or none, which a colleague may decide together.

    The same `form_key` twice gives the same requests.
    """
    if earlier := form_key and list(Request.objects.filter(batch=form_key, asked_by=by).order_by("pk")):
        return earlier
    reread(commitment, "project")
    by = permitted("request.ask_cancellations", commitment, by=by, reason=reason)
    if not tasks or len(tasks) > MOST_TOGETHER or any(task.commitment_id != commitment.pk for task in tasks):
        raise NotPossible(_("Choose tasks of this commitment, up to 50 at once."))
    batch = form_key or uuid4()
    return [
        _one_of_several(
            task, _asked, "ask_cancellation", task, Request.Kind.CANCELLATION, {"ends": Task.State.CANCELLED}, by=by,
            category=category, reason=reason, batch=batch,
        )
        for task in tasks
    ]  # fmt: skip


@in_turn
def ask_assignment(
    task: Task, *, by: User, agency: Agency, category: str, reason: str, form_key: UUID | None = None
) -> Request:
    """Ask that another agency of its commitment answers for it. What was said so far stays with who said it."""
    return _asked(
        "ask_assignment", task, Request.Kind.ASSIGNMENT, {"agency": agency.key}, by=by, category=category, reason=reason,
        form_key=form_key,
    )  # fmt: skip


@in_turn
def ask_scope(
    item: Commitment | Task,
    *,
    by: User,
    wanted: dict[str, Any],
    category: str,
    reason: str,
    form_key: UUID | None = None,
) -> Request:
    """Ask for other words, another start, other agencies, another project: `wanted` as `scope_now` gives it, what differs of it counts."""
    return _asked(
        "ask_scope", item, Request.Kind.SCOPE, wanted, by=by, category=category, reason=reason, form_key=form_key
    )


@in_turn
def ask_withdrawal(
    commitment: Commitment,
    *,
    by: User,
    category: str,
    reason: str,
    replaced_by: str = "",
    form_key: UUID | None = None,
) -> Request:
    """Ask that the promise is withdrawn, perhaps in favour of another commitment (its code)."""
    meant = Commitment.objects.alias(small=Lower("code")).filter(small=code(replaced_by).lower())
    successor = meant.values_list("code", flat=True).first()
    wanted = {"replaced_by": successor or replaced_by}
    return _asked(
        "ask_withdrawal", commitment, Request.Kind.WITHDRAWAL, wanted, by=by, category=category,
        reason=reason, form_key=form_key,
    )  # fmt: skip


@in_turn
def ask_series_end(
    commitment: Commitment, *, by: User, category: str, reason: str, form_key: UUID | None = None
) -> Request:
    """Ask that no further period of a recurring commitment begins."""
    return _asked(
        "ask_series_end", commitment, Request.Kind.SERIES_END, {}, by=by, category=category, reason=reason,
        form_key=form_key,
    )  # fmt: skip


@in_turn
def ask_first_date(
    item: Commitment | Task, *, by: User, due: date, category: str, reason: str, form_key: UUID | None = None
) -> Request:
    """Ask for the date of what has none. It becomes the baseline; nothing slips. `reason` is public: the document that states it."""
    return _asked(
        "ask_first_date", item, Request.Kind.FIRST_DATE, {}, by=by, category=category, reason=reason, to_due=due,
        form_key=form_key,
    )  # fmt: skip


@in_turn
def ask_correction(
    item: Commitment | Task,
    *,
    by: User,
    revision: int,
    due: date,
    category: str,
    reason: str,
    form_key: UUID | None = None,
) -> Request:
    """Ask to put right a date that was captured wrong. The first one stays on record, nothing slips, and it is counted apart from moves."""
    return _asked(
        "ask_correction", item, Request.Kind.CORRECTION, {}, by=by, category=category, reason=reason, to_due=due,
        revision=revision, form_key=form_key,
    )  # fmt: skip


@in_turn
def ask_finding(
    commitment: Commitment,
    *,
    by: User,
    revision: int,
    reasons: str,
    sources: str = "",
    form_key: UUID | None = None,
) -> Request:
    """Ask that a colleague lets it be found fulfilled though less was verified. `reasons` are public, once it is decided for good."""
    wanted = {"verdict": Commitment.Finding.FULFILLED.value, "sources": sources}
    return _asked(
        "ask_finding", commitment, Request.Kind.FINDING, wanted, by=by, category="", reason=reasons, revision=revision,
        form_key=form_key,
    )  # fmt: skip


def _asked(
    verb: str,
    item: Commitment | Task,
    kind: str,
    wanted: dict[str, Any],
    *,
    by: User,
    category: str,
    reason: str,
    to_due: date | None = None,
    revision: int | None = None,
    form_key: UUID | None = None,
    batch: UUID | None = None,
) -> Request:
    """The same `form_key` twice gives the same request."""
    if earlier := sent_before(form_key, by):
        return earlier
    reread_item(item)
    by = permitted(f"request.{verb}", item, by=by, reason=reason)
    if revision is not None and revision != item.revision:
        raise Stale
    change = unsaved(
        item, kind, as_kept(type(item), wanted), code=code_for(item), category=category, reason=reason,
        from_due=item.due if to_due else None, to_due=to_due, asked_by=by, asked_at=clock.now(), form_key=form_key,
        batch=batch,
    )  # fmt: skip
    if kind == Request.Kind.SCOPE and not change.wanted:
        raise NotPossible(NOTHING)
    refuse(*against(change))
    add(change)
    recorded(verb, change, by=by, reason=reason, wanted=change.wanted, before=change.before)
    return change


def unsaved(item: Commitment | Task, kind: str, wanted: dict[str, Any], **facts: Any) -> Request:
    """A request of a kind; of a change of scope it keeps what differs. The preview shows what the verb writes."""
    before = _before(item, kind)
    if kind == Request.Kind.SCOPE:
        wanted = {name: value for name, value in wanted.items() if before[name] != value}
        before = {name: before[name] for name in wanted}
    return Request(kind=kind, wanted=wanted, before=before, **columns_of(item), **facts)


def _before(item: Commitment | Task, kind: str) -> dict[str, Any]:
    """What stands there now, of what a request of this kind may change."""
    match kind:
        case Request.Kind.SCOPE:
            return scope_now(item)
        case Request.Kind.CANCELLATION if isinstance(item, Task):
            return {"title": item.title, "deliverable": item.deliverable}
        case Request.Kind.ASSIGNMENT if isinstance(item, Task):
            return {"agency": item.agency.key}
        case Request.Kind.FINDING:
            return {"title": item.title}
    return {}


@in_turn
def withdraw_request(change: Request, *, by: User) -> Entry:
    """Take it back before it is decided; nothing changes."""
    _reread(change)
    by = permitted("request.withdraw", change, by=by)
    move(change, "withdraw")
    leave(change)
    return recorded("withdraw", change, by=by, agency=change.agency)


@in_turn
def approve_request(change: Request, *, by: User, revision: int, comment: str = "") -> Entry:
    """Let it happen. How late a date was by then stays on record, and so does that nobody else decided."""
    _reread(change)
    by = permitted("request.approve", change, by=by)
    facts: dict[str, Any] = {"decided_by": by, "decided_at": clock.now(), "answer": comment}
    facts["decided_alone"] = by.pk == change.asked_by_id
    if change.is_of_date:
        facts["days_late"] = days_late(clock.today(), change.item.light_due) or 0
    if change.commitment_to:
        facts["commitment_days_late"] = days_late(clock.today(), change.commitment.light_due) or 0
    move(change, "approve", seen=revision, **facts)
    carry_out(change, by=by)
    return recorded("approve", change, by=by, comment=comment)


@in_turn
def reject_request(change: Request, *, by: User, revision: int, comment: str) -> Entry:
    """Leave everything as it is, with a reason: an agency's stays between the two, the office's own is public with the request."""
    _reread(change)
    by = permitted("request.reject", change, by=by, reason=comment)
    move(
        change, "reject", seen=revision, decided_by=by, decided_at=clock.now(), answer=comment,
        decided_alone=by.pk == change.asked_by_id,
    )  # fmt: skip
    leave(change)
    return recorded("reject", change, by=by, comment=comment)


@in_turn
def approve_together(
    changes: Sequence[Request], *, by: User, seen: Mapping[str, int], comment: str = ""
) -> list[Entry]:
    """As `approve_request`, of each of these, all or none. `seen`: by code, the revisions that the person had on screen."""
    return _each_decided("approve", approve_request, changes, by=by, seen=seen, comment=comment)


@in_turn
def reject_together(changes: Sequence[Request], *, by: User, seen: Mapping[str, int], comment: str) -> list[Entry]:
    """As `reject_request`, of each of these, all or none."""
    return _each_decided("reject", reject_request, changes, by=by, seen=seen, comment=comment)


def _each_decided(
    verb: str,
    decide: Callable[..., Entry],
    changes: Sequence[Request],
    *,
    by: User,
    seen: Mapping[str, int],
    comment: str,
) -> list[Entry]:
    for change in changes:
        acting(f"request.{verb}", change, by=by)
    if not changes or {change.code for change in changes} != seen.keys():
        raise Stale
    return [
        _one_of_several(change, decide, change, by=by, revision=seen[change.code], comment=comment)
        for change in changes
    ]


def _one_of_several[T](row: Task | Request, verb: Callable[..., T], *rows: Any, **facts: Any) -> T:
    """What a verb gives back; where it refuses, the message says of which row."""
    try:
        return verb(*rows, **facts)
    except NotPossible as refusal:
        refusal.message = f"{row.code}: {refusal}"
        raise


def _reread(change: Request) -> None:
    reread(change, "agency", "task__agency", "commitment__project")
    if change.task:
        change.task.commitment = change.commitment
