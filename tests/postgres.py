"""Run a command against a throw-away PostgreSQL: `.venv/bin/python tests/postgres.py .venv/bin/pytest tests/test_x.py`.

The cluster lives in a temporary folder, listens on a unix socket there alone and is gone afterwards. Its address is in
DATABASE_URL. Exits with MISSING when this machine has no PostgreSQL server.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from edn_portal.backups.postgres_programs import NotFound, find

MISSING = 69  # EX_UNAVAILABLE
SECONDS_TO_START = 60
# Nothing here outlives the run, so nothing waits for the disk. Races open many connections at once.
SPEED = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=300", "shared_buffers=64MB")
# Between two tests the tables are empty. Counted just then, the planner would believe it while the next test has thousands of
# rows, and a join of a second would take an hour; never counted, it expects some, and now and then so many that it would compile
# a query to machine code. A statement that hangs fails its own test.
STEADY = ("autovacuum=off", "jit=off", "statement_timeout=120s")


class NoServer(Exception):
    """This machine has no PostgreSQL server, or it did not start."""


def unprivileged() -> dict[str, object]:
    """Who runs the server, as arguments of subprocess: PostgreSQL refuses to run as root."""
    if os.geteuid():
        return {}
    import pwd

    for name in ("postgres", "nobody"):
        try:
            person = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []}
    raise NoServer("PostgreSQL refuses to run as root, and there is no user postgres or nobody to run it.")


@contextmanager
def cluster() -> Iterator[str]:
    """A fresh running server; yields the DATABASE_URL of its empty database."""
    initdb, postgres = find("initdb"), find("postgres")
    who = unprivileged()
    # Not under TMPDIR's long names: a socket's path has 107 characters at most.
    folder = Path(tempfile.mkdtemp(prefix="edn-pg-", dir="/tmp"))
    try:
        if who:
            os.chown(folder, who["user"], who["group"])  # type: ignore[call-overload]
        data = folder / "data"
        made = subprocess.run(
            [initdb, "-D", data, "-U", "edn", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
            capture_output=True,
            text=True,
            cwd=folder,
            **who,  # type: ignore[call-overload]
        )
        if made.returncode:
            raise NoServer(f"initdb failed: {made.stderr or made.stdout}")
        options = [word for option in (*SPEED, *STEADY) for word in ("-c", option)]
        with (folder / "log").open("w") as log:
            server = subprocess.Popen(
                [postgres, "-D", data, "-k", folder, "-c", "listen_addresses=", *options],
                stdout=log,
                stderr=log,
                cwd=folder,
                start_new_session=True,  # Ctrl-C reaches the command first; the server stops after it
                **who,  # type: ignore[call-overload]
            )
        try:
            wait_until_it_answers(server, folder)
            yield f"postgres://edn@/postgres?{urlencode({'host': folder})}"
        finally:
            server.send_signal(signal.SIGINT)  # fast shutdown: ends the sessions that are left
            server.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def wait_until_it_answers(server: subprocess.Popen[bytes], folder: Path) -> None:
    """Raises NoServer, with the server's own log, when it ends or does not answer in time."""
    pg_isready = find("pg_isready")
    deadline = time.monotonic() + SECONDS_TO_START
    while subprocess.run([pg_isready, "-q", "-h", folder, "-U", "edn"]).returncode:
        if server.poll() is not None or time.monotonic() > deadline:
            raise NoServer(f"PostgreSQL did not start: {(folder / 'log').read_text()}")
        time.sleep(0.1)


def stop(signum: int, frame: object) -> NoReturn:
    sys.exit(128 + signum)


def main(command: list[str]) -> int:
    signal.signal(signal.SIGTERM, stop)
    try:
        with cluster() as url:
            return subprocess.run(command, env=os.environ | {"DATABASE_URL": url}).returncode
    except (NoServer, NotFound) as why:
        print(f"There is no PostgreSQL here: {why}", file=sys.stderr)
        return MISSING


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
