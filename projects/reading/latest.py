"""The latest events, with like ones together: of one kind, by one office, on one day."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

from django.db.models import Count, OuterRef, QuerySet, Subquery

from focalpoints import clock
from focalpoints.models import Agency, Entry
from focalpoints.sql.prepared import Asked, Steps, prepared, reading
from projects.reading.day import Day
from projects.reading.history import Event, events, public_kinds

SHOWN = 5
# Of how many entries like ones are looked for, and how many of them are told of a group.
LOOKED_AT, TOLD = 200, 6
# Kind of subject, verb, office, and the day; in the day's place a request's entry.
type Likeness = tuple[str, str, str, date | int]


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


@reading
def latest(day: Day) -> Steps[list[LikeEvents]]:
    """Of today, or by the end of a past day. Two queries: which they are, and what the few that are told say.

    One more counts them where those looked at may be a part of their day's.
    """
    [kinds] = yield [(_kinds_then, (day.ends_at,)) if day.is_past else (_kinds, ())]
    likenesses = [*map(_likeness, kinds)]
    groups, counts = _alike(kinds, likenesses), Counter(likenesses)
    wanted = [seq for group in groups.values() for seq in group[:TOLD]]
    questions: list[Asked] = [(_entries, (tuple(wanted),))] if wanted else []
    # Of the day at which those looked at ended, some may be missing.
    if is_cut := len(kinds) == LOOKED_AT:
        on = clock.day_of(kinds[-1].at)
        questions.append((_of_day, (clock.start_of(on), clock.start_of(on + timedelta(days=1)))))
    found, *of_day = (yield questions) if questions else [[]]
    if is_cut:
        counts |= {(kind, verb, office, on): count for kind, verb, office, count in of_day[0]}
    entries = {entry.seq: entry for entry in found}
    names = {entry.office: entry.office_name for entry in entries.values() if entry.office_name}
    said = dict(zip(wanted, events([entries[seq] for seq in wanted], names, day=day), strict=True))
    return [LikeEvents([said[seq] for seq in group[:TOLD]], counts[like]) for like, group in groups.items()]


def _alike(kinds: Iterable[EntryKind], likenesses: Iterable[Likeness]) -> dict[Likeness, list[int]]:
    """The latest groups, as the numbers of their entries."""
    groups: dict[Likeness, list[int]] = {}
    for kind, likeness in zip(kinds, likenesses, strict=True):
        groups.setdefault(likeness, []).append(kind.seq)
    return dict(islice(groups.items(), SHOWN))


def _likeness(kind: EntryKind) -> Likeness:
    """A request is told alone: what is asked is another thing each time."""
    when = kind.seq if kind.subject_type == "request" else clock.day_of(kind.at)
    return kind.subject_type, kind.verb, kind.office, when


@prepared("starts_at", "ends_at")
def _of_day(starts_at: datetime, ends_at: datetime) -> QuerySet[Entry, tuple[str, str, str, int]]:
    entries = _told(Entry.objects.filter(at__gte=starts_at, at__lt=ends_at)).order_by()
    return entries.values_list("subject_type", "verb", "office").annotate(count=Count("pk"))


@prepared(row=EntryKind)
def _kinds() -> QuerySet[Entry]:
    return _newest(Entry.objects.all())


@prepared("ends_at", row=EntryKind)
def _kinds_then(ends_at: datetime) -> QuerySet[Entry]:
    return _newest(Entry.objects.filter(at__lt=ends_at))


def _newest(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    return _told(entries).order_by("-at", "-seq")[:LOOKED_AT]


def _told(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    # One agency more counts every commitment again that binds all: those entries would leave no room for what happened.
    return entries.filter(subject_type__in=public_kinds()).exclude(verb="recount")


@prepared("seqs")
def _entries(seqs: tuple[int, ...]) -> QuerySet[Any]:
    acronym = Agency.objects.filter(key=OuterRef("office")).values("acronym")
    return Entry.objects.filter(seq__in=seqs).annotate(office_name=Subquery(acronym)).order_by()
