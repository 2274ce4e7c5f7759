"""One case of the record, from the promise to what was found of it, for the page that explains the procedure."""

from dataclasses import dataclass, replace
from datetime import date

from focalpoints import clock
from focalpoints.models import Entry
from projects.models import Assessment, Commitment, FollowUp, Task

LOOKED_AT = 100  # of the follow-ups accepted last, for one that is easily told


@dataclass(frozen=True, slots=True)
class Journey:
    """An accepted follow-up, with the finding in force on its commitment where there is one."""

    follow_up: FollowUp
    finding: Assessment | None

    @property
    def task(self) -> Task:
        return self.follow_up.task

    @property
    def commitment(self) -> Commitment:
        return self.task.commitment

    @property
    def is_plain(self) -> bool:
        """A promise with one date, not one that recurs."""
        return self.commitment.due is not None and not self.commitment.recurrence

    @property
    def sent_on(self) -> date | None:
        return clock.day_of(self.follow_up.submitted_at)

    @property
    def verified_on(self) -> date | None:
        return clock.day_of(self.follow_up.decided_at)

    @property
    def days_waited(self) -> int:
        return (self.verified_on - self.sent_on).days if self.verified_on and self.sent_on else 0

    @property
    def is_interim(self) -> bool:
        return self.finding is not None and self.finding.verdict in Assessment.OF_COURSE

    @property
    def found_on(self) -> date | None:
        return clock.day_of(self.finding.made_at) if self.finding else None


def latest_journey() -> Journey | None:
    """Of the commitment that was assessed last; where none was, of one of the follow-ups accepted last. At most four queries."""
    accepted = FollowUp.objects.accepted().filter(is_hidden=False)
    accepted = accepted.select_related("agency", "task__agency", "task__commitment")
    findings = Assessment.objects.standing().at_the_end().exclude(commitment=None)
    if finding := findings.order_by("-made_at", "-pk").first():
        proved = accepted.filter(task__commitment=finding.commitment_id).order_by("-decided_at", "-pk").first()
        if proved:
            return Journey(proved, finding)
    last = Entry.objects.of_type("follow-up").filter(verb="accept").values("subject")[:LOOKED_AT]
    found = [Journey(row, None) for row in accepted.filter(code__in=last)]
    told = max(found, key=lambda journey: (journey.is_plain, journey.follow_up.decided_at), default=None)
    if told:
        in_force = Assessment.objects.standing().filter(commitment=told.commitment)
        told = replace(told, finding=in_force.order_by("-made_at", "-pk").first())
    return told
