from django.db import models
from django.db.models import Exists, Func, OuterRef, Q, Value
from django.db.models.functions import Lower, Replace
from django.utils.translation import gettext_lazy as _

from focalpoints.models.lines import CodeColumn, EmailColumn, KeyColumn, LineColumn
from focalpoints.sql.spanish import InSpanish
from focalpoints.text import fold, name_key


class AgencyQuerySet(models.QuerySet["Agency"]):
    def registered(self) -> "AgencyQuerySet":
        """Not closed: the agencies that "N registered here" counts."""
        return self.filter(closed_on=None)

    def reviewed(self) -> "AgencyQuerySet":
        """Registered, without the coordination office, which reviews the others: whom a commitment of every agency binds."""
        return self.registered().exclude(kind=Agency.Kind.COORDINATING_UNIT)

    def ministries(self) -> "AgencyQuerySet":
        return self.filter(is_ministry=True)

    def sector_heads(self) -> "AgencyQuerySet":
        """Registered agencies that can head a sector: those that have no sector head themselves."""
        return self.registered().filter(parent=None)

    def with_agencies(self) -> "AgencyQuerySet":
        """Sector heads that have at least one agency in their sector."""
        return self.filter(Exists(Agency.objects.filter(parent=OuterRef("pk"))))

    def called(self, name: str) -> "AgencyQuerySet":
        """Whose acronym or key this is, in any spelling."""
        return self.keyed(key) if (key := name_key(name)) else self.none()

    def keyed(self, key: str) -> "AgencyQuerySet":
        """Whose acronym or key has this `text.name_key`."""
        plain = Func(Replace(Lower("key"), Value("-")), Value("0"), function="LTRIM", output_field=models.CharField())
        return self.alias(plain_key=plain).filter(Q(acronym_key=key) | Q(plain_key=key))

    def matching(self, text: str) -> "AgencyQuerySet":
        """Every word of `text` occurs in the name, acronym or key; case and accents do not count."""
        agencies = self if (words := fold(text).split()) else self.none()
        for word in words:
            agencies = agencies.filter(search__contains=word)
        return agencies

    def matching_or_headed(self, text: str) -> "AgencyQuerySet":
        """Those that match, and those whose sector head does."""
        matching = self.matching(text).order_by()
        return self.filter(Q(pk__in=matching) | Q(parent__in=matching)).order_by()


class Agency(models.Model):
    """A federal institution (dependencia or entidad) that answers for tasks. `parent` is the head of its sector."""

    class Kind(models.TextChoices):
        MINISTRY_LEVEL = "dependencia", _("Ministry-level body")
        PARASTATAL = "entidad paraestatal", _("Parastatal entity")
        DECONCENTRATED = "órgano desconcentrado", _("Deconcentrated body")
        STATE_HOLDING = "empresa de participación estatal", _("Majority state-owned company")
        DECENTRALISED = "organismo descentralizado", _("Decentralised body")
        PRODUCTIVE_STATE = "empresa productiva del Estado", _("Productive state enterprise")
        TRUST = "fideicomiso", _("Public trust")
        COORDINATED_REGULATOR = "órgano regulador coordinado", _("Coordinated regulator")
        COORDINATING_UNIT = "unidad coordinadora", _("Coordinating unit")
        AUTONOMOUS = "organismo autónomo", _("Autonomous body")

    key = CodeColumn(
        _("key"),
        max_length=20,
        unique=True,
        help_text=_("Branch and unit of the federal budget, e.g. 9 or 4-A00."),
    )
    acronym = LineColumn(_("acronym"), max_length=30, blank=True)
    acronym_key = KeyColumn(of="acronym", by=name_key, max_length=60)
    name = LineColumn(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=40, choices=Kind)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("sector head")
    )
    is_ministry = models.BooleanField(_("one of the 18 ministries"), default=False)
    # The federal budget catalogue of 2017 lists it; only the load of reference data says so.
    in_catalogue = models.BooleanField(default=False, editable=False)
    head_name = LineColumn(_("head of the agency"), max_length=120, blank=True)
    head_email = EmailColumn(
        _("e-mail of the head's office"), blank=True, help_text=_("For escalation only; never shown in public.")
    )
    mailbox = EmailColumn(
        _("public mailbox"),
        blank=True,
        help_text=_(
            "Anybody can read it on the agency’s page. Of an office, never of a person. Leave it empty to show none."
        ),
    )
    time_zone = models.CharField(_("time zone"), max_length=40, default="America/Mexico_City")
    note = LineColumn(_("note"), max_length=300, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)
    search = models.CharField(max_length=300, editable=False)

    objects = AgencyQuerySet.as_manager()

    class Meta:
        ordering = [InSpanish("name")]
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        constraints = [
            models.CheckConstraint(condition=~Q(key="") & ~Q(name=""), name="agency_has_key_and_name"),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=models.F("pk")),
                name="agency_is_not_its_own_head",
                violation_error_message=_("An agency that heads its sector has no sector head: leave it empty."),
            ),
            models.CheckConstraint(
                condition=Q(is_ministry=False) | Q(parent=None),
                name="ministry_heads_its_sector",
                violation_error_message=_("A ministry heads its sector: leave the sector head empty."),
            ),
            # Among closed agencies too: a follow-up of years ago must not be taken for another agency's.
            models.UniqueConstraint(Lower("key"), name="agency_key_is_unique_in_any_case"),
            models.UniqueConstraint(
                fields=["acronym_key"], condition=~Q(acronym_key=""), name="agency_acronym_is_unique_in_any_spelling"
            ),
        ]

    def __str__(self) -> str:
        return self.short_name

    @property
    def short_name(self) -> str:
        """What officials call it: the acronym where there is one."""
        return self.acronym or self.name

    @property
    def is_closed(self) -> bool:
        return self.closed_on is not None

    def search_text(self) -> str:
        """The folded text that `matching` searches."""
        return fold(f"{self.acronym} {self.name} {self.key}")[:300]

    def folded(self) -> dict[str, str]:
        """The columns by which it is found and told from others; every verb that corrects names stores them."""
        return {"search": self.search_text(), "acronym_key": name_key(self.acronym)}
