"""Whatever is typed on one line is kept without what nobody sees, or refused: in every form of the site, and whoever writes it."""

import importlib

import django_filters
import pytest
from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models

from focalpoints.models.lines import KeyColumn, LineColumn
from focalpoints.pages.fields import LongTextField, PasswordField
from projects.forms.agencies import AgenciesField
from tests.test_architecture import APPS

# Unicode's characters of format, of control, of white space other than the plain one; and letters that show nothing.
MARKS = "\u200b\u200d\u2060\ufeff\u00ad\u202e\u200e\u061c\u00a0\u3000\u2003\x07\x7f\u180e\ufe0f\u3164\U000e0041"
# Fields of text that are not one line of words: several lines, secrets, a browser's own answer.
OTHERS = (LongTextField, PasswordField, forms.JSONField, forms.UUIDField)


def subclasses(kind):
    for child in kind.__subclasses__():
        yield child
        yield from subclasses(child)


def typed_fields():
    """Name and field of each line of text in a form or filter of the site."""
    importlib.import_module("edn_portal.urls")  # and with it every page and its forms
    for kind in subclasses(forms.BaseForm):
        if kind.__module__.split(".")[0] in APPS:
            yield from ((f"{kind.__name__}.{name}", field) for name, field in fields_of(kind).items())
    for kind in subclasses(django_filters.filterset.BaseFilterSet):
        if kind.__module__.split(".")[0] in APPS:
            texts = {n: f for n, f in kind.base_filters.items() if isinstance(f, django_filters.CharFilter)}
            yield from ((f"{kind.__name__}.{name}", found.field) for name, found in texts.items())


def fields_of(kind):
    """With those that its constructor adds or replaces, where it needs nothing to be made."""
    try:
        return kind().fields
    except (TypeError, LookupError):
        return kind.base_fields


def lines():
    fields = {name: field for name, field in typed_fields() if isinstance(field, forms.CharField)}
    return {name: field for name, field in fields.items() if not isinstance(field, OTHERS)}


def taken(field, text):
    """What the field makes of it, or None where it refuses it. Agencies are looked up only once the text was read."""
    try:
        return field.to_python(text) if isinstance(field, AgenciesField) else field.clean(text)
    except ValidationError:
        return None


@pytest.mark.once
def test_every_line_is_cleaned_or_refused(db):
    fields = lines()
    assert len(fields) > 40
    kept = {
        (name, f"U+{ord(mark):04X}")
        for name, field in fields.items()
        for mark in MARKS
        for text in (f"{mark}a@b.example{mark}", f"{mark}abc{mark}", f"http://abc.example/{mark}")
        if mark in (taken(field, text) or "")
    }
    assert kept == set()


@pytest.mark.once
def test_nothing_that_can_be_seen_is_nothing(db):
    """Not only in names: a reason of invisible characters is none."""
    required = {n: f for n, f in typed_fields() if isinstance(f, forms.CharField) and f.required}
    required = {
        n: f for n, f in required.items() if not isinstance(f, (PasswordField, forms.JSONField, forms.UUIDField))
    }
    assert len(required) > 20
    assert {name for name, field in required.items() if taken(field, "\u200b\u3164\u00a0\u2060")} == set()


# Rows that the portal writes by itself.
OWN = {
    "Entry", "Annex", "LedgerHead", "ProjectionState", "AgencyVersion", "ProjectVersion", "CommitmentVersion", "TaskVersion",
    "DailyMessage", "MessageItem", "MessageText", "DailyAnchor", "Notice", "UnsentInvitation",
    "Dump", "DumpFolder", "DumpRedaction", "Export", "SearchDocument",
}  # fmt: skip
# Columns of words that no form has on one line, or that no person writes.
NOT_LINES = {
    # Several lines.
    "Role.reason", "Project.cancel_reason", "Commitment.note", "Commitment.source", "Task.reason",
    "Pause.reason", "RuleVersion.reason",
    # Chosen from a list, made by the portal, or copied from a column that is a line.
    "User.password", "User.shortcuts", "Agency.time_zone", "Task.code", "Task.language", "FollowUp.code", "Request.code",
    "Assessment.code", "Assessment.wording", "Evidence.sha256", "Evidence.content_type",
    "SavedView.page", "SavedView.key", "SavedView.query",
}  # fmt: skip


def test_every_column_of_a_line_is_one():
    """Whoever writes it: a form, a verb, a load, a command."""
    words = {
        f"{model.__name__}.{field.name}"
        for label in ("focalpoints", "principles", "projects")
        for model in apps.get_app_config(label).get_models()
        for field in model._meta.concrete_fields
        if type(field) in {models.CharField, models.EmailField, models.SlugField}
        and field.editable
        and not field.choices
        if model.__name__ not in OWN
    }
    assert words == NOT_LINES


@pytest.mark.parametrize("mark", MARKS)
def test_a_column_keeps_no_mark(mark):
    assert LineColumn().get_prep_value(f"{mark}a{mark}") == "a"


def test_migrations_know_plain_columns():
    """So that what is left out may change without a migration."""
    assert (
        LineColumn(max_length=3).deconstruct()[1]
        == KeyColumn(max_length=3).deconstruct()[1]
        == "django.db.models.CharField"
    )
