"""Small files of every kind that the drawing of evidence must bear."""

import struct
import zlib

BOX = b"/MediaBox[0 0 612 792]"
SQUARE = b"0.5 g 50 50 200 300 re f"


def stream(content: bytes, more: bytes = b"") -> bytes:
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(content), more, content)


def pdf(*pages: bytes, contents: bytes = stream(SQUARE), trailer: bytes = b"") -> bytes:
    """With a dictionary's entries for each page. Object 3 is what is drawn on it."""
    kids = b" ".join(b"%d 0 R" % number for number in range(4, 4 + len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, len(pages)),
        contents,
        *(b"<</Type/Page/Parent 2 0 R/Contents 3 0 R%s>>" % page for page in pages),
    ]
    written, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    end = b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, len(written))
    return written + head + end


def bomb() -> bytes:
    """A page of 30 million strokes, in a file of a few hundred kilobytes."""
    squeezed, strokes = zlib.compressobj(1), b"0 0 m 9 9 l S\n" * 100_000
    content = b"".join(squeezed.compress(strokes) for _ in range(300)) + squeezed.flush()
    return pdf(BOX, contents=stream(content, b"/Filter/FlateDecode"))


def locked() -> bytes:
    """Encrypted, with a password that nobody gives."""
    key = b"/Encrypt<</Filter/Standard/V 1/R 2/Length 40/P -4/O<%s>/U<%s>>>/ID[<00><00>]" % (b"ab" * 32, b"cd" * 32)
    return pdf(BOX, trailer=key)


def png(width: int, height: int, pixels: bytes) -> bytes:
    """In greys; `pixels` are compressed here."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(pixels, 1)) + chunk(b"IEND", b"")
    )


def picture(width: int = 40, height: int = 20) -> bytes:
    return png(width, height, (b"\0" + b"\x80" * width) * height)
