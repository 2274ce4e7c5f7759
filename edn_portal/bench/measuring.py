"""Measures rounds of requests and their CPU. A round that other processes disturbed is marked and repeated."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import islice
from statistics import median
from typing import Any

from edn_portal.bench.cpu import DatabaseProcesses, ServerProcesses, machine_time
from edn_portal.bench.moving import Mover
from edn_portal.bench.operations import Asked, Operation
from edn_portal.bench.servers import Answer, Browser, HttpCall

ENOUGH = 0.25  # seconds of the server's CPU that a round should use: the clocks' grain is small against that
FEWEST = 8
MOST_REPEATS = 2
# The share of one core that processes other than server, database and this one may use before a round counts as disturbed.
NEIGHBOUR = 0.25
STOLEN = 0.02  # the same for time that the machine's host took, as a share of the round's time
SETTLE = 0.002  # seconds to wait after an answer: what the server still does then belongs to it


class NothingToAsk(Exception):
    """There is no row, or none left, that this operation could be measured on."""


class Unexpected(Exception):
    """An answer with another status than expected, so its cost says nothing."""


@dataclass(slots=True)
class Cost:
    """CPU of some requests, in milliseconds per request."""

    server: float = 0.0
    database: float = 0.0


@dataclass(slots=True)
class Round:
    """One round. `again`: the same addresses asked for once more. `empty`: an empty Django page just before and after, in milliseconds.

    `neighbours`: the share of one core that other processes used; None if not known.
    """

    requests: int
    cost: Cost
    walls: list[float]
    size: int
    again: Cost | None = None
    empty: float = 0.0
    neighbours: float | None = None
    stolen: float = 0.0
    is_vacuuming: bool = False

    @property
    def is_disturbed(self) -> bool:
        return self.is_vacuuming or (
            self.neighbours is not None and (self.neighbours > NEIGHBOUR or self.stolen > STOLEN)
        )

    @property
    def times_empty(self) -> float:
        return self.cost.server / self.empty if self.empty else 0.0


@dataclass(slots=True)
class Measured:
    """An operation's rounds summed up, as the report shows them. `again_…` are None for what is not asked for twice."""

    server_ms: float
    times_empty: float
    database_ms: float
    p50_ms: float
    p95_ms: float
    spread: float  # (highest - lowest) / median of the rounds' times_empty
    bytes: int
    requests: int
    rounds: int
    disturbed: int  # rounds that were still disturbed after all repeats
    repeated: int
    again_ms: float | None = None
    again_times_empty: float | None = None
    again_database_ms: float | None = None
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
    mover: Mover | None = None
    _moving: float = 0.0  # seconds that our own database backend used to move the ledger
    _iterators: dict[str, Iterator[Asked]] = field(default_factory=dict)

    def asked(self, operation: Operation) -> Iterator[Asked]:
        """The run's requests of this operation: what one round asked for, no later one asks for."""
        return self._iterators.setdefault(operation.name, operation.asked())

    def round(self, operation: Operation) -> tuple[Round, int]:
        """The first undisturbed round, or the least disturbed; and how often it was repeated."""
        tried: list[Round] = []
        for _ in range(1 + MOST_REPEATS):
            try:
                tried.append(self._one_round(operation))
            except NothingToAsk:
                if not tried:
                    raise
                break
            if not tried[-1].is_disturbed:
                break
        best = tried[-1] if not tried[-1].is_disturbed else min(tried, key=lambda one: one.neighbours or 0.0)
        return best, len(tried) - 1

    def _one_round(self, operation: Operation) -> Round:
        before, own, started = machine_time(), time.process_time(), time.perf_counter()
        backend = self.database.own_seconds()
        result = self._asking(operation)
        self._moving = self.database.own_seconds() - backend
        wall = time.perf_counter() - started
        after = machine_time()
        if before and after:
            costs = [result.cost, result.again or Cost()]
            used = result.requests * sum(cost.server + cost.database for cost in costs) / 1000
            used += time.process_time() - own + self._moving
            result.neighbours = round(max(0.0, after.busy - before.busy - used) / wall, 3)
            result.stolen = (after.stolen - before.stolen) / wall
        result.is_vacuuming = self.database.is_cleaning_up()
        return result

    def _asking(self, operation: Operation) -> Round:
        """Each request after the ledger has moved in its scope. CPU is read around each, to leave that out."""
        answers: list[Answer] = []
        first, again = Cost(), Cost()
        for asked in islice(self.asked(operation), operation.most):
            if asked.scope is not None and self.mover:
                self.mover.move(**asked.scope)
                self._wake_up()
            answers.append(self._measured(operation, asked.request, first))
            if operation.is_page:
                self._measured(operation, asked.request, again)
            if len(answers) >= FEWEST and first.server > ENOUGH:
                break
        return round_of(answers, first, again if operation.is_page else None)

    def quick_round(self, path: str) -> float:
        """Milliseconds of the server's CPU for one request of a page that costs next to nothing, asked for over and over."""
        asked, before = 0, self.server.seconds()
        while asked < FEWEST or self.server.seconds() - before < ENOUGH / 5:
            for _ in range(FEWEST):
                self.browser.ask(HttpCall(path))
            asked += FEWEST
        return (self.server.seconds() - before) / asked * 1000

    def _measured(self, operation: Operation, request: HttpCall, cost: Cost) -> Answer:
        """Ask, and add what it cost, in seconds."""
        server, database = self.server.seconds(), self.database.seconds()
        answer = self._ask(operation, request)
        time.sleep(SETTLE)
        cost.server += self.server.seconds() - server
        cost.database += self.database.seconds() - database
        return answer

    def _wake_up(self) -> None:
        """A server that was idle while we wrote has lost its code from the processor's caches: let it render other pages first."""
        for path in ("/como-funciona/", "/semaforo/", "/principios/"):
            self.browser.ask(HttpCall(path))

    def _ask(self, operation: Operation, request: HttpCall) -> Answer:
        answer = self.browser.ask(request)
        if answer.status != operation.expects:
            raise Unexpected(f"{operation.name}: {request.path} answered {answer.status}, not {operation.expects}.")
        return answer


