"""The calendar page: a real table, the light of each item today, and no more work for a month of thousands than for one of a few."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from focalpoints import clock
from projects.light.thresholds import in_force
from projects.models import Task
from projects.reading.calendar import MOST_IN_A_CELL, Month
from tests.cast import appoint
from tests.deciding import cancelled

PAGE = "/calendario/"


def shown(client: Client, **query: str) -> str:
    answer = client.get(PAGE, query)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def day_of(html: str, day: date) -> str:
    """The cell of a day."""
    (cell,) = [cell for cell in re.findall(r"<td.*?</td>", html) if f'datetime="{day.isoformat()}"' in cell]
    return cell


def copies(task: Task, number: int) -> None:
    """As many more tasks of the same day, past the verbs: what is measured is reading."""
    Task.objects.bulk_create(
        Task(
            commitment=task.commitment, agency=task.agency, number=1000 + place, code=f"{task.code}-{place}",
            title=f"Copia {place}", state="confirmed", due=task.due, baseline_due=task.due, light_due=task.due,
            confirmed_on=task.confirmed_on, quiet_since=task.quiet_since,
        )
        for place in range(number)
    )  # fmt: skip


@pytest.fixture
def october(cast):
    """A commitment and a task of SCT on 31 October 2018, a task of SEP on the 19th."""
    both = cast.another_commitment(agencies=[cast.sct, cast.sep], due=date(2018, 10, 31))
    return {
        "commitment": both,
        "sct": cast.task(commitment=both, due=date(2018, 10, 31)),
        "sep": cast.task(commitment=both, agency=cast.sep, due=date(2018, 10, 19)),
    }


def test_a_month_is_a_table_with_a_caption_and_scoped_headings(cast, october):
    html = shown(Client(), month="2018-10")
    (table,) = re.findall(r"<table.*?</table>", html)
    assert re.search(r"<caption>.+octubre de 2018", table)
    assert re.findall(r'<th scope="col">(\w+)</th>', table) == [
        "lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo",
    ]  # fmt: skip
    rows = [row.count("<td") for row in re.findall(r"<tr>(.*?)</tr>", table)[1:]]
    assert rows == [7] * 5
    assert re.findall(r'<time datetime="([\d-]+)">', table)[::15] == ["2018-10-01", "2018-10-16", "2018-10-31"]


def test_each_item_stands_on_its_day_with_word_and_shape(cast, october):
    html = shown(Client(), month="2018-10")
    cell = day_of(html, date(2018, 10, 19))
    assert f'href="/tareas/{october["sep"].code}/"' in cell
    assert "Atrasada" in cell
    assert "<svg" in cell
    assert "SEP" in cell
    cell = day_of(html, date(2018, 10, 31))
    assert re.findall(r'href="([^"]+)"', cell) == [
        f"/compromisos/{october['commitment'].code}/", f"/tareas/{october['sct'].code}/",
    ]  # fmt: skip
    assert "Vencido" in cell
    assert "SCT, SEP" in cell
    assert "<a" not in day_of(html, date(2018, 10, 18))


def test_what_was_cancelled_or_is_only_proposed_is_not_shown(cast, october):
    proposal = cast.task("proposed", commitment=october["commitment"], due=date(2018, 10, 5))
    cancelled(cast, october["sep"])
    for person in ("anonymous", "focal point", "coordinator"):
        html = shown(cast.client(person), month="2018-10")
        assert october["sct"].code in html
        assert october["sep"].code not in html
        assert proposal.code not in html


def test_free_days_are_marked(cast):
    html = shown(Client(), month="2018-12")
    assert "Navidad" in day_of(html, date(2018, 12, 25))
    assert "Transmisión del Poder Ejecutivo Federal" in day_of(html, date(2018, 12, 1))
    free = [cell for cell in re.findall(r"<td.*?</td>", html) if "edn-calendar__day--free" in cell]
    assert len(free) == 11  # ten days of weekends, of which the 1st is one, and Christmas


def test_today_is_told_to_everybody(cast):
    today = clock.today()
    cell = day_of(shown(Client()), today)
    assert 'aria-current="date"' in cell
    assert "aria-current" not in day_of(shown(Client()), today.replace(day=1 if today.day > 1 else 2))


def test_a_crowded_day_is_counted_and_leads_to_its_list(cast, october):
    copies(october["sct"], MOST_IN_A_CELL)
    client = Client()
    cell = day_of(shown(client, month="2018-10", agency="sct"), date(2018, 10, 31))
    (link,) = re.findall(r'href="\?([^"]+)"', cell)
    assert "Copia" not in cell
    assert re.findall(r">(\d+) (?:items|asuntos)", cell) == [str(MOST_IN_A_CELL + 2)]
    html = re.sub(r"\s+", " ", client.get(f"{PAGE}?{link.replace('&amp;', '&')}").content.decode())
    assert html.count('<th scope="row">') == MOST_IN_A_CELL + 2
    assert october["sep"].code not in html


@pytest.mark.parametrize(
    ("view", "number", "questions"),
    # A crowded day is counted: nobody asks for its items, nor who answers for its commitment.
    [("month", 0, 3), ("month", 3000, 2), ("list", 0, 3), ("list", 3000, 3)],
)
def test_a_month_of_thousands_costs_no_more_questions_and_no_larger_page(cast, october, view, number, questions):
    copies(october["sct"], number)
    in_force(clock.today())  # once a day and process
    with CaptureQueriesContext(connection) as queries:
        answer = Client().get(PAGE, {"month": "2018-10", "view": view})
    assert answer.status_code == 200
    assert len(queries) == questions
    assert len(answer.content) < 60_000


def test_the_list_has_pages(cast, october):
    copies(october["sct"], 60)
    client = Client()
    first = client.get(PAGE, {"month": "2018-10", "view": "list"}).context["items"]
    second = client.get(PAGE, {"month": "2018-10", "view": "list", "page": "2"}).context["items"]
    codes = [item.code for item in (*first, *second)]
    assert (len(first), len(second), len(set(codes))) == (50, 13, 63)
    assert codes[0] == october["sep"].code
    for page in ("3", "0", "x", "9" * 30):
        assert client.get(PAGE, {"month": "2018-10", "view": "list", "page": page}).status_code == 404


def codes_of(client: Client, **query: str) -> set[str]:
    items = client.get(PAGE, {"month": "2018-10", "view": "list", **query}).context["items"]
    return {item.code for item in items}


def test_filters(cast, october):
    commitment, sct, sep = (october[name].code for name in ("commitment", "sct", "sep"))
    client = Client()
    assert codes_of(client) == {commitment, sct, sep}
    assert codes_of(client, kind="task") == {sct, sep}
    assert codes_of(client, kind="commitment") == {commitment}
    assert codes_of(client, agency="SEP") == {commitment, sep}
    assert codes_of(client, agency="secretaría", kind="task") == {sct, sep}
    assert codes_of(client, agency="nadie") == set()
    assert codes_of(client, day="19") == {sep}


def test_only_my_agencies(cast, october):
    commitment, sct, sep = (october[name].code for name in ("commitment", "sct", "sep"))
    client = cast.client("focal point")
    assert codes_of(client, mine="on") == {commitment, sct}
    assert codes_of(client, mine="on", agency="sep") == set()
    appoint(cast["focal point"], cast.sep, "alternate")
    assert codes_of(client, mine="on") == {commitment, sct, sep}
    assert "no-store" in client.get(PAGE, {"mine": "on"})["Cache-Control"]


@pytest.mark.parametrize(
    "query",
    [
        {"month": "2018-13"},
        {"month": "2018-00"},
        {"month": "0000-01"},
        {"month": "10000-01"},
        {"month": "18-10"},
        {"month": "10/18"},
        {"month": "octubre"},
        {"month": "31/10/2018"},
        {"month": "2018-10\x00"},
        {"month": "2018-02", "view": "list", "day": "30"},
        {"day": "x"},
        {"day": "0"},
        {"day": "²"},
        {"view": "year"},
        {"kind": "project"},
        {"agency": "x" * 101},
        {"agency": "\x00"},
        {"mine": "on"},  # nobody's, of somebody who is not signed in
    ],
)
def test_what_cannot_be_understood_is_said(cast, query):
    answer = Client().get(PAGE, query)
    assert answer.status_code == 400
    assert answer.context["form"].errors
    assert "<table" not in answer.content.decode()


def test_a_month_is_read_as_it_is_typed():
    for text in (
        "2018-10",
        "2018-1０",
        "10/2018",
        "octubre 2018",
        "Octubre de 2018",
        "oct. 2018",
        "October 2018",
        "2018 oct",
    ):
        assert Month.parse(text) == Month(2018, 10), text


@pytest.mark.parametrize("person", ["coordinator", "administrator", "outsider"])
def test_only_focal_points_have_agencies_of_their_own(cast, person):
    assert cast.client(person).get(PAGE, {"mine": "on"}).status_code == 400


@pytest.mark.parametrize(
    ("month", "before", "after"),
    [("2018-10", "2018-09", "2018-11"), ("2018-12", "2018-11", "2019-01"), ("2016-02", "2016-01", "2016-03")],
)
def test_one_month_leads_to_the_next(cast, month, before, after):
    html = shown(Client(), month=month, agency="sct")
    assert re.findall(r'href="\?([^"]+)" rel="(prev|next)"', html) == [
        (f"agency=sct&amp;month={before}", "prev"), (f"agency=sct&amp;month={after}", "next"),
    ]  # fmt: skip


def test_the_calendar_begins_and_ends(cast):
    for month, rel in (("0001-01", "next"), ("9999-12", "prev")):
        for view in ("month", "list"):
            html = shown(Client(), month=month, view=view)
            assert re.findall(r'rel="(prev|next)"', html) == [rel]


def test_february_of_a_leap_year_has_its_day(cast):
    assert Month.parse("2016-02").last == date(2016, 2, 29)
    assert 'datetime="2016-02-29"' in shown(Client(), month="2016-02")
    assert 'datetime="2018-02-29"' not in shown(Client(), month="2018-02")


def test_months_are_written_as_each_language_does(cast):
    assert "octubre de 2018" in shown(Client(), month="2018-10")
    html = Client().get(f"/en{PAGE}", {"month": "2018-10"}).content.decode()
    assert "Due in October 2018" in html
    assert ">Monday<" in html


def test_an_anonymous_reader_gets_the_kept_page_of_this_month(cast):
    client = Client()
    first = client.get(PAGE)
    assert first["Cache-Control"] == "public, no-cache"
    assert client.get(PAGE, headers={"if-none-match": first["ETag"]}).status_code == 304
    with CaptureQueriesContext(connection) as queries:
        client.get(PAGE)
    assert len(queries) == 1  # where the ledger stands
    cast.task(due=clock.today() + timedelta(days=1))
    assert client.get(PAGE)["ETag"] != first["ETag"] or clock.today().month != (clock.today() + timedelta(days=1)).month


def test_the_page_is_found_from_every_page_and_leads_to_the_feeds(cast):
    with translation.override("en"):
        html = cast.client("focal point").get("/en/", follow=True).content.decode()
    assert 'href="/en/calendario/"' in html
    html = shown(cast.client("focal point"), agency="sct")
    assert 'href="/calendario/compromisos.ics?agency=sct"' in html
    assert 'href="webcal://localhost:8000/calendario/compromisos.ics?agency=sct"' in html
    assert 'href="/mi-trabajo/calendario/"' in html
    assert 'href="/mi-trabajo/calendario/"' not in shown(cast.client("coordinator"))
