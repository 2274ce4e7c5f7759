"""Evidence: what is let in, under which name, and who is handed what."""

import io
import struct
import uuid
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings

from focalpoints.workflow import NotPossible
from projects import actions
from projects.forms.evidence import EvidenceForm
from projects.forms.evidence_types import CONTENT_TYPES, clean_name, file_name, identify
from projects.models import Evidence

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 17 + b"\x00\x00\x00\x00IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 20 + b"\xff\xd9"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def packed(parts, **options):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        archive.comment = options.get("comment", b"")
    return file.getvalue()


def office(declared, **more):
    types = f'<?xml version="1.0"?><Types><Override PartName="/a.xml" ContentType="{declared}"/></Types>'
    return packed({"[Content_Types].xml": types, "a.xml": "<a/>", **more})


def odf(kind, **more):
    return packed({"mimetype": f"application/vnd.oasis.opendocument.{kind}", "content.xml": "<a/>", **more})


GOOD = {
    "a.pdf": PDF,
    "A.PDF": PDF,
    "a.png": PNG,
    "a.jpg": JPEG,
    "a.jpeg": JPEG,
    "utf8.csv": "año,cantidad\n2018,5\n".encode(),
    "bom.csv": b"\xef\xbb\xbfa;b\r\n1;2\r\n",
    "excel.csv": "año;cantidad\r\n".encode("cp1252"),
    "a.xlsx": office(XLSX_TYPE),
    "a.docx": office(DOCX_TYPE),
    "a.ods": odf("spreadsheet"),
    "a.odt": odf("text"),
}
BAD = {
    "page.pdf": b"<html><script>alert(1)</script></html>",
    "drawing.png": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "drawing.svg": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "program.exe": b"MZ\x00",
    "noextension": PDF,
    ".pdf.exe": PDF,
    "cut.pdf": PDF[:-8],
    "picture.pdf": PNG,
    "document.png": PDF,
    "polyglot.pdf": PDF + office(XLSX_TYPE),
    "polyglot.png": PNG + office(XLSX_TYPE),
    "polyglot.jpg": JPEG + office(XLSX_TYPE),
    "page.csv": b"  <!doctype html><script>alert(1)</script>",
    "zeros.csv": b"a,b\x00\n",
    "blank.csv": b" \n\n",
    "sheet.docx": office(XLSX_TYPE),
    "words.xlsx": office(DOCX_TYPE),
    "words.ods": odf("text"),
    "macros.xlsx": office(XLSX_TYPE, **{"xl/vbaProject.bin": "x"}),
    "macros.docx": office("application/vnd.ms-word.document.macroEnabled.main+xml"),
    "macros.odt": odf("text", **{"Basic/Standard/Module1.xml": "x"}),
    "archive.xlsx": packed({"virus.exe": "MZ"}),
    "escape.xlsx": office(XLSX_TYPE, **{"../../etc/passwd": "x"}),
    "comment.xlsx": packed({"[Content_Types].xml": f'"{XLSX_TYPE}"'}, comment=b"hidden"),
    "prefixed.xlsx": b"#!/bin/sh\n" + office(XLSX_TYPE),
    "cut.xlsx": office(XLSX_TYPE)[:-30],
    "old.xlsx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512,
    "noise.xlsx": b"PK\x03\x04" + b"\xff" * 500,
}

BAD_FOR = {
    **dict.fromkeys(["drawing.svg", "program.exe", "noextension", ".pdf.exe"], "kind"),
    **dict.fromkeys(["macros.xlsx", "macros.docx", "macros.odt"], "macros"),
    **dict.fromkeys(["escape.xlsx", "comment.xlsx", "cut.xlsx", "noise.xlsx"], "zip"),
    "old.xlsx": "locked",
}


def upload(name, content):
    return SimpleUploadedFile(name, content, "application/octet-stream")


@pytest.mark.parametrize("name", GOOD)
def test_what_is_what_it_says_is_taken(name):
    assert identify(upload(name, GOOD[name])) == CONTENT_TYPES[name.rpartition(".")[2].lower()]


@pytest.mark.parametrize("name", BAD)
def test_what_is_not_what_it_says_is_refused(name):
    assert refusal(upload(name, BAD[name])) == BAD_FOR.get(name, "content")


