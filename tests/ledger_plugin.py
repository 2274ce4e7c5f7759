"""Lets Django empty the database after a transactional test: the ledger's triggers would refuse it, and its head would be missing."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import TransactionTestCase

from focalpoints.ledger.triggers import LEDGER
from focalpoints.models import LedgerHead


@contextmanager
def lifted() -> Iterator[None]:
    """The ledger without the database's protection."""
    connection.check_constraints()  # PostgreSQL alters no table while deferred checks of its rows are pending
    LEDGER.lift(connection)
    try:
        yield
    finally:
        connection.check_constraints()
        LEDGER.install(connection)


@pytest.fixture(autouse=True, scope="session")
def flush_spares_the_ledger() -> Iterator[None]:
    """Lift the triggers around the flush that ends a transactional test, and begin the ledger again after it."""
    flush = TransactionTestCase._fixture_teardown

    def teardown(self: TransactionTestCase) -> None:
        with lifted():
            flush(self)
        LedgerHead.objects.get_or_create(pk=1)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield
