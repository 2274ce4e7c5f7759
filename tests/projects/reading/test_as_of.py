"""`?on=`: the board, commitments, agencies and objectives as they stood on a day, with the rule that was in force then."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client

from focalpoints import clock
from focalpoints.actions import appoint, correct_agency, create_agency, end_appointment, ensure_system
from focalpoints.models import Agency, Appointment, LedgerHead
from focalpoints.models.period import OPEN, level_of
from principles.models import Objective
from projects import actions
from projects.derived.counts import tallied
from projects.models import Commitment, CommitmentVersion, DayFigures, RuleVersion, Task, TaskVersion
from projects.reading.day import Day
from projects.reading.duties import duties
from projects.reading.figures import by_sector, counts_of, standing, standing_then, tally
from tests.deciding import cancelled, rescoped
from tests.projects.derived.test_timeline import noon
from tests.standing import scene
from tests.walking import walked

BEGINNING = date(2018, 3, 1)


def day(number: int) -> date:
    return BEGINNING + timedelta(days=number)


@pytest.fixture
def the_beginning():
    with clock.at(noon(BEGINNING)):
        yield


@scene(since=noon(BEGINNING), seen=noon(BEGINNING + timedelta(days=40)))
def story(cast):
    """Day 1: a task due on day 18. 5: claimed at 40. 20: proved. 21: accepted. 30: corrected, realigned, moved. 40: today."""
    by, office = cast["administrator"], cast["coordinator"]
    cast.head = create_agency(
        by=by, key="H", name="Cabeza de sector", acronym="CAB", kind="dependencia", is_ministry=True
    )
    cast.other_head = create_agency(by=by, key="O", name="Otra cabeza", kind="dependencia", is_ministry=True)
    cast.agency = create_agency(
        by=by, key="H-1", name="Órgano", acronym="ORG", kind="entidad paraestatal", parent=cast.head
    )
    cast.objectives = [Objective.objects.create(number=number, title_es=f"Objetivo {number}") for number in (1, 2)]
    cast.plan = actions.create_project(
        by=office, slug="plan", title="Plan", kind="policy", objective=cast.objectives[0]
    )
    cast.promise = actions.create_commitment(
        by=office, project=cast.plan, code="PROMESA", title="Título de entonces", binds="named", agencies=[cast.agency],
        due=day(25),
    )  # fmt: skip
    with clock.at(noon(day(1))):
        cast.job = actions.define_task(
            cast.promise, by=office, agency=cast.agency, title="Tarea de entonces", due=day(18)
        )
    with clock.at(noon(day(5))):
        accept(cast, progress=40, on=day(6))
    with clock.at(noon(day(20))):
        accept(cast, progress=100, on=day(21))
    with clock.at(noon(day(30))):
        promise = Commitment.objects.get(pk=cast.promise.pk)
        rescoped(cast, promise, title="Título de ahora", agencies=[cast.other_head.key])
        cast.plan.refresh_from_db()
        actions.correct_project(
            cast.plan, by=ensure_system(), revision=cast.plan.revision, objective=cast.objectives[1]
        )
        cast.agency.refresh_from_db()
        correct_agency(cast.agency, by=by, revision=cast.agency.revision, parent=cast.other_head, name="Organismo")
    return cast


def accept(cast, *, progress: int, on: date) -> None:
    if not cast.agency.appointments.exists():
        seat(cast)
    author = cast["outsider"]
    follow_up = actions.save_draft(cast.job, by=author, progress=progress, done="Se hizo.", next_step="", obstacle="")
    if progress == 100:
        actions.attach_link(follow_up, by=author, url="https://www.gob.mx/prueba")
        follow_up.refresh_from_db()
    actions.submit(follow_up, by=author, revision=follow_up.revision)
    with clock.at(noon(on)):
        follow_up.refresh_from_db()
        actions.accept(follow_up, by=cast["coordinator"], revision=follow_up.revision)


def seat(cast, **facts) -> Appointment:
    facts = {"user": cast["outsider"], "kind": "titular", "since": clock.today(), **facts}
    return appoint(by=cast["administrator"], agency=cast.agency, **facts)


def page(address: str, status: int = 200) -> str:
    response = Client().get(address)
    assert response.status_code == status, address
    return re.sub(r"\s+", " ", response.content.decode())


PAGES = ["/", "/compromisos/PROMESA/", "/compromisos/", "/dependencias/H-1/", "/objetivos/1/"]


@pytest.mark.once
@pytest.mark.parametrize("address", PAGES)
def test_a_past_page_says_its_day_and_rule_and_the_way_to_today(story, address):
    text = page(f"/en{address}?on=2018-03-15")
    assert 'As it stood on <time datetime="2018-03-15">15 March 2018</time>' in text
    assert "rule version 1" in text
    assert '<a class="govuk-link" href="?">Today</a>' in text  # the same page, without the day
    assert "As it stood" not in page(f"/en{address}")


# Their pages show a past day; the lists of tasks and of agencies, and the calendar, show today alone.
KNOW_THE_DAY = re.compile(r"/en/(compromisos/|tareas/[^?]|dependencias/[^?]|objetivos/)")
ABOUT_CHANGES = re.compile(r"/cambios(/|\.atom$)")
SHOW_TODAY = re.compile(r"/en/(tareas/|dependencias/|calendario/)(\?|$)")


@pytest.mark.once
@pytest.mark.parametrize("address", ["/", "/compromisos/", "/dependencias/H-1/", "/objetivos/1/"])
def test_no_link_of_a_past_page_leaves_its_day(story, address):
    main = page(f"/en{address}?on={day(22)}").partition("<main")[2].partition("</main>")[0]
    links = [unescape(link) for link in re.findall(r'href="([^"]+)"', main) if not ABOUT_CHANGES.search(link)]
    assert [link for link in links if KNOW_THE_DAY.match(link) and f"on={day(22)}" not in link] == []
    assert [link for link in links if SHOW_TODAY.match(link)] == []
    assert any(KNOW_THE_DAY.match(link) for link in links)


LIGHTS = {
    2: "not_started",
    3: "at_risk",
    18: "at_risk",
    19: "late",
    20: "to_be_verified",
    21: "fulfilled",
    40: "fulfilled",
}


@pytest.mark.parametrize("number", LIGHTS)
def test_the_light_is_that_of_the_day(story, number):
    on = day(number)
    assert TaskVersion.objects.on(on).with_light(on).get(task=story.job).light == LIGHTS[number]
    assert f'<use href="#edn-mark-{LIGHTS[number]}"' in page(f"/compromisos/PROMESA/?on={on}")


def test_a_commitments_page_is_told_in_the_words_of_the_day(story):
    before, after = page(f"/compromisos/PROMESA/?on={day(29)}"), page("/compromisos/PROMESA/")
    assert "Título de entonces" in before
    assert "Título de ahora" not in before
    assert "Título de ahora" in after
    assert f'href="/objetivos/1/?on={day(29)}"' in before
    assert 'href="/objetivos/2/"' in after
    assert f'href="/dependencias/H-1/?on={day(29)}"' in before


def test_its_history_and_follow_ups_end_with_the_day(story):
    text = page(f"/en/compromisos/PROMESA/?on={day(20)}#history")
    assert text.count("Follow-up accepted") == 1
    assert text.count("Follow-up sent") == 2
    assert page("/en/compromisos/PROMESA/").count("Follow-up accepted") == 2


def dates_told(commitment: Commitment, number: int | None = None) -> list[tuple[str, str]]:
    """Code and state of each change of its date that its page shows, of a past day or today."""
    text = page(f"/en/compromisos/{commitment.code}/" + (f"?on={day(number)}" if number is not None else ""))
    section = text.partition('id="dates"')[2].partition("</table>")[0]
    return re.findall(r'<span class="edn-code">([^<]*)</span>.*?govuk-tag--\w+">(\w+)<', section)


NOT_DECIDED = "The coordination office has not decided yet"


@pytest.mark.parametrize(
    ("decide", "decided"),
    [("approve_request", "Approved"), ("reject_request", "Rejected"), ("withdraw_request", "Withdrawn")],
)
def test_a_request_for_a_date_waits_on_the_days_on_which_it_waited(story, decide, decided):
    by, facts = {
        "approve_request": ("coordinator", {"revision": 0}),
        "reject_request": ("coordinator", {"revision": 0, "comment": "Falta el acta."}),
        "withdraw_request": ("outsider", {}),
    }[decide]
    promise = story.another_commitment(agencies=[story.agency], due=day(43))
    with clock.at(noon(day(42))):
        change = actions.request_date(
            promise, by=story["outsider"], to_due=day(90), category="procurement", reason="Licitación desierta."
        )
        assert dates_told(promise) == [(change.code, "Requested")]
    with clock.at(noon(day(45))):
        getattr(actions, decide)(change, by=story[by], **facts)
    with clock.at(noon(day(50))):
        assert dates_told(promise, 41) == []
        assert dates_told(promise, 42) == dates_told(promise, 44) == [(change.code, "Requested")]
        assert dates_told(promise, 45) == dates_told(promise) == [(change.code, decided)]
        waiting, answered = (page(f"/en/compromisos/{promise.code}/?on={day(number)}") for number in (44, 45))
        assert (NOT_DECIDED in waiting, NOT_DECIDED in answered) == (True, False)
        late = "2 days late when approved"
        assert (late in waiting, late in answered) == (False, decided == "Approved")


def test_a_tasks_request_that_takes_its_commitment_along_is_told_from_its_decision(story):
    promise = story.another_commitment(agencies=[story.agency], due=day(60))
    with clock.at(noon(day(41))):
        task = actions.define_task(promise, by=story["coordinator"], agency=story.agency, title="Larga", due=day(60))
        change = actions.request_date(
            task, by=story["outsider"], to_due=day(80), category="procurement", reason="Licitación desierta."
        )
        assert dates_told(promise) == []
    with clock.at(noon(day(45))):
        actions.approve_request(change, by=story["coordinator"], revision=0)
    with clock.at(noon(day(50))):
        assert [dates_told(promise, number) for number in (41, 44)] == [[], []]
        assert dates_told(promise, 45) == dates_told(promise) == [(change.code, "Approved")]


def test_a_tasks_page_of_a_past_day(story):
    """Its title, date and progress of the time, what was accepted and recorded by then, and links to pages of that day."""
    code = story.job.code
    with clock.at(noon(day(45))):
        task = Task.objects.get(pk=story.job.pk)
        rescoped(story, task, title="Tarea de ahora")
        now, before, first = (page(f"/en/tareas/{code}/{on}") for on in ("", f"?on={day(20)}", f"?on={day(1)}"))
    assert "Tarea de ahora" in now
    assert "Tarea de entonces" in before.partition("<h1")[2].partition("</h1>")[0]
    assert f'href="/en/compromisos/PROMESA/?on={day(20)}"' in before
    assert [text.count("Follow-up accepted") for text in (first, before, now)] == [0, 1, 2]
    assert "No follow-up has been accepted yet" in first
    assert f'href="/en/tareas/{code}/?on={day(20)}"' in page(f"/en/compromisos/PROMESA/?on={day(20)}")
    early = story.client("anonymous").get(f"/en/tareas/{code}/?on={day(0)}")
    assert (early.status_code, "not registered yet" in early.text) == (404, True)


def test_nothing_can_be_done_in_the_past(story):
    client = story.client("coordinator")
    assert "What you can do" in client.get("/en/compromisos/PROMESA/").content.decode()
    assert "What you can do" not in client.get("/en/compromisos/PROMESA/?on=2018-03-15").content.decode()


def test_an_agencys_page_shows_its_name_and_sector_of_the_day(story):
    before, after = page(f"/en/dependencias/H-1/?on={day(29)}"), page("/en/dependencias/H-1/")
    for words in (">Órgano</h1>", "Cabeza de sector", "Título de entonces"):
        assert words in before
    for words in (">Organismo</h1>", "Otra cabeza", "No published commitment names this agency"):
        assert words in after
    assert "Órgano" in page(f"/dependencias/H/?on={day(29)}")
    assert "Órgano" not in page("/dependencias/H/")


def test_an_objectives_page_shows_what_was_aligned_with_it(story):
    assert "Título de entonces" in page(f"/objetivos/1/?on={day(29)}")
    assert "Título de entonces" not in page(f"/objetivos/2/?on={day(29)}")
    # Realigned along with its project after its own words were corrected.
    assert "Título de ahora" in page(f"/objetivos/2/?on={day(30)}")
    assert "Título" not in page(f"/objetivos/1/?on={day(30)}")


def test_the_title_of_a_day_on_which_only_the_project_moved(story):
    with clock.at(noon(day(50))):
        story.plan.refresh_from_db()
        actions.correct_project(story.plan, by=ensure_system(), revision=story.plan.revision, objective=None)
        assert "Título de ahora" in page(f"/compromisos/PROMESA/?on={day(50)}")


@pytest.mark.parametrize("number", [0, 5, 20, 29, 30, 40])
def test_figures_lead_to_exactly_their_items(story, number):
    on = day(number)
    count, lists = walked(f"/en/?on={on}")
    assert count > 5
    assert all(f"on={on}" in address for address in lists)


def test_today_asked_for_by_its_date_shows_what_the_board_shows(story):
    on = day(40)
    past, today = Day.past(on), Day.today()
    DayFigures.objects.all().delete()
    assert _but_for_sectors(past) == _but_for_sectors(today)
    assert tally(tallied(past.commitments, on)) == tally(tallied(today.commitments, on))
    assert list(map(len, duties(past))) == list(map(len, duties(today)))


def _but_for_sectors(day_shown: Day):
    """The cast's own agencies were not registered through a verb: the record of a past day knows no sector of theirs."""
    [found] = counts_of([day_shown])
    return {key: numbers for key, numbers in found.items() if not key.startswith("sector:")}


