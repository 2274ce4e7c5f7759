"""The public record: what everybody may read, what nobody may, and figures that lead to exactly their items."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.db.models.sql.compiler import SQLCompiler
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from focalpoints import business_days, clock
from focalpoints.actions import ensure_system
from focalpoints.models import Agency, User
from focalpoints.pages.controls import controls
from principles.models import Enabler, Objective, Pillar, Principle
from projects import actions
from projects.light.thresholds import in_force
from projects.models import Activity, Task
from projects.reading.figures import figures
from projects.views.agencies import SHOWN
from projects.views.projects import LATEST
from tests.cast import EVERYBODY, appoint, make_agency, make_user
from tests.dates import ask
from tests.standing import scene
from tests.walking import walked

PAGES = [
    "/", "/compromisos/", "/compromisos/MC-250K/", "/tareas/", "/tareas/MC-250K-T1/", "/proyectos/",
    "/proyectos/mexico-conectado/", "/principios/", "/principios/3/", "/objetivos/", "/objetivos/2/", "/dependencias/",
    "/dependencias/9/", "/como-funciona/",
]  # fmt: skip
# Queries of an anonymous first visit (1 of them asks where the ledger stands), and of a focal point's visit (3 say who they are).
QUERIES = {
    "/": (18, 21),
    "/compromisos/": (4, 7),
    "/compromisos/?agency=sct": (4, 8),
    "/compromisos/?binds=named&order=-due": (4, 7),
    "/compromisos/filtrar/": (2, 5),
    "/compromisos/MC-250K/": (10, 18),
    "/tareas/": (3, 6),
    "/tareas/?agency=sct": (3, 7),
    "/tareas/filtrar/": (2, 5),
    "/tareas/MC-250K-T1/": (8, 14),
    "/proyectos/": (2, 5),
    "/proyectos/mexico-conectado/": (10, 13),
    "/principios/": (3, 6),
    "/principios/3/": (8, 11),
    "/objetivos/": (5, 8),
    "/objetivos/2/": (8, 11),
    "/dependencias/": (6, 9),
    "/dependencias/9/": (11, 14),
    "/dependencias/filtrar/": (2, 5),
    "/contacto/": (2, 5),
    "/ayuda/": (1, 4),
    "/como-funciona/": (5, 8),
}

pytestmark = pytest.mark.once
needs_plans = pytest.mark.skipif(settings.PLAIN_SQL, reason="EDN_PLAIN_SQL=1: there are no plans")


@pytest.fixture(autouse=True)
def nothing_kept():
    caches["pages"].clear()


@scene()
def catalogue(cast):
    """A principle, an objective with a secondary one and an enabler around the cast's project, and a verified claim."""
    pillar = Pillar.objects.create(number=1, title_es="Apertura", title_en="Openness")
    principle = Principle.objects.create(
        number=3, pillar=pillar, title_es="Cultura de datos", title_en="Data culture", short_es="Datos", short_en="Data"
    )
    objective = Objective.objects.create(number=2, title_es="Economía Digital", title_en="Digital Economy")
    Objective.objects.create(number=5, parent=objective, title_es="Fomentar la inclusión financiera")
    enabler = Enabler.objects.create(number=5, title_es="Conectividad", title_en="Connectivity")
    actions.correct_project(
        cast.project, by=ensure_system(), revision=cast.project.revision, objective=objective, enabler=enabler
    )
    Activity.objects.create(principle=principle, order=1, project=cast.project, as_printed="México Conectado (ficha)")
    cast.follow_up("accepted", cast.task(title="Licitar enlaces"), done="Se licitaron los enlaces.")
    return cast


