"""The cockpit as a file: each number with its definition and the list that it opens, then each sector's tasks by light."""

from collections.abc import Iterator
from datetime import date

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from focalpoints.exports.exported import private_table
from focalpoints.pages.addresses import page
from focalpoints.tables.column import Column
from focalpoints.tables.table import TableRow
from focalpoints.templatetags.edn import status_word
from projects.reading.attention import Attention
from projects.reading.figures import in_order
from projects.tables.attention import SAID, tiles
from projects.tables.figure_words import BY_LIGHT, UNITS

COLUMNS = (
    Column("code", _("Code"), "code", describes=_("The same on every day and in every language.")),
    Column("title", _("Figure"), "text"),
    Column("sector", _("Sector"), "text", describes=_("Empty for a number of the whole part of the strategy.")),
    Column("value", _("Value"), "integer"),
    Column("unit", _("Unit"), "text"),
    Column("day", _("Day"), "date"),
    Column("definition", _("Definition"), "text"),
    Column("url", _("Page"), "url", describes=_("The list of exactly what the figure counts.")),
)


def attention_rows(found: Attention, query: str, of_a_sector: str, on: date) -> Iterator[TableRow]:
    """`query` is the part of the strategy as the lists' addresses say it, `of_a_sector` the same without its sector."""
    for tile in tiles(found.numbers, query):
        words = SAID[tile.name]
        url = settings.BASE_URL + tile.url
        yield tile.name, str(words.title), "", tile.number, str(UNITS[words.unit]), on, str(words.definition), url
    tasks, more = settings.BASE_URL + page("projects:task_list"), f"&{of_a_sector}" if of_a_sector else ""
    for sector in found.sectors:
        for light, number in in_order(sector.lights):
            if number:
                url = f"{tasks}?light={light}&sector={sector.key}{more}"
                said = _("Tasks: %(light)s") % {"light": status_word(light)}
                name = sector.acronym or sector.name
                yield f"tasks_light_{light}", said, name, number, str(UNITS["tasks"]), on, str(BY_LIGHT), url


ATTENTION_TABLE = private_table(
    "attention",
    _("Dashboard"),
    _("What asks for attention in the strategy or in a part of it, and the tasks of each sector by light."),
    COLUMNS,
)
