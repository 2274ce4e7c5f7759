from .calendar_feed import CalendarFeed
from .commitment import Commitment
from .commitment_facts import CommitmentFacts
from .date_change import DateChange
from .evidence import Evidence
from .follow_up import FollowUp
from .notice import Notice
from .project import Activity, Project
from .reminders import DailyAnchor, DailyMessage, MessageItem, MessageText, Pause
from .rule_version import RuleVersion
from .task import Task
from .task_facts import TaskFacts
from .versions import CommitmentAgencyPeriod, CommitmentVersion, ProjectVersion, TaskVersion

__all__ = [
    "Activity",
    "CalendarFeed",
    "Commitment",
    "CommitmentAgencyPeriod",
    "CommitmentFacts",
    "CommitmentVersion",
    "DailyAnchor",
    "DailyMessage",
    "DateChange",
    "Evidence",
    "FollowUp",
    "MessageItem",
    "MessageText",
    "Notice",
    "Pause",
    "Project",
    "ProjectVersion",
    "RuleVersion",
    "Task",
    "TaskFacts",
    "TaskVersion",
]
