"""Measure what pages and verbs cost, and compare with an earlier measurement."""

import json
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from edn_portal.bench import report
from edn_portal.bench.run import measure
from edn_portal.bench.servers import Server


class Command(BaseCommand):
    help = (
        "Measure each main page and verb over HTTP, at addresses that nobody asked for before and once more at the same: CPU of "
        "the server and of PostgreSQL, times, queries, bytes and memory, beside an empty Django project. It signs in as "
        "fictional people and logs follow-ups in their name."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rounds", type=int, default=3, help="rounds of each operation (default: 3)")
        parser.add_argument("--only", nargs="+", metavar="WORDS", help="operations whose name has any of these words")
        parser.add_argument("--seed", type=int, default=1, help="decides in which order addresses are drawn")
        parser.add_argument("--json", type=Path, metavar="FILE", help="write the measurement here")
        parser.add_argument(
            "--compare", type=Path, metavar="OLD.json", help="print what got slower since, and fail if anything did"
        )
        parser.add_argument(
            "--with", type=Path, dest="now", metavar="NEW.json", help="compare this one; measure nothing"
        )
        parser.add_argument("--url", help="a server on this very database that runs already; needs --pid")
        parser.add_argument("--pid", type=int, help="its first process")

    def handle(self, *, compare: Path | None, now: Path | None, **options: Any) -> None:
        before = _read(compare) if compare else None
        run = _read(now) if now else _measured(**options, say=self.stderr.write)
        for line in report.table(run):
            self.stdout.write(line)
        if before:
            self._compare(before, run)

    def _compare(self, before: dict[str, Any], run: dict[str, Any]) -> None:
        then = f"{before['taken_at']} {before['commit']}".strip()
        for difference in report.differing(before, run):
            self.stdout.write(f"not alike: {difference}")
        found = report.slower(before, run)
        for one in found:
            self.stdout.write(f"slower: {one}")
        if found:
            raise CommandError(f"{len(found)} figures grew since {then}.")
        self.stdout.write(f"Nothing got slower since {then}.")


def _measured(
    *,
    rounds: int,
    only: list[str] | None,
    seed: int,
    json: Path | None,
    url: str | None,
    pid: int | None,
    say: Callable[[str], object],
    **others: Any,
) -> dict[str, Any]:
    if not settings.DEMO:
        raise CommandError("It signs in as people and writes in their name: EDN_MODE=demo and made-up data alone.")
    if bool(url) != bool(pid):
        raise CommandError("A running server is named by both --url and --pid.")
    if rounds < 1:
        raise CommandError("--rounds must be 1 or more.")
    server = Server(url, pid) if url and pid else None
    run = measure(rounds=rounds, only=only or (), seed=seed, running=server, say=say)
    if json:
        json.write_text(_text(run), encoding="utf-8")
    return run


def _read(path: Path) -> dict[str, Any]:
    try:
        run = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"{path}: {error}") from None
    if not isinstance(run, dict) or run.get("format") != report.FORMAT:
        raise CommandError(f"{path} is no measurement of this kind.")
    return run


def _text(run: dict[str, Any]) -> str:
    return json.dumps(run, ensure_ascii=False, indent=1) + "\n"
