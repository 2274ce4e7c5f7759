"""How each database finds what was asked for: of several kinds at once, in one question.

Of each kind the newest RANKED matches are sorted by how well they match, and all are counted up to MOST_COUNTED.
"""

import json
from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection

from focalpoints.models import User
from focalpoints.rules import Person, is_coordinator
from projects.models.search_document import TABLE, WORDS
from projects.search.terms import Terms

RANKED = 1000
MOST_COUNTED = 10_000
# What a row of each kind belongs to (`SearchDocument.parent_key`).
PARENTS = {"commitment": "project", "task": "commitment", "follow-up": "task"}

_SHOWN = """
    d.code, d.title, d.language, d.text, d.agencies, p.code, p.title, p.language, g.code, g.title, g.language
    FROM page JOIN {table} d ON d.id = page.id
    LEFT JOIN {table} p ON p.kind = {parent} AND p.row_key = d.parent_key
    LEFT JOIN {table} g ON g.kind = {above} AND g.row_key = p.parent_key"""

# The database chooses for each kind whether to walk its newest rows or to ask its index of words first: it knows how common a word is
# where that stands in the question, and so it does not keep the plan. A match in the title weighs most (`stored_tokens`).
_IN_POSTGRESQL = """
  (WITH found AS MATERIALIZED (
     SELECT id, row_key FROM {table} d
     WHERE kind = '{kind}' AND tokens @@ %(asked)s::tsquery {seen} ORDER BY row_key DESC LIMIT {most} + 1
   ), page AS (
     SELECT d.id, ts_rank('{{0.1, 0.2, 0.4, 1}}', d.tokens, %(ranked)s::tsquery, 1) AS score, d.row_key
     FROM (SELECT id FROM found ORDER BY row_key DESC LIMIT {newest}) newest JOIN {table} d ON d.id = newest.id
     ORDER BY score DESC, d.row_key DESC LIMIT {many} OFFSET {first}
   )
   SELECT '{kind}' AS kind, (SELECT count(*) FROM found) AS count, page.score, page.row_key, {shown})"""


_IN_SQLITE = """
  WITH words AS MATERIALIZED (
    SELECT rowid AS id, -bm25({words}, 10.0, 4.0, 1.0) AS score FROM {words} WHERE {words} MATCH %(ranked)s
  ), found AS (
    SELECT d.id, d.kind, d.row_key, words.score, count(*) OVER (PARTITION BY d.kind) AS count,
      row_number() OVER (PARTITION BY d.kind ORDER BY d.row_key DESC) AS newest
    FROM words JOIN {table} d ON d.id = words.id WHERE d.kind IN ({kinds}) {seen}
  ), page AS (
    SELECT *, row_number() OVER (PARTITION BY kind ORDER BY score DESC, row_key DESC) AS place
    FROM found WHERE newest <= {newest}
  )
  SELECT page.kind, min(page.count, {most} + 1), page.score, page.row_key, {shown}
  WHERE page.place > {first} AND page.place <= {first} + {many}"""


class FoundRow(NamedTuple):
    """A document as it was found; `matches` is the number of all of its kind, up to one more than MOST_COUNTED."""

    kind: str
    matches: int
    score: float
    row_key: int
    code: str
    title: str
    language: str
    text: str
    agencies: list[tuple[str, str]]
    parent_code: str | None
    parent_title: str | None
    parent_language: str | None
    above_code: str | None
    above_title: str | None
    above_language: str | None


def found_rows(terms: Terms, kinds: Sequence[str], user: Person, first: int, many: int) -> list[FoundRow]:
    """The matches of each kind from the `first` one on, `many` at most, the best first. One question to the database."""
    names = {
        "table": TABLE, "words": WORDS, "seen": _seen_by(user), "most": MOST_COUNTED, "newest": RANKED, "first": first,
        "many": many,
    }  # fmt: skip
    if connection.vendor == "postgresql":
        sql = " UNION ALL ".join([_IN_POSTGRESQL.format(kind=kind, shown=_shown_of(kind), **names) for kind in kinds])
        asked = {"asked": terms.in_postgresql, "ranked": terms.ranked_in_postgresql}
    else:
        listed = ", ".join(map(_quoted, kinds))
        shown = _SHOWN.format(table=TABLE, parent=_parent_of("d.kind"), above=_parent_of("p.kind"))
        sql = _IN_SQLITE.format(kinds=listed, shown=shown, **names)
        asked = {"ranked": terms.ranked_in_sqlite}
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        rows = [FoundRow(*row) for row in cursor.fetchall()]
    rows = [row._replace(agencies=json.loads(row.agencies)) for row in rows]  # type: ignore[arg-type]  # as both databases give it here
    return sorted(rows, key=lambda row: (kinds.index(row.kind), -row.score, -row.row_key))


def _shown_of(kind: str) -> str:
    parent = PARENTS.get(kind, "")
    return _SHOWN.format(table=TABLE, parent=_quoted(parent), above=_quoted(PARENTS.get(parent, "")))


def _parent_of(column: str) -> str:
    cases = " ".join([f"WHEN {_quoted(kind)} THEN {_quoted(parent)}" for kind, parent in PARENTS.items()])
    return f"CASE {column} {cases} END"


def _quoted(kind: str) -> str:
    """A kind's name as a constant of the SQL."""
    return f"'{kind}'"


def _seen_by(user: Person) -> str:
    """As `SearchDocumentQuerySet.visible_to`."""
    if is_coordinator(user):
        return ""
    agencies = sorted(user.standing.agency_ids) if isinstance(user, User) else []
    own = f" OR d.agency_only IN ({', '.join(map(str, agencies))})" if agencies else ""
    return f"AND (d.agency_only IS NULL{own})"
