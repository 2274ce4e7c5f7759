"""The coordination office's pages: who sees them, what they do, what they say when something is wrong, what they cost."""

from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils.translation import override

from focalpoints.models import Agency, Entry, User
from focalpoints.pages.controls import controls
from focalpoints.workflow import NotPossible
from principles.models import Objective
from projects import actions
from projects.models import Commitment, Project, Request, Task
from projects.urls.coordination import coordination_urls
from projects.views.navigation import office_actions
from tests.cast import EVERYBODY, make_agency
from tests.dates import ahead
from tests.deciding import withdrawn

# Pages, each of which opens on both databases (test_every_url), like each verb (test_every_verb): the rest is said once.
pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def in_english():
    """Messages are matched by their msgids; pages are asked for in English, too."""
    with override("en"):
        yield


def url(name, *args, **query):
    return reverse(f"projects:{name}", args=args, query=query or None)


def errors_of(response):
    return [str(error) for errors in response.context["form"].errors.values() for error in errors]


def day(name, value):
    return {f"{name}_day": value.day, f"{name}_month": value.month, f"{name}_year": value.year}


def as_shown(form):
    """What a browser sends when nothing was touched."""
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in values.items()}


@pytest.fixture
def office(cast):
    return cast.client("coordinator")


# ---- Who sees what. 302 leads to the sign-in page.

FOR_COORDINATORS = {
    "focal point": 403, "alternate": 403, "head": 403, "former focal point": 403, "other agency": 403, "coordinator": 200,
    "administrator": 403, "outsider": 403, "anonymous": 302,
}  # fmt: skip
FOR_PROPOSERS = FOR_COORDINATORS | {"focal point": 200, "alternate": 200, "coordinator": 403}
A_PROPOSAL = FOR_COORDINATORS | {  # 404 for whoever may not see it
    "head": 404, "former focal point": 404, "other agency": 404, "administrator": 404, "outsider": 404,
}  # fmt: skip
THE_QUEUE = dict.fromkeys(EVERYBODY, 404) | {"coordinator": 200, "anonymous": 302}
PAGES = {
    "project_create": FOR_COORDINATORS,
    "project_correct": FOR_COORDINATORS,
    "project_relate": FOR_COORDINATORS,
    "project_cancel": FOR_COORDINATORS,
    "commitment_create": FOR_COORDINATORS,
    "commitment_correct": FOR_COORDINATORS,
    "commitment_ask_scope": FOR_COORDINATORS,
    "commitment_ask_cancellations": FOR_COORDINATORS,
    "commitment_ask_withdrawal": FOR_COORDINATORS,
    "commitment_ask_series_end": FOR_COORDINATORS,
    "commitment_assess": FOR_COORDINATORS,
    "objective_assess": FOR_COORDINATORS,
    "commitment_ask_first_date": FOR_COORDINATORS,
    "commitment_ask_correction": FOR_COORDINATORS,
    "task_ask_first_date": FOR_COORDINATORS,
    "task_ask_correction": FOR_COORDINATORS,
    "task_create": FOR_COORDINATORS,
    "task_create_for_all": FOR_COORDINATORS,
    "task_propose": FOR_PROPOSERS,
    "proposal_list": THE_QUEUE,
    "task_confirm": A_PROPOSAL,
    "task_decline": A_PROPOSAL,
    "task_correct": FOR_COORDINATORS,
    "task_assign": FOR_COORDINATORS,
    "task_cancel": FOR_COORDINATORS,
    "task_undo": FOR_COORDINATORS,
    "task_withdraw": A_PROPOSAL | {"focal point": 200, "alternate": 200, "coordinator": 403},
    "task_ask_scope": FOR_COORDINATORS,
    "task_ask_assignment": FOR_COORDINATORS,
    "task_ask_cancellation": FOR_COORDINATORS,
    "follow_up_reopen": FOR_COORDINATORS,
}


