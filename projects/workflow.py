"""What speaks against a verb on a commitment, a task, a follow-up or a due date, and the step from one state to the next.

The table of verbs (`verbs.py`) names these functions; pages ask them too.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from focalpoints import business_days, clock
from focalpoints.models import Agency, Appointment, has_focal_point
from focalpoints.sql import writing
from focalpoints.sql.prepared import prepared
from focalpoints.workflow import VERBS, OpenWork, Reasons, Stale, StrOrPromise, noun_of
from projects.date_bounds import outlives, outliving, unfit
from projects.models import Assessment, Commitment, Evidence, FollowUp, Pause, Project, Request, Task
from projects.models.task import TaskQuerySet
from projects.rules import is_bound, still_answers

# ---- Follow-ups

UNPROVEN = _("100 % needs evidence: add a file or a link that proves it, or state a lower progress.")
COMMENT_MISSING = _("Say what is missing or wrong: the agency corrects it by your comment.")
SENT_ALREADY = _("This follow-up has already been sent. To change it, withdraw it first; once accepted, log a new one.")


def takes_none(task: Task) -> StrOrPromise:
    """Why a task takes no follow-up, and since when. Its page gives the reason that was written."""
    said = {
        Task.State.CANCELLED: _(
            "This task was cancelled on %(day)s: it takes no follow-up. Its page gives the reason."
        ),
        Task.State.REPLACED: _(
            "This task was replaced on %(day)s: it takes no follow-up. Its page gives the reason and the task in its place."
        ),
        Task.State.MISTAKEN: _(
            "This task was found on %(day)s to have been entered by mistake: it takes no follow-up. Its page gives the reason."
        ),
    }.get(Task.State(task.state))
    if said is None:
        return _("This task is not confirmed: it takes no follow-up. Its page says where it stands.")
    return said % {"day": date_format(task.ended_on, "d/m/Y")}  # type: ignore[arg-type]  # an ended task has its day


# How many times in a row an agency may say that nothing changed.
MOST_IN_A_ROW = 2


def against_no_change(task: Task, since_acceptance: Iterable[Any]) -> StrOrPromise:
    """Why "no change, still valid" is no answer now; empty when it is one. Of a late task, what was promised is not valid any more.

    `since_acceptance` are the follow-ups that this adjective finds of the task, or as much of them as their state and day.
    """
    if not task.is_confirmed or task.is_fulfilled:
        return _("Nothing more is expected of this task.")
    given = [row for row in since_acceptance if row.state != FollowUp.State.RETRACTED]
    states = [row.state for row in given]
    if any(state != FollowUp.State.NOTED for state in states):
        return _("There is a follow-up in hand: finish it, or wait for its review.")
    if task.light_due and task.light_due < clock.today():
        return _(
            "Its due date has passed: “no change” does not answer for that. Say in a follow-up where it stands, or ask for a new date."
        )
    if len(states) >= MOST_IN_A_ROW:
        return _("It was said twice in a row that nothing changed. Say in a sentence where the task stands.")
    if any(clock.day_of(row.submitted_at) == clock.today() for row in given):
        return _("It was said today already that nothing changed. Once a day is enough.")
    return ""


def no_change_unfit(task: Task) -> Reasons:
    """As `against_no_change`, which it gives the follow-ups (one query)."""
    return [reason] if (reason := against_no_change(task, task.follow_ups.since_acceptance())) else []


def retracting_unfit(follow_up: FollowUp) -> Reasons:
    """Why "no change" stays as it was said: its day is over, on which the silence was counted from it, or the task has ended."""
    if clock.day_of(follow_up.submitted_at) != clock.today():
        return [_("It can be taken back only on the day on which it was said. If something changed, log a follow-up.")]
    return sending_unfit(follow_up)


def writing_unfit(task: Task) -> Reasons:
    """What its agency sent waits for review: it is withdrawn before anybody writes on."""
    return [SENT_ALREADY] if _waiting_of(task.pk) else []


@prepared("task")
def _waiting_of(task: int) -> QuerySet[FollowUp, int]:
    return FollowUp.objects.waiting().filter(task=task).order_by().values_list("pk", flat=True)


def sending_unfit(follow_up: FollowUp) -> Reasons:
    """A draft of a task that has ended meanwhile can only be discarded."""
    return [] if follow_up.task.is_confirmed else [takes_none(follow_up.task)]


def is_unproven(follow_up: FollowUp) -> bool:
    """It claims 100 % without a file or a link: the word alone fulfils nothing."""
    return follow_up.progress == 100 and not follow_up.evidence.exists()


def question_unfit(follow_up: FollowUp) -> Reasons:
    """One question at a time, and somebody who can answer it."""
    if follow_up.thread == FollowUp.Thread.ASKED:
        return [_("Its agency was asked already and has not answered yet.")]
    if not Agency.objects.filter(has_focal_point(clock.today()), pk=follow_up.agency_id).exists():
        return [
            _(
                "Its agency has no focal point, so nobody can answer. Have one appointed first, or return it with a comment."
            )
        ]
    return []


def answering_unfit(follow_up: FollowUp) -> Reasons:
    if follow_up.thread != FollowUp.Thread.ASKED:
        return [_("Nothing is asked about it just now: a colleague of yours answered, or nobody asked.")]
    return []


def acceptance_unfit(follow_up: FollowUp) -> Reasons:
    return [UNPROVEN] if is_unproven(follow_up) else []


def reopening_unfit(follow_up: FollowUp) -> Reasons:
    """Why an acceptance stays as it is, although it was an error: what to do in its place."""
    task = follow_up.task
    if not task.is_confirmed or task.commitment.is_cancelled:
        return [ENDED_AS_VERIFIED]
    if task.agency.is_closed:
        return [
            _("The agency of this task is closed. Ask to pass the task to the agency that took over, then re-open it.")
        ]
    for code, state, is_own in _others_of_task(follow_up.task_id, follow_up.number, follow_up.agency_id):
        if state == FollowUp.State.ACCEPTED:
            return [
                _(
                    "%(code)s was accepted after it and is what counts: if that was an error too, re-open that one first."
                )
                % {"code": code}
            ]
        if is_own and state == FollowUp.State.SUBMITTED:
            return [_("%(code)s of the same task waits for review. Accept or return it first.") % {"code": code}]
        if is_own:
            return [
                _(
                    "The agency has another follow-up of this task in hand. Ask it to send or discard that: "
                    "once it is accepted, it counts in the place of this one, also if it says less."
                )
            ]
    return []


ENDED_AS_VERIFIED = _(
    "It has ended, and counts with what was verified of it by then. Say in a finding on the commitment what was accepted in error."
)


@prepared("task", "number", "agency")
def _others_of_task(task: int, number: int, agency: int) -> QuerySet[FollowUp, tuple[str, str, bool]]:
    """Of a task's other follow-ups, those accepted later and those that are not settled: code, state, whether of that agency."""
    later, unsettled = Q(state=FollowUp.State.ACCEPTED, number__gt=number), ~Q(state__in=FollowUp.SETTLED)
    found = FollowUp.objects.filter(later | unsettled, task=task).exclude(number=number)
    is_own = Case(When(agency=agency, then=Value(True)), default=Value(False))
    return found.annotate(is_own=is_own).order_by("-number").values_list("code", "state", "is_own")