def body(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def grow(cast, number):
    """`number` more of everything that lists show."""
    for _time in range(number):
        place = cast._count("grown")
        agency = make_agency(f"60-{place}", f"AG{place}", parent=cast.sct)
        commitment = cast.another_commitment(agencies=[cast.sct, agency], due=clock.today() + timedelta(days=20))
        person = make_user(f"persona {place}")
        appoint(person, agency)
        task = cast.task(commitment=commitment, due=commitment.due)
        cast.follow_up("accepted", task)
        cast.follow_up("submitted", cast.task())


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("language", ["", "/en"])
def test_every_public_page_opens_for_everybody_without_cookie_or_token(catalogue, address, language):
    response = catalogue.client("anonymous").get(language + address)
    page = response.content.decode()
    assert response.status_code == 200
    assert not response.cookies
    assert "csrfmiddlewaretoken" not in page
    assert page.count("<h1") == 1
    assert "style=" not in page
    assert f'lang="{"en" if language else "es-mx"}"' in page


@pytest.mark.parametrize(
    "address",
    [
        *(path for path in PAGES if path != "/dependencias/9/"),
        "/calendario/",
        "/reprogramaciones/",
        "/semaforo/",
        "/cambios/",
    ],
)
def test_the_day_of_the_data_stands_in_one_place(catalogue, address):
    """Beside the trail, before the page itself, once; it is not told of the form of a list's filters."""
    for day in ("", f"?on={clock.today()}"):
        above, _main, rest = body(catalogue.client("anonymous"), address + day).partition("<main")
        assert above.partition('<div class="edn-above"')[2].count('class="edn-day"') == 1
        assert 'class="edn-day"' not in rest
    assert 'class="edn-day"' not in body(catalogue.client("anonymous"), "/compromisos/filtrar/")


@pytest.mark.parametrize("address", PAGES)
def test_every_link_keeps_the_language(catalogue, address):
    """Whichever language was asked for first: nothing that is compiled or remembered holds an address of the other."""
    for language, other in (("", "/en/"), ("/en", "/"), ("", "/en/")):
        links = re.findall(
            r'<a\b(?![^>]*\bhreflang=)[^>]*\bhref="(/[^"]*)"', body(catalogue.client("anonymous"), language + address)
        )
        assert len(links) > 10
        assert [link for link in links if link.startswith("/en/") is (other == "/en/")] == []


@pytest.mark.parametrize("address", PAGES)
def test_no_person_is_named_in_public(catalogue, address):
    for place, user in enumerate(User.objects.all()):
        User.objects.filter(pk=user.pk).update(name=f"Zutana Quetzal {place}", position="Directora Zeta")
    Agency.objects.update(head_name="Perengano Titular", head_email="oficina@cabeza.example")
    page = body(catalogue.client("anonymous"), address)
    for secret in ("Zutana", "Quetzal", "Directora Zeta", "Perengano", "cabeza.example", "@example.org"):
        assert secret not in page


def queries_of_each_page(cast):
    clients = [cast.client("anonymous"), cast.client("focal point")]
    counts = {}
    in_force(clock.today())  # read once a day
    for client in clients:
        body(client, "/como-funciona/")  # a session's first visit is noted once in five minutes
    for address in QUERIES:
        caches["pages"].clear()
        row = []
        for client in clients:
            with CaptureQueriesContext(connection) as captured:
                body(client, address)
            row.append(len(captured))
        counts[address] = tuple(row)
    return counts


@pytest.mark.both
def test_queries_do_not_grow_with_the_rows(catalogue):
    grow(catalogue, 3)
    assert queries_of_each_page(catalogue) == QUERIES
    grow(catalogue, 30)
    # A list that goes on after its page is counted, by its lights too, and where the last entry of its kind stands is asked; the agency
    # whose list it is, is looked for once more. Home has one line more to name whom.
    # A commitment with more tasks than its page holds has their lights counted, in the same round trip.
    more = {
        "/compromisos/": (7, 9), "/compromisos/?agency=sct": (6, 10), "/compromisos/?binds=named&order=-due": (6, 9),
        "/tareas/": (6, 8), "/tareas/?agency=sct": (5, 9),
    }  # fmt: skip
    more |= {"/": (19, 22), "/compromisos/MC-250K/": (11, 19)}
    assert queries_of_each_page(catalogue) == QUERIES | more
    assert max(anonymous for anonymous, _signed_in in QUERIES.values()) <= 18


@pytest.mark.both
@needs_plans
@pytest.mark.parametrize(
    ("who", "address"),
    [
        *(("anonymous", address) for address in ("/", "/compromisos/MC-250K/", "/objetivos/2/", "/dependencias/9/", "/calendario/")),
        ("focal point", "/mi-trabajo/"),
        ("coordinator", "/revision/"),
    ],
)  # fmt: skip
def test_what_is_looked_at_all_day_long_has_its_sql_written_once(catalogue, monkeypatch, who, address):
    grow(catalogue, 1)
    catalogue.task(due=clock.today() - timedelta(days=1))
    ask(catalogue)
    client, written, as_sql = catalogue.client(who), [], SQLCompiler.as_sql
    body(client, address)
    if address == "/":
        grow(catalogue, 5)  # the middle of the review queue stands elsewhere
        caches["pages"].clear()
        body(client, address)  # lists of twice as many share other SQL
        grow(catalogue, 1)
    caches["pages"].clear()

    def seen(compiler, *args, **options):
        written.append(compiler.query.model.__name__)
        return as_sql(compiler, *args, **options)

    monkeypatch.setattr(SQLCompiler, "as_sql", seen)
    body(client, address)
    assert written == []


def result_count(page):
    """What a list says it has: the bold number above the rows; none for an empty list."""
    found = re.search(r'role="status"><strong>(\d+)', page)
    return int(found[1]) if found else 0


@pytest.mark.both
def test_figures_of_a_principle_lead_to_exactly_its_items(catalogue):
    catalogue.another_commitment(due=clock.today() - timedelta(days=3))
    catalogue.another_commitment()
    number, _lists = walked("/en/principios/3/")
    assert number >= 5


def test_claimed_and_verified_stand_side_by_side(catalogue):
    task = Task.objects.get(code="MC-250K-T1")
    catalogue.follow_up("submitted", task, progress=80, done="Texto aún privado")
    for address in ("/en/compromisos/MC-250K/", "/en/tareas/MC-250K-T1/"):
        page = body(catalogue.client("anonymous"), address)
        numbers = re.findall(r'edn-three-facts__number">\s*(\d+)', page)
        assert numbers == ["80", "40"]
        assert "Texto aún privado" not in page
        assert "Se licitaron los enlaces." in page


def test_what_was_never_published_is_said(cast):
    commitment = cast.another_commitment(binds="none published")
    page = body(cast.client("anonymous"), f"/en/compromisos/{commitment.code}/")
    assert "No due date was published." in page
    assert "No agency was published." in page
    assert "The government printed no status for it." in page


def test_a_printed_status_is_a_statement_neither_claimed_nor_verified(cast):
    commitment = cast.another_commitment(
        printed_status="Completado", source="https://www.gob.mx/a?b=1 y <b>http://x.example</b>"
    )
    page = body(cast.client("anonymous"), f"/en/compromisos/{commitment.code}/")
    assert re.search(r'lang="es">\s*“Completado”', page)
    assert "«Completado»" in body(cast.client("anonymous"), f"/compromisos/{commitment.code}/")
    assert "neither claimed nor verified here" in page
    assert '<a class="govuk-link" href="https://www.gob.mx/a?b=1" rel="noopener noreferrer nofollow">' in page
    assert "&lt;b&gt;http://x.example&lt;/b&gt;" in page


def test_hostile_text_is_shown_as_text(cast):
    evil = '"><script>alert(1)</script>{{ 7|add:7 }}'
    commitment = actions.create_commitment(
        by=cast["coordinator"], project=cast.project, code="EVIL", title=evil, binds="named", agencies=[cast.sct], note=evil,
        source=evil,
    )  # fmt: skip
    cast.follow_up("accepted", cast.task(commitment=commitment, title=evil), done=evil, next_step=evil, obstacle=evil)
    for address in ("/", "/compromisos/", f"/compromisos/{commitment.code}/", f"/tareas/{commitment.code}-T1/"):
        page = body(cast.client("anonymous"), address)
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7|add:7 }}" in page


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "withdrawn"])
def test_an_unaccepted_text_is_for_its_agency_and_for_coordinators_once_sent(cast, state):
    follow_up = cast.follow_up(state, done="Palabras del seguimiento")
    address = f"/tareas/{follow_up.task.code}/"
    seen = {person for person in EVERYBODY if "Palabras del seguimiento" in body(cast.client(person), address)}
    expected = {"focal point", "alternate"} | ({"coordinator"} if state != "draft" else set())
    assert seen == expected


