"""How many of all rows of a list stand at each light, for the sentence and the bar above it."""

from collections import Counter
from collections.abc import Mapping

from django.db.models import Count

from projects.reading.lists.listing import Listing, kept_lights

# Up to so many rows are looked at; above a longer list nothing is drawn, unless its figures are kept.
MOST_LIT = 1_000


def lights_of(found: Listing) -> Mapping[str, int]:
    """Empty where nobody counts them, and for a list of chosen lights: of those the reader knows. One query at most."""
    if not found.rows or "light" in found.filters.narrowing:
        return {}
    if found.is_all_here:
        return Counter(row.light for row in found.rows)
    if (kept := kept_lights(found.filters)) is not None:
        return kept
    if found.is_more or found.count > MOST_LIT:
        return {}
    by_light = found.filters.qs.order_by().values_list("light")
    return dict(by_light.annotate(number=Count("pk")))
