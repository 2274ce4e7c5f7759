"""Every way to change the record: the database refuses it and, where somebody lifted the triggers, `verify` finds it."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from focalpoints.ledger.record import START, PublicState, canonical, empty_annexes, record, sha256
from focalpoints.ledger.triggers import LEDGER
from focalpoints.ledger.verification import Head, Problem, head, inspect, verify
from focalpoints.models import Annex, Entry, LedgerHead, User
from tests.cast import make_user
from tests.focalpoints.ledger.test_record import TASK, write

COLUMNS = [field.attname for field in Entry._meta.concrete_fields]
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL has this and SQLite has not")
on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite has this and PostgreSQL has not")


@pytest.fixture
def ledger(db: None) -> list[Entry]:
    """Eight entries about three subjects; the third is redacted by the sixth."""
    person = make_user("anybody")
    made = [write(person, replace(TASK, code=f"T-{n % 3}"), private={"done": f"Step {n}"}) for n in range(5)]
    with transaction.atomic():
        empty_annexes([3])
        made.append(record("redact", replace(TASK, code="T-2"), by=person, office="CEDN", redacts=[3]))
    made += [write(person, replace(TASK, code=f"T-{n % 3}"), private={"done": f"Step {n}"}) for n in range(2)]
    assert verify().is_intact
    # Deferred checks of the rows above would keep PostgreSQL from lifting triggers.
    connection.check_constraints()
    return made


@pytest.fixture
def unguarded(ledger: list[Entry]) -> list[Entry]:
    """Without triggers, until the end of the test rolls that back."""
    LEDGER.lift(connection)
    return ledger


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def first_problem(against: tuple[Head, ...] = ()) -> Problem:
    """The first bad entry. That the triggers are missing is told after it."""
    report = verify(against)
    missing = [Problem(fault) for fault in LEDGER.faults(connection)]
    assert report.problems[1:] == tuple(missing)
    return report.problems[0]


def found_at(seq: int | None, words: str, *against: Head) -> None:
    problem = first_problem(against)
    assert (problem.seq, words in problem.what) == (seq, True), problem


# --- With the triggers: refused

SQLITE = [
    "INSERT OR REPLACE INTO focalpoints_entry SELECT * FROM focalpoints_entry WHERE seq = 4",
    "REPLACE INTO focalpoints_entry SELECT * FROM focalpoints_entry WHERE seq = 4",
    # Another number, but the subject's nth, the hash, or SQLite's own row number of entry 4.
    "INSERT OR REPLACE INTO focalpoints_entry SELECT 9, subject_type, subject, nth, dossier, verb, office, state, at, "
    "recorded_at, text, previous, 'new', digest, by_id FROM focalpoints_entry WHERE seq = 4",
    "INSERT OR REPLACE INTO focalpoints_entry SELECT 9, subject_type, 'T-9', nth, dossier, verb, office, state, at, "
    "recorded_at, text, previous, hash, digest, by_id FROM focalpoints_entry WHERE seq = 4",
    "INSERT OR REPLACE INTO focalpoints_entry (rowid, seq, subject_type, subject, nth, dossier, verb, office, state, at, "
    "recorded_at, text, previous, hash, digest, by_id) SELECT rowid, 9, subject_type, 'T-9', nth, dossier, verb, office, "
    "state, at, recorded_at, text, previous, 'new', digest, by_id FROM focalpoints_entry WHERE seq = 4",
    "INSERT OR REPLACE INTO focalpoints_annex (entry_id, salt, content) VALUES (4, 'salt', 'content')",
    "INSERT OR REPLACE INTO focalpoints_annex (rowid, entry_id, salt, content) "
    "SELECT rowid, 9, salt, content FROM focalpoints_annex WHERE entry_id = 4",
    "UPDATE OR REPLACE focalpoints_annex SET entry_id = 4 WHERE entry_id = 5",
    "UPDATE OR REPLACE focalpoints_annex SET rowid = (SELECT rowid FROM focalpoints_annex WHERE entry_id = 4), "
    "salt = '', content = '' WHERE entry_id = 5",
    "UPDATE OR IGNORE focalpoints_entry SET office = '10'",
    "INSERT OR REPLACE INTO focalpoints_ledgerhead (id, seq, digest) VALUES (1, 0, '')",
]
POSTGRESQL = [
    "TRUNCATE focalpoints_entry CASCADE",
    "TRUNCATE focalpoints_annex",
    "TRUNCATE focalpoints_ledgerhead",
    "TRUNCATE focalpoints_user CASCADE",
    "INSERT INTO focalpoints_entry SELECT * FROM focalpoints_entry WHERE seq = 4 "
    "ON CONFLICT (seq) DO UPDATE SET office = '10'",
    "INSERT INTO focalpoints_entry SELECT * FROM focalpoints_entry WHERE seq = 4",
    "INSERT INTO focalpoints_annex VALUES (4, 'salt', 'content') ON CONFLICT (entry_id) DO UPDATE SET salt = 'salt'",
    "INSERT INTO focalpoints_ledgerhead (id, seq, digest) VALUES (1, 0, '') ON CONFLICT (id) DO UPDATE SET seq = 0",
    "MERGE INTO focalpoints_entry AS e USING focalpoints_annex AS a ON a.entry_id = e.seq "
    "WHEN MATCHED THEN UPDATE SET office = '10'",
]
BOTH = [
    *(f"UPDATE focalpoints_entry SET {column} = {column}" for column in COLUMNS),
    "DELETE FROM focalpoints_entry",
    "DELETE FROM focalpoints_entry WHERE seq = 8",
    "DELETE FROM focalpoints_annex",
    "UPDATE focalpoints_annex SET content = 'x'",
    "UPDATE focalpoints_annex SET salt = 'x', content = 'y' WHERE entry_id = 3",
    "UPDATE focalpoints_annex SET entry_id = 9, salt = '', content = '' WHERE entry_id = 4",
    "DELETE FROM focalpoints_ledgerhead",
    "UPDATE focalpoints_ledgerhead SET seq = seq - 1",
    "UPDATE focalpoints_ledgerhead SET seq = seq + 2",
    "UPDATE focalpoints_ledgerhead SET at = NULL",
    "UPDATE focalpoints_ledgerhead SET at = '2001-01-01 00:00:00+00:00'",
]


@pytest.mark.parametrize("sql", BOTH + (SQLITE if connection.vendor == "sqlite" else POSTGRESQL))
def test_the_database_refuses(ledger, sql):
    with pytest.raises(IntegrityError), transaction.atomic():
        run(sql)
    assert verify().is_intact
    assert Entry.objects.count() == Annex.objects.count() == 8


def test_the_refusal_says_why(ledger):
    with pytest.raises(IntegrityError, match="The ledger only grows: DELETE of focalpoints_entry is refused"):
        run("DELETE FROM focalpoints_entry")


@on_postgresql
def test_a_session_that_plays_replica_is_refused_too(ledger):
    run("SET LOCAL session_replication_role = replica")
    with pytest.raises(IntegrityError), transaction.atomic():
        run("DELETE FROM focalpoints_annex")


# --- Without them: found, and the first bad entry named

CHANGES = {
    "seq": (99, 4, "missing"),
    "subject_type": ("project", 4, "column subject_type"),
    "subject": ("T-9", 4, "column subject"),
    "nth": (7, 4, "column nth"),
    "dossier": ("task:T-9", 4, "column dossier"),
    "verb": ("accept", 4, "column verb"),
    "office": ("10", 4, "column office"),
    "state": ("", 4, "column state"),
    "at": (F("at") + timedelta(microseconds=1), 4, "column at"),
    "recorded_at": (F("recorded_at") - timedelta(days=1), 4, "column recorded_at"),
    "text": ("{}", 4, "hash is not that of its text"),
    "previous": (START, 4, "column previous"),
    "hash": ("a" * 64, 4, "hash is not that of its text"),
    "digest": ("a" * 64, 4, "digest does not follow"),
    "by_id": (None, 4, "names another person"),
}


def test_each_column_has_its_own_case():
    assert list(CHANGES) == COLUMNS


@pytest.mark.parametrize("column", COLUMNS)
def test_an_edited_column_is_found(unguarded, column):
    value, seq, words = CHANGES[column]
    if column == "by_id":
        value = make_user("somebody else").pk
    if column == "seq":
        Annex.objects.filter(pk=4).delete()
    Entry.objects.filter(pk=4).update(**{column: value})
    found_at(seq, words)


@pytest.mark.parametrize("seq", range(1, 9))
def test_an_entry_cut_out_is_found(unguarded, seq):
    Annex.objects.filter(pk=seq).delete()
    Entry.objects.filter(pk=seq).delete()
    if seq == 6:  # it announced that the third was redacted
        found_at(3, "no later entry announces it")
    else:
        found_at(seq, "it is missing")


@pytest.mark.parametrize("kept", range(8))
def test_a_cut_tail_is_found(unguarded, kept):
    Annex.objects.filter(pk__gt=kept).delete()
    Entry.objects.filter(pk__gt=kept).delete()
    if kept in {3, 4, 5}:  # the sixth announced that the third was redacted
        found_at(3, "no later entry announces it")
    else:
        found_at(kept + 1, "missing: the head counts 8")


def test_a_deleted_chain_is_found(unguarded):
    chain = Entry.objects.about("task", "T-1")
    Annex.objects.filter(entry__in=chain).delete()
    chain.delete()
    found_at(2, "missing")


def test_two_swapped_entries_are_found(unguarded):
    for old, new in ((4, 100), (5, 4), (100, 5)):
        Entry.objects.filter(pk=old).update(seq=new)
    found_at(4, "column seq")


def test_an_entry_added_by_hand_is_found(unguarded):
    forge(8, seq=9, nth=9, subject="T-9")
    found_at(9, "number 1 of its subject")
    forge(9, seq=9, nth=1, subject="T-9")
    found_at(9, "hash of the entry before it on its subject")
    forge(9, seq=9, previous=START)
    found_at(9, "private part is missing")
    Annex.objects.create(entry_id=9, salt=unguarded[7].annex.salt, content=unguarded[7].annex.content)
    found_at(9, "beyond the head")
    LedgerHead.objects.update(seq=9)
    found_at(None, "head does not agree")


def test_an_entry_pushed_in_is_found_at_the_next(unguarded):
    Entry.objects.filter(pk__gte=5).update(seq=F("seq") + 100)
    Entry.objects.filter(pk__gte=100).update(seq=F("seq") - 99)
    forge(6, seq=5, nth=1, subject="T-9", previous=START)
    found_at(6, "column seq")


def forge(like: int, **changes: object) -> Entry:
    """An entry made by hand whose own text, hash and digest agree."""
    entry = Entry.objects.get(pk=like)
    says = json.loads(entry.text) | changes
    entry.seq, entry.nth, entry.subject, entry.previous = (says[key] for key in ("seq", "nth", "subject", "previous"))
    entry.text = canonical(says)
    entry.hash = sha256(entry.text)
    before = Entry.objects.filter(seq=entry.seq - 1).first()
    entry.digest = sha256(before.digest if before else START, entry.hash)
    entry.save(force_insert=not Entry.objects.filter(pk=entry.pk).exists())
    return entry


def test_an_entry_rewritten_in_itself_is_found_at_the_next(unguarded):
    forge(8, title="Nothing happened")
    found_at(None, "head does not agree")
    forge(5, title="Nothing happened")
    found_at(6, "digest does not follow")


def rewrite_all(change: Callable[[dict], None]) -> None:
    """What somebody with all of the database and the documentation can do: forge each entry and the head."""
    digest, last = START, {}
    for entry in Entry.objects.order_by("seq"):
        says = json.loads(entry.text)
        change(says)
        says["previous"] = last.get(says["subject"], START)
        text = canonical(says)
        hash_of_text = sha256(text)
        last[says["subject"]], digest = hash_of_text, sha256(digest, hash_of_text)
        columns = {name: says[name] for name in ("seq", "previous", "office", "nth")}
        Entry.objects.filter(pk=entry.pk).update(text=text, hash=hash_of_text, digest=digest, **columns)
    LedgerHead.objects.update(digest=digest)


def test_a_ledger_forged_from_an_entry_on_is_found_by_a_kept_head(unguarded):
    kept = [Head(entry.seq, entry.digest) for entry in unguarded]
    rewrite_all(lambda says: says.update(office="10") if says["seq"] == 5 else None)
    assert [problem.seq for problem in verify().problems if problem.seq] == []
    found_at(5, "head kept outside", *kept)
    found_at(8, "head kept outside", kept[2], kept[7])
    assert [problem.seq for problem in verify(kept[:4]).problems if problem.seq] == []


def test_a_tail_cut_with_its_head_is_found_by_a_kept_head(unguarded):
    kept = head()
    Annex.objects.filter(pk__gt=6).delete()
    Entry.objects.filter(pk__gt=6).delete()
    LedgerHead.objects.update(seq=6, digest=Entry.objects.get(pk=6).digest, at=Entry.objects.get(pk=6).at)
    assert [problem.seq for problem in verify().problems if problem.seq] == []
    found_at(7, "missing: a head kept outside names entry 8", kept)


def test_everything_gone_is_found_by_a_kept_head(unguarded):
    kept = head()
    Annex.objects.all().delete()
    Entry.objects.all().delete()
    LedgerHead.objects.update(seq=0, digest=START, at=None)
    assert verify().head == Head(0, START)
    found_at(1, "missing", kept)


@pytest.mark.parametrize(
    ("change", "seq", "words"),
    [
        ({"seq": 7}, 8, "beyond the head"),
        ({"seq": 9}, 9, "missing: the head counts 9"),
        ({"digest": START}, None, "head does not agree"),
        ({"at": None}, None, "head does not agree"),
    ],
    ids=str,
)
def test_an_edited_head_is_found(unguarded, change, seq, words):
    LedgerHead.objects.update(**change)
    found_at(seq, words)


def test_a_missing_head_is_found(unguarded):
    LedgerHead.objects.all().delete()
    found_at(None, "head is missing")


@pytest.mark.parametrize(
    ("seq", "change", "words"),
    [
        (4, {"content": '{"by":"P-OTHER"}'}, "private part was altered"),
        (4, {"salt": "0" * 32}, "private part was altered"),
        (4, {"salt": "", "content": ""}, "no later entry announces it"),
        (3, {"salt": "0" * 32, "content": "{}"}, "private part was altered"),
    ],
)
def test_an_edited_annex_is_found(unguarded, seq, change, words):
    Annex.objects.filter(pk=seq).update(**change)
    found_at(seq, words)


@pytest.mark.parametrize("seq", [1, 3, 8])
def test_a_deleted_annex_is_found(unguarded, seq):
    Annex.objects.filter(pk=seq).delete()
    found_at(seq, "private part is missing")


def test_what_was_redacted_must_stay_so(db):
    write(person := make_user("anybody"), private={"done": "Somebody's name"})
    kept = Annex.objects.get(pk=1)
    with transaction.atomic():
        empty_annexes([1])
        record("redact", TASK, by=person, office="CEDN", redacts=[1])
    connection.check_constraints()
    LEDGER.lift(connection)
    kept.save()
    found_at(1, "is there, although entry 2 redacted it")


def test_a_redaction_announced_but_not_done_is_found(ledger):
    write(User.objects.get(), verb="redact", redacts=[4])
    found_at(4, "is there, although entry 9 redacted it")


@pytest.mark.parametrize("redacts", [[9], [10], [0], ["1"], 1, [True]], ids=str)
def test_only_what_came_before_can_be_redacted(unguarded, redacts):
    forge(8, seq=9, nth=4, previous=unguarded[7].hash, redacts=redacts)
    Annex.objects.create(pk=9, salt="0", content="{}")
    LedgerHead.objects.update(seq=9)
    assert first_problem().seq == 9


@pytest.mark.parametrize(
    "text",
    [
        "", "null", "[]", "{", '{"format":1}', '"\ud83d\ude00"', "[" * 100_000, "1" * 5_000,
        '{"format": 1}', '{"a":1,"a":1}', '{"a":"cafe\u0301"}', '{"a":1.0}', '{"a":"\\u00e9"}',
    ],
    ids=lambda text: ascii(text[:20]),
)  # fmt: skip
def test_text_that_is_not_ours_is_found(unguarded, text):
    text = text.encode("utf-16", "surrogatepass").decode("utf-16")
    Entry.objects.filter(pk=4).update(text=text, hash=sha256(text))
    found_at(4, "its text is not")


@on_sqlite
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", "'soon'"), ("at", "5"), ("at", "'2018-13-45 00:00:00'"), ("recorded_at", "x'ff'"), ("text", "x'7b7d'"),
        ("text", "CAST(x'ff' AS TEXT)"), ("nth", "'many'"), ("hash", "x'00'"), ("seq", "'four'"), ("office", "CAST(x'ff' AS TEXT)"),
    ],
)  # fmt: skip
def test_what_only_sqlite_stores_in_a_column_is_found(unguarded, column, value):
    run("DELETE FROM focalpoints_annex WHERE entry_id = 4")
    run(f"UPDATE focalpoints_entry SET {column} = {value} WHERE seq = 4")
    assert first_problem().seq == 4


@on_sqlite
@pytest.mark.parametrize("value", ["'soon'", "5", "x'ff'", "'2018-13-45 00:00:00'"])
def test_what_only_sqlite_stores_in_the_head_is_found(unguarded, value):
    run(f"UPDATE focalpoints_ledgerhead SET at = {value}")
    found_at(None, "head")


# --- The page's quick look at one entry


def test_a_quick_look_finds_what_can_be_seen_from_one_entry(unguarded):
    assert all(inspect(entry).is_sound for entry in Entry.objects.all())
    assert inspect(unguarded[2]).redacted_by == unguarded[5]
    Entry.objects.filter(pk=4).update(text="{}")
    Entry.objects.filter(pk=5).update(digest=START)
    Entry.objects.filter(pk=2).update(hash="a" * 64)
    Annex.objects.filter(pk=7).update(salt="0")
    Annex.objects.filter(pk=8).update(salt="", content="")
    looks = {entry.seq: inspect(entry) for entry in Entry.objects.all()}
    assert [seq for seq, look in looks.items() if not look.hash_matches] == [2, 4]
    assert [seq for seq, look in looks.items() if not look.digest_follows] == [2, 5, 6]
    assert [seq for seq, look in looks.items() if not look.chain_follows] == [5]
    assert [seq for seq, look in looks.items() if not look.private_matches] == [4, 7, 8]


# --- The triggers themselves


@pytest.mark.parametrize("name", LEDGER.triggers[connection.vendor])
def test_a_missing_trigger_is_reported(ledger, name):
    table, _create = LEDGER.triggers[connection.vendor][name]
    run(f"DROP TRIGGER {name}" + (f" ON {table}" if connection.vendor == "postgresql" else ""))
    assert [str(problem) for problem in verify().problems] == [f"Trigger {name} on {table} is missing."]
    LEDGER.install(connection)
    assert verify().is_intact


@on_sqlite
def test_an_altered_trigger_is_reported(ledger):
    run("DROP TRIGGER focalpoints_entry_update")
    run("CREATE TRIGGER focalpoints_entry_update BEFORE UPDATE ON focalpoints_entry WHEN FALSE BEGIN SELECT 1; END")
    assert [str(problem) for problem in verify().problems] == [
        "Trigger focalpoints_entry_update on focalpoints_entry is not as it was made."
    ]
    LEDGER.install(connection)
    assert verify().is_intact


@on_postgresql
@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE focalpoints_entry DISABLE TRIGGER focalpoints_entry_change",
        "ALTER TABLE focalpoints_entry ENABLE TRIGGER focalpoints_entry_change",
        "ALTER TABLE focalpoints_entry ENABLE REPLICA TRIGGER focalpoints_entry_change",
        "CREATE OR REPLACE TRIGGER focalpoints_entry_change BEFORE DELETE ON focalpoints_entry "
        "FOR EACH ROW EXECUTE FUNCTION focalpoints_ledger_guard()",
        "CREATE OR REPLACE TRIGGER focalpoints_entry_change BEFORE DELETE OR UPDATE ON focalpoints_entry "
        "FOR EACH ROW WHEN (FALSE) EXECUTE FUNCTION focalpoints_ledger_guard()",
    ],
)
def test_an_altered_or_disabled_trigger_is_reported(ledger, sql):
    run(sql)
    assert [str(problem) for problem in verify().problems] == [
        "Trigger focalpoints_entry_change on focalpoints_entry is not as it was made."
    ]
    LEDGER.install(connection)
    assert verify().is_intact


@on_postgresql
def test_a_guard_that_lets_everything_pass_is_reported(ledger):
    run(
        "CREATE OR REPLACE FUNCTION focalpoints_ledger_guard() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
    )
    assert len(verify().problems) == 6
    LEDGER.install(connection)
    assert verify().is_intact


def test_a_subject_is_found_whatever_its_code(db):
    """Two subjects whose names run together are still two chains."""
    person = make_user("anybody")
    write(person, PublicState("a", "b:c"))
    write(person, PublicState("a:b", "c"))
    assert [entry.nth for entry in Entry.objects.all()] == [1, 1]
    assert verify().is_intact
