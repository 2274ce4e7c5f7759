"""The page of the search: what was typed, whatever it is, is answered; what was found is told with what it belongs to, and no more than
its reader may see.
"""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from focalpoints import clock
from focalpoints.models import Entry
from focalpoints.text import fold, one_line
from projects import actions
from projects.models import FollowUp
from tests.dates import ask
from tests.standing import scene

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@scene()
def told(cast):
    """A follow-up of each state that says where schools were connected, and a proposal."""
    task = cast.task(title="Conectar bibliotecas con banda ancha", deliverable="Lista de bibliotecas")
    for state in ("accepted", "submitted"):
        of = task if state == "accepted" else cast.task()
        cast.follow_up(state, task=of, done=f"Se conectaron escuelas de Oaxaca: {state}.", next_step="", obstacle="")
    cast.task("proposed", title="Conectar escuelas rurales")
    return cast


def found(client, text, **more):
    page = client.get("/en/buscar/", {"q": text, **more})
    assert page.status_code == (200 if fold(text) or not one_line(text) else 400), text
    return page.text


def kinds(page):
    """Each kind by its heading, with its count and hits: title and what is marked in it."""
    sections = re.findall(
        r'<section class="edn-changes".*?<h2[^>]*>(.*?) <span[^>]*>(.*?)</span></h2>(.*?)</section>', page, re.DOTALL
    )
    return {
        title: (count, re.findall(r'<li><a class="govuk-link" href="([^"]*)"', hits)) for title, count, hits in sections
    }


def marks(page):
    return [unescape(word) for word in re.findall(r"<mark>(.*?)</mark>", page)]


@pytest.mark.both
def test_the_words_of_an_accepted_follow_up_lead_to_it_with_its_task_and_commitment(told, client):
    page = found(client, "escuelas OAXÁCA")
    code = FollowUp.objects.get(state="accepted").code
    assert kinds(page) == {"Accepted follow-ups": ("1", [f"/en/seguimientos/{code}/"])}
    assert marks(page) == ["escuelas", "Oaxaca"]
    task = code.rpartition("-S")[0]
    for link in (f"/en/tareas/{task}/", "/en/compromisos/MC-250K/"):
        assert f'href="{link}"' in page
    assert "accepted on" in page
    assert "SCT" in page


@pytest.mark.both
def test_a_task_is_found_by_its_title_with_its_light(told, client):
    page = found(client, "banda ancha")
    assert kinds(page)["Tasks"] == ("1", ["/en/tareas/MC-250K-T1/"])
    assert marks(page)[:2] == ["banda", "ancha"]
    assert 'class="edn-light"' in page


def test_a_reader_finds_nothing_that_they_may_not_see(told):
    for person, expected in (
        ("anonymous", 0),
        ("outsider", 0),
        ("other agency", 0),
        ("focal point", 1),
        ("coordinator", 1),
    ):
        page = found(told.client(person), "escuelas rurales")
        assert sum(len(hits) for _count, hits in kinds(page).values()) == expected, person
    assert "Proposed" in page
    assert 'class="edn-light"' not in page


def links(page):
    """The text of each hit's link."""
    linked = re.findall(
        r'<li><a class="govuk-link" href="[^"]*">(.*?)</a>', page.partition("edn-page-tools")[0], re.DOTALL
    )
    return [unescape(re.sub("<[^>]*>", "", link)) for link in linked]


def test_links_to_like_things_say_whose_each_is(told, client):
    """Many agencies are asked for the same, and one reports of it again and again."""
    everybodys = told.another_commitment(binds="all")
    theirs = [
        told.task(title="Presentar la cartera", commitment=everybodys, agency=agency) for agency in (told.sct, told.sep)
    ]
    told.follow_up("accepted", task=theirs[0], done="Cartera presentada.")
    with clock.at(clock.now() + timedelta(days=1)):
        told.follow_up("accepted", task=theirs[0], done="Cartera presentada de nuevo.")
    page = found(client, "cartera")
    assert {"SCT: Presentar la cartera", "SEP: Presentar la cartera"} < set(links(page))
    assert len(set(links(page))) == len(links(page)) == 4
    feed = client.get("/en/buscar/resultados.atom", {"q": "cartera"}).text
    assert {"Task · SCT: Presentar la cartera", "Task · SEP: Presentar la cartera"} < set(
        re.findall(r"<title>([^<]*)</title>", feed)
    )


