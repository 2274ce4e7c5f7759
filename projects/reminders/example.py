"""A made-up message with a line under every heading, to see a text in its place before it is kept."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext, override

from focalpoints import clock
from focalpoints.models import User

from .compose import Composed, compose
from .facts import Kind, Person, Place, stamp
from .lines import Line, Message, Reason
from .texts import in_use

# Kind, reason and days from the due date to today: one of each section.
LINES = (
    (Kind.RETURNED, Reason.FOCAL_POINT, -20),
    (Kind.LADDER, Reason.FOCAL_POINT, 3),
    (Kind.LADDER, Reason.FOCAL_POINT, -7),
    (Kind.SILENCE, Reason.FOCAL_POINT, -90),
    (Kind.QUEUE, Reason.COORDINATOR, -30),
    (Kind.LADDER, Reason.COORDINATOR, 8),
    (Kind.LADDER, Reason.HEAD, 15),
    (Kind.LADDER, Reason.SECTOR_HEAD, 30),
    (Kind.LADDER, Reason.NO_FOCAL_POINT, 1),
    (Kind.LADDER, Reason.NO_AGENCY, 1),
)


def example(key: str, language: str, text: str, *, reader: User) -> Composed:
    """The message in which `text` stands in the place of `key`, the other texts as they are in use; to `reader`."""
    with override(language):
        lines = [_line(number, *facts) for number, facts in enumerate(LINES, 1)]
    person = Person(reader.pk, reader.code, reader.name, reader.email, language, is_weekly=False)
    return compose(Message(person, clock.today(), lines), in_use() | {(key, language): text}, None)


def _line(number: int, kind: str, reason: str, days_late: int) -> Line:
    today = clock.today()
    due = today - timedelta(days=days_late)
    code = gettext("EXAMPLE-%(n)d") % {"n": number}
    line = Line(
        kind, reason, code, code, "commitment" if reason == Reason.NO_AGENCY else "task", gettext("Example %(n)d") % {"n": number},
        "", (Place(0, "0", gettext("Example agency"), None),), "", days_late, due, due,
    )  # fmt: skip
    return replace(line, occasion=_said_on(due if kind == Kind.LADDER else today - timedelta(days=9)))


def _said_on(day: date) -> str:
    return stamp(datetime.combine(day, time(9), clock.ZONE))
