"""Verbs on reminders: coordinators pause and resume those of an item, administrators write the texts anew."""

from dataclasses import replace
from datetime import date
from typing import Any, cast

from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.actions.entries import recorded
from focalpoints.ledger.record import PublicState, record
from focalpoints.models import Entry, User
from focalpoints.rules import office_of
from focalpoints.turn import in_turn
from focalpoints.workflow import NotPossible, Stale, noun_of, permitted
from projects.actions.fresh_rows import reread_item
from projects.facts import commitment_state, task_state
from projects.models import Commitment, MessageText, Pause, Task
from projects.reminders.texts import refuse_wrong
from projects.workflow import own_pause

LONGEST_PAUSE_DAYS = 366
UNTIL_WHEN = _("Choose a day from tomorrow on, within a year, on which the reminders start again.")


@in_turn
def pause_reminders(item: Task | Commitment, *, by: User, reason: str, until: date) -> Pause:
    """Send no reminder of a task, or of a commitment and its tasks, before that day. On it, reminders of what is still due go out."""
    reread_item(item)
    by = permitted(f"{noun_of(item).name}.pause", item, by=by, reason=reason)
    today = clock.today()
    if not 0 < (until - today).days <= LONGEST_PAUSE_DAYS:
        raise NotPossible(UNTIL_WHEN)
    pause = Pause.objects.create(**_of(item), reason=reason.strip(), since=today, until=until, by=by)
    _recorded("pause", pause, item, by=by, reason=pause.reason)
    return pause


@in_turn
def resume_reminders(item: Task | Commitment, *, by: User) -> Entry:
    """End the pause today. The next message reminds of what is still due."""
    reread_item(item)
    by = permitted(f"{noun_of(item).name}.resume", item, by=by)
    pause = cast(Pause, own_pause(item))
    pause.until = max(clock.today(), pause.since)
    Pause.objects.filter(pk=pause.pk).update(until=pause.until)
    return _recorded("resume", pause, item, by=by)


@in_turn
def edit_text(key: str, language: str, text: str, *, by: User, revision: int) -> MessageText:
    """Write one text of the messages anew; an empty one brings the default back. `revision` is 0 for one never written.

    Raises NotPossible for a text that uses another placeholder than its own, Stale when somebody else wrote it first.
    """
    by = permitted("message-text.correct", by=by)
    text = text.strip()
    refuse_wrong(key, language, text)
    row = MessageText.objects.filter(key=key, language=language).first() or MessageText(key=key, language=language)
    if row.revision != revision:
        raise Stale
    if row.text == text:
        raise NotPossible(_("Nothing was changed: what you sent is what is already there."))
    before, row.text, row.revision = row.text, text, revision + 1
    row.save()
    subject = PublicState("message-text", f"{key}-{language}", state="written" if text else "default")
    recorded("correct", subject, by=by, before=before, text=text)
    return row


def _of(item: Task | Commitment) -> dict[str, Any]:
    """The column of a pause that says what it silences."""
    return {"task" if isinstance(item, Task) else "commitment": item}


def _recorded(verb: str, pause: Pause, item: Task | Commitment, *, by: User, **private: str) -> Entry:
    """One entry that tells until when the reminders are paused. The reason is in its private part."""
    state = task_state(item) if isinstance(item, Task) else commitment_state(item)
    dossier = commitment_state(item.commitment) if isinstance(item, Task) else None
    paused = replace(state, dates={**state.dates, "reminders_from": pause.until})
    return record(verb, paused, by=by, office=office_of(by), private=private, dossier=dossier)
