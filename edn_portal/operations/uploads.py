"""Refuses what is too large while it arrives: a request by its announced length, a file at the byte that passes the limit.

A disk without room loses the file alone.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse

logger = logging.getLogger(__name__)


class TooLarge(RequestDataTooBig):
    """Answered with 413 by `error_pages.bad_request`, as its parent is."""


class FileSizeLimit(FileUploadHandler):
    """The first upload handler. It counts a file's bytes and, once they pass the limit, keeps none of them.

    The form still gets the file, empty but with its size, and can say what is wrong beside everything else that was typed.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        self.received = 0
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        was_too_large = self._is_too_large
        self.received += len(raw_data)
        if not self._is_too_large:
            return raw_data
        if not was_too_large:
            self._drop_what_the_others_keep()
        return None

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """None leaves the file to the handlers that keep it."""
        if not self._is_too_large:
            return None
        return UploadedFile(BytesIO(), self.file_name, self.content_type, self.received, self.charset)

    @property
    def _is_too_large(self) -> bool:
        return self.received > settings.UPLOAD_FILE_LIMIT

    def _drop_what_the_others_keep(self) -> None:
        for handler in self.request.upload_handlers if self.request else ():
            if file := getattr(handler, "file", None):
                file.close()


class TemporaryFiles(TemporaryFileUploadHandler):
    """Django's own, which ends the request when there is no room for the file. The form gets it, marked as lost, and says so."""

    is_lost = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        self.is_lost = False
        with self._losing():
            super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if not self.is_lost:
            with self._losing():
                super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> UploadedFile | None:
        if not self.is_lost:
            with self._losing():
                return super().file_complete(file_size)
        upload = UploadedFile(BytesIO(), self.file_name, self.content_type, file_size, self.charset)
        upload.is_lost = True  # type: ignore[attr-defined]
        return upload

    @contextmanager
    def _losing(self) -> Iterator[None]:
        try:
            yield
        except OSError:
            logger.exception("An upload could not be written to the disk.")
            self.is_lost = True
            with suppress(OSError):  # what is still in the buffer has no room either
                self.upload_interrupted()


def refuse_large_requests(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware in front of all that reads a body. It can trust the announced length: the server passes no more bytes on."""

    def middleware(request: HttpRequest) -> HttpResponse:
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if announced.isdigit() and int(announced) > settings.UPLOAD_REQUEST_LIMIT:
            raise TooLarge("The request is larger than the limit.")
        return get_response(request)

    return middleware
