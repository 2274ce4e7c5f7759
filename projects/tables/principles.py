"""The twelve principles, each with what was promised under it."""

from collections.abc import Iterator

from django.conf import settings
from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from focalpoints.tables.column import Column
from focalpoints.tables.table import Table, TableRow
from principles.models import Principle
from projects.reading.day import Day
from projects.reading.principles import tally_of_principle
from projects.tables.objectives import NAMED
from projects.tables.tallies import TALLY_COLUMNS, tally_values

COLUMNS = (
    *NAMED,
    Column("short_title_es", _("Short title in Spanish"), "text"),
    Column("short_title_en", _("Short title in English"), "text"),
    Column("pillar", _("Number of the pillar"), "integer"),
    Column("pillar_es", _("Pillar"), "text"),
    Column(
        "activities",
        _("Activities"),
        "integer",
        describes=_("With which the strategy's sheet says that Mexico answers."),
    ),
    *TALLY_COLUMNS,
    Column("url", _("Page"), "url"),
)


def principle_rows() -> Iterator[TableRow]:
    """A commitment counts under each principle that its project serves. One query for each."""
    today = Day.today()
    for row in Principle.objects.select_related("pillar").annotate(activity_count=Count("activities")):
        url = settings.BASE_URL + reverse("projects:principle_detail", args=[row.number])
        yield (
            row.number, row.title_es, row.title_en, row.short_es, row.short_en, row.pillar.number, row.pillar.title_es,
            row.activity_count, *tally_values(tally_of_principle(row.pk, today)), url,
        )  # fmt: skip


PRINCIPLES = Table(
    "principles", _("Principles"), _("The twelve principles, each with what was promised under it, added up."), COLUMNS,
    lambda reader: principle_rows(), download="projects:principle_download",
)  # fmt: skip
