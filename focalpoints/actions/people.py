"""Verbs on people: an account is made by invitation, loses its access at once, and is never deleted."""

from functools import partial
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.actions.appointments import end_appointment
from focalpoints.actions.corrections import as_kept, draft_of, refuse_invalid
from focalpoints.actions.entries import recorded
from focalpoints.actions.roles import revoke_role, withdraw_role
from focalpoints.facts import person_state
from focalpoints.mail import send_farewell, send_invitation, send_notice
from focalpoints.models import Entry, Role, UnsentInvitation, User
from focalpoints.names_taken import against_address
from focalpoints.rules import is_system
from focalpoints.turn import head_first, in_turn
from focalpoints.verbs import account_standing
from focalpoints.workflow import NotPossible, permitted, refuse, swap

CORRECTABLE = frozenset({"name", "email", "position", "language"})
SYSTEM_EMAIL = "sistema@edn.invalid"
ROLE_KEEPS_ADDRESS = _(
    "This person holds a role, or is to get one: whoever reads their mail could act as them. "
    "Take the role away first and give it anew with the new address, so that a second person confirms it."
)


def ensure_system() -> User:
    """The account in whose name loads and scheduled jobs act; made on first use, by itself."""
    found = User.objects.filter(roles__kind=Role.Kind.SYSTEM).first()
    if found:
        return found
    try:
        return _create_system()
    except IntegrityError:  # another process made it meanwhile
        return User.objects.system()


@head_first
def _create_system() -> User:
    system = User(email=SYSTEM_EMAIL, name="Carga de datos de referencia")
    system.search = system.search_text()
    system.set_unusable_password()
    system.save(force_insert=True)
    now = clock.now()
    Role.objects.create(user=system, kind=Role.Kind.SYSTEM, state=Role.State.HELD, given_at=now, in_force_at=now)
    recorded("create", person_state(system), by=system)
    return system


@in_turn
def invite(
    *, by: User, name: str, email: str, position: str = "", language: str = "es-mx", is_fictional: bool = False
) -> User:
    """Make an account without password and write to the person how to set one.

    A load writes to nobody: whom it registers gets the mail when an administrator invites them again.
    Until the mail server has taken the invitation, it stands in the administrators' pages and is tried again.
    """
    by = permitted("person.invite", by=by)
    writes = not is_system(by)
    refuse(against_address(email))
    person = User(
        **as_kept(User, {"email": email, "name": name, "position": position}),
        language=language,
        is_fictional=is_fictional,
        invited_at=clock.now() if writes else None,
    )
    person.search = person.search_text()
    person.set_unusable_password()
    refuse_invalid(person)
    person.save(force_insert=True)
    if writes:
        _write_to(person)
    recorded("invite", person_state(person), by=by, **_private(person))
    return person


@in_turn
def invite_again(person: User, *, by: User) -> Entry:
    """Write once more to somebody who has never signed in. The link in the earlier mail stops working."""
    by = permitted("person.invite_again", person, by=by)
    swap(person, person.revision, invited_at=clock.now())
    _write_to(person)
    return recorded("invite_again", person_state(person), by=by, **_private(person))


@in_turn
def correct_person(person: User, *, by: User, revision: int, **changes: Any) -> Entry:
    """Correct any of CORRECTABLE, as the administrator saw it at `revision`; not the address of somebody else who holds a role."""
    by = permitted("person.correct", person, by=by)
    if "email" in changes:
        refuse(against_address(changes["email"], besides=person))
    draft, differences = draft_of(person, changes, CORRECTABLE)
    if "email" in differences and by.pk != person.pk and person.roles.not_ended().exists():
        raise NotPossible(ROLE_KEEPS_ADDRESS)
    swap(person, revision, **changes, **draft.folded())
    if "email" in differences:
        _tell_of_address(person, earlier=differences["email"][0])
    return recorded("correct", person_state(person), by=by, **_private(person), changes=differences)


def _tell_of_address(person: User, *, earlier: str) -> None:
    if account_standing(person) != "new":
        transaction.on_commit(partial(send_farewell, person, earlier))  # in case it was somebody else's doing
    elif person.invited_at:
        _write_to(person)  # the first one went to the wrong address


def _write_to(person: User) -> None:
    """The invitation of this moment; what became of an earlier one no longer matters."""
    facts = {"since": clock.now(), "tried_at": None, "answer": "", "is_refused": False}
    invitation, _made = UnsentInvitation.objects.update_or_create(user=person, defaults=facts)
    transaction.on_commit(partial(send_invitation, invitation))


@in_turn
def reset_second_factor(person: User, *, by: User, reason: str) -> Entry:
    """Take off the authenticators, passkeys and recovery codes of somebody who lost them. The person hears of it by mail.

    The password opens the account alone until they set up another, which their role may demand at once.
    """
    by = permitted("person.reset_second_factor", person, by=by, reason=reason)
    swap(person, person.revision)
    Authenticator.objects.filter(user=person).delete()
    transaction.on_commit(partial(send_notice, person, "second_factor_reset"))
    return recorded("reset_second_factor", person_state(person), by=by, reason=reason)


@in_turn
def deactivate(person: User, *, by: User, reason: str) -> Entry:
    """Take all access away at once, and end each open appointment and role by its own verb and entry."""
    by = permitted("person.deactivate", person, by=by, reason=reason)
    for appointment in person.appointments.not_ended(clock.today()).select_related("agency"):
        end_appointment(appointment, by=by, on=clock.today(), reason=reason)
    for role in person.roles.not_ended().select_related("user"):
        end_role = revoke_role if role.state == Role.State.HELD else withdraw_role
        end_role(role, by=by, reason=reason)
    swap(person, person.revision, is_active=False)
    return recorded("deactivate", person_state(person), by=by, reason=reason)


@in_turn
def reactivate(person: User, *, by: User) -> Entry:
    """Let the person sign in again. Appointments and roles do not come back: they are given anew."""
    by = permitted("person.reactivate", person, by=by)
    swap(person, person.revision, is_active=True)
    return recorded("reactivate", person_state(person), by=by)


SHORTCUTS = "jkar?"  # as they are offered; one character for each


def set_shortcuts(person: User, keys: str, *, by: User) -> None:
    """Set the keys with which the person reviews, in the order of SHORTCUTS; "" switches them off. No ledger entry: a preference."""
    permitted("person.set_shortcuts", person, by=by)
    if keys and (
        len(keys) != len(SHORTCUTS) or len(set(keys)) != len(keys) or not all(map(str.isprintable, keys)) or " " in keys
    ):
        raise NotPossible(_("Choose another key for each: one letter, digit or sign."))
    User.objects.filter(pk=person.pk).update(shortcuts=keys)
    person.shortcuts = keys


def set_rhythm(person: User, rhythm: str, *, by: User) -> None:
    """Set how often a person wants reminders (a User.Rhythm). It writes no ledger entry: it is a preference, like the language."""
    permitted("person.set_rhythm", person, by=by)
    if rhythm not in User.Rhythm:
        raise NotPossible(_("Choose how often: every business day, or once a week."))
    User.objects.filter(pk=person.pk).update(rhythm=rhythm)
    person.rhythm = rhythm


def _private(person: User) -> dict[str, str]:
    return {"name": person.name, "email": person.email, "position": person.position}
