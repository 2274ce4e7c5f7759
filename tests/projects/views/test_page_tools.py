"""What every public page offers at its end: what changed, how it is cited."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import quote, unquote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from focalpoints import clock
from focalpoints.actions import correct_agency, publish_office_text
from focalpoints.ledger.verification import head
from focalpoints.models import Agency, Entry
from focalpoints.templatetags.edn import long_date
from projects import actions
from projects.models import FollowUp
from projects.reading import changes
from tests.cast import record_agencies
from tests.standing import scene

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@scene()
def told(cast):
    """Today three follow-ups were sent, and one was accepted."""
    for state in ("submitted", "submitted", "accepted"):
        cast.follow_up(state)
    return cast


def links(page, text):
    return [unescape(found) for found in re.findall(rf'href="([^"]*)"[^>]*>{text}<', page.text)]


def test_a_figure_of_like_events_leads_to_exactly_these(told, client):
    page = client.get("/en/cambios/")
    [counted] = [link for link in links(page, "3 changes") if "follow-up.submit" in link]
    alike = client.get(counted)
    assert alike.text.count("edn-history__entry") == 3
    assert {entry.folio for entry in Entry.objects.filter(verb="submit")} == set(
        re.findall(r"EDN-\d+-\w{8}", alike.text)
    )


@pytest.mark.parametrize("path", ["/cambios/", "/compromisos/MC-250K/cambios/", "/dependencias/9/cambios/"])
def test_it_asks_as_often_however_much_changed(told, client, path):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"{path}?since=2018-01-01").status_code == 200
        return len(queries)

    few = asked()
    for _number in range(4):
        told.follow_up("submitted")
    assert asked() == few <= 6


DAYS = {
    "": 200, "2018-01-01": 200, "1/1/2018": 200, "1000-01-01": 200, "0001-01-01": 400, "9999-12-31": 400, "10000-01-01": 400,
    "2018-02-30": 400, "ayer": 400, "-5": 400, "\x00": 400, "٢٠١٨-٠١-٠١": 200, "9" * 5000: 400,
}  # fmt: skip


@pytest.mark.both
@pytest.mark.parametrize("name", ["since", "until", "day"])
def test_a_day_that_is_none_says_so(told, client, name):
    assert {text: client.get("/cambios/", {name: text}).status_code for text in DAYS} == DAYS


def test_a_day_ahead_is_refused(told, client):
    tomorrow = clock.today() + timedelta(days=1)
    assert client.get("/cambios/", {"since": tomorrow.isoformat()}).status_code == 400


def test_a_last_day_before_the_first_is_an_error_at_its_field_and_shows_nothing(told, client):
    first, last = clock.today(), clock.today() - timedelta(days=1)
    for of in ("", "compromisos/MC-250K/"):
        for where in ("", "descargar.csv"):
            page = client.get(f"/en/{of}cambios/{where}", {"since": first.isoformat(), "until": last.isoformat()})
            assert (page.status_code, 'id="id_until_error"' in page.text) == (400, True)
            assert "edn-changes" not in page.text
            assert "descargar" not in page.text


def test_the_last_day_alone_ends_a_week(told, client):
    page = client.get("/en/cambios/", {"until": "2018-01-20"})
    assert "?since=2018-01-14&amp;until=2018-01-20" in page.text


def words(page):
    main = page.text.partition('id="main-content"')[2]
    return unescape(" ".join(re.sub(r"<[^>]*>", "", main).split()))


def test_a_page_of_the_newest_says_how_many_there_are_and_the_file_has_them_all(told, client, monkeypatch):
    """And both say of which days."""
    monkeypatch.setattr(changes, "LINES", 1)
    first = clock.today()
    with clock.at(clock.now() + timedelta(days=2)):
        told.follow_up("submitted")
        with override("en"):
            since, until = (re.sub(r"<[^>]*>", "", long_date(day)) for day in (first, clock.today()))
        page = client.get("/en/cambios/", {"since": first.isoformat()})
        [file] = [link for link in re.findall(r'href="([^"]*)"', page.text) if "descargar.csv" in link]
        rows = b"".join(client.get(unescape(file))).count(b"\r\n") - 1
        said = words(page)
        reach = f"from {since} to {until}"
        assert rows > 5
        assert f"{rows} changes {reach}. Here the latest 2, since {until}." in said
        assert f"Download changes {reach}:" in said
        whole = words(client.get("/en/cambios/", {"since": clock.today().isoformat()}))
        assert f"2 changes on {until}." in whole
        assert f"Download changes on {until}:" in whole
        assert "Here the latest" not in whole


@pytest.mark.both
@pytest.mark.parametrize("event", ["follow-up", "follow-up.nothing", "person.create", "\x00.\x00", "x" * 500])
def test_events_that_there_are_not_lead_nowhere(told, client, event):
    assert client.get("/cambios/", {"day": clock.today().isoformat(), "event": event}).status_code == 404


def test_a_part_that_there_is_not_leads_nowhere(told, client):
    for path in ("compromisos/NO", "proyectos/no", "objetivos/9", f"principios/{10**30}", "dependencias/no"):
        assert client.get(f"/{path}/cambios/").status_code == 404


def test_a_past_page_asks_what_changed_since_that_day(told, client):
    day = clock.today().isoformat()
    page = client.get(f"/en/compromisos/MC-250K/?on={day}")
    assert links(page, "What changed") == [f"/en/compromisos/MC-250K/cambios/?since={day}"]


def test_a_task_leads_to_its_commitments_changes(told, client):
    assert links(client.get("/en/tareas/MC-250K-T1/"), "What changed") == ["/en/compromisos/MC-250K/cambios/"]
    # A commitment may be called like another one's task.
    named = {"binds": "named", "agencies": [told.sct], "code": "TIC-T10", "title": "TIC"}
    commitment = actions.create_commitment(by=told["coordinator"], project=told.project, **named)
    task = told.task(commitment=commitment)
    there = links(client.get(f"/en/tareas/{task.code}/"), "What changed")
    assert there == ["/en/compromisos/TIC-T10/cambios/"]
    assert client.get(there[0]).status_code == 200


def citation(client, of):
    page = client.get("/en/citar/", {"of": of})
    assert page.status_code == 200
    return unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", page.text, re.DOTALL)[1])


def test_a_citation_names_the_day_where_the_ledger_stood_and_an_address_that_stays(told, client):
    said = citation(client, "/en/compromisos/MC-250K/?utm_source=x")
    assert f"entry {head().seq}, digest {head().digest}" in said
    address = said.split()[-1]
    assert address.endswith(f"/en/compromisos/MC-250K/?on={clock.today().isoformat()}")
    with clock.at(clock.now() + timedelta(days=3)):
        actions.withdraw(told.follow_up("submitted"), by=told["focal point"])
        then = citation(client, "/" + address.split("/", 3)[3])
        assert then == said, "of that day the same is said for good"


def test_a_past_day_is_cited_in_the_words_of_its_time(told, client):
    record_agencies(told)
    task, day = told.task(title="licitar enlaces"), clock.today().isoformat()
    pages = [f"/en/{path}/?on={day}" for path in ("compromisos/MC-250K", f"tareas/{task.code}", "dependencias/9")]
    before = [citation(client, of) for of in pages]
    with clock.at(clock.now() + timedelta(days=3)):
        by, commitment, agency = told["coordinator"], told.commitment, Agency.objects.get(pk=told.sct.pk)
        actions.correct_task(task, by=by, revision=task.revision, title="Licitar enlaces.")
        commitment.refresh_from_db()
        actions.correct_commitment(
            commitment, by=by, revision=commitment.revision, title=commitment.title.upper(), agencies=[told.sct]
        )
        correct_agency(agency, by=told["administrator"], revision=agency.revision, name="Otra secretaría")
        assert [citation(client, of) for of in pages] == before
        now = [citation(client, of.partition("?")[0]) for of in pages]
        for title, words in zip(("MÉXICO CONECTADO", "Licitar enlaces.", "Otra secretaría"), now, strict=True):
            assert title in words
        added = told.task()
        assert client.get("/citar/", {"of": f"/tareas/{added.code}/?on={day}"}).status_code == 404


def test_the_page_of_a_citation_reads_in_both_languages_and_leads_back(told, client):
    for of in ("/compromisos/MC-250K/", "/en/compromisos/MC-250K/"):
        asked = quote(f"{of}?page=1&utm_source=x#top")
        for page, back in (("/citar/", "Volver a la página"), ("/en/citar/", "Back to the page")):
            answer = client.get(f"{page}?of={asked}")
            assert answer.status_code == 200, (page, of)
            assert links(answer, back) == [f"{of}?page=1"]
            [other] = [unescape(link) for link in re.findall(r'hreflang="\w+" href="([^"]*)"', answer.text)]
            assert client.get(other).status_code == 200


def test_what_is_not_public_yet_is_cited_by_nobody(told):
    where = {"of": reverse("projects:follow_up_detail", args=[told.follow_up("submitted").code])}
    assert [told.client(name).get("/citar/", where).status_code for name in ("anonymous", "coordinator")] == [404, 404]


def test_a_page_that_shows_today_alone_keeps_its_address(told, client):
    assert citation(client, "/en/tareas/?light=late&on=2018-01-01").endswith("/en/tareas/?light=late")


def test_an_error_is_reported_to_the_offices_mailbox_and_else_to_its_contact_page(told, client):
    where = {"of": "/en/compromisos/MC-250K/"}
    assert "mailto:" not in (page := client.get("/en/citar/", where).text)
    assert reverse("focalpoints:contact") in page.partition('id="report"')[2]
    contact = {"name": "Oficina", "email": "edn@demo.example", "phone": "", "text_es": "Escríbanos.", "text_en": ""}
    publish_office_text("contact", by=told["administrator"], revision=0, **contact)
    [letter] = re.findall('href="(mailto:[^"]*)', client.get("/en/citar/", where).text)
    to, _mark, subject = letter.removeprefix("mailto:").partition("?subject=")
    assert to == "edn@demo.example"
    assert f"/en/compromisos/MC-250K/?on={clock.today().isoformat()}" in unquote(subject)


ELSEWHERE = [
    "https://example.org/", "//example.org/", "javascript:alert(1)", "/administracion/", "/mi-trabajo/", "/fr/compromisos/",
    "/compromisos/NO/", "/compromisos/MC-250K/?on=9999-12-31", "/compromisos/MC-250K/?on=x", "compromisos/", "\x00", "x" * 9000,
    "/verificar/", "http://[/", "/salud/", "/compromisos/../administracion/", "///compromisos/", "////compromisos/", "/\\/compromisos/",
    "/seguimientos/NO/", "/solicitudes/NO/", "/tareas/NO/", "/dependencias/NO/", "/proyectos/no/", "/objetivos/99/", "/principios/99/",
    "/tareas/NO/?on=2018-10-01", "/dependencias/NO/?on=2018-10-01", "/sitemap-0.xml",
]  # fmt: skip


@pytest.mark.both
@pytest.mark.parametrize("of", ELSEWHERE)
def test_what_is_no_public_page_is_not_cited(told, client, of):
    assert client.get("/citar/", {"of": of}).status_code == 404


def test_a_proposal_is_not_cited(told, client):
    told.task("proposed")
    code = told.commitment.tasks.get(state="proposed").code
    assert client.get("/citar/", {"of": reverse("projects:task_detail", args=[code])}).status_code == 404


def test_what_is_typed_is_no_markup(told, client):
    page = client.get(f"/citar/?of={quote('/tareas/?q=<script>alert(1)</script>')}")
    assert page.status_code == 200
    assert "<script>alert" not in page.text


def test_what_only_some_may_see_offers_no_address_to_cite(told, client):
    """Whoever is signed out finds nothing under it."""
    tools = "edn-page-tools"
    pages = {f"/seguimientos/{told.follow_up(state).code}/": state == "accepted" for state in ("submitted", "accepted")}
    pages |= {f"/tareas/{told.task(state).code}/": state == "confirmed" for state in ("proposed", "confirmed")}
    hidden = told.follow_up("accepted")
    FollowUp.objects.filter(pk=hidden.pk).update(is_hidden=True)
    pages[f"/seguimientos/{hidden.code}/"] = False
    for path, is_public in pages.items():
        assert (client.get(path).status_code == 200) is is_public, path
        assert (tools in told.client("focal point").get(path).text) is is_public, path
