"""The operations that are measured: the main pages, and the verbs that people use most.

No address is asked for twice but on purpose. Each operation draws its addresses from a pool of items, filters, orders, pages and languages
that is larger than what a run asks for, in an order that the seed decides; where the pool is smaller (there is one board), it begins anew
after the ledger has moved.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import chain, cycle, islice, product
from random import Random
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.urls import reverse
from django.utils import translation

from edn_portal.bench.moving import Mover
from edn_portal.bench.people import SignedInPerson, free_tasks
from edn_portal.bench.servers import HttpCall
from edn_portal.scale.words import VOCABULARY
from focalpoints import clock
from focalpoints.models import Agency, Entry
from principles.models import Objective
from projects.jumps import LOOKED_AT
from projects.models import Commitment, CommitmentVersion, FollowUp, Task
from projects.reading.lists.listing import ROWS_SHOWN

POOL = 600  # addresses of an operation that are drawn from the database
LANGUAGES = ("es-mx", "en")
ORDERS = [sign + name for sign in ("", "-") for name in ("due", "code", "project", "verified", "claimed", "light")]
COMMON, RARE = 40, 1500  # the ranks of words that many titles have, and of those from which on a word is rare


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to send, and the scope (lookups on tasks) in which the ledger moves just before it; None: it stays."""

    request: HttpCall
    scope: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """A page or verb to measure. `asked` gives its requests; the whole run draws them from one iterator.

    `is_page`: asked for again right after, which tells what a kept page costs. `beside` names the operation that it is compared with.
    """

    name: str
    asked: Callable[[], Iterator[Asked]]
    is_page: bool = True
    beside: str = ""
    expects: int = 200
    most: int = 40


@dataclass(frozen=True, slots=True)
class Readers:
    """The people who ask for the pages, and who moves the ledger."""

    focal_points: list[SignedInPerson]
    coordinators: list[SignedInPerson]
    mover: Mover
    seed: int = 1
    password: str = field(default_factory=lambda: os.environ.get("EDN_DEMO_PASSWORD", ""))

    def draw(self, pool: Iterable[Any], name: str) -> list[Any]:
        """The pool in an order that the seed decides."""
        drawn = list(pool)
        Random(f"{self.seed} {name}").shuffle(drawn)  # noqa: S311 - an order, not a secret
        return drawn


def operations(readers: Readers) -> list[Operation]:
    return [*_overviews(readers), *_lists(readers), *_details(readers), *_signed_in(readers), *_verbs(readers)]


def _overviews(readers: Readers) -> Iterator[Operation]:
    board, calendar = _in_both("projects:board"), _in_both("projects:calendar")
    yield _pages("board", [Asked(HttpCall(path), {}) for path in board])
    days = [Asked(HttpCall(_with(path, on=day)), {}) for path in board for day in _past_days()]
    yield _pages("board of a past day", readers.draw(days, "past"), beside="board")
    yield _pages("coverage map", [Asked(HttpCall(path), {}) for path in _in_both("projects:coverage_map")])
    months = [_with(path, month=month) for path in calendar for month in _months()]
    yield _pages("calendar", [Asked(HttpCall(path), {}) for path in readers.draw(months, "calendar")])


