"""The table of verbs of agencies, people, appointments, roles and the texts of the office."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from focalpoints import clock
from focalpoints.models import Agency, Appointment, Export, OfficeText, Portfolio, Role, User
from focalpoints.rules import (
    Person,
    confirms,
    deactivates,
    gives_roles,
    is_administrator,
    is_coordinator,
    is_system,
    keeps_agencies,
    keeps_catalogue,
    keeps_person,
)
from focalpoints.workflow import EXPORTERS, OPEN_WORK, Doer, Noun, Reasons, StrOrPromise, Verb


def agency_standing(agency: Agency) -> str:
    return "closed" if agency.is_closed else "registered"


def account_standing(person: User) -> str:
    return "inactive" if not person.is_active else "active" if person.last_login else "new"


# What administrators read of an account: who was never invited by mail is told from whoever has not answered.
ACCOUNT_STATES: dict[str, StrOrPromise] = {
    "uninvited": _("Not invited by mail yet"),
    "new": _("Invited, has not signed in"),
    "active": pgettext_lazy("account", "Active"),
    "inactive": _("Deactivated"),
}


def account_state(person: User) -> str:
    """The key in ACCOUNT_STATES."""
    standing = account_standing(person)
    return "uninvited" if standing == "new" and not person.invited_at else standing


def _appointment_standing(appointment: Appointment) -> str:
    return "ended" if appointment.until and appointment.until <= clock.today() else "open"


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
    Noun("role", _("Role"), Role, {state.value: state.label for state in Role.State}),
    Noun(
        "portfolio",
        _("Portfolio of a coordinator"),
        Portfolio,
        {"taken": _("Taken"), "empty": _("Empty")},
        lambda row: "empty" if row.is_empty else "taken",
    ),
    Noun("office-text", _("Text of the office"), OfficeText, {"published": _("Published")}, lambda row: "published"),
    Noun("export", _("Export"), Export, {"asked": _("Asked for"), **{state.value: state.label for state in Export.State}},
         lambda export: export.state if export.pk else "asked"),
]  # fmt: skip


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


def _coordinates(user: Person, row: Any) -> bool:
    return is_coordinator(user)


def _takes(user: Person, role: Role) -> bool:
    return is_administrator(user) and role.kind != Role.Kind.SYSTEM


def _is_the_system(user: Person, row: Any) -> bool:
    return is_system(user)


def _is_that_person(user: Person, person: User) -> bool:
    return user.pk == person.pk


def _reads_table(user: Person, export: Export) -> bool:
    return EXPORTERS[export.table](user)


_ADMINISTRATOR, _ITSELF = _("Administrator"), _("The portal itself")
DOERS = {
    # Of what follows from another verb: its doer was asked already.
    "portal": Doer(_is_nobody, _ITSELF),
    "system": Doer(_is_the_system, _ITSELF),
    "administrator": Doer(_administers, _ADMINISTRATOR),
    "keeper of the catalogue": Doer(_keeps_catalogue, _("Coordinator")),
    "holder of a portfolio": Doer(_coordinates, _("Coordinator")),
    "keeper of agencies": Doer(_keeps_agencies, _ADMINISTRATOR),
    "keeper of the person": Doer(keeps_person, _ADMINISTRATOR),
    "another administrator": Doer(deactivates, _("Another administrator")),
    "giver of roles": Doer(gives_roles, _("Administrator, not to themselves")),
    "confirmer of the role": Doer(confirms, _("A coordinator or administrator who neither gave it nor gets it")),
    "taker of roles": Doer(_takes, _ADMINISTRATOR),
    "reader of the table": Doer(_reads_table, _("Whoever may read the page")),
    "the person": Doer(_is_that_person, _("The person")),
}


_ANY_ACCOUNT = frozenset({"new", "active", "inactive"})
_CLOSED = _("This agency is closed. It stays as the record of what it answered for.")
_INACTIVE = _("This account is not active. Activate it first.")
_WAITING = frozenset({"proposed"})
_NOT_WAITING = _("This role does not wait to be confirmed: it was decided, or taken back, already.")


def _why_no_reset(person: User) -> Reasons:
    has_one = Authenticator.objects.filter(user=person).exists()
    return [] if has_one else [_("This account has no second factor.")]


def _why_no_role(person: User) -> StrOrPromise:
    if account_standing(person) == "inactive":
        return _INACTIVE
    return _(
        "This person has never signed in. A role is given to an account whose person has: "
        "send the invitation again, and give the role afterwards."
    )


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
        noun="person", name="reset_second_factor", label=_("Remove the second factor"), doer="another administrator",
        sources=frozenset({"active"}), wrong_moment=_INACTIVE, against=_why_no_reset,
        asks=_("Say what was lost, and how you made sure that it is this person who asks."),
        sentence=_("Second factor removed"), is_public=False, page="focalpoints:person_reset_second_factor", key="code",
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
        noun="person", name="set_shortcuts", label=_("Choose the keys of the review"), doer="the person",
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
        noun="role", name="give", label=_("Give a role"), doer="giver of roles", on=("person",),
        sources=frozenset({"active"}), target="proposed", wrong_moment=_why_no_role,
        asks=_("Say why this person gets the role."), sentence=_("Role given, to be confirmed by a second person"),
        is_public=False, page="focalpoints:role_give", key="code",
    ),
    Verb(
        noun="role", name="give_alone", label=_("Give a role where nobody else could confirm it"), doer="giver of roles",
        on=("person",), sources=frozenset({"active"}), target="held", wrong_moment=_why_no_role,
        asks=_("Say why this person gets the role."),
        sentence=_("Role given by one person alone: there was nobody who could confirm it"), is_public=False,
    ),
    Verb(
        noun="role", name="grant", label=_("Set up a role"), doer="system", on=("person",),
        sources=frozenset({"new", "active"}), target="held", wrong_moment=_INACTIVE, sentence=_("Role given"),
        is_public=False,
    ),
    Verb(
        noun="role", name="confirm", label=_("Confirm"), doer="confirmer of the role", sources=_WAITING, target="held",
        wrong_moment=_NOT_WAITING, sentence=_("Role confirmed"), is_public=False, page="focalpoints:role_decide",
        key="code",
    ),
    Verb(
        noun="role", name="refuse", label=_("Refuse"), doer="confirmer of the role", sources=_WAITING, target="refused",
        wrong_moment=_NOT_WAITING, asks=_("Say why this person does not get the role."), sentence=_("Role refused"),
        is_public=False, page="focalpoints:role_decide", key="code",
    ),
    Verb(
        noun="role", name="withdraw", label=_("Take back"), doer="taker of roles", sources=_WAITING, target="withdrawn",
        wrong_moment=_NOT_WAITING, asks=_("Say why the role is taken back."),
        sentence=_("Role taken back before it was confirmed"), is_public=False, page="focalpoints:role_withdraw",
        key="code",
    ),
    Verb(
        noun="role", name="revoke", label=_("Take the role away"), doer="taker of roles",
        sources=frozenset({"held"}), target="ended",
        wrong_moment=_("This role is not in force: it has ended, or nobody has confirmed it yet."),
        against=reasons_to_keep_role, asks=_("Say why the role is taken away."), sentence=_("Role taken away"),
        is_public=False, page="focalpoints:role_revoke", key="code",
    ),
    Verb(
        noun="portfolio", name="choose", label=_("Choose whom I answer for"), doer="holder of a portfolio", on=(),
        target="taken", sentence=_("Portfolio of a coordinator chosen"), is_public=False,
    ),
    Verb(
        noun="office-text", name="publish", label=_("Publish a text of the office"), doer="administrator", on=(),
        target="published", sentence=_("Text of the office published"), is_public=False,
    ),
    Verb(
        noun="export", name="begin", label=_("Export"), doer="reader of the table", sources=frozenset({"asked"}),
        target="begun", wrong_moment=_("This was exported already."), entry=None, is_public=False,
    ),
]  # fmt: skip
