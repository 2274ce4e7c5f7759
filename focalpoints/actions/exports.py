"""The verb on exports: what not everybody may read leaves only once it is written down who takes it.

It leaves no ledger entry: that somebody read a list changes nothing that was promised, done or decided.
"""

from django.utils import timezone

from focalpoints import clock
from focalpoints.models import Export, User
from focalpoints.workflow import beside_the_ledger, permitted


@beside_the_ledger
def begin_export(*, by: User, table: str, filters: str, file_format: str) -> Export:
    """Write down that this person takes the table away. Raises PermissionDenied where they may no longer read it."""
    asked = Export(table=table, filters=filters, format=file_format, at=clock.now(), recorded_at=timezone.now())
    asked.person = permitted("export.begin", asked, by=by)
    asked.save(force_insert=True)
    return asked


@beside_the_ledger
def end_export(export: Export, *, rows: int, is_whole: bool) -> None:
    """Add how it ended; the first to say so counts."""
    state = Export.State.WHOLE if is_whole else Export.State.BROKEN
    Export.objects.filter(pk=export.pk, ended_at=None).update(state=state, rows=rows, ended_at=timezone.now())
