"""The operations that are measured: the main pages, and the verbs that people use most."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import cycle
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.urls import reverse

from edn_portal.bench.people import SignedInPerson, free_tasks
from edn_portal.bench.servers import Request
from focalpoints import clock
from focalpoints.actions import correct_agency
from focalpoints.models import Agency, Entry, User
from focalpoints.pages.pager import PAGE_SIZE
from principles.models import Objective
from projects.models import Commitment, CommitmentVersion, FollowUp

OF_EACH = 20  # how many rows a page is asked for in turn, so that no single row decides
WORD = "servicios"


@dataclass(frozen=True, slots=True)
class Operation:
    """A page or verb to measure. `requests` gives the requests to send; `beside` names the operation that it is compared with.

    Cold: a new ledger entry comes before each request, so that no kept page may be used. Kept: asked for once before it is measured.
    """

    name: str
    requests: Callable[[], Iterator[Request]]
    is_cold: bool = False
    is_kept: bool = False
    beside: str = ""
    expects: int = 200
    most: int = 400


@dataclass(frozen=True, slots=True)
class Readers:
    """The people who ask for the pages."""

    focal_point: SignedInPerson
    coordinator: SignedInPerson
    administrator: User

    def append_entry(self) -> None:
        """Append an entry about an agency, which any page may name: after it no kept page may be used."""
        agency = Agency.objects.order_by("pk")[0]
        note = agency.note.removesuffix(".") if agency.note.endswith(".") else f"{agency.note}."
        correct_agency(agency, by=self.administrator, revision=agency.revision, note=note)


def operations(readers: Readers) -> list[Operation]:
    return [*_overviews(), *_lists(), *_details(), *_signed_in(readers), *_verbs(readers)]


def _overviews() -> Iterator[Operation]:
    """Each page as its first reader gets it; the board also as the next ones do."""
    board = reverse("projects:board")
    yield _page("board", board, is_cold=True)
    yield _page("board, kept", board, is_kept=True)
    yield _pages("board of a past day", [_with(board, on=day) for day in _past_days()], is_cold=True, beside="board")
    yield _page("calendar", reverse("projects:calendar"), is_cold=True)


def _lists() -> Iterator[Operation]:
    commitments, tasks = reverse("projects:commitment_list"), reverse("projects:task_list")
    deep = max(1, Commitment.objects.count() // PAGE_SIZE - 1)
    yield _page("commitments", commitments, is_cold=True)
    yield _page("commitments, late ones of a sector", _with(commitments, light="late", sector=_sector()), is_cold=True)
    yield _page("commitments, deep page", _with(commitments, page=deep), is_cold=True)
    yield _page("commitments, search", _with(commitments, q=WORD), is_cold=True)
    yield _page("tasks", tasks, is_cold=True)


def _details() -> Iterator[Operation]:
    busy = Commitment.objects.filter(tasks_fulfilled__gt=0, state="active").order_by("pk")
    codes = _spread(busy.values_list("code", flat=True), busy.count())
    pages = [reverse("projects:commitment_detail", args=[code]) for code in codes]
    then = [_with(page, on=_middle_day_of(code)) for page, code in zip(pages, codes, strict=True)]
    yield _pages("commitment", pages, is_cold=True)
    yield _pages("commitment, kept", pages[:1], is_kept=True)
    yield _pages("commitment of a past day", then, is_cold=True, beside="commitment")
    keys = (
        Agency.objects.registered().filter(tasks__isnull=False).distinct().order_by("pk").values_list("key", flat=True)
    )
    yield _pages("agency", [reverse("projects:agency_detail", args=[key]) for key in keys[:OF_EACH]], is_cold=True)
    numbers = Objective.objects.filter(parent=None).order_by("number").values_list("number", flat=True)
    objectives = [reverse("projects:objective_detail", args=[number]) for number in numbers]
    yield _pages("objective", objectives, is_cold=True)


def _past_days() -> list[date]:
    """Four days, spread evenly over the ledger's time."""
    first = Entry.objects.order_by("seq").values_list("at", flat=True).first()
    if first is None:
        return []
    begins, today = clock.day_of(first), clock.today()
    return [begins + (today - begins) * part // 5 for part in range(1, 5)]


def _middle_day_of(code: str) -> date:
    """The day on which about half of what happened to this commitment had happened."""
    days = CommitmentVersion.objects.filter(commitment__code=code).order_by("since").values_list("since", flat=True)
    return days[days.count() // 2]


def _signed_in(readers: Readers) -> Iterator[Operation]:
    mine, office = readers.focal_point, readers.coordinator
    yield _page("my work", reverse("projects:my_work"), cookies=mine.cookies)
    yield Operation("follow-up form", lambda: _in_turn(_forms(mine), mine.cookies))
    yield _page("review queue", reverse("projects:review_queue"), cookies=office.cookies)
    yield Operation("review", lambda: _in_turn(_reviews(office), office.cookies))


def _forms(person: SignedInPerson) -> list[str]:
    """Forms of tasks on which a follow-up can still be logged. Computed anew each time: the verbs use such tasks up."""
    tasks = free_tasks().of_agencies(person.user.standing.agency_ids).order_by("due", "pk")
    return [reverse("projects:follow_up_edit", args=[code]) for code in tasks.values_list("code", flat=True)[:OF_EACH]]


def _reviews(person: SignedInPerson) -> list[str]:
    waiting = FollowUp.objects.decidable_by(person.user).values_list("code", flat=True)
    return [reverse("projects:follow_up_review", args=[code]) for code in waiting[:OF_EACH]]


def _verbs(readers: Readers) -> Iterator[Operation]:
    yield Operation("log a follow-up", lambda: _follow_ups(readers.focal_point), expects=302, most=40)
    yield Operation("accept a follow-up", lambda: _decisions(readers.coordinator), expects=302, most=40)


def _follow_ups(person: SignedInPerson) -> Iterator[Request]:
    """A POST as the form sends it for each of the person's tasks on which a follow-up can be logged."""
    tasks = free_tasks().of_agencies(person.user.standing.agency_ids).order_by("pk")
    for code, verified in tasks.values_list("code", "verified_progress"):
        words = {
            "progress": str(min(99, (verified or 0) + 1)),
            "done": "Se avanzó en la integración de los servicios (medición).",
            "next_step": "Seguir con la siguiente etapa.",
            "obstacle": "",
        }
        hidden = {"csrfmiddlewaretoken": person.token, "revision": "", "page": uuid4().hex, "send": "1"}
        yield Request(reverse("projects:follow_up_edit", args=[code]), person.cookies, {**words, **hidden})


def _decisions(person: SignedInPerson) -> Iterator[Request]:
    waiting = FollowUp.objects.decidable_by(person.user).exclude(progress=100)
    for code, revision in waiting.values_list("code", "revision"):
        form = {
            "csrfmiddlewaretoken": person.token,
            "revision": str(revision),
            "decision": "accept",
            "comment": "",
        }
        yield Request(reverse("projects:follow_up_review", args=[code]), person.cookies, form)


def _page(name: str, path: str, **options: Any) -> Operation:
    return _pages(name, [path], **options)


def _pages(name: str, paths: list[str], *, cookies: dict[str, str] | None = None, **options: Any) -> Operation:
    return Operation(name, lambda: _in_turn(paths, cookies or {}), **options)


def _in_turn(paths: list[str], cookies: dict[str, str]) -> Iterator[Request]:
    """These pages over and over; no request when there are none."""
    return cycle([Request(path, cookies) for path in paths])


def _with(path: str, **query: Any) -> str:
    return f"{path}?{urlencode(query)}"


def _sector() -> str:
    """The key of a sector head with agencies."""
    return Agency.objects.sector_heads().with_agencies().order_by("pk").values_list("key", flat=True).first() or ""


def _spread(rows: Any, count: int) -> list[Any]:
    return list(rows[:: max(1, count // OF_EACH)][:OF_EACH]) if count else []
