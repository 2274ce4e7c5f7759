"""The cast, and what a file's tests tell around it, is built once and stands below the tests that use it.

Each works in a savepoint above, undone when it ends: to build everything anew took longer than most of those tests. The rows of one scene
stand at a time; a test that uses none finds an empty database.
"""

import pickle
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker
from pytest_django.plugin import blocking_manager_key

from focalpoints import clock
from tests.cast import Cast, assemble

# Fixtures that stop the clock on another day before the cast is made: such a cast is built by its test.
DATED = {"then", "the_beginning", "the_day_before"}


@dataclass(frozen=True, eq=False)
class Scene:
    """What `tell` adds to the cast, on the day `since`; its tests then look at it at the instant `seen`. None: now."""

    tell: Callable[[Cast], Any]
    since: datetime | None = None
    seen: datetime | None = None

    def build(self) -> tuple[Cast, Any]:
        with stopped(self.since):
            cast = assemble()
            return cast, self.tell(cast)


def stopped(instant: datetime | None) -> AbstractContextManager[None]:
    return clock.at(instant) if instant else nullcontext()


ALONE = Scene(lambda cast: None)


def scene(since: datetime | None = None, seen: datetime | None = None) -> Callable[[Callable[[Cast], Any]], Any]:
    """Make the fixture of a function that tells something around the cast: it gives what the function returns."""

    def fixture_of(tell: Callable[[Cast], Any]) -> Any:
        told = Scene(tell, since, seen)

        def fixture(standing: tuple[Cast, Any] | None, db: None) -> Iterator[Any]:
            given = (standing or told.build())[1]
            with stopped(seen):
                yield given

        fixture.scene = told  # type: ignore[attr-defined]
        fixture.__doc__ = tell.__doc__
        return pytest.fixture(name=tell.__name__)(fixture)

    return fixture_of


class Stage:
    """The scene whose rows are there, in an open transaction, since a day."""

    def __init__(self) -> None:
        self.scene: Scene | None = None
        self.day: date | None = None
        self._given = b""  # pickled: a test changes the rows in its hands
        self._block: Any = None

    def set(self, scene: Scene) -> None:
        self.scene, self.day = scene, clock.today()
        self._block = transaction.atomic()
        self._block.__enter__()
        self._given = pickle.dumps(scene.build())
        connection.check_constraints()  # PostgreSQL alters no table while deferred checks of its rows are pending

    def strike(self) -> None:
        if self._block is not None:
            transaction.set_rollback(True)
            self._block.__exit__(None, None, None)
        self.scene = self.day = self._block = None

    def given(self) -> tuple[Cast, Any]:
        given: tuple[Cast, Any] = pickle.loads(self._given)
        return given


stage = Stage()


def scene_of(item: pytest.Item) -> Scene | None:
    """The scene below the test. None for one without the cast, with a day of its own for it, or with commits of its own."""
    names = set(getattr(item, "fixturenames", ()))
    marker = item.get_closest_marker("django_db")
    commits = "transactional_db" in names or (marker and marker.kwargs.get("transaction"))
    if "standing" not in names or names & DATED or commits:
        return None
    fixtures = item._fixtureinfo.name2fixturedefs  # type: ignore[attr-defined]
    told = [scene for name in fixtures if (scene := getattr(fixtures[name][-1].func, "scene", None))]
    return told[0] if told else ALONE


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those of one scene follow each other: each worker builds it once."""
    places: dict[Scene | None, int] = {None: 0, ALONE: 1}
    items.sort(key=lambda item: places.setdefault(scene_of(item), len(places)))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if stage.scene and (stage.scene is not scene_of(item) or stage.day != clock.today()):
        strike(item.config.stash[blocking_manager_key])


@pytest.fixture(scope="session")
def struck_at_last(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    yield
    strike(django_db_blocker)


def strike(blocker: DjangoDbBlocker) -> None:
    with blocker.unblock():
        stage.strike()


@pytest.fixture
def standing(
    struck_at_last: None, request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker
) -> Iterator[tuple[Cast, Any] | None]:
    """The cast and what is told around it. Comes before `db` opens the test's savepoint; None where the test builds them itself."""
    wanted = scene_of(request.node)
    if wanted is None:
        yield None
        return
    caches["pages"].clear()  # pages are kept by the ledger's head, which is the same from test to test
    if stage.scene is None and not connection.in_atomic_block:
        with django_db_blocker.unblock():
            stage.set(wanted)
    yield stage.given() if stage.scene is wanted else None
    if connection.closed_in_transaction:
        strike(django_db_blocker)
        pytest.fail("The test closed the connection, and with it what stands for the tests after it.")


@pytest.fixture
def cast(standing: tuple[Cast, Any] | None, db: None) -> Cast:
    return standing[0] if standing else assemble()
