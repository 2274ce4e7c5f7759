"""What a person has seen of their notices: no fact of the strategy, and so not in the ledger."""

from focalpoints.models import LedgerHead, User
from focalpoints.rules import fresh


def mark_seen(*, by: User, upto: int) -> None:
    """Everything up to the entry `upto`, the newest on the page: what came meanwhile stays new. It never goes back."""
    by = fresh(by)
    upto = min(upto, LedgerHead.objects.get(pk=1).seq)
    User.objects.filter(pk=by.pk, notices_seen__lt=upto).update(notices_seen=upto)
