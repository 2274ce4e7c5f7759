"""The figures kept for each business day are what a full count gives, and nothing else moves them than the day's entries."""

from datetime import date, timedelta
from random import Random

import pytest
from django.core.cache import caches
from django.core.management import CommandError, call_command
from django.db.models import Q
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from focalpoints.actions import correct_agency, create_agency
from focalpoints.ledger.projections import SUMMARIES
from focalpoints.models import LedgerHead
from principles.models import Objective
from projects import actions
from projects.derived import counts, day_figures
from projects.derived.day_figures import keep_missing_days, keep_today
from projects.light import thresholds
from projects.light.bands import LATENESS, MOVED, lateness_band, moved_band
from projects.light.rule import FIRST
from projects.models import Commitment, CommitmentVersion, DayFigures, Task, TaskVersion
from projects.reading.day import Day
from projects.reading.figures import counts_of, whole
from tests.cast import record_agencies
from tests.dates import at
from tests.deciding import adopted, corrected, rescoped
from tests.examples import examples
from tests.projects.derived.test_timeline import VERBS, Play
from tests.projects.light import test_rule
from tests.projects.light.test_rule import TODAY, commitment_facts, task_facts, undone

MONDAY = date(2018, 3, 5)
[SUMMARY] = SUMMARIES


def after(days: int) -> date:
    return MONDAY + timedelta(days=days)


@pytest.fixture
def the_day_before():
    with at(after(-1)):
        yield


@pytest.fixture
def known(the_day_before, cast):
    """The cast, whose agencies the ledger knows, two objectives and a second project."""
    record_agencies(cast)
    for number in (1, 2):
        Objective.objects.create(number=number, title_es=f"Objetivo {number}")
    actions.create_project(by=cast["coordinator"], slug="otro", title="Otro", kind="policy")
    return cast


def of_day(day: date) -> DayFigures:
    return DayFigures.objects.get(day=day)


def counted(day: date) -> counts.Counts:
    """Of a day that is over, from what the ledger says of it."""
    commitments, tasks = CommitmentVersion.objects.all_on(day), TaskVersion.objects.all_on(day).public()
    by_sector = counts.by_sector(commitments.with_sector(), day)
    of_agencies = counts.by_agency(tasks, day)
    return counts.together(counts.by_objective(commitments, day), by_sector, counts.banded(tasks, day), of_agencies)


def mark(day: date) -> None:
    """Leave a mark among the day's figures: a later entry adds to them, a count does not find it."""
    row = of_day(day)
    DayFigures.objects.put(day, row.seq, row.counts | {"sector:0:marked": [1]})


def is_marked(day: date) -> bool:
    return "sector:0:marked" in of_day(day).counts


def test_a_days_first_entry_counts_all_and_the_others_add_what_they_change(known):
    with at(MONDAY):
        task = known.task()
        mark(MONDAY)
        follow_up = known.follow_up("submitted", task=task, progress=100)
        actions.accept(follow_up, by=known["coordinator"], revision=follow_up.revision)
        assert is_marked(MONDAY)
        row = of_day(MONDAY)
        assert row.seq == LedgerHead.objects.get().seq
        assert row.counts == counted(MONDAY) | {"sector:0:marked": [1]}
        assert whole(row.counts).fulfilled_tasks == 1
    with at(after(1)):
        known.task()
        assert not is_marked(after(1))
        assert of_day(after(1)).counts == counted(after(1))
    assert of_day(MONDAY).counts == counted(MONDAY) | {"sector:0:marked": [1]}, "a day that is over stays as it is"