# ---- Projects, commitments and tasks


def project_held(project: Project) -> Reasons:
    """Why it cannot be cancelled: each of its commitments was a promise of its own."""
    if project.commitments.filter(state=Commitment.State.ACTIVE).exists():
        return [_("This project has active commitments. Cancel each of them first, with its own reason.")]
    return []


def commitment_held(commitment: Commitment, *, but: Request | None = None) -> Reasons:
    """Why it cannot be withdrawn. Open tasks are cancelled, and reviews decided, first. `but` is a request that is not in the way."""
    if is_waiting(commitment, but=but):
        return [WAITING]
    if FollowUp.objects.waiting().filter(task__commitment=commitment).exists():
        return [_("A follow-up of this commitment waits for review. Accept or return it first.")]
    if commitment.tasks.open().exists():
        return [_("This commitment has open tasks. Cancel each of them first, so that their agencies see why.")]
    return [
        _("There is a proposed task (%(code)s): confirm it or do not accept it first.") % {"code": code}
        for code in _first_proposed(commitment)
    ]


def _first_proposed(commitment: Commitment) -> QuerySet[Task, str]:
    proposed = commitment.tasks.filter(state=Task.State.PROPOSED).order_by("number")
    return proposed.values_list("code", flat=True)[:1]


def task_held(task: Task, *, but: Request | None = None) -> Reasons:
    """Why it neither ends nor passes to another agency: something of it waits for the coordination office, `but` for this request."""
    if task.follow_ups.waiting().exists():
        return [_("A follow-up of this task waits for review. Accept or return it first.")]
    return [WAITING] if is_waiting(task, but=but) else []


