"""What happens to each task. Its story is a generator: it yields the instant of its next event, and carries that out when resumed."""

import heapq
from collections.abc import Callable, Generator, Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import count
from random import Random
from typing import Any, cast

from edn_portal.scale import size as sizes
from edn_portal.scale import words
from edn_portal.scale.assessments import finding_rows, new_finding
from edn_portal.scale.bulk_rows import BulkRows
from edn_portal.scale.in_memory import (
    CommitmentNow,
    FindingNow,
    FollowUpNow,
    TaskNow,
    claim,
    drop_claim,
    hear_of,
    roll_up,
    verify,
)
from edn_portal.scale.ledger import StreamedLedger
from edn_portal.scale.network import Network
from edn_portal.scale.requests import (
    ChangeNow,
    can_be_found_fulfilled,
    carry_out,
    change_rows,
    new_request,
    office_request,
    redaction_request,
    thresholds_request,
)
from edn_portal.scale.rows import Filled, commitment_rows, follow_up_rows
from edn_portal.scale.size import DAYS, MOST_NAMED, RECURRING, Size, follow_ups_by_task, place_of
from focalpoints import clock
from focalpoints.models import User
from projects import facts as public
from projects.actions.drafts import WORDS
from projects.models import Commitment, FollowUp, Request, Task
from projects.periods import period_after

S, K = FollowUp.State, Request.Kind
Life = Generator[datetime]
OFFICE = "CEDN"
TENTHS = 10
# One accepted follow-up in so many is hidden, because a coordinator asks that it be redacted.
HIDDEN = 100
# The share of the requests that a colleague approves, where it is not `MOSTLY`. The calendar of a series goes on otherwise; nothing is
# redacted, and lights are those of the first thresholds.
MOSTLY, APPROVED = 0.75, {K.SERIES_END: 1.0, K.REDACTION: 0.0, K.THRESHOLDS: 0.0}