def sectors_on(number: int):
    past = Day.past(day(number))
    return by_sector(*counts_of([past]), past)


def test_a_sector_counts_whom_it_had_on_the_day(story):
    assert {row.key: row.total for row in sectors_on(29)}["H"] == 1
    after = {row.key: row.total for row in sectors_on(30)}
    assert after == {"O": 1}


def vacant(number: int) -> int:
    return standing_then(day(number)).vacant


def test_empty_seats_are_those_of_the_day(story):
    # SCT and SEP were never registered through a verb in this cast: the record knows three agencies.
    assert standing_then(day(4)).registered == 3
    assert (vacant(0), vacant(1), vacant(4), vacant(5)) == (0, 1, 1, 0), "owing since day 1, appointed on day 5"
    with clock.at(noon(day(42))):
        task = actions.define_task(
            another_of_its_own(story), by=story["coordinator"], agency=story.agency, title="Otra", due=day(60)
        )
    with clock.at(noon(day(45))):
        end_appointment(story.agency.appointments.get(), by=story["administrator"], on=day(45))
    with clock.at(noon(day(50))):
        cancelled(story, task)
        assert [vacant(number) for number in (41, 42, 44, 45, 49, 50)] == [0, 0, 0, 1, 1, 0]
    assert standing_then(day(10)).waiting is None
    assert standing(day(40)).waiting == 0


