"""The public list of commitments and each one's page; the coordination office adds, corrects and cancels them."""

import sys
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from focalpoints import clock
from focalpoints.pages.charts import stacked
from focalpoints.pages.controls import Control, control_of, controls
from focalpoints.pages.kit import carried_out, done, form_view, turned_away, typed
from focalpoints.pages.page_cache import public_page, stands_for
from focalpoints.pages.pager import page_number
from focalpoints.pages.parameters import Unknown
from focalpoints.pages.signed_in import allowed
from focalpoints.rules import Person, is_coordinator
from focalpoints.tables.answer import public_file
from focalpoints.workflow import VERBS
from projects import actions
from projects.forms.commitments import CommitmentCorrectionForm, CommitmentFilter, CommitmentForm
from projects.light.item_verdicts import verdict_of_commitment
from projects.light.rule import COMMITMENT_RULE
from projects.light.sentences import commitment_called, reasons_of_commitment
from projects.light.verdict import of_list
from projects.light.why import outlook, why
from projects.models import Commitment, CommitmentVersion
from projects.reading import dossier
from projects.reading.as_of import not_yet, on_a_day, with_words_of_the_day
from projects.reading.commitment_tasks import shown_then
from projects.reading.date_history import history_then
from projects.reading.day import Day
from projects.reading.disagreements import ANY, said_of
from projects.reading.ends import request_that_ended
from projects.reading.findings import latest_in_force
from projects.reading.history import events
from projects.reading.lists.filter_form import parts_of_date
from projects.reading.lists.lights import lights_of
from projects.reading.lists.listed_rows import commitments_by_key
from projects.reading.lists.listing import listing
from projects.reading.periods import series_of
from projects.rules import agencies_proposing
from projects.tables.commitments import TABLE, commitment_rows
from projects.templatetags.pictures import list_segments
from projects.templatetags.timelines import task_segments, task_subject
from projects.views.filters import filter_page
from projects.views.items import done_with_date, found_commitment, page_of
from projects.views.navigation import asking_address, office_actions
from projects.views.pauses import pause_of
from projects.views.take_away import list_file
from projects.workflow import BARRED

# Of follow-ups and of the history: the latest, and as many at once for whoever goes on to all.
LATEST, MANY = 5, 50


TYPED = ("q", "agency", "portfolio", *parts_of_date("due_from"), *parts_of_date("due_to"))


@public_page(*CommitmentFilter.params(), unbounded=TYPED, unknown=Unknown.SAID)
@on_a_day
def commitment_list(request: HttpRequest, day: Day) -> HttpResponse:
    filters = CommitmentFilter(request.GET, CommitmentFilter.listed(day), on=day.on)  # type: ignore[arg-type]
    rows, stands = partial(commitments_by_key, day=day), partial(stands_for, request)
    found = listing(filters, request.GET.get("page"), rows, stands)
    disagrees = found.status == 200 and "disagreement" in filters.narrowing
    return render(
        request,
        "projects/commitment_list.html",
        {
            "day": day,
            "filters": filters,
            "form": filters.form,
            "found": found,
            "commitments": found.rows,
            "lights": (lights := lights_of(found)),
            "verdict": of_list(lights, day.thresholds, is_whole=not filters.narrowing),
            "bar": stacked(list_segments("commitment", lights, filters.query)),
            "title": _("Discrepancies") if disagrees else _("Commitments"),
            "disagrees": disagrees,
            "notes": said_of([row.pk for row in found.rows], day) if disagrees else (),
            "moves": () if day.is_past else office_actions(request.user),
        },
        status=found.status,
    )


@public_file(*CommitmentFilter.params())
@on_a_day
def commitment_download(request: HttpRequest, day: Day, fmt: str) -> HttpResponseBase:
    """The rows of the list, all pages. With wrong filters the list itself answers, which says what is wrong."""
    filters = CommitmentFilter(request.GET, CommitmentFilter.listed(day), on=day.on)  # type: ignore[arg-type]
    rows = partial(commitment_rows, filters, day)
    return list_file(request, TABLE, fmt, filters, rows, "projects:commitment_list", commitment_list)


@public_page(*CommitmentFilter.params(), unbounded=TYPED, unknown=Unknown.SAID)
def commitment_filter(request: HttpRequest) -> HttpResponse:
    filters = CommitmentFilter(request.GET, Commitment.objects.none(), on=clock.today(), is_whole=True)
    return filter_page(
        request, filters.form, "projects:commitment_list", groups=filters.groups,
        listed=_("Commitments"), title=_("Filter the commitments"),
    )  # fmt: skip


@login_not_required
@require_safe
def disagreement_list(request: HttpRequest) -> HttpResponse:
    """The list of commitments of which what was claimed, verified, assessed and printed disagree. Its filters are the list's."""
    query = request.GET.copy()
    query.setdefault("disagreement", ANY)
    return redirect(reverse("projects:commitment_list", query=query))


