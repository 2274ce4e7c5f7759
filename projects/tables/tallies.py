"""The columns of a group of commitments added up, as pages of objectives, principles and sectors say it."""

from django.utils.translation import gettext_lazy as _

from focalpoints.tables.column import DAYS, Column
from focalpoints.tables.table import TableRow
from projects.reading.figures import ORDER_OF_LIGHTS, Tally
from projects.reading.slippage import Moves
from projects.tables.figure_words import AVERAGE, BY_LIGHT, LATE, OVERDUE, SUM_OF_DAYS, WORDS

LIGHT_COLUMNS = tuple(
    Column(f"light_{light.value}", WORDS[f"commitments_light_{light.value}"].title, "integer", describes=BY_LIGHT)
    for light in ORDER_OF_LIGHTS
)
TALLY_COLUMNS = (
    Column("commitments", _("Commitments"), "integer"),
    Column(
        "late_commitments",
        _("Late commitments"),
        "integer",
        describes=LATE,
    ),
    Column(
        "overdue_commitments",
        _("Overdue commitments"),
        "integer",
        describes=OVERDUE,
    ),
    Column(
        "assessed_commitments",
        _("Assessed commitments"),
        "integer",
        describes=_("Of which a finding at the end stands."),
    ),
    Column("dated_commitments", _("Commitments with a due date"), "integer"),
    Column("named_commitments", _("Commitments whose agencies were published"), "integer"),
    Column("rescoped_commitments", _("Commitments that changed in scope"), "integer"),
    Column("open_tasks", _("Open tasks"), "integer"),
    Column("fulfilled_tasks", _("Tasks verified at 100 %"), "integer"),
    Column("cancelled_tasks", _("Cancelled tasks"), "integer"),
    Column("replaced_tasks", _("Replaced tasks"), "integer"),
    Column(
        "claimed",
        _("Claimed"),
        "percent",
        "%",
        AVERAGE,
    ),
    Column(
        "verified",
        _("Verified"),
        "percent",
        "%",
        AVERAGE,
    ),
    *LIGHT_COLUMNS,
)
MOVES_COLUMNS = (
    Column("dated_commitments", _("Commitments with a due date"), "integer"),
    Column("moved_commitments", _("Commitments whose date moved"), "integer"),
    Column("commitment_moves", _("Moves of commitments"), "integer"),
    Column(
        "commitment_days",
        _("Days, commitments"),
        "integer",
        DAYS,
        SUM_OF_DAYS,
    ),
    Column("dated_tasks", _("Tasks with a due date"), "integer"),
    Column("moved_tasks", _("Tasks whose date moved"), "integer"),
    Column("task_moves", _("Moves of tasks"), "integer"),
    Column("task_days", _("Days, tasks"), "integer", DAYS, SUM_OF_DAYS),
)


def tally_values(tally: Tally) -> TableRow:
    """Of TALLY_COLUMNS. Where nothing has a percent, there is no progress."""
    progress = (tally.claimed, tally.verified) if tally.counted else (None, None)
    return (
        tally.total, tally.late, tally.overdue, tally.assessed, tally.dated, tally.named, tally.rescoped, tally.open_tasks,
        tally.fulfilled_tasks, tally.cancelled_tasks, tally.replaced_tasks, *progress,
        *(count for _light, count in tally.by_light),
    )  # fmt: skip


def moves_values(commitments: Moves, tasks: Moves) -> TableRow:
    """Of MOVES_COLUMNS."""
    return tuple(number for sums in (commitments, tasks) for number in (sums.dated, sums.moved, sums.moves, sums.days))
