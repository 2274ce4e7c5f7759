"""The public list of tasks and each one's page."""

from django.db.models import F, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from focalpoints import clock
from focalpoints.models import Entry
from focalpoints.pages.kept import public_page
from projects.forms.tasks import TaskFilter
from projects.light.rule import TASK_RULE
from projects.light.why import why
from projects.models import FollowUp, Task
from projects.reading import dossier
from projects.reading.date_history import history_of
from projects.reading.figures import count_of, with_proofs
from projects.reading.history import events, names_in
from projects.reading.letters import as_read_by
from projects.reading.lists.paging import listing, part, rows_of
from projects.views.navigation import asking_address, task_actions

from .pauses import pause_of

ENTRIES_SHOWN, FOLLOW_UPS_SHOWN = 60, 20


@public_page(*TaskFilter.params(), unbounded=("agency",), strict=True)
def task_list(request: HttpRequest) -> HttpResponse:
    on = clock.today()
    public = Task.objects.public().with_light(on).order_by(F("due").asc(nulls_last=True), "pk")
    filters = TaskFilter(request.GET, public, on=on)  # type: ignore[arg-type]  # of tasks
    found = listing(filters, request.GET.get("page"))
    return render(
        request,
        "projects/task_list.html",
        {"filters": filters, "form": filters.form, "found": found, "tasks": found.rows(Task.objects.for_list(on))},
        status=found.status,
    )


@public_page("page", dossier=dossier.of_task)
def task_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Proposals and unaccepted follow-ups are on it for those alone who may see them."""
    on = clock.today()
    task = get_object_or_404(
        Task.objects.visible_to(request.user)
        .with_clause(on)
        .annotate(noted=count_of(FollowUp.objects.filter(task=OuterRef("pk"), state=FollowUp.State.NOTED)))
        .select_related("agency__parent", "commitment__project"),
        code=code,
    )
    follow_ups = FollowUp.objects.filter(task=task).visible_to(request.user).as_told().order_by("-number")
    shown = part(rows_of(follow_ups), request.GET.get("page"), FOLLOW_UPS_SHOWN)
    shown.rows[:] = [as_read_by(request.user, row) for row in with_proofs(shown.rows, request.user)]
    moves = task_actions(request.user, task)
    # The task's own, its follow-ups' and those of its date.
    about = Q(subject=task.code) | Q(subject__startswith=f"{task.code}-S") | Q(subject__startswith=f"{task.code}-R")
    entries = list(Entry.objects.filed_under(task.commitment.dossier).filter(about)[:ENTRIES_SHOWN])
    return render(
        request,
        "projects/task_detail.html",
        {
            "task": task,
            "pause": pause_of(request.user, task),
            "same_office": any(row.same_office for row in shown.rows if row.progress == task.verified_progress),
            "why": why(TASK_RULE, task, on),
            "follow_ups": shown,
            "history": events(entries, names_in(entries)),
            "moves": moves,
            "ask_url": asking_address(task, moves),
            "dates": history_of(task, request.user),
        },
    )
