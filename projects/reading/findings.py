"""The findings on a commitment or an objective, as its page shows them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Concat

from focalpoints import clock
from focalpoints.models import Entry
from focalpoints.sql.prepared import prepared
from projects.models import Assessment, Commitment, FollowUp
from projects.models.assessment import AssessmentQuerySet
from projects.models.commitment import dossier_of
from projects.reading.day import Day


class FindingRow(NamedTuple):
    """A finding, under the model's names."""

    pk: int
    code: str
    verdict: str
    period: object
    words: str
    cited: str
    request__code: str | None
    request__is_hidden: bool | None
    request__is_redacted: bool | None
    wording: str
    made_at: datetime
    accepted_by_author: int
    same_office: bool
    verified_progress: int | None
    state: str
    set_aside_from: int | None
    answer: str
    answered_at: datetime | None
    agency__key: str | None
    agency__acronym: str | None
    agency__name: str | None
    set_aside_by: Entry | None = None

    @property
    def verdict_in_words(self) -> str:
        return str(Assessment.Verdict(self.verdict).label)

    @property
    def made_on(self) -> date | None:
        return clock.day_of(self.made_at)

    @property
    def state_in_words(self) -> str:
        return str(Assessment.State(self.state).label)

    @property
    def answered_by(self) -> str:
        return self.agency__acronym or self.agency__name or ""


class FindingMade(NamedTuple):
    """A finding in force, as a report lists it: of a commitment or, by its number, of an objective."""

    code: str
    verdict: str
    period: date | None
    wording: str
    made_at: datetime
    commitment__code: str | None
    commitment__language: str | None
    objective__number: int | None

    @property
    def verdict_in_words(self) -> str:
        return str(Assessment.Verdict(self.verdict).label)

    @property
    def made_on(self) -> date | None:
        return clock.day_of(self.made_at)


@prepared("commitment", row=FindingRow)
def _of(commitment: int) -> QuerySet[Assessment]:
    return Assessment.objects.filter(commitment=commitment).worded()


@prepared("objective", row=FindingRow)
def _on_objective(objective: int) -> QuerySet[Assessment]:
    return Assessment.objects.filter(objective=objective).worded()


def findings_on_objective(objective: int, day: Day) -> list[FindingRow]:
    """The latest first; of a past day, those made by then, as they stood."""
    rows = _on_objective(objective)
    if not day.is_past:
        return rows
    made = [row for row in rows if row.made_at < day.ends_at]
    return [_then(row, made, day.ends_at) for row in made]


def findings_of(commitment: Commitment) -> list[FindingRow]:
    """The latest first, each that was set aside with the entry that did it."""
    return _with_entries(commitment.code, _of(commitment.pk))


def findings_then(commitment: Commitment, ends_at: datetime) -> list[FindingRow]:
    """As they stood at the end of a past day."""
    rows = [row for row in _with_entries(commitment.code, _of(commitment.pk)) if row.made_at < ends_at]
    return [_then(row, rows, ends_at) for row in rows]


def _then(row: FindingRow, rows: list[FindingRow], ends_at: datetime) -> FindingRow:
    if row.answered_at and row.answered_at >= ends_at:
        row = row._replace(answer="", answered_at=None)
    if row.set_aside_by:
        if row.set_aside_by.at >= ends_at:
            return row._replace(state=Assessment.State.STANDING, set_aside_by=None)
    elif row.state == Assessment.State.SUPERSEDED and not any(_supersedes(later, row) for later in rows):
        return row._replace(state=Assessment.State.STANDING)
    return row


def _supersedes(later: FindingRow, row: FindingRow) -> bool:
    is_later = (later.made_at, later.pk) > (row.made_at, row.pk) and later.period == row.period
    return is_later and (later.verdict in Assessment.AT_THE_END or row.verdict in Assessment.OF_COURSE)


def in_force(rows: AssessmentQuerySet, day: Day) -> AssessmentQuerySet:
    """Those that stand on the day: what `findings_then` says of one commitment, asked of many at once."""
    if not day.is_past:
        return rows.standing()
    period = Coalesce("period", date.min)
    made = rows.filter(made_at__lt=day.ends_at).alias(judged=period)
    by_then = Assessment.objects.filter(made_at__lt=day.ends_at).alias(judged=period)
    later = by_then.filter(
        Q(commitment=OuterRef("commitment")) | Q(objective=OuterRef("objective")),
        Q(made_at__gt=OuterRef("made_at")) | Q(made_at=OuterRef("made_at"), pk__gt=OuterRef("pk")),
        judged=OuterRef("judged"),
    )
    superseded = Exists(later.filter(verdict__in=Assessment.AT_THE_END)) | Q(
        Exists(later), verdict__in=Assessment.OF_COURSE
    )
    ended = Entry.objects.filter(
        dossier=Concat(Value("commitment:"), OuterRef("commitment__code")),
        seq__gte=OuterRef("set_aside_from"),
        at__lt=day.ends_at,
    )
    set_aside = Q(Exists(ended), state=Assessment.State.SET_ASIDE)
    return made.exclude(Q(state=Assessment.State.SUPERSEDED) & superseded).exclude(set_aside)


def latest_in_force(findings: Iterable[FindingRow]) -> FindingRow | None:
    """Of findings, the latest first."""
    return next((row for row in findings if row.state == Assessment.State.STANDING), None)


def _with_entries(code: str, rows: Iterable[FindingRow]) -> list[FindingRow]:
    """One query more for each finding that was set aside: there are few."""
    return [
        row._replace(set_aside_by=_entry_from(code, row.set_aside_from)) if row.set_aside_from else row for row in rows
    ]


def _entry_from(code: str, seq: int) -> Entry | None:
    return Entry.objects.filed_under(dossier_of(code)).filter(seq__gte=seq).order_by("seq").first()


def acceptances(commitment: Commitment) -> list[tuple[str, int, int]]:
    """Who accepted how many of its follow-ups, and how many of those said 100 %: by name, for coordinators alone."""
    found = FollowUp.objects.accepted().filter(task__commitment=commitment).order_by()
    counts: dict[str, list[int]] = {}
    for name, progress, count in found.values_list("decided_by__name", "progress").annotate(count=Count("pk")):
        sums = counts.setdefault(name, [0, 0])
        sums[0] += count
        sums[1] += count if progress == 100 else 0
    return [(name, accepted, full) for name, (accepted, full) in sorted(counts.items())]
