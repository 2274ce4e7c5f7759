"""How reference data is brought into the record, and the agencies. Each app above has a `reference.py` with its own tables."""

import csv
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from django.db.models import Model

from focalpoints.actions import correct_agency, create_agency
from focalpoints.models import Agency, User

DATA = Path(__file__).parent / "data"
STRATEGY_PRESENTED = date(2013, 11, 25)  # the sheet's timeline: "the National Digital Strategy was presented"
# Inferred; medium sure: no source gives the strategy a last day. The sheet names its plan, the National Development Plan 2013-2018
# (high). By general knowledge of the law, not read again for this: a plan lasts no longer than its administration (Planning Act,
# article 21), and that one ended on this day (Constitution, article 83 as then in force: six years from 1 December). One published
# commitment has it as its due date (PDA, medium), five have later ones: a date beyond it is warned of, never refused.
STRATEGY_ENDS = date(2018, 11, 30)


@dataclass(frozen=True, slots=True)
class FileRow:
    """One row of a file: its code, the day its own document gives, and what the database should say of it.

    `facts` is asked when the row's turn has come, because it may name rows that were loaded just before.
    """

    code: str
    on: date
    facts: Callable[[], dict[str, Any]]


class FileTable[Stored: Model](ABC):
    """The rows of a file and the verbs that add and correct them."""

    label: ClassVar[str]
    subject_type: ClassVar[str]  # the ledger's name for a row
    stored: dict[str, Stored]

    @abstractmethod
    def rows(self) -> Iterable[FileRow]:
        """In an order in which each finds what it refers to."""

    @abstractmethod
    def add(self, code: str, facts: dict[str, Any], *, by: User) -> Stored: ...

    @abstractmethod
    def correct(self, row: Stored, changes: dict[str, Any], *, by: User) -> None: ...

    def value(self, row: Stored, name: str) -> Any:
        """What the database says now of one of the facts."""
        return getattr(row, name)


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def agency_called(name: str) -> Agency | None:
    """By acronym or key; None for no name. Raises Agency.DoesNotExist."""
    return Agency.objects.called(name).get() if name else None


class Agencies(FileTable[Agency]):
    label = "agencies"
    subject_type = "agency"

    def __init__(self) -> None:
        self.stored = {agency.key: agency for agency in Agency.objects.select_related("parent")}

    def rows(self) -> Iterable[FileRow]:
        printed = read_csv(DATA / "agencies.csv")
        for row in sorted(printed, key=lambda row: row["sector"] != ""):  # heads first
            yield FileRow(row["key"], STRATEGY_PRESENTED, partial(self.facts, row))

    def facts(self, row: dict[str, str]) -> dict[str, Any]:
        # By acronym, or by key for a head without one.
        heads = {agency.acronym or agency.key: agency for agency in self.stored.values()}
        return {
            "acronym": row["acronym"],
            "name": row["name"],
            "kind": row["kind"],
            "parent": heads[row["sector"]] if row["sector"] else None,
            "is_ministry": row["ministry"] == "yes",
            "in_catalogue": row["catalogue"] == "yes",
            "note": row["note"],
        }

    def add(self, code: str, facts: dict[str, Any], *, by: User) -> Agency:
        return create_agency(by=by, key=code, **facts)

    def correct(self, row: Agency, changes: dict[str, Any], *, by: User) -> None:
        correct_agency(row, by=by, revision=row.revision, **changes)
