"""A commitment keeps what its tasks come to, and whether a finding still stands."""

from collections.abc import Collection

from focalpoints.sql.writing import keep
from projects.actions.findings import set_aside
from projects.commitment_sums import TOLD, CommitmentCount, CountedTask, count_of, kept_of
from projects.models import Commitment, Task


def roll_up(
    commitment: Commitment, count: CommitmentCount | None = None, changed: Collection[Task] = ()
) -> CommitmentCount:
    """Add up the commitment's counted tasks again. Only inside a verb that has the ledger's head (`turn`).

    `count` is what it was added up from, read before; `changed` are tasks in hand that were written since. Returns the new count.
    """
    count = _with(count or count_of(commitment), changed)
    columns = kept_of(commitment, count)
    if commitment.finding and not columns.get("finding", commitment.finding):
        set_aside(commitment)
    keep(commitment, **columns)
    return count


def leave_out(commitment: Commitment, count: CommitmentCount, agencies: Collection[int]) -> CommitmentCount:
    """Remember that it no longer binds these agencies. Returns the count with those of them that have no task."""
    left_out = count.left_out | (set(agencies) - count.answering)
    if left_out != count.left_out:
        keep(commitment, left_out=sorted(left_out))
    return count._replace(left_out=frozenset(left_out))


def _with(count: CommitmentCount, changed: Collection[Task]) -> CommitmentCount:
    if not changed:
        return count
    keys = {task.pk for task in changed}
    others = [task for task in count.tasks if task.pk not in keys]
    ours = [
        CountedTask._make(getattr(task, name) for name in CountedTask._fields) for task in changed if task.state in TOLD
    ]
    return count._replace(tasks=others + ours)
