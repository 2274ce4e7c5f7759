"""What holds of every list: its filters all stand in its form, and where it is empty it says why, and what to do. By hand, list by list."""

import html
import re

import pytest
from django_filters import FilterSet

from focalpoints import clock
from focalpoints.forms.agencies import AgencyRegisterFilter
from focalpoints.forms.appointments import AppointmentFilter
from focalpoints.forms.people import PersonFilter
from focalpoints.models import User
from projects.forms.agencies import AgencyFilter
from projects.forms.commitments import CommitmentFilter
from projects.forms.items import ItemFilter
from projects.forms.projects import ProjectFilter
from projects.forms.reminders import SentFilter
from projects.forms.tasks import TaskFilter
from projects.reading.lists.filter_form import Filters
from tests.cast import appoint, make_agency, make_user
from tests.test_architecture import APPS
from tests.test_every_url import stage  # noqa: F401 - a fixture

pytestmark = pytest.mark.once

# The page with a list's form, and the list that leads there, who reads it, and fields that no page shows.
FORMS = {
    CommitmentFilter: ("/compromisos/filtrar/", "/compromisos/", "anonymous", {"order", "portfolio", "project", "on"}),
    TaskFilter: ("/tareas/filtrar/", "/tareas/", "anonymous", {"order", "portfolio"}),
    AgencyFilter: ("/dependencias/filtrar/", "/dependencias/", "anonymous", {"order", "agency"}),
    ProjectFilter: ("/proyectos/", "/", "anonymous", {"order"}),
    SentFilter: ("/recordatorios/enviados/filtrar/", "/recordatorios/enviados/", "coordinator", {"order"}),
    AgencyRegisterFilter: ("/administracion/dependencias/", "/administracion/", "administrator", set()),
    PersonFilter: ("/administracion/personas/", "/administracion/", "administrator", set()),
    AppointmentFilter: ("/administracion/nombramientos/", "/administracion/", "administrator", set()),
}
ABSTRACT = {Filters, ItemFilter}


def subclasses(kind):
    for child in kind.__subclasses__():
        yield child
        yield from subclasses(child)


def test_every_filter_of_every_list_stands_in_its_form_with_something_to_choose(cast, stage):  # noqa: F811
    ours = {kind for kind in subclasses(FilterSet) if kind.__module__.split(".")[0] in APPS}
    assert ours - ABSTRACT == set(FORMS)
    make_agency("9-A00", "IMT", parent=cast.sct)
    for kind, (where, listed, person, unseen) in FORMS.items():
        client = cast.client(person)
        page = client.get(where)
        form = page.context["form"]
        assert set(form.fields) == set(kind.base_filters), kind
        assert {field.name for field in form.hidden_fields()} == unseen & set(form.fields), kind
        for field in form.visible_fields():
            assert re.search(rf'name="{field.name}(_day)?"', page.text), (kind, field.name)
            if choices := getattr(field.field, "choices", None):
                assert [key for key, _label in choices if key], (kind, field.name)
        assert f'href="{where}' in client.get(listed).text


def test_a_long_form_stands_in_groups_which_hold_each_field_once():
    for kind in (CommitmentFilter, TaskFilter):
        grouped = [name for _legend, names in kind.GROUPS for name in names]
        assert sorted(grouped) == sorted(set(kind.base_filters) - FORMS[kind][3])
        assert grouped[-1] != "light"


# Each list, who reads it, and filters of which nothing is left; "" where it has none.
LISTS = {
    "/compromisos/": ("anonymous", "?q=zzz"),
    "/tareas/": ("anonymous", "?q=zzz"),
    "/dependencias/": ("anonymous", "?q=zzz"),
    "/proyectos/": ("anonymous", "?q=zzz"),
    "/objetivos/": ("anonymous", ""),
    "/principios/": ("anonymous", ""),
    "/calendario/?view=list&month=2031-01": ("anonymous", ""),
    "/reprogramaciones/": ("anonymous", ""),
    "/revision/": ("coordinator", "?q=zzz"),
    "/revision/propuestas/": ("coordinator", ""),
    "/recordatorios/": ("coordinator", "?q=zzz"),
    "/recordatorios/enviados/": ("coordinator", "?q=zzz"),
    "/papeles/": ("coordinator", ""),
    "/mi-trabajo/": ("focal point", ""),
    "/mi-trabajo/proponer/": ("focal point", ""),
    "/mi-trabajo/recordatorios/": ("focal point", ""),
    "/avisos/": ("focal point", ""),
    "/administracion/nombramientos/": ("administrator", "?q=zzz"),
    "/administracion/personas/": ("administrator", "?q=zzz"),
    "/administracion/dependencias/": ("administrator", "?q=zzz"),
}
# What leads back from filters that leave nothing.
TAKE_AWAY = ("Remove all filters", "The whole queue")
EMPTY = re.compile(r'<div class="edn-empty">(.*?)</div>', re.DOTALL)


def said_of_nothing(client, where):
    """The paragraphs of what a page says where it lists nothing."""
    page = client.get(f"/en{where}")
    assert page.status_code == 200
    return [
        [
            " ".join(html.unescape(re.sub(r"<[^>]*>", "", part)).split())
            for part in re.findall(r"<p[^>]*>(.*?)</p>", box)
        ]
        for box in EMPTY.findall(page.text)
    ]


@pytest.fixture
def people(db):
    """One of each role and nothing else."""
    found = {kind: make_user(kind, kind) for kind in ("coordinator", "administrator")}
    found["focal point"] = make_user("focal point")
    appoint(found["focal point"], make_agency("9", "SCT"), since=clock.today())
    return found


def test_a_list_of_nothing_says_why_and_what_to_do(people, client):
    """Its own people and agency are what some lists hold: those say it only where filters leave nothing."""
    held = {"/dependencias/", *(where for where in LISTS if where.startswith("/administracion/"))}
    silent, hasty, mute = set(), set(), set()
    for where, (person, filters) in LISTS.items():
        client.logout()
        if person != "anonymous":
            client.force_login(User.objects.get(pk=people[person].pk))
        plain = said_of_nothing(client, where)
        if where not in held and not (plain and all(len(box) > 1 for box in plain)):
            silent.add(where)
        if any(set(TAKE_AWAY) & set(box) for box in plain):
            hasty.add(where)
        if filters and not all(set(TAKE_AWAY) & set(box) for box in said_of_nothing(client, where + filters) or [[]]):
            mute.add(where)
    assert (silent, hasty, mute) == (set(), set(), set())
