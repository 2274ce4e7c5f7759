"""What is inside a document that is a zip archive: XLSX, DOCX, ODS, ODT. Nothing is parsed; every part is unpacked once and counted.

What an archive says of itself is asked first, because it costs nothing; then what is really in it, with a cap.
"""

import copy
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

ZIP = b"PK\x03\x04"
END_OF_ZIP = b"PK\x05\x06"
END_LENGTH = 22  # bytes of that record when it has no comment, which no office program writes
MOST_BEHIND = 4096  # bytes after it, as some servers append to what they send
MOST_LISTED = 2 * 1024**2  # bytes of an archive's list of parts
MOST_PARTS = 1000
MOST_UNPACKED = 300 * 1024**2
MOST_INSIDE = 25 * 1024**2  # bytes of one document inside another
# A part of more than a megabyte that was packed into less than a 200th of it is no text that anybody wrote.
RATIO, RATIO_FROM = 200, 1024**2
CHUNK = 256 * 1024
# What every office program uses. Some other methods ask for gigabytes, and fail in ways of their own.
PACKED_BY = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
MACROS = re.compile(r"(^|/)(vbaproject\.bin|vbadata\.xml|xl4macros?|macrosheets)(/|$)|^(basic|scripts)/", re.IGNORECASE)
# Where a chart keeps the sheet that it was drawn from. An archive anywhere else, or inside that, is nothing that people attach.
HOLDS_DOCUMENTS = re.compile(r"(^|/)embeddings/[^/]+\.(xlsx|docx|pptx)$", re.IGNORECASE)
# The beginnings of zip, RAR and 7-Zip.
ARCHIVES = (ZIP, b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
DECLARATION = re.compile(rb"<!(DOCTYPE|ENTITY)")
LONGEST_DECLARATION = 16  # bytes by which two looks overlap, so that none falls between them
# What reading a damaged archive raises; KeyError where the part is missing that declares what it is.
DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, KeyError, NotImplementedError, RuntimeError, EOFError, OSError, ValueError
)  # fmt: skip

HAS_MACROS = _("This document contains macros. Save a copy without them, or as PDF, and add that.")
UNUSUAL_ZIP = _(
    "This document is packed in an unusual way. Open it, save it again with your office program, or as PDF."
)
LOCKED = _("This document is protected by a password, so nobody could check it. Save a copy without it, or as PDF.")


def unusual() -> ValidationError:
    return ValidationError(UNUSUAL_ZIP, code="zip")


def locked() -> ValidationError:
    return ValidationError(LOCKED, code="locked")


def refuse_hostile_list(file: BinaryIO) -> None:
    """Refuse an archive whose list of parts is long, or not where office programs put it. Asked before the list is read."""
    size = file.seek(0, 2)
    file.seek(max(0, size - END_LENGTH - 20 - MOST_BEHIND))
    tail = file.read()
    at = tail.rfind(END_OF_ZIP)
    end, behind = tail[at : at + END_LENGTH], tail[at + END_LENGTH :]
    is_plain = (
        at >= 0 and len(end) == END_LENGTH and end.endswith(b"\x00\x00") and tail[at - 20 : at - 16] != b"PK\x06\x07"
    )
    if not is_plain or behind.lstrip(b"\x00\r\n\t ").startswith((*ARCHIVES, b"%PDF", b"<")):
        raise unusual()
    parts, listed = struct.unpack("<H", end[10:12])[0], struct.unpack("<I", end[12:16])[0]
    if parts > MOST_PARTS or listed > MOST_LISTED:
        raise unusual()


def refuse_hostile_parts(archive: zipfile.ZipFile, *, most: int, is_inside: bool = False) -> int:
    """Refuse what an archive announces or holds that no office program writes, or that nobody could look at.

    Returns how many bytes it unpacks to, `most` at most.
    """
    parts = archive.infolist()
    _refuse_what_is_announced(parts)
    unpacked = 0
    for part in parts:
        unpacked += _unpacked(archive, part, most - unpacked, is_inside=is_inside)
    return unpacked


def _refuse_what_is_announced(parts: list[zipfile.ZipInfo]) -> None:
    names = [part.filename for part in parts]
    if any(part.flag_bits & 1 for part in parts):
        raise locked()
    if any(MACROS.search(name) for name in names):
        raise ValidationError(HAS_MACROS, code="macros")
    if (
        len(parts) > MOST_PARTS
        or any(part.compress_type not in PACKED_BY for part in parts)
        or len(set(names)) != len(names)
        or sum(part.file_size for part in parts) > MOST_UNPACKED
        or any(_is_too_dense(part.file_size, part.compress_size) for part in parts)
        or any(name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) for name in names)
    ):
        raise unusual()


def _is_too_dense(size: int, packed: int) -> bool:
    return size > RATIO_FROM and size > packed * RATIO


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo, most: int, *, is_inside: bool) -> int:
    """How many bytes a part really has. Raises ValidationError where that is not what it announced, or what it must not hold."""
    size, kept, is_markup, document = 0, b"", False, None
    for chunk in _chunks(archive, part, most):
        if size == 0:
            is_markup = _is_markup(chunk, part.filename)
            document = _document_inside(chunk, part, is_inside=is_inside)
        size += len(chunk)
        if size > min(most, part.file_size) or _is_too_dense(size, part.compress_size):
            raise unusual()
        if is_markup:
            # In UTF-16 every second byte is zero.
            kept = kept[-LONGEST_DECLARATION:] + chunk.replace(b"\x00", b"")
            if DECLARATION.search(kept):
                raise unusual()
        if document is not None:
            document.write(chunk)
    if size != part.file_size:
        raise unusual()
    if document is not None:
        refuse_hostile_list(document)
        with zipfile.ZipFile(document) as inner:
            size += refuse_hostile_parts(inner, most=most - size, is_inside=True)
    return size


def _chunks(archive: zipfile.ZipFile, part: zipfile.ZipInfo, most: int) -> Iterator[bytes]:
    """The content of a part to its real end: `zipfile` stops at the announced one, so it is told of one beyond the cap."""
    unlimited = copy.copy(part)
    unlimited.file_size = most + CHUNK
    with archive.open(unlimited) as content:
        while chunk := content.read(CHUNK):
            yield chunk


def _is_markup(beginning: bytes, name: str) -> bool:
    """Whether a part is XML in which a document type has no place. A drawing in SVG may have one."""
    text = beginning[:64].removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    return text.lstrip(b"\x00\r\n\t ").startswith(b"<") and not name.lower().endswith(".svg")


def _document_inside(beginning: bytes, part: zipfile.ZipInfo, *, is_inside: bool) -> io.BytesIO | None:
    """Room for a document that is kept in another one; None for any part that is no archive."""
    if not beginning.startswith(ARCHIVES):
        return None
    if is_inside or not HOLDS_DOCUMENTS.search(part.filename) or part.file_size > MOST_INSIDE:
        raise unusual()
    return io.BytesIO()
