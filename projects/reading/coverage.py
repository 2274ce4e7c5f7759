"""The coverage map: which ministries are named in commitments that serve each principle, and what serves each objective by each enabler.

Each cell counts exactly the commitments of the list that it leads to, whatever became of them: a blank says that nothing was ever promised.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.db.models import Count, QuerySet
from django.db.models.functions import Coalesce

from focalpoints.models import Agency
from focalpoints.pages.rows import language
from focalpoints.sql.prepared import asked_together, prepared
from principles.models import Enabler, Objective, Principle
from projects.models import Activity, Commitment, FrameLink, Project


class MapColumn(NamedTuple):
    """A sector by its head, or an enabler. `key` is what lists are filtered by; `is_blank` where all of it is."""

    key: str
    short: str
    name: str
    language: str
    is_must: bool  # a ministry or an enabler: blank, it is a gap
    is_blank: bool


class CoverageRow(NamedTuple):
    """A principle or objective: commitments in each column, in those that bind every agency, in those of no published agency, in all."""

    number: int
    title: str
    language: str
    cells: tuple[int, ...]
    everybody: int
    unnamed: int
    total: int


class Coverage(NamedTuple):
    """Principles by sectors, and objectives by enablers."""

    sectors: list[MapColumn]
    principles: list[CoverageRow]
    enablers: list[MapColumn]
    objectives: list[CoverageRow]

    @property
    def blank_principles(self) -> int:
        return sum(not row.total for row in self.principles)

    @property
    def ministries(self) -> int:
        return sum(column.is_must for column in self.sectors)

    @property
    def blank_ministries(self) -> int:
        """Named in no commitment under any principle."""
        return sum(column.is_must and column.is_blank for column in self.sectors)


type ByProject = Mapping[int, Counter[Any]]


def coverage() -> Coverage:
    """Nine queries, whatever there is; on PostgreSQL in one round trip."""
    named, bound, served, projects, principles, objectives, enablers, linked, heads = asked_together(
        (_named, ()), (_bound, ()), (_served, ()), (_projects, ()), (_principles, ()), (_objectives, ()), (_enablers, ()),
        (_linked_enablers, ()), (_heads, ()),
    )  # fmt: skip
    principles, objectives, enablers = ([_called(*row) for row in rows] for rows in (principles, objectives, enablers))
    by_head: dict[int, Counter[Any]] = defaultdict(Counter)
    for project, head, number in named:
        by_head[project][head] = number
    by_binding: dict[int, Counter[Any]] = defaultdict(Counter)
    for project, binds, number in bound:
        by_binding[project][binds] = number
    of_principle = _by_key(served)
    of_enabler: dict[Any, set[int]] = defaultdict(set)
    of_objective: dict[Any, set[int]] = defaultdict(set)
    for project, objective, enabler in projects:
        of_objective[objective].add(project)
        of_enabler[enabler].add(project)
    for project, enabler in linked:
        of_enabler[enabler].add(project)

    under = [_sum(by_head, of_principle[pk]) for pk, *_rest in principles]
    shown = [head for head in heads if head[4] or any(cells[head[0]] for cells in under)]
    principle_rows = [
        _row(row, [cells[head[0]] for head in shown], by_binding, of_principle[row[0]])
        for row, cells in zip(principles, under, strict=True)
    ]
    objective_rows = [
        _row(
            row,
            [_sum(by_binding, of_objective[row[0]] & of_enabler[enabler[0]]).total() for enabler in enablers],
            by_binding, of_objective[row[0]],
        )
        for row in objectives
    ]  # fmt: skip
    return Coverage(
        [
            MapColumn(key, acronym or name, name, "es", is_ministry, not any(cells[pk] for cells in under))
            for pk, key, acronym, name, is_ministry in shown
        ],
        principle_rows,
        [
            MapColumn(
                str(number), str(number), title, language, True, not any(row.cells[place] for row in objective_rows)
            )
            for place, (_pk, number, title, language) in enumerate(enablers)
        ],
        objective_rows,
    )


def _called(pk: int, number: int, es: str, en: str) -> tuple[int, int, str, str]:
    """As the reader's language calls it, with the language that it is said in."""
    return (pk, number, en, "en") if en and language() == "en" else (pk, number, es, "es")


def _row(row: tuple[int, int, str, str], cells: list[int], by_binding: ByProject, projects: set[int]) -> CoverageRow:
    _pk, number, title, language = row
    bound = _sum(by_binding, projects)
    everybody, unnamed = bound[Commitment.Binds.ALL], bound[Commitment.Binds.NONE_PUBLISHED]
    return CoverageRow(number, title, language, tuple(cells), everybody, unnamed, bound.total())


def _sum(counted: ByProject, projects: Iterable[int]) -> Counter[Any]:
    """A commitment has one project, so that nothing counts twice."""
    total: Counter[Any] = Counter()
    for project in projects:
        if project in counted:
            total += counted[project]
    return total


def _by_key(pairs: Iterable[tuple[int, int]]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for project, key in pairs:
        found[key].add(project)
    return found


@prepared()
def _named() -> QuerySet[Any, tuple[int, int, int]]:
    """Project, sector's head, and the commitments of the one that name an agency of the other, each once."""
    links = Commitment.agencies.through.objects.order_by()
    rows = links.annotate(head=Coalesce("agency__parent", "agency")).values_list("commitment__project", "head")  # type: ignore[misc]
    return rows.annotate(number=Count("commitment", distinct=True))


@prepared()
def _bound() -> QuerySet[Commitment, tuple[int, str, int]]:
    return Commitment.objects.order_by().values_list("project", "binds").annotate(number=Count("pk"))


@prepared()
def _served() -> QuerySet[Any, tuple[int, int]]:
    """Project and principle, printed or linked."""
    printed = Activity.objects.order_by().values_list("project", "principle")
    linked = FrameLink.objects.exclude(principle=None).order_by().values_list("project", "principle")
    return printed.union(linked).order_by()


@prepared()
def _projects() -> QuerySet[Project, tuple[int, int | None, int | None]]:
    return Project.objects.order_by().values_list("pk", "objective", "enabler")


@prepared()
def _linked_enablers() -> QuerySet[FrameLink, tuple[int, int]]:
    return FrameLink.objects.exclude(enabler=None).order_by().values_list("project", "enabler")


@prepared()
def _principles() -> QuerySet[Principle, tuple[int, int, str, str]]:
    return Principle.objects.order_by("number").values_list("pk", "number", "short_es", "short_en")


@prepared()
def _objectives() -> QuerySet[Objective, tuple[int, int, str, str]]:
    return Objective.objects.filter(parent=None).order_by("number").values_list("pk", "number", "title_es", "title_en")


@prepared()
def _enablers() -> QuerySet[Enabler, tuple[int, int, str, str]]:
    return Enabler.objects.order_by("number").values_list("pk", "number", "title_es", "title_en")


@prepared()
def _heads() -> QuerySet[Agency, tuple[int, str, str, str, bool]]:
    heads = Agency.objects.registered().filter(parent=None).order_by("-is_ministry", "key")
    return heads.values_list("pk", "key", "acronym", "name", "is_ministry")
