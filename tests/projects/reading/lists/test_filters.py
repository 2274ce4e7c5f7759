"""Filters of lists: each finds exactly its items, refuses wrong input clearly, and can be taken off alone."""

import re
from datetime import date, timedelta
from html import unescape
from itertools import product
from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from focalpoints import clock
from focalpoints.models import Agency
from principles.models import Enabler, Objective, Pillar, Principle
from projects import actions
from projects.forms.agencies import AgencyFilter
from projects.forms.commitments import CommitmentFilter
from projects.forms.tasks import TaskFilter
from projects.models import Activity, Commitment, Project, Request, Task
from projects.reading.day import Day
from tests.cast import make_agency
from tests.deciding import cancelled, first_dated, redacted, rescoped, withdrawn
from tests.standing import scene


@scene()
def strategy(cast):
    """Seven commitments that differ in everything the list filters by; days count from today."""
    today = clock.today()
    unam = make_agency("11-UNAM", "UNÁM", parent=cast.sep)
    objective = Objective.objects.create(number=2, title_es="Economía Digital", title_en="Digital Economy")
    enabler = Enabler.objects.create(number=5, title_es="Conectividad")
    pillar = Pillar.objects.create(number=1, title_es="Apertura")
    principle = Principle.objects.create(number=3, pillar=pillar, title_es="Cultura de datos", short_es="Datos")
    school = actions.create_project(
        by=cast["coordinator"], slug="escuela-digital", title="Educación en línea", kind="platform", objective=objective,
        enabler=enabler,
    )  # fmt: skip
    Activity.objects.create(principle=principle, order=1, project=school, as_printed="Educación en línea")

    def make(code, title, project=cast.project, **facts):
        return actions.create_commitment(by=cast["coordinator"], project=project, code=code, title=title, **facts)

    make("LATE", "Conexión de escuelas", binds="named", agencies=[cast.sep], due=today - timedelta(days=1))
    make("SOON", "Portal único", binds="named", agencies=[unam], due=today + timedelta(days=30), project=school)
    make("FAR", "Censo 2020", binds="named", agencies=[cast.sct, cast.sep], due=today + timedelta(days=31))
    make("ALL", "Informe trimestral", binds="all", printed_status="Completado")
    make("NONE", "Red compartida 100% pública_", binds="none published")
    done = make("DONE", "Migración de trámites", binds="named", agencies=[cast.sct], due=today - timedelta(days=9))
    cast.follow_up("accepted", cast.task(commitment=done, due=done.due), progress=100)
    return cast


EVERYTHING = ["ALL", "DONE", "FAR", "LATE", "MC-250K", "NONE", "SOON"]
TODAY = "today"


