"""Has a page of evidence drawn (`drawing`) without ever opening the file in the server's own process."""

import json
import logging
import subprocess
import sys
import tempfile
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, BinaryIO, NamedTuple

from django.utils.translation import gettext_lazy as _

from focalpoints.workflow import StrOrPromise

logger = logging.getLogger(__name__)
PROGRAM = Path(__file__).with_name("drawing.py")
KINDS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpeg"}
MOST_SECONDS = 10  # on the clock; of CPU the program has less
AT_ONCE = 2  # in each process of the server
PATIENCE = 5  # seconds that one waits for the others
_places = BoundedSemaphore(AT_ONCE)

TOO_HARD = _("It is too large to be drawn here, or takes too long. Download the file to look at it.")
WHY: dict[str, StrOrPromise] = {
    "locked": _("It is protected by a password. Download the file to look at it."),
    "damaged": _("It is damaged and cannot be drawn. Download the file to see what can still be read of it."),
    "large": TOO_HARD,
}


class DrawnPage(NamedTuple):
    """A page as PNG, of so many."""

    pages: int
    picture: bytes


class NotDrawn(Exception):
    """There is no picture of it; `why` says that, and that the file is there. `pages` is 0 where nobody could count them."""

    def __init__(self, why: StrOrPromise, pages: int = 0) -> None:
        super().__init__(why)
        self.why, self.pages = why, pages


class NoSuchPage(Exception):
    pass


class AllBusy(Exception):
    """So many are drawn already that one more has to wait for longer than somebody does."""


def is_drawn(content_type: str) -> bool:
    """Whether evidence of this kind has pictures."""
    return content_type in KINDS


def drawn(file: BinaryIO, content_type: str, number: int) -> DrawnPage:
    """The page with that number, counted from 1, of a file on disk. Raises NotDrawn, NoSuchPage or AllBusy."""
    if not _places.acquire(timeout=PATIENCE):
        raise AllBusy
    try:
        with tempfile.TemporaryFile() as answer:
            return _read(_asked(file, KINDS[content_type], number, answer))
    finally:
        _places.release()


def _asked(file: BinaryIO, kind: str, number: int, answer: BinaryIO) -> bytes:
    """What the program wrote; nothing where it was stopped: by itself, by a limit or by the clock."""
    command = [sys.executable, "-I", str(PROGRAM), kind, str(number)]
    try:
        done = subprocess.run(  # noqa: S603 - our own program, with a word and a number of ours
            command, stdin=file, stdout=answer, stderr=subprocess.DEVNULL, env={}, cwd="/", timeout=MOST_SECONDS
        )
    except subprocess.TimeoutExpired:
        return b""
    if done.returncode:
        logger.info("A page of evidence was not drawn: the program ended with %s.", done.returncode)
        return b""
    answer.seek(0)
    return answer.read()


def _read(answer: bytes) -> DrawnPage:
    said, _line, picture = answer.partition(b"\n")
    facts: dict[str, Any] = json.loads(said) if said else {"why": "large"}
    if facts.get("why") == "none":
        raise NoSuchPage
    if "why" in facts:
        raise NotDrawn(WHY[facts["why"]], facts.get("pages", 0))
    return DrawnPage(facts["pages"], picture)
