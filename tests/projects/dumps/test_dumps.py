"""A night's dump: whole or not there, of one instant, kept as long as promised, and described so that a stranger can check it."""

import csv
import errno
import gzip
import hashlib
import json
import os
import re
import resource
import shutil
import threading
from datetime import datetime, timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from focalpoints import clock
from focalpoints.alarms import alarms
from focalpoints.models import Entry, LedgerHead
from focalpoints.tables.column import Column
from focalpoints.tables.table import TABLES, Table
from projects import actions
from projects.dumps.files import alone
from projects.dumps.making import dump_the_day
from projects.dumps.rewriting import write_without
from projects.models import Dump, DumpFolder
from projects.models.dump import folder_of_dumps
from tests.cast import assemble


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


def table(name, rows, *columns):
    columns = columns or (Column("code", "Clave", "code"), Column("text", "Texto", "text", "", "Lo que dice."))
    return Table(name, name.title(), f"Cada {name}.", columns, rows)


@pytest.fixture
def one_table(monkeypatch):
    """Instead of the portal's own, which their own tests look at."""

    def register(rows, *columns):
        monkeypatch.setattr("projects.dumps.contents.TABLES", {"cosas": table("cosas", rows, *columns)})
        monkeypatch.setattr("projects.dumps.package.TABLES", {"cosas": table("cosas", rows, *columns)})

    register(lambda asked: iter([("A", "=uno"), ("B", "dos\ntres")]))
    return register


def content(dump, name):
    return gzip.decompress((dump.path / name).read_bytes()).decode()


def test_files_are_what_the_package_and_the_row_say(cast, one_table):
    dump = dump_the_day().made
    assert Dump.objects.get() == dump
    assert sorted(path.name for path in dump.path.iterdir()) == [
        "cosas.csv.gz", "datapackage.json", "ledger.jsonl.gz", "recompute.py",
    ]  # fmt: skip
    for file in dump.files:
        found = (dump.path / file["name"]).read_bytes()
        assert (len(found), hashlib.sha256(found).hexdigest()) == (file["bytes"], file["sha256"])
    assert content(dump, "cosas.csv.gz") == 'code,text\r\nA,\'=uno\r\nB,"dos\ntres"\r\n'
    package = json.loads((dump.path / "datapackage.json").read_text())
    head = LedgerHead.objects.get()
    assert package["ledger"] == {"entries": head.seq, "digest": head.digest}
    cosas, _ledger, _script = package["resources"]
    assert cosas["schema"]["fields"] == [
        {"name": "code", "type": "string", "title": "Clave", "title_en": "Clave"},
        {
            "name": "text", "type": "string", "title": "Texto", "title_en": "Texto", "description": "Lo que dice.",
            "description_en": "Lo que dice.",
        },
    ]  # fmt: skip
    assert {file["path"]: (file["bytes"], file["hash"]) for file in package["resources"]} == {
        file["name"]: (file["bytes"], f"sha256:{file['sha256']}") for file in dump.files[:-1]
    }
    entries = [json.loads(line) for line in content(dump, "ledger.jsonl.gz").splitlines()]
    assert entries == list(Entry.objects.values("seq", "text", "hash", "digest"))
    assert (cosas["rows"], dump.files[1]["rows"]) == (2, head.seq)


def test_a_file_that_says_the_same_has_the_day_since_which_it_does(cast, one_table):
    first = dump_the_day().made
    days = {file["name"]: file["changed_on"] for file in first.files}
    assert set(days.values()) == {str(first.day)}
    with clock.at(clock.now() + timedelta(days=1)):
        cast.task()  # in the ledger, not in the table
        second = dump_the_day().made
    assert {file["name"]: file["changed_on"] for file in second.files} == {
        "cosas.csv.gz": str(first.day), "recompute.py": str(first.day),
        "ledger.jsonl.gz": str(second.day), "datapackage.json": str(second.day),
    }  # fmt: skip


