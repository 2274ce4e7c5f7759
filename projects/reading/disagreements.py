"""Where claimed, verified, assessed and what the government printed disagree: conditions on commitments of today or of a past day."""

from collections.abc import Callable, Collection, Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, F, Max, Q, QuerySet, When
from django.utils.translation import gettext as _gettext
from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.business_days import on_or_before
from focalpoints.models import LedgerHead
from focalpoints.sql.prepared import Steps, prepared, reading
from focalpoints.templatetags.edn import mid_sentence, status_word
from focalpoints.workflow import StrOrPromise
from projects.light.rule import Light
from projects.models import Assessment, Commitment, CommitmentVersion
from projects.models.querysets import CommitmentAdjectives
from projects.reading.day import Day
from projects.reading.figures import count_of

ANY = "any"
UNVERIFIED_DAYS = 5
RED = (Light.LATE, Light.TASKS_LATE)
COMPLETED = "Completado"  # the government's word for what it held to be done
_Finding = Commitment.Finding
_LESS = Q(finding__in=(_Finding.PARTLY, _Finding.NOT_FULFILLED))


def _unverified(on: date, key: str) -> Q:
    limit = on
    for _number in range(UNVERIFIED_DAYS):
        limit = on_or_before(limit - timedelta(days=1))
    return Commitment.ACTIVE & Q(finding="", claimed_on__lt=limit) & Commitment.TO_BE_VERIFIED


def _less_was_found(on: date, key: str) -> Q:
    return Commitment.ACTIVE & Q(tasks_open=0, tasks_fulfilled__gt=0) & _LESS


def _more_was_found(on: date, key: str) -> Q:
    less = Q(verified_progress=None, recurrence="") | Q(verified_progress__lt=100) | Q(tasks_fulfilled=0)
    return Commitment.ACTIVE & Q(finding=_Finding.FULFILLED) & less


def _on_course_beside_red(on: date, key: str) -> Q:
    """What was said of its course by the end of that day, by the last finding on it."""
    said = Assessment.objects.of_course().filter(made_at__lt=clock.start_of(on + timedelta(days=1)))
    last = said.order_by().values("commitment").annotate(last=Max("pk")).values("last")
    found = Assessment.objects.filter(pk__in=last, verdict=Assessment.Verdict.ON_COURSE).order_by()
    # Asked first: a light is worked out for these alone.
    return Q(**{f"{key}__in": found.values("commitment")}) & Q(light__in=RED)


def _printed_otherwise(on: date, key: str) -> Q:
    completed = Q(printed_status=COMPLETED)
    more = ~completed & ~Q(printed_status="") & Q(finding=_Finding.FULFILLED)
    return Commitment.ACTIVE & (completed & _LESS | more)


CASES: dict[str, tuple[StrOrPromise, Callable[[date, str], Q]]] = {
    "unverified": (_("Claimed at 100 %, and not verified for five business days"), _unverified),
    "less": (_("Nothing is open, and it was not found fulfilled"), _less_was_found),
    "more": (_("Found fulfilled beside less than 100 % verified, or no task"), _more_was_found),
    "course": (_("Found on course beside a red light"), _on_course_beside_red),
    "printed": (_("The status printed by the government, against the finding"), _printed_otherwise),
}


def disagreeing[Rows: CommitmentAdjectives](rows: Rows, on: date, case: str = ANY) -> Rows:
    """Those of the rows, with their light of that day, of which this is so; by default anything."""
    key = "commitment" if rows.model is CommitmentVersion else "pk"
    found = Q(pk__in=[])
    for name, (_label, condition) in CASES.items():
        if case in (ANY, name):
            found |= condition(on, key)
    return rows.filter(found)


def said_of(keys: list[int], day: Day) -> tuple[tuple[int, str], ...]:
    """What disagrees about each of a few commitments, or versions, of a day: key and words. One query."""
    return tuple([(row["pk"], "; ".join(_in_words(row))) for row in cases_of(keys, day)])


def cases_of(keys: Collection[int], day: Day) -> QuerySet[Any, dict[str, Any]]:
    """Of each of these commitments, or versions, whether each case holds (`is_less` …), and the facts that disagree. One query."""
    rows, on, key = day.few_commitments.with_light(day.on), day.on, "commitment" if day.is_past else "pk"
    if day.is_past:
        rows = rows.annotate(printed_status=F("commitment__printed_status"))
    cases = {f"is_{name}": Case(When(so(on, key), then=True), default=False) for name, (_label, so) in CASES.items()}
    facts = ("claimed_progress", "verified_progress", "finding", "printed_status", "light")
    found: QuerySet[Any, dict[str, Any]] = rows.filter(pk__in=keys).order_by().annotate(**cases)
    return found.values("pk", *facts, *cases)


def _in_words(row: dict[str, Any]) -> Iterator[str]:
    said = {
        "claimed": row["claimed_progress"] or 0,
        "verified": row["verified_progress"] or 0,
        "finding": mid_sentence(status_word(row["finding"], "commitment")) if row["finding"] else "",
        "light": mid_sentence(status_word(row["light"], "commitment")),
        "printed": row["printed_status"],
    }
    for name, words in {
        "unverified": _gettext("claimed: %(claimed)s %% · verified: %(verified)s %%"),
        "less": _gettext("no task is open · assessed: %(finding)s"),
        "more": _gettext("verified: %(verified)s %% · assessed: %(finding)s"),
        "course": _gettext("light: %(light)s · assessed: on course"),
        "printed": _gettext("printed: %(printed)s · assessed: %(finding)s"),
    }.items():
        if row[f"is_{name}"]:
            yield words % said


@reading
def disagreements(on: date) -> Steps[int]:
    """Of how many of today's commitments anything disagrees. One query."""
    [[number]] = yield [(_disagreements, (on,))]
    return number


def disagreements_then(day: Day) -> int:
    """The same of a past day. One query."""
    return disagreeing(day.commitments.as_rows().with_light(day.on).order_by(), day.on).count()


@prepared()
def _disagreements(on: date) -> QuerySet[LedgerHead, int]:
    rows = disagreeing(Commitment.objects.with_light(on).order_by(), on)
    return LedgerHead.objects.filter(pk=1).values_list(count_of(rows), flat=True)
