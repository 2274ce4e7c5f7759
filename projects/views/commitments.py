"""The public list of commitments and each one's page."""

from django.db.models import F, QuerySet
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
    rows = found.rows(day.commitments.for_list(day.on))
    return told(rows) if day.is_past else rows


@public_page("page", unbounded=("before", "on"))
@on_a_day
def commitment_detail(request: HttpRequest, day: Day, code: str) -> HttpResponse:
    commitment = _past(day, code) if day.is_past else _today(day, code)
    dossier = f"commitment:{code}"
    entries = day.entries.filter(dossier=dossier).order_by("-seq")
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 16:
        entries = entries.filter(seq__lt=int(before))
    shown = list(entries[: ENTRIES_SHOWN + 1])
    history, older = shown[:ENTRIES_SHOWN], shown[ENTRIES_SHOWN:]
    today = commitment.commitment if day.is_past else commitment
    accepted = FollowUp.objects.accepted().filter(task__commitment__code=code)
    if day.is_past:
        accepted = accepted.filter(decided_at__lt=day.ends_at)
    moves = () if day.is_past else commitment_actions(request.user, commitment)
    return render(
        request,
        "projects/commitment_detail.html",
        {
            "day": day,
            "commitment": commitment,
            "pause": None if day.is_past else pause_of(request.user, today),
            "why": why(COMMITMENT_RULE, commitment, day.on),
            "recurrence_month": MONTHS.get(commitment.recurrence_month or 0),
            "agencies": commitment.named if day.is_past else commitment.agencies.select_related("parent"),
            "tasks": day.told(part(_tasks(commitment, day, request), request.GET.get("page"))),
            "follow_ups": with_evidence(accepted, request.user).order_by("-decided_at", "-pk")[:FOLLOW_UPS_SHOWN],
            "history": events(history, names_in(history)),
            "older": history[-1].seq if older else None,
            "moves": moves,
            "ask_url": asking_address(today, moves) if moves else "",
            "dates": _dates(commitment, day, request.user),
        },
    )


def _today(day: Day, code: str) -> Commitment:
    related = ("project__objective", "project__enabler")
    return get_object_or_404(Commitment.objects.with_clause(day.on).select_related(*related), code=code)


def _past(day: Day, code: str) -> CommitmentVersion:
    """With what the ledger told of it by then. Raises NoSuchDay where it was registered later."""
    today = get_object_or_404(Commitment, code=code)
    versions = CommitmentVersion.objects.on(day.on).with_clause(day.on)
    found = versions.select_related("commitment", "project", "objective").filter(commitment=today).first()
    if found is None:
        raise not_yet(CommitmentVersion.objects.filter(commitment=today))
    return with_words_of_the_day(found)


def _dates(commitment: Commitment | CommitmentVersion, day: Day, user: Person) -> DateHistory:
    """In the past what had been decided by then."""
    if isinstance(commitment, CommitmentVersion):
        changes = history_of(commitment.commitment, user).changes
        return DateHistory([row for row in changes if row.decided_at and row.decided_at < day.ends_at])
    return history_of(commitment, user)


def _tasks(commitment: Commitment | CommitmentVersion, day: Day, request: HttpRequest) -> QuerySet:
    """In the past those whose words were public; the proofs are today's alone."""
    if isinstance(commitment, CommitmentVersion):
        return day.few_tasks.public().filter(commitment=commitment.commitment_id).for_list(day.on).order_by("number")
    return commitment.tasks.visible_to(request.user).with_evidence_count().for_list(day.on).order_by("number")
