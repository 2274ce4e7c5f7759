from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from focalpoints.models import Agency, User
from focalpoints.rules import Person, is_coordinator

from .task import Task


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    def in_hand(self) -> "FollowUpQuerySet":
        """Not accepted yet: at most one a task, which its agency may still write on or withdraw."""
        return self.exclude(state=FollowUp.State.ACCEPTED)

    def accepted(self) -> "FollowUpQuerySet":
        return self.filter(state=FollowUp.State.ACCEPTED)

    def waiting(self) -> "FollowUpQuerySet":
        """The review queue, oldest first."""
        return self.filter(state=FollowUp.State.SUBMITTED).order_by("submitted_at", "pk")

    def visible_to(self, user: Person) -> "FollowUpQuerySet":
        """All text and evidence: accepted to everybody, the rest to its agency, and to coordinators once it was sent."""
        seen = Q(state=FollowUp.State.ACCEPTED)
        if isinstance(user, User):
            seen |= Q(agency_id__in=user.standing.agency_ids)
        if is_coordinator(user):
            seen |= ~Q(state=FollowUp.State.DRAFT)
        return self.filter(seen)


class FollowUp(models.Model):
    """What happened to a task, as its agency tells it: progress, what was done, next step, obstacle, evidence."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Submitted")
        RETURNED = "returned", _("Returned")
        ACCEPTED = "accepted", _("Accepted")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    code = models.SlugField(max_length=80, unique=True)
    task = models.ForeignKey(Task, models.PROTECT, related_name="follow_ups", verbose_name=_("task"))
    number = models.PositiveIntegerField()
    # Of the time: a task may pass to another agency, what was said stays with who said it.
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="follow_ups", verbose_name=_("agency"))
    author = models.ForeignKey(User, models.PROTECT, related_name="follow_ups", verbose_name=_("written by"))
    progress = models.PositiveSmallIntegerField(_("progress, in percent"), null=True, blank=True)
    done = models.TextField(_("what was done"), max_length=4000, blank=True)
    next_step = models.TextField(_("next step"), max_length=2000, blank=True)
    obstacle = models.TextField(_("obstacle"), max_length=2000, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="submitted_follow_ups")
    submitted_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="decided_follow_ups")
    decided_at = models.DateTimeField(null=True)
    # The coordination office reviewed its own: shown wherever the verification is.
    same_office = models.BooleanField(default=False)
    is_redacted = models.BooleanField(default=False)
    is_fictional = models.BooleanField(default=False)
    saved_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=0)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        ordering = ["task", "-number"]
        verbose_name = _("follow-up")
        constraints = [
            models.UniqueConstraint(fields=["task", "number"], name="follow_up_number_is_unique_in_its_task"),
            # What makes a double submit one follow-up.
            models.UniqueConstraint(
                fields=["task"], condition=~Q(state="accepted"), name="one_follow_up_in_hand_per_task"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "submitted", "returned", "accepted", "withdrawn"]),
                name="follow_up_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(progress=None) | Q(progress__lte=100), name="follow_up_progress_is_a_percent"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "returned", "withdrawn"])
                | (Q(progress__isnull=False, submitted_at__isnull=False, submitted_by__isnull=False)),
                name="follow_up_sent_states_a_progress",
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="follow_up_accepted_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted")
                | (~Q(decided_by=models.F("submitted_by")) & ~Q(decided_by=models.F("author"))),
                name="nobody_accepts_their_own_follow_up",
            ),
        ]
        indexes = [models.Index(fields=["state", "submitted_at", "id"], name="follow_up_queue")]

    def __str__(self) -> str:
        return self.code

    @property
    def is_writable(self) -> bool:
        """Its agency may still change the text."""
        return self.state in {self.State.DRAFT, self.State.RETURNED, self.State.WITHDRAWN}
