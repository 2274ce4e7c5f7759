"""What a page of found things shows: for each kind how many there are, and the best of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils.translation import get_language

from focalpoints.rules import Person
from projects.models import SearchDocument
from projects.search.engine import MOST_COUNTED, RANKED, FoundRow, found_rows
from projects.search.terms import Terms, terms_of

__all__ = [
    "HITS",
    "KINDS",
    "MOST_COUNTED",
    "RANKED",
    "Found",
    "KindFound",
    "Terms",
    "found_of",
    "found_of_each_kind",
    "saying",
    "terms_of",
]

HITS = 20  # on a page of one kind: each has its passage, and what it belongs to
# In the order in which a page shows them.
KINDS = ("commitment", "task", "project", "agency", "principle", "follow-up")


class FoundAgency(NamedTuple):
    key: str
    short_name: str


class Found(NamedTuple):
    """A thing that was found. `text` is the passage to show; `url_args` leads to its page, or a follow-up's to that of its task.

    `parent` is what it belongs to: a follow-up's task, a task's commitment, a commitment's project; `above` is that one's own.
    """

    kind: str
    code: str
    title: str
    language: str
    text: str
    agencies: tuple[FoundAgency, ...]
    parent_code: str
    parent_title: str
    parent_language: str
    above_code: str
    above_title: str
    above_language: str
    url_args: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KindFound:
    """What was found of one kind. `count` stops at MOST_COUNTED (`is_more`); with `is_ranked_part` only the newest RANKED can be shown."""

    kind: str
    count: int
    is_more: bool
    rows: list[Found]
    is_ranked_part: bool


def saying(rows: QuerySet, kind: str, text: str, to: str = "pk") -> QuerySet:
    """Those of these rows whose document says all that was typed; none where there is no letter in it. `to` leads to the kind's key."""
    terms = terms_of(text)
    if terms.is_empty:
        return rows.none()
    return rows.filter(**{f"{to}__in": SearchDocument.objects.saying(kind, terms)})


def found_of_each_kind(terms: Terms, user: Person, many: int = 5) -> list[KindFound]:
    """The best `many` of each kind, in the order of KINDS; also of kinds of which there is none."""
    rows = [] if terms.is_empty else found_rows(terms, KINDS, user, 0, many)
    return [_kind_found(kind, [row for row in rows if row.kind == kind]) for kind in KINDS]


def found_of(terms: Terms, kind: str, user: Person, page: int = 1) -> KindFound:
    """A page of one kind, HITS rows each. Beyond the last page there are no rows, and the count is 0."""
    first = (page - 1) * HITS
    if terms.is_empty or first >= RANKED:
        return _kind_found(kind, [])
    return _kind_found(kind, found_rows(terms, [kind], user, first, HITS))


def _kind_found(kind: str, rows: Sequence[FoundRow]) -> KindFound:
    count = rows[0].matches if rows else 0
    return KindFound(
        kind, min(count, MOST_COUNTED), count > MOST_COUNTED, [_found(row) for row in rows], count > RANKED
    )


def _found(row: FoundRow) -> Found:
    title, text, language = row.title, row.text, row.language
    if row.kind == "principle":  # a line in each language
        language = "en" if (get_language() or "").startswith("en") else "es"
        title, text = (lines.splitlines()[language == "en"] for lines in (title, text))
    return Found(
        row.kind, row.code, title, language, text, tuple(FoundAgency(*agency) for agency in row.agencies),
        row.parent_code or "", row.parent_title or "", row.parent_language or "", row.above_code or "",
        row.above_title or "", row.above_language or "",
        url_args=(row.parent_code or "",) if row.kind == "follow-up" else (row.code,),
    )  # fmt: skip
