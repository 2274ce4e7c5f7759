"""The bitácora: an append-only, hash-chained record of every verb. `docs/ledger.md` tells a stranger how to re-compute it."""

import hashlib
import json
import re
import secrets
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from django.db.models import Model, QuerySet
from django.utils import timezone

from focalpoints import clock
from focalpoints.models import Annex, Entry, LedgerHead, User
from focalpoints.sql.prepared import prepared
from focalpoints.sql.writing import change_all, insert_all, together
from focalpoints.turn import LockedHead, head_in_hand, head_moved
from focalpoints.workflow import Stale

FORMAT = 1
START = "0" * 64  # the digest before the first entry, and the "previous" of a subject's first
MOST = 2**53 - 1  # RFC 8785 numbers are doubles: beyond this, two readers may see two integers
# Called with the parsed texts of a verb's new entries and rows that they name, in its transaction: they keep derived tables up to date.
LISTENERS: list[Callable[[Sequence[Mapping[str, Any]], Collection[Model]], None]] = []
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# The columns of an entry that repeat its text under the same name.
REPEATED = ("seq", "subject", "nth", "dossier", "verb", "office", "state", "previous")
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _last(subjects: Sequence["PublicState"]) -> dict[str, tuple[int, str]]:
    """Number and hash of the newest entry about each of these subjects, all of one type; none of those that have no entry yet."""
    if len(subjects) == 1:
        [subject] = subjects
        found = _last_of_one(subject.type, subject.code)
        return {subject.code: found[0]} if found else {}
    entries = Entry.objects.filter(subject_type=subjects[0].type, subject__in=[subject.code for subject in subjects])
    return {code: (nth, hash) for code, nth, hash in entries.order_by("nth").values_list("subject", "nth", "hash")}


@prepared("subject_type", "subject")
def _last_of_one(subject_type: str, subject: str) -> QuerySet[Entry, tuple[int, str]]:
    entries = Entry.objects.filter(subject_type=subject_type, subject=subject)
    return entries.order_by("-nth").values_list("nth", "hash")[:1]


@dataclass(frozen=True, slots=True)
class PublicState:
    """What an entry says in public of its subject, as it is after the facts. Never a person's name, mail or free text.

    `agencies` are keys; ("*",) binds all. `numbers` are integers (percent, counts) or None; `dates` are days or None;
    `codes` are public codes of related things and chosen values (project, kind, recurrence).
    """

    type: str
    code: str
    state: str = ""
    title: str = ""
    agencies: Sequence[str] = ()
    numbers: Mapping[str, int | None] = field(default_factory=dict)
    dates: Mapping[str, date | None] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.type}:{self.code}"

    def as_json(self) -> dict[str, Any]:
        return {
            "state": self.state,
            "title": self.title,
            "agencies": list(self.agencies),
            "numbers": dict(self.numbers),
            "dates": {name: day and day.isoformat() for name, day in self.dates.items()},
            "codes": dict(self.codes),
        }