def test_what_is_written_of_a_thing_is_not_in_the_language_of_its_title(told, client):
    task = told.task(title="Publish the data", language="en")
    told.follow_up("accepted", task=task, done="Se publicaron cuarenta conjuntos.", next_step="", obstacle="")
    page = client.get("/buscar/", {"q": "cuarenta conjuntos"}).text
    assert '<span lang="en">Publish the data</span>' in page
    assert '<span class="edn-found">Se publicaron' in page
    assert '<span class="edn-found" lang="es">Se publicaron' in found(client, "cuarenta conjuntos")


def test_a_page_beyond_the_last_offers_no_search_for_its_own_name(told, client):
    page = client.get("/buscar/", {"q": "escuelas", "kind": "task", "page": "99"})
    assert (page.status_code, "?q=buscar" in page.text) == (404, False)
    assert "?q=NADA" in client.get("/compromisos/NADA/").text


def test_what_is_hidden_is_found_no_more(told, client):
    actions.ask_redaction(
        FollowUp.objects.get(state="accepted"), by=told["coordinator"], legal_basis="LGPDPPSO, artículo 3."
    )
    assert kinds(found(client, "escuelas oaxaca")) == {}


NOT_FOUND = ("Nothing was found", "Or look through the lists")


def go_to(client, text):
    return re.findall(r'<p class="govuk-body-l"><a class="govuk-link" href="([^"]*)">', found(client, text))


def test_a_code_or_folio_typed_exactly_leads_to_its_thing_first(told, client):
    told.find(told.commitment, "concern")
    ask(told, told.task())
    entry = Entry.objects.order_by("seq").last()
    expected = {
        "MC-250K": "/en/compromisos/MC-250K/",
        "mc–250k": "/en/compromisos/MC-250K/",
        "mc-250k-t1": "/en/tareas/MC-250K-T1/",
        "MC-250K-T1-S1": "/en/seguimientos/MC-250K-T1-S1/",
        "mc-250k-t4-r1": "/en/solicitudes/MC-250K-T4-R1/",
        "MC-250K-V1": "/en/compromisos/MC-250K/#MC-250K-V1",
        "mexico-conectado": "/en/proyectos/mexico-conectado/",
        "s.c.t.": "/en/dependencias/9/",
        entry.folio: f"/en/verificar/?folio={entry.folio}",
        f" {entry.folio.lower()} ": f"/en/verificar/?folio={entry.folio}",
    }
    for text, url in expected.items():
        assert go_to(client, text) == [url], text
        assert client.get(url.partition("#")[0]).status_code == 200
        page = found(client, text)
        assert not set(NOT_FOUND) & set(re.findall("|".join(NOT_FOUND), page)), f"{text}: it was found"
    nothing = (
        "MC-250K-T2-S1",
        "MC-250K-T3",
        "MC-999",
        "EDN-999999-00000000",
        f"{entry.folio[:-1]}Z",
        "9",
        "banda ancha",
        "x-T1",
        "-T1",
    )
    assert [text for text in nothing if go_to(client, text)] == []


HOSTILE = (
    "%", "_", '"', '"escuelas', 'escuelas"', "'", "a", "🎉", "אבג", "\u202e", "<script>alert(1)</script>", "NEAR(a b)", "a AND b",
    "title:a", "a*", "*", "(", "-", "--", "NOT a", "&|!:*()<->", "\\", "NULL", "ñ", "e\u0301", "x" * 300, "a " * 150, "0", "٣", "½",
    "{{ 7 }}", "${x}", "%s",
)  # fmt: skip


