"""Every form of the portal in which somebody writes gives the text back when the session ended meanwhile."""

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from focalpoints.models import Entry
from projects import actions
from projects.models import Commitment, Project, Request, Task
from tests.cast import Cast, make_agency
from tests.dates import ahead, ask
from tests.signing_in import PASSWORD, hidden, sign_in

# Pages, each of which opens on both databases (test_every_url), like each verb (test_every_verb): the rest is said once.
pytestmark = [pytest.mark.usefixtures("fast_hashing"), pytest.mark.once]
WRITABLE = {"text", "email", "url", "search", "number"}


def free_project(cast: Cast) -> Project:
    """One that nothing keeps from being cancelled."""
    return actions.create_project(by=cast["coordinator"], slug="otro", title="Otro", kind="programme")


def recurring(cast: Cast) -> Commitment:
    return cast.another_commitment(recurrence="quarterly")


def shared(cast: Cast) -> Task:
    """Another agency of its commitment could answer for it; it is due too soon for one coordinator to pass it on."""
    commitment = cast.another_commitment(agencies=[cast.sct, cast.sep])
    return cast.task(commitment=commitment, due=ahead(9))


def two_tasks(cast: Cast) -> list[Task]:
    return [cast.task(), cast.task()]


def asked_for_two(cast: Cast) -> Request:
    tasks = two_tasks(cast)
    commitment = Commitment.objects.get(pk=cast.commitment.pk)
    facts = {"category": "legal", "reason": "Ya no hacen falta."}
    return actions.ask_cancellations(commitment, by=cast["second coordinator"], tasks=tasks, **facts)[0]


# By hand: each page with a form to write in, who opens it, and what stands in its address.
FORMS: list[tuple[str, str, Callable[[Cast], list[Any]]]] = [
    ("focal point", "projects:follow_up_edit", lambda cast: [cast.task().code]),
    ("focal point", "projects:task_propose", lambda cast: [cast.commitment.code]),
    ("focal point", "projects:task_reschedule", lambda cast: [cast.task().code]),
    ("focal point", "projects:commitment_reschedule", lambda cast: [cast.commitment.code]),
    ("coordinator", "projects:request_review", lambda cast: [ask(cast).code]),
    ("coordinator", "projects:requests_review", lambda cast: [asked_for_two(cast).code]),
    ("coordinator", "projects:commitment_ask_cancellations", lambda cast: [two_tasks(cast)[0].commitment.code]),
    ("coordinator", "projects:task_ask_first_date", lambda cast: [cast.task(due=None).code]),
    ("coordinator", "projects:commitment_ask_first_date", lambda cast: [cast.another_commitment().code]),
    ("coordinator", "projects:task_ask_correction", lambda cast: [cast.task().code]),
    ("coordinator", "projects:commitment_ask_correction", lambda cast: [cast.commitment.code]),
    ("coordinator", "projects:follow_up_review", lambda cast: [cast.follow_up("submitted").code]),
    ("coordinator", "projects:project_create", lambda cast: []),
    ("coordinator", "projects:project_correct", lambda cast: [cast.project.slug]),
    ("coordinator", "projects:project_cancel", lambda cast: [free_project(cast).slug]),
    ("coordinator", "projects:commitment_create", lambda cast: []),
    ("coordinator", "projects:commitment_correct", lambda cast: [cast.commitment.code]),
    ("coordinator", "projects:commitment_ask_withdrawal", lambda cast: [cast.commitment.code]),
    ("coordinator", "projects:commitment_ask_scope", lambda cast: [cast.commitment.code]),
    ("coordinator", "projects:commitment_ask_series_end", lambda cast: [recurring(cast).code]),
    ("coordinator", "projects:task_create", lambda cast: [cast.commitment.code]),
    ("coordinator", "projects:task_create_for_all", lambda cast: [cast.another_commitment(binds="all").code]),
    ("coordinator", "projects:task_decline", lambda cast: [cast.task("proposed").code]),
    ("coordinator", "projects:task_correct", lambda cast: [cast.task().code]),
    ("coordinator", "projects:task_cancel", lambda cast: [cast.task().code]),
    ("coordinator", "projects:task_undo", lambda cast: [cast.task().code]),
    ("coordinator", "projects:task_ask_scope", lambda cast: [cast.task().code]),
    ("coordinator", "projects:task_ask_cancellation", lambda cast: [cast.follow_up("accepted").task.code]),
    ("coordinator", "projects:task_ask_assignment", lambda cast: [shared(cast).code]),
    ("focal point", "projects:task_withdraw", lambda cast: [cast.task("proposed").code]),
    ("coordinator", "projects:follow_up_redact", lambda cast: [cast.follow_up("accepted").code]),
    ("coordinator", "projects:request_redact", lambda cast: [ask(cast).code]),
    ("coordinator", "projects:task_pause", lambda cast: [cast.task().code]),
    ("coordinator", "projects:commitment_pause", lambda cast: [cast.commitment.code]),
    ("administrator", "projects:reminder_text", lambda cast: ["closing", "es-mx"]),
    ("administrator", "focalpoints:agency_create", lambda cast: []),
    ("administrator", "focalpoints:agency_correct", lambda cast: ["9"]),
    ("administrator", "focalpoints:agency_close", lambda cast: [make_agency("27", "SFP").key]),
    ("administrator", "focalpoints:person_invite", lambda cast: []),
    ("administrator", "focalpoints:person_correct", lambda cast: [cast["outsider"].code]),
    ("administrator", "focalpoints:person_deactivate", lambda cast: [cast["outsider"].code]),
    ("administrator", "focalpoints:appointment_create", lambda cast: [f"?agency=11&person={cast['outsider'].code}"]),
    ("administrator", "focalpoints:appointment_end", lambda cast: [cast["alternate"].appointments.get().code]),
]


