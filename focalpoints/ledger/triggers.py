"""Database triggers that protect the ledger: entries can only be added, annexes only emptied, the head only counted up.

They are made by the migration and after every `migrate`; `verify_ledger` checks that they are there and unchanged.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True, slots=True)
class Guard:
    """Triggers of some tables and, on PostgreSQL, the one function that they all call."""

    function: str
    body: str
    # Database (`sqlite`, `postgresql`) → name → table and CREATE statement, written as the database shows it afterwards.
    triggers: dict[str, dict[str, tuple[str, str]]]
    # PostgreSQL's ENABLE ALWAYS: otherwise `SET session_replication_role = replica` would switch the triggers off.
    always: bool = False

    @property
    def tables(self) -> set[str]:
        return {table for table, _create in self.triggers["postgresql"].values()}

    def install(self, connection: BaseDatabaseWrapper) -> None:
        """Create the triggers anew if one is missing or differs. Takes no lock when all is well."""
        if not self.faults(connection):
            return
        self.lift(connection)
        postgresql = connection.vendor == "postgresql"
        with connection.cursor() as cursor:
            if postgresql:
                cursor.execute(f"CREATE FUNCTION {self.function}() RETURNS trigger LANGUAGE plpgsql AS $${self.body}$$")
            for name, (table, create) in self.triggers[connection.vendor].items():
                cursor.execute(create)
                if postgresql and self.always:
                    cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")

    def lift(self, connection: BaseDatabaseWrapper) -> None:
        """Remove the triggers: to undo the migration, for `seed_scale`, and for tests that empty the database."""
        postgresql = connection.vendor == "postgresql"
        with connection.cursor() as cursor:
            for name, (table, _create) in self.triggers[connection.vendor].items():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if postgresql else ""))
            if postgresql:
                cursor.execute(f"DROP FUNCTION IF EXISTS {self.function}()")

    def faults(self, connection: BaseDatabaseWrapper) -> list[str]:
        """A sentence for each trigger that is missing, altered or disabled; empty when all are in place."""
        found = _on_sqlite(connection) if connection.vendor == "sqlite" else self._on_postgresql(connection)
        return [
            f"Trigger {name} on {table} is {'not as it was made' if name in found else 'missing'}."
            for name, (table, create) in self.triggers[connection.vendor].items()
            if found.get(name) != create
        ]

    def _on_postgresql(self, connection: BaseDatabaseWrapper) -> dict[str, str]:
        """Name → definition; the definition is empty when the trigger is not enabled as it should be or its function was changed."""
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT t.tgname,
                       CASE WHEN t.tgenabled = %s AND p.prosrc = %s THEN pg_get_triggerdef(t.oid, true) ELSE '' END
                FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
                WHERE NOT t.tgisinternal AND t.tgrelid = ANY (%s::regclass[])
                """,
                ["A" if self.always else "O", self.body, list(self.tables)],
            )
            return dict(cursor.fetchall())


def _on_sqlite(connection: BaseDatabaseWrapper) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        return dict(cursor.fetchall())


ENTRY, ANNEX, HEAD = "focalpoints_entry", "focalpoints_annex", "focalpoints_ledgerhead"
FUNCTION = "focalpoints_ledger_guard"

# The function decides what is refused, not a trigger's WHEN: PostgreSQL keeps its source to the letter, so that it can be compared.
POSTGRESQL_BODY = f"""
BEGIN
  IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = '{HEAD}' THEN
    IF NEW.id = OLD.id AND NEW.seq - OLD.seq IN (0, 1) AND (OLD.at IS NULL OR NEW.at >= OLD.at) THEN
      RETURN NEW;
    END IF;
  ELSIF TG_OP = 'UPDATE' AND TG_TABLE_NAME = '{ANNEX}' THEN
    IF NEW.entry_id = OLD.entry_id AND NEW.salt = '' AND NEW.content = '' THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'The ledger only grows: % of % is refused.', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END
"""

# The condition under which each write is refused. `rowid` too: SQLite has row numbers of its own beside these keys, and INSERT OR
# REPLACE would also replace the row with the same one.
SQLITE_REFUSALS = {
    (ENTRY, "INSERT"): """
        EXISTS (SELECT 1 FROM focalpoints_entry WHERE seq = NEW.seq)
        OR EXISTS (SELECT 1 FROM focalpoints_entry WHERE hash = NEW.hash)
        OR EXISTS (
          SELECT 1 FROM focalpoints_entry
          WHERE subject_type = NEW.subject_type AND subject = NEW.subject AND nth = NEW.nth
        )
        OR EXISTS (SELECT 1 FROM focalpoints_entry WHERE rowid = NEW.rowid)""",
    (ENTRY, "UPDATE"): "TRUE",
    (ENTRY, "DELETE"): "TRUE",
    (ANNEX, "INSERT"): """
        EXISTS (SELECT 1 FROM focalpoints_annex WHERE entry_id = NEW.entry_id OR rowid = NEW.rowid)""",
    (ANNEX, "UPDATE"): """
        NEW.rowid <> OLD.rowid OR NEW.entry_id <> OLD.entry_id OR NEW.salt <> '' OR NEW.content <> ''""",
    (ANNEX, "DELETE"): "TRUE",
    (HEAD, "INSERT"): """
        EXISTS (SELECT 1 FROM focalpoints_ledgerhead)""",
    (HEAD, "UPDATE"): """
        NEW.rowid <> OLD.rowid OR NEW.id <> OLD.id OR NEW.seq - OLD.seq NOT IN (0, 1)
        OR (OLD.at IS NOT NULL AND (NEW.at IS NULL OR NEW.at < OLD.at))""",
    (HEAD, "DELETE"): "TRUE",
}


def _sqlite() -> Iterator[tuple[str, tuple[str, str]]]:
    for (table, event), refused in SQLITE_REFUSALS.items():
        name = f"{table}_{event.lower()}"
        create = (
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {refused}\n"
            f"BEGIN SELECT RAISE(ABORT, 'The ledger only grows: {event} of {table} is refused.'); END"
        )
        yield name, (table, create)


def _postgresql() -> Iterator[tuple[str, tuple[str, str]]]:
    for table in (ENTRY, ANNEX, HEAD):
        for name, events, each in (
            (f"{table}_change", "DELETE OR UPDATE", "ROW"),
            (f"{table}_truncate", "TRUNCATE", "STATEMENT"),
        ):
            create = f"CREATE TRIGGER {name} BEFORE {events} ON {table} FOR EACH {each} EXECUTE FUNCTION {FUNCTION}()"
            yield name, (table, create)


LEDGER = Guard(FUNCTION, POSTGRESQL_BODY, {"sqlite": dict(_sqlite()), "postgresql": dict(_postgresql())}, always=True)

# The apps above this one add theirs in `AppConfig.ready`.
GUARDS = [LEDGER]


def restore_triggers(*, using: str, **kwargs: Any) -> None:
    """Runs after every `migrate`: to alter a table, SQLite makes a new one and drops the old one with its triggers."""
    connection = connections[using]
    found = set(connection.introspection.table_names())
    for guard in GUARDS:
        if found.issuperset(guard.tables):
            guard.install(connection)