def refusal(file):
    with pytest.raises(ValidationError) as refused:
        identify(file)
    return refused.value.code


def test_a_bomb_is_refused_by_what_it_announces():
    content = office(XLSX_TYPE, **{"xl/sheet1.xml": b"\x00" * 1000})
    at = content.rindex(b"PK\x01\x02")
    bomb = content[: at + 24] + struct.pack("<I", 2**31) + content[at + 28 :]
    assert refusal(upload("bomb.xlsx", bomb)) == "zip"


def test_a_long_list_of_parts_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr("projects.forms.evidence_archives.MOST_LISTED", 100)
    monkeypatch.setattr(zipfile, "ZipFile", lambda file: pytest.fail("it was read"))
    assert refusal(upload("a.xlsx", GOOD["a.xlsx"])) == "zip"


def test_a_password_is_named_as_the_reason():
    content = office(XLSX_TYPE)
    at = content.rindex(b"PK\x01\x02")
    locked = content[: at + 8] + struct.pack("<H", 1) + content[at + 10 :]
    assert refusal(upload("a.xlsx", locked)) == "locked"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/acta.pdf", "acta.pdf"),
        ("C:\\Users\\ana\\acta.pdf", "acta.pdf"),
        ("acta\u202efdp.pdf", "actafdp.pdf"),
        ("acta\x00\x07\n.pdf", "acta.pdf"),
        ("  acta \u00a0 final.pdf ", "acta final.pdf"),
        ("📄 acta.pdf", "📄 acta.pdf"),
        ("تقرير.pdf", "تقرير.pdf"),
        ("n\u0303.pdf", "ñ.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("\u202e.pdf", "pdf"),
        ("", ""),
    ],
)
def test_names_are_labels_for_people(given, kept):
    assert clean_name(given) == kept


def test_a_copy_always_has_its_extension():
    assert file_name("Acta.PDF", "application/pdf") == "Acta.PDF"
    assert file_name("Acta", "application/pdf") == "Acta.pdf"
    assert file_name("pdf", "application/pdf") == "pdf.pdf"
    assert file_name("", "image/jpeg") == "evidencia.jpg"


@override_settings(UPLOAD_FILE_LIMIT=len(PDF))
@pytest.mark.parametrize(("content", "taken"), [(PDF, True), (PDF + b"\n", False), (b"", False)])
def test_size_has_limits(content, taken):
    assert EvidenceForm({}, {"file": [upload("a.pdf", content)]}).is_valid() is taken


def attached(cast, state="draft", name="acta.pdf"):
    follow_up = cast.follow_up()
    by = cast["focal point"]
    evidence = actions.attach_file(follow_up, by=by, upload=upload(name, PDF), content_type="application/pdf")
    if state != "draft":
        actions.submit(follow_up, by=by, revision=follow_up.revision)
    if state == "returned":
        actions.return_(follow_up, by=cast["coordinator"], revision=follow_up.revision, comment="Falta.")
    if state == "accepted":
        actions.accept(follow_up, by=cast["coordinator"], revision=follow_up.revision)
    return evidence


def test_bytes_lie_under_a_name_of_our_own_with_their_hash(cast):
    evidence = attached(cast, name="../../acta de entrega.pdf")
    assert evidence.file.name == f"{evidence.key.hex[:2]}/{evidence.key.hex}"
    assert evidence.sha256 == sha256(PDF).hexdigest()
    assert Path(evidence.file.path).read_bytes() == PDF
    assert Path(evidence.file.path).stat().st_mode & 0o777 == 0o600


def test_the_same_bytes_twice_are_one_file(cast):
    evidence = attached(cast)
    again = actions.attach_file(
        evidence.follow_up, by=cast["alternate"], upload=upload("copia.pdf", PDF), content_type="application/pdf"
    )
    assert (again.pk, Evidence.objects.count()) == (evidence.pk, 1)


