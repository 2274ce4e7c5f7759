from datetime import date
from itertools import starmap

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from focalpoints.models import Agency, User
from focalpoints.models.lines import LineColumn
from focalpoints.rules import Person, is_coordinator
from projects.models.commitment import Commitment
from projects.models.list_rows import ListedRows, TaskRow
from projects.models.project import Project
from projects.models.querysets import TaskAdjectives
from projects.models.task_facts import TaskFacts

# What is still to be done stands before what is fulfilled or ended: the first key of the public list's order.
OPEN_FIRST = models.Case(models.When(TaskFacts.OPEN, then=0), default=1)


class TaskQuerySet(TaskAdjectives["Task"]):
    def for_list(self, on: date) -> ListedRows[TaskRow]:
        """The columns that a list shows, with the light of that day: one query."""
        return ListedRows(self.with_light(on), TaskRow._fields, lambda rows: list(starmap(TaskRow, rows)))

    def with_evidence_count(self) -> "TaskQuerySet":
        """Annotate `evidence_count`: how many pieces of evidence its accepted follow-ups have. What was redacted proves nothing."""
        proved = self._proved().values("pk").annotate(count=models.Count("follow_ups__evidence")).values("count")
        return self.annotate(evidence_count=Coalesce(models.Subquery(proved), 0))

    def with_proven(self) -> "TaskQuerySet":
        """Annotate `proven_progress`: what the last of its accepted follow-ups that has evidence says."""
        latest = self._proved().order_by("-follow_ups__number").values("follow_ups__progress")[:1]
        return self.annotate(proven_progress=Coalesce(models.Subquery(latest), 0))

    def unproven(self) -> "TaskQuerySet":
        """Those of whose verified progress some has no evidence."""
        return self.with_proven().filter(verified_progress__gt=models.F("proven_progress"))

    def without_evidence(self) -> "TaskQuerySet":
        """Those that count with some verified progress of which nothing at all is proved."""
        proofs = self._proved().values("pk")
        return self.filter(TaskFacts.COUNTED, ~models.Exists(proofs), verified_progress__gt=0)

    def _proved(self) -> "models.QuerySet[Task]":
        """Of a task in an outer query, its accepted follow-ups and their evidence that was not redacted."""
        return self.model.objects.filter(
            pk=models.OuterRef("pk"), follow_ups__state="accepted", follow_ups__evidence__redaction="",
            follow_ups__evidence__is_hidden=False,
        ).order_by()  # fmt: skip

    def of_sector(self, key: str) -> "TaskQuerySet":
        return self.filter(Q(agency__key=key) | Q(agency__parent__key=key))

    def under_objective(self, number: int | None) -> "TaskQuerySet":
        """Of what serves this objective; with None, of what serves none."""
        project = "commitment__project__objective"
        return self.filter(**({project: None} if number is None else {f"{project}__number": number}))

    def under_principle(self, number: int) -> "TaskQuerySet":
        return self.filter(commitment__project__in=Project.objects.serving(number=number).order_by())

    def of_agencies(self, agency_ids: "frozenset[int] | set[int]") -> "TaskQuerySet":
        return self.filter(agency_id__in=agency_ids)

    def visible_to(self, user: Person) -> "TaskQuerySet":
        return self.filter(visible_tasks(user))


def visible_tasks(user: Person, to: str = "") -> Q:
    """The condition for tasks that this person may see: proposals, also refused ones, only their agency and coordinators; others all.

    `to` is the path to the task from another model (`task__`). It makes a join: PostgreSQL would read a set of all visible tasks whole.
    """
    if is_coordinator(user):
        return Q()
    seen = Q(**{f"{to}state__in": Task.PUBLIC_STATES})
    if isinstance(user, User):
        seen |= Q(**{f"{to}agency_id__in": user.standing.agency_ids})
    return seen


