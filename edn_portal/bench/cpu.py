"""How much CPU other processes have used, and how busy the machine was besides."""

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper

LOCAL_HOSTS = {"", "localhost", "127.0.0.1", "::1"}
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """User and system time of a process with all its threads, ended ones too; 0 for a process that is gone."""
    try:
        # The clock that clock_getcpuclockid(3) names: to the nanosecond, where /proc/<pid>/stat counts hundredths.
        return time.clock_gettime_ns(((~pid) << 3) | 2) / 1e9
    except OSError:
        return _as_ps_tells(pid)


def _as_ps_tells(pid: int) -> float:
    """Where a process has no clock that others may read: `[[dd-]hh:]mm:ss[.ff]`, as POSIX prints it."""
    told = subprocess.run(["ps", "-o", "time=", "-p", str(pid)], capture_output=True, text=True)  # noqa: S603, S607
    text = told.stdout.strip()
    return seconds_in(text) if told.returncode == 0 and text else 0.0


def seconds_in(text: str) -> float:
    """`1-02:03:04.5` in seconds."""
    days, _, rest = text.rpartition("-")
    total = float(days or 0) * 86_400
    for place, part in enumerate(reversed(rest.split(":"))):
        total += float(part) * 60**place
    return total


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    parents = _parents()
    found = [pid]
    for member in found:  # grows while it is walked
        found += [child for child, parent in parents.items() if parent == member]
    return found


def _parents() -> dict[int, int]:
    told = {}
    if Path("/proc/self/stat").exists():
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit() and (fields := _stat(int(folder.name))):
                told[int(folder.name)] = int(fields[1])
        return told
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout  # noqa: S607
    return {int(pid): int(parent) for pid, parent in (line.split() for line in listed.splitlines())}


def _stat(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat after the program's name: state, parent, …; empty for a process that is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def cpu_of_ended_children(pid: int) -> float:
    """What a process's children had used when they ended: a database's parallel workers, for one."""
    fields = _stat(pid)
    return (int(fields[13]) + int(fields[14])) / TICKS if fields else 0.0


@dataclass(frozen=True, slots=True)
class MachineTime:
    """Seconds of all cores together since the machine started."""

    busy: float
    stolen: float


def machine_time() -> MachineTime | None:
    """None where the machine does not tell."""
    try:
        first = Path("/proc/stat").read_text().split("\n", 1)[0]
    except OSError:
        return None
    user, nice, system, _idle, _waiting, irq, softirq, stolen = (int(field) / TICKS for field in first.split()[1:9])
    return MachineTime(user + nice + system + irq + softirq + stolen, stolen)


class ServerProcesses:
    """The CPU of a server and of the workers that it started."""

    def __init__(self, pid: int) -> None:
        self.pids = family(pid)

    def seconds(self) -> float:
        return sum(map(cpu_seconds, self.pids))


class DatabaseProcesses:
    """The CPU of PostgreSQL for everybody but us; of SQLite, which works inside the server, and of one elsewhere nothing is told."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        host = str(connection.settings_dict.get("HOST", ""))
        is_near = host.startswith("/") or host in LOCAL_HOSTS
        self.is_told = connection.vendor == "postgresql" and is_near and Path("/proc/self/stat").exists()
        self.own = self.postmaster = 0
        if self.is_told:
            self.own = self._rows("SELECT pg_backend_pid()")[0]
            self.postmaster = int(_stat(self.own)[1])

    def _rows(self, sql: str) -> list[int]:
        with self.connection.cursor() as cursor:
            cursor.execute(sql)
            return [row[0] for row in cursor.fetchall()]

    def seconds(self) -> float:
        """Backends in use, and the parallel workers that they had."""
        if not self.is_told:
            return 0.0
        backends = self._rows("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid IS NOT NULL")
        others = sum(cpu_seconds(pid) for pid in backends if pid != self.own)
        return others + cpu_of_ended_children(self.postmaster)

    def own_seconds(self) -> float:
        """Of the backend that answers this very process."""
        return cpu_seconds(self.own) if self.is_told else 0.0

    def is_cleaning_up(self) -> bool:
        """PostgreSQL vacuums by itself: what it uses is nobody's request."""
        return self.is_told and bool(
            self._rows("SELECT pid FROM pg_stat_activity WHERE backend_type ~ '^autovacuum w'")
        )
