"""Input on the office's texts: whom to ask, and what it says of personal data, accessibility and the licence."""

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from focalpoints.models import OfficeText
from focalpoints.models.office_text import LONGEST_TEXT
from focalpoints.names_taken import against_public_mailbox
from focalpoints.pages.fields import EmailLine, LongTextField, NameField
from focalpoints.pages.kit import CorrectionForm


class OfficeTextForm(CorrectionForm):
    text_es = LongTextField(
        label=_("Text in Spanish"),
        max_length=LONGEST_TEXT,
        help_text=_("An empty line begins a new paragraph. Addresses of pages and mailboxes become links."),
    )
    text_en = LongTextField(
        label=_("Text in English"),
        max_length=LONGEST_TEXT,
        required=False,
        help_text=_("Where it is empty, readers in English see the Spanish text."),
    )

    def __init__(self, data: QueryDict | None = None, *, row: OfficeText) -> None:
        super().__init__(
            data, row=row, initial={name: getattr(row, name) for name in self.base_fields if name != "revision"}
        )
        for name in ("text_es", "text_en"):
            self.fields[name].widget.attrs.update({"rows": 12, "lang": name[-2:], "spellcheck": "true"})

    def read_again(self) -> OfficeText:
        return OfficeText.objects.newest(self.row.kind)


class ContactForm(OfficeTextForm):
    name = NameField(label=_("Name of the office"), max_length=160)
    email = EmailLine(
        label=_("Mailbox of the office"),
        help_text=_("Anybody can read it, and errors are reported to it. Of the office, never of a person."),
    )
    phone = NameField(label=_("Telephone"), max_length=60, required=False)

    field_order = ["name", "email", "phone", "text_es", "text_en"]

    def __init__(self, data: QueryDict | None = None, *, row: OfficeText) -> None:
        super().__init__(data, row=row)
        self.fields["text_es"].help_text = _(
            "Address, hours, and what the office answers. An empty line begins a new paragraph."
        )

    def clean_email(self) -> str:
        typed: str = self.cleaned_data["email"]
        if "email" in self.changed_data and (refusal := against_public_mailbox(typed)):
            raise ValidationError(refusal)
        return typed


def form_of(row: OfficeText, data: QueryDict | None) -> OfficeTextForm:
    """The form of that kind of text."""
    return (ContactForm if row.kind == OfficeText.Kind.CONTACT else OfficeTextForm)(data, row=row)
