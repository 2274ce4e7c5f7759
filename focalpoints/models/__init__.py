from .agency import Agency
from .agency_version import AgencyVersion
from .appointment import Appointment, has_focal_point
from .entry import Annex, Entry, LedgerHead
from .period import FOREVER, ManyPeriods, ManyPeriodsQuerySet, Period, PeriodQuerySet, ProjectionState
from .user import Role, User

__all__ = [
    "FOREVER",
    "Agency",
    "AgencyVersion",
    "Annex",
    "Appointment",
    "Entry",
    "LedgerHead",
    "ManyPeriods",
    "ManyPeriodsQuerySet",
    "Period",
    "PeriodQuerySet",
    "ProjectionState",
    "Role",
    "User",
    "has_focal_point",
]
