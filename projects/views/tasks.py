"""The public list of tasks and each one's page; the coordination office keeps them, and a focal point proposes one."""

from functools import partial

from django.db.models import FETCH_RAISE, Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from focalpoints import clock
from focalpoints.models import Entry
from focalpoints.models.entry import EntryQuerySet
from focalpoints.pages.charts import stacked
from focalpoints.pages.controls import controls
from focalpoints.pages.kit import carried_out, done, form_view, turned_away, typed
from focalpoints.pages.page_cache import public_page, read_by_some, stands_for
from focalpoints.pages.pager import page_at, part, rows_of
from focalpoints.pages.parameters import Unknown
from focalpoints.pages.signed_in import person
from focalpoints.rules import is_coordinator
from focalpoints.tables.answer import public_file
from projects import actions
from projects.actions.tasks import agencies_without_task
from projects.forms.agencies import agency_field
from projects.forms.tasks import (
    AssignmentForm,
    ProposalForm,
    TaskCorrectionForm,
    TaskFilter,
    TaskForAllForm,
    TaskForm,
)
from projects.light.rule import TASK_RULE
from projects.light.sentences import reason_of_task, task_called, this_task
from projects.light.verdict import of_listed_tasks
from projects.light.why import outlook, why
from projects.models import FollowUp, Reopening, Task, TaskVersion
from projects.reading import dossier
from projects.reading.as_of import not_yet, on_a_day, told
from projects.reading.date_history import history_of, history_then
from projects.reading.day import Day
from projects.reading.ends import request_that_ended
from projects.reading.figures import count_of, with_proofs
from projects.reading.history import events
from projects.reading.letters import as_read_by
from projects.reading.lists.lights import lights_of
from projects.reading.lists.listed_rows import tasks_by_key
from projects.reading.lists.listing import listing
from projects.reading.reopenings import accepted_then, reopenings_of_task
from projects.rules import agencies_proposing
from projects.tables.tasks import TABLE, task_rows
from projects.templatetags.pictures import list_segments
from projects.views.filters import filter_page
from projects.views.items import done_with_date, found_commitment, found_task, page_of
from projects.views.navigation import asking_address
from projects.views.pauses import pause_of
from projects.views.take_away import list_file

ENTRIES_SHOWN, FOLLOW_UPS_SHOWN = 60, 20


@public_page(*TaskFilter.params(), unbounded=TaskFilter.UNBOUNDED, unknown=Unknown.SAID)
def task_list(request: HttpRequest) -> HttpResponse:
    today = Day.today()
    filters = TaskFilter(request.GET, TaskFilter.listed(today), on=today.on)  # type: ignore[arg-type]  # of tasks
    rows, stands = partial(tasks_by_key, day=today), partial(stands_for, request)
    found = listing(filters, request.GET.get("page"), rows, stands)
    return render(
        request,
        "projects/task_list.html",
        {
            "filters": filters,
            "form": filters.form,
            "found": found,
            "tasks": found.rows,
            "lights": (lights := lights_of(found)),
            "verdict": of_listed_tasks(lights),
            "bar": stacked(list_segments("task", lights, filters.query)),
        },
        status=found.status,
    )


@public_file(*TaskFilter.params())
def task_download(request: HttpRequest, fmt: str) -> HttpResponseBase:
    """The rows of the list, all pages."""
    today = Day.today()
    filters = TaskFilter(request.GET, TaskFilter.listed(today), on=today.on)  # type: ignore[arg-type]  # of tasks
    return list_file(
        request, TABLE, fmt, filters, lambda: task_rows(filters.qs, today.on), "projects:task_list", task_list
    )


@public_page(*TaskFilter.params(), unbounded=TaskFilter.UNBOUNDED, unknown=Unknown.SAID)
def task_filter(request: HttpRequest) -> HttpResponse:
    filters = TaskFilter(request.GET, Task.objects.none(), on=clock.today(), is_whole=True)  # type: ignore[arg-type]  # of tasks
    return filter_page(
        request, filters.form, "projects:task_list", groups=filters.groups,
        listed=_("Tasks"), title=_("Filter the tasks"),
    )  # fmt: skip