def needs_a_second_person(task: Task) -> bool:
    """Whether one coordinator alone must not end it or pass it on: it has follow-up, or is due within 30 days, or has no date."""
    if _was_begun(task):
        return True
    return task.due is None or (task.due - clock.today()).days <= DAYS_OF_ONES_OWN


def _was_begun(task: Task) -> bool:
    """Something of it was sent, whatever became of it."""
    return task.follow_ups.exclude(state=FollowUp.State.DRAFT).exists()


def cancelling_unfit(task: Task) -> Reasons:
    return task_held(task) or ([ASK_A_COLLEAGUE] if needs_a_second_person(task) else [])


def asking_to_end_unfit(task: Task) -> Reasons:
    """Why nobody is asked: something else comes first. Also what one coordinator may cancel alone: to replace it, or with others."""
    if task.is_fulfilled:
        return [_("It is fulfilled: what was verified stays as it is.")]
    return task_held(task)


def asking_to_end_several_unfit(commitment: Commitment) -> Reasons:
    return [_("Fewer than two of its tasks are open.")] if commitment.tasks_open < 2 else []


def tasks_to_end(commitment: Commitment) -> TaskQuerySet:
    """Its open tasks of which nothing waits for the coordination office: those of which `asking_to_end_unfit` says nothing."""
    sent = FollowUp.objects.waiting().filter(task=OuterRef("pk"))
    asked = Request.objects.waiting().exclude(kind=Request.Kind.REDACTION).filter(task=OuterRef("pk"))
    return commitment.tasks.open().filter(~Exists(sent.order_by()), ~Exists(asked.order_by()))


def asking_to_assign_unfit(task: Task) -> Reasons:
    return (task_held(task) or drafts_unfit(task)) if needs_a_second_person(task) else [NEEDS_NOBODY]


def mistake_unfit(task: Task) -> Reasons:
    """Why it was no mere mistake: something was sent, its date has come, or it stood for longer than ten business days."""
    if task.requests.waiting().exists():
        return [WAITING]
    is_new = task.confirmed_on and business_days.between(task.confirmed_on, clock.today()) <= DAYS_OF_MISTAKES
    if (
        not is_new
        or _was_begun(task)
        or task.replaces_id
        or task.follows_id
        or (task.due and task.due <= clock.today())
    ):
        return [NO_MISTAKE]
    return []


def assignment_unfit(task: Task) -> Reasons:
    if reasons := task_held(task):
        return reasons
    if needs_a_second_person(task):
        return [ASK_A_COLLEAGUE]
    return drafts_unfit(task)


def drafts_unfit(task: Task) -> Reasons:
    """Of who has left there is nobody to ask: what they had not finished is set aside, and keeps nobody waiting."""
    there = Appointment.objects.focal_points().active(clock.today())
    writers = there.filter(agency=task.agency_id, user__is_active=True).values("user")
    if task.follow_ups.in_hand().filter(saved_by__in=writers).exists():
        return [
            _(
                "The agency has an unfinished follow-up of this task. Ask it to send or discard it first, so that nothing typed is lost."
            )
        ]
    return []


