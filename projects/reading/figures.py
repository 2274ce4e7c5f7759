"""What the public pages add up: each figure over the same rows that its link leads to, each table in one query."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, Self

from django.conf import settings
from django.core.cache import caches
from django.db.models import (
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, Concat, StrIndex

from focalpoints import business_days, clock
from focalpoints.models import Agency, AgencyVersion, Appointment, LedgerHead, PeriodQuerySet, has_focal_point
from focalpoints.models.agency import AgencyQuerySet
from focalpoints.rules import Person
from focalpoints.sql.prepared import Steps, prepared, reading
from focalpoints.sql.spanish import InSpanish
from focalpoints.text import alphabetical
from focalpoints.workflow import vacant
from principles.models import Objective
from projects.derived import counts
from projects.derived.counts import TALLIED, Counts
from projects.light import verdict
from projects.light.rule import Light
from projects.models import (
    Commitment,
    CommitmentVersion,
    DayFigures,
    Evidence,
    FollowUp,
    Reopening,
    Request,
    Task,
    TaskVersion,
)
from projects.models.day_figures import DayFiguresQuerySet
from projects.models.list_rows import EvidenceRow
from projects.reading.day import Day

# What needs attention first.
ORDER_OF_LIGHTS = (
    Light.LATE,
    Light.NOT_FULFILLED,
    Light.TASKS_LATE,
    Light.AT_RISK,
    Light.TO_BE_VERIFIED,
    Light.TO_ASSESS,
    Light.NOT_STARTED,
    Light.ON_TIME,
    Light.NO_TASKS,
    Light.NO_DATE,
    Light.PARTLY,
    Light.FULFILLED,
    Light.WITHDRAWN_LATE,
    Light.CANCELLED,
)
# For sorting by light. The place in this text is asked for once; a Case would compute the light anew for each of its values. Each is
# looked for with the spaces around it: "fulfilled" stands in "not_fulfilled" too.
RANK = StrIndex(
    Value(f" {' '.join(light.value for light in ORDER_OF_LIGHTS)} "), Concat(Value(" "), F("light"), Value(" "))
)
# What a finding at the end lights.
ASSESSED = (Light.FULFILLED, Light.PARTLY, Light.NOT_FULFILLED)
# What is counted as overdue.
OVERDUE = (Light.LATE, Light.WITHDRAWN_LATE)
# Places of the review queue that are read at once for the one in the middle.
NEARBY = 100
DUE_SOON = ("kind", "pk", "commitment", "code", "title", "language", "binds", "agency_keys")
# What the rule of commitments looks at.
FACTS = (
    "state", "starts", "due", "light_due", "claimed_progress", "claimed_on", "verified_progress", "has_obstacle",
    "quiet_since", "tasks_open", "tasks_fulfilled", "tasks_unclaimed", "tasks_cancelled", "agencies_without_task", "next_due",
    "series_runs", "finding", "withdrawn_late",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tally:
    """Commitments added up, by `derived.counts`. Progress is a plain average, rounded down; no follow-up counts as 0."""

    total: int = 0
    # What has a percent: what recurs has none.
    counted: int = 0
    undated: int = 0
    unnamed: int = 0
    open_tasks: int = 0
    fulfilled_tasks: int = 0
    claimed_tasks: int = 0
    cancelled_tasks: int = 0
    replaced_tasks: int = 0
    changed_scope: int = 0
    # How many commitments' scope changed, their own or a task's; `changed_scope` is how often.
    rescoped: int = 0
    sum_verified: int = 0
    sum_claimed: int = 0
    lights: Counter[str] = field(default_factory=Counter, hash=False)

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
    def overdue(self) -> int:
        return overdue(self.lights)

    @property
    def late(self) -> int:
        """As the verdict counts them."""
        return sum(self.lights[light] for light in verdict.LATE)

    @property
    def fulfilled(self) -> int:
        return self.lights[Light.FULFILLED]

    @property
    def assessed(self) -> int:
        """Of which a finding at the end stands."""
        return sum(self.lights[light] for light in ASSESSED)

    @property
    def withdrawn(self) -> int:
        """Also what was overdue before it was withdrawn."""
        return self.lights[Light.CANCELLED] + self.lights[Light.WITHDRAWN_LATE]

    @property
    def is_taken_back(self) -> bool:
        """Whether something of it was cancelled, replaced, changed in scope or withdrawn."""
        return bool(self.cancelled_tasks or self.replaced_tasks or self.changed_scope or self.withdrawn)

    @property
    def verified(self) -> int:
        """Percent, rounded down, over all that has one: what was withdrawn counts with what was verified of it."""
        return self.sum_verified // self.counted if self.counted else 0

    @property
    def claimed(self) -> int:
        return self.sum_claimed // self.counted if self.counted else 0

    @property
    def by_light(self) -> list[tuple[str, int]]:
        return in_order(self.lights)


def in_order(lights: Mapping[str, int]) -> list[tuple[str, int]]:
    """Each light with its number, in the order of all pages."""
    return [(light.value, lights.get(light, 0)) for light in ORDER_OF_LIGHTS]


def overdue(lights: Counter[str]) -> int:
    return sum(lights[light] for light in OVERDUE)


def tally(rows: Iterable[dict[str, Any]]) -> Tally:
    """Of `counts.tallied`."""
    return _summed([(row["light"], [row[name] for name in TALLIED]) for row in rows])


def _summed(groups: Sequence[tuple[str, Sequence[int]]]) -> Tally:
    """Of groups with their light and their `TALLIED`."""
    lights = Counter[str]()
    for light, numbers in groups:
        lights[light] += numbers[0]
    sums = map(sum, zip(*(numbers for _light, numbers in groups), strict=True))
    return Tally(**dict(zip(TALLIED, sums, strict=bool(groups))), lights=lights)


def counts_of(days: Sequence[Day]) -> list[Counts]:
    """The boards' figures of these days: one query for all whose figures are kept, four more for each other."""
    kept = {row.day: row for row in _kept(tuple([day.on for day in days]))}
    return [_counts(day, kept.get(day.on)) for day in days]


def _counts(day: Day, kept: DayFigures | None) -> Counts:
    return kept.counts if kept and (kept.is_current if day.is_past else kept.is_last) else _counted(day)


class MonthEnd(NamedTuple):
    """What commitments and tasks came to on a day, as the lines of many months show it; None where the day's figures are not kept."""

    day: date
    late: int | None = None
    fulfilled: int | None = None
    verified: int | None = None
    claimed: int | None = None
    late_tasks: int | None = None
    fulfilled_tasks: int | None = None

    @classmethod
    def of(cls, day: date, found: Counts) -> Self:
        total = whole(found)
        return cls(
            day, total.late, total.fulfilled, total.verified, total.claimed, late_tasks(found), total.fulfilled_tasks
        )


MONTHS_SHOWN = 12
SECONDS_KEPT = 24 * 60 * 60


@reading
def counts_and_months(day: Day) -> Steps[tuple[Counts, list[MonthEnd]]]:
    """The board's figures of a day, and what is kept of the ended months before it, from the first that is: two queries where the day is
    kept, and one for months that nobody asked for lately.

    A month that nobody kept is never counted here: that would be three questions over all items for each.
    """
    ends = month_ends(day.on)
    kept, closed = yield [(_kept, ((day.on,),)), (_closed, (tuple(ends),))]
    months = _months([row for row in closed if row.is_current])
    first = next((number for number, end in enumerate(ends) if end in months), len(ends))
    return _counts(day, kept[0] if kept else None), [months.get(end, MonthEnd(end)) for end in ends[first:]]


def _months(closed: Iterable[DayFigures]) -> dict[date, MonthEnd]:
    """A day that is over never changes: to read the figures of a dozen again took a third of the board's time."""
    keys = {row.day: f"month:{settings.RELEASE}:{row.day}:{row.hash}" for row in closed}
    known = caches["pages"].get_many(keys.values())
    unknown = tuple(day for day, key in keys.items() if key not in known)
    read = {keys[row.day]: MonthEnd.of(row.day, row.counts) for row in (_kept(unknown) if unknown else ())}
    caches["pages"].set_many(read, SECONDS_KEPT)
    return {month.day: month for month in (known | read).values()}


def month_ends(before: date, number: int = MONTHS_SHOWN) -> list[date]:
    """The last days of so many months that ended before that day, oldest first."""
    ends = [before.replace(day=1) - timedelta(days=1)]
    while len(ends) < number:
        ends.append(ends[-1].replace(day=1) - timedelta(days=1))
    return ends[::-1]


