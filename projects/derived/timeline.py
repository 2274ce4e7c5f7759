"""Projects, commitments and tasks as they once stood, read from the ledger's entries about them.

An entry says what its subject and its dossier were after it; `docs/ledger.md` tells which. Entries from before a fact was
kept do not say it: what they do say stands in for it.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from focalpoints.ledger.projections import ProjectedTable, Projection, PublicText, Record, Values
from focalpoints.models import Agency
from principles.models import Objective
from projects.bounds import days_late, light_due_of
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
from projects.models.commitment_facts import fulfils_commitment
from projects.models.task_facts import fulfils_task

_COMMITMENT_FACTS = tuple(field.attname for field in CommitmentFacts._meta.local_fields)
_TASK_FACTS = tuple(field.attname for field in TaskFacts._meta.local_fields)

PROJECTS = ProjectedTable(ProjectVersion, ("project_id",), ("objective_id", "title", "state"))
COMMITMENTS = ProjectedTable(
    CommitmentVersion, ("commitment_id",), (*_COMMITMENT_FACTS, "project_id", "objective_id"), "project_id"
)
AGENCIES = ProjectedTable(CommitmentAgencyPeriod, ("commitment_id", "agency_id"), (), "commitment_id")
TASKS = ProjectedTable(TaskVersion, ("task_id",), (*_TASK_FACTS, "agency_id", "commitment_id"))

# By which something was heard of a task, or could be from then on.
_WORDS = {"submit", "return", "note", "define", "confirm", "recur"}
_OF_OTHERS = {"follow-up", "date-change"}
ItemFacts = dict[str, Any]


def _read(said: PublicText, record: Record) -> None:
    if said["type"] == "project":
        _project(said, record)
    if said["dossier"].startswith("commitment:"):
        _commitment(said, record)
    if said["type"] == "task":
        _task(said, record, said["subject"], said["numbers"], said["dates"])
    elif said["type"] in _OF_OTHERS and "task" in said["codes"]:
        _task(said, record, said["codes"]["task"], _of_task(said["numbers"]), _of_task(said["dates"]))


def _project(said: PublicText, record: Record) -> None:
    project = record.pk(Project, slug=said["subject"])
    if project is None:
        return
    number = said["numbers"]["objective"]
    objective = record.pk(Objective, number=number, parent=None) if number else None
    before = record.at(PROJECTS, project)
    values = {"objective_id": objective, "title": said["title"], "state": said["state"]}
    if before == values:
        return
    record.put(PROJECTS, (project,), values)
    if before and before["objective_id"] != objective:
        for key in record.group(COMMITMENTS, project):
            if standing := record.at(COMMITMENTS, *key):
                record.put(COMMITMENTS, key, {**standing, "objective_id": objective})


def _commitment(said: PublicText, record: Record) -> None:
    commitment = record.pk(Commitment, code=said["dossier"].removeprefix("commitment:"))
    if commitment is None:
        return
    is_own = said["type"] == "commitment"
    after = said if is_own else said["dossier_after"]
    before = record.at(COMMITMENTS, commitment)
    facts = _commitment_facts(said, after, before, record.day)
    facts |= _alignment(after, record) if is_own or not before else _same(before, "project_id", "objective_id")
    record.put(COMMITMENTS, (commitment,), facts)
    if is_own:
        _agencies(commitment, after["agencies"], record)


def _alignment(after: PublicText, record: Record) -> ItemFacts:
    project = record.pk(Project, slug=after["codes"]["project"])
    aligned = record.at(PROJECTS, project) if project else None
    return {"project_id": project, "objective_id": aligned and aligned["objective_id"]}


def _agencies(commitment: int, keys: list[str], record: Record) -> None:
    named = set(record.pks(Agency, "key", keys)) if keys != ["*"] else set()
    before = {agency for _commitment, agency in record.group(AGENCIES, commitment)}
    for agency in sorted(before - named):
        record.end(AGENCIES, commitment, agency)
    for agency in sorted(named - before):
        record.put(AGENCIES, (commitment, agency), {})


def _task(said: PublicText, record: Record, code: str, numbers: PublicText, dates: PublicText) -> None:
    task = record.pk(Task, code=code)
    if task is None:
        return
    before = record.at(TASKS, task)
    facts = _task_facts(said, numbers, dates, before, record.day)
    if said["type"] == "task":
        commitment = before["commitment_id"] if before else record.pk(Commitment, code=said["codes"]["commitment"])
        facts |= {"state": said["state"], "agency_id": record.pk(Agency, key=said["agencies"][0])}
        facts["commitment_id"] = commitment
    elif before:
        facts |= _same(before, "state", "agency_id", "commitment_id")
    else:
        return
    record.put(TASKS, (task,), facts)


def _commitment_facts(said: PublicText, after: PublicText, before: Values | None, on: date) -> ItemFacts:
    numbers, dates = after["numbers"], _days(after["dates"])
    told = {**numbers, **dates}
    facts: ItemFacts = {name: told.get(name) for name in _COMMITMENT_FACTS}
    facts |= {"state": after["state"], "binds": after["codes"]["binds"]}
    _complete(facts, numbers)
    if "quiet_since" not in dates:
        facts["quiet_since"] = _heard(said, before, on) if facts["tasks_open"] else None
    if "fulfilled_on" not in dates:
        counts = (facts["tasks_open"], facts["tasks_fulfilled"], facts["agencies_without_task"])
        _fulfil(facts, before, fulfils_commitment(*counts))
    return facts


def _task_facts(said: PublicText, numbers: PublicText, dates: PublicText, before: Values | None, on: date) -> ItemFacts:
    days = _days(dates)
    told = {**numbers, **days}
    facts: ItemFacts = {name: told.get(name) for name in _TASK_FACTS}
    _complete(facts, numbers)
    if "quiet_since" not in days:
        facts["quiet_since"] = _heard(said, before, on)
        facts["last_word_on"] = days["claimed_on"] or (before and before["last_word_on"])
    if "fulfilled_on" not in days:
        _fulfil(facts, before, fulfils_task(facts["verified_progress"]))
    return facts


def _complete(facts: ItemFacts, numbers: PublicText) -> None:
    """What entries say in other words, and what they did not say yet."""
    facts["has_obstacle"] = bool(numbers["has_obstacle"])
    for name in ("waited_days", "moves", "slippage_days"):
        facts[name] = facts[name] or 0
    facts["light_due"] = light_due_of(facts["due"], facts["waited_days"])


def _heard(said: PublicText, before: Values | None, on: date) -> date | None:
    if said["verb"] in _WORDS:
        return on
    return before["quiet_since"] if before else None


def _fulfil(facts: ItemFacts, before: Values | None, is_fulfilled: bool) -> None:
    if is_fulfilled:
        facts["fulfilled_on"] = (before and before["fulfilled_on"]) or facts["claimed_on"] or facts["verified_on"]
        facts["days_late"] = days_late(facts["fulfilled_on"], facts["light_due"])


def _of_task(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name.removeprefix("task_"): value for name, value in said.items() if name.startswith("task_")}


def _days(said: Mapping[str, str | None]) -> dict[str, date | None]:
    return {name: date.fromisoformat(day) if day else None for name, day in said.items()}


def _same(before: Values, *names: str) -> ItemFacts:
    return {name: before[name] for name in names}


PROJECTION = Projection("projects", 2, (PROJECTS, COMMITMENTS, AGENCIES, TASKS), _read)
