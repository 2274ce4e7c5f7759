"""The database's own refusal to change the ledger, whoever asks: entries are only added, annexes only emptied, the head only counts up.

`trigger_sql` gives the SQL: the migration and `post_migrate` install it, `verify_ledger` compares with it.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

ENTRY, ANNEX, HEAD = TABLES = ("focalpoints_entry", "focalpoints_annex", "focalpoints_ledgerhead")
GUARD = "focalpoints_ledger_guard"

# One function for all: PostgreSQL keeps its source verbatim, so that it can be compared; it rewrites a trigger's WHEN.
POSTGRESQL_GUARD = f"""
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

# When a write is refused. `rowid`: these keys are not SQLite's own row numbers, and OR REPLACE also replaces by those.
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


def trigger_sql(vendor: str) -> dict[str, tuple[str, str]]:
    """The triggers of a database (`sqlite` or `postgresql`): name → table and CREATE statement, as the database repeats it."""
    if vendor == "sqlite":
        return dict(_sqlite())
    if vendor == "postgresql":
        return dict(_postgresql())
    raise NotImplementedError(f"The ledger has no triggers for {vendor}.")


def _sqlite() -> Iterator[tuple[str, tuple[str, str]]]:
    for (table, event), refused in SQLITE_REFUSALS.items():
        name = f"{table}_{event.lower()}"
        yield (
            name,
            (
                table,
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {refused}\n"
                f"BEGIN SELECT RAISE(ABORT, 'The ledger only grows: {event} of {table} is refused.'); END",
            ),
        )


def _postgresql() -> Iterator[tuple[str, tuple[str, str]]]:
    for table in TABLES:
        for name, events, each in (
            (f"{table}_change", "DELETE OR UPDATE", "ROW"),
            (f"{table}_truncate", "TRUNCATE", "STATEMENT"),
        ):
            sql = f"CREATE TRIGGER {name} BEFORE {events} ON {table} FOR EACH {each} EXECUTE FUNCTION {GUARD}()"
            yield name, (table, sql)


def install(connection: BaseDatabaseWrapper) -> None:
    """Create what is missing or differs; takes no lock when all is well."""
    if not trigger_faults(connection):
        return
    triggers = trigger_sql(connection.vendor)
    lift(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"CREATE FUNCTION {GUARD}() RETURNS trigger LANGUAGE plpgsql AS $${POSTGRESQL_GUARD}$$")
        for name, (table, create) in triggers.items():
            cursor.execute(create)
            if connection.vendor == "postgresql":
                # ALWAYS: else `SET session_replication_role = replica` would slip past.
                cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


def lift(connection: BaseDatabaseWrapper) -> None:
    """Remove the triggers: for the migration's way back and for tests that flush."""
    postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        for name, (table, _create) in trigger_sql(connection.vendor).items():
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if postgresql else ""))
        if postgresql:
            cursor.execute(f"DROP FUNCTION IF EXISTS {GUARD}()")


def trigger_faults(connection: BaseDatabaseWrapper) -> list[str]:
    """In words, each trigger that is missing, altered or disabled; empty when the database guards the ledger."""
    found = _sqlite_state(connection) if connection.vendor == "sqlite" else _postgresql_state(connection)
    return [
        f"Trigger {name} on {table} is {'not as it was made' if name in found else 'missing'}."
        for name, (table, create) in trigger_sql(connection.vendor).items()
        if found.get(name) != create
    ]


def _sqlite_state(connection: BaseDatabaseWrapper) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        return dict(cursor.fetchall())


def _postgresql_state(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Name → definition; without one where the trigger is disabled or its function has another body."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT t.tgname,
                   CASE WHEN t.tgenabled = 'A' AND p.prosrc = %s THEN pg_get_triggerdef(t.oid, true) ELSE '' END
            FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
            WHERE NOT t.tgisinternal AND t.tgrelid = ANY (%s::regclass[])
            """,
            [POSTGRESQL_GUARD, list(TABLES)],
        )
        return dict(cursor.fetchall())


@dataclass(frozen=True, slots=True)
class Guard:
    """Triggers of some tables, and how they are made where they are missing."""

    tables: Collection[str]
    install: Callable[[BaseDatabaseWrapper], None]


# Apps above add theirs in `AppConfig.ready`.
GUARDS = [Guard(TABLES, install)]


def restore_triggers(*, using: str, **kwargs: Any) -> None:
    """After every `migrate`: SQLite remakes a table to alter it, and drops its triggers with the old one."""
    connection = connections[using]
    found = set(connection.introspection.table_names())
    for guard in GUARDS:
        if found.issuperset(guard.tables):
            guard.install(connection)
