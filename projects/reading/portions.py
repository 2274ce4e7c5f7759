"""The whole strategy, or the portion of it under an objective or of some agencies: what its commitments and tasks come to on a day."""

from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from focalpoints.models import Agency, AgencyVersion, LedgerHead
from focalpoints.sql.prepared import prepared
from focalpoints.workflow import vacant
from projects.derived.counts import tallied
from projects.models import Assessment, FollowUp, Request
from projects.models.assessment import AssessmentQuerySet
from projects.models.task_facts import TaskFacts
from projects.reading.day import Day
from projects.reading.figures import NetworkFigures, Tally, count_of, tally, vacant_then
from projects.reading.findings import FindingMade, in_force
from projects.reading.slippage import Slippage, public, slippage, sums_of


class Portion(NamedTuple):
    """`kind` is "objective" with its key, "agency" with those of one or several agencies, or empty for the whole strategy."""

    kind: str = ""
    keys: tuple[int, ...] = ()

    def commitments(self, rows: Any) -> Any:
        """Those of `rows`: of agencies, those that name any of them."""
        match self.kind:
            case "objective":
                return rows.filter(**{rows.OBJECTIVE: self.keys[0]})
            case "agency":
                return rows.naming(self.keys)
        return rows

    def tasks(self, rows: Any, day: Day) -> Any:
        """Those of `rows` whose words everybody may read: of agencies, their own, whatever commitment they belong to."""
        match self.kind:
            case "objective":
                under = self.commitments(day.commitments).order_by().values("commitment" if day.is_past else "pk")
                return rows.public().filter(commitment__in=under)
            case "agency":
                return rows.public().filter(agency__in=self.keys)
        return rows.public()

    def few_commitments(self, day: Day) -> Any:
        """For a question that agencies or dates narrow down; an objective has a large part of them."""
        return self.commitments(day.commitments if self.kind == "objective" else day.few_commitments)

    def few_tasks(self, day: Day) -> Any:
        return self.tasks(day.tasks if self.kind == "objective" else day.few_tasks, day)


WHOLE = Portion()


def sector_of(key: int, day: Day) -> Portion:
    """An agency and those whose sector it heads, as sectors were on the day."""
    found = _members_then(key, day.on) if day.is_past else _members(key)
    return Portion("agency", (key, *found))


@prepared("head")
def _members(head: int) -> QuerySet[Agency, int]:
    return Agency.objects.filter(parent=head).order_by("pk").values_list("pk", flat=True)


@prepared("head", "on")
def _members_then(head: int, on: date) -> QuerySet[AgencyVersion, int]:
    return AgencyVersion.objects.on(on).filter(parent=head).order_by("agency").values_list("agency", flat=True)


def tally_of(portion: Portion, day: Day) -> Tally:
    """One query."""
    return tally(_tallied(portion.keys, portion.kind, day))


@prepared("keys")
def _tallied(keys: tuple[int, ...], kind: str, day: Day) -> QuerySet[Any, dict[str, Any]]:
    return tallied(Portion(kind, keys).few_commitments(day), day.on)


def slippage_of(portion: Portion, day: Day) -> dict[str, Slippage]:
    """How far the dates of its commitments, and of its tasks, have moved by that day. One query."""
    return slippage(_sums(portion.keys, portion.kind, day))


@prepared("keys")
def _sums(keys: tuple[int, ...], kind: str, day: Day) -> QuerySet[Any, dict[str, Any]]:
    portion = Portion(kind, keys)
    return sums_of(portion.few_commitments(day), portion.few_tasks(day), day.on)


def task_lights(portion: Portion, day: Day) -> dict[str, int]:
    """How many of its tasks stand at each light. One query."""
    return dict(_task_lights(portion.keys, portion.kind, day))


@prepared("keys")
def _task_lights(keys: tuple[int, ...], kind: str, day: Day) -> QuerySet[Any, tuple[str, int]]:
    lit = Portion(kind, keys).few_tasks(day).with_light(day.on)
    return lit.order_by().values_list("light").annotate(total=Count("pk"))


