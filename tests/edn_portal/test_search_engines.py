"""What search engines are told: every address of the site is for them or not, by hand; every public page stands in the sitemap."""

import re
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from edn_portal import search_engines
from projects.models import Commitment
from tests.standing import scene
from tests.test_every_url import OPEN, TABLE, staged

pytestmark = pytest.mark.once

# By hand: a new public page is for search engines, or it says in `NOT_FOR_SEARCH` that it is not.
INDEXED = {
    "projects:board", "projects:how_it_works", "projects:light_rule", "projects:slippage", "projects:data", "projects:project_list",
    "projects:project_detail", "projects:commitment_list", "projects:commitment_timeline", "projects:commitment_detail",
    "projects:calendar", "projects:principle_list", "projects:principle_detail", "projects:objective_list", "projects:objective_detail",
    "projects:agency_list", "projects:agency_detail", "projects:task_list", "projects:task_detail", "focalpoints:verify",
    "focalpoints:contact", "focalpoints:privacy", "focalpoints:accessibility", "focalpoints:licence",
    "projects:help", "projects:help_public", "projects:help_focal_point", "projects:help_coordinator",
    "projects:help_administrator", "projects:strategy_report",
    "projects:coverage_map", "projects:oecd_table", "projects:enabler_detail", "robots", "sitemap", "sitemap_part",
}  # fmt: skip
NOT_IN_THE_SITEMAP = {"projects:task_detail", "robots", "sitemap", "sitemap_part"}
NAMES = {"of": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


@scene()
def stage(cast):
    return staged(cast)


def is_allowed(rules: str, path: str) -> bool:
    """RFC 9309, 2.2.2, for rules that only forbid: `*` is any text, and a rule is a beginning."""
    forbidden = re.findall(r"^Disallow: (.+)$", rules, re.MULTILINE)
    return not any(re.match(re.escape(rule).replace(r"\*", ".*"), path) for rule in forbidden)


def addresses(stage):
    for name, (arguments, statuses) in TABLE.items():
        for language in ("es-mx", "en"):
            with override(language):
                yield name, statuses, reverse(name, args=[stage.get(argument, argument) for argument in arguments])


def test_each_address_is_for_search_engines_or_not(cast, stage):
    rules = cast.client("anonymous").get("/robots.txt").text
    assert rules.endswith("\nSitemap: http://localhost:8000/sitemap.xml\n")
    found = {(name, is_allowed(rules, where)) for name, _statuses, where in addresses(stage)}
    assert found == {(name, name in INDEXED) for name in TABLE}
    assert {name for name, (_arguments, statuses) in TABLE.items() if statuses is not OPEN} & INDEXED == set()
    for asked in ("/compromisos/?light=late", "/?on=2018-03-15", "/en/contacto/?version=1"):
        assert not is_allowed(rules, asked)


def locations(client, where):
    page = client.get(where)
    assert (page.status_code, page["Content-Type"]) == (200, "application/xml; charset=utf-8")
    return ElementTree.fromstring(page.content)


def test_the_sitemap_names_every_public_page_in_both_languages_and_each_opens(cast, stage):
    client = cast.client("anonymous")
    index = [place.text for place in locations(client, "/sitemap.xml").iterfind("of:sitemap/of:loc", NAMES)]
    assert index == [f"http://localhost:8000/sitemap-{number}.xml" for number in (0, 1)]
    found = {}
    for part in index:
        for entry in locations(client, part).iterfind("of:url", NAMES):
            others = {link.get("hreflang"): link.get("href") for link in entry.iterfind("x:link", NAMES)}
            found[entry.findtext("of:loc", namespaces=NAMES).removeprefix("http://localhost:8000")] = others
    promised = {where for name, _statuses, where in addresses(stage) if name in INDEXED - NOT_IN_THE_SITEMAP}
    assert promised <= found.keys()
    assert {where: client.get(where).status_code for where in found} == dict.fromkeys(found, 200)
    for where, others in found.items():
        spanish = where.removeprefix("/en")
        assert others == {"es": f"http://localhost:8000{spanish}", "en": f"http://localhost:8000/en{spanish}"}
    assert client.get("/sitemap-2.xml").status_code == 404


def test_many_commitments_fill_several_parts_at_one_price(cast, monkeypatch):
    for _number in range(4):
        cast.another_commitment()
    monkeypatch.setattr(search_engines, "EACH", 2)
    client = cast.client("anonymous")
    assert len(locations(client, "/sitemap.xml")) == 4
    parts = [client.get(f"/sitemap-{number}.xml").text.count("<url>") for number in (1, 2, 3)]
    assert parts == [4, 4, 2]
    assert Commitment.objects.count() == 5
    assert client.get("/sitemap-4.xml").status_code == 404
    with CaptureQueriesContext(connection) as asked:
        client.get("/sitemap-1.xml")
    assert len(asked) == 1, "kept until the ledger's next entry"
    assert client.get("/sitemap.xml?page=2").status_code == 400


def test_a_page_names_its_other_language_by_a_whole_address(cast, settings):
    settings.BASE_URL = "https://portal.example"
    page = cast.client("anonymous").get("/compromisos/?due=any").text
    assert '<link rel="alternate" hreflang="en" href="https://portal.example/en/compromisos/?due=any">' in page
