"""Atom feeds (RFC 4287) of what changed, of the whole strategy or of one of its parts, and of what a search finds."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.http import http_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.xmlutils import SimplerXMLGenerator

from focalpoints.ledger.vocabulary import OFFICES
from focalpoints.pages.page_cache import public_page
from focalpoints.pages.parameters import Unknown
from projects.forms.searching import SearchForm
from projects.reading.changes import scope_of
from projects.reading.feed_entries import FeedEntry, LedgerSpan, feed_entries, found_entries, ledger_span
from projects.search.asking import terms_of
from projects.views.changes import page_of

# What XML 1.0 cannot hold (section 2.2), escaped or not.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class PortalFeed(Atom1Feed):
    """With the instant of its newest entry, and of each entry the receipt."""

    def latest_post_date(self) -> datetime:
        return self.feed["updated"]

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        if item["receipt"]:
            handler.addQuickElement("link", "", {"rel": "via", "href": item["receipt"], "title": _("Receipt")})


@public_page(unknown=Unknown.REFUSED)
def changes_atom(request: HttpRequest, kind: str = "", key: str = "", number: int | None = None) -> HttpResponse:
    scope = scope_of(kind, key if number is None else number)
    if scope is None:
        raise Http404
    ledger, part = ledger_span(), str(scope.row.pk) if scope.row else ""
    return answered(
        request,
        title=_("What changed: %(title)s") % {"title": scope.title or _("The whole strategy")},
        page=page_of(scope),
        urn=ledger.urn("changes", kind, part, get_language() or ""),
        ledger=ledger,
        entries=feed_entries(scope, ledger),
    )


@public_page(unbounded=("q",), unknown=Unknown.REFUSED, is_polled=True)
def search_atom(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    if not form.is_valid() or not form.cleaned_data["q"]:
        said = str(form.errors["q"][0]) if form.errors else _("Say what to search for, in the parameter q.")
        return HttpResponse(said, content_type="text/plain; charset=utf-8", status=400)
    ledger, text = ledger_span(), form.cleaned_data["q"]
    return answered(
        request,
        title=_("Search: %(text)s") % {"text": text},
        page=f"{reverse('projects:search')}?{urlencode({'q': text})}",
        urn=ledger.urn("search", text, get_language() or ""),
        ledger=ledger,
        entries=found_entries(terms_of(text), ledger),
    )


def answered(
    request: HttpRequest, *, title: str, page: str, urn: str, ledger: LedgerSpan, entries: Sequence[FeedEntry]
) -> HttpResponse:
    """The feed as a response. `page` is the path of the page that it follows."""
    feed = PortalFeed(
        title=_in_xml(f"{title} – EDN"),
        link=settings.BASE_URL + page,
        description="",
        language=get_language(),
        author_name=str(OFFICES["CEDN"]),
        feed_url=settings.BASE_URL + request.get_full_path(),
        feed_guid=urn,
        updated=max((entry.at for entry in entries), default=ledger.began_at).astimezone(UTC),
    )
    for entry in entries:
        feed.add_item(
            title=_in_xml(entry.title),
            link=settings.BASE_URL + entry.url,
            description=_in_xml(entry.summary),
            author_name=_in_xml(entry.office) or None,
            unique_id=entry.urn,
            updateddate=entry.at.astimezone(UTC),
            receipt=entry.receipt and settings.BASE_URL + entry.receipt,
        )
    response = HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)
    # Not its newest entry's: a text can be taken out of the feed of an agency by an event of another.
    response["Last-Modified"] = http_date(ledger.changed_at.timestamp())
    return response


def _in_xml(text: str) -> str:
    return _NO_XML.sub("", text)
