"""What `make demo` prepares: the story of `story.toml`, the last reminders, and accounts to sign in with.

The story is fictional: people, tasks and ten months of follow-ups up to 15 October 2018. It goes through the verbs, in the name of
whoever would have done it, oldest first on the business clock. Only codes of people, salts and passwords differ from one run to another.
"""

import secrets
import tomllib
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from edn_portal.demo.requests import tell_dates, tell_office
from edn_portal.demo.telling import DemoStory, email_of
from focalpoints import clock
from focalpoints.business_days import on_or_before
from focalpoints.models import User
from projects.reminders.sending import ClockWentBack, send_day

SCRIPT = Path(__file__).parent / "story.toml"
TODAY = date(2018, 10, 15)


class WrongDay(Exception):
    """The business clock stands before the story's last day, of which it cannot tell yet."""


@dataclass(frozen=True, slots=True)
class Account:
    """What `manage.py demo` prints of a person."""

    role: str
    email: str
    password: str


def script() -> dict[str, Any]:
    return tomllib.loads(SCRIPT.read_text(encoding="utf-8"))


@transaction.atomic
def build() -> None:
    """Tell the whole story or nothing, once the reference data is loaded. Raises WrongDay."""
    if clock.today() < TODAY:
        raise WrongDay
    story = DemoStory(script())
    story.people()
    story.network()
    story.office_texts()
    story.tasks()
    tell_dates(story)
    tell_office(story)
    story.proposals()
    story.findings()
    story.for_all()
    story.quarterly()
    story.happen()


def is_built() -> bool:
    return User.objects.filter(is_fictional=True).exists()


def remind() -> None:
    """Send the reminders of the last business day: whoever opens the demonstration finds what went out, and in whose mailbox."""
    day = on_or_before(clock.today())
    # Whoever tried `send_due --on` a later day has sent them all.
    with clock.at(datetime.combine(day, clock.now().time(), clock.ZONE)), suppress(ClockWentBack):
        send_day()


def accounts(password: str = "") -> list[Account]:
    """The people one can sign in as, each with `password` or, without one, with a new random password.

    Whoever tried the demonstration may have deactivated somebody, or corrected their address: they are left out.
    """
    shown = {email_of(person["key"]): person["shown"] for person in script()["people"] if "shown" in person}
    given = []
    hashes: dict[str, str] = {}  # a hash takes a third of a second, and with `password` it is the same for all
    people = {person.email: person for person in User.objects.active().filter(email__in=shown)}
    for email, role in shown.items():
        if person := people.get(email):
            chosen = password or secrets.token_urlsafe(12)
            # Unchanged, it keeps everybody signed in.
            if not (password and person.has_usable_password() and person.check_password(password)):
                person.password = hashes[chosen] = hashes.get(chosen) or make_password(chosen)
                person.save(update_fields=["password"])
            given.append(Account(role, email, chosen))
    return given
