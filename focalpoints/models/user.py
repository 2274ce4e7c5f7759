from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.apps import apps
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import BigIntegerField, Count, F, Q, Value
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.models.lines import EmailColumn, KeyColumn, LineColumn
from focalpoints.sql.prepared import prepared
from focalpoints.sql.spanish import InSpanish
from focalpoints.text import address_key, fold, new_code, one_form


def new_person_code() -> str:
    return new_code("P-")


class UserQuerySet(models.QuerySet["User"]):
    REACHABLE = Q(invited_at__isnull=False) | Q(last_login__isnull=False) | Q(is_fictional=True)

    def active(self) -> "UserQuerySet":
        return self.filter(is_active=True)

    def people(self) -> "UserQuerySet":
        """Everybody but the system account."""
        return self.exclude(roles__kind=Role.Kind.SYSTEM)

    def reachable(self) -> "UserQuerySet":
        """Whoever was invited or has signed in, and whoever was made up for a demonstration: to others the portal writes nothing."""
        return self.filter(self.REACHABLE)

    def uninvited(self) -> "UserQuerySet":
        """Active accounts of people who were neither invited nor have ever signed in."""
        return self.active().people().exclude(self.REACHABLE)

    def invited_never_signed_in(self) -> "UserQuerySet":
        """Active accounts whose person was invited by mail and has not signed in yet."""
        return self.active().filter(invited_at__isnull=False, last_login=None)

    def made_up_never_signed_in(self) -> "UserQuerySet":
        """Active accounts made up for a demonstration, which nobody was invited to and nobody has opened."""
        return self.active().filter(is_fictional=True, invited_at=None, last_login=None)

    def at(self, email: str) -> "UserQuerySet":
        """Whose address this is, however it is spelled: at most one account, that of the system among them."""
        return self.filter(email_key=address_key(email))

    def matching(self, text: str) -> "UserQuerySet":
        """Every word of `text` occurs in the name, e-mail or position; case and accents do not count."""
        people = self if (words := fold(text).split()) else self.none()
        for word in words:
            people = people.filter(search__contains=word)
        return people


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def system(self) -> "User":
        """The account that loads and scheduled jobs act as. It has no password and cannot sign in."""
        return self.get(roles__kind=Role.Kind.SYSTEM)


@dataclass(frozen=True, slots=True)
class Standing:
    """In which capacities a person may act today: the roles held, and the agencies whose focal point they are."""

    roles: frozenset[str]
    agency_ids: frozenset[int]


