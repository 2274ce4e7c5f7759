"""The published rule once more, written by hand from its text and from nothing of the portal: the tests' oracle.

It reads plain facts, or a history of what was said and decided, and knows no database.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

LAST_DAY = date(9999, 12, 31)


class Numbers(NamedTuple):
    silent_days: int = 60
    behind_points: int = 25
    soon_days: int = 15
    soon_progress: int = 80


FIRST = Numbers()


def given_back(due: date | None, days: int) -> date | None:
    """The due date plus the days for which the coordinators kept the item waiting."""
    if due is None:
        return None
    return LAST_DAY if (LAST_DAY - due).days < days else due + timedelta(days)


def lateness(fulfilled_on: date | None, due: date | None) -> int | None:
    """The days after its date, with those given back, on which it was fulfilled; 0 on time, none without either day."""
    if fulfilled_on is None or due is None:
        return None
    return max((fulfilled_on - due).days, 0)


def at_risk(facts: Mapping[str, Any], on: date, due: date | None, numbers: Numbers) -> bool:
    """Obstacle; silence; behind the line; too little for the days left."""
    claimed = facts["claimed_progress"] or 0
    ready = max(claimed, facts["verified_progress"] or 0)
    if facts["has_obstacle"]:
        return True
    if facts["quiet_since"] is not None and (on - facts["quiet_since"]).days > numbers.silent_days:
        return True
    if facts["starts"] is not None and due is not None and due > facts["starts"]:
        gone = Fraction((on - facts["starts"]).days, (due - facts["starts"]).days)
        expected = 100 * min(max(gone, Fraction(0)), Fraction(1))
        if expected - ready > numbers.behind_points:
            return True
    return due is not None and (due - on).days <= numbers.soon_days and claimed < numbers.soon_progress


def not_begun(facts: Mapping[str, Any], on: date) -> bool:
    return facts["starts"] is not None and facts["starts"] > on and facts["claimed_on"] is None


def light_of_task(facts: Mapping[str, Any], on: date, numbers: Numbers = FIRST) -> str:
    due = given_back(facts["due"], facts["waited_days"])
    if facts["state"] in ("cancelled", "declined"):
        return "cancelled"
    if facts["verified_progress"] == 100:
        return "fulfilled"
    if facts["claimed_progress"] == 100:
        return "to_be_verified"
    if due is None:
        return "no_date"
    if not_begun(facts, on):
        return "not_started"
    if on > due:
        return "late"
    if at_risk(facts, on, due, numbers):
        return "at_risk"
    return "not_started" if facts["claimed_on"] is None else "on_time"


def light_of_commitment(facts: Mapping[str, Any], on: date, numbers: Numbers = FIRST) -> str:
    due, next_due = given_back(facts["due"], facts["waited_days"]), facts["next_due"]
    counted = facts["tasks_open"] + facts["tasks_fulfilled"]
    if facts["state"] == "cancelled":
        return "withdrawn_late" if facts["withdrawn_late"] else "cancelled"
    if facts["finding"]:
        return facts["finding"]
    is_missing = facts["tasks_open"] or facts["agencies_without_task"] or facts["series_runs"]
    if (counted or facts["tasks_cancelled"]) and not is_missing:
        return "to_assess"
    if facts["tasks_open"] and not facts["tasks_unclaimed"] and not facts["agencies_without_task"]:
        return "to_be_verified"
    if due is not None and on > due:
        return "late"
    if next_due is not None and on > next_due:
        return "tasks_late"
    if not counted:
        return "no_tasks"
    if due is None and next_due is None:
        return "no_date"
    if not_begun(facts, on):
        return "not_started"
    soon = next_due is not None and (next_due - on).days <= numbers.soon_days
    too_little = (facts["claimed_progress"] or 0) < numbers.soon_progress
    if at_risk(facts, on, due, numbers) or (soon and too_little):
        return "at_risk"
    return "not_started" if facts["claimed_on"] is None else "on_time"


@dataclass
class Word:
    """A follow-up that was sent. `outcome`: waiting, accepted, returned, withdrawn or no change; sent again is what a returned
    one becomes whose correction was sent."""

    sent_on: date
    progress: int = 0
    obstacle: bool = False
    outcome: str = "waiting"
    decided_on: date | None = None
    held: int | None = None  # the least at which it was accepted in error, whatever became of it since
    was_late: bool = False  # its task's date, with what had been given back, had passed when it was sent


@dataclass
class TaskHistory:
    """What happened to a task that was taken up on a day."""

    agency: str
    taken_up_on: date
    due: date | None = None
    starts: date | None = None
    ended: bool = False
    words: list[Word] = field(default_factory=list)
    moves: list[int] = field(default_factory=list)

    @property
    def waited_days(self) -> int:
        """While it is fulfilled nothing is owed: what is sent back then is given back once it is open again. To what came late, nothing."""
        given, put_by, is_fulfilled = 0, 0, False
        for word in self.words:
            if word.outcome in ("returned", "sent again") and not word.was_late:
                put_by += (word.decided_on - word.sent_on).days
            if word.held is not None and word.held < 100:
                is_fulfilled = False
            if word.outcome == "accepted":
                is_fulfilled = word.progress == 100
            if not is_fulfilled:
                given, put_by = given + put_by, 0
        return given

    @property
    def claims(self) -> list[Word]:
        return [word for word in self.words if word.outcome in ("waiting", "accepted")]

    @property
    def accepted(self) -> list[Word]:
        return [word for word in self.words if word.outcome == "accepted"]

    @property
    def verified(self) -> int | None:
        """What the last accepted word says; what was accepted in error after it lowers that, and raises nothing by dropping out."""
        level = None
        for word in self.words:
            if word.outcome == "accepted":
                level = word.progress
            elif word.held is not None and level is not None:
                level = min(level, word.held)
        return level

    @property
    def is_open(self) -> bool:
        return self.verified != 100

    @property
    def claims_all(self) -> bool:
        return bool(self.claims) and self.claims[-1].progress == 100

    @property
    def light_due(self) -> date | None:
        return given_back(self.due, self.waited_days)

    @property
    def fulfilled_on(self) -> date | None:
        """The day the first accepted 100 % of the unbroken run of 100 % was sent; a step back, or one in error, breaks it."""
        first = None
        for word in self.words:
            if word.held is not None and word.held < 100:
                first = None
            if word.outcome == "accepted":
                first = (first or word.sent_on) if word.progress == 100 else None
        return first

    @property
    def days_late(self) -> int | None:
        return lateness(self.fulfilled_on, self.light_due)

    @property
    def quiet_since(self) -> date:
        heard = [word.sent_on for word in self.words if word.outcome not in ("withdrawn", "sent again")]
        sent_back = [word.decided_on for word in self.words if word.outcome == "returned"]
        return max(*heard, *sent_back, self.taken_up_on, self.starts or self.taken_up_on)

    @property
    def facts(self) -> dict[str, Any]:
        return {
            "state": "cancelled" if self.ended else "confirmed",
            "starts": self.starts,
            "due": self.due,
            "waited_days": self.waited_days,
            "claimed_progress": self.claims[-1].progress if self.claims else None,
            "claimed_on": self.claims[-1].sent_on if self.claims else None,
            "verified_progress": self.verified,
            "has_obstacle": bool(self.claims) and self.claims[-1].obstacle,
            "quiet_since": self.quiet_since,
        }


@dataclass
class Finding:
    """What a coordinator found of the whole at its end."""

    verdict: str
    made_on: date
    is_taken_away: bool = False


@dataclass
class CommitmentHistory:
    """What happened to a commitment that binds these agencies."""

    bound: list[str]
    due: date | None = None
    starts: date | None = None
    tasks: list[TaskHistory] = field(default_factory=list)
    moves: list[int] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    looked_at: tuple[int, int] = (0, 0)

    @property
    def finding(self) -> Finding | None:
        """The last one at the end, unless something took it away since."""
        return self.findings[-1] if self.findings and not self.findings[-1].is_taken_away else None

    def look_at_finding(self) -> None:
        """To be asked after each event. More that is open, or less that is verified, takes "fulfilled" and "partly" away for good."""
        facts = self.facts
        now = facts["tasks_open"], facts["verified_progress"] or 0
        if (found := self.finding) and found.verdict != "not_fulfilled":
            found.is_taken_away = now[0] > self.looked_at[0] or now[1] < self.looked_at[1]
        self.looked_at = now

    @property
    def counted(self) -> list[TaskHistory]:
        return [task for task in self.tasks if not task.ended]

    @property
    def cancelled(self) -> list[TaskHistory]:
        return [task for task in self.tasks if task.ended]

    @property
    def fulfilled_on(self) -> date | None:
        """Once it was found fulfilled: the day on which the last of its tasks was; without a date, the finding's day."""
        found = self.finding
        if found is None or found.verdict != "fulfilled":
            return None
        ends = [task.fulfilled_on for task in self.counted]
        return max(ends) if self.due and ends and all(ends) else found.made_on

    @property
    def days_late(self) -> int | None:
        return lateness(self.fulfilled_on, given_back(self.due, self.facts["waited_days"]))

    @property
    def facts(self) -> dict[str, Any]:
        counted = self.counted
        still_open = [task for task in counted if task.is_open]
        without_task = len(set(self.bound) - {task.agency for task in self.tasks})
        parts = len(self.tasks) + without_task
        claims = [task.claims[-1] for task in counted if task.claims]
        claimed = [task.claims[-1].sent_on for task in self.tasks if task.claims]
        verified = [task.verified for task in self.tasks if task.verified is not None]
        of_cancelled = sum(task.verified or 0 for task in self.cancelled)
        return {
            "state": "active",
            "finding": self.finding.verdict if self.finding else "",
            "withdrawn_late": False,
            "starts": self.starts,
            "due": self.due,
            "waited_days": max((task.waited_days for task in still_open or counted), default=0),
            "tasks_open": len(still_open),
            "tasks_fulfilled": len(counted) - len(still_open),
            "tasks_cancelled": len(self.cancelled),
            "tasks_unclaimed": sum(not task.claims_all for task in still_open),
            "agencies_without_task": without_task,
            "series_runs": False,
            "claimed_progress": (sum(word.progress for word in claims) + of_cancelled) // parts if claimed else None,
            "claimed_on": max(claimed, default=None),
            "verified_progress": sum(verified) // parts if verified else None,
            "has_obstacle": any(task.claims[-1].obstacle for task in still_open if task.claims),
            "quiet_since": max((task.quiet_since for task in still_open), default=None),
            "next_due": min(
                (task.light_due for task in still_open if task.light_due and not task.claims_all), default=None
            ),
        }
