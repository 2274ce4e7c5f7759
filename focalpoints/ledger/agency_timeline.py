"""Agencies as they once stood, from the ledger's entries about them."""

from focalpoints.ledger.projections import ProjectedTable, Projection, PublicText, Record
from focalpoints.models import Agency, AgencyVersion

AGENCIES = ProjectedTable(AgencyVersion, ("agency_id",), ("parent_id", "acronym", "name", "is_closed"))


def _read(said: PublicText, record: Record) -> None:
    if said["type"] != "agency":
        return
    agency = record.pk(Agency, key=said["subject"])
    if agency is None:
        return
    codes = said["codes"]
    values = {
        "parent_id": record.pk(Agency, key=codes["parent"]) if codes["parent"] else None,
        "acronym": codes["acronym"],
        "name": said["title"],
        "is_closed": said["dates"]["closed_on"] is not None,
    }
    if record.at(AGENCIES, agency) != values:
        record.put(AGENCIES, (agency,), values)


PROJECTION = Projection("agencies", 1, (AGENCIES,), _read)