@pytest.mark.parametrize(
    ("state", "closed"), [("proposed", True), ("declined", True), ("confirmed", False), ("cancelled", False)]
)
def test_a_proposal_is_no_public_page(cast, state, closed):
    task = cast.task(state, title="Tarea de prueba")
    found = {person for person in EVERYBODY if cast.client(person).get(f"/tareas/{task.code}/").status_code == 200}
    assert found == ({"focal point", "alternate", "coordinator"} if closed else set(EVERYBODY))
    listed = {person for person in EVERYBODY if "Tarea de prueba" in body(cast.client(person), "/compromisos/MC-250K/")}
    assert listed == found
    assert ("Tarea de prueba" in body(cast.client("coordinator"), "/tareas/")) is not closed


@pytest.mark.parametrize(
    "address",
    [
        "/compromisos/NO/",
        "/tareas/NO-T1/",
        "/proyectos/no/",
        "/principios/99/",
        "/objetivos/5/",
        "/dependencias/NO/",
        "/compromisos/a b/",
    ],
)
def test_what_does_not_exist_is_404(catalogue, address):
    """A secondary objective has no page of its own."""
    assert catalogue.client("anonymous").get(address).status_code == 404


@pytest.mark.parametrize("query", ["page=abc", "page=-1", "page=99", "before=x", "before=" + "9" * 40])
def test_pages_inside_a_page_take_any_number(catalogue, query):
    for address in ("/compromisos/MC-250K/", "/tareas/MC-250K-T1/", "/dependencias/9/", "/proyectos/"):
        assert catalogue.client("anonymous").get(f"{address}?{query}").status_code == 200


