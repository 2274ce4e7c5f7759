"""How each database finds what was asked for: of several kinds at once, in one question.

Of each kind the newest RANKED matches are sorted by how well they match, and all are counted up to MOST_COUNTED.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.db import connection

from focalpoints.models import User
from focalpoints.rules import Person, is_coordinator
from focalpoints.sql.prepared import keeping_plan
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

# PostgreSQL has two ways: to walk the newest rows (`ts_match_vq`, which `@@` stands for and no index answers), which is quick for common
# words, and to ask its index of words (`all_of_it`), for rare ones. The newest PROBED rows say which a word is: statistics know nothing of
# words that never stand together, and a statement that is planned once has none. A word of at least a tenth of those is looked for by
# walking, and one of a fifth of all follow-ups, of which there are most, counted so too: of 200,000 rows neither way then reads more than
# 50,000. The other way is not carried out.
PROBED, COMMON, VERY_COMMON = 500, 50, 100
WALKED = "follow-up"
_IN_POSTGRESQL = """
  (WITH probe AS MATERIALIZED (
     SELECT count(*) FILTER (WHERE ts_match_vq(tokens, {asked}::tsquery)) AS hits
     FROM (SELECT tokens FROM {table} WHERE kind = '{kind}' ORDER BY row_key DESC LIMIT {probed}) newest
   ), all_of_it AS MATERIALIZED (
     SELECT d.id, d.row_key FROM {table} d WHERE d.kind = '{kind}' AND d.tokens @@ {asked}::tsquery {seen}
   ), newest AS MATERIALIZED (
     (SELECT d.id, d.row_key FROM {table} d
      WHERE (SELECT hits FROM probe) >= {common} AND d.kind = '{kind}' AND ts_match_vq(d.tokens, {asked}::tsquery) {seen}
      ORDER BY d.row_key DESC LIMIT {ranked})
     UNION ALL
     (SELECT id, row_key FROM all_of_it WHERE (SELECT hits FROM probe) < {common} ORDER BY row_key DESC LIMIT {ranked})
   ), page AS (
     SELECT d.id, ts_rank(ARRAY[0.1, 0.2, 0.4, 1]::real[], d.tokens, {scored}::tsquery, 1) AS score, d.row_key
     FROM newest JOIN {table} d ON d.id = newest.id
     ORDER BY score DESC, d.row_key DESC LIMIT {many} OFFSET {first}
   )
   SELECT '{kind}' AS kind, CASE
     WHEN (SELECT count(*) FROM newest) < {ranked} THEN (SELECT count(*) FROM newest)
     WHEN {is_walked} AND (SELECT hits FROM probe) >= {very_common} THEN (SELECT count(*) FROM (
       SELECT FROM {table} d WHERE d.kind = '{kind}' AND ts_match_vq(d.tokens, {asked}::tsquery) {seen}
       ORDER BY d.row_key DESC LIMIT {most} + 1) walked)
     ELSE (SELECT count(*) FROM (SELECT FROM all_of_it LIMIT {most} + 1) counted)
   END, page.score, page.row_key, {shown})"""

_IN_SQLITE = """
  WITH words AS MATERIALIZED (
    SELECT rowid AS id, -bm25({words}, 10.0, 4.0, 1.0) AS score FROM {words} WHERE {words} MATCH %s
  ), found AS (
    SELECT d.id, d.kind, d.row_key, words.score, count(*) OVER (PARTITION BY d.kind) AS count,
      row_number() OVER (PARTITION BY d.kind ORDER BY d.row_key DESC) AS newest
    FROM words JOIN {table} d ON d.id = words.id WHERE d.kind IN ({kinds}) {seen}
  ), page AS (
    SELECT *, row_number() OVER (PARTITION BY kind ORDER BY score DESC, row_key DESC) AS place
    FROM found WHERE newest <= {ranked}
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
        "table": TABLE, "words": WORDS, "most": MOST_COUNTED, "ranked": RANKED, "first": first, "many": many,
        "probed": PROBED, "common": COMMON, "very_common": VERY_COMMON,
    }  # fmt: skip
    found = (_found_by_postgresql if connection.vendor == "postgresql" else _found_by_sqlite)(terms, kinds, user, names)
    rows = [FoundRow(*row)._replace(agencies=_parsed(row[8])) for row in found]
    return sorted(rows, key=lambda row: (kinds.index(row.kind), -row.score, -row.row_key))


def _found_by_postgresql(
    terms: Terms, kinds: Sequence[str], user: Person, names: Mapping[str, Any]
) -> list[tuple[Any, ...]]:
    """It keeps the plan of a statement that a connection is often asked: to make one of this takes longer than to find a rare word."""
    params: list[Any] = [terms.in_postgresql, terms.ranked_in_postgresql]
    seen = ""
    if "task" in kinds and not is_coordinator(user):  # proposals are tasks alone
        seen = "AND (d.agency_only IS NULL OR d.agency_only = ANY({own}::bigint[]))"
        params.append(_agencies_of(user))
    sql = " UNION ALL ".join(
        [
            _IN_POSTGRESQL.replace("{seen}", seen if kind == "task" else "").format(
                kind=kind,
                is_walked=str(kind == WALKED).upper(),
                shown=_shown_of(kind),
                asked="{asked}",
                scored="{scored}",
                own="{own}",
                **names,
            )
            for kind in kinds
        ]
    )
    return keeping_plan(sql, dict(zip(("asked", "scored", "own"), params, strict=False)))


def _found_by_sqlite(
    terms: Terms, kinds: Sequence[str], user: Person, names: Mapping[str, Any]
) -> list[tuple[Any, ...]]:
    seen = ""
    if not is_coordinator(user):
        seen = f"AND (d.agency_only IS NULL OR d.agency_only IN ({', '.join(map(str, _agencies_of(user)))}))"
    shown = _SHOWN.format(table=TABLE, parent=_parent_of("d.kind"), above=_parent_of("p.kind"))
    sql = _IN_SQLITE.format(kinds=", ".join(map(_quoted, kinds)), shown=shown, seen=seen, **names)
    with connection.cursor() as cursor:
        cursor.execute(sql, [terms.ranked_in_sqlite])
        return cursor.fetchall()


def _agencies_of(user: Person) -> list[int]:
    return sorted(user.standing.agency_ids) if isinstance(user, User) else []


def _parsed(agencies: Any) -> list[tuple[str, str]]:
    """SQLite, and PostgreSQL through Django's own cursor, give the column's text."""
    return json.loads(agencies) if isinstance(agencies, str) else agencies


def _shown_of(kind: str) -> str:
    parent = PARENTS.get(kind, "")
    return _SHOWN.format(table=TABLE, parent=_quoted(parent), above=_quoted(PARENTS.get(parent, "")))


def _parent_of(column: str) -> str:
    cases = " ".join([f"WHEN {_quoted(kind)} THEN {_quoted(parent)}" for kind, parent in PARENTS.items()])
    return f"CASE {column} {cases} END"


def _quoted(kind: str) -> str:
    """A kind's name as a constant of the SQL."""
    return f"'{kind}'"