def address(cast, page):
    match page:
        case "project_correct" | "project_relate":
            return url(page, cast.project.slug)
        case "project_cancel":
            by = cast["coordinator"]
            return url(page, actions.create_project(by=by, slug="otro", title="Otro", kind="programme").slug)
        case "commitment_ask_withdrawal":
            return url(page, cast.another_commitment().code)
        case "commitment_ask_series_end":
            return url(page, cast.another_commitment(recurrence="quarterly").code)
        case "commitment_ask_cancellations":
            commitment = cast.another_commitment()
            for _number in range(2):
                cast.task(commitment=commitment)
            return url(page, commitment.code)
        case "objective_assess":
            return url(page, Objective.objects.create(number=1, title_es="Transformación Gubernamental").number)
        case "task_ask_assignment" | "task_ask_cancellation":
            commitment = cast.another_commitment(agencies=[cast.sct, cast.sep])
            return url(page, cast.task(commitment=commitment, due=date(2018, 1, 1)).code)
        case "commitment_ask_first_date":
            return url(page, cast.another_commitment().code)
        case "task_ask_first_date":
            return url(page, cast.task(due=None).code)
        case (
            "commitment_correct"
            | "commitment_ask_correction"
            | "commitment_assess"
            | "commitment_ask_scope"
            | "task_create"
            | "task_propose"
        ):
            return url(page, cast.commitment.code)
        case "task_create_for_all":
            return url(page, cast.another_commitment(binds="all").code)
        case "task_confirm" | "task_decline" | "task_withdraw":
            return url(page, cast.task("proposed").code)
        case "follow_up_reopen":
            return url(page, cast.follow_up("accepted").code)
        case "task_correct" | "task_ask_correction" | "task_assign" | "task_cancel" | "task_undo" | "task_ask_scope":
            return url(page, cast.task().code)
    return url(page)


def test_every_page_is_in_the_table():
    # The thresholds have no row to act on: tests/projects/light/test_thresholds.py.
    assert {pattern.name for pattern in coordination_urls} - {"thresholds_adopt"} == PAGES.keys()


@pytest.mark.parametrize("page", PAGES)
def test_who_sees_a_page_and_who_may_send_it(cast, page):
    """An empty form from whoever may see the page is shown again, or refused; from everybody else it goes nowhere."""
    where, before = address(cast, page), Entry.objects.count()
    clients = {role: cast.client(role) for role in EVERYBODY}
    assert {role: client.get(where).status_code for role, client in clients.items()} == PAGES[page]
    if page == "proposal_list":
        return
    # 401: the sign-in page, which carries what was typed.
    sent = {role: 401 if status == 302 else status for role, status in PAGES[page].items()}
    if page == "task_confirm":
        clients.pop("coordinator"), sent.pop("coordinator")  # a page without fields
    assert {role: client.post(where, {}).status_code for role, client in clients.items()} == sent
    assert Entry.objects.count() == before


def test_a_page_without_fields_is_sent_as_it_is(cast):
    task = cast.task("proposed")
    assert cast.client("coordinator").post(url("task_confirm", task.code), {}).status_code == 302
    assert Task.objects.get(pk=task.pk).state == "confirmed"


@pytest.mark.parametrize(
    "page", sorted(PAGES.keys() - {"project_create", "commitment_create", "proposal_list", "objective_assess"})
)
def test_what_does_not_exist(office, page):
    assert office.get(url(page, "no-hay")).status_code == 404


def test_the_list_of_proposals_takes_no_post(office):
    assert office.post(url("proposal_list")).status_code == 405


# ---- What the pages do

PROJECT = {"title": "Red Compartida", "slug": "red-compartida", "language": "es", "kind": "programme"}
COMMITMENT = {
    "project": "mexico-conectado", "title": "Conectar 100 plazas", "code": "MC-PLAZAS", "language": "es", "binds": "named",
    "agencies": "sct, SEP",
}  # fmt: skip


