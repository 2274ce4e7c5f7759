from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce, Lower
from django.utils.translation import gettext_lazy as _

from focalpoints.models import Agency
from focalpoints.models.agency import AgencyQuerySet
from focalpoints.models.lines import CodeColumn, LineColumn
from focalpoints.sql.prepared import prepared
from focalpoints.sql.spanish import InSpanish
from principles.models import Objective
from projects.models.commitment_facts import CommitmentFacts
from projects.models.list_rows import AgencyName, CommitmentRow, ListedRows
from projects.models.project import CONTENT_LANGUAGES, Project
from projects.models.querysets import CommitmentAdjectives, keys_of_agencies, text_value


def dossier_of(code: str) -> str:
    """The ledger's name for the dossier of the commitment with this code."""
    return f"commitment:{code}"


class CommitmentQuerySet(CommitmentAdjectives["Commitment"]):
    def for_list(self, on: date) -> ListedRows[CommitmentRow]:
        """The columns that a list shows, with the light of that day: two queries."""
        return ListedRows(self.as_listed(on), CommitmentRow._fields[:-1], _lines)

    def _late_tasks(self, on: date) -> models.QuerySet:
        tasks: Any = Commitment._meta.get_field("tasks").related_model._default_manager
        return tasks.late(on).filter(commitment=models.OuterRef("pk"))

    def _naming(self, agencies: AgencyQuerySet | Sequence[int]) -> Q:
        return Q(pk__in=Commitment.agencies.through.objects.filter(agency__in=agencies).values("commitment"))

    def of_sector(self, key: str) -> "CommitmentQuerySet":
        """Its agencies are found first: PostgreSQL would guess two instead of thirteen, and sort all that name them."""
        return self.naming(agencies_of_sector(key))

    def with_sector(self) -> "CommitmentQuerySet":
        return self.filter(agencies__isnull=False).annotate(sector=Coalesce("agencies__parent", "agencies"))

    def heads(self) -> models.QuerySet:
        return Agency.objects.values("pk", "key", "acronym", "name")

    def for_due_soon(self) -> "CommitmentQuerySet":
        keys = keys_of_agencies(Commitment.agencies.through.objects.all(), "pk")
        return self.annotate(kind=text_value("commitment"), commitment=models.F("pk"), agency_keys=keys)


@prepared("key")
def agencies_of_sector(key: str) -> models.QuerySet[Agency, int]:
    return Agency.objects.filter(Q(key=key) | Q(parent__key=key)).order_by().values_list("pk", flat=True)


def _lines(rows: list[tuple]) -> list[CommitmentRow]:
    return with_agencies([CommitmentRow(*row) for row in rows])


def with_agencies(rows: list[CommitmentRow]) -> list[CommitmentRow]:
    """These rows with the agencies that each names, by acronym: one query."""
    named: dict[int, list[AgencyName]] = {}
    for commitment, *agency in _named(tuple([row.pk for row in rows])):
        named.setdefault(commitment, []).append(AgencyName(*agency))
    return [row._replace(named=tuple(named.get(row.pk, ()))) for row in rows]


@prepared("commitments")
def _named(commitments: tuple[int, ...]) -> models.QuerySet[models.Model, tuple]:
    links = Commitment.agencies.through.objects.filter(commitment__in=commitments)
    columns = ("commitment_id", "agency__key", "agency__acronym", "agency__name")
    return links.order_by(InSpanish("agency__acronym"), InSpanish("agency__name")).values_list(*columns)


class Commitment(CommitmentFacts):
    """A public promise: what, by when, and by which agencies. What was never published stays empty and is shown as missing."""

    code = CodeColumn(_("code"), max_length=40, unique=True)
    project = models.ForeignKey(Project, models.PROTECT, related_name="commitments", verbose_name=_("project"))
    title = LineColumn(_("what was promised"), max_length=300)
    language = models.CharField(_("language of the title"), max_length=2, choices=CONTENT_LANGUAGES, default="es")
    agencies = models.ManyToManyField(Agency, blank=True, related_name="commitments", verbose_name=_("agencies"))
    recurrence_month = models.PositiveSmallIntegerField(
        _("month in which it falls due each year"), null=True, blank=True
    )
    # The day of the month on which its periods fall due, set with the first task: 31 stands for the last (`projects/periods.py`).
    series_day = models.PositiveSmallIntegerField(null=True, editable=False)
    printed_status = LineColumn(
        _("status as printed by the government"),
        max_length=40,
        blank=True,
        help_text=_("The government's own dated statement: neither claimed nor verified here."),
    )
    note = models.CharField(_("note"), max_length=600, blank=True)
    source = models.CharField(_("source"), max_length=600, blank=True)
    # Withdrawn because another one takes its place.
    replaced_by = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="replaces",
        editable=False,
        verbose_name=_("replaced by"),
        db_index=False,
    )
    # The keys of agencies that it bound once and that had no task when it no longer did.
    left_out = models.JSONField(default=list, editable=False)
    # What was promised first. A trigger keeps it.
    first_title = LineColumn(max_length=300, editable=False)
    revision = models.PositiveIntegerField(default=0)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        verbose_name = _("commitment")
        constraints = [
            *CommitmentFacts.Meta.constraints,
            models.CheckConstraint(condition=~Q(code="") & ~Q(title=""), name="commitment_has_code_and_title"),
            models.UniqueConstraint(Lower("code"), name="commitment_code_is_unique_in_any_case"),
            models.CheckConstraint(
                condition=Q(binds__in=["named", "all", "none published"]), name="commitment_binds_is_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    recurrence="yearly",
                    recurrence_month__isnull=False,
                    recurrence_month__gte=1,
                    recurrence_month__lte=12,
                )
                | (~Q(recurrence="yearly") & Q(recurrence_month=None)),
                name="commitment_yearly_has_a_month",
            ),
            models.CheckConstraint(condition=Q(state__in=["active", "cancelled"]), name="commitment_state_is_known"),
        ]
        indexes = [
            models.Index(fields=["due", "id"], name="commitment_due"),
            models.Index(fields=["light_due", "id"], name="commitment_light_due"),
            models.Index(fields=["light_due"], condition=Q(withdrawn_late=True), name="commitment_withdrawn_late"),
            models.Index(
                fields=["verified_on", "id"], condition=Q(tasks_open=0, finding=""), name="commitment_to_assess"
            ),
            models.Index(fields=["project", "due", "id"], name="commitment_project_due"),
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.title}"

    @property
    def objective(self) -> Objective | None:
        """Its project's objective."""
        return self.project.objective

    @property
    def named(self) -> list[Agency]:
        """Its agencies, under the name that a `CommitmentVersion` and a list's row have for them."""
        return list(self.agencies.all())

    @property
    def dossier(self) -> str:
        """The ledger's name for the dossier under which its entries, and those of its tasks and follow-ups, are filed."""
        return dossier_of(self.code)
