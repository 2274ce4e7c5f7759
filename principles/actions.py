"""The verbs that define and correct pillars, principles, objectives and enablers. Only the load of reference data calls them."""

from focalpoints.ledger.record import record
from focalpoints.models import User
from focalpoints.rules import office_of
from focalpoints.turn import in_turn
from focalpoints.workflow import noun_of, permitted
from principles.facts import public_state
from principles.models import Bilingual


@in_turn
def define[Row: Bilingual](row: Row, *, by: User) -> Row:
    """Add an unsaved pillar, principle, objective or enabler. Raises IntegrityError where its number is taken."""
    by = permitted(f"{noun_of(row).name}.define", by=by)
    row.save(force_insert=True)
    record("define", public_state(row), by=by, office=office_of(by))
    return row


@in_turn
def correct[Row: Bilingual](row: Row, *, by: User, **changes: object) -> Row:
    """Change a row to what its source says."""
    by = permitted(f"{noun_of(row).name}.correct", row, by=by)
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=[*changes])
    record("correct", public_state(row), by=by, office=office_of(by))
    return row
