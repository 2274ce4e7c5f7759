"""Verbs on saved views. They write no ledger entry: how a person reads the record is no fact of the strategy."""

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.models import LedgerHead, User
from focalpoints.rules import is_coordinator
from focalpoints.workflow import NotPossible, StrOrPromise, beside_the_ledger, permitted, swap
from projects.models import SavedView, ViewSeen

MOST_VIEWS = 50
NAME_TAKEN: StrOrPromise = _("You have a saved view of this name already. Choose another.")


@beside_the_ledger
def save_view(*, by: User, name: str, page: str, key: str, query: str, is_shared: bool = False) -> SavedView:
    """Save a list as its address asks for it. Only coordinators share, with their office."""
    _take_turns(by)
    by = permitted("saved-view.save", by=by)
    _against_sharing(by, is_shared)
    own = SavedView.objects.filter(owner=by)
    if own.filter(name=name).exists():
        raise NotPossible(NAME_TAKEN)
    if own.count() >= MOST_VIEWS:
        raise NotPossible(_("You have as many saved views as the portal keeps for one person. Delete one first."))
    return SavedView.objects.create(
        owner=by, name=name, page=page, key=key, query=query, is_shared=is_shared, made_at=timezone.now(), made_seq=_head()
    )  # fmt: skip


@beside_the_ledger
def correct_view(view: SavedView, *, by: User, revision: int, name: str = "", is_shared: bool | None = None) -> None:
    """Rename it, share it or stop sharing it; what is not said stays. Its filters stay: other filters are another view."""
    _take_turns(by)
    view.refresh_from_db()
    by = permitted("saved-view.correct", view, by=by)
    shared = view.is_shared if is_shared is None else is_shared
    if shared != view.is_shared:
        _against_sharing(by, shared)
    called = name or view.name
    if SavedView.objects.filter(owner=by, name=called).exclude(pk=view.pk).exists():
        raise NotPossible(NAME_TAKEN)
    swap(view, revision, name=called, is_shared=shared)


@beside_the_ledger
def take_over_view(view: SavedView, *, by: User) -> None:
    """Become the owner of a shared view whose owner left the office."""
    _take_turns(by)
    view = SavedView.objects.select_for_update().get(pk=view.pk)
    by = permitted("saved-view.take_over", view, by=by)
    if SavedView.objects.filter(owner=by, name=view.name).exists():
        raise NotPossible(_("You have a saved view of this name already. Rename yours first."))
    swap(view, view.revision, owner=by)


@beside_the_ledger
def delete_view(view: SavedView, *, by: User) -> None:
    """For good, with what its readers had seen of it."""
    view = SavedView.objects.select_for_update().get(pk=view.pk)
    permitted("saved-view.delete", view, by=by)
    view.delete()


@beside_the_ledger
def mark_view_seen(view: SavedView, *, by: User, upto: int) -> None:
    """Mark as seen what changed up to the entry `upto`, the newest when the page was made; it never goes back."""
    _take_turns(by)
    by = permitted("saved-view.mark_seen", view, by=by)
    upto = min(upto, _head())
    now = {"seq": upto, "at": clock.now()}
    mark, is_new = ViewSeen.objects.get_or_create(view=view, person=by, defaults=now)
    if not is_new and mark.seq <= upto:
        ViewSeen.objects.filter(pk=mark.pk).update(**now)


def _against_sharing(by: User, is_shared: bool) -> None:
    if is_shared and not is_coordinator(by):
        raise PermissionDenied


def _take_turns(by: User) -> None:
    """Lock the person's own row, so that two presses of theirs come one after the other. Nobody else waits for it."""
    User.objects.select_for_update().filter(pk=by.pk).first()


def _head() -> int:
    return LedgerHead.objects.get(pk=1).seq
