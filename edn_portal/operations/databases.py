"""Options of the database connections: transactions, limits of waiting, how many are shared. DATABASE_URL says only where they lead."""

from pathlib import Path
from typing import Any


def with_options(database: dict[str, Any], *, pool: int, lock: float, statement: float) -> dict[str, Any]:
    """For settings.DATABASES. `pool` is the most connections that the threads of this process share; 0 for a command, which has one.

    What answers people waits for somebody else's lock `lock` seconds at most, and for a statement of its own `statement` seconds.
    """
    options = database.get("OPTIONS", {})  # from the address: `?sslmode=verify-full`
    if database["ENGINE"] == "django.db.backends.sqlite3":
        Path(database["NAME"]).parent.mkdir(parents=True, exist_ok=True)
        ours = {
            # Writers queue from their first statement instead of failing at their second.
            "transaction_mode": "IMMEDIATE",
            # More than on PostgreSQL: who waits asks again and again, and the longest wait has no precedence.
            "timeout": 20,
            # FULL: what was acknowledged survives a power cut.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        }
        return database | {"OPTIONS": options | ours}
    if not pool:
        return database | {"OPTIONS": options}
    # In the connection's start: no round trip. The operator's own options go last, and so before ours.
    # Compiling a statement takes PostgreSQL half a second, and what answers people reads too little for that to be worth it.
    limits = f"-c jit=off -c lock_timeout={lock * 1000:.0f} -c statement_timeout={statement * 1000:.0f}"
    options = options | {"options": f"{limits} {options.get('options', '')}".rstrip()}
    # Threads take turns; docs/operations.md does the sum. CONN_MAX_AGE must stay 0 beside a pool.
    shared = {"size": pool, "seconds": 5}
    # What a connection is asked for the sixth time is planned once for all (focalpoints/sql/prepared.py).
    options = {"prepare_threshold": 5, "connect_timeout": 2} | options
    return database | {"ENGINE": "edn_portal.operations.postgresql", "OPTIONS": options | {"pool": shared}}
