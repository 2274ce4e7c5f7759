"""Two people, or one person's two requests, about one date at the same instant: one outcome, told kindly, nothing lost."""

from collections import Counter
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import override

from focalpoints import clock
from focalpoints.ledger.verification import verify
from focalpoints.models import Entry
from focalpoints.workflow import VERBS, NotPossible
from projects import actions
from projects.actions import dates
from projects.models import Commitment, Evidence, Request, Task
from projects.reading.date_effects import effect_of
from tests.dates import ahead, ask

pytestmark = pytest.mark.django_db(transaction=True)


def kinds(outcomes):
    return Counter(type(outcome).__name__ for outcome in outcomes)


def request_of(task, by, days):
    return actions.request_date(task, by=by, to_due=ahead(days), category="legal", reason="Un amparo.")


def test_one_form_pressed_eight_times_at_once(race, cast):
    task = cast.task()
    due = ahead(80)
    form = {
        "to_due_day": due.day,
        "to_due_month": due.month,
        "to_due_year": due.year,
        "category": "legal",
        "reason": "Un amparo.",
    }
    form["form_key"] = "00000000-0000-4000-8000-000000000001"
    with override("es-mx"):
        address = reverse("projects:task_reschedule", args=[task.code])
    clients = [cast.client("focal point") for _ in range(8)]
    answers = race(*[lambda client=client: client.post(address, form) for client in clients])
    change = Request.objects.get()
    with override("es-mx"):
        receipt = reverse("projects:request_detail", args=[change.code])
    assert [(answer.status_code, answer.get("Location")) for answer in answers] == [(302, receipt)] * 8
    assert Entry.objects.filter(verb="ask_date").count() == 1
    assert verify().is_intact


@pytest.mark.parametrize("kind", ["task", "commitment"])
def test_titular_and_alternate_ask_at_once(race, cast, kind, evidence_folder):
    item = cast.task() if kind == "task" else cast.commitment
    rows = [type(item).objects.get(pk=item.pk) for _ in "12"]
    people = cast["focal point"], cast["alternate"]
    before = {path for path in evidence_folder.rglob("*") if path.is_file()}
    outcomes = race(
        *[
            lambda row=row, by=by, days=days: actions.request_date(
                row, by=by, to_due=ahead(days), category="legal", reason="Un amparo.",
                files=[SimpleUploadedFile("a.pdf", b"%%PDF-1.7\n%d\n%%%%EOF\n" % days, "application/pdf")],
            )
            for row, by, days in zip(rows, people, (100, 110), strict=True)
        ]
    )  # fmt: skip
    assert kinds(outcomes) == {"Request": 1, "NotPossible": 1}
    assert (Request.objects.count(), Evidence.objects.count()) == (1, 1)
    assert len({path for path in evidence_folder.rglob("*") if path.is_file()} - before) == 1


def test_without_its_turn_the_database_itself_keeps_it_to_one(race, cast, monkeypatch):
    """The negative control: the verb as it would be without waiting its turn. The unique constraint is what is left."""
    assert dates._request.__wrapped__  # what `in_turn` wraps
    monkeypatch.setattr(dates, "_request", transaction.atomic(dates._request.__wrapped__))
    unguarded = replace(VERBS["request.ask_date"], against=lambda item: [])
    monkeypatch.setitem(VERBS, "request.ask_date", unguarded)
    task = cast.task()
    rows, people = [Task.objects.get(pk=task.pk) for _ in "12"], (cast["focal point"], cast["alternate"])
    outcomes = race(*[lambda row=row, by=by: request_of(row, by, 80) for row, by in zip(rows, people, strict=True)])
    assert kinds(outcomes) == {"Request": 1, "IntegrityError": 1}
    assert sum(isinstance(outcome, IntegrityError) for outcome in outcomes) == 1


def test_approve_against_withdraw(race, cast):
    change = ask(cast)
    rows = [Request.objects.get() for _ in "12"]
    coordinator, agency = cast["coordinator"], cast["focal point"]
    outcomes = race(
        lambda: actions.approve_request(rows[0], by=coordinator, revision=0),
        lambda: actions.withdraw_request(rows[1], by=agency),
    )
    assert kinds(outcomes)["Entry"] == 1
    assert sum(isinstance(outcome, NotPossible) for outcome in outcomes) == 1
    task, state = Task.objects.get(), Request.objects.get().state
    assert state == ("approved" if isinstance(outcomes[0], Entry) else "withdrawn")
    moved = (ahead(75), 1, 15) if state == "approved" else (ahead(60), 0, 0)
    assert (task.due, task.moves, task.slippage_days) == moved
    assert Entry.objects.latest("seq").subject == change.code
    assert verify().is_intact


