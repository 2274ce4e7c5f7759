"""Input of evidence: one file, one link."""

import unicodedata
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import URLValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from focalpoints.pages.fields import NameField
from projects.actions.evidence import NOT_STORED
from projects.forms.evidence_types import CONTENT_TYPES, KINDS, clean_name, identify


class EvidenceFileField(forms.FileField):
    """A file whose content is what its name says. `content_type` of the cleaned upload is what was found, not what the browser said."""

    widget = forms.ClearableFileInput(attrs={"accept": ",".join(f".{extension}" for extension in CONTENT_TYPES)})
    default_error_messages = {
        "empty": _("This file is empty. Check that it was saved, and add it again."),
        "too_large": _("This file is larger than 25 MB. Make it smaller, split it, or add a link to where it lies."),
    }

    def clean(self, data: Any, initial: Any = None) -> UploadedFile | None:
        upload: UploadedFile | None = super().clean(data, initial)
        if not upload:
            return None
        if getattr(upload, "is_lost", False):  # edn_portal/operations/uploads.py
            raise ValidationError(NOT_STORED, code="not_stored")
        if (upload.size or 0) > settings.UPLOAD_FILE_LIMIT:
            raise ValidationError(self.error_messages["too_large"], code="too_large")
        upload.content_type = identify(upload)
        upload.name = clean_name(upload.name or "")
        return upload


class LinkField(forms.URLField):
    """An address that a reader may follow and can judge by its host."""

    default_validators = [URLValidator(schemes=["http", "https"])]
    default_error_messages = {
        "invalid": _("Enter a complete address, for example https://www.gob.mx/sct/documento.pdf."),
        "disguised": _("This address hides where it leads: take away the user name or the invisible characters."),
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(assume_scheme="https", max_length=1000, **options)

    def clean(self, value: Any) -> str:
        url = super().clean(value)
        is_disguised = any(unicodedata.category(c)[0] == "C" for c in url) or "@" in urlsplit(url).netloc
        if is_disguised:
            raise ValidationError(self.error_messages["disguised"], code="disguised")
        return url


class EvidenceForm(forms.Form):
    """File and link, both optional: a part of the forms that take evidence."""

    file = EvidenceFileField(label=_("File"), required=False)
    link = LinkField(label=_("Link"), required=False, help_text=_("The address of a page or document that proves it."))
    link_title = NameField(label=_("What the link shows"), required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = gettext("%(kinds)s, up to 25 MB.") % {"kinds": KINDS}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("link_title") and "link" in data and not data["link"]:
            self.add_error("link", _("Enter the link's address, or empty what it shows."))
        return data
