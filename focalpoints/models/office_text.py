from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from focalpoints.models.lines import EmailColumn, LineColumn

LONGEST_TEXT = 20_000


class OfficeTextQuerySet(models.QuerySet["OfficeText"]):
    def versions(self, kind: str) -> "OfficeTextQuerySet":
        """All that was ever published of this kind, newest first."""
        return self.filter(kind=kind).order_by("-revision")

    def newest(self, kind: str) -> "OfficeText":
        """What is in force. Where nothing was published yet, an unsaved one of revision 0."""
        return self.versions(kind).first() or OfficeText(kind=kind)


class OfficeText(models.Model):
    """A version of what the coordination office says of itself on one public page. Earlier versions stay and can be read.

    Of an earlier contact its text alone: name, mailbox and telephone may have been a person's, and are shown only while in force.
    """

    class Kind(models.TextChoices):
        CONTACT = "contact", _("Contact")
        PRIVACY = "privacy", _("Privacy notice")
        ACCESSIBILITY = "accessibility", _("Accessibility")
        LICENCE = "licence", _("Licence of the data")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    revision = models.PositiveIntegerField(default=0)
    published_on = models.DateField()
    # Of the contact alone.
    name = LineColumn(_("name of the office"), max_length=160, blank=True)
    email = EmailColumn(_("mailbox of the office"), blank=True)
    phone = LineColumn(_("telephone"), max_length=60, blank=True)
    text_es = models.TextField(_("text in Spanish"), validators=[MaxLengthValidator(LONGEST_TEXT)])
    text_en = models.TextField(_("text in English"), blank=True, validators=[MaxLengthValidator(LONGEST_TEXT)])

    objects = OfficeTextQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "-revision"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "revision"], name="one_office_text_per_kind_and_revision"),
            models.CheckConstraint(condition=~Q(text_es=""), name="office_text_is_not_empty"),
            models.CheckConstraint(
                condition=(Q(kind="contact") & ~Q(name="") & ~Q(email=""))
                | (~Q(kind="contact") & Q(name="", email="", phone="")),
                name="contact_has_a_mailbox_and_no_other_text",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.revision}"
