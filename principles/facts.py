"""What the ledger says in public of pillars, principles, objectives and enablers."""

from focalpoints.ledger.record import PublicState
from principles.models import Bilingual, Objective


def public_state(row: Bilingual) -> PublicState:
    """Its number and Spanish title; a secondary objective's number comes after its objective's (`2.3`)."""
    number = row.number  # type: ignore[attr-defined]
    if isinstance(row, Objective) and row.parent is not None:
        return PublicState("objective", f"{row.parent.number}.{number}", title=row.title_es)
    return PublicState(type(row).__name__.lower(), str(number), title=row.title_es)
