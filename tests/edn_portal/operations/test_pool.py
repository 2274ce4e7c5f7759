"""A database that goes away: everybody hears so at once, and it is used again as soon as it is back."""

import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from edn_portal.operations.postgresql.pool import SharedConnections
from tests.live import Site

AT_ONCE = 1.5  # seconds: more than an answer takes, less than a wait for a connection
postgres_alone = pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no connections to share")
pytestmark = [postgres_alone, pytest.mark.slow]


class Line:
    """The line to PostgreSQL, which can be cut; `tries` counts who called meanwhile."""

    def __init__(self, database_url: str) -> None:
        parts = urlsplit(database_url)
        self.behind = f"{parse_qs(parts.query)['host'][0]}/.s.PGSQL.5432"
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"postgres://edn@127.0.0.1:{self.listening.getsockname()[1]}{parts.path}?sslmode=disable"
        self.is_cut, self.tries = False, 0
        self.ends: list[socket.socket] = []
        threading.Thread(target=self.answer, daemon=True).start()

    def answer(self) -> None:
        with suppress(OSError):  # the end
            while True:
                caller, _address = self.listening.accept()
                if self.is_cut:
                    self.tries += 1
                    caller.close()
                    continue
                behind = socket.socket(socket.AF_UNIX)
                behind.connect(self.behind)
                self.ends += [caller, behind]
                for source, target in ((caller, behind), (behind, caller)):
                    threading.Thread(target=self.carry, args=(source, target), daemon=True).start()

    def carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def hang_up(self) -> None:
        """End all calls."""
        for end in self.ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self.ends = []

    def cut(self) -> None:
        self.is_cut, self.tries = True, 0
        self.hang_up()

    def mend(self) -> None:
        self.is_cut = False


@pytest.fixture
def line() -> Iterator[Line]:
    line = Line(database_url())
    yield line
    line.hang_up()
    line.listening.close()


def database_url() -> str:
    database = settings.DATABASES["default"]
    host = database["HOST"] or database["OPTIONS"]["host"]
    return f"postgres://edn@/{connection.settings_dict['NAME']}?host={host}"


@pytest.fixture
def shared(line: Line, db: None) -> Iterator[SharedConnections]:
    with closing(SharedConnections(lambda: psycopg.connect(line.url, autocommit=True), size=2, seconds=0.2)) as shared:
        yield shared


def test_a_connection_that_was_given_back_is_used_again(shared):
    first = shared.getconn()
    shared.putconn(first)
    assert shared.getconn() is first
    second = shared.getconn()
    with pytest.raises(psycopg.OperationalError, match="in use"):
        shared.getconn()
    shared.putconn(first)
    assert shared.getconn() is first
    for one in (first, second):
        shared.putconn(one)


def test_one_that_is_in_the_middle_of_something_is_not(shared):
    first = shared.getconn()
    first.execute("BEGIN")
    shared.putconn(first)
    second = shared.getconn()
    assert second is not first
    assert first.closed
    second.execute("SELECT 1")
    shared.putconn(second)


def test_one_that_the_server_ended_costs_nobody_anything(shared, line):
    for one in [shared.getconn(), shared.getconn()]:
        shared.putconn(one)
    line.hang_up()
    time.sleep(0.1)
    one = shared.getconn()
    one.execute("SELECT 1")
    shared.putconn(one)


def test_one_that_nobody_used_for_long_is_closed(shared, monkeypatch):
    unused, used = shared.getconn(), shared.getconn()
    shared.putconn(unused)
    monkeypatch.setattr("edn_portal.operations.postgresql.pool.SECONDS_UNUSED", 0)
    shared.putconn(used)
    assert unused.closed


def test_while_the_database_is_down_one_tries_for_all(shared, line):
    line.cut()
    for _request in range(30):
        with pytest.raises(psycopg.OperationalError):
            shared.getconn()
    assert line.tries == 1
    line.mend()
    time.sleep(0.6)
    shared.putconn(shared.getconn())


def status(url: str) -> int:
    """0 where nobody answered at once."""
    try:
        with urllib.request.urlopen(url, timeout=AT_ONCE) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def test_a_database_that_restarts_under_load(make_site):
    site: Site = make_site("empty", EDN_DB_POOL="8")
    line = Line(site.content.database_url)
    site.environment["DATABASE_URL"] = line.url
    site.start()
    answers: list[tuple[str, int]] = []
    phase = ["cold"]

    def read() -> None:
        while phase[0] != "end":
            began = phase[0]
            code = status(f"{site.url}/compromisos/")
            if began == phase[0]:  # an answer from between two says nothing of either
                answers.append((began, code))
            time.sleep(0.02)

    with ThreadPoolExecutor(8) as readers, closing(line.listening):
        for _reader in range(8):
            readers.submit(read)
        for name, seconds, change in (
            ("cold", 1, lambda: None), ("before", 0.5, lambda: None), ("cut", 2, line.cut), ("mended", 1.5, line.mend),
            ("after", 0.5, lambda: None), ("end", 0, lambda: None),
        ):  # fmt: skip
            change()
            phase[0] = name
            time.sleep(seconds)
    said = {name: {code for at, code in answers if at == name} for name in ("before", "cut", "after")}
    assert said == {"before": {200}, "cut": {503}, "after": {200}}
    asked = sum(at == "cut" for at, _code in answers)
    assert asked > 2 * line.tries
    assert line.tries <= 8 + 5, "whoever was reading, then one every half a second"
