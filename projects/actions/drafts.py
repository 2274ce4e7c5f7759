"""How what an agency types becomes a follow-up that is still being written. Only inside a transaction that locks its task's row."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.models import User
from focalpoints.sql.writing import change, insert
from focalpoints.workflow import Stale, permitted
from projects.actions.fresh_rows import locked_task, read_row
from projects.actions.task_progress import FollowUpSummary, follow_ups_of
from projects.models import FollowUp, Task

BY_YOURSELF = _(
    "You saved this draft in another window while you were writing here. "
    "Your text is below: compare it with what is there now and send it again."
)
DISCARDED = _("This draft was discarded meanwhile.")
WORDS = ("progress", "done", "next_step", "obstacle")


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form sends: the words, the revision that it was filled on, and the page that was loaded.

    `overwrites` is the page whose later revisions these words may replace: the form's own, or none.
    """

    words: Mapping[str, Any]
    revision: int | None
    page: str
    overwrites: str


def save(typed: Typed, task: Task, *, by: User) -> FollowUp:
    """Write it as a draft. Raises PermissionDenied, NotPossible or Stale where these words may not be kept."""
    locked_task(task.pk)
    task = read_row(Task, task.pk, "agency", "commitment__project")
    by = permitted("follow-up.save", task, by=by)
    follow_up, changes = drafted(typed, task, follow_ups_of(task.pk), by=by)
    if follow_up.pk is None:
        insert(follow_up)
    elif changes:
        before = {"pk": follow_up.pk, "revision": follow_up.revision}
        changes |= {"revision": follow_up.revision + 1}
        if not change(FollowUp, before, **changes):  # redacted meanwhile
            raise Stale
        for name, value in changes.items():
            setattr(follow_up, name, value)
    return follow_up


def drafted(
    typed: Typed, task: Task, earlier: Sequence[FollowUpSummary], *, by: User
) -> tuple[FollowUp, dict[str, Any]]:
    """The follow-up in hand and the columns to write, none where it says the same already; or the task's next one, unsaved.

    `earlier` are the task's follow-ups, read since its row is locked.
    """
    words = {name: typed.words[name] for name in WORDS if name in typed.words}
    saved = {"saved_at": clock.now(), "saved_by": by, "saved_from": typed.page}
    in_hand = next((row.pk for row in of_agency(earlier, task) if row.state not in FollowUp.SETTLED), None)
    if in_hand is None:
        _refuse_second(typed, earlier)
        return next_one(task, earlier, author=by, **saved, **words), {}
    follow_up = read_row(FollowUp, in_hand, "agency")
    follow_up.task = task
    if says_the_same(follow_up, words):  # not written: its revision must still fit the form's other requests
        return follow_up, {}
    is_from_own_page = typed.overwrites != "" and typed.overwrites == follow_up.saved_from
    if typed.revision != follow_up.revision and not is_from_own_page:
        raise Stale(BY_YOURSELF if follow_up.saved_by_id == by.pk else "")
    return follow_up, saved | words


def of_agency(follow_ups: Iterable[FollowUpSummary], task: Task) -> Iterator[FollowUpSummary]:
    """Without what an agency set aside when the task passed to another (`FollowUpQuerySet.set_aside`)."""
    return (row for row in follow_ups if row.state in FollowUp.SETTLED or row.agency_id == task.agency_id)


def next_one(task: Task, earlier: Sequence[FollowUpSummary], **facts: Any) -> FollowUp:
    """The task's next follow-up, unsaved."""
    number = 1 + max((row.number for row in earlier), default=0)
    code = f"{task.code}-S{number}"
    return FollowUp(task=task, number=number, code=code, agency=task.agency, is_fictional=task.is_fictional, **facts)


def _refuse_second(typed: Typed, earlier: Sequence[FollowUpSummary]) -> None:
    """One form makes one follow-up, even where that was decided before the form came again."""
    if typed.revision is not None:
        raise Stale(
            _(
                "This follow-up was accepted or discarded meanwhile. Your text is below: "
                "send it as a new follow-up if it says more."
            )
        )
    if typed.page and any(row.saved_from == typed.page for row in earlier):
        raise Stale(
            _("This follow-up was sent and accepted meanwhile. Your text is below: send it again if it says more.")
        )


def says_the_same(follow_up: FollowUp, words: Mapping[str, Any]) -> bool:
    """A form sent twice has nothing in it that is not already there."""
    return all(getattr(follow_up, name) == value for name, value in words.items())
