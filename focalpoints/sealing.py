"""Secrets that only this site can read again: encrypted with a key derived from SECRET_KEY for one purpose.

Second factors in the database and text on its way through the sign-in page are sealed.
"""

import base64
from datetime import timedelta

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


def seal(purpose: str, content: bytes) -> str:
    """Encrypt and sign `content`; what is sealed for one purpose cannot be opened for another."""
    return _box(purpose).encrypt(content).decode()


def unseal(purpose: str, sealed: str, *, lifetime: timedelta | None = None) -> bytes | None:
    """The content again, or None for anything forged, damaged, sealed for another purpose or too old."""
    try:
        return _box(purpose).decrypt(sealed.encode(), ttl=int(lifetime.total_seconds()) if lifetime else None)
    except InvalidToken:
        return None


def _box(purpose: str) -> MultiFernet:
    """SECRET_KEY seals; its fallbacks still open, so that a key can be changed while people work."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(purpose, secret)) for secret in secrets])


def _key(purpose: str, secret: str) -> bytes:
    # With any other word in the salt, nothing that was sealed before would open again, second factors among it.
    digest = salted_hmac(f"focalpoints.sealing.{purpose}", "", secret=secret, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest)
