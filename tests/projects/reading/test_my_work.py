"""Mi trabajo: each task once, where it belongs; nothing that others must do looks like a to-do."""

import re
from datetime import timedelta

import pytest

from edn_portal.accounts.sign_in import AccountAdapter
from focalpoints import clock
from focalpoints.models import Appointment
from focalpoints.pages.pager import PAGE_SIZE
from projects import actions
from projects.models import Assessment, Task
from projects.views.my_work import SHOWN
from tests.cast import appoint
from tests.deciding import withdrawn

LISTS = ("overdue", "returned", "due_soon", "word_expected", "waiting", "proposed", "rest")


def work_of(cast, role="focal point"):
    response = cast.client(role).get("/mi-trabajo/")
    assert response.status_code == 200
    return response, {
        name: [item.task.title for item in getattr(response.context["work"], name)]
        for name in LISTS
        if getattr(response.context["work"], name)
    }


def test_who_coordinates_and_has_nothing_open_signs_in_to_the_queue(cast, rf, django_assert_num_queries):
    appoint(cast["coordinator"], cast.sep, "alternate")

    def first_page(role, queries):
        request = rf.get("/")
        request.user = cast[role]
        assert request.user.standing
        with django_assert_num_queries(queries):
            return AccountAdapter(request).get_login_redirect_url(request)

    assert first_page("focal point", 0) == "/mi-trabajo/"
    assert first_page("second coordinator", 0) == "/revision/"
    assert first_page("coordinator", 1) == "/revision/"
    cast.task(agency=cast.sep, commitment=cast.another_commitment(agencies=[cast.sep]))
    assert first_page("coordinator", 2) == "/mi-trabajo/", "nothing waits in the queue"
    with clock.at(clock.now() - timedelta(days=4)):
        cast.follow_up("submitted")
    assert first_page("coordinator", 3) == "/revision/", "what waits there waits longer than what is not late"
    cast.task(
        agency=cast.sep, commitment=cast.another_commitment(agencies=[cast.sep]), due=clock.today() - timedelta(days=9)
    )
    assert first_page("coordinator", 3) == "/mi-trabajo/", "what is late there has been so for longer"


def task(cast, title, days, **facts):
    return cast.task(title=title, due=None if days is None else clock.today() + timedelta(days=days), **facts)


def test_each_task_stands_where_it_belongs(cast):
    task(cast, "late", -1)
    task(cast, "today", 0)
    task(cast, "soon", 30)
    task(cast, "later", 31)
    task(cast, "undated", None)
    cast.follow_up("draft", task=task(cast, "late and begun", -2))
    cast.follow_up("draft", task=task(cast, "begun", 60))
    cast.follow_up("withdrawn", task=task(cast, "taken back", 61))
    cast.follow_up("submitted", task=task(cast, "late but sent", -3))
    cast.follow_up("returned", task=task(cast, "late and returned", -4))
    cast.follow_up("accepted", task=task(cast, "reported", 90))
    cast.follow_up("accepted", task=task(cast, "fulfilled", -5), progress=100)
    cast.task("proposed", title="proposed")
    cast.task("declined", title="declined")
    cast.task("cancelled", title="cancelled")
    response, work = work_of(cast)
    assert work == {
        "overdue": ["late and begun", "late"],
        "returned": ["late and returned"],
        "due_soon": ["today", "soon"],
        "word_expected": ["begun", "taken back"],
        "waiting": ["late but sent"],
        "proposed": ["proposed"],
        "rest": ["later", "reported", "undated"],
    }
    assert "Falta la evidencia." in response.text
    assert [title for title in ("fulfilled", "declined", "cancelled") if f">{title}<" in response.text] == []


def test_one_click_leads_to_the_form(cast):
    code = task(cast, "late", -1).code
    sent = cast.follow_up("submitted")
    response, _ = work_of(cast)
    assert f'href="/tareas/{code}/seguimiento/"' in response.text
    assert f'href="/seguimientos/{sent.code}/"' in response.text
    assert f'href="/tareas/{sent.task.code}/seguimiento/"' not in response.text