@pytest.mark.parametrize("second", ["approve", "reject"])
def test_decided_by_two_at_once(race, cast, second):
    ask(cast, cast.task(), 130)
    rows = [Request.objects.get() for _ in "12"]
    people = cast["coordinator"], cast["second coordinator"]
    decide = {
        "approve": lambda: actions.approve_request(rows[1], by=people[1], revision=0),
        "reject": lambda: actions.reject_request(rows[1], by=people[1], revision=0, comment="Falta el acta."),
    }
    outcomes = race(lambda: actions.approve_request(rows[0], by=people[0], revision=0), decide[second])
    assert kinds(outcomes)["Entry"] == 1
    approved = Request.objects.get().state == "approved"
    task, commitment = Task.objects.get(), Commitment.objects.get()
    assert (task.moves, task.slippage_days) == ((1, 70) if approved else (0, 0))
    assert (commitment.moves, commitment.slippage_days) == ((1, 40) if approved else (0, 0))


def test_two_tasks_take_one_commitment_along_at_once(race, cast):
    """Whoever comes second decided on another effect than there is: stale, and right after the next press."""
    changes = [ask(cast, cast.task(), days) for days in (120, 150)]
    people = cast["coordinator"], cast["second coordinator"]
    rows = [Request.objects.get(pk=change.pk) for change in changes]
    outcomes = race(
        *[
            lambda row=row, by=by: actions.approve_request(row, by=by, revision=0)
            for row, by in zip(rows, people, strict=True)
        ]
    )
    assert kinds(outcomes) == {"Entry": 1, "Stale": 1}
    left = Request.objects.get(state="requested")
    actions.approve_request(left, by=people[0], revision=left.revision)
    commitment = Commitment.objects.get()
    assert commitment.due == ahead(150)
    assert commitment.slippage_days == 60
    assert verify().is_intact


def test_approve_against_a_hundred_percent(race, cast):
    task = cast.task()
    change = ask(cast, task)
    follow_up = cast.follow_up("submitted", task=task, progress=100)
    people = cast["coordinator"], cast["second coordinator"]
    outcomes = race(
        lambda: actions.approve_request(change, by=people[0], revision=0),
        lambda: actions.accept(follow_up, by=people[1], revision=follow_up.revision),
    )
    assert isinstance(outcomes[1], Entry)
    task.refresh_from_db()
    assert task.is_fulfilled
    assert task.moves == isinstance(outcomes[0], Entry)
    assert task.slippage_days == sum(row.days for row in Request.objects.moves())


def test_a_task_defined_while_its_commitment_is_brought_forward(race, cast):
    change = ask(cast, cast.commitment, 70)
    commitment, by, other = Commitment.objects.get(), cast["coordinator"], cast["second coordinator"]
    outcomes = race(
        lambda: actions.approve_request(change, by=by, revision=0),
        lambda: actions.define_task(commitment, by=other, agency=cast.sct, title="Tardía", due=ahead(85)),
    )
    assert sum(isinstance(outcome, NotPossible) for outcome in outcomes) == 1
    due = Commitment.objects.get().due
    assert not Task.objects.filter(due__gt=due).exists()


def test_a_preview_writes_nothing_and_stops_nobody(race, cast):
    change = ask(cast, cast.task(), 130)
    rows, by = [Request.objects.get() for _ in range(5)], cast["coordinator"]
    previews = [lambda row=row: effect_of(row, clock.today()) for row in rows[1:]]
    outcomes = race(lambda: actions.approve_request(rows[0], by=by, revision=0), *previews)
    assert kinds(outcomes) == {"Entry": 1, "DateEffect": 4}
    task = Task.objects.get()
    assert (task.due, task.moves, task.slippage_days) == (change.to_due, 1, 70)
    assert (Commitment.objects.get().moves, Entry.objects.filter(verb="approve").count()) == (1, 1)