def test_the_second_run_of_a_day_makes_none_and_another_at_the_same_time_is_refused(cast, one_table, capsys):
    call_command("dump_data")
    call_command("dump_data")
    assert Dump.objects.count() == 1
    said = capsys.readouterr().out.splitlines()
    assert [line.split(";")[0].split(":")[0] for line in said] == [str(clock.today()), "no new dump"]
    with alone(folder_of_dumps()), pytest.raises(CommandError, match="Another run"):
        call_command("dump_data")


def test_what_is_kept_and_for_how_long(cast, one_table):
    """Every day of 35, then the last of each month that there is. Folders go with their rows."""
    for back in (100, 92, 70, 69, 40, 36, 35, 34, 2, 1):
        with clock.at(datetime(2018, 10, 15, 9, tzinfo=clock.ZONE) - timedelta(days=back)):
            dump_the_day()
    with clock.at(datetime(2018, 10, 15, 9, tzinfo=clock.ZONE)):
        run = dump_the_day()
    kept = [
        "2018-07-15", "2018-08-07", "2018-09-10", "2018-09-11", "2018-10-13", "2018-10-14", "2018-10-15"
    ]  # fmt: skip
    assert sorted(map(str, Dump.objects.values_list("day", flat=True))) == kept
    assert run.removed == 1
    assert {path.name for path in folder_of_dumps().iterdir() if path.is_dir()} == set(
        Dump.objects.values_list("folder", flat=True)
    )


def test_a_full_disk_leaves_yesterdays_and_says_so(cast, one_table):
    with clock.at(clock.now() - timedelta(days=2)):
        before = dump_the_day().made
    one_table(lambda asked: (("A", os.urandom(500).hex()) for _number in range(2000)))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, limits[1]))
    try:
        with pytest.raises(CommandError, match="No dump was published"):
            call_command("dump_data")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert Dump.objects.get() == before
    assert [path.name for path in folder_of_dumps().iterdir() if path.is_dir()] == [before.folder]
    with override("en"):
        [said] = [str(alarm.text) for alarm in alarms() if "dump_data" in str(alarm.text)]
    assert f"{before.day:%d/%m/%Y}" in said
    call_command("dump_data")
    assert not [alarm for alarm in alarms() if "dump_data" in str(alarm.text)]


def test_a_table_that_breaks_leaves_nothing(cast, one_table):
    def rows(asked):
        yield ("A", "uno")
        raise ValueError("broken")

    one_table(rows)
    with pytest.raises(ValueError, match="broken"):
        dump_the_day()
    assert not Dump.objects.exists()
    assert not [path for path in folder_of_dumps().iterdir() if path.is_dir()]


def folders():
    return {path.name for path in folder_of_dumps().iterdir() if path.is_dir()}


def test_what_a_killed_run_left_is_swept_and_nothing_else(cast, one_table):
    """Between the folder and its row, or between the row's end and the folder's: the name was written down. Others are reported."""
    folder_of_dumps().mkdir()
    for name in (".making-2018-10-14.ab", "2018-10-13.cd", "2017-12-31.ef"):
        (folder_of_dumps() / name).mkdir()
    DumpFolder.objects.create(name="2018-10-13.cd")
    run = dump_the_day()
    assert folders() == {run.made.folder, "2017-12-31.ef"}
    assert (run.unknown, "2017-12-31.ef" in str(run)) == (["2017-12-31.ef"], True)
    assert DumpFolder.objects.get().name == run.made.folder


def test_a_row_whose_files_are_gone_goes_too(cast, one_table):
    with clock.at(clock.now() - timedelta(days=1)):
        dump_the_day()
    dump = dump_the_day().made
    shutil.rmtree(dump.path)
    assert dump_the_day().made.day == dump.day
    assert Dump.objects.count() == 2
    assert all(dump.path.is_dir() for dump in Dump.objects.all())


