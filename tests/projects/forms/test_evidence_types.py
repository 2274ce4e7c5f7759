"""Files as telephones, scanners, offices and servers make them are taken; what is made to deceive is refused, and why is said."""

import io
import struct
import zipfile
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from projects.forms import evidence_archives, evidence_types
from projects.forms.evidence_types import CONTENT_TYPES, identify
from tests.projects.actions.test_evidence import DOCX_TYPE, JPEG, PDF, PNG, XLSX_TYPE, odf, office, packed

SHEET = office(XLSX_TYPE)
PRINTED = b"\x1b%-12345X@PJL JOB\r\n@PJL ENTER LANGUAGE=PDF\r\n"
ATTACHED = (
    PDF[:9]
    + b"2 0 obj\n<</Type/EmbeddedFile/Length %d>>\nstream\n" % len(SHEET)
    + SHEET
    + b"\nendstream\nendobj\n"
    + PDF[9:]
)
WORDS = "Año;Órgano;Mañana;Más;ÉXITO;über\r\n"
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 100
CHART = {"word/embeddings/Microsoft_Excel_Sheet1.xlsx": SHEET}

TAKEN = {
    "bom.pdf": b"\xef\xbb\xbf" + PDF,
    "lines.pdf": b"\r\n\r\n" + PDF,
    "zeros first.pdf": b"\x00" * 1000 + PDF,
    "printed.pdf": PRINTED + PDF + b"\x1b%-12345X@PJL EOJ\r\n\x1b%-12345X",
    "posted.pdf": b"--boundary\r\nContent-Type: application/pdf\r\n\r\n" + PDF + b"\r\n--boundary--\r\n",
    "padded.pdf": PDF + b"\x00" * 300_000,
    "lines after.pdf": PDF + b"\r\n" * 3000,
    "attached.pdf": ATTACHED,
    "corrected.pdf": PDF + PDF[9:],
    "two pictures.jpg": JPEG + JPEG,
    "samsung.jpg": JPEG + b"\x00\x00\x01\x0aImage_UTC_Data1538000000000SEFH\x6b\x00\x00\x00\x01\x00\x00\x00SEFT",
    "moving.jpg": JPEG + b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 5000,
    "padded.jpg": JPEG + b"\x00" * 100_000,
    "saved.jfif": JPEG,
    "SAVED.JFIF": JPEG,
    "padded.png": PNG + b"\x00" * 10_000,
    "padded.xlsx": SHEET + b"\x00" * 3000,
    "line.xlsx": SHEET + b"\r\n",
    "sent.docx": office(DOCX_TYPE) + b"0\r\n\r\n",
    "line.ods": odf("spreadsheet") + b"\n",
    "chart.docx": office(DOCX_TYPE, **CHART),
    "drawing.docx": office(
        DOCX_TYPE, **{"word/media/a.svg": '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x"><svg/>'}
    ),
    "spaces.xlsx": office(XLSX_TYPE, **{"xl/a.xml": "<a>" + " " * 1000 * 1024}),
    "dos.csv": WORDS.encode("cp850"),
    "end of dos.csv": WORDS.encode("cp850") + b"\x1a",
    "windows.csv": WORDS.encode("cp1252"),
    "wide.csv": WORDS.encode("utf-16"),
    "wide big endian.csv": b"\xfe\xff" + WORDS.encode("utf-16-be"),
    "long.csv": WORDS.encode("utf-16") + ("a;ñ\r\n" * 100_000).encode("utf-16-le"),
    "mz.csv": b"MZO;Total\r\n1;2\r\n",
}


@pytest.mark.parametrize("name", TAKEN)
def test_files_as_people_have_them_are_taken(name):
    assert identify(file(name, TAKEN[name])) == CONTENT_TYPES[name.rpartition(".")[2].lower()]


def locked_pdf(trailer):
    return PDF.replace(b"trailer\n<<>>", trailer)


MANIFEST = '<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry>'
DTD = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "cccc">]><a>&b;</a>'

