"""Verbs on a person's calendar addresses.

They write no ledger entry: which programs a person reads their dates with is a setting of their own, like the language of their mails.
It changes nothing that was promised, done or decided, and the public record has no business knowing it.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from focalpoints.models import Agency, User
from focalpoints.workflow import NotPossible, permitted
from projects.models import CalendarFeed


@transaction.atomic
def make_feed(*, by: User, agency: Agency | None = None) -> CalendarFeed:
    """Make a secret address for the due dates of one agency, or of all that the person answers for (None)."""
    _take_turns(by)
    by = permitted("calendar-feed.make", agency, by=by)
    if CalendarFeed.objects.filter(owner=by, agency=agency, revoked_at=None).exists():
        raise NotPossible(_("You already have an address for this calendar. Renew it if somebody else knows it."))
    return _made(by, agency)


@transaction.atomic
def renew_feed(feed: CalendarFeed, *, by: User) -> CalendarFeed:
    """Make a new address for the same calendar; from now on the old one opens nothing."""
    _take_turns(by)
    feed.refresh_from_db()
    by = permitted("calendar-feed.renew", feed, by=by)
    _revoke(feed)
    return _made(by, feed.agency)


@transaction.atomic
def revoke_feed(feed: CalendarFeed, *, by: User) -> None:
    _take_turns(by)
    feed.refresh_from_db()
    permitted("calendar-feed.revoke", feed, by=by)
    _revoke(feed)


def _take_turns(by: User) -> None:
    """Lock the person's own row, so that two presses of theirs come one after the other. Nobody else waits for it."""
    User.objects.select_for_update().filter(pk=by.pk).first()


def _made(by: User, agency: Agency | None) -> CalendarFeed:
    return CalendarFeed.objects.create(owner=by, agency=agency, made_at=timezone.now())


def _revoke(feed: CalendarFeed) -> None:
    CalendarFeed.objects.filter(pk=feed.pk).update(revoked_at=timezone.now())
