"""A person's message of a day: its lines, the sections that they stand in, and what pages call reasons and occasions."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from focalpoints.workflow import StrOrPromise
from projects.models import MessageItem
from projects.reminders.facts import NamedAgency, News, Recipient, ReminderKind, WatchedItem

# How many lines of a section a message names: nobody reads more in a mail. The rest stays due for the next one.
SHOWN = 200
# How many of what climbed to somebody who answers for much a message names: the most urgent. Sums that open to lists count the rest.
MOST_URGENT = 10
# In the order in which they stand in a message: first what the reader must do.
SECTIONS = ("returned", "late", "soon", "silence", "news", "role", "urgent", "head")


class ReminderReason:
    """Why a line goes to this person: in which capacity, or for lack of whom."""

    FOCAL_POINT, COORDINATOR, HEAD, SECTOR_HEAD = "focal point", "coordinator", "head", "sector head"
    # Told to whoever can fix it: an agency has no focal point or no head, a sector no head, a commitment no agency.
    NO_FOCAL_POINT, NO_HEAD, NO_SECTOR_HEAD, NO_AGENCY = "no focal point", "no head", "no sector head", "no agency"
    CONFIRMS = "confirms roles"


# What is the reader's own to do or to know; the rest climbed to them.
OWN = frozenset({ReminderReason.FOCAL_POINT, ReminderReason.CONFIRMS})
OF_HEADS = frozenset({ReminderReason.HEAD, ReminderReason.SECTOR_HEAD})


@dataclass(frozen=True, slots=True)
class Sum:
    """How many items a list shows: `name` is its key in `compose.SUMS`. The list is narrowed to one agency, one sector or one portfolio."""

    name: str
    count: int
    narrowed_by: str = ""
    value: str = ""

    @property
    def item(self) -> str:
        """What it is called where the message is kept; `sum_kept` reads it again."""
        return f"{self.name}:{self.narrowed_by}={self.value}" if self.value else self.name


def sum_kept(item: MessageItem) -> Sum:
    """A sum as a message that was sent had it."""
    name, _colon, narrowed = item.item.partition(":")
    narrowed_by, _equals, value = narrowed.partition("=")
    return Sum(name, item.step, narrowed_by, value)


@dataclass(frozen=True, slots=True)
class ReminderLine:
    """One thing that a message says. `item` is the code of the task or commitment; `code` that of what happened to it, or the same."""

    kind: str
    reason: str
    code: str
    item: str
    item_kind: str
    title: str
    language: str
    agencies: tuple[NamedAgency, ...]
    occasion: str
    step: int = 0
    due: date | None = None
    light_due: date | None = None
    event: str = ""
    request_kind: str = ""
    about: WatchedItem | News | None = field(default=None, compare=False, repr=False)

    def age(self, day: date) -> int:
        """How many days the item has been late; for other lines, how many days ago it happened."""
        since = self.light_due if self.kind == ReminderKind.LADDER else self.on
        return (day - since).days if since else 0

    @property
    def on(self) -> date:
        """The day of the occasion: the due date, the return, the request, the last word."""
        return date.fromisoformat(self.occasion[:10])


@dataclass(frozen=True, slots=True)
class Message:
    """Everything that there is to tell one person on one day.

    Of what climbed to them, `climbed` in number, `lines` has the most urgent; `sums` count what stands in their lists.
    """

    person: Recipient
    day: date
    lines: list[ReminderLine]
    climbed: int = 0
    sums: tuple[Sum, ...] = ()

    @property
    def count(self) -> int:
        """How many items it is about."""
        return self.climbed + sum(line.reason in OWN for line in self.lines)

    def sections(self) -> dict[str, list[ReminderLine]]:
        """The lines by section, in the order of the message."""
        found: dict[str, list[ReminderLine]] = defaultdict(list)
        for line in self.lines:
            found[section_of(line, self.day)].append(line)
        return {key: found[key] for key in SECTIONS if key in found}

    def named(self) -> list[ReminderLine]:
        """The lines that the message names. Of what is the reader's own, only these count as told once it is sent."""
        return [line for lines in self.sections().values() for line in shown(lines)]


def shown(lines: list[ReminderLine]) -> list[ReminderLine]:
    """The lines of a section that its message names."""
    return lines[:SHOWN]


def section_of(line: ReminderLine, day: date) -> str:
    """The section in which a line stands on `day`."""
    if line.reason == ReminderReason.CONFIRMS:
        return "role"
    if line.reason in OF_HEADS:
        return "head"
    if line.reason != ReminderReason.FOCAL_POINT:
        return "urgent"
    if line.kind == ReminderKind.LADDER:
        return "late" if line.light_due and line.light_due < day else "soon"
    return {ReminderKind.RETURNED: "returned", ReminderKind.NEWS: "news"}.get(line.kind, "silence")


KINDS: dict[str, StrOrPromise] = {
    ReminderKind.RETURNED: _("Returned follow-up"),
    ReminderKind.QUEUE: _("Follow-up in the review queue"),
    ReminderKind.DATE_REQUEST: _("Request in the queue"),
    ReminderKind.ASSESSMENT: _("Commitment to be assessed"),
    ReminderKind.SILENCE: _("An update is expected"),
    ReminderKind.ROLE: _("Role to be confirmed"),
    ReminderKind.NEWS: _("What the coordination office did"),
    ReminderKind.SUM: _("A sum that opens to its list"),
}
REASONS: dict[str, StrOrPromise] = {
    ReminderReason.FOCAL_POINT: _("focal point of the agency"),
    ReminderReason.COORDINATOR: _("coordinator"),
    ReminderReason.HEAD: _("head of the agency"),
    ReminderReason.SECTOR_HEAD: _("head of the sector"),
    ReminderReason.NO_FOCAL_POINT: _("administrator: the agency has no focal point"),
    ReminderReason.NO_HEAD: _("coordinator: the agency has no head registered"),
    ReminderReason.NO_SECTOR_HEAD: _("coordinator: the sector has no head registered"),
    ReminderReason.NO_AGENCY: _("coordinator: no agency was published that answers for it"),
    ReminderReason.CONFIRMS: _("coordinator or administrator: a second person confirms it"),
}


def why_told(line: ReminderLine | MessageItem) -> StrOrPromise:
    """Why this person is told, as pages say it."""
    return REASONS.get(line.reason, line.reason)


def occasion_of(line: ReminderLine | MessageItem) -> StrOrPromise:
    """What the line is about, as pages say it: what happened, or which reminder of a date it is."""
    return KINDS.get(line.kind) or _rung(line.step)


def _rung(step: int) -> str:
    if step < 0:
        return ngettext("reminder %(n)d day before the date", "reminder %(n)d days before the date", -step) % {
            "n": -step
        }
    if step == 0:
        return gettext("Reminder of the date")
    return ngettext("%(n)d day after the date", "%(n)d days after the date", step) % {"n": step}
