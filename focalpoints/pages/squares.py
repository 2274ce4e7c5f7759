"""Squares, one for each of a group, in columns of seven from left to right: kinds with their counts in, paths out."""

from collections.abc import Iterable
from typing import NamedTuple

HIGH, SIDE = 7, 10  # squares in a column, and pixels from one to the next
# What is beyond is too small to be told apart: whoever asks shows the numbers alone.
MOST = 700


class Squares(NamedTuple):
    """`width` and `height` in pixels; each kind's `key` and the outline of all its squares."""

    width: int
    height: int
    kinds: tuple[tuple[str, str], ...]


def squares(counts: Iterable[tuple[str, int]]) -> Squares | None:
    """None where there is nothing, or more than can be told apart."""
    there = [(key, count) for key, count in counts if count > 0]
    total = sum(count for _key, count in there)
    if not total or total > MOST:
        return None
    kinds, place = [], 0
    for key, count in there:
        kinds.append((key, _outline(place, place + count)))
        place += count
    columns = -(-total // HIGH)
    return Squares(columns * SIDE, min(total, HIGH) * SIDE, tuple(kinds))


def _outline(start: int, stop: int) -> str:
    """What is left of a column, the whole ones, and the beginning of another."""
    first, last = start // HIGH, (stop - 1) // HIGH
    if first == last:
        return _box(first, start % HIGH, 1, stop - start)
    head = _box(first, start % HIGH, 1, HIGH - start % HIGH)
    whole = _box(first + 1, 0, last - first - 1, HIGH) if last - first > 1 else ""
    return head + whole + _box(last, 0, 1, stop - last * HIGH)


def _box(column: int, row: int, columns: int, rows: int) -> str:
    return f"M{column * SIDE} {row * SIDE}h{columns * SIDE}v{rows * SIDE}h{-columns * SIDE}z"
