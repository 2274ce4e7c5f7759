"""What a due date that is set, moved or corrected does to the columns of its task and commitment.

The verbs write these columns (`actions/request_writing.py`), the preview shows them (`reading/date_effects.py`).
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from projects.date_bounds import days_late, light_due_of
from projects.models import Commitment, Request, Task


def dates_written(change: Request) -> Iterator[tuple[Commitment | Task, dict[str, Any]]]:
    """Its item with the new columns, then its commitment with those of its own date, where that moves along."""
    slips = change.kind == Request.Kind.RESCHEDULING
    yield change.item, _once_due(change.item, change.to_due, moved=change.days if slips else None)
    if change.task and change.commitment_to:
        yield change.commitment, _once_due(change.commitment, change.commitment_to, moved=change.commitment_days)


def _once_due(item: Commitment | Task, due: date, *, moved: int | None) -> dict[str, Any]:
    """`moved` is by how many days it slips; None where nothing slips: a first date, a corrected capture."""
    light_due = light_due_of(due, item.waited_days)
    columns = {
        "due": due,
        "baseline_due": item.baseline_due or due,
        "light_due": light_due,
        "days_late": days_late(item.fulfilled_on, light_due),
    }
    if moved is None:
        return columns
    return columns | {"moves": item.moves + 1, "slippage_days": item.slippage_days + moved}
