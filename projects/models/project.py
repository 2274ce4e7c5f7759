from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from focalpoints.models import Agency
from focalpoints.models.lines import CodeColumn, LineColumn
from focalpoints.sql.spanish import InSpanish
from principles.models import Enabler, Objective, Principle

CONTENT_LANGUAGES = [("es", "Español"), ("en", "English")]


class ProjectQuerySet(models.QuerySet["Project"]):
    def serving(self, **principle: Any) -> Self:
        """Of which the OECD sheet prints an activity under that principle, or which the coordination office linked to it."""
        of = {f"principle__{name}": value for name, value in principle.items()}
        printed, linked = (
            rows.filter(**of).order_by().values("project") for rows in (Activity.objects, FrameLink.objects)
        )
        return self.filter(Q(pk__in=printed) | Q(pk__in=linked))

    def standing_on(self, enabler: int) -> Self:
        """Whose main enabler has that number, or which the coordination office linked to it."""
        linked = FrameLink.objects.filter(enabler__number=enabler).order_by().values("project")
        return self.filter(Q(enabler__number=enabler) | Q(pk__in=linked))


class Project(models.Model):
    """A programme, platform, policy or body that carries the strategy out. Every commitment belongs to one."""

    class Kind(models.TextChoices):
        PROGRAMME = "programme", _("Programme")
        PLATFORM = "platform", _("Platform")
        POLICY = "policy", _("Policy")
        LEGAL_INSTRUMENT = "legal instrument", _("Legal instrument")
        GOVERNANCE_BODY = "governance body", _("Governance body")
        INTERNATIONAL = "international co-operation", _("International co-operation")

    class Phase(models.TextChoices):
        DRAFT = "draft", _("Preliminary project")
        DEFINITION = "definition", _("Definition")
        PLANNING = "planning", _("Planning")
        EXECUTION = "execution", _("Execution")
        CLOSING = "closing", _("Closing")
        COMPLETED = "completed", _("Completed")
        FROZEN = "frozen", _("Frozen")

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        CANCELLED = "cancelled", _("Cancelled")

    slug = CodeColumn(_("short address"), max_length=60, unique=True)
    title = LineColumn(_("title"), max_length=200)
    language = models.CharField(_("language of the title"), max_length=2, choices=CONTENT_LANGUAGES, default="es")
    kind = models.CharField(_("kind"), max_length=30, choices=Kind)
    phase = models.CharField(_("phase"), max_length=20, choices=Phase, blank=True)
    lead_agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="led_projects", verbose_name=_("lead agency")
    )
    partner_agencies = models.ManyToManyField(
        Agency, blank=True, related_name="partnered_projects", verbose_name=_("partner agencies")
    )
    objective = models.ForeignKey(
        Objective,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="projects",
        verbose_name=_("objective"),
        limit_choices_to={"parent": None},
    )
    enabler = models.ForeignKey(
        Enabler, models.PROTECT, null=True, blank=True, related_name="projects", verbose_name=_("enabler")
    )
    note = LineColumn(_("note"), max_length=400, blank=True)
    source = LineColumn(_("source"), max_length=400, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    cancel_reason = models.CharField(_("reason for cancelling"), max_length=400, blank=True)
    revision = models.PositiveIntegerField(default=0)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = [InSpanish("title")]
        verbose_name = _("project")
        constraints = [
            models.CheckConstraint(condition=~Q(slug="") & ~Q(title=""), name="project_has_slug_and_title"),
            models.UniqueConstraint(Lower("slug"), name="project_slug_is_unique_in_any_case"),
            models.CheckConstraint(
                condition=Q(state="active", cancel_reason="") | (Q(state="cancelled") & ~Q(cancel_reason="")),
                name="project_is_cancelled_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_cancelled(self) -> bool:
        return self.state == self.State.CANCELLED


class Activity(models.Model):
    """An activity under a principle, as the OECD sheet prints it, and the project that it is about."""

    principle = models.ForeignKey(Principle, models.PROTECT, related_name="activities", verbose_name=_("principle"))
    order = models.PositiveSmallIntegerField()
    project = models.ForeignKey(Project, models.PROTECT, related_name="activities", verbose_name=_("project"))
    as_printed = LineColumn(max_length=400)
    language = models.CharField(max_length=2, choices=CONTENT_LANGUAGES, default="es")

    class Meta:
        ordering = ["principle__number", "order"]
        constraints = [
            models.UniqueConstraint(fields=["principle", "order"], name="activity_order_is_unique"),
            models.UniqueConstraint(fields=["principle", "project"], name="project_is_linked_once_to_a_principle"),
        ]

    def __str__(self) -> str:
        return self.as_printed


class FrameLink(models.Model):
    """What a project serves besides what the OECD sheet prints and its main objective and enabler, as the coordination office says."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="frame_links", verbose_name=_("project"))
    principle = models.ForeignKey(
        Principle, models.PROTECT, null=True, related_name="frame_links", verbose_name=_("principle")
    )
    objective = models.ForeignKey(
        Objective, models.PROTECT, null=True, related_name="frame_links", verbose_name=_("objective")
    )
    enabler = models.ForeignKey(
        Enabler, models.PROTECT, null=True, related_name="frame_links", verbose_name=_("enabler")
    )
    since = models.DateField()

    class Meta:
        ordering = ["principle__number", "objective__parent__number", "objective__number", "enabler__number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(principle__isnull=False, objective=None, enabler=None)
                | Q(principle=None, objective__isnull=False, enabler=None)
                | Q(principle=None, objective=None, enabler__isnull=False),
                name="frame_link_is_to_one_thing",
            ),
            models.UniqueConstraint(fields=["project", "principle"], name="frame_link_to_a_principle_is_unique"),
            models.UniqueConstraint(fields=["project", "objective"], name="frame_link_to_an_objective_is_unique"),
            models.UniqueConstraint(fields=["project", "enabler"], name="frame_link_to_an_enabler_is_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} ({self.since})"
