"""What feeds tell: the latest events of a part of the strategy, what happened, to what, by which office, with its receipt; or the
newest things that a search finds.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import Max, Q, Subquery
from django.template.loader import get_template
from django.urls import reverse

from focalpoints.ledger.vocabulary import subject_in_words
from focalpoints.models import Entry, LedgerHead
from projects.models import FollowUp, SearchDocument
from projects.reading.changes import Scope
from projects.reading.history import events
from projects.reading.search_results import url_of
from projects.search.asking import Terms
from projects.search.marks import passage

MOST = 50
# Made once, at random: what the identifiers of all feeds are made in.
_NAMESPACE = uuid.UUID("8a1f3c52-6d0e-4b7a-9f43-2c8e5b7d1e60")
_BEFORE_ANYTHING = datetime(1970, 1, 1, tzinfo=UTC)


class FeedEntry(NamedTuple):
    """`url` and `receipt` are paths; `receipt` is empty of what is no entry of the ledger. `summary` is HTML."""

    urn: str
    title: str
    office: str
    at: datetime
    url: str
    receipt: str
    summary: str


class LedgerSpan(NamedTuple):
    """When the ledger was last written, and its first entry: no two ledgers have one in common, and none ever has another."""

    changed_at: datetime
    began_at: datetime
    first_hash: str

    def urn(self, *names: str) -> str:
        """An identifier that stays, whatever becomes of the site's address."""
        return uuid.uuid5(_NAMESPACE, "\n".join((self.first_hash, *names))).urn


def ledger_span() -> LedgerSpan:
    """To be asked for before what is told: what is written meanwhile is then newer."""
    first = Entry.objects.order_by("seq")
    began_at, first_hash = Subquery(first.values("at")[:1]), Subquery(first.values("hash")[:1])
    [(at, first_at, hash_of_first)] = LedgerHead.objects.values_list("at", began_at, first_hash)
    return LedgerSpan(at or _BEFORE_ANYTHING, first_at or _BEFORE_ANYTHING, hash_of_first or "")


def feed_entries(scope: Scope, ledger: LedgerSpan) -> list[FeedEntry]:
    """The latest first. What a follow-up says is told with its acceptance, and only while everybody may read it."""
    entries = scope.latest(MOST)
    public = _public(entry.subject for entry in entries if _accepts(entry))
    template, verify, told = get_template("projects/_feed_entry.html"), reverse("focalpoints:verify"), []
    for entry, event in zip(entries, events(entries), strict=True):
        said = public.get(entry.subject) if _accepts(entry) else None
        receipt = f"{verify}?folio={event.folio}"
        told.append(
            FeedEntry(
                urn=ledger.urn("entry", str(entry.seq)),
                title=f"{event.what}: {event.title}" if event.title else event.what,
                office=event.who,
                at=event.at,
                url=event.url or receipt,
                receipt=receipt,
                summary=template.render({"event": event, "said": said}),
            )
        )
    return told


# What a search's feed tells of; agencies and principles are no news.
NEWS = ("commitment", "task", "project", "follow-up")
# With these something became public that was not at its first entry.
_PUBLISHING = ("confirm", "accept")


def found_entries(terms: Terms, ledger: LedgerSpan) -> list[FeedEntry]:
    """The newest things that everybody finds by these words, dated by when they became public, the newest first."""
    everybody = SearchDocument.objects.visible_to(AnonymousUser())
    documents = [
        document
        for kind in NEWS
        for document in everybody.filter(kind=kind, tokens__says=terms).order_by("-row_key")[:MOST]
    ]
    if not documents:
        return []
    since = _public_since(documents)
    newest = sorted(
        [(since.get((document.kind, document.code), ledger.began_at), document.pk, document) for document in documents],
        reverse=True,
    )[:MOST]
    tasks = [document.parent_key or 0 for _at, _pk, document in newest if document.kind == "follow-up"]
    titles = dict(SearchDocument.objects.filter(kind="task", row_key__in=tasks).values_list("row_key", "title"))
    template = get_template("projects/_feed_found.html")
    return [
        FeedEntry(
            urn=ledger.urn("found", document.kind, document.code),
            title=_found_title(document, document.title or titles.get(document.parent_key or 0, document.code)),
            office="",
            at=at,
            url=url_of(document.kind, document.code),
            receipt="",
            summary=template.render({"document": document, "passage": passage(document.text, terms)}),
        )
        for at, _pk, document in newest
    ]


def _found_title(document: SearchDocument, title: str) -> str:
    """With the agency where there is one: many are asked for the same."""
    whose = f" · {document.agencies[0][1]}" if len(document.agencies) == 1 else ""
    return f"{subject_in_words(document.kind)}{whose}: {title}"


def _public_since(documents: Sequence[SearchDocument]) -> dict[tuple[str, str], datetime]:
    of_kind = defaultdict(list)
    for document in documents:
        of_kind[document.kind].append(document.code)
    which = reduce(or_, (Q(subject_type=kind, subject__in=codes) for kind, codes in of_kind.items()))
    entries = Entry.objects.filter(which).filter(Q(nth=1) | Q(verb__in=_PUBLISHING)).order_by()
    found = entries.values_list("subject_type", "subject").annotate(at=Max("at"))
    return {(kind, code): at for kind, code, at in found}


def _accepts(entry: Entry) -> bool:
    return entry.subject_type == "follow-up" and entry.verb == "accept"


def _public(codes: Iterable[str]) -> dict[str, FollowUp]:
    if not (wanted := set(codes)):
        return {}
    found = FollowUp.objects.visible_to(AnonymousUser()).filter(code__in=wanted)
    return {follow_up.code: follow_up for follow_up in found.only("code", "done", "next_step", "obstacle")}
