"""Django's MAILERS: the mail server that EMAIL_URL names or, in the demo, a folder that the site shows."""

from pathlib import Path
from typing import Any

SECONDS_TO_WAIT = 10
# Ours in place of Django's: it can tell what became of each mail.
_TELLING = {"django.core.mail.backends.smtp.EmailBackend": "focalpoints.delivery.SMTPBackend"}


def mailers(smtp: dict[str, Any], *, demo_folder: Path | None) -> dict[str, Any]:
    """`smtp` is what `environ` read from EMAIL_URL."""
    if demo_folder:
        return {
            "default": {"BACKEND": "edn_portal.demo.mailbox.FolderBackend", "OPTIONS": {"folder": str(demo_folder)}}
        }
    options = {
        "host": smtp["EMAIL_HOST"],
        "port": smtp["EMAIL_PORT"],
        "username": smtp["EMAIL_HOST_USER"],
        "password": smtp["EMAIL_HOST_PASSWORD"],
        "use_tls": smtp.get("EMAIL_USE_TLS", False),
        "use_ssl": smtp.get("EMAIL_USE_SSL", False),
        "timeout": SECONDS_TO_WAIT,
    }
    return {"default": {"BACKEND": _TELLING.get(smtp["EMAIL_BACKEND"], smtp["EMAIL_BACKEND"]), "OPTIONS": options}}
