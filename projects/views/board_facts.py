"""What home and reports say in a sentence each: dates that moved, what changed, was cancelled, found, waits or was never published."""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from focalpoints.pages.addresses import page
from focalpoints.templatetags.edn import intcomma
from projects.light.rule import Light
from projects.light.verdict import counted
from projects.reading.day import Day
from projects.reading.figures import ASSESSED, NetworkFigures, Tally
from projects.reading.history import signed_days
from projects.reading.slippage import Moves, Slippage
from projects.templatetags.cells import moved_in_words


class FactClause(NamedTuple):
    """A piece of a sentence. `url` leads to exactly the items of its first number."""

    words: str
    url: str = ""


class Fact(NamedTuple):
    title: str
    clauses: list[FactClause]


def facts_of(
    day: Day, total: Tally, moved: Mapping[str, Slippage], network: NetworkFigures, disagreements: int | None
) -> list[Fact]:
    """Without what comes to nothing, but for one sentence that says so. No list has the tasks of a past day.

    A past day's record may not hold what a sentence would tell: then there is none.
    """
    lists = Lists(day)
    facts = [
        Fact(_("Dates"), _dates(moved, lists)),
        Fact(_("Scope and cancelling"), _taken_back(total, lists)),
        Fact(_("Findings"), _findings(total, disagreements, lists)),
        Fact(_("Review"), _review(total.fulfilled_tasks, total.claimed_tasks, network, lists)),
        Fact(_("Silence"), _silence(moved["task"], network, lists)),
        Fact(_("What was published"), _published(total, lists)),
    ]
    return [fact for fact in facts if fact.clauses]


def facts_of_report(
    day: Day, total: Tally, tasks: Mapping[str, int], hindered: int, moved: Mapping[str, Slippage], network: NetworkFigures,
    narrowed: str,
) -> list[Fact]:  # fmt: skip
    """Of the whole strategy, or of the portion to which the query string narrows lists.

    `tasks` are the portion's, by light; so many (`hindered`) open ones state an obstacle.
    """
    lists = Lists(day, narrowed)
    stated = ngettext("%(n)s open task states one", "%(n)s open tasks state one", hindered)
    facts = [
        Fact(_("Dates"), _times_moved(moved, lists)),
        Fact(_("Scope and cancelling"), [] if narrowed else _taken_back(total, lists)),
        Fact(_("Review"), _review(tasks.get(Light.FULFILLED, 0), tasks.get(Light.TO_BE_VERIFIED, 0), network, lists)),
        Fact(_("Obstacles"), [_counted(stated, hindered, lists.tasks("obstacle=stated"))] if hindered else []),
        Fact(_("Silence"), _silence(moved["task"], network, lists)),
    ]
    return [fact for fact in facts if fact.clauses]


class Lists:
    """Addresses of lists, narrowed by a query string, and to a portion. Those of commitments know any day, the others today alone."""

    def __init__(self, day: Day, narrowed: str = "") -> None:
        self.day, self.narrowed = day, f"&{narrowed}" if narrowed else ""

    def commitments(self, query: str) -> str:
        return f"{page('projects:commitment_list')}?{query}{self.narrowed}{self.day.more}"

    def tasks(self, query: str) -> str:
        return "" if self.day.is_past else f"{page('projects:task_list')}?{query}{self.narrowed}"

    def agencies(self, query: str) -> str:
        """A single agency is not looked for in their list."""
        if self.day.is_past or self.narrowed.startswith("&agency="):
            return ""
        return f"{page('projects:agency_list')}?{query}{self.narrowed}"


def _times_moved(moved: Mapping[str, Slippage], lists: Lists) -> list[FactClause]:
    """How many, how often and how far, of each kind that has dates."""
    kinds = (("commitment", _("Commitments"), lists.commitments), ("task", _("Tasks"), lists.tasks))
    said = []
    for kind, name, listed in kinds:
        total = moved[kind].total
        if total.dated:
            words = f"{name}: {moved_in_words(total).rstrip('.')}"
            said.append(FactClause(words, listed("moved=yes") if total.moved else ""))
    return said or [FactClause(_("No date was published"))]


def _dates(moved: Mapping[str, Slippage], lists: Lists) -> list[FactClause]:
    tasks, commitments = moved["task"].total, moved["commitment"].total
    said = []
    if tasks.moved:
        words = ngettext(
            "%(moved)s of %(dated)s dated task moved its date, %(days)s in all",
            "%(moved)s of %(dated)s dated tasks moved their date, %(days)s in all",
            tasks.dated,
        )
        said.append(FactClause(words % _moves(tasks), lists.tasks("moved=yes")))
    if commitments.moved:
        words = ngettext(
            "%(moved)s of %(dated)s dated commitment did, %(days)s in all",
            "%(moved)s of %(dated)s dated commitments did, %(days)s in all",
            commitments.dated,
        )
        said.append(FactClause(words % _moves(commitments), lists.commitments("moved=yes")))
    if not tasks.moved and not commitments.moved:
        said.append(FactClause(_("No date has moved")))
    elif not commitments.moved:
        said.append(FactClause(_("no commitment's own date did")))
    elif not tasks.moved:
        said.append(FactClause(_("no task's date did")))
    return said


def _moves(found: Moves) -> dict[str, str]:
    return {"moved": intcomma(found.moved), "dated": intcomma(found.dated), "days": signed_days(found.days)}


