"""What is too large is refused while it arrives, by a page in the reader's language."""

import io

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, RequestFactory

from edn_portal import uploads

BOUNDARY = b"limit"
MEBIBYTE = 1024**2
ADDRESS = "/cuenta/entrar/"


class CountingStream(io.RawIOBase):
    """A multipart body with one file of `size` bytes, made as it is read; `given` counts what was taken."""

    def __init__(self, size: int) -> None:
        self.head = (
            b"--" + BOUNDARY + b'\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n'
            b"Content-Type: application/pdf\r\n\r\n"
        )
        self.tail = b"\r\n--" + BOUNDARY + b"--\r\n"
        self.length = len(self.head) + size + len(self.tail)
        self.given = 0

    def read(self, size: int = -1) -> bytes:
        size = min(size if size >= 0 else self.length, self.length - self.given)
        start, self.given = self.given, self.given + size
        middle = b"x" * size
        if start < len(self.head):
            middle = (self.head[start:] + middle)[:size]
        after = self.given - (self.length - len(self.tail))
        return middle[:-after] + self.tail[:after] if 0 < after <= size else middle


def post(stream: CountingStream, *, announced: int | None = None, csrf: bool = False) -> HttpResponse:
    client = Client(enforce_csrf_checks=csrf)
    if csrf:
        client.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
    return client.post(
        ADDRESS,
        headers={"content-type": f"multipart/form-data; boundary={BOUNDARY.decode()}"},
        **{"wsgi.input": stream, "CONTENT_LENGTH": str(announced or stream.length)},
    )


@pytest.fixture(autouse=True)
def database(db):
    """A page asks who is there."""


@pytest.mark.parametrize("csrf", [False, True], ids=["read by the view", "read by the CSRF check"])
def test_a_file_that_is_too_large_is_not_read_to_its_end(csrf):
    stream = CountingStream(29 * MEBIBYTE)
    response = post(stream, csrf=csrf)
    assert response.status_code == 413
    assert settings.UPLOAD_FILE_LIMIT < stream.given < settings.UPLOAD_FILE_LIMIT + MEBIBYTE
    assert "<h1" in response.content.decode()


def test_a_request_that_announces_too_much_is_not_read_at_all():
    stream = CountingStream(31 * MEBIBYTE)
    assert post(stream).status_code == 413
    assert stream.given == 0


@pytest.mark.parametrize("announced", ["", "0", "x", "-1", str(30 * MEBIBYTE)])
def test_other_lengths_pass(announced):
    middleware = uploads.refuse_large_requests(lambda request: HttpResponse("read"))
    request = RequestFactory().post("/", CONTENT_LENGTH=announced)
    assert middleware(request).content == b"read"


def test_a_file_of_just_the_limit_passes():
    handler = uploads.FileSizeLimit()
    handler.new_file("file", "a.pdf", "application/pdf", None, None, None)
    for _chunk in range(25):
        assert handler.receive_data_chunk(b"x" * MEBIBYTE, 0)
    with pytest.raises(uploads.TooLarge):
        handler.receive_data_chunk(b"x", 0)


def test_the_limit_is_a_files_own():
    handler = uploads.FileSizeLimit()
    for _file in range(2):
        handler.new_file("file", "a.pdf", "application/pdf", None, None, None)
        handler.receive_data_chunk(b"x" * 20 * MEBIBYTE, 0)


def test_the_page_speaks_the_readers_language():
    assert "<h1" in post(CountingStream(31 * MEBIBYTE)).content.decode()


def test_a_text_field_that_is_too_large_is_refused_too():
    response = Client(enforce_csrf_checks=False).post(ADDRESS, {"login": "x" * 3 * MEBIBYTE})
    assert response.status_code == 413
