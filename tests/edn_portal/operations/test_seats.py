"""Requests that write leave connections and threads to those who read, whatever they wait for."""

import io
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory

from edn_portal.operations import seats
from edn_portal.operations.seats import seat_writers
from tests.live import Site

AT_ONCE = 2  # seconds: more than any page takes, less than any wait ends


class Office:
    """The middleware before a view in which writers stay until `doors` open; `inside` counts them."""

    def __init__(self) -> None:
        self.doors = threading.Event()
        self.inside = threading.Semaphore(0)
        self.answer = seat_writers(self.view)
        self.people = ThreadPoolExecutor(20)

    def view(self, request: Any) -> HttpResponse:
        if request.method == "POST":
            self.inside.release()
            assert self.doors.wait(30)
        return HttpResponse()

    def send(self, method: str = "post", **more: Any) -> Future[Any]:
        return self.people.submit(lambda: self.answer(getattr(RequestFactory(), method)("/", **more)))

    def has_let_in(self, how_many: int, seconds: float = 5) -> bool:
        return all(self.inside.acquire(timeout=seconds) for _ in range(how_many))


@pytest.fixture
def office(settings: Any) -> Iterator[Office]:
    """Two seats, and room for two who wait."""
    settings.DB_POOL, settings.SERVER_THREADS = 4, 8
    office = Office()
    yield office
    office.doors.set()
    office.people.shutdown()


def status(answer: Future[Any], seconds: float = 10) -> int:
    return answer.result(timeout=seconds).status_code


def test_half_of_the_connections_are_for_readers(office):
    writers = [office.send() for _ in range(3)]
    assert office.has_let_in(2)
    assert not office.has_let_in(1, seconds=0.2)
    assert [status(office.send(method), AT_ONCE) for method in ("get", "head", "options")] == [200] * 3
    office.doors.set()
    assert [status(writer) for writer in writers] == [200] * 3, "who waited had its turn"


def test_half_of_the_threads_are_for_readers(office):
    waiting = [office.send() for _ in range(4)]
    assert office.has_let_in(2)
    time.sleep(0.2)
    refused = office.send().result(timeout=AT_ONCE)
    assert (refused.status_code, refused["Retry-After"]) == (503, "5")
    office.doors.set()
    assert [status(writer) for writer in waiting] == [200] * 4
    assert status(office.send(), AT_ONCE) == 200, "a place that was left is free"


def test_nobody_waits_for_ever(office, monkeypatch):
    monkeypatch.setattr(seats, "SECONDS_TO_WAIT", 0.1)
    [office.send() for _ in range(2)]
    assert office.has_let_in(2)
    assert status(office.send(), AT_ONCE) == 503


