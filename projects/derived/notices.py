"""The projection of notices (the bell): what the coordination office did to an agency's items, and what agencies took back from it or
answered. What waits in the review queue is told there alone.
"""

from collections.abc import Iterator

from focalpoints.ledger.projections import Payload, ProjectedRows, ProjectedTable, Projection
from focalpoints.models import Agency
from focalpoints.workflow import Told, verb_of
from projects.derived.timeline import AGENCIES, TASKS, commitment_of
from projects.models import Notice, Task

NOTICES = ProjectedTable(Notice, (), ("agency_id", "item"))


def _read(payload: Payload, rows: ProjectedRows) -> None:
    if payload["type"] == "request" and "commitment" not in payload["codes"]:
        return  # the thresholds are nobody's in particular
    verb = verb_of(payload["type"], payload["verb"])
    told = verb.told if verb and not payload["codes"].get("objective") else Told.NOBODY  # which answers to no agency
    if told is Told.OFFICE:
        rows.add(NOTICES, (None, _item(payload)))
    elif told is Told.AGENCIES:
        for agency, item in dict(_agencies_and_items(payload, rows)).items():
            rows.add(NOTICES, (agency, item))


def _item(payload: Payload) -> str:
    """The task or commitment that the event was about, as the ledger names it (`task:MC-250K-T1`)."""
    if payload["type"] in {"task", "commitment"}:
        return f"{payload['type']}:{payload['subject']}"
    task = payload["codes"].get("task")
    return f"task:{task}" if task else f"commitment:{payload['codes']['commitment']}"


def _agencies_and_items(payload: Payload, rows: ProjectedRows) -> Iterator[tuple[int, str]]:
    """Each agency that gets a notice, and its item; also one that lost the item by this event. A commitment that binds all names none."""
    item = _item(payload)
    is_of_commitment = item.startswith("commitment:")
    moves_along = payload["verb"] == "approve" and payload["dates"].get("commitment_to")
    if is_of_commitment or moves_along:
        for agency in _named_before(payload, rows):
            yield agency, payload["dossier"]
    if not is_of_commitment and payload["type"] != "follow-up" and (holder := _agency_before(item, rows)):
        yield holder, item
    for agency in rows.pks(Agency, "key", [*payload["agencies"], *_gained_by_approval(payload)]):
        yield agency, item


def _gained_by_approval(payload: Payload) -> list[str]:
    """Who answers after a request was decided; its own list says only who asked."""
    if payload["type"] != "request":
        return []
    codes = payload["codes"]
    return [codes["task_agency"]] if "task_agency" in codes else payload["dossier_after"]["agencies"]


def _named_before(payload: Payload, rows: ProjectedRows) -> Iterator[int]:
    """The agencies that its commitment named before this entry. Those that it adds are in the entry's own list."""
    commitment = commitment_of(payload, rows)
    if commitment is not None:
        for _commitment, agency in rows.keys_in_group(AGENCIES, commitment):
            yield agency


def _agency_before(item: str, rows: ProjectedRows) -> int | None:
    """The agency that had the task before this entry."""
    task = rows.pk(Task, code=item.removeprefix("task:"))
    before = rows.current(TASKS, task) if task is not None else None
    return before["agency_id"] if before else None


PROJECTION = Projection("notices", 3, (NOTICES,), _read)
