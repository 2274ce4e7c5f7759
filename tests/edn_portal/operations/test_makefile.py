"""`make` on machines that are not ours: odd interpreters, no PostgreSQL, a port that is taken, somebody else's `.env`."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from edn_portal.demo import environment
from edn_portal.operations.ports import why_unusable
from tests.cast import make_user
from tests.live import free_port

ROOT = Path(__file__).resolve().parents[3]
WORKING = """\
#!/bin/sh
case "$1" in
  -c) exit 0 ;;
  --version) echo "Python 3.99 of $0" ;;
  tests/postgres.py) exit "${POSTGRES_EXIT:-0}" ;;
esac
[ "${0##*/} $1" = "pytest -n" ] && exit "${SQLITE_EXIT:-0}"
[ "$2" = venv ] && mkdir -p .venv/bin && cp "$0" .venv/bin/python && cp "$0" .venv/bin/pytest
exit 0
"""
BROKEN = "#!/bin/sh\nexit 127\n"
TOO_OLD = '#!/bin/sh\n[ "$1" = -c ] && exit 1\nexit 0\n'


@pytest.fixture
def checkout(tmp_path) -> Path:
    """A copy of what `make` needs, on a machine that has the usual tools and no Python."""
    folder = tmp_path / "checkout"
    shutil.copytree(ROOT / ".requirements", folder / ".requirements")
    shutil.copy(ROOT / "Makefile", folder)
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("sh", "echo", "env", "cksum", "tr", "awk", "mkdir", "cp", "touch", "mktemp", "cat", "rm"):
        (tools / name).symlink_to(shutil.which(name) or pytest.fail(f"no {name} here"))
    return folder


def install(checkout: Path, **programs: str) -> None:
    for name, text in programs.items():
        path = checkout.parent / "bin" / name
        path.write_text(text)
        path.chmod(0o755)


def make(checkout: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [shutil.which("make") or "make", *words],
        cwd=checkout,
        env={"PATH": str(checkout.parent / "bin"), "HOME": str(checkout.parent)} | environment,
        capture_output=True,
        text=True,
    )


def test_make_alone_lists_what_there_is(checkout):
    told = make(checkout).stdout
    targets = {line.split()[1] for line in told.splitlines()}
    assert targets == {
        "help",
        "demo",
        "run",
        "test",
        "test-long",
        "lint",
        "pictures",
        "same-pages",
        "messages",
        "theme",
        "lock",
    }


def test_a_shim_that_does_not_run_is_passed_over(checkout):
    install(checkout, **{"python3.13": BROKEN, "python3.12": TOO_OLD, "python3": WORKING})
    done = make(checkout, ".venv/bin/python")
    assert done.returncode == 0, done.stderr
    assert "bin/python3" in done.stdout


def test_an_interpreter_can_be_named(checkout):
    install(checkout, **{"python3.13": WORKING, "mine": WORKING})
    assert "bin/mine" in make(checkout, ".venv/bin/python", PYTHON="mine").stdout


def test_pyenvs_versions_are_found_behind_its_shims(checkout):
    version = checkout.parent / ".pyenv/versions/3.13.0/bin"
    version.mkdir(parents=True)
    install(checkout, **{"python3.13": BROKEN, "python3": WORKING})
    (checkout.parent / "bin/python3").rename(version / "python3")
    assert "versions/3.13.0" in make(checkout, ".venv/bin/python").stdout


def test_without_an_interpreter_it_says_what_to_do(checkout):
    install(checkout, python3=TOO_OLD)
    done = make(checkout, "demo")
    assert done.returncode != 0
    assert "needs Python 3.12 or newer" in done.stderr


def test_uv_is_asked_when_no_interpreter_fits(checkout):
    install(checkout, uv='#!/bin/sh\necho "uv $@"; mkdir -p .venv/bin; touch .venv/bin/python\n')
    assert "uv venv" in make(checkout, ".venv/bin/python").stdout


@pytest.mark.parametrize(("ci", "code"), [("", 0), ("true", 2)])
def test_a_missing_postgresql_is_loud_and_in_ci_a_failure(checkout, ci, code):
    install(checkout, python3=WORKING)
    done = make(checkout, "test-postgres", POSTGRES_EXIT="69", CI=ci)
    assert "NO POSTGRESQL" in done.stdout
    assert done.returncode == code


def test_a_failure_on_postgresql_is_a_failure(checkout):
    install(checkout, python3=WORKING)
    assert make(checkout, "test-postgres", POSTGRES_EXIT="1").returncode == 2
    assert make(checkout, "test-postgres", POSTGRES_EXIT="0").returncode == 0


@pytest.mark.parametrize(("sqlite", "postgres"), [("0", "0"), ("1", "0"), ("0", "1"), ("1", "1")])
def test_a_failure_on_either_database_is_a_failure(checkout, sqlite, postgres):
    install(checkout, python3=WORKING)
    done = make(checkout, "-o", "lint", "test", SQLITE_EXIT=sqlite, POSTGRES_EXIT=postgres)
    assert done.returncode == (2 if "1" in (sqlite, postgres) else 0)
    told = [line for line in done.stdout.splitlines() if line.startswith("==")]
    assert told == ["== On SQLite", "== On PostgreSQL"]


@pytest.fixture
def env_file(tmp_path, monkeypatch) -> Path:
    monkeypatch.delenv("EDN_MODE", raising=False)
    monkeypatch.setattr(environment, "PATH", tmp_path / ".env")
    return tmp_path / ".env"


@pytest.fixture
def port() -> str:
    return str(free_port())


def test_the_demos_environment_is_written_once(env_file, port):
    assert environment.main(port) is None
    first = env_file.read_text()
    assert env_file.stat().st_mode & 0o777 == 0o600
    assert environment.main(port) is None
    assert env_file.read_text() == first
    assert list(env_file.parent.iterdir()) == [env_file]


def test_another_port_moves_the_address_and_nothing_else(env_file, port):
    environment.main(port)
    first = env_file.read_text()
    other = str(free_port())
    assert environment.main(other) is None
    assert env_file.read_text() == first.replace(f"localhost:{port}", f"localhost:{other}")


def test_an_address_chosen_by_hand_stays(env_file, port):
    environment.main(port)
    env_file.write_text(env_file.read_text().replace(f"http://localhost:{port}", "http://portal.example.org"))
    environment.main(str(free_port()))
    assert "EDN_BASE_URL=http://portal.example.org\n" in env_file.read_text()


def test_the_environment_of_something_else_is_left_alone(env_file, port, monkeypatch):
    env_file.write_text("EDN_MODE=production\n")
    assert "Nothing was touched" in (environment.main(port) or "")
    assert env_file.read_text() == "EDN_MODE=production\n"
    env_file.unlink()
    monkeypatch.setenv("EDN_MODE", "production")
    assert "Nothing was touched" in (environment.main(port) or "")
    assert not env_file.exists()


@pytest.mark.parametrize("wrong", ["", "0", "65536", "80a", "-1", "٨٠٠٠"])
def test_a_port_is_a_number(env_file, wrong):
    assert "PORT must be" in (environment.main(wrong) or "")
    assert not env_file.exists()


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # as granian holds its own
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def test_a_taken_port_is_named_before_anything_is_written(env_file, taken_port):
    assert f"Port {taken_port} of 127.0.0.1 cannot be used" in (environment.main(str(taken_port)) or "")
    assert not env_file.exists()


def test_the_server_shares_no_port(taken_port):
    with pytest.raises(CommandError, match="cannot be used"):
        call_command("serve", port=taken_port)


def test_a_free_port_is_usable():
    assert why_unusable("127.0.0.1", free_port()) == ""


def test_the_demo_leaves_a_database_with_real_people_alone(db, settings):
    make_user("somebody real")
    settings.DEMO = True
    with pytest.raises(CommandError, match="not fictional"):
        call_command("prepare_demo")


def test_the_demo_is_for_demos(db):
    with pytest.raises(CommandError, match="not a demo"):
        call_command("prepare_demo")


def test_the_demos_environment_needs_no_django():
    done = subprocess.run(
        [sys.executable, "-S", "-m", "edn_portal.demo.environment", "x"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
    )
    assert "PORT must be" in done.stderr
    assert done.returncode == 1
