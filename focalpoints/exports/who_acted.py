"""Who did what to agencies and accounts, as the administrators' pages of each tell it."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from focalpoints.exports.exported import private_table
from focalpoints.ledger.vocabulary import subject_in_words
from focalpoints.models import Entry
from focalpoints.models.entry import EntryQuerySet
from focalpoints.tables.column import Column
from focalpoints.tables.table import TableRow
from focalpoints.tables_of_the_ledger import ABOUT_EVENT
from focalpoints.workflow import sentence_of

AT_ONCE = 1000
# Of these administrators see who acted; of all others everybody sees the office alone.
SEEN = ("agency", "person")
COLUMNS = (*ABOUT_EVENT, Column("who", _("Who"), "text"))


def who_acted_rows(entries: EntryQuerySet) -> Iterator[TableRow]:
    """The latest first."""
    for entry in entries.select_related("by").order_by("-seq").iterator(chunk_size=AT_ONCE):
        yield (
            entry.seq, entry.folio, entry.at, entry.subject_type, str(subject_in_words(entry.subject_type)),
            entry.subject, entry.verb, str(sentence_of(entry.subject_type, entry.verb)), entry.by.name,
        )  # fmt: skip


def seen_entries() -> EntryQuerySet:
    return Entry.objects.filter(subject_type__in=SEEN)


WHO_ACTED = private_table(
    "who-acted",
    _("Who did what"),
    _("The ledger's entries about agencies and accounts, with the person who acted."),
    COLUMNS,
)
