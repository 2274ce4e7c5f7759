"""What the public pages add up: each figure over the same rows that its link leads to, each table in one query."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import (
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce

from focalpoints import clock
from focalpoints.models import Agency, AgencyVersion, Appointment, LedgerHead
from focalpoints.models.agency import AgencyQuerySet
from focalpoints.rules import Person
from focalpoints.sql.prepared import prepared
from principles.models import Objective
from projects.light.rule import Light
from projects.models import Commitment, DateChange, Evidence, FollowUp, Task, TaskVersion
from projects.models.list_rows import EvidenceRow
from projects.models.querysets import CommitmentAdjectives
from projects.reading.day import Day

# What needs attention first.
ORDER_OF_LIGHTS = (
    Light.LATE,
    Light.AT_RISK,
    Light.TO_BE_VERIFIED,
    Light.NOT_STARTED,
    Light.ON_TIME,
    Light.NO_TASKS,
    Light.NO_DATE,
    Light.FULFILLED,
    Light.CANCELLED,
)
OBJECTIVE = ("number", "title_es", "title_en")
DUE_SOON_SHOWN = 10
SUMS = (
    "total", "overdue", "undated", "unnamed", "open_tasks", "fulfilled_tasks", "claimed_tasks", "sum_verified", "sum_claimed"
)  # fmt: skip


@dataclass(slots=True)
class Tally:
    """Commitments added up, from rows of `counted`. Progress is a plain average, rounded down; no follow-up counts as 0."""

    total: int = 0
    overdue: int = 0
    undated: int = 0
    unnamed: int = 0
    open_tasks: int = 0
    fulfilled_tasks: int = 0
    claimed_tasks: int = 0
    sum_verified: int = 0
    sum_claimed: int = 0
    lights: Counter[str] = field(default_factory=Counter)

    def add(self, row: dict[str, Any]) -> None:
        self.lights[row["light"]] += row["total"]
        for name in SUMS:
            setattr(self, name, getattr(self, name) + (row[name] or 0))

    @property
    def active(self) -> int:
        return self.total - self.lights[Light.CANCELLED]

    @property
    def dated(self) -> int:
        return self.total - self.undated

    @property
    def named(self) -> int:
        """Answered by agencies that were published: named ones, or every one."""
        return self.total - self.unnamed

    @property
    def tasks(self) -> int:
        return self.open_tasks + self.fulfilled_tasks

    @property
    def late(self) -> int:
        return self.lights[Light.LATE]

    @property
    def verified(self) -> int:
        """Percent, over the commitments that were not cancelled."""
        return self.sum_verified // self.active if self.active else 0

    @property
    def claimed(self) -> int:
        return self.sum_claimed // self.active if self.active else 0

    @property
    def by_light(self) -> list[tuple[str, int]]:
        return [(light.value, self.lights[light]) for light in ORDER_OF_LIGHTS]


def counted(commitments: CommitmentAdjectives, on: date, **groups: F) -> QuerySet[Any, dict[str, Any]]:
    """One row for each light and combination of `groups`."""
    return (
        commitments.with_light(on)
        .order_by()
        .values("light", **groups)
        .annotate(
            total=Count("pk"),
            overdue=Count("pk", filter=Commitment.OPEN & Q(light_due__lt=on)),
            undated=Count("pk", filter=Q(due=None)),
            unnamed=Count("pk", filter=Q(binds=Commitment.Binds.NONE_PUBLISHED)),
            open_tasks=Sum("tasks_open"),
            fulfilled_tasks=Sum("tasks_fulfilled"),
            claimed_tasks=Sum(F("tasks_open") - F("tasks_unclaimed")),
            sum_verified=Sum("verified_progress", filter=Commitment.ACTIVE),
            sum_claimed=Sum("claimed_progress", filter=Commitment.ACTIVE),
        )
    )


def tally(rows: Iterable[dict[str, Any]]) -> Tally:
    """Of `counted`."""
    total = Tally()
    for row in rows:
        total.add(row)
    return total


@dataclass(slots=True)
class ObjectiveTally:
    """`objective` is unsaved, with number and titles; None for what is not aligned with any."""

    objective: Objective | None
    tally: Tally


def by_objective(day: Day) -> tuple[Tally, list[ObjectiveTally]]:
    """The whole strategy, and each objective that has commitments; not aligned last. One query."""
    total, groups = Tally(), {}
    for row in _by_objective(day):
        number, title_es, title_en = (row[f"objective_{name}"] for name in OBJECTIVE)
        if number not in groups:
            objective = number and Objective(number=number, title_es=title_es, title_en=title_en)
            groups[number] = ObjectiveTally(objective or None, Tally())
        groups[number].tally.add(row)
        total.add(row)
    return total, [groups[number] for number in sorted(groups, key=lambda number: (number is None, number))]


@prepared()
def _by_objective(day: Day) -> QuerySet[Any, dict[str, Any]]:
    rows = day.commitments
    return counted(rows, day.on, **{f"objective_{name}": F(f"{rows.OBJECTIVE}__{name}") for name in OBJECTIVE})


@dataclass(slots=True)
class SectorTally:
    """Commitments that name agencies of one sector, each counted once."""

    key: str
    acronym: str
    name: str
    lights: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return self.lights.total()


def by_sector(day: Day) -> list[SectorTally]:
    """Every sector that a commitment names, the one with most commitments first. Two queries."""
    lights: dict[int, Counter[str]] = {}
    for sector, light, total in _by_sector(day):
        lights.setdefault(sector, Counter())[light] = total
    heads = day.commitments.heads().filter(pk__in=lights) if lights else ()
    sectors = [SectorTally(head["key"], head["acronym"], head["name"], lights[head["pk"]]) for head in heads]
    return sorted(sectors, key=lambda sector: (-sector.total, sector.name))


@prepared()
def _by_sector(day: Day) -> QuerySet[Any, tuple[int, str, int]]:
    rows = day.commitments.with_sector().with_light(day.on).order_by()
    return rows.values_list("sector", "light").annotate(total=Count("pk", distinct=True))


def without_focal_point(agencies: AgencyQuerySet, on: date) -> AgencyQuerySet:
    """Those with open tasks and nobody who can act for them today."""
    return agencies.filter(Exists(Task.objects.open().filter(agency=OuterRef("pk"))), ~_seated(on))


@dataclass(frozen=True, slots=True)
class AgencyFigures:
    """What an agency owes today. `is_seated`: somebody can act for it."""

    agency: Agency
    commitments: int
    open_tasks: int
    late_tasks: int
    is_seated: bool


def figures(agencies: AgencyQuerySet, on: date) -> list[AgencyFigures]:
    """In the order of `agencies`. Two queries."""
    owed = Task.objects.open().filter(agency__in=agencies.order_by().values("pk")).with_light(on)
    tasks = {
        agency: (total, late)
        for agency, total, late in owed.order_by()
        .values_list("agency")
        .annotate(total=Count("pk"), late=Count("pk", filter=Q(light=Light.LATE)))
    }
    named = Commitment.agencies.through.objects.filter(agency=OuterRef("pk"))
    seated = agencies.annotate(commitment_count=count_of(named), is_seated=_seated(on)).select_related("parent")
    return [
        AgencyFigures(agency, agency.commitment_count, *tasks.get(agency.pk, (0, 0)), agency.is_seated)
        for agency in seated
    ]


def with_seats(agencies: AgencyQuerySet, on: date) -> AgencyQuerySet:
    """Annotate `open_tasks` and `is_seated`, for the few agencies of a sector."""
    owed = Task.objects.open().filter(agency=OuterRef("pk"))
    return agencies.annotate(open_tasks=count_of(owed), is_seated=_seated(on))


def members_then(head: Agency, on: date) -> QuerySet:
    """What `with_seats` gives, of a sector as it stood on a past day."""
    owed = TaskVersion.objects.on(on).open().filter(agency=OuterRef("agency"))
    seated = Appointment.objects.focal_points().active_then(on).filter(agency=OuterRef("agency"))
    members = AgencyVersion.objects.on(on).registered().filter(parent=head).order_by("name")
    return members.values("name", "acronym", key=F("agency__key"), open_tasks=count_of(owed), is_seated=Exists(seated))


def _seated(on: date) -> Exists:
    """Somebody can act for the agency today."""
    return Exists(Appointment.objects.focal_points().active(on).filter(agency=OuterRef("pk"), user__is_active=True))


@dataclass(frozen=True, slots=True)
class NetworkFigures:
    """Numbers about agencies and about the review queue, in which follow-ups (`waiting`) and dates `asked` for stand together.

    `oldest` and `median` are the days for which the queue has waited, by the business clock: 0 for today.
    """

    registered: int
    vacant: int
    waiting: int | None
    asked: int | None
    oldest: int | None
    median: int | None


def standing(on: date) -> NetworkFigures:
    """Two queries, of one row each."""
    ((registered, vacant, sent, asked, *oldest),) = _standing(on)
    length, first = sent + asked, min((at for at in oldest if at), default=None)
    median = _waiting_since((length - 1) // 2)[0][0] if length else None
    return NetworkFigures(registered, vacant, sent, asked, _days_since(first, on), _days_since(median, on))


@prepared()
def _standing(on: date) -> QuerySet[LedgerHead, tuple]:
    sent, asked = FollowUp.objects.waiting(), DateChange.objects.waiting()
    return LedgerHead.objects.filter(pk=1).values_list(
        count_of(Agency.objects.registered()),
        count_of(without_focal_point(Agency.objects.registered(), on)),
        count_of(sent),
        count_of(asked),
        Subquery(sent.values("submitted_at")[:1]),
        Subquery(asked.values("asked_at")[:1]),
    )


@prepared()
def _waiting_since(place: int) -> QuerySet[Any, tuple[datetime]]:
    """Since when the item in this place of the queue, the first being 0, has waited."""
    sent = FollowUp.objects.waiting().order_by().annotate(at=F("submitted_at")).values_list("at")
    asked = DateChange.objects.waiting().order_by().annotate(at=F("asked_at")).values_list("at")
    return sent.union(asked, all=True).order_by("at")[place : place + 1]


def standing_then(on: date) -> NetworkFigures:
    """The agencies' numbers as they stood on a past day. How long the queue was then is not in the record. Two queries."""
    registered = AgencyVersion.objects.on(on).registered()
    owing = TaskVersion.objects.all_on(on).open().values("agency")
    seated = Appointment.objects.focal_points().active_then(on).order_by().values("agency")
    vacant = registered.filter(agency__in=owing).exclude(agency__in=seated)
    return NetworkFigures(registered.count(), vacant.count(), None, None, None, None)


