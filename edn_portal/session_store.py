"""Sessions in the database, looked up only by keys that the site could have given out."""

from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    def _validate_session_key(self, key: str | None) -> bool:
        """A cookie may hold any character, and PostgreSQL does not even compare a NUL."""
        return key is not None and len(key) == 32 and key.isascii() and key.isalnum()
