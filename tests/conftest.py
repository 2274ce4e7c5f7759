"""What every test has: a database file and an evidence folder of its own, a live site, and races on two connections."""

import importlib.util
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.test import override_settings

from tests.live import Content, Site, prepared

PLUGINS = (
    "tests.browser",
    "tests.ledger_plugin",
    "tests.names_plugin",
    "tests.signing_in",
    "tests.sql_plugin",
    "tests.standing",
    "tests.suite_plugin",
)
SECONDS_FOR_A_TURN = 120
pytest_plugins = [name for name in PLUGINS if importlib.util.find_spec(name)]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, tmp_path_factory: pytest.TempPathFactory) -> None:
    """SQLite tests run on a file per worker with production's own options but one, so that two connections can race."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")
        # The portal refuses after 20 seconds, and people try again; a race on a busy machine waits until all had their turn.
        database["OPTIONS"]["timeout"] = SECONDS_FOR_A_TURN


@pytest.fixture(scope="session", autouse=True)
def evidence_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """No test writes evidence into the checkout."""
    folder = tmp_path_factory.mktemp("evidence")
    stores = settings.STORAGES
    default = stores["default"] | {"OPTIONS": stores["default"]["OPTIONS"] | {"location": str(folder)}}
    with override_settings(STORAGES=stores | {"default": default}):
        yield folder


@pytest.fixture
def race(transactional_db: None) -> Callable[..., list[Any]]:
    """Runs callables at the same instant, each on a connection of its own; returns each one's result or exception."""

    def run(*callables: Callable[[], Any]) -> list[Any]:
        outcomes: list[Any] = [None] * len(callables)
        start = threading.Barrier(len(callables))

        def runner(place: int, function: Callable[[], Any]) -> None:
            try:
                start.wait(timeout=30)
                outcomes[place] = function()
            except Exception as error:  # the outcome that the test asks about
                outcomes[place] = error
            finally:
                connections.close_all()

        threads = [threading.Thread(target=runner, args=pair) for pair in enumerate(callables)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return outcomes

    return run


@pytest.fixture(scope="session")
def site_contents(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Content]:
    """Gives what `tests.live.prepared` names, once for all workers."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    return lambda name: prepared(name, shared / "site-contents")


@pytest.fixture(scope="session")
def live(site_contents: Callable[[str], Content], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo, served for all browser tests of this worker: tests must not count on untouched rows."""
    site = Site(site_contents("demo").copy_to(tmp_path_factory.mktemp("live")))
    try:
        yield site.start()
    finally:
        site.stop()


@pytest.fixture
def make_site(site_contents: Callable[[str], Content], tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """A site of the test's own, not yet started: `make_site("empty", EDN_WORKERS="2").start()`."""
    sites: list[Site] = []

    def make(content: str = "demo", **environment: str) -> Site:
        sites.append(Site(site_contents(content).copy_to(tmp_path / f"site-{len(sites)}"), **environment))
        return sites[-1]

    yield make
    for site in sites:
        site.stop()