def _lists(readers: Readers) -> Iterator[Operation]:
    lists, tasks = _in_both("projects:commitment_list"), _in_both("projects:task_list")
    agencies = list(_answering().values_list("acronym", "key"))
    sectors = list(Agency.objects.sector_heads().with_agencies().order_by("pk").values_list("key", flat=True))
    pages = max(2, Commitment.objects.count() // ROWS_SHOWN)

    def drawn(name: str, pool: Iterable[tuple[str, dict[str, Any]]]) -> Operation:
        return _pages(name, [Asked(HttpCall(path), scope) for path, scope in readers.draw(pool, name)])

    by_agency = (
        (_with(path, agency=acronym or key, order=order), {"agency__key": key})
        for path, (acronym, key), order in product(lists, agencies, ORDERS[:2])
    )
    yield drawn("commitments of an agency", by_agency)
    late = (
        (_with(path, light="late", sector=key, order=order), {"agency__parent__key": key})
        for path, key, order in product(lists, sectors, ORDERS)
    )
    yield drawn("commitments, late ones of a sector", late)
    deep = product(lists, range(pages // 2 + 1, pages + 1))
    yield drawn("commitments, deep page", ((_with(path, page=page), {}) for path, page in deep))
    rare = product(lists, VOCABULARY[RARE : RARE + POOL])
    yield drawn("commitments, search of a rare word", ((_with(path, q=word), {}) for path, word in rare))
    common = product(lists, VOCABULARY[1:COMMON], ORDERS)
    yield drawn(
        "commitments, search of a common word",
        ((_with(path, q=word, order=order), {}) for path, word, order in common),
    )
    words = product(_in_both("projects:search"), [*VOCABULARY[1:COMMON], *VOCABULARY[RARE : RARE + POOL]])
    yield drawn("found by a word", ((_with(path, q=word), {}) for path, word in words))
    early = product(tasks, range(1, min(10, pages) + 1))
    yield drawn("tasks", ((_with(path, page=page), {}) for path, page in early))
    of_agency = (
        (_with(path, agency=acronym or key), {"agency__key": key}) for path, (acronym, key) in product(tasks, agencies)
    )
    yield drawn("tasks of an agency", of_agency)


def _details(readers: Readers) -> Iterator[Operation]:
    free = free_tasks().filter(commitment__tasks_fulfilled__gt=0, commitment__state="active")
    codes = readers.draw(
        free.order_by().values_list("commitment__code", flat=True).distinct()[: POOL * 4], "commitment"
    )
    paths = [(code, reverse("projects:commitment_detail", args=[code])) for code in codes[: POOL * 2]]
    yield _pages("commitment", [Asked(HttpCall(path), {"commitment__code": code}) for code, path in paths[:POOL]])
    yield Operation("commitment of a past day", lambda: _past(paths[POOL:] or paths), beside="commitment")
    keys = readers.draw(_answering().values_list("key", flat=True), "agency")
    yield _pages("agency", list(_both_languages("projects:agency_detail", keys, "agency__key")))
    numbers = Objective.objects.filter(parent=None).order_by("number").values_list("number", flat=True)
    aligned = "commitment__project__objective__number"
    yield _pages("objective", list(_both_languages("projects:objective_detail", numbers, aligned)))


def _past(paths: list[tuple[str, str]]) -> Iterator[Asked]:
    for code, path in paths:
        yield Asked(HttpCall(_with(path, on=_middle_day_of(code))), {"commitment__code": code})


def _signed_in(readers: Readers) -> Iterator[Operation]:
    mine, office = readers.focal_points, readers.coordinators
    work, queue = _in_both("projects:my_work"), _in_both("projects:review_queue")
    yield _pages("my work", [Asked(HttpCall(path, one.cookies), _agencies_of(one)) for path in work for one in mine])
    yield Operation("follow-up form", lambda: _forms(mine))
    yield _pages("review queue", [Asked(HttpCall(path, one.cookies), {}) for path in queue for one in office])
    yield Operation("review", lambda: _reviews(office))
    parts = [
        {},
        *({"objective": number} for number in range(1, 6)),
        *({"principle": number} for number in range(1, 13)),
    ]
    cockpit = [_with(path, **part) for path in _in_both("projects:cockpit") for part in parts]
    yield _pages("cockpit", [Asked(HttpCall(path, one.cookies), {}) for path in cockpit for one in office])


def _forms(people: list[SignedInPerson]) -> Iterator[Asked]:
    for person, code, _verified in _tasks_of(people):
        yield Asked(HttpCall(reverse("projects:follow_up_edit", args=[code]), person.cookies), _agencies_of(person))


def _reviews(people: list[SignedInPerson]) -> Iterator[Asked]:
    for person, (code, _revision) in zip(cycle(people), _waiting(people[0], "pk"), strict=False):
        yield Asked(HttpCall(reverse("projects:follow_up_review", args=[code]), person.cookies), {})


def _verbs(readers: Readers) -> Iterator[Operation]:
    verb: dict[str, Any] = {"is_page": False, "expects": 302, "most": 30}
    yield Operation("log a follow-up", lambda: _follow_ups(readers.focal_points), **verb)
    yield Operation("accept a follow-up", lambda: _decisions(readers.coordinators), **verb)
    yield Operation("accept 50 en bloc", lambda: _in_bulk(readers.coordinators), **{**verb, "most": 3})
    yield Operation("sign in", lambda: _sign_ins(readers), **{**verb, "most": 4})


def _follow_ups(people: list[SignedInPerson]) -> Iterator[Asked]:
    """A POST as the form sends it for each task on which a follow-up can be logged."""
    for person, code, verified in _tasks_of(people):
        words = {
            "progress": str(min(99, (verified or 0) + 1)),
            "done": "Se avanzó en la integración de los servicios (medición).",
            "next_step": "Seguir con la siguiente etapa.",
            "obstacle": "",
        }
        hidden = {"csrfmiddlewaretoken": person.token, "revision": "", "page": uuid4().hex, "send": "1"}
        yield Asked(HttpCall(reverse("projects:follow_up_edit", args=[code]), person.cookies, {**words, **hidden}))


def _decisions(people: list[SignedInPerson]) -> Iterator[Asked]:
    for person, (code, revision) in zip(cycle(people), _waiting(people[0], "-pk"), strict=False):
        form = {
            "csrfmiddlewaretoken": person.token,
            "revision": str(revision),
            "decision": "accept",
            "comment": "",
        }
        yield Asked(HttpCall(reverse("projects:follow_up_review", args=[code]), person.cookies, form))


def _in_bulk(people: list[SignedInPerson]) -> Iterator[Asked]:
    """The oldest fifty that need no look at their evidence, each once."""
    path = reverse("projects:review_in_bulk")
    for person in cycle(people):
        free = FollowUp.objects.decidable_by(person.user).exclude(LOOKED_AT).order_by("submitted_at", "pk")
        chosen = [f"{pk}.{revision}" for pk, revision in free.values_list("pk", "revision")[:50]]
        if not chosen:
            return
        form = {"csrfmiddlewaretoken": person.token, "decision": "accept", "chosen": chosen}
        yield Asked(HttpCall(path, person.cookies, form))


def _sign_ins(readers: Readers) -> Iterator[Asked]:
    """With the password that everybody made up has, if the environment tells it."""
    for person in readers.focal_points if readers.password else ():
        cookies = {name: value for name, value in person.cookies.items() if value == person.token}
        form = {"login": person.user.email, "password": readers.password, "csrfmiddlewaretoken": person.token}
        yield Asked(HttpCall(reverse("account_login"), cookies, form))


def _tasks_of(people: list[SignedInPerson]) -> Iterator[tuple[SignedInPerson, str, int | None]]:
    """Tasks on which a follow-up can be logged, of one person after another; read as they are asked for: verbs use such tasks up."""
    seen: set[str] = set()
    is_left = True
    while is_left:
        is_left = False
        for person in people:
            tasks = free_tasks().of_agencies(person.user.standing.agency_ids).exclude(code__in=seen).order_by("pk")
            for code, verified in tasks.values_list("code", "verified_progress")[:1]:
                is_left = True
                seen.add(code)
                yield person, code, verified


def _waiting(person: SignedInPerson, order: str) -> Iterator[tuple[str, int]]:
    """Follow-ups in review, read as they are asked for. Who only looks begins with the oldest, who decides with the newest."""
    waiting = FollowUp.objects.decidable_by(person.user).exclude(progress=100).order_by(order)
    seen: set[str] = set()
    while found := list(waiting.exclude(code__in=seen).values_list("code", "revision")[:1]):
        seen.add(found[0][0])
        yield found[0]


def _agencies_of(person: SignedInPerson) -> dict[str, Any]:
    return {"agency__in": person.user.standing.agency_ids}


def _answering() -> Any:
    """Registered agencies that have tasks."""
    owed = Task.objects.order_by().values("agency")
    return Agency.objects.registered().filter(pk__in=owed).order_by("pk")


def _past_days() -> list[date]:
    """All days of the ledger's time but today, or POOL of them."""
    first = Entry.objects.order_by("seq").values_list("at", flat=True).first()
    if first is None:
        return []
    begins, today = clock.day_of(first), clock.today()
    days = [begins + timedelta(days=offset) for offset in range((today - begins).days)]
    return days[:: max(1, len(days) // POOL)]


def _months() -> list[str]:
    """Three years back and three ahead."""
    now = clock.today()
    months = (divmod(now.year * 12 + now.month - 1 + offset, 12) for offset in range(-36, 37))
    return [f"{year:04}-{month + 1:02}" for year, month in months]


def _middle_day_of(code: str) -> date:
    """The day on which about half of what happened to this commitment had happened."""
    days = CommitmentVersion.objects.filter(commitment__code=code).order_by("since").values_list("since", flat=True)
    return days[days.count() // 2]


def _pages(name: str, asked: list[Asked], **options: Any) -> Operation:
    """These pages one after another, and from the first on again; no request when there are none."""
    return Operation(name, lambda: cycle(asked), **options)


def _in_both(name: str, *args: Any) -> list[str]:
    """A page's address in each language."""
    paths = []
    for language in LANGUAGES:
        with translation.override(language):
            paths.append(reverse(name, args=args))
    return paths


def _both_languages(name: str, keys: Iterable[Any], lookup: str) -> Iterator[Asked]:
    keys = list(keys)
    addresses = [(key, path) for key in keys for path in _in_both(name, key)]
    ordered = chain(islice(addresses, 0, None, 2), islice(addresses, 1, None, 2))
    return (Asked(HttpCall(path), {lookup: key}) for key, path in ordered)


def _with(path: str, **query: Any) -> str:
    return f"{path}?{urlencode(query)}"
