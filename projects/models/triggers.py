"""The database's own rule: the first due date of a commitment or a task is set once, whoever asks, and never changes or goes."""

from django.db.backends.base.base import BaseDatabaseWrapper

from focalpoints.ledger.triggers import Guard

TABLES = ("projects_commitment", "projects_task")
FUNCTION = "projects_baseline_guard"
_REFUSAL = "The first due date never changes."


def install(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers, anew where they are there."""
    lift(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"CREATE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
            )
        for table in TABLES:
            cursor.execute(_trigger(connection.vendor, table))


def lift(connection: BaseDatabaseWrapper) -> None:
    """Remove the triggers: for the migration's way back."""
    postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_baseline" + (f" ON {table}" if postgresql else ""))
        if postgresql:
            cursor.execute(f"DROP FUNCTION IF EXISTS {FUNCTION}()")


def _trigger(vendor: str, table: str) -> str:
    when = f"CREATE TRIGGER {table}_baseline BEFORE UPDATE OF baseline_due ON {table} FOR EACH ROW WHEN "
    if vendor == "postgresql":
        changed = "OLD.baseline_due IS NOT NULL AND NEW.baseline_due IS DISTINCT FROM OLD.baseline_due"
        return f"{when} ({changed}) EXECUTE FUNCTION {FUNCTION}()"
    changed = "OLD.baseline_due IS NOT NULL AND NEW.baseline_due IS NOT OLD.baseline_due"
    return f"{when} {changed} BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"


BASELINE = Guard(TABLES, install)
