"""The rule's public page, and its thresholds: adopted for a later day, tried on past data before that, never changed by a GET."""

import json
import re
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from focalpoints import clock
from focalpoints.models import Entry
from focalpoints.workflow import NotPossible
from projects import actions
from projects.light import thresholds
from projects.light.rule import COMMITMENT_RULE, FIRST, TASK_RULE, Thresholds
from projects.light.why import FIELDS, inputs_of, published, why
from projects.models import Commitment, RuleVersion, Task
from projects.reading.day import Day
from projects.reading.figures import MONTHS_SHOWN, month_ends
from projects.reading.thresholds_trial import changing, days_replayed, effect, replayed
from tests.deciding import adopted, all_approved

NUMBERS = {"silent_days": 30, "behind_points": 10, "soon_days": 5, "soon_progress": 50, "late_percent": 33}


@pytest.fixture(autouse=True)
def nothing_kept():
    """The cache outlives the rolled-back rows of a test. Refusals are read in English."""
    cache.clear()
    with override("en"):
        yield
    cache.clear()


def adopt(cast, days: int = 10, by: str = "coordinator", **changes):
    facts = {"effective_on": clock.today() + timedelta(days=days), "reason": "Así lo acordó la CIDGE.", **NUMBERS}
    return adopted(cast, by, **facts | changes)


def test_an_adopted_version_counts_from_its_day_and_not_before(cast, django_capture_on_commit_callbacks):
    assert thresholds.in_force(clock.today()) == FIRST
    with django_capture_on_commit_callbacks(execute=True):
        adopted = adopt(cast)
    day = adopted.effective_on
    assert [thresholds.in_force(day - timedelta(days=1)), thresholds.in_force(date(2000, 1, 1))] == [FIRST, FIRST]
    assert thresholds.in_force(day) == Thresholds(2, day, **NUMBERS)
    with django_capture_on_commit_callbacks(execute=True):
        later = adopt(cast, days=20, soon_days=7)
    assert [thresholds.in_force(later.effective_on + timedelta(days=n)).version for n in (-1, 0, 1)] == [2, 3, 3]


def test_what_is_cached_for_today_is_right_also_in_a_process_that_did_not_hear_of_it(cast):
    before = thresholds.in_force(clock.today())
    key, kept = f"thresholds:{clock.today()}", [FIRST]
    adopted = adopt(cast, days=1)
    cache.set(key, kept)  # another process still holds what it read this morning
    assert thresholds.in_force(clock.today()) == before
    with clock.at(clock.start_of(adopted.effective_on)):
        assert thresholds.in_force(clock.today()).version == 2


def test_the_light_of_a_day_is_that_of_its_version(cast):
    task = cast.task()
    adopted = adopt(cast)
    quiet = adopted.effective_on - timedelta(days=31)
    Task.objects.filter(pk=task.pk).update(claimed_on=quiet, claimed_progress=90, quiet_since=quiet)
    lights = [Task.objects.with_light(adopted.effective_on + timedelta(days=n)).get().light for n in (-1, 0)]
    assert lights == ["on_time", "at_risk"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"days": 0}, "later day than today"),
        ({"days": -1}, "later day than today"),
        ({"days": 10_000}, "Check the year"),
        ({"reason": "  "}, "Say why"),
        ({"silent_days": 0}, "from 1 to 366"),
        ({"silent_days": 10**9}, "from 1 to 366"),
        ({"behind_points": 101}, "from 0 to 100"),
        ({"soon_days": -1}, "from 0 to 366"),
        ({"soon_progress": 101, "late_percent": 33}, "from 0 to 100"),
        (
            {"silent_days": 60, "behind_points": 25, "soon_days": 15, "soon_progress": 80, "late_percent": 33},
            "nothing would change",
        ),
    ],
)
def test_what_cannot_be_adopted_is_refused_and_leaves_nothing(cast, changes, says):
    entries = Entry.objects.count()
    with pytest.raises(NotPossible, match=says):
        adopt(cast, **changes)
    assert (RuleVersion.objects.count(), Entry.objects.count()) == (0, entries)


def test_versions_follow_each_other(cast):
    adopt(cast)
    with pytest.raises(NotPossible, match="Version 2 counts from"):
        adopt(cast, days=10, soon_days=6)
    with pytest.raises(NotPossible, match="Version 2 counts from"):
        adopt(cast, days=9, soon_days=6)


@pytest.mark.parametrize("person", ["focal point", "administrator", "outsider"])
def test_only_coordinators_adopt(cast, person):
    with pytest.raises(PermissionDenied):
        adopt(cast, by=person)


def test_two_at_once_get_one_version(cast, race):
    outcomes = race(lambda: adopt(cast), lambda: adopt(cast, by="second coordinator"))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NotPossible", "RuleVersion"]


def test_the_ledger_says_the_numbers_and_keeps_the_reason_apart(cast):
    adopted = adopt(cast)
    entry = Entry.objects.get(subject_type="light-rule")
    said = json.loads(entry.text)
    assert (entry.subject, entry.verb, entry.office, said["numbers"]) == ("2", "adopt", "CEDN", NUMBERS)
    assert said["dates"] == {"effective_on": adopted.effective_on.isoformat()}
    assert "CIDGE" not in entry.text


