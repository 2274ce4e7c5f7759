"""The timeline of commitments: the rows of the list, their first and current dates, on any day."""

import re
from datetime import timedelta

from django.core.cache import caches

from focalpoints import clock
from projects import actions
from tests.deciding import approved, withdrawn

WHERE = "/en/compromisos/linea-de-tiempo/"


def dates_of(client, query=""):
    """Of each row of the table, its cells; empty ones are dashes."""
    page = client.get(f"{WHERE}{query}")
    assert page.status_code == 200
    body = page.text.partition("Dates of these commitments</caption>")[2].partition("</table>")[0]
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</th>(.*?)</tr>", body)
    return {
        code: [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", cells)]
        for code, cells in rows
    }


def written(day):
    return f"{day:%d/%m/%Y}"


def test_each_commitment_with_its_first_and_current_date_and_the_days_late(cast):
    today, client = clock.today(), cast.client("anonymous")
    first = cast.commitment.due
    asked = actions.request_date(
        cast.commitment, by=cast["focal point"], to_due=first + timedelta(30), category="legal", reason="Se aplazó."
    )
    approved(cast, asked)
    late = cast.another_commitment(due=today - timedelta(4))
    gone = cast.another_commitment(due=today - timedelta(9))
    withdrawn(cast, gone)
    undated = cast.another_commitment()
    assert dates_of(client) == {
        gone.code: [written(gone.due)] * 2 + ["–", "Overdue, then withdrawn", "9"],
        late.code: [written(late.due)] * 2 + ["–", "Overdue", "4"],
        "MC-250K": [written(first), written(first + timedelta(30)), "+30 days", "No tasks", "–"],
        undated.code: ["–", "–", "–", "No tasks", "–"],
    }
    text = client.get(WHERE).text
    # A hollow diamond and dashes for the one that moved, red for the two that are late.
    drawn = [len(re.findall(f'<path class="{kind}"|<line class="{kind}"', text)) for kind in ("first", "moved", "over")]
    assert drawn == [2, 1, 2], "the diamond stands in the key too"


def test_filters_order_pages_and_day_are_those_of_the_list(cast):
    client, today = cast.client("anonymous"), clock.today()
    for number in range(25):
        cast.another_commitment(due=today + timedelta(number + 1), agencies=[cast.sep])
    for query in (
        "?agency=SEP",
        "?order=-due",
        "?page=2",
        "?due=soon&order=code",
        f"?on={today}",
        f"?on={today}&moved=yes",
    ):
        listed = re.findall(r'<span class="edn-code">([A-Z0-9-]+)</span>', client.get(f"/en/compromisos/{query}").text)
        assert list(dates_of(client, query)) == listed, query
    assert 'href="/en/compromisos/?due=soon&amp;order=code"' in client.get(f"{WHERE}?due=soon&order=code&page=1").text
    assert client.get(f"{WHERE}?due=never").status_code == 400
    assert client.get(f"{WHERE}?page=9").status_code == 404
    form = client.get(f"{WHERE}filtrar/?due=soon").text
    assert f'action="{WHERE}"' in form


def test_the_same_queries_for_one_row_as_for_many(cast, django_assert_num_queries):
    client = cast.client("anonymous")
    client.get(WHERE)
    for many, queries in ((1, 4), (30, 6)):  # a list that goes on after the page is counted, by its last entry
        for _number in range(many - 1):
            cast.another_commitment(due=clock.today() + timedelta(20))
        caches["pages"].clear()
        with django_assert_num_queries(queries):
            client.get(WHERE)