def test_a_project_is_added_corrected_and_cancelled(cast, office):
    sent = PROJECT | {"lead_agency": "sct", "partner_agencies": "SEP; secretaría cedn", "source": "DOF\n\n2018"}
    response = office.post(url("project_create"), sent)
    assert response.url == url("project_relate", "red-compartida"), "else it would stand under none of the principles"
    project = Project.objects.get(slug="red-compartida")
    assert (project.lead_agency, set(project.partner_agencies.all())) == (cast.sct, {cast.sep, cast.cedn})
    assert project.source == "DOF 2018"
    correction = office.get(url("project_correct", project.slug)).context["form"]
    typed = PROJECT | {
        "title": "Red Compartida 4G",
        "revision": correction["revision"].value(),
        "partner_agencies": "SEP",
    }
    response = office.post(url("project_correct", project.slug), typed)
    assert response.url == url("project_detail", project.slug)
    project.refresh_from_db()
    assert (project.title, list(project.partner_agencies.all()), project.lead_agency) == (
        "Red Compartida 4G", [cast.sep], None,
    )  # fmt: skip
    office.post(url("project_cancel", project.slug), {"reason": "Pasó a la SCT.", "revision": project.revision})
    project.refresh_from_db()
    assert (project.state, project.cancel_reason) == ("cancelled", "Pasó a la SCT.")
    verbs = Entry.objects.about("project", project.slug).values_list("verb", flat=True)
    assert list(verbs) == ["create", "correct", "cancel"]


def test_a_commitment_is_added_corrected_and_cancelled(cast, office):
    sent = COMMITMENT | day("starts", date(2018, 1, 15)) | {"recurrence": "yearly", "recurrence_month": "10"}
    response = office.post(url("commitment_create"), sent)
    assert response.url == url("commitment_detail", "MC-PLAZAS")
    commitment = Commitment.objects.get(code="MC-PLAZAS")
    assert (set(commitment.agencies.all()), commitment.starts, commitment.due) == (
        {cast.sct, cast.sep}, date(2018, 1, 15), None,
    )  # fmt: skip
    assert (commitment.recurrence, commitment.recurrence_month) == ("yearly", 10)
    page = office.get(url("commitment_correct", commitment.code))
    assert [*page.context["form"].fields] == ["title", "note", "language", "printed_status", "source", "revision"]
    assert url("commitment_ask_scope", commitment.code) in page.text
    correction = sent | {"title": "Conectar 90 plazas", "revision": 0}
    refused = office.post(url("commitment_correct", commitment.code), correction)
    assert (refused.status_code, "Ask for a change of scope" in errors_of(refused)[0]) == (409, True)
    spelled = sent | {"title": "Conectar 100 Plazas.", "revision": 0}
    assert office.post(url("commitment_correct", commitment.code), spelled).status_code == 302
    asked = {"category": "scope", "reason": "Decreto.", "form_key": str(uuid4())}
    scope = sent | asked | {"title": "Conectar 100 Plazas.", "binds": "all", "agencies": ""}
    ask_and_decide(cast, office, url("commitment_ask_scope", commitment.code), scope)
    commitment.refresh_from_db()
    assert (commitment.title, commitment.binds, commitment.agencies.count()) == ("Conectar 100 Plazas.", "all", 0)
    ended = asked | {"reason": "Se retiró.", "form_key": str(uuid4())}
    ask_and_decide(cast, office, url("commitment_ask_withdrawal", commitment.code), ended)
    commitment.refresh_from_db()
    assert commitment.state == "cancelled"
    assert "Se retiró." in office.get(url("commitment_detail", commitment.code)).text


def ask_and_decide(cast, office, where, sent):
    """The page shows what it would do before it is sent; a colleague presses the button."""
    shown = office.post(where, sent | {"effect": "1"})
    assert (shown.status_code, "What it would do" in shown.text) == (200, True)
    assert not Request.objects.waiting().exists()
    change = office.post(where, sent)
    assert change.status_code == 302, errors_of(change)
    review = url("request_review", Request.objects.waiting().get().code)
    assert 'name="decision"' not in office.get(review).text
    decided = cast.client("second coordinator").post(review, {"decision": "approve", "revision": "0"})
    assert decided.status_code == 302


def test_the_project_a_page_came_from_is_chosen(cast, office):
    form = office.get(url("commitment_create", project=cast.project.slug)).context["form"]
    assert form["project"].value() == cast.project.slug


