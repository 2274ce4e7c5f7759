"""Checks whether the ledger is intact, entry by entry, by the rules of `docs/ledger.md`: as a stranger would."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import Error as DatabaseError
from django.db import connection
from django.db.models import OuterRef, Subquery

from focalpoints.ledger.record import FORMAT, REPEATED, START, canonical, sha256, stamp
from focalpoints.ledger.triggers import LEDGER
from focalpoints.models import Annex, Entry, LedgerHead, User
from focalpoints.models.entry import folio

PAGE = 1000
# What reading a column can raise: SQLite stores anything in any column.
UNREADABLE = (ValueError, TypeError, OverflowError, DatabaseError)
# Column of an entry → key of its text that must say the same.
COLUMNS = {"subject_type": "type"} | {name: name for name in REPEATED}
KEYS = {
    "format", "seq", "type", "subject", "nth", "previous", "dossier", "verb", "office", "at", "recorded_at",
    "state", "title", "agencies", "numbers", "dates", "codes", "dossier_after", "private", "redacts",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Head:
    """The ledger's last number and digest at some moment. Whoever keeps it can prove later whether anything before it was changed."""

    seq: int
    digest: str

    def __str__(self) -> str:
        return f"{self.seq} {self.digest}"

    @classmethod
    def parse(cls, line: str) -> "Head":
        """Read a head as `str` writes it. Raises ValueError."""
        seq, digest = line.split()
        if not (seq.isascii() and seq.isdigit()) or len(digest) != len(START) or set(digest) - set("0123456789abcdef"):
            raise ValueError(line)
        return cls(int(seq), digest)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, in words, and the entry where it was found, if there is one."""

    what: str
    seq: int | None = None
    folio: str = ""

    def __str__(self) -> str:
        where = f"entry {self.seq}" + (f" ({self.folio})" if self.folio else "")
        return f"{where}: {self.what}" if self.seq else self.what


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a check: the last sound entry, the first bad one and any faults of the triggers."""

    head: Head
    problems: tuple[Problem, ...]

    @property
    def is_intact(self) -> bool:
        return not self.problems


def head() -> Head:
    """The head as the database has it now, for receipts and for keeping elsewhere. Nothing is checked."""
    row = LedgerHead.objects.get(pk=1)
    return Head(row.seq, row.digest)


def verify(against: Iterable[Head] = ()) -> Report:
    """Check the whole ledger while others go on writing. It keeps one hash for each subject in memory.

    `against` are heads kept outside; the entries that they name must still carry their digests.
    The first problem is the first bad entry, if there is one.
    """
    walk = _Walk(against)
    problems = []
    try:
        walk.to_the_end()
    except _Bad as bad:
        problems.append(bad.problem)
    problems += [Problem(fault) for fault in LEDGER.faults(connection)]
    return Report(Head(walk.seq, walk.digest), tuple(problems))


class _Bad(Exception):
    def __init__(self, what: str, row: Mapping[str, Any] | None = None, seq: int | None = None) -> None:
        self.problem = Problem(what, row["seq"] if row else seq, folio(row["seq"], row["hash"]) if row else "")


