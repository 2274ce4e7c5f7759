"""Columns of one line, kept as `text` says whoever writes them: a form, a verb, a load or a command."""

from collections.abc import Callable
from typing import Any

from django.core.validators import RegexValidator, slug_re
from django.db import models
from django.utils.translation import gettext_lazy as _

from focalpoints.text import address, code, one_line


class LineColumn(models.CharField):
    """A name, title or code, without what nobody sees. A value that is asked for (`filter(name=…)`) is cleaned likewise: Django passes
    both through `to_python`.
    """

    kept_as = staticmethod(one_line)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return self.kept_as(text) if isinstance(text, str) else text

    def pre_save(self, row: models.Model, add: bool) -> Any:
        """The row in hand is cleaned too: the ledger's entry is written from it."""
        value = self.to_python(super().pre_save(row, add))
        setattr(row, self.attname, value)
        return value

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """To the database it is a column of text like any other."""
        name, _path, arguments, options = super().deconstruct()
        return name, f"django.db.models.{self.plain}", arguments, options

    plain = "CharField"


class EmailColumn(LineColumn, models.EmailField):
    kept_as = staticmethod(address)
    plain = "EmailField"


class CodeColumn(LineColumn, models.SlugField):
    kept_as = staticmethod(code)
    plain = "SlugField"
    default_validators = [
        RegexValidator(slug_re, _("Use letters without accents, digits and hyphens only."), "invalid")
    ]


class KeyColumn(models.CharField):
    """What the column `of` has in common with its other spellings: unique, so that not even two at once can write both."""

    def __init__(self, *, of: str = "", by: Callable[[str], str] = str, **options: Any) -> None:
        super().__init__(**options | {"blank": True, "editable": False})
        self.of, self.by = of, by

    def pre_save(self, row: models.Model, add: bool) -> str:
        key = self.by(getattr(row, self.of))[: self.max_length]
        setattr(row, self.attname, key)
        return key

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, _path, arguments, options = super().deconstruct()
        return name, "django.db.models.CharField", arguments, options