def round_of(answers: list[Answer], first: Cost, again: Cost | None) -> Round:
    """The round of these answers, whose costs are given in seconds for all together."""
    count = len(answers)
    if not count:
        raise NothingToAsk
    return Round(
        requests=count,
        cost=_each(first, count),
        again=_each(again, count) if again else None,
        walls=[answer.seconds * 1000 for answer in answers],
        size=round(median(answer.size for answer in answers)),
    )


def _each(cost: Cost, count: int) -> Cost:
    return Cost(cost.server / count * 1000, cost.database / count * 1000)


def summed(rounds: Iterable[tuple[Round, int]]) -> Measured:
    """The medians over the rounds, and the percentiles over their requests. Disturbed rounds count only when all were disturbed."""
    everything = list(rounds)
    calm = [one for one, _ in everything if not one.is_disturbed]
    used = calm or [one for one, _ in everything]
    times = [one.times_empty for one in used]
    walls = sorted(wall for one in used for wall in one.walls)
    again = [(one.again, one.empty) for one in used if one.again]
    return Measured(
        server_ms=median(one.cost.server for one in used),
        times_empty=median(times),
        database_ms=median(one.cost.database for one in used),
        p50_ms=percentile(walls, 50),
        p95_ms=percentile(walls, 95),
        spread=(max(times) - min(times)) / median(times) if median(times) else 0.0,
        bytes=round(median(one.size for one in used)),
        requests=sum(one.requests for one in used),
        rounds=len(used),
        disturbed=sum(one.is_disturbed for one, _ in everything),
        repeated=sum(repeats for _, repeats in everything),
        again_ms=median(cost.server for cost, _ in again) if again else None,
        again_times_empty=median(cost.server / empty for cost, empty in again if empty) if again else None,
        again_database_ms=median(cost.database for cost, _ in again) if again else None,
    )


def percentile(values: list[float], share: int) -> float:
    """The smallest of these sorted values that at least `share` percent of them do not exceed."""
    return values[max(0, -(-len(values) * share // 100) - 1)]
