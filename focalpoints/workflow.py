"""The engine of all verbs: who may, from where to where, and what a verb does not happen for.

Each app has its table, `verbs.py`, and registers it where it starts. Guard, links and buttons, histories, notices and the public page
that explains the procedure read the same rows.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto
from functools import reduce, wraps
from operator import or_
from typing import Any

from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import OperationalError, transaction
from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from focalpoints.models import Agency, Entry, User, has_focal_point
from focalpoints.models.agency import AgencyQuerySet
from focalpoints.rules import Person, fresh
from focalpoints.turn import HeadKept, is_about_a_lock, take_head

StrOrPromise = str | Promise
Reasons = list[StrOrPromise]

# ---- Why a verb does not happen


class NotPossible(Exception):
    """The person may, but not now or not so. The message says why and what to do next."""

    def __init__(self, message: StrOrPromise) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class Stale(NotPossible):
    """It was changed first, by somebody else or in another window of this person's: nothing was written, what was typed is shown again."""

    def __init__(self, message: StrOrPromise = "") -> None:
        super().__init__(
            message
            or _(
                "This was changed while you were working on it, by somebody else or by you in another window. "
                "Your text is below: compare it with what is there now and send it again."
            )
        )


class Busy(NotPossible):
    """Somebody else kept the ledger's head for too long: nothing was read or written, the same may go through a moment later."""

    def __init__(self) -> None:
        super().__init__(
            _("Something else is being saved just now, so this was not. Nothing that you typed is lost: try again.")
        )


def refuse(*reasons: StrOrPromise) -> None:
    """Raise NotPossible with all of these; nothing happens where none says anything."""
    if said := " ".join(str(reason) for reason in reasons if reason):
        raise NotPossible(said)


def refuse_without(text: str, message: StrOrPromise) -> None:
    """Raise NotPossible with `message` where nothing was written in `text`."""
    if not text.strip():
        raise NotPossible(message)


def swap(row: Model, revision: int, **changes: Any) -> None:
    """Compare and swap: write `changes` if the row still is as the person saw it (`revision`), else raise Stale."""
    unchanged = type(row)._default_manager.filter(pk=row.pk, revision=revision)
    if not unchanged.update(revision=F("revision") + 1, **changes):
        raise Stale
    # All columns: other verbs roll sums up without counting up the revision, and the ledger's entry tells those sums.
    row.refresh_from_db()


# ---- The rows of the tables


@dataclass(frozen=True, slots=True)
class Noun:
    """A kind of thing that verbs are about, by its name in the ledger.

    `rows` is its model; `states` has the words for where one stands, which `state_of` tells.
    """

    name: str
    words: StrOrPromise
    rows: type[Model]
    states: Mapping[str, StrOrPromise]
    state_of: Callable[[Any], str] = lambda row: row.state


@dataclass(frozen=True, slots=True)
class Doer:
    """Who may: the question that is asked of a person and a row (None where there is none yet), and its words."""

    may: Callable[[Any, Any], bool]
    words: StrOrPromise


class Told(Enum):
    """Who gets a notice of it (the bell)."""

    NOBODY = auto()
    OFFICE = auto()  # coordinators
    QUEUE = auto()  # nobody: it waits in the coordinators' review queue, which says so
    AGENCIES = auto()  # the focal points of those that its entry names


