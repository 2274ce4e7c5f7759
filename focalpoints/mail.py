"""Account mails: invitation, new password, and notices of a changed account. Links are built from BASE_URL, never from a request."""

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override

from focalpoints.models import User
from focalpoints.one_time_links import INVITATION, RESET

logger = logging.getLogger(__name__)
# One at a time, in order; what is waiting is still sent when the process ends.
_outgoing = ThreadPoolExecutor(max_workers=1, thread_name_prefix="account-mail")


def send_invitation(user: User) -> None:
    """Mail the link to a first password. Raises what the mail server says, so that whoever invites hears of it."""
    _compose(user, "invitation", link=INVITATION.address(user), days=INVITATION.lifetime.days).send()


def send_reset(user: User) -> None:
    """Mail the link to a new password."""
    _send_later(_compose(user, "reset", link=RESET.address(user)))


def send_reset_to_nobody(email: str) -> None:
    """Do the work of `send_reset` for an address without an account, and send nothing: the answer must not take less time."""
    nobody = User(pk=0, email=email, name=email)
    _compose(nobody, "reset", link=RESET.address(nobody))


def send_notice(user: User, change: str) -> None:
    """Tell a person what was changed in their account, in case it was not them. `change` is one of the template's."""
    _send_later(_compose(user, "notice", change=change))


def send_farewell(user: User, address: str) -> None:
    """Tell whoever reads the account's earlier `address` that it is no longer the account's. The new one is not named."""
    message = _compose(user, "address_changed", address=address)
    message.to = [address]
    _send_later(message)


def wait_until_sent() -> None:
    """Return when every mail handed over so far has been sent or refused."""
    _outgoing.submit(lambda: None).result()


def _compose(user: User, kind: str, **context: Any) -> EmailMessage:
    """In the person's language; the first line of the template is the subject."""
    with override(user.language):
        account_url = f"{settings.BASE_URL}{reverse('account')}"
        content = {"user": user, "account_url": account_url, "site": settings.BASE_URL, **context}
        subject, _, body = render_to_string(f"focalpoints/mail/{kind}.txt", content).strip().partition("\n")
    return EmailMessage(subject, body.strip() + "\n", to=[user.email], headers={"Auto-Submitted": "auto-generated"})


def _send_later(message: EmailMessage) -> None:
    """Send while the answer goes out: how long the mail server takes tells nobody whether the account exists."""
    _outgoing.submit(_send, message)


def _send(message: EmailMessage) -> None:
    try:
        message.send()
    except Exception:  # whatever a mail server can do wrong: the person asks again, the operator reads the log
        logger.exception("An account mail could not be sent.")
