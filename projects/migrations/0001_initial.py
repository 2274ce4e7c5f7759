"""Projects, commitments and tasks; what agencies say of them; what goes out to people; what is derived from the ledger."""

import uuid
from datetime import date

from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Lower

from focalpoints.sql.spanish import InSpanish
from projects.models.calendar_feed import new_feed_code
from projects.models.evidence import generated_name
from projects.models.reminders import new_pause_code
from projects.models.baseline_triggers import BASELINE
from projects.models.search_document import TokensColumn


def fix_first_dates(apps, schema_editor):
    """The triggers that refuse to change or take away a first due date."""
    BASELINE.install(schema_editor.connection)


def lift_the_triggers(apps, schema_editor):
    BASELINE.lift(schema_editor.connection)


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("focalpoints", "0001_initial"),
        ("principles", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        # What was promised.
        migrations.CreateModel(
            "Project",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField("short address", max_length=60, unique=True)),
                ("title", models.CharField("title", max_length=200)),
                (
                    "language",
                    models.CharField("language of the title", max_length=2, choices=[("es", "Español"), ("en", "English")], default="es"),
                ),
                (
                    "kind",
                    models.CharField(
                        "kind",
                        max_length=30,
                        choices=[
                            ("programme", "Programme"),
                            ("platform", "Platform"),
                            ("policy", "Policy"),
                            ("legal instrument", "Legal instrument"),
                            ("governance body", "Governance body"),
                            ("international co-operation", "International co-operation"),
                        ],
                    ),
                ),
                (
                    "phase",
                    models.CharField(
                        "phase",
                        max_length=20,
                        choices=[
                            ("draft", "Preliminary project"),
                            ("definition", "Definition"),
                            ("planning", "Planning"),
                            ("execution", "Execution"),
                            ("closing", "Closing"),
                            ("completed", "Completed"),
                            ("frozen", "Frozen"),
                        ],
                        blank=True,
                    ),
                ),
                ("note", models.CharField("note", max_length=400, blank=True)),
                ("source", models.CharField("source", max_length=400, blank=True)),
                ("state", models.CharField(max_length=10, choices=[("active", "Active"), ("cancelled", "Cancelled")], default="active")),
                ("cancel_reason", models.CharField("reason for cancelling", max_length=400, blank=True)),
                ("revision", models.PositiveIntegerField(default=0)),
                (
                    "enabler",
                    models.ForeignKey(
                        "principles.enabler", models.PROTECT, null=True, blank=True, related_name="projects", verbose_name="enabler"
                    ),
                ),
                (
                    "lead_agency",
                    models.ForeignKey(
                        "focalpoints.agency", models.PROTECT, null=True, blank=True, related_name="led_projects", verbose_name="lead agency"
                    ),
                ),
                (
                    "objective",
                    models.ForeignKey(
                        "principles.objective",
                        models.PROTECT,
                        null=True,
                        blank=True,
                        related_name="projects",
                        verbose_name="objective",
                        limit_choices_to={"parent": None},
                    ),
                ),
                (
                    "partner_agencies",
                    models.ManyToManyField(
                        "focalpoints.agency", blank=True, related_name="partnered_projects", verbose_name="partner agencies"
                    ),
                ),
            ],
            {
                "verbose_name": "project",
                "ordering": [InSpanish("title")],
                "constraints": [
                    models.CheckConstraint(condition=~Q(slug="") & ~Q(title=""), name="project_has_slug_and_title"),
                    models.UniqueConstraint(Lower("slug"), name="project_slug_is_unique_in_any_case"),
                    models.CheckConstraint(
                        condition=Q(cancel_reason="", state="active") | (Q(state="cancelled") & ~Q(cancel_reason="")),
                        name="project_is_cancelled_with_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            "Activity",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order", models.PositiveSmallIntegerField()),
                ("as_printed", models.CharField(max_length=400)),
                ("language", models.CharField(max_length=2, choices=[("es", "Español"), ("en", "English")], default="es")),
                (
                    "principle",
                    models.ForeignKey("principles.principle", models.PROTECT, related_name="activities", verbose_name="principle"),
                ),
                ("project", models.ForeignKey("projects.project", models.PROTECT, related_name="activities", verbose_name="project")),
            ],
            {
                "ordering": ["principle__number", "order"],
                "constraints": [
                    models.UniqueConstraint(fields=["principle", "order"], name="activity_order_is_unique"),
                    models.UniqueConstraint(fields=["principle", "project"], name="project_is_linked_once_to_a_principle"),
                ],
            },
        ),
        migrations.CreateModel(
            "FrameLink",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateField()),
                (
                    "enabler",
                    models.ForeignKey(
                        "principles.enabler", models.PROTECT, null=True, related_name="frame_links", verbose_name="enabler"
                    ),
                ),
                (
                    "objective",
                    models.ForeignKey(
                        "principles.objective", models.PROTECT, null=True, related_name="frame_links", verbose_name="objective"
                    ),
                ),
                (
                    "principle",
                    models.ForeignKey(
                        "principles.principle", models.PROTECT, null=True, related_name="frame_links", verbose_name="principle"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey("projects.project", models.PROTECT, related_name="frame_links", verbose_name="project"),
                ),
            ],
            {
                "ordering": ["principle__number", "objective__parent__number", "objective__number", "enabler__number"],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(principle__isnull=False, objective=None, enabler=None)
                        | Q(principle=None, objective__isnull=False, enabler=None)
                        | Q(principle=None, objective=None, enabler__isnull=False),
                        name="frame_link_is_to_one_thing",
                    ),
                    models.UniqueConstraint(fields=["project", "principle"], name="frame_link_to_a_principle_is_unique"),
                    models.UniqueConstraint(fields=["project", "objective"], name="frame_link_to_an_objective_is_unique"),
                    models.UniqueConstraint(fields=["project", "enabler"], name="frame_link_to_an_enabler_is_unique"),
                ],
            },
        ),
        # What was promised.
        migrations.CreateModel(
            "Commitment",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField("code", max_length=40, unique=True)),
                ("title", models.CharField("what was promised", max_length=300)),
                (
                    "language",
                    models.CharField("language of the title", max_length=2, choices=[("es", "Español"), ("en", "English")], default="es"),
                ),
                (
                    "binds",
                    models.CharField(
                        "who answers for it",
                        max_length=20,
                        choices=[("named", "Named agencies"), ("all", "Every agency"), ("none published", "No agency was published")],
                    ),
                ),
                ("starts", models.DateField("start", null=True, blank=True)),
                ("due", models.DateField("due date", null=True, blank=True)),
                ("baseline_due", models.DateField("baseline date", null=True, blank=True, editable=False)),
                (
                    "recurrence",
                    models.CharField(
                        "recurrence",
                        max_length=10,
                        choices=[("", "Once"), ("yearly", "Every year"), ("quarterly", "Every quarter")],
                        blank=True,
                    ),
                ),
                ("series_ended_on", models.DateField(null=True, editable=False)),
                ("series_runs", models.BooleanField(default=False, editable=False)),
                ("series_day", models.PositiveSmallIntegerField(null=True, editable=False)),
                ("recurrence_month", models.PositiveSmallIntegerField("month in which it falls due each year", null=True, blank=True)),
                (
                    "printed_status",
                    models.CharField(
                        "status as printed by the government",
                        max_length=40,
                        blank=True,
                        help_text="The government's own dated statement: neither claimed nor verified here.",
                    ),
                ),
                ("note", models.CharField("note", max_length=600, blank=True)),
                ("source", models.CharField("source", max_length=600, blank=True)),
                ("state", models.CharField(max_length=10, choices=[("active", "Active"), ("cancelled", "Withdrawn")], default="active")),
                ("left_out", models.JSONField(default=list, editable=False)),
                ("first_title", models.CharField(max_length=300, editable=False)),
                ("tasks_open", models.PositiveIntegerField(default=0, editable=False)),
                ("tasks_fulfilled", models.PositiveIntegerField(default=0, editable=False)),
                ("tasks_unclaimed", models.PositiveIntegerField(default=0, editable=False)),
                ("tasks_cancelled", models.PositiveIntegerField(default=0, editable=False)),
                ("tasks_replaced", models.PositiveIntegerField(default=0, editable=False)),
                ("last_ended_on", models.DateField(null=True, editable=False)),
                ("agencies_without_task", models.PositiveIntegerField(default=0, editable=False)),
                ("agencies_left_out", models.PositiveIntegerField(default=0, editable=False)),
                ("withdrawn_on", models.DateField(null=True, editable=False)),
                ("claimed_progress", models.PositiveSmallIntegerField(null=True, editable=False)),
                ("claimed_on", models.DateField(null=True, editable=False)),
                ("verified_progress", models.PositiveSmallIntegerField(null=True, editable=False)),
                ("verified_on", models.DateField(null=True, editable=False)),
                ("has_obstacle", models.BooleanField(default=False, editable=False)),
                ("next_due", models.DateField(null=True, editable=False)),
                (
                    "finding",
                    models.CharField(
                        max_length=15,
                        choices=[("fulfilled", "Fulfilled"), ("partly", "Partly fulfilled"), ("not_fulfilled", "Not fulfilled")],
                        blank=True,
                        editable=False,
                    ),
                ),
                ("found_on", models.DateField(null=True, editable=False)),
                ("withdrawn_late", models.BooleanField(default=False, editable=False)),
                ("revision", models.PositiveIntegerField(default=0)),
                ("project", models.ForeignKey("projects.project", models.PROTECT, related_name="commitments", verbose_name="project")),
                ("days_late", models.PositiveIntegerField(null=True, editable=False)),
                ("fulfilled_on", models.DateField(null=True, editable=False)),
                ("light_due", models.DateField(null=True, editable=False)),
                ("moves", models.PositiveIntegerField(default=0, editable=False)),
                ("quiet_since", models.DateField(null=True, editable=False)),
                ("slippage_days", models.IntegerField(default=0, editable=False)),
                ("scope_changes", models.PositiveIntegerField(default=0, editable=False)),
                ("waited_days", models.PositiveIntegerField(default=0, editable=False)),
                ("agencies", models.ManyToManyField("focalpoints.agency", blank=True, related_name="commitments", verbose_name="agencies")),
                (
                    "replaced_by",
                    models.ForeignKey(
                        "projects.commitment", models.PROTECT, db_index=False, editable=False, null=True, related_name="replaces",
                        verbose_name="replaced by",
                    ),
                ),
            ],
            {
                "verbose_name": "commitment",
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(baseline_due=None, due=None) | Q(baseline_due__isnull=False, due__isnull=False),
                        name="commitment_due_has_a_baseline",
                    ),
                    models.CheckConstraint(
                        condition=Q(due=None, light_due=None) | Q(due__isnull=False, light_due__gte=F("due"), light_due__isnull=False),
                        name="commitment_light_waits_at_least_for_the_due_date",
                    ),
                    models.CheckConstraint(
                        condition=Q(starts=None) | Q(due=None) | Q(due__gte=F("starts")), name="commitment_is_due_after_it_starts"
                    ),
                    models.CheckConstraint(
                        condition=(Q(claimed_progress=None) | Q(claimed_progress__lte=100))
                        & (Q(verified_progress=None) | Q(verified_progress__lte=100)),
                        name="commitment_progress_is_a_percent",
                    ),
                    models.CheckConstraint(
                        condition=Q(finding="", found_on=None)
                        | Q(finding__in=["fulfilled", "partly", "not_fulfilled"], found_on__isnull=False),
                        name="commitment_is_found_on_a_day",
                    ),
                    models.CheckConstraint(condition=~Q(code="") & ~Q(title=""), name="commitment_has_code_and_title"),
                    models.UniqueConstraint(Lower("code"), name="commitment_code_is_unique_in_any_case"),
                    models.CheckConstraint(condition=Q(binds__in=["named", "all", "none published"]), name="commitment_binds_is_known"),
                    models.CheckConstraint(
                        condition=Q(recurrence="yearly", recurrence_month__gte=1, recurrence_month__isnull=False, recurrence_month__lte=12)
                        | (~Q(recurrence="yearly") & Q(recurrence_month=None)),
                        name="commitment_yearly_has_a_month",
                    ),
                    models.CheckConstraint(condition=Q(state__in=["active", "cancelled"]), name="commitment_state_is_known"),
                ],
                "indexes": [
                    models.Index(fields=["due", "id"], name="commitment_due"),
                    models.Index(fields=["light_due", "id"], name="commitment_light_due"),
                    models.Index(
                        condition=models.Q(withdrawn_late=True), fields=["light_due"], name="commitment_withdrawn_late"
                    ),
                    models.Index(
                        condition=models.Q(finding="", tasks_open=0), fields=["verified_on", "id"], name="commitment_to_assess"
                    ),
                    models.Index(fields=["project", "due", "id"], name="commitment_project_due"),
                ],
            },
        ),
        migrations.CreateModel(
            "Task",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField("code", max_length=60, unique=True)),
                ("number", models.PositiveIntegerField(editable=False)),
                ("title", models.CharField("what must get done", max_length=300)),
                ("deliverable", models.CharField("deliverable", max_length=400, blank=True, help_text="What will prove that it is done.")),
                ("language", models.CharField(max_length=2, default="es")),
                ("due", models.DateField("due date", null=True, blank=True)),
                ("baseline_due", models.DateField("baseline date", null=True, blank=True, editable=False)),
                (
                    "state",
                    models.CharField(
                        max_length=10,
                        choices=[
                            ("proposed", "Proposed"),
                            ("confirmed", "Confirmed"),
                            ("declined", "Not taken up"),
                            ("withdrawn", "Taken back by its agency"),
                            ("cancelled", "Cancelled"),
                            ("replaced", "Replaced"),
                            ("mistaken", "Entered by mistake"),
                        ],
                    ),
                ),
                ("reason", models.CharField("reason", max_length=2000, blank=True)),
                (
                    "replaces",
                    models.OneToOneField(
                        "projects.task", models.PROTECT, editable=False, null=True, related_name="replaced_by", verbose_name="replaces"
                    ),
                ),
                ("first_title", models.CharField(max_length=300, editable=False)),
                ("first_deliverable", models.CharField(max_length=400, blank=True, editable=False)),
                ("carried_progress", models.PositiveSmallIntegerField(null=True, editable=False)),
                ("carried_on", models.DateField(null=True, editable=False)),
                ("is_fictional", models.BooleanField(default=False)),
                ("claimed_progress", models.PositiveSmallIntegerField(null=True, editable=False)),
                ("claimed_on", models.DateField(null=True, editable=False)),
                ("verified_progress", models.PositiveSmallIntegerField(null=True, editable=False)),
                ("verified_on", models.DateField(null=True, editable=False)),
                ("has_obstacle", models.BooleanField(default=False, editable=False)),
                ("form_key", models.UUIDField(unique=True, null=True, editable=False)),
                ("revision", models.PositiveIntegerField(default=0)),
                ("agency", models.ForeignKey("focalpoints.agency", models.PROTECT, related_name="tasks", verbose_name="agency")),
                ("commitment", models.ForeignKey("projects.commitment", models.PROTECT, related_name="tasks", verbose_name="commitment")),
                ("period", models.DateField(null=True, editable=False)),
                (
                    "first_agency",
                    models.ForeignKey(
                        "focalpoints.agency", models.PROTECT, null=True, editable=False, related_name="+", db_index=False
                    ),
                ),
                (
                    "series_agency",
                    models.ForeignKey("focalpoints.agency", models.PROTECT, null=True, editable=False, related_name="+", db_index=False),
                ),
                (
                    "follows",
                    models.OneToOneField(
                        "projects.task", models.PROTECT, null=True, editable=False, related_name="followed_by", verbose_name="follows"
                    ),
                ),
                ("confirmed_on", models.DateField(null=True, editable=False)),
                ("days_late", models.PositiveIntegerField(null=True, editable=False)),
                ("fulfilled_on", models.DateField(null=True, editable=False)),
                ("last_word_on", models.DateField(null=True, editable=False)),
                ("ended_on", models.DateField(null=True, editable=False)),
                ("light_due", models.DateField(null=True, editable=False)),
                ("moves", models.PositiveIntegerField(default=0, editable=False)),
                ("quiet_since", models.DateField(null=True, editable=False)),
                ("slippage_days", models.IntegerField(default=0, editable=False)),
                ("scope_changes", models.PositiveIntegerField(default=0, editable=False)),
                ("starts", models.DateField("start", null=True, blank=True)),
                ("waited_days", models.PositiveIntegerField(default=0, editable=False)),
                ("waited_while_fulfilled", models.PositiveIntegerField(default=0, editable=False)),
            ],
            {
                "verbose_name": "task",
                "ordering": ["commitment__code", "number"],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(baseline_due=None, due=None) | Q(baseline_due__isnull=False, due__isnull=False),
                        name="task_due_has_a_baseline",
                    ),
                    models.CheckConstraint(
                        condition=Q(due=None, light_due=None) | Q(due__isnull=False, light_due__gte=F("due"), light_due__isnull=False),
                        name="task_light_waits_at_least_for_the_due_date",
                    ),
                    models.CheckConstraint(
                        condition=Q(starts=None) | Q(due=None) | Q(due__gte=F("starts")), name="task_is_due_after_it_starts"
                    ),
                    models.CheckConstraint(
                        condition=(Q(claimed_progress=None) | Q(claimed_progress__lte=100))
                        & (Q(verified_progress=None) | Q(verified_progress__lte=100)),
                        name="task_progress_is_a_percent",
                    ),
                    models.CheckConstraint(
                        condition=Q(fulfilled_on__isnull=False, verified_progress=100)
                        | ((Q(verified_progress=None) | ~Q(verified_progress=100)) & Q(days_late=None, fulfilled_on=None)),
                        name="task_is_fulfilled_on_a_day",
                    ),
                    models.UniqueConstraint(fields=["commitment", "number"], name="task_number_is_unique_in_its_commitment"),
                    models.CheckConstraint(condition=~Q(title=""), name="task_has_a_title"),
                    models.CheckConstraint(
                        condition=Q(follows=None, period=None, series_agency=None) | Q(period__isnull=False, series_agency__isnull=False),
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
                ],
                "indexes": [
                    models.Index(fields=["agency", "state", "due", "id"], name="task_agency_due"),
                    models.Index(fields=["state", "due", "id"], name="task_due"),
                    models.Index(
                        models.Case(
                            models.When(Q(state="confirmed") & ~Q(verified_progress=100), then=0),
                            default=1,
                        ),
                        models.F("due"),
                        models.F("id"),
                        name="task_open_first",
                    ),
                    models.Index(fields=["due", "id"], name="task_due_any"),
                    models.Index(condition=models.Q(moves__gt=0), fields=["slippage_days"], name="task_moved"),
                    models.Index(
                        condition=Q(state="confirmed") & ~Q(verified_progress=100),
                        fields=["due", "commitment"],
                        name="task_open_by_duty",
                    ),
                    models.Index(
                        condition=Q(state="confirmed") & ~Q(verified_progress=100) & ~Q(claimed_progress=100),
                        fields=["light_due", "due", "commitment"],
                        name="task_late_by_duty",
                    ),
                ],
            },
        ),
        # What became of it.
        migrations.CreateModel(
            "FollowUp",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=80, unique=True)),
                ("number", models.PositiveIntegerField()),
                ("progress", models.PositiveSmallIntegerField("progress, in percent", null=True, blank=True)),
                ("done", models.TextField("what was done", max_length=4000, blank=True)),
                ("next_step", models.TextField("next step", max_length=2000, blank=True)),
                ("obstacle", models.TextField("obstacle", max_length=2000, blank=True)),
                (
                    "state",
                    models.CharField(
                        max_length=10,
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Submitted"),
                            ("returned", "Returned"),
                            ("accepted", "Accepted"),
                            ("withdrawn", "Withdrawn"),
                            ("noted", "No change"),
                            ("retracted", "No change, taken back"),
                        ],
                        default="draft",
                    ),
                ),
                ("submitted_at", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("held_progress", models.PositiveSmallIntegerField(null=True, editable=False)),
                ("same_office", models.BooleanField(default=False)),
                (
                    "thread",
                    models.CharField(
                        max_length=8,
                        choices=[("asked", "Asked, not answered yet"), ("answered", "Answered")],
                        blank=True,
                        default="",
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", db_index=False
                    ),
                ),
                ("reviewing_since", models.DateTimeField(null=True, editable=False)),
                ("in_bulk", models.BooleanField(default=False)),
                ("is_redacted", models.BooleanField(default=False)),
                ("is_hidden", models.BooleanField(default=False)),
                ("is_fictional", models.BooleanField(default=False)),
                ("saved_at", models.DateTimeField()),
                ("saved_from", models.CharField(max_length=32, blank=True, editable=False)),
                ("revision", models.PositiveIntegerField(default=0)),
                ("agency", models.ForeignKey("focalpoints.agency", models.PROTECT, related_name="follow_ups", verbose_name="agency")),
                (
                    "author",
                    models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="follow_ups", verbose_name="written by"),
                ),
                ("decided_by", models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="decided_follow_ups")),
                ("saved_by", models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")),
                (
                    "submitted_by",
                    models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="submitted_follow_ups"),
                ),
                ("task", models.ForeignKey("projects.task", models.PROTECT, related_name="follow_ups", verbose_name="task")),
            ],
            {
                "verbose_name": "follow-up",
                "ordering": ["task", "-number"],
                "constraints": [
                    models.UniqueConstraint(fields=["task", "number"], name="follow_up_number_is_unique_in_its_task"),
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
                    models.CheckConstraint(condition=Q(progress=None) | Q(progress__lte=100), name="follow_up_progress_is_a_percent"),
                    models.CheckConstraint(
                        condition=Q(state__in=["draft", "returned", "withdrawn"])
                        | Q(progress__isnull=False, submitted_at__isnull=False, submitted_by__isnull=False),
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
                ],
                "indexes": [
                    models.Index(fields=["state", "submitted_at", "id"], name="follow_up_queue"),
                    models.Index(fields=["decided_at"], name="follow_up_decided", condition=Q(decided_at__isnull=False)),
                    models.Index(fields=["id"], name="follow_up_in_bulk", condition=Q(in_bulk=True)),
                ],
            },
        ),
        migrations.CreateModel(
            "Reopening",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("progress", models.PositiveSmallIntegerField("progress, in percent")),
                ("accepted_at", models.DateTimeField()),
                ("reopened_at", models.DateTimeField()),
                ("reason", models.TextField("reason", max_length=400, blank=True)),
                ("accepted_by", models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")),
                (
                    "follow_up",
                    models.ForeignKey(
                        "projects.followup", models.PROTECT, related_name="reopenings", verbose_name="follow-up", db_index=False
                    ),
                ),
                ("reopened_by", models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")),
            ],
            {
                "verbose_name": "re-opening",
                "ordering": ["reopened_at", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=["follow_up", "accepted_at"], name="acceptance_is_reopened_once"),
                    models.CheckConstraint(condition=Q(reopened_at__gte=F("accepted_at")), name="reopened_after_it_was_accepted"),
                ],
            },
        ),
        migrations.CreateModel(
            "Request",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=80, unique=True)),
                (
                    "kind",
                    models.CharField(
                        max_length=20,
                        choices=[
                            ("rescheduling", "Rescheduling"),
                            ("first date", "First date"),
                            ("correction", "Correction of a wrong capture"),
                            ("scope", "Change of scope"),
                            ("assignment", "Assignment to another agency"),
                            ("cancellation", "Cancelling of a task"),
                            ("withdrawal", "Withdrawal of a commitment"),
                            ("series end", "End of a series"),
                            ("redaction", "Redaction"),
                            ("thresholds", "Thresholds of the traffic light"),
                            ("finding", "Finding beyond what was verified"),
                        ],
                        default="rescheduling",
                    ),
                ),
                ("from_due", models.DateField("date until now", null=True)),
                ("to_due", models.DateField("proposed date", null=True)),
                ("commitment_from", models.DateField(null=True)),
                ("commitment_to", models.DateField(null=True)),
                ("wanted", models.JSONField(default=dict)),
                ("before", models.JSONField(default=dict)),
                (
                    "category",
                    models.CharField(
                        "category of the reason",
                        max_length=20,
                        choices=[
                            ("legal", "Legal"),
                            ("budget", "Budget"),
                            ("procurement", "Procurement"),
                            ("dependency", "Depends on another agency"),
                            ("scope", "Change of scope"),
                            ("technical", "Technical"),
                            ("force majeure", "Force majeure"),
                            ("capture", "Wrong capture"),
                        ],
                        blank=True,
                    ),
                ),
                ("reason", models.TextField("reason", max_length=2000)),
                (
                    "state",
                    models.CharField(
                        max_length=10,
                        choices=[
                            ("requested", "Requested"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="requested",
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_alone", models.BooleanField(default=False)),
                ("answer", models.TextField("comment", max_length=2000, blank=True)),
                ("days_late", models.PositiveIntegerField(default=0)),
                ("is_fictional", models.BooleanField(default=False)),
                ("form_key", models.UUIDField(unique=True, null=True, editable=False)),
                ("batch", models.UUIDField(null=True, editable=False)),
                ("revision", models.PositiveIntegerField(default=0)),
                (
                    "agency",
                    models.ForeignKey("focalpoints.agency", models.PROTECT, null=True, related_name="requests", verbose_name="agency"),
                ),
                ("asked_by", models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="asked_requests")),
                (
                    "commitment",
                    models.ForeignKey("projects.commitment", models.PROTECT, null=True, related_name="requests", verbose_name="commitment"),
                ),
                ("decided_by", models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="decided_requests")),
                ("task", models.ForeignKey("projects.task", models.PROTECT, null=True, related_name="requests", verbose_name="task")),
                ("is_redacted", models.BooleanField(default=False)),
                ("is_hidden", models.BooleanField(default=False)),
                ("commitment_days_late", models.PositiveIntegerField(default=0)),
            ],
            {
                "verbose_name": "request",
                "ordering": ["-asked_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["task"], condition=Q(state="requested") & ~Q(kind="redaction"), name="one_open_request_per_task"
                    ),
                    models.UniqueConstraint(
                        fields=["commitment"],
                        condition=Q(state="requested", task=None) & ~Q(kind="redaction"),
                        name="one_open_request_per_commitment",
                    ),
                    models.CheckConstraint(
                        condition=Q(state__in=["requested", "approved", "rejected", "withdrawn"]), name="request_state_is_known"
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
                        condition=~Q(state__in=["approved", "rejected"]) | Q(decided_at__isnull=False, decided_by__isnull=False),
                        name="request_decided_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=~Q(state="rejected") | ~Q(answer="") | Q(is_redacted=True), name="request_rejected_with_a_reason"
                    ),
                    models.CheckConstraint(
                        condition=Q(decided_by=None)
                        | ~Q(decided_by=F("asked_by"))
                        | Q(decided_alone=True)
                        | Q(kind="first date", decided_at=F("asked_at")),
                        name="nobody_decides_their_own_request",
                    ),
                    models.CheckConstraint(
                        condition=Q(commitment_from=None, commitment_to=None)
                        | Q(commitment_from__isnull=False, commitment_to__gt=F("commitment_from"), task__isnull=False),
                        name="request_carries_a_commitment_forward",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["state", "asked_at", "id"], name="request_queue"),
                    models.Index(fields=["commitment", "state", "id"], name="request_commitment"),
                ],
            },
        ),
        migrations.CreateModel(
            "Evidence",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(default=uuid.uuid4, unique=True, editable=False)),
                ("title", models.CharField("title", max_length=200)),
                ("url", models.URLField("link", max_length=1000, blank=True)),
                ("file", models.FileField("file", blank=True, upload_to=generated_name)),
                ("size", models.PositiveBigIntegerField("size in bytes", null=True)),
                ("sha256", models.CharField(max_length=64, blank=True)),
                ("content_type", models.CharField(max_length=100, blank=True)),
                ("added_at", models.DateTimeField()),
                ("is_hidden", models.BooleanField(default=False)),
                ("redaction", models.CharField("legal basis of the redaction", max_length=300, blank=True)),
                ("added_by", models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")),
                (
                    "follow_up",
                    models.ForeignKey("projects.followup", models.PROTECT, null=True, related_name="evidence", verbose_name="follow-up"),
                ),
                (
                    "request",
                    models.ForeignKey(
                        "projects.request", models.PROTECT, null=True, related_name="evidence", verbose_name="request"
                    ),
                ),
            ],
            {
                "verbose_name": "evidence",
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(request=None, follow_up__isnull=False) | Q(request__isnull=False, follow_up=None),
                        name="evidence_proves_one_thing",
                    ),
                    models.CheckConstraint(
                        condition=(Q(redaction="", url="") & ~Q(file="") & ~Q(sha256="") & Q(size__isnull=False))
                        | (~Q(url="") & Q(file="", redaction="", sha256=""))
                        | (~Q(redaction="") & Q(file="", url="")),
                        name="evidence_is_a_file_or_a_link_or_redacted",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["sha256"], name="evidence_sha256"),
                    models.Index(fields=["url"], name="evidence_url"),
                ],
            },
        ),
        # Thresholds of the traffic light that follow the first ones, which stand in the code.
        migrations.CreateModel(
            "Assessment",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=80, unique=True)),
                ("period", models.DateField("period that fell due on", null=True)),
                (
                    "verdict",
                    models.CharField(
                        "finding",
                        max_length=15,
                        choices=[
                            ("on_course", "On course"),
                            ("concern", "Concern"),
                            ("off_course", "Off course"),
                            ("fulfilled", "Fulfilled"),
                            ("partly", "Partly fulfilled"),
                            ("not_fulfilled", "Not fulfilled"),
                        ],
                    ),
                ),
                ("reasons", models.TextField("reasons", max_length=3000, blank=True)),
                ("sources", models.TextField("sources", max_length=2000, blank=True)),
                ("wording", models.CharField("wording that it judged", max_length=300)),
                ("made_at", models.DateTimeField()),
                ("accepted_by_author", models.PositiveIntegerField(default=0)),
                ("same_office", models.BooleanField(default=False)),
                ("verified_progress", models.PositiveSmallIntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        max_length=10,
                        choices=[("standing", "In force"), ("superseded", "Superseded by a later one"), ("set aside", "Set aside")],
                        default="standing",
                    ),
                ),
                ("set_aside_from", models.PositiveBigIntegerField(null=True)),
                ("answer", models.TextField("answer of the agency", max_length=3000, blank=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("is_fictional", models.BooleanField(default=False)),
                ("revision", models.PositiveIntegerField(default=0)),
                (
                    "commitment",
                    models.ForeignKey("projects.commitment", models.PROTECT, null=True, related_name="assessments", verbose_name="commitment"),
                ),
                (
                    "objective",
                    models.ForeignKey("principles.objective", models.PROTECT, null=True, related_name="assessments", verbose_name="objective"),
                ),
                ("request", models.OneToOneField("projects.request", models.PROTECT, null=True, related_name="assessment", verbose_name="request")),
                ("made_by", models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="assessments")),
                ("agency", models.ForeignKey("focalpoints.agency", models.PROTECT, null=True, related_name="+", verbose_name="agency")),
                ("answered_by", models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")),
            ],
            {
                "verbose_name": "assessment",
                "ordering": ["-made_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(commitment__isnull=False, objective=None) | Q(commitment=None, objective__isnull=False),
                        name="assessment_is_of_one_thing",
                    ),
                    models.CheckConstraint(
                        condition=Q(period=None, verdict__in=["on_course", "concern", "off_course"])
                        | Q(verdict__in=["fulfilled", "partly", "not_fulfilled"]),
                        name="assessment_verdict_is_known",
                    ),
                    models.CheckConstraint(
                        condition=~Q(wording="")
                        & ((Q(request=None) & ~Q(reasons="")) | Q(reasons="", request__isnull=False, sources="")),
                        name="assessment_has_reasons",
                    ),
                    models.CheckConstraint(
                        condition=Q(set_aside_from=None, state__in=["standing", "superseded"])
                        | Q(set_aside_from__isnull=False, state="set aside"),
                        name="assessment_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=Q(agency=None, answer="", answered_at=None, answered_by=None)
                        | (Q(agency__isnull=False, answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
                        name="assessment_is_answered_by_an_agency",
                    ),
                    models.UniqueConstraint(
                        fields=["commitment"],
                        condition=Q(period=None, state="standing", verdict__in=["fulfilled", "partly", "not_fulfilled"]),
                        name="one_finding_stands",
                    ),
                ],
                "indexes": [models.Index(fields=["commitment", "state", "id"], name="assessment_commitment")],
            },
        ),
        migrations.CreateModel(
            "RuleVersion",
            [
                ("version", models.PositiveIntegerField(primary_key=True, serialize=False)),
                ("effective_on", models.DateField("in force from", unique=True)),
                ("silent_days", models.PositiveIntegerField("days without a word")),
                ("behind_points", models.PositiveIntegerField("percentage points behind the straight line")),
                ("soon_days", models.PositiveIntegerField("days left")),
                ("soon_progress", models.PositiveIntegerField("progress expected by then")),
                ("late_percent", models.PositiveIntegerField("percent late from which the strategy runs late")),
                ("reason", models.CharField("reason", max_length=400)),
                ("adopted_at", models.DateTimeField()),
                ("adopted_by", models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")),
            ],
            {
                "ordering": ["version"],
                "constraints": [
                    models.CheckConstraint(condition=Q(version__gte=2), name="rule_version_follows_the_first"),
                    models.CheckConstraint(
                        condition=Q(behind_points__lte=100, soon_progress__lte=100, late_percent__lte=100),
                        name="rule_version_counts_in_percent",
                    ),
                    models.CheckConstraint(
                        condition=Q(late_percent__gte=1), name="rule_version_needs_a_late_one_to_run_late"
                    ),
                    models.CheckConstraint(condition=~Q(reason=""), name="rule_version_has_a_reason"),
                ],
            },
        ),
        # What goes out to people: calendars, reminders.
        migrations.CreateModel(
            "CalendarFeed",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20, default=new_feed_code, unique=True, editable=False)),
                ("made_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        "focalpoints.agency", models.PROTECT, null=True, db_index=False, related_name="+", verbose_name="agency"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="calendar_feeds", verbose_name="person"),
                ),
            ],
            {
                "verbose_name": "calendar address",
                "ordering": ["made_at", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["owner", "agency"],
                        condition=Q(agency__isnull=False, revoked_at=None),
                        name="one_open_calendar_per_person_and_agency",
                    ),
                    models.UniqueConstraint(
                        fields=["owner"], condition=Q(agency=None, revoked_at=None), name="one_open_calendar_of_all_agencies_per_person"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            "DailyAnchor",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True)),
                ("seq", models.PositiveBigIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("is_complete", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            "DailyMessage",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField("day")),
                (
                    "state",
                    models.CharField(
                        max_length=8,
                        choices=[
                            ("claimed", "On its way"),
                            ("sent", "Sent"),
                            ("unknown", "Outcome unknown"),
                            ("refused", "Refused"),
                            ("failed", "Not sent yet"),
                            ("faulty", "Could not be composed"),
                        ],
                        default="claimed",
                    ),
                ),
                ("address", models.EmailField("e-mail", max_length=254)),
                ("message_id", models.CharField(max_length=200, unique=True)),
                ("claimed_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=1)),
                ("next_attempt_at", models.DateTimeField(null=True)),
                ("error", models.CharField(max_length=400, blank=True)),
                (
                    "person",
                    models.ForeignKey(
                        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="daily_messages", verbose_name="person"
                    ),
                ),
                ("office", models.ForeignKey("focalpoints.agency", models.PROTECT, null=True, related_name="+", verbose_name="head's office")),
            ],
            {
                "verbose_name": "daily message",
                "ordering": ["-day", "person"],
                "constraints": [
                    models.UniqueConstraint(fields=["person", "day"], name="one_message_per_person_and_day"),
                    models.UniqueConstraint(fields=["office", "day"], name="one_message_per_office_and_day"),
                    models.CheckConstraint(
                        condition=Q(office=None, person__isnull=False) | Q(office__isnull=False, person=None),
                        name="daily_message_is_to_a_person_or_an_office",
                    ),
                    models.CheckConstraint(
                        condition=Q(state__in=["claimed", "sent", "unknown", "refused", "failed", "faulty"]),
                        name="daily_message_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=Q(sent_at__isnull=False, state="sent") | (~Q(state="sent") & Q(sent_at=None)),
                        name="daily_message_is_sent_at_an_instant",
                    ),
                ],
                "indexes": [models.Index(fields=["day", "state"], name="daily_message_day")],
            },
        ),
        migrations.CreateModel(
            "MessageItem",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=12)),
                ("item", models.CharField(max_length=80)),
                ("occasion", models.CharField(max_length=32)),
                ("step", models.IntegerField(default=0)),
                ("due", models.DateField(null=True)),
                ("reason", models.CharField(max_length=20)),
                ("message", models.ForeignKey("projects.dailymessage", models.CASCADE, related_name="items")),
            ],
            {
                "ordering": ["pk"],
                "constraints": [models.UniqueConstraint(fields=["message", "kind", "item"], name="item_is_said_once_in_a_message")],
            },
        ),
        migrations.CreateModel(
            "MessageText",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=20)),
                ("language", models.CharField(max_length=10, choices=[("es-mx", "Español"), ("en", "English")])),
                ("text", models.TextField("text", max_length=2000, blank=True)),
                ("revision", models.PositiveIntegerField(default=0)),
            ],
            {
                "ordering": ["key", "language"],
                "constraints": [models.UniqueConstraint(fields=["key", "language"], name="one_text_per_key_and_language")],
            },
        ),
        migrations.CreateModel(
            "Pause",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=12, default=new_pause_code, unique=True, editable=False)),
                ("reason", models.CharField("reason", max_length=400)),
                ("since", models.DateField("from")),
                ("until", models.DateField("reminders start again on")),
                ("by", models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")),
                (
                    "commitment",
                    models.ForeignKey("projects.commitment", models.PROTECT, null=True, related_name="pauses", verbose_name="commitment"),
                ),
                ("task", models.ForeignKey("projects.task", models.PROTECT, null=True, related_name="pauses", verbose_name="task")),
            ],
            {
                "verbose_name": "pause",
                "ordering": ["-since", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(commitment__isnull=False, task=None) | Q(commitment=None, task__isnull=False),
                        name="pause_is_of_one_item",
                    ),
                    models.CheckConstraint(condition=Q(until__gte=F("since")), name="pause_ends_after_it_begins"),
                    models.CheckConstraint(condition=~Q(reason=""), name="pause_has_a_reason"),
                ],
            },
        ),
        # Derived from the ledger: what each was, from which day until which, and whom an entry concerns.
        migrations.CreateModel(
            "ProjectVersion",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateField()),
                ("until", models.DateField(default=date(9999, 12, 31))),
                ("seq", models.BigIntegerField()),
                ("title", models.CharField(max_length=200)),
                ("state", models.CharField(max_length=10)),
                ("objective", models.ForeignKey("principles.objective", models.CASCADE, null=True, related_name="+")),
                ("project", models.ForeignKey("projects.project", models.CASCADE, db_index=False, related_name="versions")),
            ],
            {
                "ordering": ["project", "since"],
                "constraints": [
                    models.CheckConstraint(condition=Q(until__gt=F("since")), name="projectversion_ends_after_it_begins"),
                    models.UniqueConstraint(fields=["project", "since"], name="project_has_one_version_a_day"),
                ],
            },
        ),
        migrations.CreateModel(
            "CommitmentVersion",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateField()),
                ("until", models.DateField(default=date(9999, 12, 31))),
                ("seq", models.BigIntegerField()),
                ("state", models.CharField(max_length=10, choices=[("active", "Active"), ("cancelled", "Withdrawn")], default="active")),
                (
                    "binds",
                    models.CharField(
                        "who answers for it",
                        max_length=20,
                        choices=[("named", "Named agencies"), ("all", "Every agency"), ("none published", "No agency was published")],
                    ),
                ),
                (
                    "recurrence",
                    models.CharField(
                        "recurrence",
                        max_length=10,
                        choices=[("", "Once"), ("yearly", "Every year"), ("quarterly", "Every quarter")],
                        blank=True,
                    ),
                ),
                ("series_ended_on", models.DateField(null=True, editable=False)),
                ("series_runs", models.BooleanField(default=False, editable=False)),
                ("starts", models.DateField("start", null=True, blank=True)),
                ("due", models.DateField("due date", null=True, blank=True)),
                ("baseline_due", models.DateField("baseline date", null=True, blank=True, editable=False)),
                ("waited_days", models.PositiveIntegerField(default=0, editable=False)),
                ("light_due", models.DateField(null=True, editable=False)),
                ("moves", models.PositiveIntegerField(default=0, editable=False)),
                ("slippage_days", models.IntegerField(default=0, editable=False)),
                ("scope_changes", models.PositiveIntegerField(default=0, editable=False)),
                ("tasks_open", models.PositiveIntegerField(default=0, editable=False)),
                ("tasks_fulfilled", models.PositiveIntegerField(default=0, editable=False)),
                ("tasks_unclaimed", models.PositiveIntegerField(default=0, editable=False)),
                ("tasks_cancelled", models.PositiveIntegerField(default=0, editable=False)),
                ("tasks_replaced", models.PositiveIntegerField(default=0, editable=False)),
                ("last_ended_on", models.DateField(null=True, editable=False)),
                ("agencies_without_task", models.PositiveIntegerField(default=0, editable=False)),
                ("agencies_left_out", models.PositiveIntegerField(default=0, editable=False)),
                ("withdrawn_on", models.DateField(null=True, editable=False)),
                ("claimed_progress", models.PositiveSmallIntegerField(null=True, editable=False)),
                ("claimed_on", models.DateField(null=True, editable=False)),
                ("verified_progress", models.PositiveSmallIntegerField(null=True, editable=False)),
                ("verified_on", models.DateField(null=True, editable=False)),
                ("has_obstacle", models.BooleanField(default=False, editable=False)),
                ("next_due", models.DateField(null=True, editable=False)),
                (
                    "finding",
                    models.CharField(
                        max_length=15,
                        choices=[("fulfilled", "Fulfilled"), ("partly", "Partly fulfilled"), ("not_fulfilled", "Not fulfilled")],
                        blank=True,
                        editable=False,
                    ),
                ),
                ("found_on", models.DateField(null=True, editable=False)),
                ("withdrawn_late", models.BooleanField(default=False, editable=False)),
                ("quiet_since", models.DateField(null=True, editable=False)),
                ("fulfilled_on", models.DateField(null=True, editable=False)),
                ("days_late", models.PositiveIntegerField(null=True, editable=False)),
                ("commitment", models.ForeignKey("projects.commitment", models.CASCADE, db_index=False, related_name="versions")),
                ("objective", models.ForeignKey("principles.objective", models.CASCADE, null=True, db_index=False, related_name="+")),
                ("project", models.ForeignKey("projects.project", models.CASCADE, db_index=False, related_name="+")),
                ("level", models.PositiveSmallIntegerField(default=15)),
            ],
            {
                "ordering": ["commitment", "since"],
                "constraints": [
                    models.CheckConstraint(condition=Q(until__gt=F("since")), name="commitmentversion_ends_after_it_begins"),
                    models.UniqueConstraint(fields=["commitment", "since"], name="commitment_has_one_version_a_day"),
                ],
                "indexes": [
                    models.Index(fields=["level", "since", "until"], name="commitment_version_level"),
                    models.Index(fields=["due", "until", "since"], name="commitment_version_due"),
                    models.Index(fields=["light_due", "until", "since"], name="commitment_version_light_due"),
                    models.Index(
                        condition=models.Q(withdrawn_late=True), fields=["until", "since"], name="commitment_version_withdrawn"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            "CommitmentAgencyPeriod",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateField()),
                ("until", models.DateField(default=date(9999, 12, 31))),
                ("seq", models.BigIntegerField()),
                ("agency", models.ForeignKey("focalpoints.agency", models.CASCADE, related_name="commitment_periods")),
                ("commitment", models.ForeignKey("projects.commitment", models.CASCADE, db_index=False, related_name="agency_periods")),
            ],
            {
                "ordering": ["commitment", "agency", "since"],
                "constraints": [
                    models.CheckConstraint(condition=Q(until__gt=F("since")), name="commitmentagencyperiod_ends_after_it_begins"),
                    models.UniqueConstraint(fields=["commitment", "agency", "since"], name="commitment_names_an_agency_once_a_day"),
                ],
            },
        ),
        migrations.CreateModel(
            "TaskVersion",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateField()),
                ("until", models.DateField(default=date(9999, 12, 31))),
                ("seq", models.BigIntegerField()),
                ("state", models.CharField(max_length=10)),
                ("starts", models.DateField("start", null=True, blank=True)),
                ("due", models.DateField("due date", null=True, blank=True)),
                ("baseline_due", models.DateField("baseline date", null=True, blank=True, editable=False)),
                ("waited_days", models.PositiveIntegerField(default=0, editable=False)),
                ("light_due", models.DateField(null=True, editable=False)),
                ("moves", models.PositiveIntegerField(default=0, editable=False)),
                ("slippage_days", models.IntegerField(default=0, editable=False)),
                ("scope_changes", models.PositiveIntegerField(default=0, editable=False)),
                ("claimed_progress", models.PositiveSmallIntegerField(null=True, editable=False)),
                ("claimed_on", models.DateField(null=True, editable=False)),
                ("verified_progress", models.PositiveSmallIntegerField(null=True, editable=False)),
                ("verified_on", models.DateField(null=True, editable=False)),
                ("has_obstacle", models.BooleanField(default=False, editable=False)),
                ("last_word_on", models.DateField(null=True, editable=False)),
                ("ended_on", models.DateField(null=True, editable=False)),
                ("quiet_since", models.DateField(null=True, editable=False)),
                ("fulfilled_on", models.DateField(null=True, editable=False)),
                ("days_late", models.PositiveIntegerField(null=True, editable=False)),
                ("agency", models.ForeignKey("focalpoints.agency", models.CASCADE, db_index=False, related_name="+")),
                ("commitment", models.ForeignKey("projects.commitment", models.CASCADE, db_index=False, related_name="task_versions")),
                ("task", models.ForeignKey("projects.task", models.CASCADE, db_index=False, related_name="versions")),
                ("level", models.PositiveSmallIntegerField(default=15)),
            ],
            {
                "ordering": ["task", "since"],
                "constraints": [
                    models.CheckConstraint(condition=Q(until__gt=F("since")), name="taskversion_ends_after_it_begins"),
                    models.UniqueConstraint(fields=["task", "since"], name="task_has_one_version_a_day"),
                ],
                "indexes": [
                    models.Index(fields=["level", "since", "until"], name="task_version_level"),
                    models.Index(fields=["due", "until", "since"], name="task_version_due"),
                    models.Index(
                        condition=Q(state="confirmed") & ~Q(verified_progress=100) & ~Q(claimed_progress=100),
                        fields=["light_due", "until", "since"],
                        name="task_version_light_due",
                    ),
                    models.Index(fields=["commitment", "until", "since"], name="task_version_commitment"),
                    models.Index(fields=["agency", "until", "since"], name="task_version_agency"),
                ],
            },
        ),
        migrations.CreateModel(
            "Notice",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("item", models.CharField(max_length=100)),
                ("agency", models.ForeignKey("focalpoints.agency", models.CASCADE, null=True, db_index=False, related_name="notices")),
                ("entry", models.ForeignKey("focalpoints.entry", models.CASCADE, db_index=False, related_name="notices")),
            ],
            {"ordering": ["-entry", "-pk"], "indexes": [models.Index(fields=["agency", "entry"], name="notice_agency")]},
        ),
        migrations.CreateModel(
            "DayFigures",
            [
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("seq", models.BigIntegerField()),
                ("counts", models.JSONField()),
            ],
            {"ordering": ["day"]},
        ),
        # What is found by its words. The words' own index is made after `migrate` (`install_word_index`).
        migrations.CreateModel(
            "SearchDocument",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=10)),
                ("row_key", models.BigIntegerField()),
                ("tokens", TokensColumn()),
                ("parent_key", models.BigIntegerField(null=True)),
                ("agency_only", models.BigIntegerField(null=True)),
                ("code", models.CharField(max_length=80)),
                ("title", models.TextField()),
                ("language", models.CharField(max_length=2)),
                ("text", models.TextField()),
                ("agencies", models.JSONField(default=list)),
            ],
            {
                "ordering": ["kind", "-row_key"],
                "constraints": [models.UniqueConstraint(fields=["kind", "row_key"], name="thing_has_one_search_document")],
            },
        ),
        # What can be taken away.
        migrations.CreateModel(
            "Dump",
            [
                ("day", models.DateField("day", primary_key=True, serialize=False)),
                ("made_at", models.DateTimeField()),
                ("seq", models.BigIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("release", models.CharField(max_length=20)),
                ("folder", models.CharField(max_length=40, unique=True)),
                ("files", models.JSONField(default=list)),
                ("original_folder", models.CharField(max_length=40, blank=True)),
                ("original_files", models.JSONField(default=list)),
                (
                    "state",
                    models.CharField(
                        max_length=10,
                        choices=[("published", "Published"), ("withdrawn", "Withdrawn"), ("gone", "Gone")],
                        default="published",
                    ),
                ),
            ],
            {"verbose_name": "dump", "ordering": ["-day"]},
        ),
        migrations.CreateModel(
            "DumpRedaction",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("dump", models.ForeignKey("projects.dump", models.CASCADE, related_name="redactions")),
                ("request", models.ForeignKey("projects.request", models.CASCADE, related_name="+")),
                ("kind", models.CharField(max_length=20)),
                ("code", models.CharField(max_length=80)),
                ("folio", models.CharField(max_length=40)),
                (
                    "stage",
                    models.CharField(
                        max_length=10,
                        choices=[("asked", "Asked"), ("left out", "Left Out"), ("emptied", "Emptied")],
                        default="asked",
                    ),
                ),
                ("tables", models.JSONField(default=list)),
            ],
            {"ordering": ["pk"]},
        ),
        migrations.CreateModel(
            "EvidenceOpening",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "evidence",
                    models.ForeignKey("projects.evidence", models.CASCADE, related_name="openings", db_index=False),
                ),
                ("person", models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")),
            ],
            {
                "ordering": ["evidence", "person"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["evidence", "person"], name="evidence_is_opened_once_by_a_person"
                    )
                ],
            },
        ),
        # What a person saved for themselves and their office.
        migrations.CreateModel(
            "SavedView",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField("Name", max_length=80)),
                ("page", models.CharField(max_length=60)),
                ("key", models.CharField(max_length=80, blank=True)),
                ("query", models.CharField(max_length=2000, blank=True)),
                ("is_shared", models.BooleanField(default=False)),
                ("made_at", models.DateTimeField()),
                ("made_seq", models.BigIntegerField()),
                ("revision", models.PositiveIntegerField(default=0)),
                (
                    "owner",
                    models.ForeignKey(
                        settings.AUTH_USER_MODEL, models.PROTECT, related_name="saved_views", verbose_name="person", db_index=False
                    ),
                ),
            ],
            {
                "verbose_name": "saved view",
                "ordering": [InSpanish("name"), "pk"],
                "constraints": [models.UniqueConstraint(fields=["owner", "name"], name="saved_view_has_one_name")],
            },
        ),
        migrations.CreateModel(
            "ViewSeen",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("person", models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")),
                ("view", models.ForeignKey("projects.savedview", models.CASCADE, related_name="seen", db_index=False)),
            ],
            {
                "ordering": ["view", "person"],
                "constraints": [
                    models.UniqueConstraint(fields=["view", "person"], name="saved_view_is_seen_once_by_a_person")
                ],
            },
        ),
        migrations.CreateModel("DumpFolder", [("name", models.CharField(max_length=40, primary_key=True, serialize=False))]),
        migrations.RunPython(fix_first_dates, lift_the_triggers),
    ]
