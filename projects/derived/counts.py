"""What boards add up, as numbers by key: counted by the database over rows, or item by item over facts. Both give the same.

`objective:3:late` is what the late commitments under objective 3 come to (`TALLIED`), `sector:7:late` how many of them name agencies
of sector 7, `agency:9` how many tasks it has open and late, `moved:commitment` and `moved:task` how far dates moved (`MOVED_BY`). What
comes to nothing has no key.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Sum, Value, When

from projects.light.bands import LATENESS, MOVED, SILENCE_WORDS, freshness, key_of, lateness_band, moved_band, silence
from projects.light.reader import clause_of
from projects.light.rule import COMMITMENT_RULE, TASK_RULE, Light, Thresholds
from projects.models import Commitment, Task
from projects.models.querysets import CommitmentAdjectives, TaskAdjectives
from projects.models.task_facts import fulfils_task

type Counts = dict[str, list[int]]

TALLIED = (
    "total", "counted", "undated", "unnamed", "open_tasks", "fulfilled_tasks", "claimed_tasks", "cancelled_tasks",
    "replaced_tasks", "changed_scope", "rescoped", "sum_verified", "sum_claimed",
)  # fmt: skip
# How many have a date, of how many it moved, how often and by how many days; of the fulfilled ones that had a date, how many were late
# and by how many days; then how many are in each band, the silence being that of open tasks.
MOVED_BY = (
    "dated", "moved", "moves", "days", "fulfilled", "late", "days_late",
    *(f"moved_{key}" for key in MOVED), *(f"late_{key}" for key in LATENESS), *(f"heard_{key}" for key in SILENCE_WORDS),
)  # fmt: skip
# The columns by which `banded` groups, and what it adds up.
BANDS = ("moved_in", "late_in", "heard_in")
SUMS = ("number", "of_dated", "sum_moves", "sum_days", "sum_late")


def of_commitment(facts: Mapping[str, Any], sectors: Iterable[int], on: date, thresholds: Thresholds) -> Counts:
    """What one commitment adds on that day. `facts` are those of a version, with its objective."""
    light = COMMITMENT_RULE[clause_of(COMMITMENT_RULE, facts, on, thresholds)].light
    is_active = facts["state"] == Commitment.State.ACTIVE
    tasks_open, tasks_fulfilled = facts["tasks_open"], facts["tasks_fulfilled"]
    numbers = [
        1,
        int(not facts["recurrence"]),
        int(facts["due"] is None),
        int(facts["binds"] == Commitment.Binds.NONE_PUBLISHED),
        tasks_open,
        tasks_fulfilled,
        tasks_open - facts["tasks_unclaimed"],
        facts["tasks_cancelled"],
        facts["tasks_replaced"],
        facts["scope_changes"],
        int(facts["scope_changes"] > 0),
        facts["verified_progress"] or 0,
        (facts["claimed_progress"] if is_active else facts["verified_progress"]) or 0,
    ]
    named = {f"sector:{sector}:{light}": [1] for sector in sectors}
    return {f"objective:{facts['objective_id'] or ''}:{light}": numbers, "moved:commitment": _moved(facts), **named}


def of_task(facts: Mapping[str, Any], on: date, thresholds: Thresholds) -> Counts:
    """What one task adds on that day; nothing unless it is public."""
    if facts["state"] not in Task.PUBLIC_STATES:
        return {}
    is_open = facts["state"] == Task.State.CONFIRMED and not fulfils_task(facts["verified_progress"])
    if not is_open:
        return {"moved:task": _moved(facts)}
    light = TASK_RULE[clause_of(TASK_RULE, facts, on, thresholds)].light
    return {
        "moved:task": _moved(facts, freshness(facts["quiet_since"], on)),
        f"agency:{facts['agency_id']}": [1, int(light == Light.LATE)],
    }


def _moved(facts: Mapping[str, Any], heard_in: str | None = None) -> list[int]:
    due, moves, days, days_late = facts["due"], facts["moves"], facts["slippage_days"], facts["days_late"]
    bands = moved_band(due, moves, days), lateness_band(days_late), heard_in
    return in_bands(bands, (1, int(due is not None), moves, days, days_late or 0))


def in_bands(bands: Sequence[str | None], sums: Sequence[int]) -> list[int]:
    """`MOVED_BY` of the items in these bands, which come to these sums."""
    (moved_in, late_in, heard_in), (number, dated, moves, days, days_late) = bands, sums
    return [
        dated,
        number if moves else 0,
        moves,
        days,
        number if late_in else 0,
        number if days_late else 0,
        days_late,
        *[number if key == moved_in else 0 for key in MOVED],
        *[number if key == late_in else 0 for key in LATENESS],
        *[number if key == heard_in else 0 for key in SILENCE_WORDS],
    ]


def add(counts: Counts, more: Counts, sign: int = 1) -> None:
    """Add them, or with -1 take them away."""
    for key, numbers in more.items():
        before = counts.get(key) or [0] * len(numbers)
        counts[key] = [one + sign * other for one, other in zip(before, numbers, strict=True)]
        if not any(counts[key]):
            del counts[key]


def tallied(commitments: CommitmentAdjectives, on: date, *groups: str) -> QuerySet[Any, dict[str, Any]]:
    """One row for each light and combination of `groups`, with `TALLIED`."""
    return (
        commitments.with_light(on)
        .order_by()
        .values("light", *groups)
        .annotate(
            total=Count("pk"),
            counted=Count("pk", filter=Q(recurrence=Commitment.Recurrence.ONCE)),
            undated=Count("pk", filter=Q(due=None)),
            unnamed=Count("pk", filter=Q(binds=Commitment.Binds.NONE_PUBLISHED)),
            open_tasks=Sum("tasks_open"),
            fulfilled_tasks=Sum("tasks_fulfilled"),
            claimed_tasks=Sum(F("tasks_open") - F("tasks_unclaimed")),
            cancelled_tasks=Sum("tasks_cancelled"),
            replaced_tasks=Sum("tasks_replaced"),
            changed_scope=Sum("scope_changes"),
            rescoped=Count("pk", filter=Q(scope_changes__gt=0)),
            # What was withdrawn goes on counting, at what was verified.
            sum_verified=Sum("verified_progress", default=0),
            sum_claimed=Sum(
                Case(When(Commitment.ACTIVE, then="claimed_progress"), default="verified_progress"), default=0
            ),
        )
    )


def banded(rows: Any, on: date, *groups: str) -> QuerySet[Any, dict[str, Any]]:
    """Commitments or tasks: one row for each combination of bands (`BANDS`) and `groups`, with `SUMS`."""
    heard = key_of(silence(on), Task.OPEN) if rows.OPEN is Task.OPEN else Value(None, output_field=CharField())
    return with_sums(
        rows.order_by()
        .annotate(moved_in=key_of(MOVED), late_in=key_of(LATENESS), heard_in=heard)
        .values(*groups, *BANDS)
    )


def with_sums(rows: QuerySet) -> QuerySet:
    """The aggregates of `SUMS`, under names that shadow no column."""
    return rows.annotate(
        number=Count("pk"), of_dated=Count("due"), sum_moves=Sum("moves"), sum_days=Sum("slippage_days"),
        sum_late=Sum("days_late", default=0),
    )  # fmt: skip


def by_objective(commitments: CommitmentAdjectives, on: date) -> QuerySet[Any, dict[str, Any]]:
    """What the commitments add but for their sectors: one row for each objective, light and combination of bands."""
    by_band = commitments.annotate(
        objective_key=F(commitments.OBJECTIVE), moved_in=key_of(MOVED), late_in=key_of(LATENESS)
    )
    return with_sums(tallied(by_band, on, "objective_key", "moved_in", "late_in"))


def by_sector(with_sector: CommitmentAdjectives, on: date) -> QuerySet[Any, tuple[int, str, int]]:
    """Sector, light and how many commitments of that light name agencies of it."""
    rows = with_sector.with_light(on).order_by()
    return rows.values_list("sector", "light").annotate(total=Count("pk", distinct=True))


def by_agency(tasks: TaskAdjectives, on: date) -> QuerySet[Any, tuple[int, int, int]]:
    """Agency, how many tasks it has open, and how many of them are late."""
    rows = tasks.open().with_light(on).order_by()
    late = Count("pk", filter=Q(light=Light.LATE))
    return rows.values_list("agency").annotate(total=Count("pk"), late=late)


def together(
    of_commitments: Iterable[Mapping[str, Any]],
    of_sectors: Iterable[tuple[int, str, int]],
    of_tasks: Iterable[Mapping[str, Any]],
    of_agencies: Iterable[tuple[int, int, int]],
) -> Counts:
    """The counts, from the rows of `by_objective`, of `by_sector`, of the tasks' `banded` and of `by_agency`."""
    counts: Counts = {f"sector:{sector}:{light}": [total] for sector, light, total in of_sectors}
    counts |= {f"agency:{agency}": numbers for agency, *numbers in of_agencies}
    for row in of_commitments:
        tally = [row[name] for name in TALLIED]
        add(
            counts,
            {f"objective:{row['objective_key'] or ''}:{row['light']}": tally, "moved:commitment": row_in_bands(row)},
        )
    for row in of_tasks:
        add(counts, {"moved:task": row_in_bands(row)})
    return counts


def row_in_bands(row: Mapping[str, Any]) -> list[int]:
    """`MOVED_BY` of a row with `BANDS` and `SUMS`."""
    return in_bands([row.get(name) for name in BANDS], [row[name] for name in SUMS])
