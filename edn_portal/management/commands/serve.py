"""Serve the site with granian: what `make demo`, `make run` and a systemd unit start."""

import os
import socket
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Serve the site with granian, in this process, until SIGINT or SIGTERM."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: loopback only)")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--check", action="store_true", help="only say whether the port is free")

    def handle(self, *, host: str, port: int, check: bool, **options: Any) -> None:
        refuse_taken_port(host, port)
        if check:
            return
        self.stdout.write(f"EDN Portal: {settings.BASE_URL} (listening on {host}:{port}; Ctrl-C stops it)")
        self.stdout.flush()
        # GRANIAN_* variables reach it too, for whatever is not set here.
        os.execv(  # noqa: S606 - our own interpreter, no shell
            sys.executable,
            [
                *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--http", "1"),
                *("--host", host, "--port", str(port), "--log-level", "error"),
                *("--workers", str(settings.SERVER_WORKERS)),
                *("--blocking-threads", str(settings.SERVER_THREADS)),
                *("--backlog", str(settings.SERVER_BACKLOG)),
                *("--workers-kill-timeout", "10", "--respawn-failed-workers"),
                "edn_portal.wsgi:application",
            ],
        )


def refuse_taken_port(host: str, port: int) -> None:
    """granian would share a taken port with whoever holds it: half of the requests would go astray."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} of {host} cannot be used ({error.strerror}): stop what is there or choose another, "
                f"for example PORT={port + 1}."
            ) from error