def codes(query):
    filters = CommitmentFilter(QueryDict(query), Commitment.objects.with_light(clock.today()), on=clock.today())
    assert filters.is_valid(), filters.form.errors
    return sorted(filters.qs.values_list("code", flat=True))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", EVERYTHING),
        ("q=CONEXION", ["LATE"]),
        ("q=conexión+ESCUELAS", ["LATE"]),
        ("q=conexion+portal", []),
        ("q=late", ["LATE"]),
        ("q=mexico+conectado", ["ALL", "DONE", "FAR", "LATE", "MC-250K", "NONE"]),
        ("q=educacion", ["SOON"]),
        ("q=sep", ["FAR", "LATE"]),
        ("q=unam", ["SOON"]),
        ("q=UNÁM+portal", ["SOON"]),
        ("q=100%25", ["NONE"]),
        ("q=publica_", ["NONE"]),
        ("q=%25", []),
        ("agency=sct", ["DONE", "FAR", "MC-250K"]),
        ("agency=9", ["DONE", "FAR", "MC-250K"]),
        ("agency=unam", ["SOON"]),
        ("agency=secretaria+unam", ["SOON"]),
        ("agency=11", ["FAR", "LATE"]),
        ("agency=nobody", []),
        ("sector=11", ["FAR", "LATE", "SOON"]),
        ("principle=3", ["SOON"]),
        ("objective=2", ["SOON"]),
        ("objective=none", ["ALL", "DONE", "FAR", "LATE", "MC-250K", "NONE"]),
        ("enabler=5", ["SOON"]),
        ("project=escuela-digital", ["SOON"]),
        ("light=late", ["LATE"]),
        ("light=late&light=fulfilled", ["LATE"]),
        ("light=late&light=to_assess", ["DONE", "LATE"]),
        ("light=no_tasks", ["ALL", "FAR", "MC-250K", "NONE", "SOON"]),
        ("finding=any", []),
        ("finding=concern", []),
        ("due=overdue", ["LATE"]),
        ("due=soon", ["SOON"]),
        ("due=any", ["DONE", "FAR", "LATE", "MC-250K", "SOON"]),
        ("due=none", ["ALL", "NONE"]),
        ("binds=named", ["DONE", "FAR", "LATE", "MC-250K", "SOON"]),
        ("binds=all", ["ALL"]),
        ("binds=none+published", ["NONE"]),
        ("binds=published", ["ALL", "DONE", "FAR", "LATE", "MC-250K", "SOON"]),
        ("printed=any", ["ALL"]),
        ("printed=none", ["DONE", "FAR", "LATE", "MC-250K", "NONE", "SOON"]),
        ("sector=11&due=soon&q=portal", ["SOON"]),
        ("q=portal&light=late", []),
    ],
)
def test_each_filter_finds_exactly_its_items(strategy, query, found):
    assert codes(query) == found


@scene()
def of_every_light(cast):
    """Commitments and tasks with each combination of the facts that the first clauses of the rule test, or lack."""
    today = clock.today()
    days = [None, *(today + timedelta(days=days) for days in (-1, 0, 60))]
    facts = [
        {"due": due, "baseline_due": due, "light_due": due, "state": state, "claimed_progress": claimed}
        for due, state, claimed in product(days, ("active", "cancelled"), (None, 40, 100))
    ]
    totals = list(product((0, 1), (0, 1), (0, 1), (0, 1), days))
    Commitment.objects.bulk_create(
        Commitment(
            project=cast.project, code=f"L-{n}", title="Luz", binds="none published", tasks_open=tasks_open, tasks_fulfilled=fulfilled,
            tasks_unclaimed=min(unclaimed, tasks_open), agencies_without_task=without, next_due=next_due if tasks_open else None,
            **fact,
        )
        for n, (fact, (tasks_open, fulfilled, unclaimed, without, next_due)) in enumerate(product(facts, totals))
    )  # fmt: skip
    Task.objects.bulk_create(
        Task(
            commitment=cast.commitment, agency=cast.sct, number=100 + n, code=f"L-T{n}", title="Luz", confirmed_on=today,
            **fact | ({"state": "confirmed", "reason": ""} if fact["state"] == "active" else {"reason": "Sin presupuesto."}),
        )
        for n, fact in enumerate(facts)
    )  # fmt: skip
    return cast


@pytest.mark.parametrize("filters", [CommitmentFilter, TaskFilter])
def test_a_light_finds_the_rows_that_show_it(of_every_light, filters):
    """The filter asks by columns where it can; the light that a list shows is computed."""
    on, model = clock.today(), {CommitmentFilter: Commitment, TaskFilter: Task}[filters]
    rows = model.objects.with_light(on)
    lights = dict(rows.values_list("pk", "light"))
    shown = set(lights.values())
    assert {"late", "to_be_verified", "cancelled", "not_started"} <= shown
    for chosen in [*([light] for light in shown), ["late", "cancelled"], ["late", "at_risk"], sorted(shown)]:
        asked = filters(QueryDict(urlencode({"light": chosen}, doseq=True)), rows, on=on)
        assert asked.is_valid()
        assert set(asked.qs.values_list("pk", flat=True)) == {pk for pk, light in lights.items() if light in chosen}


