"""What a run takes along: everything with `--long`, another day with `--as-of`, and the slow tests first.

A short run (`make test`) plays each example of hypothesis as it did before, and does not repeat on PostgreSQL what touches no database or
is marked `once`. A long run (`make test-long`) makes up new examples, more of them, and repeats everything.
"""

import faulthandler
import gc
from collections.abc import Generator
from datetime import date, datetime
from time import monotonic
from typing import Any

import pytest
import time_machine
from _pytest.faulthandler import fault_handler_stderr_fd_key
from django.conf import settings as django_settings
from django.utils import translation
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from focalpoints import clock

HANGS = 300  # seconds after which a test shows where it hangs
NEEDS_A_DATABASE = {"db", "transactional_db", "django_db_setup", "site_contents"}
# Files whose tests stay on one worker, because what stands below all of them takes long to build.
ON_ONE_WORKER = {
    "tests/edn_portal/demo/test_demo.py",
    "tests/edn_portal/scale/test_seed_scale.py",
    "tests/edn_portal/test_reference.py",
}
travels = pytest.StashKey[time_machine.travel]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("EDN Portal")
    group.addoption("--long", action="store_true", help="random examples, and everything on this database too")
    group.addoption("--as-of", type=date.fromisoformat, metavar="YYYY-MM-DD", help="run as if it were that day")


def pytest_configure(config: pytest.Config) -> None:
    settings.register_profile("short", derandomize=True, database=None, max_examples=40)
    settings.register_profile("long", max_examples=1000)
    settings.load_profile("long" if config.option.long else "short")
    config.pluginmanager.register(Watchdog())
    if day := config.option.as_of:
        config.stash[travels] = time_machine.travel(datetime(day.year, day.month, day.day, 11, tzinfo=clock.ZONE))
        config.stash[travels].start()


def pytest_unconfigure(config: pytest.Config) -> None:
    if travels in config.stash:
        config.stash[travels].stop()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Hardly anything made while collecting is garbage, and looking for it took a quarter of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = {item for item in items if is_left_out(item, config)}
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=list(left_out))
    items.sort(key=how_soon)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What was imported and collected stays until the end: looking at it again and again took a twentieth of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    return Scheduling(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    translation.deactivate()  # a request leaves its thread with the language that it had


class Scheduling(LoadScopeScheduling):
    """One test after another, to whoever is free. xdist's own `loadgroup` groups nothing under pytest 9.2."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return file if file in ON_ONE_WORKER else nodeid

    def mark_test_complete(self, node: Any, item_index: int, duration: float = 0) -> None:
        """What is done is forgotten: xdist looks through all that a worker was ever given, after each test."""
        nodeid = self.registered_collections[node][item_index]
        scope = self._split_scope(nodeid)
        given = self.assigned_work[node]
        given[scope][nodeid] = True
        if all(given[scope].values()):
            del given[scope]
        self._reschedule(node)


class Watchdog:
    """Set once a minute, not before each test as pytest does it: to wait for its thread took more than many a test."""

    def __init__(self) -> None:
        self.is_set_until = 0.0

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        if monotonic() > self.is_set_until:
            self.is_set_until = monotonic() + 60
            faulthandler.dump_traceback_later(HANGS + 60, file=item.config.stash[fault_handler_stderr_fd_key])

    def pytest_sessionfinish(self) -> None:
        faulthandler.cancel_dump_traceback_later()


def is_left_out(item: pytest.Item, config: pytest.Config) -> bool:
    names = set(getattr(item, "fixturenames", ()))
    if config.option.as_of and "site_contents" in names:
        return True  # a server's clock is its own
    if item.get_closest_marker("long") and not config.option.long:
        return True
    if config.option.long or not django_settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        return False
    touches = bool(names & NEEDS_A_DATABASE) or item.get_closest_marker("django_db")
    is_once = item.get_closest_marker("once") and not item.get_closest_marker("both")
    return not touches or bool(is_once)


def how_soon(item: pytest.Item) -> int:
    """Slow ones start first, so that all workers end at about the same time; browsers wait until the demonstration is there."""
    slow, browser = item.get_closest_marker("slow"), item.get_closest_marker("browser")
    return 0 if slow else 1 if browser else 2
