"""The coordinators' cockpit: each number is the length of the list that it opens, of the whole strategy and of every part of it."""

import html
import json
import re
from datetime import timedelta

import pytest

from focalpoints import clock
from principles.models import Objective, Pillar, Principle
from projects import actions
from projects.derived.day_figures import keep_missing_days, keep_today
from projects.models import Activity, Commitment, Request, Task
from projects.reading.attention import StrategyPart, attention
from projects.reading.day import Day
from projects.tables.attention import ATTENTION, SAID
from tests.cast import make_agency
from tests.dates import at
from tests.deciding import approved, cancelled, first_dated, rescoped, withdrawn
from tests.standing import scene

WHERE = "/en/tablero-de-control/"
PARTS = ("", "sector=11", "agency=unam", "objective=none", "agency=sct&principle=3", "sector=CEDN")


@scene()
def strategy(cast):
    """At least one of everything that is counted, in two sectors, with an objective and without."""
    today = clock.today()
    unam = make_agency("11-UNAM", "UNÁM", parent=cast.sep)
    objective = Objective.objects.create(number=2, title_es="Economía Digital", title_en="Digital Economy")
    principle = Principle.objects.create(
        number=3, pillar=Pillar.objects.create(number=1, title_es="Apertura"), title_es="Datos", short_es="Datos"
    )
    school = actions.create_project(
        by=cast["coordinator"], slug="escuela", title="Escuela digital", kind="platform", objective=objective
    )
    Activity.objects.create(principle=principle, order=1, project=school, as_printed="Escuela digital")

    def promised(code, project=cast.project, **facts):
        facts = {"binds": "named", **facts}
        return actions.create_commitment(by=cast["coordinator"], project=project, code=code, title=code, **facts)

    late = promised("LATE", agencies=[cast.sep], due=today - timedelta(3))
    schools = promised("SCHOOLS", school, agencies=[unam, cast.sct], due=today + timedelta(60))
    promised("EMPTY", school, agencies=[cast.sep])
    cast.task(commitment=late, agency=cast.sep, due=today - timedelta(5))
    vacant = cast.task(commitment=schools, agency=unam, due=today + timedelta(30))
    Task.objects.filter(pk=vacant.pk).update(quiet_since=today - timedelta(90))
    stuck = cast.task(commitment=schools)
    cast.follow_up("accepted", stuck, progress=30, obstacle="Falta presupuesto.")
    cast.follow_up("submitted", cast.task(), progress=100)
    moved = cast.task(due=today + timedelta(20))
    for item in (moved, Commitment.objects.get(pk=schools.pk)):
        to_due = item.due + timedelta(9)
        approved(
            cast,
            actions.request_date(item, by=cast["focal point"], to_due=to_due, category="legal", reason="Se aplazó."),
        )
    rescoped(cast, cast.task(), title="Menos sitios")
    cancelled(cast, cast.task(agency=cast.sct))
    withdrawn(cast, promised("GONE", agencies=[cast.sct]))
    undated = promised("OLD", agencies=[cast.sct])
    alone = first_dated(cast, cast.task(commitment=undated, due=None), today + timedelta(9))
    Request.objects.filter(pk=alone.pk).update(decided_alone=True)
    done = promised("DONE", agencies=[cast.sct], due=today + timedelta(40))
    cast.follow_up("accepted", cast.task(commitment=done, due=done.due), progress=100)
    cast.find(done, "partly")
    cast.task("proposed", commitment=schools, due=None)
    waiting = cast.task(commitment=promised("WAITS", agencies=[cast.sct], due=today + timedelta(40)), due=None)
    cast.follow_up("accepted", waiting, progress=100)
    later = today + timedelta(40)
    actions.request_date(moved, by=cast["focal point"], to_due=later, category="legal", reason="Se aplazó.")
    return cast


def length_of(client, url):
    page = client.get(url)
    assert page.status_code == 200, (url, page.context["form"].errors)
    return page.context["found"].count if "found" in page.context else page.context["count"]


