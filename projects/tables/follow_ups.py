"""The table of accepted follow-ups: their texts are public, and nobody is named."""

from collections.abc import Iterator

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from focalpoints.tables.column import Column
from focalpoints.tables.table import Table, TableReader, TableRow
from focalpoints.tables.xlsx_file import counted
from projects.models import FollowUp
from projects.tables.words import FICTIONAL, ROWS_READ_AT_ONCE, around_code

COLUMNS = (
    Column("code", _("Code"), "code"),
    Column("task", _("Task (code)"), "code"),
    Column("task_title", _("Task"), "text"),
    Column("commitment", _("Commitment (code)"), "code"),
    Column("agency", _("Agency"), "text", describes=_("Which reported: its acronym, or its name where there is none.")),
    Column("agency_key", _("Agency (key)"), "code"),
    Column("progress", _("Progress"), "percent", "%", _("Claimed by the agency, and verified by the acceptance.")),
    Column("submitted_at", _("Sent"), "instant"),
    Column("accepted_at", _("Accepted"), "instant"),
    Column("same_office", _("Reviewed by its own office"), "boolean"),
    Column("in_bulk", _("Accepted en bloc"), "boolean", describes=_("Together with others, by one press.")),
    Column("evidence", _("Pieces of evidence"), "integer", describes=_("That everybody can see.")),
    Column("done", _("What was done"), "text"),
    Column("next_step", _("Next step"), "text"),
    Column("obstacle", _("Obstacle"), "text"),
    Column("is_redacted", _("Redacted"), "boolean", describes=_("Its texts were emptied on a legal basis.")),
    FICTIONAL,
    Column("url", _("Page"), "url"),
)
_READ = (
    "code", "task__code", "task__title", "task__commitment__code", "agency__acronym", "agency__name", "agency__key", "progress",
    "submitted_at", "decided_at", "same_office", "in_bulk", "evidence_count", "done", "next_step", "obstacle", "is_redacted",
    "is_fictional",
)  # fmt: skip


def follow_up_rows() -> Iterator[TableRow]:
    """All that were accepted and that everybody may read, in the order in which they were begun."""
    before, after = around_code("projects:follow_up_detail")
    for (
        code, task, title, commitment, acronym, agency, *others
    ) in _accepted().values_list(*_READ).iterator(ROWS_READ_AT_ONCE):  # fmt: skip
        yield (
            code, task, title, commitment, acronym or agency, *others, f"{before}{code}{after}",
        )  # fmt: skip


def _accepted() -> QuerySet[FollowUp]:
    shown = Count("evidence", filter=Q(evidence__redaction="", evidence__is_hidden=False))
    proofs = FollowUp.objects.filter(pk=OuterRef("pk")).order_by().values("pk").annotate(count=shown).values("count")
    return FollowUp.objects.accepted().filter(FollowUp.PUBLIC).annotate(evidence_count=Subquery(proofs)).order_by("pk")


def _all(asked: TableReader) -> Iterator[TableRow]:
    return follow_up_rows()


TABLE = Table(
    name="follow_ups",
    title=_("Accepted follow-ups"),
    describes=_("Every follow-up that the coordination office accepted: what the agency reported, when, and how much of it has evidence."),
    columns=COLUMNS,
    rows=_all,
    download="projects:follow_up_download",
    count=lambda: counted(_accepted()),
)  # fmt: skip
