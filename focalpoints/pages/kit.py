"""Pages that carry a verb: their forms, and the steps of the views that show them.

Such a view reads top to bottom: it finds its row, asks who is signed in (`signed_in`), refuses a wrong moment, binds its form to what
was typed and carries the verb out. Then it is `done`, or shows the form again with what speaks against it.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from copy import copy
from functools import partial
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from focalpoints.pages.fields import DateParts
from focalpoints.pages.signed_in import allowed, person
from focalpoints.pages.typed_text import take_back
from focalpoints.workflow import NotPossible, Stale, StrOrPromise, against

# ---- Forms


class VerbForm(forms.Form):
    """A form whose verb may refuse even what the form accepts. The refusal becomes an error of the form."""

    refusal: NotPossible | None = None
    outcome: Any = None  # what the verb gave back
    # After a lost race over a correction, the fields in which the row now says something else than was typed.
    differences: Sequence[dict[str, str]] = ()

    @property
    def arguments(self) -> dict[str, Any]:
        """What a valid form hands to the verb."""
        return self.cleaned_data

    def refuse(self, refusal: NotPossible) -> None:
        self.refusal = refusal
        self.add_error(None, str(refusal))

    @property
    def is_stale(self) -> bool:
        """Whether the verb refused because somebody else changed the row first."""
        return isinstance(self.refusal, Stale)

    @property
    def status(self) -> int:
        """Of the page that shows the form: 409 where the verb refused, else 200, also for a form with errors."""
        return 409 if self.refusal else 200

    def forgive(self, codes: Collection[str]) -> list[str]:
        """Take back the errors with these codes. Gives the names of the fields that had one."""
        forgiven = []
        for name, errors in list(self.errors.items()):
            kept = [error for error in errors.as_data() if error.code not in codes]
            if len(kept) < len(errors):
                forgiven.append(name)
            if kept:
                self.errors[name] = self.error_class(kept, renderer=self.renderer)
            else:
                del self.errors[name]
        return forgiven


class SeenForm(VerbForm):
    """A form with a hidden `revision`, which says what the person had on screen: nobody overwrites what they have not read."""

    data: Any
    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *, row: Any, **options: Any) -> None:
        super().__init__(data, **options)
        self.row = row
        self.initial["revision"] = row.revision

    def refuse(self, refusal: NotPossible) -> None:
        super().refuse(refusal)
        if self.is_stale:
            self.catch_up()

    def catch_up(self) -> None:
        """After a lost race: take the revision that the row has now, so that the next press may go through."""
        self.row = self.read_again()
        self.data = self.data.copy()
        self.data["revision"] = str(self.row.revision)

    def read_again(self) -> Any:
        self.row.refresh_from_db()
        return self.row


class CorrectionForm(SeenForm):
    """A form filled with what the row says. It hands the verb only the fields that were changed."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not self.has_changed():
            raise ValidationError(_("Nothing was changed: what you sent is what is already there."), code="unchanged")
        return data

    @property
    def arguments(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in {"revision", *self.changed_data}}

    def catch_up(self) -> None:
        super().catch_up()
        now = type(self)(row=self.row)
        self.differences = [
            {"label": str(field.label), "before": in_words(now[field.name]), "after": in_words(field)}
            for field in self.visible_fields()
            if field.name in now.fields and in_words(now[field.name]) != in_words(field)
        ]


def in_words(field: forms.BoundField) -> str:
    """The value of a field as the page says it: a choice's label, a date as it is typed, Yes or No for a box."""
    value = field.value()
    if isinstance(value, DateParts):
        return "/".join(value)
    if isinstance(value, dt.date):
        return f"{value.day}/{value.month}/{value.year}"
    if isinstance(field.field, forms.BooleanField):
        return gettext("Yes") if field.field.to_python(value) else gettext("No")
    if isinstance(field.field, forms.ChoiceField):
        labels = {str(key): str(label) for key, label in cast(Iterable[tuple[Any, Any]], field.field.choices)}
        chosen = value if isinstance(value, list | tuple) else [value or ""]
        return ", ".join(labels.get(str(key), str(key)) for key in chosen)
    return str(value or "")


def revision_in(data: Mapping[str, Any]) -> int:
    """The revision that a sent form says the person saw; -1, which no row has, for what is no number."""
    try:
        return int(data.get("revision", ""))
    except ValueError:
        return -1


# ---- Steps of views


def form_view[**P](view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """A view that shows a form and takes it, for a page that no cache keeps."""
    return never_cache(require_http_methods(["GET", "HEAD", "POST"])(view))


def typed(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: what was sent now, or what an expired session kept."""
    return request.POST if request.method == "POST" else take_back(request)


def too_late(request: HttpRequest, guard: Callable[[], object], back: str) -> HttpResponse | None:
    """Instead of a form that could only be refused, go back and say why. A POST is left to the verb, which says the same.

    `guard` raises NotPossible where the verb would.
    """
    if request.method == "POST":
        return None
    try:
        guard()
    except NotPossible as refusal:
        messages.warning(request, str(refusal))  # nothing was attempted
        return redirect(back)
    return None


def turned_away(request: HttpRequest, verb: str, row: Model, back: str) -> HttpResponse | None:
    """Instead of the page of a verb that cannot begin now. Raises PermissionDenied where it is not this person's.

    The verb of a POST says the rest by itself.
    """
    allowed(request, verb, row)
    return too_late(request, partial(against, verb, row), back)


def carried_out(request: HttpRequest, form: VerbForm, verb: Callable[..., Any], *rows: Any) -> bool:
    """Whether the form was sent, can be read, and the verb did what it says; `form.outcome` is what it gave back.

    The verb gets copies of `rows`: where it refuses, the page goes on showing them as they were before it began.
    """
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        form.outcome = verb(*map(copy, rows), by=person(request), **form.arguments)
    except NotPossible as refusal:
        form.refuse(refusal)
    return form.refusal is None


def pressed(request: HttpRequest, verb: Callable[..., Any], *rows: Any, said: StrOrPromise) -> bool:
    """Carry out the verb of a button without a form, and say on the next page how it went. Gives whether it happened."""
    try:
        verb(*rows, by=person(request))
    except NotPossible as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, str(said))
    return True


def done(request: HttpRequest, said: StrOrPromise, to: str, *, folio: str = "") -> HttpResponse:
    """The next page, which says what happened; with a `folio`, as a receipt."""
    messages.success(request, str(said), extra_tags=folio)
    return redirect(to)