DAYS_OF_ONES_OWN, DAYS_OF_MISTAKES = 30, 10
ASK_A_COLLEAGUE = _(
    "It has follow-up, or falls due within 30 days: a colleague decides on it. Ask for it, with a category and a reason."
)
NEEDS_NOBODY = _("It has no follow-up and is due more than 30 days ahead: do it yourself, with a reason.")
NO_MISTAKE = _(
    "It is no mere mistake any more: something was sent, its date has come, or more than ten business days have passed. "
    "Ask for its cancellation: a colleague decides."
)


def agency_unfit(commitment: Commitment, agency: Agency) -> Reasons:
    """Why that agency cannot get a task of this commitment."""
    if commitment.is_cancelled:
        return [NO_NEW_TASKS]
    if agency.is_closed:
        return [_("This agency is closed. Choose the agency that took over its work.")]
    if commitment.binds != Commitment.Binds.NONE_PUBLISHED and not is_bound(commitment, agency.pk):
        return [_("This commitment does not bind that agency. Correct the commitment first, or choose another agency.")]
    return []


NO_NEW_TASKS = _("This commitment is cancelled: it takes no new tasks.")


def confirmation_unfit(task: Task) -> Reasons:
    return agency_unfit(task.commitment, task.agency)


def not_for_all(commitment: Commitment) -> Reasons:
    if commitment.binds != Commitment.Binds.ALL:
        return [_("This commitment does not bind every agency. Define a task for each agency that it names.")]
    return []


def own_pause(item: Commitment | Task) -> Pause | None:
    """The item's own pause that has not ended: one at most."""
    own = {"task": item} if isinstance(item, Task) else {"commitment": item}
    return Pause.objects.filter(**own).not_ended(clock.today()).first()


def paused_already(item: Commitment | Task) -> Reasons:
    if own_pause(item):
        return [_("The reminders of this item are paused already. To change the pause, end it first.")]
    return []


def not_paused(item: Commitment | Task) -> Reasons:
    return [] if own_pause(item) else [_("The reminders of this item are not paused.")]


BARRED = _(
    "You accepted one of its follow-ups at 100 %, or asked for a cancellation of it or cancelled it yourself. A coordinator who did none "
    "of these assesses it; where nobody is left, whoever accepted fewest."
)


# ---- Due dates

_UNDATED = _("It has no due date yet: the coordination office sets its first one.")
_DATED = _("It already has a due date. Its agency asks for a new one; a wrong capture is corrected.")
DATE_STAYS = _("It was cancelled or not taken up: its date stays on record as it is.")
NOT_TAKEN_UP = _("It is still a proposal. Once it is confirmed, a new date can be asked for.")
_FULFILLED = _("Nothing of it is open: its date no longer moves.")
_ASKED = _("A request about it already waits for a decision. It is decided or withdrawn first; then ask for another.")
REASON_MISSING = _("Say why it is not approved: whoever asked decides by your reason whether to ask again.")
WAITING = _("A request about it waits: it is approved, rejected or withdrawn first.")
CHANGED = _(
    "Its date changed after this was asked, so that the request no longer says what would happen. Reject it with that reason: "
    "the agency asks again."
)

UNBOUND = _(
    "The agency that asked no longer answers for it. Reject it with that reason: an agency that does answer asks for its date."
)


def is_waiting(item: Commitment | Task, *, but: Request | None = None) -> bool:
    """Whether something about it was asked and nobody has decided, `but` for this request. Redactions stand in nobody's way."""
    own = {"task": item} if isinstance(item, Task) else {"commitment": item, "task": None}
    waiting = Request.objects.waiting().exclude(kind=Request.Kind.REDACTION).filter(**own)
    return (waiting.exclude(pk=but.pk) if but and but.pk else waiting).exists()


