"""Which files are taken as evidence: extension and content must agree.

Nothing is unpacked or parsed. Looked at are a few bytes at both ends, and in office documents the list of their parts.
"""

import codecs
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from typing import BinaryIO, cast

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

OPENXML = "application/vnd.openxmlformats-officedocument"
ODF = "application/vnd.oasis.opendocument"
CONTENT_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "csv": "text/csv",
    "xlsx": f"{OPENXML}.spreadsheetml.sheet",
    "docx": f"{OPENXML}.wordprocessingml.document",
    "ods": f"{ODF}.spreadsheet",
    "odt": f"{ODF}.text",
}
KINDS = "PDF, PNG, JPEG, CSV, XLSX, DOCX, ODS, ODT"
LONGEST_NAME = 120

TAIL = 4096  # writers may put a little after the end mark
END_OF_ZIP = 22  # bytes of a zip's last record when it has no comment, which no office program writes
MOST_PARTS = 2 * 1024**2  # bytes of a zip's list of parts
MOST_UNPACKED = 500 * 1024**2
MOST_DECLARED = 1024**2  # bytes of [Content_Types].xml
# What every office program uses. Some other methods ask for gigabytes, and fail in ways of their own.
PACKED_BY = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
# What is in no text: control characters other than tab, line feed, form feed and carriage return.
NO_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
MACROS = re.compile(r"(^|/)(vbaproject\.bin|vbadata\.xml|xl4macros?|macrosheets)(/|$)|^(basic|scripts)/", re.IGNORECASE)

NOT_WHAT_IT_SAYS = _(
    "The content of this file is not what its name says, or the file is damaged. Open it, save it again as %(kind)s and add that file."
)
# A .doc or .xls under a new name, or any document behind a password.
OLD_CONTAINER = b"\xd0\xcf\x11\xe0"
# What reading a damaged archive raises; KeyError where the part is missing that declares what it is.
DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, KeyError, NotImplementedError, RuntimeError, EOFError, OSError, ValueError
)  # fmt: skip

HAS_MACROS = _("This document contains macros. Save a copy without them, or as PDF, and add that.")
UNUSUAL_ZIP = _(
    "This document is packed in an unusual way. Open it, save it again with your office program, or as PDF."
)
LOCKED = _("This document is protected by a password, so nobody could check it. Save a copy without it, or as PDF.")


def clean_name(name: str) -> str:
    """A file's name as it is shown: one line of at most 120 characters, without folders, control or direction characters.

    >>> clean_name("../../etc/\\u202egnp.exe.pdf")
    'gnp.exe.pdf'
    """
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    # C: control, format (direction marks, zero width), private, surrogate, unassigned. Z: odd spaces.
    kept = "".join(" " if unicodedata.category(c)[0] == "Z" else c for c in name if unicodedata.category(c)[0] != "C")
    stem, dot, extension = " ".join(kept.split()).strip(". ").rpartition(".")
    return f"{stem[: LONGEST_NAME - len(dot + extension)]}{dot}{extension}"[:LONGEST_NAME]


def file_name(title: str, content_type: str) -> str:
    """The name under which a reader saves the file, always with the extension of its content."""
    extensions = [f".{extension}" for extension, known in CONTENT_TYPES.items() if known == content_type]
    if title.lower().endswith(tuple(extensions)):
        return title
    return f"{title or 'evidencia'}{extensions[0]}" if extensions else title


def identify(upload: UploadedFile) -> str:
    """The content type of a file whose extension and content agree. Raises ValidationError, which says what to do, for any other."""
    extension = clean_name(upload.name or "").rpartition(".")[2].lower()
    if extension not in CONTENT_TYPES:
        raise ValidationError(
            _("This kind of file is not taken. Save it as one of these and add that file: %(kinds)s."),
            code="kind",
            params={"kinds": KINDS},
        )
    upload.seek(0)
    try:
        if not CHECKS[extension](cast(BinaryIO, upload.file), extension):
            raise ValidationError(NOT_WHAT_IT_SAYS, code="content", params={"kind": extension.upper()})
    finally:
        upload.seek(0)
    return CONTENT_TYPES[extension]