@pytest.mark.both
def test_each_number_is_the_length_of_the_list_that_it_opens(strategy):
    assert not [name for name, count in attention(StrategyPart(), Day.today()).numbers.items() if not count]
    coordinator = strategy.client("coordinator")  # for whom no list is kept
    opened = 0
    for query in PARTS:
        page = coordinator.get(f"{WHERE}?{query}")
        rows = [json.loads(row) for row in b"".join(coordinator.post(f"{WHERE}exportar.jsonl?{query}")).splitlines()]
        shown = re.findall(r'<li><a href="([^"]+)"><b[^>]*>(\d+)</b>', page.text)
        if not query:
            # A follow-up, a request, a proposal and what is to be assessed.
            assert shown.pop() == ("/en/revision/", "4")
        numbers = [row for row in rows if not row["sector"]]
        assert [row["code"] for row in numbers] == list(ATTENTION)
        told = [(row["url"].partition("8000")[2], row["value"]) for row in numbers]
        assert [(html.unescape(url), int(count)) for url, count in shown] == [row for row in told if row[1]]
        for url, value in told + [(row["url"].partition("8000")[2], row["value"]) for row in rows if row["sector"]]:
            assert length_of(coordinator, url) == value, url
            opened += 1
    assert opened > 6 * len(ATTENTION)


def test_what_is_zero_is_folded_into_one_sentence_and_a_part_can_be_taken_off(strategy):
    page = strategy.client("coordinator").get(f"{WHERE}?sector=CEDN&principle=3").text
    assert '<ul class="edn-tiles">' not in page
    assert "At zero, and so folded: late tasks, tasks at risk," in page
    assert '?principle=3" aria-current="true">Sector: CEDN' in page
    assert "Months are kept for the whole strategy alone" in page


@pytest.mark.parametrize(
    "query", ["sector=99", "objective=9", "objective=x", "principle=0", "agency=nadie", "agency=%00", "sector=9&agency=SCT",
              "agency=" + "x" * 101],
)  # fmt: skip
def test_a_part_that_there_is_not_is_refused_with_its_field(strategy, query):
    page = strategy.client("coordinator").get(f"{WHERE}?{query}")
    assert page.status_code == 400
    assert re.search(r'<a href="#id_\w+">', page.text)
    assert "edn-tiles" not in page.text
    file = strategy.client("coordinator").post(f"{WHERE}exportar.csv?{query}")
    assert (file.status_code, file.url.partition("?")[0]) == (302, WHERE)


def test_twelve_months_of_the_whole_strategy_with_their_table(cast):
    cast.task(due=clock.today() + timedelta(40))
    with at(clock.today() + timedelta(150)):
        keep_missing_days()
        keep_today()
        page = cast.client("coordinator").get(WHERE).text
    table = page.partition("Twelve months: tasks, commitments and progress")[2].partition("</table>")[0]
    assert (
        re.findall(r'data-label="Late tasks">([^<]+)', table)
        == ["0", "0", "1", "1", "1", "1"][-len(re.findall("<tr>", table)) + 1 :]
    )
    assert 'data-label="Tasks verified at 100 %"' in table


def test_queries_do_not_grow_with_the_strategy(cast, django_assert_num_queries):
    cast.task()
    with django_assert_num_queries(4):
        attention(StrategyPart(), Day.today())
    for _number in range(30):
        cast.task(commitment=cast.another_commitment())
    with django_assert_num_queries(4):
        attention(StrategyPart(), Day.today())


def test_what_is_kept_is_told_until_the_ledger_moves(cast, django_assert_num_queries):
    task = cast.task(due=clock.today() + timedelta(40))
    coordinator, colleague = cast.client("coordinator"), cast.client("second coordinator")
    first = coordinator.get(WHERE).text
    assert tiles_of(colleague.get(WHERE).text) == tiles_of(first) == {}
    with django_assert_num_queries(5):  # session, person, roles, where the ledger stands, notices
        colleague.get(WHERE)
    cancelled(cast, task)
    assert tiles_of(colleague.get(WHERE).text) == {
        "cancelled task": "1", "case in the review queue": "1",  # its commitment waits to be assessed
    }  # fmt: skip


def test_every_number_has_its_words():
    assert SAID.keys() == ATTENTION.keys() == attention_names()


def attention_names():
    from projects.reading.attention import APART, OF_COMMITMENTS, OF_TASKS

    lit = {"tasks_late", "tasks_at_risk", "tasks_to_be_verified", "commitments_late"}
    return lit | OF_TASKS.keys() | OF_COMMITMENTS.keys() | APART.keys()


def tiles_of(text):
    return {words: number for number, words in re.findall(r"<b[^>]*>(\d+)</b> <span>([^<]+)</span>", text)}
