"""Whatever is done, in whatever order, by whoever may: progress rises only by an accepted follow-up, and first words and dates stay.

No figure changes without an entry, but on a day that the rule names. What a search finds is what it would find made anew.
"""

from contextlib import suppress
from datetime import timedelta
from itertools import pairwise

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from focalpoints import actions as administration
from focalpoints import clock
from focalpoints.models import Agency, Entry
from focalpoints.workflow import NotPossible
from projects import actions
from projects.light.reader import course
from projects.light.rule import COMMITMENT_RULE
from projects.light.thresholds import all_versions
from projects.models import Commitment, CommitmentVersion, Project, Request, Task
from projects.reading.day import Day
from projects.reading.figures import counts_of, tallies_by_objective, whole
from projects.search import documents
from tests.examples import examples
from tests.projects.light.test_rule import undone
from tests.walking import lines_lead_to_their_items, walked

pytestmark = [pytest.mark.django_db, pytest.mark.once]
WHY = {"category": "scope", "reason": "Cambió el plan."}
PLACE = st.integers(0, 5)
# What may raise progress. The one exception is what was entered by mistake: the count then stands as without it.
MAY_RAISE = {"accept", "undo"}
ASKED = (
    "ask_cancel", "ask_replace", "ask_assign", "ask_agencies", "ask_binds", "ask_project", "ask_recurrence", "ask_withdrawal",
)  # fmt: skip
# Most of what is asked for is approved at once; what is not waits beside everything that follows.
STEPS = st.one_of(
    st.tuples(st.sampled_from(ASKED), PLACE, PLACE, st.sampled_from([True, True, False])),
    st.tuples(st.sampled_from(["cancel", "undo", "assign", "close", "reject"]), PLACE, PLACE, st.just(False)),
    st.tuples(st.just("define"), PLACE, st.sampled_from([5, 60]), st.just(False)),
    st.tuples(st.sampled_from(["accept", "submit"]), PLACE, st.integers(0, 100), st.just(False)),
    st.tuples(st.sampled_from(["wait", "new", "approve"]), PLACE, st.integers(1, 15), st.just(False)),
)


class Office:
    def __init__(self, cast):
        self.cast, self.days = cast, 0
        self.agencies = [cast.sct, cast.sep, cast.cedn]
        begins = clock.today()
        dates = {"starts": begins, "due": begins + timedelta(days=70)}
        mixed = cast.another_commitment(agencies=[cast.sct, cast.sep], **dates)
        everybody = cast.another_commitment(binds="all")
        for commitment, progress in ((mixed, 60), (mixed, 0), (everybody, 30), (cast.commitment, 90)):
            cast.follow_up("accepted", cast.task(commitment=commitment), progress=progress)
        cast.task(commitment=mixed)

    def commitment(self, number):
        rows = list(Commitment.objects.select_related("project").order_by("pk"))
        return rows[number % len(rows)]

    def task(self, number):
        rows = list(Task.objects.select_related("agency", "commitment__project").order_by("pk"))
        if not rows:
            raise NotPossible("")
        return rows[number % len(rows)]

    def do(self, verb, place, more):
        by, cast = self.cast["coordinator"], self.cast
        match verb:
            case "wait":
                self.days += more
            case "new":
                begins = clock.today()
                dates = {"starts": begins, "due": begins + timedelta(days=60 + more)}
                cast.another_commitment(agencies=self.agencies[: 1 + more % 2], **dates)
            case "define":
                commitment = self.commitment(place)
                named = list(commitment.agencies.all()) or self.agencies
                due = clock.today() + timedelta(days=more)
                actions.define_task(commitment, by=by, agency=named[place % len(named)], title="Tarea", due=due)
            case "accept" | "submit":
                cast.follow_up(
                    "accepted" if verb == "accept" else "submitted",
                    self.task(place),
                    progress=more,
                    obstacle="Falta presupuesto.",
                )
            case "reopen":
                accepted = self.task(place).follow_ups.accepted().order_by("-number").first()
                if accepted:
                    actions.reopen_follow_up(accepted, by=by, revision=accepted.revision, reason="No prueba nada.")
            case "cancel":
                actions.cancel_task(self.task(place), by=by, reason="Ya no.")
            case "undo":
                actions.undo_task(self.task(place), by=by, reason="Doble.")
            case "ask_cancel":
                actions.ask_cancellation(self.task(place), by=by, **WHY)
            case "ask_replace":
                actions.ask_cancellation(self.task(place), by=by, title="Otra tarea", **WHY)
            case "assign":
                task = self.task(place)
                actions.assign_task(task, by=by, revision=task.revision, agency=self.agencies[more % 3])
            case "ask_assign":
                actions.ask_assignment(self.task(place), by=by, agency=self.agencies[more % 3], **WHY)
            case "close":
                agency = Agency.objects.get(pk=self.agencies[place % 3].pk)
                administration.close_agency(
                    agency, by=cast["administrator"], revision=agency.revision, on=clock.today(), reason="Se extinguió."
                )
            case "ask_agencies":
                wanted = {"binds": "named", "agencies": sorted(row.key for row in self.agencies[: 1 + more % 3])}
                actions.ask_scope(self.commitment(place), by=by, wanted=wanted, **WHY)
            case "ask_binds":
                wanted = {"binds": ["all", "none published"][more % 2], "agencies": []}
                actions.ask_scope(self.commitment(place), by=by, wanted=wanted, **WHY)
            case "ask_project":
                slugs = list(Project.objects.order_by("pk").values_list("slug", flat=True))
                wanted = {"project": slugs[more % len(slugs)]}
                actions.ask_scope(self.commitment(place), by=by, wanted=wanted, **WHY)
            case "ask_recurrence":
                wanted = {"recurrence": ["", "quarterly"][more % 2]}
                actions.ask_scope(self.commitment(place), by=by, wanted=wanted, **WHY)
            case "ask_withdrawal":
                actions.ask_withdrawal(self.commitment(place), by=by, **WHY)
            case "approve" | "reject":
                change = Request.objects.waiting().first()
                if change is None:
                    return
                decide = actions.approve_request if verb == "approve" else actions.reject_request
                decide(change, by=cast["second coordinator"], revision=change.revision, comment="Visto.")


