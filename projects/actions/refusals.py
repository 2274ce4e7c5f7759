"""What a correction refuses, of whichever item. It raises NotPossible with a message that says what to do instead."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from focalpoints.workflow import NotPossible


def refuse_date(changes: Iterable[str]) -> None:
    """A correction of other facts moves no due date: that has verbs of its own."""
    if "due" in changes:
        raise NotPossible(
            _(
                "A due date is not overwritten along with other facts: its agency asks for a new one, "
                "and the coordination office sets a first one or corrects a wrong capture."
            )
        )