class Task(TaskFacts):
    """What must get done for a commitment, by which agency, by when. Its progress comes from its follow-ups."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="tasks", verbose_name=_("commitment"))
    number = models.PositiveIntegerField(editable=False)
    # The period of a recurring commitment that it is for, by the day on which that falls due: it stays when the task's own date moves.
    period = models.DateField(null=True, editable=False)
    # Whose series it belongs to: that stays when the task is passed to another agency.
    series_agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, editable=False, related_name="+", db_index=False
    )
    # The same agency's task of the period before.
    follows = models.OneToOneField(
        "self", models.PROTECT, null=True, editable=False, related_name="followed_by", verbose_name=_("follows")
    )
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="tasks", verbose_name=_("agency"))
    # Whose it was before it was passed on; none while it is theirs. For the average a passed task fills nobody's gap (`commitment_sums`).
    first_agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, editable=False, related_name="+", db_index=False
    )
    title = LineColumn(_("what must get done"), max_length=300)
    deliverable = LineColumn(
        _("deliverable"), max_length=400, blank=True, help_text=_("What will prove that it is done.")
    )
    language = models.CharField(max_length=2, default="es")
    state = models.CharField(max_length=10, choices=TaskFacts.State)
    confirmed_on = models.DateField(null=True, editable=False)
    # Days that returned follow-ups waited while the task was fulfilled. They count as `waited_days` when it is open again.
    waited_while_fulfilled = models.PositiveIntegerField(default=0, editable=False)
    # Of what one person ended. Where two did, their request says it (`reading.ends`).
    reason = models.CharField(_("reason"), max_length=2000, blank=True)
    # The task in whose place it stands. It begins with that one's first date, moves and verified progress.
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="replaced_by", editable=False, verbose_name=_("replaces")
    )
    carried_progress = models.PositiveSmallIntegerField(null=True, editable=False)
    carried_on = models.DateField(null=True, editable=False)
    # What was promised first. A trigger keeps it.
    first_title = LineColumn(max_length=300, editable=False)
    first_deliverable = LineColumn(max_length=400, blank=True, editable=False)
    is_fictional = models.BooleanField(default=False)
    # A form that is sent twice makes one task.
    form_key = models.UUIDField(unique=True, null=True, editable=False)
    revision = models.PositiveIntegerField(default=0)

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["commitment__code", "number"]
        verbose_name = _("task")
        constraints = [
            *TaskFacts.Meta.constraints,
            models.UniqueConstraint(fields=["commitment", "number"], name="task_number_is_unique_in_its_commitment"),
            models.CheckConstraint(condition=~Q(title=""), name="task_has_a_title"),
            models.CheckConstraint(
                condition=Q(period=None, series_agency=None, follows=None)
                | Q(period__isnull=False, series_agency__isnull=False),
                name="task_of_a_period_is_somebodys",
            ),
            models.UniqueConstraint(
                fields=["commitment", "series_agency", "period"],
                condition=~Q(state="mistaken"),
                name="agency_has_one_task_a_period",
            ),
            models.CheckConstraint(
                condition=(Q(state__in=["declined", "withdrawn", "mistaken"]) & ~Q(reason=""))
                | (Q(state__in=["proposed", "confirmed", "replaced"]) & Q(reason=""))
                | Q(state="cancelled"),
                name="task_ends_with_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "state", "due", "id"], name="task_agency_due"),
            models.Index(fields=["state", "due", "id"], name="task_due"),
            # The public list shows tasks of several states in one order, so its indexes have no state.
            models.Index(OPEN_FIRST, "due", "id", name="task_open_first"),
            models.Index(fields=["due", "id"], name="task_due_any"),
            models.Index(fields=["slippage_days"], condition=Q(moves__gt=0), name="task_moved"),
            # By what is one line on home (`reading.duties`).
            models.Index(fields=["due", "commitment"], condition=TaskFacts.OPEN, name="task_open_by_duty"),
            models.Index(
                fields=["light_due", "due", "commitment"], condition=TaskFacts.UNCLAIMED, name="task_late_by_duty"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.title}"

    @property
    def successor(self) -> "Task | None":
        """The task that stands in its place."""
        return getattr(self, "replaced_by", None) if self.state == self.State.REPLACED else None

    @property
    def word_expected_from(self) -> date | None:
        """The day from which a follow-up can be expected: its confirmation, or its start if that is later."""
        return max(self.confirmed_on, self.starts or self.confirmed_on) if self.confirmed_on else None
