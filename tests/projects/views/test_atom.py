"""Atom feeds: RFC 4287's elements, identifiers that stay, nothing that is not public, and a reader who asks again and again."""

import re
from datetime import datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from focalpoints import clock
from focalpoints.actions import create_agency
from focalpoints.models import Entry
from principles.models import Objective, Pillar, Principle
from projects import actions
from projects.models import FollowUp
from projects.reading import feed_entries
from tests.standing import scene

pytestmark = [pytest.mark.django_db, pytest.mark.once]

ATOM = {"a": "http://www.w3.org/2005/Atom"}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# RFC 3339 with an offset, as RFC 4287, 3.3, takes it.
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
SITE = "http://localhost:8000"
FEEDS = {
    "/cambios.atom": "/",
    "/compromisos/MC-250K/cambios.atom": "/compromisos/MC-250K/",
    "/proyectos/mexico-conectado/cambios.atom": "/proyectos/mexico-conectado/",
    "/dependencias/9/cambios.atom": "/dependencias/9/",
    "/objetivos/1/cambios.atom": "/objetivos/1/",
    "/principios/1/cambios.atom": "/principios/1/",
}


@scene()
def told(cast):
    """Something of each part of the strategy, and a follow-up of each state."""
    pillar = Pillar.objects.create(number=1, title_es="Apertura")
    Principle.objects.create(number=1, pillar=pillar, title_es="Asegurar la transparencia", short_es="Transparencia")
    Objective.objects.create(number=1, title_es="Transformación Gubernamental")
    for state in ("accepted", "submitted", "returned", "withdrawn"):
        cast.follow_up(state, done=f"MARCA {state}", next_step=f"MARCA {state}", obstacle=f"MARCA {state}")
    cast.task("proposed")
    return cast


def read(client, path, **headers):
    answer = client.get(path, headers=headers)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/atom+xml; charset=utf-8"), path
    return ElementTree.fromstring(answer.content)


def one(element, name):
    [found] = element.iterfind(f"a:{name}", ATOM)
    return found.text or ""


def links(element):
    return {link.get("rel"): link.get("href") for link in element.iterfind("a:link", ATOM)}


def ids(feed):
    return [one(entry, "id") for entry in feed.iterfind("a:entry", ATOM)]


def test_each_feed_has_what_the_standard_asks_for(told, client):
    of_feeds = set()
    for prefix, language in (("", "es-mx"), ("/en", "en")):
        for path, page in FEEDS.items():
            feed = read(client, prefix + path)
            assert (feed.tag, feed.get(LANG)) == (f"{{{ATOM['a']}}}feed", language)
            assert links(feed) == {"self": f"{SITE}{prefix}{path}", "alternate": f"{SITE}{prefix}{page}"}
            assert one(feed, "title").strip()
            of_feeds.add(one(feed, "id"))
            entries = feed.findall("a:entry", ATOM)
            updated = [one(entry, "updated") for entry in entries]
            assert all(INSTANT.fullmatch(instant) for instant in [one(feed, "updated"), *updated])
            assert updated == sorted(updated, reverse=True)
            assert one(feed, "updated") == max(updated, default=one(feed, "updated"))
            for element in [feed, *entries]:
                assert one(element.find("a:author", ATOM), "name") in {
                    "SCT", "CEDN", "National Digital Strategy Coordination", "Coordinación de Estrategia Digital Nacional",
                }  # fmt: skip
                assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", one(element, "id"))
            for entry in entries:
                assert one(entry, "title").strip()
                assert one(entry, "summary").strip()
                assert client.get(links(entry)["alternate"].removeprefix(SITE)).status_code == 200
                assert client.get(links(entry)["via"].removeprefix(SITE)).status_code == 200
            assert len(ids(feed)) == len(set(ids(feed)))
            assert bool(entries) is (page not in {"/objetivos/1/", "/principios/1/"}), path
    assert len(of_feeds) == 2 * len(FEEDS)


