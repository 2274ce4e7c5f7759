"""How much is made, and how it is spread. The patterns repeat, so that totals are exact at every size."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from focalpoints import clock

# Tasks of five commitments in a row: 15.
TASKS = (3, 2, 4, 1, 5)
# Follow-ups of those 15 tasks: 50.
FOLLOW_UPS = (3, 5, 0, 4, 6, 1, 2, 8, 3, 4, 5, 2, 3, 4, 0)
CYCLE = len(TASKS)
DAYS = 3 * 365
MOST_NAMED = 3  # agencies of one commitment
# Commitments are made in this part of the time; the rest of it shows what became of them.
OF_THE_DAYS = 0.6


@dataclass(frozen=True, slots=True)
class Size:
    """`agencies` and `commitments`; each five commitments bring 15 tasks with 50 follow-ups. `until` is the last day of the story."""

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
        """Nothing happens from here on: an instant that has passed when the story is told on its last day."""
        return clock.start_of(self.until)

    def begins_for(self, number: int) -> datetime:
        """When the commitment of this number, from 0, is registered: one after the other, in working hours."""
        minutes = int(DAYS * OF_THE_DAYS * 24 * 60 * (number + 1) / (self.commitments + 1))
        day, minute = divmod(minutes, 24 * 60)
        return self.begins + timedelta(days=day + 1, hours=9, minutes=minute * 8 // 24)


def tasks_of(number: int) -> list[int]:
    """How many follow-ups each task of this commitment has."""
    place = number % CYCLE
    before = sum(TASKS[:place])
    return list(FOLLOW_UPS[before : before + TASKS[place]])
