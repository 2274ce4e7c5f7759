"""Home: each figure leads to exactly its items, today and on past days, in a strategy of any size; like things are one line."""

import re
from collections import Counter
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import caches
from django.utils.translation import override

from focalpoints import clock
from focalpoints.models import Entry
from principles.models import Objective
from projects import actions
from projects.derived.day_figures import keep_missing_days, keep_today
from projects.light.rule import Light
from projects.models import Commitment, DayFigures, Task
from projects.reading.day import Day
from projects.reading.duties import NAMED, duties
from projects.reading.figures import (
    MONTHS_SHOWN,
    Tally,
    _closed,
    _months,
    counts_and_months,
    counts_of,
    month_ends,
    work_by_sector,
)
from projects.reading.latest import LOOKED_AT, TOLD, latest
from projects.reading.lists.listed_rows import commitments_by_key
from projects.templatetags.cells import taken_back_in_all
from projects.templatetags.timelines import dates_of_commitment, promise_in_words
from tests.cast import make_agency, record_agencies
from tests.dates import at
from tests.deciding import cancelled, rescoped, withdrawn
from tests.standing import scene
from tests.walking import figures_of, lines_lead_to_their_items, listed, page, walked


@pytest.fixture(autouse=True)
def nothing_kept():
    caches["pages"].clear()


@scene()
def strategy(cast):
    """An objective and something at most lights, with late and coming tasks of one duty, and one promise of several agencies."""
    today = clock.today()
    objective = Objective.objects.create(number=2, title_es="Economía Digital", title_en="Digital Economy")
    Objective.objects.create(number=3, title_es="Educación", title_en="Education")
    project = actions.create_project(
        by=cast["coordinator"], slug="digital", title="Digital", kind="policy", objective=objective
    )
    agencies = [make_agency(f"70-{number}", f"AG{number}", parent=cast.sep) for number in range(NAMED + 2)]
    add = cast.another_commitment
    with clock.at(clock.now() - timedelta(days=60)):
        duty = add(agencies=agencies, due=today + timedelta(days=90))
        single = add(agencies=[cast.sct], due=today + timedelta(days=40))
        overdue = add(agencies=[cast.sct], due=today - timedelta(days=7))
        for agency in agencies:
            cast.task(commitment=duty, agency=agency, title="Informe", due=today - timedelta(days=20))
            cast.task(commitment=duty, agency=agency, title=f"Plan {agency.key}", due=today + timedelta(days=15))
        cast.task(commitment=single, due=today - timedelta(days=3), title="Sola")
        claimed = cast.task(commitment=single, due=today - timedelta(days=4), title="Reportada")
        cast.follow_up("submitted", claimed, progress=100)
        cast.task(commitment=overdue, due=today - timedelta(days=8), title="De lo vencido")
        cast.follow_up("accepted", cast.task(commitment=overdue, due=today - timedelta(days=9)), progress=100)
    add(binds="all")
    add(binds="none published")
    facts = {"by": cast["coordinator"], "project": project, "binds": "named", "agencies": [cast.sep]}
    done = actions.create_commitment(code="HECHO", title="Hecho", **facts)
    actions.create_commitment(code="FUTURO", title="Sin tareas", **facts)
    cast.follow_up("accepted", cast.task(commitment=done, agency=cast.sep), progress=100)
    cast.find(done)
    cancelled(cast, cast.task(commitment=single, due=single.due))
    rescoped(cast, single, title="Menos de lo prometido")
    return cast


@pytest.mark.both
def test_every_figure_leads_to_exactly_its_items(strategy):
    count, lists = walked("/en/")
    assert count > 30
    used = {name for link in lists for name in parse_qs(urlsplit(link).query)}
    assert used >= {"light", "due", "sector", "state", "objective", "scope", "binds", "review", "seat"}
    lines_lead_to_their_items(Day.today())
    assert walked("/en/objetivos/2/")[0] > 2
    assert walked("/en/objetivos/")[0] > 5
    assert walked("/en/dependencias/9/")[0] > 8
    assert walked("/en/dependencias/")[0] > 8
    assert walked("/en/proyectos/mexico-conectado/")[0] > 8


