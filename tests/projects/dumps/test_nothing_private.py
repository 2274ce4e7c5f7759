"""Nothing in a dump is anything but public: marker words in every column of text, row by row, unless the row shows it to everybody."""

import gzip
from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, models, transaction

from principles.models import Pillar
from projects import actions
from projects.dumps.making import dump_the_day
from projects.models import (
    DayFigures,
    Dump,
    DumpFolder,
    DumpRedaction,
    Evidence,
    FollowUp,
    Project,
    Request,
    SearchDocument,
    Task,
)
from tests.deciding import all_approved
from tests.ledger_plugin import lifted

ANYBODY = AnonymousUser()
# Whose texts everybody may read: all of these models, or of some the rows of a queryset.
PUBLIC_MODELS = {
    "Activity", "Assessment", "Commitment", "Enabler", "Entry", "Objective", "Pillar", "Principle", "Project", "RuleVersion",
    "AgencyVersion", "ProjectVersion", "TaskVersion", "CommitmentVersion", "LedgerHead", "ProjectionState",
}  # fmt: skip
PUBLIC_COLUMNS = {
    *(f"Agency.{name}" for name in ("key", "name", "acronym", "kind", "acronym_key", "search", "time_zone")),
    "OfficeText.text_es", "OfficeText.text_en",
}  # fmt: skip
PUBLIC_ROWS = {
    FollowUp: lambda: FollowUp.objects.visible_to(ANYBODY),
    Task: lambda: Task.objects.visible_to(ANYBODY),
    Evidence: lambda: Evidence.objects.visible_to(ANYBODY),
    Request: lambda: Request.objects.read_by(ANYBODY),
}
# Of what everybody may read, the columns that stay between the agency and the office all the same, or are no words of anybody.
PRIVATE_COLUMNS = {"Request.answer"}
# Columns whose values the database or other rows hold on to: codes and chosen values.
LONGEST = 9  # of a marker word
HELD = (models.SlugField, models.UUIDField, models.FileField)


def texts(model):
    """The columns of free text."""
    for field in model._meta.concrete_fields:
        is_text = isinstance(field, models.CharField | models.TextField | models.JSONField)
        if (
            is_text
            and (field.max_length or LONGEST) >= LONGEST
            and not field.choices
            and not isinstance(field, HELD)
            and not field.primary_key
        ):
            yield field


def is_public(field, row, shown):
    name = f"{field.model.__name__}.{field.name}"
    if name in PRIVATE_COLUMNS:
        return False
    return field.model.__name__ in PUBLIC_MODELS or name in PUBLIC_COLUMNS or row.pk in shown.get(field.model, ())


def plant():
    """Which columns of which rows are not public, by the word that stands in each now."""
    shown = {model: set(rows().values_list("pk", flat=True)) for model, rows in PUBLIC_ROWS.items()}
    planted, refused = {}, set()
    for model in apps.get_models():
        if model._meta.app_label not in {"focalpoints", "principles", "projects"} or model in {
            DayFigures,
            Dump,
            DumpFolder,
            DumpRedaction,
            SearchDocument,
        }:
            continue
        for field in texts(model):
            for row in model._default_manager.order_by("pk"):
                if is_public(field, row, shown):
                    continue
                word = f"zz{len(planted)}zz"
                value = [word] if isinstance(field, models.JSONField) else word
                try:
                    with transaction.atomic():
                        model._default_manager.filter(pk=row.pk).update(**{field.name: value})
                except IntegrityError:
                    refused.add(f"{model.__name__}.{field.name}")
                    continue
                planted[word] = f"{model.__name__}.{field.name} {row}"
    return planted, refused


def everything(dump):
    found = ((path.name, path.read_bytes()) for path in dump.path.iterdir())
    return b"".join(gzip.decompress(data) if name.endswith(".gz") else data for name, data in found).decode()


@pytest.fixture
def told(cast, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    Pillar.objects.create(number=1, title_es="Apertura")
    for state in ("draft", "submitted", "returned", "withdrawn", "accepted"):
        follow_up = cast.follow_up(link="https://gob.mx/prueba", state="draft")
        by = cast["focal point"]
        pdf = SimpleUploadedFile("acta.pdf", b"%PDF-1.7\n%%EOF\n", "application/pdf")
        actions.attach_file(follow_up, by=by, upload=pdf, content_type="application/pdf")
        if state != "draft":
            actions.submit(follow_up, by=by, revision=follow_up.revision)
        if state == "returned":
            actions.return_(follow_up, by=cast["coordinator"], revision=follow_up.revision, comment="¿Quién?")
        if state == "withdrawn":
            actions.withdraw(follow_up, by=by)
        if state == "accepted":
            actions.accept(follow_up, by=cast["coordinator"], revision=follow_up.revision, comment="Gracias, Ana.")
    for state in ("proposed", "declined", "withdrawn", "cancelled"):
        cast.task(state)
    moved = cast.task()
    actions.request_date(
        moved, by=cast["focal point"], to_due=moved.due + timedelta(9), category="legal", reason="Un amparo."
    )
    all_approved(cast)
    other = cast.task()
    actions.request_date(
        other, by=cast["focal point"], to_due=other.due + timedelta(9), category="legal", reason="Por Ana."
    )
    actions.ask_redaction(FollowUp.objects.get(state="accepted"), by=cast["coordinator"], legal_basis="LFTAIP")
    cast.follow_up("accepted", link="https://gob.mx/otra")
    cast.find(cast.commitment, "concern")
    actions.make_feed(by=cast["focal point"], agency=None)
    return cast


def test_no_word_that_not_everybody_may_read_is_in_any_file(told):
    with lifted():
        planted, refused = plant()
    assert len(planted) > 60
    assert {"FollowUp.done", "Annex.content", "User.email", "Request.reason"} <= {
        where.split()[0] for where in planted.values()
    }
    # A file has no link, and what is open no reason to have ended; the rows that have one took the word.
    assert refused == {"Evidence.url", "Evidence.sha256", "Evidence.redaction", "Task.reason"}
    Project.objects.update(title="zz control")
    text = everything(dump_the_day().made)
    assert "zz control" in text, "a word that everybody may read is found"
    assert {where for word, where in planted.items() if word in text} == set()
    assert "Se conectaron más sitios." in text or "follow_ups.csv.gz" not in text


def test_what_is_redacted_is_in_no_kept_dump_whatever_table_had_it(told):
    """Every word of a follow-up, of a request and of the proofs of both, as they were public when the dump was made."""
    words = {}
    for model in (FollowUp, Request, Evidence):
        for row in PUBLIC_ROWS[model]():
            names = [
                field.name for field in texts(model) if isinstance(field, models.TextField) or field.name == "title"
            ]
            word = f"zz{len(words)}zz"
            with transaction.atomic():
                model.objects.filter(pk=row.pk).update(**dict.fromkeys(names, word))
            words[word] = row
    assert {type(row) for row in words.values()} == {FollowUp, Request, Evidence}
    dump = dump_the_day().made
    held = {word for word in words if word in everything(dump)}
    assert held, "some of it was there"
    for row in words.values():
        row.refresh_from_db()
        actions.ask_redaction(row, by=told["coordinator"], legal_basis="LFTAIP")
    assert not Dump.objects.published().exists()
    dump_the_day()
    dump = Dump.objects.published().get()
    assert {word for word in words if word in everything(dump)} == set()
    assert {redaction.code for redaction in dump.redactions.all()} == {
        getattr(words[word], "code", "") for word in held
    }
