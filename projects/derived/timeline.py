"""The projection of projects, commitments and tasks: as they stood on any day, read from the ledger's entries about them.

An entry says what its subject and its dossier are after the event (docs/ledger.md). Old entries do not state facts that are kept only
since a later release; those are worked out from what the entries do say.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from focalpoints.ledger.projections import Payload, ProjectedRows, ProjectedTable, Projection, Values
from focalpoints.models import Agency
from principles.models import Objective
from projects.date_bounds import days_late, light_due_of
from projects.models import (
    Commitment,
    CommitmentAgencyPeriod,
    CommitmentFacts,
    CommitmentVersion,
    Project,
    ProjectVersion,
    Task,
    TaskFacts,
    TaskVersion,
)
from projects.models.task_facts import fulfils_task

_COMMITMENT_FACTS = tuple(field.attname for field in CommitmentFacts._meta.local_fields)
_TASK_FACTS = tuple(field.attname for field in TaskFacts._meta.local_fields)

PROJECTS = ProjectedTable(ProjectVersion, ("project_id",), ("objective_id", "title", "state"))
COMMITMENTS = ProjectedTable(
    CommitmentVersion, ("commitment_id",), (*_COMMITMENT_FACTS, "project_id", "objective_id"), group="project_id"
)
AGENCIES = ProjectedTable(CommitmentAgencyPeriod, ("commitment_id", "agency_id"), (), group="commitment_id")
TASKS = ProjectedTable(TaskVersion, ("task_id",), (*_TASK_FACTS, "agency_id", "commitment_id"))

# The verbs that end a silence: the agency said something, or was asked for it from that day on.
_ENDS_SILENCE = {"submit", "return", "note", "define", "confirm", "recur"}
COUNTED_FROM_ZERO = {
    "waited_days", "moves", "slippage_days", "tasks_cancelled", "tasks_replaced", "agencies_left_out", "scope_changes",
}  # fmt: skip
_TYPES_ABOUT_TASKS = {"follow-up", "request"}
ItemFacts = dict[str, Any]


def _read(payload: Payload, rows: ProjectedRows) -> None:
    if payload["type"] == "project":
        _project(payload, rows)
    if payload["dossier"].startswith("commitment:"):
        _commitment(payload, rows)
    if payload["type"] == "task":
        _task(payload, rows, payload["subject"], payload["numbers"], payload["dates"])
    elif payload["type"] in _TYPES_ABOUT_TASKS and "task" in payload["codes"]:
        _task(payload, rows, payload["codes"]["task"], _of_task(payload["numbers"]), _of_task(payload["dates"]))


def _project(payload: Payload, rows: ProjectedRows) -> None:
    project = rows.pk(Project, slug=payload["subject"])
    if project is None:
        return
    number = payload["numbers"]["objective"]
    objective = rows.pk(Objective, number=number, parent=None) if number else None
    before = rows.current(PROJECTS, project)
    values = {"objective_id": objective, "title": payload["title"], "state": payload["state"]}
    if before == values:
        return
    rows.put(PROJECTS, (project,), values)
    if before and before["objective_id"] != objective:
        for key in rows.keys_in_group(COMMITMENTS, project):
            if facts := rows.current(COMMITMENTS, *key):
                rows.put(COMMITMENTS, key, {**facts, "objective_id": objective})


def _commitment(payload: Payload, rows: ProjectedRows) -> None:
    commitment = commitment_of(payload, rows)
    if commitment is None:
        return
    after = payload if payload["type"] == "commitment" else payload["dossier_after"]
    # An approved request can change whom it binds, and to which project it belongs.
    is_own = payload["type"] == "commitment" or (payload["type"] == "request" and "task" not in payload["codes"])
    before = rows.current(COMMITMENTS, commitment)
    facts = _commitment_facts(payload, after, before, rows.day)
    facts |= _alignment(after, rows) if is_own or not before else _same(before, "project_id", "objective_id")
    rows.put(COMMITMENTS, (commitment,), facts)
    if is_own:
        _agencies(commitment, after["agencies"], rows)


def commitment_of(payload: Payload, rows: ProjectedRows) -> int | None:
    """The key of the commitment under which the entry is filed."""
    return rows.pk(Commitment, code=payload["dossier"].removeprefix("commitment:"))


def _alignment(after: Payload, rows: ProjectedRows) -> ItemFacts:
    project = rows.pk(Project, slug=after["codes"]["project"])
    aligned = rows.current(PROJECTS, project) if project else None
    return {"project_id": project, "objective_id": aligned and aligned["objective_id"]}


def _agencies(commitment: int, keys: list[str], rows: ProjectedRows) -> None:
    named = set(rows.pks(Agency, "key", keys)) if keys != ["*"] else set()
    before = {agency for _commitment, agency in rows.keys_in_group(AGENCIES, commitment)}
    for agency in sorted(before - named):
        rows.end(AGENCIES, commitment, agency)
    for agency in sorted(named - before):
        rows.put(AGENCIES, (commitment, agency), {})


def _task(payload: Payload, rows: ProjectedRows, code: str, numbers: Payload, dates: Payload) -> None:
    task = rows.pk(Task, code=code)
    if task is None:
        return
    before = rows.current(TASKS, task)
    facts = _task_facts(payload, numbers, dates, before, rows.day)
    if payload["type"] == "task":
        commitment = before["commitment_id"] if before else rows.pk(Commitment, code=payload["codes"]["commitment"])
        facts |= {"state": payload["state"], "agency_id": rows.pk(Agency, key=payload["agencies"][0])}
        facts["commitment_id"] = commitment
    elif before:
        facts |= _same(before, "state", "agency_id", "commitment_id")
        codes = payload["codes"]
        if "task_state" in codes:
            facts |= {"state": codes["task_state"], "agency_id": rows.pk(Agency, key=codes["task_agency"])}
    else:
        return
    rows.put(TASKS, (task,), facts)


def _commitment_facts(payload: Payload, after: Payload, before: Values | None, on: date) -> ItemFacts:
    numbers, dates = after["numbers"], _days(after["dates"])
    told = {**numbers, **dates}
    facts: ItemFacts = {name: told.get(name) for name in _COMMITMENT_FACTS}
    facts |= {"state": after["state"], "binds": after["codes"]["binds"], "recurrence": after["codes"]["recurrence"]}
    facts["finding"] = after["codes"].get("finding", "")
    facts["series_runs"] = bool(facts["series_runs"])
    facts["withdrawn_late"] = bool(facts["withdrawn_late"])
    if "finding" not in after["codes"]:
        # Before there were findings, the tasks alone made it fulfilled; none has said so since.
        facts |= {"fulfilled_on": None, "days_late": None}
    _complete(facts, numbers)
    if "quiet_since" not in dates:
        facts["quiet_since"] = _heard(payload, before, on) if facts["tasks_open"] else None
    return facts


def _task_facts(payload: Payload, numbers: Payload, dates: Payload, before: Values | None, on: date) -> ItemFacts:
    days = _days(dates)
    told = {**numbers, **days}
    facts: ItemFacts = {name: told.get(name) for name in _TASK_FACTS}
    _complete(facts, numbers)
    if "quiet_since" not in days:
        facts["quiet_since"] = _heard(payload, before, on)
        facts["last_word_on"] = days["claimed_on"] or (before and before["last_word_on"])
    if "fulfilled_on" not in days:
        _fulfil(facts, before)
    return facts


def _complete(facts: ItemFacts, numbers: Payload) -> None:
    """Fill in what the entries say in another form, or did not say yet."""
    facts["has_obstacle"] = bool(numbers["has_obstacle"])
    for name in COUNTED_FROM_ZERO & facts.keys():
        facts[name] = facts[name] or 0
    facts["light_due"] = light_due_of(facts["due"], facts["waited_days"])


def _heard(payload: Payload, before: Values | None, on: date) -> date | None:
    if payload["verb"] in _ENDS_SILENCE:
        return on
    return before["quiet_since"] if before else None


def _fulfil(facts: ItemFacts, before: Values | None) -> None:
    if fulfils_task(facts["verified_progress"]):
        facts["fulfilled_on"] = (before and before["fulfilled_on"]) or facts["claimed_on"] or facts["verified_on"]
        facts["days_late"] = days_late(facts["fulfilled_on"], facts["light_due"])


def _of_task(payload: Mapping[str, Any]) -> dict[str, Any]:
    return {name.removeprefix("task_"): value for name, value in payload.items() if name.startswith("task_")}


def _days(payload: Mapping[str, str | None]) -> dict[str, date | None]:
    return {name: date.fromisoformat(day) if day else None for name, day in payload.items()}


def _same(before: Values, *names: str) -> ItemFacts:
    return {name: before[name] for name in names}


PROJECTION = Projection("projects", 3, (PROJECTS, COMMITMENTS, AGENCIES, TASKS), _read)