class _Walk:
    """Goes from entry to entry, and holds what the next one must agree with."""

    def __init__(self, against: Iterable[Head]) -> None:
        self.seq = 0
        self.digest = START
        self.at: datetime | None = None
        self.chains: dict[tuple[str, str], tuple[int, bytes]] = {}
        self.announced = _announced_redactions()
        self.kept: dict[int, set[str]] = {}
        for kept in against:
            self.kept.setdefault(kept.seq, set()).add(kept.digest)

    def to_the_end(self) -> None:
        """Read all entries, then the head, until nothing has come in between: an entry written meanwhile must not look like a fault."""
        while True:
            for row in self._rows():
                self._check(row)
            end = _stored_head()
            if end is None or end.seq <= self.seq or not Entry.objects.filter(seq__gt=self.seq).exists():
                break
        self._check_head(end)
        if lost := min((seq for seq in self.kept if seq > self.seq), default=None):
            raise _Bad(f"it is missing: a head kept outside names entry {lost}.", seq=self.seq + 1)

    def _rows(self) -> Iterator[dict[str, Any]]:
        """The entries in order, a page at a time so that no query stays open; one by one where a page cannot be read."""
        size = PAGE
        while True:
            try:
                rows = list(_entries_after(self.seq)[:size])
            except UNREADABLE as error:
                if size == 1:
                    raise _Bad(f"it cannot be read: {error}.", seq=self.seq + 1) from error
                size = 1
                continue
            yield from rows
            if not rows:
                return

    def _check(self, row: dict[str, Any]) -> None:
        if row["seq"] != self.seq + 1:
            raise _Bad("it is missing.", seq=self.seq + 1)
        payload = _check_text(row)
        _check_columns(row, payload)
        self._check_time(row)
        self._check_chain(row)
        self._check_digest(row)
        self._check_annex(row, payload)
        self._check_redactions(row, payload)
        self.seq, self.digest, self.at = row["seq"], row["digest"], row["at"]
        self._compare_with_kept(row)

    def _check_time(self, row: dict[str, Any]) -> None:
        if self.at and row["at"] < self.at:
            raise _Bad("its business time is before that of the entry before it.", row)

    def _check_chain(self, row: dict[str, Any]) -> None:
        subject = (row["subject_type"], row["subject"])
        nth, previous = self.chains.get(subject, (0, bytes.fromhex(START)))
        if row["nth"] != nth + 1:
            raise _Bad(f"it should be number {nth + 1} of its subject.", row)
        if row["previous"] != previous.hex():
            raise _Bad("it does not carry the hash of the entry before it on its subject.", row)
        self.chains[subject] = (row["nth"], bytes.fromhex(row["hash"]))

    def _check_digest(self, row: dict[str, Any]) -> None:
        if row["digest"] != sha256(self.digest, row["hash"]):
            raise _Bad("its digest does not follow from the digest before it and its hash.", row)

    def _check_annex(self, row: dict[str, Any], payload: dict[str, Any]) -> None:
        salt, content = row["annex__salt"], row["annex__content"]
        if not isinstance(salt, str) or not isinstance(content, str):
            raise _Bad("its private part is missing.", row)
        if not salt and not content:
            # It may have been redacted a moment ago, together with an entry that says so.
            if row["seq"] not in self.announced:
                self.announced = _announced_redactions()
            if self.announced.get(row["seq"], 0) <= row["seq"]:
                raise _Bad("its private part was emptied, and no later entry announces it.", row)
            return
        if sha256(salt, content) != payload["private"]:
            raise _Bad("its private part was altered.", row)
        if row["seq"] in self.announced and not _is_empty_by_now(row["seq"]):
            raise _Bad(f"its private part is there, although entry {self.announced[row['seq']]} redacted it.", row)
        if _person(content) != row["by_code"]:
            raise _Bad("it names another person than its private part.", row)

    def _check_redactions(self, row: dict[str, Any], payload: dict[str, Any]) -> None:
        redacts = payload["redacts"]
        if not isinstance(redacts, list) or any(type(seq) is not int or not 0 < seq < row["seq"] for seq in redacts):
            raise _Bad("it redacts an entry that is not before it.", row)

    def _compare_with_kept(self, row: dict[str, Any]) -> None:
        if self.kept.pop(self.seq, {self.digest}) != {self.digest}:
            raise _Bad("its digest is not that of a head kept outside: it, or an entry before it, was rewritten.", row)

    def _check_head(self, end: LedgerHead | None) -> None:
        if end is None:
            raise _Bad("The head is missing.")
        if end.seq > self.seq:
            raise _Bad(f"it is missing: the head counts {end.seq} entries.", seq=self.seq + 1)
        if end.seq < self.seq:
            raise _Bad(f"it stands beyond the head, which counts {end.seq} entries.", seq=end.seq + 1)
        if (end.digest, end.at) != (self.digest, self.at):
            raise _Bad("The head does not agree with the last entry.")


