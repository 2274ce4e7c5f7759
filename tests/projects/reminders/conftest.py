"""For the tests of reminders: a fixture that dates the cast before the days they look at."""

from collections.abc import Iterator
from datetime import date

import pytest

from tests.dates import at


@pytest.fixture
def then() -> Iterator[None]:
    """Spring 2018, in which the cast is then made."""
    with at(date(2018, 5, 2)):
        yield
