"""What the ledger tells since a day, of the whole strategy or of a part of it: by day, like events counted together."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from operator import attrgetter
from typing import Any

from django.db.models import CharField, Count, F, Max, Min, Model, QuerySet, Value
from django.db.models.functions import Concat, TruncDate

from focalpoints import clock
from focalpoints.models import Agency, Entry
from focalpoints.models.entry import EntryQuerySet
from focalpoints.pages.pager import ListPart, part
from focalpoints.workflow import sentence_of
from principles.models import Objective, Principle
from projects.models import Assessment, Commitment, FollowUp, Project, Request, Task
from projects.models.commitment import dossier_of
from projects.reading.history import Event, events, public_kinds

# A page shows whole days until it has so many lines, and of a large part of the strategy no more days than these.
LINES, DAYS = 60, 31
# So many events of a kind and day are told one by one; more are counted.
TOLD = 2
# Of these the events are few enough to be counted all at once, found by what they are about and not by their time.
NARROW = {"commitment", "project", "agency"}


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of the strategy that is asked about. `kind` is empty, and `row` None, for the whole."""

    kind: str = ""
    row: Any = None

    @property
    def title(self) -> str:
        """In the reader's language where it has one in both."""
        if self.row is None:
            return ""
        return str(self.row.name if self.kind == "agency" else self.row.title)

    @property
    def short_title(self) -> str:
        """As the trails above pages call it: a commitment by its code."""
        return str(self.row.code) if self.kind == "commitment" else self.title

    @property
    def language(self) -> str:
        """Of its title."""
        match self.kind:
            case "":
                return ""
            case "agency":
                return "es"
            case "commitment" | "project":
                return str(self.row.language)
        return str(self.row.title_language)

    def entries(self, since: datetime, until: datetime) -> EntryQuerySet:
        """Its public entries from one instant on until before another."""
        parts = [rows.filter(at__gte=since, at__lt=until) for rows in self.parts()]
        if len(parts) == 1:
            return parts[0]
        first, *others = (rows.order_by().values("pk") for rows in parts)
        return Entry.objects.filter(pk__in=first.union(*others))

    def latest(self, most: int) -> list[Entry]:
        """Its newest public entries, the newest first. One or two queries for each kind of event.

        One agency more counts every commitment again that binds all: those entries would leave no room for what happened.
        """
        parts = self.parts(list)
        found = [entry for rows in parts for entry in rows.exclude(verb="recount")[:most]]
        return sorted(found, key=attrgetter("seq"), reverse=True)[:most]

    def last_before(self, instant: datetime, since: datetime) -> datetime | None:
        """When its last event before an instant was, not earlier than another. One short query for each kind of event."""
        found = [
            rows.filter(at__gte=since, at__lt=instant).order_by("-at").values_list("at", flat=True).first()
            for rows in self.parts()
        ]
        return max(filter(None, found), default=None)

    def parts(self, listed: Callable[[QuerySet], Any] = lambda dossiers: dossiers) -> list[EntryQuerySet]:
        """Entries by what they are about, each found by an index, the newest first. No two hold the same entry.

        `listed` is given the dossiers of a part that has many. With their list PostgreSQL walks the ledger backwards and stops soon;
        of the query that finds them it knows too little to do so.
        """
        row = self.row
        match self.kind:
            case "commitment":
                return [public_entries().filter(dossier=row.dossier)]
            case "project":
                return [entries_about("project", Project, pk=row.pk), _filed(listed, project=row.pk)]
            case "objective":
                of = {"objective": row.pk}
                return [
                    entries_about("assessment", Assessment, **of),
                    entries_about("project", Project, **of),
                    _filed(listed, project__objective=row.pk),
                ]
            case "principle":
                return [
                    entries_about(
                        "project",
                        Project,
                        pk__in=(serving := Project.objects.serving(pk=row.pk).order_by().values("pk")),
                    ),
                    _filed(listed, project__in=serving),
                ]
            case "agency":
                named = Commitment.objects.filter(agencies=row.pk).values("pk")
                return [
                    entries_about("commitment", Commitment, pk__in=named),
                    entries_about("assessment", Assessment, commitment__in=named),
                    *[entries_about(kind, model, agency=row.pk) for kind, model in OF_AN_AGENCY.items()],
                ]
        return [public_entries()]


# What an agency does, and what is asked of it, whoever else its commitment names.
OF_AN_AGENCY: dict[str, type[Model]] = {"task": Task, "follow-up": FollowUp, "request": Request}
ROWS: dict[str, tuple[QuerySet[Any], str]] = {
    "commitment": (Commitment.objects.all(), "code"),
    "project": (Project.objects.all(), "slug"),
    "objective": (Objective.objects.filter(parent=None), "number"),
    "agency": (Agency.objects.all(), "key"),
    "principle": (Principle.objects.all(), "number"),
}


def scope_of(kind: str, key: str | int) -> Scope | None:
    """The part that an address names; None where there is none."""
    if not kind:
        return Scope()
    rows, name = ROWS[kind]
    row = rows.filter(**{name: key}).first()
    return Scope(kind, row) if row else None


