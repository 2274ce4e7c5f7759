"""For the tests of what one coordinator asks for and a colleague decides: each function asks, approves, and brings the row up to date."""

from datetime import date
from typing import Any, Protocol

from focalpoints.models import Agency, Entry
from projects import actions
from projects.models import Commitment, Evidence, FollowUp, Request, RuleVersion, Task
from projects.workflow import needs_a_second_person


class People(Protocol):
    """The cast, or whatever knows the two coordinators by these names."""

    def __getitem__(self, name: str, /) -> Any: ...


def approved(people: People, change: Request, comment: str = "") -> Request:
    """As a colleague of the coordinator lets it happen."""
    actions.approve_request(change, by=people["second coordinator"], revision=change.revision, comment=comment)
    if change.item:  # the thresholds are about none
        change.item.refresh_from_db()
    return change


def first_dated(people: People, item: Commitment | Task, due: date, reason: str = "Se publicó.") -> Request:
    change = actions.ask_first_date(item, by=people["coordinator"], due=due, category="legal", reason=reason)
    return _decided(people, item, change)


def corrected(people: People, item: Commitment | Task, due: date, reason: str = "Errata.") -> Request:
    change = actions.ask_correction(
        item, by=people["coordinator"], revision=item.revision, due=due, category="capture", reason=reason
    )
    return _decided(people, item, change)


def cancelled(people: People, task: Task, reason: str = "Se cumplió por otra vía.") -> None:
    """By one coordinator where the rules let them, else with a colleague."""
    if not needs_a_second_person(task):
        actions.cancel_task(task, by=people["coordinator"], reason=reason)
        return
    change = actions.ask_cancellation(task, by=people["coordinator"], category="legal", reason=reason)
    _decided(people, task, change)


def replaced(people: People, task: Task, title: str, **facts: Any) -> Task:
    """Returns the task that stands in its place."""
    facts = {"category": "scope", "reason": "Se acordó otro alcance.", **facts}
    _decided(people, task, actions.ask_cancellation(task, by=people["coordinator"], title=title, **facts))
    return Task.objects.get(replaces=task)


def assigned(people: People, task: Task, agency: Agency, reason: str = "Cambió de mano.") -> None:
    """As `cancelled`."""
    if not needs_a_second_person(task):
        actions.assign_task(task, by=people["coordinator"], revision=task.revision, agency=agency)
        return
    change = actions.ask_assignment(task, by=people["coordinator"], agency=agency, category="legal", reason=reason)
    _decided(people, task, change)


def rescoped(people: People, item: Commitment | Task, **wanted: Any) -> Request:
    """`wanted`: columns as `Request.wanted` keeps them; agencies by their keys, the project by its slug."""
    facts = {"category": "scope", "reason": "Se acordó otro alcance."}
    return _decided(people, item, actions.ask_scope(item, by=people["coordinator"], wanted=wanted, **facts))


def withdrawn(people: People, commitment: Commitment, reason: str = "Se retiró.", replaced_by: str = "") -> Request:
    change = actions.ask_withdrawal(
        commitment, by=people["coordinator"], category="legal", reason=reason, replaced_by=replaced_by
    )
    return _decided(people, commitment, change)


def adopted(people: People, by: str = "coordinator", **facts: Any) -> RuleVersion:
    """`facts`: the day, the reason, the numbers."""
    change = actions.ask_thresholds(by=people[by], category="technical", **facts)
    colleague = "coordinator" if by == "second coordinator" else "second coordinator"
    actions.approve_request(change, by=people[colleague], revision=change.revision)
    return RuleVersion.objects.latest("version")


def all_approved(people: People) -> None:
    """What waits, as a colleague lets it happen."""
    for change in Request.objects.waiting():
        actions.approve_request(change, by=people["second coordinator"], revision=change.revision)


def redacted(people: People, subject: FollowUp | Request | Evidence, legal_basis: str) -> Entry:
    """Returns the entry of the redaction, which comes just before that of the approval."""
    change = actions.ask_redaction(subject, by=people["coordinator"], legal_basis=legal_basis)
    approval = actions.approve_request(change, by=people["second coordinator"], revision=change.revision)
    subject.refresh_from_db()
    return Entry.objects.get(seq=approval.seq - 1)


def _decided(people: People, item: Commitment | Task, change: Request) -> Request:
    approved(people, change)
    item.refresh_from_db()
    return change
