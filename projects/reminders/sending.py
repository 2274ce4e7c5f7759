"""Sends a day's messages. Each is first claimed in a committed row; afterwards its outcome is written there.

Two runs may share the work: the row is unique for a person and day, so one run sends it and the other goes on to the next.
"""

import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext

from focalpoints import clock
from focalpoints.business_days import is_business_day
from focalpoints.delivery import Courier, DeliveryOutcome, Fate, courier
from focalpoints.models import Agency, LedgerHead, User
from projects.models import DailyAnchor, DailyMessage, MessageItem
from projects.reminders.compose import ComposedMessage, Texts, as_mail, compose
from projects.reminders.facts import Recipient, ReminderKind, plan_facts
from projects.reminders.ladder import retry_day
from projects.reminders.message import Message
from projects.reminders.plan import DayPlan, Gap, plan
from projects.reminders.texts import texts_in_use

logger = logging.getLogger(__name__)
State = DailyMessage.State
# Longer than one mail can take, even if every step runs into its time limit: a claim this old belongs to a process that has ended.
LEASE = timedelta(minutes=15)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=10), timedelta(hours=2)
# After this many connections in a row that broke or were never made, a run stops and leaves the rest to the next.
MOST_LOST_IN_A_ROW = 3
CLOCK_RAN_AHEAD = "A clock that ran ahead dated it %s."
STATES = {Fate.SENT: State.SENT, Fate.REFUSED: State.REFUSED, Fate.FAILED: State.FAILED, Fate.UNKNOWN: State.UNKNOWN}


class ClockWentBack(Exception):
    """There are messages of a later day than today: the clock is wrong now, or was. Nothing is sent."""


@dataclass(slots=True)
class Run:
    """What one run did."""

    day: date
    fates: Counter[Fate] = field(default_factory=Counter)
    # Messages that could not be composed.
    faulty: int = 0
    # Messages of earlier runs that ended before the outcome was known.
    lost: int = 0
    # Planned but not sent: another run has them, it is too early to try again, or the person's account or address changed.
    left: int = 0
    held: int = 0
    is_broken_off: bool = False
    gaps: list[Gap] = field(default_factory=list)

    @property
    def has_failed(self) -> bool:
        went_wrong = any(self.fates[fate] for fate in Fate if fate is not Fate.SENT)
        return went_wrong or self.is_broken_off or self.lost > 0 or self.faulty > 0

    def __str__(self) -> str:
        counts = ", ".join(f"{self.fates[fate]} {fate.value}" for fate in Fate)
        text = f"{self.day}: {counts}; {self.left} left to others or later, {self.held} held back"
        text += f"; {self.faulty} could not be composed, see the log" if self.faulty else ""
        text += f"; {self.lost} of an earlier run unknown" if self.lost else ""
        text += "; broken off: the mail server does not answer" if self.is_broken_off else ""
        return text + (f"; {len(self.gaps)} posts that nobody holds" if self.gaps else "")


def send_day() -> Run:
    """Send what is planned for today, by the business clock, and has not gone out. Raises ClockWentBack."""
    day = clock.today()
    run = Run(day)
    if not is_business_day(day):
        return run
    if DailyMessage.objects.filter(day__gt=day).exists():
        raise ClockWentBack
    run.lost = _give_up_old_claims()
    anchor = _anchor(day)
    facts = plan_facts(day, day)
    planned = plan(facts, day)
    del facts  # most of it is needed no longer: the messages hold their own
    run.held, run.gaps = len(planned.held), [*planned.vacancies, *planned.gaps]
    texts = texts_in_use()
    with courier() as carrying:
        _send_all(planned, texts, anchor, carrying, run)
    if not run.is_broken_off:
        DailyAnchor.objects.filter(pk=anchor.pk).update(is_complete=True)
    return run


