"""The site's addresses and one page more: the smallest form that gives typed text back, for the tests of carried text."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template import engines
from django.urls import path

from edn_portal.urls import handler400, handler500
from edn_portal.urls import urlpatterns as the_site
from focalpoints.pages.typed_text import take_back

__all__ = ["handler400", "handler500"]
PAGE = '<form method="post">{% csrf_token %}{{ form }}</form>{% for message in messages %}[{{ message }}]{% endfor %}'
SENT: list[dict[str, str]] = []  # what the form has done


class PaperForm(forms.Form):
    text = forms.CharField(widget=forms.Textarea)
    note = forms.CharField(required=False)


def paper(request: HttpRequest) -> HttpResponse:
    form = PaperForm(request.POST if request.method == "POST" else take_back(request))
    if request.method == "POST" and form.is_valid():
        SENT.append(form.cleaned_data)
        return redirect("paper")
    return HttpResponse(engines["django"].from_string(PAGE).render({"form": form}, request))


def save(request: HttpRequest) -> HttpResponse:
    """Where the page sends its drafts, and a form that has no page of its own."""
    return HttpResponse(status=204 if request.method == "POST" else 405)


urlpatterns = [*the_site, path("papel/", paper, name="paper"), path("papel/borrador/", save, name="paper_save")]
