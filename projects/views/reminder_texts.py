"""Administrators rewrite the texts of the reminders, and see each in a whole message before they keep it."""

from dataclasses import dataclass
from functools import partial

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from focalpoints.pages.kit import carried_out, done, form_view, typed
from focalpoints.pages.signed_in import administrator
from projects import actions
from projects.forms.reminders import TextForm, written_text
from projects.models import MessageText
from projects.reminders.text_preview import message_with
from projects.reminders.texts import LANGUAGES, NAMES, PLACEHOLDERS, TEXTS, default
from projects.views.reminder_messages import body_of


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
    administrator(request)
    written = {(row.key, row.language): row.text for row in MessageText.objects.exclude(text="")}
    rows = [(key, text, [_version(key, language, written) for language in LANGUAGES]) for key, text in TEXTS.items()]
    return render(request, "projects/reminder_texts.html", {"rows": rows, "may_write": True})


def _version(key: str, language: str, written: dict[tuple[str, str], str]) -> TextInLanguage:
    own = written.get((key, language))
    return TextInLanguage(language, NAMES[language], own or default(key, language), own is not None)


@form_view
def reminder_text(request: HttpRequest, key: str, language: str) -> HttpResponse:
    """One button only shows the text in a message; the others keep it, or bring the default back."""
    by = administrator(request)
    if key not in TEXTS or language not in LANGUAGES:
        raise Http404
    keeps = request.method == "POST" and request.POST.get("do") in {"keep", "restore"}
    form = TextForm(_sent(request, key, language), row=written_text(key, language), keeps=keeps)
    if keeps and carried_out(request, form, partial(actions.edit_text, key, language)):
        said = _("The text was saved: it goes out with the next messages.")
        if request.POST.get("do") == "restore":
            said = _("The original text is back: it goes out with the next messages.")
        return done(request, said, reverse("projects:reminder_texts"))
    context = {
        "text": TEXTS[key],
        "language": language,
        "language_name": NAMES[language],
        "form": form,
        "placeholders": [(name, PLACEHOLDERS[name]) for name in TEXTS[key].names],
        "differences": form.differences,
        "composed": None,
    }
    if form.to_preview:
        composed = message_with(key, language, form.to_preview, reader=by)
        context |= {"composed": composed, "body": body_of(composed)}
    return render(request, "projects/reminder_text.html", context, status=form.status)


def _sent(request: HttpRequest, key: str, language: str) -> QueryDict | None:
    """What the form is bound to. The button that brings the default back sends it as the text."""
    data = typed(request)
    if data is None or request.POST.get("do") != "restore":
        return data
    data = data.copy()
    data["text"] = default(key, language)
    return data
