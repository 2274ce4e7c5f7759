"""A password hasher that counts, so that a test can say that nothing was hashed."""

from typing import Any

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class CountingHasher(PBKDF2PasswordHasher):
    """PBKDF2 with few iterations: tests sign in often."""

    algorithm = "counting"
    iterations = 10
    hashed = 0

    def encode(self, *args: Any, **kwargs: Any) -> str:
        CountingHasher.hashed += 1
        return super().encode(*args, **kwargs)

    def harden_runtime(self, password: str, encoded: str) -> None:
        """The work factor never changes here."""
