"""How long ago something was heard of what is open: counts by band, each over exactly the rows that its link leads to."""

from datetime import date
from typing import Any

from django.db.models import Count

from .bands import silence
from .slippage import Bar, bars


def freshness_of(rows: Any, on: date) -> list[Bar]:
    """Of commitments or tasks, today's or those of a day. One query."""
    bands = silence(on)
    counts = (
        rows.open().order_by().aggregate(**{f"in_{key}": Count("pk", filter=band.rows) for key, band in bands.items()})
    )
    return bars(bands, {key: counts[f"in_{key}"] for key in bands})