def another_of_its_own(story) -> Commitment:
    return story.another_commitment(agencies=[story.agency], due=day(70))


def test_a_seat_taken_in_the_record_later_was_empty_on_the_day(the_beginning, cast):
    """An appointment dated back says since when the letter counts, not that the record knew it."""
    cast.head = create_agency(by=cast["administrator"], key="H", name="Cabeza", kind="dependencia", is_ministry=True)
    cast.agency = create_agency(
        by=cast["administrator"], key="H-1", name="Órgano", kind="dependencia", parent=cast.head
    )
    commitment = cast.another_commitment(agencies=[cast.agency])
    actions.define_task(commitment, by=cast["coordinator"], agency=cast.agency, title="Tarea", due=day(90))

    def told():
        pages = (page(f"/en{address}?on={day(5)}") for address in ("/dependencias/H-1/", "/dependencias/H/", "/"))
        return [text.partition("<footer")[0] for text in pages]

    with clock.at(noon(day(6))):
        before = told()
        assert "Vacant: nobody is appointed" in before[0]
        assert "no focal point" in before[1]
    with clock.at(noon(day(10))):
        appointment = seat(cast, since=day(2))
    with clock.at(noon(day(20))):
        assert told() == before
        known = page(f"/en/dependencias/H-1/?on={day(10)}")
        assert ">3 March 2018</time>" in known.partition("Seat occupied since")[2][:80], (
            "the day of the letter, from the day it was recorded"
        )
        assert [vacant(number) for number in (5, 9, 10)] == [1, 1, 0]
    with clock.at(noon(day(30))):
        end_appointment(appointment, by=cast["administrator"], on=day(30))
        assert page(f"/en/dependencias/H-1/?on={day(29)}").count("Seat occupied") == 1
        assert "Vacant" in page(f"/en/dependencias/H-1/?on={day(30)}")


