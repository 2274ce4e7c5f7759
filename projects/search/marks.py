"""What of a text is shown where it was found: the part around the first word that matches, with each such word marked.

Of the text as it was written: accents and capitals stay. Words are those of `focalpoints.text.fold`, by which the search itself goes.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Protocol

from django.utils.html import escape
from django.utils.safestring import SafeString

from focalpoints.text import fold

PASSAGE = 240  # characters that are shown of a text
BEFORE = 80  # of which so many stand before the first match
CUT = "…"
# Where no word ends: letters and digits, what joins two halves of a word, and what nobody sees. Beyond ASCII each character is asked.
_RUN = re.compile(r"(?:[0-9A-Za-z@'`.\-\x01-\x08\x0e-\x1b\x7f]|[^\x00-\x7f]|(?<=\d),(?=\d))+")


class MatchedWords(Protocol):
    """What was asked for: `Terms`."""

    def matches(self, word: str) -> bool: ...


def marked(text: str, words: MatchedWords) -> SafeString:
    """The text as HTML, with the words that match in `<mark>`."""
    pieces, at = [], 0
    for start, end in _spans(text):
        if words.matches(text[start:end]):
            pieces += [escape(text[at:start]), "<mark>", escape(text[start:end]), "</mark>"]
            at = end
    return SafeString("".join([*pieces, escape(text[at:])]))


def passage(text: str, words: MatchedWords) -> SafeString:
    """About PASSAGE characters of it in one line, cut between words, around the first that matches; its beginning where none does."""
    line = " ".join(text.split())
    if len(line) <= PASSAGE:
        return marked(line, words)
    start, stop = next(((start, stop) for start, stop in _spans(line) if words.matches(line[start:stop])), (0, 0))
    begin, end = _around(line, start, stop)
    shown = marked(line[begin:end], words)
    return SafeString(f"{f'{CUT} ' if begin else ''}{shown}{f' {CUT}' if end < len(line) else ''}")


def _around(line: str, start: int, stop: int) -> tuple[int, int]:
    """From where to where a line longer than PASSAGE is shown, so that what stands from `start` to `stop` is in it."""
    begin = 0
    if start > BEFORE:
        begin = line.find(" ", start - BEFORE, start) + 1 or line.rfind(" ", 0, start) + 1
    if len(line) - begin <= PASSAGE:
        return min(begin, line.find(" ", len(line) - PASSAGE - 1) + 1 or begin), len(line)
    border = line.rfind(" ", max(stop, begin + 1), begin + PASSAGE + 1)
    if border < 0:
        border = line.find(" ", max(stop, begin + 1))
    return begin, border if border >= 0 else len(line)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """From where to where each word goes, without the marks around it."""
    for run in _RUN.finditer(text):
        if run[0].isascii():
            yield from _trimmed(text, *run.span())
            continue
        start = run.start()
        for place, char in enumerate(run[0], run.start()):
            if not char.isascii() and _is_apart(char):
                yield from _trimmed(text, start, place)
                start = place + 1
        yield from _trimmed(text, start, run.end())


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and _is_sign(text[start]):
        start += 1
    while end > start and _is_sign(text[end - 1]):
        end -= 1
    if start < end:
        yield start, end


@lru_cache(maxsize=1024)
def _is_apart(char: str) -> bool:
    """Whether a word ends there, which says nothing itself. `½` does: it is found by 1 and by 2."""
    return fold(f"a{char}a") == "a a"


@lru_cache(maxsize=1024)
def _is_sign(char: str) -> bool:
    """Whether it says nothing at the end of a word. An accent does, for the letter before it."""
    return char != "@" and unicodedata.category(char)[0] in "CPS" and not fold(f"a{char}")[1:]