def test_a_disk_that_is_away_for_one_run_costs_nothing(cast, one_table, capsys):
    for back in (3, 2, 1):
        with clock.at(clock.now() - timedelta(days=back)):
            dump_the_day()
    before = folders()
    away = folder_of_dumps().rename(folder_of_dumps().with_name("away"))
    with pytest.raises(CommandError, match="None of the 3 dumps has its folder"):
        call_command("dump_data")
    assert Dump.objects.count() == 3
    shutil.rmtree(folder_of_dumps())
    away.rename(folder_of_dumps())
    dump = dump_the_day().made
    assert folders() == before | {dump.folder}
    shutil.rmtree(folder_of_dumps())  # as after a restore
    call_command("dump_data", forget_missing=True)
    assert Dump.objects.get().path.is_dir()


def in_another_thread(function):
    failed = []

    def run():
        try:
            function()
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert not failed


@pytest.mark.both
def test_all_of_it_is_of_one_instant_while_somebody_writes(transactional_db, one_table):
    cast = assemble()

    def rows(asked):
        yield ("before", str(Entry.objects.count()))
        in_another_thread(cast.task)
        yield ("after", str(Entry.objects.count()))

    one_table(rows)
    seq = LedgerHead.objects.get().seq
    dump = dump_the_day().made
    assert LedgerHead.objects.get().seq > seq  # somebody did
    assert content(dump, "cosas.csv.gz").splitlines()[1:] == [f"before,{seq}", f"after,{seq}"]
    assert (dump.seq, len(content(dump, "ledger.jsonl.gz").splitlines())) == (seq, seq)


# Redactions


@pytest.fixture
def follow_ups(monkeypatch):
    """The portal's own table, and another."""
    tables = {"follow_ups": TABLES["follow_ups"], "cosas": table("cosas", lambda asked: iter([]))}
    monkeypatch.setattr("projects.dumps.contents.TABLES", tables)
    monkeypatch.setattr("projects.dumps.package.TABLES", tables)


def files_of(dump):
    return {path.name: path.read_bytes() for path in dump.path.iterdir()}


def everything(dump):
    return b"".join(gzip.decompress(data) if name.endswith(".gz") else data for name, data in files_of(dump).items())


def test_the_page_says_that_its_only_dump_is_withdrawn(cast, follow_ups):
    assert "No dump was published yet" in Client().get("/en/datos/").text
    secret = cast.follow_up("accepted", done="Lo dijo Juana Pérez.")
    dump_the_day()
    actions.ask_redaction(secret, by=cast["coordinator"], legal_basis="LFTAIP")
    page = Client().get("/en/datos/").text
    assert ("No dump is published at the moment" in page, "No dump was published yet" in page) == (True, False)


