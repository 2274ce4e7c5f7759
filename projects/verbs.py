"""The table of verbs of projects, commitments, tasks, follow-ups, requests, assessments, thresholds and reminders.

A row brings with it the guard, the control on the page, the sentence in histories, the notice and its place in "How it works". A row
with a `path` brings its page too (`views/verb_page.py`).
"""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from focalpoints.models import Agency, User
from focalpoints.rules import Person, acts_for, is_coordinator, is_focal_point
from focalpoints.workflow import Doer, Noun, Reasons, StrOrPromise, Told, Verb
from projects import workflow
from projects.models import (
    Assessment,
    CalendarFeed,
    Commitment,
    Evidence,
    FollowUp,
    MessageText,
    Project,
    Request,
    RuleVersion,
    SavedView,
    Task,
)
from projects.requests import against
from projects.rules import (
    agencies_proposing,
    answers_finding,
    asks_for_date,
    asks_for_office,
    assesses,
    decides_request,
    gets_notices,
    keeps_view,
    reads_view,
    redacts,
    reports_for_agency,
    reports_on,
    reviews_and_did_not_write,
    reviews_what_it_proves,
    withdraws_request,
)

_P, _C, _T = Project.State, Commitment.State, Task.State
_F, _D, _V = FollowUp.State, Request.State, Assessment.State

NOUNS = [
    Noun("project", _("Project"), Project, dict(_P.choices)),
    Noun("commitment", _("Commitment"), Commitment, dict(_C.choices)),
    Noun("task", _("Task"), Task, dict(_T.choices)),
    Noun("follow-up", _("Follow-up"), FollowUp, dict(_F.choices)),
    Noun("evidence", _("Evidence"), Evidence, {"draft": _F.DRAFT.label, "sent": _F.SUBMITTED.label, "redacted": _("Redacted")},
         workflow.evidence_standing),
    Noun("request", _("Request"), Request, dict(_D.choices)),
    Noun("assessment", _("Assessment"), Assessment, dict(_V.choices)),
    Noun("light-rule", _("Thresholds of the traffic light"), RuleVersion, {"adopted": _("Adopted")}, lambda row: "adopted"),
    Noun("message-text", _("Text of the reminders"), MessageText, {"written": _("Written")}, lambda row: "written"),
    Noun("calendar-feed", _("Calendar address"), CalendarFeed, {"open": _("In force"), "revoked": _("Revoked")},
         lambda feed: "revoked" if feed.revoked_at else "open"),
    Noun("saved-view", _("Saved view"), SavedView,
         {"private": pgettext_lazy("saved view", "Private"), "shared": pgettext_lazy("saved view", "Shared with the office")}),
]  # fmt: skip


def _coordinates(user: Person, row: Any) -> bool:
    return is_coordinator(user)


def _proposes(user: Person, commitment: Commitment) -> bool:
    return bool(agencies_proposing(user, commitment))


def _reads_dates(user: Person, agency: Agency | None) -> bool:
    return acts_for(user, agency) if agency else is_focal_point(user)


def _owns(user: Person, feed: CalendarFeed) -> bool:
    return feed.owner_id == user.pk


def _owns_and_reads_dates(user: Person, feed: CalendarFeed) -> bool:
    return _owns(user, feed) and _reads_dates(user, feed.agency)


def _hears(user: Person, person: User) -> bool:
    return user.pk == person.pk and gets_notices(user)


def _is_somebody(user: Person, row: Any) -> bool:
    return isinstance(user, User)


def _owns_view(user: Person, view: SavedView) -> bool:
    return view.owner_id == user.pk


def _of_the_office(user: Person, view: SavedView) -> bool:
    return is_coordinator(user) and not _owns_view(user, view)


