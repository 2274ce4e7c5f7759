"""The coverage map: each number is the length of the list that it opens, and what was never promised is blank and said."""

import json
import re

import pytest
from django.urls import reverse

from principles.models import Enabler, Objective, Pillar, Principle
from projects import actions
from projects.models import Activity, Project
from projects.reading.coverage import coverage
from tests.cast import make_agency
from tests.standing import scene

WHERE = "/en/mapa-de-cobertura/"


@scene()
def strategy(cast):
    """Three principles: one printed, one linked, one that nothing serves; two objectives and two enablers."""
    by = cast["coordinator"]
    unam = make_agency("11-UNAM", "UNAM", parent=cast.sep)
    make_agency("12", "SSA", is_ministry=True)
    pillar = Pillar.objects.create(number=1, title_es="Apertura")
    printed, linked, _bare = (
        Principle.objects.create(number=number, pillar=pillar, title_es=f"P{number}", short_es=f"P{number}")
        for number in (1, 2, 3)
    )
    objectives = [Objective.objects.create(number=number, title_es=f"O{number}") for number in (1, 2)]
    main, other = (Enabler.objects.create(number=number, title_es=f"H{number}") for number in (1, 2))
    school = actions.create_project(
        by=by, slug="escuela", title="Escuela", kind="platform", objective=objectives[0], enabler=main
    )
    Activity.objects.create(principle=printed, order=1, project=school, as_printed="Escuela")
    actions.relate_project(school, by=by, revision=school.revision, principles=[linked], enablers=[other])

    def promised(code, **facts):
        actions.create_commitment(by=by, project=school, code=code, title=code, **{"binds": "named", **facts})

    promised("DOS", agencies=[cast.sep, unam])  # one sector, once
    promised("VARIAS", agencies=[unam, cast.sct])
    promised("TODAS", binds="all")
    promised("NADIE", binds="none published")
    return cast


def test_each_cell_is_the_length_of_its_list_and_blanks_are_blank(strategy):
    client = strategy.client("coordinator")  # for whom no list is kept
    rows = [json.loads(row) for row in b"".join(client.get("/mapa-de-cobertura.jsonl")).splitlines()]
    told = {(row["map"], row["number"], row["across"]): row["commitments"] for row in rows}
    assert told["principles", 1, "11"] == told["principles", 2, "11"] == 2
    assert told["principles", 1, "9"] == told["principles", 1, "all"] == 1
    assert told["principles", 1, "12"] == told["principles", 3, "11"] == 0
    assert told["objectives", 1, "1"] == told["objectives", 1, "2"] == 4
    assert told["objectives", 2, "1"] == 0
    for row in rows:
        found = client.get(row["url"].partition("8000")[2])
        assert found.status_code == 200
        assert found.context["found"].count == row["commitments"], row["url"]
    page = client.get(WHERE).text
    shown = re.findall(r'<td><a href="([^"]+)"[^>]*>(\d+)</a></td>', page)
    assert len(shown) == sum(bool(count) for count in told.values())
    assert "1 of 3 principles has no commitment at all" in page
    assert "1 of 3 ministries is named in none of its own under any principle" in page
    assert "1 commitment more of which no agency was published" in page


def test_a_strategy_with_nothing_in_it_says_so(cast):
    page = cast.client("anonymous").get(WHERE)
    assert page.status_code == 200
    assert "No principle is registered yet" in page.text


def test_it_asks_as_often_for_much_as_for_little(strategy, django_assert_num_queries):
    by = strategy["coordinator"]
    with django_assert_num_queries(9):
        coverage()
    for number in range(30):
        agency = make_agency(f"30-{number}", f"AG{number}")
        project = actions.create_project(by=by, slug=f"p-{number}", title=f"P {number}", kind="policy")
        actions.relate_project(
            project,
            by=by,
            revision=project.revision,
            principles=[Principle.objects.get(number=3)],
            enablers=Enabler.objects.all(),
        )
        actions.create_commitment(
            by=by, project=project, code=f"C{number}", title="C", binds="named", agencies=[agency]
        )
    with django_assert_num_queries(9):
        found = coverage()
    assert [row.total for row in found.principles] == [4, 4, 30]


def test_every_project_of_an_enabler_stands_on_its_page(strategy):
    client = strategy.client("anonymous")
    pages = [client.get(f"/en/habilitadores/{number}/").text for number in (1, 2)]
    address = reverse("projects:project_detail", args=["escuela"])
    assert [address in page for page in pages] == [True, True]
    assert ["linked by the coordination office" in page for page in pages] == [False, True]
    assert "4 commitments" in pages[0]
    assert client.get("/en/habilitadores/9/").status_code == 404


def test_the_oecd_table_is_printed_whole_and_apart_from_what_was_linked(strategy):
    page = strategy.client("anonymous").get("/en/principios/tabla-ocde/").text
    assert page.count('href="/en/proyectos/escuela/"') == 1
    assert page.count("The sheet prints no activity") == 2


@pytest.mark.parametrize("address", ["principios/tabla-ocde/", "habilitadores/1/", "objetivos/"])
def test_queries_do_not_grow_with_the_projects(strategy, address, django_assert_max_num_queries):
    for number in range(30):
        project = Project.objects.create(
            slug=f"q-{number}", title=f"Q {number}", kind="policy", enabler=Enabler.objects.get(number=1)
        )
        Activity.objects.create(
            principle=Principle.objects.get(number=1), order=number + 2, project=project, as_printed="Q"
        )
    with django_assert_max_num_queries(12):
        assert strategy.client("anonymous").get(f"/en/{address}").status_code == 200
