"""Database triggers that keep the record of exports: a row is added, ends once, and neither changes otherwise nor goes."""

from focalpoints.ledger.triggers import Guard

TABLE, FUNCTION = "focalpoints_export", "focalpoints_export_guard"
REFUSAL = "The record of exports only grows."
_FIXED = ("id", "person_id", '"table"', "filters", "format", "at", "recorded_at")
_NEW, _OLD = (", ".join(f"{row}.{column}" for column in _FIXED) for row in ("NEW", "OLD"))


def _sqlite() -> dict[str, tuple[str, str]]:
    refused = {
        "UPDATE": f"OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL OR ({_NEW}) IS NOT ({_OLD})",
        "DELETE": "TRUE",
    }
    return {
        f"{TABLE}_{event.lower()}": (
            TABLE,
            f"CREATE TRIGGER {TABLE}_{event.lower()} BEFORE {event} ON {TABLE} WHEN {condition}\n"
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
        )
        for event, condition in refused.items()
    }


def _postgresql() -> dict[str, tuple[str, str]]:
    return {
        name: (TABLE, f"CREATE TRIGGER {name} BEFORE {events} ON {TABLE} FOR EACH {each} EXECUTE FUNCTION {FUNCTION}()")
        for name, events, each in (
            (f"{TABLE}_change", "DELETE OR UPDATE", "ROW"),
            (f"{TABLE}_truncate", "TRUNCATE", "STATEMENT"),
        )
    }


EXPORTS_GUARD = Guard(
    FUNCTION,
    f"""
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL AND ({_NEW}) IS NOT DISTINCT FROM ({_OLD}) THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
END
""",
    {"sqlite": _sqlite(), "postgresql": _postgresql()},
)
