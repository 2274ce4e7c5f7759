"""What a first visit to a page takes over the wire: its HTML, style sheets, scripts, pictures and fonts."""

import re
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urljoin

from edn_portal.bench.servers import Browser, HttpCall

# What a browser asks for by itself: elements that load something, and what a style sheet names.
LOADED = re.compile(rb'<(?:link[^>]+rel="(?:stylesheet|icon)[^>]*href|script[^>]+src|img[^>]+src)="([^"]+)"')
HREF_FIRST = re.compile(rb'<link[^>]+href="([^"]+)"[^>]+rel="(?:stylesheet|icon)')
NAMED = re.compile(rb'url\(["\']?([^"\')#?]+)')


@dataclass(frozen=True, slots=True)
class Weight:
    """`html` is the page before it is compressed; `wire` all that is sent, in bytes, by so many `requests`."""

    html: int
    page: int
    wire: int
    requests: int

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def weight_of(browser: Browser, request: HttpCall) -> Weight:
    page = browser.ask(request)
    wire, waiting, seen = page.size, _addresses(page.content, request.path, (LOADED, HREF_FIRST)), set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = browser.ask(HttpCall(path))
        wire += answer.size
        if path.endswith(".css"):
            waiting += _addresses(answer.content, path, (NAMED,))
    return Weight(len(page.content), page.size, wire, 1 + len(seen))


def _addresses(content: bytes, path: str, patterns: tuple[re.Pattern[bytes], ...]) -> list[str]:
    """The addresses on this site that the content names."""
    found = (name.decode() for pattern in patterns for name in pattern.findall(content))
    return [urljoin(path, name) for name in found if not name.startswith(("data:", "http:", "https:", "//"))]
