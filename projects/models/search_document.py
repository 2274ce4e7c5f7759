"""What can be found by its words: one row for each commitment, task, project, agency, principle and accepted follow-up."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from django.db import connection, models
from django.db.models import Q

from focalpoints.models import User
from focalpoints.rules import Person, is_coordinator

MOST_POSITIONS, LAST_POSITION = 255, 16383  # PostgreSQL's limits of a tsvector
GAP = 2  # positions between two fields: no phrase goes on from one to the next
APART = "\ue000"  # the same on SQLite: a token that nobody can ask for, since `fold` leaves none


class AskedWords(Protocol):
    """What is asked for, in the language of each database's word index."""

    @property
    def in_postgresql(self) -> str: ...
    @property
    def in_sqlite(self) -> str: ...


class TokensColumn(models.TextField):
    """The tokens of a document, made by `stored_tokens`: a `tsvector` on PostgreSQL; on SQLite a JSON array that the triggers index."""

    def db_type(self, connection: Any) -> str:
        return "tsvector" if connection.vendor == "postgresql" else "text"


@TokensColumn.register_lookup
class Says(models.Lookup):
    """`tokens__says=terms`: the word index of the database finds the document."""

    lookup_name = "says"
    prepare_rhs = False
    rhs: AskedWords

    def get_prep_lookup(self) -> AskedWords:
        return self.rhs

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} @@ %s::tsquery", [*params, self.rhs.in_postgresql]

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list[Any]]:
        table = connection.ops.quote_name(self.lhs.alias)
        return f"{table}.id IN (SELECT rowid FROM {WORDS} WHERE {WORDS} MATCH %s)", [self.rhs.in_sqlite]  # noqa: S608 - our own names


def stored_tokens(
    title: Sequence[Sequence[str]], text: Sequence[Sequence[str]], others: Sequence[Sequence[str]]
) -> str:
    """These fields' words as `TokensColumn` keeps them. The title weighs most, `others` (acronyms, the project) least."""
    if connection.vendor != "postgresql":
        return json.dumps(
            [f" {APART} ".join(map(" ".join, fields)) for fields in (title, text, others)], ensure_ascii=False
        )
    places: dict[str, list[str]] = {}
    first = 1
    for weight, fields in (("A", title), ("B", text), ("", others)):
        for words in fields:
            for place, word in enumerate(words, first):
                found = places.setdefault(word, [])
                if place < LAST_POSITION and len(found) < MOST_POSITIONS:
                    found.append(f"{place}{weight}")
            first += len(words) + GAP
    # As PostgreSQL shows it: sorted by bytes of UTF-8, which is the order of code points.
    return " ".join([f"'{word}':{','.join(found)}" for word, found in sorted(places.items()) if found])


class SearchDocumentQuerySet(models.QuerySet["SearchDocument"]):
    def visible_to(self, user: Person) -> "SearchDocumentQuerySet":
        """Proposals and what became of those not taken up are for their agency and the office alone, as on their pages."""
        if is_coordinator(user):
            return self
        seen = Q(agency_only=None)
        if isinstance(user, User):
            seen |= Q(agency_only__in=user.standing.agency_ids)
        return self.filter(seen)

    def saying(self, kind: str, terms: AskedWords) -> "models.QuerySet[SearchDocument, int]":
        """The keys of the rows of this kind that the documents saying all of these stand for."""
        return self.filter(kind=kind, tokens__says=terms).order_by().values_list("row_key", flat=True)


class SearchDocument(models.Model):
    """What a search finds and shows of one thing. `projects/search/documents.py` says what is in it."""

    kind = models.CharField(max_length=10)
    # The key of the row that it stands for: the newest rows have the highest.
    row_key = models.BigIntegerField()
    # Before what is longer: thousands of rows are walked for a common word.
    tokens = TokensColumn()
    # The row that it belongs to, whose kind is one up: a follow-up's task, a task's commitment, a commitment's project.
    parent_key = models.BigIntegerField(null=True)
    # The agency whose people alone may see it, with coordinators. None: everybody.
    agency_only = models.BigIntegerField(null=True)
    code = models.CharField(max_length=80)
    title = models.TextField()
    language = models.CharField(max_length=2)
    text = models.TextField()
    # Key and short name of each agency that it names.
    agencies = models.JSONField(default=list)

    objects = SearchDocumentQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "-row_key"]
        constraints = [models.UniqueConstraint(fields=["kind", "row_key"], name="thing_has_one_search_document")]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"


TABLE = SearchDocument._meta.db_table
WORDS = f"{TABLE}_words"  # SQLite's index, a virtual table (FTS5)
# The kinds of which there are so many that PostgreSQL keeps a word index; of the others it reads all.
INDEXED = ("commitment", "task", "follow-up")
_COLUMNS = ("title", "text", "others")


def _of_row(row: str) -> str:
    return ", ".join([f"{row}.id", *(f"json_extract({row}.tokens, '$[{place}]')" for place in range(len(_COLUMNS)))])


def _sqlite() -> Iterable[str]:
    """The index keeps no text of its own: a document's old tokens are taken out of it with those that the row still has."""
    listed = ", ".join(_COLUMNS)
    put = f"INSERT INTO {WORDS} (rowid, {listed}) VALUES ({_of_row('new')});"  # noqa: S608 - our own names
    take = f"INSERT INTO {WORDS} ({WORDS}, rowid, {listed}) VALUES ('delete', {_of_row('old')});"  # noqa: S608
    # Tokens are what stands between spaces: to this tokenizer every sign beyond ASCII is a letter.
    options = "content='', prefix='3 4 5', tokenize=\"ascii tokenchars '@'\""
    yield f"CREATE VIRTUAL TABLE IF NOT EXISTS {WORDS} USING fts5({listed}, {options})"
    for event, steps in (("INSERT", put), ("DELETE", take), ("UPDATE OF tokens", f"{take} {put}")):
        name = f"{WORDS}_{event.split()[0].lower()}"
        yield f"CREATE TRIGGER IF NOT EXISTS {name} AFTER {event} ON {TABLE} BEGIN {steps} END"


def _postgresql() -> Iterable[str]:
    for kind in INDEXED:
        name = f"{WORDS}_{kind.replace('-', '_')}"
        yield f"CREATE INDEX IF NOT EXISTS {name} ON {TABLE} USING gin (tokens) WHERE kind = '{kind}'"


def install_word_index(connection: Any) -> None:
    """Runs after every `migrate`: each database has another index of words, which Django's migrations do not know."""
    with connection.cursor() as cursor:
        for statement in _postgresql() if connection.vendor == "postgresql" else _sqlite():
            cursor.execute(statement)


def lift_word_index(connection: Any) -> None:
    """Without it PostgreSQL fills an empty table in a third of the time."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for kind in INDEXED:
                cursor.execute(f"DROP INDEX IF EXISTS {WORDS}_{kind.replace('-', '_')}")
