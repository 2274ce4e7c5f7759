"""The ledger's entries as a table: their public texts, with all that a stranger needs to compute the chain again."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from focalpoints.models import Entry
from focalpoints.models.entry import EntryQuerySet, folio
from focalpoints.tables.column import Column
from focalpoints.tables.table import Table, TableReader, TableRow
from focalpoints.tables.xlsx_file import counted

AT_ONCE = 1000
FOLIO = Column("folio", _("Folio"), "code")
AT = Column("at", _("Date and time"), "instant", describes=_("Business time."))
SUBJECT_TYPE = Column("subject_type_code", _("About what (code)"), "code")
SUBJECT = Column("subject", _("Code"), "code")
VERB = Column("verb", _("What happened (code)"), "code")
COLUMNS = (
    Column("seq", _("Number"), "integer"),
    FOLIO,
    AT,
    Column("recorded_at", _("Recorded"), "instant", describes=_("What the server's clock said.")),
    SUBJECT_TYPE,
    SUBJECT,
    Column("nth", _("Number among those of its subject"), "integer"),
    Column("dossier", _("Dossier"), "code", describes=_("The file that the event belongs to, such as commitment:MC-250K.")),
    VERB,
    Column("office_code", _("Office that acted (code)"), "code"),
    Column("hash", _("Hash"), "code", describes=_("SHA-256 of the text.")),
    Column("digest", _("Digest"), "code", describes=_("SHA-256 of the digest before, a line feed and the hash.")),
    Column("text", _("Text"), "text", describes=_("The entry itself, to the letter.")),
)  # fmt: skip
# What events are told by in words.
ABOUT_EVENT = (
    Column("seq", _("Number of the entry"), "integer"),
    FOLIO,
    AT,
    SUBJECT_TYPE,
    Column("subject_type", _("About what"), "text"),
    SUBJECT,
    VERB,
    Column("what", _("What happened"), "text"),
)
READ = (
    "seq", "at", "recorded_at", "subject_type", "subject", "nth", "dossier", "verb", "office", "hash", "digest", "text"
)  # fmt: skip


def entry_rows(rows: EntryQuerySet) -> Iterator[TableRow]:
    """In their order."""
    for seq, at, recorded_at, *rest in rows.order_by("seq").values_list(*READ).iterator(chunk_size=AT_ONCE):
        yield seq, folio(seq, rest[6]), at, recorded_at, *rest


def _all(reader: TableReader) -> Iterator[TableRow]:
    return entry_rows(Entry.objects.all())


ENTRIES = Table(
    "entries",
    _("Ledger entries"),
    _("The public text of every entry of the ledger, with its hash and the running digest."),
    COLUMNS,
    _all,
    download="focalpoints:entry_download",
    count=lambda: counted(Entry.objects.all()),
    is_in_dump=False,
)
