"""Decisions on many follow-ups at once, and the opening of the evidence that has to be looked at before."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import ngettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from focalpoints.pages.kit import VerbForm, carried_out, done, form_view, typed
from focalpoints.pages.signed_in import allowed, person
from focalpoints.rules import is_coordinator
from projects import actions
from projects.actions.bulk import MOST, BulkOutcome
from projects.forms.bulk import AcceptInBulkForm, ReturnInBulkForm
from projects.models import Evidence, FollowUp
from projects.views.deciding import query_of


@dataclass(frozen=True, slots=True)
class BulkChoice:
    """One of the two buttons of the queue; `said` follows, with `n`."""

    form: type[VerbForm]
    verb: Callable[..., BulkOutcome]
    said: Any


CHOICES: Mapping[str, BulkChoice] = {
    "accept": BulkChoice(
        AcceptInBulkForm,
        actions.accept_in_bulk,
        ngettext_lazy("%(n)d follow-up was accepted.", "%(n)d follow-ups were accepted.", "n"),
    ),
    "return": BulkChoice(
        ReturnInBulkForm,
        actions.return_in_bulk,
        ngettext_lazy("%(n)d follow-up was returned.", "%(n)d follow-ups were returned.", "n"),
    ),
}


@form_view
def review_in_bulk(request: HttpRequest) -> HttpResponse:
    """Accept what was ticked, or ask for the comment with which it is returned. What could not be decided is told one by one."""
    if not is_coordinator(request.user):
        raise Http404
    query, data = query_of(request), typed(request)
    queue = reverse("projects:review_queue") + query
    decision = data.get("decision", "") if data else ""
    if data is None or decision not in CHOICES:
        return redirect(queue)
    choice = CHOICES[decision]
    asks = decision == "return" and "comment" not in data
    form = choice.form(initial={"chosen": data.getlist("chosen")}) if asks else choice.form(data)
    context = {"decision": decision, "query": query, "queue_url": queue, "form": form, "outcome": None, "said": ""}
    if not asks and carried_out(request, form, choice.verb):
        outcome: BulkOutcome = form.outcome
        said = choice.said % {"n": len(outcome.decided)}
        if not outcome.left:
            return done(request, said, queue)
        return render(request, "projects/review_in_bulk.html", context | {"outcome": outcome, "said": said})
    chosen = form["chosen"].value() or []
    keys = [text.partition(".")[0] for text in chosen if text.partition(".")[0].isdecimal()][:MOST]
    rows = FollowUp.objects.visible_to(request.user).exclude(state=FollowUp.State.DRAFT)
    shown = rows.filter(pk__in=[int(key) for key in keys if len(key) < 16]).select_related("agency", "task")
    return render(
        request, "projects/review_in_bulk.html", context | {"follow_ups": shown.order_by("submitted_at", "pk")},
        status=form.status,
    )  # fmt: skip


@never_cache
@require_POST
def evidence_open(request: HttpRequest, key: UUID) -> HttpResponse:
    """Note that the coordinator looks at it, and lead to the file, or say where the link leads: the policy lets no form lead there."""
    evidence = get_object_or_404(
        Evidence.objects.visible_to(request.user).select_related("follow_up__task__commitment", "follow_up__agency"),
        key=key,
    )
    allowed(request, "evidence.open", evidence)
    actions.open_evidence(evidence, by=person(request))
    if evidence.file:
        return redirect("projects:evidence_download", evidence.key)
    return render(request, "projects/evidence_open.html", {"evidence": evidence, "follow_up": evidence.follow_up})
