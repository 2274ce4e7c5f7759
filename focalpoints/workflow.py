"""Why a verb does not happen, and the tables of moves of agencies, people, appointments and roles.

Each app's `workflow.py` has its own tables. The guard, the buttons and the public page that explains the procedure read them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from focalpoints import clock
from focalpoints.models import Agency, Appointment, Entry, Role, User
from focalpoints.rules import Person, deactivates, fresh, grants_roles, is_administrator, keeps_agencies, keeps_person

StrOrPromise = str | Promise
Subject = Agency | User | Appointment | Role


class NotPossible(Exception):
    """The person may, but not now or not so. The message says why and what to do next."""

    def __init__(self, message: StrOrPromise) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class Stale(NotPossible):
    """Somebody else changed it first: nothing was written, what was typed must be shown again."""

    def __init__(self, message: StrOrPromise = "") -> None:
        super().__init__(
            message
            or _(
                "Somebody else changed this while you were working on it. "
                "Your text is below: compare it with what is there now and send it again."
            )
        )


def refuse(*reasons: StrOrPromise) -> None:
    """Raise NotPossible with all of these; nothing happens where none says anything."""
    if said := " ".join(str(reason) for reason in reasons if reason):
        raise NotPossible(said)


def refuse_without(text: str, message: StrOrPromise) -> None:
    """Raise NotPossible with `message` where nothing was written in `text`."""
    if not text.strip():
        raise NotPossible(message)


def swap(row: Model, revision: int, **changes: Any) -> None:
    """Compare and swap: write `changes` if the row still is as the person saw it (`revision`), else raise Stale."""
    unchanged = type(row)._default_manager.filter(pk=row.pk, revision=revision)
    if not unchanged.update(revision=F("revision") + 1, **changes):
        raise Stale
    # All columns: other verbs roll sums up without counting up the revision, and the ledger's entry tells those sums.
    row.refresh_from_db()


Reasons = list[StrOrPromise]


@dataclass(frozen=True, slots=True)
class OpenWork:
    """Work of an app above this one that keeps an agency from being closed.

    `rows` have a foreign key `agency`; `left` says what to do about `count` of them. The agency itself owes what `is_owed`; the rest
    waits for the coordination office and needs no focal point.
    """

    rows: Callable[[], QuerySet[Any]]
    left: Any  # of `ngettext_lazy`
    is_owed: bool = False


# Apps above add theirs in `AppConfig.ready`, because this one cannot know their models. An agency that owes work and has no focal point
# is an alarm.
OPEN_WORK: list[OpenWork] = []
# Likewise functions that count by agency again, called in the turn of each verb that changes the list of agencies.
RECOUNTS: list[Callable[[Agency, Entry], None]] = []


def has_open_work() -> Q:
    """A condition on agencies: they owe work that some app holds."""
    conditions = [Q(Exists(work.rows().filter(agency=OuterRef("pk")))) for work in OPEN_WORK if work.is_owed]
    return reduce(or_, conditions, Q(pk__in=[]))


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


def _none(subject: Any) -> Reasons:
    return []


@dataclass(frozen=True, slots=True)
class Move:
    """One verb: who may, from which states, to which; what to say at the wrong moment; what may still speak against it."""

    label: StrOrPromise
    sources: frozenset[str]
    target: str
    allows: Callable[[Any, Any], bool]
    who: StrOrPromise
    wrong_moment: StrOrPromise
    against: Callable[[Any], Reasons] = _none

    def is_open(self, user: Person, subject: Any, state: str) -> bool:
        """Whether the verb's POST would pass the guard now: its button is drawn."""
        return state in self.sources and self.allows(user, subject) and not self.against(subject)


def _keeps_agencies(user: Person, subject: Subject | None) -> bool:
    return keeps_agencies(user)


def _administers(user: Person, subject: Subject | None) -> bool:
    return is_administrator(user)


def _revokes(user: Person, role: Role) -> bool:
    return is_administrator(user) and role.kind != Role.Kind.SYSTEM


def _grants_roles(user: Person, subject: Subject | None) -> bool:
    return grants_roles(user)


