"""The story's findings on whole commitments, and what one changes."""

from collections.abc import Iterator
from datetime import date, datetime
from random import Random
from typing import Any

from edn_portal.scale import words
from edn_portal.scale.bulk_rows import BulkRows
from edn_portal.scale.in_memory import CommitmentNow, FindingNow
from edn_portal.scale.rows import Filled
from focalpoints.models import User
from projects.models import Assessment
from projects.workflow import may_find_course, may_find_end, says_more

V, S = Assessment.Verdict, Assessment.State


def new_finding(
    commitment: CommitmentNow, at: datetime, by: User, rows: BulkRows, rng: Random, verdict: str = ""
) -> FindingNow:
    """That verdict, or one that the verb would take on that day. At the end it gives the commitment its light."""
    made = FindingNow(
        pk=rows.new_key(Assessment),
        code=f"{commitment.code}-V{len(commitment.findings) + 1}",
        commitment=commitment,
        verdict=verdict or _verdict(commitment, at.date(), rng),
        wording=commitment.title,
        reasons=rng.choice(words.FINDINGS),
        made_by=by,
        made_at=at,
        verified_progress=commitment.verified_progress,
    )
    is_end = made.verdict in Assessment.AT_THE_END
    for earlier in commitment.findings:
        if earlier.state == S.STANDING and (is_end or earlier.verdict in Assessment.OF_COURSE):
            earlier.state = S.SUPERSEDED
    commitment.findings.append(made)
    if is_end:
        commitment.finding, commitment.found_on = made.verdict, at.date()
    return made


def _verdict(commitment: CommitmentNow, on: date, rng: Random) -> str:
    # The rules of a model's row read the same names here.
    now: Any = commitment
    if may_find_course(now, on):
        return rng.choice([V.ON_COURSE, V.ON_COURSE, V.CONCERN, V.OFF_COURSE])
    if may_find_end(now, on) and not commitment.tasks_open and not says_more(now):
        return rng.choice([V.FULFILLED, V.FULFILLED, V.FULFILLED, V.PARTLY])
    return rng.choice([V.PARTLY, V.NOT_FULFILLED])


def finding_rows(commitment: CommitmentNow) -> Iterator[Filled]:
    for now in commitment.findings:
        yield Assessment, {
            "id": now.pk, "code": now.code, "commitment_id": commitment.pk, "verdict": now.verdict,
            "request_id": now.request[0] if now.request else None,
            "reasons": now.reasons, "wording": now.wording, "made_by_id": now.made_by.pk, "made_at": now.made_at,
            "verified_progress": now.verified_progress, "state": now.state, "set_aside_from": now.set_aside_from,
            "is_fictional": True, "sources": "", "answer": "", "accepted_by_author": 0, "same_office": False, "revision": 0,
        }  # fmt: skip
