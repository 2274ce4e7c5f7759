"""A focal point writes, sends and takes back a follow-up; whoever may read it sees what became of it."""

from datetime import datetime
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_POST

from focalpoints import clock
from focalpoints.models import User
from focalpoints.pages.controls import control_for
from focalpoints.pages.kit import carried_out, done, form_view, pressed, revision_in, too_late, turned_away, typed
from focalpoints.pages.page_cache import public_page, read_by_some
from focalpoints.pages.signed_in import allowed, person
from focalpoints.pages.typed_text import take_back
from focalpoints.rules import acts_for
from focalpoints.sql.prepared import prepared
from focalpoints.workflow import VERBS, Busy, NotPossible, Stale, against, open_verbs
from projects import actions
from projects.actions.drafts import WORDS, says_the_same
from projects.forms.evidence import about_file
from projects.forms.follow_ups import FollowUpForm
from projects.forms.review import AnswerQuestionForm
from projects.models import Evidence, FollowUp, Task
from projects.models.follow_up import FollowUpQuerySet
from projects.reading.by_code import follow_up_for_verb, found_follow_up, found_task, task_for_verb
from projects.reading.differences import differences, words_of
from projects.reading.letters import (
    ReviewWords,
    as_read_by,
    last_words,
    letters,
    redaction_of_text,
    redactions_of_evidence,
    submissions,
)
from projects.reading.reopenings import reopenings_of
from projects.rules import reads_letters, redacts
from projects.workflow import UNPROVEN, against_no_change, is_unproven


# Not `no-store`: going back from an error page must find the typed text in the form.
@cache_control(private=True, no_cache=True)
@require_http_methods(["GET", "HEAD", "POST"])
def follow_up_edit(request: HttpRequest, code: str) -> HttpResponse:
    is_post = request.method == "POST"
    task = task_for_verb(code, request.user) if is_post else found_task(code, request.user, "agency", "commitment")
    allowed(request, "follow-up.save", task)
    if is_post:
        by_script = {"autosave": _autosave, "upload": _upload}.get(request.headers.get("X-Requested-With", ""), _write)
        return by_script(request, task)
    follow_up = next(iter(_in_hand(task.pk)), None)
    if follow_up and not follow_up.is_writable:
        return redirect("projects:follow_up_detail", follow_up.code)
    # What was written for a task that has ended is kept: its page leads on to the task's, which says why.
    kept = reverse("projects:follow_up_detail", args=[follow_up.code]) if follow_up else ""
    back = kept or reverse("projects:task_detail", args=[task.code])
    if answer := too_late(request, partial(against, "follow-up.save", task), back):
        return answer
    taken_back = take_back(request)
    form = FollowUpForm(taken_back, task=task, initial=words_of(follow_up) if follow_up else None)
    if taken_back is None:
        return _form_page(request, task, form, follow_up)
    form.forgive_gaps()
    return _form_page(request, task, form, follow_up, revision=form.revision)


def _autosave(request: HttpRequest, task: Task) -> JsonResponse:
    """Save what the page's script sends while the person types, without what cannot be read: pressing a button says that."""
    form = FollowUpForm(request.POST, task=task)
    form.forgive_gaps()
    saved_at = clock.now().strftime("%H:%M")
    if form.revision is None and not form.says_something:
        return JsonResponse({"saved_at": saved_at, "version": ""})
    try:
        follow_up = actions.save_in_background(
            task, by=person(request), revision=form.revision, page=form.page, **form.words
        )
    except NotPossible as refusal:
        return JsonResponse({"message": str(refusal)}, status=409)
    return JsonResponse({"saved_at": saved_at, "version": follow_up.revision})


