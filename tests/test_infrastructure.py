"""What all tests rely on: a database file that two connections can share, and races that really race."""

from django.conf import settings
from django.db import connection, transaction

from focalpoints.models import LedgerHead


def test_sqlite_runs_on_a_file_with_production_options(db):
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        read = {
            name: cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert read == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 120_000}
    assert settings.DATABASES["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert str(connection.settings_dict["NAME"]).endswith(".sqlite3")


def add_one_slowly() -> None:
    """A lost update waiting to happen: reads, then writes what it read plus one."""
    with transaction.atomic():
        head = LedgerHead.objects.select_for_update().get(pk=1)
        LedgerHead.objects.filter(pk=1).update(seq=head.seq + 1)


def test_races_run_on_connections_of_their_own(race):
    LedgerHead.objects.update_or_create(pk=1, defaults={"seq": 0})
    assert race(*[add_one_slowly] * 8) == [None] * 8
    assert LedgerHead.objects.get().seq == 8


def test_a_race_hands_back_what_failed(race):
    outcomes = race(lambda: "done", lambda: 1 / 0)
    assert outcomes[0] == "done"
    assert isinstance(outcomes[1], ZeroDivisionError)
