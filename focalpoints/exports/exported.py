"""The answer to the button that exports a table: the file, once it is written down who takes what."""

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from functools import wraps

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from focalpoints import clock
from focalpoints.actions.exports import begin_export, end_export
from focalpoints.models import User
from focalpoints.pages.fields import NarrowingChoice
from focalpoints.pages.kit import in_words
from focalpoints.pages.parameters import Unknown, understands
from focalpoints.pages.signed_in import person
from focalpoints.rules import Person
from focalpoints.tables.answer import View, answered
from focalpoints.tables.column import Column
from focalpoints.tables.table import Table, TableRow
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
) -> HttpResponseBase:
    """`filters` are labels and answers, as the page shows them. Its view has asked whether the page is theirs; the verb asks again."""
    said = "; ".join(f"{label}: {answer}" for label, answer in filters)
    # The file is whole, or given up, when `answered` returns: only then is it sent.
    with closing(_written_down(rows, person(request), table, said, fmt)) as written:
        names = [answer for _label, answer in filters]
        return answered(
            request,
            table,
            written,
            fmt,
            name_parts=names,
            day=clock.today(),
            filters=filters,
            taken_by=str(person(request)),
            taken_from=request.exported_page,  # type: ignore[attr-defined]
        )


def _written_down(rows: Iterable[TableRow], by: User, table: Table, filters: str, fmt: str) -> Generator[TableRow]:
    """The same rows. It is on record who asked before the first is read, and afterwards how many there were."""
    export, count, is_whole = begin_export(by=by, table=table.name, filters=filters, file_format=fmt), 0, False
    try:
        for row in rows:
            yield row
            count += 1
        is_whole = True
    finally:
        end_export(export, rows=count, is_whole=is_whole)


def answers_of(form: forms.Form) -> list[tuple[StrOrPromise, StrOrPromise]]:
    """What a list was asked for, in words, and what it leaves out unasked."""
    return [
        (field.label, in_words(field))
        for field in form.visible_fields()
        if form.data.get(field.name) or isinstance(field.field, NarrowingChoice)
    ]
