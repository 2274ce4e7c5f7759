"""The page after an invitation: what to do, the first tasks, the next date and whom to ask, each role its own."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client

from focalpoints import clock
from focalpoints.actions import publish_office_text
from focalpoints.one_time_links import INVITATION, RESET
from tests.cast import appoint, make_user

# Pages, each of which opens on both databases (test_every_url): the rest is said once.
pytestmark = pytest.mark.once
PAGE = "/en/bienvenida/"


def text_of(cast, role):
    return " ".join(re.sub(r"<[^>]+>", " ", cast.client(role).get(PAGE).text.partition("<main")[2]).split())


def test_a_focal_point_learns_what_to_do_what_is_next_and_finds_the_first_tasks(cast):
    due = clock.today() + timedelta(days=12)
    soon = cast.task(title="Conectar las clínicas", due=due)
    cast.task(title="Lo atrasado", due=clock.today() - timedelta(days=3))
    for number in range(3):
        cast.task(title=f"Lejana {number}", due=clock.today() + timedelta(days=90))
    page = cast.client("focal point").get(PAGE).text
    assert re.findall(r'edn-welcome__step">([^<]+)<', page) == [
        "Look at what is due", "Log a follow-up", "Tell us early if something stands in the way",
    ]  # fmt: skip
    said = text_of(cast, "focal point")
    assert f"Your next date is {due.day} {due:%B %Y} : Conectar las clínicas" in said
    assert "Focal point: Titular focal point, SCT. Here you report" in said
    assert said.index("1 task, 3 days late: Lo atrasado .") < said.index("Your next date")
    names = re.findall(r'edn-tasks__name"[^>]*>(?:<[^>]+>)?([^<]+)<', page)
    assert names == ["Lo atrasado", "Conectar las clínicas", "Lejana 0"]
    assert f'href="/en/tareas/{soon.code}/seguimiento/"' in page
    assert "All 5 in My work" in said


def test_the_next_date_is_one_that_they_can_still_act_on_and_what_was_returned_comes_before_it(cast):
    def due_in(days, title):
        return cast.task(due=clock.today() + timedelta(days=days), title=title)

    cast.follow_up("submitted", due_in(4, "La enviada"))
    assert "Your next date" not in text_of(cast, "focal point")
    cast.follow_up("returned", due_in(20, "La devuelta"))
    due_in(11, "La próxima")
    said = text_of(cast, "focal point")
    assert said.index("1 task was returned to you: La devuelta .") < said.index(": La próxima .")
    due_in(-3, "Una"), due_in(-9, "La primera")
    assert "2 tasks are overdue, the first of them 9 days late: La primera ." in text_of(cast, "focal point")


def test_without_a_task_the_page_says_what_will_come(cast):
    assert "Your agency has no open task." in text_of(cast, "focal point")
    assert "Your next date" not in text_of(cast, "focal point")


@pytest.mark.parametrize(
    ("role", "says", "leads_to"),
    [
        ("coordinator", "you coordinate: you review", "/en/revision/"),
        ("administrator", "you administer: you keep", "/en/administracion/"),
        ("outsider", "has no appointment or role yet", None),
    ],
)
def test_each_role_has_its_own_sentence(cast, role, says, leads_to):
    page = cast.client(role).get(PAGE)
    assert says in text_of(cast, role)
    assert leads_to is None or f'<a class="govuk-link" href="{leads_to}">' in page.text
    assert "edn-welcome__step" not in page.text


def test_who_is_appointed_for_later_learns_from_when(cast):
    begins = clock.today() + timedelta(days=10)
    cast.people["newcomer"] = make_user("newcomer")
    appoint(cast["newcomer"], cast.sep, "alternate", since=begins)
    assert f"your appointment in {cast.sep.name} begins on {begins.day} {begins:%B %Y}" in text_of(cast, "newcomer")


def test_whom_to_ask_is_said_once_an_administrator_has_entered_it(cast):
    assert "has not entered its mailbox yet" in text_of(cast, "focal point")
    words = {"name": "Coordinación", "email": "cedn@demo.example", "text_es": "De lunes a viernes."}
    publish_office_text("contact", by=cast["administrator"], revision=0, **words)
    page = cast.client("focal point").get(PAGE).text.partition("<main")[2].partition("</main>")[0]
    assert '<a class="govuk-link" href="mailto:cedn@demo.example">' in page


def test_who_comes_by_an_invitation_begins_here_and_by_a_reset_goes_to_work(cast):
    chosen = dict.fromkeys(("password1", "password2"), "una frase larga y buena 2018")
    for link, page in ((INVITATION, "/bienvenida/"), (RESET, "/mi-trabajo/")):
        answer = Client().post(link.address(cast["focal point"]).removeprefix(settings.BASE_URL), chosen)
        assert (answer.status_code, answer.url) == (302, page)
