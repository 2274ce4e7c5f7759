"""Where mail goes, from the one address in EMAIL_URL."""

from pathlib import Path
from typing import Any

SECONDS_TO_WAIT = 10
# Whose outcome a run of reminders must know precisely.
_TELLING = {"django.core.mail.backends.smtp.EmailBackend": "focalpoints.delivery.SMTPBackend"}


def mailers(smtp: dict[str, Any], *, demo_folder: Path | None) -> dict[str, Any]:
    """Django's MAILERS for what `environ` read from EMAIL_URL; in the demo, a folder that the site shows."""
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
