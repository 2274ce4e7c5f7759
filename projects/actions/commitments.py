"""Verbs on commitments."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from focalpoints.actions.corrections import as_kept, differing
from focalpoints.ledger.record import record
from focalpoints.models import Agency, User
from focalpoints.rules import is_system, office_of
from focalpoints.turn import in_turn
from focalpoints.workflow import NotPossible, Stale, permitted, refuse, swap
from projects.actions.commitment_progress import roll_up
from projects.actions.fresh_rows import reread
from projects.actions.refusals import refuse_date
from projects.actions.request_writing import refresh_requests
from projects.codes import against_commitment_code
from projects.date_bounds import against_recurrence, late_start, refuse_misplaced
from projects.facts import commitment_state
from projects.models import Commitment, Project
from projects.requests import CHANGES_SCOPE, NAMED_IF_BOUND, promised
from projects.wording import is_spelling

# What is corrected without asking: these in their spelling, those at will.
SPELLED, STATED = ("title", "note"), ("language", "printed_status", "source")


@in_turn
def create_commitment(
    *,
    by: User,
    project: Project,
    code: str,
    title: str,
    binds: str,
    agencies: Sequence[Agency] = (),
    due: date | None = None,
    **facts: Any,
) -> Commitment:
    """`facts`: language, starts, recurrence, recurrence_month, printed_status, note, source. The first due date becomes the baseline."""
    reread(project, "lead_agency")
    by = permitted("commitment.create", project, by=by)
    written = as_kept(Commitment, {"code": code, "title": title, **facts})
    refuse(against_commitment_code(written["code"]))
    _check_agencies(binds, agencies)
    refuse_misplaced(facts.get("starts"), due)
    commitment = Commitment(project=project, binds=binds, due=due, baseline_due=due, light_due=due, **written)
    commitment.first_title = commitment.title
    commitment.save(force_insert=True)
    commitment.agencies.set(agencies)
    roll_up(commitment)
    _recorded("create", commitment, by=by, **_private(commitment))
    return commitment


@in_turn
def correct_commitment(
    commitment: Commitment, *, by: User, revision: int, agencies: Sequence[Agency] | None = None, **changes: Any
) -> None:
    """Correct what was written wrong: `SPELLED` in its spelling alone, the columns of `STATED` at will.

    The load of reference data may correct all of them. Anything else that a person wants otherwise is a change of scope, or of the date.
    """
    by = permitted("commitment.correct", commitment, by=by)
    refuse_date(changes)
    changes = as_kept(Commitment, changes)
    if revision != commitment.revision:
        raise Stale
    if not is_system(by):
        refuse_scope(commitment, changes, agencies)
    if agencies is not None:
        _check_agencies(changes.get("binds", commitment.binds), agencies)
    refuse(late_start(changes.get("starts"), commitment.due))
    refuse(against_recurrence(commitment, changes.get("recurrence", commitment.recurrence)))
    differences = differing(commitment, changes)
    swap(commitment, revision, **changes)
    if agencies is not None:
        commitment.agencies.set(agencies)
    refresh_requests(commitment)
    roll_up(commitment)
    _recorded("correct", commitment, by=by, **_private(commitment), changes=differences)


def refuse_scope(commitment: Commitment, changes: Mapping[str, Any], agencies: Sequence[Agency] | None) -> None:
    """Raise NotPossible where these say something else than what was promised."""
    said = {name: value for name, value in changes.items() if getattr(commitment, name) != value}
    if agencies is not None and set(agencies) != set(commitment.agencies.all()):
        raise NotPossible(CHANGES_SCOPE)
    for name, value in said.items():
        if name in STATED or (name in SPELLED and is_spelling(promised(commitment, name), value)):
            continue
        raise NotPossible(CHANGES_SCOPE)


def _check_agencies(binds: str, agencies: Sequence[Agency]) -> None:
    if (binds == Commitment.Binds.NAMED) != bool(agencies):
        raise NotPossible(NAMED_IF_BOUND)


def _private(commitment: Commitment) -> dict[str, str]:
    return {"note": commitment.note, "source": commitment.source}


def _recorded(verb: str, commitment: Commitment, *, by: User, **private: Any) -> None:
    record(verb, commitment_state(commitment), by=by, office=office_of(by), private=private)
