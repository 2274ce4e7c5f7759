"""A control is drawn exactly where its POST would pass: every page that has any, as every person, against the tables of verbs."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from focalpoints import clock
from focalpoints.actions import deactivate
from focalpoints.models import Agency, Appointment, Role, User
from focalpoints.pages.controls import address_of
from focalpoints.workflow import VERBS, verbs_on
from principles.models import Objective
from projects import actions
from projects.models import Assessment, Commitment, FollowUp, Project, Request, Task
from tests.cast import EVERYBODY, has_signed_in
from tests.deciding import withdrawn
from tests.test_every_url import stage  # noqa: F401 - a fixture

# Pages, each of which opens on both databases (test_every_url), like each verb (test_every_verb): the rest is said once.
pytestmark = pytest.mark.once

LEADS_TO = re.compile(r'(?:href|action)="([^"#]+)"')


@pytest.fixture
def pages(cast, stage):  # noqa: F811
    """Address of each page and the rows whose controls it draws, in every state that the tables know."""
    coordinator = cast["coordinator"]
    for state in ("withdrawn", "returned"):
        cast.follow_up(state)
    for is_taken_back in (False, True):
        said = cast.task()
        actions.note_no_change(said, by=cast["focal point"])
        if is_taken_back:
            actions.retract_no_change(said.follow_ups.get(), by=cast["focal point"])
    paused = cast.task()
    actions.pause_reminders(paused, by=coordinator, reason="Veda electoral.", until=clock.today() + timedelta(days=30))
    cancelled = cast.another_commitment()
    for state in ("cancelled", "declined"):
        cast.task(state, commitment=cancelled)
    withdrawn(cast, cancelled, "Se sustituye.")
    ended = actions.create_project(by=coordinator, slug="otro", title="Otro", kind="programme")
    actions.cancel_project(ended, by=coordinator, revision=ended.revision, reason="Se sustituye.")
    free = cast.another_commitment()  # nothing stands in the way of cancelling this one
    actions.pause_reminders(free, by=coordinator, reason="Veda.", until=clock.today() + timedelta(days=30))
    secured = has_signed_in(cast["alternate"])
    Authenticator.objects.create(user=secured, type=Authenticator.Type.TOTP, data={})
    deactivate(cast.people["outsider"], by=cast["administrator"], reason="Dejó la dependencia.")
    due = clock.today() + timedelta(days=70)
    decided = [cast.task() for _ in range(2)]
    asked = [
        actions.request_date(task, by=cast["focal point"], to_due=due, category="legal", reason="Un amparo.")
        for task in decided
    ]
    actions.approve_request(asked[0], by=coordinator, revision=asked[0].revision)
    actions.reject_request(asked[1], by=coordinator, revision=asked[1].revision, comment="Falta el acta.")
    questioned = cast.follow_up("submitted")
    actions.ask(questioned, by=coordinator, revision=questioned.revision, comment="¿Cuántos?")
    found = [
        *((reverse("projects:project_detail", args=[row.slug]), [row]) for row in Project.objects.all()),
        *((reverse("projects:commitment_detail", args=[row.code]), [row]) for row in Commitment.objects.all()),
        *((reverse("projects:task_detail", args=[row.code]), [row]) for row in Task.objects.all()),
        *((reverse("projects:follow_up_detail", args=[row.code]), [row]) for row in FollowUp.objects.all()),
        *((reverse("projects:request_detail", args=[row.code]), [row]) for row in Request.objects.all()),
        *(
            (reverse("focalpoints:agency_detail", args=[row.key]), [row, *row.appointments.all()])
            for row in Agency.objects.all()
        ),
        *((reverse("projects:commitment_detail", args=["MC-250K"]), [row]) for row in Assessment.objects.all()),
        *((reverse("projects:objective_detail", args=[row.number]), [row]) for row in Objective.objects.all()),
        *(
            (reverse("focalpoints:person_detail", args=[person.code]), [person, *person.roles.all()])
            for person in User.objects.all()
        ),
        (reverse("focalpoints:role_list"), list(Role.objects.waiting())),
    ]
    assert len(found) > 35
    assert Appointment.objects.exists()
    return found


@pytest.mark.parametrize("name", EVERYBODY)
def test_a_control_is_drawn_exactly_where_its_verb_would_pass(cast, pages, name):
    user, client = cast[name], cast.client(name)
    drawn, promised, opened = {}, {}, {}
    for page, rows in pages:
        answer = client.get(page)
        if answer.status_code != 200:
            continue
        leads_to = set(LEADS_TO.findall(answer.content.decode()))
        for row in (type(row)._default_manager.get(pk=row.pk) for row in rows):
            addresses = {address_of(verb, row) for verb in verbs_on(row) if verb.page}
            drawn[page, row] = leads_to & addresses
            is_open = {address_of(verb, row): verb for verb in verbs_on(row) if verb.page and verb.is_open(user, row)}
            promised[page, row] = set(is_open)
            for address, verb in is_open.items():
                opened[address] = client.get(address).status_code == (405 if verb.is_button else 200)
    assert drawn == promised
    assert [address for address, is_right in opened.items() if not is_right] == []
    if name == "coordinator":
        shown = {address for addresses in drawn.values() for address in addresses}
        assert len(shown) > 40
        assert reverse("projects:task_cancel", args=["MC-250K-T3"]) not in shown  # its follow-up waits


def test_every_verb_with_a_page_is_open_to_somebody_on_the_way(cast, pages):
    """Else the walk would say nothing of it."""
    rows = [row for _page, several in pages for row in several]
    people = [cast[name] for name in EVERYBODY]
    seen = {
        verb.id for row in rows for verb in verbs_on(row) for user in people if verb.page and verb.is_open(user, row)
    }
    assert {verb.id for verb in VERBS.values() if verb.page and verb.asked_of} - seen == set()
