"""Composes a message as mail: subject, plain text and HTML in the reader's language, with links to where something can be done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.mail import EmailMultiAlternatives
from django.template.loader import get_template
from django.urls import reverse
from django.utils.translation import gettext, ngettext, override, pgettext

from focalpoints.models import Role
from focalpoints.pages.rows import language
from focalpoints.templatetags.edn import day_in_words
from focalpoints.workflow import sentence_of
from projects.models import DailyAnchor
from projects.reminders.facts import ReminderKind
from projects.reminders.message import Message, ReminderLine, ReminderReason, Sum, shown
from projects.reminders.texts import filled

# The texts of messages by key and language, as `texts.texts_in_use` gives them.
Texts = Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class LineInWords:
    """A line as the reader sees it: what, whose, when, and where to do something about it."""

    title: str
    language: str
    code: str
    agencies: str
    when: str
    note: str
    url: str


@dataclass(frozen=True, slots=True)
class SumInWords:
    """How many items a list shows, and its address."""

    words: str
    url: str


@dataclass(frozen=True, slots=True)
class MessageSection:
    """`is_brief`: a line for what it is and how late, so that the message fits on a screen."""

    heading: str
    explanation: str
    lines: list[LineInWords]
    more: int
    is_brief: bool


@dataclass(frozen=True, slots=True)
class ComposedMessage:
    """A message ready to be sent or shown."""

    subject: str
    text: str
    html: str


def compose(message: Message, texts: Texts, anchor: DailyAnchor | None) -> ComposedMessage:
    """The message in its reader's language. `anchor` is the ledger's head to print under it; days to come have none yet."""
    spoken = message.person.language
    with override(spoken):
        values = {
            "name": message.person.name,
            "day": day_in_words(message.day),
            "count": _items(message.count),
            "preferences": settings.BASE_URL + reverse("account_rhythm"),
        }

        def text(key: str, **own: str) -> str:
            return filled(key, texts[key, spoken], values | own)

        content = {
            "greeting": text("greeting"),
            # Nothing is expected of whoever only hears news.
            "introduction": text("introduction") if message.sums or [*message.sections()] != ["news"] else "",
            "sums": [sum_in_words(one) for one in message.sums],
            "summary": text("sums") if message.sums else "",
            "sections": _sections(message, text),
            "coming": settings.BASE_URL + reverse("projects:my_reminders"),
            "closing": text("closing"),
            "anchor": anchor,
            "anchored": settings.BASE_URL + reverse("focalpoints:verify"),
            "language": language(),
            "subject": text("subject"),
        }
        plain = get_template("projects/mail/daily.txt").render(content)
        return ComposedMessage(
            content["subject"], plain.strip() + "\n", get_template("projects/mail/daily.html").render(content)
        )


def as_mail(composed: ComposedMessage, to: str, message_id: str) -> EmailMultiAlternatives:
    headers = {"Message-ID": message_id, "Auto-Submitted": "auto-generated"}
    mail = EmailMultiAlternatives(composed.subject, composed.text, to=[to], headers=headers)
    mail.attach_alternative(composed.html, "text/html")
    return mail


def _sections(message: Message, text: Callable[..., str]) -> list[MessageSection]:
    return [
        MessageSection(
            _heading(key),
            text(
                key, count=_items(len(lines)), days=_days(_least_age(lines, message.day)), all=_items(message.climbed)
            ),
            [_in_words(line, message.day) for line in shown(lines)],
            len(lines) - len(shown(lines)),
            key in {"urgent", "head"},
        )
        for key, lines in message.sections().items()
    ]


def _least_age(lines: list[ReminderLine], day: date) -> int:
    """The age in days of the youngest line: "late for 7 days or more" is then true of each."""
    return min(line.age(day) for line in lines)


def _heading(key: str) -> str:
    match key:
        case "returned":
            return gettext("Returned to you")
        case "late":
            return pgettext("items", "Late")
        case "soon":
            return gettext("Due soon")
        case "silence":
            return gettext("An update is expected")
        case "news":
            return gettext("What the coordination office did")
        case "role":
            return gettext("Roles to be confirmed")
        case "urgent":
            return gettext("Most urgent")
    return gettext("In your agency or sector")


def sum_in_words(one: Sum) -> SumInWords:
    """How many items stand in a list, and the address that opens it, narrowed as they were counted."""
    n = one.count
    narrowed = {one.narrowed_by: one.value} if one.narrowed_by else {}
    match one.name:
        case "late tasks":
            words = ngettext("%(n)s late task", "%(n)s late tasks", n)
            url = reverse("projects:task_list", query={"light": "late", **narrowed})
        case "late commitments":
            words = ngettext("%(n)s late commitment", "%(n)s late commitments", n)
            url = reverse("projects:commitment_list", query={"light": "late", **narrowed})
        case "queue":
            words = ngettext("%(n)s in the review queue", "%(n)s in the review queue", n)
            url = reverse("projects:review_queue")
        case _:
            words = ngettext("%(n)s agency without a focal point", "%(n)s agencies without a focal point", n)
            url = reverse("projects:agency_list", query={"seat": "vacant"})
    return SumInWords(words % {"n": intcomma(n)}, settings.BASE_URL + url)


def _in_words(line: ReminderLine, day: date) -> LineInWords:
    names = [place.name for place in line.agencies]
    agencies = ", ".join(names[:3]) + (f" +{len(names) - 3}" if len(names) > 3 else "")
    return LineInWords(
        line.title, line.language, line.item, agencies, when(line, day), _note(line), settings.BASE_URL + _path(line)
    )


def when(line: ReminderLine, day: date) -> str:
    """How the item stands on `day`, in words. It counts from the real dates: a rung may be told some days late."""
    match line.kind:
        case ReminderKind.RETURNED:
            return gettext("returned on %(day)s") % {"day": _day_of(line)}
        case ReminderKind.QUEUE:
            return gettext("sent on %(day)s") % {"day": _day_of(line)}
        case ReminderKind.DATE_REQUEST:
            return gettext("asked for on %(day)s") % {"day": _day_of(line)}
        case ReminderKind.ASSESSMENT:
            return gettext("to be assessed since %(day)s") % {"day": _day_of(line)}
        case ReminderKind.NEWS:
            noun, _dot, verb = line.event.partition(".")
            return f"{sentence_of(noun, verb, line.request_kind)}, {_day_of(line)}"
        case ReminderKind.ROLE:
            facts = {"role": Role.Kind(line.event).label, "day": _day_of(line)}
            return gettext("%(role)s, proposed on %(day)s") % facts
        case ReminderKind.SILENCE:
            return gettext("last heard of on %(day)s") % {"day": _day_of(line)}
    if line.due is None or line.light_due is None:
        return ""
    due = day_in_words(line.due)
    late = (day - line.light_due).days
    if late > 0:
        return ngettext("%(n)d day late; it was due on %(due)s", "%(n)d days late; it was due on %(due)s", late) % {
            "n": late, "due": due,
        }  # fmt: skip
    left = (line.due - day).days
    if left < 0:
        return gettext("it was due on %(due)s; the days in review do not count") % {"due": due}
    if left == 0:
        return gettext("due today, %(due)s") % {"due": due}
    return ngettext("due in %(n)d day, on %(due)s", "due in %(n)d days, on %(due)s", left) % {"n": left, "due": due}


def _day_of(line: ReminderLine) -> str:
    return day_in_words(line.on)


def _note(line: ReminderLine) -> str:
    """Why this reader is told instead of the person who should be; empty otherwise."""
    if line.reason == ReminderReason.NO_FOCAL_POINT and _is_of_a_closed_agency(line):
        return gettext("This agency is closed. A coordinator assigns the task to another agency, or cancels it.")
    match line.reason:
        case ReminderReason.NO_HEAD:
            return gettext("No head of the agency is registered: nobody above its focal points was told.")
        case ReminderReason.NO_SECTOR_HEAD:
            return gettext("No head of the sector is registered: nobody above the agency was told.")
    return ""


def _path(line: ReminderLine) -> str:
    """The page where the reader can do something about it. Pages that are public lead there through sign-in."""
    match line.reason, line.kind:
        case ReminderReason.NO_FOCAL_POINT, _kind if not _is_of_a_closed_agency(line):
            return reverse("focalpoints:appointment_create") + f"?agency={quote(line.agencies[0].key)}"
        case ReminderReason.NO_AGENCY, _kind:
            return reverse("projects:commitment_correct", args=[line.item])
        case _reason, ReminderKind.ROLE:
            return reverse("focalpoints:role_decide", args=[line.code])
        case _reason, ReminderKind.QUEUE:
            return reverse("projects:follow_up_review", args=[line.code])
        case _reason, ReminderKind.DATE_REQUEST:
            return reverse("projects:request_review", args=[line.code])
        case _reason, ReminderKind.ASSESSMENT:
            page = reverse("projects:commitment_detail", args=[line.item])
            return reverse("account_login") + "?next=" + quote(page)
        case ReminderReason.FOCAL_POINT, kind if kind != ReminderKind.NEWS and line.item_kind != "commitment":
            return reverse("projects:follow_up_edit", args=[line.item])
    name = "projects:commitment_detail" if line.item_kind == "commitment" else "projects:task_detail"
    return reverse("account_login") + "?next=" + quote(reverse(name, args=[line.item]))


def _is_of_a_closed_agency(line: ReminderLine) -> bool:
    return any(place.is_closed for place in line.agencies)


def _days(count: int) -> str:
    return ngettext("%(n)d day", "%(n)d days", count) % {"n": count}


def _items(count: int) -> str:
    return ngettext("%(n)d item", "%(n)d items", count) % {"n": count}
