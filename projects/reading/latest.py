"""The latest events, with like ones together: of one kind, by one office, on one day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import OuterRef, QuerySet, Subquery

from focalpoints import clock
from focalpoints.models import Agency, Entry
from focalpoints.sql.prepared import prepared
from projects.reading.day import Day
from projects.reading.history import Event, events, public_kinds

SHOWN = 5
# Of how many entries like ones are looked for, and how many of them are told of a group.
LOOKED_AT, TOLD = 200, 6


class EntryKind(NamedTuple):
    """What of an entry says which others are like it."""

    seq: int
    subject_type: str
    verb: str
    office: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LikeEvents:
    """`count` events of which the latest are told."""

    told: list[Event]
    count: int

    @property
    def first(self) -> Event:
        return self.told[0]

    @property
    def more(self) -> int:
        return self.count - len(self.told)


def latest(day: Day) -> list[LikeEvents]:
    """Of today, or by the end of a past day. Two queries: which they are, and what the few that are told say."""
    groups = _alike(_kinds_then(day.ends_at) if day.is_past else _kinds())
    wanted = [seq for group in groups for seq in group[:TOLD]]
    entries = {entry.seq: entry for entry in (_entries(tuple(wanted)) if wanted else ())}
    names = {entry.office: entry.office_name for entry in entries.values() if entry.office_name}
    said = dict(zip(wanted, events([entries[seq] for seq in wanted], names), strict=True))
    return [LikeEvents([said[seq] for seq in group[:TOLD]], len(group)) for group in groups]


def _alike(kinds: Iterable[EntryKind]) -> Sequence[list[int]]:
    """The latest groups, as the numbers of their entries. A request is told alone: what is asked is another thing each time."""
    groups: dict[tuple[str, str, str, date | int], list[int]] = {}
    for kind in kinds:
        when = kind.seq if kind.subject_type == "request" else clock.day_of(kind.at)
        groups.setdefault((kind.subject_type, kind.verb, kind.office, when), []).append(kind.seq)
    return list(groups.values())[:SHOWN]


@prepared(row=EntryKind)
def _kinds() -> QuerySet[Entry]:
    return _newest(Entry.objects.all())


@prepared("ends_at", row=EntryKind)
def _kinds_then(ends_at: datetime) -> QuerySet[Entry]:
    return _newest(Entry.objects.filter(at__lt=ends_at))


def _newest(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    # One agency more counts every commitment again that binds all: those entries would leave no room for what happened.
    told = entries.filter(subject_type__in=public_kinds()).exclude(verb="recount")
    return told.order_by("-at", "-seq")[:LOOKED_AT]


@prepared("seqs")
def _entries(seqs: tuple[int, ...]) -> QuerySet[Any]:
    acronym = Agency.objects.filter(key=OuterRef("office")).values("acronym")
    return Entry.objects.filter(seq__in=seqs).annotate(office_name=Subquery(acronym)).order_by()
