from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from focalpoints.models import Agency
from focalpoints.models.agency import AgencyQuerySet
from focalpoints.text import fold
from projects.lights import COMMITMENT_RULE, with_light

from .project import CONTENT_LANGUAGES, Project

FULFILLED = Q(tasks_open=0, tasks_fulfilled__gt=0, agencies_without_task=0)
# Neither cancelled nor verified as fulfilled.
OWED = Q(state="active") & ~FULFILLED


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    def overdue(self, on: date) -> "CommitmentQuerySet":
        """Still owed though its own date has passed, whatever its agencies claim."""
        return self.filter(OWED, due__lt=on)

    def due_between(self, first: date, last: date) -> "CommitmentQuerySet":
        """Still owed, and its own date is within these days (both count)."""
        return self.filter(OWED, due__gte=first, due__lte=last)

    def with_light(self, on: date) -> "CommitmentQuerySet":
        """Annotate `light`, computed by the database."""
        return with_light(self, COMMITMENT_RULE, on)  # type: ignore[return-value]

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


class Commitment(models.Model):
    """What was promised in public, by when, and by which agencies. Facts that were never published are shown as missing.

    `tasks_*`, `*_progress`, `has_obstacle`, `next_due`, `claimed_on`, `verified_on` are facts rolled up from its tasks by the verbs
    (`actions.roll_up`), so that boards count and sort them in the database.
    """

    class Binds(models.TextChoices):
        NAMED = "named", _("Named agencies")
        ALL = "all", _("Every agency")
        NONE_PUBLISHED = "none published", _("No agency was published")

    class Recurrence(models.TextChoices):
        ONCE = "", _("Once")
        YEARLY = "yearly", _("Every year")
        QUARTERLY = "quarterly", _("Every quarter")

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        CANCELLED = "cancelled", _("Cancelled")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    project = models.ForeignKey(Project, models.PROTECT, related_name="commitments", verbose_name=_("project"))
    title = models.CharField(_("what was promised"), max_length=300)
    language = models.CharField(_("language of the title"), max_length=2, choices=CONTENT_LANGUAGES, default="es")
    binds = models.CharField(_("who answers for it"), max_length=20, choices=Binds)
    agencies = models.ManyToManyField(Agency, blank=True, related_name="commitments", verbose_name=_("agencies"))
    starts = models.DateField(_("start"), null=True, blank=True)
    due = models.DateField(_("due date"), null=True, blank=True)
    baseline_due = models.DateField(_("baseline date"), null=True, blank=True, editable=False)
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
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    cancel_reason = models.CharField(_("reason for cancelling"), max_length=400, blank=True)

    tasks_open = models.PositiveIntegerField(default=0, editable=False)
    tasks_fulfilled = models.PositiveIntegerField(default=0, editable=False)
    # Open, and not even claimed at 100 %.
    tasks_unclaimed = models.PositiveIntegerField(default=0, editable=False)
    # Bound by it, and no task of theirs is counted: as long as there are any, it is not fulfilled.
    agencies_without_task = models.PositiveIntegerField(default=0, editable=False)
    claimed_progress = models.PositiveSmallIntegerField(null=True, editable=False)
    claimed_on = models.DateField(null=True, editable=False)
    verified_progress = models.PositiveSmallIntegerField(null=True, editable=False)
    verified_on = models.DateField(null=True, editable=False)
    has_obstacle = models.BooleanField(default=False, editable=False)
    next_due = models.DateField(null=True, editable=False)
    revision = models.PositiveIntegerField(default=0)
    search = models.CharField(max_length=400, editable=False)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        verbose_name = _("commitment")
        constraints = [
            models.CheckConstraint(condition=~Q(code="") & ~Q(title=""), name="commitment_has_code_and_title"),
            models.CheckConstraint(
                condition=Q(binds__in=["named", "all", "none published"]), name="commitment_binds_is_known"
            ),
            models.CheckConstraint(
                condition=Q(due=None, baseline_due=None) | Q(due__isnull=False, baseline_due__isnull=False),
                name="commitment_due_has_a_baseline",
            ),
            models.CheckConstraint(
                condition=Q(starts=None) | Q(due=None) | Q(due__gte=models.F("starts")),
                name="commitment_is_due_after_it_starts",
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
            models.CheckConstraint(
                condition=(Q(claimed_progress=None) | Q(claimed_progress__lte=100))
                & (Q(verified_progress=None) | Q(verified_progress__lte=100)),
                name="commitment_progress_is_a_percent",
            ),
        ]
        indexes = [
            models.Index(fields=["due", "id"], name="commitment_due"),
            models.Index(fields=["project", "due", "id"], name="commitment_project_due"),
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.title}"

    @property
    def is_cancelled(self) -> bool:
        return self.state == self.State.CANCELLED

    @property
    def tasks_total(self) -> int:
        """Confirmed and not cancelled."""
        return self.tasks_open + self.tasks_fulfilled

    @property
    def dossier(self) -> str:
        """The ledger's name for it: its tasks' and follow-ups' entries are filed here."""
        return f"commitment:{self.code}"

    def search_text(self) -> str:
        return fold(f"{self.code} {self.title}")[:400]
