"""Parameters that other sites append to an address: pages pass them over, lists say so, files refuse them."""

import pytest
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from focalpoints.models import Entry
from projects import actions
from projects.models import Evidence

APPENDED = (
    "srsltid", "_x_tr_sl", "_x_tr_tl", "twclid", "gad_source", "_ga", "_gl", "utm_source", "fbclid", "gclid", "msclkid", "igshid",
    "mc_eid", "ref", "si", "hsCtaTracking", "amp;light", "LIGHT", "project__id", "page__gt", "%00", "%FF", "%ED%A0%80", "ñ",
)  # fmt: skip
LISTS = {
    "anonymous": (
        "/compromisos/", "/compromisos/filtrar/", "/tareas/", "/tareas/filtrar/", "/dependencias/", "/proyectos/", "/calendario/",
        "/principios/", "/objetivos/", "/reprogramaciones/",
    ),
    "coordinator": ("/en/compromisos/", "/revision/", "/recordatorios/", "/recordatorios/enviados/", "/recordatorios/enviados/filtrar/"),
    "administrator": ("/administracion/personas/", "/administracion/dependencias/", "/administracion/nombramientos/"),
}  # fmt: skip


def without_token(page: bytes) -> list[bytes]:
    others = (line for line in page.splitlines() if b"csrf" not in line and b"passed-over" not in line)
    return [line for line in others if line.strip()]


@pytest.mark.parametrize(("person", "address"), [(person, address) for person in LISTS for address in LISTS[person]])
def test_a_list_passes_over_what_it_does_not_know_and_says_so_once(cast, person, address):
    cast.task()
    client = cast.client(person)
    plain = client.get(address)
    answer = client.get(f"{address}?{'&'.join(f'{name}=x' for name in APPENDED)}")
    page = answer.content.decode()
    assert answer.status_code == plain.status_code == 200
    assert page.count('id="passed-over"') == 1
    assert page.index('id="passed-over"') < page.index("<h1")
    assert b"passed-over" not in plain.content
    assert without_token(answer.content) == without_token(plain.content)


def test_the_page_that_is_kept_is_the_one_without_them(cast):
    client = cast.client("anonymous")
    caches["pages"].clear()
    client.get("/compromisos/?light=late&srsltid=1")
    for query in ("light=late", "light=late&srsltid=2", "_ga=1&light=late&twclid=3"):
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(f"/compromisos/?{query}")
        assert (answer.status_code, len(captured)) == (200, 1), query
        is_said = "&" in query
        assert (b"passed-over" in answer.content) is is_said
        assert ("no-store" in answer["Cache-Control"]) is is_said
        assert answer.has_header("ETag") is not is_said


def test_a_wrong_value_of_a_known_name_stays_an_error_beside_an_unknown_one(cast):
    answer = cast.client("anonymous").get("/compromisos/?light=green&srsltid=1")
    assert answer.status_code == 400
    assert answer.content.count(b'id="passed-over"') == 1


def test_a_name_is_shown_as_text_and_cut(cast):
    client = cast.client("anonymous")
    hostile = {"<script>alert(1)</script>": "x", "y" * 900: "x", "a\x00\u202eb\nc": "x"}
    page = client.get("/en/compromisos/", hostile).content.decode()
    assert "<code>&lt;script&gt;alert(1)&lt;/script&gt;</code>" in page
    assert f"<code>{'y' * 40}</code>" in page
    assert "<code>abc</code>" in page


@pytest.mark.parametrize("address", ["/compromisos/", "/en/tareas/", "/calendario/"])
def test_hundreds_are_counted(cast, address):
    client = cast.client("anonymous")
    page = client.get(address, {f"p{number:03}": "x" for number in range(900)}).content.decode()
    assert page.count("<code>p") == 5
    assert "895" in page


@pytest.mark.parametrize("address", ["/compromisos/", "/", "/compromisos/MC-250K/", "/mi-trabajo/", "/no-existe/"])
@pytest.mark.parametrize("person", ["anonymous", "focal point"])
def test_thousands_are_answered_with_a_way_to_the_page(cast, person, address):
    """Django reads no more than 1,000. An address that no page reads this far costs nothing either: it is told where it leads."""
    client = cast.client(person)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address, {f"p{number}": "x" for number in range(2000)})
    if answer.status_code == 400:
        assert f'href="{address}">' in answer.content.decode()
        assert b"p1999" not in answer.content
    assert answer.status_code in (200, 302, 400, 404)
    assert len(captured) < 30


def test_files_calendars_and_feeds_refuse_them(cast):
    draft, by = cast.follow_up("draft"), cast["focal point"]
    upload = SimpleUploadedFile("acta.pdf", b"%PDF-1.7\n%%EOF\n")
    actions.attach_file(draft, by=by, upload=upload, content_type="application/pdf")
    actions.submit(draft, by=by, revision=draft.revision)
    actions.accept(draft, by=cast["coordinator"], revision=draft.revision)
    feed = actions.make_feed(by=cast["focal point"], agency=None)
    addresses = [
        "/cambios.atom",
        "/compromisos/MC-250K/cambios.atom",
        "/calendario/compromisos.ics",
        f"/calendario/{feed.token}.ics",
        f"/evidencia/{Evidence.objects.get().key}/",
        f"/verificar/{Entry.objects.first().pk}/texto/",
    ]
    client = cast.client("anonymous")
    for address in addresses:
        answer = client.get(address)
        assert (answer.status_code, bool(b"".join(answer))) == (200, True), address
        for name in ("agencia", "srsltid", "on", "light"):
            answer = client.get(address, {name: "2018-10-01"})
            assert (answer.status_code, answer["Content-Type"]) == (400, "text/plain; charset=utf-8"), address
            assert name in answer.content.decode()
            assert client.head(address, {name: "x"}).status_code == 400
    assert client.get("/calendario/compromisos.ics?agency=SCT").status_code == 200