def test_an_agencys_page_tells_whether_its_seat_is_taken(cast):
    client = cast.client("anonymous")
    assert "Seat occupied since" in body(client, "/en/dependencias/9/")
    assert "Alternate since" in body(client, "/en/dependencias/9/")
    make_agency("77", "SOLA")
    assert "Vacant: nobody is appointed" in body(client, "/en/dependencias/77/")
    User.objects.filter(appointments__agency=cast.sep).update(is_active=False)
    caches["pages"].clear()
    assert "Vacant: nobody is appointed" in body(client, "/en/dependencias/11/")


def rows_in(page, kind):
    """The codes of the commitments (or tasks) that tables show, in their order."""
    return re.findall(rf'<th scope="row">\s*<a class="govuk-link" href="/en/{kind}/([\w-]+)/', page)


def test_an_agencys_page_begins_its_lists_and_links_to_the_whole_of_them(catalogue):
    client = catalogue.client("anonymous")
    page = body(client, "/en/dependencias/9/")
    assert ("All its commitments" in page, "All its open tasks" in page) == (False, False)
    grow(catalogue, SHOWN)
    undated = catalogue.another_commitment(agencies=[catalogue.sct])
    for days in range(SHOWN):
        catalogue.task(commitment=undated, due=clock.today() + timedelta(days=9 - days))
    caches["pages"].clear()
    page = body(client, "/en/dependencias/9/")
    for kind, query, words in (
        ("compromisos", "", "All its commitments"),
        ("tareas", "state=open&amp;", "All its open tasks"),
    ):
        address = f"/en/{kind}/?{query}agency=9"
        assert f'<a class="govuk-link" href="{address}">{words}</a>' in page
        whole = body(client, address.replace("&amp;", "&"))
        assert len(rows_in(page, kind)) == SHOWN < result_count(whole)
        assert rows_in(page, kind) == rows_in(whole, kind)[:SHOWN]