_COORDINATOR, _AGENCY = _("Coordinator"), _("Focal point of its agency")
_BOUND = _("Focal point of an agency that answers for it")
DOERS = {
    "coordinator": Doer(_coordinates, _COORDINATOR),
    "proposing focal point": Doer(_proposes, _BOUND),
    "focal point": Doer(reports_on, _AGENCY),
    "focal point who wrote": Doer(reports_for_agency, _AGENCY),
    "reviewer": Doer(reviews_and_did_not_write, _("Coordinator who did not write it")),
    "reviewer of what it proves": Doer(reviews_what_it_proves, _("Coordinator who did not write it")),
    "focal point who may ask": Doer(asks_for_date, _BOUND),
    "who asked": Doer(withdraws_request, _("Who asked for it")),
    "judge of the request": Doer(decides_request, _("Coordinator who did not ask for it")),
    "coordinator who may ask": Doer(
        asks_for_office, _("Coordinator who is no focal point of an agency that answers for it")
    ),
    "assessor": Doer(
        assesses,
        _(
            "Coordinator who accepted none of its follow-ups at 100 % and asked for no cancellation; else who accepted fewest"
        ),
    ),
    "focal point who may answer": Doer(answers_finding, _BOUND),
    "redactor": Doer(redacts, _COORDINATOR),
    "reader of dates": Doer(_reads_dates, _("Focal point")),
    "owner": Doer(_owns, _("Its owner")),
    "owner who still reads dates": Doer(_owns_and_reads_dates, _("Its owner")),
    "reader of notices": Doer(_hears, _("The person")),
    "whoever signed in": Doer(_is_somebody, _("Whoever is signed in")),
    "owner of the view": Doer(_owns_view, _("Its owner")),
    "reader of the view": Doer(reads_view, _("Its owner, and coordinators where it is shared")),
    "keeper of the view": Doer(keeps_view, _("Its owner; a coordinator, where its owner left the office")),
    "coordinator who may take it over": Doer(_of_the_office, _COORDINATOR),
}


_ENDED_PROJECT = _("This project is cancelled. It stays as the record of what was decided.")
_ENDED_COMMITMENT = _("This commitment is cancelled. It stays as the record of what was promised.")
_ENDED_TASK = _("This task has ended. It stays as a record.")


def _ended(item: Commitment | Task) -> StrOrPromise:
    return _ENDED_TASK if isinstance(item, Task) else _ENDED_COMMITMENT


_WHY = _("Say why: the reason stays on record.")
_REVIEWED = _(
    "This follow-up no longer waits for review: it was decided or withdrawn meanwhile. Go on with the next in the queue."
)
_K = Request.Kind
_APPROVED: dict[str, StrOrPromise] = {
    _K.RESCHEDULING: _("New date approved"),
    _K.FIRST_DATE: _("First date approved"),
    _K.CORRECTION: _("Correction of a date approved"),
    _K.SCOPE: _("Change of scope approved"),
    _K.ASSIGNMENT: _("Assignment to another agency approved"),
    _K.CANCELLATION: _("Cancelling of a task approved"),
    _K.WITHDRAWAL: _("Withdrawal of a commitment approved"),
    _K.SERIES_END: _("End of a series approved"),
    _K.REDACTION: _("Redaction approved"),
    _K.THRESHOLDS: _("Thresholds of the traffic light approved"),
    _K.FINDING: _("Finding beyond what was verified approved"),
}
_REJECTED: dict[str, StrOrPromise] = {
    _K.RESCHEDULING: _("New date rejected"),
    _K.FIRST_DATE: _("First date rejected"),
    _K.CORRECTION: _("Correction of a date rejected"),
    _K.SCOPE: _("Change of scope rejected"),
    _K.ASSIGNMENT: _("Assignment to another agency rejected"),
    _K.CANCELLATION: _("Cancelling of a task rejected"),
    _K.WITHDRAWAL: _("Withdrawal of a commitment rejected"),
    _K.SERIES_END: _("End of a series rejected"),
    _K.REDACTION: _("Redaction rejected"),
    _K.THRESHOLDS: _("Thresholds of the traffic light rejected"),
    _K.FINDING: _("Finding beyond what was verified rejected"),
}
_DECIDED = _("This request no longer waits: it was decided or withdrawn meanwhile.")
_ACTIVE = frozenset({_P.ACTIVE})
_OPEN_TASK = frozenset({_T.PROPOSED, _T.CONFIRMED})
_OPEN_ITEM = frozenset({_C.ACTIVE, _T.PROPOSED, _T.CONFIRMED})
# States of follow-ups, evidence and requests.
_REDACTABLE = frozenset({*_F, *_D, "sent"}) - {_F.DRAFT, _F.SUBMITTED, _D.REQUESTED}
_OWN_WORDS = frozenset(FollowUp.WRITABLE)


def _revoked_already(feed: CalendarFeed) -> StrOrPromise:
    return _("This address was already revoked, perhaps in another window.")


def _not_redactable(subject: FollowUp | Request | Evidence) -> StrOrPromise:
    match subject:
        case FollowUp():
            return _("A follow-up that waits for review is decided first; a draft is still its agency's own.")
        case Request():
            return _("A request that waits is decided first.")
    if subject.is_redacted:
        return REDACTED
    return _("A draft is still its agency's own, which can remove its evidence.")


REDACTED = _("It was already redacted.")