def test_each_page_with_a_verdict_says_what_its_rule_compares(strategy):
    for address in ("", "objetivos/", "objetivos/2/", "dependencias/9/", "proyectos/mexico-conectado/"):
        found = page(f"/en/{address}").context["verdict"]
        text = unescape(page(f"/en/{address}").text)
        late = (found.late_in_words, found.share_in_words) if found.late else ("none of those is late",)
        for words in (str(found), found.measured_in_words, *late):
            assert words in text, address


@pytest.mark.both
def test_like_tasks_are_one_line(strategy):
    late, coming = duties(Day.today())
    assert [(duty.kind, duty.title, duty.count, duty.days) for duty in late] == [
        ("task", "Informe", NAMED + 2, 20),
        ("task", "De lo vencido", 1, 8),
        ("commitment", "Compromiso 3", 1, 7),
        ("task", "Sola", 1, 3),
    ]
    assert (late[0].is_alike, late[0].agencies, late[0].named) == (True, NAMED + 2, ())
    assert [agency.acronym for agency in late[1].named] == ["SCT"]
    first = coming[0]
    assert (first.count, first.is_alike, first.others, first.days) == (NAMED + 2, False, NAMED + 1, 15)
    text = page("/en/").text
    assert re.search(rf"<b>{NAMED + 2} agencies</b>\s*· was due on", text)
    assert f"Plan 70-0 and {NAMED + 1} others</a>" in text


@pytest.mark.both
def test_days_late_count_from_the_date_for_the_light_as_on_the_items_own_pages(cast):
    """What an agency's 100 % waited for its return makes it no later: of three tasks due on one day, one is 10 days late, not 30."""
    today = clock.today()
    with clock.at(clock.now() - timedelta(days=60)):
        plain, twin, waited = (cast.task(title="Informe", due=today - timedelta(days=30)) for _number in range(3))
    with clock.at(clock.now() - timedelta(days=31)):
        follow_up = cast.follow_up("submitted", waited, progress=100)
    with clock.at(clock.now() - timedelta(days=11)):
        actions.return_(follow_up, by=cast["coordinator"], revision=follow_up.revision, comment="Falta el acta.")
        own = cast.another_commitment(due=today - timedelta(days=15))
    Commitment.objects.filter(pk=own.pk).update(light_due=today - timedelta(days=5))
    waited.refresh_from_db()
    assert (waited.waited_days, waited.light_due) == (20, today - timedelta(days=10))
    late, _coming = duties(Day.today())
    assert [(duty.kind, duty.code, duty.days) for duty in late[1:]] == [
        ("task", waited.code, 10),
        ("commitment", own.code, 5),
    ]
    assert (late[0].count, late[0].days) == (2, 30)
    assert {plain.commitment.code, twin.commitment.code} == {late[0].commitment}
    lines_lead_to_their_items(Day.today())
    assert "it is overdue for 10 days" in page(f"/en/tareas/{waited.code}/").text
    with clock.at(clock.now() + timedelta(days=1)):
        then, _coming = duties(Day.past(today))
    assert [(duty.count, duty.days) for duty in then if duty.kind == "task"] == [(2, 30), (1, 10)]


@pytest.mark.both
def test_a_late_commitment_says_who_answers_and_that_it_was_withdrawn(cast):
    due = clock.today() - timedelta(days=5)
    agencies = [make_agency(f"70-{number}", f"AG{number}", parent=cast.sep) for number in range(NAMED + 1)]
    with clock.at(clock.now() - timedelta(days=40)):
        record_agencies(cast)
        two = cast.another_commitment(agencies=[cast.sep, cast.sct], due=due)
        many = cast.another_commitment(agencies=agencies, due=due)
        every = cast.another_commitment(binds="all", due=due)
        nobody = cast.another_commitment(binds="none published", due=due)
        gone = cast.another_commitment(due=due - timedelta(days=5))
    withdrawn(cast, gone)
    said = {
        gone: "SCT",
        two: "SCT</a>, ",
        many: f"{NAMED + 1} agencies",
        every: "Every agency",
        nobody: "No agency published",
    }
    since = f"withdrawn on {clock.today():%d/%m/%Y}"
    for day in (Day.today(), Day.past(clock.today())):
        late, _coming = duties(day)
        assert [duty.code for duty in late] == [commitment.code for commitment in said]
        rows = page(f"/en/{day.query}").text.partition('id="late"')[2].partition("</ol>")[0].split("<li>")[1:]
        for row, words in zip(rows, said.values(), strict=True):
            assert words in row
            assert (since in row) == (row == rows[0])