def standing():
    rows = Commitment.objects.order_by("pk")
    [counts] = counts_of([Day.today()])
    return (
        {row.pk: row.verified_progress or 0 for row in rows},
        {key: (tally.sum_verified, tally.counted) for key, tally in tallies_by_objective(counts).items()},
        whole(counts),
    )


def firsts():
    told = {("c", row.pk): (row.first_title, row.baseline_due) for row in Commitment.objects.all()}
    return told | {("t", row.pk): (row.first_title, row.baseline_due) for row in Task.objects.exclude(first_title="")}


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEPS, min_size=5, max_size=14))
def test_progress_rises_only_by_an_accepted_follow_up(cast, steps):
    with undone():
        office, now = Office(cast), clock.now()
        other = actions.create_project(by=cast["coordinator"], slug="otro", title="Otro", kind="programme")
        assert other.objective_id is None
        for verb, place, more, is_approved in steps:
            with clock.at(now + timedelta(days=office.days)):
                before, first = standing(), firsts()
                with suppress(NotPossible, PermissionDenied):
                    office.do(verb, place, more)
                    if is_approved:
                        office.do("approve", 0, 0)
                after = standing()
                assert first.items() <= firsts().items()
                if verb in MAY_RAISE:
                    continue
                for pk, progress in before[0].items():
                    assert after[0][pk] <= progress, (verb, place, more)
                for key, (verified, counted) in before[1].items():
                    now_verified, now_counted = after[1].get(key, (0, 0))
                    assert now_verified * counted <= verified * now_counted, (verb, key)
                assert after[2].verified <= before[2].verified, (verb, place, more)


def test_passing_a_task_to_an_agency_without_one_raises_nothing(cast):
    """Its gap is not filled by what another promised: it stays until something of its own is promised."""
    commitment = cast.another_commitment(agencies=[cast.sct, cast.sep])
    for progress in (60, 0):
        cast.follow_up("accepted", cast.task(commitment=commitment), progress=progress)

    def average():
        return Commitment.objects.get(pk=commitment.pk).verified_progress

    assert average() == 20
    task = Task.objects.filter(commitment=commitment).order_by("pk")[1]
    actions.ask_assignment(task, by=cast["coordinator"], agency=cast.sep, **WHY)
    change = Request.objects.waiting().get()
    actions.approve_request(change, by=cast["second coordinator"], revision=change.revision, comment="Visto.")
    commitment.refresh_from_db()
    assert (average(), commitment.agencies_without_task) == (20, 0)
    actions.define_task(
        commitment, by=cast["coordinator"], agency=cast.sep, title="Propia", due=clock.today() + timedelta(days=30)
    )
    assert average() == 20
    passed = Task.objects.get(pk=task.pk)
    actions.ask_cancellation(passed, by=cast["coordinator"], title="Otra tarea", **WHY)
    change = Request.objects.waiting().get()
    actions.approve_request(change, by=cast["second coordinator"], revision=change.revision, comment="Visto.")
    assert average() == 20


