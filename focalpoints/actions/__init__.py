"""What may be done to agencies, people, appointments, roles and the office's texts, and what does it write?

Their verbs: the one door for writes.
"""

from focalpoints.actions.agencies import close_agency, correct_agency, create_agency
from focalpoints.actions.appointments import appoint, end_appointment
from focalpoints.actions.exports import begin_export
from focalpoints.actions.office import publish_office_text
from focalpoints.actions.people import (
    correct_person,
    deactivate,
    ensure_system,
    invite,
    invite_again,
    reactivate,
    reset_second_factor,
    set_rhythm,
    set_shortcuts,
)
from focalpoints.actions.portfolios import choose_portfolio
from focalpoints.actions.roles import confirm_role, give_role, grant_role, refuse_role, revoke_role, withdraw_role

__all__ = [
    "appoint",
    "begin_export",
    "choose_portfolio",
    "close_agency",
    "confirm_role",
    "correct_agency",
    "correct_person",
    "create_agency",
    "deactivate",
    "end_appointment",
    "ensure_system",
    "give_role",
    "grant_role",
    "invite",
    "invite_again",
    "publish_office_text",
    "reactivate",
    "refuse_role",
    "reset_second_factor",
    "revoke_role",
    "set_rhythm",
    "set_shortcuts",
    "withdraw_role",
]
