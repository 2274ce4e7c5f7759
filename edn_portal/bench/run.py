"""A whole measurement: rounds over the portal and an empty Django project, both running."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from statistics import median
from typing import Any

from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from edn_portal.bench import raw_sql, report, servers
from edn_portal.bench.cpu import DatabaseProcesses, ServerProcesses
from edn_portal.bench.measuring import Bench, Measured, NothingToAsk, Round, Unexpected, summed
from edn_portal.bench.moving import Mover
from edn_portal.bench.operations import Operation, Readers, operations
from edn_portal.bench.people import busiest_focal_points, holders_of, signed_in
from edn_portal.bench.servers import Server
from edn_portal.bench.weight import weight_of
from edn_portal.scale import settle

# Whose first visit is weighed.
WEIGHED = ("board", "commitments of an agency", "commitment", "agency", "my work", "review queue")
Rounds = dict[str, list[tuple[Round, int]]]


def measure(
    *,
    rounds: int,
    only: Sequence[str] = (),
    seed: int = 1,
    running: Server | None = None,
    say: Callable[[str], object] = lambda line: None,
) -> dict[str, Any]:
    """Measure the operations whose name contains one of `only`, and report as JSON. Without a `running` server, one is started.

    `say` is told how far it is.
    """
    with ExitStack() as stack:
        server = running or stack.enter_context(_portal())
        empty = stack.enter_context(servers.empty_project())
        readers = Readers(
            stack.enter_context(signed_in(busiest_focal_points())),
            stack.enter_context(signed_in(holders_of("coordinator"))),
            Mover(),
            seed,
        )
        database = DatabaseProcesses(connection)
        bench = Bench(_browser(stack, server), ServerProcesses(server.pid), database, readers.mover)
        nothing = Bench(_browser(stack, empty), ServerProcesses(empty.pid), database)
        chosen = [one for one in operations(readers) if not only or any(words in one.name for words in only)]
        settle()
        of_empty, found, skipped = _rounds(bench, nothing, chosen, rounds, say)
        measured = {name: summed(all_rounds) for name, all_rounds in found.items() if all_rounds}
        for operation in chosen:
            if operation.name in measured:
                _add_sql(measured[operation.name], bench, operation, database)
        weights = {
            one.name: weight_of(bench.browser, asked.request).as_json()
            for one in chosen
            if one.name in WEIGHED and (asked := next(bench.asked(one), None))
        }
        beside = {one.name: one.beside for one in chosen if one.beside}
        return report.as_json(median(of_empty), measured, skipped, beside, weights, bench.server.megabytes())


@contextmanager
def _portal() -> Iterator[Server]:
    call_command("collectstatic", interactive=False, verbosity=0)
    with servers.portal() as server:
        yield server


def _rounds(
    bench: Bench, nothing: Bench, chosen: list[Operation], rounds: int, say: Callable[[str], object]
) -> tuple[list[float], Rounds, dict[str, str]]:
    """The empty page between every two rounds, the rounds of each operation, and why an operation could not be measured."""
    found: Rounds = {one.name: [] for one in chosen}
    skipped: dict[str, str] = {}
    nothing.quick_round("/")
    bench.quick_round("/salud/")
    of_empty = [nothing.quick_round("/")]
    for number in range(1, rounds + 1):
        for operation in chosen:
            try:
                made, repeats = bench.round(operation)
            except Unexpected as why:
                raise CommandError(str(why)) from None
            except NothingToAsk:
                skipped[operation.name] = "the data hold no row to ask it of, or too few for every round"
                continue
            of_empty.append(nothing.quick_round("/"))
            made.empty = (of_empty[-1] + of_empty[-2]) / 2
            found[operation.name].append((made, repeats))
            say(
                f"round {number} of {rounds}: {operation.name}: {made.cost.server:.1f} ms, {made.times_empty:.0f} × empty"
            )
    return of_empty, found, skipped


def _add_sql(measured: Measured, bench: Bench, operation: Operation, database: DatabaseProcesses) -> None:
    """Add how many queries the operation's next request makes, and what they cost as raw SQL."""
    if asked := next(bench.asked(operation), None):
        statements = raw_sql.statements_of(asked.request)
        measured.queries = len(statements)
        measured.raw_ms = raw_sql.cost(statements, database)


def _browser(stack: ExitStack, server: Server) -> servers.Browser:
    return stack.enter_context(closing(servers.Browser(server.url)))
