"""What `bench` makes of its readings. No test here looks at how long anything took: that is the command's own work."""

import json
import os
import subprocess
import sys
import time
from contextlib import closing
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from threading import Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from edn_portal.bench import measuring, report, servers
from edn_portal.bench.cpu import DatabaseProcesses, ServerProcesses, cpu_seconds, family, machine_time, seconds_in
from edn_portal.bench.measuring import Bench, Cost, Measured, NothingToAsk, Round, percentile, round_of, summed
from edn_portal.bench.moving import Mover
from edn_portal.bench.operations import Asked, Operation, Readers, operations
from edn_portal.bench.people import signed_in
from edn_portal.bench.raw_sql import cost, statements_of
from edn_portal.bench.servers import Answer, HttpCall
from edn_portal.bench.weight import weight_of
from focalpoints import clock
from focalpoints.models import Agency, Entry, User
from principles.models import Objective
from projects.models import Commitment
from tests.cast import make_agency


def a_round(server=10.0, neighbours=0.0, empty=0.5, **facts):
    told = {"requests": 10, "walls": [12.0] * 10, "size": 500, "again": Cost(1.0, 0.1)} | facts
    return Round(cost=Cost(server, 2.0), neighbours=neighbours, empty=empty, **told)


@pytest.mark.parametrize(
    ("facts", "is_disturbed"),
    [
        ({}, False),
        ({"neighbours": 0.2}, False),
        ({"neighbours": 0.3}, True),
        ({"neighbours": None}, False),  # where the machine does not tell
        ({"stolen": 0.05}, True),
        ({"is_vacuuming": True}, True),
    ],
)
def test_a_busy_neighbour_spoils_a_round(facts, is_disturbed):
    assert a_round(**facts).is_disturbed is is_disturbed


def test_undisturbed_rounds_count_alone():
    measured = summed([(a_round(9.0), 0), (a_round(30.0, neighbours=0.9), 3), (a_round(11.0), 1)])
    assert (measured.server_ms, measured.rounds, measured.disturbed, measured.repeated) == (10.0, 2, 1, 4)
    assert measured.spread == pytest.approx(0.2)


def test_each_round_is_compared_with_the_empty_page_of_its_own_time():
    """The machine slowed down by half for the second round, which is no slower page."""
    measured = summed([(a_round(10.0, empty=0.5), 0), (a_round(20.0, empty=1.0), 0)])
    assert (measured.server_ms, measured.times_empty, measured.spread) == (15.0, 20.0, 0.0)
    assert (measured.again_ms, measured.again_times_empty) == (1.0, 1.5)


def test_disturbed_rounds_are_better_than_none_and_are_marked():
    measured = summed([(a_round(30.0, neighbours=0.9), 3), (a_round(40.0, neighbours=0.8), 3)])
    assert (measured.server_ms, measured.disturbed) == (35.0, 2)


@pytest.mark.parametrize(("share", "value"), [(0, 1.0), (50, 2.0), (75, 3.0), (95, 4.0), (100, 4.0)])
def test_percentiles(share, value):
    assert percentile([1.0, 2.0, 3.0, 4.0], share) == value


def test_a_round_is_counted_by_request():
    made = round_of([Answer(200, 100, 0.004), Answer(200, 300, 0.006)], Cost(0.01, 0.002), Cost(0.002, 0.0))
    assert (made.requests, made.cost, made.again, made.size) == (2, Cost(5.0, 1.0), Cost(1.0, 0.0), 200)
    assert made.walls == [4.0, 6.0]
    with pytest.raises(NothingToAsk):
        round_of([], Cost(), None)


@pytest.mark.parametrize(
    ("text", "seconds"), [("00:05", 5), ("01:02:03", 3723), ("2-00:00:01", 172_801), ("0:01.50", 1.5)]
)
def test_what_ps_prints(text, seconds):
    assert seconds_in(text) == seconds