@prepared("days")
def _kept(days: tuple[date, ...]) -> DayFiguresQuerySet:
    return DayFigures.objects.with_next().filter(day__in=days)


@prepared("days")
def _closed(days: tuple[date, ...]) -> DayFiguresQuerySet:
    """Without the figures themselves."""
    return DayFigures.objects.with_next().with_hash().filter(day__in=days).defer("counts")


def _counted(day: Day) -> Counts:
    """Today's questions are kept prepared. A past day's are not: there are thousands of days, and soon its figures are kept."""
    return counts.together(*(ask(day) for ask in (QUESTIONS if day.is_past else PREPARED)))


def _by_objective(day: Day) -> QuerySet[Any, dict[str, Any]]:
    return counts.by_objective(day.commitments, day.on)


def _by_sector(day: Day) -> QuerySet[Any, tuple[int, str, int]]:
    return counts.by_sector(day.commitments.with_sector(), day.on)


def _by_band(day: Day) -> QuerySet[Any, dict[str, Any]]:
    return counts.banded(day.tasks.public(), day.on)


def _by_agency(day: Day) -> QuerySet[Any, tuple[int, int, int]]:
    return counts.by_agency(day.tasks, day.on)


QUESTIONS: tuple[Callable[[Day], Any], ...] = (_by_objective, _by_sector, _by_band, _by_agency)
PREPARED = tuple(prepared()(question) for question in QUESTIONS)


class ObjectiveTally(NamedTuple):
    """An objective's commitments. `number` is None for what is not aligned with any."""

    number: int | None
    title: str
    language: str
    tally: Tally


def whole(found: Counts) -> Tally:
    """Of the whole strategy."""
    return _summed([(light, numbers) for _objective, light, numbers in _grouped(found, "objective")])


def tallies_by_objective(found: Counts) -> dict[int, Tally]:
    """By key of the objective; 0 for what is not aligned with any."""
    groups = defaultdict[int, list[tuple[str, list[int]]]](list)
    for objective, light, numbers in _grouped(found, "objective"):
        groups[objective].append((light, numbers))
    return {objective: _summed(group) for objective, group in groups.items()}


def by_objective(found: Counts) -> tuple[ObjectiveTally, ...]:
    """Every objective, also without commitments; what is aligned with none comes last, if anything is. One query."""
    tallies = tallies_by_objective(found)
    groups = [
        ObjectiveTally(objective.number, objective.title, objective.title_language, tallies.pop(objective.pk, Tally()))
        for objective in _objectives()
    ]
    return (*groups, *(ObjectiveTally(None, "", "", other) for other in tallies.values()))


@prepared()
def _objectives() -> QuerySet[Objective]:
    return Objective.objects.filter(parent=None).order_by("number")


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

    @property
    def by_light(self) -> list[tuple[str, int]]:
        return in_order(self.lights)


def by_sector(found: Counts, day: Day) -> list[SectorTally]:
    """Every sector that a commitment names, the one with most commitments first. One query."""
    lights: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for sector, light, [number] in _grouped(found, "sector"):
        lights[sector][light] = number
    heads = (_heads_then(tuple(lights), day.on) if day.is_past else heads_called(tuple(lights))) if lights else ()
    sectors = [SectorTally(head["key"], head["acronym"], head["name"], lights[head["pk"]]) for head in heads]
    return sorted(sectors, key=lambda sector: (-sector.total, alphabetical(sector.name)))


@prepared("keys")
def heads_called(keys: tuple[int, ...]) -> QuerySet[Any, dict[str, Any]]:
    return Commitment.objects.heads().filter(pk__in=keys).order_by()


@prepared("keys", "on")
def _heads_then(keys: tuple[int, ...], on: date) -> QuerySet[Any, dict[str, Any]]:
    return CommitmentVersion.objects.all_on(on).heads().filter(pk__in=keys).order_by()


def _grouped(found: Counts, kind: str) -> Iterator[tuple[int, str, list[int]]]:
    """Key of an objective or sector (0 for no objective), light and numbers."""
    prefix = f"{kind}:"
    for name, numbers in found.items():
        if name.startswith(prefix):
            _kind, key, light = name.split(":")
            yield int(key or 0), light, numbers


@dataclass(slots=True)
class SectorWork:
    """The open tasks of a sector's agencies, and how many of them are late."""

    key: str
    acronym: str
    name: str
    open: int = 0
    late: int = 0


