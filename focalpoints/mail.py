"""Account mails: invitations, new passwords, notices of a changed account. Their links begin with BASE_URL, never with a request's host."""

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connections
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override

from focalpoints import clock
from focalpoints.delivery import DeliveryOutcome, Fate, courier
from focalpoints.models import OfficeText, UnsentInvitation, User
from focalpoints.models.unsent_invitation import SOON
from focalpoints.one_time_links import INVITATION, RESET

MOST_LOST = 3  # connections in a row, before the rest is left to the next run
logger = logging.getLogger(__name__)
# Mails go out one at a time and in order; those that still wait when the process ends are sent first.
_outgoing = ThreadPoolExecutor(max_workers=1, thread_name_prefix="account-mail")


def send_invitation(invitation: UnsentInvitation) -> None:
    """Mail the link to choose a first password, in the background: a mail server that hangs keeps nobody waiting."""
    _outgoing.submit(_send_invitation, invitation, _invitation(invitation.user))


def send_invitations_again() -> tuple[int, int]:
    """Try those once more that the mail server did not take. Returns how many went out, and how many did not."""
    sent = failed = lost = 0
    with courier() as carrying:
        for invitation in (
            UnsentInvitation.objects.to_try_again(clock.now() - SOON).select_related("user").order_by("since")
        ):
            unchanged = UnsentInvitation.objects.filter(
                pk=invitation.pk, since=invitation.since, tried_at=invitation.tried_at
            )
            if not unchanged.update(tried_at=clock.now()):  # somebody else is at it
                continue
            outcome = carrying.deliver(_invitation(invitation.user))
            _note(invitation, outcome)
            is_sent = outcome.fate is Fate.SENT
            sent, failed, lost = sent + is_sent, failed + (not is_sent), (lost + 1 if outcome.is_lost else 0)
            if lost == MOST_LOST:
                break
    return sent, failed


def send_reset(user: User) -> None:
    """Mail the link to choose a new password."""
    _send_later(_compose(user, "reset", link=RESET.address(user)))


def send_reset_to_nobody(email: str) -> None:
    """Compose a mail as `send_reset` does, and send nothing: an address without an account must not be answered faster."""
    nobody = User(pk=0, email=email, name=email)
    _compose(nobody, "reset", link=RESET.address(nobody))


def send_notice(user: User, change: str) -> None:
    """Tell a person what was changed in their account, in case somebody else did it. The template lists the values of `change`."""
    _send_later(_compose(user, "notice", change=change))


def send_farewell(user: User, address: str) -> None:
    """Tell the account's former `address` that it is no longer the account's. The new one is not named."""
    message = _compose(user, "address_changed", address=address)
    message.to = [address]
    _send_later(message)


def wait_until_sent() -> None:
    """Wait until every mail so far has been sent or refused."""
    _outgoing.submit(lambda: None).result()


def _compose(user: User, kind: str, **context: Any) -> EmailMessage:
    """The mail in the person's language. The template's first line is the subject."""
    with override(user.language):
        account_url = f"{settings.BASE_URL}{reverse('account')}"
        content = {"user": user, "account_url": account_url, "site": settings.BASE_URL, **context}
        subject, _, body = render_to_string(f"focalpoints/mail/{kind}.txt", content).strip().partition("\n")
    return EmailMessage(subject, body.strip() + "\n", to=[user.email], headers={"Auto-Submitted": "auto-generated"})


def _invitation(user: User) -> EmailMessage:
    """It says who invites, whom to ask, and for what: the posts that the person has or is to have."""
    posts = user.appointments.not_ended(clock.today()).select_related("agency").order_by("since", "pk")
    return _compose(
        user, "invitation", link=INVITATION.address(user), days=INVITATION.lifetime.days, posts=list(posts),
        office=OfficeText.objects.newest(OfficeText.Kind.CONTACT),
    )  # fmt: skip


def _send_invitation(invitation: UnsentInvitation, message: EmailMessage) -> None:
    try:
        with courier() as carrying:
            _note(invitation, carrying.deliver(message))
    except Exception:  # of ours, or the database's: it stays unsent, and is tried again
        logger.exception("An invitation could not be sent.")
    finally:
        connections.close_all()  # this thread's


def _note(invitation: UnsentInvitation, outcome: DeliveryOutcome) -> None:
    """Write down what became of an invitation, unless a newer one has taken its place."""
    still = UnsentInvitation.objects.filter(pk=invitation.pk, since=invitation.since)
    if outcome.fate is not Fate.SENT:
        logger.error("An invitation could not be sent: %s", outcome.detail)
    if not still.exists():
        return
    if outcome.fate is Fate.SENT:
        still.delete()
    else:
        is_refused = outcome.fate is Fate.REFUSED
        still.update(tried_at=clock.now(), answer=outcome.detail[:300], is_refused=is_refused)


def _send_later(message: EmailMessage) -> None:
    """Send in the background: otherwise the time that an answer takes would show whether the account exists."""
    _outgoing.submit(_send, message)


def _send(message: EmailMessage) -> None:
    try:
        message.send()
    except Exception:  # whatever the mail server does wrong, the person can ask again and the operator reads the log
        logger.exception("An account mail could not be sent.")