def _none(subject: Any) -> Reasons:
    return []


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One verb of a noun.

    `on` names the nouns of whose rows it is asked: its own noun, unless it makes one out of another row, or of none at all.
    `sources` are the states of that row from which it leads to `target`, a state of the noun ("" leaves it as it is); `against` gives
    what else speaks against it. `sentence` is what histories say of it, `asks` what is said where its reason is missing ("": it takes
    none). `page` names the address of its form or button, whose argument is the row's `key`, an attribute.
    """

    noun: str
    name: str
    label: StrOrPromise
    doer: str
    on: tuple[str, ...] | None = None
    sources: frozenset[str] = frozenset()
    target: str = ""
    wrong_moment: StrOrPromise | Callable[[Any], StrOrPromise] = ""
    against: Callable[[Any], Reasons] = _none
    asks: StrOrPromise = ""
    sentence: StrOrPromise = ""
    # The sentence by kind of the row, where the row has kinds and the sentence would not say which.
    sentences: Mapping[str, StrOrPromise] = field(default_factory=dict, hash=False)
    told: Told = Told.NOBODY
    # Whether the focal points hear of it in their next message too, besides the bell.
    is_mailed: bool = False
    is_public: bool = True
    # What its entry is called in the ledger, where that is not its own name; None for a verb that the ledger does not tell.
    entry: str | None = ""
    page: str = ""
    key: str = ""
    query: str = ""  # the key's name, where it stands in the address's query
    # The words of its link, where a page leads to several verbs at once.
    link: StrOrPromise = ""
    is_button: bool = False
    # Whether its place on the page says what is `against` it, where that is all that keeps its control away.
    says_why: bool = False
    # Its name in the addresses of a page that the portal makes from this row, what that page explains, what is said once it is done.
    path: str = ""
    explains: StrOrPromise = ""
    said: StrOrPromise = ""
    # No longer called. The row stays: past entries are read by it.
    is_retired: bool = False

    @property
    def id(self) -> str:
        return f"{self.noun}.{self.name}"

    @property
    def entry_name(self) -> str | None:
        return self.name if self.entry == "" else self.entry

    @property
    def asked_of(self) -> tuple[str, ...]:
        return (self.noun,) if self.on is None else self.on

    @property
    def makes(self) -> bool:
        """Whether it makes a new row of its noun."""
        return self.noun not in self.asked_of

    def reasons(self, row: Any) -> Reasons:
        """What speaks against it now: the wrong moment, or else whatever the table has `against` it."""
        if row is None:
            return []
        return self.wrong_moment_of(row) or self.against(row)

    def wrong_moment_of(self, row: Any) -> Reasons:
        """What is said where the row does not stand where the verb begins."""
        if standing_of(row) in self.sources:
            return []
        return [self.wrong_moment(row) if callable(self.wrong_moment) else self.wrong_moment]

    def may(self, user: Person, row: Any) -> bool:
        return not self.is_retired and DOERS[self.doer].may(user, row)

    def is_open(self, user: Person, row: Any) -> bool:
        """Whether the verb would pass the guard now."""
        return self.may(user, row) and not self.reasons(row)


NOUNS: dict[str, Noun] = {}
DOERS: dict[str, Doer] = {}
VERBS: dict[str, Verb] = {}
_NOUN_OF: dict[type[Model], Noun] = {}
# The first verb registered under an entry's noun and name has its sentence.
_BY_ENTRY: dict[tuple[str, str], Verb] = {}


def register(nouns: Iterable[Noun], doers: Mapping[str, Doer], verbs: Iterable[Verb]) -> None:
    """Add an app's table. Raises ImproperlyConfigured, with the verb's name, for what no table knows."""
    for noun in nouns:
        NOUNS[noun.name] = _NOUN_OF[noun.rows] = noun
    DOERS.update(doers)
    for verb in verbs:
        for fault in _faults(verb):
            raise ImproperlyConfigured(f"The verb {verb.id} {fault}.")
        VERBS[verb.id] = verb
        if verb.entry_name is not None:
            _BY_ENTRY.setdefault((verb.noun, verb.entry_name), verb)


def _faults(verb: Verb) -> Iterable[str]:
    if verb.id in VERBS:
        yield "stands in the table twice"
    if unknown := {verb.noun, *verb.asked_of} - NOUNS.keys():
        yield f"is of an unknown noun: {', '.join(sorted(unknown))}"
        return
    if verb.doer not in DOERS:
        yield f"is for somebody unknown: {verb.doer}"
    known = {state for name in verb.asked_of for state in NOUNS[name].states}
    if unknown := set(verb.sources) - known:
        yield f"begins in an unknown state: {', '.join(sorted(unknown))}"
    if known and not verb.sources:
        yield "begins in no state"
    if verb.target and verb.target not in NOUNS[verb.noun].states:
        yield f"leads to an unknown state: {verb.target}"
    if verb.sources and verb.sources < known and not verb.wrong_moment:
        yield "says nothing at the wrong moment"
    if (verb.entry_name is None) is bool(verb.sentence):
        yield "needs a sentence for the history if, and only if, the ledger tells it"


def noun_of(row: Model) -> Noun:
    return _NOUN_OF[row.__class__]  # of a lazy `request.user`, its person's


def standing_of(row: Model) -> str:
    """Where a row stands, by its noun's name for it."""
    return noun_of(row).state_of(row)


