from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from focalpoints.models import Agency
from focalpoints.models.agency import AgencyQuerySet
from focalpoints.text import fold

from .commitment_facts import CommitmentFacts
from .project import CONTENT_LANGUAGES, Project
from .rows import CommitmentRows


class CommitmentQuerySet(CommitmentRows["Commitment"]):
    def for_list(self, on: date) -> "CommitmentQuerySet":
        """What a row of a list shows, and nothing else: two queries."""
        agencies = Agency.objects.only("pk", "key", "acronym", "name").order_by("acronym", "name")
        return (
            self.with_light(on)
            .select_related("project")
            .prefetch_related(models.Prefetch("agencies", agencies))
            .only(
                "code", "title", "language", "binds", "due", "next_due", "claimed_progress", "verified_progress",
                "project__slug", "project__title", "project__language",
            )
            .fetch_mode(models.FETCH_RAISE)
        )  # fmt: skip

    def matching(self, text: str) -> "CommitmentQuerySet":
        """Each word occurs in its code or title, in its project's title, or is a named agency's acronym; case and accents do not count."""
        found = self
        for word in fold(text).split():
            # An agency's search text begins with its acronym.
            agencies = Agency.objects.exclude(acronym="").filter(search__startswith=f"{word} ")
            found = found.filter(
                Q(search__contains=word)
                | Q(project__in=Project.objects.filter(search__contains=word).order_by())
                | Q(pk__in=_named(agencies))
            )
        return found

    def naming(self, agencies: AgencyQuerySet) -> "CommitmentQuerySet":
        """Those in which one of these agencies is named; what binds every agency names none."""
        return self.filter(pk__in=_named(agencies))


def _named(agencies: AgencyQuerySet) -> models.QuerySet:
    """A set that the database hashes once; an Exists would be asked again for each row."""
    return Commitment.agencies.through.objects.filter(agency__in=agencies.order_by()).values("commitment")


class Commitment(CommitmentFacts):
    """What was promised in public, by when, and by which agencies. Facts that were never published are shown as missing."""

    class Recurrence(models.TextChoices):
        ONCE = "", _("Once")
        YEARLY = "yearly", _("Every year")
        QUARTERLY = "quarterly", _("Every quarter")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    project = models.ForeignKey(Project, models.PROTECT, related_name="commitments", verbose_name=_("project"))
    title = models.CharField(_("what was promised"), max_length=300)
    language = models.CharField(_("language of the title"), max_length=2, choices=CONTENT_LANGUAGES, default="es")
    agencies = models.ManyToManyField(Agency, blank=True, related_name="commitments", verbose_name=_("agencies"))
    recurrence = models.CharField(_("recurrence"), max_length=10, choices=Recurrence, blank=True)
    recurrence_month = models.PositiveSmallIntegerField(
        _("month in which it falls due each year"), null=True, blank=True
    )
    printed_status = models.CharField(
        _("status as printed by the government"),
        max_length=40,
        blank=True,
        help_text=_("The government's own dated statement: neither claimed nor verified here."),
    )
    note = models.CharField(_("note"), max_length=600, blank=True)
    source = models.CharField(_("source"), max_length=600, blank=True)
    cancel_reason = models.CharField(_("reason for cancelling"), max_length=400, blank=True)
    revision = models.PositiveIntegerField(default=0)
    search = models.CharField(max_length=400, editable=False)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        verbose_name = _("commitment")
        constraints = [
            *CommitmentFacts.Meta.constraints,
            models.CheckConstraint(condition=~Q(code="") & ~Q(title=""), name="commitment_has_code_and_title"),
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
            models.CheckConstraint(
                condition=Q(state="active", cancel_reason="") | (Q(state="cancelled") & ~Q(cancel_reason="")),
                name="commitment_is_cancelled_with_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["due", "id"], name="commitment_due"),
            models.Index(fields=["project", "due", "id"], name="commitment_project_due"),
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.title}"

    @property
    def dossier(self) -> str:
        """The ledger's name for it: its tasks' and follow-ups' entries are filed here."""
        return f"commitment:{self.code}"

    def search_text(self) -> str:
        return fold(f"{self.code} {self.title}")[:400]
