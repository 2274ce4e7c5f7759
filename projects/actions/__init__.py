"""What may be done, and what does it write? Every verb on projects, commitments, tasks, follow-ups and evidence: the door for writes."""

from projects.actions.assessments import answer_assessment, assess, assess_objective
from projects.actions.commitments import correct_commitment, create_commitment
from projects.actions.dates import request_date, set_first_date
from projects.actions.evidence import attach_file, attach_link, remove_evidence
from projects.actions.feeds import make_feed, renew_feed, revoke_feed
from projects.actions.follow_ups import (
    accept,
    discard,
    note_no_change,
    return_,
    save_and_submit,
    save_draft,
    save_in_background,
    submit,
    withdraw,
)
from projects.actions.notices import mark_seen
from projects.actions.periods import open_period
from projects.actions.projects import cancel_project, correct_activity, correct_project, create_project, link_activity
from projects.actions.redaction import ask_redaction
from projects.actions.reminders import edit_text, pause_reminders, resume_reminders
from projects.actions.requests import (
    approve_request,
    approve_together,
    ask_assignment,
    ask_cancellation,
    ask_cancellations,
    ask_correction,
    ask_finding,
    ask_first_date,
    ask_scope,
    ask_series_end,
    ask_withdrawal,
    reject_request,
    reject_together,
    withdraw_request,
)
from projects.actions.tasks import (
    assign_task,
    cancel_task,
    confirm_task,
    correct_task,
    decline_task,
    define_task,
    define_task_for_all,
    propose_task,
    undo_task,
    withdraw_task,
)
from projects.actions.thresholds import ask_thresholds

__all__ = [
    "accept",
    "answer_assessment",
    "approve_request",
    "approve_together",
    "ask_assignment",
    "ask_cancellation",
    "ask_cancellations",
    "ask_correction",
    "ask_finding",
    "ask_first_date",
    "ask_redaction",
    "ask_scope",
    "ask_series_end",
    "ask_thresholds",
    "ask_withdrawal",
    "assess",
    "assess_objective",
    "assign_task",
    "attach_file",
    "attach_link",
    "cancel_project",
    "cancel_task",
    "confirm_task",
    "correct_activity",
    "correct_commitment",
    "correct_project",
    "correct_task",
    "create_commitment",
    "create_project",
    "decline_task",
    "define_task",
    "define_task_for_all",
    "discard",
    "edit_text",
    "link_activity",
    "make_feed",
    "mark_seen",
    "note_no_change",
    "open_period",
    "pause_reminders",
    "propose_task",
    "reject_request",
    "reject_together",
    "remove_evidence",
    "renew_feed",
    "request_date",
    "resume_reminders",
    "return_",
    "revoke_feed",
    "save_and_submit",
    "save_draft",
    "save_in_background",
    "set_first_date",
    "submit",
    "undo_task",
    "withdraw",
    "withdraw_request",
    "withdraw_task",
]
