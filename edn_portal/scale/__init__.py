"""What does the portal carry? A made-up network of federal size to measure it on: `manage.py seed_scale`."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from edn_portal.scale import foreign_keys
from edn_portal.scale.bulk_rows import BulkRows
from edn_portal.scale.ledger import StreamedLedger
from edn_portal.scale.network import DOMAIN, build
from edn_portal.scale.rows import NUMBERED
from edn_portal.scale.size import Size
from edn_portal.scale.telling import ScaleStory
from focalpoints.ledger.projections import EXTRACTS
from focalpoints.ledger.triggers import LEDGER
from focalpoints.models import Agency, Entry, User
from projects.models import Commitment

__all__ = ["DOMAIN", "NotEmpty", "seed", "settle"]


class NotEmpty(Exception):
    """The database holds data already. Made-up data are never mixed with others."""


@transaction.atomic
def seed(size: Size, password: str, say: Callable[[str], object] = lambda line: None) -> None:
    """Fill an empty database with the network, in one transaction. Everybody in it signs in with `password`. Raises NotEmpty.

    `say` is told how far it is.
    """
    if any(model._default_manager.exists() for model in (Entry, Commitment, Agency, User)):
        raise NotEmpty
    say("Agencies, people and projects")
    network = build(size, password)
    rows = BulkRows(NUMBERED)
    ledger = StreamedLedger(rows)
    # The triggers let the ledger's head grow by one entry at a time. They are back before anybody else can see a row of this transaction.
    LEDGER.lift(connection)
    with foreign_keys.added_last(ledger.tables | rows.tables), _without_garbage_collection():
        ScaleStory(size, network, rows, ledger, say).tell()
        ledger.close()
        say("Foreign keys and indexes")
    LEDGER.install(connection)
    say("Search documents")
    for extract in EXTRACTS:
        extract.remake()


def settle() -> None:
    """Bring the database's statistics up to date, as it would by itself some time after so many new rows. Outside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Pause the collector: nothing made here refers to itself in a circle, and it would search millions of objects over and over."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
