"""A made-up network of federal size, for measuring: `manage.py seed_scale`."""

from django.db import connection, transaction

from focalpoints import ledger_triggers
from focalpoints.models import Agency, Entry, User
from projects.models import Commitment

from .book import Book
from .network import DOMAIN, build
from .rows import Rows
from .size import Size
from .stored import NUMBERED
from .story import Story

__all__ = ["DOMAIN", "NotEmpty", "seed"]


class NotEmpty(Exception):
    """Made-up data stand alone, or not at all."""


@transaction.atomic
def seed(size: Size, password: str) -> None:
    """All or nothing. Everybody made up signs in with `password`. Raises NotEmpty."""
    if any(model._default_manager.exists() for model in (Entry, Commitment, Agency, User)):
        raise NotEmpty
    network = build(size, password)
    rows = Rows(NUMBERED)
    book = Book(rows)
    # The guard lets the head count one by one; nobody else sees a row of this before it is back.
    ledger_triggers.lift(connection)
    Story(size, network, rows, book).tell()
    book.close()
    connection.check_constraints()  # of foreign keys: PostgreSQL alters no table that still has some to check
    ledger_triggers.install(connection)
