"""What a search shows of each thing that it found: its title and passage with what matched marked, its light, what it belongs to."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from focalpoints.pages.addresses import address
from focalpoints.sql.prepared import asked_together, prepared
from focalpoints.workflow import StrOrPromise
from projects.models import Commitment, FollowUp, Task
from projects.reading.day import Day
from projects.search.asking import Found, FoundAgency, KindFound, Terms
from projects.search.engine import PARENTS
from projects.search.marks import marked, passage

AGENCIES_NAMED = 3
TITLES: dict[str, StrOrPromise] = {
    "commitment": _("Commitments"),
    "task": _("Tasks"),
    "project": _("Projects"),
    "agency": _("Agencies"),
    "principle": _("Principles"),
    "follow-up": _("Accepted follow-ups"),
}
PAGES = {
    "commitment": "projects:commitment_detail",
    "task": "projects:task_detail",
    "project": "projects:project_detail",
    "agency": "projects:agency_detail",
    "follow-up": "projects:follow_up_detail",
}


class Above(NamedTuple):
    """What a hit belongs to."""

    url: str
    title: str
    language: str


class Hit(NamedTuple):
    """`whose`: the agency of a task or a follow-up, of which many are called alike; `agencies`: those of what may have several.

    `light`: of a commitment or a task that has one; `standing`: of a proposal, in its place; `accepted_at`: of a follow-up.
    """

    url: str
    whose: SafeString
    title: SafeString
    language: str
    code: str
    passage: SafeString
    passage_language: str
    agencies: Sequence[FoundAgency]
    more_agencies: int
    above: Sequence[Above]
    light: str
    standing: StrOrPromise
    accepted_at: datetime | None


class KindShown(NamedTuple):
    """What was found of one kind: `found` without its rows' words, and its rows as hits."""

    found: KindFound
    title: StrOrPromise
    hits: list[Hit]

    @property
    def has_more(self) -> bool:
        return self.found.count > len(self.hits)


def shown(kinds: Iterable[KindFound], terms: Terms, day: Day) -> list[KindShown]:
    """Kinds of which something was found. One round trip, for lights and days."""
    found = [kind for kind in kinds if kind.rows]
    facts = _facts(found, day)
    return [
        KindShown(kind, TITLES[kind.kind], [_hit(row, terms, facts.get((row.kind, row.code), {})) for row in kind.rows])
        for kind in found
    ]


def _facts(found: Sequence[KindFound], day: Day) -> dict[tuple[str, str], dict[str, Any]]:
    """By kind and code: a commitment may be called like another one's task."""
    of_kind = {kind.kind: tuple([row.code for row in kind.rows]) for kind in found if kind.kind in QUESTIONS}
    answers = asked_together(*[(QUESTIONS[kind], (codes, day)) for kind, codes in of_kind.items()])
    return {(kind, row.code): row._asdict() for kind, rows in zip(of_kind, answers, strict=True) for row in rows}


class LitCommitment(NamedTuple):
    code: str
    light: str


class LitTask(NamedTuple):
    code: str
    light: str
    state: str


class AcceptedFollowUp(NamedTuple):
    code: str
    decided_at: datetime


@prepared("codes", row=LitCommitment)
def _commitments(codes: tuple[str, ...], day: Day) -> QuerySet[Commitment]:
    return Commitment.objects.with_light(day.on).filter(code__in=codes).order_by()


@prepared("codes", row=LitTask)
def _tasks(codes: tuple[str, ...], day: Day) -> QuerySet[Task]:
    return Task.objects.with_light(day.on).filter(code__in=codes).order_by()


@prepared("codes", row=AcceptedFollowUp)
def _follow_ups(codes: tuple[str, ...], day: Day) -> QuerySet[FollowUp]:
    return FollowUp.objects.filter(code__in=codes).order_by()


QUESTIONS: dict[str, Callable[..., list[Any]]] = {"commitment": _commitments, "task": _tasks, "follow-up": _follow_ups}


# Kinds whose text is written in the language of its title. Notes and follow-ups are in Spanish, whatever they are about.
OF_ONE_LANGUAGE = {"task", "principle"}
# Kinds that belong to one agency.
OF_ONE_AGENCY = {"task", "follow-up"}


def _hit(row: Found, terms: Terms, facts: dict[str, Any]) -> Hit:
    is_follow_up = row.kind == "follow-up"
    is_one_agencys = row.kind in OF_ONE_AGENCY and row.agencies
    others = row.agencies if row.kind not in {*OF_ONE_AGENCY, "agency"} else ()
    is_proposal = row.kind == "task" and facts.get("state") not in Task.PUBLIC_STATES
    return Hit(
        url=url_of(row.kind, row.code),
        whose=marked(row.agencies[0].short_name if is_one_agencys else "", terms),
        title=marked(row.parent_title if is_follow_up else row.title, terms),
        language=row.parent_language if is_follow_up else row.language,
        code=row.code if row.kind not in {"agency", "principle"} else "",
        passage=passage(row.text, terms),
        passage_language=row.language if row.kind in OF_ONE_LANGUAGE else "es",
        agencies=others[:AGENCIES_NAMED],
        more_agencies=len(others[AGENCIES_NAMED:]),
        above=list(_above(row)),
        light="" if is_proposal else facts.get("light", ""),
        standing=Task.State(facts["state"]).label if is_proposal and facts else "",
        accepted_at=facts.get("decided_at"),
    )


def url_of(kind: str, code: str) -> str:
    """The page of a thing."""
    if kind == "principle":
        return reverse("projects:principle_detail", args=[code])
    return address(PAGES[kind], code)


def _above(row: Found) -> Iterable[Above]:
    parent = PARENTS.get(row.kind)
    if parent is None or not row.parent_code:
        return
    if row.kind != "follow-up":
        yield Above(url_of(parent, row.parent_code), row.parent_title, row.parent_language)
        return
    yield Above(url_of(parent, row.parent_code), row.parent_code, "")  # its title is the hit's
    yield Above(url_of("commitment", row.above_code), row.above_title, row.above_language)