def test_a_redaction_withdraws_every_dump_that_has_the_text_and_the_next_run_writes_it_anew(cast, follow_ups):
    with clock.at(clock.now() - timedelta(days=3)):
        without = dump_the_day().made
    with clock.at(clock.now() - timedelta(days=2)):
        secret = cast.follow_up("accepted", done="Lo dijo Juana Pérez.")
        other = cast.follow_up("accepted", done="Se licitó.")
        held = dump_the_day().made
    before = files_of(held)
    change = actions.ask_redaction(secret, by=cast["coordinator"], legal_basis="LFTAIP")
    client = Client()
    address = f"/datos/{held.day}/follow_ups.csv.gz"
    refused = client.get(f"/en{address}")
    assert (refused.status_code, "Withdrawn because of the redaction of" in refused.text) == (410, True)
    assert client.get(f"/datos/{without.day}/follow_ups.csv.gz").getvalue() == files_of(without)["follow_ups.csv.gz"]
    assert "withdrawn because of a redaction" in client.get("/en/datos/").text
    page = client.get(f"/en/datos/{held.day}/").text
    folio = Entry.objects.get(verb="ask_redaction").folio
    assert (secret.code in page, folio in page, "It comes back without the text" in page) == (True, True, True)
    approve(cast, change)
    run = dump_the_day()
    assert (run.written_anew, run.made.day) == (1, clock.today())
    held.refresh_from_db()
    assert b"Juana" not in everything(held) + everything(run.made)
    after = files_of(held)
    assert {name for name in before if before[name] != after[name]} == {"follow_ups.csv.gz", "datapackage.json"}
    rows = csv.DictReader(content(held, "follow_ups.csv.gz").splitlines())
    assert [[row[name] for name in ("code", "done", "next_step", "obstacle", "is_redacted")] for row in rows] == [
        [secret.code, "", "", "", "true"],
        [other.code, "Se licitó.", "Licitar.", "", "false"],
    ]
    assert client.get(address).getvalue() == after["follow_ups.csv.gz"]
    for file in held.files:
        assert hashlib.sha256(after[file["name"]]).hexdigest() == file["sha256"]
    [said] = json.loads(after["datapackage.json"])["redactions"]
    assert (said["code"], said["state"], said["tables"]) == (secret.code, "approved", ["follow_ups"])
    assert folders() == {dump.folder for dump in Dump.objects.all()}
    page = client.get(f"/en/datos/{held.day}/").text
    assert ("was taken out because of a redaction" in page, folio in page) == (True, True)


def test_a_dump_that_never_had_the_text_comes_back_as_it_was(cast, follow_ups):
    """It has the ledger's entry of the submission, so it was withdrawn to be on the safe side."""
    secret = cast.follow_up("submitted", done="Lo dijo Juana Pérez.")
    dump = dump_the_day().made
    before = files_of(dump)
    actions.accept(secret, by=cast["coordinator"], revision=secret.revision)
    actions.ask_redaction(secret, by=cast["coordinator"], legal_basis="LFTAIP")
    assert not Dump.objects.published().exists()
    dump_the_day()
    dump.refresh_from_db()
    assert (dump.state, dump.redactions.count(), files_of(dump)) == ("published", 0, before)


def test_what_is_hidden_while_a_dump_is_being_made_is_not_in_it(cast, monkeypatch, follow_ups):
    secret = cast.follow_up("accepted", done="Lo dijo Juana Pérez.")
    asked = []

    def rows(asking):
        if not asked:  # between the dump's instant and its publication
            asked.append(actions.ask_redaction(secret, by=cast["coordinator"], legal_basis="LFTAIP"))
            yield ("A", "Lo dijo Juana Pérez.")

    tables = {"cosas": table("cosas", rows)}
    monkeypatch.setattr("projects.dumps.contents.TABLES", tables)
    monkeypatch.setattr("projects.dumps.package.TABLES", tables)
    dump = dump_the_day().made
    assert b"Juana" not in everything(dump)
    assert [path.name for path in folder_of_dumps().iterdir() if path.is_dir()] == [dump.folder]


def test_what_is_asked_or_decided_while_files_are_written_anew_waits_for_the_next_run(cast, monkeypatch, follow_ups):
    secret, other = (cast.follow_up("accepted", done=done) for done in ("Lo dijo Juana.", "Lo dijo Rosa."))
    dump_the_day()
    change = actions.ask_redaction(secret, by=cast["coordinator"], legal_basis="LFTAIP")
    asked = []

    def meanwhile(*args, **kwargs):
        if not asked:
            asked.append(actions.ask_redaction(other, by=cast["coordinator"], legal_basis="LFTAIP"))
        elif len(asked) == 1:
            asked.append(approve(cast, change))
        return write_without(*args, **kwargs)

    monkeypatch.setattr("projects.dumps.making.write_without", meanwhile)
    for _which in ("another was asked for", "one was decided"):
        assert dump_the_day().written_anew == 0
        assert not Dump.objects.published().exists()
    dump_the_day()
    dump = Dump.objects.published().get()
    assert not {b"Juana", b"Rosa"} & set(re.findall(rb"Juana|Rosa", everything(dump)))
    assert folders() == {dump.folder, dump.original_folder}