def test_a_reader_who_subscribed_is_told_of_what_is_accepted_and_nothing_twice(told, client):
    waiting = FollowUp.objects.get(state="submitted")
    path, before = "/en/compromisos/MC-250K/cambios.atom", {}
    feeds = [path, "/en/cambios.atom", "/en/dependencias/9/cambios.atom"]
    for feed in feeds:
        before[feed] = ids(read(client, feed))
    with clock.at(clock.now() + timedelta(hours=2)):
        actions.accept(waiting, by=told["coordinator"], revision=waiting.revision)
        entry = Entry.objects.order_by("seq").last()
        for feed in feeds:
            now = read(client, feed)
            [new] = set(ids(now)) - set(before[feed])
            assert ids(now) == [new, *before[feed]]
            first = now.find("a:entry", ATOM)
            assert one(first, "title") == f"Follow-up accepted: {waiting.task.title}"
            assert links(first) == {
                "alternate": f"{SITE}/en/tareas/{waiting.task.code}/",
                "via": f"{SITE}/en/verificar/?folio={entry.folio}",
            }
            assert datetime.fromisoformat(one(first, "updated")) == entry.at
            assert one(now, "updated") == one(first, "updated")
            assert "MARCA submitted" in one(first, "summary")


def marks(client):
    """Whose words anybody reads in a feed."""
    return {mark for path in FEEDS for mark in re.findall(r"MARCA (\w+)", client.get(path).text)}


@pytest.mark.both
def test_words_are_told_while_they_are_public_and_no_longer(told, client):
    assert marks(client) == {"accepted"}
    accepted = FollowUp.objects.get(state="accepted")
    before = ids(read(client, "/cambios.atom"))
    asked = actions.ask_redaction(accepted, by=told["coordinator"], legal_basis="LGPDPPSO, artículo 3.")
    assert marks(client) == set(), "hidden at once"
    actions.reject_request(asked, by=told["second coordinator"], revision=asked.revision, comment="No procede.")
    assert marks(client) == {"accepted"}
    asked = actions.ask_redaction(
        FollowUp.objects.get(pk=accepted.pk), by=told["coordinator"], legal_basis="LGPDPPSO, artículo 3."
    )
    actions.approve_request(asked, by=told["second coordinator"], revision=asked.revision, comment="Procede.")
    assert marks(client) == set()
    assert ids(read(client, "/cambios.atom"))[-len(before) :] == before, (
        "what happened is still told, under its identifier"
    )


def test_no_person_and_no_private_word_is_told(told, client):
    told.find(told.commitment, "concern")
    private = "|".join(re.escape(str(told.people[name])) for name in told.people)
    for path in FEEDS:
        text = client.get(path).text
        assert not re.search(rf"{private}|@example|Falta la evidencia", text)


HOSTILE = '<script>alert(1)</script> & "x" \u202eאבג\u202c 🎉 ]]> ñ\u0301'


def test_hostile_titles_and_control_characters_are_text(told, client):
    task = told.task(title=HOSTILE)
    told.follow_up("accepted", task=task, done=f"{HOSTILE}\n\nOtra <b>línea</b>")
    FollowUp.objects.filter(task=task).update(done="Antes\x08\x1b\x0c\ufffe\uffff después <i>x</i>")
    feed = read(client, "/cambios.atom")
    newest = feed.find("a:entry", ATOM)
    assert one(newest, "title").endswith(task.title)
    assert "Antes después &lt;i&gt;x&lt;/i&gt;" in one(newest, "summary")
    assert "<script" not in one(newest, "summary")


@pytest.mark.both
@pytest.mark.parametrize("path", FEEDS)
def test_fifty_entries_cost_as_many_queries_as_few_and_a_kept_feed_costs_one(told, client, path):
    caches["pages"].clear()
    first, _kept = asked(client, path), asked(client, path)
    assert (first <= 12, _kept) == (True, 1)
    for _number in range(16):
        told.follow_up("accepted")
    assert asked(client, path) <= first + 1  # the texts of what was accepted
    assert asked(client, path) == 1
    assert len(ids(read(client, path))) == (0 if "objetivos" in path or "principios" in path else feed_entries.MOST)


def asked(client, path):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def test_who_asks_again_is_told_that_nothing_is_new(told, client):
    path = "/compromisos/MC-250K/cambios.atom"
    with clock.at(clock.now() + timedelta(minutes=5)):
        answer = client.get(path)
        etag, modified = answer["ETag"], answer["Last-Modified"]
        for headers in ({"if-none-match": etag}, {"if-modified-since": modified}):
            again = client.get(path, headers=headers)
            assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
        other = {"if-none-match": '"other"', "if-modified-since": modified}
        assert client.get(path, headers=other).status_code == 200, "the digest goes before the date"
        assert client.get(path, headers={"if-modified-since": "gestern"}).status_code == 200
        told.follow_up("submitted")
        assert "Last-Modified" not in client.get(path), "something else may happen within this second"
        for headers in ({"if-none-match": etag}, {"if-modified-since": modified}):
            assert client.get(path, headers=headers).status_code == 200
    with clock.at(clock.now() + timedelta(minutes=6)):
        later = client.get(path)
        assert later["Last-Modified"] > modified
        assert client.get(path, headers={"if-modified-since": later["Last-Modified"]}).status_code == 304


