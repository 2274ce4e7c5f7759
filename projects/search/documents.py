"""The documents of a search: what each says, which entry of the ledger changes which, and all of them made anew.

A document says what anybody may read on the page of its thing, or of a proposal what its agency and the office may. It is made of the
thing's row and of nothing else that a verb does not tell of (`_changed`): so it is never older than the verb that changed the row.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from django.db import connection
from django.db.models import Max, Model, Q, QuerySet

from focalpoints.ledger.projections import Payload
from focalpoints.models import Agency
from focalpoints.sql.bulk import BulkTable
from focalpoints.sql.writing import put_all, remove
from focalpoints.text import words_and_halves
from focalpoints.turn import head_first
from principles.models import Principle
from projects.models import Commitment, FollowUp, Project, Request, SearchDocument, Task
from projects.models.search_document import install_word_index, lift_word_index, stored_tokens
from projects.search.terms import LONGEST

KEY = ("kind", "row_key")
PAGE = 1000  # rows that are read, and written, together
# By key of a row, the key, acronym and name of each agency that it names.
type Named = Mapping[int, Sequence[tuple[str, str, str]]]
K = Request.Kind
# What a request changes of the words, or of whose they are, once it is approved.
_OF_WORDS = {K.SCOPE, K.ASSIGNMENT, K.CANCELLATION, K.WITHDRAWAL}


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of documents: the rows that have one, the columns that it is made of, and how.

    `code` is the column that the ledger's entries name a row by.
    """

    kind: str
    model: type[Model]
    code: str
    columns: tuple[str, ...]
    made: Callable[[tuple[Any, ...], Named], SearchDocument]
    # What has a document; the rows of the model without one are not for everybody's eyes, or say nothing.
    rows: Q = field(default_factory=Q)
    has_one: Callable[[Any], bool] = lambda row: True
    named: Callable[[QuerySet], Iterable[tuple[int, str, str, str]]] = lambda rows: ()

    def documents(self, rows: QuerySet) -> list[SearchDocument]:
        """Of these rows of the model: one query, or two."""
        found = list(rows.filter(self.rows).order_by().values_list(*self.columns))
        named: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
        for key, *agency in self.named(rows):
            named[key].append(tuple(agency))  # type: ignore[arg-type]  # of three
        return [self.made(values, named) for values in found]

    def document(self, row: Any) -> SearchDocument | None:
        """Of a row in hand, which has all that it names in hand."""
        values = attrgetter(*(column.replace("__", ".") for column in self.columns))(row)
        return self.made(values, {}) if self.has_one(row) else None


def _document(
    kind: str,
    row_key: int,
    code: str,
    *,
    title: Sequence[str],
    text: Sequence[str] = (),
    called: Sequence[str] = (),
    others: Sequence[str] = (),
    named: Sequence[tuple[str, str, str]] = (),
    language: str = "es",
    **facts: Any,
) -> SearchDocument:
    """What is shown is `title` and `text`, a line each.

    What it is `called` besides and its code are found as its title is; `others`, and the acronyms of who is `named`, weigh less.
    """
    acronyms = [acronym for _key, acronym, _name in named]
    return SearchDocument(
        kind=kind, row_key=row_key, code=code, title="\n".join(title), language=language, text="\n".join(filter(None, text)),
        agencies=[[key, acronym or name] for key, acronym, name in named],
        tokens=stored_tokens(_fields([code, *title, *called]), _fields(text), _fields([*others, *acronyms])), **facts,
    )  # fmt: skip


def _fields(texts: Sequence[str]) -> list[list[str]]:
    """The words of each, and after them the halves of those that are written in two."""
    fields = [field for text in texts if text for field in words_and_halves(text) if field]
    return [[word[:LONGEST] for word in field] for field in fields]


def _commitment(values: tuple[Any, ...], named: Named) -> SearchDocument:
    key, code, title, language, note, project, of_project = values
    return _document(
        "commitment", key, code, title=[title], text=[note], others=[of_project], named=named.get(key, ()), language=language,
        parent_key=project,
    )  # fmt: skip


def _task(values: tuple[Any, ...], named: Named) -> SearchDocument:
    key, code, title, language, deliverable, state, commitment, agency, *about_agency = values
    return _document(
        "task", key, code, title=[title], text=[deliverable], named=[tuple(about_agency)], language=language,
        parent_key=commitment, agency_only=None if state in Task.PUBLIC_STATES else agency,
    )  # fmt: skip


def _follow_up(values: tuple[Any, ...], named: Named) -> SearchDocument:
    key, code, done, next_step, obstacle, task, *about_agency = values
    return _document(
        "follow-up", key, code, title=[], text=[done, next_step, obstacle], named=[tuple(about_agency)], parent_key=task
    )


def _project(values: tuple[Any, ...], named: Named) -> SearchDocument:
    key, slug, title, language, note = values
    return _document("project", key, slug, title=[title], text=[note], named=named.get(key, ()), language=language)


