"""Agencies, people and their powers; the ledger, which from its first row on the database itself guards; what is derived from it."""

from datetime import date

from django.conf import settings
from django.contrib.postgres.operations import CreateCollation
from django.core.validators import MaxLengthValidator
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Lower

from focalpoints.exports.triggers import EXPORTS_GUARD
from focalpoints.ledger.triggers import LEDGER
from focalpoints.models.appointment import new_appointment_code
from focalpoints.models.entry import Backwards
from focalpoints.models.user import new_person_code
from focalpoints.sql.spanish import COLLATION, InSpanish


def begin_the_ledger(apps, schema_editor):
    """The head's only row, and the triggers that refuse every change of the ledger but a new entry, and of the record of exports."""
    connection = schema_editor.connection
    apps.get_model("focalpoints", "LedgerHead").objects.using(connection.alias).create()
    LEDGER.install(connection)
    EXPORTS_GUARD.install(connection)


def lift_the_triggers(apps, schema_editor):
    EXPORTS_GUARD.lift(schema_editor.connection)
    LEDGER.lift(schema_editor.connection)


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        # In which names are sorted; SQLite has a function instead (focalpoints/sql/spanish.py).
        CreateCollation(COLLATION, "es", provider="icu"),
        # Who answers, and who may do what.
        migrations.CreateModel(
            "Agency",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.SlugField(
                        "key",
                        max_length=20,
                        unique=True,
                        help_text="Branch and unit of the federal budget, e.g. 9 or 4-A00.",
                    ),
                ),
                ("acronym", models.CharField("acronym", max_length=30, blank=True)),
                ("acronym_key", models.CharField(max_length=60, blank=True, editable=False)),
                ("name", models.CharField("name", max_length=200)),
                (
                    "kind",
                    models.CharField(
                        "kind",
                        max_length=40,
                        choices=[
                            ("dependencia", "Ministry-level body"),
                            ("entidad paraestatal", "Parastatal entity"),
                            ("órgano desconcentrado", "Deconcentrated body"),
                            ("empresa de participación estatal", "Majority state-owned company"),
                            ("organismo descentralizado", "Decentralised body"),
                            ("empresa productiva del Estado", "Productive state enterprise"),
                            ("fideicomiso", "Public trust"),
                            ("órgano regulador coordinado", "Coordinated regulator"),
                            ("unidad coordinadora", "Coordinating unit"),
                            ("organismo autónomo", "Autonomous body"),
                        ],
                    ),
                ),
                ("is_ministry", models.BooleanField("one of the 18 ministries", default=False)),
                ("in_catalogue", models.BooleanField(default=False, editable=False)),
                ("head_name", models.CharField("head of the agency", max_length=120, blank=True)),
                (
                    "head_email",
                    models.EmailField(
                        "e-mail of the head's office", max_length=254, blank=True, help_text="For escalation only; never shown in public."
                    ),
                ),
                (
                    "mailbox",
                    models.EmailField(
                        "public mailbox",
                        max_length=254,
                        blank=True,
                        help_text="Anybody can read it on the agency’s page. Of an office, never of a person. Leave it empty to show none.",
                    ),
                ),
                ("time_zone", models.CharField("time zone", max_length=40, default="America/Mexico_City")),
                ("note", models.CharField("note", max_length=300, blank=True)),
                ("closed_on", models.DateField("closed on", null=True, blank=True)),
                ("revision", models.PositiveIntegerField(default=0)),
                ("search", models.CharField(max_length=300, editable=False)),
                (
                    "parent",
                    models.ForeignKey(
                        "focalpoints.agency", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="sector head"
                    ),
                ),
            ],
            {
                "verbose_name": "agency",
                "verbose_name_plural": "agencies",
                "ordering": [InSpanish("name")],
                "constraints": [
                    models.CheckConstraint(condition=~Q(key="") & ~Q(name=""), name="agency_has_key_and_name"),
                    models.CheckConstraint(
                        condition=Q(parent=None) | ~Q(parent=F("pk")),
                        name="agency_is_not_its_own_head",
                        violation_error_message="An agency that heads its sector has no sector head: leave it empty.",
                    ),
                    models.CheckConstraint(
                        condition=Q(is_ministry=False) | Q(parent=None),
                        name="ministry_heads_its_sector",
                        violation_error_message="A ministry heads its sector: leave the sector head empty.",
                    ),
                    models.UniqueConstraint(Lower("key"), name="agency_key_is_unique_in_any_case"),
                    models.UniqueConstraint(
                        fields=["acronym_key"], condition=~Q(acronym_key=""), name="agency_acronym_is_unique_in_any_spelling"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            "User",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField("password", max_length=128)),
                ("last_login", models.DateTimeField("last login", null=True, blank=True)),
                ("code", models.CharField("code", max_length=12, default=new_person_code, unique=True, editable=False)),
                ("email", models.EmailField("e-mail", max_length=254, unique=True)),
                ("email_key", models.CharField(max_length=254, unique=True, blank=True, editable=False)),
                ("name", models.CharField("full name", max_length=120)),
                ("position", models.CharField("position", max_length=160, blank=True)),
                (
                    "language",
                    models.CharField(
                        "language of messages", max_length=10, choices=[("es-mx", "Español"), ("en", "English")], default="es-mx"
                    ),
                ),
                ("is_active", models.BooleanField("active", default=True)),
                ("is_fictional", models.BooleanField("fictional, made for the demonstration", default=False)),
                ("invited_at", models.DateTimeField(null=True, blank=True)),
                ("revision", models.PositiveIntegerField(default=0)),
                ("search", models.CharField(max_length=560, blank=True, editable=False)),
                (
                    "rhythm",
                    models.CharField(
                        "how often to remind me",
                        max_length=6,
                        choices=[
                            ("daily", "Every business day on which there is something to say"),
                            ("weekly", "Once a week, on its first business day"),
                        ],
                        default="daily",
                    ),
                ),
                ("shortcuts", models.CharField(max_length=5, blank=True, default="")),
                ("notices_seen", models.BigIntegerField(default=0, editable=False)),
            ],
            {
                "verbose_name": "person",
                "verbose_name_plural": "people",
                "ordering": [InSpanish("name")],
                "constraints": [
                    models.CheckConstraint(condition=Q(email=Lower("email")), name="person_email_is_in_lower_case"),
                    models.CheckConstraint(condition=~Q(email="") & ~Q(name=""), name="person_has_email_and_name"),
                    models.CheckConstraint(condition=Q(rhythm__in=["daily", "weekly"]), name="person_rhythm_is_known"),
                ],
            },
        ),
        migrations.CreateModel(
            "Role",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        "role",
                        max_length=20,
                        choices=[("coordinator", "Coordinator"), ("administrator", "Administrator"), ("system", "System")],
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        max_length=10,
                        choices=[
                            ("proposed", "To be confirmed"),
                            ("held", "Held"),
                            ("ended", "Ended"),
                            ("refused", "Refused"),
                            ("withdrawn", "Taken back before it was confirmed"),
                        ],
                    ),
                ),
                ("given_at", models.DateTimeField()),
                ("reason", models.CharField("reason", max_length=400, blank=True)),
                ("in_force_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("user", models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="roles", verbose_name="person")),
                ("given_by", models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")),
                ("confirmed_by", models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")),
            ],
            {
                "ordering": ["kind", "given_at"],
                "constraints": [
                    models.UniqueConstraint(fields=["user", "kind"], condition=Q(state__in=["proposed", "held"]), name="role_is_open_once"),
                    models.UniqueConstraint(fields=["kind"], condition=Q(kind="system"), name="one_system_account"),
                    models.CheckConstraint(condition=Q(kind__in=["coordinator", "administrator", "system"]), name="role_kind_is_known"),
                    models.CheckConstraint(
                        condition=Q(state="proposed", in_force_at=None, ended_at=None)
                        | Q(state="held", in_force_at__isnull=False, ended_at=None)
                        | Q(state="ended", in_force_at__isnull=False, ended_at__isnull=False)
                        | Q(state__in=["refused", "withdrawn"], in_force_at=None, ended_at__isnull=False),
                        name="role_moments_fit_its_state",
                    ),
                    models.CheckConstraint(
                        condition=Q(in_force_at=None) | Q(ended_at=None) | Q(ended_at__gte=F("in_force_at")),
                        name="role_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=~Q(given_by=F("user")) & ~Q(confirmed_by=F("user")) & ~Q(confirmed_by=F("given_by")),
                        name="role_is_given_and_confirmed_by_others",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            "Appointment",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=12, default=new_appointment_code, unique=True, editable=False)),
                (
                    "kind",
                    models.CharField(
                        "kind",
                        max_length=10,
                        choices=[("titular", "Titular focal point"), ("alternate", "Alternate focal point"), ("head", "Head of the agency")],
                        default="titular",
                    ),
                ),
                ("since", models.DateField("from")),
                ("until", models.DateField(null=True, blank=True)),
                (
                    "letter",
                    models.CharField("appointment letter", max_length=120, blank=True, help_text="Number and date of the official letter."),
                ),
                ("agency", models.ForeignKey("focalpoints.agency", models.PROTECT, related_name="appointments", verbose_name="agency")),
                ("user", models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="appointments", verbose_name="person")),
            ],
            {
                "verbose_name": "appointment",
                "verbose_name_plural": "appointments",
                "ordering": [InSpanish("agency__name"), "kind", "since"],
                "constraints": [
                    models.CheckConstraint(condition=Q(kind__in=["titular", "alternate", "head"]), name="appointment_kind_is_known"),
                    models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="appointment_ends_after_it_begins"),
                    models.UniqueConstraint(
                        fields=["user", "agency"], condition=Q(until=None), name="one_open_appointment_per_person_and_agency"
                    ),
                    models.UniqueConstraint(fields=["agency"], condition=Q(kind="titular", until=None), name="one_open_titular_per_agency"),
                    models.UniqueConstraint(fields=["agency"], condition=Q(kind="head", until=None), name="one_open_head_per_agency"),
                ],
            },
        ),
        migrations.CreateModel(
            "Portfolio",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField(default=0)),
                ("agencies", models.ManyToManyField("focalpoints.agency", related_name="+", verbose_name="agencies")),
                (
                    "person",
                    models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="portfolio", verbose_name="coordinator"),
                ),
                ("sectors", models.ManyToManyField("focalpoints.agency", related_name="+", verbose_name="sectors")),
            ],
            {"verbose_name": "portfolio", "ordering": ["person"]},
        ),
        migrations.CreateModel(
            "OfficeText",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        "kind",
                        max_length=20,
                        choices=[
                            ("contact", "Contact"),
                            ("privacy", "Privacy notice"),
                            ("accessibility", "Accessibility"),
                            ("licence", "Licence of the data"),
                        ],
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=0)),
                ("published_on", models.DateField()),
                ("name", models.CharField("name of the office", max_length=160, blank=True)),
                ("email", models.EmailField("mailbox of the office", max_length=254, blank=True)),
                ("phone", models.CharField("telephone", max_length=60, blank=True)),
                ("text_es", models.TextField("text in Spanish", validators=[MaxLengthValidator(20000)])),
                ("text_en", models.TextField("text in English", blank=True, validators=[MaxLengthValidator(20000)])),
            ],
            {
                "ordering": ["kind", "-revision"],
                "constraints": [
                    models.UniqueConstraint(fields=["kind", "revision"], name="one_office_text_per_kind_and_revision"),
                    models.CheckConstraint(condition=~Q(text_es=""), name="office_text_is_not_empty"),
                    models.CheckConstraint(
                        condition=(Q(kind="contact") & ~Q(name="") & ~Q(email="")) | (~Q(kind="contact") & Q(name="", email="", phone="")),
                        name="contact_has_a_mailbox_and_no_other_text",
                    ),
                ],
            },
        ),
        # What was done, entry by entry. The one row of the head orders all writes.
        migrations.CreateModel(
            "LedgerHead",
            [
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("seq", models.BigIntegerField(default=0)),
                ("at", models.DateTimeField(null=True)),
                ("digest", models.CharField(max_length=64, default="0" * 64)),
            ],
            {"constraints": [models.CheckConstraint(condition=Q(pk=1), name="one_ledger_head")]},
        ),
        migrations.CreateModel(
            "Entry",
            [
                ("seq", models.BigIntegerField(primary_key=True, serialize=False)),
                ("subject_type", models.CharField(max_length=20)),
                ("subject", models.CharField(max_length=80)),
                ("nth", models.PositiveIntegerField()),
                ("dossier", models.CharField(max_length=100)),
                ("verb", models.CharField(max_length=40)),
                ("office", models.CharField(max_length=40)),
                ("state", models.CharField(max_length=20, blank=True)),
                ("at", models.DateTimeField("business time")),
                ("recorded_at", models.DateTimeField("system time")),
                ("text", models.TextField()),
                ("previous", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
                ("digest", models.CharField(max_length=64)),
                ("by", models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="entries")),
            ],
            {
                "verbose_name": "ledger entry",
                "verbose_name_plural": "ledger entries",
                "ordering": ["seq"],
                "constraints": [
                    models.UniqueConstraint(fields=["subject_type", "subject", "nth"], name="entry_is_the_nth_of_its_subject"),
                    models.UniqueConstraint(fields=["hash"], name="entry_hash_is_unique"),
                    models.CheckConstraint(condition=Q(seq__gte=1) & Q(nth__gte=1), name="entry_counts_from_one"),
                ],
                "indexes": [
                    models.Index(fields=["dossier", "-seq"], name="entry_dossier"),
                    models.Index(fields=["at", "seq"], name="entry_at"),
                    models.Index("subject_type", Backwards("seq"), name="entry_of_type"),
                ],
            },
        ),
        migrations.CreateModel(
            "Annex",
            [
                (
                    "entry",
                    models.OneToOneField("focalpoints.entry", models.PROTECT, primary_key=True, related_name="annex", serialize=False),
                ),
                ("salt", models.CharField(max_length=32, blank=True)),
                ("content", models.TextField(blank=True)),
            ],
            {
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(content="", salt="") | (~Q(salt="") & ~Q(content="")), name="annex_is_whole_or_redacted"
                    )
                ]
            },
        ),
        migrations.CreateModel(
            "UnsentInvitation",
            [
                (
                    "user",
                    models.OneToOneField(
                        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, serialize=False, related_name="unsent_invitation"
                    ),
                ),
                ("since", models.DateTimeField()),
                ("tried_at", models.DateTimeField(null=True)),
                ("answer", models.CharField(max_length=300, blank=True)),
                ("is_refused", models.BooleanField(default=False)),
            ],
            {
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(tried_at__isnull=True, answer="", is_refused=False) | Q(tried_at__isnull=False),
                        name="invitation_is_answered_when_tried",
                    )
                ]
            },
        ),
        migrations.CreateModel(
            "Export",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("table", models.CharField(max_length=40)),
                ("filters", models.TextField("filters", blank=True)),
                ("format", models.CharField(max_length=5)),
                ("at", models.DateTimeField("business time")),
                ("recorded_at", models.DateTimeField("system time")),
                (
                    "state",
                    models.CharField(
                        max_length=10,
                        choices=[("begun", "Begun"), ("whole", "Whole"), ("broken off", "Broken off")],
                        default="begun",
                    ),
                ),
                ("rows", models.PositiveIntegerField("rows", null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        settings.AUTH_USER_MODEL, models.PROTECT, related_name="exports", verbose_name="person"
                    ),
                ),
            ],
            {
                "verbose_name": "export",
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(state="begun", rows=None, ended_at=None)
                        | Q(state__in=["whole", "broken off"], rows__isnull=False, ended_at__isnull=False),
                        name="export_ends_once",
                    ),
                    models.CheckConstraint(
                        condition=Q(format__in=["csv", "xlsx", "jsonl"]), name="export_format_is_known"
                    ),
                ],
            },
        ),
        # Derived from the ledger; `migrate` makes it anew when the code wants another shape.
        migrations.CreateModel(
            "AgencyVersion",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateField()),
                ("until", models.DateField(default=date(9999, 12, 31))),
                ("seq", models.BigIntegerField()),
                ("acronym", models.CharField(max_length=30, blank=True)),
                ("name", models.CharField(max_length=200)),
                ("is_closed", models.BooleanField(default=False)),
                ("agency", models.ForeignKey("focalpoints.agency", models.CASCADE, db_index=False, related_name="versions")),
                ("parent", models.ForeignKey("focalpoints.agency", models.CASCADE, null=True, related_name="+")),
            ],
            {
                "ordering": ["agency", "since"],
                "constraints": [
                    models.CheckConstraint(condition=Q(until__gt=F("since")), name="agencyversion_ends_after_it_begins"),
                    models.UniqueConstraint(fields=["agency", "since"], name="agency_has_one_version_a_day"),
                ],
            },
        ),
        migrations.CreateModel(
            "ProjectionState",
            [("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)), ("shape", models.CharField(max_length=200))],
            {"constraints": [models.CheckConstraint(condition=Q(pk=1), name="one_projection_state")]},
        ),
        migrations.RunPython(begin_the_ledger, lift_the_triggers),
    ]
