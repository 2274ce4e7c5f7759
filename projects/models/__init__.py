"""What is stored of projects, commitments, tasks and what happens to them, and what is always true of it?"""

from projects.models.assessment import Assessment
from projects.models.calendar_feed import CalendarFeed
from projects.models.commitment import Commitment
from projects.models.commitment_facts import CommitmentFacts
from projects.models.day_figures import DayFigures
from projects.models.dump import Dump, DumpFolder, DumpRedaction
from projects.models.evidence import Evidence
from projects.models.evidence_opening import EvidenceOpening
from projects.models.follow_up import FollowUp
from projects.models.notice import Notice
from projects.models.project import Activity, FrameLink, Project
from projects.models.reminders import DailyAnchor, DailyMessage, MessageItem, MessageText, Pause
from projects.models.reopening import Reopening
from projects.models.request import Request
from projects.models.rule_version import RuleVersion
from projects.models.saved_view import SavedView, ViewSeen
from projects.models.search_document import SearchDocument
from projects.models.task import Task
from projects.models.task_facts import TaskFacts
from projects.models.versions import CommitmentAgencyPeriod, CommitmentVersion, ProjectVersion, TaskVersion

__all__ = [
    "Activity",
    "Assessment",
    "CalendarFeed",
    "Commitment",
    "CommitmentAgencyPeriod",
    "CommitmentFacts",
    "CommitmentVersion",
    "DailyAnchor",
    "DailyMessage",
    "DayFigures",
    "Dump",
    "DumpFolder",
    "DumpRedaction",
    "Evidence",
    "EvidenceOpening",
    "FollowUp",
    "FrameLink",
    "MessageItem",
    "MessageText",
    "Notice",
    "Pause",
    "Project",
    "ProjectVersion",
    "Reopening",
    "Request",
    "RuleVersion",
    "SavedView",
    "SearchDocument",
    "Task",
    "TaskFacts",
    "TaskVersion",
    "ViewSeen",
]
