"""The projection of agencies: their name and sector on any day, from the ledger's entries about them."""

from focalpoints.ledger.projections import Payload, ProjectedRows, ProjectedTable, Projection
from focalpoints.models import Agency, AgencyVersion

AGENCIES = ProjectedTable(AgencyVersion, ("agency_id",), ("parent_id", "acronym", "name", "is_closed"))


def _read(payload: Payload, rows: ProjectedRows) -> None:
    if payload["type"] != "agency":
        return
    agency = rows.pk(Agency, key=payload["subject"])
    if agency is None:
        return
    codes = payload["codes"]
    values = {
        "parent_id": rows.pk(Agency, key=codes["parent"]) if codes["parent"] else None,
        "acronym": codes["acronym"],
        "name": payload["title"],
        "is_closed": payload["dates"]["closed_on"] is not None,
    }
    if rows.current(AGENCIES, agency) != values:
        rows.put(AGENCIES, (agency,), values)


PROJECTION = Projection("agencies", 1, (AGENCIES,), _read)
