"""What the ledger says of the strategy's catalogue."""

from focalpoints.ledger.record import PublicState
from principles.models import Bilingual, Objective


def public_state(row: Bilingual) -> PublicState:
    """Pillars, principles, objectives and enablers: a number and a Spanish title."""
    number = row.number  # type: ignore[attr-defined]
    if isinstance(row, Objective) and row.parent is not None:
        return PublicState("objective", f"{row.parent.number}.{number}", title=row.title_es)
    return PublicState(type(row).__name__.lower(), str(number), title=row.title_es)
