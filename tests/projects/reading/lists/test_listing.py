"""A list's total and its pages: what is counted depends on neither page nor order, and a search is counted so far and no further."""

import re
from datetime import timedelta
from functools import partial
from html import unescape

import pytest
from django.core.cache import caches
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from focalpoints import clock
from projects import actions
from projects.forms.commitments import CommitmentFilter
from projects.models import Commitment, DayFigures
from projects.reading.day import Day
from projects.reading.lists import lights
from projects.reading.lists import listing as module
from projects.reading.lists.lights import lights_of
from projects.reading.lists.listed_rows import commitments_by_key
from projects.reading.lists.listing import ROWS_SHOWN, listing
from projects.search import documents
from tests.standing import scene

MANY, HALF_WAY = 2 * ROWS_SHOWN + 3, 3 * ROWS_SHOWN // 2


@scene()
def many(cast):
    """Enough commitments for three pages."""
    today = clock.today()
    Commitment.objects.bulk_create(
        Commitment(
            project=cast.project, code=f"C-{n:04}", title="Portal", binds="none published",
            due=today + timedelta(days=n), baseline_due=today + timedelta(days=n), light_due=today + timedelta(days=n),
        )
        for n in range(MANY)
    )  # fmt: skip
    documents.remake()  # verbs write them
    DayFigures.objects.all().delete()  # they count what verbs write
    return cast


@pytest.fixture(autouse=True)
def nothing_kept():
    caches["pages"].clear()


def found(query, page=None):
    on = clock.today()
    rows = Commitment.objects.with_light(on).order_by("due", "pk")
    filters = CommitmentFilter(QueryDict(query), rows, on=on)
    return listing(filters, page, partial(commitments_by_key, day=Day.today()))


def counts(query, page=None):
    """How often the database was asked for a number of rows, and not for the rows with how many of their tasks are late."""
    with CaptureQueriesContext(connection) as captured:
        found(query, page)
    return sum("COUNT(" in query["sql"] and "late_tasks" not in query["sql"] for query in captured)


def test_a_list_of_one_page_is_not_counted(many):
    assert [counts("q=c-0001"), counts("due=none"), counts("q=portal", "3"), counts("binds=all")] == [0, 0, 0, 0]
    assert [found("q=c-0001").count, found("q=portal", "3").count, found("binds=all").count] == [1, MANY, 0]


@pytest.mark.parametrize("chosen", ["", "binds=none+published", "due=any&light=no_tasks"])
def test_a_total_is_counted_once_whatever_the_page_or_the_order(many, chosen):
    assert counts(chosen) == 1
    assert [counts(f"{chosen}&order=-due"), counts(f"{chosen}&order=light", "2"), counts(chosen, "3")] == [0, 0, 0]
    many.follow_up("submitted")
    assert counts(f"{chosen}&order=code") == (1 if chosen else 0)


def test_where_the_ledger_stands_is_asked_once_for_the_page_and_its_total(many):
    with CaptureQueriesContext(connection) as captured:
        many.client("anonymous").get("/compromisos/?binds=none+published")
    assert sum("ledgerhead" in query["sql"] for query in captured) == 1


def test_what_somebody_typed_is_not_kept(many):
    assert [counts("q=portal"), counts("q=portal")] == [1, 1]


def test_a_page_holds_its_rows_in_the_lists_order(many):
    codes = [f"C-{n:04}" for n in range(MANY)]
    pages = [[row.code for row in found("q=portal", page).rows] for page in (None, "2", "3")]
    assert pages == [codes[:ROWS_SHOWN], codes[ROWS_SHOWN : 2 * ROWS_SHOWN], codes[2 * ROWS_SHOWN :]]
    assert [row.code for row in found("q=portal&order=-due", "3").rows] == codes[2::-1]


@pytest.fixture
def few_counted(monkeypatch):
    """A search counts up to one page and a half."""
    monkeypatch.setattr(module, "MOST_COUNTED", HALF_WAY)


def test_a_search_is_counted_so_far_and_read_to_its_end(many, few_counted):
    for page in (None, "2"):
        shown = found("q=portal", page)
        assert (shown.count, shown.is_more, shown.page.paginator) == (HALF_WAY, True, None)
        assert (shown.status, len(shown.rows), shown.page.has_next) == (200, ROWS_SHOWN, True)
    last = found("q=portal", "3")
    assert (len(last.rows), last.page.has_next) == (3, False)
    assert (last.count, last.is_more, last.page.paginator.num_pages) == (MANY, False, 3), "where it ends, it is known"
    for page in ("4", "99999", "999999", "0", "x"):
        assert found("q=portal", page).status == 404