def test_commitments_whose_scope_changed(strategy):
    rescoped(strategy, Commitment.objects.get(code="SOON"), title="Portal de menos servicios")
    assert codes("scope=changed") == ["SOON"]


def numbers_of(query):
    filters = TaskFilter(QueryDict(query), TaskFilter.listed(Day.today()), on=clock.today())
    assert filters.is_valid(), filters.form.errors
    return sorted(filters.qs.values_list("number", flat=True))


def test_tasks_by_what_stands_in_their_way_and_what_proves_them(cast):
    stuck, unproved, proved, redacted_since, claimed, cancelled_since = (cast.task() for _number in range(6))
    cast.follow_up("accepted", stuck, progress=10, obstacle="Falta presupuesto.", link="https://www.gob.mx/acta")
    cast.follow_up("accepted", unproved)
    cast.follow_up("accepted", proved, link="https://www.gob.mx/acta")
    cast.follow_up("accepted", proved, progress=60)  # the first one proves some of it
    redacted(cast, cast.follow_up("accepted", redacted_since, link="https://x.mx").evidence.get(), "Art. 113 LFTAIP")
    cast.follow_up("submitted", claimed)
    cast.follow_up("accepted", cancelled_since)
    cancelled(cast, cancelled_since)
    rescoped(cast, proved, title="Menos sitios")

    assert numbers_of("obstacle=stated") == [stuck.number]
    assert numbers_of("evidence=none") == [unproved.number, redacted_since.number, cancelled_since.number]
    assert numbers_of("scope=changed") == [proved.number]
    # A stated obstacle is over with the task.
    cast.follow_up("accepted", stuck, progress=100, obstacle="Falta presupuesto.")
    assert numbers_of("obstacle=stated") == []


def test_tasks_and_commitments_of_which_nothing_was_heard_for_two_months(cast):
    task, today = cast.task(), clock.today()
    for days, found in ((60, []), (61, [task.number]), (400, [task.number])):
        Task.objects.update(quiet_since=today - timedelta(days))
        Commitment.objects.update(quiet_since=today - timedelta(days))
        assert numbers_of("silence=long") == found
        assert codes("silence=long") == (["MC-250K"] if found else [])


def test_commitments_without_tasks_and_those_that_one_person_decided_about(strategy):
    assert codes("tasks=none") == ["ALL", "FAR", "LATE", "MC-250K", "NONE", "SOON"]
    withdrawn(strategy, Commitment.objects.get(code="ALL"))
    assert "ALL" not in codes("tasks=none")
    assert codes("decided=alone") == []
    task = strategy.task(commitment=Commitment.objects.get(code="FAR"), due=None)
    Request.objects.filter(pk=first_dated(strategy, task, clock.today()).pk).update(decided_alone=True)
    assert codes("decided=alone") == ["FAR"]
    then = {"queryset": CommitmentFilter.listed(Day.past(clock.today())), "on": clock.today()}
    assert [row.code for row in CommitmentFilter(QueryDict("decided=alone"), **then).qs] == ["FAR"]
    # Of a task that never counted nobody else may know.
    Task.objects.filter(pk=task.pk).update(state="declined", reason="No.")
    assert codes("decided=alone") == []


def test_agencies_by_what_their_open_tasks_serve(strategy):
    def keys(query):
        filters = AgencyFilter(QueryDict(query), Agency.objects.all(), on=clock.today())
        assert filters.is_valid(), filters.form.errors
        return sorted(filters.qs.values_list("key", flat=True))

    assert (keys("objective=2"), keys("agency=unam"), keys("agency=sct"), keys("agency=zzz")) == (
        [],
        ["11-UNAM"],
        ["9"],
        [],
    )
    task = strategy.task(
        commitment=Commitment.objects.get(code="SOON"), agency=Agency.objects.get(key="11-UNAM"), due=None
    )
    assert keys("objective=2") == keys("principle=3") == keys("seat=vacant&principle=3") == ["11-UNAM"]
    assert keys("objective=none") == []
    cancelled(strategy, task)
    assert keys("objective=2") == keys("principle=3") == []


