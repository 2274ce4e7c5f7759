"""The answer to the button that exports a table: the file, once it is written down who takes what."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Self

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from focalpoints import clock
from focalpoints.actions.exports import begin_export, end_export
from focalpoints.models import Export, User
from focalpoints.pages.fields import NarrowingChoice
from focalpoints.pages.kit import in_words
from focalpoints.pages.parameters import Unknown, understands
from focalpoints.pages.signed_in import person
from focalpoints.rules import Person
from focalpoints.tables.answer import View, answered
from focalpoints.tables.column import Column
from focalpoints.tables.table import Table, TableRow, few
from focalpoints.workflow import EXPORTERS, StrOrPromise


def private_table(name: str, title: StrOrPromise, describes: StrOrPromise, columns: tuple[Column, ...]) -> Table:
    """A table of which its page hands over the rows that it found: nobody takes the whole."""
    return Table(name, title, describes, columns, lambda reader: iter(()), is_public=False)


# All that can be exported, by name: the record of exports calls them by their titles.
EXPORTED: dict[str, Table] = {}


def register(table: Table, may: Callable[[Person], bool]) -> None:
    """`may(user)`: whoever may read the page that the table is of."""
    EXPORTED[table.name] = table
    EXPORTERS[table.name] = may


def private_file(page: str, *params: str) -> Callable[[View], View]:
    """The view of a button on the page of that name, for POST alone. It takes these parameters of the page and refuses others: the file
    would hold too much.
    """

    def decorate(view: View) -> View:
        @never_cache
        @require_POST
        @understands(*params, unknown=Unknown.REFUSED)
        @wraps(view)
        def answer(request: HttpRequest, *, fmt: str, **kwargs: object) -> HttpResponseBase:
            filters = request.GET.copy()
            filters.pop("page", None)
            request.exported_page = reverse(page, kwargs=kwargs, query=filters)  # type: ignore[attr-defined]
            return view(request, fmt=fmt, **kwargs)

        answer.carried_along = params  # type: ignore[attr-defined]
        return answer

    return decorate


def exported(
    request: HttpRequest,
    table: Table,
    rows: Iterable[TableRow],
    fmt: str,
    filters: Sequence[tuple[StrOrPromise, StrOrPromise]] = (),
    count: Callable[[], int] = few,
) -> HttpResponseBase:
    """`filters` are labels and answers, as the page shows them. Its view has asked whether the page is theirs; the verb asks again."""
    names = [answer for _label, answer in filters]
    with ExportOnRecord(
        person(request), table, "; ".join(f"{label}: {answer}" for label, answer in filters), fmt
    ) as record:
        response = answered(
            request,
            table,
            record.counted(rows),
            fmt,
            name_parts=names,
            day=clock.today(),
            count=count,
            filters=filters,
            before=record.begin,
            taken_by=str(person(request)),
            taken_from=request.exported_page,  # type: ignore[attr-defined]
        )
        # The file is whole, or given up, when `answered` returns: only then is it sent.
        record.is_whole = response.status_code == 200
    return response


@dataclass(slots=True)
class ExportOnRecord:
    """Before the first row is read it is on record who asked; afterwards how many there were, and whether there was a file."""

    by: User
    table: Table
    filters: str
    fmt: str
    rows: int = 0
    is_whole: bool = False
    export: Export | None = None

    def begin(self) -> None:
        self.export = begin_export(by=self.by, table=self.table.name, filters=self.filters, file_format=self.fmt)

    def counted(self, rows: Iterable[TableRow]) -> Iterator[TableRow]:
        for row in rows:
            yield row
            self.rows += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self.export:
            end_export(self.export, rows=self.rows, is_whole=self.is_whole)


def answers_of(form: forms.Form) -> list[tuple[StrOrPromise, StrOrPromise]]:
    """What a list was asked for, in words, and what it leaves out unasked."""
    return [
        (field.label, in_words(field))
        for field in form.visible_fields()
        if form.data.get(field.name) or isinstance(field.field, NarrowingChoice)
    ]