def test_a_body_that_trickles_in_holds_no_seat(office):
    class Trickle(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            assert office.doors.wait(30)
            return b""

    form = {"content_type": "application/x-www-form-urlencoded", "CONTENT_LENGTH": "100", "wsgi.input": Trickle()}
    slow = [office.send(**form) for _ in range(5)]
    time.sleep(0.2)
    quick = [office.send() for _ in range(2)]
    assert office.has_let_in(2)
    assert not any(answer.done() for answer in slow)
    office.doors.set()
    assert [status(answer) for answer in quick] == [200] * 2


def test_a_fault_gives_the_seat_back(settings):
    settings.DB_POOL, settings.SERVER_THREADS = 2, 2

    def fails(request: Any) -> HttpResponse:
        raise ZeroDivisionError

    answer = seat_writers(fails)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            answer(RequestFactory().post("/"))


def test_who_finds_no_seat_has_asked_the_database_nothing(cast, monkeypatch, django_assert_num_queries):
    """Not even for the session: that would take the connection that the seat stands for."""

    class Taken:
        def __init__(self, seats: int) -> None: ...

        def acquire(self, **how: Any) -> bool:
            return False

    monkeypatch.setattr(seats, "BoundedSemaphore", Taken)
    client = cast.client("focal point")
    with django_assert_num_queries(0):
        answer = client.post("/en/")
    assert answer.status_code == 503
    assert "Many people are saving" in answer.text


def test_it_stands_before_all_that_asks_the_database():
    place = settings.MIDDLEWARE.index("edn_portal.operations.seats.seat_writers")
    assert settings.MIDDLEWARE[place + 1] == "django.contrib.sessions.middleware.SessionMiddleware"


# --- The server as it is shipped, and a head that is held


WHO_AND_WHAT = """
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from edn_portal.accounts.session_store import SessionStore
from focalpoints import clock
from focalpoints.models import Appointment
from projects.models import FollowUp, Task
seats = Appointment.objects.active(clock.today())
free = Task.objects.open().exclude(pk__in=FollowUp.objects.in_hand().values("task"))
task = free.filter(agency__appointments__in=seats).first()
user = seats.filter(agency=task.agency).first().user
session = SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.create()
print(session.session_key, task.code)
"""
TOKEN = "a" * 32
WORDS = {
    "progress": "99",
    "done": "Se conectaron sitios.",
    "next_step": "Seguir.",
    "obstacle": "Ninguno.",
    "revision": "",
}


class FocalPoint:
    """Somebody who sends the same follow-up over and over."""

    def __init__(self, site: Site) -> None:
        session, task = site.manage("shell", "--no-imports", "-c", WHO_AND_WHAT).split()[-2:]
        self.address = f"{site.url}/tareas/{task}/seguimiento/"
        self.headers = {"Cookie": f"session={session}; csrf={TOKEN}", "Origin": site.url}

    def send(self, number: int) -> tuple[int, str]:
        form = WORDS | {"csrfmiddlewaretoken": TOKEN, "page": f"{number:032x}", "send": "1"}
        body = urllib.parse.urlencode(form).encode()
        return fetched(urllib.request.Request(self.address, body, self.headers), 60)


class Quiet(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        return None


def fetched(url: str | urllib.request.Request, timeout: float = AT_ONCE) -> tuple[int, str]:
    """Status and text; (0, …) where there was no answer in time."""
    try:
        with urllib.request.build_opener(Quiet).open(url, timeout=timeout) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError as error:
        return 0, str(error)


@contextmanager
def debugger(site: Site) -> Iterator[psycopg.Connection[Any]]:
    """A connection that holds the ledger's head until the end."""
    with closing(psycopg.connect(site.content.database_url)) as other:
        other.execute("SELECT seq FROM focalpoints_ledgerhead FOR UPDATE")
        yield other
        other.rollback()


def until_waiting(other: psycopg.Connection[Any], how_many: int) -> None:
    """Until so many of the site's connections wait for a lock."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        other.execute("SELECT pg_stat_clear_snapshot()")
        if other.execute(waiting).fetchone() == (how_many,):
            return
        time.sleep(0.02)
    raise AssertionError(f"{how_many} did not come to wait")


postgres_alone = pytest.mark.skipif(connection.vendor == "sqlite", reason="on SQLite readers wait for nobody")


@pytest.mark.slow
@postgres_alone
def test_a_head_that_is_held_costs_no_reader_anything(make_site):
    site = make_site("network", EDN_DB_POOL="4", EDN_THREADS="16", EDN_LOCK_SECONDS="0.6").start()
    focal_point = FocalPoint(site)
    with ThreadPoolExecutor(12) as people:
        with debugger(site) as other:
            writers = [people.submit(focal_point.send, number) for number in range(12)]
            until_waiting(other, 2)
            pages = [fetched(site.url + path)[0] for path in ("/", "/salud/", "/compromisos/", "/calendario/")]
            refused = Counter(writer.result()[0] for writer in writers)
        assert pages == [200] * 4
        assert refused.keys() == {409, 503}
        assert refused[409] >= 2
        assert all(WORDS["done"] in page for status, page in (w.result() for w in writers) if status == 409)
        assert focal_point.send(99)[0] == 302


@pytest.mark.slow
@pytest.mark.long
@postgres_alone
def test_without_seats_the_same_head_would(make_site):
    """The negative control: of a single connection nothing is left to readers."""
    site = make_site("network", EDN_DB_POOL="1", EDN_THREADS="16", EDN_LOCK_SECONDS="2").start()
    focal_point = FocalPoint(site)
    with ThreadPoolExecutor(1) as people, debugger(site) as other:
        writer = people.submit(focal_point.send, 1)
        until_waiting(other, 1)
        assert fetched(f"{site.url}/salud/")[0] == 0
        assert writer.result()[0] == 409


@pytest.mark.slow
@postgres_alone
def test_no_statement_of_a_page_takes_for_ever(make_site):
    """Somebody alters a table, which the page's question waits for."""
    site = make_site("empty", EDN_LOCK_SECONDS="60", EDN_STATEMENT_SECONDS="0.3").start()
    with closing(psycopg.connect(site.content.database_url)) as other:
        other.execute("LOCK TABLE projects_commitment")
        assert [fetched(site.url + path)[0] for path in ("/compromisos/", "/salud/")] == [503, 200]
    assert fetched(f"{site.url}/compromisos/")[0] == 200


@pytest.mark.slow
@pytest.mark.long
@postgres_alone
def test_three_hundred_writers_and_as_many_readers(make_site):
    """While the head is held and after: each reader gets the page, each writer an answer that keeps the text, or the follow-up."""
    site = make_site("network", EDN_WORKERS="2", EDN_LOCK_SECONDS="1").start()
    focal_point = FocalPoint(site)
    with ThreadPoolExecutor(600) as people:
        with debugger(site) as other:
            writers = [people.submit(focal_point.send, number) for number in range(300)]
            until_waiting(other, 20)
            readers = [people.submit(fetched, f"{site.url}/compromisos/?q={n}", 60) for n in range(300)]
            assert Counter(reader.result()[0] for reader in readers) == {200: 300}
        told = Counter(writer.result()[0] for writer in writers)
    assert told.keys() <= {302, 409, 503}
    assert focal_point.send(999)[0] in {302, 409}
