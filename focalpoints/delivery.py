"""Sends mails one after another over one connection, and says of each what became of it."""

import logging
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.core.mail import EmailMessage, mailers
from django.core.mail.backends.smtp import EmailBackend

logger = logging.getLogger(__name__)
PERMANENT = 500
_ATTEMPTS = 2  # a second one in case the server has closed the connection since the mail before


class _Tracking:
    """Knows whether the server has a mail that it has not answered yet. If the connection breaks then, nobody knows its fate."""

    is_in_doubt = False

    def send(self, s: Any) -> None:
        # smtplib sends commands as str; only a mail's content is bytes, sent after the server has answered "go ahead" (354).
        if isinstance(s, bytes):
            self.is_in_doubt = True
        super().send(s)  # type: ignore[misc]

    def data(self, msg: Any) -> Any:
        answer = super().data(msg)  # type: ignore[misc]
        self.is_in_doubt = False
        return answer


class _SMTP(_Tracking, smtplib.SMTP):
    pass


class _SMTPOverTLS(_Tracking, smtplib.SMTP_SSL):
    pass


class SMTPBackend(EmailBackend):
    """Django's SMTP backend, with a connection that knows whether a mail is in doubt."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _SMTPOverTLS if self.use_ssl else _SMTP


class Fate(Enum):
    """What became of a mail: the server took it; refused it for good; did not take it, so it may be tried again; or nobody can know."""

    SENT = "sent"
    REFUSED = "refused"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class DeliveryOutcome:
    """The fate of one mail. `detail`: what the server or the network answered. `is_lost`: the connection broke or could not be made."""

    fate: Fate
    detail: str = ""
    is_lost: bool = False


class Courier:
    """Hands mails to the server one by one. It keeps the connection open, and makes it again when it breaks."""

    def __init__(self) -> None:
        self._mailer = mailers.default
        self._is_used = False

    def deliver(self, mail: EmailMessage) -> DeliveryOutcome:
        """Send one mail. What a mail server, network or address does wrong is in the outcome, never raised."""
        for _attempt in range(_ATTEMPTS):
            was_used = self._is_used
            outcome = self._try(mail)
            if not (outcome.is_lost and outcome.fate is Fate.FAILED and was_used):
                break
        return outcome

    def close(self) -> None:
        """Close the connection. Errors are only logged: what the server took before, it has."""
        try:
            self._mailer.close()
        except (smtplib.SMTPException, OSError) as error:
            logger.info("The mail server did not take leave: %s", error)
        self._is_used = False

    def _try(self, mail: EmailMessage) -> DeliveryOutcome:
        try:
            self._mailer.open()
            self._is_used = True
            self._mailer.send_messages([mail])
        except smtplib.SMTPRecipientsRefused as error:
            (code, said), *_rest = error.recipients.values()
            return self._answered(code, said)
        except smtplib.SMTPDataError as error:
            return self._answered(error.smtp_code, error.smtp_error)
        except smtplib.SMTPResponseException as error:
            # The server refuses us (sign-in, sender), not this address: once the settings are right, the mail can go out.
            self._abandon()
            return DeliveryOutcome(Fate.FAILED, _said(error.smtp_code, error.smtp_error), is_lost=True)
        except (smtplib.SMTPException, OSError) as error:
            fate = Fate.UNKNOWN if self._is_in_doubt() else Fate.FAILED
            self._abandon()
            return DeliveryOutcome(fate, str(error) or type(error).__name__, is_lost=True)
        except ValueError as error:  # an address that no mail can be sent to
            return DeliveryOutcome(Fate.REFUSED, str(error))
        return DeliveryOutcome(Fate.SENT)

    def _answered(self, code: int, said: bytes | str) -> DeliveryOutcome:
        """The outcome when the server refused this one mail: for good (5xx) or for now (4xx)."""
        connection = getattr(self._mailer, "connection", None)
        if connection is not None and connection.sock is None:  # it hangs up after 421
            self._abandon()
        return DeliveryOutcome(Fate.REFUSED if code >= PERMANENT else Fate.FAILED, _said(code, said))

    def _is_in_doubt(self) -> bool:
        return getattr(getattr(self._mailer, "connection", None), "is_in_doubt", False)

    def _abandon(self) -> None:
        """Drop the connection without the closing QUIT: a server that hangs would let us wait for its answer to that too."""
        for name in ("connection", "_partial_connection"):  # the second when sign-in was refused
            if (connection := getattr(self._mailer, name, None)) is not None:
                connection.close()
                setattr(self._mailer, name, None)
        self._is_used = False


@contextmanager
def courier() -> Iterator[Courier]:
    carrying = Courier()
    try:
        yield carrying
    finally:
        carrying.close()


def _said(code: int, text: bytes | str) -> str:
    words = text.decode(errors="replace") if isinstance(text, bytes) else text
    return " ".join(f"{code} {words}".split())
