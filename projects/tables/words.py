"""Columns and words that several tables share, and the day of which they tell."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from focalpoints.pages.addresses import address
from focalpoints.tables.column import DAYS, Column
from focalpoints.tables.table import TableReader
from projects.reading.day import Day

ROWS_READ_AT_ONCE = 2000
LIGHT = (
    Column("light_code", _("Light (code)"), "code", describes=_("The traffic light as the rule gives it on that day.")),
    Column("light", _("Light"), "text", describes=_("The same in words.")),
)
FICTIONAL = Column("is_fictional", _("Fictional"), "boolean", describes=_("Made up for a demonstration."))

DATES_AND_PROGRESS = (
    Column("starts", _("Start"), "date"),
    Column("due", _("Due date"), "date"),
    Column("baseline_due", _("First due date"), "date"),
    Column("moves", _("Moves of its date"), "integer"),
    Column("slippage_days", _("Days moved"), "integer", DAYS, _("From the first due date; less than 0: brought forward.")),
    Column("waited_days", _("Days given back"), "integer", DAYS, _("For which the coordination office kept it waiting.")),
    Column("days_overdue", _("Days overdue"), "integer", DAYS, _("Past its due date and the days given back; empty where it is not.")),
    Column("scope_changes", _("Changes of scope"), "integer"),
    Column("claimed", _("Claimed"), "percent", "%", _("What the agencies reported last.")),
    Column("claimed_on", _("Claimed on"), "date"),
    Column("verified", _("Verified"), "percent", "%", _("What the coordination office accepted.")),
    Column("verified_on", _("Verified on"), "date"),
    Column("quiet_since", _("Quiet since"), "date", describes=_("Since when nothing was heard of it.")),
)  # fmt: skip
# The same, as fields of a commitment or a task, but for `days_overdue`, which follows from `light_due` and the light.
BEFORE_OVERDUE = ("starts", "due", "baseline_due", "moves", "slippage_days", "waited_days")
AFTER_OVERDUE = (
    "scope_changes", "claimed_progress", "claimed_on", "verified_progress", "verified_on", "quiet_since"
)  # fmt: skip


def words_of(choices: Mapping[str, Any] | Any) -> dict[str, str]:
    """Codes and their words in the language of the moment."""
    return {str(code): str(word) for code, word in (choices.items() if isinstance(choices, Mapping) else choices)}


def day_of(reader: TableReader) -> Day:
    """The day of which the whole of a table is read."""
    return Day.past(reader.on) if reader.on else Day.today()


def around_code(name: str, query: str = "") -> tuple[str, str]:
    """What stands before and after the code in the address of its page. `query` is a day's (`Day.query`)."""
    before, after = (settings.BASE_URL + address(name, "\0") + query).split(quote("\0"))
    return before, after