@pytest.mark.both
def test_whatever_is_typed_is_answered(told, client):
    for text in HOSTILE:
        page = found(client, text)
        assert "<script>alert" not in page
        for kind in ("task", "follow-up"):
            found(client, text, kind=kind)


def test_what_cannot_be_asked_says_so(told, client):
    for query in (
        {"q": "x" * 301},
        {"q": "a " * 2500},
        {"q": "a\x00b"},
        *({"q": text} for text in ("%", "_", "*", '"', "😀", "¿?")),
        {"q": "a", "kind": "person"},
        {"kind": "\x00"},
    ):
        page = client.get("/en/buscar/", query)
        assert (page.status_code, "govuk-error-summary" in page.text) == (400, True), query
        is_sign = not fold(query.get("q", "a"))
        assert ("Type at least one letter or digit." in page.text) is is_sign, query
    assert client.get("/en/buscar/", {"q": "escuelas", "kind": "task", "page": "99"}).status_code == 404
    assert client.get("/en/buscar/", {"q": "escuelas", "kind": "follow-up", "page": "x"}).status_code == 200


def test_an_empty_search_says_what_can_be_searched_for_and_its_examples_open(told, client):
    for query in ({}, {"q": ""}, {"q": "   "}, {"kind": "task"}):
        page = client.get("/en/buscar/", query)
        assert page.status_code == 200
        links = [unescape(link) for link in re.findall(r'href="(/en/buscar/\?q=[^"]*)"', page.text)]
        assert len(links) >= 4
        assert {client.get(link).status_code for link in links} == {200}


def test_nothing_found_gives_advice(told, client):
    page = found(client, "nada-de-eso")
    assert "Nothing was found" in page
    assert 'href="/en/compromisos/"' in page.partition("Nothing was found")[2]


def test_the_title_names_what_was_asked_and_no_search_engine_keeps_it(told, client):
    page = found(client, "banda <ancha>")
    assert re.search(r"<title>\s*Results for “banda &lt;ancha&gt;” – EDN</title>", page)
    assert '<meta name="robots" content="noindex">' in page


def test_all_of_one_kind_stand_on_its_own_pages(told, client):
    for number in range(60):
        told.task(title=f"Instalar antena {number}")
    page = found(client, "antena")
    count, hits = kinds(page)["Tasks"]
    assert (count, len(hits)) == ("60", 5)
    [all_of_them] = [unescape(link) for link in re.findall(r'href="([^"]*kind=task)"', page)]
    first = client.get(all_of_them).text
    pages = [first]
    while following := re.findall(r'href="([^"]*)"\s+rel="next"', pages[-1]):
        pages.append(client.get(f"/en/buscar/{unescape(following[0])}").text)
    listed = [kinds(page)["Tasks"][1] for page in pages]
    assert [len(hits) for hits in listed] == [20, 20, 20]
    assert len({hit for hits in listed for hit in hits}) == 60


@pytest.mark.both
def test_a_search_costs_the_same_however_much_is_found(told, client):
    def asked(text):
        with CaptureQueriesContext(connection) as queries:
            found(client, text)
        return len(queries)

    few = asked("conectar")
    for number in range(4):
        told.follow_up("accepted", done=f"Conectar más {number}", task=told.task(title=f"Conectar {number}"))
    asked("conectar")
    assert asked("conectar") == few <= 5
    assert asked("nada-de-eso") <= 4


def test_the_box_is_on_every_page(told, client):
    for path in ("/en/", "/en/compromisos/MC-250K/", "/en/buscar/", "/en/no-existe/", "/en/cuenta/entrar/"):
        page = client.get(path).text
        [form] = re.findall(r'<form class="edn-search".*?</form>', page, re.DOTALL)
        assert 'method="get" action="/en/buscar/" role="search"' in form
        assert '<label class="govuk-visually-hidden" for="search">' in form