def test_dates_from_and_to_take_one_value_or_three_inputs(strategy):
    last = clock.today() + timedelta(days=30)
    assert codes(f"due_from={clock.today()}&due_to={last}") == ["SOON"]
    parts = {"due_from_day": last.day, "due_from_month": last.month, "due_from_year": last.year}
    assert codes(urlencode(parts)) == ["FAR", "MC-250K", "SOON"]


BAD = [
    "due=never", "light=green", "light=late&light=green", "principle=99", "principle=x", "objective=-1", "sector=nowhere",
    "binds=some", "project=no-such", "order=title", "order=--due", "order=due;drop+table", "q=%00", "agency=%00",
    "q=" + "x" * 101, "due_from=2018-02-30", "due_from_day=1", "due_from=9999999-1-1", "printed=%F0%9F%92%A9",
    "due_from_day=31&due_from_month=2&due_from_year=2018", "project=%00",
]  # fmt: skip


@pytest.mark.parametrize("query", BAD)
@pytest.mark.parametrize("language", ["", "/en"])
def test_what_cannot_be_understood_is_said_and_nothing_is_listed(strategy, query, language):
    response = strategy.client("anonymous").get(f"{language}/compromisos/?{query}")
    page = response.content.decode()
    assert response.status_code == 400
    assert "govuk-error-summary" in page
    assert "<table" not in page


@pytest.mark.parametrize(
    ("kind", "query", "field"),
    [
        ("compromisos", "due=never&order=-due", "id_due"),
        ("compromisos", "due_from_day=31&due_from_month=2&due_from_year=2018", "id_due_from_day"),
        ("compromisos", "light=green", "id_light_0"),
        ("tareas", "sector=nowhere", "id_sector"),
    ],
)
def test_a_wrong_filter_leads_to_its_field_on_the_forms_page(strategy, kind, query, field):
    client = strategy.client("anonymous")
    page = client.get(f"/{kind}/?{query}&page=2").text
    [link] = re.findall(r'(?s)<ul class="[^"]*govuk-error-summary__list">.*?<a href="([^"#]+)#([^"]+)"', page)
    answer = client.get(unescape(link[0]))
    assert (answer.status_code, link[1]) == (400, field)
    assert (f'id="{field}"' in answer.text, f'href="#{field}"' in answer.text) == (True, True)
    assert QueryDict(unescape(link[0]).partition("?")[2]) == QueryDict(query)


@pytest.mark.parametrize("number", ["0", "-1", "2", "abc", "1e9", "9" * 30, "%00", "٣", "1.5"])
def test_a_page_that_does_not_exist_is_404_with_the_way_back(strategy, number):
    response = strategy.client("anonymous").get(f"/compromisos/?page={number}&due=any")
    assert response.status_code == 404
    assert 'href="?due=any"' in response.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "q=" + "%F0%9F%92%A9" * 20,
        "q=%FF%FE",
        "q=" + "a+" * 49,
        "q=%27%20OR%201=1--",
        "agency=%3Cscript%3E",
        "q=%E2%80%AE",
    ],
)
def test_strange_text_finds_nothing_and_breaks_nothing(strategy, query):
    response = strategy.client("anonymous").get(f"/compromisos/?{query}")
    assert response.status_code == 200
    assert "<script>" not in response.content.decode()


def test_no_match_is_not_a_mistake(strategy):
    response = strategy.client("anonymous").get("/compromisos/?q=inexistente")
    assert response.status_code == 200
    assert "edn-empty" in response.content.decode()


