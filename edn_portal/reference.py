"""Loads the reference data of the apps' `data/` folders. The system account adds or corrects each row by a verb, the oldest first.

Each row is dated by its own document, so that the portal can show days since the strategy began:

| day        | what                                                     | why that day                                                   |
|------------|----------------------------------------------------------|----------------------------------------------------------------|
| 2013-11-25 | agencies, objectives, enablers, the projects EDN, CEDN,  | the strategy was presented (the sheet's timeline); the PGCM    |
|            | PGCM and Reforma de Telecomunicaciones, commitments REF-*| (DOF 2013-08-30) and the reform (DOF 2013-06-11) came before it|
| 2014-05-09 | Política TIC and its commitments TIC-*                   | the Acuerdo of DOF 2014-05-08 in force                         |
| 2014-07-01 | Política Nacional de Datos Abiertos, commitment PDA      | start printed in WSIS Stocktaking (itu.int, 1422667226)        |
| 2014-07-15 | pillars, principles                                      | the OECD Council adopted the Recommendation (OECD/LEGAL/0406)  |
| 2015-02-03 | Decreto Ventanilla Única Nacional                        | DOF                                                            |
| 2015-02-20 | Decreto Regulación en materia de Datos Abiertos          | DOF                                                            |
| 2015-07-01 | all other projects, the printed activities, MC-*         | the sheet has no day; it calls 2015 "this year" and prints the |
|            |                                                          | decrees of February 2015: the middle of the year stands for it |
| 2015-09-17 | commitments PA15-*                                       | the Presidency's statement that their printed status repeats   |
| 2019-01-01 | commitments MX*                                          | first year of the OGP plan 2019-2022                           |

"The sheet" is the OECD good-practice sheet. A row dated after today is loaded with today's date or the last one before it: so the
demonstration, in October 2018, shows the plan of 2019 too, with its note "after the EDN period".
"""

from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from django.db import transaction

from focalpoints import clock
from focalpoints.actions import ensure_system
from focalpoints.models import Entry, User
from focalpoints.reference import Agencies, FileRow, FileTable
from focalpoints.workflow import NotPossible
from principles.reference import Enablers, Objectives, Pillars, Principles, SecondaryObjectives
from projects.reference import Activities, Commitments, Projects

# Rows of one day are loaded in this order: each table refers only to those before it.
TABLES: tuple[type[FileTable], ...] = (
    Agencies, Pillars, Principles, Objectives, SecondaryObjectives, Enablers, Projects, Activities, Commitments,
)  # fmt: skip


class LoadOutcome(StrEnum):
    """What the load did with a row."""

    ADDED = "added"
    CORRECTED = "corrected"
    LEFT = "left as people corrected them"
    UNCHANGED = "unchanged"


class RefusedRow(Exception):
    """A verb refused a row of the files. Nothing was loaded."""


@transaction.atomic
def load() -> dict[str, Counter[LoadOutcome]]:
    """Load everything, or nothing. A second load changes only what the files changed since. Returns the number of rows by outcome."""
    tables = [table() for table in TABLES]
    happened: dict[str, Counter[LoadOutcome]] = {table.label: Counter() for table in tables}
    steps = sorted(oldest_first(tables), key=lambda step: step[1].on)
    days = [row.on for _table, row in steps if row.on <= clock.today()] or [clock.today()]
    with clock.at(clock.start_of(days[0])):
        system = ensure_system()
    corrected = corrected_by_people(tables)
    for table, row in steps:
        with clock.at(clock.start_of(min(row.on, days[-1]))):
            try:
                outcome = add_or_correct(table, row, by=system, is_free=(table.subject_type, row.code) not in corrected)
            except NotPossible as error:
                raise RefusedRow(f"{table.label}, {row.code}: {error}") from error
        happened[table.label][outcome] += 1
    return happened


def oldest_first(tables: list[FileTable]) -> Iterator[tuple[FileTable, FileRow]]:
    for table in tables:
        for row in table.rows():
            yield table, row


def add_or_correct(table: FileTable[Any], row: FileRow, *, by: User, is_free: bool) -> LoadOutcome:
    """Add the row, or correct it to what the file says; not when people have corrected it (`is_free` is false)."""
    facts, stored = row.facts(), table.stored.get(row.code)
    if stored is None:
        table.stored[row.code] = table.add(row.code, facts, by=by)
        return LoadOutcome.ADDED
    changes = {name: value for name, value in facts.items() if table.value(stored, name) != value}
    if not changes:
        return LoadOutcome.UNCHANGED
    if not is_free:
        return LoadOutcome.LEFT
    table.correct(stored, changes, by=by)
    return LoadOutcome.CORRECTED


def corrected_by_people(tables: list[FileTable]) -> set[tuple[str, str]]:
    """Type and code of the rows that somebody corrected on the site: a load does not undo that."""
    by_people = Entry.objects.exclude(office="system").filter(subject_type__in=[table.subject_type for table in tables])
    return set(by_people.values_list("subject_type", "subject"))
