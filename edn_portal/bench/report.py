"""The results of a run as JSON, as a table, and compared with an earlier run."""

import os
import platform
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db import connection

from edn_portal.bench.measuring import Measured
from focalpoints.models import Agency, LedgerHead
from projects.models import Commitment, FollowUp, Task

FORMAT = 2
# By how much two runs of the same code may differ on a machine that has other work.
NOISE = 0.15
# A difference of fewer milliseconds is the clock's, not the code's.
GRAIN = 0.1


def as_json(
    empty_ms: float,
    measured: Mapping[str, Measured],
    skipped: Mapping[str, str],
    beside: Mapping[str, str],
    weights: Mapping[str, Mapping[str, int]],
    megabytes: float,
) -> dict[str, Any]:
    """The run as it is written to a file. `beside`: operation → the one that it is compared with, if that was measured too."""
    return {
        "format": FORMAT,
        "taken_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "release": settings.RELEASE,
        "commit": _commit(),
        "machine": _machine(),
        "data": data_size(),
        "empty_ms": round(empty_ms, 4),
        "megabytes": round(megabytes, 1),
        "operations": {name: one.as_json() for name, one in measured.items()},
        "beside": {
            name: {"of": other, "times": round(_both_ms(measured[name]) / _both_ms(measured[other]), 2)}
            for name, other in beside.items()
            if name in measured and other in measured
        },
        "weights": dict(weights),
        "skipped": dict(skipped),
    }


def _both_ms(one: Measured) -> float:
    return one.server_ms + one.database_ms


def data_size() -> dict[str, int]:
    return {
        "agencies": Agency.objects.count(),
        "commitments": Commitment.objects.count(),
        "tasks": Task.objects.count(),
        "follow_ups": FollowUp.objects.count(),
        "ledger_entries": LedgerHead.objects.values_list("seq", flat=True).first() or 0,
    }


def _machine() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()" if connection.vendor == "sqlite" else "SHOW server_version")
        version = cursor.fetchone()[0]
    return {
        "cores": os.cpu_count(),
        "processor": _processor(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "django": django.get_version(),
        "database": f"{connection.vendor} {version}",
        "workers": settings.SERVER_WORKERS,
        "threads": settings.SERVER_THREADS,
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _commit() -> str:
    """The commit of this checkout, with a + when files were changed since; empty outside a checkout."""
    try:
        told = subprocess.run(
            ["git", "describe", "--always", "--dirty=+", "--abbrev=12"],  # noqa: S607
            cwd=settings.BASE_DIR, capture_output=True, text=True, check=True,
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        return ""
    return told.stdout.strip()


COLUMNS = (
    ("operation", 36), ("server ms", 10), ("× empty", 8), ("database ms", 12), ("again ms", 9), ("× empty", 8), ("db ms", 7),
    ("raw SQL ms", 11), ("p50 ms", 8), ("p95 ms", 8), ("queries", 8), ("bytes", 9), ("", 12),
)  # fmt: skip


def table(run: Mapping[str, Any]) -> Iterator[str]:
    """The lines of the table. CPU is in milliseconds per request: of an unseen address, then of the same one asked for again."""
    machine, data = run["machine"], run["data"]
    yield ", ".join(f"{value:,} {name.replace('_', ' ')}" for name, value in data.items())
    yield (
        f"{machine['cores']} cores ({machine['processor']}), Python {machine['python']}, Django {machine['django']}, "
        f"{machine['database']}; release {run['release']} {run['commit']}"
    )
    yield f"an empty Django page: {run['empty_ms']:.2f} ms; memory of the server afterwards: {run['megabytes']:.0f} MB"
    yield _line([name for name, _ in COLUMNS])
    for name, one in run["operations"].items():
        yield _line(_cells(name, one))
    for name, one in run["beside"].items():
        yield f"{name}: {one['times']:.2f} × {one['of']}, server and database together"
    for name, one in run["weights"].items():
        yield (
            f"{name}, first visit: {one['requests']} requests, {one['wire']:,} bytes; the page {one['page']:,} bytes, "
            f"{one['html']:,} of HTML"
        )
    for name, why in run["skipped"].items():
        yield f"not measured: {name}: {why}"


def _line(cells: list[str]) -> str:
    first, *others = zip(cells, COLUMNS, strict=True)
    return first[0].ljust(first[1][1]) + "".join(cell.rjust(width) for cell, (_, width) in others)


def _cells(name: str, one: Mapping[str, Any]) -> list[str]:
    return [
        name, f"{one['server_ms']:.2f}", f"{one['times_empty']:.1f}", f"{one['database_ms']:.2f}",
        _number(one["again_ms"], 2), _number(one["again_times_empty"], 1), _number(one["again_database_ms"], 2),
        _number(one["raw_ms"], 2), f"{one['p50_ms']:.1f}", f"{one['p95_ms']:.1f}", str(one["queries"]), f"{one['bytes']:,}",
        "  disturbed" if one["disturbed"] else "",
    ]  # fmt: skip


def _number(value: float | None, digits: int) -> str:
    return f"{value:.{digits}f}" if value else "–"


@dataclass(frozen=True, slots=True)
class Slower:
    """A figure of an operation that grew by more than noise."""

    operation: str
    figure: str
    before: float
    now: float

    def __str__(self) -> str:
        return f"{self.operation}: {self.figure} {self.before:g} → {self.now:g} ({self.now / self.before - 1:+.0%})"


def slower(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[Slower]:
    """What costs more than before. The server's CPU is compared in units of each run's empty page, which evens out different machines."""
    found: list[Slower] = []
    for name, one in now["operations"].items():
        if old := before["operations"].get(name):
            found += _grown(name, old, one, grain=GRAIN / now["empty_ms"])
    return found


def _grown(name: str, old: Mapping[str, Any], one: Mapping[str, Any], *, grain: float) -> Iterator[Slower]:
    noise = max(NOISE, old["spread"], one["spread"])
    for key, figure, least in (
        ("times_empty", "× an empty page", grain),
        ("database_ms", "ms in the database", GRAIN),
        ("again_times_empty", "× an empty page, asked for again", grain),
    ):
        if (one[key] or 0) > (old[key] or 0) * (1 + noise) and one[key] - (old[key] or 0) > least:
            yield Slower(name, figure, old[key] or 0, one[key])
    if one["queries"] > old["queries"]:
        yield Slower(name, "queries", old["queries"], one["queries"])
    if one["bytes"] > old["bytes"] * (1 + NOISE):
        yield Slower(name, "bytes", old["bytes"], one["bytes"])


def differing(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Why two runs are hard to compare, in words. The few follow-ups that measuring itself logs do not count."""
    found = [
        f"{name.replace('_', ' ')}: {before['data'][name]:,} then, {size:,} now"
        for name, size in now["data"].items()
        if abs(before["data"].get(name, 0) - size) > max(size, before["data"].get(name, 0)) * 0.05
    ]
    return found + [
        f"{name}: {before['machine'].get(name)} then, {fact} now"
        for name, fact in now["machine"].items()
        if before["machine"].get(name) != fact
    ]