@public_page("on", "page", unbounded=("before", "follow_ups"))
@on_a_day
def commitment_detail(request: HttpRequest, day: Day, code: str) -> HttpResponse:
    """`?follow_ups=2` goes on to the second page of all follow-ups, `?before=…` to what happened before that entry."""
    before, shown = _number(request.GET.get("before", "")), MANY if "before" in request.GET else LATEST
    page, asked = page_number(request.GET.get("page")) or 1, page_number(request.GET.get("follow_ups")) or 1
    all_follow_ups = "follow_ups" in request.GET
    first, many = (asked - 1) * MANY if all_follow_ups else 0, MANY if all_follow_ups else LATEST
    stood = (_past if day.is_past else _today)(
        request.user, day, code, page, (first, first + many + 1), (before, shown + 1)
    )
    commitment, tasks = stood["commitment"], stood["tasks"]
    entries, accepted = stood.pop("entries"), stood.pop("follow_ups")
    history, older = entries[:shown], entries[shown:]
    lit_by = [(row, task_subject(row, day)) for row in tasks.deciding]
    return render(
        request,
        "projects/commitment_detail.html",
        {
            **stood,
            "day": day,
            "why": why(COMMITMENT_RULE, commitment, day.on),
            "verdict": verdict_of_commitment(commitment, tasks.lights, day.on),
            "reasons": reasons_of_commitment(commitment, commitment_called(code), lit_by, day.on, day.thresholds),
            "bar": stacked(task_segments(tasks.lights, commitment.code, day)),
            "outlook": None if day.is_past else outlook(COMMITMENT_RULE, commitment, day.on),
            "latest_finding": latest_in_force(stood["findings"]),
            "series": series_of(commitment, day),
            "recurrence_month": MONTHS.get(commitment.recurrence_month or 0),
            "follow_ups": accepted[:many],
            "all_follow_ups": all_follow_ups,
            "more_follow_ups": (asked + 1 if all_follow_ups else 1) if len(accepted) > many else None,
            "history": events(history, day=day),
            "older": history[-1].seq if older else None,
        },
    )


def _today(
    user: Person, day: Day, code: str, page: int, follow_ups: tuple[int, int], entries: tuple[int, int]
) -> dict[str, Any]:
    """What the page shows today (see `read_today`). Ten queries at most, whose SQL is built once."""
    found = dossier.commitment_of(code, day)
    if not found:
        raise Http404
    [commitment] = found
    moves, findings = controls(user, commitment), dossier.findings(commitment)
    read = dossier.read_today(commitment, user, day, page=page, follow_ups=follow_ups, entries=entries)
    commitment.defined_late = read.defined_late  # type: ignore[attr-defined]
    return {
        "commitment": commitment,
        "agencies": read.agencies if commitment.binds == Commitment.Binds.NAMED else [],
        "ended_by": request_that_ended(commitment),
        "pause": pause_of(user, commitment),
        "moves": moves + _barred(user, commitment, moves),
        "ask_url": asking_address(moves),
        "dates": dossier.dates_of(commitment, user),
        "findings": findings,
        "answers": bool(findings) and bool(agencies_proposing(user, commitment)),
        "tasks": read.tasks,
        "follow_ups": read.follow_ups,
        "entries": read.entries,
    }


def _barred(user: Person, commitment: Commitment, moves: list[Control]) -> list[Control]:
    """Why a coordinator does not find what became of it, where only that keeps the control away."""
    assess = VERBS["assessment.assess"]
    if (
        not is_coordinator(user)
        or assess.wrong_moment_of(commitment)
        or any(move.verb == assess.name for move in moves)
    ):
        return []
    return [control_of(assess, commitment)._replace(reason=str(BARRED))]


def _past(
    user: Person, day: Day, code: str, page: int, follow_ups: tuple[int, int], entries: tuple[int, int]
) -> dict[str, Any]:
    """What the page shows of a past day: what was public by then, and nothing to press. Twelve queries, whose SQL is built once.

    Raises NoSuchDay if the commitment was registered later.
    """
    version = dossier.version_of(code, day)
    if version is None:
        raise not_yet(CommitmentVersion.objects.filter(commitment=get_object_or_404(Commitment, code=code)))
    commitment, today, until = with_words_of_the_day(version), version.commitment, day.ends_at
    dossier.add_proof(version, day)
    return {
        "commitment": commitment,
        "agencies": commitment.named,
        "ended_by": None,
        "pause": None,
        "moves": (),
        "ask_url": "",
        "dates": history_then(today, user, until),
        "findings": dossier.findings_before(until, version),
        "answers": False,
        "tasks": shown_then(version, day, page),
        "follow_ups": dossier.accepted_before(until, today.pk, user, follow_ups),
        "entries": dossier.entries_before(until, today.dossier, *entries),
    }


def _number(text: str) -> int:
    """The number of an entry as it stands in the address; for anything else, one beyond all entries."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else sys.maxsize


@form_view
def commitment_create(request: HttpRequest) -> HttpResponse:
    """Pages of projects link here with `?project=<slug>`."""
    allowed(request, "commitment.create")
    form = CommitmentForm(typed(request), initial={"project": request.GET.get("project", "")})
    if carried_out(request, form, actions.create_commitment):
        said = _("The commitment was added. Now define its tasks.")
        return done_with_date(request, said, page_of(form.outcome), due=form.outcome.due)
    return render(request, "projects/commitment_create.html", {"form": form}, status=form.status)


@form_view
def commitment_correct(request: HttpRequest, code: str) -> HttpResponse:
    commitment = found_commitment(code)
    if answer := turned_away(request, "commitment.correct", commitment, page_of(commitment)):
        return answer
    form = CommitmentCorrectionForm(typed(request), row=commitment)
    if carried_out(request, form, actions.correct_commitment, commitment):
        return done(request, _("The correction was recorded."), page_of(commitment))
    context = {"form": form, "commitment": commitment}
    return render(request, "projects/commitment_correct.html", context, status=form.status)