def count_of(rows: QuerySet) -> Coalesce:
    """How many rows, as an expression for another query, whose row they may refer to (`OuterRef`)."""
    counted_rows = rows.order_by().values(everything=Value(1)).annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted_rows), 0, output_field=IntegerField())


def _days_since(instant: datetime | None, on: date) -> int | None:
    return (on - clock.day_of(instant)).days if instant else None


@prepared()
def due_soon(day: Day) -> QuerySet[Any, dict[str, Any]]:
    """What is due in the next days, soonest first, as dicts of `columns`. One query."""
    columns = ("kind", "item", "code", "title", "language", "due", "light", "answers", "entry")
    first_tasks, first_commitments = (
        rows.due_soon(day.on).with_light(day.on).for_due_soon().order_by().values(*columns)
        for rows in (day.few_tasks, day.few_commitments)
    )
    return first_tasks.union(first_commitments, all=True).order_by("due", "kind", "item")[:DUE_SOON_SHOWN]


def with_proofs(follow_ups: list[FollowUp], user: Person) -> list[FollowUp]:
    """Each with `proofs`, the evidence that this reader may see of it: one query."""
    proofs = proofs_by_follow_up(tuple([row.pk for row in follow_ups]), user)
    for row in follow_ups:
        row.proofs = proofs[row.pk]  # type: ignore[attr-defined]
    return follow_ups


def proofs_by_follow_up(follow_ups: tuple[int, ...], user: Person) -> defaultdict[int, list[EvidenceRow]]:
    """The evidence of each that this reader may see: one query."""
    proofs: defaultdict[int, list[EvidenceRow]] = defaultdict(list)
    for proof in proofs_of(follow_ups, user) if follow_ups else ():
        proofs[proof.follow_up_id].append(proof)
    return proofs


@prepared("follow_ups", row=EvidenceRow)
def proofs_of(follow_ups: tuple[int, ...], user: Person) -> QuerySet[Evidence]:
    return Evidence.objects.visible_to(user).filter(follow_up__in=follow_ups)