def public_entries() -> EntryQuerySet:
    # Most entries are public. By an index over their kinds SQLite would read them all, however few days are asked about.
    kind = Concat("subject_type", Value(""))
    return Entry.objects.alias(kind=kind).filter(kind__in=public_kinds()).order_by("-seq")


def entries_about(kind: str, model: type[Model], **which: Any) -> EntryQuerySet:
    named = "slug" if kind == "project" else "code"
    rows = model._default_manager.filter(**which).order_by().values(named)
    return Entry.objects.of_type(kind).filter(subject__in=rows)


def _filed(listed: Callable[[QuerySet], Any], **which: Any) -> EntryQuerySet:
    """All that is in the dossiers of these commitments."""
    dossier = Concat(Value(dossier_of("")), F("code"), output_field=CharField())
    dossiers = Commitment.objects.filter(**which).order_by().values_list(dossier, flat=True)
    return public_entries().filter(dossier__in=listed(dossiers))


@dataclass(frozen=True, slots=True)
class LineOfChanges:
    """One event, or how many of a kind there were on a day: `like` then names them in an address, and `event` is the latest of them."""

    what: str
    event: Event
    count: int = 1
    like: str = ""


@dataclass(frozen=True, slots=True)
class DayOfChanges:
    on: date
    count: int
    lines: Sequence[LineOfChanges]


@dataclass(frozen=True, slots=True)
class Changes:
    """The days shown, the latest first; `earlier` is the day from which the next page goes back, None at the end.

    `in_all` counts those of the days that are not shown too.
    """

    days: Sequence[DayOfChanges]
    earlier: date | None
    in_all: int

    @property
    def first(self) -> date:
        """The earliest of the days shown."""
        return self.days[-1].on

    @property
    def count(self) -> int:
        return sum(day.count for day in self.days)


def changes_in(scope: Scope, since: date, until: date) -> Changes:
    """Of both days and those between them; as many as make a page. Where nothing happened for long, the page begins before that.

    Three queries; some more for what lies further back.
    """
    page = _latest(scope, since, until)
    if page.earlier is None:
        return page
    return replace(page, in_all=scope.entries(clock.start_of(since), end_of(until)).count())


def _latest(scope: Scope, since: date, until: date) -> Changes:
    first = since if scope.kind in NARROW else max(since, until - timedelta(days=DAYS - 1))
    counted = list(_counted(scope.entries(clock.start_of(first), end_of(until))))
    shown, earlier = _whole_days(counted)
    if earlier is None and first > since:
        last = scope.last_before(clock.start_of(first), clock.start_of(since))
        earlier = clock.day_of(last)
        if earlier and not shown:
            return _latest(scope, since, earlier)
    return Changes(_told(shown), earlier, in_all=sum(line["count"] for line in shown))


def end_of(day: date) -> datetime:
    return clock.start_of(day + timedelta(days=1))


def _counted(entries: EntryQuerySet) -> Any:
    day = TruncDate("at", tzinfo=clock.ZONE)
    kinds = entries.annotate(day=day).order_by().values("day", "subject_type", "verb")
    return kinds.annotate(count=Count("pk"), first=Min("pk"), last=Max("pk")).order_by("-day", "-last")


def _whole_days(counted: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], date | None]:
    """The lines of the first days, and the day that comes next."""
    for number, line in enumerate(counted):
        if number >= LINES and line["day"] != counted[number - 1]["day"]:
            return counted[:number], line["day"]
    return counted, None


def _told(lines: Iterable[dict[str, Any]]) -> list[DayOfChanges]:
    lines = list(lines)
    named = {line["last"] for line in lines} | {line["first"] for line in lines if line["count"] <= TOLD}
    entries = list(Entry.objects.filter(pk__in=named)) if named else []
    said = dict(zip([entry.seq for entry in entries], events(entries), strict=True)) if entries else {}
    days: dict[date, dict[int, LineOfChanges]] = {}
    for line in lines:
        of_day = days.setdefault(line["day"], {})
        if line["count"] <= TOLD:
            of_day |= {seq: LineOfChanges(said[seq].what, said[seq]) for seq in (line["first"], line["last"])}
        else:
            what, like = str(sentence_of(line["subject_type"], line["verb"])), f"{line['subject_type']}.{line['verb']}"
            of_day[line["last"]] = LineOfChanges(what, said[line["last"]], line["count"], like)
    latest_first = {on: [told[seq] for seq in sorted(told, reverse=True)] for on, told in days.items()}
    return [DayOfChanges(on, sum(line.count for line in told), told) for on, told in latest_first.items()]


def like_events(scope: Scope, on: date, kind: str, verb: str, page: str | None) -> ListPart:
    """The events of one kind on a day, the latest first. Two queries."""
    entries = scope.entries(clock.start_of(on), end_of(on)).filter(subject_type=kind, verb=verb).order_by("-seq")
    shown = part(partial(_between, entries), page)
    shown.rows[:] = events(shown.rows)
    return shown


def _between(entries: EntryQuerySet, start: int, stop: int) -> list[Any]:
    return list(entries[start:stop])
