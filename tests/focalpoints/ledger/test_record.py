"""The ledger: what an entry says, in which order entries come, and that a stranger can compute all of it again."""

import json
import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import TransactionTestCase
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from focalpoints import clock
from focalpoints.ledger.record import START, PublicState, canonical, empty_annexes, record, sha256
from focalpoints.ledger.triggers import GUARDS, LEDGER
from focalpoints.ledger.verification import Head, head, verify
from focalpoints.models import Annex, Entry, LedgerHead, User
from focalpoints.workflow import NotPossible, Stale
from tests import stranger
from tests.cast import make_user
from tests.ledger_plugin import lifted

VECTORS = json.loads((Path(__file__).resolve().parents[3] / "docs" / "ledger-vectors.json").read_text("utf-8"))
TASK = PublicState(
    "task", "T-1", state="confirmed", title="Tender the sites", agencies=["9"],
    numbers={"verified_progress": 40}, dates={"due": date(2018, 12, 31), "ended": None}, codes={"commitment": "C1"},
)  # fmt: skip
COMMITMENT = PublicState("commitment", "C1", state="open", title="250,000 sites", agencies=["9"])


@pytest.fixture
def person(db: None) -> User:
    return make_user("anybody")


def write(by: User, subject: PublicState = TASK, verb: str = "submit", **facts) -> Entry:
    with transaction.atomic():
        return record(verb, subject, by=by, office="9", **facts)


# --- What an entry says


def test_an_entry_says_what_happened_in_canonical_text(person):
    with clock.at(datetime(2018, 10, 15, 15, tzinfo=UTC)):
        first = write(person, private={"done": "We tendered."}, dossier=COMMITMENT)
    second = write(person, replace(TASK, title="Tender all sites"), "correct")
    says = json.loads(second.text)
    assert says.pop("recorded_at") == second.recorded_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert says.pop("at") == second.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert says.pop("private") == sha256(second.annex.salt, second.annex.content)
    assert says == {
        "format": 1, "seq": 2, "type": "task", "subject": "T-1", "nth": 2, "previous": first.hash, "dossier": "task:T-1",
        "verb": "correct", "office": "9", "state": "confirmed", "title": "Tender all sites", "agencies": ["9"],
        "numbers": {"verified_progress": 40}, "dates": {"due": "2018-12-31", "ended": None},
        "codes": {"commitment": "C1"}, "dossier_after": None, "redacts": [],
    }  # fmt: skip
    says = json.loads(first.text)
    assert (says["at"], says["dossier"]) == ("2018-10-15T15:00:00.000000Z", "commitment:C1")
    assert says["dossier_after"]["title"] == "250,000 sites"
    assert json.loads(first.annex.content) == {"by": person.code, "done": "We tendered."}
    assert person.code not in first.text
    assert "tendered" not in first.text
    assert verify().is_intact


def test_two_equal_private_parts_have_different_hashes(person):
    entries = [write(person, private={"comment": "No."}) for _ in range(2)]
    assert len({json.loads(entry.text)["private"] for entry in entries}) == 2


