"""Input on reminders: a pause and its reason, a rewritten text, and what the pages of messages may be asked for."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.models import Agency, User
from focalpoints.pages.fields import LongTextField, NearDateField, OneLine
from focalpoints.pages.kit import CorrectionForm
from focalpoints.templatetags.edn import day_in_words
from focalpoints.text import address
from projects.actions.reminders import LONGEST_PAUSE_DAYS, UNTIL_WHEN
from projects.forms.reasons import ReasonForm
from projects.models import DailyMessage, MessageText
from projects.models.reminders import DailyMessageQuerySet
from projects.reading.lists.filter_form import (
    MOST_TEXT,
    DateFilter,
    Filters,
    agencies_called,
    choice_filter,
    text_field,
)
from projects.reminders.message import Message
from projects.reminders.texts import LONGEST, TEXTS, default, problem_with


class PauseForm(ReasonForm):
    until = NearDateField(
        label=_("Reminders start again on"),
        help_text=_("On that day, the portal says what is still due. At the latest a year from now."),
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.fields["reason"].help_text = _(
            "Its agencies and the coordination office read it. The public sees only until when the reminders are paused."
        )

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if not 0 < (until - clock.today()).days <= LONGEST_PAUSE_DAYS:
            raise ValidationError(UNTIL_WHEN, code="bounds")
        return until


def written_text(key: str, language: str) -> MessageText:
    """The row of a text. Where nobody has written it yet, an unsaved one of revision 0."""
    row = MessageText.objects.filter(key=key, language=language).first()
    return row or MessageText(key=key, language=language)


class TextForm(CorrectionForm):
    """One text of the messages, in one language. A text equal to the default is stored as the default."""

    text = LongTextField(
        label=_("Text"),
        max_length=LONGEST,
        error_messages={"required": _("Write the text, or restore the default.")},
    )

    def __init__(self, data: QueryDict | None = None, *, row: MessageText, keeps: bool = False) -> None:
        """`keeps` is False for the button that only shows the text in a message."""
        self.default, self.keeps = default(row.key, row.language), keeps
        self.is_written = bool(row.text)
        super().__init__(data, row=row, initial={"text": row.text or self.default})
        rows = 2 if TEXTS[row.key].is_one_line else 5
        self.fields["text"].widget.attrs.update({"rows": rows, "lang": row.language[:2], "spellcheck": "true"})

    def read_again(self) -> MessageText:
        return written_text(self.row.key, self.row.language)

    def clean(self) -> dict[str, Any]:
        """Only a text that is to be kept must differ from what is there."""
        return super().clean() if self.keeps else self.cleaned_data

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if problem := problem_with(self.row.key, text):
            raise ValidationError(str(problem), code="text")
        return text

    @property
    def arguments(self) -> dict[str, Any]:
        text = self.cleaned_data["text"]
        return {"text": "" if text == self.default else text, "revision": self.cleaned_data["revision"]}

    @property
    def to_preview(self) -> str:
        """The text that a message can show; empty while it is wrong."""
        if not self.is_bound:
            return str(self.initial["text"])
        return "" if self.errors.get("text") else str(self.cleaned_data["text"])


class RehearsalForm(forms.Form):
    """Which of the rehearsed messages to show: those of a person or agency, those of a day."""

    q = OneLine(
        label=_("Person or agency"),
        required=False,
        max_length=MOST_TEXT,
        help_text=_("Words of a name, or an agency's acronym or key."),
    )
    day = forms.TypedChoiceField(
        label=_("Day"),
        required=False,
        coerce=date.fromisoformat,
        empty_value=None,
        error_messages={"invalid_choice": _("Choose one of the days that are rehearsed.")},
    )

    def __init__(self, data: QueryDict, *, days: Iterable[date]) -> None:
        super().__init__(data)
        self.fields["day"].choices = [("", _("All"))] + [(day.isoformat(), day_in_words(day)) for day in days]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> dict[str, Any]:
        """The answers that were given; none while one is wrong."""
        return {name: value for name, value in self.cleaned_data.items() if value} if self.is_valid() else {}

    def narrowed(self, messages: Iterable[Message]) -> list[Message]:
        """The messages to a person of that name, or about an agency of that name."""
        text = self.chosen.get("q", "")
        if not text:
            return list(messages)
        people = set(User.objects.matching(text).values_list("pk", flat=True))
        agencies = set(agencies_called(text).values_list("pk", flat=True))
        return [
            message
            for message in messages
            if message.person.pk in people
            or any(place.pk in agencies for line in message.lines for place in line.agencies)
        ]


TROUBLE = "trouble"


class SentFilter(Filters):
    """Filters of the messages that were sent: outcome, day, person."""

    state = choice_filter(_("Outcome"), "in_state", (TROUBLE, _("Needs attention")), *DailyMessage.State.choices)
    day = DateFilter(label=_("Day"), field_name="day")
    q = text_field(_("Person or office: name or e-mail"), method="of_person")

    class Meta:
        model = DailyMessage
        fields: list[str] = []

    def in_state(self, rows: DailyMessageQuerySet, name: str, value: str) -> DailyMessageQuerySet:
        return rows.unreached() if value == TROUBLE else rows.filter(state=value)

    def of_person(self, rows: DailyMessageQuerySet, name: str, value: str) -> DailyMessageQuerySet:
        people, offices = User.objects.matching(value), Agency.objects.matching(value)
        return rows.filter(Q(person__in=people) | Q(office__in=offices) | Q(address=address(value)))
