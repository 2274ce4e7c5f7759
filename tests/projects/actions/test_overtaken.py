"""What other rows decide is asked with the ledger's head in hand: each such question, answered by somebody who was quicker.

Between what a verb reads and its turn, another verb runs to its end on a connection of its own. By hand: whoever adds such a question
adds it here.
"""

import threading
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connections

from focalpoints import actions as administration
from focalpoints import clock, turn
from focalpoints.ledger.replay import differences
from focalpoints.ledger.verification import verify
from focalpoints.models import Agency, Appointment, Entry, Role
from focalpoints.workflow import NotPossible, Stale
from projects import actions
from projects.models import Commitment, Evidence, FollowUp, Request, Task
from tests.cast import hold
from tests.dates import ahead
from tests.deciding import approved, corrected

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = {"progress": 40, "done": "Se conectaron sitios.", "next_step": "Licitar.", "obstacle": ""}


@dataclass
class Race:
    """`verb` has read what it decides by when `other` runs. It raises `refused`, if anything; `holds` says what is true afterwards."""

    verb: Any
    other: Any
    refused: Any
    holds: Any


def leave(cast, agency):
    for appointment in Appointment.objects.filter(agency=agency):
        administration.end_appointment(appointment, by=cast["administrator"], on=clock.today())


def close(cast, agency):
    row = Agency.objects.get(pk=agency.pk)
    administration.close_agency(
        row, by=cast["administrator"], revision=row.revision, on=clock.today(), reason="Decreto."
    )


def define(cast, commitment, agency, days=None):
    row = Commitment.objects.get(pk=commitment.pk)
    due = ahead(days) if days else None
    return actions.define_task(row, by=cast["coordinator"], agency=agency, title="Otra", due=due)


def bring_forward(cast, days):
    row = Commitment.objects.get(pk=cast.commitment.pk)
    corrected(cast, row, ahead(days), "Errata.")


def ask(cast, task, who):
    row = Task.objects.get(pk=task.pk)
    return actions.request_date(row, by=cast[who], to_due=ahead(80), category="legal", reason="Un amparo.")


def send(cast, task, who="focal point"):
    row = Task.objects.get(pk=task.pk)
    return actions.save_and_submit(row, by=cast[who], revision=None, page=who, **{**WORDS, "done": who})


def accept(cast, follow_up):
    row = FollowUp.objects.get(pk=follow_up.pk)
    return actions.accept(row, by=cast["coordinator"], revision=row.revision)


def a_task_for_an_agency_that_is_closed(cast):
    commitment = cast.another_commitment(binds="all")
    leave(cast, cast.sep)
    return Race(
        lambda: define(cast, commitment, cast.sep), lambda: close(cast, cast.sep), NotPossible,
        lambda: not Task.objects.filter(agency=cast.sep).exists(),
    )  # fmt: skip


def closing_an_agency_that_gets_a_task(cast):
    commitment = cast.another_commitment(binds="all")
    leave(cast, cast.sep)
    return Race(
        lambda: close(cast, cast.sep), lambda: define(cast, commitment, cast.sep), NotPossible,
        lambda: not Agency.objects.get(pk=cast.sep.pk).is_closed,
    )  # fmt: skip


def a_task_beyond_a_commitment_that_is_brought_forward(cast):
    return Race(
        lambda: define(cast, cast.commitment, cast.sct, 80), lambda: bring_forward(cast, 70), NotPossible,
        lambda: not Task.objects.exists(),
    )  # fmt: skip


def bringing_a_commitment_forward_that_gets_a_later_task(cast):
    return Race(
        lambda: bring_forward(cast, 70), lambda: define(cast, cast.commitment, cast.sct, 80), NotPossible,
        lambda: Commitment.objects.get().due == ahead(90),
    )  # fmt: skip


def a_second_open_request(cast):
    task = cast.task()
    return Race(
        lambda: ask(cast, task, "focal point"), lambda: ask(cast, task, "alternate"), NotPossible,
        lambda: Request.objects.get().asked_by == cast["alternate"],
    )  # fmt: skip


def the_last_administrator(cast):
    hold(cast["outsider"], "administrator")
    of = {who: Role.objects.get(user=cast[who]) for who in ("administrator", "outsider")}
    return Race(
        lambda: administration.revoke_role(of["outsider"], by=cast["administrator"], reason="Se va."),
        lambda: administration.revoke_role(
            Role.objects.get(pk=of["administrator"].pk), by=cast["outsider"], reason="Se va."
        ),
        PermissionDenied,
        lambda: Role.objects.administrators().count() == 1,
    )


def a_task_of_the_same_number(cast):
    return Race(
        lambda: define(cast, cast.commitment, cast.sct), lambda: define(cast, cast.commitment, cast.sct), None,
        lambda: sorted(Task.objects.values_list("number", flat=True)) == [1, 2],
    )  # fmt: skip


def a_second_follow_up_in_hand(cast):
    task = cast.task()
    return Race(
        lambda: send(cast, task), lambda: send(cast, task, "alternate"), NotPossible,
        lambda: FollowUp.objects.get().done == "alternate",
    )  # fmt: skip


def what_was_sent_beside_a_first_draft(cast):
    """No entry tells of a draft: its task's row is what both wait for."""
    task = cast.task()
    return Race(
        lambda: send(cast, task), lambda: actions.save_draft(task, by=cast["alternate"], page="other", **WORDS), NotPossible,
        lambda: (FollowUp.objects.get().state, FollowUp.objects.get().done) == ("draft", WORDS["done"]),
    )  # fmt: skip


