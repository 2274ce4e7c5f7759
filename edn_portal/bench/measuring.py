"""Measures rounds of requests and their CPU. A round that other processes disturbed is marked and repeated."""

import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from itertools import islice
from statistics import median
from typing import Any

from edn_portal.bench.cpu import DatabaseProcesses, ServerProcesses, machine_time
from edn_portal.bench.operations import Operation, Readers
from edn_portal.bench.servers import Answer, Browser, Request

ENOUGH = 0.4  # seconds of the server's CPU that a round should use: the clocks' grain is small against that
FEWEST = 10
MOST_REPEATS = 3
# The share of one core that processes other than server, database and this one may use before a round counts as disturbed.
NEIGHBOUR = 0.25
STOLEN = 0.02  # the same for time that the machine's host took, as a share of the round's time
SETTLE = 0.002  # seconds to wait after an answer: what the server still does then belongs to it


class NothingToAsk(Exception):
    """There is no row, or none left, that this operation could be measured on."""


class Unexpected(Exception):
    """An answer with another status than expected, so its cost says nothing."""


@dataclass(slots=True)
class Round:
    """One round, in milliseconds per request. `neighbours`: the share of one core that other processes used; None if not known."""

    requests: int
    server: float
    database: float
    walls: list[float]
    size: int
    neighbours: float | None = None
    stolen: float = 0.0
    is_vacuuming: bool = False

    @property
    def is_disturbed(self) -> bool:
        return self.is_vacuuming or (
            self.neighbours is not None and (self.neighbours > NEIGHBOUR or self.stolen > STOLEN)
        )


@dataclass(slots=True)
class Measured:
    """An operation's rounds summed up, as the report shows them."""

    server_ms: float
    database_ms: float
    p50_ms: float
    p95_ms: float
    spread: float  # (highest - lowest) / median of the rounds' server_ms
    bytes: int
    requests: int
    rounds: int
    disturbed: int  # rounds that were still disturbed after all repeats
    repeated: int
    queries: int = 0
    raw_ms: float = 0.0

    def as_json(self) -> dict[str, Any]:
        return {name: round(value, 4) if isinstance(value, float) else value for name, value in asdict(self).items()}


@dataclass(slots=True)
class Bench:
    """One server under measurement."""

    browser: Browser
    server: ServerProcesses
    database: DatabaseProcesses
    readers: Readers | None = None
    _moving: float = 0.0  # seconds that our own database backend used to append ledger entries

    def warm_up(self, operation: Operation) -> None:
        for request in islice(operation.requests(), 5):
            self._ask(operation, request)

    def round(self, operation: Operation) -> tuple[Round, int]:
        """The first undisturbed round, or the least disturbed; and how often it was repeated."""
        tried: list[Round] = []
        for _ in range(1 + MOST_REPEATS):
            tried.append(self._one_round(operation))
            if not tried[-1].is_disturbed:
                break
        best = tried[-1] if not tried[-1].is_disturbed else min(tried, key=lambda one: one.neighbours or 0.0)
        return best, len(tried) - 1

    def _one_round(self, operation: Operation) -> Round:
        before, own, started = machine_time(), time.process_time(), time.perf_counter()
        result = self._cold(operation) if operation.is_cold else self._warm(operation)
        wall = time.perf_counter() - started
        after = machine_time()
        if before and after:
            used = result.requests * (result.server + result.database) / 1000 + time.process_time() - own
            used += self._moving
            result.neighbours = round(max(0.0, after.busy - before.busy - used) / wall, 3)
            result.stolen = (after.stolen - before.stolen) / wall
        result.is_vacuuming = self.database.is_cleaning_up()
        return result

    def _warm(self, operation: Operation) -> Round:
        """A round whose requests follow each other directly: CPU is read before the first and after the last."""
        requests = operation.requests()
        answers: list[Answer] = []
        self._moving = 0.0
        if operation.is_kept:
            for request in islice(requests, 1):
                self._ask(operation, request)
        server, database = self.server.seconds(), self.database.seconds()
        for request in islice(requests, operation.most):
            answers.append(self._ask(operation, request))
            if len(answers) >= FEWEST and self.server.seconds() - server > ENOUGH:
                break
        return _round(answers, self.server.seconds() - server, self.database.seconds() - database)

    def _cold(self, operation: Operation) -> Round:
        """A round with a new ledger entry before each request. CPU is read around each request, to leave that out."""
        answers: list[Answer] = []
        server = database = 0.0
        backend = self.database.own_seconds()
        for request in islice(operation.requests(), operation.most):
            if self.readers:
                self.readers.append_entry()
                self._keep_busy()
            server_before, database_before = self.server.seconds(), self.database.seconds()
            answers.append(self._ask(operation, request))
            time.sleep(SETTLE)
            server += self.server.seconds() - server_before
            database += self.database.seconds() - database_before
            if len(answers) >= FEWEST and server > ENOUGH:
                break
        self._moving = self.database.own_seconds() - backend
        return _round(answers, server, database)

    def _keep_busy(self) -> None:
        """Ask for some other pages first: a server that was idle while we wrote has lost its code from the processor's caches."""
        for path in ("/como-funciona/", "/semaforo/", "/principios/"):
            self.browser.ask(Request(path))

    def _ask(self, operation: Operation, request: Request) -> Answer:
        answer = self.browser.ask(request)
        if answer.status != operation.expects:
            raise Unexpected(f"{operation.name}: {request.path} answered {answer.status}, not {operation.expects}.")
        return answer


def _round(answers: list[Answer], server: float, database: float) -> Round:
    count = len(answers)
    if not count:
        raise NothingToAsk
    return Round(
        requests=count,
        server=server / count * 1000,
        database=database / count * 1000,
        walls=[answer.seconds * 1000 for answer in answers],
        size=round(median(answer.size for answer in answers)),
    )


def summed(rounds: Iterable[tuple[Round, int]]) -> Measured:
    """The medians over the rounds, and the percentiles over their requests. Disturbed rounds count only when all were disturbed."""
    everything = list(rounds)
    calm = [one for one, _ in everything if not one.is_disturbed]
    used = calm or [one for one, _ in everything]
    servers = [one.server for one in used]
    walls = sorted(wall for one in used for wall in one.walls)
    return Measured(
        server_ms=median(servers),
        database_ms=median(one.database for one in used),
        p50_ms=percentile(walls, 50),
        p95_ms=percentile(walls, 95),
        spread=(max(servers) - min(servers)) / median(servers) if median(servers) else 0.0,
        bytes=round(median(one.size for one in used)),
        requests=sum(one.requests for one in used),
        rounds=len(used),
        disturbed=sum(one.is_disturbed for one, _ in everything),
        repeated=sum(repeats for _, repeats in everything),
    )


def percentile(values: list[float], share: int) -> float:
    """The smallest of these sorted values that at least `share` percent of them do not exceed."""
    return values[max(0, -(-len(values) * share // 100) - 1)]