def solid_buttons(page):
    """What the solid buttons of the page say, hidden words aside, and where they lead."""
    found = re.findall(r'<a class="govuk-button edn-button--small"[^>]* href="([^"]+)">([^<]+)<', page.text)
    return [(label, address) for address, label in found]


def test_each_task_that_takes_a_follow_up_has_one_button_for_it(cast):
    late, drafted, returned = task(cast, "late", -1), cast.follow_up("draft"), cast.follow_up("returned")
    cast.follow_up("submitted")
    cast.task("proposed")
    assert sorted(solid_buttons(cast.client("focal point").get("/en/mi-trabajo/"))) == [
        ("Correct and send again", f"/en/tareas/{returned.task.code}/seguimiento/"),
        ("Go on writing", f"/en/tareas/{drafted.task.code}/seguimiento/"),
        ("Log a follow-up", f"/en/tareas/{late.code}/seguimiento/"),
    ]


def test_the_sums_above_the_lists_lead_to_them(cast):
    for days in (-2, -1, 3):
        task(cast, f"in {days} days", days)
    cast.follow_up("returned")
    page = cast.client("focal point").get("/en/mi-trabajo/").text
    sums = re.findall(r'href="#(\w+)"><b>(\d+)</b> ([^<]+)<', page)
    assert sums == [
        ("overdue", "2", "late"), ("returned", "1", "returned to you"), ("due_soon", "1", "due within 30 days"),
    ]  # fmt: skip
    assert [page.count(f'id="{kind}"') for kind, _count, _words in sums] == [1, 1, 1]


def assessed(cast, commitment, **facts):
    made = {"verdict": "concern", "reasons": "Va lento.", "wording": "Lo prometido.", "made_at": clock.now()}
    code = f"{commitment.code}-V{Assessment.objects.count()}"
    return Assessment.objects.create(code=code, commitment=commitment, made_by=cast["coordinator"], **made | facts)


def test_findings_on_ones_commitments_lead_to_their_answer_until_they_are_answered(cast):
    own, everybodys = assessed(cast, cast.commitment), assessed(cast, cast.another_commitment(binds="all"))
    assessed(cast, cast.commitment, state="superseded")
    assessed(cast, cast.another_commitment(agencies=[cast.sep]))
    assessed(cast, cast.another_commitment(binds="none published"))

    def offered():
        page = cast.client("focal point").get("/mi-trabajo/").text
        return re.findall(r'href="/valoraciones/([^/]+)/responder/"', page)

    assert offered() == [everybodys.code, own.code]
    assert cast.client("focal point").get(f"/valoraciones/{own.code}/responder/").status_code == 200
    actions.answer_assessment(own, by=cast["focal point"], text="Ya se atiende.")
    assert offered() == [everybodys.code]


def test_all_findings_are_counted_and_the_first_lead_to_the_rest(cast):
    for _number in range(SHOWN + 1):
        assessed(cast, cast.another_commitment(binds="all"))
    client = cast.client("focal point")

    def told(page):
        counts = (
            re.search(r'href="#findings"><b>(\d+)</b>', page)[1],
            re.search(r'id="findings">.*edn-count">(\d+)<', page)[1],
        )
        return counts, page.count('/responder/"'), page.count('href="?list=findings#findings"')

    both = (str(SHOWN + 1), str(SHOWN + 1))
    assert told(client.get("/mi-trabajo/").text) == (both, SHOWN, 1)
    assert told(client.get("/mi-trabajo/?list=findings").text) == (both, SHOWN + 1, 0)


def test_two_agencies_are_told_apart(cast):
    appoint(cast["focal point"], cast.sep, "alternate")
    commitment = cast.another_commitment(agencies=[cast.sep])
    cast.task(title="de SCT")
    cast.task(title="de SEP", agency=cast.sep, commitment=commitment)
    response, work = work_of(cast)
    assert work == {"rest": ["de SCT", "de SEP"]}
    assert ">SEP<" in response.text.replace("<div>", ">").replace("</div>", "<")
    _response, others = work_of(cast, "alternate")
    assert others == {"rest": ["de SCT"]}


def open_to(cast, role="focal point", page=1) -> str:
    """The page on which one chooses what to propose a task for."""
    return cast.client(role).get("/mi-trabajo/proponer/", {"page": page}).text


