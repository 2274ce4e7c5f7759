"""Verbs on agencies: administrators keep them, the reference load makes the first ones."""

from datetime import date
from typing import TypedDict, Unpack
from zoneinfo import available_timezones

from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.actions.corrections import as_kept, draft_of, refuse_invalid
from focalpoints.actions.entries import recorded
from focalpoints.facts import agency_state
from focalpoints.models import Agency, Entry, User
from focalpoints.names_taken import (
    against_agency_name,
    against_official_name,
    against_public_mailbox,
    against_published,
)
from focalpoints.turn import in_turn
from focalpoints.workflow import RECOUNTS, NotPossible, permitted, refuse, swap

TIME_ZONES = frozenset(available_timezones())  # looked up once: the answer is read from the disk each time


class AgencyDetails(TypedDict, total=False):
    acronym: str
    parent: Agency | None
    is_ministry: bool
    in_catalogue: bool
    head_name: str
    head_email: str
    mailbox: str
    time_zone: str
    note: str


class AgencyChanges(AgencyDetails, total=False):
    """What can be corrected. The key stays: it is the agency's address and its name in the ledger."""

    name: str
    kind: str


CORRECTABLE = frozenset(AgencyChanges.__annotations__)


@in_turn
def create_agency(*, by: User, key: str, name: str, kind: str, **details: Unpack[AgencyDetails]) -> Agency:
    """Register an agency. Raises NotPossible where its key or acronym is taken or it cannot stand under `parent`."""
    by = permitted("agency.create", by=by)
    agency = Agency(**as_kept(Agency, {"key": key, "name": name, "kind": kind, **details}))
    agency.search = agency.search_text()
    refuse(against_agency_name(agency.key), against_agency_name(agency.acronym), against_official_name(agency.name))
    refuse(against_published(agency.head_email))
    refuse(against_public_mailbox(agency.mailbox, heads=agency.head_email))
    _refuse_misplaced(agency)
    refuse_invalid(agency)
    agency.save(force_insert=True)
    entry = recorded("create", agency_state(agency), by=by, **_private(agency))
    _recount(agency, entry)
    return agency


@in_turn
def correct_agency(agency: Agency, *, by: User, revision: int, **changes: Unpack[AgencyChanges]) -> Entry:
    """Rename it or correct any of CORRECTABLE, as the person saw it at `revision`."""
    by = permitted("agency.correct", agency, by=by)
    if "acronym" in changes:
        refuse(against_agency_name(changes["acronym"], besides=agency))
    if "name" in changes:
        refuse(against_official_name(changes["name"], besides=agency))
    draft, differences = draft_of(agency, changes, CORRECTABLE)
    if "head_email" in differences:
        refuse(against_published(draft.head_email, besides=agency))
    if {"mailbox", "head_email"} & differences.keys():
        refuse(against_public_mailbox(draft.mailbox, heads=draft.head_email))
    _refuse_misplaced(draft)
    swap(agency, revision, **changes, **draft.folded())
    entry = recorded("correct", agency_state(agency), by=by, **_private(agency), changes=differences)
    if "kind" in differences:  # the coordination office is counted nowhere
        _recount(agency, entry)
    return entry


@in_turn
def close_agency(agency: Agency, *, by: User, revision: int, on: date, reason: str) -> Entry:
    """Close an agency, which existed until `on`, today at the latest. Raises NotPossible with what is left open in it."""
    by = permitted("agency.close", agency, by=by, reason=reason)
    if on > clock.today():
        raise NotPossible(_("An agency is closed today or as of a day that has passed. Come back on the day."))
    swap(agency, revision, closed_on=on)
    entry = recorded("close", agency_state(agency), by=by, reason=reason)
    _recount(agency, entry)
    return entry


def refuse_closed(agency: Agency) -> None:
    """Raise NotPossible for a closed agency: it takes on nothing new."""
    if Agency.objects.filter(pk=agency.pk).exclude(closed_on=None).exists():
        raise NotPossible(_("%(agency)s is closed. Choose an agency that is registered.") % {"agency": agency})


def _refuse_misplaced(agency: Agency) -> None:
    """Keep the tree at two levels, sector head and agency: in a deeper one the sums by sector would miss some or count twice."""
    if agency.time_zone not in TIME_ZONES:
        raise NotPossible(_("Choose a time zone from the list."))
    if agency.parent_id is None:
        return
    head = Agency.objects.get(pk=agency.parent_id)
    refuse_closed(head)
    if head.parent_id and head != agency:
        raise NotPossible(
            _("%(agency)s belongs to a sector itself. Choose the head of that sector.") % {"agency": head}
        )
    if agency.pk and agency.children.exists():
        raise NotPossible(_("This agency heads a sector: it cannot stand under another. Move its agencies first."))


def _recount(agency: Agency, entry: Entry) -> None:
    for count_again in RECOUNTS:
        count_again(agency, entry)


def _private(agency: Agency) -> dict[str, str]:
    return {
        "head_name": agency.head_name, "head_email": agency.head_email, "mailbox": agency.mailbox, "note": agency.note,
    }  # fmt: skip