@public_page("page", "on")
@on_a_day
def task_detail(request: HttpRequest, day: Day, code: str) -> HttpResponse:
    """Only those who may see a proposal get its page, and only they see follow-ups that were not accepted."""
    if day.is_past:
        return _task_then(request, day, code)
    on = day.on
    task = get_object_or_404(
        Task.objects.visible_to(request.user)
        .with_clause(on)
        .with_proven()
        .annotate(noted=count_of(FollowUp.objects.filter(task=OuterRef("pk"), state=FollowUp.State.NOTED)))
        .annotate(was_reopened=Exists(Reopening.objects.filter(follow_up__task=OuterRef("pk")).order_by()))
        .select_related("agency__parent", "commitment__project", "replaces", "follows"),
        code=code,
    )
    if task.state not in Task.PUBLIC_STATES:
        read_by_some(request)
    said = FollowUp.objects.filter(task=task).exclude(state=FollowUp.State.RETRACTED)
    follow_ups = said.visible_to(request.user).for_page().order_by("-number")
    shown = part(rows_of(follow_ups), request.GET.get("page"), FOLLOW_UPS_SHOWN)
    shown.rows[:] = [as_read_by(request.user, row) for row in with_proofs(shown.rows, request.user)]
    moves, dates = controls(request.user, task), history_of(task, request.user)
    entries = list(_entries_about(task)[:ENTRIES_SHOWN])
    return render(
        request,
        "projects/task_detail.html",
        {
            "day": day,
            "task": task,
            "ended_by": request_that_ended(task),
            "pause": pause_of(request.user, task),
            "same_office": any(row.same_office for row in shown.rows if row.progress == task.verified_progress),
            "why": why(TASK_RULE, task, on),
            "verdict": reason_of_task(task, this_task(), on, day.thresholds),
            "reasons": [reason_of_task(task, task_called(task.title, task.agency.short_name), on, day.thresholds)],
            "outlook": outlook(TASK_RULE, task, on),
            "obstacle_waits": task.has_obstacle and not any(row.obstacle for row in shown.rows[:1]),
            "follow_ups": shown,
            "reopenings": reopenings_of_task(task.pk) if task.was_reopened else [],  # type: ignore[attr-defined]  # annotated
            "history": events(entries),
            "moves": moves,
            "ask_url": asking_address(moves),
            "dates": dates,
            "undated_days": dates.undated_days(task.confirmed_on),
        },
    )


def _entries_about(task: Task) -> EntryQuerySet:
    """About the task, its follow-ups (-S) and requests (-R)."""
    about = Q(subject=task.code) | Q(subject__startswith=f"{task.code}-S") | Q(subject__startswith=f"{task.code}-R")
    return Entry.objects.filed_under(task.commitment.dossier).filter(about)


def _task_then(request: HttpRequest, day: Day, code: str) -> HttpResponse:
    """What was public of it by the end of a past day, and nothing to press. Raises NoSuchDay if it was not public by then."""
    version = dossier.task_then(code, day)
    if version is None:
        task = get_object_or_404(Task.objects.public(), code=code)
        raise not_yet(TaskVersion.objects.public().filter(task=task))
    [version], until = told([version]), day.ends_at
    task = version.task
    task.commitment = version.commitment
    return render(
        request,
        "projects/task_then.html",
        {
            "day": day,
            "task": version,
            "why": why(TASK_RULE, version, day.on),
            "verdict": reason_of_task(version, this_task(), day.on, day.thresholds),
            "reasons": [
                reason_of_task(version, task_called(version.title, version.agency.short_name), day.on, day.thresholds)
            ],
            "dates": history_then(task, request.user, until),
            "reopenings": accepted_then(until, task.pk),
            "follow_ups": dossier.accepted_of_task_before(until, task.pk, request.user, FOLLOW_UPS_SHOWN),
            "history": events(list(_entries_about(task).filter(at__lt=until)[:ENTRIES_SHOWN]), day=day),
        },
    )


