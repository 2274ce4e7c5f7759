"""Looking at evidence beside what it proves: who may, and what a page says that cannot be drawn."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from projects import actions
from projects.models import Evidence
from projects.previews import process
from projects.previews.process import AllBusy
from tests.projects.previews.files import BOX, pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def proof(cast, evidence_folder):
    """A PDF of two pages, sent with a follow-up that waits for review; the second page is damaged."""
    follow_up = cast.follow_up("draft", link="https://www.gob.mx/")
    content = pdf(BOX, BOX).replace(b"5 0 obj\n<<", b"5 0 obj\n[[")
    upload = SimpleUploadedFile("acta.pdf", content, "application/pdf")
    file = actions.attach_file(follow_up, by=cast["focal point"], upload=upload, content_type="application/pdf")
    text = SimpleUploadedFile("montos.csv", b"Fecha,Monto\n", "text/csv")
    actions.attach_file(follow_up, by=cast["focal point"], upload=text, content_type="text/csv")
    follow_up.refresh_from_db()
    actions.submit(follow_up, by=cast["focal point"], revision=follow_up.revision)
    return file


def address(proof, page="1/"):
    return f"/en/evidencia/{proof.key}/paginas/{page}"


@pytest.mark.parametrize(
    ("who", "status"), [("coordinator", 200), ("focal point", 200), ("other agency", 404), ("anonymous", 302)]
)
def test_who_may_look_at_it(cast, proof, who, status):
    client = cast.client(who)
    assert client.get(address(proof, "1.png")).status_code == status
    assert client.get(address(proof)).status_code == status


def test_the_review_shows_the_first_page_and_leads_to_all(cast, proof):
    client = cast.client("coordinator")
    page = client.get(f"/en/revision/{proof.follow_up.code}/").text
    assert f'src="{address(proof, "1.png")}"' in page
    assert "First page of “acta.pdf”" in page
    assert page.count("This kind of file has no picture here") == 1
    first = client.get(address(proof)).text
    assert "Page 1 of 2" in first
    assert f'href="{address(proof, "2/")}"' in first
    second = client.get(address(proof, "2/")).text
    assert "It is damaged" in second
    assert f"/evidencia/{proof.key}/" in second
    assert client.get(address(proof, "3/")).status_code == 404
    text = Evidence.objects.get(title="montos.csv")
    assert client.get(address(text)).status_code == 404


def test_a_browser_keeps_the_picture_and_asks_whether_it_may(cast, proof):
    client = cast.client("coordinator")
    answer = client.get(address(proof, "1.png"))
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("image/png", "private, no-cache")
    assert answer.content.startswith(b"\x89PNG")
    assert client.get(address(proof, "1.png"), headers={"if-none-match": answer["ETag"]}).status_code == 304
    Evidence.objects.filter(pk=proof.pk).update(is_hidden=True)
    other = cast.client("other agency")
    assert other.get(address(proof, "1.png"), headers={"if-none-match": answer["ETag"]}).status_code == 404


def test_while_all_are_busy_it_says_to_try_again(cast, proof, monkeypatch):
    def busy(*args):
        raise AllBusy

    monkeypatch.setattr("projects.views.evidence_pages.drawn", busy)
    client = cast.client("coordinator")
    assert client.get(address(proof, "1.png"))["Retry-After"] == "5"
    page = client.get(address(proof))
    assert page.status_code == 503
    assert "Try again in a moment" in page.text


def test_what_is_drawn_is_what_the_form_takes():
    from projects.forms.evidence_types import CONTENT_TYPES

    assert set(process.KINDS) < set(CONTENT_TYPES.values())
