"""What the bell tells: what the coordination office did to an agency's items, and what agencies sent to the coordination office."""

from collections.abc import Iterator

from focalpoints.ledger.projections import ProjectedTable, Projection, PublicText, Record
from focalpoints.models import Agency
from projects.derived.timeline import AGENCIES, TASKS
from projects.models import Commitment, Notice, Task

NOTICES = ProjectedTable(Notice, (), ("agency_id", "item"))

# By type of subject: the verbs of agencies, which the coordination office is told of, and its own, which agencies are told of.
TO_THE_OFFICE = {
    "task": {"propose"},
    "follow-up": {"submit", "withdraw"},
    "date-change": {"request", "withdraw"},
}
TO_AGENCIES = {
    "commitment": {"create", "correct", "cancel"},
    "task": {"define", "recur", "confirm", "decline", "correct", "assign", "cancel"},
    "follow-up": {"accept", "return", "redact"},
    "date-change": {"approve", "reject", "set_date", "correct_date", "redact"},
}


def _read(said: PublicText, record: Record) -> None:
    kind, verb = said["type"], said["verb"]
    if verb in TO_THE_OFFICE.get(kind, ()):
        record.add(NOTICES, (None, _item(said)))
    elif verb in TO_AGENCIES.get(kind, ()):
        for agency, item in dict(_told(said, record)).items():
            record.add(NOTICES, (agency, item))


def _item(said: PublicText) -> str:
    """What the event was about, as the ledger names it."""
    if said["type"] in {"task", "commitment"}:
        return f"{said['type']}:{said['subject']}"
    task = said["codes"].get("task")
    return f"task:{task}" if task else f"commitment:{said['codes']['commitment']}"


def _told(said: PublicText, record: Record) -> Iterator[tuple[int, str]]:
    """Each agency and its item; whoever lost the item is told as well. What binds every agency names none."""
    item = _item(said)
    is_of_commitment = item.startswith("commitment:")
    moves_along = said["verb"] == "approve" and said["dates"].get("commitment_to")
    if is_of_commitment or moves_along:
        for agency in _named(said, record):
            yield agency, said["dossier"]
    if not is_of_commitment and said["type"] != "follow-up" and (holder := _holder(item, record)):
        yield holder, item
    for agency in record.pks(Agency, "key", said["agencies"]):
        yield agency, item


def _named(said: PublicText, record: Record) -> Iterator[int]:
    """Until this entry; whoever it names first stands in its own list."""
    commitment = record.pk(Commitment, code=said["dossier"].removeprefix("commitment:"))
    if commitment is not None:
        for _commitment, agency in record.group(AGENCIES, commitment):
            yield agency


def _holder(item: str, record: Record) -> int | None:
    """Whose task it was until this entry."""
    task = record.pk(Task, code=item.removeprefix("task:"))
    before = record.at(TASKS, task) if task is not None else None
    return before["agency_id"] if before else None


PROJECTION = Projection("notices", 1, (NOTICES,), _read)
