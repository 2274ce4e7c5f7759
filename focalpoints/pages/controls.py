"""What a person may do from a page: the controls of the verbs whose POST the guard would let through."""

from operator import attrgetter
from typing import NamedTuple

from django.db.models import Model
from django.urls import reverse

from focalpoints.rules import Person
from focalpoints.workflow import VERBS, StrOrPromise, Verb, noun_of, verbs_on


class Control(NamedTuple):
    """A link, or a button that posts. With a `reason` it is neither: that is what has to be settled first."""

    verb: str
    address: str
    label: StrOrPromise
    is_button: bool
    reason: str


def controls(user: Person, row: Model) -> list[Control]:
    """Of the verbs on this row that have an address, in the order of the tables. One of several that share an address."""
    shown: dict[str, Control] = {}
    for verb in verbs_on(row):
        if verb.page and (control := control_for(user, verb, row)):
            shown.setdefault(control.address, control)
    return list(shown.values())


def control_for(user: Person, verb: Verb, row: Model) -> Control | None:
    """Of one verb, or why it is not open, where its row in the table has that said; None where it has no place on the page."""
    if not verb.may(user, row):
        return None
    reasons = verb.reasons(row)
    if reasons and not (verb.says_why and not verb.wrong_moment_of(row)):
        return None
    return control_of(verb, row)._replace(reason=" ".join(map(str, reasons)))


def control_to_make(user: Person, name: str) -> list[Control]:
    """Of a verb that a list offers without a row: that one, or none."""
    verb = VERBS[name]
    return [control_of(verb, None)] if verb.may(user, None) else []


def control_of(verb: Verb, row: Model | None) -> Control:
    return Control(verb.name, address_of(verb, row), verb.link or verb.label, verb.is_button, "")


def address_of(verb: Verb, row: Model | None) -> str:
    if row is None:
        return reverse(verb.page)
    page, key = verb.page.format(noun=noun_of(row).name), attrgetter(verb.key)(row)
    return reverse(page, query={verb.query: key}) if verb.query else reverse(page, args=[key])