class ScaleStory:
    """Lets everything happen in the order of time (`tell`)."""

    def __init__(
        self, size: Size, network: Network, rows: BulkRows, ledger: StreamedLedger, say: Callable[[str], object]
    ) -> None:
        """`say` is told of each tenth of the commitments."""
        self.size, self.network, self.rows, self.ledger, self.say = size, network, rows, ledger, say
        self.all_agencies = len(network.agencies)
        self.system = User.objects.system()
        self.seats = {
            agency.key: (agency, person) for agency, person in zip(network.agencies, network.focal_points, strict=True)
        }

    def tell(self) -> None:
        """Run all stories to the end. Memory holds commitments and tasks as they stand; what has happened is in the database."""
        waiting: list[tuple[datetime, int, Life]] = []
        order = count()
        living: list[CommitmentNow] = []

        def wake(life: Life) -> None:
            instant = next(life, None)
            if instant is None:
                return
            if instant < self.size.ends:
                heapq.heappush(waiting, (instant, next(order), life))
            else:
                life.close()  # the network's last day comes first: what is unfinished stays so

        wake(self._thresholds())
        for number in range(self.size.commitments):
            begins = self.size.registered_at(number)
            while waiting and waiting[0][0] <= begins:
                wake(heapq.heappop(waiting)[2])
            commitment = self._register(number, begins)
            living.append(commitment)
            if (number + 1) % max(1, self.size.commitments // TENTHS) == 0:
                self.say(f"{len(living):,} of {self.size.commitments:,} commitments by {begins:%Y-%m-%d}")
            for life in self._lives(commitment, number, begins):
                wake(life)
        while waiting:
            wake(heapq.heappop(waiting)[2])
        for commitment in living:
            self._keep(commitment_rows(commitment, self.rows))
            self._keep(finding_rows(commitment))

    def _keep(self, rows: Iterable[Filled]) -> None:
        for model, values in rows:
            self.rows.add(model, values)

    def _register(self, number: int, at: datetime) -> CommitmentNow:
        rng = Random(f"commitment {number}")  # noqa: S311 - made-up data, the same each time
        agencies = self.network.agencies
        binds = rng.choices(list(Commitment.Binds), [88, 1, 11])[0]
        named = rng.sample(agencies, rng.choice([1, 1, 1, 2, MOST_NAMED])) if binds == Commitment.Binds.NAMED else []
        recurs = number % RECURRING == RECURRING - 1
        if recurs:
            binds, named = Commitment.Binds.NAMED, [rng.choice(agencies)]
        due = at.date() + timedelta(days=rng.randint(700, 1900)) if rng.random() < 0.85 else None
        match place_of(number):
            case sizes.WITHDRAWN_LATE:
                due = at.date() + timedelta(days=200)
            case sizes.JUST_BEGUN:
                due = None
        code = f"F-{number + 1:06d}"
        commitment = CommitmentNow(
            pk=self.ledger.new_key(Commitment, code),
            code=code,
            title=words.commitment_title(rng, number + 1),
            project=rng.choice(self.network.projects),
            binds=binds,
            named=named,
            starts=at.date() if rng.random() < 0.7 else None,
            due=due,
            baseline_due=due,
            light_due=due,
        )
        if recurs:
            commitment.due = commitment.baseline_due = commitment.light_due = None
            commitment.recurrence = Commitment.Recurrence.QUARTERLY
        self._roll_up(commitment)
        self.ledger.record(
            "create", commitment.public_state, commitment.chain, at=at, office=OFFICE,
            by=rng.choice(self.network.coordinators), private={"note": "", "source": "Ficticio"},
        )  # fmt: skip
        return commitment

    def _roll_up(self, commitment: CommitmentNow) -> None:
        roll_up(commitment, self.all_agencies, self.ledger.seq + 1)

    def _lives(self, commitment: CommitmentNow, number: int, begins: datetime) -> Iterator[Life]:
        planned = follow_ups_by_task(number)
        yield self._findings(commitment, begins)
        if commitment.recurrence:
            yield from self._series(commitment, planned, begins)
            return
        of_fifty = place_of(number)
        defined = self.size.ends - timedelta(days=25) if of_fifty == sizes.JUST_BEGUN else begins
        for place, follow_ups in enumerate(planned, 1):
            at = defined + timedelta(hours=place)
            yield self._task(commitment, place, follow_ups, at, is_claimed=of_fifty == sizes.CLAIMED)
            yield self._new_date(commitment, place, defined)
        if of_fifty == sizes.WITHDRAWN_LATE:
            yield self._of_the_office(commitment, K.WITHDRAWAL, 1, (230, 330), begins)
            return
        yield self._of_the_office(commitment, K.SCOPE, 0.06, (60, 800), begins)
        yield self._of_the_office(commitment, K.WITHDRAWAL, 0.3, (800, 1000), begins)
        yield self._of_the_office(commitment, K.FINDING, 0.6, (700, 1000), begins)

    def _series(self, commitment: CommitmentNow, planned: list[int], begins: datetime) -> Iterator[Life]:
        """A task for each period, the next from the day after the one before fell due; the series ends in the last one."""
        rng = Random(f"{commitment.code} series")  # noqa: S311
        period, at = begins.date() + timedelta(days=rng.randint(30, 60)), begins + timedelta(hours=1)
        commitment.series_day = period.day
        for place, follow_ups in enumerate(planned, 1):
            yield self._task(commitment, place, follow_ups, at, period)
            last_begins, at = at, clock.start_of(period + timedelta(days=1)) + timedelta(hours=6)
            period = period_after(period, commitment.recurrence, commitment.series_day)
        yield self._of_the_office(commitment, K.SERIES_END, 1, (10, 60), last_begins)

    def _task(
        self, commitment: CommitmentNow, number: int, follow_ups: int, at: datetime, period: date | None = None, *,
        is_claimed: bool = False,
    ) -> Life:  # fmt: skip
        """`is_claimed`: its last follow-up says 100 % on the last day, and waits."""
        rng = Random(f"{commitment.code} {number}")  # noqa: S311
        yield at
        task = self._define(commitment, number, at, rng, period)
        is_done = rng.random() < 0.35 and not is_claimed
        goal = 100 if is_done or is_claimed or rng.random() < 0.03 else rng.randint(15, 95)
        progress = noted = 0
        days = self._days(at.date(), follow_ups, is_done, rng)
        if is_claimed:
            days[-1] = self.size.until - timedelta(days=1)
        for place, day in enumerate(days, 1):
            is_last = place == follow_ups
            progress = goal if is_last else max(progress, goal * place // (follow_ups + 1))
            instant = max(_working_hours(day, rng), self.ledger.at or at)
            yield instant
            is_late = task.light_due is not None and task.light_due < instant.date()
            if place > 1 and not is_last and noted < 2 and rng.random() < 0.12 and not is_late:
                noted += 1
                self._note(task, place, instant)
                progress = task.claimed_progress or 0
                continue
            noted = 0
            waits = 1 if is_claimed and is_last else 0
            yield from self._follow_up(self._write(task, place, progress, rng), instant, rng, waits)
        if not follow_ups and period is None:  # nobody ever reported on it
            yield from self._of_the_office(task, K.FIRST_DATE, 1, (10, 20), at)
            yield from self._of_the_office(task, K.CORRECTION, 0.25, (35, 50), at)
            yield from self._of_the_office(task, K.ASSIGNMENT, 0.35, (70, 150), at)
            yield from self._of_the_office(task, K.CANCELLATION, 0.35, (200, 700), at)

    def _new_date(self, commitment: CommitmentNow, number: int, begins: datetime) -> Life:
        """One task in eight asks for another date, some months after it began."""
        rng = Random(f"{commitment.code} {number} date")  # noqa: S311
        if rng.random() > 0.125:
            return
        at = _working_hours(begins.date() + timedelta(days=rng.randint(90, 700)), rng)
        yield at
        task = commitment.tasks[number - 1]
        change = new_request(task, at, self.rows, rng)
        if change is None:
            return
        self._change("ask_date", change, at, change.asked_by, task.agency.key, {"reason": change.reason, "proofs": []})
        yield from self._decision(change, task, at, rng)

    def _of_the_office(
        self, item: CommitmentNow | TaskNow, kind: str, share: float, days: tuple[int, int], begins: datetime
    ) -> Life:
        """Of this share of the items one coordinator asks something else, some time after it began; another decides."""
        rng = Random(f"{item.code} {kind}")  # noqa: S311
        if rng.random() > share:
            return
        at = _working_hours(begins.date() + timedelta(days=rng.randint(*days)), rng)
        yield at
        change = office_request(kind, item, at, rng.choice(self.network.coordinators), self.rows, self.seats, rng)
        if change is None:
            return
        private = {"reason": change.reason, "wanted": change.wanted, "before": change.before}
        self._change(f"ask_{kind.replace(' ', '_')}", change, at, change.asked_by, OFFICE, private)
        yield from self._decision(change, item, at, rng)

    def _thresholds(self) -> Life:
        """Twice a coordinator asks for other ones: a colleague rejects the first, the second waits on the network's last day."""
        rng = Random("thresholds")  # noqa: S311
        for number, days in enumerate((DAYS // 3, DAYS - 1), 1):
            at = _working_hours(self.size.begins.date() + timedelta(days=days), rng)
            yield at
            change = thresholds_request(number, at, rng.choice(self.network.coordinators), self.rows, rng)
            private = {"reason": change.reason, "wanted": change.wanted}
            self._change("ask_thresholds", change, at, change.asked_by, OFFICE, private)
            yield from self._decision(change, None, at, rng)

    def _redaction(self, follow_up: FollowUpNow, at: datetime) -> Life:
        """A coordinator asks for it, which hides the text; a colleague rejects it, which shows it again."""
        rng = Random(f"{follow_up.code} redaction")  # noqa: S311
        at = _later(at, rng, 1, 9)
        yield at
        change = redaction_request(follow_up, at, rng.choice(self.network.coordinators), self.rows)
        follow_up.is_hidden, follow_up.revision = True, follow_up.revision + 1
        self._change("ask_redaction", change, at, change.asked_by, OFFICE, {"reason": change.reason})
        yield from self._decision(change, None, at, rng)
        follow_up.is_hidden, follow_up.revision = False, follow_up.revision + 1

    def _decision(self, change: ChangeNow, item: CommitmentNow | TaskNow | None, at: datetime, rng: Random) -> Life:
        """By a coordinator who did not ask. On the network's last day its row is kept as it then is.

        Nothing else is asked about the `item` meanwhile; a redaction and the thresholds are in no other request's way.
        """
        if item:
            item.is_asked = True
        try:
            at = _later(at, rng, 1, 9)
            yield at
            others = [person for person in self.network.coordinators if person.pk != change.asked_by.pk]
            change.decided_at, change.decided_by = at, rng.choice(others)
            change.revision += 1
            if item:
                item.is_asked = False
            verb = "approve" if self._is_approved(change, at.date(), rng) else "reject"
            if verb == "approve":
                change.state = Request.State.APPROVED
                self._carry_out(change, at, rng)
            else:
                change.state, change.answer = Request.State.REJECTED, rng.choice(words.COMMENTS)
            self._change(verb, change, at, change.decided_by, OFFICE, {"comment": change.answer})
        finally:
            self._keep(change_rows(change))

    def _is_approved(self, change: ChangeNow, on: date, rng: Random) -> bool:
        if change.kind == K.FINDING and change.commitment:
            is_same = change.commitment.title == change.before["title"]
            if not (is_same and can_be_found_fulfilled(change.commitment, on)):
                return False
        return rng.random() < APPROVED.get(K(change.kind), MOSTLY)

    def _carry_out(self, change: ChangeNow, at: datetime, rng: Random) -> None:
        """A finding is that of who asked."""
        if change.kind == K.FINDING and change.commitment and change.decided_by:
            verdict = change.wanted["verdict"]
            made = new_finding(change.commitment, at, change.asked_by, self.rows, rng, verdict)
            made.reasons, made.request = "", (change.pk, change.code)
            change.commitment.revision += 1
            self._found(made, at, change.decided_by)
            return
        carry_out(change, at.date(), self.ledger.seq + 1, self.seats)

    def _found(self, made: FindingNow, at: datetime, by: User) -> None:
        self._roll_up(made.commitment)
        self.ledger.record(
            "assess", public.assessment_state(cast(Any, made)), made.chain, at=at, by=by, office=OFFICE,
            private={"request": made.request[1]} if made.request else {"reasons": made.reasons, "sources": ""},
            dossier=made.commitment.public_state,
        )  # fmt: skip

    def _findings(self, commitment: CommitmentNow, begins: datetime) -> Life:
        """A coordinator looks at the whole once or twice; what is settled or past its date gets its light by that."""
        rng = Random(f"{commitment.code} findings")  # noqa: S311
        for months in sorted(rng.sample(range(6, 60), rng.randint(0, 2))):
            at = _working_hours(begins.date() + timedelta(days=30 * months), rng)
            yield at
            if commitment.state != Commitment.State.ACTIVE:
                return
            made = new_finding(commitment, at, rng.choice(self.network.coordinators), self.rows, rng)
            self._found(made, at, made.made_by)

    def _change(
        self, verb: str, change: ChangeNow, at: datetime, by: User, office: str, private: dict[str, Any]
    ) -> None:
        if change.commitment:
            self._roll_up(change.commitment)
        self.ledger.record(
            verb, public.request_state(cast(Any, change), evidence=0), change.chain, at=at, by=by, office=office,
            private=private, dossier=change.commitment.public_state if change.commitment else None,
        )  # fmt: skip

    def _days(self, defined: date, follow_ups: int, is_done: bool, rng: Random) -> list[date]:
        """When its follow-ups are sent: far enough apart for each to be decided before the next. An open task's last is recent."""
        until = self.size.until
        left = (until - defined).days
        last = (
            int(left * rng.uniform(0.75, 0.97))
            if is_done
            else max(left * 3 // 4, left - 1 - int(rng.expovariate(1 / 35)))
        )
        first = min(rng.randint(10, 60), last)
        step = (last - first) / max(1, follow_ups - 1)
        days = [defined + timedelta(days=int(first + step * place)) for place in range(follow_ups - 1)]
        return [*days, defined + timedelta(days=last)] if follow_ups else []

    def _define(
        self, commitment: CommitmentNow, number: int, at: datetime, rng: Random, period: date | None
    ) -> TaskNow:
        """By a coordinator; of a later period by the portal itself."""
        agency = rng.choice(commitment.named or self.network.agencies)
        starts = at.date() if rng.random() < 0.7 else None
        due = at.date() + timedelta(days=rng.randint(500, 1600)) if rng.random() < 0.9 else None
        if due and commitment.due:
            due = min(due, commitment.due)
        due, follows = period or due, commitment.tasks[-1] if period and commitment.tasks else None
        code = f"{commitment.code}-T{number}"
        task = TaskNow(
            pk=self.ledger.new_key(Task, code),
            code=code,
            number=number,
            title=words.task_title(rng, number),
            commitment=commitment,
            agency=agency,
            person=self.seats[agency.key][1],
            starts=starts,
            due=due,
            baseline_due=due,
            light_due=due,
            confirmed_on=at.date(),
            period=period,
            follows=follows,
        )
        task.quiet_since = task.word_expected_from
        commitment.tasks.append(task)
        self._roll_up(commitment)
        verb, office, by = "define", OFFICE, rng.choice(self.network.coordinators)
        if follows:
            verb, office, by = "recur", "system", self.system
        self.ledger.record(
            verb, public.task_state(cast(Any, task)), task.chain, at=at, office=office, by=by,
            private={"title": task.title, "deliverable": ""},
            dossier=commitment.public_state,
        )  # fmt: skip
        return task

    def _write(self, task: TaskNow, number: int, progress: int, rng: Random) -> FollowUpNow:
        return FollowUpNow(
            pk=self.rows.new_key(FollowUp),
            code=f"{task.code}-S{number}",
            number=number,
            task=task,
            progress=progress,
            done=words.done(rng),
            next_step=rng.choice(words.NEXT),
            obstacle=rng.choice(words.OBSTACLES) if progress < 100 and rng.random() < 0.1 else "",
            evidence=1 if progress == 100 or rng.random() < 0.35 else 0,
        )

    def _follow_up(self, follow_up: FollowUpNow, at: datetime, rng: Random, waits: int = 0) -> Life:
        """Sent, sometimes returned and sent again, and accepted; on the network's last day its row is kept as it then is.

        `waits`: for how many days at least.
        """
        try:
            self._send(follow_up, at)
            if rng.random() < 0.08:
                at = _later(at, rng, 1, 4)
                yield at
                self._return(follow_up, at, rng)
                at = _later(at, rng, 1, 6)
                yield at
                self._send(follow_up, at)
            at = _later(at, rng, waits, 3)
            yield at
            self._accept(follow_up, at, rng)
            if follow_up.pk % HIDDEN == 0:
                yield from self._redaction(follow_up, at)
        finally:
            self._keep(follow_up_rows(follow_up, self.rows))

    def _send(self, follow_up: FollowUpNow, at: datetime) -> None:
        task = follow_up.task
        follow_up.state, follow_up.submitted_at = S.SUBMITTED, at
        follow_up.decided_at = follow_up.decided_by = None
        claim(task, follow_up.progress, at.date(), has_obstacle=bool(follow_up.obstacle))
        private = {name: getattr(follow_up, name) for name in WORDS} | {"evidence": follow_up.proofs}
        self._record("submit", follow_up, at, task.person, task.agency.key, private)

    def _return(self, follow_up: FollowUpNow, at: datetime, rng: Random) -> None:
        decided_by = self._decide(follow_up, S.RETURNED, at, rng)
        drop_claim(follow_up.task, follow_up.sent_at.date(), at.date())
        self._record("return", follow_up, at, decided_by, OFFICE, {"comment": rng.choice(words.COMMENTS)})

    def _accept(self, follow_up: FollowUpNow, at: datetime, rng: Random) -> None:
        decided_by = self._decide(follow_up, S.ACCEPTED, at, rng)
        verify(follow_up.task, follow_up.sent_at.date(), at.date())
        self._record("accept", follow_up, at, decided_by, OFFICE, {"comment": ""})

    def _decide(self, follow_up: FollowUpNow, state: str, at: datetime, rng: Random) -> User:
        follow_up.state, follow_up.decided_at = state, at
        follow_up.decided_by = rng.choice(self.network.coordinators)
        return follow_up.decided_by

    def _note(self, task: TaskNow, number: int, at: datetime) -> None:
        follow_up = FollowUpNow(
            pk=self.rows.new_key(FollowUp), code=f"{task.code}-S{number}", number=number, task=task,
            progress=task.claimed_progress or task.verified_progress or 0, done="", next_step="", obstacle="", evidence=0,
            state=S.NOTED, submitted_at=at,
        )  # fmt: skip
        hear_of(task, at.date())
        self._record("note", follow_up, at, task.person, task.agency.key, {})
        self._keep(follow_up_rows(follow_up, self.rows))

    def _record(
        self, verb: str, follow_up: FollowUpNow, at: datetime, by: User, office: str, private: dict[str, Any]
    ) -> None:
        commitment = follow_up.task.commitment
        follow_up.revision += 1
        self._roll_up(commitment)
        self.ledger.record(
            verb, public.follow_up_state(cast(Any, follow_up), evidence=follow_up.evidence), follow_up.chain, at=at,
            by=by, office=office, private=private, dossier=commitment.public_state,
        )  # fmt: skip


def _working_hours(day: date, rng: Random) -> datetime:
    return clock.start_of(day) + timedelta(minutes=rng.randint(9 * 60, 18 * 60))


def _later(at: datetime, rng: Random, least: int, most: int) -> datetime:
    """`least` to `most` days later, in working hours; for 0 days, some minutes later."""
    days = rng.randint(least, most)
    return _working_hours(at.date() + timedelta(days=days), rng) if days else at + timedelta(minutes=rng.randint(5, 90))
