"""Looking changes nothing: HEAD, pages that have more to do than the plain address, and the guard by which this is seen."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from edn_portal.accounts.sessions import SEEN
from focalpoints import clock
from focalpoints.models import User
from focalpoints.one_time_links import INVITATION, RESET
from focalpoints.pages.typed_text import CARRIED
from focalpoints.sealing import seal
from projects import actions
from projects.models import CalendarFeed, Evidence, FollowUp
from tests.cast import Cast
from tests.dates import ahead
from tests.looking import in_memory, look, prepare
from tests.test_every_url import PERSONS, TABLE, staged


@pytest.fixture
def stage(cast: Cast) -> Iterator[dict[str, str]]:
    with in_memory():
        yield staged(cast)


@pytest.mark.once
@pytest.mark.parametrize("person", ["focal point", "coordinator", "administrator", "anonymous"])
def test_head_only_looks(cast, stage, person):
    """GET: `test_every_url`."""
    prepare()
    client, column = cast.client(person), PERSONS.index(person)
    addresses = {
        name: reverse(name, args=[stage.get(argument, argument) for argument in arguments])
        for name, (arguments, _statuses) in TABLE.items()
    }
    found = {name: look(client, "head", where) for name, where in addresses.items()}
    assert found == {name: (statuses[column], []) for name, (_arguments, statuses) in TABLE.items()}


# Where the address asks for more, or something waits to be shown


@pytest.fixture
def worked(cast: Cast, stage: dict[str, str]) -> Iterator[dict[str, list[str]]]:
    """By person, addresses at which a page has more to do. Each answers 200."""
    follow_up = FollowUp.objects.get(code="MC-250K-T2-S1")
    pdf = SimpleUploadedFile("acta.pdf", b"%PDF-1.7\n%%EOF\n", "application/pdf")
    actions.attach_file(follow_up, by=cast["focal point"], upload=pdf, content_type="application/pdf")
    actions.submit(follow_up, by=cast["focal point"], revision=FollowUp.objects.get(pk=follow_up.pk).revision)
    follow_up.refresh_from_db()
    actions.accept(follow_up, by=cast["coordinator"], revision=follow_up.revision)
    with clock.at(clock.now() + timedelta(days=2)):  # yesterday is on record then
        yield asking(cast)


def asking(cast: Cast) -> dict[str, list[str]]:
    feeds = [actions.make_feed(by=cast["focal point"], agency=agency) for agency in (None, cast.sct)]
    beyond = f"?to_due={ahead(130)}"
    past = f"?on={ahead(-1)}"
    public = [
        page("board") + past,
        page("commitment_list") + past,
        page("commitment_list") + "?q=sitios&agency=SCT&due=soon&light=late&moved=never&silence=60&order=-light",
        *[
            page("commitment_download", fmt) + query
            for fmt in ("csv", "xlsx", "jsonl")
            for query in ("?agency=SCT", past)
        ],
        *[page(f"{noun}_download", "xlsx") for noun in ("task", "follow_up", "project", "agency")],
        page("commitment_detail", "MC-250K") + "?before=9",
        page("commitment_detail", "TODAS") + past,
        page("task_list") + "?agency=SCT&due=overdue&light=at_risk&delay=on_time&review=waiting",
        page("agency_list") + "?q=sct",
        page("agency_detail", "9") + "?page=1",
        page("project_list") + "?page=1",
        page("objective_detail", 1) + past,
        page("slippage") + "?order=moves&all=1",
        page("calendar") + f"?agency=SCT&month={ahead(60):%Y-%m}&day={ahead(60).day}",
        page("commitment_feed") + "?agency=SCT",
        *[page("secret_feed", feed.token) for feed in feeds],
        page("evidence_download", Evidence.objects.get(title="acta.pdf").key),
        reverse("focalpoints:verify") + "?folio=1",
        *[link.address(cast["outsider"]).partition("localhost:8000")[2] for link in (RESET, INVITATION)],
        reverse("account_login") + "?next=/mi-trabajo/&ended=1",
    ]
    return {
        "anonymous": public,
        "focal point": [
            *public[:-1],
            page("task_reschedule", "MC-250K-T1") + beyond,
            page("task_reschedule", "MC-250K-T1") + f"?to_due={ahead(30)}",
            page("commitment_reschedule", "MC-250K") + beyond,
            page("my_work") + "?list=due_soon",
            page("notice_list") + "?page=1",
            page("calendar") + "?mine=1",
        ],
        "coordinator": [
            *public[:-1],
            page("request_review", "MC-250K-T3-R1"),
            page("review_queue") + "?q=SCT&page=1",
            page("proposal_list") + "?page=1",
            page("reminders") + f"?q=SCT&day={ahead(1)}",
            page("reminders_sent") + "?page=1",
            page("thresholds_adopt")
            + "?silent_days=30&behind_points=10&soon_days=30&soon_progress=90&late_percent=33&page=1"
            + f"&effective_on={ahead(40)}",
        ],
        "administrator": [
            reverse("focalpoints:person_list") + "?q=out&role=coordinator",
            reverse("focalpoints:agency_list") + "?q=sct",
            reverse("focalpoints:appointment_list") + "?ended=1&page=1",
            reverse("focalpoints:appointment_create") + f"?agency=9&person={cast['outsider'].code}&q=out",
            page("reminder_text", "subject", "en"),
        ],
    }  # fmt: skip


def page(name: str, *arguments: Any) -> str:
    return reverse(f"projects:{name}", args=arguments)


@pytest.mark.parametrize("method", ["get", pytest.param("head", marks=pytest.mark.once)])
@pytest.mark.parametrize("person", ["anonymous", "focal point", "coordinator", "administrator"])
def test_where_the_address_asks_for_more_it_only_looks(cast, worked, person, method):
    prepare()
    client, addresses = cast.client(person), worked[person]
    before = CalendarFeed.objects.count()
    assert {where: look(client, method, where) for where in addresses} == dict.fromkeys(addresses, (200, []))
    assert CalendarFeed.objects.count() == before == 2
    assert len(addresses) > 4


def test_the_effect_of_a_date_is_among_what_is_looked_at(cast, worked):
    [where, *_rest] = [address for address in worked["focal point"] if "to_due" in address]
    assert cast.client("focal point").get(where).context["effect"].commitment[1].due == ahead(130)
    [tried] = [address for address in worked["coordinator"] if "silent_days" in address]
    assert cast.client("coordinator").get(tried).context["days"]
    assert cast.client("focal point").get(page("notice_list")).context["notices"].rows


def with_typed_text(client: Client, person: User, where: str, fields: dict[str, str]) -> None:
    """What the person typed on this page before their session ended waits in the new one."""
    typed = {"person": person.code, "sent_to": where, "page": where, "fields": urlencode(fields), "files": True}
    session = client.session
    session[CARRIED] = seal(CARRIED, json.dumps(typed).encode())
    session.save()


KEY = "00000000-0000-4000-8000-000000000001"
TYPED = {
    ("focal point", "/tareas/MC-250K-T1/seguimiento/"): {"done": "Escrito antes.", "progress": "50", "form_key": KEY},
    ("focal point", "/tareas/MC-250K-T1/reprogramar/"): {
        "to_due_day": "1", "to_due_month": "2", "to_due_year": "{year}", "category": "legal", "reason": "Un amparo.",
        "form_key": KEY,
    },
    ("coordinator", "/tareas/MC-250K-T6/cancelar/"): {"reason": "Ya no aplica.", "revision": "0"},
    ("coordinator", "/revision/MC-250K-T3-S1/"): {"decision": "accept", "revision": "0", "comment": "Va."},
    ("administrator", "/administracion/personas/invitar/"): {
        "name": "Carla Luna", "email": "carla@agencia.example", "language": "es-mx",
    },
}  # fmt: skip


@pytest.mark.parametrize(("person", "where"), TYPED)
def test_text_that_comes_back_is_shown_and_not_sent(cast, stage, person, where):
    """Whole enough to be carried out, if that were asked for."""
    prepare()
    client = cast.client(person)
    fields = {name: value.format(year=clock.today().year + 1) for name, value in TYPED[person, where].items()}
    with_typed_text(client, cast[person], where, fields)
    for address in (where, "/cuenta/", "/cuenta/texto/", "/"):
        assert (address, *look(client, "get", address)) == (address, 200, [])
    assert CARRIED in client.session


def test_a_session_that_ends_takes_nothing_along(cast, stage):
    client = cast.client("focal point")
    client.get("/cuenta/")
    session = client.session
    session[SEEN] -= timedelta(days=1).total_seconds()
    session.save()
    assert look(client, "get", "/mi-trabajo/") == (302, [])
    assert "_auth_user_id" not in client.session


# The guard itself


def inserted(cast: Cast) -> None:
    CalendarFeed.objects.create(owner=cast["focal point"], made_at=clock.now())


def undone(cast: Cast) -> None:
    with transaction.atomic():
        User.objects.update(name="Otra")
        transaction.set_rollback(True)


def locked(cast: Cast) -> None:
    with transaction.atomic():
        list(User.objects.select_for_update())


def began(cast: Cast) -> None:
    with transaction.atomic():
        list(User.objects.all())


WRITES = {
    "inserted": inserted,
    "updated": lambda cast: User.objects.update(name="Otra"),
    "deleted": lambda cast: Session.objects.all().delete(),
    "undone": undone,
    "locked": locked,
    "began": began,
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_the_walk_would_find(cast, write):
    prepare()

    class Page:
        def get(self, where: str) -> HttpResponse:
            write(cast)
            return HttpResponse(where)

    assert look(Page(), "get", "/")[1] != []  # type: ignore[arg-type]  # a client's part that is used
    User.objects.update(name="Otra")  # and afterwards one may write again