# Orders of asking, running and deciding


def approve(cast, change):
    return actions.approve_request(change, by=cast["second coordinator"], revision=change.revision)


def reject(cast, change):
    return actions.reject_request(
        change, by=cast["second coordinator"], revision=change.revision, comment="No procede."
    )


def rows_of(dump):
    dump.refresh_from_db()
    rows = csv.DictReader(content(dump, "follow_ups.csv.gz").splitlines())
    return {row["code"]: (row["done"], row["is_redacted"]) for row in rows}


def test_while_it_waits_every_dump_leaves_it_out_and_what_is_decided_reaches_all(cast, follow_ups):
    with clock.at(clock.now() - timedelta(days=2)):
        secret = cast.follow_up("accepted", done="Lo dijo Juana Pérez.")
        other = cast.follow_up("accepted", done="Se licitó.")
        held = dump_the_day().made
    whole, first, said, whole_row = rows_of(held), held.folder, held.files, {other.code: ("Se licitó.", "false")}
    before = files_of(held)
    change = actions.ask_redaction(secret, by=cast["coordinator"], legal_basis="LFTAIP")
    today = dump_the_day().made
    assert (rows_of(held), rows_of(today)) == (whole_row, whole_row)
    assert held.file("follow_ups.csv.gz")["rows"] == 1
    package = json.loads((held.path / "datapackage.json").read_text())
    assert (package["redactions"][0]["state"], package["resources"][0]["rows"]) == ("requested", 1)
    assert (held.state, held.original_folder, folders()) == ("published", first, {first, held.folder, today.folder})
    assert "waits to be decided" in Client().get(f"/en/datos/{held.day}/").text
    assert (dump_the_day().written_anew, folders()) == (0, {first, held.folder, today.folder})  # nothing was decided
    reject(cast, change)
    assert "publishes the text again" in Client().get(f"/en/datos/{held.day}/").text
    assert dump_the_day().written_anew == 1
    assert (rows_of(held), files_of(held), held.files, held.folder) == (whole, before, said, first)
    assert (held.redactions.count(), folders()) == (0, {first, today.folder})
    assert "redact" not in Client().get(f"/en/datos/{held.day}/").text.split("<main")[1].split("</main")[0]


def test_rejected_before_a_run_it_changes_nothing(cast, follow_ups):
    secret = cast.follow_up("accepted", done="Lo dijo Juana Pérez.")
    dump = dump_the_day().made
    before = files_of(dump)
    reject(cast, actions.ask_redaction(secret, by=cast["coordinator"], legal_basis="LFTAIP"))
    assert dump_the_day().written_anew == 1
    dump.refresh_from_db()
    assert (dump.state, dump.redactions.count(), files_of(dump)) == ("published", 0, before)


def test_two_redactions_of_one_dump_are_decided_each_for_itself(cast, follow_ups):
    juana, rosa = (cast.follow_up("accepted", done=done) for done in ("Lo dijo Juana.", "Lo dijo Rosa."))
    dump = dump_the_day().made
    first = actions.ask_redaction(juana, by=cast["coordinator"], legal_basis="LFTAIP")
    dump_the_day()
    second = actions.ask_redaction(rosa, by=cast["coordinator"], legal_basis="LFTAIP")
    dump_the_day()
    assert rows_of(dump) == {}
    approve(cast, first)
    dump_the_day()
    assert rows_of(dump) == {juana.code: ("", "true")}
    # What waits for the second has nothing of the first any more.
    original = gzip.decompress((folder_of_dumps() / dump.original_folder / "follow_ups.csv.gz").read_bytes())
    assert (b"Juana" in original, b"Rosa" in original) == (False, True)
    assert folders() == {dump.folder, dump.original_folder}
    reject(cast, second)
    dump_the_day()
    assert rows_of(dump) == {juana.code: ("", "true"), rosa.code: ("Lo dijo Rosa.", "false")}
    package = json.loads((dump.path / "datapackage.json").read_text())
    assert [one["code"] for one in package["redactions"]] == [juana.code]
    for file in dump.files:
        assert hashlib.sha256(files_of(dump)[file["name"]]).hexdigest() == file["sha256"]
    assert folders() == {dump.folder}