def test_a_due_date_that_was_set_is_told_and_not_asked(cast, office):
    page = office.get(url("commitment_correct", cast.commitment.code))
    assert "due" not in page.context["form"].fields
    assert "Its date is not overwritten here." in page.text
    form = page.context["form"]
    sent = as_shown(form) | day("due", date(2030, 1, 1))
    assert "Nothing was changed" in errors_of(office.post(url("commitment_correct", cast.commitment.code), sent))[0]
    cast.commitment.refresh_from_db()
    assert cast.commitment.due == cast.commitment.baseline_due != date(2030, 1, 1)


def test_a_task_is_defined_corrected_assigned_and_cancelled(cast, office):
    commitment = cast.another_commitment(agencies=[cast.sct, cast.sep])
    sent = {"agency": "9", "title": "  Licitar\nenlaces ", "deliverable": "Fallo", "form_key": str(uuid4())}
    response = office.post(url("task_create", commitment.code), sent | day("due", ahead(60)))
    task = commitment.tasks.get()
    assert response.url == url("task_detail", task.code)
    assert (task.title, task.agency, task.due, task.state) == (
        "Licitar enlaces", cast.sct, ahead(60), "confirmed",
    )  # fmt: skip
    spelled = {"title": "Licitar Enlaces.", "deliverable": "Fallo", "revision": task.revision}
    office.post(url("task_correct", task.code), spelled)
    office.post(url("task_assign", task.code), {"agency": "11", "revision": task.revision + 1})
    task.refresh_from_db()
    assert (task.title, task.agency) == ("Licitar Enlaces.", cast.sep)
    office.post(url("task_cancel", task.code), {"reason": "Se licitó en otra."})
    task.refresh_from_db()
    assert (task.state, task.reason) == ("cancelled", "Se licitó en otra.")


def test_the_page_of_a_task_for_all_says_how_many(cast, office):
    commitment = cast.another_commitment(binds="all")
    where = url("task_create_for_all", commitment.code)
    page = office.get(where)
    assert page.context["missing"] == 2
    assert "Add 2 tasks" in page.content.decode()
    due = day("due", date(2018, 10, 31)) | {"past_due": "2018-10-31"}
    response = office.post(where, {"title": "Cartera 2019"} | due)
    assert response.url == url("commitment_detail", commitment.code)
    assert set(commitment.tasks.values_list("agency__acronym", flat=True)) == {"SCT", "SEP"}
    again = office.get(where)
    assert "none would be added" in again.content.decode()
    assert '<button class="govuk-button">Define' not in again.content.decode()
    assert office.get(url("task_create_for_all", cast.commitment.code)).url == url(
        "commitment_detail", cast.commitment.code
    )


def test_a_proposal_is_sent_seen_and_decided(cast, office):
    proposer = cast.client("focal point")
    form = proposer.get(url("task_propose", cast.commitment.code)).context["form"]
    sent = as_shown(form) | {"title": "Conectar plazas"}
    response = proposer.post(url("task_propose", cast.commitment.code), sent)
    task = Task.objects.get()
    assert (response.url, task.state, task.agency) == (url("task_detail", task.code), "proposed", cast.sct)
    assert "Conectar plazas" in office.get(url("proposal_list")).content.decode()
    assert "Conectar plazas" in office.get(url("task_confirm", task.code)).content.decode()
    assert office.post(url("task_confirm", task.code)).url == url("task_detail", task.code)
    task.refresh_from_db()
    assert task.state == "confirmed"
    assert "Conectar plazas" not in office.get(url("proposal_list")).content.decode()


def test_a_proposal_is_not_taken_up_with_a_reason(cast, office):
    task = cast.task("proposed")
    empty = office.post(url("task_decline", task.code), {"reason": " "})
    assert (empty.status_code, errors_of(empty)) == (200, ["Say why."])
    office.post(url("task_decline", task.code), {"reason": "Ya está en otra."})
    task.refresh_from_db()
    assert (task.state, task.reason) == ("declined", "Ya está en otra.")


