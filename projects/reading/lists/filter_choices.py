"""The sectors, objectives, principles and enablers by which lists can be filtered."""

from typing import Any

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from focalpoints.models import Agency
from focalpoints.pages.rows import language
from focalpoints.sql.prepared import prepared
from focalpoints.text import alphabetical
from focalpoints.workflow import StrOrPromise
from principles.models import Enabler, Objective, Principle
from projects.reading.lists.filter_form import NONE

CATALOGUED = ("sector", "objective", "principle", "enabler")
CatalogueRow = tuple[str, str, str, str, int]


@prepared()
def catalogue_rows() -> QuerySet[Any, CatalogueRow]:
    """One row each: kind, key, Spanish title or acronym, English title or name, number. One query."""

    def rows(kind: str, found: QuerySet, key: str, es: str, en: str) -> QuerySet:
        return found.order_by().values_list(Value(kind), Cast(key, CharField()), es, en, F("number"))

    heads = Agency.objects.registered().filter(parent=None).annotate(number=Value(0))
    return (
        rows("sector", heads, "key", "acronym", "name")
        .union(
            rows("objective", Objective.objects.filter(parent=None), "number", "title_es", "title_en"),
            rows("principle", Principle.objects.all(), "number", "short_es", "short_en"),
            rows("enabler", Enabler.objects.all(), "number", "title_es", "title_en"),
            all=True,
        )
        .order_by()
    )


def catalogue(found: list[CatalogueRow]) -> dict[str, list[tuple[str, StrOrPromise]]]:
    """The choices of the four filters, as key and title, from `catalogue_rows`."""
    choices: dict[str, list[tuple[str, StrOrPromise]]] = {name: [] for name in CATALOGUED}
    for kind, key, first, second, number in sorted(
        found, key=lambda row: (row[0], row[4], alphabetical(row[2] or row[3]))
    ):
        if kind == "sector":
            label = first or second
        else:
            label = f"{number}. {second if second and language() == 'en' else first}"
        choices[kind].append((key, label))
    choices["objective"].append((NONE, _("Not aligned")))
    return choices
