"""What `manage.py check --deploy` asks the database, beside what Django asks the settings. One that does not answer is not judged."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.checks import CheckMessage, Error, Info
from django.db import InterfaceError, OperationalError, connection

LEDGER = "focalpoints_entry"
# Without any of these a power cut takes what people were told is saved, or the whole database.
DURABLE = ("fsync", "full_page_writes", "synchronous_commit")


def the_database_keeps_what_it_says(**options: Any) -> list[CheckMessage]:
    """A check of Django's: whether PostgreSQL writes to the disk, and whether the ledger is out of this role's reach."""
    if connection.vendor != "postgresql":
        return []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(DURABLE)])
            return [*not_durable(dict(cursor.fetchall())), *_in_reach(cursor)]
    except (OperationalError, InterfaceError):
        return []


def not_durable(configuration: Mapping[str, str]) -> Iterator[CheckMessage]:
    """What PostgreSQL's own settings risk; any value but "off" waits for some disk."""
    for name in DURABLE:
        if configuration[name] == "off":
            yield Error(
                f"PostgreSQL runs with {name} = off: a power cut takes what people were told is saved.",
                hint=f"Set {name} = on in postgresql.conf and restart it.",
                id="edn_portal.E001",
            )


def _in_reach(cursor: Any) -> Iterator[CheckMessage]:
    cursor.execute(
        "SELECT pg_has_role(current_user, relowner, 'MEMBER') FROM pg_class WHERE oid = to_regclass(%s)", [LEDGER]
    )
    if cursor.fetchone() == (True,):
        yield Info(
            "The database role that serves the site owns the ledger's table: whoever takes over the server can drop its triggers.",
            hint="Let another role own the tables: docs/operations.md, “Two database roles”.",
            id="edn_portal.I001",
        )