def test_a_closed_agency_keeps_its_page_and_leaves_the_list(cast):
    Agency.objects.filter(pk=cast.sep.pk).update(closed_on=clock.today())
    client = cast.client("anonymous")
    assert "Closed on" in body(client, "/en/dependencias/11/")
    assert "/dependencias/11/" not in body(client, "/dependencias/")


def test_the_board_says_how_many_agencies_the_sheet_names_and_how_many_are_here(cast):
    sentence = (
        "18 ministries and 231 agencies according to the OECD sheet, which lists none of them; "
        "3 registered here, 2 of them after the federal budget catalogue of 2017."
    )
    Agency.objects.exclude(pk=cast.sep.pk).update(in_catalogue=True)
    client = cast.client("anonymous")
    assert sentence in body(client, "/en/")
    assert sentence in body(client, "/en/dependencias/")


@pytest.mark.both
def test_the_review_queue_tells_its_age(cast, monkeypatch):
    now = clock.now()
    for days in (9, 4, 1):
        with clock.at(now - timedelta(days=days)):
            cast.follow_up("submitted")
    with clock.at(now - timedelta(days=20)):
        task = cast.task(due=clock.today() + timedelta(days=60))
        due = clock.today() + timedelta(days=70)
        actions.request_date(task, by=cast["focal point"], to_due=due, category="legal", reason="Un amparo.")
    for nearby in (100, 2, 1):  # the middle stands in the first stretch that is read of the queue, or in the second
        monkeypatch.setattr("projects.reading.figures.NEARBY", nearby)
        caches["pages"].clear()
        with clock.at(now):
            oldest, middle = (
                business_days.between(clock.today() - timedelta(days=days), clock.today()) for days in (20, 9)
            )
            told = f"the oldest for {oldest} business days, half of them for {middle} or less"
            assert told in body(cast.client("anonymous"), "/en/")


def test_how_long_decisions_took_is_public(cast):
    now = clock.now()
    for days in (20, 9, 1):
        with clock.at(now - timedelta(days=days)):
            sent = cast.follow_up("submitted")
        with clock.at(now):
            actions.accept(sent, by=cast["coordinator"], revision=sent.revision)
    with clock.at(now):
        took = business_days.between(clock.today() - timedelta(days=9), clock.today())
        assert f"half of the latest decisions took {took} business days or less" in body(
            cast.client("anonymous"), "/en/"
        )


def test_everything_invented_is_labelled_once_on_each_page(cast, settings):
    settings.DEMO = True
    task = actions.define_task(
        cast.commitment, by=cast["coordinator"], agency=cast.sct, title="Tarea inventada", is_fictional=True
    )
    cast.follow_up("accepted", task)
    cast.follow_up("accepted", cast.task())
    pages = ("/en/compromisos/MC-250K/", f"/en/tareas/{task.code}/", "/en/tareas/", "/en/dependencias/9/")
    said = {address: body(cast.client("anonymous"), address).count("edn-fictional") for address in pages}
    assert said == dict.fromkeys(pages, 1)
    assert cast.client("focal point").get("/mi-trabajo/").text.count("edn-fictional") == 1


