"""The bitácora: an append-only, hash-chained record of every verb. `docs/ledger.md` tells a stranger how to re-compute it."""

import hashlib
import json
import secrets
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from focalpoints import clock
from focalpoints.models import Annex, Entry, LedgerHead, User

FORMAT = 1
START = "0" * 64  # the digest before the first entry, and the "previous" of a subject's first


P = ParamSpec("P")
T = TypeVar("T")


def in_turn(verb: Callable[P, T]) -> Callable[P, T]:
    """Make a verb all or nothing, and let it wait its turn for the ledger's head before it reads or writes a row.

    Verbs that add up several rows need it (two at once would each miss the other's), and a single lock taken first cannot deadlock.
    """

    @wraps(verb)
    def taking_turns(*args: P.args, **kwargs: P.kwargs) -> T:
        with transaction.atomic():
            LedgerHead.objects.select_for_update().filter(pk=1).first()
            return verb(*args, **kwargs)

    return taking_turns


@dataclass(frozen=True, slots=True)
class PublicState:
    """What the public may know of a subject after an event. Never a person's name, mail or free text.

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


def canonical(value: Any) -> str:
    """RFC 8785 JSON (our keys are ASCII, our numbers integers), in Unicode NFC."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return unicodedata.normalize("NFC", text)


def sha256(*parts: str) -> str:
    """Lower-case hexadecimal SHA-256 of the parts joined by a line feed, in UTF-8."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def stamp(instant: datetime) -> str:
    """UTC to the microsecond: `2018-10-15T15:00:00.000000Z`."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def record(
    verb: str,
    subject: PublicState,
    *,
    by: User,
    office: str,
    private: Mapping[str, Any] | None = None,
    dossier: PublicState | None = None,
    redacts: Sequence[int] = (),
) -> Entry:
    """Append one entry, inside the verb's own transaction, as its last step.

    `office` is the public code of the office that acted (an agency's key, CEDN, administration, system); `private` goes to the annex;
    `dossier` is the commitment under which a task's or follow-up's event is filed, as it stands after it;
    `redacts` names the entries (seq) whose annexes this event empties.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A ledger entry is written in the transaction of its verb.")
    # The first write takes the head's lock: from here until commit, entries are made one at a time.
    if not LedgerHead.objects.filter(pk=1).update(seq=F("seq") + 1):
        LedgerHead.objects.create(seq=1)
    head = LedgerHead.objects.get(pk=1)
    last = Entry.objects.filter(subject_type=subject.type, subject=subject.code).order_by("-nth").first()
    # Business time never runs backwards, so that "as it stood on a day" is a prefix of the ledger.
    at = max(clock.now(), head.at) if head.at else clock.now()
    recorded_at = timezone.now()
    salt = secrets.token_hex(16)
    annex = canonical({**(private or {}), "by": by.code})
    payload = {
        "format": FORMAT,
        "seq": head.seq,
        "type": subject.type,
        "subject": subject.code,
        "nth": last.nth + 1 if last else 1,
        "previous": last.hash if last else START,
        "dossier": (dossier or subject).name,
        "verb": verb,
        "office": office,
        "at": stamp(at),
        "recorded_at": stamp(recorded_at),
        **subject.as_json(),
        "dossier_after": dossier.as_json() if dossier else None,
        "private": sha256(salt, annex),
        "redacts": list(redacts),
    }
    text = canonical(payload)
    digest_of_text = sha256(text)
    entry = Entry(
        seq=head.seq,
        subject_type=subject.type,
        subject=subject.code,
        nth=payload["nth"],
        dossier=payload["dossier"],
        verb=verb,
        office=office,
        state=subject.state,
        at=at,
        recorded_at=recorded_at,
        text=text,
        previous=payload["previous"],
        hash=digest_of_text,
        digest=sha256(head.digest, digest_of_text),
        by=by,
    )
    entry.save(force_insert=True)
    Annex.objects.create(entry=entry, salt=salt, content=annex)
    LedgerHead.objects.filter(pk=1).update(digest=entry.digest, at=at)
    return entry


def empty_annexes(seqs: Sequence[int]) -> None:
    """Erase the private part of these entries. Only beside an entry that announces it (`record(..., redacts=seqs)`)."""
    Annex.objects.filter(entry_id__in=seqs).update(salt="", content="")
