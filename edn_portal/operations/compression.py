"""Compresses the pages of whoever is signed in: ten to one. Public pages are kept compressed (`focalpoints.pages.page_cache`)."""

from typing import Any

from django.http import HttpRequest
from django.middleware.gzip import GZipMiddleware

from focalpoints.pages.page_cache import takes_gzip


class CompressionMiddleware(GZipMiddleware):
    """Django's own. It adds up to a hundred random bytes, so that a page's length tells nobody what secret it holds (BREACH).

    Evidence is streamed, and goes as it is: most of it is compressed already.
    """

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        if response.streaming or not takes_gzip(request.headers.get("Accept-Encoding", "")):
            return response
        return super().process_response(request, response)
