"""Pages of somebody who is signed in travel compressed, and their length says nothing exactly."""

import gzip
from io import BytesIO

import pytest
from django.http import FileResponse
from django.test import RequestFactory
from django.urls import reverse

from edn_portal.operations.compression import CompressionMiddleware


def get(client, address, accepted="br, gzip"):
    return client.get(address, headers={"accept-encoding": accepted})


def test_ones_own_page_travels_compressed(cast):
    cast.task(title="Licitar los enlaces")
    client, address = cast.client("focal point"), reverse("projects:my_work")
    zipped = get(client, address)
    assert zipped["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in zipped["Vary"]
    assert "Licitar los enlaces" in gzip.decompress(zipped.content).decode()
    lengths = {len(get(client, address).content) for _ in range(12)}
    assert len(lengths) > 4, "an attacker could compare lengths (BREACH)"


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0"])
def test_nobody_gets_what_they_do_not_take(cast, accepted):
    page = get(cast.client("focal point"), reverse("projects:my_work"), accepted)
    assert "Content-Encoding" not in page
    assert b"<h1" in page.content


def test_a_public_page_is_not_compressed_twice(cast):
    page = get(cast.client("anonymous"), "/")
    assert b"<h1" in gzip.decompress(page.content)


def test_a_download_goes_as_it_is():
    request = RequestFactory(headers={"accept-encoding": "gzip"}).get("/")
    answer = CompressionMiddleware(lambda request: FileResponse(BytesIO(b"%PDF" * 1000)))(request)
    assert "Content-Encoding" not in answer
    assert answer["Content-Length"] == "4000"
    assert b"".join(answer.streaming_content) == b"%PDF" * 1000
