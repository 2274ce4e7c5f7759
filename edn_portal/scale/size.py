"""How many of everything the network has. Tasks and follow-ups follow a repeating pattern, so the totals are exact at every size."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from focalpoints import clock

# How many tasks each of five commitments in a row has: 15 in all.
TASKS = (3, 2, 4, 1, 5)
# How many follow-ups each of those 15 tasks has: 50 in all.
FOLLOW_UPS = (3, 5, 0, 4, 6, 1, 2, 8, 3, 4, 5, 2, 3, 4, 0)
CYCLE = len(TASKS)
DAYS = 3 * 365
# One commitment in fifty comes again each quarter; its tasks are those of as many periods, then its series ends.
RECURRING = 50
# Commitments in the same place of each fifty, of those that have one task: its only task claims 100 % on the last day; has only just been
# defined; is another commitment's, the next one's, so that nothing says what must get done, or so that it is withdrawn after its date.
CLAIMED, JUST_BEGUN, WITHOUT_TASK, WITHDRAWN_LATE = 8, 28, 23, 43
MOST_NAMED = 3  # agencies of one commitment
# The share of the days in which commitments are registered; the rest shows what became of them.
REGISTERING = 0.6


@dataclass(frozen=True, slots=True)
class Size:
    """The size of a network: every five commitments have 15 tasks with 50 follow-ups. `until` is the story's last day."""

    agencies: int
    commitments: int
    until: date

    def __post_init__(self) -> None:
        if self.commitments < CYCLE or self.commitments % CYCLE or self.agencies < MOST_NAMED:
            raise ValueError(f"Commitments come by {CYCLE}, agencies from {MOST_NAMED} on.")

    @property
    def tasks(self) -> int:
        return self.commitments // CYCLE * sum(TASKS)

    @property
    def follow_ups(self) -> int:
        return self.commitments // CYCLE * sum(FOLLOW_UPS)

    @property
    def projects(self) -> int:
        return max(1, self.commitments // 50)

    @property
    def begins(self) -> datetime:
        return clock.start_of(self.until - timedelta(days=DAYS))

    @property
    def ends(self) -> datetime:
        """Nothing happens from this instant on. It is the start of the last day, so it has passed when the network is made on that day."""
        return clock.start_of(self.until)

    def registered_at(self, number: int) -> datetime:
        """When commitment `number`, counted from 0, is registered: evenly spread, in working hours."""
        minutes = int(DAYS * REGISTERING * 24 * 60 * (number + 1) / (self.commitments + 1))
        day, minute = divmod(minutes, 24 * 60)
        return self.begins + timedelta(days=day + 1, hours=9, minutes=minute * 8 // 24)


def place_of(number: int) -> int:
    """Its place among the fifty commitments of which one recurs."""
    return number % RECURRING


def follow_ups_by_task(number: int) -> list[int]:
    """How many follow-ups each task of commitment `number` has. What one lacks, the next has beside its own: the totals stay."""
    place = place_of(number)
    if place in {WITHOUT_TASK, WITHDRAWN_LATE}:
        return []
    if place == JUST_BEGUN:
        return [0]
    own = _by_pattern(number)
    if place - 1 in {WITHOUT_TASK, WITHDRAWN_LATE}:
        return own + _by_pattern(number - 1)
    if place - 1 == JUST_BEGUN:
        return [own[0] + sum(_by_pattern(number - 1)), *own[1:]]
    return own


def _by_pattern(number: int) -> list[int]:
    place = number % CYCLE
    before = sum(TASKS[:place])
    return list(FOLLOW_UPS[before : before + TASKS[place]])
