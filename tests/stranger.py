"""The ledger as a stranger would check it: written from docs/ledger.md alone, sharing no code with the portal."""

import hashlib
import json
import unicodedata
from typing import Any

ZEROS = "0" * 64
SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def canonical(value: Any) -> str:
    if value is None:
        return "null"
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        text = unicodedata.normalize("NFC", value)
        return '"' + "".join(SHORT.get(c) or (f"\\u{ord(c):04x}" if c < " " else c) for c in text) + '"'
    if isinstance(value, list):
        return "[" + ",".join(canonical(item) for item in value) + "]"
    return "{" + ",".join(f"{canonical(key)}:{canonical(value[key])}" for key in sorted(value)) + "}"


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def check(entries: list[dict[str, Any]]) -> str:
    """Re-compute every hash and both chains of exported entries; returns the digest. Raises AssertionError."""
    digest, last = ZEROS, {}
    for seq, entry in enumerate(entries, start=1):
        says = json.loads(entry["text"])
        assert canonical(says) == entry["text"]
        assert says["seq"] == seq
        assert sha256(entry["text"]) == entry["hash"]
        assert entry["folio"] == f"EDN-{seq:06d}-{entry['hash'][:8].upper()}"
        nth, previous = last.get((says["type"], says["subject"]), (0, ZEROS))
        assert (says["nth"], says["previous"]) == (nth + 1, previous)
        last[says["type"], says["subject"]] = (says["nth"], entry["hash"])
        digest = sha256(digest + "\n" + entry["hash"])
        assert entry["digest"] == digest
        if entry["salt"]:
            assert sha256(entry["salt"] + "\n" + entry["private"]) == says["private"]
        else:
            assert any(seq in json.loads(later["text"])["redacts"] for later in entries[seq:])
    return digest