def test_a_form_sent_twice_is_one_task(cast, office):
    form = office.get(url("task_create", cast.commitment.code)).context["form"]
    sent = {"agency": "9", "title": "Una", "form_key": form["form_key"].value()}
    first = office.post(url("task_create", cast.commitment.code), sent)
    again = office.post(url("task_create", cast.commitment.code), sent)
    assert (first.url, Task.objects.count(), Entry.objects.filter(verb="define").count()) == (again.url, 1, 1)


def test_two_forms_have_two_keys(cast, office):
    page = url("task_create", cast.commitment.code)
    keys = {office.get(page).context["form"]["form_key"].value() for _ in range(2)}
    assert len(keys) == 2


def test_what_a_fictional_coordinator_defines_is_fictional(cast, office):
    User.objects.filter(pk=cast["coordinator"].pk).update(is_fictional=True)
    office.post(url("task_create", cast.commitment.code), {"agency": "9", "title": "Una", "form_key": str(uuid4())})
    office.post(url("task_create_for_all", cast.another_commitment(binds="all").code), {"title": "Todas"})
    assert list(Task.objects.values_list("is_fictional", flat=True)) == [True] * 3


# ---- Agencies in words


@pytest.mark.both
@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("SCT", ["9"]),
        ("sct", ["9"]),
        ("9", ["9"]),
        ("SEP, SCT,, sep", ["11", "9"]),
        ("Aduanas y Bahías", ["77"]),
        ("aduanas\nSCT", ["77", "9"]),
    ],
)
def test_agencies_are_named_by_acronym_key_or_words(cast, office, words, keys):
    customs = make_agency("77", "")
    Agency.objects.filter(pk=customs.pk).update(
        name="Órgano de Aduanas y Bahías", search="77 organo de aduanas y bahias"
    )
    response = office.post(url("commitment_create"), COMMITMENT | {"agencies": words})
    assert response.status_code == 302
    assert set(Commitment.objects.get(code="MC-PLAZAS").agencies.values_list("key", flat=True)) == set(keys)


@pytest.mark.both
@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("XYZ", ["“XYZ” is no registered agency. Write its acronym or key, for example SCT."]),
        ("CERRADA", ["“CERRADA” is no registered agency. Write its acronym or key, for example SCT."]),
        (
            "secretaría",
            [
                "“secretaría” fits several agencies. Write the acronym or key of one: SCT (Secretaría SCT); "
                "SEP (Secretaría SEP); CEDN (Secretaría CEDN)."
            ],
        ),
        ("", ["Name at least one agency, or choose above who answers for it."]),
    ],
)
def test_an_agency_that_is_not_meant_clearly_is_asked_for_again(cast, office, words, told):
    make_agency("98", "CERRADA", closed_on=date(2018, 1, 1))
    response = office.post(url("commitment_create"), COMMITMENT | {"agencies": words})
    assert (response.status_code, errors_of(response)) == (200, told)
    assert not Commitment.objects.filter(code="MC-PLAZAS").exists()


def test_one_agency_is_one(cast, office):
    response = office.post(url("project_create"), PROJECT | {"lead_agency": "SCT, SEP"})
    assert errors_of(response) == ["Name one agency only."]


def test_an_agency_closed_since_stays_named(cast, office):
    commitment = cast.another_commitment(agencies=[cast.sct, cast.sep])
    Agency.objects.filter(pk=cast.sep.pk).update(closed_on=date(2018, 1, 1))
    form = office.get(url("commitment_correct", commitment.code)).context["form"]
    sent = as_shown(form) | {"title": "COMPROMISO 1", "agencies": "SEP,SCT"}
    assert office.post(url("commitment_correct", commitment.code), sent).status_code == 302
    assert set(commitment.agencies.all()) == {cast.sct, cast.sep}
    assert "agencies" not in Entry.objects.latest("seq").annex.content  # the same in another order is no change


