"""Links that let somebody choose a password, once: an invitation for seven days, a reset for one hour."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.signing import BadSignature, TimestampSigner

from focalpoints.models import Entry, User


@dataclass(frozen=True, slots=True)
class Link:
    """One purpose of a link. Its token dies with the account's password, address, last sign-in or access, and when it is old."""

    purpose: str
    lifetime: timedelta

    def token(self, user: User) -> str:
        """What goes into the address beside the person's code."""
        return self._signer(user).sign(user.code).removeprefix(f"{user.code}.")

    def opens(self, user: User, token: str) -> bool:
        """Whether `token` was made for this person and purpose, is young enough and has not been used."""
        try:
            self._signer(user).unsign(f"{user.code}.{token}", max_age=self.lifetime)
        except BadSignature:
            return False
        return user.is_active

    def _signer(self, user: User) -> TimestampSigner:
        """The account's state is part of the key: when it changes, no earlier token fits."""
        state = (
            user.pk, user.password, user.email, _second(user.last_login), _second(user.invited_at), _deactivations(user),
        )  # fmt: skip
        return TimestampSigner(salt=f"focalpoints.tokens.{self.purpose}:{state}", sep=".")


def _second(instant: datetime | None) -> float:
    """Whole seconds, which every database keeps."""
    return instant.replace(microsecond=0).timestamp() if instant else 0


def _deactivations(user: User) -> int:
    """Who comes back after one gets new links: the ledger remembers it when `is_active` no longer shows it."""
    return Entry.objects.about("person", user.code).filter(verb="deactivate").count()


INVITATION = Link("invitation", timedelta(days=7))
RESET = Link("reset", timedelta(hours=1))