def test_counting_again_fills_no_feed(told, client):
    told.another_commitment(binds="all")
    before = ids(read(client, "/cambios.atom"))
    create_agency(by=told["administrator"], key="77", acronym="NVA", kind="dependencia", name="Nueva")
    assert Entry.objects.filter(verb="recount").exists()
    assert ids(read(client, "/cambios.atom")) == before


SEARCH = "/en/buscar/resultados.atom?q=marca+accepted"


@pytest.mark.both
def test_a_search_is_followed(told, client):
    before = read(client, SEARCH)
    accepted = FollowUp.objects.get(state="accepted")
    [entry] = before.findall("a:entry", ATOM)
    assert links(entry) == {"alternate": f"{SITE}/en/seguimientos/{accepted.code}/"}
    assert one(entry, "title") == f"Follow-up · SCT: {accepted.task.title}"
    assert "<mark>MARCA</mark> <mark>accepted</mark>" in one(entry, "summary")
    assert links(before) == {"self": f"{SITE}{SEARCH}", "alternate": f"{SITE}/en/buscar/?q=marca+accepted"}
    assert datetime.fromisoformat(one(entry, "updated")) == Entry.objects.get(verb="accept").at
    waiting = FollowUp.objects.get(state="submitted")
    with clock.at(clock.now() + timedelta(hours=2)):
        actions.accept(waiting, by=told["coordinator"], revision=waiting.revision)
        assert ids(read(client, SEARCH)) == ids(before), "it says something else"
        wider = read(client, "/en/buscar/resultados.atom?q=marca")
        assert ids(wider)[1:] == ids(before)
        actions.ask_redaction(accepted, by=told["coordinator"], legal_basis="LGPDPPSO, artículo 3.")
        assert ids(read(client, SEARCH)) == []


def test_a_search_without_words_is_no_feed_and_a_proposal_in_none(told, client):
    for query in ("", "?q=", "?q=%22", f"?q={'x' * 301}", "?q=marca&page=2"):
        answer = client.get(f"/en/buscar/resultados.atom{query}")
        assert (answer.status_code, answer["Content-Type"]) == (400, "text/plain; charset=utf-8"), query
    told.task("proposed", title="Marca propia")
    for person in ("anonymous", "coordinator"):
        assert "propia" not in told.client(person).get("/en/buscar/resultados.atom?q=marca").text


def test_who_asks_again_what_a_search_finds_costs_one_query(told, client):
    tag = client.get(SEARCH)["ETag"]
    with CaptureQueriesContext(connection) as queries:
        assert client.get(SEARCH, headers={"if-none-match": tag}).status_code == 304
    assert len(queries) == 1
    told.follow_up("submitted")
    assert client.get(SEARCH, headers={"if-none-match": tag}).status_code == 200
    assert asked(client, SEARCH) <= 9


def test_an_empty_ledger_has_a_feed(client, db):
    feed = read(client, "/cambios.atom")
    assert (ids(feed), one(feed, "updated")) == ([], "1970-01-01T00:00:00+00:00")


def test_a_part_that_there_is_not_has_none(told, client):
    for path in ("compromisos/NO", "proyectos/no", "objetivos/9", f"principios/{10**30}", "dependencias/no"):
        assert client.get(f"/{path}/cambios.atom").status_code == 404


def test_pages_lead_to_the_feed_of_what_they_show(told, client):
    expected = {
        page: path for path, page in FEEDS.items()
    } | {
        "/compromisos/": "/cambios.atom",
        "/buscar/": "/cambios.atom",
        "/buscar/?q=banda+ancha": "/buscar/resultados.atom?q=banda+ancha",
        "/cambios/": "/cambios.atom",
        "/compromisos/MC-250K/cambios/": "/compromisos/MC-250K/cambios.atom",
        "/tareas/MC-250K-T1/": "/compromisos/MC-250K/cambios.atom",
    }  # fmt: skip
    for prefix in ("", "/en"):
        for page, path in expected.items():
            text = client.get(prefix + page).text
            [in_head] = re.findall(r'<link rel="alternate" type="application/atom\+xml"[^>]*href="([^"]*)"', text)
            [visible] = re.findall(r'<a class="govuk-link" href="([^"]*)" type="application/atom\+xml">', text)
            assert (in_head, visible) == (prefix + path, prefix + path), page