HIDDEN_ALREADY = _("Its redaction was asked for already: it is hidden until a colleague decides.")


LEGAL_BASIS_STAYS = _("It is the legal basis on which something was redacted, which the law wants public: it stays.")


def _redacted_already(subject: FollowUp | Request | Evidence) -> Reasons:
    """Nothing is left to redact. What an agency has rewritten since can be redacted again."""
    if isinstance(subject, Request) and subject.commitment_id is None:
        return [_("It is about the thresholds: its reason stays as it was published.")]
    if isinstance(subject, Request) and subject.kind == _K.REDACTION and subject.state == _D.APPROVED:
        return [LEGAL_BASIS_STAYS]
    if isinstance(subject, Request) and Request.objects.asked_with(subject).waiting().exists():
        return [
            _(
                "Another request of the same form waits: it is decided first, because the reason of all is redacted together."
            )
        ]
    if subject.is_hidden:
        return [HIDDEN_ALREADY]
    if isinstance(subject, Evidence):
        return []
    words = subject.done if isinstance(subject, FollowUp) else subject.reason
    return [REDACTED] if subject.is_redacted and not words else []


def _owner_is_there(view: SavedView) -> Reasons:
    if SavedView.objects.left().filter(pk=view.pk).exists():
        return []
    return [_("Its owner still works in the coordination office: ask them to change it.")]


