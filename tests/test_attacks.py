"""What an attacker of the running site tried and got: each test is a hole that was there once."""

import io
import json
import zipfile
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from projects import actions
from projects.forms.evidence_types import CONTENT_TYPES
from projects.models import FollowUp

UNSENT = "Esto todavía no se ha enviado."
SENT = "Se conectaron más sitios."


def rewritten(cast, state):
    """A follow-up that came back to its agency, which has begun to change text and evidence."""
    follow_up = cast.follow_up(state)
    author = cast["focal point"]
    actions.save_draft(follow_up.task, by=author, revision=follow_up.revision, done=UNSENT, progress=77)
    actions.attach_link(follow_up, by=author, url="https://borrador.example/")
    return FollowUp.objects.get(pk=follow_up.pk)


@pytest.mark.parametrize("state", ["returned", "withdrawn"])
@pytest.mark.parametrize(
    "decision",
    [{}, {"decision": "return"}, {"decision": "accept", "comment": "x" * 3000}, {"decision": "accept"}],
)
def test_a_decision_on_what_went_back_shows_nothing_that_was_not_sent(cast, state, decision):
    follow_up = rewritten(cast, state)
    answer = cast.client("coordinator").post(
        f"/en/revision/{follow_up.code}/", {"revision": follow_up.revision, **decision}
    )
    assert answer.status_code in {200, 409}
    assert SENT in answer.text
    assert UNSENT not in answer.text
    assert "77 %" not in answer.text
    assert "borrador.example" not in answer.text


@pytest.mark.parametrize("state", ["returned", "withdrawn"])
@pytest.mark.parametrize(("reader", "reads_on"), [("coordinator", SENT), ("alternate", UNSENT), ("outsider", "")])
def test_the_page_of_a_task_shows_what_was_sent_to_all_but_its_agency(cast, state, reader, reads_on):
    follow_up = rewritten(cast, state)
    page = cast.client(reader).get(f"/tareas/{follow_up.task.code}/").text
    assert [text for text in (SENT, UNSENT) if text in page] == [reads_on] * bool(reads_on)
    assert ("borrador.example" in page) is (reads_on == UNSENT)


def test_a_page_that_removes_a_text_shows_the_text_that_was_sent(cast):
    follow_up = rewritten(cast, "returned")
    page = cast.client("coordinator").get(f"/seguimientos/{follow_up.code}/testar/").text
    assert SENT in page
    assert UNSENT not in page


@pytest.mark.parametrize("revision", ["9" * 5000, "9" * 30, "-1", "x", ""])
def test_a_revision_that_was_never_given_out_is_stale(cast, revision):
    """Python refuses to read a number of more than 4300 digits."""
    sent, draft = cast.follow_up("submitted"), cast.follow_up()
    refused = cast.client("coordinator").post(
        f"/revision/{sent.code}/", {"decision": "accept", "revision": revision, "comment": ""}
    )
    assert refused.status_code == 409
    cast.client("focal point").post(f"/seguimientos/{draft.code}/descartar/", {"revision": revision})
    assert list(FollowUp.objects.order_by("pk").values_list("state", flat=True)) == ["submitted", "draft"]


@pytest.mark.parametrize("key", ['"\\000abcdefghijkl"', '"\\377\\376abcdefghijkl"', "x" * 4000, '"\\000"', "../../etc"])
@pytest.mark.parametrize("path", ["/", "/cuenta/", "/cuenta/entrar/"])
def test_a_session_cookie_that_nobody_gave_out_is_no_session(db, key, path):
    """PostgreSQL takes no NUL, which a cookie may carry as an octal escape."""
    browser = Client()
    answer = browser.get(path, headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={key}"})
    assert answer.status_code == (302 if path == "/cuenta/" else 200)


FORGED = [
    '{"id": 1}',
    '{"id": "\\ud800"}',
    '{"id": "AA", "rawId": 1, "type": "public-key", "response": []}',
    json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": {"userHandle": [1]}}),
    "[" * 20_000,
    '{"a":' * 20_000,
]


@pytest.mark.parametrize("credential", FORGED)
def test_a_forged_passkey_is_refused_as_a_wrong_one(db, credential):
    browser = Client()
    address = reverse("mfa_login_webauthn")
    browser.get(address, headers={"X-Requested-With": "XMLHttpRequest"})
    answer = browser.post(address, {"credential": credential})
    assert (answer.status_code, answer["Location"]) == (302, reverse("account_login"))


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
@pytest.mark.parametrize("kind", ["docx", "odt"])
@pytest.mark.parametrize("is_damaged", [True, False])
def test_a_document_packed_as_no_office_program_packs_is_refused(cast, kind, method, is_damaged):
    """Unpacking LZMA may ask for gigabytes, and fails in ways of its own."""
    task = cast.task()
    parts = {"mimetype": CONTENT_TYPES[kind], "[Content_Types].xml": f'"{CONTENT_TYPES[kind]}.main+xml"'}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    content = bytearray(packed.getvalue())
    if is_damaged:
        with zipfile.ZipFile(packed) as archive:
            for part in archive.infolist():
                begin = part.header_offset + 30 + len(part.filename)
                content[begin + 9 : begin + 20] = b"\xff" * 11
    with override("es-mx"):
        address = reverse("projects:follow_up_edit", args=[task.code])
    upload = SimpleUploadedFile(f"informe.{kind}", bytes(content))
    answer = cast.client("focal point").post(address, {"done": "x", "page": uuid4().hex, "file": upload})
    assert answer.status_code == 200
    assert answer.context["form"].has_error("file")
    assert not FollowUp.objects.get().evidence.exists()
