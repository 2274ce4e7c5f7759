"""Forms in GOV.UK's markup: the renderer that FORM_RENDERER names, and what it does to every field.

The templates are in templates/django/forms/. docs/look.md shows how a page uses them.
"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.forms.utils import ErrorList
from django.forms.widgets import Input
from django.template import engines
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from focalpoints.pages.fields import DATE_PARTS, DateWidget

# The class by which GOV.UK's style sheet knows each control, the most specific first. Groups of inputs name theirs in a template.
CONTROL_CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.HiddenInput, ""),
    (forms.RadioSelect, ""),
    (forms.CheckboxSelectMultiple, ""),
    (forms.CheckboxInput, "govuk-checkboxes__input"),
    (forms.FileInput, "govuk-file-upload"),
    (forms.Textarea, "govuk-textarea"),
    (forms.Select, "govuk-select"),
    (Input, "govuk-input"),
)


# The message of a field that was left empty, where its form has none of its own.
LEFT_EMPTY: tuple[tuple[type[forms.Field], Promise], ...] = (
    (forms.DateField, _("Enter the date in “%(field)s”.")),
    (forms.BooleanField, _("Tick “%(field)s”.")),
    (forms.FileField, _("Choose a file in “%(field)s”.")),
    (forms.ChoiceField, _("Choose an option in “%(field)s”.")),
    (forms.Field, _("Fill in “%(field)s”.")),
)
# The message for a hidden field, which nobody typed: an address was changed by hand, or a page is older than this release.
UNREADABLE = _("Part of the page's address cannot be read (%(field)s). Open the page again from a link.")
NAMELESS = forms.Field.default_error_messages["required"]


class GovukBoundField(BoundField):
    """A field with GOV.UK's classes, which leaves checking to the server and knows the input that its error leads to."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        """Without the browser's own check and its silent cut at maxlength: the server's messages say what is wrong."""
        widget = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, widget)
        attrs.pop("required", None)
        name = next((name for kind, name in CONTROL_CLASSES if isinstance(widget, kind)), "")
        if name:
            error = f"{name}--error" if self.errors and "__" not in name else ""
            counted = "govuk-js-character-count" if self.character_count else ""
            attrs["class"] = " ".join(filter(None, [name, error, counted, widget.attrs.get("class", "")]))
        if isinstance(widget, forms.TextInput | forms.Textarea):
            attrs["maxlength"] = attrs["minlength"] = attrs["cols"] = False
        if isinstance(widget, forms.NumberInput):
            attrs |= {"min": False, "max": False, "step": False, "spellcheck": "false"}
            attrs["inputmode"] = (
                "decimal" if isinstance(self.field, forms.FloatField | forms.DecimalField) else "numeric"
            )
        return attrs

    @property
    def errors(self) -> ErrorList:
        """Instead of Django's "This field is required.", a message that names the field: it also stands in the summary at the top.

        What Django finds wrong with a hidden field becomes a message for somebody who never saw one.
        """
        errors = super().errors
        if not errors:
            return errors
        named = [self._named(error) for error in errors.as_data()]
        return type(errors)(named, renderer=errors.renderer, field_id=errors.field_id)  # type: ignore[attr-defined]

    def _named(self, error: ValidationError) -> ValidationError:
        if self.is_hidden and error.message in self.field.error_messages.values():
            return ValidationError(str(UNREADABLE), code=error.code, params={"field": self.name})
        if error.code != "required" or error.message != NAMELESS:
            return error
        message = next(message for kind, message in LEFT_EMPTY if isinstance(self.field, kind))
        return ValidationError(str(message), code="required", params={"field": self.label})

    @property
    def aria_describedby(self) -> str | None:
        """The ids of hint and error and, for a textarea with a limit, of the counter."""
        ids = super().aria_describedby
        return f"{ids or ''} {self.auto_id}-info".strip() if self.character_count and self.auto_id else ids

    @property
    def is_checkbox(self) -> bool:
        """Whether it is a single box, whose label stands after it."""
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def is_optional(self) -> bool:
        """Whether its label says that it is optional: only where other fields are required, and never for a box."""
        return (
            not self.field.required
            and not self.is_checkbox
            and any(other.required for other in self.form.fields.values())
        )

    @property
    def suffix(self) -> str:
        """The unit shown after a text input, from the widget's attribute `data-suffix`."""
        return self.field.widget.attrs.get("data-suffix", "")

    @property
    def character_count(self) -> dict[str, Any]:
        """Attributes of GOV.UK's character count around a textarea with a limit; empty for everything else."""
        limit = getattr(self.field, "max_length", None)
        if not limit or not isinstance(self.field.widget, forms.Textarea):
            return {}
        return {
            "data-module": "govuk-character-count",
            "data-maxlength": limit,
            "data-count-type": "length",
            "data-i18n.characters-under-limit.one": gettext("You have %{count} character left"),
            "data-i18n.characters-under-limit.other": gettext("You have %{count} characters left"),
            "data-i18n.characters-at-limit": gettext("You have 0 characters left"),
            "data-i18n.characters-over-limit.one": gettext("You have %{count} character too many"),
            "data-i18n.characters-over-limit.other": gettext("You have %{count} characters too many"),
        }

    @property
    def error_target(self) -> str:
        """The id that an error summary links to: the first input, or the part of a date that is wrong."""
        widget = self.field.widget
        if isinstance(widget, DateWidget):
            return f"{self.auto_id}_{(widget.wrong_parts(self.value()) or DATE_PARTS)[0]}"
        if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
            return f"{self.auto_id}_0"
        return self.id_for_label


# What forms consist of most is compiled (ADR 0014): Django's name of a template → ours.
COMPILED = {
    "django/forms/div.html": "django/forms/div.jinja",
    "django/forms/field.html": "django/forms/field.jinja",
    "django/forms/widgets/select.html": "django/forms/widgets/select.jinja",
    **{
        f"django/forms/widgets/{kind}.html": "django/forms/widgets/input.jinja"
        for kind in ("text", "hidden", "email", "password")
    },
}


class GovukRenderer(TemplatesSetting):
    """Renders forms from the project's templates, so that each widget can be ours or Django's."""

    def get_template(self, template_name: str) -> Any:
        compiled = COMPILED.get(template_name)
        return engines["parts"].get_template(compiled) if compiled else super().get_template(template_name)

    bound_field_class = GovukBoundField
