"""Reads pillars, principles, objectives and enablers from `data/reference.json` for the load of reference data."""

import json
from collections.abc import Iterable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from focalpoints.models import User
from focalpoints.reference import STRATEGY_PRESENTED, FileRow, FileTable
from principles.actions import correct, define
from principles.models import Bilingual, Enabler, Objective, Pillar, Principle

RECOMMENDATION_ADOPTED = date(2014, 7, 15)  # source: OECD/LEGAL/0406, and the OECD sheet's timeline
REFERENCE = Path(__file__).parent / "data" / "reference.json"


def printed(section: str) -> list[dict[str, Any]]:
    """The rows of a section of the file."""
    return json.loads(REFERENCE.read_text(encoding="utf-8"))[section]


class Numbered[Stored: Bilingual](FileTable[Stored]):
    """A table of the file whose rows are identified by their number."""

    model: type[Stored]
    # The day that the rows are dated by.
    day: date = STRATEGY_PRESENTED

    def __init__(self) -> None:
        self.stored = {str(row.number): row for row in self.model._default_manager.all()}  # type: ignore[attr-defined]

    def printed(self) -> Iterable[dict[str, Any]]:
        return printed(self.label)

    def rows(self) -> Iterable[FileRow]:
        for row in self.printed():
            yield FileRow(str(row["number"]), self.day, partial(self.facts, row))

    def facts(self, row: dict[str, Any]) -> dict[str, Any]:
        raise NotImplementedError

    def add(self, code: str, facts: dict[str, Any], *, by: User) -> Stored:
        return define(self.model(number=int(code), **facts), by=by)

    def correct(self, row: Stored, changes: dict[str, Any], *, by: User) -> None:
        correct(row, by=by, **changes)


class Pillars(Numbered[Pillar]):
    label, subject_type, model = "pillars", "pillar", Pillar
    day = RECOMMENDATION_ADOPTED

    def facts(self, row: dict[str, Any]) -> dict[str, Any]:
        return {name: row[name] for name in ("title_es", "title_en", "source")}


class Principles(Numbered[Principle]):
    label, subject_type, model = "principles", "principle", Principle
    day = RECOMMENDATION_ADOPTED
    source = "OECD/LEGAL/0406, as printed in the OECD sheet; Spanish and short titles are this project's own"

    def facts(self, row: dict[str, Any]) -> dict[str, Any]:
        titles = {name: row[name] for name in ("title_es", "title_en", "short_es", "short_en")}
        return {**titles, "pillar": Pillar.objects.get(number=row["pillar"]), "source": self.source}


class Objectives(Numbered[Objective]):
    label, subject_type, model = "objectives", "objective", Objective

    def __init__(self) -> None:
        self.stored = {str(row.number): row for row in Objective.objects.filter(parent=None)}

    def facts(self, row: dict[str, Any]) -> dict[str, Any]:
        return {"title_es": row["name_es"], "title_en": row["name_en"], "source": row["name_es_source"]}


class SecondaryObjectives(Numbered[Objective]):
    label, subject_type, model = "secondary objectives", "secondary objective", Objective

    def __init__(self) -> None:
        self.stored = {str(row.number): row for row in Objective.objects.exclude(parent=None).select_related("parent")}

    def printed(self) -> Iterable[dict[str, Any]]:
        for objective in printed("objectives"):
            for row in objective["secondary_objectives"]:
                yield {**row, "objective": objective["number"]}

    def facts(self, row: dict[str, Any]) -> dict[str, Any]:
        return {
            "parent": Objective.objects.get(parent=None, number=row["objective"]),
            "title_es": row["title_es"],
            "source": f"{row['source']}; its objective: {row['objective_mapping']}",
        }


class Enablers(Numbered[Enabler]):
    label, subject_type, model = "enablers", "enabler", Enabler

    def facts(self, row: dict[str, Any]) -> dict[str, Any]:
        source = f"catalogue of a federal project portfolio, 2017: «{row['catalogue_label_es']}»"
        return {"title_es": row["name_es"], "title_en": row["name_en"], "source": source}
