"""The search: what the record says, found by its words, by kind; or all of one kind, page by page."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from focalpoints.forms.ledger import FolioForm
from focalpoints.models import Entry
from focalpoints.pages.addresses import address
from focalpoints.pages.page_cache import public_page
from focalpoints.pages.pager import ListPart, page_number
from focalpoints.pages.parameters import Unknown
from focalpoints.rules import Person
from focalpoints.text import code, name_key
from projects.codes import in_parts
from projects.forms.searching import SearchForm
from projects.models import Assessment
from projects.reading import as_typed
from projects.reading.as_typed import Finder
from projects.reading.day import Day
from projects.reading.search_results import shown, url_of
from projects.search.asking import HITS, MOST_COUNTED, RANKED, Found, KindFound, found_of, found_of_each_kind, terms_of
from projects.search.terms import MOST_WORDS

# What may be a code: a word with a digit or a dash in it.
CODE_LIKE = re.compile(r"(?=.*[0-9-])[\w-]{2,80}", re.ASCII)
FOLIO_LIKE = re.compile(r"edn\W*[0-9]", re.IGNORECASE)
# By the last letter of a code's end, as in MC-250K-T1-S2.
BELOW: dict[str, tuple[str, Finder]] = {
    "T": ("projects:task_detail", as_typed.task_code),
    "S": ("projects:follow_up_detail", as_typed.follow_up_code),
    "R": ("projects:request_detail", as_typed.request_code),
}


@dataclass(frozen=True, slots=True)
class NamedThing:
    """What was named exactly, by its code or its folio."""

    name: str
    url: str


@public_page(unbounded=("q", "kind", "page"), unknown=Unknown.SAID)
def search(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    context = {
        "form": form,
        "text": "",
        "kinds": [],
        "kind": "",
        "pages": None,
        "named": None,
        "terms": None,
        "is_ranked_part": False,
    }
    context |= {"most_counted": MOST_COUNTED, "ranked": RANKED, "most_words": MOST_WORDS}
    if not form.is_valid():
        return render(request, "projects/search.html", context, status=400)
    text, kind = form.cleaned_data["q"], form.cleaned_data["kind"]
    if not text:
        return render(request, "projects/search.html", context)
    terms = terms_of(text)
    if kind:
        number = page_number(request.GET.get("page")) or 1
        found = [found_of(terms, kind, request.user, number)]
        if number > 1 and not found[0].rows:
            raise Http404
        ranked = min(found[0].count, RANKED)
        context["pages"] = ListPart([], number, number * HITS < ranked)
    else:
        found = found_of_each_kind(terms, request.user)
        context["named"] = _named(text, request.user, found)
    context |= {
        "text": text,
        "terms": terms,
        "kind": kind,
        "kinds": shown(found, terms, Day.today()),
        "query": f"{request.path}?{urlencode({'q': text})}",
        "is_ranked_part": any(kind.is_ranked_part for kind in found),
    }
    return render(request, "projects/search.html", context)


def _named(text: str, user: Person, found: Sequence[KindFound]) -> NamedThing | None:
    """The one thing whose code, acronym or folio was typed, if there is one that this reader may see. At most three queries."""
    if FOLIO_LIKE.match(text):
        return _entry(text)
    if row := _called(text, found):
        return NamedThing(row.agencies[0].short_name if row.kind == "agency" else row.code, url_of(row.kind, row.code))
    typed = code(text)
    if not CODE_LIKE.fullmatch(typed):
        return None
    _stem, end = in_parts(typed)
    if not end:
        written = as_typed.commitment_code(typed, user)
        return NamedThing(written, address("projects:commitment_detail", written)) if written else None
    letter = end.rpartition("-")[2][0]
    if letter == "V":
        return _finding(as_typed.assessment_code(typed, user))
    page, find = BELOW[letter]
    written = find(typed, user)
    return NamedThing(written, address(page, written)) if written else None


def _called(text: str, found: Sequence[KindFound]) -> Found | None:
    """The first of what was found that is called so: what is most like what was typed comes first."""
    if text.isdigit():  # the key of an agency, the number of a principle
        return None
    key = name_key(text)
    rows = (row for kind in found if kind.kind != "principle" for row in kind.rows)
    names = lambda row: row.agencies[0].short_name if row.kind == "agency" else row.code  # noqa: E731
    return next((row for row in rows if name_key(names(row)) == key), None)


def _entry(text: str) -> NamedThing | None:
    form = FolioForm({"folio": text})
    if not form.is_valid():
        return None
    named = form.cleaned_data["folio"]
    entry = Entry.objects.filter(pk=named.seq, hash__startswith=named.digits).first() if named.seq else None
    return NamedThing(entry.folio, f"{reverse('focalpoints:verify')}?folio={entry.folio}") if entry else None


def _finding(written: str) -> NamedThing | None:
    found = Assessment.objects.filter(code=written).values_list("commitment__code", "objective__number").first()
    if found is None:
        return None
    commitment, objective = found
    page = (
        address("projects:commitment_detail", commitment)
        if commitment
        else reverse("projects:objective_detail", args=[objective])
    )
    return NamedThing(written, f"{page}#{written}")