def test_another_process_tells_its_time():
    spin = "import time\nwhile time.process_time() < 0.2: pass\nprint(flush=True)\ninput()"
    with subprocess.Popen([sys.executable, "-c", spin], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        child.stdout.readline()
        assert cpu_seconds(child.pid) >= 0.15
        assert child.pid in family(os.getpid())
        child.communicate(b"\n")
    before = machine_time()
    assert before is None or 0 <= before.stolen <= before.busy


def an_operation(**facts):
    told = {"times_empty": 20.0, "database_ms": 2.0, "spread": 0.05, "queries": 6, "bytes": 5000}
    return told | {"again_times_empty": None} | facts


def a_run(**operations):
    return {
        "empty_ms": 0.5,
        "data": {"tasks": 60_000},
        "machine": {"cores": 2},
        "operations": operations,
    }


@pytest.mark.parametrize(
    ("now", "figures"),
    [
        ({}, []),
        ({"times_empty": 22.0}, []),  # within noise
        ({"times_empty": 26.0}, ["× an empty page"]),
        ({"times_empty": 26.0, "spread": 0.5}, []),  # its own rounds differed as much
        ({"times_empty": 10.0}, []),
        ({"database_ms": 3.0}, ["ms in the database"]),
        ({"again_times_empty": 9.0}, ["× an empty page, asked for again"]),
        ({"queries": 7}, ["queries"]),
        ({"queries": 5}, []),
        ({"bytes": 9000}, ["bytes"]),
    ],
)
def test_what_got_slower(now, figures):
    found = report.slower(a_run(list=an_operation()), a_run(list=an_operation(**now), new=an_operation()))
    assert [one.figure for one in found] == figures


def test_small_figures_differ_by_a_clocks_grain():
    before, now = an_operation(times_empty=0.1, database_ms=0.05), an_operation(times_empty=0.2, database_ms=0.14)
    assert report.slower(a_run(kept=before), a_run(kept=now)) == []


def test_runs_on_other_data_or_machines_say_so():
    before, now = a_run(), a_run() | {"data": {"tasks": 600_000}, "machine": {"cores": 8}}
    assert report.differing(before, now) == ["tasks: 60,000 then, 600,000 now", "cores: 2 then, 8 now"]


def test_statements_are_counted_and_undone(cast):
    task = cast.task()
    client = cast.client("focal point")
    cookies = {name: morsel.value for name, morsel in client.cookies.items()} | {"csrf": "a" * 32}
    form = {
        "progress": "30",
        "done": "Algo.",
        "next_step": "",
        "obstacle": "",
        "revision": "",
        "page": "b" * 32,
        "send": "1",
    }
    request = HttpCall(f"/tareas/{task.code}/seguimiento/", cookies, form | {"csrfmiddlewaretoken": "a" * 32})
    statements = statements_of(request)
    assert sum(statement.sql.startswith('INSERT INTO "focalpoints_entry"') for statement in statements) == 1
    assert not task.follow_ups.exists()
    assert cost(statements, DatabaseProcesses(connection)) > 0
    assert not task.follow_ups.exists()


def measured(server, database):
    return Measured(server, 20.0, database, 1.0, 1.0, 0.0, 500, 10, 1, 0, 0)


def test_a_past_day_is_told_beside_today(db):
    made = {"board": measured(20.0, 80.0), "board of a past day": measured(30.0, 120.0), "list": measured(5.0, 1.0)}
    beside = {"board of a past day": "board", "commitment of a past day": "commitment"}
    run = report.as_json(0.5, made, {}, beside, {}, 250.0)
    assert "board of a past day: 1.50 × board, server and database together" in report.table(run)
    assert run["beside"] == {"board of a past day": {"of": "board", "times": 1.5}}


PAGES = {
    "board", "board of a past day", "calendar", "commitments of an agency", "commitments, late ones of a sector",
    "commitments, deep page", "commitments, search of a rare word", "commitments, search of a common word", "tasks",
    "tasks of an agency", "commitment", "commitment of a past day", "agency", "objective", "my work", "follow-up form",
    "review queue", "review", "cockpit", "coverage map", "found by a word",
}  # fmt: skip
VERBS = {"log a follow-up", "accept a follow-up", "accept 50 en bloc", "sign in"}


@pytest.fixture
def readers(cast):
    cast.follow_up("submitted")
    cast.task()
    Commitment.objects.update(tasks_fulfilled=1)
    User.objects.update(is_fictional=True)
    Objective.objects.create(number=1, title_es="Transformación Gubernamental")
    with signed_in([cast["focal point"]]) as mine, signed_in([cast["coordinator"]]) as office:
        yield Readers(mine, office, Mover(), password="x")


def test_every_operation_asks_for_what_there_is(readers):
    head = Agency.objects.get(pk__in=readers.focal_points[0].user.standing.agency_ids)
    make_agency("s", "S", "organismo descentralizado", parent=head)
    with clock.at(clock.now() + timedelta(days=1)):  # so that the record has a past day
        found = operations(readers)
        asked = {one.name: next(one.asked(), None) for one in found}
        assert asked.keys() == PAGES | VERBS
        for name, one in asked.items():
            client = Client(SERVER_NAME="localhost")
            client.cookies.load(one.request.cookies)
            assert name in VERBS or client.get(one.request.path).status_code in {200, 404}, one.request.path
    assert {one.beside for one in found if one.beside} <= PAGES


class Echo:
    """A browser that notes what it was asked for."""

    def __init__(self):
        self.asked = []

    def ask(self, request):
        self.asked.append(request.path)
        return Answer(200, 10, 0.001)


def test_no_address_is_asked_for_by_two_rounds_and_each_only_after_the_ledger_moved(readers, cast, monkeypatch):
    monkeypatch.setattr(measuring, "machine_time", lambda: None)  # no round counts as disturbed
    tasks = [cast.task() for _ in range(6)]
    echo, entries = Echo(), Entry.objects.count()
    bench = Bench(echo, ServerProcesses(os.getpid()), DatabaseProcesses(connection), readers.mover)
    pages = Operation(
        "page", lambda: (Asked(HttpCall(f"/{task.code}/"), {"code": task.code}) for task in tasks), most=3
    )
    bench.round(pages)
    bench.round(pages)
    shown = [path for path in echo.asked if path in {f"/{task.code}/" for task in tasks}]
    assert shown == [path for task in tasks for path in 2 * [f"/{task.code}/"]]
    assert Entry.objects.count() == entries + 6
    assert {task.follow_ups.count() for task in tasks} == {1}
    with pytest.raises(NothingToAsk):
        bench.round(pages)


def test_another_seed_draws_in_another_order(readers):
    other = Readers(readers.focal_points, readers.coordinators, readers.mover, seed=2)
    assert readers.draw(range(100), "list") == readers.draw(range(100), "list") != other.draw(range(100), "list")
    assert sorted(other.draw(range(100), "list")) == list(range(100))


def test_the_ledger_moves_in_the_scope_if_it_can(readers, cast):
    mine, other = cast.task(), cast.task()
    assert readers.mover.move(code=mine.code)
    assert (mine.follow_ups.count(), other.follow_ups.count()) == (1, 0)
    assert readers.mover.move(code=mine.code)  # in hand now: another one's
    assert mine.follow_ups.count() == 1


def test_what_a_first_visit_takes():
    files = {
        "/": b'<link rel="stylesheet" href="/a.css"><script src="/b.js" defer></script><a href="/other/">',
        "/a.css": b"@font-face{src:url(fonts/c.woff2)}",
    }

    class Shelf:
        def ask(self, request):
            content = files.get(request.path, b"1234")
            return Answer(200, len(content), 0.001, content)

    weight = weight_of(Shelf(), HttpCall("/"))
    assert (weight.requests, weight.html) == (4, len(files["/"]))
    assert weight.wire == len(files["/"]) + len(files["/a.css"]) + 2 * 4


def test_a_connection_that_the_server_closed_is_opened_anew(monkeypatch):
    """While one server is measured, the other has nothing to answer, and closes what is idle."""

    class Hasty(BaseHTTPRequestHandler):
        protocol_version, timeout = "HTTP/1.1", 0.05

        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *words):
            pass

    monkeypatch.setattr(servers, "PAUSE", 0.2)
    with ThreadingHTTPServer(("127.0.0.1", 0), Hasty) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        with closing(servers.Browser(f"http://127.0.0.1:{server.server_port}")) as browser:
            assert browser.ask(HttpCall("/")).status == 200
            time.sleep(0.4)
            assert browser.ask(HttpCall("/")).status == 200
        server.shutdown()