def test_the_seat_says_until_when(cast):
    Appointment.objects.filter(user=cast["alternate"]).update(until=clock.today() + timedelta(days=9))
    response, _ = work_of(cast, "alternate")
    assert f"{clock.today() + timedelta(days=8):%d/%m/%Y}" in response.text


def test_nothing_to_do_says_what_can_be_done(cast):
    response, work = work_of(cast)
    assert work == {}
    assert 'href="/mi-trabajo/proponer/"' in response.text
    assert f"/compromisos/{cast.commitment.code}/tareas/proponer/" in open_to(cast)
    other = open_to(cast, "other agency")
    assert f"/compromisos/{cast.commitment.code}/tareas/proponer/" not in other
    assert "Ningún compromiso" in other


def test_a_commitment_of_everybody_takes_proposals_and_a_cancelled_one_none(cast):
    everybody, cancelled = cast.another_commitment(binds="all"), cast.another_commitment()
    nobody = cast.another_commitment(binds="none published")
    withdrawn(cast, cancelled, "Se fusionó.")
    offered = re.findall(r'href="/compromisos/([^/]+)/tareas/proponer/"', open_to(cast))
    assert offered == [cast.commitment.code, everybody.code]
    assert nobody.code not in offered


def test_every_commitment_that_takes_proposals_is_on_some_page(cast):
    codes = {cast.commitment.code, *(cast.another_commitment(binds="all").code for _ in range(PAGE_SIZE + 3))}
    pages = [open_to(cast), open_to(cast, page=2)]
    offered = [re.findall(r'href="/compromisos/([^/]+)/tareas/proponer/"', page) for page in pages]
    assert [*map(len, offered)] == [PAGE_SIZE, 4]
    assert {*offered[0], *offered[1]} == codes
    assert [('rel="next"' in page, 'rel="prev"' in page) for page in pages] == [(True, False), (False, True)]


@pytest.mark.parametrize(
    ("role", "status"), [("coordinator", 404), ("administrator", 404), ("outsider", 404), ("anonymous", 302)]
)
def test_others_have_no_such_page(cast, role, status):
    assert cast.client(role).get("/mi-trabajo/").status_code == status


def test_an_ended_appointment_closes_the_page_at_once(cast):
    Appointment.objects.filter(user=cast["focal point"]).update(until=clock.today())
    page = cast.client("focal point").get("/en/mi-trabajo/")
    assert page.status_code == 403
    assert "Your appointment in SCT ended on" in page.text


@pytest.mark.parametrize("rows", [1, 30])
def test_the_page_takes_as_many_queries_for_one_row_as_for_thirty(cast, rows, django_assert_num_queries):
    for number in range(rows):
        state = ("returned", "submitted", "draft")[number % 3]
        cast.follow_up(state, task=task(cast, f"t{number}", number - 15))
    client = cast.client("focal point")
    client.get("/mi-trabajo/")  # the session notes its first use
    with django_assert_num_queries(10):
        response = client.get("/mi-trabajo/")
    assert response.text.count("/seguimiento") + response.text.count("/seguimientos/") >= rows


def test_no_change_is_one_click_and_not_offered_a_third_time(cast):
    code = cast.task(due=clock.today() + timedelta(days=90)).code
    client = cast.client("focal point")
    address = f"/tareas/{code}/sin-cambios/"
    now = clock.now()
    for days in range(2):
        with clock.at(now + timedelta(days=days)):
            assert f'action="{address}"' in client.get("/mi-trabajo/").text
            assert client.post(address).status_code == 302
            again = client.get("/en/mi-trabajo/").text
            assert (f'action="/en{address}"' in again, "No change: said today" in again) == (False, True)
    with clock.at(now + timedelta(days=2)):
        assert f'action="{address}"' not in client.get("/mi-trabajo/").text
        refused = client.post("/en" + address, follow=True)
    assert "twice in a row" in refused.text
    assert Task.objects.get(code=code).follow_ups.count() == 2