def test_how_it_works_is_written_by_the_codes_own_table(cast):
    page = body(cast.client("anonymous"), "/en/como-funciona/")
    assert 'href="/en/semaforo/"' in page
    for words in ("Coordinator who did not write it", "Focal point of its agency"):
        assert words in page


def test_how_it_works_tells_a_case_of_the_record_where_there_is_one(cast):
    def example():
        caches["pages"].clear()
        return re.findall(r'class="edn-step__eg">(.*?)</p>', body(cast.client("anonymous"), "/en/como-funciona/"))

    assert example() == []
    due = clock.today() + timedelta(days=9)
    promise = cast.another_commitment(agencies=[cast.sct], due=due, starts=clock.today())
    now = clock.now()
    follow_up = cast.follow_up("submitted", cast.task(commitment=promise, due=due), progress=100)
    with clock.at(now + timedelta(days=3)):
        actions.accept(follow_up, by=cast["coordinator"], revision=follow_up.revision)
        told = example()
        assert len(told) == 6
        assert [" 100 % claimed" in told[2], told[3], told[5]] == [True, "Reviewed after 3 days.", "Not assessed yet."]
        cast.find(promise, "fulfilled")
        assert example()[5].startswith("Fulfilled, ")


def test_a_finding_on_its_course_is_named_as_interim(cast):
    """On the commitment's page and by the example of how it works."""
    promise = cast.another_commitment(agencies=[cast.sct], due=clock.today() + timedelta(days=90))
    address = f"/en/compromisos/{promise.code}/"
    assert "No finding on the whole stands.</dd>" in body(cast.client("anonymous"), address)
    task = cast.task(commitment=promise, due=clock.today() + timedelta(days=9))
    cast.find(promise, "on_course")
    cast.follow_up("accepted", task, progress=50)
    caches["pages"].clear()
    page = body(cast.client("anonymous"), address)
    assert 'edn-three-facts__number">On course</dd>' in page
    assert re.search(r'href="#findings">Interim, by CEDN on <time[^>]*>[^<]*</time>. No finding on the whole', page)
    [*_others, last] = re.findall(
        r'class="edn-step__eg">(.*?)</p>', body(cast.client("anonymous"), "/en/como-funciona/")
    )
    assert last.startswith("Interim: On course, ")


def test_an_obstacle_that_is_not_published_yet_is_said_to_wait(cast):
    task = cast.task()
    address, note = f"/en/tareas/{task.code}/", "Which obstacle is published once the coordination office accepts"
    assert note not in body(cast.client("anonymous"), address)
    follow_up = cast.follow_up("submitted", task, obstacle="Falta el convenio.")
    waits = body(cast.client("anonymous"), address)
    assert (note in waits, "Falta el convenio." in waits) == (True, False)
    actions.accept(follow_up, by=cast["coordinator"], revision=follow_up.revision)
    told = body(cast.client("anonymous"), address)
    assert (note in told, "Falta el convenio." in told) == (False, True)


def labels(links):
    return [str(link.label) for link in links if not link.reason]


COORDINATES = [
    "Add a task", "Correct the commitment", "Pause its reminders", "Ask to correct a wrongly captured date", "Ask for a change of scope",
    "Ask for its withdrawal",
    "Assess",
]  # fmt: skip


@pytest.mark.parametrize(
    ("person", "commitment", "project", "task"),
    [
        ("focal point", ["Propose a task", "Ask for a new date"], [], ["Log a follow-up", "Ask for a new date"]),
        ("alternate", ["Propose a task", "Ask for a new date"], [], ["Log a follow-up", "Ask for a new date"]),
        ("other agency", [], [], []),
        (
            "coordinator",
            COORDINATES,
            ["Add a commitment", "Correct the project", "Link it to the strategy"],
            [
                "Correct the task",
                "Pass it to another agency",
                "Pause its reminders",
                "Ask to correct a wrongly captured date",
                "Ask for a change of scope",
                "Ask to cancel or replace it",
                "Entered by mistake",
                "Cancel the task",
            ],
        ),
        ("administrator", [], [], []),
        ("outsider", [], [], []),
        ("anonymous", [], [], []),
    ],
)
def test_links_to_work_are_drawn_for_who_may(cast, person, commitment, project, task):
    with override("en"):
        assert labels(controls(cast[person], cast.commitment)) == commitment
        assert labels(controls(cast[person], cast.project)) == project
        assert labels(controls(cast[person], cast.task())) == task


