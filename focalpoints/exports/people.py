"""The administrators' lists of people and of appointments, and the roles that wait for a second person."""

from collections.abc import Iterable, Iterator

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from focalpoints.exports.exported import private_table
from focalpoints.models import Role
from focalpoints.models.appointment import AppointmentQuerySet
from focalpoints.models.user import UserQuerySet
from focalpoints.pages.addresses import address
from focalpoints.tables.column import Column
from focalpoints.tables.table import TableRow
from focalpoints.verbs import ACCOUNT_STATES, account_state

AT_ONCE = 500
PERSON_COLUMNS = (
    Column("code", _("Code"), "code"),
    Column("name", _("Name"), "text"),
    Column("email", _("E-mail"), "text"),
    Column("position", _("Position"), "text"),
    Column("roles", _("Roles"), "list", describes=_("Those in force.")),
    Column("appointments", _("Appointments"), "list", describes=_("Those in force: agency and kind.")),
    Column("state_code", _("Account (code)"), "code"),
    Column("state", _("Account"), "text"),
    Column("invited_at", _("Invited"), "instant"),
    Column("is_fictional", _("Fictional"), "boolean"),
    Column("url", _("Page"), "url"),
)
APPOINTMENT_COLUMNS = (
    Column("code", _("Code"), "code"),
    Column("agency", _("Agency"), "text"),
    Column("agency_key", _("Agency (key)"), "code"),
    Column("person", _("Person"), "text"),
    Column("person_code", _("Person (code)"), "code"),
    Column("kind_code", _("Kind (code)"), "code"),
    Column("kind", _("Kind"), "text"),
    Column("since", _("From"), "date"),
    Column("last_day", _("Last day"), "date"),
    Column("letter", _("Letter"), "text"),
    Column("is_fictional", _("Fictional"), "boolean"),
)
ROLE_COLUMNS = (
    Column("person", _("Person"), "text"),
    Column("email", _("E-mail"), "text"),
    Column("role_code", _("Role (code)"), "code"),
    Column("role", _("Role"), "text"),
    Column("given_at", _("Given"), "instant"),
    Column("given_by", _("Given by"), "text"),
)


def person_rows(people: UserQuerySet) -> Iterator[TableRow]:
    """With `current_roles` and `current_appointments`, as the list reads them."""
    for person in people.iterator(chunk_size=AT_ONCE):
        state = account_state(person)
        roles = tuple(str(role.get_kind_display()) for role in person.current_roles)  # type: ignore[attr-defined]  # read along
        posts = tuple(
            f"{post.agency.short_name} ({post.get_kind_display()})"
            for post in person.current_appointments  # type: ignore[attr-defined]
        )
        yield (
            person.code, person.name, person.email, person.position, roles, posts, state, str(ACCOUNT_STATES[state]),
            person.invited_at, person.is_fictional,
            settings.BASE_URL + address("focalpoints:person_detail", person.code),
        )  # fmt: skip


def appointment_rows(appointments: AppointmentQuerySet) -> Iterator[TableRow]:
    for row in appointments.iterator(chunk_size=AT_ONCE):
        yield (
            row.code, row.agency.name, row.agency.key, row.user.name, row.user.code, row.kind,
            str(row.get_kind_display()), row.since, row.last_day, row.letter, row.user.is_fictional,
        )  # fmt: skip


def role_rows(roles: Iterable[Role]) -> Iterator[TableRow]:
    for role in roles:
        by = role.given_by.name if role.given_by else ""
        yield role.user.name, role.user.email, role.kind, str(role.get_kind_display()), role.given_at, by


PEOPLE = private_table("people", _("People"), _("The accounts that the administrators' list shows."), PERSON_COLUMNS)
APPOINTMENTS = private_table(
    "appointments",
    _("Appointments"),
    _("Who answers for which agency, from when and by which letter."),
    APPOINTMENT_COLUMNS,
)
ROLES = private_table(
    "roles",
    _("Roles to be confirmed"),
    _("Roles that an administrator gave and no second person has confirmed."),
    ROLE_COLUMNS,
)