@pytest.mark.parametrize(
    ("order", "first", "last"),
    [
        ("due", "DONE", "NONE"),
        ("-due", "MC-250K", "NONE"),
        ("code", "ALL", "SOON"),
        ("-code", "SOON", "ALL"),
        ("-verified", "DONE", None),
        ("-claimed", "DONE", None),
        ("light", "LATE", None),
        ("-light", None, "LATE"),
        ("project", "SOON", None),
        ("-project", None, "SOON"),
    ],
)
def test_each_order_and_its_reverse(strategy, order, first, last):
    """Where nothing was published, the item stands last either way."""
    page = strategy.client("anonymous").get(f"/compromisos/?order={order}").content.decode()
    listed = re.findall(r'<span class="edn-code">([A-Z0-9-]+)</span>', page)
    assert sorted(listed) == EVERYTHING
    assert first in (None, listed[0])
    assert last in (None, listed[-1])


def test_the_chip_of_a_past_day_says_it_in_words(strategy):
    day = date(2018, 3, 15)
    [chip] = CommitmentFilter(QueryDict("on=2018-03-15"), Commitment.objects.with_light(day), on=day).chips
    assert chip.value == "15 de marzo de 2018"


def test_every_chip_takes_its_own_answer_off(strategy):
    query = "q=portal&light=late&light=fulfilled&due_from=2018-01-01&project=escuela-digital&page=2&order=-due"
    filters = CommitmentFilter(QueryDict(query), Commitment.objects.with_light(clock.today()), on=clock.today())
    chips = [(str(chip.value), QueryDict(chip.url.removeprefix("?"))) for chip in filters.chips]
    assert [value for value, _query in chips] == [
        "portal", "01/01/2018", "Educación en línea", "Vencido", "Cumplido"
    ]  # fmt: skip
    for (_value, left), gone in zip(chips, ["q", "due_from", "project", "light", "light"], strict=True):
        expected = QueryDict(query).copy()
        expected.pop("page")
        if gone == "light":
            expected.setlist("light", ["late"] if left.getlist("light") == ["late"] else ["fulfilled"])
        else:
            expected.pop(gone)
        assert left == expected
        assert codes(left.urlencode()) is not None


def test_the_forms_own_answers_come_back_in_it(strategy):
    page = (
        strategy.client("anonymous")
        .get("/compromisos/filtrar/?agency=sct&due=any&light=late&project=escuela-digital")
        .content
    )
    assert b'value="sct"' in page
    assert b'<option value="any" selected' in page
    assert re.search(rb'value="late"[^>]* checked', page)
    assert re.search(rb'type="hidden"[^>]*name="project"[^>]*value="escuela-digital"', page) or re.search(
        rb'name="project"[^>]*value="escuela-digital"', page
    )


def test_no_select_of_every_agency(strategy):
    for number in range(60):
        make_agency(f"90-{number}", f"F{number}", parent=strategy.sep)
    page = strategy.client("anonymous").get("/compromisos/filtrar/").content.decode()
    assert max(len(re.findall("<option", block)) for block in re.findall(r"(?s)<select.*?</select>", page)) == 10
    assert Agency.objects.count() == 64


def test_an_empty_list_of_answers_lists_everything(strategy):
    """A form sent with every field blank."""
    blank = "&".join(f"{name}=" for name in CommitmentFilter.params())
    response = strategy.client("anonymous").get(f"/compromisos/?{blank}")
    assert response.status_code == 200
    assert all(f">{code}</span>" in response.content.decode() for code in EVERYTHING)


@pytest.fixture
def tasks(strategy):
    """Beside the fulfilled one, ten that differ in everything their list filters by; days count from today."""
    today = clock.today()
    codes = Commitment.objects.in_bulk(field_name="code")

    def make(title, commitment, agency=strategy.sct, days=None, state="confirmed", **facts):
        due = None if days is None else today + timedelta(days=days)
        return strategy.task(state, commitment=codes[commitment], agency=agency, due=due, title=title, **facts)

    unam = Agency.objects.get(key="11-UNAM")
    make("YESTERDAY", "ALL", days=-1)
    make("TODAY", "ALL", days=0)
    strategy.follow_up("submitted", make("THIRTY", "ALL", days=30))
    make("THIRTY-ONE", "ALL", days=31)
    asked = make("MOVED", "ALL", days=40)
    change = actions.request_date(
        asked, by=strategy["focal point"], to_due=today + timedelta(days=50), category="legal", reason="Un amparo."
    )
    actions.approve_request(change, by=strategy["coordinator"], revision=change.revision)
    make("NO DATE", "ALL")
    make("SEP", "LATE", agency=strategy.sep, days=-1)
    make("UNAM", "SOON", agency=unam, days=30)
    make("CANCELLED", "ALL", days=-1, state="cancelled")
    make("PROPOSED", "ALL", days=5, state="proposed")
    Task.objects.filter(commitment__code="DONE").update(title="DONE")
    return strategy


