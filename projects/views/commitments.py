"""The public list of commitments and each one's page."""

from typing import Any

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.dates import MONTHS

from focalpoints.caching import public_page
from focalpoints.rules import Person
from projects.as_of import Day, not_yet, on_a_day, told, with_words_of_the_day
from projects.dates import DateHistory, history_of
from projects.filters import CommitmentFilter, parts_of_date
from projects.history import events, names_in
from projects.lights import COMMITMENT_RULE
from projects.models import Commitment, CommitmentVersion, FollowUp
from projects.navigation import asking_address, commitment_actions, office_actions
from projects.paging import Listing, listing, part
from projects.queries import with_evidence
from projects.why import why

from .pauses import pause_of

ENTRIES_SHOWN, FOLLOW_UPS_SHOWN = 40, 10


@public_page(
    *CommitmentFilter.params(),
    unbounded=("q", "agency", "on", *parts_of_date("due_from"), *parts_of_date("due_to")),
    strict=True,
)
@on_a_day
def commitment_list(request: HttpRequest, day: Day) -> HttpResponse:
    commitments = day.commitments.as_rows().with_light(day.on).order_by(F("due").asc(nulls_last=True), "pk")
    filters = CommitmentFilter(request.GET, commitments, on=day.on)
    found = listing(filters, request.GET.get("page"))
    return render(
        request,
        "projects/commitment_list.html",
        {
            "day": day,
            "filters": filters,
            "form": filters.form,
            "found": found,
            "commitments": _shown(found, day),
            "moves": () if day.is_past else office_actions(request.user),
        },
        status=found.status,
    )


def _shown(found: Listing, day: Day) -> list:
    rows = found.rows(day.few_commitments.for_list(day.on))
    return told(rows) if day.is_past else rows


@public_page("page", unbounded=("before", "on"))
@on_a_day
def commitment_detail(request: HttpRequest, day: Day, code: str) -> HttpResponse:
    stood = _past(request.user, day, code) if day.is_past else _today(request.user, day, code)
    commitment, tasks, accepted = stood["commitment"], stood.pop("tasks"), stood.pop("accepted")
    entries = day.entries.filter(dossier=f"commitment:{code}").order_by("-seq")
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 16:
        entries = entries.filter(seq__lt=int(before))
    shown = list(entries[: ENTRIES_SHOWN + 1])
    history, older = shown[:ENTRIES_SHOWN], shown[ENTRIES_SHOWN:]
    return render(
        request,
        "projects/commitment_detail.html",
        {
            **stood,
            "day": day,
            "why": why(COMMITMENT_RULE, commitment, day.on),
            "recurrence_month": MONTHS.get(commitment.recurrence_month or 0),
            "tasks": day.told(part(tasks.for_list(day.on).order_by("number"), request.GET.get("page"))),
            "follow_ups": with_evidence(accepted, request.user).order_by("-decided_at", "-pk")[:FOLLOW_UPS_SHOWN],
            "history": events(history, names_in(history)),
            "older": history[-1].seq if older else None,
        },
    )


def _today(user: Person, day: Day, code: str) -> dict[str, Any]:
    related = ("project__objective", "project__enabler")
    commitment = get_object_or_404(Commitment.objects.with_clause(day.on).select_related(*related), code=code)
    moves = commitment_actions(user, commitment)
    return {
        "commitment": commitment,
        "agencies": commitment.agencies.select_related("parent"),
        "pause": pause_of(user, commitment),
        "moves": moves,
        "ask_url": asking_address(commitment, moves),
        "dates": history_of(commitment, user),
        "tasks": commitment.tasks.visible_to(user).with_evidence_count(),
        "accepted": FollowUp.objects.accepted().filter(task__commitment=commitment),
    }


def _past(user: Person, day: Day, code: str) -> dict[str, Any]:
    """The same with what was known by then: nothing to do, the tasks whose words were public, the dates decided.

    Raises NoSuchDay where it was registered later.
    """
    today = get_object_or_404(Commitment, code=code)
    versions = CommitmentVersion.objects.on(day.on).with_clause(day.on)
    version = versions.select_related("commitment", "project", "objective").filter(commitment=today).first()
    if version is None:
        raise not_yet(CommitmentVersion.objects.filter(commitment=today))
    commitment = with_words_of_the_day(version)
    changes = history_of(today, user).changes
    return {
        "commitment": commitment,
        "agencies": commitment.named,
        "dates": DateHistory([row for row in changes if row.decided_at and row.decided_at < day.ends_at]),
        "tasks": day.few_tasks.public().filter(commitment=today),
        "accepted": FollowUp.objects.accepted().filter(task__commitment=today, decided_at__lt=day.ends_at),
    }