@form_view
def task_create(request: HttpRequest, code: str) -> HttpResponse:
    commitment = found_commitment(code)
    if answer := turned_away(request, "task.define", commitment, page_of(commitment)):
        return answer
    form = TaskForm(typed(request), agency=agency_field(commitment), commitment=commitment)
    if carried_out(request, form, partial(actions.define_task, is_fictional=person(request).is_fictional), commitment):
        said = _("The task was added. Its focal points see it in “My work”.")
        return done_with_date(request, said, page_of(form.outcome), due=form.outcome.due, commitment=commitment)
    context = {"form": form, "commitment": commitment}
    return render(request, "projects/task_create.html", context, status=form.status)


@form_view
def task_create_for_all(request: HttpRequest, code: str) -> HttpResponse:
    """The page says how many agencies get one before anything is pressed."""
    commitment = found_commitment(code)
    if answer := turned_away(request, "task.define_for_all", commitment, page_of(commitment)):
        return answer
    form = TaskForAllForm(typed(request), commitment=commitment)
    if carried_out(
        request, form, partial(actions.define_task_for_all, is_fictional=person(request).is_fictional), commitment
    ):
        count = len(form.outcome)
        said = ngettext("%(count)d task was added.", "%(count)d tasks were added.", count) % {"count": count}
        return done_with_date(request, said, page_of(commitment), due=form.cleaned_data["due"], commitment=commitment)
    context = {"form": form, "commitment": commitment, "missing": agencies_without_task(commitment).count()}
    return render(request, "projects/task_create_for_all.html", context, status=form.status)


@form_view
def task_propose(request: HttpRequest, code: str) -> HttpResponse:
    commitment = found_commitment(code)
    if answer := turned_away(request, "task.propose", commitment, page_of(commitment)):
        return answer
    form = ProposalForm(typed(request), agencies=agencies_proposing(person(request), commitment), commitment=commitment)
    if carried_out(request, form, actions.propose_task, commitment):
        said = _("The proposal was sent. It counts once the coordination office confirms it.")
        return done_with_date(request, said, page_of(form.outcome), due=form.outcome.due, commitment=commitment)
    context = {"form": form, "commitment": commitment}
    return render(request, "projects/task_propose.html", context, status=form.status)


@never_cache
@require_safe
def proposal_list(request: HttpRequest) -> HttpResponse:
    """The proposals that wait for a decision, oldest first. Raises Http404 for everybody but coordinators."""
    if not is_coordinator(request.user):
        raise Http404
    waiting = Task.objects.filter(state=Task.State.PROPOSED).select_related("agency", "commitment").order_by("pk")
    page = page_at(waiting.fetch_mode(FETCH_RAISE), request.GET.get("page"))
    return render(request, "projects/proposal_list.html", {"page": page})


@form_view
def task_correct(request: HttpRequest, code: str) -> HttpResponse:
    task = found_task(request, code)
    if answer := turned_away(request, "task.correct", task, page_of(task)):
        return answer
    form = TaskCorrectionForm(typed(request), row=task)
    if carried_out(request, form, actions.correct_task, task):
        return done(request, _("The correction was recorded."), page_of(task))
    context = {"form": form, "task": task}
    return render(request, "projects/task_correct.html", context, status=form.status)


@form_view
def task_assign(request: HttpRequest, code: str) -> HttpResponse:
    task = found_task(request, code)
    if answer := turned_away(request, "task.assign", task, page_of(task)):
        return answer
    form = AssignmentForm(typed(request), row=task)
    if carried_out(request, form, actions.assign_task, task):
        said = _("The task was passed on. What was said so far stays with who said it.")
        return done(request, said, page_of(task))
    return render(request, "projects/task_assign.html", {"form": form, "task": task}, status=form.status)
