"""Empties the database after a transactional test: the ledger's triggers would refuse it, and its head would be missing."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.test import TransactionTestCase

from focalpoints.exports.triggers import EXPORTS_GUARD
from focalpoints.ledger.triggers import LEDGER
from focalpoints.models import LedgerHead
from projects.models.search_document import WORDS

# Written by `migrate`, not by tests.
KEPT = {"django_migrations", "django_content_type", "auth_permission", "focalpoints_projectionstate"}


@contextmanager
def lifted() -> Iterator[None]:
    """The ledger, and the record of exports, without the database's protection."""
    connection.check_constraints()  # PostgreSQL alters no table while deferred checks of its rows are pending
    for guard in (LEDGER, EXPORTS_GUARD):
        guard.lift(connection)
    try:
        yield
    finally:
        connection.check_constraints()
        for guard in (LEDGER, EXPORTS_GUARD):
            guard.install(connection)


def empty() -> None:
    """Django's flush does the same, and then makes anew what it kept here: on PostgreSQL that took a third of a second a test."""
    # SQLite's index of words follows its table.
    names = [name for name in connection.introspection.table_names() if not name.startswith(WORDS)]
    tables = [connection.ops.quote_name(name) for name in names if name not in KEPT]
    with connection.constraint_checks_disabled(), transaction.atomic(), lifted(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")  # foreign keys wait for nobody
        for table in tables:
            cursor.execute(f"DELETE FROM {table}")
    LedgerHead.objects.get_or_create(pk=1)


@pytest.fixture(autouse=True, scope="session")
def flush_spares_the_ledger() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: empty())
        yield
