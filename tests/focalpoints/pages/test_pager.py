"""Every long list is cut by the same pager: what a strange page number gives, and which ways on a page offers."""

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string

from focalpoints.pages.pager import PAGE_SIZE, page_at, page_if_there, part, rows_of

ROWS = list(range(2 * PAGE_SIZE + 1))
STRANGE = ["0", "-1", "x", "", None, "9" * 5000, "1.5", "٢"]


@pytest.mark.parametrize(("number", "first"), [("2", 50), ("3", 100), ("4", 100), *[(n, None) for n in STRANGE]])
def test_a_counted_page_is_always_one_of_the_list(number, first):
    page = page_at(ROWS, number)
    assert page[0] in ROWS
    assert first is None or page[0] == first


@pytest.mark.parametrize(("number", "first"), [("2", 50), (None, 0), ("", 0), ("4", None), ("0", None), ("x", None)])
def test_a_page_that_is_not_there_is_none(number, first):
    page = page_if_there(ROWS, number)
    assert (page[0] if page else None) == first


def test_an_empty_list_has_a_first_page():
    assert page_if_there([], None) is not None
    assert list(page_if_there([], None)) == []


@pytest.mark.parametrize(("number", "first"), [("2", 50), ("3", 100), ("99999", None), *[(n, 0) for n in STRANGE[:-1]]])
def test_a_part_is_the_first_for_what_is_no_number_and_empty_beyond_the_end(number, first):
    assert (part(rows_of(ROWS), number).rows or [None])[0] == first


def ways(page):
    html = render_to_string("_pagination.html", {"page": page, "query": QueryDict("q=SCT&page=7")})
    return [rel for rel in ("prev", "next") if f'rel="{rel}"' in html], "edn-pagination__here" in html, html


@pytest.mark.parametrize(("number", "rels"), [("1", ["next"]), ("2", ["prev", "next"]), ("3", ["prev"])])
def test_both_kinds_lead_on_and_only_a_counted_one_says_how_far(number, rels):
    for page, is_counted in ((page_at(ROWS, number), True), (part(rows_of(ROWS), number), False)):
        found, says_where, html = ways(page)
        assert (found, says_where) == (rels, is_counted)
        assert all(f'href="?q=SCT&amp;page={int(number) + (1 if rel == "next" else -1)}"' in html for rel in rels)


def test_a_list_of_one_page_leads_nowhere():
    assert ways(page_at([1], None))[2].strip() == ways(part(rows_of([1]), None))[2].strip() == ""