def test_a_run_that_dies_after_its_row_was_written_leaves_no_text_behind(cast, monkeypatch, follow_ups):
    secret = cast.follow_up("accepted", done="Lo dijo Juana Pérez.")
    held = dump_the_day().made
    approve(cast, actions.ask_redaction(secret, by=cast["coordinator"], legal_basis="LFTAIP"))

    def killed(folder):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("projects.dumps.making.remove_folder", killed)
        with pytest.raises(KeyboardInterrupt):
            dump_the_day()
    assert held.folder in folders()
    dump_the_day()
    held.refresh_from_db()
    assert (folders(), rows_of(held)) == ({held.folder}, {secret.code: ("", "true")})


@pytest.mark.parametrize(
    "break_it",
    [
        lambda path: (path / "cosas.csv.gz").unlink(),
        lambda path: (path / "datapackage.json").write_text("{"),
        lambda path: (path / "follow_ups.csv.gz").write_bytes((path / "follow_ups.csv.gz").read_bytes()[:-9]),
        lambda path: (path / "follow_ups.csv.gz").write_bytes(b"no gzip"),
        lambda path: (path / "follow_ups.csv.gz").write_bytes(gzip.compress(b"")),
    ],
)
def test_a_broken_one_is_taken_away_and_holds_up_no_other(cast, follow_ups, break_it):
    with clock.at(clock.now() - timedelta(days=3)):
        secret = cast.follow_up("accepted", done="Lo dijo Juana Pérez.")
        broken = dump_the_day().made
    with clock.at(clock.now() - timedelta(days=2)):
        sound = dump_the_day().made
    break_it(broken.path)
    actions.ask_redaction(secret, by=cast["coordinator"], legal_basis="LFTAIP")
    with pytest.raises(CommandError, match=f"{broken.day} is broken and was taken away"):
        call_command("dump_data")
    broken.refresh_from_db()
    sound.refresh_from_db()
    assert (broken.state, broken.path.exists()) == ("gone", False)
    assert (sound.state, rows_of(sound)) == ("published", {})
    assert Dump.objects.published().filter(day=clock.today()).exists()
    client = Client()
    assert "taken away because of a redaction" in client.get("/en/datos/").text
    assert "Taken away: its files could not be read" in client.get(f"/en/datos/{broken.day}/").text
    refused = client.get(f"/en/datos/{broken.day}/datapackage.json")
    assert (refused.status_code, "its files could not be read" in refused.text) == (410, True)
    call_command("dump_data")  # says so once
    assert Dump.objects.count() == 3


def test_a_full_disk_takes_no_withdrawn_dump_away_and_an_alarm_says_that_it_waits(cast, monkeypatch, follow_ups):
    with clock.at(clock.now() - timedelta(days=2)):
        secret = cast.follow_up("accepted", done="Lo dijo Juana Pérez.")
        held = dump_the_day().made
        actions.ask_redaction(secret, by=cast["coordinator"], legal_basis="LFTAIP")

    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("projects.dumps.making.write_without", full)
        with pytest.raises(CommandError, match=f"{held.day}.*No space"):
            call_command("dump_data")
    held.refresh_from_db()
    assert (held.state, held.path.is_dir(), Dump.objects.published().count()) == ("withdrawn", True, 1)
    with override("en"):
        [said] = [alarm for alarm in alarms() if "dump_data" in str(alarm.text)]
    assert f"{held.day:%d/%m/%Y} were withdrawn" in str(said.text)
    dump_the_day()
    assert not [alarm for alarm in alarms() if "dump_data" in str(alarm.text)]


