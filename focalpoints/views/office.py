"""What the coordination office says of itself: its public pages, and those on which administrators write them."""

import re
from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from focalpoints.actions import publish_office_text
from focalpoints.forms.office import form_of
from focalpoints.models import OfficeText
from focalpoints.pages.kit import carried_out, done, form_view, typed
from focalpoints.pages.page_cache import public_page
from focalpoints.pages.signed_in import for_administrators
from focalpoints.rules import is_administrator

# What each page is for: its description, and said to whoever writes it.
PURPOSES = {
    OfficeText.Kind.CONTACT: gettext_lazy("Whom to ask about this portal and its data, and where to report an error."),
    OfficeText.Kind.PRIVACY: gettext_lazy(
        "Which personal data this portal keeps, what for, and how to exercise one’s rights."
    ),
    OfficeText.Kind.ACCESSIBILITY: gettext_lazy(
        "How accessible this portal is, and what to do where something cannot be used."
    ),
    OfficeText.Kind.LICENCE: gettext_lazy("What anybody may do with the data of this portal, and how to cite them."),
}
PARAGRAPHS = re.compile(r"\n\s*\n")


@public_page("version")
def office_text(request: HttpRequest, kind: OfficeText.Kind) -> HttpResponse:
    """What is in force, or the version that the address names."""
    versions = list(OfficeText.objects.versions(kind).only("revision", "published_on"))
    wanted = request.GET.get("version", "")
    chosen = next((row for row in versions if not wanted or str(row.revision) == wanted), None)
    if wanted and chosen is None:
        raise Http404
    text = OfficeText.objects.get(pk=chosen.pk) if chosen else None
    context = {
        "kind": kind,
        "purpose": PURPOSES[kind],
        "text": text,
        "is_in_force": text is not None and text == versions[0],
        "versions": versions,
        "may_publish": is_administrator(request.user),
        **(_in_language(text) if text else {"paragraphs": [], "written_in": "es"}),
    }
    return render(request, "focalpoints/office_text.html", context)


def _in_language(text: OfficeText) -> dict[str, object]:
    """The paragraphs in the reader's language; in Spanish where the office wrote nothing else."""
    is_english = get_language() == "en" and bool(text.text_en)
    return {
        "paragraphs": PARAGRAPHS.split((text.text_en if is_english else text.text_es).strip()),
        "written_in": "en" if is_english else "es",
    }


@require_safe
@for_administrators
def office_text_list(request: HttpRequest) -> HttpResponse:
    """Each of the office's pages, and when it was last written."""
    newest = {row.kind: row for row in OfficeText.objects.order_by("revision").defer("text_es", "text_en")}
    rows = [(kind, PURPOSES[kind], newest.get(kind), reverse(f"focalpoints:{kind.value}")) for kind in OfficeText.Kind]
    return render(request, "focalpoints/office_text_list.html", {"rows": rows})


@form_view
@for_administrators
def office_text_publish(request: HttpRequest, kind: str) -> HttpResponse:
    if kind not in OfficeText.Kind:
        raise Http404
    text = OfficeText.objects.newest(kind)
    form = form_of(text, typed(request))
    if carried_out(request, form, partial(publish_office_text, kind)):
        return done(request, _("It is published. Earlier versions can still be read."), reverse(f"focalpoints:{kind}"))
    context = {
        "form": form,
        "kind": OfficeText.Kind(kind),
        "purpose": PURPOSES[OfficeText.Kind(kind)],
        "differences": form.differences,
    }
    return render(request, "focalpoints/office_text_publish.html", context, status=form.status)