REVIEWED = st.one_of(
    st.tuples(st.sampled_from(["accept", "accept", "submit"]), PLACE, st.integers(0, 100), st.just(False)),
    st.tuples(st.sampled_from(["reopen", "reopen", "cancel"]), PLACE, PLACE, st.just(False)),
    st.tuples(st.sampled_from(["ask_cancel", "ask_replace"]), PLACE, PLACE, st.just(True)),
)


@settings(max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(REVIEWED, min_size=4, max_size=10))
def test_what_was_accepted_in_error_raises_nothing(cast, steps):
    with undone():
        office = Office(cast)
        for verb, place, more, is_approved in steps:
            before = standing()
            with suppress(NotPossible, PermissionDenied):
                office.do(verb, place, more)
                if is_approved:
                    office.do("approve", 0, 0)
            after = standing()
            if verb not in MAY_RAISE:
                assert all(after[0][pk] <= progress for pk, progress in before[0].items())
                assert after[2].verified <= before[2].verified
        assert documents.differences() == []


@settings(max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(STEPS, st.tuples(st.just("wait"), PLACE, st.integers(5, 60), st.just(False))), min_size=4, max_size=9
    )
)
def test_a_figure_changes_only_by_an_entry_or_on_a_day_that_the_rule_names(cast, steps):
    with undone():
        office, now = Office(cast), clock.now()
        for verb, place, more, is_approved in steps:
            with clock.at(now + timedelta(days=office.days)), suppress(NotPossible, PermissionDenied):
                office.do(verb, place, more)
                if is_approved:
                    office.do("approve", 0, 0)
        assert documents.differences() == []
        with clock.at(now + timedelta(days=office.days + 90)):
            named = {clock.day_of(at) for at in Entry.objects.values_list("at", flat=True)} | turns()
            begin, ahead = clock.day_of(now), clock.today() + timedelta(days=1)
            for first, following in pairwise(sorted({begin, ahead, *(day for day in named if begin < day < ahead)})):
                last = following - timedelta(days=1)
                assert figures(first) == figures(last), (first, last)


@settings(max_examples=examples(5), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(STEPS, st.tuples(st.just("wait"), PLACE, st.integers(20, 60), st.just(False))),
        min_size=12,
        max_size=16,
    ),
    st.integers(0, 60),
)
def test_every_figure_of_home_leads_to_exactly_its_items(cast, steps, days):
    """At the end of any history, some days after it, and on a day of it."""
    with undone():
        office, now = Office(cast), clock.now()
        for verb, place, more, is_approved in steps:
            with clock.at(now + timedelta(days=office.days)), suppress(NotPossible, PermissionDenied):
                office.do(verb, place, more)
                if is_approved:
                    office.do("approve", 0, 0)
        with clock.at(now + timedelta(days=office.days + days)):
            assert walked("/en/")[0] > 5
            lines_lead_to_their_items(Day.today())
            if office.days:
                then = Day.past(clock.day_of(now + timedelta(days=office.days // 2)))
                walked(f"/en/{then.query}")
                lines_lead_to_their_items(then)


def turns():
    """The days from which another clause of the rule lights a commitment, as it stood then, though nothing happens."""
    versions = all_versions()
    lit = (
        course(COMMITMENT_RULE, vars(row), versions, row.since, row.until) for row in CommitmentVersion.objects.all()
    )
    return {stretch.first for stretches in lit for stretch in stretches}


def figures(on):
    """What the boards add up of a past day under each objective: lights, sums, what was taken back."""
    [counts] = counts_of([Day.past(on)])
    return {key: numbers for key, numbers in counts.items() if key.startswith("objective:")}
