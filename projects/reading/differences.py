"""What changed between two texts, word by word, for the person who compares them."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from focalpoints.workflow import StrOrPromise
from projects.models import FollowUp

PIECES = re.compile(r"\w+|\s+|[^\w\s]")
FIELDS = ("progress", "done", "next_step", "obstacle")


@dataclass(frozen=True, slots=True)
class Difference:
    """One field before and after, with <del> and <ins> around what changed; `value` is the text after it, plain."""

    label: StrOrPromise
    before: str
    after: str
    value: str
    is_changed: bool


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[Difference]:
    """Field by field; both hold the words of a follow-up. What is empty on both sides is left out."""
    rows = []
    for name in FIELDS:
        old, new = _as_text(name, before.get(name)), _as_text(name, after.get(name))
        if old or new:
            marked_old, marked_new = (old, new) if old == new else marked(old, new)
            label = FollowUp._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            rows.append(Difference(label, marked_old, marked_new, new, old != new))
    return rows


def words_of(follow_up: FollowUp) -> dict[str, Any]:
    return {name: getattr(follow_up, name) for name in FIELDS}


def marked(before: str, after: str) -> tuple[SafeString, SafeString]:
    """Both texts escaped, with <del> around what went and <ins> around what came."""
    left: list[SafeString] = []
    right: list[SafeString] = []
    for gone, come in _runs(PIECES.findall(before), PIECES.findall(after)):
        if gone == come:
            left.append(escape(gone))
            right.append(escape(come))
            continue
        left += [format_html("<del>{}</del>", gone)] if gone else []
        right += [format_html("<ins>{}</ins>", come)] if come else []
    return mark_safe("".join(left)), mark_safe("".join(right))  # noqa: S308 - every piece is escaped above


def _runs(old: list[str], new: list[str]) -> list[tuple[str, str]]:
    """What stands on each side, run by run; a space between two changed words is part of the change."""
    runs: list[tuple[str, str]] = []
    gap = ""
    for what, i1, i2, j1, j2 in SequenceMatcher(None, old, new).get_opcodes():
        gone, come = "".join(old[i1:i2]), "".join(new[j1:j2])
        if what == "equal":
            if runs and not gone.strip():
                gap = gone
            else:
                runs.append((gone, come))
        elif gap:
            last_gone, last_come = runs.pop()
            runs.append((last_gone + gap + gone, last_come + gap + come))
            gap = ""
        else:
            runs.append((gone, come))
    return [*runs, (gap, gap)] if gap else runs


def _as_text(name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    return f"{value} %" if name == "progress" else str(value)
