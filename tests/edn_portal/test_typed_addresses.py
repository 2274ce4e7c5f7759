"""Addresses as people type them, or copy them from a mail: one page is meant, and they are sent on to it; or none, and they are told."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from edn_portal.typed_addresses import CODE_NAMES, CODES_OF, _finder
from focalpoints.models import Appointment
from tests.standing import scene

HOSTILE = (
    "//evil.example/", "//evil.example/compromisos/", "/\\evil.example/", "/http://evil.example/", "/compromisos/https://evil.example/",
    "/compromisos//evil.example/", "///", "/.", "/..;/", "/compromisos/../evil/",
)  # fmt: skip


@scene()
def strategy(cast):
    cast.proposal = cast.task("proposed")
    cast.sent = cast.follow_up("submitted", cast.task())
    return cast


def get(client, path, **options):
    """The path as it is, without a client's tidying: `//x` is no host here."""
    return client.get("/", PATH_INFO=path.encode().decode("latin-1"), **options)


def sent_to(client, path, **options):
    answer = get(client, path, **options)
    return answer["Location"] if answer.status_code in (301, 302) else answer.status_code


SPELLINGS = (
    "/compromisos/mc-250k/", "/compromisos/Mc-250K", "/COMPROMISOS/MC-250K/", "/Compromisos/mc-250k", "/compromisos//MC-250K/",
    "//compromisos/MC-250K/", "/compromisos/MC-250K//", "/compromisos/MC-250K/.", "/compromisos/MC-250K/),", "/compromisos/MC-250K.",
    "/compromisos/MC-250K/>", "/compromisos/MC-250K/”.", "/compromisos/MC-250K/»", "/compromisos/«MC-250K»/",
    "/compromisos/**MC-250K**", "/compromisos/MC-250K*/",
    "/compromisos/MC-250K\u00ad/", "/compromisos/MC-250K/\u00ad", "/compromisos/MC-250K /", "/compromisos/MC-250K/ ",
    "/compromisos/MC-250K/\u00a0",    "/compromisos/MC-250K\u200b/", "/compromisos/MC\u2013250K/", "/compromisos/MC\u2011250k/",
    "/compromisos/MC\u2212250K/", "/compromisos/ＭＣ-２５０Ｋ/",
    "/compromisos/MC-\n250K/", "/compromisos/MC-250K/...",
    "/compromisos/МС-250К/",  # Cyrillic
)  # fmt: skip


@pytest.mark.parametrize("path", SPELLINGS)
def test_one_commitment_is_meant(strategy, path):
    client = strategy.client("anonymous")
    assert sent_to(client, path) == "/compromisos/MC-250K/"
    assert sent_to(client, f"/en{path}") == "/en/compromisos/MC-250K/"


def test_what_is_asked_of_the_page_goes_along(strategy):
    client = strategy.client("anonymous")
    for path in ("/compromisos/mc-250k/", "/compromisos/MC-250K"):
        assert sent_to(client, path, QUERY_STRING="page=2") == "/compromisos/MC-250K/?page=2"
    assert sent_to(client, "/calendario", QUERY_STRING="month=2018-10") == "/calendario/?month=2018-10"
    assert sent_to(client, "/calendario", QUERY_STRING="q=" + "x" * 20_000) == "/calendario/"


def test_the_page_of_every_kind_of_code(strategy):
    task, sent = strategy.sent.task.code, strategy.sent.code
    person = strategy["focal point"]
    appointment = Appointment.objects.get(user=person)
    of_everybody = {
        "/dependencias/SCT/": "/dependencias/9/",
        "/dependencias/sct": "/dependencias/9/",
        "/DEPENDENCIAS/Sct/": "/dependencias/9/",
        "/dependencias/SСТ/": "/dependencias/9/",  # Cyrillic
        "/proyectos/Mexico-Conectado/": f"/proyectos/{strategy.project.slug}/",
        f"/tareas/{task.lower()}/": f"/tareas/{task}/",
        f"/TAREAS/{task}.": f"/tareas/{task}/",
        "/en/Objetivos": "/en/objetivos/",
        "/EN/COMPROMISOS": "/en/compromisos/",
        "/calendario/compromisos.ics.": "/calendario/compromisos.ics",
        "/Calendario/Compromisos.ICS": "/calendario/compromisos.ics",
    }
    of_the_office = {
        f"/seguimientos/{sent.lower()}/": f"/seguimientos/{sent}/",
        f"/revision/{sent.lower()}": f"/revision/{sent}/",
        "/compromisos/mc-250k/corregir": "/compromisos/MC-250K/corregir/",
        f"/tareas/{strategy.proposal.code.lower()}/": f"/tareas/{strategy.proposal.code}/",
    }
    of_administrators = {
        "/administracion/dependencias/SCT/": "/administracion/dependencias/9/",
        f"/administracion/personas/{person.code.lower()}/": f"/administracion/personas/{person.code}/",
        f"/administracion/nombramientos/{appointment.code.lower()}/terminar": f"/administracion/nombramientos/{appointment.code}/terminar/",
    }
    for name, table in {
        "anonymous": of_everybody,
        "coordinator": of_the_office,
        "administrator": of_administrators,
    }.items():
        client = strategy.client(name)
        assert {path: sent_to(client, path) for path in table} == table
        for page in table.values():
            assert get(client, page).status_code == 200, page