REFUSED = {
    "content": {
        "late.pdf": b"x" * 1025 + PDF,
        "page first.pdf": b"<html><script>1</script></html>" + PDF,
        "program first.pdf": b"#!/bin/sh\n" + PDF,
        "picture first.pdf": PNG + PDF,
        "archive first.pdf": SHEET + PDF,
        "archive behind.pdf": PDF + SHEET,
        "archive behind and an end.pdf": PDF + SHEET + b"\n%%EOF\n",
        "archive behind all.pdf": PDF + SHEET + b"\nendstream\n%%EOF\n" + SHEET,
        "commented.pdf": PDF + packed({"a.txt": "x" * 9000}, comment=b"endstream\n%%EOF\n"),
        "archive, zeros.pdf": PDF + SHEET + b"\x00" * 3000,
        "picture behind.pdf": PDF + PNG,
        "page behind.pdf": PDF + b"\n<html>",
        "cut and padded.pdf": PDF[:-8] + b"\x00" * 9000,
        "only zeros.pdf": b"%PDF-" + b"\x00" * 9000,
        "document behind.png": PNG + PDF,
        "document behind.jpg": JPEG + PDF,
        "archive behind.jfif": JPEG + SHEET,
        "archive behind and zeros.jpg": JPEG + SHEET + b"\x00" * 3000,
        "archive behind.png": PNG + b"\x00" * 9 + SHEET,
        "wide page.csv": "<script>".encode("utf-16"),
        "wide, no mark.csv": WORDS.encode("utf-16-le"),
        "half.csv": WORDS.encode("utf-16")[:-1],
        "wide zero.csv": "a;\x00b".encode("utf-16"),
        "two ends.csv": b"a;b\r\n\x1a\r\n\x1a",
        "archive.csv": SHEET,
    },
    "picture": {
        "IMG_0001.HEIC": HEIC,
        "a.heif": HEIC,
        "a.webp": b"RIFF\x00\x00\x00\x00WEBPVP8 ",
        "telephone.jpg": HEIC,
        "telephone.png": HEIC,
        "browser.jpg": b"RIFF\x00\x00\x00\x00WEBPVP8 ",
        "scan.tiff": b"II*\x00",
    },
    "locked": {
        "table.pdf": locked_pdf(b"trailer\n<</Root 1 0 R/Encrypt 5 0 R/ID[<00><00>]>>"),
        "direct.pdf": locked_pdf(b"trailer\n<</Encrypt<</Filter/Standard/V 4>>>>"),
        "stream.pdf": PDF[:9] + b"9 0 obj <</Type/XRef\n/Encrypt 12 0\nR/W[1 2 1]>>stream\n" + b"x" * 300_000 + PDF[9:],
        "locked.ods": odf("spreadsheet", **{"META-INF/manifest.xml": MANIFEST}),
        "locked.odt": odf("text", **{"META-INF/manifest.xml": MANIFEST, "encrypted-package": "\x00"}),
    },
    "zip": {
        "page behind.xlsx": SHEET + b"\n<html>",
        "archive behind.xlsx": SHEET + packed({"a": "b"}) + b"\n" + packed({"c": "d"})[:30],
        "far behind.xlsx": SHEET + b"x" * 5000,
        "entities.xlsx": office(XLSX_TYPE, **{"xl/workbook.xml": DTD}),
        "entities.docx": office(DOCX_TYPE, **{"word/document.xml": DTD}),
        "entities.odt": odf("text", **{"meta.xml": DTD}),
        "outside.xlsx": office(XLSX_TYPE, **{"xl/a.xml": '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'}),
        "wide entities.xlsx": office(XLSX_TYPE, **{"xl/a.xml": DTD.encode("utf-16")}),
        "late entities.xlsx": office(XLSX_TYPE, **{"xl/a.xml": f"<!--{'-x' * (evidence_archives.CHUNK // 2 - 5)}-->{DTD}"}),
        "other name.xlsx": office(XLSX_TYPE, **{"xl/a.bin": DTD}),
        "dense.xlsx": office(XLSX_TYPE, **{"xl/a.xml": "<a>" + " " * 60 * 1024**2}),
        "many.docx": office(DOCX_TYPE, **{f"word/{n}.xml": "<a/>" for n in range(2000)}),
        "nested.xlsx": office(XLSX_TYPE, **{"xl/media/a.zip": SHEET}),
        "rar.docx": office(DOCX_TYPE, **{"word/embeddings/a.docx": b"Rar!\x1a\x07\x01\x00" * 10}),
        "nested twice.docx": office(DOCX_TYPE, **{"word/embeddings/a.docx": office(DOCX_TYPE, **CHART)}),
        "nested entities.docx": office(DOCX_TYPE, **{"word/embeddings/a.xlsx": office(XLSX_TYPE, **{"xl/a.xml": DTD})}),
    },
    "macros": {
        "nested.docx": office(DOCX_TYPE, **{"word/embeddings/a.xlsx": office(XLSX_TYPE, **{"xl/vbaProject.bin": "x"})}),
    },
}  # fmt: skip
NAMES = {(code, name) for code, files in REFUSED.items() for name in files}


