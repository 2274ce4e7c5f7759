"""The strategy as it was adopted. Its rows come with `manage.py load_reference`."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            "Pillar",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title_es", models.CharField("title in Spanish", max_length=500)),
                ("title_en", models.CharField("title in English", max_length=500, blank=True)),
                ("source", models.CharField("source", max_length=300, blank=True)),
                ("number", models.PositiveSmallIntegerField("number", unique=True)),
            ],
            {"verbose_name": "pillar", "ordering": ["number"]},
        ),
        migrations.CreateModel(
            "Principle",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title_es", models.CharField("title in Spanish", max_length=500)),
                ("title_en", models.CharField("title in English", max_length=500, blank=True)),
                ("source", models.CharField("source", max_length=300, blank=True)),
                ("number", models.PositiveSmallIntegerField("number", unique=True)),
                ("short_es", models.CharField("short title in Spanish", max_length=80)),
                ("short_en", models.CharField("short title in English", max_length=80, blank=True)),
                ("pillar", models.ForeignKey("principles.pillar", models.PROTECT, related_name="principles", verbose_name="pillar")),
            ],
            {"verbose_name": "principle", "ordering": ["number"]},
        ),
        migrations.CreateModel(
            "Objective",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title_es", models.CharField("title in Spanish", max_length=500)),
                ("title_en", models.CharField("title in English", max_length=500, blank=True)),
                ("source", models.CharField("source", max_length=300, blank=True)),
                ("number", models.PositiveSmallIntegerField("number")),
                (
                    "parent",
                    models.ForeignKey(
                        "principles.objective", models.PROTECT, null=True, blank=True, related_name="secondary", verbose_name="objective"
                    ),
                ),
            ],
            {
                "verbose_name": "objective",
                "ordering": ["number"],
                "constraints": [
                    models.UniqueConstraint(fields=["number"], condition=Q(parent=None), name="objective_number_is_unique"),
                    models.UniqueConstraint(fields=["number"], condition=~Q(parent=None), name="secondary_objective_number_is_unique"),
                    models.CheckConstraint(condition=Q(parent=None) | ~Q(parent=F("pk")), name="objective_is_not_its_own_parent"),
                ],
            },
        ),
        migrations.CreateModel(
            "Enabler",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title_es", models.CharField("title in Spanish", max_length=500)),
                ("title_en", models.CharField("title in English", max_length=500, blank=True)),
                ("source", models.CharField("source", max_length=300, blank=True)),
                ("number", models.PositiveSmallIntegerField("number", unique=True)),
            ],
            {"verbose_name": "enabler", "ordering": ["number"]},
        ),
    ]
