"""When a period begins, each agency of the series has its task, whatever became of the one before."""

from datetime import date, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from focalpoints import clock
from focalpoints.actions import close_agency, create_agency, ensure_system
from focalpoints.ledger.projections import SUMMARIES
from focalpoints.ledger.verification import verify
from focalpoints.models import Agency, Entry
from focalpoints.workflow import NotPossible
from projects import actions
from projects.actions.periods import open_period, open_periods
from projects.light.thresholds import in_force
from projects.models import Commitment, Task
from projects.periods import running
from tests.cast import make_agency, record_agencies
from tests.dates import ahead, ask, at
from tests.deciding import approved, first_dated, rescoped
from tests.standing import scene

MARCH, JUNE, SEPTEMBER, DECEMBER = (
    date(2018, 3, 31), date(2018, 6, 30), date(2018, 9, 30), date(2018, 12, 31),
)  # fmt: skip
WINTER = datetime(2018, 1, 22, 10, tzinfo=clock.ZONE)
MIDDLE_OF_OCTOBER = date(2018, 10, 15)
REPORT = {"title": "Informe trimestral", "deliverable": "Informe", "due": MARCH}


@scene(since=WINTER, seen=WINTER)
def reports(cast):
    """A quarterly commitment of every agency, under which SCT and SEP have March's task; a third one never got any."""
    ensure_system()
    record_agencies(cast)
    create_agency(by=cast["administrator"], key="7", acronym="SEDENA", name="Defensa", kind="dependencia")
    commitment = cast.another_commitment(binds="all", recurrence="quarterly")
    for agency in (cast.sct, cast.sep):
        actions.define_task(commitment, by=cast["coordinator"], agency=agency, is_fictional=True, **REPORT)
    return cast, commitment


def periods(commitment, agency):
    return list(commitment.tasks.filter(agency=agency).order_by("number").values_list("due", flat=True))


def end_series(commitment, on):
    Commitment.objects.filter(pk=commitment.pk).update(series_ended_on=on)


def test_each_period_s_task_is_there_when_it_begins(reports):
    cast, commitment = reports
    with at(MARCH):
        assert open_periods() == 0
    with at(date(2018, 4, 1)):
        assert open_periods() == 2
    first, second = commitment.tasks.filter(agency=cast.sct).order_by("number")
    assert (second.follows, second.period, second.due, second.baseline_due) == (first, JUNE, JUNE, JUNE)
    assert (second.title, second.deliverable, second.is_fictional, second.state) == (
        first.title, first.deliverable, True, "confirmed",
    )  # fmt: skip
    assert second.confirmed_on == date(2018, 4, 1)
    [entry] = Entry.objects.about("task", second.code)
    assert (entry.verb, entry.office, clock.day_of(entry.at)) == ("recur", "system", date(2018, 4, 1))
    commitment.refresh_from_db()
    assert (commitment.tasks_open, commitment.agencies_without_task) == (4, 1)


def test_what_is_opened_late_is_due_by_its_own_date(reports):
    """Nobody ran the job from winter on, and nothing was reported: three periods are caught up on."""
    cast, commitment = reports
    with at(MIDDLE_OF_OCTOBER):
        assert open_periods() == 6
        assert open_periods() == 0
        assert periods(commitment, cast.sct) == periods(commitment, cast.sep) == [MARCH, JUNE, SEPTEMBER, DECEMBER]
        late = [
            (MIDDLE_OF_OCTOBER - task.due).days
            for task in Task.objects.overdue(MIDDLE_OF_OCTOBER).filter(agency=cast.sct)
        ]
        assert sorted(late) == [15, 107, 198]
        assert {clock.day_of(entry.at) for entry in Entry.objects.filter(verb="recur")} == {MIDDLE_OF_OCTOBER}
        assert verify().is_intact
        assert not any(summary.differs() for summary in SUMMARIES)
    assert not commitment.tasks.filter(agency__acronym="SEDENA").exists()


def test_acceptance_adds_no_task(reports):
    cast, commitment = reports
    cast.follow_up("accepted", task=commitment.tasks.get(agency=cast.sct), progress=100)
    assert periods(commitment, cast.sct) == [MARCH]


def test_a_moved_period_moves_no_other(reports):
    cast, commitment = reports
    task = commitment.tasks.get(agency=cast.sct)
    with at(date(2018, 3, 1)):
        approved(cast, ask(cast, task, 60))
    with at(date(2018, 4, 1)):
        open_periods()
    assert periods(commitment, cast.sct) == [date(2018, 4, 30), JUNE]


def test_only_its_own_predecessor_keeps_a_period_from_being_opened(reports):
    """Not another task of that day, cancelled, proposed, declined or confirmed."""
    cast, commitment = reports
    with at(date(2018, 3, 1)):
        for state in ("confirmed", "cancelled", "proposed", "declined"):
            assert cast.task(state, commitment=commitment, due=JUNE).period is None
    with at(date(2018, 7, 1)):
        assert open_periods() == 4
    series = Task.objects.filter(series_agency=cast.sct).order_by("number")
    assert [task.due for task in series] == [MARCH, JUNE, SEPTEMBER]
    assert [task.follows for task in series] == [None, *series[:2]]


