"""What the agencies of a row are called. The database gives their keys as one text; many rows name the same few."""

from collections.abc import Callable
from typing import NamedTuple

from django.db.models import QuerySet

from focalpoints.models import Agency
from focalpoints.sql.prepared import prepared
from focalpoints.text import alphabetical


class NamesInOrder(NamedTuple):
    """Of several agencies, in alphabetical order: acronyms, or names where there is none, and keys."""

    names: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


def namer() -> Callable[[str | None], NamesInOrder]:
    """Gives the agencies for primary keys as text (`3,17`), None for none. One query, for a table's thousands of rows."""
    agencies = {str(pk): (acronym or name, key) for pk, key, acronym, name in _agencies()}
    known: dict[str | None, NamesInOrder] = {None: NamesInOrder(), "": NamesInOrder()}

    def named(numbers: str | None) -> NamesInOrder:
        found = known.get(numbers)
        if found is None:
            pairs = sorted([agencies[number] for number in numbers.split(",")], key=lambda pair: alphabetical(pair[0]))  # type: ignore[union-attr]
            found = known[numbers] = NamesInOrder(*map(tuple, zip(*pairs, strict=True)))
        return found

    return named


@prepared()
def _agencies() -> QuerySet[Agency, tuple[int, str, str, str]]:
    return Agency.objects.order_by().values_list("pk", "key", "acronym", "name")
