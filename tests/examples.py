"""How many examples hypothesis plays."""

from hypothesis import settings

ORDINARY = 100


def examples(number: int) -> int:
    """In a short run; a long run plays as many times more as its profile says."""
    return number * settings().max_examples // ORDINARY
