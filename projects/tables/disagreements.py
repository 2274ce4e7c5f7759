"""The commitments of which what was claimed, verified, assessed and printed disagree, and in what."""

from collections.abc import Iterator
from itertools import batched
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from focalpoints.pages.addresses import address
from focalpoints.tables.column import Column
from focalpoints.tables.table import Table, TableReader, TableRow
from focalpoints.templatetags.edn import status_word
from projects.forms.commitments import CommitmentFilter
from projects.reading.day import Day
from projects.reading.disagreements import ANY, CASES, cases_of
from projects.reading.lists.listed_rows import commitments_by_key
from projects.tables.words import day_of

AT_ONCE = 500
COLUMNS = (
    Column("code", _("Code"), "code"),
    Column("title", _("Title"), "text"),
    Column("language", _("Language of the title"), "code"),
    Column("light_code", _("Light (code)"), "code"),
    Column("light", _("Light"), "text"),
    Column("claimed", _("Claimed"), "percent", "%"),
    Column("verified", _("Verified"), "percent", "%"),
    Column("finding_code", _("Assessed (code)"), "code"),
    Column("finding", _("Assessed"), "text"),
    Column("printed_status", _("Status printed by the government"), "text"),
    *(Column(f"is_{name}", label, "boolean") for name, (label, _condition) in CASES.items()),
    Column("url", _("Page"), "url"),
)

SO = tuple(f"is_{name}" for name in CASES)


def disagreement_rows(filters: CommitmentFilter, day: Day) -> Iterator[TableRow]:
    """Of these commitments, or versions, of a day, in their order. Three queries for AT_ONCE of them, some more of a past day."""
    for part in batched(list(filters.qs.values_list("pk", flat=True)), AT_ONCE):
        found = {row["pk"]: row for row in cases_of(part, day)}
        for row in commitments_by_key(part, day):
            facts = found[row.pk]
            url = f"{settings.BASE_URL}{address('projects:commitment_detail', row.code)}{day.query}"
            yield (row.code, row.title, row.language, *_facts(facts), url)


def _facts(row: dict[str, Any]) -> Iterator[Any]:
    finding = row["finding"]
    yield from (
        row["light"],
        status_word(row["light"], "commitment"),
        row["claimed_progress"],
        row["verified_progress"],
    )
    yield from (finding, status_word(finding, "commitment") if finding else "", row["printed_status"])
    yield from (row[name] for name in SO)


def _all(reader: TableReader) -> Iterator[TableRow]:
    day = day_of(reader)
    query = QueryDict(urlencode({"disagreement": ANY}))
    return disagreement_rows(CommitmentFilter(query, CommitmentFilter.listed(day), on=day.on), day)  # type: ignore[arg-type]


DISAGREEMENTS = Table(
    "disagreements", _("Discrepancies"),
    _("Commitments of which what was claimed, verified, assessed and printed disagree, and in what."), COLUMNS, _all,
    download="projects:disagreement_download",
)  # fmt: skip
