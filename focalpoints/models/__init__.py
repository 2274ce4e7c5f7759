"""What is stored of agencies, people, appointments, roles and the ledger, and what is always true of it?"""

from focalpoints.models.agency import Agency
from focalpoints.models.agency_version import AgencyVersion
from focalpoints.models.appointment import Appointment, has_focal_point
from focalpoints.models.entry import Annex, Entry, LedgerHead
from focalpoints.models.export import Export
from focalpoints.models.office_text import OfficeText
from focalpoints.models.period import FOREVER, ManyPeriods, ManyPeriodsQuerySet, Period, PeriodQuerySet, ProjectionState
from focalpoints.models.portfolio import Portfolio
from focalpoints.models.unsent_invitation import UnsentInvitation
from focalpoints.models.user import Role, User

__all__ = [
    "FOREVER",
    "Agency",
    "AgencyVersion",
    "Annex",
    "Appointment",
    "Entry",
    "Export",
    "LedgerHead",
    "ManyPeriods",
    "ManyPeriodsQuerySet",
    "OfficeText",
    "Period",
    "PeriodQuerySet",
    "Portfolio",
    "ProjectionState",
    "Role",
    "UnsentInvitation",
    "User",
    "has_focal_point",
]
