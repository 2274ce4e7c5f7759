"""Why a commitment or task ended: where a colleague decided on it, its reason stands in the request, and nowhere else."""

from django.db.models import QuerySet

from focalpoints.sql.prepared import prepared
from projects.models import Commitment, Request, Task

_K = Request.Kind


def request_that_ended(item: Commitment | Task) -> Request | None:
    """One query for what ended by one; none for what is open, or was ended by one person, whose reason is its own."""
    if isinstance(item, Task):
        found = _of_task(item.pk) if item.has_ended and not item.reason else []
    else:
        found = _of_commitment(item.pk) if item.is_cancelled else []
    return found[0] if found else None


@prepared("task")
def _of_task(task: int) -> QuerySet[Request]:
    return Request.objects.filter(task=task, kind=_K.CANCELLATION, state=Request.State.APPROVED)


@prepared("commitment")
def _of_commitment(commitment: int) -> QuerySet[Request]:
    return Request.objects.filter(commitment=commitment, task=None, kind=_K.WITHDRAWAL, state=Request.State.APPROVED)
