"""`manage.py backup` and `restore`: database, evidence and ledger head into one archive, and from it into an empty place.

The database is copied first, as of one instant, while others go on writing. Evidence files are written once and never
changed, so those that the copy names are the right ones however late they are read.
"""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection, transaction

from edn_portal.backups import archive
from edn_portal.backups.postgres_programs import find
from focalpoints.ledger.verification import Head, verify
from projects.models import Evidence

HEAD_MEMBER = "ledger-head.txt"  # as `verify_ledger --against` reads it
EVIDENCE = "evidence/"
# Their rows stay behind: nobody is signed in, or locked out, by a restore.
PASSING_TABLES = ("django_session", "throttle_cache")
ATTEMPTS = 5

HEAD_SQL = "SELECT seq, digest FROM focalpoints_ledgerhead"
FILES_SQL = "SELECT file, sha256 FROM projects_evidence WHERE file <> '' ORDER BY file"
type Query = Callable[[str], list[tuple[Any, ...]]]


class BackupNotPossible(Exception):
    """Nothing was written, or everything was taken back; says why and what to do."""


class Vanished(Exception):
    """A file was taken out of the record after the database was copied."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the copied database says of itself."""

    head: Head
    files: dict[str, str]  # name → SHA-256

    @classmethod
    def read(cls, query: Query) -> "Snapshot":
        heads = [Head(seq, digest) for seq, digest in query(HEAD_SQL)]
        return cls(heads[0] if heads else Head(0, "0" * 64), dict(query(FILES_SQL)))


@dataclass(frozen=True, slots=True)
class Result:
    head: Head
    files: int
    problems: dict[str, str]  # name of a file that is not as it was sent → what is wrong with it


class Sqlite:
    """Copies the portal's SQLite database to a file and back."""

    member = "database.sqlite3"

    @property
    def path(self) -> Path:
        return Path(connection.settings_dict["NAME"])

    def dump(self, target: Path) -> Snapshot:
        connection.ensure_connection()
        with closing(sqlite3.connect(target)) as copy:
            connection.connection.backup(copy)  # one step: one instant; readers and writers go on
            tables = {name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            for table in tables.intersection(PASSING_TABLES):
                copy.execute(f"DELETE FROM {table}")  # noqa: S608 - a name from above
            copy.commit()
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
            copy.execute("VACUUM")
            return Snapshot.read(lambda sql: copy.execute(sql).fetchall())

    def load(self, source: Path) -> None:
        with closing(sqlite3.connect(source)) as copy:
            if (answer := copy.execute("PRAGMA integrity_check").fetchone()) != ("ok",):
                raise BackupNotPossible(f"The database in the archive is damaged: {answer[0]}")
        self.empty()
        shutil.copyfile(source, draft := self.path.with_name(f"{self.path.name}.restoring"))
        draft.replace(self.path)

    def empty(self) -> None:
        connection.close()
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)