class Form(HTMLParser):
    """The fields of the first POST form inside `<main>`, as a browser would send them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.writable: list[str] = []
        self.state = "before"
        self.feed(html[html.index("<main") :])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag == "form" and facts.get("method") == "post" and self.state == "before":
            self.state, self.action, self.fields = "inside", facts.get("action", ""), {}
        name = facts.get("name", "")
        if self.state != "inside" or not name:
            return
        kind = facts.get("type", "text") if tag == "input" else tag
        if kind in WRITABLE | {"textarea"}:
            self.writable.append(name)
        elif kind == "hidden" or (kind in {"radio", "checkbox"} and "checked" in facts):
            self.fields[name] = facts.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self.state == "inside":
            # A form with nothing to write in is a button.
            self.state = "after" if self.writable else "before"


def address_of(name: str, *arguments: str) -> str:
    """A page's address; an argument that begins with `?` is its query."""
    query = "".join(argument for argument in arguments if argument.startswith("?"))
    return reverse(name, args=[argument for argument in arguments if not argument.startswith("?")]) + query


@pytest.mark.parametrize(("who", "name", "arguments"), FORMS, ids=[name for _, name, _ in FORMS])
def test_a_form_gives_back_what_was_typed(cast: Cast, who: str, name: str, arguments: Any) -> None:
    person = cast[who]
    person.set_password(PASSWORD)
    person.save()
    address = address_of(name, *arguments(cast))
    browser = Client(enforce_csrf_checks=True)
    token = hidden(browser.get(reverse("account_login")).content.decode(), "csrfmiddlewaretoken")
    sign_in(browser, person, csrfmiddlewaretoken=token)
    page = browser.get(address)
    assert page.status_code == 200
    form = Form(page.content.decode())
    typed = {name: f"ñ{number}7" for number, name in enumerate(form.writable, 10)}
    assert typed
    Session.objects.all().delete()
    entries = Entry.objects.count()
    headers = {"referer": f"http://testserver{address}"}
    late = browser.post(form.action or address, form.fields | typed, headers=headers)
    assert late.status_code == 401
    html = late.content.decode()
    back = sign_in(
        browser, person, **{field: hidden(html, field) for field in ("csrfmiddlewaretoken", "next", "carried")}
    )
    assert back.headers["Location"] == address
    again = browser.get(address).content.decode()
    assert {field: text for field, text in typed.items() if text not in again} == {}
    assert Entry.objects.count() == entries
