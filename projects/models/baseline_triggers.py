"""Database triggers that keep the first due date of a commitment or task: once set, it can neither change nor be removed."""

from focalpoints.ledger.triggers import Guard

TABLES = ("projects_commitment", "projects_task")
FUNCTION = "projects_baseline_guard"
REFUSAL = "The first due date never changes."


def _triggers(changed: str, refuse: str) -> dict[str, tuple[str, str]]:
    update = "BEFORE UPDATE OF baseline_due ON"
    return {
        f"{table}_baseline": (
            table,
            f"CREATE TRIGGER {table}_baseline {update} {table} FOR EACH ROW WHEN {changed} {refuse}",
        )
        for table in TABLES
    }


BASELINE = Guard(
    FUNCTION,
    f" BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END ",
    {
        "sqlite": _triggers(
            "OLD.baseline_due IS NOT NULL AND NEW.baseline_due IS NOT OLD.baseline_due",
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
        ),
        "postgresql": _triggers(
            "(old.baseline_due IS NOT NULL AND new.baseline_due IS DISTINCT FROM old.baseline_due)",
            f"EXECUTE FUNCTION {FUNCTION}()",
        ),
    },
)