def test_it_measures_no_production(db):
    with pytest.raises(CommandError, match="EDN_MODE=demo"):
        call_command("bench")


def test_it_compares_without_measuring(tmp_path):
    run = {
        "format": 2, "taken_at": "2018-10-15", "release": "1", "commit": "abc", "data": {"tasks": 1},
        "machine": {"cores": 2, "processor": "x", "python": "3", "django": "6", "database": "sqlite 3"}, "skipped": {},
        "empty_ms": 0.5, "megabytes": 200, "beside": {}, "weights": {},
    }  # fmt: skip
    names = ("server_ms", "again_ms", "again_database_ms", "raw_ms", "p50_ms", "p95_ms", "disturbed")
    one = dict.fromkeys(names, 1) | an_operation()
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text(json.dumps(run | {"operations": {"list": one}}))
    new.write_text(json.dumps(run | {"operations": {"list": one | {"queries": 9}}}))
    out = StringIO()
    call_command("bench", compare=old, now=old, stdout=out)
    assert "Nothing got slower since 2018-10-15 abc." in out.getvalue()
    with pytest.raises(CommandError, match="1 figures grew"):
        call_command("bench", compare=old, now=new, stdout=out)
    assert "slower: list: queries 6 → 9 (+50%)" in out.getvalue()
    old.write_text("{}")
    with pytest.raises(CommandError, match="no measurement"):
        call_command("bench", compare=old, now=new, stdout=out)


@pytest.mark.slow
@pytest.mark.long
def test_one_small_run(make_site, tmp_path):
    """A demonstration, measured once: every operation that its data allow answers as expected, and the file reads back."""
    site = make_site("demo")
    told = site.manage("bench", "--rounds", "1", "--only", "board", "my work", "--json", str(tmp_path / "run.json"))
    run = json.loads((tmp_path / "run.json").read_text())
    assert run["format"] == report.FORMAT
    assert set(run["operations"]) | set(run["skipped"]) == {"board", "board of a past day", "my work"}
    assert run["beside"]["board of a past day"]["of"] == "board"
    assert run["operations"]["board"]["queries"] > 1
    assert run["weights"]["board"]["requests"] > 1
    assert run["megabytes"] > 50
    assert "an empty Django page" in told
    assert "intact" in site.manage("verify_ledger")