@pytest.mark.parametrize("few", [0, day_figures.FEW], ids=["by the database", "item by item"])
def test_many_items_are_added_up_by_the_database_and_few_one_by_one(known, monkeypatch, few):
    """Also what the next day changes, a light by its date and an agency's sector: the day that is over keeps its own."""
    monkeypatch.setattr(day_figures, "FEW", few)
    by = known["administrator"]
    with at(MONDAY):
        known.task(due=MONDAY)
        known.follow_up("accepted", progress=100)
        agency = create_agency(by=by, key="9-1", name="Órgano", kind="dependencia", acronym="O", parent=known.sct)
        known.another_commitment(agencies=[agency])
    with at(after(1)):
        known.task(due=None)
        correct_agency(agency, by=by, revision=agency.revision, parent=known.sep)
        kept = of_day(after(1)).counts
        DayFigures.objects.all().delete()
        keep_today()
        keep_missing_days(every_day=True)
        assert of_day(after(1)).counts == kept == counted(after(1))
        assert of_day(MONDAY).counts == counted(MONDAY)
    sector = f"sector:{known.sep.pk}:no_tasks"
    assert (sector in of_day(MONDAY).counts, sector in kept) == (False, True)


def test_the_same_facts_have_another_light_after_midnight(known):
    with at(MONDAY):
        known.task(due=MONDAY)
    with at(after(1)):
        keep_today()
    lit = [whole(of_day(day).counts).lights for day in (MONDAY, after(1))]
    assert [lights["tasks_late"] for lights in lit] == [0, 1]


def test_an_entry_about_no_item_counts_nothing_and_is_counted_in(known):
    with at(MONDAY):
        known.task()
        mark(MONDAY)
        create_agency(by=known["administrator"], key="77", name="Nueva", kind="dependencia", acronym="N")
        assert is_marked(MONDAY)
        assert of_day(MONDAY).seq == LedgerHead.objects.get().seq
    with at(after(1)):
        create_agency(by=known["administrator"], key="78", name="Otra", kind="dependencia", acronym="O")
        assert of_day(after(1)).counts == counted(after(1))


def test_an_agency_takes_its_commitments_to_another_sector(known):
    with at(MONDAY):
        agency = create_agency(
            by=known["administrator"], key="9-1", name="Órgano", kind="dependencia", acronym="O", parent=known.sct
        )
        known.another_commitment(agencies=[known.sct, agency])
        named = known.another_commitment(agencies=[agency])
        correct_agency(agency, by=known["administrator"], revision=agency.revision, parent=known.sep)
        assert of_day(MONDAY).counts == counted(MONDAY)
        assert of_day(MONDAY).counts[f"sector:{known.sep.pk}:no_tasks"] == [2]
        named.refresh_from_db()
        rescoped(known, named, agencies=[known.sep.key, known.sct.key])
        assert of_day(MONDAY).counts == counted(MONDAY)


def test_what_is_corrected_later_leaves_the_days_before_as_they_were(known):
    with at(MONDAY):
        task = known.task(due=after(2))
    before = of_day(MONDAY)
    with at(after(5)):
        task.refresh_from_db()
        corrected(known, task, after(-1), "Captura.")
        keep_missing_days()
    assert (of_day(MONDAY).counts, of_day(MONDAY).seq) == (before.counts, before.seq)
    assert of_day(MONDAY).counts == counted(MONDAY)
    assert of_day(after(5)).counts == counted(after(5))


def test_thresholds_adopted_today_move_tomorrows_figures(known):
    with at(MONDAY):
        known.task(due=after(10))
        numbers = {
            name: getattr(FIRST, name) for name in ("silent_days", "behind_points", "soon_progress", "late_percent")
        }
        adopted(known, effective_on=after(1), soon_days=5, reason="Menos.", **numbers)
        thresholds.forget()
        known.task(due=after(10), commitment=known.another_commitment())
        assert of_day(MONDAY).counts == counted(MONDAY)
        assert whole(of_day(MONDAY).counts).lights["at_risk"] == 2
    with at(after(1)):
        thresholds.forget()
        keep_today()
        assert whole(of_day(after(1)).counts).lights["at_risk"] == 0
        known.task(due=after(10), commitment=known.another_commitment())
        assert of_day(after(1)).counts == counted(after(1))
        thresholds.forget()  # other tests have the same days
    assert whole(of_day(after(1)).counts).lights["at_risk"] == 0
    assert whole(of_day(MONDAY).counts).lights["at_risk"] == 2


