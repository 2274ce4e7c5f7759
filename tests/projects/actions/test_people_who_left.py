"""What somebody had not finished when they left keeps nobody waiting, and stays private to the agency that wrote it."""

import pytest
from django.utils.translation import override

from focalpoints import clock
from focalpoints.actions import close_agency
from focalpoints.models import Agency, Appointment
from focalpoints.workflow import NotPossible
from projects import actions
from projects.models import FollowUp, Task
from tests.cast import appoint, make_agency
from tests.deciding import assigned
from tests.standing import scene

SECRET = "Lo que nadie más debe leer."


@pytest.fixture(autouse=True)
def in_english():
    """So that refusals can be recognised."""
    with override("en"):
        yield


@scene()
def left(cast):
    """A task of SCT whose focal point has left; what they had not sent is there."""
    cast.left_task = cast.task(commitment=cast.another_commitment(binds="all"))
    cast.draft = cast.follow_up("draft", cast.left_task, done=SECRET)
    return cast


def leave(cast, *names):
    for name in names:
        Appointment.objects.filter(user=cast[name]).update(until=clock.today())


@pytest.mark.parametrize("way", ["ended", "deactivated"])
def test_a_draft_of_who_has_left_does_not_keep_its_task(left, way):
    by = left["coordinator"]
    with pytest.raises(NotPossible, match="unfinished follow-up"):
        actions.assign_task(left.left_task, by=by, revision=left.left_task.revision, agency=left.sep)
    if way == "ended":
        leave(left, "focal point")
    else:
        person = left["focal point"]
        person.is_active = False
        person.save()
    actions.assign_task(left.left_task, by=by, revision=left.left_task.revision, agency=left.sep)
    kept = FollowUp.objects.get(pk=left.draft.pk)
    assert (kept.done, kept.state, kept.agency) == (SECRET, "draft", left.sct)
    assert [*FollowUp.objects.set_aside()] == [kept]
    assert not left.left_task.follow_ups.in_hand().exists()


@pytest.mark.parametrize("state", ["returned", "withdrawn"])
def test_nor_does_what_was_returned_to_them_or_taken_back(left, state):
    task = left.task(commitment=left.another_commitment(binds="all"))
    follow_up = left.follow_up(state, task)
    with pytest.raises(NotPossible, match="unfinished follow-up"):
        assigned(left, task, left.sep)
    leave(left, "focal point")
    assigned(left, task, left.sep)
    assert [*FollowUp.objects.set_aside()] == [follow_up]


def test_it_is_private_to_the_agency_that_wrote_it(left):
    leave(left, "focal point")
    task = left.left_task
    actions.assign_task(task, by=left["coordinator"], revision=task.revision, agency=left.sep)
    for name in ("other agency", "coordinator", "administrator", "head", "outsider", "anonymous"):
        client = left.client(name)
        assert client.get(f"/seguimientos/{left.draft.code}/").status_code != 200, name
        for address in (f"/tareas/{task.code}/", f"/tareas/{task.code}/seguimiento/", "/mi-trabajo/"):
            assert SECRET not in client.get(address, follow=True).content.decode(), (name, address)
    # Their colleague, and they themselves once they are back, read it; nobody sends it any more.
    for name in ("alternate", "focal point"):
        if name == "focal point":
            appoint(left[name], left.sct, since=clock.today())
        client = left.client(name)
        page = client.get(f"/seguimientos/{left.draft.code}/")
        assert SECRET in page.content.decode()
        assert not page.context["moves"]


def test_the_next_agency_writes_its_own(left):
    leave(left, "focal point")
    task, theirs = left.left_task, left["other agency"]
    actions.assign_task(task, by=left["coordinator"], revision=task.revision, agency=left.sep)
    client = left.client("other agency")
    assert client.get(f"/tareas/{task.code}/seguimiento/").context["follow_up"] is None
    noted = actions.note_no_change(Task.objects.get(pk=task.pk), by=theirs)
    assert noted.verb == "note"
    mine = actions.save_draft(Task.objects.get(pk=task.pk), by=theirs, done="Lo nuestro.", progress=30)
    assert (mine.number, mine.agency) == (3, left.sep)
    actions.submit(mine, by=theirs, revision=mine.revision)
    actions.accept(mine, by=left["coordinator"], revision=mine.revision)
    assert Task.objects.get(pk=task.pk).verified_progress == 30
    assert FollowUp.objects.get(pk=left.draft.pk).done == SECRET


def test_back_with_its_first_agency_it_is_in_hand_again(left):
    leave(left, "focal point")
    task = left.left_task
    actions.assign_task(task, by=left["coordinator"], revision=task.revision, agency=left.sep)
    task = Task.objects.get(pk=task.pk)
    actions.assign_task(task, by=left["coordinator"], revision=task.revision, agency=left.sct)
    assert [*FollowUp.objects.in_hand()] == [left.draft]
    assert SECRET in left.client("alternate").get(f"/tareas/{task.code}/seguimiento/").content.decode()


def test_an_agency_whose_people_have_left_can_be_closed(left):
    agency = make_agency("77", "VIEJA")
    writer = left["outsider"]
    appoint(writer, agency)
    task = left.task(commitment=left.another_commitment(binds="all"), agency=agency)
    actions.save_draft(task, by=writer, done=SECRET, progress=10)
    administrator = left["administrator"]
    Appointment.objects.filter(user=writer).update(until=clock.today())
    assigned(left, Task.objects.get(pk=task.pk), left.sep)
    agency = Agency.objects.get(pk=agency.pk)
    close_agency(agency, by=administrator, revision=agency.revision, on=clock.today(), reason="Se extinguió.")
    assert Agency.objects.get(pk=agency.pk).is_closed


def test_who_is_still_there_is_asked_first(left):
    """The colleague took it over and is there to be asked, whoever began it."""
    task = left.left_task
    actions.save_draft(task, by=left["alternate"], revision=left.draft.revision, done=SECRET + " Sigo yo.")
    leave(left, "focal point")
    with pytest.raises(NotPossible, match="unfinished follow-up"):
        actions.assign_task(task, by=left["coordinator"], revision=task.revision, agency=left.sep)
