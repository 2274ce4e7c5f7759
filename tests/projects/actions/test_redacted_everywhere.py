"""The reason of a request stands in one place: what is redacted of it is hidden, and then gone, wherever it was shown or kept."""

import gzip
import re
from collections import defaultdict
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.apps import apps
from django.db import models
from django.urls import reverse
from django.utils.translation import override

from focalpoints import clock
from focalpoints.ledger.replay import differences
from focalpoints.ledger.verification import verify
from focalpoints.tables.table import TABLES
from focalpoints.workflow import NotPossible
from principles.models import Objective
from projects import actions
from projects.dumps.making import dump_the_day
from projects.light.rule import FIRST, NUMBERS
from projects.models import Dump, Request, Task
from tests.dates import ahead
from tests.deciding import all_approved
from tests.test_every_verb import public_addresses

K = Request.Kind
# What docs/ledger.md says stays: the thresholds' reason and the legal basis of a redaction.
STAYS = {K.THRESHOLDS, K.REDACTION}
BASIS = "LFTAIP, artículo 113"
PAGES = (
    "projects:objective_changes", "projects:objective_changes_atom", "projects:agency_changes", "projects:agency_changes_atom",
    "projects:commitment_changes", "projects:commitment_changes_atom",
)  # fmt: skip


@pytest.fixture
def told(cast, settings, tmp_path):
    """A request of every kind, approved; the reason of each is a word of its own."""
    settings.VAR_DIR = tmp_path
    office = cast["coordinator"]

    def why(kind, **facts):
        return {"by": office, "category": "legal", "reason": f"marca-{kind}-marca".replace(" ", "-"), **facts}

    def task(days=20):
        return cast.task(due=ahead(days))

    def another(**facts):
        facts = {
            "title": "Otra promesa",
            "binds": "named",
            "agencies": [cast.sct, cast.sep],
            "due": ahead(200),
            **facts,
        }
        code = f"OTRA-{cast._count('commitment')}"
        return actions.create_commitment(by=office, project=cast.project, code=code, **facts)

    moved, wrong, both = task(), task(), another()
    actions.request_date(moved, to_due=ahead(25), **why(K.RESCHEDULING, by=cast["focal point"]))
    actions.ask_first_date(cast.task(due=None), due=ahead(25), **why(K.FIRST_DATE))
    actions.ask_correction(wrong, revision=wrong.revision, due=ahead(22), **why(K.CORRECTION))
    actions.ask_scope(task(), wanted={"title": "Otra cosa"}, **why(K.SCOPE))
    actions.ask_cancellation(task(), **why(K.CANCELLATION))
    actions.ask_cancellation(task(), title="En su lugar", **why("replacement"))
    passed = cast.task(commitment=both, due=ahead(20))
    actions.ask_assignment(passed, agency=cast.sep, **why(K.ASSIGNMENT))
    three = another()
    several = [cast.task(commitment=three, due=ahead(20)) for _number in range(2)]
    three.refresh_from_db()
    actions.ask_cancellations(three, tasks=several, **why("several"))
    actions.ask_withdrawal(another(), **why(K.WITHDRAWAL))
    yearly = another(recurrence="yearly", recurrence_month=12, due=None)
    actions.ask_series_end(yearly, **why(K.SERIES_END))
    judged = cast.another_commitment()
    actions.ask_finding(
        judged, by=office, revision=judged.revision, reasons=f"marca-{K.FINDING}-marca", sources="marca-sources-marca"
    )
    numbers = {name: getattr(FIRST, name) for name in NUMBERS} | {"silent_days": FIRST.silent_days + 1}
    actions.ask_thresholds(effective_on=ahead(30), **numbers, **why(K.THRESHOLDS))
    named = cast.follow_up("accepted")
    actions.ask_redaction(named, by=office, legal_basis=f"marca-{K.REDACTION}-marca")
    for change in Request.objects.waiting():
        colleague = cast["second coordinator"]
        comment = change.reason if change.kind not in STAYS else ""
        actions.approve_request(change, by=colleague, revision=change.revision, comment=comment)
    assert set(Request.objects.values_list("kind", flat=True)) == set(K)
    return cast


def marks_in(text):
    return {part for part in WORDS if f"marca-{part}-marca" in text}


WORDS = {*(kind.replace(" ", "-") for kind in K.values), "replacement", "several", "sources"}
STAYING = {kind.value for kind in STAYS}


# Pages that show a past day.
DAYS = re.compile(r"^/((compromisos|tareas|proyectos|objetivos|dependencias)/[^/]+/)?$")


def shown(cast, places=None):
    """Which of the words anybody can read: in all public places, or these. Two days later, so that the requests' day can be asked for."""
    day, found = clock.today(), defaultdict(set)
    with clock.at(clock.now() + timedelta(2)):
        for place, text in _public(cast, f"?on={day}", places):
            for word in marks_in(text):
                found[word].add(place)
    return found


