"""Which files are taken as evidence: extension and content must agree.

Nothing is parsed. Looked at are a few bytes at both ends; office documents are unpacked and counted (`evidence_archives`).
"""

import codecs
import re
import unicodedata
import zipfile
from collections.abc import Callable
from typing import BinaryIO, cast

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from projects.forms.evidence_archives import (
    ARCHIVES,
    DAMAGED,
    END_LENGTH,
    END_OF_ZIP,
    HAS_MACROS,
    MOST_UNPACKED,
    ZIP,
    locked,
    refuse_hostile_list,
    refuse_hostile_parts,
)

OPENXML = "application/vnd.openxmlformats-officedocument"
ODF = "application/vnd.oasis.opendocument"
CONTENT_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "jfif": "image/jpeg",
    "csv": "text/csv",
    "xlsx": f"{OPENXML}.spreadsheetml.sheet",
    "docx": f"{OPENXML}.wordprocessingml.document",
    "ods": f"{ODF}.spreadsheet",
    "odt": f"{ODF}.text",
}
KINDS = "PDF, PNG, JPEG, CSV, XLSX, DOCX, ODS, ODT"
LONGEST_NAME = 120

TAIL = 4096  # writers may put a little after the end mark
PDF_WITHIN = (
    1024  # bytes in which the header may begin: what readers look through, and what a printer's own header fits in
)
FARTHEST_END_OF_ZIP = END_LENGTH + 2**16  # bytes from the end: the longest comment of an archive
CHUNK = 256 * 1024
MOST_DECLARED = 1024**2  # bytes of [Content_Types].xml, or of the list that says how an ODF document is encrypted
BLANKS = b"\x00\t\n\x0c\r "
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
JPEG = b"\xff\xd8\xff"
# A .doc or .xls under a new name, or any document behind a password.
OLD_CONTAINER = b"\xd0\xcf\x11\xe0"
# How other kinds begin. In text: pages and drawings, scripts, documents.
OTHER_TEXTS = (b"<", b"#!", b"{\\rtf", b"%PDF-")
OTHER_KINDS = (*OTHER_TEXTS, *ARCHIVES, b"\x7fELF", b"GIF8", PNG[:8], JPEG, OLD_CONTAINER)
# What is in no text: control characters other than tab, line feed, form feed and carriage return.
NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
DOS_END = "\x1a"  # with which programs for DOS end a file
ENCRYPTED = re.compile(rb"/Encrypt\s*(<<|\d+\s+\d+\s+R)")
LONGEST_ENCRYPTED = 64

NOT_WHAT_IT_SAYS = _(
    "The content of this file is not what its name says, or the file is damaged. Open it, save it again as %(kind)s and add that file."
)
LOCKED_PDF = _(
    "This PDF is protected: by a password, or against printing or copying. Save a copy without protection and add that."
)
# What telephones and browsers save pictures as, by the brand in their first bytes and by extension.
PICTURES = {
    "heic": "HEIC",
    "heif": "HEIC",
    "hif": "HEIC",
    "avif": "AVIF",
    "webp": "WebP",
    "tif": "TIFF",
    "tiff": "TIFF",
}
PICTURES |= {"bmp": "BMP", "gif": "GIF"}
OTHER_PICTURE = _(
    "This picture is in the format %(format)s, which many computers cannot open. Open it, save or export it as JPEG and add that. "
    "On an iPhone, Settings, Camera, Formats, “Most compatible” makes it take JPEG."
)


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
    if extension in PICTURES:
        raise _other_picture(PICTURES[extension])
    if extension not in CONTENT_TYPES:
        raise ValidationError(
            _("This kind of file is not taken. Save it as one of these and add that file: %(kinds)s."),
            code="kind",
            params={"kinds": KINDS},
        )
    upload.seek(0)
    try:
        if not CHECKS[extension](cast(BinaryIO, upload.file), extension):
            kind = "CSV UTF-8" if extension == "csv" else extension.upper()
            raise ValidationError(NOT_WHAT_IT_SAYS, code="content", params={"kind": kind})
    finally:
        upload.seek(0)
    return CONTENT_TYPES[extension]


def _other_picture(picture: str) -> ValidationError:
    return ValidationError(OTHER_PICTURE, code="picture", params={"format": picture})


def _ends(file: BinaryIO) -> tuple[bytes, bytes]:
    """The first and the last bytes, TAIL of each. Blanks and zeros at the end do not count: some writers fill up a block with them."""
    file.seek(0)
    head = file.read(TAIL)
    end = file.seek(0, 2)
    while end:
        start = max(0, end - CHUNK)
        file.seek(start)
        if kept := file.read(end - start).rstrip(BLANKS):
            end = start + len(kept)
            break
        end = start
    file.seek(max(0, end - TAIL))
    return head, file.read(min(TAIL, end))


