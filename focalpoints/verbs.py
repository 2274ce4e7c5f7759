"""The table of verbs of agencies, people, appointments and roles."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from focalpoints import clock
from focalpoints.models import Agency, Appointment, Role, User
from focalpoints.rules import (
    Person,
    deactivates,
    grants_roles,
    is_administrator,
    is_system,
    keeps_agencies,
    keeps_catalogue,
    keeps_person,
)
from focalpoints.workflow import OPEN_WORK, Doer, Noun, Reasons, Verb


def agency_standing(agency: Agency) -> str:
    return "closed" if agency.is_closed else "registered"


def account_standing(person: User) -> str:
    return "inactive" if not person.is_active else "active" if person.last_login else "new"


def _appointment_standing(appointment: Appointment) -> str:
    return "ended" if appointment.until and appointment.until <= clock.today() else "open"


def _role_standing(role: Role) -> str:
    return "ended" if role.until else "held"


NOUNS = [
    Noun("agency", _("Agency"), Agency, {"registered": _("Registered"), "closed": _("Closed")}, agency_standing),
    Noun(
        "person",
        _("Person"),
        User,
        {"new": _("Invited, has not signed in"), "active": _("With access"), "inactive": _("Without access")},
        account_standing,
    ),
    Noun(
        "appointment",
        _("Appointment"),
        Appointment,
        {"open": _("In force"), "ended": _("Ended")},
        _appointment_standing,
    ),
    Noun("role", _("Role"), Role, {"held": _("Held"), "ended": _("Ended")}, _role_standing),
]


def reasons_to_keep_open(agency: Agency) -> Reasons:
    """What an administrator has to settle before this agency can be closed; empty when nothing is left."""
    reasons: Reasons = []
    if children := agency.children.registered().count():
        reasons.append(
            ngettext(
                "%(count)d agency of its sector is still registered: move it to another sector head or close it first.",
                "%(count)d agencies of its sector are still registered: move them to another sector head or close them first.",
                children,
            )
            % {"count": children}
        )
    if appointments := agency.appointments.not_ended(clock.today()).count():
        reasons.append(
            ngettext(
                "%(count)d appointment has not ended: end it first.",
                "%(count)d appointments have not ended: end them first.",
                appointments,
            )
            % {"count": appointments}
        )
    for work in OPEN_WORK:
        if count := work.rows().filter(agency=agency).count():
            reasons.append(work.left % {"count": count})
    return reasons


def reasons_to_keep_role(role: Role) -> Reasons:
    """The last administrator stays one."""
    others = Role.objects.administrators().exclude(pk=role.pk)
    if role.kind == Role.Kind.ADMINISTRATOR and not others.exists():
        return [_("There is no other active administrator. Make somebody else administrator first.")]
    return []


def _is_nobody(user: Person, row: Any) -> bool:
    return False


def _keeps_agencies(user: Person, row: Any) -> bool:
    return keeps_agencies(user)


def _keeps_catalogue(user: Person, row: Any) -> bool:
    return keeps_catalogue(user)


def _administers(user: Person, row: Any) -> bool:
    return is_administrator(user)


def _revokes(user: Person, role: Role) -> bool:
    return is_administrator(user) and role.kind != Role.Kind.SYSTEM


def _grants_roles(user: Person, row: Any) -> bool:
    return grants_roles(user)


def _is_the_system(user: Person, row: Any) -> bool:
    return is_system(user)


def _is_that_person(user: Person, person: User) -> bool:
    return user.pk == person.pk


_ADMINISTRATOR, _ITSELF = _("Administrator"), _("The portal itself")
DOERS = {
    # Of what follows from another verb: its doer was asked already.
    "portal": Doer(_is_nobody, _ITSELF),
    "system": Doer(_is_the_system, _ITSELF),
    "administrator": Doer(_administers, _ADMINISTRATOR),
    "keeper of the catalogue": Doer(_keeps_catalogue, _("Coordinator")),
    "keeper of agencies": Doer(_keeps_agencies, _ADMINISTRATOR),
    "keeper of the person": Doer(keeps_person, _ADMINISTRATOR),
    "another administrator": Doer(deactivates, _("Another administrator")),
    "giver of roles": Doer(_grants_roles, _ADMINISTRATOR),
    "taker of roles": Doer(_revokes, _ADMINISTRATOR),
    "the person": Doer(_is_that_person, _("The person")),
}


_ANY_ACCOUNT = frozenset({"new", "active", "inactive"})
_CLOSED = _("This agency is closed. It stays as the record of what it answered for.")
_INACTIVE = _("This account is not active. Activate it first.")

VERBS = [
    Verb(
        noun="agency", name="create", label=_("Register an agency"), doer="keeper of agencies", on=(),
        target="registered", sentence=_("Agency registered"), is_public=False,
    ),
    Verb(
        noun="agency", name="correct", label=_("Correct"), doer="keeper of agencies",
        sources=frozenset({"registered"}), wrong_moment=_CLOSED, sentence=_("Agency corrected"), is_public=False,
        page="focalpoints:agency_correct", key="key", link=_("Correct or rename"),
    ),
    Verb(
        noun="agency", name="close", label=_("Close"), doer="administrator", sources=frozenset({"registered"}),
        target="closed", wrong_moment=_CLOSED, against=reasons_to_keep_open,
        asks=_("Say why it is closed, for example with the decree that dissolves it."), sentence=_("Agency closed"),
        is_public=False, page="focalpoints:agency_close", key="key", link=_("Close this agency"),
    ),
    Verb(
        noun="person", name="create", label=_("Register"), doer="portal", on=(), target="new",
        sentence=_("Account registered"), is_public=False,
    ),
    Verb(
        noun="person", name="invite", label=_("Invite a person"), doer="keeper of agencies", on=(), target="new",
        sentence=_("Person invited"), is_public=False,
    ),
    Verb(
        noun="person", name="correct", label=_("Correct"), doer="keeper of the person",
        sources=frozenset({"new", "active"}), wrong_moment=_INACTIVE, sentence=_("Account corrected"),
        is_public=False, page="focalpoints:person_correct", key="code",
    ),
    Verb(
        noun="person", name="invite_again", label=_("Send the invitation again"), doer="keeper of the person",
        sources=frozenset({"new"}),
        wrong_moment=_("This person has signed in before, or has no active account: a new invitation would not help. "
                       "Whoever forgot a password asks for a new one on the sign-in page."),
        sentence=_("Invitation sent again"), is_public=False, page="focalpoints:person_invite_again", key="code", is_button=True,
    ),
    Verb(
        noun="person", name="deactivate", label=_("Deactivate"), doer="another administrator",
        sources=frozenset({"new", "active"}), target="inactive",
        wrong_moment=_("This account has already been deactivated."),
        asks=_("Say why the account is deactivated, for example: left the agency on 30 November."),
        sentence=_("Account deactivated"), is_public=False, page="focalpoints:person_deactivate", key="code",
    ),
    Verb(
        noun="person", name="reactivate", label=_("Activate again"), doer="keeper of the person",
        sources=frozenset({"inactive"}), target="active", wrong_moment=_("This account is already active."),
        sentence=_("Account activated again"), is_public=False, page="focalpoints:person_reactivate", key="code", is_button=True,
    ),
    Verb(
        noun="person", name="set_rhythm", label=_("Choose how often reminders come"), doer="the person",
        sources=_ANY_ACCOUNT, entry=None, is_public=False,
    ),
    Verb(
        noun="appointment", name="appoint", label=_("Appoint"), doer="keeper of agencies", on=(), target="open",
        sentence=_("Person appointed"), is_public=False,
    ),
    Verb(
        noun="appointment", name="end", label=_("End"), doer="keeper of agencies", sources=frozenset({"open"}),
        target="ended", wrong_moment=_("This appointment has already ended."), sentence=_("Appointment ended"),
        is_public=False, page="focalpoints:appointment_end", key="code",
    ),
    Verb(
        noun="role", name="grant", label=_("Give a role"), doer="giver of roles", on=(), target="held",
        sentence=_("Role given"), is_public=False,
    ),
    Verb(
        noun="role", name="revoke", label=_("Take the role away"), doer="taker of roles",
        sources=frozenset({"held"}), target="ended", wrong_moment=_("This role has already ended."),
        against=reasons_to_keep_role, sentence=_("Role taken away"), is_public=False,
    ),
]  # fmt: skip