def _public(cast, then, places):
    """Pages, histories and feeds; files of tables; the nightly dumps."""
    readers = cast.client("anonymous"), cast.client("other agency")
    searches = [f"{reverse(name)}?q=marca" for name in ("projects:search", "projects:search_atom")]
    keys = {"objective": [1], "agency": ["9"], "commitment": Request.objects.values_list("commitment__code", flat=True)}
    about = [reverse(name, args=[key]) for name in PAGES for key in set(keys[name.split(":")[1].split("_")[0]]) if key]
    pages = [*public_addresses(cast), *searches, *about, reverse("projects:objective_detail", args=[1])]
    for address in pages if places is None else [place for place in places if place.startswith("/")]:
        if not address.startswith("/verificar/"):  # texts of entries have no reason: `test_every_verb`
            for query in ("", then) if DAYS.search(address) else ("",):
                for reader in readers if places else readers[:1]:
                    answer = reader.get(address + query)
                    if answer.status_code == 200:
                        yield address, answer.getvalue().decode()
    for name, table in TABLES.items():
        for fmt in ("csv", "xlsx", "jsonl") if table.is_public and table.download else ():
            if places is None or f"{name}.{fmt}" in places:
                answer = readers[0].get(reverse(table.download, args=[fmt]))
                assert answer.status_code == 200, (name, fmt)
                content = b"".join(answer)
                yield f"{name}.{fmt}", unpacked(content) if fmt == "xlsx" else content.decode()
    dump_the_day()
    for dump in Dump.objects.published():
        for path in dump.path.iterdir():
            content = path.read_bytes()
            yield f"dump: {path.name}", (gzip.decompress(content) if path.suffix == ".gz" else content).decode()


def unpacked(book):
    with ZipFile(BytesIO(book)) as parts:
        return " ".join(parts.read(name).decode() for name in parts.namelist())


def kept():
    """In which column of text of which model, annexes too, each word stands."""
    found: dict[str, set[str]] = {}
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.CharField | models.TextField | models.JSONField):
                for value in model._base_manager.order_by().values_list(field.name, flat=True):
                    for word in marks_in(str(value)):
                        found.setdefault(word, set()).add(f"{model.__name__}.{field.name}")
    return found


def redactions(cast):
    """A redaction asked for of every request that takes one; requests of one form go together."""
    asked = []
    for change in Request.objects.exclude(kind__in=STAYS).order_by("pk"):
        change.refresh_from_db()
        if not change.is_hidden:
            asked.append(actions.ask_redaction(change, by=cast["coordinator"], legal_basis=BASIS))
    return asked


@pytest.mark.once
def test_a_redacted_reason_is_hidden_at_once_shown_again_if_refused_and_in_the_end_nowhere(told):
    Objective.objects.get_or_create(number=1, parent=None, defaults={"title_es": "Transformación Gubernamental"})
    before, going = shown(told), WORDS - STAYING
    assert before.keys() == WORDS, "the reason of what was approved is public"
    files = {"findings.csv", "findings.xlsx", "findings.jsonl", "dump: findings.csv.gz"}
    assert files <= before["finding"] & before["sources"]
    for word in ("cancellation", "replacement", "several", "withdrawal", "finding"):
        assert any(place.startswith(("/tareas/", "/compromisos/")) for place in before[word]), word
    places = set().union(*before.values())
    stand = kept()
    for word in going - {"sources"}:
        assert stand[word] == {"Request.reason", "Request.answer", "Annex.content"}, word
    assert stand["sources"] == {"Request.wanted", "Annex.content"}

    asked = redactions(told)
    assert Request.objects.filter(is_hidden=True).count() == len(asked) + 1, "two of one form go together"
    assert shown(told).keys() == shown(told, places).keys() == STAYING
    for change in asked:
        actions.reject_request(change, by=told["second coordinator"], revision=change.revision, comment="No procede.")
    assert shown(told, places).keys() == WORDS

    redactions(told)
    all_approved(told)
    assert shown(told, places).keys() == STAYING
    assert kept().keys() == STAYING
    assert verify().is_intact
    assert differences() == []


def test_what_was_asked_for_in_one_form_is_redacted_together_once_all_is_decided(cast):
    cast.commitment.refresh_from_db()
    tasks = [cast.task(due=ahead(20)) for _number in range(2)]
    why = {"category": "legal", "reason": "Lo dijo Juana Pérez."}
    first, second = actions.ask_cancellations(cast.commitment, by=cast["coordinator"], tasks=tasks, **why)
    actions.approve_request(first, by=cast["second coordinator"], revision=first.revision)
    with override("en"), pytest.raises(NotPossible, match="same form"):
        actions.ask_redaction(first, by=cast["coordinator"], legal_basis=BASIS)
    actions.withdraw_request(second, by=cast["coordinator"])
    change = actions.ask_redaction(second, by=cast["coordinator"], legal_basis=BASIS)
    assert set(Request.objects.exclude(kind=K.REDACTION).values_list("is_hidden", flat=True)) == {True}
    actions.approve_request(change, by=cast["second coordinator"], revision=change.revision)
    assert set(Request.objects.exclude(kind=K.REDACTION).values_list("reason", "is_redacted")) == {("", True)}
    assert Task.objects.get(pk=tasks[0].pk).state == "cancelled"
