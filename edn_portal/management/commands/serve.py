"""Serve the site with granian: what `make demo`, `make run` and a systemd unit start."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from edn_portal.operations.ports import why_unusable
from edn_portal.operations.serving import granian


class Command(BaseCommand):
    help = "Serve the site with granian, in this process, until SIGINT or SIGTERM."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: loopback only)")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *, host: str, port: int, **options: Any) -> None:
        if why := why_unusable(host, port):
            raise CommandError(why)
        self.stdout.write(f"EDN Portal: {settings.BASE_URL} (listening on {host}:{port}; Ctrl-C stops it)")
        self.stdout.flush()
        os.execv(sys.executable, granian("edn_portal.wsgi:application", host, port))  # noqa: S606 - our own interpreter, no shell