def _ends(file: BinaryIO) -> tuple[bytes, bytes]:
    """The first and the last bytes, TAIL of each."""
    file.seek(0)
    head = file.read(TAIL)
    size = file.seek(0, 2)
    file.seek(max(0, size - TAIL))
    return head, file.read(TAIL)


def _is_pdf(file: BinaryIO, extension: str) -> bool:
    head, tail = _ends(file)
    return head.startswith(b"%PDF-") and b"%%EOF" in tail and not zipfile.is_zipfile(file)


def _is_png(file: BinaryIO, extension: str) -> bool:
    head, tail = _ends(file)
    begins = head.startswith(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
    return begins and b"IEND\xaeB`\x82" in tail and not zipfile.is_zipfile(file)


def _is_jpeg(file: BinaryIO, extension: str) -> bool:
    # Telephones append their own records after the picture's end.
    head, _tail = _ends(file)
    return head.startswith(b"\xff\xd8\xff") and not zipfile.is_zipfile(file)


def _is_csv(file: BinaryIO, extension: str) -> bool:
    """Text, in UTF-8 or what Excel writes in Mexico (Windows-1252), that does not begin like a page, a drawing or a program."""
    file.seek(0)
    head = file.read(TAIL).removeprefix(codecs.BOM_UTF8).lstrip()
    if not head or head.startswith((b"<", b"%PDF", b"PK\x03\x04", b"#!", b"{\\rtf")):
        return False
    return _is_text(file, "utf-8-sig") or _is_text(file, "cp1252")


def _is_text(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while chunk := file.read(64 * 1024):
            if NO_TEXT.search(chunk):
                return False
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_office(file: BinaryIO, extension: str) -> bool:
    head, _tail = _ends(file)
    if head.startswith(OLD_CONTAINER):
        raise ValidationError(LOCKED, code="locked")
    if not head.startswith(b"PK\x03\x04"):
        return False
    _refuse_hostile_list(file)
    try:
        with zipfile.ZipFile(file) as parts:
            _refuse_hostile_parts(parts.infolist())
            return _declares(parts, extension)
    except DAMAGED:
        return False


def _refuse_hostile_list(file: BinaryIO) -> None:
    """Refuse an archive whose list of parts is long, or not where office programs put it. Asked before the list is read."""
    size = file.seek(0, 2)
    file.seek(max(0, size - END_OF_ZIP - 20))
    tail = file.read()
    end = tail[-END_OF_ZIP:]
    is_plain = end.startswith(b"PK\x05\x06") and end.endswith(b"\x00\x00") and not tail.startswith(b"PK\x06\x07")
    if not is_plain or struct.unpack("<I", end[12:16])[0] > MOST_PARTS:
        raise ValidationError(UNUSUAL_ZIP, code="zip")


def _refuse_hostile_parts(parts: list[zipfile.ZipInfo]) -> None:
    names = [part.filename for part in parts]
    if any(part.flag_bits & 1 for part in parts):
        raise ValidationError(LOCKED, code="locked")
    if any(MACROS.search(name) for name in names):
        raise ValidationError(HAS_MACROS, code="macros")
    if (
        any(part.compress_type not in PACKED_BY for part in parts)
        or len(set(names)) != len(names)
        or sum(part.file_size for part in parts) > MOST_UNPACKED
        or any(name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) for name in names)
    ):
        raise ValidationError(UNUSUAL_ZIP, code="zip")


def _declares(parts: zipfile.ZipFile, extension: str) -> bool:
    """Whether the document says of itself that it is what its extension says."""
    content_type = CONTENT_TYPES[extension]
    if content_type.startswith(ODF):
        with parts.open("mimetype") as part:
            return part.read(len(content_type) + 1) == content_type.encode()
    with parts.open("[Content_Types].xml") as part:
        declared = part.read(MOST_DECLARED)
    if b"macroenabled" in declared.lower():
        raise ValidationError(HAS_MACROS, code="macros")
    return f'"{content_type}.main+xml"'.encode() in declared.replace(b"'", b'"')


CHECKS: dict[str, Callable[[BinaryIO, str], bool]] = {
    "pdf": _is_pdf,
    "png": _is_png,
    "jpg": _is_jpeg,
    "jpeg": _is_jpeg,
    "csv": _is_csv,
    "xlsx": _is_office,
    "docx": _is_office,
    "ods": _is_office,
    "odt": _is_office,
}