def test_the_job_counts_today_once_and_days_that_are_over_the_latest_first(known):
    with at(MONDAY):
        known.task()
    with at(after(4)):
        keep_today()
        mark(after(4))
        keep_today()
        assert is_marked(after(4))
        assert keep_missing_days(seconds=-1) == 0
        assert keep_missing_days() == 3, "without the days that have figures"
        assert keep_missing_days() == 0
    for day in map(after, range(-1, 5)):
        assert of_day(day).counts == counted(day) | ({"sector:0:marked": [1]} if day == after(4) else {}), day


def test_of_long_ago_the_job_counts_the_last_day_of_each_month(known):
    with at(MONDAY):
        known.task()
    later = after(100)
    with at(later):
        keep_missing_days()
    days = [day for day in DayFigures.objects.values_list("day", flat=True) if MONDAY < day < later]
    recent = [later - timedelta(days=number) for number in range(1, 32)]
    of_months = [day for day in map(after, range(1, 100)) if (day + timedelta(days=1)).day == 1]
    assert len(of_months) >= 3
    assert set(days) == {*recent, *of_months}


def test_a_ledger_without_entries_has_no_figures(db):
    DayFigures.objects.all().delete()
    keep_today()
    assert keep_missing_days() == 0
    assert not DayFigures.objects.exists()


def test_a_clock_that_ran_ahead_leaves_no_figures_that_are_believed(known):
    with at(after(7)):
        keep_today()
        mark(after(7))
    with at(MONDAY):
        known.task()
        assert counts_of([Day.today()]) == [of_day(MONDAY).counts]
    with at(after(7)):
        assert "sector:0:marked" not in counts_of([Day.today()])[0]
        known.task()
        assert not is_marked(after(7))
        mark(after(7))
    with at(MONDAY):  # and back behind the last entry: today's rows are of a later day than its figures
        mark(MONDAY)
        assert "sector:0:marked" not in counts_of([Day.today()])[0]
        assert "sector:0:marked" in counts_of([Day.past(MONDAY)])[0]
        keep_today()
        assert is_marked(MONDAY)
        known.task()
    assert of_day(after(7)).counts == counted(after(7)) | {"sector:0:marked": [1]}


def test_a_day_counted_before_it_came_is_counted_again(known):
    with at(after(7)):
        keep_today()
    with at(after(3)):
        known.task()
    with at(after(8)):
        assert of_day(after(7)).counts != counted(after(7))
        keep_missing_days()
        assert of_day(after(7)).counts == counted(after(7))


@pytest.fixture
def a_month(known):
    """A short history with a bit of everything, and the days on which something happened."""
    chance, play, day, days = Random(5), Play(known), MONDAY, set()
    for _step in range(80):
        day += timedelta(days=chance.randrange(2))
        with at(day):
            if play.step(chance.choice(VERBS), chance.randrange(200)):
                days.add(day)
    return sorted(days)


def test_every_day_of_a_story_is_kept_as_it_closed(a_month):
    assert len(a_month) > 15
    for day in a_month:
        assert of_day(day).counts == counted(day), day
    assert not SUMMARY.differs()


def test_the_figures_of_many_days_are_one_query(a_month, django_assert_num_queries):
    days = [Day.past(day) for day in a_month[:12]]
    with django_assert_num_queries(1):
        found = counts_of(days)
    assert found == [counted(day.on) for day in days]


