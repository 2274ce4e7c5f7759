"""Draws one page of a file as PNG. A program of its own that knows nothing of the portal: its standard input is not to be trusted.

    python -I drawing.py KIND PAGE < FILE > ANSWER

KIND is `pdf`, `png` or `jpeg`; pages count from 1. The answer is a line of JSON, with how many pages there are or why there is no picture
(`locked`, `large`, `none`, `damaged`), and then the picture.
"""

import io
import json
import os
import resource
import sys
from contextlib import suppress

MOST_MEMORY = 700 * 1024**2  # bytes of address space, Python and its libraries included
MOST_SECONDS = 8  # of CPU
MOST_FILE = 64 * 1024**2  # bytes that are read; the portal takes less
MOST_ANSWER = 12 * 1024**2  # bytes that are written: a picture of noise, uncompressed, is about as long
MOST_PIXELS = 40_000_000  # of a picture as it comes: what a telephone takes
WIDEST, HIGHEST = 1200, 1600  # of what is drawn


class NoPicture(Exception):
    """With the word that says why, and how many pages there are where that could be read."""

    def __init__(self, why: str, pages: int = 0) -> None:
        super().__init__(why)
        self.pages = pages


def lock_in() -> None:
    """Take from this process what it will not need: time, memory, files, other processes, and the network where the system lets it."""
    with suppress(OSError, AttributeError):
        os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWNET)
    for what, most in {
        resource.RLIMIT_AS: MOST_MEMORY,
        resource.RLIMIT_CPU: MOST_SECONDS,
        resource.RLIMIT_FSIZE: MOST_ANSWER,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: 3,  # no further file, and no socket
    }.items():
        resource.setrlimit(what, (most, most))


def draw_pdf(content: bytes, number: int) -> tuple[int, bytes]:
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise NoPicture("locked" if "password" in str(error).lower() else "damaged") from error
    pages = len(document)
    if not 1 <= number <= pages:
        raise NoPicture("none")
    try:
        page = document[number - 1]
        width, height = page.get_size()
        scale = min(WIDEST / width, HIGHEST / height)
        return pages, written(page.render(scale=scale, rev_byteorder=True, may_draw_forms=False).to_pil())
    except (pypdfium2.PdfiumError, ArithmeticError, ValueError) as error:
        raise NoPicture("damaged", pages) from error


def draw_picture(content: bytes, number: int) -> tuple[int, bytes]:
    if number != 1:
        raise NoPicture("none")
    found = Image.open(io.BytesIO(content), formats=["PNG", "JPEG"])
    if found.width * found.height > MOST_PIXELS:
        raise NoPicture("large")
    found.draft("RGB", (WIDEST, HIGHEST))
    picture = ImageOps.exif_transpose(found)
    if picture.mode not in {"RGB", "RGBA", "L"}:
        picture = picture.convert("RGBA" if "transparency" in picture.info else "RGB")
    return 1, written(picture)


def written(picture: "Image.Image") -> bytes:
    """As PNG, no larger than is drawn, without anything that the file said beside its pixels."""
    picture.thumbnail((WIDEST, HIGHEST))
    file = io.BytesIO()
    Image.frombytes(picture.mode, picture.size, picture.tobytes()).save(file, "PNG")
    return file.getvalue()


def answered(kind: str, number: int) -> bytes:
    content = sys.stdin.buffer.read(MOST_FILE + 1)
    try:
        if len(content) > MOST_FILE:
            raise NoPicture("large")
        pages, picture = (draw_pdf if kind == "pdf" else draw_picture)(content, number)
    except NoPicture as error:
        return json.dumps({"why": str(error), "pages": error.pages}).encode()
    except (MemoryError, Image.DecompressionBombError):
        return json.dumps({"why": "large"}).encode()
    except Exception:  # a file from outside can go wrong in every way
        return json.dumps({"why": "damaged"}).encode()
    return json.dumps({"pages": pages}).encode() + b"\n" + picture


if __name__ == "__main__":
    import pypdfium2  # type: ignore[import-untyped]
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    Image.init()
    lock_in()
    sys.stdout.buffer.write(answered(sys.argv[1], int(sys.argv[2])))
