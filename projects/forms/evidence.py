"""Input of evidence: some files, one link."""

import re
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
from focalpoints.text import visible
from projects.actions.evidence import NOT_STORED
from projects.forms.evidence_types import CONTENT_TYPES, KINDS, clean_name, identify

ROOM_FOR_TEXT = 1024**2  # bytes of a request that are no files
BREAK, BLANK = (
    re.compile(r"[\t\r\n]"),
    re.compile(r"\s"),
)  # an address that was broken into lines is one; browsers read it so
ANOTHER = re.compile(r"\s(https?://|www\.)", re.IGNORECASE)


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesRefused(ValidationError):
    """Some of the files cannot be taken; `taken` are the others."""

    def __init__(self, refusals: list[ValidationError], taken: list[UploadedFile]) -> None:
        super().__init__(refusals)
        self.taken = taken


class EvidenceFilesField(forms.FileField):
    """Files whose content is what their names say; cleans to a list. `content_type` of each is what was found, not what the browser said.

    Each is judged alone: what is wrong with one is said with its name.
    """

    default_error_messages = {
        "empty": _("This file is empty. Check that it was saved, and add it again."),
        "too_large": _("This file is larger than 25 MB. Make it smaller, split it, or add a link to where it lies."),
    }
    widget = SeveralFiles(
        attrs={
            "accept": ",".join(f".{extension}" for extension in CONTENT_TYPES),
            # Said by static/src/js/file_size.js before anything is sent.
            "data-max-bytes": settings.UPLOAD_FILE_LIMIT,
            "data-max-together": settings.UPLOAD_REQUEST_LIMIT - ROOM_FOR_TEXT,
            "data-too-large": _(
                "“%s” is larger than 25 MB and was not taken. Make it smaller, split it, or add a link to where it lies."
            ),
            "data-too-much": _(
                "These files together are larger than 29 MB and were not taken. Choose fewer, and add links to where the others lie."
            ),
        }
    )

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        taken, refusals = [], []
        for upload in data or []:
            name = clean_name(upload.name or "")
            try:
                taken.append(self._checked(super().clean(upload)))
            except ValidationError as refusal:
                refusals += [ValidationError(about_file(name, said), code=refusal.code) for said in refusal.messages]
        if refusals:
            raise FilesRefused(refusals, taken)
        return taken

    def _checked(self, upload: UploadedFile) -> UploadedFile:
        if getattr(upload, "is_lost", False):  # edn_portal/operations/uploads.py
            raise ValidationError(NOT_STORED, code="not_stored")
        if (upload.size or 0) > settings.UPLOAD_FILE_LIMIT:
            raise ValidationError(self.error_messages["too_large"], code="too_large")
        upload.content_type = identify(upload)
        upload.name = clean_name(upload.name or "")
        return upload


def about_file(name: str | None, said: object) -> str:
    """What is said of one file among several."""
    return gettext("“%(name)s”: %(said)s") % {"name": name, "said": said}


class LinkField(forms.URLField):
    """An address that a reader may follow and can judge by its host."""

    default_validators = [URLValidator(schemes=["http", "https"])]
    default_error_messages = {
        "invalid": _("Enter a complete address, for example https://www.gob.mx/sct/documento.pdf."),
        "disguised": _("This address hides where it leads: take away the user name or the invisible characters."),
        "several": _("Enter one address alone, without other words. Add further links one by one."),
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(assume_scheme="https", max_length=1000, **options)

    def to_python(self, value: Any) -> str:
        """What was pasted, without what stood around it; a blank in a file's name as browsers write it."""
        pasted = BREAK.sub("", str(value or ""))
        beginning, end = 0, len(pasted)
        while beginning < end and _stands_around(pasted[beginning]):
            beginning += 1
        while end > beginning and _stands_around(pasted[end - 1]):
            end -= 1
        pasted = pasted[beginning:end]
        if ANOTHER.search(pasted):
            raise ValidationError(self.error_messages["several"], code="several")
        return super().to_python(BLANK.sub("%20", pasted)) or ""

    def clean(self, value: Any) -> str:
        url = super().clean(value)
        is_unseen = visible(url) != url or any(unicodedata.category(c)[0] == "C" for c in url)
        is_disguised = is_unseen or "@" in urlsplit(url).netloc
        if is_disguised:
            raise ValidationError(self.error_messages["disguised"], code="disguised")
        return url


def _stands_around(char: str) -> bool:
    """Blanks, invisible characters, and the signs between which letters and mail programs put an address."""
    return char in "<>\"'“”‘’«»" or unicodedata.category(char)[0] in "ZC"


class EvidenceForm(forms.Form):
    """Files and a link, all optional: a part of the forms that take evidence. `uploads` are the files that can be taken."""

    file = EvidenceFilesField(label=_("Files"), required=False)
    link = LinkField(label=_("Link"), required=False, help_text=_("The address of a page or document that proves it."))
    link_title = NameField(label=_("What the link shows"), required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.uploads: list[UploadedFile] = []
        self.fields["file"].help_text = gettext("%(kinds)s, up to 25 MB each.") % {"kinds": KINDS}

    def add_error(self, field: str | None, error: Any) -> None:
        if isinstance(error, FilesRefused):
            self.uploads = error.taken
        super().add_error(field, error)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.uploads = data.get("file", self.uploads)
        if data.get("link_title") and "link" in data and not data["link"]:
            self.add_error("link", _("Enter the link's address, or empty what it shows."))
        return data
