from datetime import date, datetime, timedelta

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.models.agency import Agency
from focalpoints.models.entry import Entry
from focalpoints.models.lines import LineColumn
from focalpoints.models.user import User
from focalpoints.sql.spanish import InSpanish
from focalpoints.text import new_code


def new_appointment_code() -> str:
    return new_code("N-")


def last_day(until: date | None) -> date | None:
    """The last day with the appointment, as people, letters and pages name it."""
    return until and until - timedelta(days=1)


def until_after(last_day: date | None) -> date | None:
    """The first day without the appointment, as the verbs take it and the rows keep it."""
    return last_day and last_day + timedelta(days=1)


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def focal_points(self) -> "AppointmentQuerySet":
        """Titulars and alternates, who act for the agency. Its head does not."""
        return self.exclude(kind=Appointment.Kind.HEAD)

    def heads(self) -> "AppointmentQuerySet":
        return self.filter(kind=Appointment.Kind.HEAD)

    def active(self, on: date) -> "AppointmentQuerySet":
        """In force on that day: begun, and not ended."""
        return self.filter(Q(until=None) | Q(until__gt=on), since__lte=on)

    def active_then(self, on: date) -> "AppointmentQuerySet":
        """In force on that past day and recorded by its end: an appointment that was later dated back to it is left out."""
        return self.active(on).recorded_before(clock.start_of(on + timedelta(days=1)))

    def recorded_before(self, instant: datetime) -> "AppointmentQuerySet":
        recorded = Entry.objects.filter(subject_type="appointment", subject=OuterRef("code"), nth=1, at__lt=instant)
        return self.filter(Exists(recorded))

    def not_ended(self, on: date) -> "AppointmentQuerySet":
        """In force or yet to begin."""
        return self.filter(Q(until=None) | Q(until__gt=on))

    def ending_by(self, day: date, *, on: date) -> "AppointmentQuerySet":
        """Not ended on `on`, but ended by `day`; the first to end come first."""
        return self.filter(until__gt=on, until__lte=day).order_by("until", InSpanish("agency__name"))


def has_focal_point(on: date) -> Exists:
    """A condition for agencies: somebody can act for them on that day."""
    return Exists(Appointment.objects.focal_points().active(on).filter(agency=OuterRef("pk"), user__is_active=True))


class Appointment(models.Model):
    """A person's post in an agency. Titular and alternate answer for its follow-up, with the same rights.

    The head of the agency is told of what stays late, but cannot act in its name.
    """

    class Kind(models.TextChoices):
        TITULAR = "titular", _("Titular focal point")
        ALTERNATE = "alternate", _("Alternate focal point")
        HEAD = "head", _("Head of the agency")

    code = models.CharField(max_length=12, unique=True, default=new_appointment_code, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="appointments", verbose_name=_("person"))
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="appointments", verbose_name=_("agency"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.TITULAR)
    since = models.DateField(_("from"))
    # Exclusive, so that an appointment that ends today has no power at the next request.
    until = models.DateField(null=True, blank=True)
    letter = LineColumn(
        _("appointment letter"), max_length=120, blank=True, help_text=_("Number and date of the official letter.")
    )

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = [InSpanish("agency__name"), "kind", "since"]
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["titular", "alternate", "head"]), name="appointment_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=models.F("since")), name="appointment_ends_after_it_begins"
            ),
            models.UniqueConstraint(
                fields=["user", "agency"], condition=Q(until=None), name="one_open_appointment_per_person_and_agency"
            ),
            models.UniqueConstraint(
                fields=["agency"], condition=Q(until=None, kind="titular"), name="one_open_titular_per_agency"
            ),
            models.UniqueConstraint(
                fields=["agency"], condition=Q(until=None, kind="head"), name="one_open_head_per_agency"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.agency}"

    @property
    def last_day(self) -> date | None:
        """One that never began ends the day before it would have."""
        return last_day(self.until)

    @property
    def gives_power(self) -> bool:
        """Whether the person may act for the agency today."""
        return self.is_active and self.kind != self.Kind.HEAD

    @property
    def is_active(self) -> bool:
        on = clock.today()
        return self.since <= on and (self.until is None or self.until > on)
