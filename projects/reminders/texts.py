"""The texts of a message that administrators may edit, their defaults, and the placeholders that each may use.

Placeholders (`${count}`) are replaced once, from a fixed list: a text never runs as a template.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from string import Template

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from focalpoints.models import User
from focalpoints.workflow import NotPossible, StrOrPromise
from projects.models import MessageText

LONGEST = 2000
# Each language's name in that language.
NAMES: dict[str, str] = dict(User._meta.get_field("language").choices or ())  # type: ignore[arg-type]
LANGUAGES: tuple[str, ...] = tuple(NAMES)
PLACEHOLDERS: dict[str, StrOrPromise] = {
    "name": _("the person's full name"),
    "day": _("the day of the message, written out"),
    "count": _("how many items the message, or its section, has"),
    "days": _("for how many days it has been so of each item of the section, at least: “7 days”"),
    "all": _("how many items climbed to the reader since the last message: the section names the most urgent"),
    "preferences": _("the address at which the person chooses how often"),
}


@dataclass(frozen=True, slots=True)
class Text:
    """One text: its name on the administrators' page, its default, and the placeholders (`names`) that it may use."""

    label: StrOrPromise
    default: StrOrPromise
    names: tuple[str, ...]
    is_one_line: bool = False


# The message's frame, and one explanation for each of its sections.
TEXTS: dict[str, Text] = {
    "subject": Text(_("Subject"), _("EDN follow-up, ${day}: ${count}"), ("name", "day", "count"), is_one_line=True),
    "greeting": Text(_("Greeting"), _("Hello, ${name}:"), ("name",), is_one_line=True),
    "introduction": Text(
        _("Introduction"),
        _("This is what the follow-up of the National Digital Strategy expects of you today."),
        ("name", "day", "count"),
    ),
    "returned": Text(
        _("Returned follow-ups"),
        _("The coordination office sent these back. Read its comment, correct them and send them again."),
        ("count",),
    ),
    "late": Text(
        _("Late items of the agency"),
        _("Their date has passed. Log what happened, or ask for a new date with the reason."),
        ("count",),
    ),
    "soon": Text(_("Items of the agency that are due"), _("Their date is near. A plain follow-up takes a minute."), ("count",)),
    "silence": Text(
        _("An update is expected"),
        _("Nothing was heard of these for ${days} or more. “No change, still valid” is an answer too."),
        ("count", "days"),
    ),
    "news": Text(
        _("What the coordination office did"),
        _("For your information: tasks given to your agency, and what was decided on what it sent or asked for."),
        ("count",),
    ),
    "role": Text(
        _("Roles to be confirmed"),
        _("Each gives its rights only once a second person confirms it."),
        ("count",),
    ),
    "sums": Text(
        _("Sums for who answers for much"),
        _("This is how it stands; each number opens to its list."),
        (),
    ),
    "urgent": Text(
        _("Most urgent, for coordinators and administrators"),
        _("${all} climbed to you since your last message. These have waited longest; the agencies were told."),
        ("count", "all"),
    ),
    "head": Text(
        _("For heads of agencies and sectors"),
        _("${all} climbed to the head: late, or without news, for ${days} or more. The focal points were told."),
        ("count", "all", "days"),
    ),
    "closing": Text(
        _("Closing"),
        _("You get at most one message like this a day. How often is yours to choose: ${preferences}"),
        ("name", "preferences"),
    ),
}  # fmt: skip


def problem_with(key: str, text: str) -> StrOrPromise:
    """What is wrong with this text, in words; empty when nothing is."""
    known = TEXTS[key]
    if len(text) > LONGEST:
        return _("The text takes at most 2,000 characters.")
    template = Template(text)
    if not template.is_valid():
        return _("After a “$” comes a name in braces, for example ${count}. For a plain “$”, write “$$”.")
    if unknown := [name for name in template.get_identifiers() if name not in known.names]:
        return _("%(unknown)s is not a placeholder of this text. It takes: %(names)s.") % {
            "unknown": f"${{{unknown[0]}}}",
            "names": ", ".join(f"${{{name}}}" for name in known.names),
        }
    if known.is_one_line and len(text.splitlines()) > 1:
        return _("This text must fit on one line.")
    return ""


def filled(key: str, text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders replaced. It is plain text: HTML templates must escape it."""
    known = {name: values[name] for name in TEXTS[key].names}
    done = Template(text).safe_substitute(known)
    return " ".join(done.split()) if TEXTS[key].is_one_line else done


def default(key: str, language: str) -> str:
    with override(language):
        return str(TEXTS[key].default)


def texts_in_use() -> dict[tuple[str, str], str]:
    """The text of each key and language: what administrators wrote, or the default. One query."""
    written = {(row.key, row.language): row.text for row in MessageText.objects.exclude(text="")}
    return {
        (key, language): written.get((key, language)) or default(key, language)
        for key in TEXTS
        for language in LANGUAGES
    }


def refuse_wrong(key: str, language: str, text: str) -> None:
    """Raise NotPossible when there is no such text, or `problem_with` finds something wrong."""
    if key not in TEXTS or language not in LANGUAGES:
        raise NotPossible(_("There is no such text."))
    if problem := problem_with(key, text):
        raise NotPossible(problem)
