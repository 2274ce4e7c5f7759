from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from focalpoints.models import Agency, Role, User
from focalpoints.rules import Person, is_coordinator
from projects.models.commitment import Commitment
from projects.models.review_queue import ReviewQueueQuerySet
from projects.models.task import Task, visible_tasks


class RequestQuerySet(ReviewQueueQuerySet["Request"]):
    WAITING, SINCE = "requested", "asked_at"

    def asked_with(self, change: "Request") -> "RequestQuerySet":
        """Those that were asked for in the same form, itself among them, the first first."""
        return self.filter(batch=change.batch).order_by("pk") if change.batch else self.none()

    def moves(self) -> "RequestQuerySet":
        """Approved reschedulings: slippage is their sum. First dates and corrections do not count."""
        return self.filter(state=Request.State.APPROVED, kind=Request.Kind.RESCHEDULING)

    def of_commitments(self) -> "RequestQuerySet":
        """Those that move a commitment's date, if approved: its own, and those of tasks that move it along."""
        return self.filter(Q(task=None) | Q(commitment_to__isnull=False))

    def decided_by_people(self) -> "RequestQuerySet":
        """Dates approved by somebody, not set by the load of reference data."""
        return self.filter(kind__in=Request.DATES, state=Request.State.APPROVED).exclude(
            decided_by__roles__kind=Role.Kind.SYSTEM
        )

    def visible_to(self, user: Person) -> "RequestQuerySet":
        """Everybody may see that a date was asked for, unless the task itself is not public."""
        seen = visible_tasks(user, "task__")
        return self.filter(Q(task=None) | seen) if seen else self.all()

    def read_by(self, user: Person) -> "RequestQuerySet":
        """Those whose reason and evidence this person may read: approved ones are public, others are for their agency and coordinators."""
        if is_coordinator(user):
            return self.visible_to(user)
        readable = Q(state=Request.State.APPROVED, is_hidden=False)
        if isinstance(user, User):
            readable |= Q(agency_id__in=user.standing.agency_ids)
        return self.visible_to(user).filter(readable)