def test_a_search_that_finds_exactly_as_many_has_no_more(many, few_counted):
    Commitment.objects.filter(code__gte=f"C-{HALF_WAY:04}", title="Portal").update(title="Otro")
    documents.remake()
    shown = found("q=portal")
    assert (shown.count, shown.is_more, shown.page.paginator.num_pages) == (HALF_WAY, False, 2)


@pytest.mark.parametrize("query", ["", "light=no_tasks", "binds=none+published", "agency=sct", "due=any"])
def test_a_list_to_which_a_figure_leads_says_the_figure(many, few_counted, query):
    shown = found(query)
    assert not shown.is_more
    assert shown.count == shown.filters.qs.count()


def test_the_page_says_that_there_are_more(many, few_counted):
    page = many.client("anonymous").get("/en/compromisos/?q=portal&page=2").text
    assert f"more than {HALF_WAY} commitments" in page
    assert 'rel="next"' in page
    assert "edn-pagination__here" not in page


LIGHT = re.compile(r'<li><a href="([^"]+)"><svg class="edn-key__mark".*?<b>(\d+)</b>')


def test_each_light_of_the_board_leads_to_a_list_that_says_its_number(many, few_counted):
    for days in (-40, 90):
        many.task(due=clock.today() + timedelta(days=days))
    DayFigures.objects.all().delete()
    client = many.client("anonymous")
    figures = LIGHT.findall(client.get("/").text)
    assert sum(int(number) for _address, number in figures) == Commitment.objects.count() > HALF_WAY
    for address, number in figures:
        assert number == "0" or f"<strong>{number} compromiso" in client.get(unescape(address)).text


def test_a_list_says_how_many_of_its_rows_stand_at_each_light(many):
    """On one page without asking; above a longer list, kept or counted; not of chosen lights, nor of more than anybody counts."""
    every = lights_of(found("binds=none+published"))
    assert sum(every.values()) == MANY
    with CaptureQueriesContext(connection) as captured:
        few = found("q=c-0001")
        asked = len(captured)
        assert lights_of(few) == {few.rows[0].light: 1}
        assert len(captured) == asked
    assert lights_of(found("binds=none+published&light=no_tasks")) == {}
    page = many.client("anonymous").get("/en/compromisos/?binds=none+published&order=-due").text
    [(light, number)] = every.items()
    assert f'href="?binds=none+published&amp;order=-due&amp;light={light}"' in page
    assert f"None of {number} commitments is late." in page


def test_no_light_is_counted_of_a_very_long_list(many, monkeypatch):
    monkeypatch.setattr(lights, "MOST_LIT", MANY - 1)
    assert lights_of(found("binds=none+published")) == {}


@scene()
def by_verbs(cast):
    """Commitments of three lights in two sectors, written by verbs, so that the day's figures are kept. One names agencies of both."""
    for number, (agencies, days) in enumerate((([cast.sep], -1), ([cast.sep, cast.sct], -1), ([cast.sct], 40))):
        due = clock.today() + timedelta(days=days)
        cast.task(
            commitment=actions.create_commitment(
                by=cast["coordinator"], project=cast.project, code=f"V-{number}", title="Portal", binds="named",
                agencies=agencies, due=due,
            ), agency=agencies[0], due=due,
        )  # fmt: skip
    return cast


@pytest.mark.parametrize("page_size", [1, 2])
@pytest.mark.parametrize(
    "query",
    ["light=late", "light=late&light=no_tasks", "sector=11", "sector=11&light=late", "sector=9&light=late&order=-due"],
)
def test_the_total_of_a_sector_or_a_light_is_the_boards_figure(by_verbs, monkeypatch, query, page_size):
    monkeypatch.setattr(module, "ROWS_SHOWN", page_size)
    assert DayFigures.objects.filter(day=clock.today()).exists()
    shown = found(query)
    assert shown.count == shown.filters.qs.count() > 0
    assert counts(query) == 0
    if "light" not in query:
        assert sum(lights_of(shown).values()) == shown.count
    DayFigures.objects.update(seq=0)
    assert found(query).count == shown.count, "counted where the figures are not up to date"
