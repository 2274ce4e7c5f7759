from .agency import Agency
from .appointment import Appointment, has_focal_point
from .entry import Annex, Entry, LedgerHead
from .user import Role, User

__all__ = ["Agency", "Annex", "Appointment", "Entry", "LedgerHead", "Role", "User", "has_focal_point"]