@pytest.mark.parametrize(("code", "name"), sorted(NAMES))
def test_what_deceives_or_cannot_be_checked_is_refused(code, name):
    assert refusal(file(name, REFUSED[code][name])) == code


def file(name, content):
    return SimpleUploadedFile(name, content, "application/octet-stream")


def refusal(upload):
    with pytest.raises(ValidationError) as refused:
        identify(upload)
    assert all(refused.value.messages)
    return refused.value.code


def test_a_picture_of_a_telephone_is_told_how_to_become_a_jpeg():
    with pytest.raises(ValidationError, match=r"HEIC.*JPEG.*iPhone"):
        identify(file("IMG_0001.heic", HEIC))
    with pytest.raises(ValidationError, match="CSV UTF-8"):
        identify(file("a.csv", WORDS.encode("utf-16-le")))


SHEET_XML = b"".join(b'<c r="A%d"><v>%d</v></c>' % (row, row * row) for row in range(75_000))  # two megabytes


def lying(content, size):
    """A document with a part of `size` unpacked bytes in the list and before the part itself, whose checksum is that of its beginning."""
    document = bytearray(office(XLSX_TYPE, **{"xl/a.xml": content}))
    listed = document.rindex(b"PK\x01\x02")
    local = struct.unpack("<I", document[listed + 42 : listed + 46])[0]
    for at in (listed + 16, local + 14):
        struct.pack_into("<I", document, at, zlib.crc32(content[:size]))
    for at in (listed + 24, local + 22):
        struct.pack_into("<I", document, at, size)
    return bytes(document)


def test_what_a_part_says_of_its_size_must_be_so():
    assert identify(file("a.xlsx", lying(SHEET_XML, len(SHEET_XML)))) == CONTENT_TYPES["xlsx"]
    for size in (0, 10, len(SHEET_XML) - 1):
        document = lying(SHEET_XML, size)
        with zipfile.ZipFile(io.BytesIO(document)) as archive:
            assert len(archive.read("xl/a.xml")) == size, "a reader that believes it notices nothing"
        assert refusal(file("a.xlsx", document)) in {"zip", "content"}
    assert refusal(file("a.xlsx", lying(SHEET_XML, len(SHEET_XML) + 1))) in {"zip", "content"}


def test_nothing_is_unpacked_beyond_the_cap(monkeypatch):
    """Also when a document is made of others, each of which is small enough."""
    monkeypatch.setattr(evidence_types, "MOST_UNPACKED", 5 * 1024**2)
    inside = {f"word/embeddings/{n}.xlsx": office(XLSX_TYPE, **{"xl/a.xml": SHEET_XML}) for n in range(2)}
    one = dict(list(inside.items())[:1])
    assert identify(file("a.docx", office(DOCX_TYPE, **one))) == CONTENT_TYPES["docx"]
    assert refusal(file("a.docx", office(DOCX_TYPE, **inside))) == "zip"
    monkeypatch.setattr(evidence_archives, "_is_too_dense", lambda size, packed: False)
    assert refusal(file("a.xlsx", lying(b"<" * 40 * 1024**2, 100))) == "zip"
