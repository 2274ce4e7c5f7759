from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from focalpoints.models import Agency, User
from principles.models import Objective
from projects.models.commitment import Commitment
from projects.models.commitment_facts import CommitmentFacts
from projects.models.request import Request


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def standing(self) -> "AssessmentQuerySet":
        return self.filter(state=Assessment.State.STANDING)

    def at_the_end(self) -> "AssessmentQuerySet":
        """Of the whole promise: what gives a commitment its light."""
        return self.filter(verdict__in=CommitmentFacts.Finding.values, period=None)

    def of_course(self) -> "AssessmentQuerySet":
        return self.exclude(verdict__in=CommitmentFacts.Finding.values)

    def worded(self) -> "AssessmentQuerySet":
        """Annotate `words` and `cited`: reasons and sources as everybody may read them, of its request where it has one."""
        own, hidden = Q(request=None), When(request__is_hidden=True, then=Value(""))
        cited = Coalesce(KeyTextTransform("sources", "request__wanted"), Value(""), output_field=models.TextField())
        return self.annotate(
            words=Case(
                When(own, then=F("reasons")), hidden, default=F("request__reason"), output_field=models.TextField()
            ),
            cited=Case(When(own, then=F("sources")), hidden, default=cited, output_field=models.TextField()),
        )


class Assessment(models.Model):
    """A coordinator's dated finding on a whole commitment or objective, with reasons and sources, in public.

    A later one supersedes it; what makes it untrue sets it aside. Its words are never overwritten.
    """

    class Verdict(models.TextChoices):
        ON_COURSE = "on_course", pgettext_lazy("finding", "On course")
        CONCERN = "concern", pgettext_lazy("finding", "Concern")
        OFF_COURSE = "off_course", pgettext_lazy("finding", "Off course")
        FULFILLED = "fulfilled", pgettext_lazy("finding", "Fulfilled")
        PARTLY = "partly", pgettext_lazy("finding", "Partly fulfilled")
        NOT_FULFILLED = "not_fulfilled", pgettext_lazy("finding", "Not fulfilled")

    class State(models.TextChoices):
        STANDING = "standing", pgettext_lazy("finding", "In force")
        SUPERSEDED = "superseded", pgettext_lazy("finding", "Superseded by a later one")
        SET_ASIDE = "set aside", pgettext_lazy("finding", "Set aside")

    # Before the end they change no light; at the end they are the light.
    OF_COURSE = (Verdict.ON_COURSE, Verdict.CONCERN, Verdict.OFF_COURSE)
    AT_THE_END = (Verdict.FULFILLED, Verdict.PARTLY, Verdict.NOT_FULFILLED)

    code = models.SlugField(max_length=80, unique=True)
    commitment = models.ForeignKey(
        Commitment, models.PROTECT, null=True, related_name="assessments", verbose_name=_("commitment")
    )
    objective = models.ForeignKey(
        Objective, models.PROTECT, null=True, related_name="assessments", verbose_name=_("objective")
    )
    # The due date of the period of a recurring commitment that it judges. Such a finding gives the commitment no light.
    period = models.DateField(_("period that fell due on"), null=True)
    verdict = models.CharField(_("finding"), max_length=15, choices=Verdict)
    # The request that a colleague let through: reasons and sources stand there, and nowhere else.
    request = models.OneToOneField(
        Request, models.PROTECT, null=True, related_name="assessment", verbose_name=_("request")
    )
    reasons = models.TextField(_("reasons"), max_length=3000, blank=True)
    sources = models.TextField(_("sources"), max_length=2000, blank=True)
    # What was promised, in the words that it judged.
    wording = models.CharField(_("wording that it judged"), max_length=300)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="assessments")
    made_at = models.DateTimeField()
    # How many of the commitment's follow-ups of 100 % its author had accepted: 0 unless everybody had accepted some.
    accepted_by_author = models.PositiveIntegerField(default=0)
    same_office = models.BooleanField(default=False)
    # What was verified when it was made.
    verified_progress = models.PositiveSmallIntegerField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.STANDING)
    # From this entry of the ledger on it is set aside: the first of its commitment that has this number or a later one.
    set_aside_from = models.PositiveBigIntegerField(null=True)
    answer = models.TextField(_("answer of the agency"), max_length=3000, blank=True)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+", verbose_name=_("agency"))
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    is_fictional = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=0)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        verbose_name = _("assessment")
        constraints = [
            models.CheckConstraint(
                condition=Q(commitment__isnull=False, objective=None) | Q(commitment=None, objective__isnull=False),
                name="assessment_is_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=["on_course", "concern", "off_course"], period=None)
                | Q(verdict__in=["fulfilled", "partly", "not_fulfilled"]),
                name="assessment_verdict_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(wording="")
                & (Q(request=None) & ~Q(reasons="") | Q(request__isnull=False, reasons="", sources="")),
                name="assessment_has_reasons",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["standing", "superseded"], set_aside_from=None)
                | Q(state="set aside", set_aside_from__isnull=False),
                name="assessment_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(answer="", agency=None, answered_by=None, answered_at=None)
                | Q(agency__isnull=False, answered_by__isnull=False, answered_at__isnull=False) & ~Q(answer=""),
                name="assessment_is_answered_by_an_agency",
            ),
            models.UniqueConstraint(
                fields=["commitment"],
                condition=Q(state="standing", period=None, verdict__in=["fulfilled", "partly", "not_fulfilled"]),
                name="one_finding_stands",
            ),
        ]
        indexes = [models.Index(fields=["commitment", "state", "id"], name="assessment_commitment")]

    def __str__(self) -> str:
        return self.code
