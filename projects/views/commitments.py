"""The public list of commitments and each one's page."""

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.dates import MONTHS

from focalpoints import clock
from focalpoints.caching import public_page
from focalpoints.models import Entry
from projects.filters import CommitmentFilter, parts_of_date
from projects.history import events, names_in
from projects.lights import COMMITMENT_RULE
from projects.models import Commitment, FollowUp
from projects.navigation import commitment_actions, office_actions
from projects.paging import listing, part
from projects.queries import with_evidence
from projects.why import why

from .pauses import pause_of

ENTRIES_SHOWN, FOLLOW_UPS_SHOWN = 40, 10


@public_page(
    *CommitmentFilter.params(),
    unbounded=("q", "agency", *parts_of_date("due_from"), *parts_of_date("due_to")),
    strict=True,
)
def commitment_list(request: HttpRequest) -> HttpResponse:
    on = clock.today()
    commitments = Commitment.objects.with_light(on).order_by(F("due").asc(nulls_last=True), "pk")
    filters = CommitmentFilter(request.GET, commitments, on=on)
    found = listing(filters, request.GET.get("page"))
    return render(
        request,
        "projects/commitment_list.html",
        {
            "filters": filters,
            "form": filters.form,
            "found": found,
            "commitments": found.rows(Commitment.objects.for_list(on)),
            "moves": office_actions(request.user),
        },
        status=found.status,
    )


@public_page("page", unbounded=("before",))
def commitment_detail(request: HttpRequest, code: str) -> HttpResponse:
    on = clock.today()
    commitment = get_object_or_404(
        Commitment.objects.with_clause(on).select_related("project__objective", "project__enabler"), code=code
    )
    entries = Entry.objects.filed_under(commitment.dossier)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 16:
        entries = entries.filter(seq__lt=int(before))
    shown = list(entries[: ENTRIES_SHOWN + 1])
    history, older = shown[:ENTRIES_SHOWN], shown[ENTRIES_SHOWN:]
    tasks = commitment.tasks.visible_to(request.user).with_evidence_count().for_list(on).order_by("number")
    return render(
        request,
        "projects/commitment_detail.html",
        {
            "commitment": commitment,
            "pause": pause_of(request.user, commitment),
            "why": why(COMMITMENT_RULE, commitment, on),
            "recurrence_month": MONTHS.get(commitment.recurrence_month or 0),
            "agencies": commitment.agencies.select_related("parent"),
            "tasks": part(tasks, request.GET.get("page")),
            "follow_ups": with_evidence(
                FollowUp.objects.accepted().filter(task__commitment=commitment), request.user
            ).order_by("-decided_at", "-pk")[:FOLLOW_UPS_SHOWN],
            "history": events(history, names_in(history)),
            "older": history[-1].seq if older else None,
            "moves": commitment_actions(request.user, commitment),
        },
    )
