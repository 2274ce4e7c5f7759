"""The numbers of the cockpit: what each is called and counts, and the list that it opens, of the whole strategy or of a part."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from focalpoints.pages.addresses import page
from focalpoints.templatetags.edn import STATUS_WORDS
from focalpoints.workflow import StrOrPromise
from projects.light.verdict import LATE as LATE_LIGHTS
from projects.tables.figure_words import ALONE, BY_LIGHT, WORDS, FigureWords
from projects.tables.figures import LISTS

_OF_TASKS, _OF_COMMITMENTS = "tasks", "commitments"


class AttentionFigure(NamedTuple):
    """`query` narrows the list of `listed` (a key of LISTS) to what is counted; `words` says of a number what it counts."""

    listed: str
    query: str
    words: Callable[[int], str]


# In the order of the page: how it goes, what is missing, what changed, what does not agree.
ATTENTION: dict[str, AttentionFigure] = {
    "tasks_late": AttentionFigure(_OF_TASKS, "light=late", lambda n: ngettext("late task", "late tasks", n)),
    "tasks_at_risk": AttentionFigure(
        _OF_TASKS, "light=at_risk", lambda n: ngettext("task at risk", "tasks at risk", n)
    ),
    "tasks_unheard": AttentionFigure(
        _OF_TASKS, "silence=long", lambda n: ngettext("task silent for 60 days", "tasks silent for 60 days", n)
    ),
    "tasks_hindered": AttentionFigure(
        _OF_TASKS, "obstacle=stated", lambda n: ngettext("task with an obstacle", "tasks with an obstacle", n)
    ),
    "commitments_late": AttentionFigure(
        _OF_COMMITMENTS,
        "&".join(f"light={light.value}" for light in LATE_LIGHTS),
        lambda n: ngettext("late commitment", "late commitments", n),
    ),
    "tasks_to_be_verified": AttentionFigure(
        _OF_TASKS,
        "light=to_be_verified",
        lambda n: ngettext("task to be verified", "tasks to be verified", n),
    ),
    "tasks_without_evidence": AttentionFigure(
        _OF_TASKS,
        "evidence=none",
        lambda n: ngettext("task with progress and no evidence", "tasks with progress and no evidence", n),
    ),
    "agencies_vacant": AttentionFigure(
        "agencies",
        "seat=vacant",
        lambda n: ngettext("agency without a focal point", "agencies without a focal point", n),
    ),
    "commitments_without_tasks": AttentionFigure(
        _OF_COMMITMENTS, "tasks=none", lambda n: ngettext("commitment without tasks", "commitments without tasks", n)
    ),
    "commitments_undated": AttentionFigure(
        _OF_COMMITMENTS, "due=none", lambda n: ngettext("commitment without a date", "commitments without a date", n)
    ),
    "tasks_moved": AttentionFigure(
        _OF_TASKS, "moved=yes", lambda n: ngettext("task with a moved date", "tasks with a moved date", n)
    ),
    "commitments_moved": AttentionFigure(
        _OF_COMMITMENTS,
        "moved=yes",
        lambda n: ngettext("commitment with a moved date", "commitments with a moved date", n),
    ),
    "tasks_rescoped": AttentionFigure(
        _OF_TASKS, "scope=changed", lambda n: ngettext("task with a changed scope", "tasks with a changed scope", n)
    ),
    "commitments_rescoped": AttentionFigure(
        _OF_COMMITMENTS,
        "scope=changed",
        lambda n: ngettext("commitment with a changed scope", "commitments with a changed scope", n),
    ),
    "tasks_cancelled": AttentionFigure(
        _OF_TASKS, "state=cancelled", lambda n: ngettext("cancelled task", "cancelled tasks", n)
    ),
    "commitments_withdrawn": AttentionFigure(
        _OF_COMMITMENTS,
        "light=cancelled&light=withdrawn_late",
        lambda n: ngettext("withdrawn commitment", "withdrawn commitments", n),
    ),
    "commitments_with_discrepancies": AttentionFigure(
        _OF_COMMITMENTS,
        "disagreement=any",
        lambda n: ngettext("commitment with discrepancies", "commitments with discrepancies", n),
    ),
    "commitments_decided_alone": AttentionFigure(
        _OF_COMMITMENTS,
        "decided=alone",
        lambda n: ngettext("commitment decided by one person", "commitments decided by one person", n),
    ),
}
# What home's figures do not count. The others are home's, of a part of the strategy.
_MORE = {
    "tasks_at_risk": FigureWords(
        format_lazy("{}: {}", _("Tasks"), STATUS_WORDS["task"]["at_risk"]), _OF_TASKS, BY_LIGHT
    ),
    "tasks_unheard": FigureWords(
        _("Open tasks of which nothing was heard for more than 60 days"), _OF_TASKS, _("“No change” is an update too.")
    ),
    "tasks_hindered": FigureWords(
        _("Open tasks with an obstacle"), _OF_TASKS, _("The last follow-up that was sent states one.")
    ),
    "tasks_without_evidence": FigureWords(
        _("Tasks with progress and no evidence"), _OF_TASKS,
        _("Some progress was accepted, and no evidence that can be seen proves any of it; also of cancelled tasks."),
    ),
    "commitments_without_tasks": FigureWords(
        _("Commitments without tasks"), _OF_COMMITMENTS, _("Not withdrawn, and no task was taken up, whatever its date.")
    ),
    "tasks_rescoped": FigureWords(_("Tasks that changed in scope"), _OF_TASKS, _("By a decided request.")),
    "commitments_decided_alone": FigureWords(
        _("Commitments with a request decided by one person alone"), _OF_COMMITMENTS, ALONE
    ),
}  # fmt: skip
SAID: Mapping[str, FigureWords] = {name: _MORE.get(name) or WORDS[name] for name in ATTENTION}


class Tile(NamedTuple):
    """A number, what it counts, and the address of the list of exactly that."""

    name: str
    number: int
    words: StrOrPromise
    url: str

    @property
    def is_late(self) -> bool:
        return self.name.endswith("_late")


def tiles(numbers: Mapping[str, int], query: str) -> list[Tile]:
    """In the order of the page. `query` is the part of the strategy, as the lists' addresses say it (`sector=9`)."""
    return [
        Tile(name, numbers[name], figure.words(numbers[name]), address_of(figure, query))
        for name, figure in ATTENTION.items()
    ]


def queue_tile(number: int) -> Tile:
    """Of the whole strategy alone: what waits is the office's, whichever part it is of."""
    words = ngettext("case in the review queue", "cases in the review queue", number)
    return Tile("queue", number, words, page("projects:review_queue"))


def address_of(figure: AttentionFigure, query: str) -> str:
    return f"{page(LISTS[figure.listed])}?{'&'.join(filter(None, (figure.query, query)))}"