def test_a_task_passes_only_to_another_agency_of_its_commitment(cast, office):
    alone = office.get(url("task_assign", cast.task().code))
    assert "names no other agency" in alone.content.decode()
    shared = cast.task(commitment=cast.another_commitment(agencies=[cast.sct, cast.sep]))
    choices = office.get(url("task_assign", shared.code)).context["form"].fields["agency"].choices
    assert [str(label) for _key, label in choices] == ["SEP – Secretaría SEP"]
    wrong = office.post(url("task_assign", shared.code), {"agency": "9", "revision": 0})
    assert wrong.status_code == 200
    shared.refresh_from_db()
    assert shared.agency == cast.sct


# ---- What is wrong is told, and nothing typed is lost


def test_a_lost_race_shows_both_and_the_next_press_goes_through(cast, office):
    where = url("commitment_correct", cast.commitment.code)
    form = office.get(where).context["form"]
    typed = as_shown(form) | {"source": "Mi fuente"}
    actions.correct_commitment(cast.commitment, by=cast["second coordinator"], revision=0, source="Fuente ajena")
    lost = office.post(where, typed)
    assert lost.status_code == 409
    assert lost.context["differences"] == [{"label": "Source", "before": "Fuente ajena", "after": "Mi fuente"}]
    assert lost.context["form"]["source"].value() == "Mi fuente"
    assert "Fuente ajena" in lost.content.decode()
    typed["revision"] = lost.context["form"]["revision"].value()
    assert office.post(where, typed).status_code == 302
    cast.commitment.refresh_from_db()
    assert (cast.commitment.source, cast.commitment.revision) == ("Mi fuente", 2)


@pytest.mark.parametrize("page", ["project_correct", "task_correct"])
def test_a_lost_race_of_the_others_too(cast, office, page):
    where = address(cast, page)
    form = office.get(where).context["form"]
    typed = as_shown(form) | {"title": "Mío", "revision": 7}
    lost = office.post(where, typed)
    assert (lost.status_code, lost.context["form"]["title"].value()) == (409, "Mío")
    assert lost.context["form"]["revision"].value() == "0"


def test_an_end_on_an_outdated_page_is_asked_again(cast, office):
    project = actions.create_project(by=cast["coordinator"], slug="vacio", title="Vacío", kind="policy")
    where = url("project_cancel", project.slug)
    lost = office.post(where, {"reason": "Se retiró.", "revision": 7})
    assert (lost.status_code, lost.context["form"]["reason"].value()) == (409, "Se retiró.")
    again = office.post(where, {"reason": "Se retiró.", "revision": lost.context["form"]["revision"].value()})
    assert again.status_code == 302


def test_a_refusal_keeps_what_was_typed(cast, office):
    where, sent = url("commitment_ask_withdrawal", cast.commitment.code), {"category": "legal", "reason": "Se retiró."}
    refused = office.post(where, sent | {"form_key": str(uuid4()), "replaced_by": "MC-250K"})
    assert refused.status_code == 409
    assert "other than this one" in errors_of(refused)[0]
    assert refused.context["form"]["reason"].value() == "Se retiró."
    cast.task()
    held = office.post(where, sent | {"form_key": str(uuid4())})
    assert (held.status_code, "Se retiró." in held.text) == (409, True)
    assert not Request.objects.exists()
    taken = office.post(url("commitment_create"), COMMITMENT | {"code": "MC-250K"})
    assert (taken.status_code, taken.context["form"]["title"].value()) == (200, "Conectar 100 plazas")
    assert "MC-250K is the code of “México Conectado: 250,000 sitios” already" in errors_of(taken)[0]
    like_a_task = office.post(url("commitment_create"), COMMITMENT | {"code": "MC-250K-T9"})
    assert like_a_task.status_code == 200
    assert "would be taken for the code of a task" in errors_of(like_a_task)[0]


@pytest.mark.parametrize(
    ("state", "page"),
    [
        ("confirmed", "task_confirm"), ("declined", "task_decline"), ("cancelled", "task_cancel"),
        ("cancelled", "task_correct"), ("declined", "task_assign"), ("proposed", "task_cancel"),
    ],
)  # fmt: skip
def test_too_late_leads_back_with_the_reason(cast, office, state, page):
    task = cast.task(state)
    response = office.get(url(page, task.code), follow=True)
    assert response.redirect_chain == [(url("task_detail", task.code), 302)]
    assert len(response.context["messages"]) == 1
    sent = {"reason": "Porque sí.", "title": "Otro", "agency": "11", "revision": task.revision}
    late = office.post(url(page, task.code), sent)
    assert late.status_code in {200, 409}
    assert Task.objects.get(pk=task.pk).state == state