class Postgres:
    """Copies the portal's PostgreSQL database to a file and back, with PostgreSQL's own programs."""

    member = "database.pgdump"

    def dump(self, target: Path) -> Snapshot:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            [(shared,)] = _rows("SELECT pg_export_snapshot()")
            passing = [f"--exclude-table-data={table}" for table in PASSING_TABLES]
            self._run("pg_dump", "--format=custom", f"--snapshot={shared}", *passing, f"--file={target}")
            return Snapshot.read(_rows)

    def load(self, source: Path) -> None:
        self._run("pg_restore", "--single-transaction", "--exit-on-error", str(source))

    def empty(self) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")

    def _run(self, program: str, *words: str) -> None:
        path = find(program, at_least=connection.pg_version // 10000)  # type: ignore[attr-defined]
        keywords = {option.keyword.decode() for option in psycopg.pq.Conninfo.get_defaults()}
        facts = {name: value for name, value in connection.get_connection_params().items() if name in keywords}
        password = facts.pop("password", None)  # never on a command line, where everybody reads it
        address = psycopg.conninfo.make_conninfo(**facts)
        done = subprocess.run(  # noqa: S603 - PostgreSQL's own program, no shell
            [path, "--no-owner", "--no-privileges", *words, f"--dbname={address}"],
            env=os.environ | ({"PGPASSWORD": password} if password else {}),
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise BackupNotPossible(f"{program} failed: {done.stderr.strip()}")


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def engine() -> Sqlite | Postgres:
    return Sqlite() if connection.vendor == "sqlite" else Postgres()


def evidence_folder() -> Path:
    assert isinstance(default_storage, FileSystemStorage)  # noqa: S101 - what settings.py configures
    return Path(default_storage.location)


def back_up(path: Path) -> Result:
    """Write the archive. `problems` name evidence that the store has lost or altered: the rest was kept all the same."""
    for _attempt in range(ATTEMPTS):
        try:
            return _back_up(path)
        except Vanished:
            continue  # a draft's file was removed, or one was redacted, meanwhile: start from a newer copy
    raise BackupNotPossible("Evidence was being removed all the time. Try again.")


def _back_up(path: Path) -> Result:
    problems: dict[str, str] = {}
    source = engine()
    with archive.writing(path) as out:
        copy = out.folder / source.member
        snapshot = source.dump(copy)
        with copy.open("rb") as file:
            out.add(source.member, file, compress=isinstance(source, Sqlite))
        head_file = out.folder / HEAD_MEMBER
        head_file.write_text(f"{snapshot.head}\n")
        with head_file.open("rb") as file:
            out.add(HEAD_MEMBER, file)
        for name, sha256 in snapshot.files.items():
            try:
                with open(default_storage.path(name), "rb") as file:
                    found = out.add(EVIDENCE + name, file)
            except FileNotFoundError:
                if not Evidence.objects.filter(file=name).exists():
                    raise Vanished from None
                problems[name] = "missing from the evidence folder"
                continue
            if found != sha256:
                problems[name] = "not the file that was sent: its SHA-256 differs"
        out.finish(
            {
                "release": settings.RELEASE,
                "made_at": datetime.now(UTC).isoformat(),
                "database": connection.vendor,
                "ledger_head": str(snapshot.head),
                "problems": problems,
            }
        )
    return Result(snapshot.head, len(snapshot.files), problems)


def restore(path: Path) -> Result:
    """Unpack and check everything first; then fill the empty place; take all back unless the ledger is intact."""
    target, folder = engine(), evidence_folder()
    if connection.introspection.table_names():
        raise BackupNotPossible("The database is not empty. Restore into a new, empty one.")
    if folder.exists() and any(folder.iterdir()):
        raise BackupNotPossible(f"The evidence folder {folder} is not empty. Restore into a new, empty one.")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix=".restoring-", dir=folder) as name, archive.reading(path) as source:
        staged = Path(name)
        if source.manifest.get("database") != connection.vendor or target.member not in source.members:
            raise BackupNotPossible(
                f"The archive holds a {source.manifest.get('database')} database, not {connection.vendor}."
            )
        for member in source.members:
            source.unpack(member, staged / member)
        head = _kept_head(staged)
        try:
            target.load(staged / target.member)
            snapshot = _restored(head)
            problems = _compare(snapshot, source)
        except BaseException:
            target.empty()
            raise
        if (staged / EVIDENCE).exists():
            for entry in (staged / EVIDENCE).iterdir():
                entry.rename(folder / entry.name)
    return Result(head, len(snapshot.files), problems)


def _kept_head(staged: Path) -> Head:
    try:
        return Head.parse((staged / HEAD_MEMBER).read_text())
    except (OSError, ValueError) as error:
        raise archive.Damaged("The archive has no ledger head.") from error


def _restored(head: Head) -> Snapshot:
    """What now stands in the database. Raises NotPossible unless its ledger is intact and ends at `head`."""
    snapshot = Snapshot.read(_rows)
    report = verify([head] if head.seq else [])
    if not report.is_intact or snapshot.head != head:
        why = "; ".join(map(str, report.problems)) or "its head is not the archive's."
        raise BackupNotPossible(f"The ledger in the archive is not intact: {why}")
    return snapshot


def _compare(snapshot: Snapshot, source: archive.ArchiveReader) -> dict[str, str]:
    """Evidence must be what the database names, but for what was already lost when the archive was made."""
    known: dict[str, str] = source.manifest.get("problems", {})
    found = {
        name.removeprefix(EVIDENCE): facts["sha256"]
        for name, facts in source.members.items()
        if name.startswith(EVIDENCE)
    }
    names = found.keys() | snapshot.files.keys()
    if unknown := {name for name in names if found.get(name) != snapshot.files.get(name)} - known.keys():
        raise BackupNotPossible(
            f"The evidence in the archive is not what its database names: {', '.join(sorted(unknown))}"
        )
    return known
