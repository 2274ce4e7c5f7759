"""Walks every figure of a public page that leads to a list, and counts what the list has."""

import re
from collections.abc import Iterator
from html import unescape

from django.core.cache import caches
from django.http import HttpResponse
from django.test import Client

from projects.reading.day import Day
from projects.reading.duties import duties

LINK = re.compile(r'<a\b[^>]*\bhref="(/(?:en/)?(?:compromisos|tareas|dependencias)/\?[^"]*)"[^>]*>(.*?)</a>', re.DOTALL)


def page(address: str) -> HttpResponse:
    """As somebody gets it who is not signed in, and whom nobody went before."""
    caches["pages"].clear()
    response = Client().get(address)
    assert response.status_code == 200, address
    return response


def figures_of(text: str) -> Iterator[tuple[str, int]]:
    """Address and number of each link to a list whose words begin with a number that counts."""
    for link, words in LINK.findall(text):
        said = re.sub(r"<[^>]+>", "", re.sub(r"<title>.*?</title>", "", words, flags=re.DOTALL)).strip()
        if (found := re.match(r"([\d,]+)(?![\d,]*\s*%)", said)) and "order=" not in link:
            yield unescape(link), int(found[1].replace(",", ""))


def listed(address: str) -> int:
    """How many items the list at an address has."""
    context = page(address).context
    return context["found"].count if "found" in context else context["count"]


def walked(address: str) -> tuple[int, set[str]]:
    """Assert of every figure on a page that its list has so many items; how many figures there were, and their lists."""
    found = list(figures_of(page(address).text))
    wrong = {(link, number): got for link, number in set(found) if (got := listed(link)) != number}
    assert wrong == {}
    return len(found), {link for link, _number in found}


def lines_lead_to_their_items(day: Day) -> None:
    """Each line of what slipped and what comes next leads to a list of exactly its items."""
    text = page(f"/en/{day.query}").text
    for is_late, group in zip((True, False), duties(day), strict=True):
        for duty in group:
            if duty.count > 1 and day.is_today:
                kind = f"light_due={duty.light_due}&light=late" if is_late else "state=open"
                link = f"/en/tareas/?commitment={duty.commitment}&due_on={duty.due}&{kind}"
                assert link.replace("&", "&amp;") in text
                assert listed(link) == duty.count
