"""How far dates moved: sums of the decided moves, and figures that each lead to exactly their items."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import Sum

from focalpoints import clock
from principles.models import Objective, Pillar, Principle
from projects import actions
from projects.light.bands import LATENESS, MOVED, freshness, silence
from projects.models import Activity, Commitment, DayFigures, Request, Task
from projects.reading.day import Day
from projects.reading.figures import counts_of
from projects.reading.slippage import (
    Moves,
    apart,
    by_category,
    by_objective_and_principle,
    by_sector_and_agency,
    middle,
    public,
    slippage_in,
)
from tests.cast import make_agency
from tests.deciding import corrected, first_dated
from tests.standing import scene
from tests.walking import walked


def move(cast, item, days: int, category: str = "legal"):
    """Move the item's date by so many days, as SCT asks and a coordinator approves."""
    item.refresh_from_db()
    change = actions.request_date(
        item, by=cast["focal point"], to_due=item.due + timedelta(days=days), category=category, reason="Un amparo."
    )
    actions.approve_request(change, by=cast["coordinator"], revision=change.revision)


def everything():
    """The slippage of all commitments, and of all tasks."""
    found = slippage_in(counts_of([Day.today()])[0])
    return found["commitment"], found["task"]


@scene()
def moved(cast):
    """SCT's commitments and tasks, whose dates moved by the days that their names say, and its sector's; one project is aligned."""
    objective = Objective.objects.create(number=2, title_es="Economía Digital", title_en="Digital Economy")
    pillar = Pillar.objects.create(number=1, title_es="Apertura")
    principle = Principle.objects.create(number=3, pillar=pillar, title_es="Cultura de datos", short_es="Datos")
    aligned = actions.create_project(
        by=cast["coordinator"], slug="escuela", title="Escuela", kind="platform", objective=objective
    )
    Activity.objects.create(principle=principle, order=1, project=aligned, as_printed="Escuela")
    institute = make_agency("9-IFT", "IFT", parent=cast.sct)
    today = clock.today()

    def make(code, *moves, project=cast.project, agencies=(cast.sct,)):
        commitment = actions.create_commitment(
            by=cast["coordinator"], project=project, code=code, title=code, binds="named", agencies=agencies,
            due=today + timedelta(days=400),
        )  # fmt: skip
        for days in moves:
            move(cast, commitment, days)
        return commitment

    make("STILL", agencies=[cast.sep])
    make("BACK", 60, -60, agencies=[cast.sct, institute])
    make("EARLY", -10)
    make("MONTH", 30, project=aligned, agencies=[cast.sct, institute])
    year = make("YEAR", 300, 66)
    task = cast.task(commitment=year, due=today + timedelta(days=100))
    move(cast, task, 31, "budget")
    outliving = cast.task(commitment=year, due=today + timedelta(days=200))
    move(cast, outliving, 600, "technical")  # beyond the commitment's 766 days: it goes along by 34
    for item in (year, task):
        item.refresh_from_db()
    done = make("DONE")
    with clock.at(clock.now() + timedelta(days=3)):
        cast.follow_up("accepted", cast.task(commitment=done, due=today), progress=100)
    cast.task(commitment=done, due=None)
    return cast


def codes(client, address: str) -> list[str]:
    page = client.get(f"/en{address}").content.decode()
    return sorted(set(re.findall(r'<span class="edn-code">([^<]+)</span>', page)))


def test_the_sums_are_those_of_the_decided_moves(moved):
    changes = list(Request.objects.moves())
    of_tasks = sum(change.days for change in changes if change.task_id)
    of_commitments = sum(change.commitment_days or 0 if change.task_id else change.days for change in changes)
    commitments, tasks = (each.total for each in everything())
    assert (commitments.days, tasks.days) == (of_commitments, of_tasks) == (-10 + 30 + 366 + 34, 31 + 600)
    assert (commitments.moves, tasks.moves) == (7, 2)
    assert (commitments.dated, commitments.moved) == (7, 4)
    assert (tasks.dated, tasks.moved) == (3, 2)
    assert Task.objects.aggregate(sum=Sum("slippage_days"))["sum"] == of_tasks