@pytest.fixture
def thresholds_not_remembered():
    caches["default"].clear()
    yield
    caches["default"].clear()


def test_the_rule_is_the_one_then_in_force(story, thresholds_not_remembered):
    with clock.at(noon(day(40))):
        RuleVersion.objects.create(
            version=2, effective_on=day(8), silent_days=60, behind_points=25, soon_days=15, soon_progress=30, late_percent=33,
            reason="Se ensayó.", adopted_by=story["administrator"], adopted_at=clock.now(),
        )  # fmt: skip
        assert TaskVersion.objects.on(day(7)).with_light(day(7)).get(task=story.job).light == "at_risk"
        assert TaskVersion.objects.on(day(8)).with_light(day(8)).get(task=story.job).light == "on_time"
        assert "rule version 1" in page(f"/en/?on={day(7)}")
        assert "rule version 2" in page(f"/en/?on={day(8)}")


HOSTILE = {
    "abc": 400, "20180315": 400, "31/2/2018": 400, "2018-W11-4": 400, "2018-02-29": 400, "10000-01-01": 400, "0000-00-00": 400,
    "2018-03-15T00:00": 400, "2018-03-15\x00": 400, "' OR 1=1 --": 400, "0001-01-01": 400,
    "2018-04-11": 404, "9999-12-31": 404, "2018-02-28": 404, "31 dic 2018": 404,
}  # fmt: skip


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("asked", HOSTILE)
def test_a_day_that_the_record_does_not_know_is_refused_with_what_to_do(story, address, asked):
    response = Client().get(address, {"on": asked})
    assert response.status_code == HOSTILE[asked]
    text = response.content.decode()
    assert f'href="{address}"' in text
    assert 'name="on"' in text


