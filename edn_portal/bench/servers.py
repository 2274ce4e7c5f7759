"""Starts the servers to measure, each in its own process on a free loopback port, and sends them requests."""

import gzip
import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection

from edn_portal.operations.serving import granian

ALONE = "-c max_parallel_workers_per_gather=0"  # of a connection: no workers beside it
SECONDS_TO_START = 60
PAUSE = 5  # seconds


@dataclass(frozen=True, slots=True)
class Server:
    """A running server's address and main process, which is the parent of its workers."""

    url: str
    pid: int


@contextmanager
def portal() -> Iterator[Server]:
    """Run the portal as `manage.py serve` does, but for PostgreSQL's parallel workers: a query's CPU is all in its own backend."""
    port = _free_port()
    environment = dict(os.environ)
    if connection.vendor == "postgresql":
        url = environment["DATABASE_URL"]
        environment["DATABASE_URL"] = f"{url}{'&' if '?' in url else '?'}{urlencode({'options': ALONE})}"
    with _running([sys.executable, "manage.py", "serve", "--port", str(port)], port, environment) as server:
        yield server


@contextmanager
def empty_project() -> Iterator[Server]:
    """Run `edn_portal.bench.empty` in the same way."""
    port = _free_port()
    with _running(granian("edn_portal.bench.empty:application", "127.0.0.1", port), port) as server:
        yield server


@contextmanager
def _running(command: list[str], port: int, environment: dict[str, str] | None = None) -> Iterator[Server]:
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(command, cwd=settings.BASE_DIR, stdout=log, stderr=log, env=environment)  # noqa: S603
        try:
            if not _answers(process, port):
                log.seek(0)
                raise CommandError(f"The server did not start: {log.read()[-2000:]}")
            yield Server(f"http://127.0.0.1:{port}", process.pid)
        finally:
            process.terminate()
            process.wait()


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    deadline = time.monotonic() + SECONDS_TO_START
    while process.poll() is None and time.monotonic() < deadline:
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.1)
    return False


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, slots=True)
class HttpCall:
    """A request to the server: a POST when it has a `form`, otherwise a GET."""

    path: str
    cookies: dict[str, str] = field(default_factory=dict)
    form: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """`size` is that of the body on the wire, in bytes."""

    status: int
    size: int
    seconds: float
    body: bytes = b""
    is_zipped: bool = False

    @property
    def content(self) -> bytes:
        """The body as it was before it was compressed."""
        return gzip.decompress(self.body) if self.is_zipped else self.body


class Browser:
    """Sends requests over one open connection, as a browser does, so that no request pays for the set-up."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=120)
        self.used = 0.0

    def ask(self, request: HttpCall) -> Answer:
        headers = {"Accept-Encoding": "gzip", **request.headers}
        if request.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in request.cookies.items())
        body = None
        if request.form is not None:
            body = urlencode(request.form, doseq=True)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connect()
        started = time.perf_counter()
        self.connection.request("GET" if body is None else "POST", request.path, body, headers)
        response = self.connection.getresponse()
        content = response.read()
        self.used = time.monotonic()
        is_zipped = response.headers.get("Content-Encoding") == "gzip"
        return Answer(response.status, len(content), time.perf_counter() - started, content, is_zipped)

    def _connect(self) -> None:
        """Connect anew after a pause, in which the server may have closed the connection."""
        if time.monotonic() - self.used > PAUSE:
            self.connection.close()
            self.connection.connect()

    def close(self) -> None:
        self.connection.close()
