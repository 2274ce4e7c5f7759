"""Database triggers that keep the first due date and the first wording of a commitment or task: once set, neither changes nor goes."""

from focalpoints.ledger.triggers import Guard

DATE, TITLE, DELIVERABLE = "baseline_due", "first_title", "first_deliverable"
COLUMNS = {"projects_commitment": (DATE, TITLE), "projects_task": (DATE, TITLE, DELIVERABLE)}
TABLES = tuple(COLUMNS)
FUNCTION = "projects_baseline_guard"
REFUSAL = "The first due date and the first wording never change."


def _triggers(dates: str, words: str, refuse: str) -> dict[str, tuple[str, str]]:
    """`dates` and `words` are the conditions for a changed column, as the database shows them afterwards."""
    triggers = {}
    for table, columns in COLUMNS.items():
        for column in columns:
            name = f"{table}_{column}"
            changed = (dates if column == DATE else words).format(column)
            create = f"CREATE TRIGGER {name} BEFORE UPDATE OF {column} ON {table} FOR EACH ROW WHEN {changed} {refuse}"
            triggers[name] = (table, create)
    return triggers


BASELINE = Guard(
    FUNCTION,
    f" BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END ",
    {
        "sqlite": _triggers(
            "OLD.{0} IS NOT NULL AND NEW.{0} IS NOT OLD.{0}",
            "OLD.{0} <> '' AND NEW.{0} IS NOT OLD.{0}",
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
        ),
        "postgresql": _triggers(
            "(old.{0} IS NOT NULL AND new.{0} IS DISTINCT FROM old.{0})",
            "(old.{0}::text <> ''::text AND new.{0}::text <> old.{0}::text)",
            f"EXECUTE FUNCTION {FUNCTION}()",
        ),
    },
)
