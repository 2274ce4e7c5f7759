"""A made-up message with a line under every heading, to see a text in its place before it is kept."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext, override

from focalpoints import clock
from focalpoints.models import User
from projects.reminders.compose import ComposedMessage, compose
from projects.reminders.facts import NamedAgency, Recipient, ReminderKind, stamp
from projects.reminders.message import Message, ReminderLine, ReminderReason
from projects.reminders.texts import in_use

# Kind, reason and days from the due date to today: one of each section.
LINES = (
    (ReminderKind.RETURNED, ReminderReason.FOCAL_POINT, -20),
    (ReminderKind.LADDER, ReminderReason.FOCAL_POINT, 3),
    (ReminderKind.LADDER, ReminderReason.FOCAL_POINT, -7),
    (ReminderKind.SILENCE, ReminderReason.FOCAL_POINT, -90),
    (ReminderKind.QUEUE, ReminderReason.COORDINATOR, -30),
    (ReminderKind.LADDER, ReminderReason.COORDINATOR, 8),
    (ReminderKind.LADDER, ReminderReason.HEAD, 15),
    (ReminderKind.LADDER, ReminderReason.SECTOR_HEAD, 30),
    (ReminderKind.LADDER, ReminderReason.NO_FOCAL_POINT, 1),
    (ReminderKind.LADDER, ReminderReason.NO_AGENCY, 1),
)


def message_with(key: str, language: str, text: str, *, reader: User) -> ComposedMessage:
    """The message in which `text` stands in the place of `key`, the other texts as they are in use; to `reader`."""
    with override(language):
        lines = [_line(number, *facts) for number, facts in enumerate(LINES, 1)]
    person = Recipient(reader.pk, reader.code, reader.name, reader.email, language, is_weekly=False)
    return compose(Message(person, clock.today(), lines), in_use() | {(key, language): text}, None)


def _line(number: int, kind: str, reason: str, days_late: int) -> ReminderLine:
    today = clock.today()
    due = today - timedelta(days=days_late)
    code = gettext("EXAMPLE-%(n)d") % {"n": number}
    line = ReminderLine(
        kind, reason, code, code, "commitment" if reason == ReminderReason.NO_AGENCY else "task", gettext("Example %(n)d") % {"n": number},
        "", (NamedAgency(0, "0", gettext("Example agency"), None),), "", days_late, due, due,
    )  # fmt: skip
    return replace(line, occasion=_said_on(due if kind == ReminderKind.LADDER else today - timedelta(days=9)))


def _said_on(day: date) -> str:
    return stamp(datetime.combine(day, time(9), clock.ZONE))
