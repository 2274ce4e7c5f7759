"""The verb on notices. It writes no ledger entry: what a person has seen is no fact of the strategy."""

from focalpoints.models import LedgerHead, User
from focalpoints.workflow import permitted


def mark_seen(*, by: User, upto: int) -> None:
    """Mark as seen everything up to the entry `upto`, the newest on the page. What came meanwhile stays new; it never goes back."""
    by = permitted("person.see_notices", by, by=by)
    upto = min(upto, LedgerHead.objects.get(pk=1).seq)
    User.objects.filter(pk=by.pk, notices_seen__lt=upto).update(notices_seen=upto)
