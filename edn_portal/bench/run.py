"""A whole measurement: rounds over the portal and an empty Django project, both running."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from typing import Any

from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from edn_portal.bench import raw_sql, report, servers
from edn_portal.bench.cpu import DatabaseProcesses, ServerProcesses
from edn_portal.bench.measuring import Bench, Measured, NothingToAsk, Round, Unexpected, summed
from edn_portal.bench.operations import Operation, Readers, operations
from edn_portal.bench.people import busiest_focal_point, holder_of, signed_in
from edn_portal.bench.servers import Request, Server
from edn_portal.scale import settle

EMPTY = Operation("an empty Django page", lambda: iter(lambda: Request("/"), None))
Rounds = dict[str, list[tuple[Round, int]]]


def measure(*, rounds: int, only: Sequence[str] = (), running: Server | None = None) -> dict[str, Any]:
    """Measure the operations whose name contains one of `only`, and report as JSON. Without a `running` server, one is started."""
    with ExitStack() as stack:
        server = running or stack.enter_context(_portal())
        empty = stack.enter_context(servers.empty_project())
        readers = Readers(
            stack.enter_context(signed_in(busiest_focal_point())),
            stack.enter_context(signed_in(holder_of("coordinator"))),
            holder_of("administrator"),
        )
        database = DatabaseProcesses(connection)
        bench = Bench(_browser(stack, server), ServerProcesses(server.pid), database, readers)
        nothing = Bench(_browser(stack, empty), ServerProcesses(empty.pid), database)
        chosen = [one for one in operations(readers) if not only or any(words in one.name for words in only)]
        settle()
        of_empty, found, skipped = _rounds(bench, nothing, chosen, rounds)
        measured = {name: summed(all_rounds) for name, all_rounds in found.items() if all_rounds}
        for operation in chosen:
            if operation.name in measured:
                _add_sql(measured[operation.name], operation, database)
        beside = {one.name: one.beside for one in chosen if one.beside}
        return report.as_json(summed(of_empty), measured, skipped, beside)


@contextmanager
def _portal() -> Iterator[Server]:
    call_command("collectstatic", interactive=False, verbosity=0)
    with servers.portal() as server:
        yield server


def _rounds(
    bench: Bench, nothing: Bench, chosen: list[Operation], rounds: int
) -> tuple[list[tuple[Round, int]], Rounds, dict[str, str]]:
    """The rounds of the empty page and of each operation, and why an operation could not be measured."""
    of_empty: list[tuple[Round, int]] = []
    found: Rounds = {one.name: [] for one in chosen}
    skipped: dict[str, str] = {}
    nothing.warm_up(EMPTY)
    for operation in chosen:
        _expected(bench.warm_up, operation)
    for _ in range(rounds):
        of_empty.append(nothing.round(EMPTY))
        for operation in chosen:
            try:
                found[operation.name].append(_expected(bench.round, operation))
            except NothingToAsk:
                skipped[operation.name] = "the data hold no row to ask it of, or too few for every round"
    return of_empty, found, skipped


def _expected(step: Any, operation: Operation) -> Any:
    try:
        return step(operation)
    except Unexpected as why:
        raise CommandError(str(why)) from None


def _add_sql(measured: Measured, operation: Operation, database: DatabaseProcesses) -> None:
    """Add how many queries the operation's next request makes, and what they cost as raw SQL."""
    request = next(operation.requests(), None)
    if request:
        statements = raw_sql.statements_of(request, is_cold=operation.is_cold)
        measured.queries = len(statements)
        measured.raw_ms = raw_sql.cost(statements, database)


def _browser(stack: ExitStack, server: Server) -> servers.Browser:
    return stack.enter_context(closing(servers.Browser(server.url)))