@pytest.mark.both
def test_what_was_withdrawn_late_grows_no_later(cast):
    """On home, on its own page and in its project's list; so what is open and was due later passes it by."""
    today = clock.today()
    gone, still = (cast.another_commitment(due=today + timedelta(days=days)) for days in (-5, 15))
    withdrawn(cast, gone)
    with clock.at(clock.now() + timedelta(days=25)):
        at_first, now = [(gone.code, 5)], [(still.code, 10), (gone.code, 5)]
        for day, found in ((Day.past(today + timedelta(days=3)), at_first), (Day.today(), now)):
            late, _coming = duties(day)
            assert [(duty.code, duty.days) for duty in late] == found
        assert "5 days late: it counts" in page(f"/en/compromisos/{gone.code}/").text
        with override("en"):
            [row] = commitments_by_key((gone.pk,), day=Day.today())
            assert promise_in_words(row, clock.today()).endswith("5 days late")
        assert (dates_of_commitment(row).ended, dates_of_commitment(row).late_since) == (today, None)


def test_like_tasks_are_told_by_one_of_them_in_its_language(cast):
    due = clock.today() + timedelta(days=9)
    first, second = (cast.task(title=title, due=due) for title in ("Acta", "Zoning report"))
    Task.objects.filter(pk=second.pk).update(language="en")
    _late, [line, *_] = duties(Day.today())
    assert (line.title, line.language, line.code, line.others) == ("Acta", "es", first.code, 1)
    Task.objects.filter(pk=first.pk).update(language="en", title="Zoning plan")
    Task.objects.filter(pk=second.pk).update(language="es", title="Minuta")
    _late, [line, *_] = duties(Day.today())
    assert (line.title, line.language, line.code) == ("Minuta", "es", second.code)
    with clock.at(clock.now() + timedelta(days=1)):
        _late, [line, *_] = duties(Day.past(due - timedelta(days=9)))
    assert (line.title, line.language, line.code) == ("Acta", "en", first.code)


def test_a_past_day_says_nothing_of_what_its_record_does_not_hold(cast):
    with clock.at(clock.now() + timedelta(days=1)):
        text = page(f"/en/?on={clock.today() - timedelta(days=1)}").text
    assert "<b>Dates</b>" in text
    assert "<span>.</span>" not in text
    assert "<b>Review</b>" not in text


def test_a_past_day_has_the_same_lines_in_the_words_of_the_time(strategy):
    record_agencies(strategy)
    today = clock.today()
    with clock.at(clock.now() + timedelta(days=3)):
        Task.objects.filter(title="Informe").update(title="Otro título")
        late, coming = duties(Day.past(today))
    now_late, now_coming = duties(Day.past(today))
    for then, now in ((late, now_late), (coming, now_coming)):
        assert [(duty.code, duty.due, duty.count, duty.title) for duty in then] == [
            (duty.code, duty.due, duty.count, duty.title) for duty in now
        ]
    assert late[0].title == "Informe"


def test_a_strategy_with_nothing_in_it_says_so_and_what_to_do(db):
    Commitment.objects.all().delete()
    text = page("/en/").text
    assert "No commitment is registered yet." in text
    assert "Nothing was promised yet" in text
    assert 'href="/en/como-funciona/"' in text
    assert list(figures_of(text)) == []
    assert "<svg" not in text.partition("<main")[2].partition("</main>")[0]


def test_one_commitment(cast):
    text = page("/en/").text
    assert "It cannot be said yet how it goes: its only commitment cannot be judged." in text
    walked("/en/")


