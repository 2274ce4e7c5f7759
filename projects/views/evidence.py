"""Evidence leaves the private folder only through here."""

import logging
from collections.abc import Callable
from functools import partial
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from focalpoints.models import Entry, User
from focalpoints.pages.carried import take_back
from focalpoints.workflow import NotPossible
from projects import actions
from projects.forms.evidence_types import file_name
from projects.forms.review import RedactionForm
from projects.models import DateChange, Evidence, FollowUp
from projects.reading.letters import as_read_by
from projects.rules import redacts

from .dates import found, parts_of

logger = logging.getLogger(__name__)
# Opened after all, it may do nothing: no script, no form, no request.
SANDBOX = "sandbox; default-src 'none'"


@login_not_required
@require_safe
def evidence_download(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """A file as an attachment; of an accepted follow-up or an approved date to everybody."""
    visible = Evidence.objects.visible_to(request.user).exclude(file="").select_related("follow_up", "date_change")
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
    # Public, but asked for each time: it may be redacted.
    caching = (
        {"Cache-Control": "public, no-cache", "ETag": etag} if is_public else {"Cache-Control": "private, no-store"}
    )
    return FileResponse(
        content,
        as_attachment=True,
        filename=file_name(evidence.title, evidence.content_type),
        content_type=evidence.content_type,
        headers={
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": SANDBOX,
            "Cross-Origin-Resource-Policy": "same-origin",
            **caching,
        },
    )


def _is_public(evidence: Evidence) -> bool:
    if evidence.follow_up:
        return evidence.follow_up.state == FollowUp.State.ACCEPTED
    return evidence.date_change is not None and evidence.date_change.state == DateChange.State.APPROVED


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def evidence_redact(request: HttpRequest, key: UUID) -> HttpResponse:
    visible = Evidence.objects.visible_to(request.user).filter(redaction="")
    evidence = get_object_or_404(
        visible.select_related("follow_up__task", "date_change__task", "date_change__commitment"), key=key
    )
    back, above = _pages_of(evidence)
    form = _redaction_form(request, evidence)
    if _is_redacted(request, form, partial(actions.redact_evidence, evidence)):
        return redirect(back[0])
    context = {"form": form, "evidence": evidence, "back": back, "above": above}
    return render(request, "projects/evidence_redact.html", context)


def _pages_of(evidence: Evidence) -> tuple[tuple[str, str], tuple[str, str]]:
    """Address and code of what it proves, and of the task or commitment above that."""
    if change := evidence.date_change:
        kind = "task" if change.task else "commitment"
        page = reverse("projects:date_change_detail", args=[change.code]), change.code
        return page, (reverse(f"projects:{kind}_detail", args=[change.item.code]), change.item.code)
    follow_up = cast(FollowUp, evidence.follow_up)
    page = reverse("projects:follow_up_detail", args=[follow_up.code]), follow_up.code
    return page, (reverse("projects:task_detail", args=[follow_up.task.code]), follow_up.task.code)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow_up_redact(request: HttpRequest, code: str) -> HttpResponse:
    follow_up = get_object_or_404(FollowUp.objects.visible_to(request.user).select_related("task", "agency"), code=code)
    form = _redaction_form(request, follow_up)
    if _is_redacted(request, form, partial(actions.redact_follow_up, follow_up)):
        return redirect("projects:follow_up_detail", follow_up.code)
    shown = as_read_by(request.user, follow_up)
    return render(request, "projects/follow_up_redact.html", {"form": form, "follow_up": shown, "task": follow_up.task})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def date_change_redact(request: HttpRequest, code: str) -> HttpResponse:
    change = found(request, code)
    form = _redaction_form(request, change)
    if _is_redacted(request, form, partial(actions.redact_date_change, change)):
        return redirect("projects:date_change_detail", change.code)
    return render(
        request, "projects/date_change_redact.html", {"form": form, "change": change, **parts_of(change.item)}
    )


def _is_redacted(request: HttpRequest, form: RedactionForm, verb: Callable[..., Entry]) -> bool:
    """Carry `verb` out where the form was sent and nothing speaks against it."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        verb(by=_person(request), legal_basis=form.cleaned_data["legal_basis"])
    except NotPossible as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Redacted. The record says when, by whom and on which legal basis."))
    return True


def _redaction_form(request: HttpRequest, subject: FollowUp | Evidence | DateChange) -> RedactionForm:
    if not redacts(request.user, subject):
        raise PermissionDenied
    return RedactionForm(request.POST if request.method == "POST" else take_back(request))


def _person(request: HttpRequest) -> User:
    """Who is signed in; the middleware lets nobody else through."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
