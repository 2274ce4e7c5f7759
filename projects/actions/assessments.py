"""Verbs on findings: a coordinator assesses a whole commitment or objective, an agency answers."""

from datetime import date
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.ledger.record import record
from focalpoints.models import Agency, Entry, User
from focalpoints.rules import office_of
from focalpoints.turn import in_turn
from focalpoints.workflow import Stale, permitted, refuse, swap
from principles.models import Objective
from projects.actions.commitment_progress import roll_up
from projects.actions.fresh_rows import reread
from projects.actions.refusals import acting_for
from projects.codes import next_code
from projects.facts import assessment_state, commitment_state
from projects.models import Assessment, Commitment, Request
from projects.rules import agencies_proposing, assessors
from projects.workflow import against_verdict


@in_turn
def assess(
    commitment: Commitment,
    *,
    by: User,
    revision: int,
    verdict: str,
    reasons: str,
    sources: str = "",
    period: date | None = None,
) -> Assessment:
    """Say what became of the whole promise, in the words of now; at the end that is its light. `reasons` and `sources` are public.

    `period` is the due date of one period of a recurring commitment: such a finding gives the commitment no light. Raises Stale where
    the commitment changed, or a colleague found something, after it was read (`revision`).
    """
    reread(commitment, "project")
    by = permitted("assessment.assess", commitment, by=by, reason=reasons)
    today = clock.today()
    refuse(*against_verdict(commitment, verdict, period, today))
    changes: dict[str, Any] = {}
    if verdict in Assessment.AT_THE_END and period is None:
        changes = {"finding": verdict, "found_on": today}
    swap(commitment, revision, **changes)
    roll_up(commitment)
    return find(commitment, by=by, made_by=by, verdict=verdict, reasons=reasons, sources=sources, period=period)


def find(
    commitment: Commitment,
    *,
    by: User,
    made_by: User,
    verdict: str,
    reasons: str = "",
    sources: str = "",
    period: date | None = None,
    request: Request | None = None,
) -> Assessment:
    """Add a finding to a commitment that has its columns already, and one entry. `by` is who acts, `made_by` whose finding it is.

    Of one that two people made, reasons and sources are those of its `request`, and stand there alone.
    """
    _supersede(commitment, verdict, period)
    return _made(
        commitment, by=by, made_by=made_by, verdict=verdict, reasons=reasons, sources=sources, period=period,
        request=request, commitment=commitment, wording=commitment.title,
        accepted_by_author=assessors(commitment).get(made_by.pk, 0),
        same_office=commitment.agencies.filter(kind=Agency.Kind.COORDINATING_UNIT).exists(),
        verified_progress=commitment.verified_progress,
    )  # fmt: skip


@in_turn
def assess_objective(
    objective: Objective, *, by: User, seen: int, verdict: str, reasons: str, sources: str = ""
) -> Assessment:
    """As `assess`, of an objective, which has no light. `seen` is how many findings it had when it was read."""
    by = permitted("assessment.assess_objective", objective, by=by, reason=reasons)
    earlier = Assessment.objects.filter(objective=objective)
    if earlier.count() != seen:
        raise Stale
    earlier.standing().update(state=Assessment.State.SUPERSEDED)
    return _made(
        objective, by=by, made_by=by, verdict=verdict, reasons=reasons, sources=sources, objective=objective,
        wording=objective.title_es,
    )  # fmt: skip


@in_turn
def answer_assessment(assessment: Assessment, *, by: User, text: str, agency: Agency | None = None) -> Entry:
    """What an agency that it binds says to it, once and in public. `agency` is needed where the person acts for several."""
    reread(assessment, "commitment__project", "objective")
    by = permitted("assessment.answer", assessment, by=by, reason=text)
    agency = _answering(assessment, agency, by=by)
    swap(assessment, assessment.revision, answer=text, agency=agency, answered_by=by, answered_at=clock.now())
    return record(
        "answer", assessment_state(assessment), by=by, office=office_of(by, agency), private={"answer": text},
        dossier=commitment_state(assessment.commitment),  # type: ignore[arg-type]  # only a commitment binds agencies
    )  # fmt: skip


def _answering(assessment: Assessment, agency: Agency | None, *, by: User) -> Agency:
    agencies = agencies_proposing(by, assessment.commitment)  # type: ignore[arg-type]
    return acting_for(agencies, agency, _("Say on behalf of which agency you answer."))


def _supersede(commitment: Commitment, verdict: str, period: date | None) -> None:
    """What is said of the course supersedes no finding at the end; a finding of a period only one of the same."""
    standing = Assessment.objects.standing().filter(commitment=commitment, period=period)
    if verdict not in Assessment.AT_THE_END:
        standing = standing.of_course()
    standing.update(state=Assessment.State.SUPERSEDED)


def _made(item: Commitment | Objective, *, by: User, **columns: Any) -> Assessment:
    made = Assessment(
        code=_code_for(item), made_at=clock.now(), is_fictional=settings.DEMO or by.is_fictional, **columns
    )
    made.save(force_insert=True)
    record(
        "assess", assessment_state(made), by=by, office=office_of(by),
        private={"request": made.request.code} if made.request else {"reasons": made.reasons, "sources": made.sources},
        dossier=commitment_state(item) if isinstance(item, Commitment) else None,
    )  # fmt: skip
    return made


def _code_for(item: Commitment | Objective) -> str:
    """`<commitment's code>-V<n>`, of an objective `OBJ-<number>-V<n>`."""
    stem = item.code if isinstance(item, Commitment) else f"OBJ-{item.number}"
    return next_code(Assessment, f"{stem}-V", item.assessments.count())
