"""A recurring commitment's page says of each period that is over how many of the agencies that it bound fulfilled it."""

import re
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import override

from focalpoints import clock
from focalpoints.actions import create_agency, ensure_system
from focalpoints.models import Agency
from projects import actions
from projects.actions.periods import open_periods
from projects.models import DayFigures
from projects.reading import figures
from projects.reading.day import Day
from projects.reading.dossier import version_of
from projects.reading.periods import series_of
from tests.cast import record_agencies
from tests.dates import at
from tests.deciding import rescoped
from tests.standing import scene

MARCH, JUNE, SEPTEMBER = date(2018, 3, 31), date(2018, 6, 30), date(2018, 9, 30)
WINTER, AUTUMN = datetime(2018, 1, 22, 10, tzinfo=clock.ZONE), datetime(2018, 10, 15, 10, tzinfo=clock.ZONE)


@scene(since=WINTER, seen=AUTUMN)
def reports(cast):
    """SCT reports in time and then late, SEP in time, and its second waits to be verified.

    A third one never got a task, a fourth joins in summer.
    """
    ensure_system()
    record_agencies(cast)
    create_agency(by=cast["administrator"], key="7", acronym="SEDENA", name="Defensa", kind="dependencia")
    commitment = cast.another_commitment(binds="all", recurrence="quarterly")
    for agency in (cast.sct, cast.sep):
        actions.define_task(commitment, by=cast["coordinator"], agency=agency, title="Informe", due=MARCH)
    with at(date(2018, 3, 20)):
        cast.follow_up("accepted", task=commitment.tasks.get(agency=cast.sct), progress=100)
        cast.follow_up("accepted", task=commitment.tasks.get(agency=cast.sep), progress=100)
    with at(date(2018, 4, 2)):
        open_periods()
    with at(date(2018, 7, 2)):
        open_periods()
        create_agency(by=cast["administrator"], key="8", acronym="AGN", name="Archivo", kind="dependencia")
        late = commitment.tasks.get(agency=cast.sct, due=JUNE)
        cast.follow_up("accepted", task=late, progress=100)
        cast.follow_up("submitted", task=commitment.tasks.get(agency=cast.sep, due=JUNE), progress=100)
        new = Agency.objects.get(key="8")
        actions.define_task(commitment, by=cast["coordinator"], agency=new, title="Informe", due=SEPTEMBER)
    with at(date(2018, 10, 1)):
        open_periods()
    return commitment


def ended(series):
    return [tuple(period) for period in series.ended]


def test_each_period_counts_the_agencies_that_it_bound(reports, django_assert_num_queries):
    reports.refresh_from_db()
    day = Day.today()
    with django_assert_num_queries(3):
        series = series_of(reports, day)
    assert ended(series) == [
        (SEPTEMBER, 0, 0, 0, 4, 1),  # the newcomer has its task of the period that ran when it came
        (JUNE, 0, 1, 1, 1, 1),
        (MARCH, 2, 0, 0, 1, 1),
    ]
    assert [period.bound for period in series.ended] == [4, 3, 3]
    assert series.kinds == {"not_at_all", "to_be_verified", "late", "on_time", "without_task"}
    assert series.runs == date(2018, 12, 31)
    assert "30/11/2018" in series.warning
    Agency.objects.filter(key="7").update(closed_on=date(2018, 9, 1))
    assert ended(series_of(reports, day)) == [
        (SEPTEMBER, 0, 0, 0, 3, 0),
        (JUNE, 0, 1, 1, 1, 1),
        (MARCH, 2, 0, 0, 1, 1),
    ]


def test_a_past_day_says_what_was_known_then(reports, django_assert_num_queries):
    day = Day.past(date(2018, 7, 1))
    version = version_of(reports.code, day)
    with django_assert_num_queries(2):
        series = series_of(version, day)
    assert ended(series) == [(JUNE, 0, 0, 0, 3, 1), (MARCH, 2, 0, 0, 1, 1)]
    assert series.kinds == {"not_at_all", "on_time", "without_task"}, "the key names what is drawn"
    assert series.runs is None


def test_of_named_agencies_those_count_that_were_named_and_open_when_it_fell_due(reports, cast):
    """SEP was named and never got a task; SCT was left out after the first period, and SEP was closed after the second."""
    with at(date(2018, 10, 16)):
        due = date(2018, 12, 31)
        commitment = cast.another_commitment(agencies=[cast.sct, cast.sep], recurrence="quarterly")
        actions.define_task(commitment, by=cast["coordinator"], agency=cast.sct, title="Informe", due=due)
    with at(date(2019, 2, 1)):
        rescoped(cast, commitment, agencies=[cast.sep.key])
        actions.define_task(commitment, by=cast["coordinator"], agency=cast.sep, title="Informe", due=date(2019, 3, 31))
    with at(date(2019, 5, 1)):
        open_periods()
        Agency.objects.filter(pk=cast.sep.pk).update(closed_on=date(2019, 5, 1))
    with at(date(2019, 8, 1)):
        commitment.refresh_from_db()
        assert ended(series_of(commitment, Day.today())) == [
            (date(2019, 6, 30), 0, 0, 0, 1, 0),
            (date(2019, 3, 31), 0, 0, 0, 1, 0),
            (due, 0, 0, 0, 2, 1),
        ]


def test_what_recurs_enters_no_average(reports, cast):
    """Counted by the day's entries and by the database alike: 80 % of one commitment, whatever the other's periods came to."""
    cast.follow_up("accepted", task=cast.task(due=None), progress=80)
    for kept in (True, False):
        if not kept:
            DayFigures.objects.all().delete()
        [counts] = figures.counts_of([Day.today()])
        whole = figures.whole(counts)
        assert (whole.total, whole.counted, whole.verified, whole.claimed) == (2, 1, 80, 80)


def test_a_task_s_page_names_its_period_and_the_task_before(reports, client):
    task = reports.tasks.get(period=JUNE, agency__acronym="SCT")
    page = client.get(reverse("projects:task_detail", args=[task.code])).text
    assert f">{task.follows.code}</a>" in page
    assert "30 de junio de 2018" in page


def test_what_does_not_recur_has_no_periods(reports, cast):
    assert series_of(cast.commitment, Day.today()) is None


def test_the_page_shows_them_and_no_percent(reports, client):
    address = reverse("projects:commitment_detail", args=[reports.code])
    page = client.get(address).text
    assert [day in page for day in ("31 de marzo de 2018", "30 de junio de 2018", "30 de septiembre de 2018")] == [
        True
    ] * 3
    assert "31 de diciembre de 2018" in page
    assert client.get(f"{address}?on=2018-07-01").status_code == 200
    with override("en"):
        own = client.get(reverse("projects:commitment_detail", args=[reports.code])).text
        assert re.findall(r'edn-three-facts__number">([^<]+)</dd>', own) == ["4 of 10 tasks", "3 of 10 tasks", "—"]
        assert "Of 3 agencies: 1 to be verified, 1 fulfilled late, 1 without a task" in own
        assert "By period, without a percent" in client.get(reverse("projects:commitment_list")).text
