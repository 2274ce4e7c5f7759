"""Where PostgreSQL's programs are on this machine. No Django here: the tests' throw-away server looks them up too."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path


class NotFound(Exception):
    """No such program, or none of the version asked for."""


def find(program: str, *, at_least: int = 0) -> Path:
    """The oldest `program` of major version `at_least` or newer; without that, the newest. Of several alike the one on the PATH.

    Raises NotFound.
    """
    versions = [(major, path) for path in _candidates(program) if (major := _major(path)) >= at_least]
    if versions:
        # Newest where any will do; else as near as possible to the server that it is to talk to.
        return (min if at_least else max)(versions, key=lambda version: version[0])[1]
    wanted = f"{program} {at_least} or newer" if at_least else program
    raise NotFound(f"{wanted} is neither on the PATH, nor where pg_config says, nor in /usr/lib/postgresql/*/bin.")


def _candidates(program: str) -> Iterator[Path]:
    folders = [Path(found).parent] if (found := shutil.which(program)) else []
    if config := shutil.which("pg_config"):
        told = subprocess.run([config, "--bindir"], capture_output=True, text=True)  # noqa: S603 - fixed words
        folders.append(Path(told.stdout.strip()))
    folders += Path("/usr/lib/postgresql").glob("*/bin")
    yield from (folder / program for folder in dict.fromkeys(folders) if (folder / program).is_file())


def _major(path: Path) -> int:
    """The first number that `--version` prints: 15 of "pg_dump (PostgreSQL) 15.18". -1 when it does not run."""
    told = subprocess.run([path, "--version"], capture_output=True, text=True)  # noqa: S603 - found above
    number = re.search(r"\d+", told.stdout)
    return int(number[0]) if number else -1
