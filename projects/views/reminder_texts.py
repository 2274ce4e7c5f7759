"""Administrators write the texts of the reminders anew, and see each in a whole message before they keep it."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from focalpoints.models import User
from focalpoints.rules import is_administrator
from projects import actions
from projects.forms.reminders import TextForm
from projects.models import MessageText
from projects.reminders.text_preview import message_with
from projects.reminders.texts import LANGUAGES, NAMES, PLACEHOLDERS, TEXTS, default

from .coordinating import typed
from .reminder_messages import body_of


@dataclass(frozen=True, slots=True)
class TextInLanguage:
    """A text in one language, as it goes out now."""

    language: str
    name: str
    text: str
    is_written: bool


@never_cache
@require_safe
def reminder_texts(request: HttpRequest) -> HttpResponse:
    _administrator(request)
    written = {(row.key, row.language): row.text for row in MessageText.objects.exclude(text="")}
    rows = [(key, text, [_version(key, language, written) for language in LANGUAGES]) for key, text in TEXTS.items()]
    return render(request, "projects/reminder_texts.html", {"rows": rows, "may_write": True})


def _version(key: str, language: str, written: dict[tuple[str, str], str]) -> TextInLanguage:
    own = written.get((key, language))
    return TextInLanguage(language, NAMES[language], own or default(key, language), own is not None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reminder_text(request: HttpRequest, key: str, language: str) -> HttpResponse:
    """One button shows the text in a message and writes nothing; the others keep it, or bring the default back."""
    by = _administrator(request)
    if key not in TEXTS or language not in LANGUAGES:
        raise Http404
    keeps = request.method == "POST" and request.POST.get("do") in {"keep", "restore"}
    form = _form(_sent(request, key, language), key, language, keeps=keeps)
    if keeps and form.is_valid():
        with form.refusals():
            actions.edit_text(key, language, form.to_store, by=by, revision=form.cleaned_data["revision"])
            if request.POST.get("do") == "restore":
                messages.success(request, _("The original text is back: it goes out with the next messages."))
            else:
                messages.success(request, _("The text was saved: it goes out with the next messages."))
            return redirect("projects:reminder_texts")
    context = {
        "text": TEXTS[key],
        "language": language,
        "language_name": NAMES[language],
        "form": form,
        "placeholders": [(name, PLACEHOLDERS[name]) for name in TEXTS[key].names],
        "differences": form.beside(_form(None, key, language)) if form.is_stale else [],
    }
    if form.to_preview:
        composed = message_with(key, language, form.to_preview, reader=by)
        context |= {"composed": composed, "body": body_of(composed)}
    return render(request, "projects/reminder_text.html", context, status=form.status)


def _sent(request: HttpRequest, key: str, language: str) -> QueryDict | None:
    """To bring the default back is to send it as the text."""
    data = typed(request)
    if data is None or request.POST.get("do") != "restore":
        return data
    data = data.copy()
    data["text"] = default(key, language)
    return data


def _form(data: QueryDict | None, key: str, language: str, *, keeps: bool = False) -> TextForm:
    row = MessageText.objects.filter(key=key, language=language).first() or MessageText()
    return TextForm(data, key=key, language=language, written=row.text, revision=row.revision, keeps=keeps)


def _administrator(request: HttpRequest) -> User:
    """To everybody else the page does not exist."""
    if not isinstance(request.user, User) or not is_administrator(request.user):
        raise Http404
    return request.user
