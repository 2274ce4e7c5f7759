"""A project serves what the OECD sheet prints, and what the coordination office links to it."""

from datetime import date

import pytest
from django.urls import reverse

from focalpoints.models import Entry
from principles.models import Enabler, Objective, Pillar, Principle
from projects import actions
from projects.models import Activity, Commitment, Project, Task
from projects.reading.history import said_of_subject
from projects.tables.projects import COLUMNS, project_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def frame(cast):
    pillar = Pillar.objects.create(number=1, title_es="Apertura")
    for number in (1, 2, 3):
        Principle.objects.create(number=number, pillar=pillar, title_es=f"Principio {number}", short_es=f"P{number}")
    above = Objective.objects.create(number=8, title_es="Objetivo")
    Objective.objects.create(number=41, title_es="Secundario", parent=above)
    Enabler.objects.create(number=5, title_es="Habilitador")
    Activity.objects.create(
        principle=Principle.objects.get(number=1), order=1, project=cast.project, as_printed="México Conectado"
    )
    return cast


def send(cast, **ticked):
    where = reverse("projects:project_relate", args=[cast.project.slug])
    revision = Project.objects.get(pk=cast.project.pk).revision
    return cast.client("coordinator").post(where, {"revision": revision} | ticked)


def served(number):
    return set(Project.objects.serving(number=number).values_list("slug", flat=True))


def test_what_is_linked_counts_wherever_what_is_printed_does(frame):
    slug = frame.project.slug
    page = frame.client("coordinator").get(reverse("projects:project_relate", args=[slug]))
    assert [row.number for row in page.context["form"].fields["principles"].queryset] == [2, 3]  # the sheet prints 1
    assert send(frame, principles=["2"], secondary=["41"], enablers=["5"]).status_code == 302
    assert served(1) == served(2) == {slug}
    assert served(3) == set()
    assert set(Commitment.objects.under_principle(2)) == set(Commitment.objects.filter(project=frame.project))
    assert set(Task.objects.under_principle(2)) == set(Task.objects.filter(commitment__project=frame.project))
    [row] = project_rows(Project.objects.filter(slug=slug))
    assert dict(zip((column.name for column in COLUMNS), row, strict=True))["principles"] == ("1", "2")
    entry = Entry.objects.about("project", slug).order_by("seq").last()
    said = said_of_subject(entry.text)["codes"]
    assert entry.verb == "relate"
    assert (said["principles"], said["secondary_objectives"], said["enablers"]) == ("2", "41", "5")
    reader = frame.client("anonymous")
    assert slug in reader.get(reverse("projects:principle_detail", args=[2])).text
    told = reader.get(reverse("projects:project_detail", args=[slug])).text
    assert "Secundario" in told
    assert "Habilitador" in told


def test_a_link_that_stays_keeps_its_day_and_one_that_is_not_ticked_goes(frame):
    send(frame, principles=["2", "3"])
    frame.project.frame_links.update(since=date(2017, 1, 1))
    send(frame, principles=["2"], objectives=["8"])
    links = frame.project.frame_links
    assert links.get(principle__number=2).since == date(2017, 1, 1)
    assert links.get(objective__number=8).since > date(2017, 1, 1)
    assert links.count() == 2
    assert served(3) == set()


def test_who_saw_an_older_state_overwrites_nothing(frame):
    by = frame["coordinator"]
    where = reverse("projects:project_relate", args=[frame.project.slug])
    sent = {"revision": Project.objects.get(pk=frame.project.pk).revision, "principles": ["3"]}
    principle = Principle.objects.filter(number=2)
    actions.relate_project(
        Project.objects.get(pk=frame.project.pk), by=by, revision=sent["revision"], principles=principle
    )
    answer = frame.client("coordinator").post(where, sent)
    assert answer.status_code == 409
    assert served(2)
    assert not served(3)
    assert 'value="3" checked' in " ".join(answer.text.split()) or answer.context["form"]["principles"].value() == ["3"]


@pytest.mark.parametrize(
    "ticked", [{"principles": ["1"]}, {"principles": ["99"]}, {"secondary": ["8"]}, {"enablers": ["x"]}]
)
def test_what_was_not_offered_is_refused(frame, ticked):
    answer = send(frame, **ticked)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not frame.project.frame_links.exists()
