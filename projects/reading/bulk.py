"""Which follow-ups may be decided together with others, by the rule that `projects/jumps.py` publishes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import F, FilteredRelation, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from focalpoints.models import User
from focalpoints.sql.prepared import prepared
from focalpoints.workflow import StrOrPromise
from projects.jumps import is_looked_at
from projects.models import Evidence, FollowUp

UNPROVEN = _("It claims 100 %, a step back or a large jump and has no evidence: decide it on its own page.")
UNOPENED = _("It claims 100 %, a step back or a large jump: open its evidence from the queue before you tick it.")


class Claim(NamedTuple):
    """A follow-up that waits: what it claims beside what was verified, and since when. `in_one_step`: its task is of a period."""

    pk: int
    progress: int
    verified: int | None
    in_one_step: bool
    sent_at: datetime


class Proof(NamedTuple):
    key: UUID
    title: str


class Tick(NamedTuple):
    """Whether it can be ticked. `why_not` says what stands in the way; `unopened` is the evidence to open first."""

    why_not: StrOrPromise = ""
    unopened: tuple[Proof, ...] = ()


FREE = Tick()


class ProofRow(NamedTuple):
    follow_up_id: int
    key: UUID
    title: str
    opened_at: datetime | None


def claim_of(follow_up: FollowUp) -> Claim:
    """Of one that was sent, with its task."""
    task = follow_up.task
    progress, sent_at = follow_up.progress or 0, follow_up.submitted_at
    if sent_at is None:
        raise ValueError(f"{follow_up.code} was never sent.")
    return Claim(follow_up.pk, progress, task.verified_progress, task.period is not None, sent_at)


def ticks(user: User, claims: Iterable[Claim]) -> dict[int, Tick]:
    """By the follow-up's key. An opening counts for whoever opened, and for what was sent before it. One query, or none."""
    claims = list(claims)
    looked_at = [one for one in claims if is_looked_at(one.verified, one.progress, in_one_step=one.in_one_step)]
    found = {one.pk: FREE for one in claims}
    if not looked_at:
        return found
    proofs: dict[int, list[ProofRow]] = defaultdict(list)
    for proof in _proofs(tuple(sorted(one.pk for one in looked_at)), user.pk):
        proofs[proof.follow_up_id].append(proof)
    for one in looked_at:
        found[one.pk] = _tick(proofs[one.pk], one.sent_at)
    return found


def _tick(proofs: Sequence[ProofRow], sent_at: datetime) -> Tick:
    if not proofs:
        return Tick(UNPROVEN)
    unopened = [proof for proof in proofs if proof.opened_at is None or proof.opened_at < sent_at]
    return Tick(UNOPENED, tuple(Proof(proof.key, proof.title) for proof in unopened)) if unopened else FREE


@prepared("keys", "person", row=ProofRow)
def _proofs(keys: tuple[int, ...], person: int) -> QuerySet[Evidence]:
    opened = FilteredRelation("openings", condition=Q(openings__person=person))
    shown = Evidence.objects.filter(follow_up__in=keys, redaction="", is_hidden=False).order_by("pk")
    return shown.annotate(opened=opened).annotate(opened_at=F("opened__at"))