def test_what_was_cancelled_leads_back(cast, office):
    by = cast["coordinator"]
    withdrawn(cast, cast.commitment, "Se retiró.")
    actions.cancel_project(cast.project, by=by, revision=0, reason="Se retiró.")
    for page in ("commitment_correct", "commitment_ask_withdrawal", "task_create", "task_create_for_all"):
        assert office.get(url(page, cast.commitment.code)).url == url("commitment_detail", cast.commitment.code)
    for page in ("project_correct", "project_cancel"):
        assert office.get(url(page, cast.project.slug)).url == url("project_detail", cast.project.slug)
    proposer = cast.client("focal point")
    assert proposer.get(url("task_propose", cast.commitment.code)).url == url("commitment_detail", cast.commitment.code)


def test_nothing_changed_is_no_correction(cast, office):
    before = Entry.objects.count()
    for page, row in (("project_correct", cast.project.slug), ("commitment_correct", cast.commitment.code)):
        form = office.get(url(page, row)).context["form"]
        sent = as_shown(form)
        assert "Nothing was changed" in errors_of(office.post(url(page, row), sent))[0]
    assert Entry.objects.count() == before


HOSTILE = {
    "NUL": ({"title": "a\x00b"}, "Null characters are not allowed."),
    "turned": ({"title": "a\u202eb"}, "There is an invisible character in it (U+202E). Type it instead of pasting it."),
    "overlong": ({"title": "x" * 301}, "Ensure this value has at most 300 characters (it has 301)."),
    "100 kB": ({"note": "x" * 100_000}, "Ensure this value has at most 600 characters (it has 100000)."),
    "blank": ({"title": " \n "}, "Say what was promised."),
    "code": ({"code": "../x"}, "Use letters without accents, digits and hyphens only."),
    "reserved": ({"code": "nuevo"}, "This word is taken by a page of the portal. Choose another."),
    "project": ({"project": "no-hay"}, "Select a valid choice. That choice is not one of the available choices."),
    "binds": ({"binds": "nobody"}, "Select a valid choice. nobody is not one of the available choices."),
    "month": ({"recurrence_month": "10"}, "Leave the month empty, or choose “Every year” above."),
    "no month": ({"recurrence": "yearly"}, "Choose the month in which it falls due each year."),
    "year 9999": (day("due", date(9999, 1, 1)), "Check the year: the date is too far from today."),
    "year 1": ({"due_day": "1", "due_month": "1", "due_year": "0001"}, "The year must have four digits, for example 2018."),
    "no day": ({"due_month": "1", "due_year": "2019"}, "The date must include the day."),
    "29 February": ({"due_day": "29", "due_month": "2", "due_year": "2019"}, "There is no day 29 in February 2019: it has 28 days."),
    "before the start": (
        day("starts", date(2018, 5, 2)) | day("due", date(2018, 5, 1)), "The due date comes before the start. Check both.",
    ),
    "not named": ({"binds": "all"}, "Leave the agencies empty, or choose “Named agencies” above."),
}  # fmt: skip


@pytest.mark.both
@pytest.mark.parametrize("what", HOSTILE)
def test_input_that_cannot_be_meant_is_told(cast, office, what):
    changes, told = HOSTILE[what]
    before = Entry.objects.count()
    response = office.post(url("commitment_create"), COMMITMENT | changes)
    assert (response.status_code, errors_of(response)) == (200, [told])
    assert Entry.objects.count() == before


def test_names_that_nobody_has_are_told_in_one_go(cast, office):
    names = ",".join(f"NADIE{number}" for number in range(400))
    response = office.post(url("commitment_create"), COMMITMENT | {"agencies": names})
    assert (response.status_code, len(errors_of(response))) == (200, 10)


