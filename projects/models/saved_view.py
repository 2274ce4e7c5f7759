"""Lists that a person saved by name, with their filters, and up to where each reader has seen what changes in them."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from focalpoints.models import Role, User
from focalpoints.models.lines import LineColumn
from focalpoints.rules import Person, is_coordinator
from focalpoints.sql.spanish import InSpanish

LONGEST_QUERY = 2000


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: Person) -> "SavedViewQuerySet":
        """A person's own, and for coordinators what anybody shared with their office."""
        if not isinstance(user, User):
            return self.none()
        return self.filter(Q(owner=user) | Q(is_shared=True) if is_coordinator(user) else Q(owner=user))

    def left(self) -> "SavedViewQuerySet":
        """Shared by somebody who no longer works in the coordination office: a colleague may take them over or delete them."""
        roles = Role.objects.active().filter(kind=Role.Kind.COORDINATOR, user__is_active=True, user=OuterRef("owner"))
        return self.filter(~Exists(roles), is_shared=True)


class SavedView(models.Model):
    """A list of the site as its address asks for it: the page's name, its key where it has one, and its filters."""

    owner = models.ForeignKey(
        User, models.PROTECT, related_name="saved_views", verbose_name=_("person"), db_index=False
    )
    name = LineColumn(_("Name"), max_length=80)
    page = models.CharField(max_length=60)
    # Of a page of what changed: the code, slug, key or number of its part of the strategy.
    key = models.CharField(max_length=80, blank=True)
    query = models.CharField(max_length=LONGEST_QUERY, blank=True)
    is_shared = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    # Where the ledger stood then: whoever never marked it as seen is told what changed since.
    made_seq = models.BigIntegerField()
    revision = models.PositiveIntegerField(default=0)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = [InSpanish("name"), "pk"]
        verbose_name = _("saved view")
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="saved_view_has_one_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> str:
        return "shared" if self.is_shared else "private"


class ViewSeen(models.Model):
    """Up to which entry of the ledger a person has seen what changed in a saved view."""

    view = models.ForeignKey(SavedView, models.CASCADE, related_name="seen", db_index=False)
    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    seq = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["view", "person"]
        constraints = [models.UniqueConstraint(fields=["view", "person"], name="saved_view_is_seen_once_by_a_person")]

    def __str__(self) -> str:
        return f"{self.view_id}: {self.seq}"
