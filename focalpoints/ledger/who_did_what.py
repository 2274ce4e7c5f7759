"""What happened to a subject and who did it: for administrators' eyes only."""

from typing import Any

from focalpoints.models import Entry
from focalpoints.workflow import sentence_of


def who_did_what(subject_type: str, code: str) -> list[dict[str, Any]]:
    """Newest first. One query."""
    entries = Entry.objects.about(subject_type, code).select_related("by").order_by("-seq")
    return [
        {
            "what": sentence_of(entry.subject_type, entry.verb),
            "at": entry.at,
            "who": entry.by.name,
            "folio": entry.folio,
        }
        for entry in entries
    ]
