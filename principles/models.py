"""The strategy as it was adopted: 3 pillars, 12 principles, 5 objectives with 23 secondary ones, 5 enablers."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from focalpoints.models.lines import LineColumn


class Bilingual(models.Model):
    """A title in Spanish and, when the source has one, in English. `title` is the one in the reader's language, if there is one."""

    title_es = LineColumn(_("title in Spanish"), max_length=500)
    title_en = LineColumn(_("title in English"), max_length=500, blank=True)
    source = LineColumn(_("source"), max_length=300, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    @property
    def title_language(self) -> str:
        """The language of `title`, for the page's `lang` attribute."""
        return "en" if self.title_en and (get_language() or "").startswith("en") else "es"

    @property
    def title(self) -> str:
        return self.title_en if self.title_language == "en" else self.title_es


class Pillar(Bilingual):
    number = models.PositiveSmallIntegerField(_("number"), unique=True)

    class Meta:
        ordering = ["number"]
        verbose_name = _("pillar")


class Principle(Bilingual):
    """One of the twelve principles of the OECD Recommendation on Digital Government Strategies (OECD/LEGAL/0406)."""

    number = models.PositiveSmallIntegerField(_("number"), unique=True)
    pillar = models.ForeignKey(Pillar, models.PROTECT, related_name="principles", verbose_name=_("pillar"))
    short_es = LineColumn(_("short title in Spanish"), max_length=80)
    short_en = LineColumn(_("short title in English"), max_length=80, blank=True)

    class Meta:
        ordering = ["number"]
        verbose_name = _("principle")

    @property
    def short_title(self) -> str:
        return self.short_en if self.title_language == "en" and self.short_en else self.short_es


class Objective(Bilingual):
    """An objective of the strategy, or (with a parent) one of its secondary objectives."""

    number = models.PositiveSmallIntegerField(_("number"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="secondary", verbose_name=_("objective")
    )

    class Meta:
        ordering = ["number"]
        verbose_name = _("objective")
        constraints = [
            models.UniqueConstraint(fields=["number"], condition=Q(parent=None), name="objective_number_is_unique"),
            models.UniqueConstraint(
                fields=["number"], condition=~Q(parent=None), name="secondary_objective_number_is_unique"
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=models.F("pk")), name="objective_is_not_its_own_parent"
            ),
        ]


class Enabler(Bilingual):
    number = models.PositiveSmallIntegerField(_("number"), unique=True)

    class Meta:
        ordering = ["number"]
        verbose_name = _("enabler")