def _entries_after(seq: int) -> Any:
    by_code = Subquery(User.objects.filter(pk=OuterRef("by_id")).values("code"))
    columns = (*COLUMNS, "at", "recorded_at", "text", "hash", "digest", "annex__salt", "annex__content")
    return Entry.objects.filter(seq__gt=seq).order_by("seq").values(*columns, by_code=by_code)


def _stored_head() -> LedgerHead | None:
    try:
        return LedgerHead.objects.filter(pk=1).first()
    except UNREADABLE as error:
        raise _Bad(f"The head cannot be read: {error}.") from error


def _is_empty_by_now(seq: int) -> bool:
    """Whether it was redacted after its page was read."""
    return Annex.objects.filter(pk=seq, salt="").exists()


def _person(content: str) -> str | None:
    try:
        return json.loads(content)["by"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _announced_redactions() -> dict[int, int]:
    """Redacted entry → the entry that says so. Whether that one is sound is checked when its turn comes."""
    announced: dict[int, int] = {}
    for by in Entry.objects.announcing_redactions().order_by("seq").values_list("seq", flat=True):
        announced |= dict.fromkeys(_redacted_by(by), by)
    return announced


def _redacted_by(seq: int) -> list[int]:
    """The entries that this one redacts; none if its text was altered beyond reading."""
    try:
        says = json.loads(Entry.objects.values_list("text", flat=True).get(pk=seq))
        return [redacted for redacted in says["redacts"] if type(redacted) is int]
    except (*UNREADABLE, KeyError, RecursionError):
        return []


def _check_text(row: dict[str, Any]) -> dict[str, Any]:
    """The parsed text of an entry, if it is canonical and has the right hash and keys."""
    text = row["text"]
    try:
        if sha256(text) != row["hash"]:
            raise _Bad("its hash is not that of its text.", row)
        payload = json.loads(text)
        if canonical(payload) != text:
            raise ValueError
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise _Bad("its text is not canonical.", row) from error
    if not isinstance(payload, dict) or payload.get("format") != FORMAT or payload.keys() != KEYS:
        raise _Bad(f"its text is not of format {FORMAT}.", row)
    return payload


def _check_columns(row: dict[str, Any], payload: dict[str, Any]) -> None:
    for column, key in COLUMNS.items():
        if row[column] != payload[key]:
            raise _Bad(f"its column {column} does not agree with its text.", row)
    for column in ("at", "recorded_at"):
        if not row[column] or stamp(row[column]) != payload[column]:
            raise _Bad(f"its column {column} does not agree with its text.", row)


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a page can say of one entry without checking the whole ledger."""

    hash_matches: bool
    digest_follows: bool
    chain_follows: bool
    private_matches: bool
    redacted_by: Entry | None

    @property
    def is_sound(self) -> bool:
        return self.hash_matches and self.digest_follows and self.chain_follows and self.private_matches


def inspect(entry: Entry) -> Inspection:
    """Check one entry against its neighbours and its private part. At most five queries."""
    before = Entry.objects.filter(seq=entry.seq - 1).first()
    previous = Entry.objects.about(entry.subject_type, entry.subject).filter(nth=entry.nth - 1).first()
    annex = Annex.objects.filter(pk=entry.seq).first()
    redacted_by = _redaction_of(entry) if annex and annex.is_redacted else None
    return Inspection(
        hash_matches=sha256(entry.text) == entry.hash,
        digest_follows=sha256(before.digest if before else START, entry.hash) == entry.digest,
        chain_follows=entry.previous == (previous.hash if previous else START),
        private_matches=bool(redacted_by or (annex and _agrees(annex, entry))),
        redacted_by=redacted_by,
    )


def _agrees(annex: Annex, entry: Entry) -> bool:
    return f'"private":"{sha256(annex.salt, annex.content)}"' in entry.text


def _redaction_of(entry: Entry) -> Entry | None:
    """The entry that redacted this one: it is filed under the same dossier."""
    later = Entry.objects.filed_under(entry.dossier).announcing_redactions().filter(seq__gt=entry.seq)
    return next((other for other in later if entry.seq in _redacted_by(other.seq)), None)
