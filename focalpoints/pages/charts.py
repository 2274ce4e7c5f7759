"""The geometry of charts: numbers in, places out. `templates/charts/` draws them as SVG, percent across and pixels down.

Nothing here translates, asks a database or knows a light's colour: words come with the numbers, colours are the style sheet's,
by a light's key (`static/src/sass/_charts.scss`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

# Nobody sees a sliver: what is there takes this much of a bar at least, in percent.
LEAST_WIDTH = 0.8
# The width of a chart, in pixels, from which on the style sheet shows what is marked so: on the narrowest phone, in half a page,
# over a whole one.
TIERS = (("", 290), ("at-m", 420), ("at-l", 900))
HIDDEN = "hidden"
DIGIT, SHAPE, AIR = 12, 22, 6  # pixels that a digit of a segment's number takes, the light's shape, and the air around
# Whose pattern is of dots; that of the others is of lines.
DOTTED = {"no_date", "withdrawn_late", "fulfilled"}
# Of lines over time: pixels down to the axis, and what lines and the numbers after them keep clear of.
AXIS, TOP, LABEL = 80, 6, 18
MOST_STEPS = 240


@dataclass(frozen=True, slots=True)
class Segment:
    """`count` of something with the light `key`, and the word to print after the number."""

    key: str
    count: int
    word: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A segment in its place. `number` and `shape` say from which width of the chart on each is shown: a class, "" for always."""

    key: str
    count: int
    word: str
    url: str
    x: float
    width: float
    share: str
    number: str
    shape: str
    is_dotted: bool


@dataclass(frozen=True, slots=True)
class Stacked:
    pieces: tuple[Piece, ...]

    @property
    def rows(self) -> list[tuple[str, int, str]]:
        """What its table says."""
        return [
            (one.word[:1].upper() + one.word[1:], one.count, f"{one.share}\N{NO-BREAK SPACE}%") for one in self.pieces
        ]


def stacked(segments: Iterable[Segment]) -> Stacked:
    """One bar of all segments that count something, in the order given."""
    there = [segment for segment in segments if segment.count]
    edges = _edges([segment.count for segment in there])
    total = sum(segment.count for segment in there)
    pieces = []
    for segment, x, end in zip(there, edges, edges[1:], strict=False):
        width = round(end - x, 3)
        number = DIGIT * len(f"{segment.count:,}")
        pieces.append(
            Piece(
                segment.key, segment.count, segment.word, segment.url, x, width, share(segment.count, total), _tier(width, number + AIR),
                # The number stays in the middle, with the shape before it.
                _tier(width, number + 2 * SHAPE + AIR), segment.key in DOTTED,
            )
        )  # fmt: skip
    return Stacked(tuple(pieces))


def _edges(counts: Sequence[int]) -> list[float]:
    """Where each piece begins and the last one ends, from 0 to 100: by their counts, but none below LEAST_WIDTH."""
    total = sum(counts)
    widths = [max(LEAST_WIDTH, 100 * count / total) for count in counts]
    room, above = 100 - LEAST_WIDTH * len(widths), sum(widths) - LEAST_WIDTH * len(widths)
    edges = [0.0]
    for width in widths:
        # Alone, or all at the least: they share the bar alike.
        grown = LEAST_WIDTH + (width - LEAST_WIDTH) * room / above if above else 100 / len(widths)
        edges.append(edges[-1] + grown)
    return [round(edge, 3) for edge in edges[:-1]] + [100.0]


def _tier(width: float, pixels: int) -> str:
    return next((name for name, least in TIERS if width * least >= 100 * pixels), HIDDEN)


def share(count: int, total: int) -> str:
    """In whole percent, without the sign; "<1" and ">99" for what only rounds to nothing or all."""
    percent = round(100 * count / total) if total else 0
    if count and not percent:
        return "<1"
    return ">99" if percent == 100 and count < total else str(percent)


@dataclass(frozen=True, slots=True)
class Series:
    """A figure over time under the key `late`, `done`, `verified`, `claim` or `plain`: None where it was not known; `last` as printed."""

    label: str
    key: str
    values: Sequence[int | None]
    last: str


@dataclass(frozen=True, slots=True)
class ChartLine:
    """`d` is a path over as many units as there are steps and AXIS pixels down; `y` is where its last value is printed."""

    label: str
    key: str
    d: str
    first: int | None
    last: str
    y: float


@dataclass(frozen=True, slots=True)
class Steps:
    lines: tuple[ChartLine, ...]
    points: Sequence[str]
    count: int
    # Percent of the width that lines take; the last values stand beside them.
    across: int


def steps(series: Sequence[Series], points: Sequence[str], top: int = 0) -> Steps:
    """Lines of one scale, from 0 to `top` or to the greatest value. Each value holds until the next one, and the last one as long."""
    top = max(top, greatest(series), 1)
    sampled = [_sampled(one.values) for one in series]
    lines = [
        ChartLine(one.label, one.key, _path(values, top), first_known(one.values), one.last, 0)
        for one, values in zip(series, sampled, strict=True)
    ]
    heights = [_height(last_known(one.values) or 0, top) for one in series]
    placed = [replace(line, y=y) for line, y in zip(lines, _apart(heights), strict=True)]
    longest = max((len(one.last) for one in series), default=0)
    return Steps(
        tuple(placed), points, max(map(len, sampled), default=0), 84 if longest <= 2 else 78 if longest <= 5 else 66
    )


def side_by_side(groups: Sequence[Sequence[Series]], points: Sequence[str]) -> list[Steps]:
    """Small multiples: a chart for each group, all of one scale."""
    top = max(map(greatest, groups), default=0)
    return [steps(series, points, top) for series in groups]


def greatest(series: Iterable[Series]) -> int:
    return max((value for one in series for value in one.values if value is not None), default=0)


def first_known(values: Iterable[int | None]) -> int | None:
    return next((value for value in values if value is not None), None)


def last_known(values: Sequence[int | None]) -> int | None:
    return first_known(reversed(values))


def _sampled(values: Sequence[int | None]) -> Sequence[int | None]:
    """All of them, or as many as a screen can tell apart, the last one among them."""
    stride = -(-len(values) // MOST_STEPS)
    return values if stride <= 1 else values[len(values) - 1 :: -stride][::-1]


def _height(value: int, top: int) -> float:
    return round(AXIS - (AXIS - TOP) * value / top, 1)


def _path(values: Sequence[int | None], top: int) -> str:
    """A tread for each run of equal values, a riser between two; nothing where nothing was known."""
    d, before = [], None
    for place, value in enumerate(values):
        if value is not None and value != before:
            y = _height(value, top)
            d.append(f"M{place} {y:g}" if before is None else f"V{y:g}")
        after = values[place + 1] if place + 1 < len(values) else None
        if value is not None and value != after:
            d.append(f"H{place + 1}")
        before = value
    return "".join(d)


def _apart(heights: Sequence[float]) -> list[float]:
    """The baselines of the numbers beside the lines' ends, LABEL pixels apart at least, none below the axis or in the title."""
    placed, lowest = [0.0] * len(heights), AXIS + 4.0
    for place in sorted(range(len(heights)), key=lambda place: -heights[place]):
        placed[place] = round(min(heights[place] + 6, lowest), 1)
        lowest = placed[place] - LABEL
    highest = TOP + 6.0
    for place in sorted(range(len(placed)), key=placed.__getitem__):
        placed[place] = max(placed[place], highest)
        highest = placed[place] + LABEL
    return placed
