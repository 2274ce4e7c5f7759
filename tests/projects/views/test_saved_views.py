"""Saved views: found as their lists find, with what happened since; never more than was saved, and with the reader's rights."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from focalpoints import clock
from focalpoints.models import Entry, Role
from focalpoints.workflow import NotPossible
from projects import actions
from projects.actions.saved_views import MOST_VIEWS
from projects.forms.saved_views import LISTS, address_of, found_by
from projects.models import SavedView, Task, ViewSeen

pytestmark = pytest.mark.django_db
OPEN_TASKS = {"page": "projects:task_list", "key": "", "query": "state=open"}


def saved(cast, who="coordinator", **facts):
    return actions.save_view(by=cast[who], **{"name": "Abiertas", **OPEN_TASKS, **facts})


def numbers(found, after=0):
    return sorted(found.changes(after).few().values_list("seq", flat=True))


def last():
    return Entry.objects.order_by("-seq").first().seq


def test_a_list_leads_to_a_form_that_saves_it_as_its_address_asks(cast):
    cast.task()
    client = cast.client("coordinator")
    page = client.get("/en/tareas/?state=open&page=1&utm_source=x&light=")
    assert 'href="/en/vistas/nueva/?page=projects%3Atask_list&amp;query=state%3Dopen"' in page.text
    form = "/en/vistas/nueva/?page=projects%3Atask_list&query=state%3Dopen"
    assert SavedView.objects.count() == 0
    shown = client.get(form)
    assert "<strong>Open</strong>" in shown.text
    sent = {"name": "  Open ones ", "page": "projects:task_list", "key": "", "query": "state=open", "is_shared": "on"}
    answer = client.post(form, sent)
    view = SavedView.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/en/vistas/{view.pk}/")
    assert (view.name, view.page, view.key, view.query, view.is_shared) == (
        "Open ones", "projects:task_list", "", "state=open", True,
    )  # fmt: skip
    again = client.post(form, sent)
    assert again.status_code == 409
    assert "You have a saved view of this name already" in again.text
    for asked in ("", "?page=projects%3Ano_such", "?page=projects%3Aboard"):
        assert client.get(f"/en/vistas/nueva/{asked}").status_code == 404
    wrong = client.post(form, {**sent, "name": "Other", "query": "light=purple"})
    assert wrong.status_code == 200
    assert SavedView.objects.count() == 1


def test_every_list_that_can_be_saved_offers_it_and_opens_where_it_was(cast):
    cast.task()
    client, keys = cast.client("coordinator"), {"commitment": "MC-250K", "project": cast.project.slug, "agency": "SCT"}
    offered = set()
    for name in LISTS:
        kind = name.removeprefix("projects:").removesuffix("_changes")
        key = keys.get(kind, "")
        if kind in {"objective", "principle"}:
            continue
        query = {"projects:search": "q=conectado", "projects:agency_list": "kind=dependencia"}.get(name, "")
        key = cast.sct.key if kind == "agency" else key
        view = saved(cast, name=name, page=name, key=key, query=query)
        found = found_by(view, cast["coordinator"])
        assert (name, found.problems) == (name, ())
        page = client.get(address_of(name, key, query))
        assert page.status_code == 200
        if "/vistas/nueva/" in page.text:
            offered.add(name)
        assert client.get(f"/vistas/{view.pk}/").status_code == 200
    assert offered == {name for name in LISTS if "objective" not in name and "principle" not in name}
    assert "/vistas/nueva/" not in cast.client("anonymous").get("/compromisos/").text
    assert "/vistas/nueva/" not in cast.client("focal point").get("/").text


def test_what_changed_is_told_of_the_rows_of_the_list_since_it_was_seen(cast):
    task, other = cast.task(), cast.task()
    view = saved(cast, query=f"q={task.code}")
    coordinator = cast["coordinator"]
    before = last()
    assert numbers(found_by(view, coordinator), view.made_seq) == []
    actions.note_no_change(task, by=cast["focal point"])
    actions.note_no_change(other, by=cast["focal point"])
    mine = Entry.objects.get(seq__gt=before, subject__startswith=task.code).seq
    assert numbers(found_by(view, coordinator), view.made_seq) == [mine]
    client = cast.client("coordinator")
    page = client.get(f"/en/vistas/{view.pk}/")
    assert "<strong>1 change</strong>" in page.text
    assert "No change reported" in page.text
    # What came after the page was made stays new, and nobody else's mark moves.
    actions.retract_no_change(task.follow_ups.get(), by=cast["focal point"])
    assert client.post(f"/en/vistas/{view.pk}/vista/", {"upto": mine}).status_code == 302
    assert numbers(found_by(view, coordinator), ViewSeen.objects.get().seq) == [last()]
    client.post(f"/en/vistas/{view.pk}/vista/", {"upto": 10**9})
    assert ViewSeen.objects.get().seq == last()
    client.post(f"/en/vistas/{view.pk}/vista/", {"upto": 1})
    assert ViewSeen.objects.get().seq == last()  # it never goes back
    assert client.post(f"/en/vistas/{view.pk}/vista/", {"upto": "x"}).status_code == 400
    assert "nothing since" in client.get("/en/vistas/").text
    since = clock.today().isoformat()
    assert "No change reported" in client.get(f"/en/vistas/{view.pk}/?since={since}").text
    assert client.get(f"/en/vistas/{view.pk}/?since=x").status_code == 400


def test_of_a_commitment_all_that_is_in_its_dossier_is_told_and_of_an_agency_what_its_page_tells(cast):
    task = cast.task()
    actions.note_no_change(task, by=cast["focal point"])
    told = {
        page: {
            (entry.subject_type, entry.verb)
            for entry in found_by(saved(cast, name=page, page=page, query=""), cast["coordinator"]).changes().few()
        }
        for page in ("projects:commitment_list", "projects:agency_list", "projects:task_list", "projects:changes")
    }
    about_task = {("task", "define"), ("follow-up", "note")}
    assert told["projects:task_list"] == about_task
    assert told["projects:commitment_list"] >= about_task | {("commitment", "create")}
    assert told["projects:agency_list"] >= about_task | {("commitment", "create")}
    assert told["projects:changes"] >= told["projects:commitment_list"]


def test_a_view_whose_filter_is_gone_says_so_and_never_shows_all(cast):
    cast.task()
    broken = {
        "filter": saved(cast, name="filter", query="colour=red&state=open"),
        "value": saved(cast, name="value", query="light=purple"),
        "page": saved(cast, name="page", page="projects:gone"),
        "part": saved(cast, name="part", page="projects:project_changes", key="gone"),
        "number": saved(cast, name="number", page="projects:objective_changes", key="x"),
        "portfolio": saved(cast, name="portfolio", query="portfolio=P-NOBODY"),
    }
    client = cast.client("coordinator")
    listed = client.get("/en/vistas/")
    assert listed.text.count("It can no longer be shown") == len(broken)
    for name, view in broken.items():
        page = client.get(f"/en/vistas/{view.pk}/")
        found = found_by(view, cast["coordinator"])
        assert (name, page.status_code, bool(found.problems), numbers(found)) == (name, 200, True, [])
        assert "This view can no longer be shown as it was saved" in page.text
        assert "Open the list" not in page.text
        assert client.post(f"/en/vistas/{view.pk}/borrar/").status_code == 302
    assert not SavedView.objects.exists()


def test_private_views_are_their_owners_and_shared_ones_the_offices(cast):
    private, shared = saved(cast), saved(cast, name="De todos", is_shared=True)
    seen = {
        who: (
            cast.client(who).get(f"/vistas/{private.pk}/").status_code,
            cast.client(who).get(f"/vistas/{shared.pk}/").status_code,
        )
        for who in ("coordinator", "second coordinator", "focal point", "administrator")
    }
    assert seen == {
        "coordinator": (200, 200), "second coordinator": (404, 200), "focal point": (404, 404), "administrator": (404, 404),
    }  # fmt: skip
    second = cast.client("second coordinator")
    for verb in ("vista", "borrar", "asumir"):
        assert second.post(f"/vistas/{private.pk}/{verb}/", {"upto": 1}).status_code == 404
    assert second.post(f"/vistas/{shared.pk}/borrar/").status_code == 403
    assert second.get(f"/vistas/{shared.pk}/corregir/").status_code == 403
    second.post(f"/vistas/{shared.pk}/asumir/")
    assert SavedView.objects.get(pk=shared.pk).owner == cast["coordinator"]  # who still works there
    with pytest.raises(PermissionDenied):
        saved(cast, "focal point", is_shared=True)


def test_what_somebody_shared_who_left_can_be_taken_over_or_deleted(cast):
    private, shared = saved(cast), saved(cast, name="De todos", is_shared=True)
    Role.objects.filter(user=cast["coordinator"], kind=Role.Kind.COORDINATOR).update(
        state="ended", ended_at=clock.now()
    )
    second = cast.client("second coordinator")
    page = second.get(f"/en/vistas/{shared.pk}/")
    assert "Take it over" in page.text
    assert "Delete the view" in page.text
    assert "Rename or share" not in page.text
    assert second.get(f"/en/vistas/{private.pk}/").status_code == 404
    second.post(f"/en/vistas/{shared.pk}/asumir/")
    assert SavedView.objects.get(pk=shared.pk).owner == cast["second coordinator"]
    assert second.post(f"/en/vistas/{shared.pk}/corregir/", {"name": "Nuestras", "revision": 1}).status_code == 302
    view = SavedView.objects.get(pk=shared.pk)
    assert (view.name, view.is_shared) == ("Nuestras", False)


def test_nobody_keeps_more_views_than_a_page_can_count(cast):
    facts = {"owner": cast["outsider"], "page": "projects:task_list", "made_at": clock.now(), "made_seq": 0}
    SavedView.objects.bulk_create([SavedView(name=f"Vista {number}", **facts) for number in range(MOST_VIEWS)])
    with pytest.raises(NotPossible):
        saved(cast, "outsider")


def test_the_list_of_views_and_a_view_take_as_many_queries_at_1_and_at_30(cast):
    def queries(address):
        with CaptureQueriesContext(connection) as said:
            assert client.get(address).status_code == 200
        return len(said)

    view, client = saved(cast), cast.client("coordinator")
    cast.task()
    client.get("/vistas/")
    few = queries("/vistas/"), queries(f"/vistas/{view.pk}/")
    for number in range(29):
        saved(cast, name=f"Vista {number}", is_shared=number % 2 == 0)
    for _number in range(29):
        cast.task()
    assert Task.objects.count() == 30
    assert (queries("/vistas/"), queries(f"/vistas/{view.pk}/")) == few == (8, 11)
