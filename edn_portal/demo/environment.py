"""Write the demo's `.env`, once: `python -m edn_portal.demo.environment PORT`. Runs before Django has its settings."""

import os
import re
import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path

from edn_portal.operations.ports import why_unusable

PATH = Path(__file__).resolve().parent.parent.parent / ".env"
LOCAL_ADDRESS = re.compile(r"^EDN_BASE_URL=http://localhost:\d+$", re.MULTILINE)
TEXT = """\
# Made by `make demo`; not under version control. Delete it and var/ to start a new demo.
EDN_MODE=demo
SECRET_KEY={secret}
EDN_BASE_URL={url}
# The demo's clock read START at the instant ORIGIN and runs from there.
EDN_CLOCK_START=2018-10-15T09:00:00-06:00
EDN_CLOCK_ORIGIN={now}
"""


def main(port: str) -> str | None:
    """Leaves `.env` fit for a demo on `port`; returns why not, and touches nothing, when this is not a demo."""
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        return f"PORT must be a number from 1 to 65535, not {port!r}."
    mode = os.environ.get("EDN_MODE", "demo")
    if mode != "demo":
        return (
            f"The environment says EDN_MODE={mode}: `make demo` would change what is not a demo. Nothing was touched."
        )
    if why := why_unusable("127.0.0.1", int(port)):
        return why
    url = f"http://localhost:{port}"
    if not PATH.exists():
        text = TEXT.format(secret=secrets.token_urlsafe(50), url=url, now=datetime.now(UTC).isoformat())
        write(text)
        return None
    text = PATH.read_text(encoding="utf-8")
    if "EDN_MODE=demo" not in text.splitlines():
        return f"{PATH.name} is not a demo's (EDN_MODE=demo is not in it). Nothing was touched."
    # The port may change from run to run. An address that somebody chose by hand stays.
    moved = LOCAL_ADDRESS.sub(f"EDN_BASE_URL={url}", text)
    if moved != text:
        write(moved)
    return None


def write(text: str) -> None:
    """All or nothing, readable by its owner alone."""
    draft = PATH.with_name(f".env.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(text, encoding="utf-8")
    draft.replace(PATH)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
