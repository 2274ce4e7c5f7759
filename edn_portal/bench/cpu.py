"""How much CPU and memory the server and the database have used, and how busy the whole machine was."""

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper

LOCAL_HOSTS = {"", "localhost", "127.0.0.1", "::1"}
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """User and system time of a process with all its threads, also ended ones; 0 when the process has ended."""
    try:
        # The process's CPU clock, as clock_getcpuclockid(3) computes its number. In nanoseconds; /proc/<pid>/stat has hundredths.
        return time.clock_gettime_ns(((~pid) << 3) | 2) / 1e9
    except OSError:
        return _seconds_by_ps(pid)


def _seconds_by_ps(pid: int) -> float:
    """The same from `ps`, for systems on which a process cannot read another's clock."""
    told = subprocess.run(["ps", "-o", "time=", "-p", str(pid)], capture_output=True, text=True)  # noqa: S603, S607
    text = told.stdout.strip()
    return seconds_in(text) if told.returncode == 0 and text else 0.0


def seconds_in(text: str) -> float:
    """A time as POSIX `ps` prints it (`1-02:03:04.5`, `[[dd-]hh:]mm:ss[.ff]`) in seconds."""
    days, _, rest = text.rpartition("-")
    total = float(days or 0) * 86_400
    for place, part in enumerate(reversed(rest.split(":"))):
        total += float(part) * 60**place
    return total


def family(pid: int) -> list[int]:
    """A process and all its descendants."""
    parents = _parents()
    found = [pid]
    for member in found:  # the list grows as the loop goes on
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
    """The fields of /proc/<pid>/stat after the program's name: state, parent, …; empty when the process has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _proportional_kilobytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


@dataclass(frozen=True, slots=True)
class MachineTime:
    """Seconds of CPU since the machine started, all cores together. `stolen` was given to other guests by its host."""

    busy: float
    stolen: float


def machine_time() -> MachineTime | None:
    """None on systems without /proc/stat."""
    try:
        first = Path("/proc/stat").read_text().split("\n", 1)[0]
    except OSError:
        return None
    user, nice, system, _idle, _waiting, irq, softirq, stolen = (int(field) / TICKS for field in first.split()[1:9])
    return MachineTime(user + nice + system + irq + softirq + stolen, stolen)


class ServerProcesses:
    """The CPU and memory of a server and its workers."""

    def __init__(self, pid: int) -> None:
        self.pids = family(pid)

    def seconds(self) -> float:
        return sum(map(cpu_seconds, self.pids))

    def megabytes(self) -> float:
        """Memory of all of them, what they share counted once (PSS); 0 on systems without /proc."""
        return sum(map(_proportional_kilobytes, self.pids)) / 1024


class DatabaseProcesses:
    """The CPU of PostgreSQL for everybody but this process. 0 for SQLite, which runs inside the server, and for a database elsewhere."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        host = str(connection.settings_dict.get("HOST", ""))
        is_near = host.startswith("/") or host in LOCAL_HOSTS
        self.is_known = connection.vendor == "postgresql" and is_near and Path("/proc/self/stat").exists()
        self.own = self._rows("SELECT pg_backend_pid()")[0] if self.is_known else 0

    def _rows(self, sql: str) -> list[int]:
        with self.connection.cursor() as cursor:
            cursor.execute(sql)
            return [row[0] for row in cursor.fetchall()]

    def seconds(self) -> float:
        """The CPU of all other backends of this database. That of parallel workers is lost with them: `servers.portal` has none started."""
        if not self.is_known:
            return 0.0
        backends = self._rows("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid IS NOT NULL")
        return sum(cpu_seconds(pid) for pid in backends if pid != self.own)

    def own_seconds(self) -> float:
        """The CPU of the backend that answers this process."""
        return cpu_seconds(self.own) if self.is_known else 0.0

    def is_cleaning_up(self) -> bool:
        """Whether PostgreSQL is running an autovacuum, whose CPU belongs to no request."""
        return self.is_known and bool(
            self._rows("SELECT pid FROM pg_stat_activity WHERE backend_type ~ '^autovacuum w'")
        )