def late_and_hindered(portion: Portion, day: Day) -> tuple[int, int]:
    """How many of its tasks are late, and how many open ones state an obstacle. One query."""
    [(late, hindered)] = _late_and_hindered(portion.keys, portion.kind, day)
    return late, hindered


@prepared("keys")
def _late_and_hindered(keys: tuple[int, ...], kind: str, day: Day) -> QuerySet[LedgerHead, tuple[int, int]]:
    tasks = Portion(kind, keys).few_tasks(day)
    return LedgerHead.objects.filter(pk=1).values_list(
        count_of(tasks.late(day.on)), count_of(tasks.filter(TaskFacts.HINDERED))
    )


def network_of(portion: Portion, day: Day) -> NetworkFigures:
    """What waits for the office of it, and its agencies without a focal point; of a past day only these. An objective has no agencies of
    its own. One query.
    """
    if day.is_past:
        [(vacant_seats,)] = _vacant_then(portion.keys, day.on, day.ends_at) if portion.kind == "agency" else [(0,)]
        return NetworkFigures(0, 0, vacant_seats, None, None, None, None, None)
    [(waiting, asked, alone, vacant_seats)] = _standing(portion.keys, portion.kind, day)
    return NetworkFigures(0, 0, vacant_seats, waiting, asked, alone, None, None)


@prepared("keys")
def _standing(keys: tuple[int, ...], kind: str, day: Day) -> QuerySet[LedgerHead, tuple[int, ...]]:
    portion = Portion(kind, keys)
    agencies = Agency.objects.registered().filter(pk__in=keys if kind == "agency" else ())
    requests = public(_requests(portion, day))
    return LedgerHead.objects.filter(pk=1).values_list(
        count_of(FollowUp.objects.waiting().filter(task__in=portion.few_tasks(day).order_by().values("pk"))),
        count_of(requests.waiting()),
        count_of(requests.filter(decided_alone=True)),
        count_of(vacant(agencies, day.on)),
    )


def _requests(portion: Portion, day: Day) -> Any:
    """Those that its agencies asked for, or about its commitments."""
    if portion.kind == "agency":
        return Request.objects.filter(agency__in=portion.keys)
    return Request.objects.filter(commitment__in=portion.few_commitments(day).order_by().values("pk"))


@prepared("keys", "on", "ends_at")
def _vacant_then(keys: tuple[int, ...], on: date, ends_at: datetime) -> QuerySet[LedgerHead, tuple[int]]:
    return LedgerHead.objects.filter(pk=1).values_list(count_of(vacant_then(on, ends_at).filter(agency__in=keys)))


class FindingsInForce(NamedTuple):
    """On a portion's commitments and objectives: the latest, how many there are, and on how many commitments."""

    latest: list[FindingMade]
    total: int
    commitments: int


def findings_in(portion: Portion, day: Day, most: int) -> FindingsInForce:
    """Two queries; one where there are none."""
    [(count, commitments)] = _findings_counted(portion.keys, portion.kind, day)
    return FindingsInForce(_findings(portion.keys, portion.kind, day, most) if count else [], count, commitments)


@prepared("keys")
def _findings_counted(keys: tuple[int, ...], kind: str, day: Day) -> QuerySet[LedgerHead, tuple[int, int]]:
    found = _in_force(Portion(kind, keys), day).order_by()
    judged = found.values(everything=Value(1)).annotate(n=Count("commitment", distinct=True)).values("n")
    return LedgerHead.objects.filter(pk=1).values_list(count_of(found), Coalesce(Subquery(judged), 0))


@prepared("keys", row=FindingMade)
def _findings(keys: tuple[int, ...], kind: str, day: Day, most: int) -> AssessmentQuerySet:
    return _in_force(Portion(kind, keys), day).order_by("-made_at", "-pk")[:most]


def _in_force(portion: Portion, day: Day) -> AssessmentQuerySet:
    rows = in_force(Assessment.objects.all(), day)
    if not portion.kind:
        return rows
    judged = Q(commitment__in=portion.few_commitments(day).order_by().values("commitment" if day.is_past else "pk"))
    return rows.filter(judged | Q(objective__in=portion.keys) if portion.kind == "objective" else judged)
