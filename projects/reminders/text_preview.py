"""A made-up message with a line in every section, to see an edited text in its place before it is saved."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext, override

from focalpoints import clock
from focalpoints.models import Role, User
from projects.reminders.compose import ComposedMessage, compose
from projects.reminders.facts import NamedAgency, Recipient, ReminderKind, occasion_at
from projects.reminders.message import Message, ReminderLine, ReminderReason, Sum
from projects.reminders.texts import texts_in_use

# Kind, reason and days late (negative before the date): one line for each section.
LINES = (
    (ReminderKind.RETURNED, ReminderReason.FOCAL_POINT, -20),
    (ReminderKind.LADDER, ReminderReason.FOCAL_POINT, 3),
    (ReminderKind.LADDER, ReminderReason.FOCAL_POINT, -7),
    (ReminderKind.SILENCE, ReminderReason.FOCAL_POINT, -90),
    (ReminderKind.NEWS, ReminderReason.FOCAL_POINT, -30),
    (ReminderKind.ROLE, ReminderReason.CONFIRMS, -30),
    (ReminderKind.QUEUE, ReminderReason.COORDINATOR, -30),
    (ReminderKind.LADDER, ReminderReason.COORDINATOR, 8),
    (ReminderKind.LADDER, ReminderReason.HEAD, 15),
    (ReminderKind.LADDER, ReminderReason.NO_FOCAL_POINT, 1),
    (ReminderKind.LADDER, ReminderReason.NO_AGENCY, 1),
)
EVENTS = {ReminderKind.NEWS: "follow-up.accept", ReminderKind.ROLE: Role.Kind.COORDINATOR.value}
SUMS = (Sum("late tasks", 34), Sum("late commitments", 5), Sum("queue", 12), Sum("vacant", 2))


def message_with(key: str, language: str, text: str, *, reader: User) -> ComposedMessage:
    """A made-up message to `reader` with `text` in the place of the text `key`; the other texts are those in use."""
    with override(language):
        lines = [_line(number, *facts) for number, facts in enumerate(LINES, 1)]
    person = Recipient(reader.pk, reader.code, reader.name, reader.email, language, is_weekly=False)
    message = Message(person, clock.today(), lines, climbed=40, sums=SUMS)
    return compose(message, texts_in_use() | {(key, language): text}, None)


def _line(number: int, kind: str, reason: str, days_late: int) -> ReminderLine:
    today = clock.today()
    due = today - timedelta(days=days_late)
    code = gettext("EXAMPLE-%(n)d") % {"n": number}
    line = ReminderLine(
        kind, reason, code, code, "commitment" if reason == ReminderReason.NO_AGENCY else "task", gettext("Example %(n)d") % {"n": number},
        "", (NamedAgency(0, "0", gettext("Example agency"), None),), "", days_late, due, due,
        event=EVENTS.get(kind, ""),
    )  # fmt: skip
    return replace(line, occasion=_said_on(due if kind == ReminderKind.LADDER else today - timedelta(days=9)))


def _said_on(day: date) -> str:
    return occasion_at(datetime.combine(day, time(9), clock.ZONE))