@pytest.mark.parametrize(
    ("state", "links"),
    [
        (
            "proposed",
            [
                "Correct the task",
                "Pass it to another agency",
                "Ask to correct a wrongly captured date",
                "Confirm the proposal",
                "Do not take up the proposal",
            ],
        ),
        (
            "confirmed",
            [
                "Correct the task",
                "Pass it to another agency",
                "Pause its reminders",
                "Ask to correct a wrongly captured date",
                "Ask for a change of scope",
                "Ask to cancel or replace it",
                "Entered by mistake",
                "Cancel the task",
            ],
        ),
        ("declined", []),
        ("cancelled", []),
    ],
)
def test_links_follow_the_tables_of_moves(cast, state, links):
    with override("en"):
        assert labels(controls(cast["coordinator"], cast.task(state))) == links


def test_links_lead_to_pages_that_open(cast):
    task = cast.task()
    client = cast.client("coordinator")
    links = [
        *controls(cast["coordinator"], cast.commitment),
        *controls(cast["coordinator"], cast.project),
        *controls(cast["coordinator"], task),
    ]
    assert len(links) == 19
    for link in links:
        assert link.reason or client.get(link.address).status_code == 200, link


def test_a_late_list_says_which_date_has_passed(cast):
    """A commitment of which a task alone is late shows no date of its own in the past: the row names the task's."""
    day = clock.today() - timedelta(days=3)
    cast.task(due=day)
    with override("en"):
        row = cast.client("anonymous").get("/en/compromisos/?light=tasks_late").content.decode()
        own = cast.client("anonymous").get(f"/en/compromisos/{cast.commitment.code}/").content.decode()
    assert f'One of its tasks: <time datetime="{day}">' in row
    assert own.index("Its only task is overdue for 3 days.") < own.index("Why this light?")
    said = f">{cast.commitment.tasks.get().title}</a>” of SCT was due on"
    assert own.index(said) < own.index("The due date of one of its tasks has passed, its own has not.")


def test_the_way_to_the_filters_counts_in_words(cast):
    client = cast.client("anonymous")
    assert "1 filter in use" in client.get("/en/compromisos/?light=tasks_late").content.decode()
    assert "2 filters in use" in client.get("/en/compromisos/?light=late&due=any").content.decode()
    assert "1 filter in use" in cast.client("coordinator").get("/en/revision/?q=sct").content.decode()


def test_paper_names_its_address_and_day(cast, settings):
    text = cast.client("anonymous").get("/compromisos/?due=any").content.decode()
    foot = text[text.index('class="edn-print-only"') :]
    assert f"{settings.BASE_URL}/compromisos/?due=any" in foot
    assert f'datetime="{clock.today()}"' in foot


@pytest.mark.parametrize("address", ["/dependencias/", "/dependencias/9/", "/tareas/{task}/"])
def test_an_agencys_name_keeps_its_language(cast, address):
    Agency.objects.filter(key="9").update(name="Secretaría de Comunicaciones y Transportes")
    address = address.format(task=cast.task().code)
    marked = re.compile(r'lang="es">\s*Secretaría de Comunicaciones y Transportes')
    assert marked.search(cast.client("anonymous").get(f"/en{address}").content.decode())
    assert not marked.search(cast.client("anonymous").get(address).content.decode())


