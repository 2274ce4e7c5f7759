"""A page's day: today, with the rows that the verbs keep, or one that the address asks for, with the versions that then stood."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime
from functools import wraps
from typing import Any, Concatenate

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.models import Agency, Entry
from focalpoints.pages.fields import DateField
from focalpoints.pages.pager import ListPart
from focalpoints.sql.prepared import prepared
from focalpoints.sql.spanish import InSpanish
from focalpoints.workflow import StrOrPromise
from projects.models import CommitmentAgencyPeriod, CommitmentVersion, TaskVersion
from projects.models.commitment import dossier_of
from projects.reading.day import Day


class NoSuchDay(Exception):
    """The record does not know that day; says why. `first` is the earliest that it does know, where that helps."""

    def __init__(self, status: int, message: StrOrPromise, first: date | None = None) -> None:
        self.status, self.message, self.first = status, message, first


def day_of(request: HttpRequest) -> Day:
    """Raises NoSuchDay for what is no day, lies ahead, or was before the record's first. One query for a past day."""
    asked = request.GET.get("on")
    if not asked:
        return Day.today()
    try:
        on = DateField().clean(asked)
    except ValidationError as error:
        raise NoSuchDay(400, " ".join(error.messages)) from error
    if on > clock.today():
        raise NoSuchDay(404, _("That day lies ahead: the record cannot know it yet."))
    begins = next(map(clock.day_of, _first_instant()), None)
    if begins is None or on < begins:
        raise NoSuchDay(404, _("The record begins later."), begins)
    return Day.past(on)


@prepared()
def _first_instant() -> QuerySet[Entry, datetime]:
    """Of the ledger."""
    return Entry.objects.order_by("seq").values_list("at", flat=True)[:1]


def on_a_day[**P, Answer: HttpResponseBase](
    view: Callable[Concatenate[HttpRequest, Day, P], Answer],
) -> Callable[Concatenate[HttpRequest, P], Answer | HttpResponse]:
    """Hand a view its day; instead of a day that the record does not know, a page that says so and what to do.

    A day typed as people write it (`15/3/2018`) leads to the one address that each day has, `2018-03-15`.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> Answer | HttpResponse:
        try:
            day = day_of(request)
            if day.is_past and request.GET["on"] != (written := day.on.isoformat()):
                query = request.GET.copy()
                query["on"] = written
                return redirect(f"{request.path}?{query.urlencode()}")
            return view(request, day, *args, **kwargs)
        except NoSuchDay as refusal:
            return render(request, "projects/no_such_day.html", {"refusal": refusal}, status=refusal.status)

    return answer


def not_yet(versions: QuerySet) -> NoSuchDay:
    """For a page of what was registered later; `versions` are all that it has."""
    return NoSuchDay(
        404,
        _("It was not registered yet on that day."),
        versions.order_by("since").values_list("since", flat=True).first(),
    )


def told_on(day: Day, shown: ListPart) -> ListPart:
    """The same page of a list, in the words of the day."""
    return replace(shown, rows=told(shown.rows)) if day.is_past else shown


def told(rows: Iterable[Any]) -> list[Any]:
    """Versions as a list shows them: with the title of the time, as the ledger tells it, and the agencies then named. Two queries."""
    rows = list(rows)
    commitments = [row for row in rows if isinstance(row, CommitmentVersion)]
    words = said_by(row.seq for row in rows)
    named = _named_then(commitments)
    for row in rows:
        row.title = title_in(words[row.seq], row)
    for row in commitments:
        row.named = named[row.commitment_id]
    return rows


def with_words_of_the_day(row: CommitmentVersion) -> CommitmentVersion:
    """With everything that the ledger told of it by then: title, agencies and the status printed."""
    state = state_in(said_by([row.seq])[row.seq], row.commitment.dossier)
    row.title, row.named = state["title"], _named_then([row])[row.commitment_id]
    row.printed_status, row.recurrence_month = state["codes"]["printed_status"], state["numbers"]["recurrence_month"]
    return row


def retitled(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Groups and commitments of `duties`, whose `pk` is a version's, with the words of the time. Three queries."""
    called = {kind: _called(model, items, kind) for kind, model in VERSIONS.items()}
    words = said_by(called[item["kind"]][item["pk"]][0] for item in items)
    for item in items:
        seq, item["code"], item["language"] = called[item["kind"]][item["pk"]]
        item["title"] = (words[seq] if item["kind"] == "task" else state_in(words[seq], dossier_of(item["code"])))[
            "title"
        ]
    return items


VERSIONS: dict[str, type[TaskVersion] | type[CommitmentVersion]] = {
    "task": TaskVersion,
    "commitment": CommitmentVersion,
}


def _called(
    model: type[TaskVersion] | type[CommitmentVersion], items: list[dict[str, Any]], kind: str
) -> dict[int, tuple[int, str, str]]:
    """By the version's key: the entry that made it, and the item's code and language."""
    keys = [item["pk"] for item in items if item["kind"] == kind]
    rows = model.objects.filter(pk__in=keys).order_by()
    return {pk: found for pk, *found in rows.values_list("pk", "seq", f"{kind}__code", f"{kind}__language")}


def said_by(seqs: Iterable[int]) -> dict[int, dict[str, Any]]:
    wanted = tuple(dict.fromkeys(seqs))
    return {seq: json.loads(text) for seq, text in (_texts(wanted) if wanted else ())}


@prepared("seqs")
def _texts(seqs: tuple[int, ...]) -> QuerySet[Entry, tuple[int, str]]:
    return Entry.objects.filter(seq__in=seqs).order_by().values_list("seq", "text")


def title_in(said: dict[str, Any], row: CommitmentVersion | TaskVersion) -> str:
    """Of a version, in the words of the entry that made it."""
    if isinstance(row, TaskVersion):
        return said["title"]
    return state_in(said, row.commitment.dossier)["title"]


def state_in(said: dict[str, Any], dossier: str) -> dict[str, Any]:
    """What an entry says of the commitment itself."""
    if said["type"] == "project":  # realigned along with its project: what was said before still stood
        before = Entry.objects.filed_under(dossier).filter(seq__lt=said["seq"])
        said = json.loads(before.values_list("text", flat=True)[0])
    return said["dossier_after"] or said


def _named_then(versions: list[CommitmentVersion]) -> dict[int, list[Agency]]:
    """A commitment's agencies change only with an entry of its own, and so only where one of its versions begins."""
    named: dict[int, list[Agency]] = defaultdict(list)
    if versions:
        latest = max(version.since for version in versions)
        by_commitment = {version.commitment_id: version for version in versions}
        for period in _periods(latest, tuple(by_commitment)):
            version = by_commitment[period.commitment_id]
            if period.since <= version.since < period.until:
                named[period.commitment_id].append(period.agency)
    return named


@prepared("latest", "commitments")
def _periods(latest: date, commitments: tuple[int, ...]) -> QuerySet[CommitmentAgencyPeriod]:
    """Those that began by a day, by the agency's acronym."""
    periods = CommitmentAgencyPeriod.objects.filter(commitment__in=commitments, since__lte=latest)
    return periods.select_related("agency").order_by(InSpanish("agency__acronym"), InSpanish("agency__name"))
