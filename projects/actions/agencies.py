"""What registering or closing an agency does to the commitments that bind it."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from focalpoints.ledger.record import EntryFacts, record_all
from focalpoints.models import Agency, Entry
from focalpoints.sql.writing import together
from projects.actions.commitment_progress import leave_out, roll_up
from projects.commitment_sums import counts_of
from projects.facts import commitment_naming
from projects.models import Commitment, Task


def recount(agency: Agency, entry: Entry) -> None:
    """Count again which agencies have no task yet, in the turn of the verb on `agency`, and in the name of who acted in its `entry`.

    A commitment whose count changes gets an entry of its own, so that its page, its versions and its history say why.
    """
    commitments = list(_affected(agency).select_related("project").order_by("pk"))
    counts = counts_of(commitments)
    changed = [row for row in commitments if counts[row.pk].owing.missing != row.agencies_without_task]
    private = {"agency": agency.key, "entry": entry.seq}
    with together():
        for commitment in changed:
            count = leave_out(commitment, counts[commitment.pk], {agency.pk} if agency.is_closed else set())
            roll_up(commitment, count)
        told = [EntryFacts(commitment_naming(row, counts[row.pk].named), None, private) for row in changed]
        record_all("recount", told, by=entry.by, office=entry.office, rows=changed)


def _affected(agency: Agency) -> QuerySet[Commitment]:
    """Active commitments that bind it, by name or along with all, and count no task of it."""
    task = Task.objects.counted().filter(commitment=OuterRef("pk"), agency=agency)
    bound = Q(binds=Commitment.Binds.ALL) | Q(pk__in=agency.commitments.order_by().values("pk"))
    return Commitment.objects.filter(Commitment.ACTIVE, bound, ~Exists(task))