def test_no_change_can_be_undone_the_same_day(cast):
    code = cast.task(due=clock.today() + timedelta(days=90)).code
    client = cast.client("focal point")
    client.post(f"/tareas/{code}/sin-cambios/")
    [undo] = re.findall(r'formaction="(/seguimientos/[^"]+/deshacer/)"', client.get("/mi-trabajo/").text)
    page = client.post(undo, follow=True)
    assert page.redirect_chain == [("/mi-trabajo/", 302)]
    assert f'formaction="/tareas/{code}/sin-cambios/"' in page.text, "it may be said again"
    assert undo not in page.text
    assert Task.objects.get(code=code).follow_ups.get().state == "retracted"
    client.post(f"/tareas/{code}/sin-cambios/")
    with clock.at(clock.now() + timedelta(days=1)):
        assert "deshacer" not in client.get("/mi-trabajo/").text


def test_who_was_not_heard_for_a_month_is_asked_for_a_word(cast):
    cast.task(title="quiet", due=clock.today() + timedelta(days=80))
    for days, expected in ((30, "rest"), (31, "word_expected")):
        with clock.at(clock.now() + timedelta(days=days)):
            _response, work = work_of(cast)
            assert work == {expected: ["quiet"]}


def test_what_waited_for_the_office_is_not_overdue_for_its_agency(cast):
    task = cast.task(title="given back", due=clock.today() + timedelta(days=5))
    follow_up = cast.follow_up("submitted", task, progress=100)
    with clock.at(clock.now() + timedelta(days=20)):
        actions.return_(follow_up, by=cast["coordinator"], revision=follow_up.revision, comment="Falta el acta.")
        follow_up.refresh_from_db()
        follow_up = actions.save_draft(
            task, by=cast["focal point"], revision=follow_up.revision, progress=90, done="Falta el acta."
        )
        actions.submit(follow_up, by=cast["focal point"], revision=follow_up.revision)
        actions.accept(follow_up, by=cast["coordinator"], revision=follow_up.revision)
        response, work = work_of(cast)
        assert work == {"due_soon": ["given back"]}
        assert "edn-tasks__late" not in response.content.decode()
    with clock.at(clock.now() + timedelta(days=28)):  # 5 until its date, 20 given back
        response, work = work_of(cast)
        assert work == {"overdue": ["given back"]}
        assert ', <b class="edn-tasks__late">3 ' in response.content.decode()


def test_the_page_of_160_tasks_weighs_less_than_80_kilobytes(cast):
    """As long as the words of the federal strategy are: in every list there is more than is shown."""
    model, today = cast.task(), clock.today()
    Task.objects.bulk_create(
        Task(
            commitment=model.commitment, agency=cast.sct, number=1000 + place, code=f"{model.code}-{place}",
            title="Conectar a internet de banda ancha los sitios públicos de salud, educación y seguridad", state="confirmed",
            due=today + timedelta(days=place - 80), light_due=today + timedelta(days=place - 80), claimed_progress=40,
            verified_progress=30, confirmed_on=today, quiet_since=today - timedelta(days=place), claimed_on=today,
            verified_on=today, baseline_due=today,
        )
        for place in range(160)
    )  # fmt: skip
    response, work = work_of(cast)
    assert [len(work[name]) > SHOWN for name in ("overdue", "due_soon", "word_expected")] == [True] * 3
    assert 30_000 < len(response.content) < 80_000


def test_a_long_list_shows_its_first_rows_and_leads_to_all_of_them(cast, monkeypatch):
    monkeypatch.setattr("projects.views.my_work.SHOWN", 2)
    for day in range(1, 5):
        cast.task(title=f"Vencida {day}", due=clock.today() - timedelta(days=10 - day))
    cast.task(title="Pronta", due=clock.today() + timedelta(days=3))
    client = cast.client("focal point")
    page = client.get("/mi-trabajo/").content.decode()
    assert [f"Vencida {day}" in page for day in range(1, 5)] == [True, True, False, False]
    assert "Pronta" in page
    assert page.count('href="?list=') == 1
    assert 'href="?list=overdue#overdue"' in page
    page = client.get("/mi-trabajo/?list=overdue").content.decode()
    assert all(f"Vencida {day}" in page for day in range(1, 5))
    assert 'href="?list=' not in page
    assert client.get("/mi-trabajo/?list=%00nothing").status_code == 200
