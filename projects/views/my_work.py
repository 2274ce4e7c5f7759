"""Mi trabajo: what a focal point has to do, what waits for others, and what is settled."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from operator import attrgetter

from django.core.exceptions import PermissionDenied
from django.db.models import FETCH_RAISE, Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from focalpoints import clock
from focalpoints.models import User
from focalpoints.rules import is_focal_point
from projects.correspondence import last_comments
from projects.lights import DUE_SOON_DAYS, Light
from projects.models import Commitment, FollowUp, Task

S = FollowUp.State
MOST_COMMITMENTS = 50


@dataclass(frozen=True, slots=True)
class Item:
    """A task, the follow-up in hand if there is one, and why it stands where it stands."""

    task: Task
    follow_up: FollowUp | None
    light: Light
    days: int | None
    comment: str = ""


@dataclass(slots=True)
class Work:
    """Each task stands in exactly one list."""

    overdue: list[Item] = field(default_factory=list)
    returned: list[Item] = field(default_factory=list)
    due_soon: list[Item] = field(default_factory=list)
    drafts: list[Item] = field(default_factory=list)
    waiting: list[Item] = field(default_factory=list)
    proposed: list[Item] = field(default_factory=list)
    rest: list[Item] = field(default_factory=list)

    @property
    def to_do(self) -> int:
        return len(self.overdue) + len(self.returned) + len(self.due_soon) + len(self.drafts)

    @property
    def is_empty(self) -> bool:
        return not (self.to_do or self.waiting or self.proposed or self.rest)


def _without_appointment(request: HttpRequest, user: User, today: date) -> HttpResponse:
    """Who held an appointment, or will, reads why the page is empty; to anybody else it does not exist."""
    last = user.appointments.focal_points().select_related("agency").order_by("since").last()
    if last is None:
        raise Http404
    return render(
        request, "projects/my_work_ended.html", {"appointment": last, "begins": last.since > today}, status=403
    )


@never_cache
@require_safe
def my_work(request: HttpRequest) -> HttpResponse:
    user = request.user
    if not isinstance(user, User):
        raise PermissionDenied
    today = clock.today()
    if not is_focal_point(user):
        return _without_appointment(request, user, today)
    agency_ids = user.standing.agency_ids
    work = _sorted_out(_tasks_of(agency_ids, today), today)
    return render(
        request,
        "projects/my_work.html",
        {
            "work": work,
            "seats": user.appointments.focal_points().active(today).select_related("agency"),
            "many_agencies": len(agency_ids) > 1,
            "commitments": _open_to_proposals(agency_ids)[:MOST_COMMITMENTS],
            "today": today,
        },
    )


def _tasks_of(agency_ids: frozenset[int], today: date) -> QuerySet[Task]:
    """Still owed or proposed, by date, each with its follow-up in hand: two queries."""
    in_hand = FollowUp.objects.in_hand().only("code", "task", "state", "saved_at", "submitted_at", "progress")
    owed = Q(state=Task.State.PROPOSED) | Q(state=Task.State.CONFIRMED) & (
        Q(verified_progress=None) | Q(verified_progress__lt=100)
    )
    return (
        Task.objects.of_agencies(agency_ids)
        .filter(owed)
        .with_light(today)
        .select_related("agency", "commitment")
        .prefetch_related(Prefetch("follow_ups", in_hand, to_attr="in_hand"))
        .order_by(F("due").asc(nulls_last=True), "pk")
        .fetch_mode(FETCH_RAISE)
    )


def _open_to_proposals(agency_ids: frozenset[int]) -> QuerySet[Commitment]:
    """The commitments under which these agencies may propose a task, those that name them first."""
    named = Exists(Commitment.agencies.through.objects.filter(commitment=OuterRef("pk"), agency__in=agency_ids))
    binding = Q(binds=Commitment.Binds.NAMED) & named | Q(binds=Commitment.Binds.ALL)
    return (
        Commitment.objects.filter(binding, state=Commitment.State.ACTIVE)
        .only("code", "title", "language", "binds")
        .order_by("-binds", "code")
    )


def _sorted_out(tasks: Iterable[Task], today: date) -> Work:
    rows = [(task, next(iter(task.in_hand), None)) for task in tasks]  # type: ignore[attr-defined]  # prefetched
    comments = last_comments([found.code for _task, found in rows if found and found.state == S.RETURNED])
    work = Work()
    for task, follow_up in rows:
        item = Item(
            task,
            follow_up,
            task.light,  # type: ignore[attr-defined]  # annotated
            abs((task.due - today).days) if task.due else None,
            comments.get(follow_up.code, "") if follow_up else "",
        )
        _list_for(item, work, today).append(item)
    work.waiting.sort(key=attrgetter("follow_up.submitted_at"))
    return work


def _list_for(item: Item, work: Work, today: date) -> list[Item]:
    """What somebody else must do next is not a to-do; of what is ours, a return says most, then the date."""
    task, follow_up = item.task, item.follow_up
    if task.state == Task.State.PROPOSED:
        return work.proposed
    if follow_up and follow_up.state == S.SUBMITTED:
        return work.waiting
    if follow_up and follow_up.state == S.RETURNED:
        return work.returned
    if task.due and task.due < today:
        return work.overdue
    if task.due and task.due <= today + timedelta(days=DUE_SOON_DAYS):
        return work.due_soon
    return work.drafts if follow_up else work.rest