def test_a_day_typed_as_people_write_it_leads_to_its_one_address(story):
    for asked in ("15/03/2018", "15/3/2018", "15 mar 2018", "2018-3-15", "٢٠١٨-٠٣-١٥", "-2018-03-15"):
        response = Client().get("/en/compromisos/", {"due": "any", "on": asked})
        assert (response.status_code, response.url) == (302, "/en/compromisos/?due=any&on=2018-03-15"), asked
    told = Client().get("/en/", {"on": "29/2/2018"}).content.decode()
    assert "There is no day 29 in February 2018: it has 28 days." in told


def test_no_day_is_today(story):
    assert page("/?on=") == page("/")


def test_what_was_registered_later_says_since_when(story):
    with clock.at(noon(day(35))):
        actions.create_commitment(
            by=story["coordinator"], project=story.plan, code="NUEVO", title="Nuevo", binds="none published"
        )
    text = page(f"/en/compromisos/NUEVO/?on={day(34)}", status=404)
    assert "It was not registered yet on that day." in text
    assert f'href="/en/compromisos/NUEVO/?on={day(35)}"' in text
    assert page(f"/en/compromisos/NUEVO/?on={day(35)}")
    assert page(f"/dependencias/9/?on={day(3)}", status=404)


def test_proposals_are_nobodys_in_the_past_either(story):
    with clock.at(noon(day(41))):
        task = actions.propose_task(
            story.commitment, by=story["focal point"], agency=story.sct, title="Secreta", due=day(60)
        )
    with clock.at(noon(day(43))):
        client = story.client("coordinator")
        assert task.code not in client.get(f"/compromisos/MC-250K/?on={day(42)}").content.decode()


def test_a_past_page_is_not_kept_and_others_are(story):
    assert Client().get("/?on=2018-03-15").status_code == 200
    seq = LedgerHead.objects.get().seq
    assert page("/?on=2018-03-15") == page("/?on=2018-03-15")
    assert LedgerHead.objects.get().seq == seq, "reading writes nothing"


def test_a_filter_keeps_the_day_and_can_take_it_off(story):
    text = page("/en/compromisos/?on=2018-03-15&due=any")
    assert 'href="/en/compromisos/filtrar/?due=any&amp;on=2018-03-15"' in text
    assert '<input type="hidden" name="on" value="2018-03-15"' in page("/en/compromisos/filtrar/?due=any&on=2018-03-15")
    assert 'href="?due=any"' in text, "the chip of the day leads to today's list"
    assert 'href="/en/compromisos/PROMESA/?on=2018-03-15"' in text


def test_sorted_and_searched_as_today(story):
    for query in (
        "order=code",
        "order=-project",
        "order=light",
        "q=entonces",
        "q=plan",
        "printed=none",
        "agency=ORG",
        "sector=H",
    ):
        found = Client().get(f"/compromisos/?on={day(29)}&{query}").context["found"]
        assert (found.status, found.count > 0) == (200, query != "q=entonces"), query


def test_queries_of_a_past_board_do_not_grow(story, django_assert_max_num_queries):
    for _number in range(30):
        story.another_commitment(due=day(60), agencies=[story.agency])
    with django_assert_max_num_queries(18):
        page("/?on=2018-04-10")


# Pages of one thing that show a past day.
KNOWS_THE_DAY = re.compile(
    r'href="(/(?:en/)?(?:compromisos|tareas|dependencias|objetivos)/(?!filtrar/)[^/"?#]+/)(\?[^"#]*)?(?:#[^"]*)?"'
)


