"""The follow-up's form: lenient while it is a draft, complete when it is sent."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from focalpoints.pages.fields import LongTextField
from focalpoints.pages.kit import VerbForm, revision_in
from focalpoints.pages.typed_numbers import NumberTextInput, WholeNumberField
from projects.actions.drafts import WORDS
from projects.actions.follow_ups import lacking
from projects.forms.evidence import EvidenceForm
from projects.models import Task

# The codes of errors that a draft may have.
FORGIVEN = {"required", "unsaid"}


def _words(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _so_far(task: Task) -> str:
    """The hint under the progress field: what was verified and what was claimed last."""
    if task.claimed_on is None and task.verified_on is None:
        return gettext("Of the whole task, from 0 to 100. Nothing has been reported before.")
    said = [gettext("Of the whole task, from 0 to 100.")]
    if task.verified_on:
        said.append(gettext("Verified: %(progress)d %%.") % {"progress": task.verified_progress})
    if task.claimed_on and task.claimed_progress != task.verified_progress:
        said.append(gettext("Claimed last: %(progress)d %%.") % {"progress": task.claimed_progress})
    return " ".join(said)


class FollowUpForm(EvidenceForm, VerbForm):
    """Its hidden `revision` and `page` say what the person had on screen; `actions.save_draft` tells what for."""

    field_order = ["progress", "done", "next_step", "obstacle", "file", "link", "link_title"]

    progress = WholeNumberField(
        label=_("Progress so far"),
        min_value=0,
        max_value=100,
        widget=NumberTextInput(attrs={"class": "govuk-input--width-3", "data-suffix": "%", "autocomplete": "off"}),
        error_messages={
            "required": _("State how far the task is, from 0 to 100."),
            "invalid": _("Enter a whole number from 0 to 100."),
            "min_value": _("Progress cannot be less than 0. Enter a whole number from 0 to 100."),
            "max_value": _("Progress cannot be more than 100. Enter a whole number from 0 to 100."),
        },
    )
    done = LongTextField(
        label=_("What was done"),
        max_length=4000,
        widget=_words(4),
        error_messages={"required": _("Say what was done. One sentence is enough.")},
    )
    next_step = LongTextField(label=_("Next step"), required=False, max_length=2000, widget=_words(2))
    obstacle = LongTextField(
        label=_("Obstacle"),
        required=False,
        max_length=2000,
        widget=_words(2),
        help_text=_("What stands in the way. The task shows as at risk while an obstacle is stated."),
    )

    def __init__(self, *args: Any, task: Task, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.task = task
        self.already_there: list[str] = []  # what is said of evidence that was added before
        self.fields["progress"].help_text = _so_far(task)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name, message in lacking(data, self.task).items():
            if not self.has_error(name):
                self.add_error(name, forms.ValidationError(str(message), code="unsaid"))
        return data

    def note(self, notes: Mapping[str, str]) -> None:
        """Say beside each field what the coordination office noted on it."""
        for name, note in notes.items():
            if name in WORDS:
                field = self.fields[name]
                said = format_html("<strong>{}</strong> {}", _("The coordination office:"), note)
                field.help_text = format_html("{}<br>{}", said, field.help_text) if field.help_text else said

    @property
    def words(self) -> dict[str, Any]:
        """The text, without the fields that could not be read."""
        return {name: self.cleaned_data[name] for name in WORDS if name in self.cleaned_data}

    @property
    def says_something(self) -> bool:
        return self.brings_evidence or any(value not in (None, "") for value in self.words.values())

    @property
    def added_link(self) -> str:
        return self.cleaned_data.get("link") or ""

    @property
    def brings_evidence(self) -> bool:
        return bool(self.uploads or self.added_link)

    @property
    def brings_nothing(self) -> bool:
        """Neither a file nor a link, not even one that cannot be taken."""
        return not self.brings_evidence and not self.has_error("file") and not self.has_error("link")

    def forgive_gaps(self) -> None:
        """Let a draft be incomplete: what was left out stays empty. What cannot be read stays an error."""
        for name in self.forgive(FORGIVEN):
            if name not in self.cleaned_data:
                self.cleaned_data[name] = self.fields[name].to_python(self[name].data)

    @property
    def revision(self) -> int | None:
        """The revision of the follow-up that was on screen; None for a first one."""
        return revision_in(self.data) if str(self.data.get("revision", "")).strip() else None

    @cached_property
    def page(self) -> str:
        """Which loaded page it was typed on; a new name for a form just made."""
        page = str(self.data.get("page", ""))
        return page if page.isascii() and page.isalnum() and len(page) == 32 else uuid4().hex
