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

from focalpoints import clock
from focalpoints.pages.pager import page_at
from focalpoints.pages.parameters import understands


class FolderBackend(BaseEmailBackend):
    """Writes each message to a file of its own, whole or not at all, named by the instant and by the business clock's second."""

    def __init__(self, *, folder: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.folder = Path(folder)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            prefix = f"{time.time_ns():020d}-{int(clock.now().timestamp())}-"
            descriptor, draft = tempfile.mkstemp(prefix=prefix, suffix=".part", dir=self.folder)
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
@understands("page")
def mailbox(request: HttpRequest) -> HttpResponse:
    """The messages, newest first."""
    page = page_at(sorted(_folder().glob("*.eml"), reverse=True), request.GET.get("page"))
    return render(
        request, "edn_portal/mailbox.html", {"page": page, "letters": [_read(file) for file in page.object_list]}
    )


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
    sent = datetime.fromtimestamp(int(file.name.split("-")[1]), clock.ZONE)
    return MailShown(file.stem, sent, str(message["To"]), str(message["Subject"]), body.get_content() if body else "")