@pytest.mark.parametrize("number", [3, 24, 35])
def test_every_link_of_a_past_day_keeps_it(story, number):
    """From home to the pages of what it names, and from those on, trails and histories too; the site's own navigation leads to today."""
    asked, ahead = set(), [f"/?on={day(number)}", f"/compromisos/?on={day(number)}"]
    while ahead:
        address = ahead.pop()
        asked.add(address)
        if "/dependencias/9/" in address:  # registered before the ledger began
            continue
        text = page(address)
        for link, query in KNOWS_THE_DAY.findall(text[text.index('class="edn-above"') : text.index("<footer")]):
            assert query == f"?on={day(number)}", (address, link, query)
            if f"{link}{query}" not in asked:
                ahead.append(f"{link}{query}")
        if address not in {"/", f"/?on={day(number)}"}:
            assert f'class="govuk-breadcrumbs__link" href="/?on={day(number)}"' in text, address
    kinds = {address.split("/")[1] for address in asked}
    assert kinds >= {"compromisos", "dependencias", "objetivos"}
    assert "tareas" in kinds or number == 3


@pytest.mark.parametrize(
    ("days", "level"), [(1, 0), (2, 1), (3, 2), (4, 2), (5, 3), (64, 6), (65, 7), (16384, 14), (None, OPEN)]
)
def test_a_level_holds_what_lasts_up_to_its_power_of_two(days, level):
    until = BEGINNING + timedelta(days=days) if days else date(9999, 12, 31)
    assert level_of(BEGINNING, until) == level


def test_levels_find_what_the_days_alone_find(story):
    for number in range(41):
        on = day(number)
        for model in (CommitmentVersion, TaskVersion):
            assert set(model.objects.all_on(on)) == set(model.objects.on(on)), on
    assert Agency.objects.count() == 6


@pytest.fixture
def a_long_past(story):
    """Forty commitments and tasks with a version every other day for four months, of which a day needs forty."""
    others = Commitment.objects.bulk_create(
        Commitment(project=story.plan, code=f"OTRO-{n}", title="Otro", binds="none published") for n in range(40)
    )
    tasks = Task.objects.bulk_create(
        Task(commitment=others[n], number=1, code=f"OTRO-{n}-T1", title="Otra", agency=story.agency, state="confirmed")
        for n in range(40)
    )
    for start in range(0, 120, 2):
        lasted = {
            "since": day(start),
            "until": day(start + 2),
            "seq": 1,
            "level": 1,
            "due": day(start),
            "baseline_due": day(start),
        }
        CommitmentVersion.objects.bulk_create(
            CommitmentVersion(
                commitment=row, project=story.plan, binds="none published", light_due=day(start), **lasted
            )
            for row in others
        )
        TaskVersion.objects.bulk_create(
            TaskVersion(
                task=row,
                commitment=row.commitment,
                agency=story.agency,
                state="confirmed",
                light_due=day(start),
                **lasted,
            )
            for row in tasks
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE projects_commitmentversion")
        cursor.execute("ANALYZE projects_taskversion")
    return story


PLANS = {
    "commitment_version_level": lambda on: CommitmentVersion.objects.all_on(on).with_light(on).order_by(),
    "task_version_level": lambda on: TaskVersion.objects.all_on(on).open().order_by(),
    "commitment_version_due": lambda on: CommitmentVersion.objects.on(on).due_between(on, on).order_by(),
    "commitment_version_light_due": lambda on: CommitmentVersion.objects.on(on).overdue(on).order_by("light_due")[:5],
    "task_version_light_due": lambda on: TaskVersion.objects.on(on).late(on).order_by("light_due")[:5],
    "task_version_due": lambda on: TaskVersion.objects.on(on).due_between(on, on).order_by(),
}


@pytest.mark.parametrize("index", PLANS)
def test_the_plan_of_a_past_day_names_its_index(a_long_past, index):
    plan = PLANS[index](day(60)).explain()
    assert index in plan
    assert "Seq Scan on projects_" not in plan
    assert "ANY(level)" not in plan, "SQLite skips through every level from the beginning"


def test_without_levels_the_plan_walks_the_past(a_long_past):
    """The control: the days alone are found by reading through what was before or will be."""
    plan = CommitmentVersion.objects.on(day(60)).with_light(day(60)).order_by().explain()
    assert "version_level" not in plan or "ANY(level)" in plan