def test_business_time_never_runs_backwards(person):
    with clock.at(datetime(2018, 10, 15, 15, tzinfo=UTC)):
        first = write(person)
    with clock.at(datetime(2018, 10, 14, 15, tzinfo=UTC)):
        second = write(person)
    assert first.at == second.at == datetime(2018, 10, 15, 15, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_an_entry_needs_the_transaction_of_its_verb():
    with pytest.raises(RuntimeError):
        record("submit", TASK, by=make_user("anybody"), office="9")
    assert not Entry.objects.exists()


def test_a_verb_that_fails_leaves_nothing(person):
    @transaction.atomic
    def verb() -> None:
        record("submit", TASK, by=person, office="9")
        raise NotPossible("Too late.")

    with pytest.raises(NotPossible):
        verb()
    assert head() == Head(0, START)
    assert write(person).seq == 1


@pytest.mark.parametrize("facts", [{"private": {"done": "a\0b"}}, {"private": {"done": "\ud800"}}], ids=ascii)
def test_text_that_no_database_holds_is_refused_whole(person, facts):
    with pytest.raises(ValueError, match="NUL"):
        write(person, **facts)
    with pytest.raises(ValueError, match="NUL"):
        write(person, replace(TASK, title="a\0b"))
    assert head() == Head(0, START)


def test_nobody_can_sign_for_another(person):
    with pytest.raises(ValueError, match="who acted"):
        write(person, private={"by": "P-OTHER"})


def test_columns_repeat_the_normalised_text(person):
    entry = write(person, replace(TASK, state="cafe\u0301", title="cafe\u0301"))
    assert (entry.state, json.loads(entry.text)["title"]) == ("caf\u00e9", "caf\u00e9")
    assert verify().is_intact


# --- Redaction


@pytest.mark.parametrize("order", ["annexes first", "entry first"])
def test_a_redaction_leaves_the_ledger_intact(person, order):
    told = [write(person, private={"done": "Somebody's name"}) for _ in range(3)]
    with transaction.atomic():
        if order == "annexes first":
            empty_annexes([1, 3])
        record("redact", TASK, by=person, office="CEDN", redacts=[1, 3])
        if order == "entry first":
            empty_annexes([1, 3])
    assert [Annex.objects.get(pk=entry.pk).is_redacted for entry in told] == [True, False, True]
    assert verify().is_intact


def test_an_annex_is_emptied_once(person):
    write(person)
    empty_annexes([1])
    with pytest.raises(Stale):
        empty_annexes([1])


# --- Canonical text

NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
# What Unicode joins across the borders of JSON's own syntax.
TRICKY = st.lists(st.sampled_from('\n\t"\\=<>n{}\u0303\u0338\u0301é\x0b\x7f\u2028😀'), max_size=6).map("".join)
KEYS = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=5)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS | TRICKY,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_canonical_text_is_what_a_stranger_writes(value):
    text = canonical(value)
    assert text == stranger.canonical(value)
    assert canonical(json.loads(text)) == text
    assert text.encode()


@pytest.mark.parametrize("value", [1.0, float("nan"), date(2018, 1, 1), b"x", {1}], ids=repr)
def test_what_has_no_single_form_is_refused(value):
    with pytest.raises(TypeError):
        canonical({"value": value})


@pytest.mark.parametrize("value", [2**53, "\0", "a\udfff", {"é": 1}, {1: 1}], ids=ascii)
def test_what_readers_could_take_for_something_else_is_refused(value):
    with pytest.raises(ValueError):
        canonical([value])


@pytest.mark.parametrize("vector", VECTORS["canonical"], ids=lambda vector: vector["why"])
def test_vectors_of_canonical_text(vector):
    assert canonical(vector["value"]) == stranger.canonical(vector["value"]) == vector["text"]
    assert sha256(vector["text"]) == stranger.sha256(vector["text"]) == vector["sha256"]


def test_vectors_of_a_ledger():
    entries = VECTORS["ledger"]
    assert len(entries) == 6
    assert stranger.check(entries) == VECTORS["head"]["digest"]
    assert VECTORS["head"]["seq"] == 6


@pytest.mark.parametrize("seq", range(1, 7))
@pytest.mark.parametrize("key", ["text", "hash", "digest"])
def test_the_stranger_notices_an_edited_vector(seq, key):
    entries = [dict(entry) for entry in VECTORS["ledger"]]
    entries[seq - 1][key] = entries[seq - 1][key].replace("8", "3", 1)
    assert entries != VECTORS["ledger"]
    with pytest.raises(AssertionError):
        stranger.check(entries)


def test_a_stranger_finds_our_ledger_sound(person):
    for number in range(4):
        write(person, replace(TASK, code=f"T-{number % 2}"), private={"done": "línea 1\nlínea 2"}, dossier=COMMITMENT)
    with transaction.atomic():
        empty_annexes([2])
        record("redact", TASK, by=person, office="CEDN", redacts=[2])
    exported = [
        {
            "text": entry.text, "hash": entry.hash, "digest": entry.digest, "folio": entry.folio,
            "salt": entry.annex.salt, "private": entry.annex.content,
        }
        for entry in Entry.objects.select_related("annex")
    ]  # fmt: skip
    assert stranger.check(exported) == head().digest


# --- Two at once


def test_entries_written_at_once_are_numbered_without_gap(race):
    people = [make_user(f"person {number}") for number in range(4)]

    def write_ten(by: User):
        return lambda: [write(by, replace(TASK, code=f"T-{number % 3}")).seq for number in range(10)]

    outcomes = race(*[write_ten(by) for by in people])
    assert sorted(seq for seqs in outcomes for seq in seqs) == list(range(1, 41))
    assert verify().problems == ()
    assert Entry.objects.count() == head().seq == 40