def test_the_board_reads_what_is_kept_and_counts_the_rest(a_month, django_assert_num_queries):
    day, shown = a_month[10], []
    with at(a_month[-1]):
        mark(day)
        for queries in (19, 23):
            caches["pages"].clear()
            with django_assert_num_queries(queries):
                shown.append(Client().get(f"/?on={day}").context)
            DayFigures.objects.all().delete()
    for name in ("total", "objectives", "facts", "sectors"):
        assert shown[0][name] == shown[1][name], name
    assert not DayFigures.objects.exists(), "reading writes nothing"


def test_verify_ledger_finds_figures_that_are_not_what_the_days_come_to(a_month):
    with at(a_month[-1]):
        call_command("verify_ledger", projections=True)
        mark(a_month[3])
        with pytest.raises(CommandError, match="projects_dayfigures"):
            call_command("verify_ledger", projections=True)
        call_command("rebuild_projections")
        call_command("verify_ledger", projections=True)
        assert DayFigures.objects.count() == 1 + 31, "today, and each day of the last month"


# Item by item, and by the database


@st.composite
def moved(draw) -> dict[str, int | None]:
    days = st.sampled_from([-400, -1, 0, 1, 30, 31, 90, 91, 180, 181, 365, 366]) | st.integers(-900, 900)
    moves = draw(st.integers(0, 2))
    return {"moves": moves, "slippage_days": draw(days) if moves else 0, "late": draw(days.map(abs))}


def as_kept(facts: dict, extra: dict) -> dict:
    """A row's columns: what was never fulfilled has no days late."""
    kept = test_rule.stored(facts) | {name: extra[name] for name in ("moves", "slippage_days")}
    return kept | {"days_late": extra["late"] if kept["fulfilled_on"] and kept["due"] else None}


@pytest.mark.slow
@settings(
    max_examples=examples(15),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    tasks=st.lists(st.tuples(task_facts(), moved()), min_size=15, max_size=15),
    commitments=st.lists(st.tuples(commitment_facts(), moved()), min_size=15, max_size=15),
    on=test_rule.offsets.map(test_rule.days),
)
def test_items_one_by_one_come_to_what_the_database_counts(cast, tasks, commitments, on):
    by_hand: counts.Counts = {}
    with undone():
        Task.objects.all().delete()
        made = [test_rule.task_row(cast, number, facts) for number, (facts, _extra) in enumerate(tasks)]
        for row, (facts, extra) in zip(made, tasks, strict=True):
            vars(row).update(as_kept(facts, extra))
            counts.add(by_hand, counts.of_task(vars(row), on, FIRST))
        Task.objects.bulk_create(made)
        promised = [test_rule.commitment_row(cast, number, facts) for number, (facts, _extra) in enumerate(commitments)]
        for row, (facts, extra) in zip(promised, commitments, strict=True):
            vars(row).update(as_kept(facts, extra) | {"objective_id": None})
            counts.add(by_hand, counts.of_commitment(vars(row), (), on, FIRST))
        Commitment.objects.bulk_create(promised)
        rows = Commitment.objects.filter(code__startswith="X-")
        tasks_then = Task.objects.public()
        found = counts.together(
            counts.by_objective(rows, on), (), counts.banded(tasks_then, on), counts.by_agency(tasks_then, on)
        )
    assert found == by_hand


@pytest.mark.parametrize("moves", [0, 1])
@pytest.mark.parametrize("days", [-366, -1, 0, 1, 30, 31, 90, 91, 180, 181, 365, 366, 4000])
def test_a_band_is_the_same_read_over_values_and_by_the_database(cast, moves, days):
    task = cast.task()
    Task.objects.filter(pk=task.pk).update(
        moves=moves, slippage_days=days * moves, days_late=abs(days), fulfilled_on=TODAY, verified_progress=100
    )

    def bands(of) -> list[str]:
        return [key for key, band in of.items() if Task.objects.filter(Q(pk=task.pk) & band.rows).exists()]

    assert bands(MOVED) == [moved_band(task.due, moves, days * moves)]
    assert bands(LATENESS) == [lateness_band(abs(days))]
    assert moved_band(None, 0, 0) is lateness_band(None) is None
