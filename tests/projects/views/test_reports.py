"""Reports of one page: their figures are those of the pages and lists that they are about, today and on a past day."""

from collections import Counter
from datetime import timedelta

import pytest
from django.core.cache import caches

from focalpoints import clock
from focalpoints.facts import agency_state
from focalpoints.ledger.record import record
from focalpoints.models import Agency, Entry
from tests.projects.views.test_board import strategy  # noqa: F401 - a fixture
from tests.walking import listed, page, walked

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(autouse=True)
def nothing_kept():
    caches["pages"].clear()


@pytest.fixture
def recorded(strategy):  # noqa: F811
    """The strategy with its agencies in the ledger, and a finding on what still goes on."""
    for agency in Agency.objects.select_related("parent"):
        record("create", agency_state(agency), by=strategy["administrator"], office="administration")
    strategy.find(strategy.commitment, "concern")
    strategy.follow_up("accepted", strategy.task(), obstacle="Falta el contrato.")
    return strategy


@pytest.fixture(params=["today", "a past day"])
def day(request, recorded):
    """The query string of the day on which the strategy was told; once that is past, something more has happened."""
    on = clock.today()
    if request.param == "today":
        yield ""
        return
    with clock.at(clock.now() + timedelta(days=3)):
        recorded.find(recorded.commitment, "off_course")
        recorded.task(commitment=recorded.commitment, due=on - timedelta(days=50))
        yield f"?on={on}"


def test_every_figure_leads_to_exactly_its_items(day):
    for address in ("", "dependencias/11/") if day else ("", "objetivos/2/", "dependencias/9/", "dependencias/11/"):
        count, _lists = walked(f"/en/{address}informe/{day}")
        assert count >= (4 if day else 8), address


@pytest.mark.both
def test_it_says_what_its_page_says(day):
    for about in ("", "objetivos/2/", "dependencias/9/"):
        said, meant = page(f"/en/{about}informe/{day}").context, page(f"/en/{about}{day}").context
        tally = meant["total"] if about == "" else meant["tally"]
        assert (said["tally"], str(said["verdict"])) == (tally, str(meant["verdict"])), about
        assert said["tally"].total, about
        if about:
            assert said["moved"] == meant["moved"], about
    assert (said["task_verdict"], said["tasks"]) == (meant["task_verdict"], meant["task_lights"])
    [obstacles] = [fact for fact in said["facts"] if fact.title == "Obstacles"]
    assert obstacles.clauses[0].words == "1 open task states one"
    home, report = page(f"/en/{day}").context, page(f"/en/informe/{day}").context
    assert report["late"] == list(home["late"])
    assert report["coming"] == list(home["coming"])
    assert (report["soon"], report["network"]) == (home["soon"], home["network"])


def test_that_of_a_ministry_is_of_its_whole_sector(day):
    members = [agency.key for agency in Agency.objects.filter(parent__key="11")]
    said = page(f"/en/dependencias/11/informe/{day}").context
    tasks = Counter()
    for key in ("11", *members):
        tasks.update(page(f"/en/dependencias/{key}/{day}").context["task_lights"])
    assert said["members"] == len(members) > 3
    assert said["tasks"] == tasks
    assert said["tally"].total == listed(f"/en/compromisos/?sector=11{day.replace('?', '&')}")


@pytest.mark.both
def test_findings_are_those_that_stood(day):
    said = page(f"/en/informe/{day}").context
    assert sorted(finding.verdict for finding in said["findings"]) == ["concern", "fulfilled"]
    text = page(f"/en/compromisos/MC-250K/{day}").text
    for finding in said["findings"]:
        if finding.commitment__code == "MC-250K":
            assert finding.code in text
    assert listed(f"/en/compromisos/?finding=concern{day.replace('?', '&')}") == 1


def test_what_does_not_fit_is_counted(strategy):  # noqa: F811
    """Long titles leave room for fewer lines; those left out are counted with the rest, none twice."""
    today = clock.today()
    with clock.at(clock.now() - timedelta(days=60)):
        for number in range(9):
            strategy.task(title="Muy larga " * 29, due=today - timedelta(days=30 + number))
            strategy.find(strategy.another_commitment(), "concern")
    said = page("/en/dependencias/9/informe/").context
    assert 0 < len(said["late"]) < 4
    shown = sum(line.count for line in said["late"] if line.kind == "task")
    assert said["more_late"][0].words == f"{said['tasks']['late'] - shown} more late tasks"
    assert said["more_findings"][0].words == f"{9 - len(said['findings'])} more findings"
    assert 0 < len(said["findings"]) < 9


def test_a_sheet_can_be_checked(day):
    """It names the last entry that it stands on, and the address that will always show this day."""
    said = page(f"/en/objetivos/2/informe/{day}").context
    on = said["day"].on
    last = Entry.objects.filter(at__lt=said["day"].ends_at).latest("seq")
    assert (said["seq"], said["digest"]) == (last.seq, last.digest)
    again = page("/en/objetivos/2/informe/" + f"?on={on}")
    assert said["stays_at"].endswith(f"/en/objetivos/2/informe/?on={on}")
    assert str(again.context["verdict"]) == str(said["verdict"])
    assert page(f"/en/citar/?of=/en/objetivos/2/informe/{day}").context["cited"].title == "Digital Economy"


def test_it_asks_as_often_however_much_there_is(
    recorded, client, django_assert_num_queries, django_assert_max_num_queries
):
    """On a past day the words of commitments among the lines are one question more, where there are any."""
    on = f"?on={clock.today()}"
    asked = {"": (15, 19), "objetivos/2/": (14, 14), "dependencias/11/": (17, 22)}
    for more in (1, 30):
        for _number in range(more):
            recorded.task(commitment=recorded.another_commitment(agencies=[recorded.sep]), agency=recorded.sep)
        for about, (today, then) in asked.items():
            for day, counting in (("", django_assert_num_queries(today)), (on, django_assert_max_num_queries(then))):
                page(f"/{about}informe/{day}")
                caches["pages"].clear()
                with counting:
                    assert client.get(f"/{about}informe/{day}").status_code == 200
