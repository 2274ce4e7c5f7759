"""What one coordinator alone decided, because for ten business days nobody else did."""

from datetime import date, timedelta

from focalpoints import clock
from projects.models import Request
from projects.models.querysets import CommitmentAdjectives
from projects.reading.slippage import public


def decided_alone[Rows: CommitmentAdjectives](rows: Rows, on: date) -> Rows:
    """The commitments, or their versions, of which a request that everybody may see, its own or a task's, was so decided by that day."""
    alone = public(Request.objects.filter(decided_alone=True, decided_at__lt=clock.start_of(on + timedelta(days=1))))
    return rows.filter(**{f"{rows.COMMITMENT}__in": alone.order_by().values("commitment")})
