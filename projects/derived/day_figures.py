"""The figures of each business day (`counts`), brought up to date with every entry by what its items come to before and after it.

The day's first entry, or the daily job before that, counts everything. What a day's last entry leaves is the day as it closed: nothing
changes it any more. Days without a row are counted once by the daily job (`keep_missing_days`).
"""

import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import CharField, F, QuerySet, StringAgg, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat

from focalpoints import clock
from focalpoints.ledger.agency_timeline import AGENCIES as AGENCY_VERSIONS
from focalpoints.ledger.projections import ChangedRows, ProjectedTable, Summary
from focalpoints.models import Agency, Entry, LedgerHead
from focalpoints.sql.prepared import prepared
from focalpoints.sql.writing import change_all, insert
from focalpoints.turn import head_first
from projects.derived.counts import (
    Counts,
    add,
    banded,
    by_agency,
    by_objective,
    by_sector,
    of_commitment,
    of_task,
    together,
)
from projects.derived.timeline import AGENCIES, COMMITMENTS, TASKS
from projects.light.rule import Thresholds
from projects.light.thresholds import in_force
from projects.models import Commitment, CommitmentVersion, DayFigures, Task, TaskVersion

RECENT = 31  # days
# Up to as many commitments and tasks, to add them up one by one is quicker than to have Django write the SQL of another day's lights.
FEW = 2000
# The agencies that each of some commitments names, with the sector of each.
type Named = dict[int, dict[int, int]]


def _follow(rows: ChangedRows, before: int) -> None:
    """Bring the day's figures up to date with the entries after `before`: one query, and one that writes."""
    [(seq, counts, named)] = _kept(rows.day, _commitments(rows))
    if seq != before or _moves_agencies(rows):
        counts = _figures(rows.day, is_over=False)
    for sign, contribution in _differences(rows, _parsed(named)):
        add(counts, contribution, sign)
    if seq is None:
        insert(DayFigures(day=rows.day, seq=rows.seq, counts=counts))
    else:
        change_all(DayFigures, [rows.day], seq=rows.seq, counts=counts)  # type: ignore[list-item]  # its key is a day


def _moves_agencies(rows: ChangedRows) -> bool:
    """An agency goes to another sector, and with it all commitments that name it."""
    return any(
        before and after and before["parent_id"] != after["parent_id"]
        for before, after in rows.changes(AGENCY_VERSIONS).values()
    )


def _commitments(rows: ChangedRows) -> tuple[int, ...]:
    return tuple(sorted({key[0] for table in (COMMITMENTS, AGENCIES) for key in rows.changes(table)}))


@prepared("day", "commitments")
def _kept(day: date, commitments: tuple[int, ...]) -> QuerySet[LedgerHead, tuple[int | None, Counts, str | None]]:
    """One row: up to which entry the day's figures are counted, the figures, and whom these commitments name (`_parsed`)."""
    figures = DayFigures.objects.filter(day=day)
    links: QuerySet = Commitment.agencies.through.objects.filter(commitment__in=commitments).order_by()
    keys = (F("commitment"), F("agency"), Coalesce("agency__parent", "agency"))
    written = [part for key in keys for part in (Cast(key, CharField()), Value(":"))][:-1]
    named = links.values(every=Value(1)).annotate(named=StringAgg(Concat(*written), Value(","))).values("named")
    columns = (Subquery(figures.values("seq")), Subquery(figures.values("counts")), Subquery(named))
    return LedgerHead.objects.filter(pk=1).values_list(*columns)


def _parsed(written: str | None) -> Named:
    """From `commitment:agency:sector`, separated by commas."""
    named: Named = defaultdict(dict)
    for keys in written.split(",") if written else ():
        commitment, agency, sector = map(int, keys.split(":"))
        named[commitment][agency] = sector
    return named


def _differences(rows: ChangedRows, named: Named) -> Iterator[tuple[int, Counts]]:
    """What the entry's items no longer add (-1), and what they add now (1)."""
    thresholds = in_force(rows.day)
    for (task,) in rows.changes(TASKS):
        for sign, facts in zip((-1, 1), rows.changes(TASKS)[task,], strict=True):
            if facts:
                yield sign, of_task(facts, rows.day, thresholds)
    for commitment in _commitments(rows):
        now = rows.current(COMMITMENTS, commitment)
        both = rows.changes(COMMITMENTS).get((commitment,), (now, now))
        sectors = _sectors_before(rows, commitment, named[commitment]), set(named[commitment].values())
        for sign, facts, among in zip((-1, 1), both, sectors, strict=True):
            if facts:
                yield sign, of_commitment(facts, among, rows.day, thresholds)


def _sectors_before(rows: ChangedRows, commitment: int, named: dict[int, int]) -> set[int]:
    changes = {key[1]: after for key, (_before, after) in rows.changes(AGENCIES).items() if key[0] == commitment}
    gone = [agency for agency, after in changes.items() if after is None]
    before = {sector for agency, sector in named.items() if agency not in changes}
    return before | (set(_sectors_of(gone)) if gone else set())


def _sectors_of(agencies: list[int]) -> QuerySet[Agency, int]:
    found = Agency.objects.filter(pk__in=agencies).order_by()
    return found.values_list(Coalesce("parent", "pk"), flat=True)


