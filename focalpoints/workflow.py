"""What a verb says when it does not happen. Each app's own `workflow.py` holds its table of moves."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

StrOrPromise = str | Promise


class NotPossible(Exception):
    """The person may, but not now or not so. The message says why and what to do next."""

    def __init__(self, message: StrOrPromise) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class Stale(NotPossible):
    """Somebody else changed it first: nothing was written, what was typed must be shown again."""

    def __init__(self, message: StrOrPromise = "") -> None:
        super().__init__(
            message
            or _(
                "Somebody else changed this while you were working on it. "
                "Your text is below: compare it with what is there now and send it again."
            )
        )
