"""What changed since a day: exactly the ledger's public events of the part that is asked about, however they are counted together."""

import json
from contextlib import suppress
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from focalpoints import clock
from focalpoints.models import Agency, Entry
from focalpoints.workflow import NotPossible
from principles.models import Objective, Pillar, Principle
from projects import actions
from projects.models import Activity, Commitment, Project
from projects.reading import changes
from projects.reading.changes import Scope, changes_in, like_events, scope_of
from tests.dates import ask
from tests.examples import examples
from tests.projects.light.test_rule import undone
from tests.projects.test_invariant import PLACE, STEPS, Office

pytestmark = pytest.mark.django_db
# By hand: what histories tell in public.
PUBLIC = {"project", "commitment", "task", "follow-up", "request", "assessment", "light-rule"}


def told(scope, since, until):
    """The numbers of all entries that the pages tell, page after page, with those that they count opened."""
    found, until_page = [], until
    while until_page:
        page = changes_in(scope, since, until_page)
        for day in page.days:
            by_line = [opened(scope, day, line) for line in day.lines]
            numbers = [seq for line in by_line for seq in line]
            assert len(numbers) == day.count
            latest = [number(line.event) for line in day.lines]
            assert latest == sorted(latest, reverse=True)
            assert [max(line) for line in by_line] == latest
            found += numbers
        assert page.earlier is None or since <= page.earlier < page.first
        until_page = page.earlier
    assert len(found) == len(set(found))
    return sorted(found)


def opened(scope, day, line):
    if not line.like:
        assert clock.day_of(line.event.at) == day.on
        return [number(line.event)]
    kind, verb = line.like.split(".")
    found = []
    for page in range(1, 100):
        shown = like_events(scope, day.on, kind, verb, str(page))
        found += map(number, shown.rows)
        if not shown.has_next:
            break
    assert len(found) == line.count > changes.TOLD
    return found


def number(event):
    return int(event.folio.split("-")[1])


def oracle(scope, since, until):
    """The same, read from the texts as a stranger would, one entry after the other."""
    entries = list(Entry.objects.order_by("seq").values_list("seq", "at", "text"))
    said = [(seq, clock.day_of(at), json.loads(text)) for seq, at, text in entries]
    project_of, agencies_of, doer_of = {}, {}, {}
    for _seq, _day, text in said:
        of_commitment = text if text["type"] == "commitment" else text["dossier_after"]
        if of_commitment and text["dossier"].startswith("commitment:"):
            code = text["dossier"].removeprefix("commitment:")
            project_of[code], agencies_of[code] = of_commitment["codes"]["project"], of_commitment["agencies"]
        if text["type"] == "task":
            doer_of[text["subject"]] = text["agencies"]
        if text["type"] == "request" and "task" in text["codes"]:
            doer_of[text["codes"]["task"]] = [text["codes"]["task_agency"]]
    of_objective = set(Project.objects.filter(objective__number=1).values_list("slug", flat=True))
    of_principle = set(Project.objects.filter(activities__principle__number=1).values_list("slug", flat=True))

    def belongs(text):
        code = text["dossier"].removeprefix("commitment:") if text["dossier"].startswith("commitment:") else None
        project = project_of.get(code) or (text["subject"] if text["type"] == "project" else None)
        match scope.kind:
            case "":
                return True
            case "commitment":
                return code == scope.row.code
            case "project":
                return project == scope.row.slug
            case "objective":
                return project in of_objective or text["codes"].get("objective") == "1"
            case "principle":
                return project in of_principle
            case "agency":
                key = scope.row.key
                match text["type"]:
                    case "task":
                        return doer_of[text["subject"]] == [key]
                    case "follow-up" | "request":
                        return text["agencies"] == [key]
                    case "commitment" | "assessment":
                        return key in agencies_of.get(code, [])
                return False
        raise AssertionError(scope.kind)

    return [seq for seq, day, text in said if text["type"] in PUBLIC and since <= day <= until and belongs(text)]


def parts():
    yield Scope()
    for row in Commitment.objects.all():
        yield scope_of("commitment", row.code)
    for row in Project.objects.all():
        yield scope_of("project", row.slug)
    for row in Agency.objects.all():
        yield scope_of("agency", row.key)
    yield scope_of("objective", 1)
    yield scope_of("principle", 1)


@pytest.mark.once
@settings(max_examples=examples(8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(STEPS, st.tuples(st.just("wait"), PLACE, st.integers(5, 40), st.just(False))), min_size=4, max_size=12
    ),
    st.integers(0, 60),
)
@example([("define", 0, 60, False), ("wait", 0, 30, False), ("accept", 0, 50, False), ("wait", 0, 20, False)], 60)
def test_what_changed_is_what_the_ledger_tells(cast, monkeypatch, steps, back):
    monkeypatch.setattr(changes, "LINES", 3)
    monkeypatch.setattr(changes, "DAYS", 7)
    with undone():
        told_since(cast, steps, back)


def told_since(cast, steps, back):
    objective = Objective.objects.create(number=1, title_es="Objetivo")
    pillar = Pillar.objects.create(number=1, title_es="Pilar")
    principle = Principle.objects.create(number=1, pillar=pillar, title_es="Principio", short_es="Principio")
    now, other = clock.now(), {"slug": "otro", "title": "Otro", "kind": "programme", "objective": objective}
    plan = actions.create_project(by=cast["coordinator"], **other)
    Activity.objects.create(principle=principle, project=plan, order=1, as_printed="Actividad")
    office = Office(cast)
    for verb, place, more, is_approved in steps:
        with clock.at(now + timedelta(days=office.days)), suppress(NotPossible, PermissionDenied):
            office.do(verb, place, more)
            if is_approved:
                office.do("approve", 0, 0)
    with clock.at(now + timedelta(days=office.days)):
        by, reasons = cast["second coordinator"], "Por lo que consta."
        actions.assess_objective(objective, by=by, seen=0, verdict="concern", reasons=reasons)
        ask(cast, cast.commitment)
        until = clock.today()
        since = until - timedelta(days=back)
        for scope in parts():
            assert told(scope, since, until) == oracle(scope, since, until), scope
            ever = oracle(scope, date.min, until)
            kept = (
                Entry.objects.filter(pk__in=ever).exclude(verb="recount").order_by("-pk").values_list("pk", flat=True)
            )
            assert [entry.pk for entry in scope.latest(5)] == list(kept[:5]), scope
