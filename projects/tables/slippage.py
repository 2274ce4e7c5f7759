"""How far dates moved, added up: by objective, principle, sector, agency and category of the reason."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy as _

from focalpoints.tables.column import Column
from focalpoints.tables.table import Table, TableReader, TableRow
from projects.reading.day import Day
from projects.reading.figures import counts_of
from projects.reading.slippage import (
    SlippageGroup,
    by_category,
    by_objective_and_principle,
    by_sector_and_agency,
    slippage_in,
)
from projects.tables.tallies import MOVES_COLUMNS, moves_values

GROUPS = {
    "strategy": _("the whole strategy"), "objective": _("objective"), "principle": _("principle"), "sector": _("sector"),
    "agency": _("agency"), "category": _("category of the reason"),
}  # fmt: skip
COLUMNS = (
    Column(
        "group_code",
        _("Added up by (code)"),
        "code",
        describes=_("“strategy”, “objective”, “principle”, “sector”, “agency” or “category”."),
    ),
    Column("group", _("Added up by"), "text"),
    Column(
        "key",
        _("Key"),
        "code",
        describes=_(
            "Number of the objective or principle, key of the agency, code of the category; empty for what belongs to none."
        ),
    ),
    Column("title", _("Title"), "text"),
    *MOVES_COLUMNS,
)


def slippage_rows() -> Iterator[TableRow]:
    """A project may serve several principles, and a commitment name several agencies: what moved counts in each.

    By category nothing is dated or moved: a category is of moves.
    """
    [counts] = counts_of([Day.today()])
    whole = slippage_in(counts)
    yield (
        *_group("strategy"),
        "",
        str(_("National Digital Strategy")),
        *moves_values(whole["commitment"].total, whole["task"].total),
    )
    for group, rows in zip(("objective", "principle"), by_objective_and_principle(), strict=True):
        yield from _rows(group, rows, 0)
    for group, rows in zip(("sector", "agency"), by_sector_and_agency(), strict=True):
        yield from _rows(group, rows, -1)
    for row in by_category():
        own, tasks = (
            (None, None, moves, days)
            for moves, days in ((row.commitment_moves, row.commitment_days), (row.task_moves, row.task_days))
        )
        yield *_group("category"), row.category.value, str(row.category.label), *own, *tasks


def _rows(group: str, rows: Iterable[SlippageGroup], place: int) -> Iterator[TableRow]:
    """`place` is that of the title among a group's: of an objective the Spanish one, of an agency its name."""
    for row in rows:
        key = "" if row.key is None else str(row.key)
        title = (row.titles[0] if place == 0 else row.titles[-1]) or _("Not aligned with an objective")
        yield *_group(group), key, str(title), *moves_values(row.commitments, row.tasks)


def _group(code: str) -> tuple[str, str]:
    return code, str(GROUPS[code])


def _all(reader: TableReader) -> Iterator[TableRow]:
    return slippage_rows()


SLIPPAGE = Table(
    "slippage", _("Slippage"), _("By how many days dates moved, by objective, principle, sector, agency and reason."),
    COLUMNS, _all, download="projects:slippage_download",
)  # fmt: skip
