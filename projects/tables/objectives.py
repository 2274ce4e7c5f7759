"""The objectives, each with what was promised under it, and the enablers."""

from collections.abc import Iterator

from django.conf import settings
from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from focalpoints.sql.spanish import InSpanish
from focalpoints.tables.column import Column
from focalpoints.tables.table import Table, TableReader, TableRow
from principles.models import Enabler, Objective
from projects.models import Project
from projects.reading.day import Day
from projects.reading.figures import by_objective, counts_of
from projects.tables.tallies import TALLY_COLUMNS, tally_values
from projects.tables.words import day_of

NAMED = (
    Column("number", _("Number"), "integer"),
    Column("title_es", _("Title in Spanish"), "text"),
    Column("title_en", _("Title in English"), "text", describes=_("Where the source has one.")),
)
OBJECTIVE_COLUMNS = (
    *NAMED,
    Column("secondary_es", _("Secondary objectives"), "list", describes=_("In Spanish.")),
    *TALLY_COLUMNS,
    Column("url", _("Page"), "url"),
)
ENABLER_COLUMNS = (*NAMED, Column("projects", _("Projects"), "list", describes=_("Their short addresses.")))


def objective_rows(day: Day) -> Iterator[TableRow]:
    """By number; what is aligned with none has no number and comes last."""
    [counts] = counts_of([day])
    rows = Objective.objects.filter(parent=None).prefetch_related("secondary")
    known = {objective.number: objective for objective in rows}
    for number, _title, _language, tally in by_objective(counts):
        if objective := known.get(number or 0):
            url = settings.BASE_URL + reverse("projects:objective_detail", args=[number]) + day.query
            secondary = tuple(line.title_es for line in objective.secondary.all())
            yield number, objective.title_es, objective.title_en, secondary, *tally_values(tally), url
        else:
            yield None, "", "", (), *tally_values(tally), ""


def enabler_rows() -> Iterator[TableRow]:
    projects = Prefetch("projects", Project.objects.order_by(InSpanish("title")))
    for enabler in Enabler.objects.prefetch_related(projects):
        slugs = tuple(project.slug for project in enabler.projects.all())
        yield enabler.number, enabler.title_es, enabler.title_en, slugs


OBJECTIVES = Table(
    "objectives", _("Objectives"), _("The objectives, each with what was promised under it, added up."),
    OBJECTIVE_COLUMNS,
    lambda reader: objective_rows(day_of(reader)), download="projects:objective_download",
)  # fmt: skip


def _enablers(reader: TableReader) -> Iterator[TableRow]:
    return enabler_rows()


ENABLERS = Table(
    "enablers", _("Enablers"), _("What the objectives stand on, with the projects linked to each."), ENABLER_COLUMNS,
    _enablers, download="projects:enabler_download",
)  # fmt: skip