_SAVED = frozenset({"private", "shared"})
VERBS = [
    # Projects
    Verb(
        noun="project", name="create", label=_("Add a project"), doer="keeper of the catalogue", on=(),
        target=_P.ACTIVE, sentence=_("Project registered"), page="projects:project_create",
    ),
    Verb(
        noun="commitment", name="create", label=_("Add a commitment"), doer="keeper of the catalogue",
        on=("project",), sources=_ACTIVE, target=_C.ACTIVE,
        wrong_moment=_("This project is cancelled: it takes no new commitments."),
        sentence=_("Commitment registered"), told=Told.AGENCIES, page="projects:commitment_create", key="slug", query="project",
    ),
    Verb(
        noun="project", name="correct", label=_("Correct the project"), doer="keeper of the catalogue",
        sources=_ACTIVE, wrong_moment=_ENDED_PROJECT, sentence=_("Project corrected"),
        page="projects:project_correct", key="slug",
    ),
    Verb(
        noun="project", name="cancel", label=_("Cancel the project"), doer="keeper of the catalogue",
        sources=_ACTIVE, target=_P.CANCELLED, wrong_moment=_ENDED_PROJECT, against=workflow.project_held, says_why=True, asks=_WHY,
        sentence=_("Project cancelled"), page="projects:project_cancel", key="slug", path="cancelar",
        explains=_("It takes no new commitments. Its page, its history and your reason stay in public. "
                   "Its commitments must have been cancelled first."),
        said=_("The project was cancelled."),
    ),
    Verb(
        noun="project", name="link", label=_("Link to a principle"), doer="keeper of the catalogue",
        sources=frozenset(_P), sentence=_("Project linked to a principle"),
    ),
    Verb(
        noun="project", name="relate", label=_("Link it to the strategy"), doer="coordinator",
        sources=_ACTIVE, wrong_moment=_ENDED_PROJECT, sentence=_("Links of the project to the strategy changed"),
        page="projects:project_relate", key="slug",
    ),
    # Commitments
    Verb(
        noun="commitment", name="recount", label=_("Count its agencies again"), doer="portal",
        sources=frozenset(_C), sentence=_("Agencies counted again, because their list changed"),
    ),
    Verb(
        noun="task", name="define", label=_("Add a task"), doer="coordinator", on=("commitment",), sources=_ACTIVE,
        target=_T.CONFIRMED, wrong_moment=workflow.NO_NEW_TASKS, sentence=_("Task added"), told=Told.AGENCIES, is_mailed=True,
        page="projects:task_create", key="code",
    ),
    Verb(
        noun="task", name="define_for_all", label=_("Add one task for each agency"), doer="coordinator",
        on=("commitment",), sources=_ACTIVE, target=_T.CONFIRMED, wrong_moment=workflow.NO_NEW_TASKS,
        against=workflow.not_for_all, entry="define", sentence=_("Task added"), told=Told.AGENCIES, is_mailed=True,
        page="projects:task_create_for_all", key="code",
    ),
    Verb(
        noun="task", name="propose", label=_("Propose a task"), doer="proposing focal point", on=("commitment",),
        sources=_ACTIVE, target=_T.PROPOSED, wrong_moment=workflow.NO_NEW_TASKS,
        sentence=_("Task proposed by its agency"), told=Told.QUEUE, page="projects:task_propose", key="code",
    ),
    Verb(
        noun="commitment", name="correct", label=_("Correct the commitment"), doer="keeper of the catalogue",
        sources=_ACTIVE, wrong_moment=_ENDED_COMMITMENT, sentence=_("Commitment corrected"), told=Told.AGENCIES,
        page="projects:commitment_correct", key="code",
    ),
    # Tasks
    Verb(
        noun="follow-up", name="save", label=_("Log a follow-up"), doer="focal point", on=("task",),
        sources=frozenset({_T.CONFIRMED}), target=_F.DRAFT, wrong_moment=workflow.takes_none, against=workflow.writing_unfit, entry=None,
        page="projects:follow_up_edit", key="code",
    ),
    Verb(
        noun="follow-up", name="note", label=_("No change, still valid"), doer="focal point", on=("task",),
        sources=frozenset({_T.CONFIRMED}), target=_F.NOTED, wrong_moment=workflow.takes_none,
        against=workflow.no_change_unfit, sentence=_("No change reported"),
    ),
    Verb(
        noun="task", name="recur", label=_("Add the task of the next period"), doer="system", on=("commitment",),
        sources=_ACTIVE, target=_T.CONFIRMED, wrong_moment=workflow.NO_NEW_TASKS,
        sentence=_("Task for the next period"), told=Told.AGENCIES, is_mailed=True,
    ),
    Verb(
        noun="task", name="correct", label=_("Correct the task"), doer="coordinator", sources=_OPEN_TASK,
        wrong_moment=_ENDED_TASK, sentence=_("Task corrected"), told=Told.AGENCIES, page="projects:task_correct",
        key="code",
    ),
    Verb(
        noun="task", name="assign", label=_("Pass it to another agency"), doer="coordinator", sources=_OPEN_TASK,
        wrong_moment=_ENDED_TASK, against=workflow.assignment_unfit, says_why=True, sentence=_("Task passed to another agency"),
        told=Told.AGENCIES, is_mailed=True, page="projects:task_assign", key="code",
    ),
    Verb(
        noun="task", name="pause", label=_("Pause its reminders"), doer="coordinator",
        sources=frozenset({_T.CONFIRMED}), wrong_moment=_ended, against=workflow.paused_already, asks=_WHY,
        sentence=_("Reminders paused"), page="projects:task_pause", key="code",
    ),
    Verb(
        noun="commitment", name="pause", label=_("Pause its reminders"), doer="coordinator", sources=_ACTIVE,
        wrong_moment=_ended, against=workflow.paused_already, asks=_WHY, sentence=_("Reminders paused"),
        page="projects:commitment_pause", key="code",
    ),
    Verb(
        noun="task", name="resume", label=_("End the pause of its reminders"), doer="coordinator",
        sources=frozenset(_T), against=workflow.not_paused, sentence=_("Reminders resumed"),
        page="projects:task_resume", key="code", is_button=True,
    ),
    Verb(
        noun="commitment", name="resume", label=_("End the pause of its reminders"), doer="coordinator",
        sources=frozenset(_C), against=workflow.not_paused, sentence=_("Reminders resumed"),
        page="projects:commitment_resume", key="code", is_button=True,
    ),
    # Due dates of both
    Verb(
        noun="request", name="ask_date", label=_("Ask for a new date"), doer="focal point who may ask",
        on=("commitment", "task"), sources=frozenset({_C.ACTIVE, _T.CONFIRMED}), target=_D.REQUESTED,
        wrong_moment=workflow.not_for_dates, against=workflow.asking_unfit, asks=_WHY,
        sentence=_("New date asked for"), told=Told.QUEUE, page="projects:{noun}_reschedule", key="code",
    ),
    Verb(
        noun="request", name="set_date", label=_("Set its first date"), doer="system", on=("commitment",),
        sources=_ACTIVE, target=_D.APPROVED, wrong_moment=workflow.DATE_STAYS, against=workflow.first_date_unfit, asks=_WHY,
        sentence=_("First date set by the reference data"), told=Told.AGENCIES,
    ),
    Verb(
        noun="request", name="ask_first_date", label=_("Ask for its first date"), doer="coordinator who may ask",
        on=("commitment", "task"), sources=_OPEN_ITEM, target=_D.REQUESTED, wrong_moment=workflow.DATE_STAYS,
        against=workflow.asking_first_date_unfit, asks=_WHY, sentence=_("First date asked for"), told=Told.QUEUE,
        page="projects:{noun}_ask_first_date", key="code",
    ),
    Verb(
        noun="request", name="ask_correction", label=_("Ask to correct a wrongly captured date"),
        doer="coordinator who may ask", on=("commitment", "task"), sources=_OPEN_ITEM, target=_D.REQUESTED,
        wrong_moment=workflow.DATE_STAYS, against=workflow.correction_unfit, asks=_WHY,
        sentence=_("Correction of a date asked for"), told=Told.QUEUE, page="projects:{noun}_ask_correction", key="code",
    ),
    # What else a colleague decides on
    Verb(
        noun="request", name="ask_scope", label=_("Ask for a change of scope"), doer="coordinator who may ask",
        on=("commitment", "task"), sources=frozenset({_C.ACTIVE, _T.CONFIRMED}), target=_D.REQUESTED,
        wrong_moment=_ended, against=workflow.asking_for_office_unfit, asks=_WHY, sentence=_("Change of scope asked for"),
        told=Told.QUEUE, page="projects:{noun}_ask_scope", key="code",
    ),
    Verb(
        noun="request", name="ask_assignment", label=_("Ask to pass it to another agency"),
        doer="coordinator who may ask", on=("task",), sources=frozenset({_T.CONFIRMED}), target=_D.REQUESTED,
        wrong_moment=_ENDED_TASK, against=workflow.asking_to_assign_unfit, asks=_WHY,
        sentence=_("Passing to another agency asked for"), told=Told.QUEUE, page="projects:task_ask_assignment", key="code",
    ),
    Verb(
        noun="request", name="ask_cancellation", label=_("Ask to cancel or replace it"), doer="coordinator who may ask",
        on=("task",), sources=frozenset({_T.CONFIRMED}), target=_D.REQUESTED, wrong_moment=_ENDED_TASK,
        against=workflow.asking_to_end_unfit, asks=_WHY, sentence=_("Cancellation asked for"), told=Told.QUEUE,
        page="projects:task_ask_cancellation", key="code",
    ),
    Verb(
        noun="request", name="ask_cancellations", label=_("Ask to cancel several tasks"),
        doer="coordinator who may ask", on=("commitment",), sources=_ACTIVE, target=_D.REQUESTED,
        wrong_moment=_ENDED_COMMITMENT, against=workflow.asking_to_end_several_unfit, asks=_WHY,
        entry="ask_cancellation", sentence=_("Cancellation asked for"), told=Told.QUEUE,
        page="projects:commitment_ask_cancellations", key="code",
    ),
    Verb(
        noun="request", name="ask_withdrawal", label=_("Ask for its withdrawal"), doer="coordinator who may ask",
        on=("commitment",), sources=_ACTIVE, target=_D.REQUESTED, wrong_moment=_ENDED_COMMITMENT,
        against=workflow.commitment_held, says_why=True, asks=_WHY, sentence=_("Withdrawal asked for"), told=Told.QUEUE,
        page="projects:commitment_ask_withdrawal", key="code",
    ),
    Verb(
        noun="request", name="ask_series_end", label=_("Ask to end its series"), doer="coordinator who may ask",
        on=("commitment",), sources=_ACTIVE, target=_D.REQUESTED, wrong_moment=_ENDED_COMMITMENT,
        against=workflow.series_end_unfit, asks=_WHY, sentence=_("End of the series asked for"), told=Told.QUEUE,
        page="projects:commitment_ask_series_end", key="code",
    ),
    Verb(
        noun="task", name="replace", label=_("Put it in the place of another"), doer="portal", on=("commitment",),
        sources=_ACTIVE, target=_T.CONFIRMED, wrong_moment=workflow.NO_NEW_TASKS,
        sentence=_("Task put in the place of another"), told=Told.AGENCIES,
    ),
    # What ends them
    Verb(
        noun="task", name="confirm", label=_("Confirm the proposal"), doer="coordinator", sources=frozenset({_T.PROPOSED}),
        target=_T.CONFIRMED,
        wrong_moment=_("Only a proposed task can be confirmed. This one was decided meanwhile."),
        against=workflow.confirmation_unfit, sentence=_("Proposed task confirmed"), told=Told.AGENCIES, is_mailed=True,
        page="projects:task_confirm", key="code", path="confirmar",
        explains=_("From now on it counts for the commitment, and its words are public."),
        said=_("The task was confirmed: from now on it counts and is public."),
    ),
    Verb(
        noun="task", name="decline", label=_("Do not take up the proposal"), doer="coordinator", sources=frozenset({_T.PROPOSED}),
        target=_T.DECLINED,
        wrong_moment=_("Only a proposed task can be refused. This one was decided meanwhile: cancel it instead."),
        asks=_WHY, sentence=_("Proposed task not taken up"), told=Told.AGENCIES, page="projects:task_decline",
        key="code", path="rechazar", explains=_("Only its agency and the coordination office see it."),
        said=_("The proposal was not taken up. Its agency sees why."),
    ),
    Verb(
        noun="task", name="withdraw", label=_("Take the proposal back"), doer="focal point",
        sources=frozenset({_T.PROPOSED}), target=_T.WITHDRAWN,
        wrong_moment=_("Only a proposal can be taken back. This one was decided meanwhile."), asks=_WHY,
        sentence=_("Proposal taken back by its agency"), told=Told.OFFICE, page="projects:task_withdraw", key="code",
        path="retirar", explains=_("Only its agency and the coordination office see it."),
        said=_("The proposal was taken back."),
    ),
    Verb(
        noun="task", name="undo", label=_("Entered by mistake"), doer="coordinator", sources=frozenset({_T.CONFIRMED}),
        target=_T.MISTAKEN, wrong_moment=_ENDED_TASK, against=workflow.mistake_unfit, asks=_WHY,
        sentence=_("Task entered by mistake"), told=Told.AGENCIES, page="projects:task_undo", key="code", path="error",
        explains=_("It leaves the count as if it had never stood there. Its page, its history and your reason stay in public."),
        said=_("The task no longer counts: it was entered by mistake."),
    ),
    Verb(
        noun="task", name="cancel", label=_("Cancel the task"), doer="coordinator",
        sources=frozenset({_T.CONFIRMED}), target=_T.CANCELLED,
        wrong_moment=_("Only a confirmed task can be cancelled."), against=workflow.cancelling_unfit, asks=_WHY,
        sentence=_("Task cancelled"), told=Told.AGENCIES, page="projects:task_cancel", key="code", path="cancelar",
        explains=_("No longer needed: it goes on counting, at what was verified of it. Its page and your reason stay in public."),
        said=_("The task was cancelled. Its record stays."),
    ),
    # Follow-ups
    Verb(
        noun="follow-up", name="submit", label=_("Submit"), doer="focal point who wrote", sources=_OWN_WORDS,
        target=_F.SUBMITTED, wrong_moment=workflow.SENT_ALREADY, against=workflow.sending_unfit, sentence=_("Follow-up sent"),
        told=Told.QUEUE, page="projects:follow_up_edit", key="task.code", link=_("Go on writing"),
    ),
    Verb(
        noun="follow-up", name="withdraw", label=_("Withdraw"), doer="focal point who wrote",
        sources=frozenset({_F.SUBMITTED}), target=_F.WITHDRAWN,
        wrong_moment=_("Only a follow-up that waits for review can be withdrawn. Open it to see what was decided."),
        sentence=_("Follow-up withdrawn by its agency"), told=Told.OFFICE, page="projects:follow_up_withdraw",
        key="code", is_button=True,
    ),
    Verb(
        noun="follow-up", name="retract", label=_("Take back “no change”"), doer="focal point who wrote",
        sources=frozenset({_F.NOTED}), target=_F.RETRACTED,
        wrong_moment=_("Only “no change, still valid” is taken back so, and once."), against=workflow.retracting_unfit,
        sentence=_("“No change” taken back by its agency"), page="projects:follow_up_retract", key="code", is_button=True,
    ),
    Verb(
        noun="follow-up", name="accept", label=_("Accept"), doer="reviewer", sources=frozenset({_F.SUBMITTED}),
        target=_F.ACCEPTED, wrong_moment=_REVIEWED, against=workflow.acceptance_unfit,
        sentence=_("Follow-up accepted"), told=Told.AGENCIES, is_mailed=True, page="projects:follow_up_review", key="code",
        link=_("Review"),
    ),
    Verb(
        noun="follow-up", name="return", label=_("Return"), doer="reviewer", sources=frozenset({_F.SUBMITTED}),
        target=_F.RETURNED, wrong_moment=_REVIEWED,
        asks=workflow.COMMENT_MISSING,
        sentence=_("Follow-up returned to its agency"), told=Told.AGENCIES, page="projects:follow_up_review",
        key="code", link=_("Review"),
    ),
    Verb(
        noun="follow-up", name="ask", label=_("Ask without returning it"), doer="reviewer", sources=frozenset({_F.SUBMITTED}),
        wrong_moment=_REVIEWED, against=workflow.question_unfit, asks=_("Write your question as the comment."),
        sentence=_("The coordination office asked its agency"), told=Told.AGENCIES, is_mailed=True,
        page="projects:follow_up_review", key="code", link=_("Review"),
    ),
    Verb(
        noun="follow-up", name="take_up", label=_("I review it"), doer="reviewer", sources=frozenset({_F.SUBMITTED}),
        wrong_moment=_REVIEWED, entry=None, is_public=False,
    ),
    Verb(
        noun="follow-up", name="let_go", label=_("Leave it to others"), doer="reviewer", sources=frozenset({_F.SUBMITTED}),
        wrong_moment=_REVIEWED, entry=None, is_public=False,
    ),
    Verb(
        noun="follow-up", name="answer", label=_("Answer"), doer="focal point who wrote", sources=frozenset({_F.SUBMITTED}),
        wrong_moment=_("It no longer waits for review: nothing is to be answered. Open it to see what was decided."),
        against=workflow.answering_unfit, asks=_("Write your answer."), sentence=_("Its agency answered the coordination office"),
        told=Told.QUEUE, page="projects:follow_up_answer", key="code",
    ),
    Verb(
        noun="follow-up", name="reopen", label=_("Re-open: accepted in error"), doer="reviewer", sources=frozenset({_F.ACCEPTED}),
        target=_F.SUBMITTED,
        wrong_moment=_("Only an accepted follow-up is re-opened. This one was re-opened meanwhile, or never accepted."),
        against=workflow.reopening_unfit, says_why=True, asks=_WHY, sentence=_("Re-opened: it had been accepted in error"),
        told=Told.AGENCIES, is_mailed=True, page="projects:follow_up_reopen", key="code", path="reabrir",
        explains=_("It waits for review again, as of the day on which it was sent, and its task falls back to what was verified before it. "
                   "No figure rises by this, and past days stay as they were. That it was accepted, and your reason, stay in public."),
        said=_("It was re-opened and waits for review again. Its agency is told, with your reason."),
    ),
    Verb(
        noun="follow-up", name="discard", label=_("Discard the draft"), doer="focal point who wrote",
        sources=frozenset({_F.DRAFT}),
        wrong_moment=_("Only a draft can be discarded: what was once sent stays on record."), entry=None,
        page="projects:follow_up_discard", key="code",
    ),
    Verb(
        noun="follow-up", name="attach", label=_("Add evidence"), doer="focal point who wrote", sources=_OWN_WORDS,
        wrong_moment=workflow.SENT_ALREADY, entry=None,
    ),
    Verb(
        noun="follow-up", name="remove", label=_("Remove evidence"), doer="focal point who wrote", sources=_OWN_WORDS,
        wrong_moment=workflow.SENT_ALREADY, entry=None,
    ),
    Verb(
        noun="evidence", name="open", label=_("Open the evidence"), doer="reviewer of what it proves", sources=frozenset({"sent"}),
        wrong_moment=_("There is nothing to open: it was never sent, or was redacted."), entry=None, is_public=False,
    ),
    Verb(
        noun="follow-up", name="redact", label=_("Redact"), doer="portal", sources=frozenset(_F) - {_F.DRAFT, _F.SUBMITTED},
        wrong_moment=_not_redactable, sentence=_("Private part redacted on a legal basis"), told=Told.AGENCIES,
    ),
    Verb(
        noun="request", name="ask_redaction", label=_("Ask for a redaction"), doer="redactor",
        on=("follow-up", "evidence", "request"), sources=_REDACTABLE, target=_D.REQUESTED, wrong_moment=_not_redactable,
        against=_redacted_already, asks=_WHY, sentence=_("Redaction asked for: hidden until it is decided"),
        told=Told.AGENCIES,
    ),
    # What is decided on requests
    Verb(
        noun="request", name="approve", label=_("Approve"), doer="judge of the request",
        sources=frozenset({_D.REQUESTED}), target=_D.APPROVED, wrong_moment=_DECIDED,
        against=against, sentence=_("Request approved"), sentences=_APPROVED, told=Told.AGENCIES, is_mailed=True,
        page="projects:request_review", key="code", link=_("Decide"),
    ),
    Verb(
        noun="request", name="reject", label=_("Reject"), doer="judge of the request",
        sources=frozenset({_D.REQUESTED}), target=_D.REJECTED, wrong_moment=_DECIDED,
        asks=workflow.REASON_MISSING,
        sentence=_("Request rejected"), sentences=_REJECTED, told=Told.AGENCIES, is_mailed=True, page="projects:request_review", key="code",
        link=_("Decide"),
    ),
    Verb(
        noun="request", name="withdraw", label=_("Withdraw the request"), doer="who asked",
        sources=frozenset({_D.REQUESTED}), target=_D.WITHDRAWN, wrong_moment=_DECIDED,
        sentence=_("Request withdrawn by who asked"), told=Told.OFFICE,
        page="projects:request_withdraw", key="code", is_button=True,
    ),
    Verb(
        noun="request", name="redact", label=_("Redact"), doer="portal", sources=frozenset(_D) - {_D.REQUESTED},
        wrong_moment=_not_redactable, sentence=_("Private part redacted on a legal basis"), told=Told.AGENCIES,
    ),
    # What became of the whole
    Verb(
        noun="assessment", name="assess", label=_("Assess"), doer="assessor", on=("commitment",), sources=_ACTIVE,
        target=_V.STANDING, wrong_moment=_("This commitment was withdrawn: there is nothing left to assess."), asks=_WHY,
        sentence=_("Assessed"), told=Told.AGENCIES, is_mailed=True, page="projects:commitment_assess", key="code",
    ),
    Verb(
        noun="request", name="ask_finding", label=_("Assess"), doer="assessor", on=("commitment",), sources=_ACTIVE,
        target=_D.REQUESTED, wrong_moment=_ENDED_COMMITMENT, asks=_WHY,
        sentence=_("Finding beyond what was verified asked for"), told=Told.QUEUE,
        page="projects:commitment_assess", key="code",
    ),
    Verb(
        noun="assessment", name="assess_objective", label=_("Assess"), doer="coordinator", on=("objective",),
        sources=frozenset({"there"}), target=_V.STANDING, asks=_WHY, entry="assess", sentence=_("Assessed"),
        page="projects:objective_assess", key="number",
    ),
    Verb(
        noun="assessment", name="answer", label=_("Answer it for the agency"), doer="focal point who may answer",
        sources=frozenset(_V), against=workflow.answered_already, asks=_("Write the answer of the agency."),
        sentence=_("Assessment answered by an agency"), told=Told.OFFICE, page="projects:assessment_answer", key="code",
    ),
    # The rule, the reminders, what a person sets for themselves
    Verb(
        noun="request", name="ask_thresholds", label=_("Ask for other thresholds"), doer="coordinator", on=(),
        target=_D.REQUESTED, asks=_WHY, sentence=_("Other thresholds of the traffic light asked for"),
    ),
    Verb(
        noun="light-rule", name="adopt", label=_("Adopt other thresholds"), doer="portal", on=(),
        target="adopted", sentence=_("Thresholds of the traffic light adopted"),
    ),
    Verb(
        noun="message-text", name="correct", label=_("Write a text anew"), doer="administrator", on=(),
        target="written", sentence=_("Text of the reminders written anew"), is_public=False,
    ),
    Verb(
        noun="person", name="see_notices", label=_("Mark notices as seen"), doer="reader of notices",
        sources=frozenset({"new", "active", "inactive"}), entry=None, is_public=False,
    ),
    Verb(
        noun="calendar-feed", name="make", label=_("Make an address"), doer="reader of dates", on=("agency",),
        sources=frozenset({"registered", "closed"}), target="open", entry=None, is_public=False,
    ),
    Verb(
        noun="calendar-feed", name="renew", label=_("Renew"), doer="owner who still reads dates",
        sources=frozenset({"open"}), target="open", wrong_moment=_revoked_already, entry=None, is_public=False,
    ),
    Verb(
        noun="calendar-feed", name="revoke", label=_("Revoke"), doer="owner", sources=frozenset({"open"}),
        target="revoked", wrong_moment=_revoked_already, entry=None, is_public=False,
    ),
    Verb(
        noun="saved-view", name="save", label=_("Save this view"), doer="whoever signed in", on=(), target="private",
        entry=None, is_public=False,
    ),
    Verb(
        noun="saved-view", name="correct", label=_("Rename or share"), doer="owner of the view", sources=_SAVED, entry=None,
        is_public=False,
    ),
    Verb(
        noun="saved-view", name="take_over", label=_("Take it over"), doer="coordinator who may take it over",
        sources=frozenset({"shared"}), wrong_moment=_("It is not shared with the office."), against=_owner_is_there, entry=None,
        is_public=False,
    ),
    Verb(
        noun="saved-view", name="delete", label=_("Delete the view"), doer="keeper of the view", sources=_SAVED, entry=None,
        is_public=False,
    ),
    Verb(
        noun="saved-view", name="mark_seen", label=_("Mark as seen"), doer="reader of the view", sources=_SAVED, entry=None,
        is_public=False,
    ),
]  # fmt: skip
