"""A backup taken while people write restores to an intact record; a damaged one restores nothing."""

import hashlib
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test import override_settings

from edn_portal.backups import archive
from focalpoints.models import Entry, LedgerHead
from projects import actions
from projects.models import Evidence
from tests.live import ROOT, Content, clean_environment, manage, new_database
from tests.test_every_verb import VERBS, named

pytestmark = pytest.mark.slow


@pytest.fixture
def record(transactional_db, cast):
    """A cast whose rows other connections can see."""
    return cast


@pytest.fixture
def elsewhere(tmp_path) -> dict[str, str]:
    """The environment of an empty place: no tables, no evidence."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return clean_environment(Content(folder, new_database(folder)))


def send_with_proof(cast, text: str) -> None:
    """A follow-up with a file, sent; and one more file that is taken off again."""
    focal_point = cast["focal point"]
    follow_up = cast.follow_up(done=text)
    for name in ("kept", "dropped"):
        upload = SimpleUploadedFile(f"{name}.csv", f"{name},{text}\n".encode() * 500)
        evidence = actions.attach_file(follow_up, by=focal_point, upload=upload, content_type="text/csv")
        if name == "dropped":
            actions.remove_evidence(evidence, by=focal_point)
    follow_up.refresh_from_db()
    actions.submit(follow_up, by=focal_point, revision=follow_up.revision)


@contextmanager
def people_writing(cast, how_many: int) -> Iterator[list[BaseException]]:
    """Threads that send follow-ups until the block ends; yields what went wrong in them."""
    stop, failures = threading.Event(), []

    def work(name: str) -> None:
        count = 0
        try:
            while not stop.is_set():
                count += 1
                send_with_proof(cast, f"{name}-{count}")
        except BaseException as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(f"writer-{number}",)) for number in range(how_many)]
    for thread in threads:
        thread.start()
    try:
        yield failures
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def head() -> int:
    return LedgerHead.objects.get().seq


def wait_for_entries(count: int) -> int:
    """Until that many more were written; returns where the ledger then ends."""
    wanted = head() + count
    wait_until(lambda: head() >= wanted)
    return head()


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline, "nobody writes"
        time.sleep(0.02)


def digests(folder: Path) -> set[str]:
    return {hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}


def test_a_backup_taken_under_writes_restores_to_an_intact_record(record, elsewhere, tmp_path):
    file = tmp_path / "portal.zip"
    with people_writing(record, 3) as failures:
        wait_until(lambda: Evidence.objects.count() >= 4)
        before = head()
        call_command("backup", str(file), stdout=io.StringIO())
        after = wait_for_entries(3)
    assert failures == []

    told = manage(elsewhere, "restore", str(file))
    seq, digest = told.split()[-2:]
    assert "the ledger is intact" in told
    assert before <= int(seq) <= after
    assert Entry.objects.get(seq=int(seq)).digest == digest, "the restored ledger is a beginning of ours"
    assert manage(elsewhere, "verify_ledger").startswith("intact")

    program = "from projects.models import Evidence; print(*Evidence.objects.values_list('sha256', flat=True))"
    named = set(manage(elsewhere, "shell", "--no-imports", "-c", program).split())
    assert digests(Path(elsewhere["EDN_VAR_DIR"]) / "evidence") == named
    assert len(named) > 2


@pytest.fixture
def own_evidence(tmp_path):
    """The evidence of this test alone: every file there is belongs to a row."""
    stores = settings.STORAGES
    default = stores["default"] | {"OPTIONS": stores["default"]["OPTIONS"] | {"location": str(tmp_path / "evidence")}}
    with override_settings(STORAGES=stores | {"default": default}):
        yield tmp_path / "evidence"


# Nobody is signed in, or locked out, by a restore.
LEFT_BEHIND = {"django_session", "throttle_cache"}


def test_whatever_is_stored_is_there_again(record, own_evidence, elsewhere, tmp_path):
    """Every row of every table and every file, counted without the portal, once each verb was carried out."""
    for verb, case in VERBS.values():
        rows, arguments = named(case, record)
        verb(*rows, **arguments)
    record.client("coordinator")
    file = tmp_path / "portal.zip"
    call_command("backup", str(file), stdout=io.StringIO())
    manage(elsewhere, "restore", str(file))

    before, after = contents(connection_to_tests()), contents(connection_to(elsewhere["DATABASE_URL"]))
    assert before.keys() == after.keys()
    assert {name for name in before if before[name] != after[name]} == {"django_session"}
    assert {name for name, rows in before.items() if not rows} >= LEFT_BEHIND - {"django_session"}
    empty = {name for name, rows in after.items() if not rows}
    assert not {"projects_evidence", "projects_request", "projects_followup", "focalpoints_entry"} & empty

    kinds = {proof.request_id is None for proof in Evidence.objects.exclude(file="")}
    assert kinds == {True, False}, "files of follow-ups and of requests for dates"
    stored = digests(own_evidence)
    assert len(stored) == len([path for path in own_evidence.rglob("*") if path.is_file()]) > 1
    assert digests(Path(elsewhere["EDN_VAR_DIR"]) / "evidence") == stored


def connection_to_tests() -> Any:
    facts = connection.get_connection_params()
    return (
        sqlite3.connect(facts["database"])
        if connection.vendor == "sqlite"
        else psycopg.connect(
            **{name: facts[name] for name in ("dbname", "user", "password", "host", "port") if facts.get(name)}
        )
    )


def connection_to(database_url: str) -> Any:
    if database_url.startswith("sqlite"):
        return sqlite3.connect(database_url.removeprefix("sqlite:///"))
    return psycopg.connect(database_url)


def contents(database: Any) -> dict[str, list[str]]:
    """The rows of each table, as text, in order."""
    names = (
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        if isinstance(database, sqlite3.Connection)
        else "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    )
    with closing(database):
        tables = [name for (name,) in database.execute(names).fetchall()]
        return {name: sorted(map(repr, database.execute(f'SELECT * FROM "{name}"').fetchall())) for name in tables}


def test_a_restored_database_still_guards_its_ledger_and_knows_no_sessions(record, elsewhere, tmp_path):
    client = record.client("coordinator")
    assert client.session.session_key
    file = tmp_path / "portal.zip"
    call_command("backup", str(file), stdout=io.StringIO())
    manage(elsewhere, "restore", str(file))
    program = "from focalpoints.models import Entry; Entry.objects.update(state='')"
    with pytest.raises(RuntimeError, match="ledger only grows"):
        manage(elsewhere, "shell", "--no-imports", "-c", program)
    program = "from django.contrib.sessions.models import Session; print(Session.objects.count())"
    assert manage(elsewhere, "shell", "--no-imports", "-c", program).strip() == "0"


def test_a_place_that_is_not_empty_is_left_alone(record, elsewhere, tmp_path):
    send_with_proof(record, "uno")
    file = tmp_path / "portal.zip"
    call_command("backup", str(file), stdout=io.StringIO())
    with pytest.raises(CommandError, match="database is not empty"):
        call_command("restore", str(file))
    folder = Path(elsewhere["EDN_VAR_DIR"]) / "evidence"
    folder.mkdir()
    (folder / "old").write_text("still here")
    with pytest.raises(RuntimeError, match="not empty"):
        manage(elsewhere, "restore", str(file))
    assert [path.read_text() for path in folder.iterdir()] == ["still here"]


def test_a_backup_overwrites_nothing(record, tmp_path):
    file = tmp_path / "portal.zip"
    file.write_text("last year's")
    with pytest.raises(CommandError, match="exists already"):
        call_command("backup", str(file))
    assert file.read_text() == "last year's"
    assert list(tmp_path.iterdir()) == [file]


def test_lost_and_altered_evidence_is_named_and_the_rest_is_kept(record, elsewhere, tmp_path):
    for text in ("lost", "altered", "sound"):
        send_with_proof(record, text)
    lost, altered, sound = Evidence.objects.order_by("pk").values_list("file", flat=True)
    Path(default_storage.path(lost)).unlink()
    Path(default_storage.path(altered)).write_text("something else")
    file = tmp_path / "portal.zip"
    with pytest.raises(CommandError, match="evidence is not whole") as refusal:
        call_command("backup", str(file), stdout=io.StringIO())
    assert f"{lost}: missing" in str(refusal.value)
    assert f"{altered}: not the file" in str(refusal.value)
    assert sound not in str(refusal.value)
    assert "Restored 3 evidence files" in manage(elsewhere, "restore", str(file))
    kept = Path(elsewhere["EDN_VAR_DIR"]) / "evidence" / sound
    assert kept.read_bytes() == Path(default_storage.path(sound)).read_bytes()
    assert kept.stat().st_mode & 0o777 == 0o600


def rewritten(source: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """An archive as somebody would forge it: members changed, the seal made anew."""
    with zipfile.ZipFile(source) as file:
        members = {name: file.read(name) for name in file.namelist()}
    change(members)
    with target.open("w+b") as raw:
        with zipfile.ZipFile(raw, "w") as file:
            file.comment = b"0" * 64
            for name, content in members.items():
                file.writestr(name, content)
        raw.flush()
        raw.seek(0)
        content = raw.read()[:-64]
        raw.seek(len(content))
        raw.write(hashlib.sha256(content).hexdigest().encode())


def replace(members: dict[str, bytes], name: str, content: bytes, *, renamed: str = "") -> None:
    """Put other content, or another name, into an archive, and into its manifest."""
    del members[name]
    members[renamed or name] = content
    manifest = json.loads(members["manifest.json"])
    del manifest["members"][name]
    manifest["members"][renamed or name] = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    members["manifest.json"] = json.dumps(manifest).encode()


def drop_evidence(members: dict[str, bytes]) -> None:
    del members[next(name for name in members if name.startswith("evidence/"))]


def climb_out(members: dict[str, bytes]) -> None:
    name = next(name for name in members if name.startswith("evidence/"))
    replace(members, name, members[name], renamed="evidence/../../climbed")


def exchange_evidence(members: dict[str, bytes]) -> None:
    replace(members, next(name for name in members if name.startswith("evidence/")), b"something else")


def exchange_head(members: dict[str, bytes]) -> None:
    replace(members, "ledger-head.txt", f"2 {'a' * 64}\n".encode())


FORGERIES = {
    drop_evidence: "does not hold what its manifest lists",
    climb_out: "forbidden name",
    exchange_evidence: "not what its database names",
    exchange_head: "ledger in the archive is not intact",
}


@pytest.mark.once
def test_a_forged_archive_restores_nothing(record, elsewhere, tmp_path):
    send_with_proof(record, "uno")
    file, forged = tmp_path / "portal.zip", tmp_path / "forged.zip"
    call_command("backup", str(file), stdout=io.StringIO())
    for change, why in FORGERIES.items():
        rewritten(file, forged, change)
        with pytest.raises(RuntimeError, match=why):
            manage(elsewhere, "restore", str(forged))
        assert left_behind(elsewhere) == [], change
    # The place is as good as new.
    assert "intact" in manage(elsewhere, "restore", str(file))


@pytest.mark.once
def test_a_ledger_altered_inside_the_archive_restores_nothing(record, elsewhere, tmp_path):
    if connection.vendor != "sqlite":
        pytest.skip("a custom dump cannot be edited in place; exchange_head shows the check on PostgreSQL")
    file, forged, database = tmp_path / "portal.zip", tmp_path / "forged.zip", tmp_path / "copy.sqlite3"

    def alter(members: dict[str, bytes]) -> None:
        database.write_bytes(members["database.sqlite3"])
        with closing(sqlite3.connect(database)) as copy:
            for (trigger,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                copy.execute(f'DROP TRIGGER "{trigger}"')
            copy.execute("UPDATE focalpoints_entry SET text = replace(text, 'Conectado', 'Olvidado') WHERE seq = 1")
            copy.commit()
        replace(members, "database.sqlite3", database.read_bytes())

    call_command("backup", str(file), stdout=io.StringIO())
    rewritten(file, forged, alter)
    with pytest.raises(RuntimeError, match="not intact: entry 1"):
        manage(elsewhere, "restore", str(forged))
    assert left_behind(elsewhere) == []


def left_behind(environment: dict[str, str]) -> list[str]:
    """Tables and evidence in a place that should be empty."""
    if (url := environment["DATABASE_URL"]).startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as place:
            tables = place.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    else:
        with closing(psycopg.connect(url)) as place:
            tables = place.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return [name for (name,) in tables] + [
        path.name for path in (Path(environment["EDN_VAR_DIR"]) / "evidence").rglob("*")
    ]


@pytest.fixture
def small_archive(tmp_path) -> Path:
    file = tmp_path / "small.zip"
    with archive.writing(file) as out:
        out.add("database.sqlite3", io.BytesIO(b"rows" * 20), compress=True)
        out.add("evidence/ab/abc", io.BytesIO(b"proof"))
        out.finish({"made_at": "2018-10-15"})
    return file


def read_all(file: Path, target: Path) -> dict[str, bytes]:
    with archive.reading(file) as source:
        for name in source.members:
            source.unpack(name, target / name)
    return {str(path.relative_to(target)): path.read_bytes() for path in target.rglob("*") if path.is_file()}


def test_an_archive_gives_back_what_went_in(small_archive, tmp_path):
    assert read_all(small_archive, tmp_path / "out") == {"database.sqlite3": b"rows" * 20, "evidence/ab/abc": b"proof"}
    assert small_archive.stat().st_mode & 0o777 == 0o600
    assert zipfile.ZipFile(small_archive).testzip() is None


def test_every_flipped_byte_is_noticed(small_archive, tmp_path):
    whole = small_archive.read_bytes()
    damaged = tmp_path / "damaged.zip"
    for place in range(len(whole)):
        damaged.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(archive.Damaged):
            read_all(damaged, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("keep", [0, 1, 63, 64, 65, 200, -1])
def test_a_truncated_archive_is_noticed(small_archive, tmp_path, keep):
    damaged = tmp_path / "damaged.zip"
    damaged.write_bytes(small_archive.read_bytes()[:keep])
    with pytest.raises(archive.Damaged):
        read_all(damaged, tmp_path / "out")


@pytest.mark.parametrize("name", ["/etc/x", "../x", "a/../x", "a//x", "./x", "a\\..\\x", "C:x", ""])
def test_a_member_cannot_leave_its_folder(tmp_path, name):
    file = tmp_path / "wandering.zip"
    with archive.writing(file) as out:
        out.add(name, io.BytesIO(b"x"))
        out.finish({})
    with pytest.raises(archive.Damaged, match="forbidden name"):
        read_all(file, tmp_path / "out")


def test_a_failure_leaves_no_archive(tmp_path):
    def fail_midway() -> None:
        with archive.writing(tmp_path / "half.zip") as out:
            out.add("x", io.BytesIO(b"x"))
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="disk is full"):
        fail_midway()
    assert list(tmp_path.iterdir()) == []


@contextmanager
def half_way(record, environment: dict[str, str], file: Path) -> Iterator[subprocess.Popen]:
    """A backup that is held up at a file of evidence: nobody writes into the pipe that stands in its place."""
    backup = subprocess.Popen(
        [sys.executable, "manage.py", "backup", str(file)], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL
    )
    try:
        wait_until(lambda: bool(list(file.parent.glob(f".{file.name}.*/{archive_member()}"))))
        time.sleep(0.2)
        yield backup
    finally:
        backup.kill()
        backup.wait()


def archive_member() -> str:
    return "ledger-head.txt"  # the last that is written before evidence


def test_a_backup_that_is_ended_half_way_leaves_nothing_or_the_next_sweeps_it(record, own_evidence, tmp_path):
    send_with_proof(record, "uno")
    [kept] = [path for path in own_evidence.rglob("*") if path.is_file()]
    content = kept.read_bytes()
    kept.unlink()
    os.mkfifo(kept)
    environment = clean_environment(Content(tmp_path, url_of_tests())) | {"EDN_EVIDENCE_DIR": str(own_evidence)}
    place = tmp_path / "backups"
    place.mkdir()
    foreign = place / "other.partial"
    foreign.touch()
    for how in (signal.SIGTERM, signal.SIGHUP):
        with half_way(record, environment, place / "ended.zip") as backup:
            backup.send_signal(how)
            assert backup.wait(timeout=60) == 128 + how
        assert list(place.iterdir()) == [foreign]
    with half_way(record, environment, place / "killed.zip") as backup:
        backup.send_signal(signal.SIGKILL)
        backup.wait()
    assert [path.name for path in place.iterdir() if path != foreign] == [".killed.zip.backing-up"]
    with half_way(record, environment, place / "running.zip"):
        kept.unlink()
        kept.write_bytes(content)
        for name in ("killed.zip", "next.zip"):
            call_command("backup", str(place / name), stdout=io.StringIO())
        left = {path.name for path in place.iterdir()}
        assert left == {"other.partial", ".running.zip.backing-up", "killed.zip", "next.zip"}
        with pytest.raises(CommandError, match="exists"):
            call_command("backup", str(place / "running.zip"), stdout=io.StringIO())


def url_of_tests() -> str:
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