def test_twelve_months_are_read_from_what_was_kept_and_never_counted(cast, django_assert_num_queries):
    later = clock.today() + timedelta(days=300)
    ends = month_ends(later, MONTHS_SHOWN)
    assert len(ends) == MONTHS_SHOWN
    assert all((end + timedelta(days=1)).day == 1 and end < later for end in ends)
    known = [end for end in ends if end >= clock.today()]
    cast.task(due=known[2])
    with at(later):
        keep_missing_days()
        keep_today()
        DayFigures.objects.filter(day=known[4]).delete()
        for queries in (3, 2):
            with django_assert_num_queries(queries):
                _counts, months = counts_and_months(Day.today())
        assert [month.day for month in months] == known
        shown = [month.late for month in months]
        assert shown == [0, 0, 0, 1, None, *[1] * (len(known) - 5)]
        assert 'id="months"' in page("/en/").text
        [row] = _closed((known[3],))
        DayFigures.objects.filter(day=row.day).update(counts={})
        assert _months([row])[row.day].late == 1, "read again"
        row.hash = "another-ledger-s"
        assert _months([row])[row.day].late == 0
        DayFigures.objects.all().delete()
        assert counts_and_months(Day.today())[1] == []
        caches["pages"].clear()
        assert 'id="months"' not in page("/en/").text


def test_like_events_are_one(cast):
    for _number in range(3):
        cast.follow_up("accepted", cast.task(title="Igual"), progress=40)
    groups = latest(Day.today())
    then = latest(Day.past(clock.today()))
    assert [(group.first.title, group.count) for group in then] == [
        (group.first.title, group.count) for group in groups
    ]
    assert then[0].first.url == f"{groups[0].first.url}?on={clock.today()}"
    assert [(group.first.title, group.count) for group in groups[:2]] == [("Igual", 3), ("Igual", 3)]
    text = page("/en/").text
    assert "<b>Follow-up accepted</b> · 3 times:" in text
    assert "Igual</a> (3)" in text


@pytest.mark.both
def test_like_events_are_counted_beyond_those_that_are_looked_at(cast):
    cast.follow_up("accepted", cast.task(title="Igual"), progress=40)
    entry = Entry.objects.filter(verb="accept").get()
    copied = {field.attname: getattr(entry, field.attname) for field in Entry._meta.concrete_fields}
    Entry.objects.bulk_create(
        Entry(**copied | {"seq": 10_000 + number, "nth": 100 + number, "hash": f"{number:064x}"})
        for number in range(LOOKED_AT + 9)
    )
    assert [(group.count, group.more) for group in latest(Day.today())] == [(LOOKED_AT + 10, LOOKED_AT + 10 - TOLD)]
    then = latest(Day.past(clock.today()))
    assert [group.count for group in then] == [group.count for group in latest(Day.today())]
    assert f"{LOOKED_AT + 10} times:" in page("/en/").text


def test_sectors_with_late_tasks_come_first_and_all_are_reachable(strategy):
    text = page("/en/").text
    rows = re.findall(r'href="/en/dependencias/([^"]+)/">', text.partition('id="sectors"')[2].partition("</table>")[0])
    assert rows == ["11", "9"]
    assert listed("/en/dependencias/?work=late") == NAMED + 3
    assert f'?work=late">{NAMED + 3} agencies with late tasks</a>' in text


def test_sectors_stand_in_one_order_on_all_pages(strategy):
    """With equally many late tasks by name, whatever else they have open and whether a ministry heads them."""
    other = make_agency("90", "AAA")
    strategy.task(
        commitment=strategy.another_commitment(agencies=[other]), agency=other, due=clock.today() + timedelta(days=2)
    )
    with clock.at(clock.now() + timedelta(days=3)):
        home = [sector.name for sector in work_by_sector(counts_of([Day.today()])[0], Day.today()) if sector.late]
        listed_there = [
            sector.head.name for sector in page("/en/dependencias/").context["sectors"] if sector.late_tasks
        ]
    assert home == listed_there


def test_what_falls_due_soon_is_counted_and_nothing_is_no_link(cast):
    cast.task(due=clock.today() + timedelta(days=3))
    text = page("/en/").text
    assert '?due=soon">1 task</a>' in text
    assert "compromisos/?due=soon" not in text


def test_what_is_withdrawn_is_one_number():
    total = Tally(lights=Counter({Light.CANCELLED: 1, Light.WITHDRAWN_LATE: 1}))
    assert total.withdrawn == 2
    with override("en"):
        assert taken_back_in_all(total) == "2 commitments withdrawn"
