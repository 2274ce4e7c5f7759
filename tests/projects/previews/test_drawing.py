"""Pages of evidence are drawn apart, and whatever a file holds costs little: it stays a file that can be downloaded."""

import io
import threading
from time import monotonic

import pytest
from PIL import Image

from projects.previews import process
from projects.previews.process import AllBusy, DrawnPage, NoSuchPage, NotDrawn, drawn
from tests.projects.previews.files import BOX, bomb, locked, pdf, picture, png

PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"


@pytest.fixture
def on_disk(tmp_path):
    """Draws the content of a file."""

    def draw(content: bytes, kind: str = PDF, number: int = 1) -> DrawnPage:
        path = tmp_path / "evidence"
        path.write_bytes(content)
        with path.open("rb") as file:
            return drawn(file, kind, number)

    return draw


def opened(page: DrawnPage) -> Image.Image:
    made = Image.open(io.BytesIO(page.picture))
    made.load()
    return made


def test_a_page_of_three_thousand(on_disk):
    page = on_disk(pdf(*[BOX] * 3000), number=3000)
    assert page.pages == 3000
    assert opened(page).size == (1200, 1553)
    assert opened(page).getpixel((300, 1200)) == (128, 128, 128)
    for number in (0, 3001):
        with pytest.raises(NoSuchPage):
            on_disk(pdf(BOX), number=number)


def test_pictures_are_drawn_anew_without_what_else_they_hold(on_disk):
    large = Image.new("RGB", (3000, 2000), "red")
    file, exif = io.BytesIO(), Image.Exif()
    exif[0x010E], exif[0x0112] = "19.43, -99.13", 6  # where it was taken, and that it lies on its side
    large.save(file, "JPEG", exif=exif)
    page = on_disk(file.getvalue(), JPEG)
    assert (page.pages, opened(page).size) == (1, (1067, 1600))
    assert b"99.13" not in page.picture
    assert opened(on_disk(picture(), PNG)).size == (40, 20)


@pytest.mark.parametrize(
    ("content", "kind", "why"),
    [
        (bomb, PDF, "large"),
        (lambda: png(50_000, 50_000, b"\0" * 9), PNG, "large"),
        (lambda: png(7_000, 7_000, b"\0"), PNG, "large"),
        (lambda: png(400, 400, b"\0"), PNG, "damaged"),
        (locked, PDF, "locked"),
        (lambda: b"%PDF-1.7\nNothing.\n%%EOF", PDF, "damaged"),
        (lambda: b"Fecha,Monto\n2018,5\n", PNG, "damaged"),
        (lambda: b"", PDF, "damaged"),
    ],
    ids=["bomb", "declares much", "too many pixels", "cut", "locked", "no PDF", "text", "empty"],
)
def test_what_cannot_be_drawn_says_why(on_disk, content, kind, why):
    begin = monotonic()
    with pytest.raises(NotDrawn) as raised:
        on_disk(content(), kind)
    assert raised.value.why == process.WHY[why]
    assert monotonic() - begin < 20


def test_a_damaged_page_leaves_the_others(on_disk):
    file = pdf(BOX, b"/MediaBox[0 0 612 792]", BOX).replace(b"5 0 obj\n<</Type/Page", b"5 0 obj\n<</Type/Pag3")
    broken = file.replace(b"5 0 obj\n<<", b"5 0 obj\n[[")
    assert on_disk(broken, number=3).pages == 3
    with pytest.raises(NotDrawn) as raised:
        on_disk(broken, number=2)
    assert raised.value.pages == 3


def test_who_takes_too_long_is_stopped(on_disk, monkeypatch, tmp_path):
    slow = tmp_path / "slow.py"
    slow.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(process, "PROGRAM", slow)
    monkeypatch.setattr(process, "MOST_SECONDS", 0.5)
    with pytest.raises(NotDrawn):
        on_disk(pdf(BOX))


def test_no_more_than_a_few_at_once(on_disk, monkeypatch):
    monkeypatch.setattr(process, "PATIENCE", 0.05)
    monkeypatch.setattr(process, "_places", threading.BoundedSemaphore(1))
    with process._places, pytest.raises(AllBusy):
        on_disk(pdf(BOX))
    assert on_disk(pdf(BOX)).pages == 1
