"""What pages tell of requests: how often a date moved, what else was asked of an item, and how an agency has kept its dates so far."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import FETCH_RAISE, Count, Q, QuerySet, Sum

from focalpoints import clock
from focalpoints.models import Agency, Entry
from focalpoints.rules import Person
from focalpoints.sql.prepared import prepared
from projects.light.rule import DaysBetween
from projects.models import Commitment, Request, Task
from projects.models.request import RequestQuerySet
from projects.reading.request_effects import changes_of


@dataclass(frozen=True, slots=True)
class DateHistory:
    """The requests about one item, the latest first."""

    changes: list[Request]

    @property
    def waiting(self) -> Request | None:
        """The request about the item itself that nobody has decided yet."""
        return next((row for row in self.changes if row.state == Request.State.REQUESTED), None)

    @property
    def undecided(self) -> int:
        return sum(row.state == Request.State.REQUESTED for row in self.changes)

    @property
    def first_dates(self) -> int:
        return self._approved(Request.Kind.FIRST_DATE)

    def undated_days(self, since: date | None) -> int:
        """For how long there was no date, of what stands in the record since that day; 0 where its first date came with it."""
        decided = [row.decided_at for row in self._approved_ones(Request.Kind.FIRST_DATE) if row.decided_at]
        return (clock.day_of(min(decided)) - since).days if decided and since else 0

    @property
    def corrections(self) -> int:
        return self._approved(Request.Kind.CORRECTION)

    def _approved(self, kind: str) -> int:
        return len(self._approved_ones(kind))

    def _approved_ones(self, kind: str) -> list[Request]:
        return [row for row in self.changes if row.kind == kind and row.state == Request.State.APPROVED]


def history_of(item: Commitment | Task, user: Person) -> DateHistory:
    """One query. A commitment's includes what was decided on its tasks and changes it: its date along with theirs, what they are."""
    changes = list((_of_task if isinstance(item, Task) else _of_commitment)(item.pk, user))
    for row in changes:
        row.in_words = [] if row.is_of_date else changes_of(row)  # type: ignore[attr-defined]
    return DateHistory(changes)


def history_then(item: Commitment | Task, user: Person, until: datetime) -> DateHistory:
    """What `history_of` gave just before that instant, by the states that the ledger recorded. Two queries at most."""
    changes = history_of(item, user).changes
    states = dict(_states(until, tuple([row.code for row in changes]))) if changes else {}
    for row in changes:
        row.state = states.get(row.code, "")
        if row.state == Request.State.REQUESTED:
            row.days_late = 0  # it is counted at the approval
    known = (row for row in changes if row.state)
    # As on today's page, a commitment's changes do not tell of a task's request before it is decided.
    is_of_task = isinstance(item, Task)
    return DateHistory([row for row in known if is_of_task or row.task is None or row.state != Request.State.REQUESTED])


@prepared("until", "codes")
def _states(until: datetime, codes: tuple[str, ...]) -> QuerySet[Entry, tuple[str, str]]:
    """Of these requests before that instant, the latest last."""
    entries = Entry.objects.filter(subject_type="request", subject__in=codes, at__lt=until)
    return entries.order_by("seq").values_list("subject", "state")


@prepared("task")
def _of_task(task: int, user: Person) -> RequestQuerySet:
    return _seen_by(user).filter(task=task)


@prepared("commitment")
def _of_commitment(commitment: int, user: Person) -> RequestQuerySet:
    along = (Q(commitment_to__isnull=False) | ~Q(kind__in=Request.DATES)) & ~Q(state=Request.State.REQUESTED)
    return _seen_by(user).filter(Q(task=None) | along, commitment=commitment)


def _seen_by(user: Person) -> RequestQuerySet:
    return Request.objects.visible_to(user).select_related("agency", "task", "commitment").fetch_mode(FETCH_RAISE)


@dataclass(frozen=True, slots=True)
class AgencyRecord:
    """How an agency has kept its dates: the requests it made by now, the days they moved, and what it fulfilled late.

    `commitment_days` include the days for which its tasks moved their commitments along. The two kinds of days are never summed.
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
    requests = Request.objects.filter(agency=agency, kind=Request.Kind.RESCHEDULING)
    own, along = DaysBetween("to_due", "from_due"), DaysBetween("commitment_to", "commitment_from")
    states, approved = Request.State, Q(state=Request.State.APPROVED)
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