def test_html_is_text(cast, office):
    hostile = "<script>alert(1)</script>"
    office.post(
        url("commitment_create"), COMMITMENT | {"title": hostile, "note": hostile, "printed_status": "<b>Sí</b>"}
    )
    for page in (url("commitment_detail", "MC-PLAZAS"), url("commitment_correct", "MC-PLAZAS"), url("project_list")):
        assert b"<script>alert" not in office.get(page).content
    response = office.post(url("commitment_create"), COMMITMENT | {"agencies": hostile})
    assert b"<script>alert" not in response.content
    assert b"&lt;script&gt;alert" in response.content


def test_bad_utf8_is_no_error_page(cast, office):
    response = office.post(
        url("project_create"),
        b"title=%FF%FE&slug=x&language=es&kind=policy",
        content_type="application/x-www-form-urlencoded",
    )
    assert response.status_code == 302
    assert Project.objects.get(slug="x").title == "\ufffd\ufffd"


@pytest.mark.both
def test_a_key_that_was_tampered_with(cast, office):
    response = office.post(url("task_create", cast.commitment.code), {"agency": "9", "title": "Una", "form_key": "x"})
    assert (response.status_code, Task.objects.count()) == (200, 0)


# ---- Buttons lead where the guard lets through


@pytest.mark.parametrize("role", EVERYBODY)
def test_every_link_that_is_drawn_opens(cast, role):
    person, client = cast[role], cast.client(role)
    tasks = [cast.task(state) for state in ("proposed", "confirmed", "declined", "cancelled")]
    links = office_actions(person) + controls(person, cast.project)
    links += controls(person, cast.commitment)
    links += controls(person, cast.another_commitment(binds="all"))
    links += [link for task in tasks for link in controls(person, task)]
    drawn = {"coordinator": 32, "focal point": 6, "alternate": 6, "other agency": 1}
    opens = [link for link in links if not link.reason]
    assert len(opens) == drawn.get(role, 0)
    assert {link.address: client.get(link.address).status_code for link in opens} == {
        link.address: 200 for link in opens
    }


# ---- What they cost

QUERIES = {
    "project_create": 6, "project_correct": 8, "project_cancel": 6, "commitment_create": 5, "commitment_correct": 5,
    "commitment_ask_withdrawal": 9, "commitment_ask_scope": 8,
    "commitment_ask_cancellations": 7, "task_create": 6, "task_create_for_all": 6, "proposal_list": 6,
    "task_confirm": 6, "task_decline": 5, "task_correct": 5, "task_assign": 10, "task_cancel": 8, "task_undo": 7,
    "task_ask_scope": 6, "task_ask_cancellation": 7, "commitment_ask_first_date": 6, "commitment_ask_correction": 6,
    "task_ask_first_date": 6, "task_ask_correction": 6,
}  # fmt: skip


@pytest.mark.parametrize("page", QUERIES)
@pytest.mark.parametrize("rows", [1, 30])
def test_a_page_costs_the_same_in_a_large_network(cast, office, django_assert_num_queries, page, rows):
    agencies = [make_agency(f"50-{number}", f"A{number}") for number in range(rows)]
    cast.commitment.agencies.add(*agencies)
    cast.project.partner_agencies.add(*agencies)
    for _ in range(rows):
        cast.task("proposed")
    where = address(cast, page)
    office.get(where)
    with django_assert_num_queries(QUERIES[page]):
        assert office.get(where).status_code == 200


@pytest.mark.both
def test_a_list_of_names_is_read_in_one_query(cast, office, django_assert_max_num_queries):
    for number in range(60):
        make_agency(f"50-{number}", f"A{number}")
    names = ", ".join(f"A{number}" for number in range(60))
    with django_assert_max_num_queries(43):
        assert office.post(url("commitment_create"), COMMITMENT | {"agencies": names}).status_code == 302
    assert Commitment.objects.get(code="MC-PLAZAS").agencies.count() == 60


def test_a_verb_refuses_what_a_form_let_through(cast):
    with pytest.raises(NotPossible):
        actions.create_commitment(by=cast["coordinator"], project=cast.project, code="X", title="X", binds="named")
