from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy as _

from focalpoints.models import Agency, Entry, User
from focalpoints.rules import Person, is_coordinator
from projects.models.list_rows import FollowUpRow
from projects.models.review_queue import ReviewQueueQuerySet
from projects.models.task import Task


class FollowUpQuerySet(ReviewQueueQuerySet["FollowUp"]):
    WAITING, SINCE = "submitted", "submitted_at"

    def in_hand(self) -> "FollowUpQuerySet":
        """Neither accepted nor noted nor taken back: a task has at most one, which its agency may still change or withdraw."""
        return self.exclude(state__in=FollowUp.SETTLED).filter(agency=F("task__agency"))

    def set_aside(self) -> "FollowUpQuerySet":
        """What an agency had not finished when its task passed to another: it stays with who wrote it, and is nobody's to do."""
        return self.exclude(state__in=FollowUp.SETTLED).exclude(agency=F("task__agency"))

    def accepted(self) -> "FollowUpQuerySet":
        return self.filter(state=FollowUp.State.ACCEPTED)

    def since_acceptance(self) -> "FollowUpQuerySet":
        """Those after the last accepted one of their task: a few for each task."""
        accepted = FollowUp.objects.accepted().filter(task=OuterRef("task"), number__gt=OuterRef("number"))
        set_aside = FollowUp.objects.set_aside().filter(pk=OuterRef("pk"))
        return self.exclude(state=FollowUp.State.ACCEPTED).filter(~Exists(accepted), ~Exists(set_aside))

    def decidable_by(self, user: User) -> "FollowUpQuerySet":
        """The queue without the follow-ups that this coordinator wrote, saved or sent."""
        own = Q(author=user) | Q(submitted_by=user) | Q(saved_by__isnull=False, saved_by=user)
        return self.waiting().exclude(own)

    def for_queue(self) -> "FollowUpQuerySet":
        """Annotate what the queue narrows by beside columns."""
        returned = Entry.objects.filter(subject_type="follow-up", subject=OuterRef("code"), verb="return")
        return self.annotate(states_obstacle=~Q(obstacle=""), was_returned=Exists(returned))

    def for_review_queue(self) -> "FollowUpQuerySet":
        """Annotate what a row of the queue tells beside columns: how much evidence there is, and how the text begins."""
        proofs = (
            self.model.objects.filter(pk=OuterRef("pk")).order_by().annotate(count=Count("evidence")).values("count")
        )
        return self.annotate(evidence_count=Subquery(proofs), beginning=Left("done", 400))

    def for_page(self) -> "FollowUpQuerySet":
        """With the columns that a page shows; any other raises. Evidence is read apart (`with_proofs`)."""
        return self.select_related("agency", "task").only(*FollowUpRow._fields[:-1]).fetch_mode(models.FETCH_RAISE)

    def visible_to(self, user: Person) -> "FollowUpQuerySet":
        """Those whose text and evidence this person may see: accepted and noted ones are public, others for their agency, and for
        coordinators once sent. What is hidden while its redaction is decided is not public.
        """
        seen = FollowUp.PUBLIC
        if isinstance(user, User):
            seen |= Q(agency_id__in=user.standing.agency_ids)
        if is_coordinator(user):
            seen |= ~Q(state=FollowUp.State.DRAFT)
        return self.filter(seen)


class FollowUp(models.Model):
    """An agency's report on a task: progress, what was done, next step, obstacle, evidence."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Submitted")
        RETURNED = "returned", _("Returned")
        ACCEPTED = "accepted", _("Accepted")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        # "No change, still valid": it claims nothing new, so nobody reviews it.
        NOTED = "noted", _("No change")
        RETRACTED = "retracted", _("No change, taken back")

    class Thread(models.TextChoices):
        """Whose turn it is in what is asked about it while it waits for review."""

        ASKED = "asked", _("Asked, not answered yet")
        ANSWERED = "answered", _("Answered")

    # Public, and no longer in hand.
    SETTLED = (State.ACCEPTED, State.NOTED, State.RETRACTED)
    # As the coordination office decided, and its decision stands.
    DECIDED = (State.ACCEPTED, State.RETURNED)
    # Whose text and evidence everybody may see.
    PUBLIC = Q(state__in=SETTLED, is_hidden=False)
    # Its agency may still change the text.
    WRITABLE = (State.DRAFT, State.RETURNED, State.WITHDRAWN)

    code = models.SlugField(max_length=80, unique=True)
    task = models.ForeignKey(Task, models.PROTECT, related_name="follow_ups", verbose_name=_("task"))
    number = models.PositiveIntegerField()
    # The agency that reported: when the task passes to another, its follow-ups do not.
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
    # The least at which it was accepted in error (`Reopening`): until something is accepted again, no more of its task counts as verified.
    held_progress = models.PositiveSmallIntegerField(null=True, editable=False)
    # Whether the coordination office reviewed a follow-up of its own: pages say so beside the verification.
    same_office = models.BooleanField(default=False)
    # What its agency was asked without returning it; nothing once it is decided or taken back.
    thread = models.CharField(max_length=8, choices=Thread, blank=True, default="")
    # Who said that they review it, and when: a courtesy among coordinators, which lapses (`reading.review_rows.LAPSES`).
    reviewer = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+", db_index=False)
    reviewing_since = models.DateTimeField(null=True, editable=False)
    # Whether it was decided together with others.
    in_bulk = models.BooleanField(default=False)
    # Kept from the public while its redaction is decided.
    is_hidden = models.BooleanField(default=False)
    is_redacted = models.BooleanField(default=False)
    is_fictional = models.BooleanField(default=False)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    # The open page that saved last. When the same page saves again, its own autosave was no conflict.
    saved_from = models.CharField(max_length=32, blank=True, editable=False)
    revision = models.PositiveIntegerField(default=0)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        ordering = ["task", "-number"]
        verbose_name = _("follow-up")
        constraints = [
            models.UniqueConstraint(fields=["task", "number"], name="follow_up_number_is_unique_in_its_task"),
            # So that a form sent twice makes one follow-up.
            models.UniqueConstraint(
                fields=["task", "agency"],
                condition=~Q(state__in=["accepted", "noted", "retracted"]),
                name="one_unfinished_follow_up_per_task_and_agency",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["draft", "submitted", "returned", "accepted", "withdrawn", "noted", "retracted"]
                ),
                name="follow_up_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(thread="") | Q(thread__in=["asked", "answered"], state="submitted"),
                name="question_is_about_what_waits",
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
                condition=~Q(state="accepted") | (~Q(decided_by=F("submitted_by")) & ~Q(decided_by=F("author"))),
                name="nobody_accepts_their_own_follow_up",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "submitted_at", "id"], name="follow_up_queue"),
            models.Index(fields=["decided_at"], name="follow_up_decided", condition=Q(decided_at__isnull=False)),
            models.Index(fields=["id"], name="follow_up_in_bulk", condition=Q(in_bulk=True)),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_public(self) -> bool:
        """Whether everybody may see it (`PUBLIC`)."""
        return self.state in self.SETTLED and not self.is_hidden

    @property
    def was_reopened(self) -> bool:
        """It had been accepted in error, once at least, whatever became of it since."""
        return self.held_progress is not None

    @property
    def is_writable(self) -> bool:
        return self.state in self.WRITABLE
