"""The demonstration's mail at `/correo-demo/`: kept in a private folder, shown on the site. A production site has neither."""

import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage as Received
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

SHOWN = 200


class FolderBackend(BaseEmailBackend):
    """Writes each message to a file of its own, whole or not at all, named by the instant."""

    def __init__(self, *, folder: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.folder = Path(folder)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            descriptor, draft = tempfile.mkstemp(prefix=f"{time.time_ns():020d}-", suffix=".part", dir=self.folder)
            with os.fdopen(descriptor, "wb") as file:
                file.write(message.message().as_bytes())
            os.replace(draft, draft.removesuffix(".part") + ".eml")
        return len(email_messages)


@dataclass(frozen=True, slots=True)
class MailShown:
    """A message as the mailbox shows it."""

    name: str
    sent: datetime
    to: str
    subject: str
    text: str


@never_cache
@login_not_required
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """The latest messages, newest first."""
    files = sorted(_folder().glob("*.eml"), reverse=True)[:SHOWN]
    return render(request, "edn_portal/mailbox.html", {"letters": [_read(file) for file in files]})


@never_cache
@login_not_required
@require_safe
def mailbox_letter(request: HttpRequest, name: str) -> HttpResponse:
    """One message, with links that open."""
    # No path is made of what somebody asked for: a name may be longer than any file's.
    file = next((file for file in _folder().glob("*.eml") if file.stem == name), None)
    if file is None:
        raise Http404
    return render(request, "edn_portal/mailbox_letter.html", {"letter": _read(file)})


def _folder() -> Path:
    if not settings.DEMO:
        raise Http404
    return settings.VAR_DIR / "mail"


def _read(file: Path) -> MailShown:
    message = message_from_bytes(file.read_bytes(), _class=Received, policy=policy.default)
    body = message.get_body(("plain",))
    sent = datetime.fromtimestamp(int(file.name.split("-")[0]) / 1e9).astimezone()
    return MailShown(file.stem, sent, str(message["To"]), str(message["Subject"]), body.get_content() if body else "")