def _taken_back(total: Tally, lists: Lists) -> list[FactClause]:
    said = []
    if total.rescoped:
        words = ngettext("%(n)s commitment changed in scope", "%(n)s commitments changed in scope", total.rescoped)
        said.append(_counted(words, total.rescoped, lists.commitments("scope=changed")))
    if total.cancelled_tasks:
        words = ngettext("%(n)s task was cancelled", "%(n)s tasks were cancelled", total.cancelled_tasks)
        said.append(_counted(words, total.cancelled_tasks, lists.tasks("state=cancelled")))
    if total.replaced_tasks:
        words = ngettext("%(n)s task was replaced", "%(n)s tasks were replaced", total.replaced_tasks)
        said.append(_counted(words, total.replaced_tasks, lists.tasks("state=replaced")))
    if total.withdrawn:
        words = ngettext("%(n)s commitment was withdrawn", "%(n)s commitments were withdrawn", total.withdrawn)
        said.append(_counted(words, total.withdrawn, lists.commitments("light=cancelled&light=withdrawn_late")))
    return said or [FactClause(_("Nothing was cancelled, replaced, changed in scope or withdrawn"))]


def _findings(total: Tally, disagreements: int | None, lists: Lists) -> list[FactClause]:
    said = [
        FactClause(f"{intcomma(count)} {counted(light, count)}", lists.commitments(f"light={light.value}"))
        for light in ASSESSED
        if (count := total.lights[light])
    ] or [FactClause(_("No commitment has been assessed at its end"))]
    if disagreements:
        words = ngettext(
            "%(n)s with discrepancies",
            "%(n)s with discrepancies",
            disagreements,
        )
        said.append(_counted(words, disagreements, lists.commitments("disagreement=any")))
    return said


def _review(fulfilled: int, claimed: int, network: NetworkFigures, lists: Lists) -> list[FactClause]:
    said = []
    if network.waiting:
        words = ngettext("%(n)s follow-up waits for review", "%(n)s follow-ups wait for review", network.waiting)
        said.append(FactClause(words % {"n": intcomma(network.waiting)}, lists.tasks("review=waiting")))
    if network.asked:
        words = ngettext("%(n)s request waits for a decision", "%(n)s requests wait for a decision", network.asked)
        said.append(_counted(words, network.asked))
    if network.oldest is not None:
        words = ngettext(
            "the oldest for %(oldest)s business day, half of them for %(median)s or less",
            "the oldest for %(oldest)s business days, half of them for %(median)s or less",
            network.oldest,
        )
        said.append(FactClause(words % {"oldest": network.oldest, "median": network.median}))
    elif network.waiting == 0:
        said.append(FactClause(_("Nothing waits for review")))
    if network.to_decide is not None:
        words = ngettext(
            "half of the latest decisions took %(n)s business day or less",
            "half of the latest decisions took %(n)s business days or less",
            network.to_decide,
        )
        said.append(FactClause(words % {"n": network.to_decide}))
    if network.alone:
        words = ngettext(
            "%(n)s request was decided by one person alone, because nobody else did for ten business days",
            "%(n)s requests were decided by one person alone, because nobody else did for ten business days",
            network.alone,
        )
        said.append(_counted(words, network.alone))
    if network.in_bulk:
        words = ngettext(
            "%(n)s follow-up was decided en bloc, together with others",
            "%(n)s follow-ups were decided en bloc, together with others",
            network.in_bulk,
        )
        said.append(_counted(words, network.in_bulk))
    if network.reopened:
        words = ngettext(
            "%(n)s follow-up had been accepted in error and was re-opened",
            "%(n)s follow-ups had been accepted in error and were re-opened",
            network.reopened,
        )
        said.append(_counted(words, network.reopened))
    words = ngettext("%(n)s task is verified at 100 %%", "%(n)s tasks are verified at 100 %%", fulfilled)
    if fulfilled:
        said.append(_counted(words, fulfilled, lists.tasks("light=fulfilled")))
    if claimed:
        words = ngettext("%(n)s is only reported so", "%(n)s are only reported so", claimed)
        said.append(_counted(words, claimed, lists.tasks("light=to_be_verified")))
    return said


def _silence(tasks: Slippage, network: NetworkFigures, lists: Lists) -> list[FactClause]:
    said = []
    for bar in (bar for bar in tasks.heard if bar.count):
        words = ngettext(
            "%(n)s open task was last heard of %(when)s", "%(n)s open tasks were last heard of %(when)s", bar.count
        )
        said.append(
            FactClause(words % {"n": intcomma(bar.count), "when": str(bar.label)}, lists.tasks(f"silence={bar.key}"))
        )
    if network.vacant:
        words = ngettext(
            "%(n)s agency with open tasks has no focal point",
            "%(n)s agencies with open tasks have no focal point",
            network.vacant,
        )
        said.append(_counted(words, network.vacant, lists.agencies("seat=vacant")))
    return said or [FactClause(_("No task is open"))]


def _published(total: Tally, lists: Lists) -> list[FactClause]:
    return [
        _counted(words, count, lists.commitments(query))
        for count, words, query in (
            (total.dated, ngettext("%(n)s has a due date", "%(n)s have a due date", total.dated), "due=any"),
            (total.undated, ngettext("%(n)s has none", "%(n)s have none", total.undated), "due=none"),
            (
                total.named,
                ngettext("%(n)s has agencies that answer", "%(n)s have agencies that answer", total.named),
                "binds=published",
            ),
            (
                total.unnamed,
                ngettext("%(n)s names no agency", "%(n)s name no agency", total.unnamed),
                "binds=none+published",
            ),
        )
        if count
    ]


def _counted(words: str, count: int, url: str = "") -> FactClause:
    return FactClause(words % {"n": intcomma(count)}, url)
