"""What agency and coordination office told each other about a follow-up or a date: its entries with their private part, oldest first.

Whether a reader may see the private part is asked once, by whoever calls (`rules.reads_letters`).
"""

import json
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from focalpoints.ledger.vocabulary import office_in_short
from focalpoints.models import Agency, Entry
from focalpoints.rules import Person, acts_for
from focalpoints.sql.prepared import prepared
from focalpoints.workflow import StrOrPromise, sentence_of
from projects.facts import REDACTED_TEXT
from projects.models import FollowUp, Request

# What a note of the coordination office may be on, in the order of the form.
FIELD_WORDS: dict[str, StrOrPromise] = {
    "progress": _("Progress"), "done": _("What was done"), "next_step": _("Next step"), "obstacle": _("Obstacle"),
    "evidence": _("Evidence"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Letter:
    """One entry. `words` are a submission's (progress, done, next_step, obstacle, evidence), {} when it was redacted."""

    verb: str
    what: StrOrPromise
    at: datetime
    office: StrOrPromise
    folio: str
    hash: str
    head: str
    progress: int | None
    person: str = ""
    comment: str = ""
    notes: tuple[tuple[StrOrPromise, str], ...] = ()
    words: dict[str, Any] | None = None
    redacted: str = ""
    legal_basis: str = ""
    is_emptied: bool = False

    def public(self) -> "Letter":
        """Without persons, comments and words."""
        return replace(self, person="", comment="", notes=(), words=None)


def letters(subject: FollowUp | Request) -> list[Letter]:
    """One query."""
    kind = "follow-up" if isinstance(subject, FollowUp) else "request"
    return [_letter(entry, subject.agency) for entry in _about(kind, subject.code)]


@prepared("code")
def _about(kind: str, code: str) -> QuerySet[Entry]:
    return Entry.objects.about(kind, code).select_related("annex", "by")


def submissions(told: list[Letter]) -> list[Letter]:
    return [letter for letter in told if letter.verb == "submit"]


def as_read_by(user: Person, follow_up: FollowUp, told: list[Letter] | None = None) -> FollowUp:
    """As this person may read it: what an agency rewrites is its own until it is sent, and others read what was sent last.

    One query for them, unless `told` holds its letters.
    """
    if not follow_up.is_writable or acts_for(user, follow_up.agency_id):
        return follow_up
    sent = submissions(letters(follow_up) if told is None else told)
    words = (sent[-1].words or {}) if sent else {}
    shown = copy(follow_up)
    shown.progress = sent[-1].progress if sent else None
    shown.done, shown.next_step, shown.obstacle = (words.get(name, "") for name in ("done", "next_step", "obstacle"))
    return shown


class ReviewWords(NamedTuple):
    """What the coordination office said last: with a return or a question, and by field."""

    comment: str = ""
    notes: Mapping[str, str] = MappingProxyType({})

    @property
    def in_one(self) -> str:
        """All of it as lines of text."""
        return "\n".join(
            [*filter(None, [self.comment]), *(f"{FIELD_WORDS[name]}: {note}" for name, note in self.notes.items())]
        )


def last_words(codes: list[str]) -> dict[str, ReviewWords]:
    """Of each follow-up's latest return or question, by the follow-up's code: one query."""
    if not codes:
        return {}
    said = ((code, json.loads(content) if content else {}) for code, content in _said_by_office(tuple(codes)))
    return {code: ReviewWords(words.get("comment", ""), words.get("notes", {})) for code, words in said}


@prepared("codes")
def _said_by_office(codes: tuple[str, ...]) -> QuerySet[Entry, tuple[str, str]]:
    """The follow-up's code and the annex's content of each, the latest last; no content where it was redacted."""
    entries = Entry.objects.filter(subject_type="follow-up", subject__in=codes, verb__in=["return", "ask"]).order_by(
        "seq"
    )
    return entries.values_list("subject", "annex__content")


def redaction_of_text(told: list[Letter]) -> Letter | None:
    return next((letter for letter in reversed(told) if letter.redacted == REDACTED_TEXT), None)


def redactions_of_evidence(told: list[Letter]) -> dict[str, Letter]:
    """By the evidence's key."""
    return {letter.redacted: letter for letter in told if letter.redacted not in {"", REDACTED_TEXT}}


def _private(entry: Entry) -> dict[str, Any]:
    return json.loads(entry.annex.content) if entry.annex.content else {}


def _letter(entry: Entry, agency: Agency | None) -> Letter:
    """`agency` is the one whose follow-up or date it is; None for a date that the coordination office set by itself."""
    private, said = _private(entry), json.loads(entry.text)
    return Letter(
        verb=entry.verb,
        what=sentence_of(entry.subject_type, entry.verb, said["codes"].get("kind", "")),
        at=entry.at,
        office=office_in_short(entry.office, {agency.key: agency.short_name} if agency else {}),
        folio=entry.folio,
        hash=entry.hash,
        head=f"{entry.seq} {entry.digest}",
        progress=said["numbers"].get("progress"),
        person=entry.by.name,
        comment=private.get("comment", ""),
        notes=tuple((FIELD_WORDS[name], note) for name, note in private.get("notes", {}).items()),
        words=private if entry.verb == "submit" else None,
        redacted=private.get("what", "") if entry.verb == "redact" else "",
        legal_basis=private.get("legal_basis", "") if entry.verb == "redact" else "",
        is_emptied=entry.annex.is_redacted,
    )