@transaction.atomic
def take_back(today: date) -> int:
    """Date back the messages that a clock which ran ahead dated later than `today`. Returns how many there were.

    They may have arrived, so whoever got one gets no other today. But they spoke of another day: nothing in them counts as told.
    """
    astray = list(DailyMessage.objects.select_for_update().filter(day__gt=today).order_by("day", "pk"))
    told = DailyMessage.objects.filter(
        Q(person__in={message.person_id for message in astray})
        | Q(office__in={message.office_id for message in astray})
    )
    taken: set[tuple[int | None, int | None, date]] = set(told.values_list("person", "office", "day"))
    for message in astray:
        day = today
        while (message.person_id, message.office_id, day) in taken:
            day -= timedelta(days=1)
        taken.add((message.person_id, message.office_id, day))
        DailyMessage.objects.filter(pk=message.pk).update(
            day=day,
            state=DailyMessage.State.UNKNOWN,
            sent_at=None,
            next_attempt_at=None,
            error=CLOCK_RAN_AHEAD % message.day,
        )
    DailyAnchor.objects.filter(day__gt=today).delete()
    return len(astray)


def send_test(person: User, message: Message) -> DeliveryOutcome:
    """Send `message` to `person` alone, marked as a test. It is not recorded, and nothing in it counts as told."""
    composed = compose(message, texts_in_use(), None)
    mail = as_mail(composed, person.email, "")
    del mail.extra_headers["Message-ID"]
    mark = gettext("Test")
    mail.subject = f"[{mark}] {composed.subject}"
    with courier() as carrying:
        return carrying.deliver(mail)


def message_id(message: Message) -> str:
    """The Message-ID of this person's message of this day. It stays the same when it is tried again, so that a server can see that."""
    host = urlsplit(settings.BASE_URL).hostname
    stem = f"edn-{message.day:%Y%m%d}-{message.person.code.lower()}"
    numbered = (f"<{stem}{f'-{number}' if number else ''}@{host}>" for number in count())
    # A clock that ran ahead may have used the first one already.
    return next(found for found in numbered if not DailyMessage.objects.filter(message_id=found).exists())


def _anchor(day: date) -> DailyAnchor:
    """The ledger's head as the day's first run finds it. It is stored before a message carries it."""
    head = LedgerHead.objects.get(pk=1)
    return DailyAnchor.objects.get_or_create(day=day, defaults={"seq": head.seq, "digest": head.digest})[0]


def _give_up_old_claims() -> int:
    """Give up claims whose process ended before the outcome was known: the mail may have gone out, so it is not sent again that day."""
    old = DailyMessage.objects.on_its_way().filter(claimed_at__lt=clock.now() - LEASE)
    return old.update(state=State.UNKNOWN, error="The run ended before its outcome was known.")


def _send_all(planned: DayPlan, texts: Texts, anchor: DailyAnchor, carrying: Courier, run: Run) -> None:
    lost_in_a_row = 0
    for message in planned.messages:
        claimed = _claim(message)
        if claimed is None:
            run.left += 1
            continue
        composed = _prepared(message, texts, anchor, claimed)
        if composed is None:
            run.faulty += 1
            continue
        outcome = carrying.deliver(as_mail(composed, claimed.address, claimed.message_id))
        _settle(claimed, STATES[outcome.fate], outcome.detail)
        run.fates[outcome.fate] += 1
        lost_in_a_row = lost_in_a_row + 1 if outcome.is_lost else 0
        if lost_in_a_row == MOST_LOST_IN_A_ROW:
            run.is_broken_off = True
            break


def _prepared(message: Message, texts: Texts, anchor: DailyAnchor, claimed: DailyMessage) -> ComposedMessage | None:
    """Store what the message says, and compose it. None when that fails: an error in one message must not stop the others."""
    try:
        with transaction.atomic():
            MessageItem.objects.bulk_create(_items(message, claimed))
        return compose(message, texts, anchor)
    except Exception as error:
        logger.exception("The message %s could not be composed", claimed.message_id)
        _settle(claimed, State.FAULTY, f"{type(error).__name__}: {error}")
        return None