def test_each_item_is_in_one_band_and_each_bar_leads_to_its_items(moved):
    client = moved.client("anonymous")
    found = everything()[0]
    assert {bar.key: bar.count for bar in found.moved if bar.count} == {
        "never": 3, "back": 1, "earlier": 1, "30": 1, "more": 1
    }  # fmt: skip
    assert sum(bar.count for bar in found.moved) == found.total.dated
    for kind, address, bars in (
        ("commitment", "/compromisos/", found.moved),
        ("task", "/tareas/", everything()[1].moved),
    ):
        for bar in bars:
            listed = codes(client, f"{address}?moved={bar.key}")
            assert (kind, bar.key, len(listed)) == (kind, bar.key, bar.count)
    assert codes(client, "/compromisos/?moved=yes") == ["BACK", "EARLY", "MONTH", "YEAR"]
    assert codes(client, "/compromisos/?moved=earlier") == ["EARLY"]
    assert codes(client, "/tareas/?moved=yes") == ["YEAR-T1", "YEAR-T2"]


def test_bars_lead_to_lists_of_today_and_to_none_on_a_past_day(moved):
    client, today = moved.client("anonymous"), clock.today().isoformat()
    leads = re.compile(r'href="/(tareas|compromisos)/\?[^"]*moved=\w+"')
    for page in ("/", f"/dependencias/{moved.sct.key}/", "/objetivos/2/"):
        assert leads.search(client.get(page).text), page
        assert not leads.search(client.get(page, {"on": today}).text), page


def test_days_late_at_fulfilment_lead_to_their_items(moved):
    found = everything()[1]
    assert (found.fulfilled, found.late, found.days_late) == (1, 1, 3)
    assert {bar.key: bar.count for bar in found.lateness if bar.count} == {"30": 1}
    client = moved.client("anonymous")
    assert codes(client, "/tareas/?delay=late") == codes(client, "/tareas/?delay=30") == ["DONE-T1"]
    assert codes(client, "/tareas/?delay=on_time") == []


def test_the_bands_leave_no_gap_and_do_not_overlap():
    assert list(MOVED) == ["never", "earlier", "back", "30", "90", "180", "365", "more"]
    assert list(LATENESS) == ["on_time", "30", "90", "180", "365", "more"]


def said(groups) -> dict:
    return {
        group.key: ((group.commitments.moved, group.commitments.days), (group.tasks.moved, group.tasks.days))
        for group in groups
    }


def test_groups_add_up_their_own(moved):
    (by_objective, by_principle), (by_sector, by_agency) = by_objective_and_principle(), by_sector_and_agency()
    assert said(by_objective) == {2: ((1, 30), (0, 0)), None: ((3, 390), (2, 631))}
    assert said(by_principle) == {3: ((1, 30), (0, 0))}
    agencies = said(by_agency)
    assert agencies == {"9": ((4, 420), (2, 631)), "9-IFT": ((2, 30), (0, 0)), "11": ((0, 0), (0, 0))}
    # BACK and MONTH name two agencies of the sector, and count once in it.
    assert said(by_sector) == {"9": ((4, 420), (2, 631)), "11": ((0, 0), (0, 0))}


@pytest.mark.parametrize(
    ("query", "commitments", "tasks"),
    [
        ("objective=2", ["MONTH"], []),
        ("objective=none", ["BACK", "EARLY", "YEAR"], ["YEAR-T1", "YEAR-T2"]),
        ("principle=3", ["MONTH"], []),
        ("sector=9", ["BACK", "EARLY", "MONTH", "YEAR"], ["YEAR-T1", "YEAR-T2"]),
        ("agency=9-IFT", ["BACK", "MONTH"], []),
    ],
)
def test_each_group_leads_to_its_items(moved, query, commitments, tasks):
    client = moved.client("anonymous")
    assert codes(client, f"/compromisos/?moved=yes&{query}") == commitments
    assert codes(client, f"/tareas/?moved=yes&{query}") == tasks


def test_the_median_is_that_of_what_moved(moved):
    assert middle(Commitment.objects.all(), 4) == 0  # −10, 0, 30, 400
    assert middle(Task.objects.public(), 2) == 31
    assert middle(Commitment.objects.none(), 0) is None


def test_a_request_about_a_task_that_is_not_public_is_counted_nowhere(moved):
    task = Task.objects.get(code="YEAR-T1")
    for state in Task.State:
        reason = "" if state in {"proposed", "confirmed", "replaced"} else "Dejó de hacer falta."
        Task.objects.filter(pk=task.pk).update(state=state, reason=reason)
        told = set(public(Request.objects.all()))
        assert told == set(Request.objects.visible_to(AnonymousUser())), state
        assert (task.pk in {change.task_id for change in told}) is (state in Task.PUBLIC_STATES), state


