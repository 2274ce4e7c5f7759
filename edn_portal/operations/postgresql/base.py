"""Django's backend for PostgreSQL with our own shared connections. Django finds it by its name, `base`."""

from typing import Any

from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base

from edn_portal.operations.postgresql.pool import SharedConnections


class DatabaseWrapper(base.DatabaseWrapper):
    _connection_pools: dict[str, Any]

    @property
    def pool(self) -> SharedConnections | None:
        options = self.settings_dict["OPTIONS"].get("pool")
        if self.alias == NO_DB_ALIAS or not options:
            return None
        if self.alias not in self._connection_pools:
            # Of several threads that begin at once, the first one's counts.
            self._connection_pools.setdefault(self.alias, SharedConnections(self._opened, **options))
        return self._connection_pools[self.alias]

    def _opened(self) -> Any:
        connection = self.Database.connect(**self.get_connection_params() | {"autocommit": True})
        self._configure_connection(connection)  # type: ignore[attr-defined]
        return connection
