"""What pages tell of due dates: how often one moved, who asks for another, and how an agency has kept its dates so far."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import FETCH_RAISE, Count, Q, Sum

from focalpoints.models import Agency, Entry
from focalpoints.readers import reader, somebody
from focalpoints.rules import Person
from focalpoints.sql.prepared import prepared
from projects.light.rule import DaysBetween
from projects.models import Commitment, DateChange, Task
from projects.models.date_change import DateChangeQuerySet


@dataclass(frozen=True, slots=True)
class DateHistory:
    """The changes of one date, the latest first."""

    changes: list[DateChange]

    @property
    def waiting(self) -> DateChange | None:
        """The request that nobody has decided yet, of its own and not of a task that would take it along."""
        return next((row for row in self.changes if row.state == DateChange.State.REQUESTED), None)

    @property
    def first_dates(self) -> int:
        return sum(row.kind == DateChange.Kind.FIRST_DATE for row in self.changes)

    @property
    def corrections(self) -> int:
        return sum(row.kind == DateChange.Kind.CORRECTION for row in self.changes)


def history_of(item: Commitment | Task, user: Person) -> DateHistory:
    """One query. A commitment's includes those of its tasks that take it along, but not while they wait."""
    asked = _of_task if isinstance(item, Task) else _of_commitment
    return DateHistory(asked(item.pk, *reader(user)))


def history_then(commitment: Commitment, user: Person, until: datetime) -> DateHistory:
    """As `history_of` told it just before that instant, in the ledger's words. Two queries.

    Of a task's request that would take the commitment along it says as little while it waited as today's does.
    """
    changes = history_of(commitment, user).changes
    asked = Entry.objects.filter(subject_type="date-change", subject__in=[row.code for row in changes], at__lt=until)
    states = dict(asked.order_by("seq").values_list("subject", "state"))
    for row in changes:
        row.state = states.get(row.code, "")
        if row.state == DateChange.State.REQUESTED:
            row.days_late = 0  # counted when it was approved
    known = (row for row in changes if row.state)
    return DateHistory([row for row in known if row.task is None or row.state != DateChange.State.REQUESTED])


@prepared("task", "agencies")
def _of_task(task: int, roles: frozenset[str], agencies: tuple[int, ...]) -> DateChangeQuerySet:
    return _seen_by(roles, agencies).filter(task=task)


@prepared("commitment", "agencies")
def _of_commitment(commitment: int, roles: frozenset[str], agencies: tuple[int, ...]) -> DateChangeQuerySet:
    along = Q(commitment_to__isnull=False) & ~Q(state=DateChange.State.REQUESTED)
    return _seen_by(roles, agencies).filter(Q(task=None) | along, commitment=commitment)


def _seen_by(roles: frozenset[str], agencies: tuple[int, ...]) -> DateChangeQuerySet:
    changes = DateChange.objects.visible_to(somebody(roles, agencies))
    return changes.select_related("agency", "task", "commitment").fetch_mode(FETCH_RAISE)


@dataclass(frozen=True, slots=True)
class AgencyRecord:
    """How an agency has kept its dates: what it asked for by now, by how much that moved them, and what it fulfilled late.

    Days of commitments, those that a task took along among them, and of tasks are never added together.
    """

    asked: int
    approved: int
    rejected: int
    withdrawn: int
    waiting: int
    commitment_days: int
    task_days: int
    fulfilled: int
    fulfilled_late: int


def record_of(agency: Agency) -> AgencyRecord:
    """Two queries."""
    requests = DateChange.objects.filter(agency=agency, kind=DateChange.Kind.RESCHEDULING)
    own, along = DaysBetween("to_due", "from_due"), DaysBetween("commitment_to", "commitment_from")
    states, approved = DateChange.State, Q(state=DateChange.State.APPROVED)
    sums = requests.aggregate(
        asked=Count("pk"),
        approved=Count("pk", filter=approved),
        rejected=Count("pk", filter=Q(state=states.REJECTED)),
        withdrawn=Count("pk", filter=Q(state=states.WITHDRAWN)),
        waiting=Count("pk", filter=Q(state=states.REQUESTED)),
        commitment_days=Sum(own, filter=approved & Q(task=None), default=0) + Sum(along, filter=approved, default=0),
        task_days=Sum(own, filter=approved & Q(task__isnull=False), default=0),
    )
    tasks = Task.objects.filter(agency=agency, fulfilled_on__isnull=False)
    done = tasks.aggregate(fulfilled=Count("pk"), fulfilled_late=Count("pk", filter=Q(days_late__gt=0)))
    return AgencyRecord(**sums, **done)
