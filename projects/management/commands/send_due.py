from argparse import ArgumentParser, ArgumentTypeError
from contextlib import nullcontext, suppress
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from focalpoints import clock
from focalpoints.mail import send_invitations_again
from focalpoints.turn import HeadKept
from projects.actions.periods import open_periods
from projects.derived.day_figures import keep_missing_days, keep_today
from projects.reminders.sending import ClockWentBack, send_day, take_back

# How long a run counts the figures of days that are over, before it leaves the rest to the next.
SECONDS_FOR_FIGURES = 60


class Command(BaseCommand):
    help = (
        "Add the tasks of periods that have begun. Send the reminders of the day: one message to each person who has something to do. "
        "Then count the day's figures for the boards, and those of earlier days that have none. Run it as often as you like."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--on",
            type=_instant,
            metavar="DATE",
            help="as if it were that day (2018-10-16, or 2018-10-16T16:00); a production site takes today alone",
        )

        parser.add_argument(
            "--today-is",
            type=_instant,
            metavar="DATE",
            help="once, after the clock ran ahead and was set right: messages of later days no longer stand in the way",
        )

    def handle(self, *, on: datetime | None, today_is: datetime | None = None, **options: Any) -> None:
        if on and settings.PRODUCTION and on.date() != clock.today():
            raise CommandError("A production site sends today's messages and no other day's.")
        sent, failed = send_invitations_again()
        if sent or failed:
            self.stdout.write(f"Invitations tried again: {sent} sent, {failed} not.")
        # On the real day, whatever day the messages are for: what the ledger says is when it happened.
        if opened := open_periods():
            self.stdout.write(f"{opened} tasks added: their periods have begun.")
        # In production the clock runs: what is written down is when it happened.
        with clock.at(on) if on and not settings.PRODUCTION else nullcontext():
            if today_is:
                self._take_back(today_is.date())
            try:
                run = send_day()
                with suppress(HeadKept):  # the next run has its turn
                    keep_today()
                keep_missing_days(SECONDS_FOR_FIGURES)
            except ClockWentBack:
                raise CommandError(
                    "Nothing was sent: there are messages of later days than today. Set the clock right. "
                    "If it is right and ran ahead before, docs/operations.md says what to do (--today-is)."
                ) from None
        if run.has_failed:
            raise CommandError(str(run))
        self.stdout.write(str(run))

    def _take_back(self, today: date) -> None:
        """Whoever gives the command states the date: a clock that is wrong again does not pass for right."""
        if today != clock.today():
            raise CommandError(f"By the clock it is {clock.today()}, not {today}. Set the clock right first.")
        self.stdout.write(f"{take_back(today)} messages of later days taken back.")


def _instant(text: str) -> datetime:
    """A day at the present time of day, or an instant, in the portal's own zone."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"not a date: {text}") from None
    if len(text) <= len("2018-10-16"):
        read = datetime.combine(read, clock.now().time().replace(tzinfo=None))
    return read.replace(tzinfo=clock.ZONE) if read.tzinfo is None else read.astimezone(clock.ZONE)