PUBLIC_TASKS = ["CANCELLED", "DONE", "MOVED", "NO DATE", "SEP", "THIRTY", "THIRTY-ONE", "TODAY", "UNAM", "YESTERDAY"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", PUBLIC_TASKS),
        ("agency=sct", ["CANCELLED", "DONE", "MOVED", "NO DATE", "THIRTY", "THIRTY-ONE", "TODAY", "YESTERDAY"]),
        ("agency=unam", ["UNAM"]),
        ("agency=nobody", []),
        ("sector=11", ["SEP", "UNAM"]),
        ("light=fulfilled", ["DONE"]),
        ("light=late", ["SEP", "YESTERDAY"]),
        ("due=overdue", ["SEP", "YESTERDAY"]),
        ("due=soon", ["THIRTY", "TODAY", "UNAM"]),
        ("due=none", ["NO DATE"]),
        ("review=waiting", ["THIRTY"]),
        ("moved=yes", ["MOVED"]),
        ("objective=2", ["UNAM"]),
        ("objective=none", [title for title in PUBLIC_TASKS if title != "UNAM"]),
        ("principle=3", ["UNAM"]),
        ("due=soon&agency=sct", ["THIRTY", "TODAY"]),
        ("state=open", [title for title in PUBLIC_TASKS if title not in {"CANCELLED", "DONE"}]),
        ("state=cancelled", ["CANCELLED"]),
        ("state=replaced", []),
        ("commitment=SOON", ["UNAM"]),
        ("commitment=soon", ["UNAM"]),
        ("commitment=SOO", []),
        ("commitment=ALL&due_on={yesterday}", ["CANCELLED", "YESTERDAY"]),
        ("commitment=ALL&due_on={yesterday}&light=late", ["YESTERDAY"]),
        ("commitment=ALL&light_due={yesterday}&light=late", ["YESTERDAY"]),
        ("due_on={yesterday}&state=open", ["SEP", "YESTERDAY"]),
        ("due=soon&sector=9", ["THIRTY", "TODAY"]),
    ],
)
def test_the_tasks_filters(tasks, query, found):
    yesterday = clock.today() - timedelta(days=1)
    page = tasks.client("anonymous").get(f"/tareas/?{query.format(yesterday=yesterday)}")
    titles = re.findall(r'href="/tareas/[A-Z][\w-]+/"[^>]*>([^<]+)<', page.text)
    assert (page.status_code, sorted(titles)) == (200, found)


@pytest.mark.parametrize(
    ("query", "found"), [("", 4), ("q=SECRETARIA+unam", 1), ("q=UNAM", 1), ("seat=vacant", 0), ("q=xx", 0)]
)
def test_the_agencies_filters(strategy, query, found):
    page = strategy.client("anonymous").get(f"/dependencias/?{query}").content.decode()
    assert len(re.findall(r'<th scope="row"><a class="govuk-link" href="/dependencias/[\w-]+/"', page)) == found


def test_a_projects_page_count_agrees_with_its_link(strategy):
    for project in Project.objects.all():
        assert len(codes(f"project={project.slug}")) == project.commitments.count()


def test_today_is_the_business_day(strategy):
    with clock.at(clock.start_of(date(2017, 1, 1))):
        assert codes("due=overdue") == []