def test_a_cancelled_period_ends_no_series(reports):
    cast, commitment = reports
    actions.cancel_task(commitment.tasks.get(agency=cast.sct), by=cast["coordinator"], reason="Sin cartera.")
    with at(date(2018, 4, 1)):
        open_periods()
    assert periods(commitment, cast.sct) == [MARCH, JUNE]


def test_passing_one_period_on_passes_no_other(reports):
    cast, commitment = reports
    sedena = Agency.objects.get(key="7")
    task = commitment.tasks.get(agency=cast.sct)
    actions.assign_task(task, by=cast["coordinator"], revision=task.revision, agency=sedena)
    with at(date(2018, 4, 1)):
        open_periods()
    assert (periods(commitment, sedena), periods(commitment, cast.sct)) == ([MARCH], [JUNE])


def test_a_closed_agency_gets_no_next_period(reports):
    cast, commitment = reports
    task = commitment.tasks.get(agency=cast.sep)
    actions.cancel_task(task, by=cast["coordinator"], reason="Se extingue.")
    cast.sep.appointments.update(until=date(2018, 2, 1))
    with at(date(2018, 3, 1)):
        sep = Agency.objects.get(pk=cast.sep.pk)
        close_agency(sep, by=cast["administrator"], revision=sep.revision, on=date(2018, 3, 1), reason="Decreto.")
    with at(date(2018, 4, 1)):
        assert open_periods() == 1
    assert periods(commitment, cast.sep) == [MARCH]


def test_an_agency_left_out_joins_again_with_the_period_then_running(cast):
    start = ahead(10)
    commitment = cast.another_commitment(agencies=[cast.sct, cast.sep], recurrence="quarterly")
    for agency in (cast.sct, cast.sep):
        actions.define_task(commitment, by=cast["coordinator"], agency=agency, title="Informe", due=start)
    kept, left = (cast.sct, cast.sep)

    def bind(*agencies):
        rescoped(cast, commitment, agencies=sorted(agency.key for agency in agencies))

    bind(kept)
    with at(ahead(200)):
        open_periods()
        assert len(periods(commitment, kept)) == 4
        assert periods(commitment, left) == [start]
        bind(kept, left)
        open_periods()
        assert periods(commitment, left) == [start, running(commitment, clock.today())]


@pytest.mark.parametrize(
    "stop",
    [
        lambda commitment: Commitment.objects.filter(pk=commitment.pk).update(state="cancelled"),
        lambda commitment: Commitment.objects.filter(pk=commitment.pk).update(recurrence=""),
        lambda commitment: end_series(commitment, MARCH),
    ],
    ids=["withdrawn", "once", "series ended"],
)
def test_no_further_period_begins(reports, stop):
    _cast, commitment = reports
    stop(commitment)
    with at(date(2018, 4, 1)):
        assert open_periods() == 0


def test_a_period_that_had_begun_when_its_series_ended_still_has_its_tasks(reports):
    """Ended on the first day of the second quarter, and the job runs in autumn."""
    cast, commitment = reports
    end_series(commitment, date(2018, 4, 1))
    with at(MIDDLE_OF_OCTOBER):
        assert open_periods() == 2
    assert periods(commitment, cast.sct) == [MARCH, JUNE]


def test_the_strategy_s_end_ends_no_series(reports):
    """Only a decision does; `beyond_strategy` warns of such dates."""
    cast, commitment = reports
    with at(date(2019, 4, 1)):
        open_periods()
    assert periods(commitment, cast.sct)[-1] == date(2019, 6, 30)


def test_a_withdrawn_commitment_refuses_and_nobody_but_the_system_opens(reports):
    cast, commitment = reports
    with at(date(2018, 4, 1)):
        for person in ("coordinator", "administrator", "focal point"):
            with pytest.raises(PermissionDenied):
                open_period(commitment, by=cast[person])
        Commitment.objects.filter(pk=commitment.pk).update(state="cancelled")
        with pytest.raises(NotPossible, match="no admite tareas nuevas"):
            open_period(commitment, by=ensure_system())


def test_a_series_begins_with_the_first_task_and_others_join_with_the_period_that_runs(reports):
    cast, commitment = reports
    sedena, by = Agency.objects.get(key="7"), cast["coordinator"]
    with at(date(2018, 4, 2)):
        open_periods()
        for wrong in (date(2018, 6, 29), SEPTEMBER, MARCH):
            with pytest.raises(NotPossible, match=r"30/06/2018"):
                actions.define_task(commitment, by=by, agency=sedena, title="Informe", due=wrong)
            with pytest.raises(NotPossible, match=r"30/06/2018"):
                actions.define_task_for_all(commitment, by=by, title="Informe", due=wrong)
        [task] = actions.define_task_for_all(commitment, by=by, title="Informe", due=JUNE)
        assert (task.agency, task.period, task.series_agency, task.follows) == (sedena, JUNE, sedena, None)
    with at(date(2018, 7, 2)):
        open_periods()
    assert periods(commitment, sedena) == [JUNE, SEPTEMBER]


