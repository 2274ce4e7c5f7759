"""The engine of the tables of verbs: what it refuses to start with, and what it says of past entries."""

from dataclasses import replace

import pytest
from django.core.exceptions import ImproperlyConfigured, PermissionDenied

from focalpoints import workflow
from focalpoints.models import Agency
from focalpoints.workflow import VERBS, Told, Verb, permitted, register, sentence_of, verb_of

GOOD = Verb(
    noun="agency", name="rename", label="Rename", doer="administrator", sources=frozenset({"registered"}),
    wrong_moment="It is closed.", sentence="Agency renamed",
)  # fmt: skip


@pytest.fixture(autouse=True)
def own_tables(monkeypatch):
    """What a test registers is gone after it."""
    for name in ("VERBS", "_BY_ENTRY"):
        monkeypatch.setattr(workflow, name, dict(getattr(workflow, name)))


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"doer": "minister"}, "is for somebody unknown: minister"),
        ({"noun": "ministry"}, "is of an unknown noun: ministry"),
        ({"on": ("agency", "ministry")}, "is of an unknown noun: ministry"),
        ({"sources": frozenset({"merged"})}, "begins in an unknown state: merged"),
        ({"sources": frozenset()}, "begins in no state"),
        ({"target": "merged"}, "leads to an unknown state: merged"),
        ({"sentence": ""}, "needs a sentence for the history if, and only if, the ledger tells it"),
        ({"entry": None}, "needs a sentence for the history if, and only if, the ledger tells it"),
        ({"wrong_moment": ""}, "says nothing at the wrong moment"),
        ({"name": "close"}, "stands in the table twice"),
    ],
)
def test_a_faulty_row_stops_the_start_with_its_name(fault, said):
    verb = replace(GOOD, **fault)
    with pytest.raises(ImproperlyConfigured) as refusal:
        register([], {}, [verb])
    assert str(refusal.value) == f"The verb {verb.id} {said}."


def test_a_row_without_fault_is_taken():
    register([], {}, [GOOD])
    assert workflow.VERBS["agency.rename"] is GOOD


def test_a_retired_verb_is_nobody_s_and_its_past_entries_keep_their_words(cast):
    register([], {}, [replace(GOOD, is_retired=True)])
    agency = Agency.objects.get(key="9")
    with pytest.raises(PermissionDenied):
        permitted("agency.rename", agency, by=cast["administrator"])
    assert sentence_of("agency", "rename") == "Agency renamed"


def test_an_entry_of_another_release_shows_its_codes():
    assert verb_of("agency", "merge") is None
    assert sentence_of("agency", "merge") == "agency: merge"


def test_entries_keep_their_names_in_the_ledger():
    """By hand, because past entries are read by them: a name may be added, never taken away."""
    told = {(verb.noun, verb.entry_name) for verb in VERBS.values() if verb.entry_name is not None}
    assert told >= {
        ("commitment", "recount"), ("task", "recur"), ("follow-up", "note"), ("follow-up", "redact"), ("task", "define"),
        ("request", "set_date"), ("request", "ask_correction"), ("light-rule", "adopt"), ("project", "link"),
        ("message-text", "correct"), ("person", "create"), ("pillar", "define"), ("task", "pause"), ("task", "resume"),
        ("task", "replace"), ("task", "undo"), ("task", "withdraw"), ("request", "ask_scope"), ("office-text", "publish"),
        ("follow-up", "retract"), ("follow-up", "reopen"), ("follow-up", "ask"), ("follow-up", "answer"),
    }  # fmt: skip
    assert len(told) == 82


def test_who_is_told_of_what():
    told = {kind: {verb.id for verb in VERBS.values() if verb.told is kind} for kind in Told}
    assert told[Told.OFFICE] == {"task.withdraw", "follow-up.withdraw", "request.withdraw", "assessment.answer"}
    assert told[Told.QUEUE] == {
        "task.propose", "follow-up.submit", "request.ask_date",
        "request.ask_first_date", "request.ask_correction", "request.ask_scope", "request.ask_assignment",
        "request.ask_cancellation", "request.ask_cancellations", "request.ask_withdrawal", "request.ask_series_end",
        "follow-up.answer", "request.ask_finding",
    }  # fmt: skip
    assert told[Told.AGENCIES] == {
        "commitment.create", "commitment.correct", "task.define", "task.define_for_all", "task.recur", "task.replace",
        "task.confirm", "task.decline", "task.correct", "task.assign", "task.cancel", "task.undo", "follow-up.accept",
        "follow-up.ask",
        "follow-up.return", "follow-up.redact", "follow-up.reopen", "assessment.assess", "request.approve", "request.reject",
        "request.set_date", "request.redact", "request.ask_redaction",
    }  # fmt: skip