def _upload(request: HttpRequest, task: Task) -> JsonResponse:
    """Add one file that the page's script sends by itself, to the draft that the page saves by itself too."""
    form, by = FollowUpForm(request.POST, request.FILES, task=task), person(request)
    form.forgive_gaps()
    if not form.uploads:
        return JsonResponse({"message": " ".join(map(str, form.errors.get("file", [_("Choose a file.")])))}, status=400)
    [upload] = form.uploads[:1]
    try:
        follow_up = task.follow_ups.in_hand().first() or actions.save_in_background(
            task, by=by, revision=None, page=form.page, **form.words
        )
        there = set(follow_up.evidence.values_list("pk", flat=True))
        file = actions.attach_file(follow_up, by=by, upload=upload, content_type=upload.content_type or "")
    except NotPossible as refusal:
        return JsonResponse({"message": about_file(upload.name, refusal)}, status=409)
    evidence = list(follow_up.evidence.all())
    listed = render_to_string("projects/_evidence_to_send.html", {"evidence": evidence}, request)
    said = _there_already(file) if file.pk in there else _("“%(name)s” was added.") % {"name": upload.name}
    # With its revision a page may write over a draft: not over one that somebody else began while this page was open.
    version = follow_up.revision if follow_up.saved_from == form.page else ""
    return JsonResponse({"said": said, "version": version, "listed": listed})


def _there_already(file: Evidence) -> str:
    said = _("This file was there already, under the name “%(name)s”. It was not added again.")
    return said % {"name": file.title}


def _write(request: HttpRequest, task: Task) -> HttpResponse:
    """One POST saves the text, adds or removes evidence, and sends the follow-up if that button was pressed."""
    form = FollowUpForm(request.POST, request.FILES, task=task)
    is_sending = "send" in request.POST
    if not is_sending:
        form.forgive_gaps()
    removed = request.POST.get("remove", "")
    try:
        if is_sending and not removed and (sent := _sent_at_once(form, by=person(request))):
            return _receipt(sent)
        follow_up = _keep(form, by=person(request), removed=removed)
        # What the page's script has sent by itself needs no more than that the text is saved.
        if "attach" in request.POST and form.brings_nothing and not (follow_up and follow_up.evidence.exists()):
            form.add_error("file", _("Choose a file, or enter a link."))
        if is_sending and follow_up and is_unproven(follow_up):
            form.add_error("file", UNPROVEN)
        if is_sending and follow_up and form.is_valid():
            actions.submit(follow_up, by=person(request), revision=follow_up.revision)
            return _receipt(follow_up)
    except Busy as refusal:
        form.refuse(refusal)
        return _form_page(request, task, form, None, status=409, revision=form.revision, page=form.page)
    except NotPossible as refusal:
        if is_sending and (sent := _sent_before(form, by=person(request))):
            return _receipt(sent)
        return _refused(request, task, form, refusal)
    for said in form.already_there:
        messages.warning(request, said)
    if not form.is_valid():
        return _form_page(request, task, form, follow_up, page=form.page)
    if not form.already_there:
        messages.success(request, _said(request))
    return redirect("projects:follow_up_edit", task.code)


def _sent_at_once(form: FollowUpForm, *, by: User) -> FollowUp | None:
    """Send in one step a follow-up that is complete and brings no new evidence. None where that is refused: saving alone may work."""
    if not form.is_valid() or form.brings_evidence:
        return None
    try:
        return actions.save_and_submit(form.task, by=by, revision=form.revision, page=form.page, **form.words)
    except Busy:
        raise
    except NotPossible:
        return None


def _keep(form: FollowUpForm, *, by: User, removed: str) -> FollowUp | None:
    """Save the draft, with the evidence. None while nothing was typed; evidence that is refused becomes its field's error."""
    form.is_valid()
    if form.revision is None and not form.says_something:
        return None
    follow_up = actions.save_draft(form.task, by=by, revision=form.revision, page=form.page, **form.words)
    before = set(follow_up.evidence.values_list("pk", flat=True)) if form.brings_evidence else set()
    for upload in form.uploads:
        try:
            file = actions.attach_file(follow_up, by=by, upload=upload, content_type=upload.content_type or "")
            if file.pk in before:
                form.already_there.append(_there_already(file))
        except NotPossible as refusal:
            form.add_error("file", about_file(upload.name, refusal))
    try:
        if link := form.added_link:
            title = form.cleaned_data.get("link_title", "")
            there = actions.attach_link(follow_up, by=by, url=link, title=title)
            if there.pk in before:
                said = _("This link was there already, as “%(name)s”. It was not added again.")
                form.already_there.append(said % {"name": there.title})
    except NotPossible as refusal:
        form.add_error("link", str(refusal))
    if evidence := _evidence(follow_up, removed):
        actions.remove_evidence(evidence, by=by)
    return follow_up


