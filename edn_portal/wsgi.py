"""The WSGI application that granian serves."""

import gc
import os
import re
from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "edn_portal.settings")
os.environ["EDN_SERVING"] = "1"  # settings.py: many threads share a pool of connections
CHARSET = re.compile(r';\s*charset\s*=\s*(?:"[^"]*"|[^;]*)', re.IGNORECASE)
site = get_wsgi_application()
# What is loaded by now stays. Nobody looks through it for garbage again, and through the rest less often: 5 % of a page's time.
gc.freeze()
gc.set_threshold(20_000, 20, 20)


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Addresses and forms are in UTF-8, whatever a client says: Django reads them, or fails, by the encoding that it names."""
    environ["CONTENT_TYPE"] = CHARSET.sub("", environ.get("CONTENT_TYPE", ""))
    return site(environ, start_response)
