"""The messages of reminders that were sent, and who answers for whom in the coordination office."""

from collections.abc import Iterable, Iterator

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from focalpoints.exports.exported import private_table
from focalpoints.models import Portfolio
from focalpoints.tables.column import Column
from focalpoints.tables.table import TableRow
from projects.models import DailyMessage
from projects.models.reminders import DailyMessageQuerySet
from projects.reminders.alarms import advice_on

AT_ONCE = 1000
SENT_COLUMNS = (
    Column("day", _("Day"), "date"),
    Column("addressee", _("Person"), "text", describes=_("Or the office of an agency's head.")),
    Column("addressee_code", _("Person (code)"), "code"),
    Column("state_code", _("Outcome (code)"), "code"),
    Column("state", _("Outcome"), "text"),
    Column("sent_at", _("Sent"), "instant"),
    Column("next_attempt_at", _("Next attempt"), "instant"),
    Column("advice", _("What to do"), "text"),
    Column("items", _("Items"), "integer"),
    Column("url", _("Page"), "url"),
)
PORTFOLIO_COLUMNS = (
    Column("coordinator", _("Coordinator"), "text"),
    Column("sectors", _("Whole sectors"), "list"),
    Column("agencies", _("Agencies"), "list"),
)


def sent_rows(messages: DailyMessageQuerySet) -> Iterator[TableRow]:
    """With `said`, how many items each has."""
    for row in messages.iterator(chunk_size=AT_ONCE):
        advice = "" if row.state == DailyMessage.State.SENT else str(advice_on(row))
        url = settings.BASE_URL + reverse("projects:reminder_sent", args=[row.day, row.addressee_code])
        yield (
            row.day, row.addressee, row.addressee_code, row.state, str(row.get_state_display()), row.sent_at,
            row.next_attempt_at, advice, row.said, url,  # type: ignore[attr-defined]  # annotated
        )  # fmt: skip


def portfolio_rows(portfolios: Iterable[Portfolio]) -> Iterator[TableRow]:
    for row in portfolios:
        sectors, agencies = (
            tuple(agency.short_name for agency in taken.all()) for taken in (row.sectors, row.agencies)
        )
        yield row.person.name, sectors, agencies


SENT = private_table(
    "reminders-sent",
    _("Reminders that were sent"),
    _("Each message of reminders, and what became of it."),
    SENT_COLUMNS,
)
PORTFOLIOS = private_table(
    "portfolios", _("Who answers for whom in the coordination office"), _("The portfolios in force."), PORTFOLIO_COLUMNS
)
