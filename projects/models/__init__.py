from .commitment import Commitment
from .evidence import Evidence
from .follow_up import FollowUp
from .project import Activity, Project
from .task import Task

__all__ = ["Activity", "Commitment", "Evidence", "FollowUp", "Project", "Task"]
