"""Every approved move of a date, one row each."""

from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from focalpoints.ledger.vocabulary import subject_in_words
from focalpoints.pages.addresses import address
from focalpoints.tables.column import DAYS, Column
from focalpoints.tables.table import Table, TableReader, TableRow
from focalpoints.tables.xlsx_file import counted
from projects.models import Request
from projects.reading.slippage import LATEST_FIRST, public
from projects.tables.figure_words import ALONE
from projects.tables.words import words_of

COLUMNS = (
    Column("code", _("Code"), "code", describes=_("Of the request that was approved.")),
    Column("kind_code", _("Kind (code)"), "code", describes=_("“task” or “commitment”: whose date moved.")),
    Column("kind", _("Kind"), "text"),
    Column("item", _("Code of the task or commitment"), "code"),
    Column("commitment", _("Commitment (code)"), "code"),
    Column("title", _("Title"), "text"),
    Column("language", _("Language of the title"), "code"),
    Column("agency", _("Agency"), "text", describes=_("Which asked: its acronym, or its name where there is none.")),
    Column("agency_key", _("Agency (key)"), "code"),
    Column("from", _("Date until then"), "date"),
    Column("to", _("New date"), "date"),
    Column(
        "days_moved", _("Days"), "integer", DAYS, _("From the old date to the new one; negative when brought forward.")
    ),
    Column("category_code", _("Category of the reason (code)"), "code"),
    Column("category", _("Category of the reason"), "text"),
    Column(
        "days_late_at_approval",
        _("Days late"),
        "integer",
        DAYS,
        _("How long the old date had passed when the new one was approved."),
    ),
    Column(
        "commitment_from",
        _("The commitment's date until then"),
        "date",
        describes=_("Where the commitment's date moved along."),
    ),
    Column("commitment_to", _("The commitment's new date"), "date"),
    Column("asked_at", _("Asked"), "instant"),
    Column("decided_at", _("Decided"), "instant"),
    Column("decided_by", _("Office that decided"), "code"),
    Column("decided_alone", _("Decided alone"), "boolean", describes=ALONE),
    Column("url", _("Page"), "url"),
)
READ = (
    "code",
    "task__code",
    "commitment__code",
    "task__title",
    "commitment__title",
    "task__language",
    "commitment__language",
    "agency__acronym",
    "agency__name",
    "agency__key",
    "from_due",
    "to_due",
    "category",
    "days_late",
    "commitment_from",
    "commitment_to",
    "asked_at",
    "decided_at",
    "decided_alone",
)
# As the ledger names it: no other office decides.
OFFICE = "CEDN"


def moves(reader: TableReader | None = None) -> Iterator[TableRow]:
    """The latest first."""
    kinds = {kind: str(subject_in_words(kind)) for kind in ("task", "commitment")}
    categories = words_of(Request.Category.choices)
    rows = public(Request.objects.moves()).order_by(*LATEST_FIRST).values_list(*READ)
    for (
        code, task, commitment, task_title, title, task_language, language, acronym, agency, key, before, after, category,
        days_late, commitment_from, commitment_to, asked_at, decided_at, alone,
    ) in rows.iterator():  # fmt: skip
        yield (
            code, kind := "task" if task else "commitment", kinds[kind], task or commitment, commitment,
            task_title or title, task_language or language, acronym or agency or "", key or "", before, after,
            (after - before).days, category, categories[category], days_late, commitment_from, commitment_to, asked_at, decided_at, OFFICE,
            alone, settings.BASE_URL + address("projects:request_detail", code),
        )  # fmt: skip


MOVES = Table(
    "moves", _("Dates that moved"), _("Every approved move of a date of a commitment or task."), COLUMNS, moves,
    download="projects:move_download", count=lambda: counted(public(Request.objects.moves())),
)  # fmt: skip