def _evidence(follow_up: FollowUp, key: str) -> Evidence | None:
    try:
        return follow_up.evidence.filter(key=UUID(key)).first() if key else None
    except ValueError:
        return None


def _sent_before(form: FollowUpForm, *, by: User) -> FollowUp | None:
    """The follow-up that this form has sent already: its button was pressed twice."""
    sent = form.task.follow_ups.filter(
        state__in=[FollowUp.State.SUBMITTED, FollowUp.State.ACCEPTED], submitted_by=by
    ).order_by("-number")
    last = sent.first()
    return last if last and says_the_same(last, form.words) else None


def _receipt(follow_up: FollowUp) -> HttpResponse:
    return redirect("projects:follow_up_detail", follow_up.code)


def _said(request: HttpRequest) -> str:
    if "attach" in request.POST:
        return _("Added. Your text is saved too.")
    if "remove" in request.POST:
        return _("Removed. Your text is saved.")
    return _("Draft saved. Only your agency sees it until you send it.")


def _refused(request: HttpRequest, task: Task, form: FollowUpForm, refusal: NotPossible) -> HttpResponse:
    """The page with what was typed beside what is there now. The next press overwrites that on purpose, so it is taken."""
    form.is_valid()
    form.refuse(refusal)
    task.refresh_from_db()
    theirs = task.follow_ups.in_hand().select_related("saved_by").first()
    mine = {name: form[name].data for name in WORDS} | form.words
    differing = [row for row in differences(words_of(theirs), mine) if row.is_changed] if theirs else []
    return _form_page(
        request, task, form, theirs,
        status=409, theirs=theirs, differences=differing, is_lost_race=isinstance(refusal, Stale),
    )  # fmt: skip


def _form_page(
    request: HttpRequest, task: Task, form: FollowUpForm, follow_up: FollowUp | None, *, status: int = 200, **more: Any
) -> HttpResponse:
    """The page with its form. `more` replaces `revision` and `page` where they are not those of the follow-up and of a page just made."""
    said = ReviewWords()
    if follow_up and follow_up.state == FollowUp.State.RETURNED:
        said = last_words([follow_up.code]).get(follow_up.code, said)
        form.note(said.notes)
    context = {
        "task": task,
        "form": form,
        "follow_up": follow_up,
        "evidence": list(follow_up.evidence.all()) if follow_up else [],
        "last": next(iter(_last_accepted(task.pk)), None),
        "said": said,
        "note_on_evidence": said.notes.get("evidence", ""),
        "revision": follow_up.revision if follow_up else None,
        "page": uuid4().hex,
        "days_late": task.days_overdue(clock.today()),
        "theirs": None,
        "can_say_no_change": not against_no_change(task, _since_acceptance(task.pk)),
        **more,
    }
    return render(request, "projects/follow_up_edit.html", context, status=status)


@prepared("task")
def _in_hand(task: int) -> FollowUpQuerySet:
    return FollowUp.objects.in_hand().filter(task=task)


class LastAccepted(NamedTuple):
    """What the last accepted follow-up of a task said, as far as its next one is written beside it."""

    code: str
    progress: int
    next_step: str
    submitted_at: datetime
    decided_at: datetime
    agency__acronym: str
    agency__name: str

    @property
    def agency(self) -> str:
        return self.agency__acronym or self.agency__name


@prepared("task", row=LastAccepted)
def _last_accepted(task: int) -> FollowUpQuerySet:
    return FollowUp.objects.accepted().filter(task=task, is_hidden=False).order_by("-number")[:1]


class ReportedSince(NamedTuple):
    """A follow-up as far as `against_no_change` reads it."""

    state: str
    submitted_at: datetime | None


@prepared("task", row=ReportedSince)
def _since_acceptance(task: int) -> FollowUpQuerySet:
    return FollowUp.objects.since_acceptance().filter(task=task)


