"""Why somebody is told, and at which step of the ladder, in the words of the portal's pages."""

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from focalpoints.workflow import StrOrPromise
from projects.models import DailyMessage, MessageItem
from projects.reminders.facts import ReminderKind
from projects.reminders.message import ReminderLine, ReminderReason

KINDS: dict[str, StrOrPromise] = {
    ReminderKind.RETURNED: _("Returned follow-up"),
    ReminderKind.QUEUE: _("Follow-up in the review queue"),
    ReminderKind.DATE_REQUEST: _("Request for a new date in the queue"),
    ReminderKind.SILENCE: _("An update is expected"),
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
}


def why_told(line: ReminderLine | MessageItem) -> StrOrPromise:
    """The capacity in which the person hears of it."""
    return REASONS.get(line.reason, line.reason)


def occasion_of(line: ReminderLine | MessageItem) -> StrOrPromise:
    """What is due to be said: the rung of the ladder, or what happened."""
    return KINDS.get(line.kind) or _rung(line.step)


def _rung(step: int) -> str:
    if step < 0:
        return ngettext("reminder %(n)d day before the date", "reminder %(n)d days before the date", -step) % {
            "n": -step
        }
    if step == 0:
        return gettext("Reminder of the date")
    return ngettext("%(n)d day after the date", "%(n)d days after the date", step) % {"n": step}


_S = DailyMessage.State
ADVICE: dict[str, StrOrPromise] = {
    _S.CLAIMED: _(
        "A run is sending it. If that run ended in the middle, the next one notes that nobody knows its outcome."
    ),
    _S.SENT: _("The mail server accepted it."),
    _S.UNKNOWN: _(
        "The connection broke while it was handed over: it may have arrived, or not. It is not sent again; "
        "what is still due stands in the person’s next message."
    ),
    _S.REFUSED: _(
        "The mail server refuses this address. Ask the person for the right one and correct it: "
        "what is still due goes out with the next message."
    ),
    _S.FAILED: _(
        "The mail server did not accept it. It is tried again by itself; if that goes on, the operator looks at the server."
    ),
    _S.FAULTY: _(
        "The portal could not put it into words: nothing went out, and everything in it is still due. It is tried again by "
        "itself; the operator reports the error, whose whole account is in the log."
    ),
}


def advice_on(message: DailyMessage) -> StrOrPromise:
    """What became of a message, and what there is to do."""
    return ADVICE.get(message.state, "")