def test_reasons_add_up_to_the_same_sums(moved):
    reasons = {row.category: row for row in by_category()}
    assert (reasons["technical"].commitment_moves, reasons["technical"].commitment_days) == (1, 34)
    assert (reasons["technical"].task_moves, reasons["technical"].task_days) == (1, 600)
    assert sum(row.commitment_days for row in reasons.values()) == everything()[0].total.days
    assert sum(row.task_moves for row in reasons.values()) == everything()[1].total.moves


def test_first_dates_corrections_and_requests_are_counted_apart(moved):
    before = everything()[1].total
    undated = Task.objects.get(code="DONE-T2")
    first_dated(moved, undated, clock.today() + timedelta(days=9), "Decreto.")
    undated.refresh_from_db()
    corrected(moved, undated, clock.today() + timedelta(days=8), "Errata.")
    commitment = Commitment.objects.get(code="EARLY")
    actions.request_date(
        commitment,
        by=moved["focal point"],
        to_due=commitment.due + timedelta(days=5),
        category="legal",
        reason="Amparo.",
    )
    found = apart()
    assert (found.first_dates, found.corrections, found.requested, found.rejected) == ((0, 1), (0, 1), (1, 0), (0, 0))
    after = everything()[1].total
    assert (after.moves, after.days, after.dated) == (before.moves, before.days, before.dated + 1)


@pytest.mark.parametrize("language", ["", "/en"])
def test_the_page_shows_everything_to_everybody(moved, language):
    response = moved.client("anonymous").get(f"{language}/reprogramaciones/?order=-commitments")
    page = response.content.decode()
    assert response.status_code == 200
    assert all(
        f'id="{anchor}"' in page for anchor in ("commitment", "task", "reasons", "apart", "objectives", "agencies")
    )
    assert "Un amparo." not in page
    assert page.count("<caption") >= 6


def test_every_figure_of_the_page_leads_to_exactly_its_items(moved):
    count, lists = walked("/en/reprogramaciones/?all=1")
    assert count > 10
    used = {name for link in lists for name in parse_qs(urlsplit(link).query)}
    assert used >= {"moved", "delay", "silence", "objective", "sector", "agency"}


def test_what_is_empty_adds_up_to_nothing(db):
    commitments, tasks = everything()
    assert (commitments.total, tasks.total) == (Moves(), Moves())
    assert [bar.count for bar in (*commitments.moved, *tasks.lateness, *tasks.heard)] == [0] * 18


def test_the_page_of_a_strategy_without_moves(cast):
    page = cast.client("anonymous").get("/en/reprogramaciones/").content.decode()
    assert "No date has been moved yet" in page
    assert 'id="agencies"' not in page


def test_agencies_are_sorted_and_capped_with_a_way_to_all(moved, monkeypatch):
    client = moved.client("anonymous")
    monkeypatch.setattr("projects.views.slippage.AGENCIES_SHOWN", 1)
    page = client.get("/en/reprogramaciones/").content.decode()
    assert "1 more agency" in page
    listed = client.get("/en/reprogramaciones/?all=1&order=-name").content.decode().split('id="agencies"')[1]
    assert listed.index(">SCT<") < listed.index(">IFT<")


# Freshness


@pytest.mark.parametrize(
    ("days", "band"), [(-5, "30"), (30, "30"), (31, "60"), (60, "60"), (61, "180"), (180, "180"), (181, "more")]
)
def test_silence_falls_into_one_band_and_leads_to_its_items(cast, days, band):
    today = clock.today()
    quiet = today - timedelta(days=days)
    task = cast.task()
    Task.objects.filter(pk=task.pk).update(quiet_since=quiet)
    DayFigures.objects.all().delete()  # they know nothing of an update without a verb
    found = [key for key, each in silence(today).items() if Task.objects.filter(each.rows).exists()]
    assert found == [band] == [freshness(quiet, today)]
    assert {bar.key: bar.count for bar in everything()[1].heard if bar.count} == {band: 1}
    client = cast.client("anonymous")
    for key in silence(today):
        assert codes(client, f"/tareas/?silence={key}") == ([task.code] if key == band else [])