class User(AbstractBaseUser):
    """A person with an account. Power comes from roles and appointments, never from a flag here."""

    class Rhythm(models.TextChoices):
        DAILY = "daily", _("Every business day on which there is something to say")
        WEEKLY = "weekly", _("Once a week, on its first business day")

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_person_code, editable=False)
    email = EmailColumn(
        _("e-mail"),
        max_length=254,
        unique=True,
    )
    # The same account, however its address is spelled.
    email_key = KeyColumn(of="email", by=address_key, max_length=254, unique=True)
    name = LineColumn(_("full name"), max_length=120)
    position = LineColumn(_("position"), max_length=160, blank=True)
    language = models.CharField(
        _("language of messages"), max_length=10, choices=[("es-mx", "Español"), ("en", "English")], default="es-mx"
    )
    # How often reminders come. What climbs to coordinators, heads and administrators reaches them at once, whatever they chose.
    rhythm = models.CharField(_("how often to remind me"), max_length=6, choices=Rhythm, default=Rhythm.DAILY)
    # The keys with which a coordinator reviews: for the next, the one before, to accept, to return, for help. Empty while they are off.
    shortcuts = models.CharField(max_length=5, blank=True, default="")
    # The last ledger entry whose notices this person marked as seen.
    notices_seen = models.BigIntegerField(default=0, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    is_fictional = models.BooleanField(_("fictional, made for the demonstration"), default=False)
    invited_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)
    search = models.CharField(max_length=560, blank=True, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        ordering = [InSpanish("name")]
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            # Together with `unique` on the column: one account for an address, in whatever case it is typed.
            models.CheckConstraint(condition=Q(email=Lower("email")), name="person_email_is_in_lower_case"),
            models.CheckConstraint(condition=~Q(email="") & ~Q(name=""), name="person_has_email_and_name"),
            models.CheckConstraint(condition=Q(rhythm__in=["daily", "weekly"]), name="person_rhythm_is_known"),
        ]

    def __str__(self) -> str:
        return self.name

    def search_text(self) -> str:
        """The folded text that `matching` searches."""
        return fold(f"{self.name} {self.email} {self.position}")[:560]

    def folded(self) -> dict[str, str]:
        """The columns by which a person is found; every verb that corrects a name or address stores them."""
        return {"search": self.search_text(), "email_key": address_key(self.email)}

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(raw_password and one_form(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        return super().check_password(raw_password and one_form(raw_password))

    @cached_property
    def standing(self) -> Standing:
        """The person's roles and agencies today. One query for each loaded user; requests and verbs load theirs anew."""
        standing = standing_of(self.pk) if self.is_active and self.pk else None
        return standing or Standing(frozenset(), frozenset())

    def __copy__(self) -> "User":
        """The same row; Django's way goes through pickling it."""
        other = User.__new__(User)
        other.__dict__ = {**self.__dict__}
        return other

    def in_sql(self) -> tuple[Hashable, tuple[int, ...]]:
        """What a prepared query knows of who asks (`sql.prepared.Asker`): roles decide what it says, the rest are values in it."""
        return self.standing.roles, (self.pk, self.notices_seen, *self.standing.agency_ids)

    def with_values(self, values: Sequence[Any]) -> "User":
        """Somebody of the same roles with these values of `in_sql`. Any other field raises FieldFetchBlocked."""
        person = User.from_db(None, ["id", "notices_seen"], values[:2], fetch_mode=models.FETCH_RAISE)
        person.standing = Standing(self.standing.roles, frozenset(values[2:]))
        return person


class RoleQuerySet(models.QuerySet["Role"]):
    def active(self) -> "RoleQuerySet":
        """In force: they give their rights."""
        return self.filter(state=Role.State.HELD)

    def waiting(self) -> "RoleQuerySet":
        """Proposed, until a second person confirms or refuses them."""
        return self.filter(state=Role.State.PROPOSED)

    def not_ended(self) -> "RoleQuerySet":
        """In force or waiting: at most one of each kind for a person."""
        return self.filter(state__in=[Role.State.PROPOSED, Role.State.HELD])

    def administrators(self) -> "RoleQuerySet":
        """Administrators' roles whose holders can sign in."""
        return self.active().filter(kind=Role.Kind.ADMINISTRATOR, user__is_active=True)

    def tally(self) -> Iterable[Mapping[str, Any]]:
        """How many are in force of each kind, by how they came about: public, and names nobody."""
        given, confirmed = Q(given_by__isnull=False), Q(confirmed_by__isnull=False)
        in_force = self.active().filter(user__is_active=True).exclude(kind=Role.Kind.SYSTEM)
        return (
            in_force.order_by("kind")
            .values("kind")
            .annotate(
                in_force=Count("pk"),
                confirmed=Count("pk", filter=confirmed),
                alone=Count("pk", filter=given & ~confirmed),
                set_up=Count("pk", filter=~given),
            )
        )


class Role(models.Model):
    """A person's role: coordinator, administrator or system account. It gives its rights while it is held."""

    class Kind(models.TextChoices):
        COORDINATOR = "coordinator", _("Coordinator")
        ADMINISTRATOR = "administrator", _("Administrator")
        SYSTEM = "system", _("System")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("To be confirmed")
        HELD = "held", _("Held")
        ENDED = "ended", _("Ended")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Taken back before it was confirmed")

    user = models.ForeignKey(User, models.PROTECT, related_name="roles", verbose_name=_("person"))
    kind = models.CharField(_("role"), max_length=20, choices=Kind)
    state = models.CharField(max_length=10, choices=State)
    # The administrator who gave it, and the second person. Without a giver it is from the portal's own account: of a load, or the first.
    given_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField()
    reason = models.CharField(_("reason"), max_length=400, blank=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    in_force_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = RoleQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "given_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind"], condition=Q(state__in=["proposed", "held"]), name="role_is_open_once"
            ),
            models.UniqueConstraint(fields=["kind"], condition=Q(kind="system"), name="one_system_account"),
            models.CheckConstraint(
                condition=Q(kind__in=["coordinator", "administrator", "system"]), name="role_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", in_force_at=None, ended_at=None)
                | Q(state="held", in_force_at__isnull=False, ended_at=None)
                | Q(state="ended", in_force_at__isnull=False, ended_at__isnull=False)
                | Q(state__in=["refused", "withdrawn"], in_force_at=None, ended_at__isnull=False),
                name="role_moments_fit_its_state",
            ),
            models.CheckConstraint(
                condition=Q(in_force_at=None) | Q(ended_at=None) | Q(ended_at__gte=F("in_force_at")),
                name="role_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=~Q(given_by=F("user")) & ~Q(confirmed_by=F("user")) & ~Q(confirmed_by=F("given_by")),
                name="role_is_given_and_confirmed_by_others",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.user}"

    @property
    def code(self) -> str:
        """Its name in the ledger and in addresses: one chain for a person and a kind, however often it is given."""
        return f"{self.user.code}-{self.kind}"

    @property
    def since(self) -> date | None:
        """The day on which it began to give rights."""
        return clock.day_of(self.in_force_at)

    @property
    def until(self) -> date | None:
        return clock.day_of(self.ended_at)

    @property
    def is_given_alone(self) -> bool:
        """Whether one person gave it without a second one, because nobody else could confirm it."""
        return self.in_force_at is not None and self.given_by_id is not None and self.confirmed_by_id is None


ACTIVE = "active account"


def standing_of(user: int) -> Standing | None:
    """In which capacities the person with this key may act today; None where there is no such account, or it is deactivated."""
    return standing_from(powers(user, clock.today()))


def standing_from(powers: Iterable[tuple[str, int]]) -> Standing | None:
    """The same from its rows."""
    powers = list(powers)
    roles = {kind for kind, _agency in powers if kind}
    if ACTIVE not in roles:
        return None
    return Standing(frozenset(roles - {ACTIVE}), frozenset(agency for kind, agency in powers if not kind))


@prepared("user", "on")
def powers(user: int, on: date) -> models.QuerySet[Role, tuple[str, int]]:
    """A row for each active role (kind, 0), each appointment as focal point ('', agency), and the account while active (ACTIVE, 0)."""
    appointments: Any = apps.get_model("focalpoints", "Appointment").objects
    seats = appointments.filter(user=user).focal_points().active(on).values_list(Value(""), "agency_id")
    roles = Role.objects.filter(user=user).active().values_list("kind", Value(0, BigIntegerField()))
    account = User.objects.active().filter(pk=user).values_list(Value(ACTIVE), Value(0, BigIntegerField()))
    return roles.order_by().union(seats.order_by(), account.order_by(), all=True).order_by()