def test_a_refused_file_leaves_no_bytes(cast, evidence_folder):
    follow_up = cast.follow_up("submitted")
    before = sorted(evidence_folder.rglob("*"))
    with pytest.raises(NotPossible):
        actions.attach_file(
            follow_up, by=cast["focal point"], upload=upload("a.pdf", PDF), content_type="application/pdf"
        )
    with pytest.raises(PermissionDenied):
        actions.attach_file(
            follow_up, by=cast["other agency"], upload=upload("a.pdf", PDF), content_type="application/pdf"
        )
    assert sorted(evidence_folder.rglob("*")) == before


def test_a_removed_file_is_gone_from_the_disk(cast, django_capture_on_commit_callbacks):
    evidence = attached(cast)
    with django_capture_on_commit_callbacks(execute=True):
        actions.remove_evidence(evidence, by=cast["focal point"])
    assert not default_storage.exists(evidence.file.name)
    actions.remove_evidence(evidence, by=cast["focal point"])  # a second press


def fetch(client, evidence, **headers):
    """The answer and, where there is one, the file."""
    response = client.get(f"/evidencia/{evidence.key}/", headers=headers)
    content = b"".join(response.streaming_content) if response.streaming else b""
    return response, content


SEES = {  # by hand: an agency's own always, the office's once sent, everybody's once accepted
    "focal point": {"draft", "submitted", "returned", "accepted"},
    "alternate": {"draft", "submitted", "returned", "accepted"},
    "coordinator": {"submitted", "returned", "accepted"},
    "other agency": {"accepted"},
    "administrator": {"accepted"},
    "outsider": {"accepted"},
    "anonymous": {"accepted"},
}


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "accepted"])
@pytest.mark.parametrize("role", SEES)
def test_who_is_handed_a_file(cast, role, state):
    evidence = attached(cast, state)
    response, content = fetch(cast.client(role), evidence)
    sees = state in SEES[role]
    assert (response.status_code, content) == ((200, PDF) if sees else (404, b""))


def test_what_is_added_after_a_return_waits_for_the_next_submission(cast):
    follow_up = attached(cast, "returned").follow_up
    new = actions.attach_file(
        follow_up, by=cast["focal point"], upload=upload("b.pdf", PDF + b"\n"), content_type="application/pdf"
    )
    assert fetch(cast.client("coordinator"), new)[0].status_code == 404
    assert fetch(cast.client("alternate"), new)[0].status_code == 200
    follow_up.refresh_from_db()
    actions.submit(follow_up, by=cast["focal point"], revision=follow_up.revision)
    assert fetch(cast.client("coordinator"), new)[0].status_code == 200


@pytest.mark.parametrize(("state", "cached"), [("submitted", "private, no-store"), ("accepted", "public, no-cache")])
def test_a_file_is_handed_out_as_a_file_and_nothing_else(cast, state, cached):
    evidence = attached(cast, state, name='añ"o <b>.pdf')
    response, _content = fetch(cast.client("focal point"), evidence)
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cache-Control"] == cached
    assert response["Content-Length"] == str(len(PDF))


def test_an_unchanged_public_file_is_not_sent_twice(cast):
    evidence = attached(cast, "accepted")
    client = cast.client("anonymous")
    tag = fetch(client, evidence)[0]["ETag"]
    unchanged, content = fetch(client, evidence, if_none_match=tag)
    assert (unchanged.status_code, content) == (304, b"")
    assert client.post(f"/evidencia/{evidence.key}/").status_code == 405


def test_what_is_not_there_is_not_found(cast, caplog):
    evidence = attached(cast, "accepted")
    assert cast.client("anonymous").get(f"/evidencia/{uuid.uuid4()}/").status_code == 404
    default_storage.delete(evidence.file.name)
    assert cast.client("anonymous").get(f"/evidencia/{evidence.key}/").status_code == 404
    assert "missing from the folder" in caplog.text


def test_links_show_their_host_and_give_nothing_away(cast):
    follow_up = cast.follow_up()
    actions.attach_link(follow_up, by=cast["focal point"], url="https://www.gob.mx/sct/acta", title="Acta")
    text = cast.client("focal point").get(f"/seguimientos/{follow_up.code}/").text
    assert 'href="https://www.gob.mx/sct/acta" rel="noopener nofollow noreferrer"' in text
    assert "(www.gob.mx)" in text