def normal(value: Any) -> Any:
    """A copy that can be written in one way only: its strings are in Unicode NFC, its keys ASCII, its numbers integers.

    Raises ValueError for NUL, a lone surrogate, another key or an integer beyond 2^53, TypeError for what JSON cannot say.
    """
    if isinstance(value, str):
        if value.isascii() and "\0" not in value:  # already normal, and most strings are
            return value
        if UNSTORABLE.search(value):
            raise ValueError("The ledger takes neither NUL characters nor lone surrogates.")
        return unicodedata.normalize("NFC", value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if abs(value) > MOST:
            raise ValueError("The ledger takes integers up to 2^53 - 1.")
        return value
    if isinstance(value, (list, tuple)):
        return [normal(item) for item in value]
    if isinstance(value, (dict, Mapping)):
        if not _are_ascii(value):
            raise ValueError("The ledger's keys are ASCII text.")
        # Half of an entry's values are None, and need no call.
        return {key: item if item is None else normal(item) for key, item in value.items()}
    raise TypeError(
        f"The ledger takes no {type(value).__name__}: only text, integers, true, false, null, lists and objects."
    )


def _are_ascii(keys: Iterable[Any]) -> bool:
    try:
        together = "".join(keys)
    except TypeError:  # a key is no string
        return False
    return together.isascii() and "\0" not in together


def canonical(value: Any) -> str:
    """The JSON of `value` after RFC 8785, with its strings in Unicode NFC. Raises as `normal` does."""
    # Normalised before escaping: after it, a line feed and a combining tilde would become `\ñ`, which is not JSON.
    return as_text(normal(value))


def as_text(normalised: Any) -> str:
    """The canonical text of a value that `normal` returned."""
    return _ENCODER.encode(normalised)


def sha256(*parts: str) -> str:
    """Lower-case hexadecimal SHA-256 of the parts joined by a line feed, in UTF-8."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def stamp(instant: datetime) -> str:
    """UTC to the microsecond: `2018-10-15T15:00:00.000000Z`."""
    return f"{instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def record(
    verb: str,
    subject: PublicState,
    *,
    by: User,
    office: str,
    private: Mapping[str, Any] | None = None,
    dossier: PublicState | None = None,
    redacts: Sequence[int] = (),
    rows: Collection[Model] = (),
) -> Entry:
    """Append one entry, inside the verb's own transaction, as its last step.

    `office` is the public code of the office that acted (an agency's key, CEDN, administration, system); `private` goes to the annex;
    `dossier` is the commitment under which the event of a task or follow-up is filed, as it is after the event;
    `redacts` names the entries (seq) whose annexes this event empties; `rows` are rows that it names and that the verb has read, so
    that listeners need not look them up.
    """
    facts = EntryFacts(subject, dossier, private or {}, redacts)
    [entry] = record_all(verb, [facts], by=by, office=office, rows=rows)
    return entry


class EntryFacts(NamedTuple):
    """What one of a verb's entries tells: see `record`."""

    subject: PublicState
    dossier: PublicState | None
    private: Mapping[str, Any]
    redacts: Sequence[int] = ()


def record_all(
    verb: str, told: Sequence[EntryFacts], *, by: User, office: str, rows: Collection[Model] = ()
) -> list[Entry]:
    """Append an entry for each of these, in their order and all at the same instant. Their subjects differ, and are of one type."""
    if not told:
        return []
    # With the head locked, entries are made one at a time until this transaction ends.
    head = head_in_hand()
    last = _last([facts.subject for facts in told])
    # Business time never runs backwards: so what stood on a day is what the ledger's entries up to some number say.
    moments = Moments(max(clock.now(), head.at) if head.at else clock.now(), timezone.now())
    entries, annexes, payloads, heads = [], [], [], []
    for facts in told:
        nth, previous = last.get(facts.subject.code, (0, START))
        made = composed(
            verb, facts.subject, PlaceInLedger(head.seq + 1, head.digest, nth + 1, previous), moments,
            salt=secrets.token_hex(16), by=by, office=office, private=facts.private, dossier=facts.dossier,
            redacts=facts.redacts,
        )  # fmt: skip
        entry = Entry(**made.entry(moments, by.pk))
        entry.by = by
        head = LockedHead(entry.seq, entry.digest, moments.at)
        entries.append(entry)
        annexes.append(Annex(**made.annex()))
        payloads.append(made.payload)
        heads.append(head)
    with together():
        insert_all(entries)
        insert_all(annexes)
        for counted in heads:  # by one each time: the database takes nothing else
            change_all(LedgerHead, [1], **counted._asdict())
        head_moved(head)
        for read in LISTENERS:
            read(payloads, rows)
    return entries


class PlaceInLedger(NamedTuple):
    """Where an entry goes: its number and the digest before it; among its subject's entries, its number and the hash before it."""

    seq: int
    digest: str
    nth: int
    previous: str


class Moments(NamedTuple):
    """When an entry is made, by the business clock (`at`) and by the system's (`recorded_at`)."""

    at: datetime
    recorded_at: datetime


class ComposedEntry(NamedTuple):
    """An entry that is not stored yet: its payload, the same as text, and the hashes. `private` is the text of its annex."""

    payload: dict[str, Any]
    text: str
    hash: str
    digest: str
    salt: str
    private: str

    def entry(self, moments: Moments, by_id: int) -> dict[str, Any]:
        """The columns of its row."""
        return {
            "subject_type": self.payload["type"],
            "at": moments.at,
            "recorded_at": moments.recorded_at,
            "text": self.text,
            "hash": self.hash,
            "digest": self.digest,
            "by_id": by_id,
            **{name: self.payload[name] for name in REPEATED},
        }

    def annex(self) -> dict[str, Any]:
        """The columns of its annex's row."""
        return {"entry_id": self.payload["seq"], "salt": self.salt, "content": self.private}


def composed(
    verb: str,
    subject: PublicState,
    place: PlaceInLedger,
    moments: Moments,
    *,
    salt: str,
    by: User,
    office: str,
    private: Mapping[str, Any],
    dossier: PublicState | None = None,
    redacts: Sequence[int] = (),
) -> ComposedEntry:
    """The entry at this place in the ledger. Raises as `normal` does."""
    if "by" in private:
        raise ValueError("The annex says by itself who acted.")
    content = canonical({**private, "by": by.code})
    payload = normal(
        {
            "format": FORMAT,
            "seq": place.seq,
            "type": subject.type,
            "subject": subject.code,
            "nth": place.nth,
            "previous": place.previous,
            "dossier": (dossier or subject).name,
            "verb": verb,
            "office": office,
            "at": stamp(moments.at),
            "recorded_at": stamp(moments.recorded_at),
            **subject.as_json(),
            "dossier_after": dossier.as_json() if dossier else None,
            "private": sha256(salt, content),
            "redacts": list(redacts),
        }
    )
    text = as_text(payload)
    hash_of_text = sha256(text)
    return ComposedEntry(payload, text, hash_of_text, sha256(place.digest, hash_of_text), salt, content)


def empty_annexes(seqs: Collection[int]) -> None:
    """Remove the private part of these entries for good, in the transaction of the entry that names them in `redacts`.

    It may come before or after `record`. `verify_ledger` reports an emptied annex that no entry names. Raises Stale, which undoes the
    verb, when one of them was emptied meanwhile.
    """
    if Annex.objects.filter(pk__in=seqs).exclude(salt="").update(salt="", content="") != len(seqs):
        raise Stale
