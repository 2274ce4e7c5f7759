from datetime import date
from typing import cast

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from focalpoints.models import Agency, User
from focalpoints.sql.spanish import InSpanish
from focalpoints.text import new_code
from projects.models.commitment import Commitment
from projects.models.task import Task

# What an office is called in addresses begins with it; a person's code never does.
OFFICE = "oficina-"


def office_code(key: str) -> str:
    """What the office of the head of the agency with this key is called in addresses, where a person has their code."""
    return f"{OFFICE}{key}"


def office_name(agency: str) -> str:
    return gettext("Office of the head of %(agency)s") % {"agency": agency}


class DailyMessageQuerySet(models.QuerySet["DailyMessage"]):
    def to(self, code: str) -> "DailyMessageQuerySet":
        """Those to the person with this code, or to this office."""
        if code.startswith(OFFICE):
            return self.filter(office__key=code.removeprefix(OFFICE))
        return self.filter(person__code=code)

    def on_its_way(self) -> "DailyMessageQuerySet":
        """Claimed by a run, and not settled yet."""
        return self.filter(state=DailyMessage.State.CLAIMED)

    def sent(self) -> "DailyMessageQuerySet":
        """Accepted by the mail server: what they say need not be said again."""
        return self.filter(state=DailyMessage.State.SENT)

    def in_trouble(self) -> "DailyMessageQuerySet":
        """Those that did not arrive, or may not have; newest first."""
        states = DailyMessage.State
        troubled = self.filter(state__in=[states.UNKNOWN, states.REFUSED, *self.model.TRIED_AGAIN])
        by_name = (InSpanish("person__name"), InSpanish("office__name"))
        return troubled.select_related("person", "office").order_by("-day", *by_name)

    def unreached(self) -> "DailyMessageQuerySet":
        """In trouble, and no later message has reached the person or office: somebody has to do something."""
        later = DailyMessage.objects.sent().filter(day__gt=OuterRef("day"))
        of_people = Q(person__is_active=True) & ~Exists(later.filter(person=OuterRef("person")))
        of_offices = Q(office__closed_on=None, office__isnull=False, office__head_email=F("address"))
        return self.in_trouble().filter(of_people | (of_offices & ~Exists(later.filter(office=OuterRef("office")))))


class DailyMessage(models.Model):
    """The one message of reminders that a person gets on a day, or the office of an agency's head. Its row is committed before anything
    is sent.
    """

    class State(models.TextChoices):
        CLAIMED = "claimed", pgettext_lazy("daily message", "On its way")
        SENT = "sent", pgettext_lazy("daily message", "Sent")
        # Handed to the mail server, whose answer never came. It is not sent again; its lines come again in the next message.
        UNKNOWN = "unknown", pgettext_lazy("daily message", "Outcome unknown")
        REFUSED = "refused", pgettext_lazy("daily message", "Refused")
        FAILED = "failed", pgettext_lazy("daily message", "Not sent yet")
        # An error of ours: it never reached the mail server and is tried again.
        FAULTY = "faulty", pgettext_lazy("daily message", "Could not be composed")

    # Certainly not sent: tried again later the same day.
    TRIED_AGAIN = (State.FAILED, State.FAULTY)

    person = models.ForeignKey(User, models.PROTECT, null=True, related_name="daily_messages", verbose_name=_("person"))
    # The agency whose head has no account: it goes to the address that an administrator entered for the office.
    office = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+", verbose_name=_("head's office"))
    day = models.DateField(_("day"))
    state = models.CharField(max_length=8, choices=State, default=State.CLAIMED)
    address = models.EmailField(_("e-mail"), max_length=254)
    message_id = models.CharField(max_length=200, unique=True)
    # By the business clock, like the day.
    claimed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=1)
    next_attempt_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=400, blank=True)

    objects = DailyMessageQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "person"]
        verbose_name = _("daily message")
        constraints = [
            models.UniqueConstraint(fields=["person", "day"], name="one_message_per_person_and_day"),
            models.UniqueConstraint(fields=["office", "day"], name="one_message_per_office_and_day"),
            models.CheckConstraint(
                condition=Q(person__isnull=False, office=None) | Q(person=None, office__isnull=False),
                name="daily_message_is_to_a_person_or_an_office",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["claimed", "sent", "unknown", "refused", "failed", "faulty"]),
                name="daily_message_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at=None)),
                name="daily_message_is_sent_at_an_instant",
            ),
        ]
        indexes = [models.Index(fields=["day", "state"], name="daily_message_day")]

    def __str__(self) -> str:
        return self.message_id

    @property
    def addressee(self) -> str:
        """The person's name, or what their office is called."""
        return self.person.name if self.person else office_name(cast(Agency, self.office).short_name)

    @property
    def addressee_code(self) -> str:
        """What the person or the office is called in addresses."""
        return self.person.code if self.person else office_code(cast(Agency, self.office).key)