# ---- The guard, and what reads the table


def permitted(name: str, row: Model | None = None, *, by: Person, reason: str | None = None) -> User:
    """Who acts, read again: the first question of every verb. `row` is what it is asked of, as it is now.

    `reason` is what they wrote. Raises, in this order, PermissionDenied (not theirs) or NotPossible (not from here; something else
    speaks against it; the reason is missing). Whoever passes has the ledger's head from here on (`turn`), in a verb that has its turn.
    Whether somebody else was quicker is asked after it (`swap`, `move`).
    """
    by = acting(name, row, by=by)
    refuse(*VERBS[name].reasons(row))
    if reason is not None:
        refuse_without(reason, VERBS[name].asks)
    try:
        take_head(by)
    except HeadKept as error:
        raise Busy from error
    return by


def beside_the_ledger[**P, T](verb: Callable[P, T]) -> Callable[P, T]:
    """Decorate a verb that the ledger does not tell: it runs in one transaction, and waits for no head."""

    @wraps(verb)
    def in_one_transaction(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            with transaction.atomic():
                return verb(*args, **kwargs)
        except OperationalError as error:
            if is_about_a_lock(error):
                raise Busy from error
            raise

    return in_one_transaction


def acting(name: str, row: Model | None, *, by: Person) -> User:
    """The first half of `permitted`, for a verb that has work to do before its turn: who acts, read again, if it is theirs."""
    by = fresh(by)
    if not VERBS[name].may(by, row):
        raise PermissionDenied
    return by


def against(name: str, row: Model) -> None:
    """Raises NotPossible where something speaks against it now, whoever asks."""
    refuse(*VERBS[name].reasons(row))


def verbs_on(row: Model) -> Iterable[Verb]:
    """The verbs that are asked of such a row, in the order of the tables."""
    noun = noun_of(row).name
    return (verb for verb in VERBS.values() if noun in verb.asked_of)


def open_verbs(user: Person, row: Model) -> list[str]:
    """The names of those whose POST would pass the guard now: their controls are drawn."""
    return [verb.name for verb in verbs_on(row) if verb.is_open(user, row)]


def verb_of(noun: str, entry: str) -> Verb | None:
    """The verb that left such an entry; None for one that this release does not know."""
    return _BY_ENTRY.get((noun, entry))


def mailed_entries() -> Iterable[tuple[str, str]]:
    """Noun and name of the entries of which the focal points hear by mail."""
    return sorted({(verb.noun, verb.entry_name or "") for verb in VERBS.values() if verb.is_mailed})


def sentence_of(noun: str, entry: str, kind: str = "") -> StrOrPromise:
    """What happened, in words, to a row of that kind; the ledger's codes where this release does not know them."""
    verb = verb_of(noun, entry)
    return verb.sentences.get(kind, verb.sentence) if verb else f"{noun}: {entry}"


# ---- What other apps have in an agency


@dataclass(frozen=True, slots=True)
class OpenWork:
    """Work of an app above this one that keeps an agency from being closed.

    `rows` have a foreign key `agency`; `left` says what to do about `count` of them. The agency itself owes what `is_owed`; the rest
    waits for the coordination office and needs no focal point.
    """

    rows: Callable[[], QuerySet[Any]]
    left: Any  # of `ngettext_lazy`
    is_owed: bool = False


# Apps above add theirs in `AppConfig.ready`, because this one cannot know their models. An agency that owes work and has no focal point
# is an alarm.
OPEN_WORK: list[OpenWork] = []
# Likewise functions that count by agency again, called in the turn of each verb that changes the list of agencies.
RECOUNTS: list[Callable[[Agency, Entry], None]] = []
# Who may export a table that not everybody may read, by its name.
EXPORTERS: dict[str, Callable[[Person], bool]] = {}


def has_open_work() -> Q:
    """A condition on agencies: they owe work that some app holds."""
    conditions = [Q(Exists(work.rows().filter(agency=OuterRef("pk")))) for work in OPEN_WORK if work.is_owed]
    return reduce(or_, conditions, Q(pk__in=[]))


def vacant(agencies: AgencyQuerySet, on: date) -> AgencyQuerySet:
    """Those that owe work and have nobody who can act for them on that day: the empty seats. Their heads are counted apart."""
    return agencies.filter(has_open_work(), ~has_focal_point(on))