@pytest.mark.parametrize(("on_last_day", "next_due"), [(True, DECEMBER), (False, date(2018, 12, 30))])
def test_whoever_defines_the_first_task_says_how_a_month_s_last_day_goes_on(cast, on_last_day, next_due):
    with at(date(2018, 9, 3)):
        commitment = cast.another_commitment(binds="none published", recurrence="quarterly")
        actions.define_task(
            commitment, by=cast["coordinator"], agency=cast.sct, title="Informe", due=SEPTEMBER, on_last_day=on_last_day
        )
        with at(date(2018, 10, 1)):
            open_periods()
    assert periods(commitment, cast.sct) == [SEPTEMBER, next_due]


def test_a_proposal_joins_when_it_is_confirmed(reports):
    cast, _commitment = reports
    other = cast.another_commitment(recurrence="quarterly")
    proposal = actions.propose_task(other, by=cast["focal point"], agency=cast.sct, title="Informe", due=MARCH)
    assert (proposal.period, running(other, clock.today())) == (None, None)
    actions.confirm_task(proposal, by=cast["coordinator"])
    proposal.refresh_from_db()
    assert (proposal.period, proposal.series_agency) == (MARCH, cast.sct)
    with at(date(2018, 4, 1)):
        open_periods()
    assert periods(other, cast.sct) == [MARCH, JUNE]


def test_a_task_without_a_date_joins_with_its_first_one(reports):
    cast, commitment = reports
    by, sedena = cast["coordinator"], Agency.objects.get(key="7")
    task = actions.define_task(commitment, by=by, agency=sedena, title="Informe")
    assert task.period is None
    with pytest.raises(NotPossible, match=r"31/03/2018"):
        first_dated(cast, task, JUNE)
    assert not task.requests.exists(), "it is refused when it is asked for"
    first_dated(cast, task, MARCH)
    task.refresh_from_db()
    assert (task.due, task.period, task.series_agency) == (MARCH, MARCH, sedena)
    with at(date(2018, 4, 1)):
        open_periods()
    assert periods(commitment, sedena) == [MARCH, JUNE]


def test_what_recurs_has_no_percent_and_is_not_fulfilled_while_periods_are_to_come(cast):
    commitment = cast.another_commitment(recurrence="quarterly")
    cast.follow_up("accepted", task=cast.task(commitment=commitment), progress=100)
    commitment.refresh_from_db()
    assert (commitment.tasks_open, commitment.tasks_fulfilled, commitment.series_runs) == (0, 1, True)
    assert (commitment.verified_progress, commitment.claimed_progress, commitment.verified_on) == (
        None,
        None,
        clock.today(),
    )
    assert (commitment.is_fulfilled, commitment.fulfilled_on) == (False, None)


def test_the_daily_job_opens_periods_before_it_reminds(cast, mailoutbox, capsys):
    commitment = cast.another_commitment(recurrence="quarterly")
    task = cast.task(commitment=commitment, due=ahead(-10))
    call_command("send_due")
    assert "1 tasks added" in capsys.readouterr().out
    assert task.followed_by.state == "confirmed"
    call_command("send_due")
    assert "tasks added" not in capsys.readouterr().out
    assert commitment.tasks.count() == 2


def test_two_runs_at_once_add_each_task_once(race, cast):
    commitment = cast.another_commitment(binds="all", recurrence="quarterly")
    ensure_system()
    actions.define_task_for_all(commitment, by=cast["coordinator"], title="Informe", due=ahead(-100))
    outcomes = race(open_periods, open_periods)
    assert sum(outcomes) == 4  # they may share the periods
    for agency in (cast.sct, cast.sep):
        dates = periods(commitment, agency)
        assert len(dates) == len(set(dates)) == 3
    assert Entry.objects.filter(verb="recur").count() == 4
    assert verify().is_intact


def test_the_job_asks_as_much_for_many_agencies_as_for_few(reports):
    """Two statements where nothing has begun; for each task only what every verb on many tasks asks: its version, and the head's step."""
    cast, commitment = reports
    each = ('FROM "projects_taskversion"', 'UPDATE "focalpoints_ledgerhead"')

    def asked(day):
        with at(day):
            in_force(day)  # read once a day, then cached
            with CaptureQueriesContext(connection) as queries:
                count = open_periods()
        return count, sum(not any(part in query["sql"] for part in each) for query in queries)

    assert asked(MARCH) == (0, 2)
    few = asked(date(2018, 4, 1))
    with at(date(2018, 4, 2)):
        for number in range(100, 120):
            make_agency(str(number), f"OF{number}")
        actions.define_task_for_all(commitment, by=cast["coordinator"], title="Informe", due=JUNE)
    many = asked(date(2018, 7, 1))
    assert (few[0], many[0]) == (2, 23)
    assert many[1] == few[1]
