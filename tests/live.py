"""The site as an operator runs it: granian in a process of its own, on a database of its own, on a free loopback port."""

import fcntl
import os
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parent.parent
DEMO_PASSWORD = "correcto-caballo-pila-grapa"
SECONDS_TO_START = 60


@dataclass(frozen=True, slots=True)
class Content:
    """What a site starts with: a folder (evidence, static files, the SQLite file) and its DATABASE_URL."""

    folder: Path
    database_url: str

    def copy_to(self, folder: Path) -> "Content":
        """The same rows and files in an empty folder and a database of their own."""
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        if self.database_url.startswith("sqlite"):
            return Content(folder, sqlite_url(folder))
        return Content(folder, create_database(self.database_url, template=database_name(self.database_url)))


class Site:
    """One server process and its database, with the code of a checkout. `manage` reaches the same database from outside."""

    def __init__(self, content: Content, checkout: Path = ROOT, **environment: str) -> None:
        self.content, self.checkout = content, checkout
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.log = content.folder / "server.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.environment = clean_environment(content) | {"EDN_BASE_URL": self.url} | environment

    def manage(self, *arguments: str) -> str:
        """Run a management command on this site's database; returns what it printed."""
        return manage(self.environment, *arguments, checkout=self.checkout)

    def start(self) -> "Site":
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", "--port", str(self.port)],
                cwd=self.checkout,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,  # so that kill() reaches every worker
            )
        self.wait_until_it_answers()
        return self

    def wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        while True:
            try:
                urllib.request.urlopen(f"{self.url}/salud/", timeout=30).close()
                return
            except urllib.error.HTTPError:
                return  # it answers, if not well: that is for the test to judge
            except OSError as error:
                ended = self.process is None or self.process.poll() is not None
                if ended or time.monotonic() > deadline:
                    raise RuntimeError(f"The site did not start: {self.log.read_text()}") from error
                time.sleep(0.1)

    def stop(self) -> None:
        """As an operator does: SIGTERM, and wait until the last worker is gone."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """As a power cut does: SIGKILL to every process of the server."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        if self.process is None:
            return
        process, self.process = self.process, None
        if how == signal.SIGKILL:
            os.killpg(process.pid, how)
        else:
            process.send_signal(how)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def clean_environment(content: Content) -> dict[str, str]:
    """A demo's settings, untouched by the developer's `.env` and shell."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return kept | {
        "EDN_MODE": "demo",
        "EDN_ENV_FILE": os.devnull,
        "EDN_VAR_DIR": str(content.folder),
        "EDN_CLOCK_START": "2018-10-15T09:00:00-06:00",
        "EDN_CLOCK_ORIGIN": datetime.now(UTC).isoformat(),
        "EDN_DEMO_PASSWORD": DEMO_PASSWORD,
        "SECRET_KEY": secrets.token_urlsafe(50),
        "DATABASE_URL": content.database_url,
        "PYTHONUNBUFFERED": "1",
    }


def manage(environment: dict[str, str], *arguments: str, checkout: Path = ROOT) -> str:
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"manage.py {' '.join(arguments)} failed: {done.stdout}{done.stderr}")
    return done.stdout


def prepared(name: str, folder: Path) -> Content:
    """The content called `name` ("empty", "demo" or "network", a small one made up), made once for all workers of a test run."""
    folder.mkdir(parents=True, exist_ok=True)
    with lock(folder / f"{name}.lock"):
        done = folder / f"{name}.url"
        content_folder = folder / name
        if done.exists():
            return Content(content_folder, done.read_text())
        if name == "network":
            content = prepared("empty", folder).copy_to(content_folder)
        else:
            content_folder.mkdir()
            content = Content(content_folder, new_database(content_folder))
        environment = clean_environment(content)
        match name:
            case "empty":
                manage(environment, "migrate", "--verbosity", "0")
                manage(environment, "createcachetable")
                manage(environment, "collectstatic", "--noinput", "--verbosity", "0")
            case "demo":
                manage(environment, "prepare_demo")
            case "network":
                manage(environment, "seed_scale", "--part", "80")
        if content.database_url.startswith("sqlite"):
            fold_in_the_log(content_folder)
        done.write_text(content.database_url)
        return content


@contextmanager
def lock(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def sqlite_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'portal.sqlite3'}"


def fold_in_the_log(folder: Path) -> None:
    """Leave one SQLite file that can be copied, without a write-ahead log beside it."""
    with closing(sqlite3.connect(folder / "portal.sqlite3")) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def new_database(folder: Path) -> str:
    """An empty database beside the one that the tests run on."""
    server = os.environ.get("DATABASE_URL", "sqlite")
    return sqlite_url(folder) if server.startswith("sqlite") else create_database(server, template="template0")


def create_database(server: str, *, template: str) -> str:
    name = f"live_{secrets.token_hex(6)}"
    with closing(psycopg.connect(with_database(server, "postgres"), autocommit=True)) as connection:
        connection.execute(
            psycopg.sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                psycopg.sql.Identifier(name), psycopg.sql.Identifier(template)
            )
        )
    return with_database(server, name)


def database_name(url: str) -> str:
    return urlsplit(url).path.lstrip("/")


def with_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