@public_page()
def follow_up_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Open to everybody once accepted; before, to its agency, and as it was sent to the coordination office."""
    follow_up = found_follow_up(code, request.user, "agency", "task__commitment", "task__agency")
    if not follow_up.is_public:
        read_by_some(request)
    is_party = reads_letters(request.user, follow_up)
    told = letters(follow_up)
    sent = submissions(told)
    moves = open_verbs(request.user, follow_up)
    evidence = Evidence.objects.visible_to(request.user).with_other_tasks(request.user).filter(follow_up=follow_up)
    redactions = redactions_of_evidence(told)
    return render(
        request,
        "projects/follow_up_detail.html",
        {
            "follow_up": follow_up,
            "task": follow_up.task,
            "words": words_of(as_read_by(request.user, follow_up, told)),
            "evidence": [(item, redactions.get(str(item.key))) for item in evidence],
            "letters": list(reversed(told if is_party else [letter.public() for letter in told])),
            "acts": acts_for(request.user, follow_up.agency_id),
            "receipt": sent[-1] if sent and is_party else None,
            "redaction": redaction_of_text(told),
            "moves": moves,
            "reopenings": reopenings_of(follow_up.pk) if follow_up.was_reopened else [],
            "reopening": control_for(request.user, VERBS["follow-up.reopen"], follow_up),
            "can_redact": redacts(request.user, follow_up),
        },
    )


@never_cache
@require_POST
def no_change(request: HttpRequest, code: str) -> HttpResponse:
    """One click says that what was reported last still holds."""
    task = found_task(code, request.user)
    said = _("Noted: no change in %(task)s. It counts as an update, not as progress.") % {"task": task.code}
    if pressed(request, actions.note_no_change, task, said=said):
        return redirect("projects:my_work")
    return redirect("projects:follow_up_edit", code)


@never_cache
@require_POST
def follow_up_retract(request: HttpRequest, code: str) -> HttpResponse:
    """The same day, what one click said is taken back by another."""
    follow_up = found_follow_up(code, request.user, "task")
    said = _("Taken back: of %(task)s it counts as if it had not been said.") % {"task": follow_up.task.code}
    if pressed(request, actions.retract_no_change, follow_up, said=said):
        return redirect("projects:my_work")
    return redirect("projects:follow_up_detail", code)


@form_view
def follow_up_answer(request: HttpRequest, code: str) -> HttpResponse:
    """Answer what the coordination office asks, without taking the follow-up back."""
    follow_up = follow_up_for_verb(code, request.user)
    back = reverse("projects:follow_up_detail", args=[follow_up.code])
    if answer := turned_away(request, "follow-up.answer", follow_up, back):
        return answer
    form = AnswerQuestionForm(typed(request))
    if carried_out(request, form, actions.answer, follow_up):
        return done(request, _("The coordination office has your answer."), reverse("projects:my_work"))
    asked = last_words([follow_up.code]).get(follow_up.code, ReviewWords())
    context = {"form": form, "follow_up": follow_up, "task": follow_up.task, "asked": asked.comment, "back": back}
    return render(request, "projects/follow_up_answer.html", context, status=form.status)


@never_cache
@require_POST
def follow_up_withdraw(request: HttpRequest, code: str) -> HttpResponse:
    follow_up = found_follow_up(code, request.user)
    said = _("Withdrawn. Correct it and send it again when you are ready.")
    if pressed(request, actions.withdraw, follow_up, said=said):
        return redirect("projects:follow_up_edit", follow_up.task.code)
    return redirect("projects:follow_up_detail", code)


@form_view
def follow_up_discard(request: HttpRequest, code: str) -> HttpResponse:
    follow_up = found_follow_up(code, request.user, "task__commitment", "agency")
    if request.method == "POST":
        verb = partial(actions.discard, revision=revision_in(request.POST))
        if pressed(request, verb, follow_up, said=_("The draft was discarded. Nothing of it was published.")):
            return redirect("projects:my_work")
        return redirect("projects:follow_up_edit", follow_up.task.code)
    if "discard" not in open_verbs(request.user, follow_up):
        raise Http404
    return render(
        request,
        "projects/follow_up_discard.html",
        {"follow_up": follow_up, "task": follow_up.task, "evidence": list(follow_up.evidence.all())},
    )