def _agency(values: tuple[Any, ...], named: Named) -> SearchDocument:
    key, code, acronym, name = values
    return _document("agency", key, code, title=[name], called=[acronym], named=[(code, acronym, name)])


def _principle(values: tuple[Any, ...], named: Named) -> SearchDocument:
    """Its titles in both languages, where there are both, and its number as people say it."""
    key, number, short_es, short_en, title_es, title_en = values
    return _document(
        "principle", key, str(number), title=[short_es, short_en or short_es], text=[title_es, title_en or title_es],
        called=[f"principio {number}", f"principle {number}"],
    )  # fmt: skip


def _of_commitments(rows: QuerySet) -> Iterable[tuple[int, str, str, str]]:
    links = Commitment.agencies.through.objects.filter(commitment__in=rows.order_by().values("pk"))
    columns = ("commitment_id", "agency__key", "agency__acronym", "agency__name")
    return links.order_by("agency__key").values_list(*columns)


def _of_projects(rows: QuerySet) -> Iterable[tuple[int, str, str, str]]:
    """The lead agency first."""
    led = rows.exclude(lead_agency=None).order_by()
    partners = Project.partner_agencies.through.objects.filter(project__in=rows.order_by().values("pk"))
    columns = ("agency__key", "agency__acronym", "agency__name")
    return [
        *led.values_list("pk", *(f"lead_{column}" for column in columns)),
        *partners.order_by("agency__key").values_list("project_id", *columns),
    ]


_ABOUT_AGENCY = ("agency__key", "agency__acronym", "agency__name")
SOURCES = {
    source.kind: source
    for source in (
        Source(
            "commitment", Commitment, "code", ("pk", "code", "title", "language", "note", "project_id", "project__title"),
            _commitment, named=_of_commitments,
        ),
        Source(
            "task", Task, "code",
            ("pk", "code", "title", "language", "deliverable", "state", "commitment_id", "agency_id", *_ABOUT_AGENCY), _task,
        ),
        Source("project", Project, "slug", ("pk", "slug", "title", "language", "note"), _project, named=_of_projects),
        Source("agency", Agency, "key", ("pk", "key", "acronym", "name"), _agency),
        Source(
            "principle", Principle, "number", ("pk", "number", "short_es", "short_en", "title_es", "title_en"), _principle
        ),
        # Accepted ones that say something.
        Source(
            "follow-up", FollowUp, "code", ("pk", "code", "done", "next_step", "obstacle", "task_id", *_ABOUT_AGENCY),
            _follow_up, rows=FollowUp.PUBLIC & Q(state=FollowUp.State.ACCEPTED, is_redacted=False),
            has_one=lambda row: row.state == FollowUp.State.ACCEPTED and row.is_public and not row.is_redacted,
        ),
    )
}  # fmt: skip
# Of which a row in hand has all that its document is made of.
_WHOLE_IN_HAND = {"task", "follow-up"}


def follow(payloads: Sequence[Payload], known: Collection[Model]) -> None:
    """Bring the documents up to date with a verb's new entries, as part of it.

    `known` are rows as the verb leaves them: of those nothing is read. What else changed, it must have sent to the database.
    """
    changed: dict[str, set[str]] = defaultdict(set)
    for payload in payloads:
        for kind, code in _changed(payload):
            changed[kind].add(code)
    for kind, codes in changed.items():
        source = SOURCES.get(kind)
        if source is None:
            _follow_ups_again(codes)
            continue
        made, read = _in_hand(source, codes, known)
        if read:
            made += source.documents(source.model._default_manager.filter(**{f"{source.code}__in": read}))
        if kind in {"agency", "project"} and any(_is_renamed(document) for document in made):
            for model, rows in _named_by(kind, [document.row_key for document in made]):
                put(model, rows)
        put_all(made, KEY)


TEXTS_OF = "follow-ups of"  # a task: which of them a redaction is about, its request does not say in public


def _changed(payload: Payload) -> Iterator[tuple[str, str]]:
    """The kind and code of each thing whose document an entry may have changed."""
    codes = payload["codes"]
    match payload["type"]:
        case "follow-up":
            if payload["verb"] == "redact":
                yield TEXTS_OF, codes["task"]
            elif payload["state"] == FollowUp.State.ACCEPTED or payload["verb"] == "reopen":
                yield "follow-up", payload["subject"]
        case "request":
            if codes["kind"] == K.REDACTION:
                if "task" in codes:
                    yield TEXTS_OF, codes["task"]
            elif codes["kind"] in _OF_WORDS and payload["state"] == Request.State.APPROVED:
                yield "commitment", codes["commitment"]
                if "task" in codes:
                    yield "task", codes["task"]
        case kind if kind in SOURCES:
            yield kind, payload["subject"]