@pytest.mark.both
def test_an_agency_counts_as_late_the_tasks_whose_light_says_so(cast):
    """A date that passed while the coordination office read does not count, nor what waits to be verified."""
    due = clock.today() + timedelta(days=10)
    late, waited, sent = (cast.task(due=due) for _task in range(3))
    follow_up = cast.follow_up("submitted", waited)
    with clock.at(clock.now() + timedelta(days=10)):
        actions.return_(follow_up, by=cast["coordinator"], revision=follow_up.revision, comment="Falta el acta.")
        cast.follow_up("submitted", sent, progress=100)
    with clock.at(clock.now() + timedelta(days=12)):
        own = Agency.objects.filter(pk=cast.sct.pk)
        lights = dict(Task.objects.with_light(clock.today()).values_list("pk", "light"))
        assert [pk for pk, light in lights.items() if light == "late"] == [late.pk]
        assert [(row.open_tasks, row.late_tasks) for row in figures(own, clock.today())] == [(3, 1)]


@pytest.mark.once
@pytest.mark.parametrize(("prefix", "is_marked"), [("", True), ("/en", False)])
def test_an_english_title_says_so_on_spanish_pages(cast, prefix, is_marked):
    commitment = cast.another_commitment(language="en")
    visitor = cast.client("anonymous")
    for address in (f"/compromisos/{commitment.code}/", "/compromisos/"):
        page = body(visitor, prefix + address)
        assert ("en inglés" in page, "in English" in page) == (is_marked, False)
        assert bool(re.search(rf'lang="en">\s*{commitment.title}', page)) == is_marked
    assert "en inglés" not in body(visitor, f"/compromisos/{cast.commitment.code}/")


@pytest.mark.once
def test_an_activity_keeps_the_language_in_which_the_sheet_prints_it(catalogue):
    Activity.objects.update(as_printed="ICT Policy", language="en")
    for address in ("/principios/3/", f"/proyectos/{catalogue.project.slug}/"):
        assert re.search(r'lang="en">ICT Policy', body(catalogue.client("anonymous"), address)), address


@pytest.mark.once
def test_a_project_tells_its_latest_events_and_reads_no_more(cast):
    project = cast.project
    for number in range(LATEST):
        actions.correct_project(project, by=cast["coordinator"], revision=project.revision, note=f"Nota {number}")
        project.refresh_from_db()
    visitor, address = cast.client("anonymous"), f"/en/proyectos/{project.slug}/"
    with CaptureQueriesContext(connection) as asked:
        page = body(visitor, address)
    assert (page.count("Project corrected"), page.count("?history=all#history")) == (LATEST, 1)
    [of_ledger] = [query["sql"] for query in asked if 'FROM "focalpoints_entry"' in query["sql"]]
    assert f"LIMIT {LATEST + 1}" in of_ledger
    page = body(visitor, address + "?history=all")
    assert (page.count("Project corrected"), page.count("Project registered")) == (LATEST, 1)
    assert "?history=all#history" not in page


@pytest.mark.once
def test_a_request_without_a_category_leaves_no_empty_brackets(cast):
    commitment = cast.another_commitment(due=clock.today() - timedelta(1))
    actions.ask_finding(commitment, by=cast["coordinator"], revision=commitment.revision, reasons="Consta.")
    page = body(cast.client("anonymous"), f"/en/compromisos/{commitment.code}/")
    assert "asked: Finding beyond what was verified. A colleague" in page


@pytest.mark.once
@pytest.mark.parametrize(
    ("acronyms", "said"), [(["SCT"], "Reported by SCT,"), (["SCT", "SEP"], "Reported by its agencies,")]
)
def test_a_commitment_of_one_agency_says_which_reported(cast, acronyms, said):
    commitment = cast.another_commitment(agencies=[*Agency.objects.filter(acronym__in=acronyms)])
    cast.follow_up("submitted", cast.task(commitment=commitment))
    assert said in body(cast.client("anonymous"), f"/en/compromisos/{commitment.code}/")
