"""The ledger's entries in words: what happened, by which office, when, with its folio. Never a person."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from focalpoints.ledger.vocabulary import office_in_short
from focalpoints.models import Agency, Entry
from focalpoints.models.entry import folio
from focalpoints.pages.addresses import address
from focalpoints.sql.prepared import prepared
from focalpoints.workflow import VERBS, sentence_of
from projects.models import Assessment, Request
from projects.reading.day import Day


def public_kinds() -> set[str]:
    """The kinds of subject whose entries public histories tell."""
    return {verb.noun for verb in VERBS.values() if verb.is_public and verb.sentence}


class Event(NamedTuple):
    """One entry, as `_history.html` shows it."""

    what: str
    who: str
    at: datetime
    folio: str
    detail: str
    url: str
    title: str


class EventEntry(NamedTuple):
    """An entry as far as its event goes, under the model's names."""

    seq: int
    subject_type: str
    subject: str
    verb: str
    office: str
    at: datetime
    hash: str
    text: str

    @property
    def folio(self) -> str:
        return folio(self.seq, self.hash)


def events(
    entries: Sequence[Entry | EventEntry], names: Mapping[str, str] | None = None, day: Day | None = None
) -> list[Event]:
    """`names`: acronyms or names of agencies by key, where known; else those of whom the entries speak are found by one query.

    `day`: of the page that tells them. On a past one they lead to pages of that day, or nowhere.
    """
    all_said = [said_of_subject(entry.text) for entry in entries]
    if names is None:
        keys = {entry.office for entry in entries}.union(*[said["agencies"] for said in all_said])
        names = {key: acronym or name for key, acronym, name in _called(tuple(keys))}
    told = [_event(entry, said, names) for entry, said in zip(entries, all_said, strict=True)]
    if day is None or day.is_today:
        return told
    return [event._replace(url=_then(entry, event.url, day)) for entry, event in zip(entries, told, strict=True)]


# Whose pages show a past day.
KNOW_THE_DAY = {"commitment", "task", "follow-up", "assessment"}


def _then(entry: Entry | EventEntry, url: str, day: Day) -> str:
    """The same page as it stood on a past day; nothing where it shows what stands today alone."""
    page, hash_sign, place = url.partition("#")
    return f"{page}{day.query}{hash_sign}{place}" if url and entry.subject_type in KNOW_THE_DAY else ""


def said_of_subject(text: str) -> dict[str, Any]:
    """What an entry's text says of its subject. What it says of the dossier, half of it, is not read: no history tells that.

    In canonical text nothing else can look like these two keys: within a string each quotation mark has a backslash.
    """
    of_subject, _key, rest = text.partition(',"dossier_after":')
    return json.loads(f'{of_subject},"format":{rest.partition(',"format":')[2]}') if rest else json.loads(text)


@prepared("keys")
def _called(keys: tuple[str, ...]) -> QuerySet[Agency, tuple[str, str, str]]:
    return Agency.objects.filter(key__in=keys).order_by().values_list("key", "acronym", "name")


def _event(entry: Entry | EventEntry, said: Mapping[str, Any], names: Mapping[str, str]) -> Event:
    return Event(
        what=str(sentence_of(entry.subject_type, entry.verb, said["codes"].get("kind", ""))),
        who=str(office_in_short(entry.office, names)),
        at=entry.at,
        folio=entry.folio,
        detail=" · ".join(filter(None, _details(entry, said, names))),
        url=_address(entry, said),
        title=said["title"],
    )


def _details(entry: Entry | EventEntry, said: Mapping[str, Any], names: Mapping[str, str]) -> Iterable[str]:
    numbers, dates = said["numbers"], said["dates"]
    yield said["title"]
    if entry.subject_type == "task":
        yield ", ".join(names[key] for key in said["agencies"] if key in names)
        yield _due(dates.get("due"))
    if entry.subject_type == "light-rule":
        yield _("version %(version)s") % {"version": entry.subject}
    if entry.subject_type == "commitment":
        yield _due(dates.get("due"))
    if entry.subject_type == "assessment":
        yield str(Assessment.Verdict(said["codes"]["verdict"]).label)
        if said["numbers"]["same_office"]:
            yield str(_("same office"))
    if entry.verb == "pause":
        yield _("until %(day)s") % {"day": _numbers(dates["reminders_from"])}
    if entry.subject_type == "request" and entry.verb != "redact":
        if dates["to"]:
            yield _shift(dates["from"], dates["to"])
        elif entry.verb not in {"approve", "reject"} and (kind := said["codes"].get("kind")):
            yield str(Request.Kind(kind).label)
        if dates["commitment_to"]:
            yield _("with its commitment")
        if numbers.get("decided_alone"):
            yield _("decided alone")
    if entry.subject_type == "follow-up" and entry.verb != "redact":
        yield _progress(entry.verb, numbers.get("progress"))
        evidence = numbers.get("evidence") or 0
        if entry.verb in {"submit", "accept"}:
            yield ngettext("%(count)d piece of evidence", "%(count)d pieces of evidence", evidence) % {
                "count": evidence
            }
        if numbers.get("same_office"):
            yield _("reviewed by the same office")
        if numbers.get("in_bulk"):
            yield _("en bloc")


def _page_of_finding(code: str, codes: Mapping[str, str]) -> str:
    if "commitment" in codes:
        return f"{address('projects:commitment_detail', codes['commitment'])}#{code}"
    return f"{reverse('projects:objective_detail', args=[codes['objective']])}#{code}"


def _progress(verb: str, progress: int | None) -> str:
    if progress is None:
        return ""
    words = _("verified %(progress)d %%") if verb == "accept" else _("claimed %(progress)d %%")
    return words % {"progress": progress}


def _due(day: str | None) -> str:
    return _("due %(day)s") % {"day": _numbers(day)} if day else ""


def _numbers(day: str) -> str:
    """The ledger's "2018-10-15" as "15/10/2018", the order used in both languages."""
    return "/".join(reversed(day.split("-")))


def _shift(before: str | None, after: str) -> str:
    """From one date to another, with the days between them; the first date alone."""
    if before is None:
        return _numbers(after)
    days = (date.fromisoformat(after) - date.fromisoformat(before)).days
    return f"{_numbers(before)} → {_numbers(after)}, {signed_days(days)}"


def signed_days(days: int) -> str:
    """ "+94 days", "−3 days": by how much something moved."""
    number = f"{days:+d}".replace("-", "\N{MINUS SIGN}") if days else "0"
    return ngettext("%(number)s day", "%(number)s days", abs(days)) % {"number": number}


def _address(entry: Entry | EventEntry, said: Mapping[str, Any]) -> str:
    """The public page of what the entry is about; nothing for a proposal, which is its agency's own."""
    match entry.subject_type:
        case "light-rule":
            return f"{reverse('projects:light_rule')}#versions"
        case "assessment":
            return _page_of_finding(entry.subject, said["codes"])
        case "project":
            return address("projects:project_detail", entry.subject)
        case "commitment":
            return address("projects:commitment_detail", entry.subject)
        case "task" if said["title"]:
            return address("projects:task_detail", entry.subject)
        case "follow-up":
            return address("projects:task_detail", said["codes"]["task"])
        case "request" if said["title"]:
            return address("projects:request_detail", entry.subject)
    return ""