def test_nothing_is_told_of_what_the_reader_may_not_see(strategy):
    for row, kind in ((strategy.proposal, "tareas"), (strategy.sent, "seguimientos")):
        client = strategy.client("anonymous")
        there, nowhere = (sent_to(client, f"/{kind}/{code.lower()}/") for code in (row.code, f"{row.code}9"))
        assert there == nowhere == 404


@pytest.mark.parametrize(
    "path",
    [
        "/compromisos/mc-250x/", "/compromisos/mc/", "/tareas/mc-250k/", "/tareas/mc-250k-t99/", "/dependencias/xyz/", "/proyectos/nada/",
        "/seguimientos/mc-250k-t1-s99/", "/no-existe/", "/compromisos/MC-250K/nada/", "/administracion/personas/no-existe/",
        "/objetivos/99/",
        "/compromisos/%/", "/compromisos/_/", "/dependencias/%25/", *HOSTILE,
    ],
)  # fmt: skip
@pytest.mark.parametrize("person", ["anonymous", "administrator"])
def test_where_nothing_is_meant_the_page_says_so_and_leads_nowhere_else(strategy, path, person):
    answer = get(strategy.client(person), path)
    if answer.status_code in (301, 302):  # `/.` and the like are the board; who is not signed in is asked to sign in
        assert answer["Location"].startswith(("/cuenta/entrar/", "/compromisos/")) or answer["Location"] == "/"
        assert "//" not in answer["Location"].partition("?")[0]
    else:
        assert answer.status_code == 404
        assert 'href="//' not in answer.content.decode()
        assert "COM-001" not in answer.content.decode()


def test_the_page_offers_a_search_for_what_may_be_a_code(strategy):
    client = strategy.client("anonymous")
    assert 'href="/buscar/?q=MC-250X"' in get(client, "/compromisos/MC–250X/.").content.decode()
    for nothing_to_search in (
        "/compromisos/año nuevo/",
        "/compromisos/a&b=c/",
        f"/compromisos/{'x' * 81}/",
        "/compromisos/\x00/",
    ):
        assert "?q=" not in get(client, nothing_to_search).content.decode()
    assert "<script>" not in get(client, "/compromisos/<script>alert(1)</script>/").content.decode().partition("<h1")[2]


@pytest.mark.parametrize(
    "path",
    [
        "/calendario/ñ🎉.ics",
        "/calendario/a\x00b.ics",
        "/calendario/.K-23456789.abc.ics",
        "/correo-demo/../",
        "/correo-demo/../../x/",
    ],
)
def test_what_leads_nowhere_is_never_sent_on_to_itself_nor_to_another_secret(strategy, path):
    assert sent_to(strategy.client("anonymous"), path) == 404


def test_a_one_time_link_keeps_its_capitals(strategy):
    """Copied with the full stop behind it, or broken over two lines; in other letters it is another secret."""
    client = strategy.client("anonymous")
    link = "/cuenta/invitacion/P-7KF3M2QA/abc123-DeF/"
    assert sent_to(client, f"{link}.") == sent_to(client, f"{link}>") == link
    assert sent_to(client, link.upper()) == 404


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_only_reading_is_sent_on(strategy, method):
    answer = getattr(strategy.client("coordinator"), method)("/compromisos/mc-250k/corregir/")
    assert answer.status_code in (404, 405)
    assert getattr(strategy.client("coordinator"), method)("/COMPROMISOS/MC-250K/").status_code == 404


def test_a_page_that_is_there_is_asked_nothing_more(strategy, monkeypatch):
    monkeypatch.setattr("edn_portal.operations.error_pages.page_meant", None)
    client = strategy.client("anonymous")
    assert client.get("/compromisos/MC-250K/").status_code == 200
    with CaptureQueriesContext(connection) as captured:
        assert client.get("/compromisos/MC-250K/").status_code == 200
    assert len(captured) == 1


def test_what_was_looked_up_is_not_sent_on_for_good(strategy):
    client = strategy.client("anonymous")
    assert get(client, "/dependencias/SCT/").status_code == 302
    assert get(client, "/compromisos/MC-250K/.").status_code == 301


def test_every_address_with_a_code_is_covered():
    """A new one is added to the table, or its code is found in the one spelling alone."""

    def routes(resolver, start=""):
        for entry in resolver.url_patterns:
            route = start + str(entry.pattern)
            yield from routes(entry, route) if hasattr(entry, "url_patterns") else [route]

    with_code = {
        route
        for route in routes(get_resolver())
        if not route.startswith("en/") and any(f":{name}>" in route for name in CODE_NAMES)
    }
    assert len(with_code) > 60
    assert {route for route in with_code if not _finder(route)} == {
        "recordatorios/textos/<slug:key>/<slug:language>/",
        "evidencia/<uuid:key>/",
        "evidencia/<uuid:key>/testar/",
        "evidencia/<uuid:key>/abrir/",
        "evidencia/<uuid:key>/paginas/<int:number>/",
        "evidencia/<uuid:key>/paginas/<int:number>.png",
        "cuenta/contrasena/nueva/<slug:code>/<str:token>/",
        "cuenta/invitacion/<slug:code>/<str:token>/",
    }
    assert all(any(route.startswith(start) for route in with_code) for start in CODES_OF)
