from django.core.signing import BadSignature, Signer
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from focalpoints.models import Agency, User
from focalpoints.text import new_code


def _signer() -> Signer:
    """Signs a code with characters that no program re-encodes in an address."""
    return Signer(salt="projects.calendar_feeds", sep=".")


def new_feed_code() -> str:
    return new_code("K-", 12)


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    def live(self) -> "CalendarFeedQuerySet":
        """Not revoked, and the owner may still sign in."""
        return self.filter(revoked_at=None, owner__is_active=True)

    def opened_by(self, token: str) -> "CalendarFeedQuerySet":
        """The feed with this secret address. A made-up token fails by its signature, without a query."""
        try:
            return self.live().filter(code=_signer().unsign(token))
        except BadSignature:
            return self.none()


class CalendarFeed(models.Model):
    """A secret address where calendar programs, which cannot sign in, read a person's due dates.

    The secret is the code's signature with the site's key and is not stored. So a copy of the database opens no calendar, and yet the
    owner can see the address again for a second device, which a hash would not allow. A new SECRET_KEY, without the old one in
    SECRET_KEY_FALLBACKS, closes every address.
    """

    code = models.CharField(max_length=20, unique=True, default=new_feed_code, editable=False)
    owner = models.ForeignKey(User, models.PROTECT, related_name="calendar_feeds", verbose_name=_("person"))
    # None: all agencies that the person answers for on the day.
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, related_name="+", verbose_name=_("agency"), db_index=False
    )
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        ordering = ["made_at", "pk"]
        verbose_name = _("calendar address")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "agency"],
                condition=Q(revoked_at=None, agency__isnull=False),
                name="one_open_calendar_per_person_and_agency",
            ),
            models.UniqueConstraint(
                fields=["owner"],
                condition=Q(revoked_at=None, agency=None),
                name="one_open_calendar_of_all_agencies_per_person",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def token(self) -> str:
        """The secret part of the address."""
        return _signer().sign(self.code)

    @property
    def agency_ids(self) -> frozenset[int]:
        """The agencies whose dates it shows today; none for which the owner no longer answers."""
        mine = self.owner.standing.agency_ids
        return mine if self.agency_id is None else mine & {self.agency_id}