def _figures(day: date, *, is_over: bool) -> Counts:
    are_many = any(model._default_manager.order_by()[FEW:].exists() for model in (Commitment, Task))
    return _counted(day, is_over=is_over) if are_many else _added_up(day, is_over=is_over)


def _added_up(day: date, *, is_over: bool) -> Counts:
    """As `_counted`, item by item: the same questions for every day."""
    counts, thresholds = dict[str, list[int]](), in_force(day)
    sectors: dict[int, set[int]] = defaultdict(set)
    for commitment, sector in (_sectors_then if is_over else _sectors_now)(day):
        sectors[commitment].add(sector)
    for facts in _facts(COMMITMENTS, day):
        add(counts, of_commitment(facts, sectors[facts["commitment_id"]], day, thresholds))
    for facts in _facts(TASKS, day):
        add(counts, of_task(facts, day, thresholds))
    return counts


@prepared("day")
def _facts(table: ProjectedTable, day: date) -> QuerySet[Any, dict[str, Any]]:
    return table.model._default_manager.on(day).order_by().values(*table.key, *table.values)  # type: ignore[attr-defined]


@prepared("day")
def _sectors_then(day: date) -> QuerySet[Any, tuple[int, int]]:
    named: QuerySet = CommitmentVersion.objects.on(day).with_sector()
    return named.order_by().values_list("commitment", "sector")


@prepared("day")
def _sectors_now(day: date) -> QuerySet[Any, tuple[int, int]]:
    named: QuerySet = CommitmentVersion.objects.on(day).with_sector_of_today()
    return named.order_by().values_list("commitment", "sector")


def _counted(day: date, *, is_over: bool) -> Counts:
    """By the versions that stood at the day's end, or stand now. Today's questions are kept prepared, others are asked once."""
    if not is_over:
        thresholds = in_force(day)
        return together(
            _objectives(day, thresholds), _sectors(day, thresholds), _bands(day, thresholds), _agencies(day, thresholds)
        )
    commitments, tasks = CommitmentVersion.objects.all_on(day), TaskVersion.objects.all_on(day).public()
    return together(
        by_objective(commitments, day),
        by_sector(commitments.with_sector(), day),
        banded(tasks, day),
        by_agency(tasks, day),
    )


@prepared()
def _objectives(day: date, thresholds: Thresholds) -> QuerySet[Any, dict[str, Any]]:
    """The SQL of the lights has the day and its `thresholds` in it: another version is another question."""
    return by_objective(CommitmentVersion.objects.all_on(day), day)


@prepared()
def _sectors(day: date, thresholds: Thresholds) -> QuerySet[Any, tuple[int, str, int]]:
    return by_sector(CommitmentVersion.objects.all_on(day).with_sector_of_today(), day)


@prepared()
def _bands(day: date, thresholds: Thresholds) -> QuerySet[Any, dict[str, Any]]:
    return banded(TaskVersion.objects.all_on(day).public(), day)


@prepared()
def _agencies(day: date, thresholds: Thresholds) -> QuerySet[Any, tuple[int, int, int]]:
    return by_agency(TaskVersion.objects.all_on(day), day)


@head_first
def keep_today() -> None:
    """Count today's figures unless they are kept, so that neither the day's first entry nor a reader has to."""
    head, today = LedgerHead.objects.get(pk=1), clock.today()
    is_ahead = head.at is None or clock.day_of(head.at) > today
    if not is_ahead and not DayFigures.objects.filter(day=today, seq=head.seq).exists():
        DayFigures.objects.put(today, head.seq, _figures(today, is_over=False))


def keep_missing_days(seconds: float = float("inf"), *, every_day: bool = False) -> int:
    """Count days that are over and have no figures, the latest first, for so long. Returns how many were counted.

    Days on which the daily job ran have theirs. Of those before: each of the last month, and the last day of each month for lines of
    many months, or `every_day`. What is asked of another day, the database counts.
    """
    until, count = time.monotonic() + seconds, 0
    for day in _missing_days(every_day=every_day):
        if time.monotonic() > until:
            break
        DayFigures.objects.put(day, _last_entry(day), _figures(day, is_over=True))
        count += 1
    return count


def _missing_days(*, every_day: bool) -> list[date]:
    first = Entry.objects.order_by("seq").values_list("at", flat=True).first()
    if first is None:
        return []
    kept = {row.day for row in DayFigures.objects.with_next().defer("counts") if row.is_current}
    days = (clock.today() - clock.day_of(first)).days
    before = [clock.today() - timedelta(days=number) for number in range(1, days + 1)]
    return [
        day
        for number, day in enumerate(before, 1)
        if day not in kept and (every_day or number <= RECENT or _ends_month(day))
    ]


def _ends_month(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1


def _last_entry(day: date) -> int:
    until_then = Entry.objects.filter(at__lt=clock.start_of(day + timedelta(days=1)))
    return until_then.order_by("-at", "-seq").values_list("seq", flat=True)[0]


def _complete() -> None:
    keep_today()
    keep_missing_days()


def _differs() -> bool:
    """Whether the figures of any day are not what the versions come to."""
    head = LedgerHead.objects.get(pk=1)
    return head.at is not None and any(
        row.counts != _counted(row.day, is_over=row.day < clock.day_of(head.at))
        for row in DayFigures.objects.with_next().iterator()
        if row.is_current
    )


SUMMARY = Summary("day figures", 3, DayFigures, _follow, _complete, _differs)
