"""Downloads of evidence, the only way out of its private folder; and the pages on which something is redacted."""

import logging
from typing import cast
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from focalpoints.pages.kit import carried_out, done, form_view, typed
from focalpoints.pages.parameters import Unknown, understands
from focalpoints.pages.signed_in import allowed
from projects import actions
from projects.forms.evidence_types import file_name
from projects.forms.review import RedactionForm
from projects.models import Commitment, Evidence, FollowUp, Request, Task
from projects.reading.by_code import found_follow_up
from projects.reading.letters import as_read_by
from projects.views.dates import found, page_of_change
from projects.views.items import item_context

logger = logging.getLogger(__name__)
# For a browser that opens the file instead of saving it: no script, no form, no request.
SANDBOX = "sandbox; default-src 'none'"
REDACTED = gettext_lazy("Hidden at once. A colleague decides whether it is emptied for good.")


@login_not_required
@require_safe
@understands(unknown=Unknown.REFUSED)
def evidence_download(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """A file to save. Everybody gets that of an accepted follow-up or an approved date."""
    visible = Evidence.objects.visible_to(request.user).exclude(file="").select_related("follow_up", "request")
    evidence = get_object_or_404(visible, key=key)
    is_public = _is_public(evidence)
    etag = f'"{evidence.sha256}"'
    if is_public and (unchanged := get_conditional_response(request, etag=etag)):
        return unchanged
    try:
        content = evidence.file.open("rb")
    except FileNotFoundError:
        logger.error("The file of evidence %s is missing from the folder.", evidence.key)
        raise Http404 from None
    # Caches must ask each time: the file may be redacted.
    caching = (
        {"Cache-Control": "public, no-cache", "ETag": etag} if is_public else {"Cache-Control": "private, no-store"}
    )
    return FileResponse(
        content,
        as_attachment=True,
        filename=file_name(evidence.title, evidence.content_type),
        content_type=evidence.content_type,
        headers={"Content-Security-Policy": SANDBOX, **caching},
    )


def _is_public(evidence: Evidence) -> bool:
    subject = evidence.follow_up or evidence.request
    if subject is None or subject.is_hidden or evidence.is_hidden:
        return False
    return subject.state in {FollowUp.State.ACCEPTED, Request.State.APPROVED}


@form_view
def evidence_redact(request: HttpRequest, key: UUID) -> HttpResponse:
    visible = Evidence.objects.visible_to(request.user).filter(redaction="")
    evidence = get_object_or_404(
        visible.select_related("follow_up__task__commitment", "request__task__commitment", "request__commitment"),
        key=key,
    )
    back, item = page_and_item(evidence)
    form = _redaction_form(request, evidence)
    if carried_out(request, form, actions.ask_redaction, evidence):
        return done(request, REDACTED, back[0])
    context = {"form": form, "evidence": evidence, "back": back, **item_context(item)}
    return render(request, "projects/evidence_redact.html", context, status=form.status)


def page_and_item(evidence: Evidence) -> tuple[tuple[str, str], Commitment | Task]:
    """Address and code of the follow-up or request that it proves, and the task or commitment that this is of."""
    if change := evidence.request:
        return (page_of_change(change.code), change.code), change.item
    follow_up = cast(FollowUp, evidence.follow_up)
    return (reverse("projects:follow_up_detail", args=[follow_up.code]), follow_up.code), follow_up.task


@form_view
def follow_up_redact(request: HttpRequest, code: str) -> HttpResponse:
    follow_up = found_follow_up(code, request.user, "task__commitment", "agency")
    form = _redaction_form(request, follow_up)
    if carried_out(request, form, actions.ask_redaction, follow_up):
        return done(request, REDACTED, reverse("projects:follow_up_detail", args=[follow_up.code]))
    shown = as_read_by(request.user, follow_up)
    context = {"form": form, "follow_up": shown, "task": follow_up.task}
    return render(request, "projects/follow_up_redact.html", context, status=form.status)


@form_view
def request_redact(request: HttpRequest, code: str) -> HttpResponse:
    change = found(request, code)
    if change.item is None:  # about the thresholds, whose reason stays
        raise Http404
    form = _redaction_form(request, change)
    if carried_out(request, form, actions.ask_redaction, change):
        return done(request, REDACTED, page_of_change(change.code))
    together = Request.objects.asked_with(change).exclude(pk=change.pk).count()
    context = {"form": form, "change": change, "together": together, **item_context(change.item)}
    return render(request, "projects/request_redact.html", context, status=form.status)


def _redaction_form(request: HttpRequest, subject: FollowUp | Evidence | Request) -> RedactionForm:
    allowed(request, "request.ask_redaction", subject)
    return RedactionForm(typed(request))
