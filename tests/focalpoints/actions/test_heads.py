"""The head of an agency has an account and is told what stays late, but may do nothing in the agency's name."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import translation

from focalpoints import actions, clock
from focalpoints.models import Agency, Appointment, Entry, User, has_focal_point
from focalpoints.rules import acts_for, is_focal_point
from focalpoints.workflow import NotPossible, vacant
from projects import actions as project_actions
from projects.reading.figures import figures
from tests.cast import appoint, make_agency, make_user


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def head(cast):
    """Appointed by the verb, in an agency that has nobody else."""
    agency = make_agency("77", "XYZ", parent=cast.sct)
    person = make_user("head of xyz")
    actions.appoint(by=cast["administrator"], user=person, agency=agency, kind="head", since=clock.today())
    return User.objects.get(pk=person.pk)


def test_a_head_has_no_power(cast, head):
    agency = Agency.objects.get(key="77")
    assert head.standing.agency_ids == frozenset()
    assert not is_focal_point(head)
    assert not acts_for(head, agency)
    commitment = cast.another_commitment(agencies=[agency])
    task = project_actions.define_task(commitment, by=cast["coordinator"], agency=agency, title="Tarea")
    with pytest.raises(PermissionDenied):
        project_actions.save_draft(task, by=head, progress=10, done="Algo.")


def test_a_head_takes_no_seat(cast, head):
    """With open work and only a head, the agency is an alarm wherever empty seats are counted."""
    today = clock.today()
    agency = Agency.objects.get(key="77")
    commitment = cast.another_commitment(agencies=[agency])
    project_actions.define_task(commitment, by=cast["coordinator"], agency=agency, title="Tarea")
    own = Agency.objects.filter(pk=agency.pk)
    assert not own.filter(has_focal_point(today)).exists()
    assert vacant(own, today).exists()
    assert [row.is_seated for row in figures(own, today)] == [False]
    administrator = cast.client("administrator")
    page = administrator.get("/en" + reverse("focalpoints:agency_detail", args=["77"]).removeprefix("/en"))
    assert page.context["is_seat_empty"]
    overview = administrator.get(reverse("focalpoints:administration"))
    assert agency in overview.context["empty_seats"]
    listed = administrator.get(reverse("focalpoints:agency_list"), {"focal_point": "empty-seat"})
    assert agency in listed.context["page"].object_list
    public = cast.client("anonymous").get(reverse("projects:agency_detail", args=["77"]))
    assert list(public.context["seats"]) == []
    appoint(cast["outsider"], agency)
    assert own.filter(has_focal_point(today)).exists()


def test_a_head_has_no_work_page_and_reads_what_they_are(cast, head):
    client = cast.client("anonymous")
    client.force_login(head)
    assert client.get(reverse("projects:my_work")).status_code == 404
    told = client.get(reverse("account"))
    assert "Head of Secretaría XYZ" in told.text
    assert "Focal point of Secretaría XYZ" not in told.text


def test_an_agency_has_one_head_at_a_time(cast, head):
    agency, by = Agency.objects.get(key="77"), cast["administrator"]
    with pytest.raises(NotPossible, match="is the head of this agency in those days"):
        actions.appoint(by=by, user=cast["outsider"], agency=agency, kind="head", since=clock.today())
    actions.appoint(by=by, user=cast["outsider"], agency=agency, kind="titular", since=clock.today())
    ended = Appointment.objects.get(user=head)
    actions.end_appointment(ended, by=by, on=clock.today() + timedelta(10))
    later = clock.today() + timedelta(10)
    actions.appoint(by=by, user=cast["second coordinator"], agency=agency, kind="head", since=later)


def test_an_administrator_appoints_a_head_on_screen_and_finds_them(cast):
    client = cast.client("administrator")
    person, today = cast["outsider"], clock.today()
    address = reverse("focalpoints:appointment_create") + f"?agency=9&person={person.code}"
    day = {"since_day": today.day, "since_month": today.month, "since_year": today.year}
    page = client.get(address)
    assert 'value="head"' in page.text
    assert client.post(address, {"kind": "head", **day}).status_code == 302
    heads = client.get(reverse("focalpoints:appointment_list"), {"kind": "head"})
    assert [row.user for row, _moves in heads.context["rows"]] == [person]
    people = {
        power: [
            row.pk for row, _state in client.get(reverse("focalpoints:person_list"), {"power": power}).context["rows"]
        ]
        for power in ("head", "focal-point", "none")
    }
    assert people["head"] == [person.pk]
    assert person.pk not in people["focal-point"]
    assert person.pk not in people["none"]


def test_the_rhythm_is_each_person_s_own_and_leaves_no_entry(cast):
    person, entries = cast["focal point"], Entry.objects.count()
    assert person.rhythm == "daily"
    actions.set_rhythm(person, "weekly", by=person)
    assert User.objects.get(pk=person.pk).rhythm == "weekly"
    with pytest.raises(PermissionDenied):
        actions.set_rhythm(person, "daily", by=cast["administrator"])
    with pytest.raises(NotPossible, match="Choose how often"):
        actions.set_rhythm(person, "never", by=person)
    assert Entry.objects.count() == entries
