"""A column of a table that can be taken away: its names, what its values are, and how they are written as text."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

from focalpoints.clock import ZONE
from focalpoints.workflow import StrOrPromise

type Kind = Literal["text", "code", "integer", "percent", "date", "instant", "boolean", "list", "url"]

# What a value is. Texts and lists are never None, but empty; a percent is a whole number from 0 to 100. A list has no empty texts.
VALUES: dict[Kind, type] = {
    "text": str, "code": str, "url": str, "integer": int, "percent": int, "date": date, "instant": datetime,
    "boolean": bool, "list": tuple,
}  # fmt: skip
TEXTS = ("text", "code", "url")
NEVER_MISSING = (*TEXTS, "list")
# What numbers are of: a column has this unit, "%", or none.
DAYS = _("days")
BETWEEN = "; "  # the texts of a list in one cell
_PIECE = re.compile(r"(?:\\.|[^\\;])+", re.DOTALL)
_ESCAPED = re.compile(r"\\([\\;])")
_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Column:
    """`name` is the same in all formats and languages; `title` heads it in CSV and XLSX, `describes` is one sentence about it."""

    name: str
    title: StrOrPromise
    kind: Kind
    unit: StrOrPromise = ""
    describes: StrOrPromise = ""

    def fits(self, value: Any) -> bool:
        """Whether it is what the column says."""
        if value is None:
            return self.kind not in NEVER_MISSING
        if type(value) is not VALUES[self.kind]:
            return False
        return not isinstance(value, tuple) or all(type(text) is str and text for text in value)


def joined(texts: Iterable[str]) -> str:
    r"""A list as one text: `; ` between its texts, and a backslash before each `;` and `\` of theirs."""
    return BETWEEN.join(
        [text.replace("\\", "\\\\").replace(";", "\\;") if _is_special(text) else text for text in texts]
    )


def parted(text: str) -> tuple[str, ...]:
    """The list that `joined` made into this text."""
    first, *others = _PIECE.findall(text) or [""]
    return tuple([_ESCAPED.sub(r"\1", piece) for piece in (first, *[piece[1:] for piece in others]) if piece])


def _is_special(text: str) -> bool:
    return ";" in text or "\\" in text


def local(instant: datetime) -> datetime:
    """To the second, as clocks in Mexico City show it: what all formats say of an instant. Its day is the business day."""
    return instant.astimezone(ZONE).replace(microsecond=0)


def seconds(instant: datetime) -> str:
    """The same as text, with its offset."""
    return local(instant).isoformat()


def encoded(text: str) -> bytes:
    """In UTF-8; half of a surrogate pair, which that cannot say, becomes U+FFFD."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return _SURROGATES.sub("\ufffd", text).encode()