def _in_hand(source: Source, codes: set[str], known: Collection[Model]) -> tuple[list[SearchDocument], set[str]]:
    """The documents of rows in hand, and the codes of the others. What no longer says anything in public loses its own."""
    if source.kind not in _WHOLE_IN_HAND:
        return [], codes
    rows = {row.code: row for row in known if type(row) is source.model and row.code in codes}  # type: ignore[attr-defined]
    made = []
    for row in rows.values():
        if document := source.document(row):
            made.append(document)
        else:
            remove(SearchDocument, kind=source.kind, row_key=row.pk)
    return made, codes - rows.keys()


def _follow_ups_again(tasks: set[str]) -> None:
    """Put what their follow-ups say in public now, and take away what they no longer do."""
    rows = FollowUp.objects.filter(task__code__in=tasks)
    made = SOURCES["follow-up"].documents(rows)
    gone = set(rows.order_by().values_list("pk", flat=True)) - {document.row_key for document in made}
    for key in gone:
        remove(SearchDocument, kind="follow-up", row_key=key)
    put_all(made, KEY)


def _is_renamed(document: SearchDocument) -> bool:
    """Whether the documents of others say its name otherwise."""
    before = SearchDocument.objects.filter(kind=document.kind, row_key=document.row_key).values_list(
        "title", "agencies"
    )
    return any(said != (document.title, document.agencies) for said in before)


def _named_by(kind: str, keys: list[int]) -> Iterator[tuple[str, QuerySet]]:
    """The rows whose documents say the names of these agencies or projects."""
    if kind == "project":
        yield "commitment", Commitment.objects.filter(project__in=keys)
        return
    yield "project", Project.objects.filter(Q(lead_agency__in=keys) | Q(partner_agencies__in=keys)).distinct()
    yield "commitment", Commitment.objects.filter(agencies__in=keys).distinct()
    yield "task", Task.objects.filter(agency__in=keys)
    yield "follow-up", FollowUp.objects.filter(agency__in=keys)


def put(kind: str, rows: QuerySet) -> None:
    """Write the documents of these rows, a page at a time."""
    source = SOURCES[kind]
    keys = list(rows.order_by().values_list("pk", flat=True))
    for first in range(0, len(keys), PAGE):
        part = source.model._default_manager.filter(pk__in=keys[first : first + PAGE])
        put_all(source.documents(part), KEY)


# ---- All of them


def remake() -> int:
    """Make every document anew and write what differs. Returns how many there are. Others wait for a page of rows at a time."""
    is_first = not SearchDocument.objects.exists()
    if is_first:
        lift_word_index(connection)
    write = _write_first if is_first else _put_documents
    try:
        count = sum(_remade(*page, write) for page in _pages())
        SearchDocument.objects.exclude(kind__in=SOURCES).delete()
    finally:  # also where an earlier run was killed
        install_word_index(connection)
    return count


def differences() -> list[str]:
    """Kind and code of each document that is not what its row gives, is missing, or stands for nothing."""
    return [
        f"{document.kind} {document.code}" for page in _pages() for part in _compared(*page)[:2] for document in part
    ]


def _pages() -> Iterator[tuple[Source, int, int]]:
    """Each kind, from key to key: up to the last row or document."""
    for source in SOURCES.values():
        last = source.model._default_manager.aggregate(last=Max("pk"))["last"] or 0
        kept = SearchDocument.objects.filter(kind=source.kind).aggregate(last=Max("row_key"))["last"] or 0
        for first in range(1, max(last, kept) + 1, PAGE):
            yield source, first, first + PAGE


@head_first
def _remade(source: Source, first: int, end: int, write: Callable[[list[SearchDocument]], None]) -> int:
    missing, gone, count = _compared(source, first, end)
    if gone:
        SearchDocument.objects.filter(pk__in=[document.pk for document in gone]).delete()
    write(missing)
    return count


def _put_documents(documents: list[SearchDocument]) -> None:
    put_all(documents, KEY)


def _write_first(documents: list[SearchDocument]) -> None:
    """Into an empty table: in bulk."""
    fields = [field for field in SearchDocument._meta.concrete_fields if not field.primary_key]
    told = [{**vars(document), "agencies": json.dumps(document.agencies)} for document in documents]
    table = BulkTable(SearchDocument._meta.db_table, tuple(str(field.column) for field in fields))
    table.write([tuple(row[field.attname] for field in fields) for row in told])


def _compared(source: Source, first: int, end: int) -> tuple[list[SearchDocument], list[SearchDocument], int]:
    """The documents of these rows that are missing or differ; those that stand for none; and how many there should be."""
    made = source.documents(source.model._default_manager.filter(pk__gte=first, pk__lt=end))
    kept = SearchDocument.objects.filter(kind=source.kind, row_key__gte=first, row_key__lt=end)
    stored = {document.row_key: document for document in kept}
    missing = [document for document in made if _said(stored.pop(document.row_key, None)) != _said(document)]
    return missing, list(stored.values()), len(made)


def _said(document: SearchDocument | None) -> Any:
    return document and tuple(getattr(document, name) for name in _SAID)


_SAID = ("parent_key", "agency_only", "code", "title", "language", "text", "agencies", "tokens")