# The public page


def page_of(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_the_page_prints_every_clause_of_the_codes_own_tables(cast):
    page = page_of(cast.client("anonymous"), "/en/semaforo/")
    assert len(re.findall(r'class="edn-status ', page)) == len(TASK_RULE) + len(COMMITMENT_RULE)
    assert all(f'id="{anchor}"' in page for anchor in ("task", "commitment", "versions"))
    for words in (
        "Claimed progress: below 80 %",
        "Nothing heard since: more than 60 days ago",
        "more than 25 points behind",
        "within 15 days",
        "Start: after today",
    ):
        assert words in page


def test_the_page_announces_what_was_adopted_before_it_counts(cast):
    client, address = cast.client("anonymous"), "/en/semaforo/"
    before = page_of(client, address)
    adopted = adopt(cast)
    page = page_of(client, address)
    assert "Announced" not in before
    assert "Announced" in page
    assert "Así lo acordó la CIDGE." in page
    assert "below 80 %" in page
    with clock.at(clock.start_of(adopted.effective_on)):
        page = page_of(client, address)
    assert "below 50 %" in page
    assert "No longer in force" in page


@pytest.mark.parametrize("rule", [TASK_RULE, COMMITMENT_RULE])
def test_the_published_rule_tells_every_clause(rule):
    told = list(published(rule, FIRST))
    assert [len(line.conditions) for line in told] == [len(clause.tests) for clause in rule]
    assert told[-1].conditions == []
    assert set(inputs_of(rule)) <= set(FIELDS)


def test_why_names_the_clause_its_inputs_and_the_version(cast):
    today = clock.today()
    starts, due = today - timedelta(days=70), today + timedelta(days=30)
    task = cast.task(starts=starts, due=due)
    Task.objects.filter(pk=task.pk).update(claimed_progress=44, claimed_on=today, quiet_since=today)
    answer = why(TASK_RULE, Task.objects.with_clause(today).get(), today)
    assert (answer.light, answer.number, answer.thresholds) == ("at_risk", 9, FIRST)
    decided = {str(fact.label): fact.value for fact in answer.inputs if fact.decides}
    assert decided == {
        "Start": starts,
        "Due date, with the days that it waited for the coordination office": due,
        "Progress for the straight line, the higher of verified and claimed": "44 %",
        "Day from which that is too far behind the straight line": today,
    }


def test_why_reads_for_a_commitment_in_both_languages(cast):
    yesterday = clock.today() - timedelta(days=1)
    actions.create_commitment(
        by=cast["coordinator"], project=cast.project, code="LATE", title="Tarde", binds="none published", due=yesterday
    )
    answer = why(COMMITMENT_RULE, Commitment.objects.with_clause(clock.today()).get(code="LATE"), clock.today())
    assert (answer.light, [fact.value for fact in answer.inputs if fact.decides]) == ("late", [yesterday])
    assert "Line 9 of rule version 1 holds" in page_of(cast.client("anonymous"), "/en/compromisos/LATE/")


# The replay


@pytest.fixture
def undated(cast):
    """A commitment without a date; eight months later the clock stands still."""
    commitment = actions.create_commitment(
        by=cast["coordinator"], project=cast.project, code="NADA", title="Sin fecha", binds="named", agencies=[cast.sct]
    )
    with clock.at(clock.now() + timedelta(days=240)):
        yield commitment


def test_month_ends_are_the_last_days_of_the_months_before():
    assert month_ends(date(2024, 3, 31), 3) == [date(2023, 12, 31), date(2024, 1, 31), date(2024, 2, 29)]
    assert len(month_ends(date(2018, 10, 15))) == MONTHS_SHOWN


def test_the_replay_counts_what_would_differ_today_and_on_past_days(cast, undated):
    today = clock.today()
    with clock.at(clock.now() - timedelta(days=45)):
        task = cast.task(commitment=undated, due=today + timedelta(days=200))
        cast.follow_up("accepted", task, progress=90)
    proposed = Thresholds(2, today + timedelta(days=1), **NUMBERS)
    now = effect("task", proposed, Day.today())
    assert [(change.before, change.after, change.count) for change in now.changes] == [("on_time", "at_risk", 1)]
    assert (now.total, now.changed) == (1, 1)
    days = {day.on: [(each.total, each.changed) for each in day.effects] for day in replayed(proposed, days_replayed())}
    assert days[today][1] == (1, 1)
    # On the last day of the month in which it was reported, it was not silent yet.
    heard = today - timedelta(days=45)
    for end in month_ends(today):
        assert days[end][1] == ((1, int((end - heard).days > 30)) if end >= heard else (0, 0))


def test_the_replay_says_what_the_verdict_on_the_strategy_would_have_been(cast):
    """One of four measured commitments is late: 25 %. Nothing but `late_percent` is proposed anew."""
    today = clock.today()
    with clock.at(clock.now() - timedelta(days=100)):
        cast.another_commitment(due=today - timedelta(days=10))
        for _number in range(3):
            cast.task(commitment=cast.another_commitment(due=today + timedelta(days=300)), due=None)
    numbers = {name: getattr(FIRST, name) for name in NUMBERS} | {"late_percent": 25}
    proposed = Thresholds(2, today + timedelta(days=1), **numbers)
    [now, *_before, first] = replayed(proposed, days_replayed())
    assert [effect.changes for effect in now.effects] == [[], []]
    assert (now.before.measured, now.before.late) == (4, 1)
    assert (now.before.rating, now.after.rating) == ("with_delays", "late")
    assert (first.says_otherwise, str(first.before)) == (False, "No commitment is registered yet.")
    day = proposed.effective_on
    query = "&".join(f"{name}={number}" for name, number in numbers.items())
    text = page_of(cast.client("coordinator"), f"/en/semaforo/umbrales/?{query}&effective_on={day}")
    row = text.partition('<h2 class="govuk-heading-m" id="replay">')[2].partition("<tbody>")[2].partition("</tr>")[0]
    assert str(now.before) in row
    assert str(now.after) in row


def test_the_replay_names_what_would_differ_on_the_day_asked_for(cast, undated):
    today = clock.today()
    with clock.at(clock.now() - timedelta(days=100)):
        task = cast.task(commitment=undated, due=today + timedelta(days=200))
        cast.follow_up("accepted", task, progress=90)
    proposed = Thresholds(2, today + timedelta(days=1), **NUMBERS)
    assert changing("task", proposed, Day.today(), None).rows == []  # silent by either
    ends = [end for end in month_ends(today) if 30 < (end - today).days + 100 <= 60]
    rows = [row for end in ends for row in changing("task", proposed, Day.past(end), None).rows]
    assert [row["said_code"] for row in rows] == ["NADA-T1"] * len(ends)
    assert ends


ASKED = "silent_days=30&behind_points=10&soon_days=5&soon_progress=50&late_percent=33"


def asked(days: int = 10) -> str:
    return f"/en/semaforo/umbrales/?{ASKED}&effective_on={clock.today() + timedelta(days=days)}"


def test_trying_writes_nothing_and_adopting_says_so(cast):
    client = cast.client("coordinator")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page = page_of(client, asked())
    assert not [
        query for query in queries if re.match("INSERT|UPDATE|DELETE", query["sql"]) and "session" not in query["sql"]
    ]
    assert "Adopt them as version 2" in page
    day = clock.today() + timedelta(days=10)
    data = NUMBERS | {"effective_on": day.isoformat(), "category": "legal", "reason": "Así lo acordó la CIDGE."}
    response = client.post("/en/semaforo/umbrales/", data)
    assert (response.status_code, response["Location"]) == (302, "/en/solicitudes/SEMAFORO-R1/")
    assert not RuleVersion.objects.exists()
    assert "Así lo acordó" in cast.client("second coordinator").get("/en/revision/solicitudes/SEMAFORO-R1/").text
    all_approved(cast)
    assert "Así lo acordó" in cast.client("anonymous").get("/en/solicitudes/SEMAFORO-R1/").text
    assert RuleVersion.objects.get().effective_on == day


@pytest.mark.parametrize(
    ("query", "says"),
    [
        (
            "silent_days=x&behind_points=10&soon_days=5&soon_progress=50&late_percent=33&effective_on=2999-01-01",
            "whole number",
        ),
        (f"{ASKED}&effective_on=2999-01-01", "more than a year ahead"),
        (f"{ASKED}&effective_on=2001-02-29", "govuk-error"),
        (f"{ASKED}&effective_on=99999-01-01", "govuk-error"),
        (ASKED, "govuk-error"),
    ],
)
def test_numbers_that_cannot_be_tried_are_explained(cast, query, says):
    page = page_of(cast.client("coordinator"), f"/en/semaforo/umbrales/?{query}")
    assert says in page
    assert 'id="replay"' not in page


def test_a_refused_adoption_gives_the_text_back(cast):
    client = cast.client("coordinator")
    adopt(cast)
    data = NUMBERS | {
        "soon_days": 6,
        "effective_on": (clock.today() + timedelta(days=10)).isoformat(),
        "category": "legal",
        "reason": "Otra vez.",
    }
    response = client.post("/en/semaforo/umbrales/", data)
    page = response.content.decode()
    assert (response.status_code, RuleVersion.objects.count()) == (200, 1)
    assert "Version 2 counts from" in page
    data["effective_on"] = (clock.today() + timedelta(days=11)).isoformat()
    missing = client.post("/en/semaforo/umbrales/", data | {"reason": ""}).content.decode()
    assert "Say why." in missing
    assert 'id="replay"' in missing


@pytest.mark.parametrize("person", ["focal point", "administrator"])
def test_only_coordinators_try_and_adopt(cast, person):
    client = cast.client(person)
    assert client.get(asked()).status_code == client.post("/en/semaforo/umbrales/", NUMBERS).status_code == 403