NOTHING_YET = ""  # the state of what a verb makes
NEW = frozenset({NOTHING_YET})
_ADMINISTRATOR = _("Administrator")
_ANOTHER = _("Another administrator")
_CLOSED = _("This agency is closed. It stays as the record of what it answered for.")
_INACTIVE = _("This account is not active. Activate it first.")

AGENCY_MOVES = {
    "create": Move(_("Register an agency"), NEW, "registered", _keeps_agencies, _ADMINISTRATOR, ""),
    "correct": Move(
        _("Correct"), frozenset({"registered"}), "registered", _keeps_agencies, _ADMINISTRATOR, _CLOSED,
    ),
    "close": Move(
        _("Close"), frozenset({"registered"}), "closed", _administers, _ADMINISTRATOR,
        _CLOSED, reasons_to_keep_open,
    ),
}  # fmt: skip
PERSON_MOVES = {
    "invite": Move(_("Invite a person"), NEW, "new", _keeps_agencies, _ADMINISTRATOR, ""),
    "invite_again": Move(
        _("Send the invitation again"), frozenset({"new"}), "new", keeps_person, _ADMINISTRATOR,
        _("This person has signed in before, or has no active account: a new invitation would not help. "
          "Whoever forgot a password asks for a new one on the sign-in page."),
    ),
    "correct": Move(
        _("Correct"), frozenset({"new", "active"}), "active", keeps_person, _ADMINISTRATOR, _INACTIVE,
    ),
    "deactivate": Move(
        _("Deactivate"), frozenset({"new", "active"}), "inactive", deactivates, _ANOTHER,
        _("This account has already been deactivated."),
    ),
    "reactivate": Move(
        _("Activate again"), frozenset({"inactive"}), "active", keeps_person, _ADMINISTRATOR,
        _("This account is already active."),
    ),
}  # fmt: skip
APPOINTMENT_MOVES = {
    "appoint": Move(_("Appoint"), NEW, "open", _keeps_agencies, _ADMINISTRATOR, ""),
    "end": Move(
        _("End"), frozenset({"open"}), "ended", _keeps_agencies, _ADMINISTRATOR,
        _("This appointment has already ended."),
    ),
}  # fmt: skip
ROLE_MOVES = {
    "grant": Move(_("Give a role"), NEW, "held", _grants_roles, _ADMINISTRATOR, ""),
    "revoke": Move(
        _("Take the role away"), frozenset({"held"}), "ended", _revokes, _ADMINISTRATOR,
        _("This role has already ended."), reasons_to_keep_role,
    ),
}  # fmt: skip
MOVES: dict[type[Subject], dict[str, Move]] = {
    Agency: AGENCY_MOVES,
    User: PERSON_MOVES,
    Appointment: APPOINTMENT_MOVES,
    Role: ROLE_MOVES,
}


def state_of(subject: Subject) -> str:
    """Where a row stands, by the names that the tables use."""
    match subject:
        case Agency():
            return "closed" if subject.is_closed else "registered"
        case User():
            return "inactive" if not subject.is_active else "active" if subject.last_login else "new"
        case Appointment():
            return "ended" if subject.until and subject.until <= clock.today() else "open"
        case Role():
            return "ended" if subject.until else "held"


def open_moves(user: Person, subject: Subject) -> list[str]:
    """The verbs whose buttons are drawn, in the table's order."""
    state = state_of(subject)
    return [verb for verb, step in MOVES[type(subject)].items() if step.is_open(user, subject, state)]


def permitted(verb: str, subject: Subject | type[Subject], *, by: Person) -> User:
    """Who acts, read again. `subject` is the row, or its model for a verb that makes one.

    Raises PermissionDenied (not theirs) or NotPossible (not from here, or something speaks against it).
    """
    model, row = (subject, None) if isinstance(subject, type) else (type(subject), subject)
    step = MOVES[model][verb]
    by = fresh(by)
    if not step.allows(by, row):
        raise PermissionDenied
    if row is None:
        return by
    if state_of(row) not in step.sources:
        raise NotPossible(step.wrong_moment)
    refuse(*step.against(row))
    return by