def series_end_unfit(commitment: Commitment) -> Reasons:
    if not commitment.recurrence or commitment.series_ended_on:
        return [_("No series of it runs.")]
    return asking_for_office_unfit(commitment)


def asking_for_office_unfit(item: Commitment | Task) -> Reasons:
    return [_ASKED] if is_waiting(item) else []


def is_done(item: Commitment | Task) -> bool:
    """Whether nothing of it is left to do. A later date would then only hide how late it was."""
    return item.is_fulfilled or (isinstance(item, Commitment) and item.is_settled)


def not_for_dates(item: Commitment | Task) -> StrOrPromise:
    """What is said where an item's state lets its date be neither asked for nor set."""
    return NOT_TAKEN_UP if isinstance(item, Task) and item.state == Task.State.PROPOSED else DATE_STAYS


def asking_unfit(item: Commitment | Task) -> Reasons:
    if is_done(item):
        return [_FULFILLED]
    if item.due is None:
        return [_UNDATED]
    return asking_for_office_unfit(item)


def first_date_unfit(item: Commitment | Task) -> Reasons:
    return [] if item.due is None else [_DATED]


def asking_first_date_unfit(item: Commitment | Task) -> Reasons:
    return first_date_unfit(item) or asking_for_office_unfit(item)


def correction_unfit(item: Commitment | Task) -> Reasons:
    return [_UNDATED] if item.due is None else asking_for_office_unfit(item)


def unfit_within_commitment(item: Commitment | Task, due: date) -> Reasons:
    """What speaks against the coordination office's giving it this date: its commitment's date does not move with it."""
    reasons = unfit(item, due)
    if isinstance(item, Task) and outlives(item.commitment, due):
        reasons.append(outliving(item.commitment))
    return reasons


def has_changed(change: Request) -> bool:
    """Whether the date that it would move is no longer the one it was asked for."""
    return change.is_of_date and change.item.due != change.from_due


def against_move(change: Request) -> Reasons:
    """What speaks against moving a date as it was asked."""
    item = change.item
    if item.is_cancelled if isinstance(item, Commitment) else item.has_ended:
        return [DATE_STAYS]
    if is_done(item):
        return [_FULFILLED]
    if not still_answers(change):
        return [UNBOUND]
    return [CHANGED] if has_changed(change) else unfit(change.item, change.to_due)


# ---- Findings on the whole


def against_verdict(
    commitment: Commitment, verdict: str, period: date | None, on: date, *, is_decided: bool = False
) -> Reasons:
    """Why this cannot be found now: the end has not come, or something is still open.

    `is_decided`: a colleague decides, so that it may say more than was verified.
    """
    if period is not None:
        return _against_period(commitment, verdict, period, on)
    if verdict not in Assessment.AT_THE_END:
        return [] if may_find_course(commitment, on) else [_("Its end has come: say whether it was fulfilled.")]
    if commitment.series_runs:
        return [
            _("It comes again each period: assess a period. As a whole it can be fulfilled once its series has ended.")
        ]
    if not may_find_end(commitment, on):
        return [_("Something is still open and its date is ahead: say how it is going, not what became of it.")]
    if verdict == Assessment.Verdict.FULFILLED:
        if commitment.tasks_open:
            return [_("Something of it is still open: it cannot be fulfilled.")]
        if not is_decided and says_more(commitment):
            return [SAYS_MORE]
    return []


SAYS_MORE = _(
    "“Fulfilled” would say more than was verified: it has no task, or less than 100 % was verified. "
    "That takes a request which a colleague decides."
)


def says_more(commitment: Commitment) -> bool:
    """Whether "fulfilled" says more than what was verified."""
    return not (commitment.is_settled if commitment.recurrence else commitment.verified_progress == 100)


def may_find_end(commitment: Commitment, on: date) -> bool:
    """Its end has come: nothing is open, or its date (with the days given back) has passed."""
    return not commitment.tasks_open or is_past(commitment, on)


def may_find_course(commitment: Commitment, on: date) -> bool:
    return not commitment.is_settled and not is_past(commitment, on)


