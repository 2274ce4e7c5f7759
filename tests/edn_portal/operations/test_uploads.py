"""An upload that is too large is refused while it arrives, by a page in the reader's language."""

import io
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client, RequestFactory

from edn_portal.operations import uploads
from projects.models import Evidence

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


def post(stream: CountingStream) -> HttpResponse:
    return Client().post(ADDRESS, **sent(stream))


def sent(stream: CountingStream) -> dict[str, Any]:
    """What `stream` looks like to Django's clients."""
    return {
        "headers": {"content-type": f"multipart/form-data; boundary={BOUNDARY.decode()}"},
        "wsgi.input": stream,
        "CONTENT_LENGTH": str(stream.length),
    }


@pytest.fixture(autouse=True)
def database(db):
    """A page asks who is there."""


@pytest.mark.parametrize("size", [26, 29])
def test_a_file_that_is_too_large_leaves_its_name_and_size_alone(size):
    stream = CountingStream(size * MEBIBYTE)
    request = RequestFactory().post(ADDRESS, **sent(stream))
    [upload] = request.FILES.values()
    assert (upload.name, upload.size, upload.read()) == ("a.pdf", size * MEBIBYTE, b"")
    assert [
        handler.file.closed for handler in request.upload_handlers if hasattr(handler, "file") and handler.file
    ] == [True]


def test_what_was_typed_beside_a_file_that_is_too_large_is_still_there(cast):
    task = cast.task()
    address = f"/en/tareas/{task.code}/seguimiento/"
    upload = SimpleUploadedFile("oficio.pdf", b"%PDF" + b"x" * settings.UPLOAD_FILE_LIMIT)
    response = cast.client("focal point").post(
        address, {"progress": "40", "done": "Se instalaron 40 sitios.", "file": upload}
    )
    page = response.content.decode()
    assert response.status_code == 200
    [error] = response.context["form"].errors["file"]
    assert error.startswith("“oficio.pdf”: This file is larger than 25 MB.")
    assert "Se instalaron 40 sitios." in page
    assert not Evidence.objects.exists()


def test_a_request_that_announces_too_much_is_not_read_at_all():
    stream = CountingStream(31 * MEBIBYTE)
    assert post(stream).status_code == 413
    assert stream.given == 0


def test_nobody_signed_in_is_asked_to_sign_in_by_a_page_before_the_session(cast):
    client = cast.client("focal point")
    refused = client.post(ADDRESS, b"", content_type="text/plain", CONTENT_LENGTH=str(31 * MEBIBYTE))
    assert refused.status_code == 413
    assert ">Iniciar sesión</a>" not in refused.text
    assert ">Iniciar sesión</a>" in cast.client("anonymous").get("/compromisos/").text


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
    assert handler.file_complete(25 * MEBIBYTE) is None
    assert handler.receive_data_chunk(b"x", 0) is None
    assert handler.file_complete(25 * MEBIBYTE + 1).size == 25 * MEBIBYTE + 1


def test_the_limit_is_a_files_own():
    handler = uploads.FileSizeLimit()
    for _file in range(2):
        handler.new_file("file", "a.pdf", "application/pdf", None, None, None)
        assert handler.receive_data_chunk(b"x" * 20 * MEBIBYTE, 0)


def test_the_page_speaks_the_readers_language():
    assert "<h1" in post(CountingStream(31 * MEBIBYTE)).content.decode()


def test_a_text_field_that_is_too_large_is_refused_too():
    response = Client(enforce_csrf_checks=False).post(ADDRESS, {"login": "x" * 3 * MEBIBYTE})
    assert response.status_code == 413
