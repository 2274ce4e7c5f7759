"""Links that let somebody choose a password, once: an invitation for seven days, a reset for one hour."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils.http import base36_to_int
from django.utils.translation import override

from focalpoints.models import Entry, User


class OneTimeLink(PasswordResetTokenGenerator):
    """A link to one page. Its token fits no longer once the account's password, address, last sign-in or access has changed.

    Django ends every token after PASSWORD_RESET_TIMEOUT; ours end after their own `lifetime`, at most that long.
    """

    def __init__(self, page: str, lifetime: timedelta) -> None:
        super().__init__()
        self.page, self.lifetime = page, lifetime
        self.key_salt = f"focalpoints.one_time_links.{page}"

    def address(self, user: User) -> str:
        """The whole address, in the person's language."""
        with override(user.language):
            return settings.BASE_URL + reverse(self.page, args=[user.code, self.make_token(user)])

    def check_token(self, user: User, token: str) -> bool:  # type: ignore[override]  # Django's takes None
        """Whether `token` was made for this person and page, is young enough and has not been used."""
        if not (user.is_active and super().check_token(user, token)):
            return False
        age = self._num_seconds(self._now()) - base36_to_int(token.partition("-")[0])
        return age <= self.lifetime.total_seconds()

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        """A new invitation ends the earlier ones, and so does a deactivation, after which `is_active` may be true again."""
        invited = int(user.invited_at.timestamp()) if user.invited_at else 0
        deactivations = Entry.objects.about("person", user.code).filter(verb="deactivate").count()
        return f"{super()._make_hash_value(user, timestamp)}:{invited}:{deactivations}"

    def _now(self) -> datetime:
        """Django's is local time, in which an hour of the summer comes twice."""
        return datetime.now(UTC).replace(tzinfo=None)


INVITATION = OneTimeLink("account_invitation", timedelta(days=7))
RESET = OneTimeLink("account_reset_password_from_key", timedelta(hours=1))