def test_without_the_heads_lock_two_writers_take_one_number(race):
    """The negative control: what `record` would do if it only read the head."""
    person = make_user("anybody")
    both_have_read = threading.Barrier(2)

    def careless(subject: str):
        def write_unlocked() -> int:
            seq = LedgerHead.objects.get(pk=1).seq + 1
            both_have_read.wait(timeout=20)
            now = timezone.now()
            Entry.objects.create(
                seq=seq, subject_type="task", subject=subject, nth=1, hash=subject, at=now, recorded_at=now, by=person
            )
            return seq

        return write_unlocked

    outcomes = race(careless("T-1"), careless("T-2"))
    assert sorted(type(outcome) for outcome in outcomes if outcome != 1) == [IntegrityError]
    assert not verify().is_intact


def test_the_ledger_can_be_checked_while_others_write(race):
    people = [make_user("first"), make_user("second")]
    done = threading.Event()

    def write_many() -> None:
        try:
            for _ in range(30):
                write(people[0])
                with transaction.atomic():
                    entry = record("submit", replace(TASK, code="T-2"), by=people[1], office="9")
                with transaction.atomic():
                    record("redact", replace(TASK, code="T-2"), by=people[1], office="9", redacts=[entry.seq])
                    empty_annexes([entry.seq])
        finally:
            done.set()

    def check() -> list[str]:
        problems = []
        while not done.is_set():
            problems += [str(problem) for problem in verify().problems]
        return problems

    assert race(write_many, check, check) == [None, [], []]
    assert verify().head == head()
    assert head().seq == 90


# --- The triggers outlive what Django does to tables


def test_a_flush_spares_the_triggers_and_begins_a_new_ledger(transactional_db):
    write(make_user("anybody"))
    TransactionTestCase()._fixture_teardown()
    assert (Entry.objects.count(), head()) == (0, Head(0, START))
    assert LEDGER.faults(connection) == []


def test_migrate_restores_triggers_that_a_remade_table_lost(transactional_db):
    if connection.vendor == "sqlite":
        with connection.schema_editor() as editor:
            editor._remake_table(Entry)
        lost = 3
    else:
        LEDGER.lift(connection)
        lost = 6
    assert len(LEDGER.faults(connection)) == lost
    call_command("migrate", verbosity=0)
    assert LEDGER.faults(connection) == []


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.function)
def test_a_guard_knows_its_triggers_and_makes_those_that_are_missing(db, guard):
    """As the database repeats them: else every `migrate` would lock the tables to make them anew."""
    assert guard.faults(connection) == []
    guard.lift(connection)
    missing = [
        f"Trigger {name} on {table} is missing." for name, (table, _) in guard.triggers[connection.vendor].items()
    ]
    assert guard.faults(connection) == missing
    guard.install(connection)
    assert guard.faults(connection) == []


# --- The command


def test_the_command_says_that_all_is_well(person, capsys):
    write(person)
    call_command("verify_ledger")
    assert capsys.readouterr().out == f"intact: 1 entries, head {head().digest}\n"


def test_a_kept_head_still_fits_after_more_entries(person, capsys, tmp_path):
    kept = tmp_path / "heads.txt"
    for _ in range(3):
        write(person)
        call_command("verify_ledger", "--head")
        kept.write_text((kept.read_text() if kept.exists() else "") + capsys.readouterr().out)
    write(person)
    call_command("verify_ledger", "--against", kept)
    assert capsys.readouterr().out.startswith("intact: 4 entries, head ")


@pytest.mark.parametrize(
    "line", ["", "x", f"x {START}", f"1 {START[1:]}", f"1 {START[1:]}A", f"-1 {START}", f"1 {START} 2"]
)
def test_a_file_that_holds_no_head_is_refused(db, tmp_path, line):
    kept = tmp_path / "heads.txt"
    kept.write_text(f"0 {START}\n{line or 'one two three'}\n")
    with pytest.raises(CommandError, match="not a head"):
        call_command("verify_ledger", "--against", kept)
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("verify_ledger", "--against", tmp_path)


def test_the_command_names_the_first_bad_entry(person):
    entries = [write(person) for _ in range(3)]
    with lifted():
        Entry.objects.filter(pk=2).update(office="10")
        Entry.objects.filter(pk=3).update(office="10")
    with pytest.raises(CommandError) as caught:
        call_command("verify_ledger")
    assert str(caught.value) == f"entry 2 ({entries[1].folio}): its column office does not agree with its text."


def test_a_clock_set_back_by_a_year_keeps_the_ledger_intact(person):
    with clock.at(timezone.now() + timedelta(days=365)):
        write(person)
    write(person)
    assert verify().is_intact