def _ends_with(tail: bytes, mark: bytes) -> bool:
    """Whether the file's last bytes hold `mark`, and no other document begins behind it."""
    _before, found, behind = tail.rpartition(mark)
    return bool(found) and not behind.lstrip(BLANKS).startswith(OTHER_KINDS)


def _is_archive_behind(file: BinaryIO, closing: bytes = b"") -> bool:
    """Whether an archive ends the file. One that is attached, inside the document, has `closing` behind it."""
    size = file.seek(0, 2)
    file.seek(max(0, size - FARTHEST_END_OF_ZIP))
    _before, found, behind = file.read().rpartition(END_OF_ZIP)
    if not found:
        return False
    is_last = len(behind) >= 18 and int.from_bytes(behind[16:18], "little") == len(behind) - 18
    return is_last or not closing or closing not in behind


def _is_pdf(file: BinaryIO, extension: str) -> bool:
    head, tail = _ends(file)
    before, found, _rest = head[: PDF_WITHIN + 5].partition(b"%PDF-")
    if not found or before.removeprefix(codecs.BOM_UTF8).lstrip(BLANKS).startswith(OTHER_KINDS):
        return False
    if not _ends_with(tail, b"%%EOF") or _is_archive_behind(file, closing=b"endstream"):
        return False
    if _is_encrypted_pdf(file):
        raise ValidationError(LOCKED_PDF, code="locked")
    return True


def _is_encrypted_pdf(file: BinaryIO) -> bool:
    """Whether it names an encryption, which stands in the clear, in a trailer at either end or between."""
    file.seek(0)
    kept = b""
    while chunk := file.read(CHUNK):
        kept = kept[-LONGEST_ENCRYPTED:] + chunk
        if ENCRYPTED.search(kept):
            return True
    return False


def _is_png(file: BinaryIO, extension: str) -> bool:
    head, tail = _ends(file)
    _refuse_other_pictures(head)
    return head.startswith(PNG) and _ends_with(tail, b"IEND\xaeB`\x82") and not _is_archive_behind(file)


def _is_jpeg(file: BinaryIO, extension: str) -> bool:
    # Telephones append their own records after the picture's end, or a second picture, or a film.
    head, tail = _ends(file)
    _refuse_other_pictures(head)
    return head.startswith(JPEG) and b"%%EOF" not in tail and not _is_archive_behind(file)


def _refuse_other_pictures(head: bytes) -> None:
    """A picture under the name of another kind, as some programs hand them on."""
    if head[4:8] == b"ftyp":
        raise _other_picture("AVIF" if head[8:12] == b"avif" else "HEIC")
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        raise _other_picture("WebP")


def _is_csv(file: BinaryIO, extension: str) -> bool:
    """Text that does not begin like a page, a drawing or a program: in UTF-8 or UTF-16, or in a code page.

    Of a code page (Windows-1252, which Excel writes in Mexico, or 850, as in DOS) every byte is some letter: the bytes do not tell which.
    """
    size = file.seek(0, 2)
    file.seek(0)
    is_wide = file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    decoder = codecs.getincrementaldecoder("utf-16" if is_wide else "latin-1")()
    file.seek(0)
    has_begun = False
    try:
        while chunk := file.read(CHUNK):
            is_last = file.tell() == size
            text = decoder.decode(chunk, final=is_last)
            if NO_TEXT.search(text.removesuffix(DOS_END) if is_last else text):
                return False
            if not has_begun and not _begins_like_text(text):
                return False
            has_begun = True
    except UnicodeDecodeError:
        return False
    return has_begun


def _begins_like_text(text: str) -> bool:
    beginning = text.removeprefix(codecs.BOM_UTF8.decode("latin-1")).lstrip()
    return bool(beginning) and not beginning.startswith(tuple(kind.decode() for kind in OTHER_TEXTS))


def _is_office(file: BinaryIO, extension: str) -> bool:
    head, _tail = _ends(file)
    if head.startswith(OLD_CONTAINER):
        raise locked()
    if not head.startswith(ZIP):
        return False
    refuse_hostile_list(file)
    try:
        with zipfile.ZipFile(file) as parts:
            _refuse_locked_odf(parts)
            refuse_hostile_parts(parts, most=MOST_UNPACKED)
            return _declares(parts, extension)
    except DAMAGED:
        return False


def _refuse_locked_odf(parts: zipfile.ZipFile) -> None:
    """An ODF document behind a password lists how each part is encrypted, in a part that is not."""
    if "META-INF/manifest.xml" in parts.namelist():
        with parts.open("META-INF/manifest.xml") as part:
            if b"encryption-data" in part.read(MOST_DECLARED):
                raise locked()


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
    "jfif": _is_jpeg,
    "csv": _is_csv,
    "xlsx": _is_office,
    "docx": _is_office,
    "ods": _is_office,
    "odt": _is_office,
}
