"""What the ledger says in public of agencies, people, appointments, roles and the office's texts after an event.

A person is an opaque code here: names, addresses, positions and letters are in the entry's private part only.
"""

from collections.abc import Iterable

from focalpoints.ledger.record import PublicState
from focalpoints.models import Agency, Appointment, OfficeText, Portfolio, Role, User
from focalpoints.workflow import standing_of


def agency_state(agency: Agency) -> PublicState:
    return PublicState(
        "agency",
        agency.key,
        state=standing_of(agency),
        title=agency.name,
        agencies=[agency.key],
        numbers={"is_ministry": int(agency.is_ministry)},
        dates={"closed_on": agency.closed_on},
        codes={
            "acronym": agency.acronym,
            "kind": agency.kind,
            "parent": agency.parent.key if agency.parent else "",
        },
    )


def person_state(person: User) -> PublicState:
    return PublicState("person", person.code, state=standing_of(person))


def appointment_state(appointment: Appointment) -> PublicState:
    return PublicState(
        "appointment",
        appointment.code,
        state=standing_of(appointment),
        agencies=[appointment.agency.key],
        dates={"since": appointment.since, "until": appointment.until},
        codes={"kind": appointment.kind},
    )


def role_state(role: Role) -> PublicState:
    """A role has no code of its own: it is the person's, with the kind, so that each has its own chain."""
    return PublicState(
        "role",
        role.code,
        state=standing_of(role),
        numbers={"alone": int(role.is_given_alone)},
        dates={"since": role.since, "until": role.until},
        codes={"kind": role.kind},
    )


def portfolio_state(portfolio: Portfolio, sectors: Iterable[Agency], agencies: Iterable[Agency]) -> PublicState:
    """A portfolio goes by its coordinator's code. Sectors are told by their heads' keys, agencies taken alone by their own."""
    heads = sorted(head.key for head in sectors)
    alone = sorted(agency.key for agency in agencies)
    return PublicState(
        "portfolio",
        portfolio.code,
        state="taken" if heads or alone else "empty",
        agencies=alone,
        codes={"sectors": ",".join(heads)},
    )


def office_text_state(text: OfficeText) -> PublicState:
    """A text goes by its kind. Its words stand in the private part alone: of a contact, no page shows whom it named any more once
    another one is in force.
    """
    return PublicState("office-text", text.kind, state=standing_of(text), numbers={"version": text.revision})