def is_past(commitment: Commitment, on: date) -> bool:
    """Its date, with the days given back, has passed."""
    return commitment.light_due is not None and commitment.light_due < on


def would_be_withdrawn_late(commitment: Commitment, on: date) -> bool:
    """Whether it goes on counting as overdue if it is withdrawn then: its date passed first, and nothing was found of it but a failure."""
    is_late = is_past(commitment, on) and not commitment.is_settled
    return is_late and commitment.finding in ("", Commitment.Finding.NOT_FULFILLED)


def _against_period(commitment: Commitment, verdict: str, period: date, on: date) -> Reasons:
    tasks = list(commitment.tasks.counted().filter(period=period))
    if not tasks:
        return [_("No task of it fell due on that day.")]
    if verdict not in Assessment.AT_THE_END:
        return [_("Of a period that has ended, say whether it was fulfilled.")]
    still_open = [task for task in tasks if task.is_confirmed and not task.is_fulfilled]
    if period >= on and still_open:
        return [_("That period has not ended.")]
    if verdict == Assessment.Verdict.FULFILLED and (still_open or any(not task.is_fulfilled for task in tasks)):
        return [_("Not every task of that period was verified at 100 %: it cannot be fulfilled.")]
    return []


def answered_already(assessment: Assessment) -> Reasons:
    return [_("It was answered already: each finding is answered once.")] if assessment.answer else []


# ---- What stands in an agency's way

# What an agency answers for here. What waits for the coordination office counts as well: decided after the agency is closed, it would
# leave an open task that nobody answers for.
OPEN_WORK_HERE = [
    OpenWork(
        Task.objects.open,
        ngettext_lazy(
            "%(count)d task is open in it: a coordinator cancels it or assigns it to another agency first.",
            "%(count)d tasks are open in it: a coordinator cancels them or assigns them to another agency first.",
            "count",
        ),
        is_owed=True,
    ),
    OpenWork(
        lambda: Task.objects.filter(state=Task.State.PROPOSED),
        ngettext_lazy(
            "%(count)d task that it proposed waits: a coordinator refuses it or assigns it to another agency first.",
            "%(count)d tasks that it proposed wait: a coordinator refuses them or assigns them to another agency first.",
            "count",
        ),
    ),
    OpenWork(
        FollowUp.objects.waiting,
        ngettext_lazy(
            "%(count)d follow-up of it waits for review: a coordinator accepts or returns it first.",
            "%(count)d follow-ups of it wait for review: a coordinator accepts or returns them first.",
            "count",
        ),
    ),
    OpenWork(
        Request.objects.waiting,
        ngettext_lazy(
            "%(count)d request of it for a new date waits: a coordinator approves or rejects it first.",
            "%(count)d requests of it for a new date wait: a coordinator approves or rejects them first.",
            "count",
        ),
    ),
]


# ---- From one state to the next


def evidence_standing(evidence: Evidence) -> str:
    if evidence.is_redacted:
        return "redacted"
    return "draft" if evidence.follow_up and evidence.follow_up.state == FollowUp.State.DRAFT else "sent"


def move(subject: FollowUp | Task | Request, verb: str, *, seen: int | None = None, **changes: Any) -> None:
    """Take the verb's step and write `changes`, other columns, with it. A subject without a row gets one, as it is after the step.

    Only after the guard (`permitted`). `seen` is the revision that the person had on screen.
    Raises Stale where somebody else moved or edited it first.
    """
    if seen is not None and seen != subject.revision:
        raise Stale()
    target = VERBS[f"{noun_of(subject).name}.{verb}"].target
    moved = {"state": target, "revision": subject.revision + 1, **changes}
    # Compare and swap: two people who press at once get one move, not two.
    before = {"pk": subject.pk, "state": subject.state, "revision": subject.revision}
    if subject.pk:
        writing.change_one(type(subject), before, Stale, **moved)
    for name, value in moved.items():
        setattr(subject, name, value)
    if subject.pk is None:
        writing.insert(subject)
