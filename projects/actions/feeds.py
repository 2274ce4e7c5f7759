"""Verbs on a person's calendar addresses.

They write no ledger entry: which programs a person reads their dates with is a setting of their own, like the language of their mails.
It changes nothing that was promised, done or decided, and the public record has no business knowing it.
"""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from focalpoints.models import Agency, User
from focalpoints.rules import acts_for, fresh, is_focal_point
from focalpoints.workflow import NotPossible
from projects.models import CalendarFeed


@transaction.atomic
def make_feed(*, by: User, agency: Agency | None = None) -> CalendarFeed:
    """Make a secret address for the due dates of one agency, or of all that the person answers for (None)."""
    by = _acting_alone(by)
    if CalendarFeed.objects.filter(owner=by, agency=agency, revoked_at=None).exists():
        raise NotPossible(_("You already have an address for this calendar. Renew it if somebody else knows it."))
    return _made(by, agency)


@transaction.atomic
def renew_feed(feed: CalendarFeed, *, by: User) -> CalendarFeed:
    """Make a new address for the same calendar; from now on the old one opens nothing."""
    by = _acting_alone(by)
    _revoke(feed, by)
    return _made(by, feed.agency)


@transaction.atomic
def revoke_feed(feed: CalendarFeed, *, by: User) -> None:
    _revoke(feed, _acting_alone(by))


def _acting_alone(by: User) -> User:
    """Who acts, read again and locked, so that two presses of the same person take turns. Nobody else waits for that row."""
    User.objects.select_for_update().filter(pk=by.pk).first()
    return fresh(by)


def _made(by: User, agency: Agency | None) -> CalendarFeed:
    if not (acts_for(by, agency) if agency else is_focal_point(by)):
        raise PermissionDenied
    return CalendarFeed.objects.create(owner=by, agency=agency, made_at=timezone.now())


def _revoke(feed: CalendarFeed, by: User) -> None:
    if feed.owner_id != by.pk:
        raise PermissionDenied
    if not CalendarFeed.objects.filter(pk=feed.pk, revoked_at=None).update(revoked_at=timezone.now()):
        raise NotPossible(_("This address was already revoked, perhaps in another window."))