class MessageItem(models.Model):
    """A line of a daily message: of what, why to this person, and at which rung, so that it is not said twice.

    `occasion` is the due date or the instant that the line speaks of: when the date moves, the reminders start anew.
    """

    message = models.ForeignKey(DailyMessage, models.CASCADE, related_name="items")
    kind = models.CharField(max_length=12)
    item = models.CharField(max_length=80)
    occasion = models.CharField(max_length=32)
    # For a due date, days from it, negative before it. For something in the queue, how many weeks of five business days it has waited.
    step = models.IntegerField(default=0)
    due = models.DateField(null=True)
    reason = models.CharField(max_length=20)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["message", "kind", "item"], name="item_is_said_once_in_a_message"),
        ]

    def __str__(self) -> str:
        return f"{self.item} ({self.kind} {self.step:+d})"


def new_pause_code() -> str:
    return new_code("S-")


class PauseQuerySet(models.QuerySet["Pause"]):
    def in_force(self, on: date) -> "PauseQuerySet":
        return self.filter(since__lte=on, until__gt=on)

    def not_ended(self, on: date) -> "PauseQuerySet":
        return self.filter(until__gt=on)

    def silencing(self, item: Task | Commitment) -> "PauseQuerySet":
        """The pauses of this item; a task is also silenced by those of its commitment."""
        if isinstance(item, Commitment):
            return self.filter(commitment=item)
        return self.filter(Q(task=item) | Q(commitment=item.commitment_id))


class Pause(models.Model):
    """No reminders of a task, or of a commitment and its tasks, are sent until the day `until`."""

    code = models.CharField(max_length=12, unique=True, default=new_pause_code, editable=False)
    task = models.ForeignKey(Task, models.PROTECT, null=True, related_name="pauses", verbose_name=_("task"))
    commitment = models.ForeignKey(
        Commitment, models.PROTECT, null=True, related_name="pauses", verbose_name=_("commitment")
    )
    reason = models.CharField(_("reason"), max_length=400)
    since = models.DateField(_("from"))
    until = models.DateField(_("reminders start again on"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = PauseQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "-pk"]
        verbose_name = _("pause")
        constraints = [
            models.CheckConstraint(
                condition=Q(task=None, commitment__isnull=False) | Q(task__isnull=False, commitment=None),
                name="pause_is_of_one_item",
            ),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="pause_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(reason=""), name="pause_has_a_reason"),
        ]

    def __str__(self) -> str:
        return self.code


class MessageText(models.Model):
    """A text that administrators wrote in place of a default one (`projects.reminders.texts`). Empty when the default is back."""

    key = models.CharField(max_length=20)
    language = models.CharField(max_length=10, choices=User._meta.get_field("language").choices)
    text = models.TextField(_("text"), max_length=2000, blank=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["key", "language"]
        constraints = [
            models.UniqueConstraint(fields=["key", "language"], name="one_text_per_key_and_language"),
        ]

    def __str__(self) -> str:
        return f"{self.key} ({self.language})"


class DailyAnchor(models.Model):
    """The ledger's head as the day's first run found it. Every message of the day carries it out of the database."""

    day = models.DateField(unique=True)
    seq = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    # A run of that day came to its end: who has no message then had nothing to be told.
    is_complete = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.day}: {self.seq} {self.digest}"
