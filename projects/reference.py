"""The strategy's projects, the activities that the OECD sheet prints, and the commitments, as the files in `data/` have them."""

import calendar
from collections.abc import Iterable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from focalpoints.models import User
from focalpoints.reference import STRATEGY_PRESENTED, FileRow, FileTable, agency_called, read_csv
from principles.models import Enabler, Objective, Principle
from projects.actions import (
    correct_activity,
    correct_commitment,
    correct_project,
    create_commitment,
    create_project,
    link_activity,
    set_first_date,
)
from projects.models import Activity, Commitment, Project, Request

DATA = Path(__file__).parent / "data"
# `edn_portal/reference.py` gives the source of each of these days.
SHEET = date(2015, 7, 1)
ICT_POLICY = date(2014, 5, 9)
OPEN_DATA_POLICY = date(2014, 7, 1)
PROJECT_DAYS = {
    "edn": STRATEGY_PRESENTED,
    "cedn": STRATEGY_PRESENTED,
    "pgcm": STRATEGY_PRESENTED,
    "reforma-telecomunicaciones": STRATEGY_PRESENTED,
    "politica-tic": ICT_POLICY,
    "politica-datos-abiertos": OPEN_DATA_POLICY,
    "decreto-ventanilla-unica": date(2015, 2, 3),
    "decreto-datos-abiertos": date(2015, 2, 20),
}
COMMITMENT_DAYS = {  # by the beginning of the code
    "REF-": STRATEGY_PRESENTED,
    "TIC-": ICT_POLICY,
    "PDA": OPEN_DATA_POLICY,
    "MC-": SHEET,
    "PA15-": date(2015, 9, 17),
    "MX": date(2019, 1, 1),
}
OF_THE_SHEET = (
    "Ficha de la OCDE, tabla de principios y actividades; "
    "el tipo, la dependencia o entidad líder, el objetivo y el habilitador los asignó este portal"
)


class Projects(FileTable[Project]):
    label, subject_type = "projects", "project"

    def __init__(self) -> None:
        related = Project.objects.select_related("lead_agency", "objective", "enabler")
        self.stored = {project.slug: project for project in related}

    def rows(self) -> Iterable[FileRow]:
        for row in read_csv(DATA / "projects.csv"):
            yield FileRow(row["slug"], PROJECT_DAYS.get(row["slug"], SHEET), partial(self.facts, row))

    def facts(self, row: dict[str, str]) -> dict[str, Any]:
        objective, enabler = row["objective"], row["enabler"]
        return {
            "title": row["title"],
            "kind": row["kind"],
            "lead_agency": agency_called(row["lead_agency"]),
            "objective": Objective.objects.get(parent=None, number=objective) if objective else None,
            "enabler": Enabler.objects.get(number=enabler) if enabler else None,
            "note": row["note"],
            "source": OF_THE_SHEET,
        }

    def add(self, code: str, facts: dict[str, Any], *, by: User) -> Project:
        return create_project(by=by, slug=code, **facts)

    def correct(self, row: Project, changes: dict[str, Any], *, by: User) -> None:
        correct_project(row, by=by, revision=row.revision, **changes)


class Activities(FileTable[Activity]):
    label, subject_type = "links of projects to principles", "activity"

    def __init__(self) -> None:
        related = Activity.objects.select_related("principle", "project")
        self.stored = {f"{activity.principle.number}.{activity.order}": activity for activity in related}

    def rows(self) -> Iterable[FileRow]:
        for row in read_csv(DATA / "activities.csv"):
            yield FileRow(f"{row['principle']}.{row['order']}", SHEET, partial(self.facts, row))

    def facts(self, row: dict[str, str]) -> dict[str, Any]:
        return {
            "project": Project.objects.get(slug=row["project"]),
            "as_printed": row["as_printed"],
            "language": row["language"],
        }

    def add(self, code: str, facts: dict[str, Any], *, by: User) -> Activity:
        principle, order = code.split(".")
        return link_activity(principle=Principle.objects.get(number=principle), order=int(order), by=by, **facts)

    def correct(self, row: Activity, changes: dict[str, Any], *, by: User) -> None:
        correct_activity(row, by=by, **changes)


class Commitments(FileTable[Commitment]):
    label, subject_type = "commitments", "commitment"

    def __init__(self) -> None:
        related = Commitment.objects.select_related("project").prefetch_related("agencies")
        self.stored = {commitment.code: commitment for commitment in related}
        self.dated_by_people = set(
            Request.objects.of_commitments().decided_by_people().values_list("commitment__code", flat=True)
        )

    def rows(self) -> Iterable[FileRow]:
        for row in read_csv(DATA / "commitments.csv"):
            on = next(day for beginning, day in COMMITMENT_DAYS.items() if row["code"].startswith(beginning))
            yield FileRow(row["code"], on, partial(self.facts, row))

    def facts(self, row: dict[str, str]) -> dict[str, Any]:
        recurrence, month = recurrence_of(row["recurrence"])
        dates = (
            {}
            if row["code"] in self.dated_by_people
            else {"due": date.fromisoformat(row["due"]) if row["due"] else None}
        )
        return {
            **dates,
            "project": Project.objects.get(slug=row["project"]),
            "title": row["title"],
            "language": "en" if row["code"].startswith("MX") else "es",
            **bound_by(row["agencies"]),
            "starts": date.fromisoformat(row["start"]) if row["start"] else None,
            "recurrence": recurrence,
            "recurrence_month": month,
            "printed_status": row["printed_status"],
            "note": row["note"],
            "source": row["source"],
        }

    def value(self, row: Commitment, name: str) -> Any:
        if name == "agencies":
            return sorted(row.agencies.all(), key=lambda agency: agency.pk)
        return super().value(row, name)

    def add(self, code: str, facts: dict[str, Any], *, by: User) -> Commitment:
        return create_commitment(by=by, code=code, **facts)

    def correct(self, row: Commitment, changes: dict[str, Any], *, by: User) -> None:
        if row.due is None and "due" in changes:
            set_first_date(row, by=by, due=changes.pop("due"), reason=changes.get("source") or row.source)
        if changes:
            correct_commitment(row, by=by, revision=row.revision, **changes)


def bound_by(agencies: str) -> dict[str, Any]:
    """The column `agencies`: `*` for all, nothing where none was published, else acronyms or keys separated by `|`."""
    if agencies == "*":
        return {"binds": Commitment.Binds.ALL, "agencies": []}
    if not agencies:
        return {"binds": Commitment.Binds.NONE_PUBLISHED, "agencies": []}
    named = [agency for name in agencies.split("|") if (agency := agency_called(name))]
    return {"binds": Commitment.Binds.NAMED, "agencies": sorted(named, key=lambda agency: agency.pk)}


def recurrence_of(printed: str) -> tuple[str, int | None]:
    """The column `recurrence`: "quarterly", "yearly, October" or nothing."""
    recurrence, _comma, month = printed.partition(", ")
    return Commitment.Recurrence(recurrence), list(calendar.month_name).index(month) if month else None
