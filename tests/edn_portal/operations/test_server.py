"""The server as it is shipped: slow clients, a database that is down, and how it stops."""

import os
import signal
import socket
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.live import Site

pytestmark = pytest.mark.slow

SLOW_POST = (
    b"POST /cuenta/entrar/ HTTP/1.1\r\nHost: localhost\r\nCookie: csrf=" + b"a" * 32 + b"\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\nlogin="
)


def get(url: str | urllib.request.Request, timeout: float = 10) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=timeout) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def answers(site: Site, timeout: float) -> bool:
    try:
        return get(f"{site.url}/salud/", timeout)[0] == 200
    except OSError:
        return False


def slow_clients(site: Site, how_many: int, open_until: ExitStack) -> None:
    """Requests whose bodies never end."""
    for _client in range(how_many):
        client = open_until.enter_context(closing(socket.create_connection(("127.0.0.1", site.port))))
        client.sendall(SLOW_POST)
    time.sleep(1)


@pytest.mark.long
@pytest.mark.once
def test_sixty_slow_bodies_do_not_stop_the_site(make_site):
    site = make_site("empty").start()
    with ExitStack() as stack:
        slow_clients(site, 60, stack)
        assert [answers(site, 10) for _request in range(5)] == [True] * 5


@pytest.mark.long
def test_with_few_threads_they_would(make_site):
    """The negative control: what EDN_THREADS=128 is for."""
    site = make_site("empty", EDN_THREADS="4").start()
    with ExitStack() as stack:
        slow_clients(site, 60, stack)
        assert not answers(site, 2)


@pytest.mark.once
def test_a_database_that_is_down_is_said_so(make_site):
    site = make_site("empty", DATABASE_URL="postgres://edn@127.0.0.1:1/edn").start()
    status, page = get(f"{site.url}/salud/", timeout=30)
    assert status == 503
    assert "<h1" in page
    assert "Traceback" not in page


@pytest.mark.once
def test_what_a_client_says_of_its_encoding_is_not_believed(make_site):
    """With rot13 Django failed before any page could say so; a form in latin1 was refused with an empty answer."""
    site, kind = make_site("empty").start(), "application/x-www-form-urlencoded"
    for charset in ("utf-7", "latin1", "rot13", '"base64"', "UTF-8", ""):
        headers = {"Content-Type": f"{kind}; charset={charset}"}
        address = f"{site.url}/compromisos/?q=a%C3%B1o"
        status, page = get(urllib.request.Request(address, headers=headers))
        assert (status, "año" in page) == (200, True), charset
        status, page = get(urllib.request.Request(address, b"login=%FF", headers))
        assert (status, "<h1" in page) == (403, True), charset


def children(pid: int) -> set[int]:
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        if int(fields[1]) == pid:
            found.add(int(stat.parent.name))
    return found


@pytest.mark.parametrize(
    "how", [pytest.param(signal.SIGINT, marks=pytest.mark.once), signal.SIGTERM], ids=["Ctrl-C", "systemd"]
)
def test_it_stops_whole_when_told(make_site, how):
    site = make_site("empty", EDN_WORKERS="2").start()
    assert site.process is not None
    workers = children(site.process.pid)
    assert len(workers) >= 2
    os.kill(site.process.pid, how)
    # A worker that is still starting does not hear the signal; granian ends it after ten seconds.
    assert site.process.wait(timeout=30) == 0
    assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]
    assert "Traceback" not in site.log.read_text()


def test_its_log_is_json_and_says_where_it_listens(make_site):
    site = make_site("empty").start()
    get(f"{site.url}/no-hay/")
    site.stop()
    first, *lines = site.log.read_text().splitlines()
    assert first.startswith(f"EDN Portal: {site.url} ")
    assert [line for line in lines if not line.startswith('{"time": ')] == []