def work_by_sector(found: Counts, day: Day) -> list[SectorWork]:
    """Every sector with open tasks, the one with most late ones first. One query."""
    owed = dict(_by_key(found, "agency"))
    sectors: dict[int, SectorWork] = {}
    for agency, head, *called in (_sectors_then if day.is_past else _sectors)(tuple(owed), day.on) if owed else ():
        sector = sectors.setdefault(head, SectorWork(*called))
        open_tasks, late = owed[agency]
        sector.open += open_tasks
        sector.late += late
    return sorted(sectors.values(), key=lambda sector: most_late_first(sector.late, sector.name))


def most_late_first(late: int, name: str) -> tuple[int, str]:
    """The order in which sectors stand on every page, by their late tasks and their names: the key for sorting."""
    return -late, alphabetical(name)


def late_tasks(found: Counts) -> int:
    return sum(late for _agency, [_open, late] in _by_key(found, "agency"))


def agencies_with_late_tasks(found: Counts) -> int:
    return sum(late > 0 for _agency, [_open, late] in _by_key(found, "agency"))


def _by_key(found: Counts, kind: str) -> Iterator[tuple[int, list[int]]]:
    return ((int(name.partition(":")[2]), numbers) for name, numbers in found.items() if name.startswith(f"{kind}:"))


@prepared("keys")
def _sectors(keys: tuple[int, ...], on: date) -> QuerySet[Agency, tuple[Any, ...]]:
    """Each agency with its sector's head: keys, and what the head is called."""
    head = [Coalesce(f"parent__{name}", name) for name in ("pk", "key", "acronym", "name")]
    return Agency.objects.filter(pk__in=keys).order_by().values_list("pk", *head)


def _sectors_then(keys: tuple[int, ...], on: date) -> list[tuple[Any, ...]]:
    """The same of a past day, with the sectors and names that agencies had then. Two queries."""
    sectors = dict(
        AgencyVersion.objects.on(on)
        .filter(agency__in=keys)
        .order_by()
        .values_list("agency", Coalesce("parent", "agency"))
    )
    heads = {
        head["pk"]: (head["key"], head["acronym"], head["name"]) for head in _heads_then(tuple(sectors.values()), on)
    }
    return [(agency, head, *heads[head]) for agency, head in sectors.items() if head in heads]


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
    seated = agencies.annotate(commitment_count=count_of(named), is_seated=has_focal_point(on)).select_related("parent")
    return [
        AgencyFigures(agency, agency.commitment_count, *tasks.get(agency.pk, (0, 0)), agency.is_seated)
        for agency in seated
    ]


def with_seats(agencies: AgencyQuerySet, on: date) -> AgencyQuerySet:
    """Annotate `open_tasks` and `is_seated`, for the few agencies of a sector."""
    owed = Task.objects.open().filter(agency=OuterRef("pk"))
    return agencies.annotate(open_tasks=count_of(owed), is_seated=has_focal_point(on))


def members_then(head: Agency, on: date) -> QuerySet:
    """What `with_seats` gives, of a sector as it stood on a past day."""
    owed = TaskVersion.objects.on(on).open().filter(agency=OuterRef("agency"))
    seated = Appointment.objects.focal_points().active_then(on).filter(agency=OuterRef("agency"))
    members = AgencyVersion.objects.on(on).registered().filter(parent=head).order_by(InSpanish("name"))
    return members.values("name", "acronym", key=F("agency__key"), open_tasks=count_of(owed), is_seated=Exists(seated))


# On follow-ups, the latest: of so many the median time is told.
DECISIONS = 500


@dataclass(frozen=True, slots=True)
class NetworkFigures:
    """Numbers about agencies and about the review queue, in which follow-ups (`waiting`) and requests (`asked`) stand together.

    `catalogued` are the registered agencies that the federal budget catalogue lists; `alone` are requests that nobody but who asked
    has decided.

    `oldest` and `median` are the business days for which the queue has waited, 0 for today; `to_decide` is the median of those that the
    latest DECISIONS on follow-ups took.
    """

    registered: int
    catalogued: int
    vacant: int
    waiting: int | None
    asked: int | None
    alone: int | None
    oldest: int | None
    median: int | None
    reopened: int | None = None  # acceptances that were found to be errors
    to_decide: int | None = None
    in_bulk: int | None = None  # decisions on follow-ups that were made together with others, and stand


