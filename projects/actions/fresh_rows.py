"""Rows read again in a verb's turn: what they say now decides, not what they said when a page was drawn."""

from django.db.models import Model, QuerySet

from focalpoints.sql.prepared import prepared
from projects.models import Commitment, Task


def reread(row: Model, *related: str) -> None:
    """Bring a row in hand up to the database, with the rows that `related` leads to. Raises DoesNotExist."""
    found = read_row(type(row), row.pk, *related)
    # What `refresh_from_db` does, which builds its query every time.
    vars(row).pop("_prefetched_objects_cache", None)
    vars(row).update(vars(found))


def reread_item(item: Commitment | Task) -> None:
    """With what the rules ask of it and what its entry says."""
    reread(item, *(("agency", "commitment__project") if isinstance(item, Task) else ("project",)))


def read_row[Row: Model](model: type[Row], pk: int, *related: str) -> Row:
    """A row of its own, with the rows that `related` leads to. Raises DoesNotExist."""
    found = _rows(model, pk, related)
    if not found:
        raise model.DoesNotExist  # type: ignore[attr-defined]
    return found[0]


@prepared("pk")
def _rows[Row: Model](model: type[Row], pk: int, related: tuple[str, ...]) -> QuerySet[Row]:
    return model._default_manager.select_related(*related).filter(pk=pk)
