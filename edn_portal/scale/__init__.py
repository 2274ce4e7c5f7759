"""A made-up network of federal size, for measuring: `manage.py seed_scale`."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from edn_portal.scale import foreign_keys
from edn_portal.scale.ledger import Book
from edn_portal.scale.network import DOMAIN, build
from edn_portal.scale.bulk_rows import BulkRows
from edn_portal.scale.size import Size
from edn_portal.scale.rows import NUMBERED
from edn_portal.scale.story import ScaleStory
from focalpoints.ledger.triggers import LEDGER
from focalpoints.models import Agency, Entry, User
from projects.models import Commitment

__all__ = ["DOMAIN", "NotEmpty", "seed", "settle"]


class NotEmpty(Exception):
    """Made-up data stand alone, or not at all."""


@transaction.atomic
def seed(size: Size, password: str) -> None:
    """All or nothing. Everybody made up signs in with `password`. Raises NotEmpty."""
    if any(model._default_manager.exists() for model in (Entry, Commitment, Agency, User)):
        raise NotEmpty
    network = build(size, password)
    rows = BulkRows(NUMBERED)
    book = Book(rows)
    # The guard lets the head count one by one; nobody else sees a row of this before it is back.
    LEDGER.lift(connection)
    with foreign_keys.made_last(book.tables | rows.tables), _no_search_for_garbage():
        ScaleStory(size, network, rows, book).tell()
        book.close()
    LEDGER.install(connection)


def settle() -> None:
    """What a database does by itself some time after it took many rows in: count them, and tidy up. Outside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


@contextmanager
def _no_search_for_garbage() -> Iterator[None]:
    """What is made here is gone with its last use; Python would look through all that lives for rings of it, again and again."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