@reading
def standing(on: date) -> Steps[NetworkFigures]:
    """Three queries, in two round trips."""
    [stands], decisions = yield [(_standing, (on,)), (_latest_decisions, ())]
    registered, catalogued, vacant, sent, asked, alone, reopened, in_bulk, *oldest = stands
    length, first = sent + asked, min((at for at in oldest if at), default=None)
    stretch, place = divmod((length - 1) // 2, NEARBY)
    median = None
    if length:
        [places] = yield [(_waiting_since, (stretch * NEARBY, (stretch + 1) * NEARBY))]
        median = places[place][0]
    oldest_age, median_age = (business_days_since(at, on) if at else None for at in (first, median))
    took = sorted(business_days_since(sent_at, clock.day_of(decided_at)) for sent_at, decided_at in decisions)
    return NetworkFigures(
        registered, catalogued, vacant, sent, asked, alone, oldest_age, median_age, reopened,
        took[(len(took) - 1) // 2] if took else None, in_bulk,
    )  # fmt: skip


@prepared()
def _standing(on: date) -> QuerySet[LedgerHead, tuple]:
    sent, asked = FollowUp.objects.waiting(), Request.objects.waiting()
    return LedgerHead.objects.filter(pk=1).values_list(
        count_of(Agency.objects.registered()),
        count_of(Agency.objects.registered().filter(in_catalogue=True)),
        count_of(vacant(Agency.objects.registered(), on)),
        count_of(sent),
        count_of(asked),
        count_of(Request.objects.filter(decided_alone=True)),
        count_of(Reopening.objects.all()),
        count_of(FollowUp.objects.filter(in_bulk=True)),
        Subquery(sent.values("submitted_at")[:1]),
        Subquery(asked.values("asked_at")[:1]),
    )


@prepared()
def _latest_decisions() -> QuerySet[FollowUp, Any]:
    """When each was sent and decided."""
    decided = FollowUp.objects.filter(decided_at__isnull=False).order_by("-decided_at")
    return decided.values_list("submitted_at", "decided_at")[:DECISIONS]


@prepared()
def _waiting_since(start: int, stop: int) -> QuerySet[Any, tuple[datetime]]:
    """Since when each item from one place of the queue to another has waited. Asked by stretches: each place would have SQL of its own."""
    sent = FollowUp.objects.waiting().order_by().annotate(at=F("submitted_at")).values_list("at")
    asked = Request.objects.waiting().order_by().annotate(at=F("asked_at")).values_list("at")
    return sent.union(asked, all=True).order_by("at")[start:stop]


def standing_then(on: date) -> NetworkFigures:
    """The agencies' numbers as they stood on a past day. How long the queue was then is not in the record. One query."""
    [(registered, catalogued, vacant, reopened)] = _standing_then(on, clock.start_of(on + timedelta(days=1)))
    return NetworkFigures(registered, catalogued, vacant, None, None, None, None, None, reopened)


@prepared("on", "ends_at")
def _standing_then(on: date, ends_at: datetime) -> QuerySet[LedgerHead, tuple[int, int, int, int]]:
    registered = AgencyVersion.objects.on(on).registered()
    return LedgerHead.objects.filter(pk=1).values_list(
        count_of(registered),
        count_of(registered.filter(agency__in_catalogue=True)),
        count_of(vacant_then(on, ends_at)),
        count_of(Reopening.objects.filter(reopened_at__lt=ends_at)),
    )


def vacant_then(on: date, ends_at: datetime) -> PeriodQuerySet:
    """What `vacant` gives of today, of a past day."""
    seated = Appointment.objects.focal_points().active(on).recorded_before(ends_at).filter(agency=OuterRef("agency"))
    owing = TaskVersion.objects.on(on).open().filter(agency=OuterRef("agency"))
    return AgencyVersion.objects.on(on).registered().filter(~Exists(seated), Exists(owing))


def count_of(rows: QuerySet) -> Coalesce:
    """How many rows, as an expression for another query, whose row they may refer to (`OuterRef`)."""
    counted_rows = rows.order_by().values(everything=Value(1)).annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted_rows), 0, output_field=IntegerField())


def business_days_since(instant: datetime, on: date) -> int:
    """0 on the day itself."""
    return business_days.between(clock.day_of(instant), on)


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
    return Evidence.objects.visible_to(user).with_other_tasks(user).filter(follow_up__in=follow_ups)
