"""What registering or closing an agency does to the commitments that bind it."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from focalpoints.ledger.record import record
from focalpoints.models import Agency, Entry
from projects.actions.commitment_progress import roll_up
from projects.facts import commitment_state
from projects.models import Commitment, Task


def recount(agency: Agency, entry: Entry) -> None:
    """Count again which agencies have no task yet, in the turn of the verb on `agency`, and in the name of who acted in its `entry`.

    A commitment whose count changes gets an entry of its own, so that its page, its versions and its history say why.
    """
    for commitment in _affected(agency).select_related("project").order_by("pk"):
        before = commitment.agencies_without_task
        roll_up(commitment)
        if commitment.agencies_without_task != before:
            record(
                "recount",
                commitment_state(commitment),
                by=entry.by,
                office=entry.office,
                private={"agency": agency.key, "entry": entry.seq},
            )


def _affected(agency: Agency) -> QuerySet[Commitment]:
    """Active commitments that bind it, by name or along with all, and count no task of it."""
    task = Task.objects.counted().filter(commitment=OuterRef("pk"), agency=agency)
    bound = Q(binds=Commitment.Binds.ALL) | Q(pk__in=agency.commitments.order_by().values("pk"))
    return Commitment.objects.filter(Commitment.ACTIVE, bound, ~Exists(task))