def a_roll_up_of_what_another_accepts(cast):
    sent = [cast.follow_up("submitted", cast.task(), progress=progress) for progress in (40, 60)]
    return Race(
        lambda: accept(cast, sent[0]), lambda: accept(cast, sent[1]), None,
        lambda: Commitment.objects.get().verified_progress == 50,
    )  # fmt: skip


def sending_without_the_appointment(cast):
    task = cast.task()
    seat = Appointment.objects.get(user=cast["focal point"])
    return Race(
        lambda: send(cast, task),
        lambda: administration.end_appointment(seat, by=cast["administrator"], on=clock.today()),
        PermissionDenied,
        lambda: not FollowUp.objects.exists(),
    )


def passing_on_a_task_with_a_draft(cast):
    commitment = cast.another_commitment(binds="all")
    task = cast.task(commitment=commitment)
    return Race(
        lambda: actions.assign_task(
            Task.objects.get(pk=task.pk), by=cast["coordinator"], revision=task.revision, agency=cast.sep
        ),
        lambda: actions.save_draft(task, by=cast["focal point"], **WORDS),
        NotPossible,
        lambda: Task.objects.get(pk=task.pk).agency == cast.sct,
    )  # fmt: skip


def approving_that_a_task_with_a_draft_passes_on(cast):
    commitment = cast.another_commitment(binds="all")
    task = cast.task(commitment=commitment, due=ahead(9))
    change = actions.ask_assignment(task, by=cast["coordinator"], agency=cast.sep, category="legal", reason="Decreto.")
    return Race(
        lambda: approved(cast, Request.objects.get(pk=change.pk)),
        lambda: actions.save_draft(task, by=cast["focal point"], **WORDS),
        NotPossible,
        lambda: Task.objects.get(pk=task.pk).agency == cast.sct,
    )  # fmt: skip


def sending_what_loses_its_proof(cast):
    draft = cast.follow_up("draft", progress=100)
    return Race(
        lambda: actions.submit(FollowUp.objects.get(), by=cast["focal point"], revision=draft.revision),
        lambda: actions.remove_evidence(draft.evidence.get(), by=cast["alternate"]),
        NotPossible,
        lambda: FollowUp.objects.get().state == "draft",
    )


def redacting_a_proof_that_is_taken_off(cast):
    proof = cast.follow_up("returned", progress=100).evidence.get()
    return Race(
        lambda: actions.ask_redaction(proof, by=cast["coordinator"], legal_basis="LFTAIP, artículo 113"),
        lambda: actions.remove_evidence(Evidence.objects.get(), by=cast["focal point"]),
        Stale,
        lambda: not Evidence.objects.exists() and not Entry.objects.filter(verb="ask_redaction").exists(),
    )


def no_change_beside_a_draft(cast):
    task = cast.task()
    return Race(
        lambda: actions.note_no_change(Task.objects.get(pk=task.pk), by=cast["focal point"]),
        lambda: actions.save_draft(task, by=cast["alternate"], **WORDS),
        NotPossible,
        lambda: FollowUp.objects.get().state == "draft",
    )


# What a verb has read before, and is read again when something was recorded meanwhile.
READ_BEFORE = [
    closing_an_agency_that_gets_a_task,
    a_second_open_request,
    the_last_administrator,
    a_roll_up_of_what_another_accepts,
    sending_without_the_appointment,
]
# What is asked with the head in hand, each time.
ASKED_THEN = [
    a_task_for_an_agency_that_is_closed,
    a_task_beyond_a_commitment_that_is_brought_forward,
    bringing_a_commitment_forward_that_gets_a_later_task,
    a_task_of_the_same_number,
    a_second_follow_up_in_hand,
    what_was_sent_beside_a_first_draft,
    passing_on_a_task_with_a_draft,
    approving_that_a_task_with_a_draft_passes_on,
    sending_what_loses_its_proof,
    redacting_a_proof_that_is_taken_off,
    no_change_beside_a_draft,
]


@pytest.fixture
def overtaken(monkeypatch):
    """Has a verb overtaken by another when it waits for the head, and gives what it raised."""

    def run(race):
        take, faults, begun = turn._take, [], []

        def elsewhere():
            try:
                race.other()
            except Exception as fault:
                faults.append(fault)
            finally:
                connections.close_all()

        def taking(*args):
            if not begun:
                begun.append(True)
                thread = threading.Thread(target=elsewhere)
                thread.start()
                thread.join()
            return take(*args)

        monkeypatch.setattr(turn, "_take", taking)
        try:
            race.verb()
        except (NotPossible, PermissionDenied) as refusal:
            return refusal
        finally:
            assert (begun, faults) == ([True], [])
        return None

    return run


@pytest.mark.parametrize("question", READ_BEFORE + ASKED_THEN)
def test_who_was_quicker_decides(cast, overtaken, question):
    race = question(cast)
    outcome = overtaken(race)
    assert isinstance(outcome, race.refused) if race.refused else outcome is None
    assert race.holds()
    assert differences() == []
    assert verify().is_intact


def without_asking_again(by):
    current = turn._turn.get()
    if current and current.head is None:
        turn._take(current)


@pytest.mark.parametrize("question", READ_BEFORE)
def test_what_was_read_before_would_not_do(cast, overtaken, question, monkeypatch):
    """The control: the same without reading again."""
    monkeypatch.setattr("focalpoints.workflow.take_head", without_asking_again)
    race = question(cast)
    try:
        outcome = overtaken(race)
    except Exception:  # the database's own constraints are what is left
        return
    is_refused = isinstance(outcome, race.refused) if race.refused else outcome is None
    assert not (is_refused and race.holds() and differences() == [])