def test_asking_costs_as_much_with_thirty_dumps_as_with_one(cast, follow_ups):
    asked = []
    for many in (1, 30):
        secret = cast.follow_up("accepted")
        for back in range(many):
            if not Dump.objects.filter(day=clock.today() - timedelta(days=back)).exists():
                with clock.at(clock.now() - timedelta(days=back)):
                    dump_the_day()
        Dump.objects.update(seq=LedgerHead.objects.get().seq)
        with CaptureQueriesContext(connection) as queries:
            actions.ask_redaction(secret, by=cast["coordinator"], legal_basis="LFTAIP")
        asked.append(len(queries))
    assert Dump.objects.filter(state="withdrawn").count() == 30
    assert asked[0] == asked[1]


# What visitors get


def test_only_files_that_the_row_names_are_given(cast, one_table):
    dump = dump_the_day().made
    (dump.path / "secret.txt").write_text("x")
    client = Client()
    types = {"cosas.csv.gz": "application/gzip", "datapackage.json": "application/json; charset=utf-8"}
    for name, content_type in types.items():
        answer = client.get(f"/datos/{dump.day}/{name}")
        assert (answer.status_code, answer["Content-Type"]) == (200, content_type)
        assert answer.getvalue() == (dump.path / name).read_bytes()
        assert answer["Content-Length"] == str((dump.path / name).stat().st_size)
        assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
        again = client.get(f"/datos/{dump.day}/{name}", headers={"If-None-Match": answer["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
    for name in ("secret.txt", "..", "%2e%2e", "..%2fx", "../../x", ".lock", "nada.csv.gz"):
        answer = client.get(f"/datos/{dump.day}/{name}")
        assert answer.status_code == 404 or answer["Location"] == f"/datos/{dump.day}/"
    assert client.get("/datos/2018-02-30/cosas.csv.gz").status_code == 404
    (dump.path / "cosas.csv.gz").unlink()
    assert client.get(f"/datos/{dump.day}/cosas.csv.gz").status_code == 404


def test_the_folder_that_the_command_names_is_a_page_of_its_files(cast, one_table):
    dump, client = dump_the_day().made, Client()
    page = client.get("/en/datos/").text
    [command] = re.findall(r'data-copied="[^"]*"><code>python3 recompute.py [^<]*(/datos/[^<]*)</code></p>', page)
    assert command.removeprefix("/en") == f"/datos/{dump.day}/"
    assert dump.files[0]["sha256"] in client.get(command).text


def test_what_no_dump_has_is_in_none(cast):
    dump = dump_the_day().made
    names = {file["table"] for file in dump.files}
    assert names - {"ledger", "recompute", ""} == TABLES.keys() - {"entries", "events", "dates"}
    page = Client().get("/en/datos/").text
    assert page.count("not in it") == 3
    assert len(TABLES) - 3 == int(re.search(r"(\d+)</span>[^<]*<[^>]*>tables", page)[1])


def test_the_page_follows_its_dumps_though_the_ledger_stands_still(cast, one_table, django_assert_max_num_queries):
    client = Client()
    assert "No dump was published yet" in client.get("/en/datos/").text
    dump = dump_the_day().made
    page = client.get("/en/datos/").text
    assert f"{dump.day:%d/%m/%Y}" in page
    with django_assert_max_num_queries(2):
        client.get("/en/datos/")
    page = client.get(f"/en/datos/{dump.day}/").text
    assert all(file["sha256"] in page for file in dump.files)
    size = len(client.get("/en/datos/").content)
    for back in range(1, 95):
        Dump.objects.create(
            day=dump.day - timedelta(days=back),
            made_at=dump.made_at,
            seq=dump.seq,
            digest=dump.digest,
            folder=f"f{back}",
            files=dump.files,
        )
    assert len(client.get("/en/datos/").content) - size < 94 * 500  # bytes for a day