class Request(models.Model):
    """A change that one person asks for and another decides: of a date, of what was promised, of who answers, of what still counts.

    None of this changes in another way. A task's new date may take its commitment's along. `wanted` and `before` have, by column, what
    the kinds without dates write and what stood there (`actions.request_kinds`).
    """

    class Kind(models.TextChoices):
        RESCHEDULING = "rescheduling", _("Rescheduling")
        FIRST_DATE = "first date", _("First date")
        CORRECTION = "correction", _("Correction of a wrong capture")
        SCOPE = "scope", _("Change of scope")
        ASSIGNMENT = "assignment", _("Assignment to another agency")
        CANCELLATION = "cancellation", _("Cancelling of a task")
        WITHDRAWAL = "withdrawal", _("Withdrawal of a commitment")
        SERIES_END = "series end", _("End of a series")
        REDACTION = "redaction", _("Redaction")
        THRESHOLDS = "thresholds", _("Thresholds of the traffic light")
        FINDING = "finding", _("Finding beyond what was verified")

    DATES = (Kind.RESCHEDULING, Kind.FIRST_DATE, Kind.CORRECTION)

    class Category(models.TextChoices):
        LEGAL = "legal", _("Legal")
        BUDGET = "budget", _("Budget")
        PROCUREMENT = "procurement", _("Procurement")
        DEPENDENCY = "dependency", _("Depends on another agency")
        SCOPE = "scope", _("Change of scope")
        TECHNICAL = "technical", _("Technical")
        FORCE_MAJEURE = "force majeure", _("Force majeure")
        CAPTURE = "capture", _("Wrong capture")

    class State(models.TextChoices):
        REQUESTED = "requested", pgettext_lazy("request", "Requested")
        APPROVED = "approved", pgettext_lazy("request", "Approved")
        REJECTED = "rejected", pgettext_lazy("request", "Rejected")
        WITHDRAWN = "withdrawn", pgettext_lazy("request", "Withdrawn")

    code = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.RESCHEDULING)
    # Only the thresholds have none, and only dates have one.
    commitment: "models.ForeignKey[Any, Commitment]" = models.ForeignKey(  # type: ignore[misc]
        Commitment, models.PROTECT, null=True, related_name="requests", verbose_name=_("commitment")
    )
    task = models.ForeignKey(Task, models.PROTECT, null=True, related_name="requests", verbose_name=_("task"))
    # The agency that asked; None when the coordination office acts by itself.
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="requests", verbose_name=_("agency"))
    from_due = models.DateField(_("date until now"), null=True)
    to_due: "models.DateField[Any, date]" = models.DateField(_("proposed date"), null=True)  # type: ignore[misc]
    # Set when a task asks for a later date than its commitment has: then both move.
    commitment_from = models.DateField(null=True)
    commitment_to = models.DateField(null=True)
    wanted = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    category = models.CharField(_("category of the reason"), max_length=20, choices=Category, blank=True)
    reason = models.TextField(_("reason"), max_length=2000)
    state = models.CharField(max_length=10, choices=State, default=State.REQUESTED)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="asked_requests")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="decided_requests")
    decided_at = models.DateTimeField(null=True)
    # By the coordinator who had asked, because for ten business days nobody else did.
    decided_alone = models.BooleanField(default=False)
    # The coordination office's comment to the agency, such as why it refuses. Not public.
    answer = models.TextField(_("comment"), max_length=2000, blank=True)
    # By how many days the old date had passed when the new one was approved: a move does not undo that.
    days_late = models.PositiveIntegerField(default=0)
    # The same for the commitment's date, when it moved along.
    commitment_days_late = models.PositiveIntegerField(default=0)
    # Kept from the public while its redaction is decided.
    is_hidden = models.BooleanField(default=False)
    is_redacted = models.BooleanField(default=False)
    is_fictional = models.BooleanField(default=False)
    # A form that is sent twice makes one request.
    form_key = models.UUIDField(unique=True, null=True, editable=False)
    # The same for requests that were asked for in one form; they can be decided together.
    batch = models.UUIDField(null=True, editable=False)
    revision = models.PositiveIntegerField(default=0)

    objects = RequestQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        verbose_name = _("request")
        constraints = [
            models.UniqueConstraint(
                fields=["task"],
                condition=Q(state="requested") & ~Q(kind="redaction"),
                name="one_open_request_per_task",
            ),
            models.UniqueConstraint(
                fields=["commitment"],
                condition=Q(state="requested", task=None) & ~Q(kind="redaction"),
                name="one_open_request_per_commitment",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["requested", "approved", "rejected", "withdrawn"]),
                name="request_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(kind="rescheduling", from_due__isnull=False, to_due__isnull=False, agency__isnull=False)
                & ~Q(from_due=F("to_due"))
                | Q(kind="first date", from_due=None, to_due__isnull=False)
                | Q(kind="correction", from_due__isnull=False, to_due__isnull=False) & ~Q(from_due=F("to_due"))
                | ~Q(kind__in=["rescheduling", "first date", "correction"]) & Q(from_due=None, to_due=None),
                name="request_moves_sets_or_corrects",
            ),
            models.CheckConstraint(
                condition=Q(commitment__isnull=False) | Q(kind="thresholds", task=None),
                name="request_is_about_a_commitment_or_the_thresholds",
            ),
            models.CheckConstraint(condition=~Q(reason="") | Q(is_redacted=True), name="request_has_a_reason"),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "rejected"])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="request_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="rejected") | ~Q(answer="") | Q(is_redacted=True),
                name="request_rejected_with_a_reason",
            ),
            models.CheckConstraint(
                # What the load of reference data dates is decided when it is asked.
                condition=Q(decided_by=None)
                | ~Q(decided_by=F("asked_by"))
                | Q(decided_alone=True)
                | Q(kind="first date", decided_at=F("asked_at")),
                name="nobody_decides_their_own_request",
            ),
            models.CheckConstraint(
                condition=Q(commitment_from=None, commitment_to=None)
                | Q(task__isnull=False, commitment_from__isnull=False, commitment_to__gt=F("commitment_from")),
                name="request_carries_a_commitment_forward",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "asked_at", "id"], name="request_queue"),
            models.Index(fields=["commitment", "state", "id"], name="request_commitment"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def item(self) -> Commitment | Task:
        """The task or commitment that it is about; the thresholds have none."""
        return self.task or self.commitment

    @property
    def sources(self) -> str:
        """Of a finding that it asks for. Whoever may read the reason reads them."""
        return self.wanted.get("sources", "")

    @property
    def kind_and_category(self) -> str:
        """As a sentence says them; some kinds have no category."""
        category = f" ({self.get_category_display()})" if self.category else ""
        return f"{self.get_kind_display()}{category}"

    @property
    def days(self) -> int | None:
        """By how many days the date moves: negative when brought forward, None for a first date and where none moves."""
        return (self.to_due - self.from_due).days if self.from_due and self.to_due else None

    @property
    def is_of_date(self) -> bool:
        return self.kind in self.DATES

    @property
    def commitment_days(self) -> int | None:
        """By how many days the commitment's date moves along, if it does."""
        if self.commitment_from and self.commitment_to:
            return (self.commitment_to - self.commitment_from).days
        return None
