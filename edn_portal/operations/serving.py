"""How granian is started, for the portal and for what is compared with it."""

import sys

from django.conf import settings


def granian(application: str, host: str, port: int) -> list[str]:
    """The command that serves a WSGI application. What is not set here can be set by GRANIAN_* variables."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--http", "1"),
        *("--host", host, "--port", str(port), "--log-level", "error"),
        *("--workers", str(settings.SERVER_WORKERS)),
        *("--blocking-threads", str(settings.SERVER_THREADS)),
        *("--backlog", str(settings.SERVER_BACKLOG)),
        *("--workers-kill-timeout", "10", "--respawn-failed-workers"),
        application,
    ]