def _claim(message: Message) -> DailyMessage | None:
    """Store that this run sends the message. None when it may not."""
    with transaction.atomic():
        if not _is_still_at(message.person):
            return None
        return _claim_again(message) or _claim_first(message)


def _is_still_at(person: Recipient) -> bool:
    """Whether the person has neither been deactivated nor their address corrected since the plan was made; likewise of an office."""
    if person.office:
        return Agency.objects.registered().filter(pk=person.office, head_email=person.email).exists()
    return User.objects.active().filter(pk=person.pk, email=person.email).exists()


def _addressee(person: Recipient) -> dict[str, int]:
    return {"office_id": person.office} if person.office else {"person_id": person.pk}


def _claim_first(message: Message) -> DailyMessage | None:
    addressee, address = _addressee(message.person), message.person.email
    if DailyMessage.objects.filter(**addressee, day__gte=message.day).exists():
        return None
    # An address that changed hands today has had somebody else's message.
    if DailyMessage.objects.filter(day=message.day, address=address).exists():
        return None
    facts = {"address": address, "message_id": message_id(message), "claimed_at": clock.now()}
    claimed, is_ours = DailyMessage.objects.get_or_create(**addressee, day=message.day, defaults=facts)
    return claimed if is_ours else None  # another run was first


def _claim_again(message: Message) -> DailyMessage | None:
    """Claim a message that failed before, when it is time to try again. What it says is planned anew."""
    now = clock.now()
    failed = DailyMessage.objects.filter(
        **_addressee(message.person), day=message.day, state__in=DailyMessage.TRIED_AGAIN, next_attempt_at__lte=now
    ).first()
    if failed is None:
        return None
    again = {
        "state": State.CLAIMED,
        "claimed_at": now,
        "attempts": failed.attempts + 1,
        "address": message.person.email,
    }
    unchanged = DailyMessage.objects.filter(pk=failed.pk, state=failed.state, attempts=failed.attempts)
    if not unchanged.update(next_attempt_at=None, error="", **again):
        return None
    failed.items.all().delete()
    failed.refresh_from_db()
    return failed


def _items(message: Message, claimed: DailyMessage) -> Iterator[MessageItem]:
    for one in message.sums:
        yield MessageItem(
            message=claimed, kind=ReminderKind.SUM, item=one.item, occasion=message.day.isoformat(), step=one.count
        )
    for line in message.named():
        yield MessageItem(
            message=claimed,
            kind=line.kind,
            item=line.code,
            occasion=line.occasion,
            step=line.step,
            due=line.due if line.kind == ReminderKind.LADDER else None,
            reason=line.reason,
        )


def _settle(claimed: DailyMessage, state: DailyMessage.State, detail: str) -> None:
    """Store the outcome, unless another run gave the claim up meanwhile: then it stays unknown, as people were told."""
    now = clock.now()
    DailyMessage.objects.on_its_way().filter(pk=claimed.pk, attempts=claimed.attempts).update(
        state=state,
        sent_at=now if state == State.SENT else None,
        next_attempt_at=_next_attempt(claimed, state, now),
        error=detail.replace("\x00", "")[:400],
    )


def _next_attempt(claimed: DailyMessage, state: DailyMessage.State, now: datetime) -> datetime | None:
    """After a failure, later the same day; after a refusal of the address, some business days later, and more each time."""
    if state in DailyMessage.TRIED_AGAIN:
        return now + min(FIRST_PAUSE * 2 ** (claimed.attempts - 1), LONGEST_PAUSE)
    if state == State.REFUSED:
        return clock.start_of(retry_day(claimed.day, _refusals(claimed) + 1))
    return None


def _refusals(claimed: DailyMessage) -> int:
    """How often in a row this address refused before."""
    earlier = DailyMessage.objects.filter(
        person=claimed.person_id, office=claimed.office_id, address=claimed.address, day__lt=claimed.day
    )
    taken = earlier.exclude(state=State.REFUSED).order_by("-day").values_list("day", flat=True).first()
    refused = earlier.filter(state=State.REFUSED)
    return (refused.filter(day__gt=taken) if taken else refused).count()
