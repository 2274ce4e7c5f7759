"""The verbs on projects, commitments and tasks: role × state × verb against tables written by hand, and their rules."""

from datetime import date
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.utils.translation import override

from focalpoints import clock
from focalpoints.actions import close_agency, ensure_system
from focalpoints.models import Agency, Entry, User
from focalpoints.workflow import NotPossible, Stale, open_verbs
from projects import actions
from projects.models import Commitment, Project, Task
from projects.search.asking import found_of, found_of_each_kind, terms_of
from projects.search.documents import differences
from tests.cast import EVERYBODY, make_agency
from tests.dates import ahead
from tests.deciding import assigned, cancelled, rescoped, withdrawn


@pytest.fixture(autouse=True)
def in_english():
    """Refusals are matched by their msgids."""
    with override("en"):
        yield


TASK_STATES = ("proposed", "confirmed", "declined", "withdrawn", "cancelled", "replaced", "mistaken")
LEGAL = {  # by hand, on purpose
    ("coordinator", "proposed", "confirm"): "confirmed",
    ("coordinator", "proposed", "decline"): "declined",
    ("coordinator", "proposed", "correct"): "proposed",
    ("coordinator", "proposed", "assign"): "proposed",
    ("focal point", "proposed", "withdraw"): "withdrawn",
    ("alternate", "proposed", "withdraw"): "withdrawn",
    ("coordinator", "confirmed", "cancel"): "cancelled",
    ("coordinator", "confirmed", "undo"): "mistaken",
    ("coordinator", "confirmed", "correct"): "confirmed",
    ("coordinator", "confirmed", "assign"): "confirmed",
}
MOVES = ("confirm", "decline", "withdraw", "cancel", "undo")


def carry_out(verb, task, by, other):
    match verb:
        case "confirm":
            actions.confirm_task(task, by=by)
        case "decline":
            actions.decline_task(task, by=by, reason="Ya está en otra tarea.")
        case "withdraw":
            actions.withdraw_task(task, by=by, reason="La retiramos.")
        case "undo":
            actions.undo_task(task, by=by, reason="Se capturó dos veces.")
        case "cancel":
            actions.cancel_task(task, by=by, reason="Se cumplió por otra vía.")
        case "correct":
            actions.correct_task(task, by=by, revision=task.revision, title=task.title.upper())
        case "assign":
            actions.assign_task(task, by=by, revision=task.revision, agency=other)


@pytest.mark.once
@pytest.mark.parametrize("verb", [*MOVES, "correct", "assign"])
@pytest.mark.parametrize("state", TASK_STATES)
@pytest.mark.parametrize("role", EVERYBODY)
def test_a_task_moves_only_where_the_table_says_so(cast, role, state, verb):
    commitment = cast.another_commitment(binds="all")
    task, by = cast.task(state, commitment=commitment), cast[role]
    before = Entry.objects.count()
    target = LEGAL.get((role, state, verb))
    if verb in MOVES:
        assert (verb in open_verbs(by, task)) is (target is not None)
    if target:
        carry_out(verb, task, by, cast.sep)
        entry = Entry.objects.latest("seq")
        assert (entry.verb, entry.subject, entry.office, Entry.objects.count()) == (verb, task.code, "CEDN", before + 1)
        assert entry.dossier == commitment.dossier
    else:
        with pytest.raises((PermissionDenied, NotPossible)):
            carry_out(verb, task, by, cast.sep)
        assert Entry.objects.count() == before
    assert Task.objects.get(pk=task.pk).state == (target or state)


CATALOGUE = {  # who keeps projects and commitments: nobody but coordinators
    "focal point": False, "alternate": False, "head": False, "former focal point": False, "other agency": False,
    "coordinator": True, "administrator": False, "outsider": False, "anonymous": False,
}  # fmt: skip
WRITES = {
    "create project": lambda cast, by: actions.create_project(by=by, slug="otro", title="Otro", kind="policy"),
    "correct project": lambda cast, by: actions.correct_project(
        cast.project, by=by, revision=cast.project.revision, title="Otro"
    ),
    "cancel project": lambda cast, by: actions.cancel_project(
        Project.objects.get(slug="vacio"), by=by, revision=0, reason="Se fusionó."
    ),
    "create commitment": lambda cast, by: actions.create_commitment(
        by=by, project=cast.project, code="OTRO", title="Otro", binds="all"
    ),
    "correct commitment": lambda cast, by: actions.correct_commitment(cast.commitment, by=by, revision=0, source="DOF"),
    "ask scope": lambda cast, by: actions.ask_scope(
        cast.commitment, by=by, wanted={"title": "Otro"}, category="scope", reason="Decreto."
    ),
    "ask withdrawal": lambda cast, by: actions.ask_withdrawal(
        cast.commitment, by=by, category="legal", reason="Se retiró."
    ),
    "define": lambda cast, by: actions.define_task(cast.commitment, by=by, agency=cast.sct, title="Otra"),
    "define for all": lambda cast, by: actions.define_task_for_all(
        Commitment.objects.get(code="C1"), by=by, title="Para todas"
    ),
}


@pytest.mark.once
@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("role", EVERYBODY)
def test_coordinators_alone_keep_projects_and_commitments(cast, role, write):
    actions.create_project(by=cast["coordinator"], slug="vacio", title="Sin compromisos", kind="policy")
    cast.another_commitment(binds="all")
    before = Entry.objects.count()
    if CATALOGUE[role]:
        WRITES[write](cast, cast[role])
        made = 2 if write == "define for all" else 1  # SCT and SEP, not the office that reviews
        assert Entry.objects.count() == before + made
    else:
        with pytest.raises(PermissionDenied):
            WRITES[write](cast, cast[role])
        assert Entry.objects.count() == before


PROPOSES = {  # who proposes in the name of SCT, by whom the commitment binds
    "named": {"focal point", "alternate"},
    "all": {"focal point", "alternate"},
    "none published": set(),
}


@pytest.mark.parametrize("binds", PROPOSES)
@pytest.mark.parametrize("role", EVERYBODY)
def test_a_focal_point_proposes_for_their_own_agency(cast, role, binds):
    commitment = cast.another_commitment(binds=binds)
    by = cast[role]
    if role in PROPOSES[binds]:
        task = actions.propose_task(commitment, by=by, agency=cast.sct, title="Propuesta")
        entry = Entry.objects.latest("seq")
        assert (task.state, entry.verb, entry.office) == ("proposed", "propose", cast.sct.key)
        assert "Propuesta" not in entry.text  # a proposal's words are the agency's own
    else:
        with pytest.raises(PermissionDenied):
            actions.propose_task(commitment, by=by, agency=cast.sct, title="Propuesta")


def test_another_agency_proposes_for_itself_under_what_binds_all(cast):
    commitment = cast.another_commitment(binds="all")
    assert (
        actions.propose_task(commitment, by=cast["other agency"], agency=cast.sep, title="Nuestra").agency == cast.sep
    )


def test_a_proposal_counts_once_it_is_confirmed(cast):
    task = cast.task("proposed")
    cast.commitment.refresh_from_db()
    assert cast.commitment.tasks_total == 0
    actions.confirm_task(task, by=cast["coordinator"])
    cast.commitment.refresh_from_db()
    assert cast.commitment.tasks_total == 1
    assert task.title in Entry.objects.latest("seq").text


@pytest.mark.parametrize("verb", [actions.define_task, actions.propose_task])
def test_one_form_sent_twice_is_one_task(cast, verb):
    by = cast["coordinator" if verb is actions.define_task else "focal point"]
    form_key, before = uuid4(), Entry.objects.count()
    first = verb(cast.commitment, by=by, agency=cast.sct, title="Una", form_key=form_key)
    again = verb(cast.commitment, by=by, agency=cast.sct, title="Una", form_key=form_key)
    assert (first, Task.objects.count(), Entry.objects.count()) == (again, 1, before + 1)


def test_two_presses_at_once_define_one_task_for_each_agency(race, cast):
    commitment = cast.another_commitment(binds="all")
    by = cast["coordinator"]

    def press():
        return actions.define_task_for_all(commitment, by=User.objects.get(pk=by.pk), title="Cartera")

    outcomes = race(press, press)
    assert sorted(len(tasks) for tasks in outcomes) == [0, 2]
    assert commitment.tasks.count() == 2


def test_a_task_for_all_comes_once_to_each_agency_that_is_reviewed(cast):
    commitment = cast.another_commitment(binds="all")
    by = cast["coordinator"]
    closed = make_agency("99", "VIEJA", closed_on=date(2018, 1, 1))
    tasks = actions.define_task_for_all(commitment, by=by, title="Cartera", due=date(2018, 10, 31))
    assert [task.agency for task in tasks] == [cast.sct, cast.sep]
    assert not commitment.tasks.filter(agency__in=[closed, cast.cedn]).exists()
    new = make_agency("12", "SSA")
    assert [task.agency for task in actions.define_task_for_all(commitment, by=by, title="Cartera")] == [new]
    with pytest.raises(NotPossible, match="every agency"):
        actions.define_task_for_all(cast.commitment, by=by, title="Cartera")


@pytest.mark.parametrize("blank", ["", "  \n"])
def test_nothing_ends_without_a_reason(cast, blank):
    by = cast["coordinator"]
    proposed, confirmed, soon = cast.task("proposed"), cast.task(), cast.task(due=ahead(9))
    facts = {"by": by, "category": "legal", "reason": blank}
    commitment = cast.another_commitment()
    project = actions.create_project(by=by, slug="otro", title="Otro", kind="programme")
    before = Entry.objects.count()
    attempts = (
        lambda: actions.decline_task(proposed, by=by, reason=blank),
        lambda: actions.withdraw_task(proposed, by=cast["focal point"], reason=blank),
        lambda: actions.cancel_task(confirmed, by=by, reason=blank),
        lambda: actions.undo_task(confirmed, by=by, reason=blank),
        lambda: actions.ask_cancellation(soon, **facts),
        lambda: actions.ask_assignment(soon, agency=cast.sep, **facts),
        lambda: actions.ask_scope(commitment, wanted={"title": "Otro"}, **facts),
        lambda: actions.ask_withdrawal(commitment, **facts),
        lambda: actions.cancel_project(project, by=by, revision=0, reason=blank),
    )
    for attempt in attempts:
        with pytest.raises(NotPossible, match="Say why"):
            attempt()
    assert Entry.objects.count() == before


def test_a_commitment_ends_after_its_tasks_and_a_project_after_its_commitments(cast):
    by = cast["coordinator"]
    task, proposal = cast.task(), cast.task("proposed")
    follow_up = cast.follow_up("submitted", task=task)
    with pytest.raises(NotPossible, match="waits for review"):
        withdrawn(cast, cast.commitment)
    for ends in (lambda: actions.cancel_task(task, by=by, reason="Se retiró."), lambda: cancelled(cast, task)):
        with pytest.raises(NotPossible, match="waits for review"):
            ends()
    actions.return_(follow_up, by=by, revision=follow_up.revision, comment="Falta.")
    with pytest.raises(NotPossible, match="open tasks"):
        withdrawn(cast, cast.commitment)
    cancelled(cast, task)
    with pytest.raises(NotPossible, match=rf"proposed task \({proposal.code}\)"):
        withdrawn(cast, cast.commitment)
    actions.decline_task(proposal, by=by, reason="Se retiró.")
    with pytest.raises(NotPossible, match="active commitments"):
        actions.cancel_project(cast.project, by=by, revision=cast.project.revision, reason="Se retiró.")
    withdrawn(cast, cast.commitment)
    actions.cancel_project(cast.project, by=by, revision=cast.project.revision, reason="Se retiró.")
    cast.commitment.refresh_from_db()
    assert (cast.commitment.state, cast.commitment.withdrawn_on) == ("cancelled", clock.today())


def test_what_ended_takes_nothing_new(cast):
    by = cast["coordinator"]
    as_somebody_saw_it = Commitment.objects.get(pk=cast.commitment.pk)
    project_as_seen = Project.objects.get(pk=cast.project.pk)
    withdrawn(cast, cast.commitment, "Se retiró.")
    for commitment in (cast.commitment, as_somebody_saw_it):
        with pytest.raises(NotPossible, match="cancelled"):
            actions.define_task(commitment, by=by, agency=cast.sct, title="Tarde")
        with pytest.raises(NotPossible, match="cancelled"):
            actions.propose_task(commitment, by=cast["focal point"], agency=cast.sct, title="Tarde")
    actions.cancel_project(cast.project, by=by, revision=cast.project.revision, reason="Se retiró.")
    for project in (cast.project, project_as_seen):
        with pytest.raises(NotPossible, match="cancelled"):
            actions.create_commitment(by=by, project=project, code="TARDE", title="Tarde", binds="all")


def test_a_closed_agency_takes_no_task(cast):
    commitment = cast.another_commitment(binds="all")
    as_somebody_saw_it = make_agency("98", "CERRADA")
    agency = Agency.objects.get(key="98")
    close_agency(agency, by=cast["administrator"], revision=0, on=date(2018, 1, 1), reason="Decreto.")
    with pytest.raises(NotPossible, match="closed"):
        actions.define_task(commitment, by=cast["coordinator"], agency=as_somebody_saw_it, title="Tarde")


def test_a_proposal_is_confirmed_where_a_task_can_be_defined(cast):
    """A database from before closing waited for proposals may hold one of a closed agency."""
    by, commitment = cast["coordinator"], cast.another_commitment(agencies=[cast.sct, cast.sep])
    closed, unbound = (cast.task("proposed", commitment=commitment) for _ in range(2))
    Agency.objects.filter(pk=cast.sct.pk).update(closed_on=clock.today())
    with pytest.raises(NotPossible, match="is closed"):
        actions.confirm_task(closed, by=by)
    Agency.objects.filter(pk=cast.sct.pk).update(closed_on=None)
    rescoped(cast, commitment, agencies=[cast.sep.key])
    with pytest.raises(NotPossible, match="does not bind"):
        actions.confirm_task(unbound, by=by)
    closed.refresh_from_db()
    assert closed.state == "proposed"
    actions.assign_task(closed, by=by, revision=closed.revision, agency=cast.sep)
    actions.confirm_task(closed, by=by)
    assert (closed.state, closed.agency) == ("confirmed", cast.sep)


def test_a_task_is_for_an_agency_that_its_commitment_binds(cast):
    by = cast["coordinator"]
    with pytest.raises(NotPossible, match="does not bind"):
        actions.define_task(cast.commitment, by=by, agency=cast.sep, title="Ajena")
    task = cast.task()
    with pytest.raises(NotPossible, match="does not bind"):
        actions.assign_task(task, by=by, revision=task.revision, agency=cast.sep)
    unnamed = cast.another_commitment(binds="none published")
    assert actions.define_task(unnamed, by=by, agency=cast.sep, title="Medir").agency == cast.sep


def test_a_task_passes_on_when_nothing_is_in_hand(cast):
    by = cast["coordinator"]
    task = cast.task(commitment=cast.another_commitment(binds="all"))
    with pytest.raises(NotPossible, match="already this agency"):
        actions.assign_task(task, by=by, revision=task.revision, agency=cast.sct)
    draft = cast.follow_up("draft", task=task)
    with pytest.raises(NotPossible, match="unfinished follow-up"):
        actions.assign_task(task, by=by, revision=task.revision, agency=cast.sep)
    actions.submit(draft, by=cast["focal point"], revision=draft.revision)
    with pytest.raises(NotPossible, match="waits for review"):
        actions.assign_task(task, by=by, revision=task.revision, agency=cast.sep)
    actions.accept(draft, by=by, revision=draft.revision)
    with pytest.raises(NotPossible, match="a colleague decides"):
        actions.assign_task(task, by=by, revision=task.revision, agency=cast.sep)
    assigned(cast, task, cast.sep)
    draft.refresh_from_db()
    assert (Task.objects.get(pk=task.pk).agency, draft.agency) == (cast.sep, cast.sct)


def test_a_lost_race_writes_nothing(cast):
    by = cast["coordinator"]
    task = cast.task(commitment=cast.another_commitment(binds="all"))
    cases = (
        (actions.correct_task, task, {"title": task.title.upper()}),
        (actions.assign_task, task, {"agency": cast.sep}),
        (actions.correct_commitment, cast.commitment, {"source": "Segundo"}),
        (actions.ask_correction, cast.commitment, {"due": ahead(95), "category": "capture", "reason": "Segundo."}),
        (actions.correct_project, cast.project, {"title": "Segundo"}),
    )
    before = Entry.objects.count()
    for verb, row, changes in cases:
        with pytest.raises(Stale):
            verb(row, by=by, revision=row.revision + 1, **changes)
    assert Entry.objects.count() == before
    assert not Task.objects.exclude(title=task.title).exists()
    assert not Commitment.objects.filter(source="Segundo").exists()
    assert not Project.objects.filter(title="Segundo").exists()


def test_two_corrections_at_once_leave_one(race, cast):
    """The second is told, instead of silently undoing the first."""
    by = cast["coordinator"]
    seen = cast.commitment.revision

    def correct(source):
        row = Commitment.objects.get(pk=cast.commitment.pk)
        return lambda: actions.correct_commitment(row, by=User.objects.get(pk=by.pk), revision=seen, source=source)

    outcomes = race(correct("Primero"), correct("Segundo"))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType", "Stale"]
    assert Commitment.objects.get(pk=cast.commitment.pk).revision == seen + 1


def test_a_corrected_title_is_found_by_its_new_words(cast):
    by = cast["coordinator"]
    rescoped(cast, cast.commitment, title="Órbita Satelital")
    actions.correct_project(cast.project, by=by, revision=0, title="Conexión Única")
    found = {part.kind: [row.code for row in part.rows] for part in found_of_each_kind(terms_of("conexion unica"), by)}
    assert (found["commitment"], found["project"]) == (["MC-250K"], ["mexico-conectado"])
    assert [row.code for row in found_of(terms_of("orbita satelital conexion"), "commitment", by).rows] == ["MC-250K"]
    assert differences() == []


def test_codes_and_addresses_are_taken_once(cast):
    by = cast["coordinator"]
    with pytest.raises(NotPossible, match="is the code of “México Conectado: 250,000 sitios” already"):
        actions.create_commitment(by=by, project=cast.project, code="MC-250K", title="Otra", binds="all")
    with pytest.raises(NotPossible, match="is the address of “México Conectado” already"):
        actions.create_project(by=by, slug="mexico-conectado", title="Otro", kind="policy")


@pytest.mark.parametrize(
    ("there", "code", "is_taken"),
    [
        ("MC-250K", "MC-250K-T1", True),
        ("MC-250K", "MC-250K-T1-S2", True),
        ("MC-250K", "MC-250K-R3", True),
        ("TIC-T7", "TIC", True),
        ("TIC-T7-R1", "TIC", True),
        ("MC-250K", "TIC-T7", False),
        ("MC-250K", "MC-250K-T1B", False),
        ("MC-250K", "MC-250K-7", False),
        ("TIC-T7", "TIC-T", False),
        ("TIC-T7", "TIC-T71", False),
    ],
)
def test_no_commitment_is_called_like_a_task_a_follow_up_or_a_request_of_another(cast, there, code, is_taken):
    def create(code):
        return actions.create_commitment(
            by=cast["coordinator"], project=cast.project, code=code, title="Otra", binds="all"
        )

    if there != cast.commitment.code:
        create(there)
    if is_taken:
        with pytest.raises(NotPossible, match=f"Beside the commitment {there} it would be taken"):
            create(code)
    else:
        assert create(code).code == code


@pytest.mark.parametrize(("binds", "named"), [("named", False), ("all", True), ("none published", True)])
def test_agencies_are_named_if_and_only_if_the_commitment_names_them(cast, binds, named):
    agencies = [cast.sct] if named else []
    by = cast["coordinator"]
    with pytest.raises(NotPossible, match="if, and only if"):
        actions.create_commitment(by=by, project=cast.project, code="X", title="X", binds=binds, agencies=agencies)
    with pytest.raises(NotPossible, match="if, and only if"):
        rescoped(cast, cast.commitment, binds=binds, agencies=[agency.key for agency in agencies])


def test_what_a_fictional_person_proposes_is_fictional(cast):
    User.objects.filter(pk=cast["focal point"].pk).update(is_fictional=True)
    task = actions.propose_task(cast.commitment, by=cast["focal point"], agency=cast.sct, title="Inventada")
    assert task.is_fictional


START, DUE = date(2018, 10, 20), date(2018, 10, 19)
LATER = {"starts": date(2018, 10, 1)}
NEW = {"title": "Conectar", "starts": START, "due": DUE}
BEFORE_IT_STARTS = {
    "define": lambda cast, by: actions.define_task(cast.commitment, by=by, agency=cast.sct, **NEW),
    "propose": lambda cast, by: actions.propose_task(cast.commitment, by=cast["focal point"], agency=cast.sct, **NEW),
    "define for all": lambda cast, by: actions.define_task_for_all(cast.another_commitment(binds="all"), by=by, **NEW),
    "create": lambda cast, by: cast.another_commitment(starts=START, due=DUE),
}
CHANGED = ("correct", "ask_scope")
FROM_LATER_ON = {
    "scope of task": lambda cast, by, day: rescoped(cast, cast.task(due=DUE, **LATER), starts=day and day.isoformat()),
    "correct proposal": lambda cast, by, day: actions.correct_task(
        cast.task("proposed", due=DUE), by=by, revision=0, starts=day
    ),
    "scope of commitment": lambda cast, by, day: rescoped(
        cast, cast.another_commitment(due=DUE, **LATER), starts=day and day.isoformat()
    ),
    "reference data": lambda cast, by, day: actions.correct_commitment(
        cast.another_commitment(due=DUE), by=ensure_system(), revision=0, starts=day
    ),
}


@pytest.mark.parametrize("how", BEFORE_IT_STARTS)
def test_nothing_new_is_due_before_it_starts(cast, how):
    with pytest.raises(NotPossible, match="The due date comes before the start"):
        BEFORE_IT_STARTS[how](cast, cast["coordinator"])
    assert not Entry.objects.filter(text__contains="2018-10-20").exists()


@pytest.mark.parametrize("how", FROM_LATER_ON)
def test_no_start_is_corrected_to_after_the_due_date(cast, how):
    with pytest.raises(NotPossible, match="The start comes after the due date, 19/10/2018, which stays"):
        FROM_LATER_ON[how](cast, cast["coordinator"], START)
    assert not Entry.objects.filter(verb__in=CHANGED).exists()
    FROM_LATER_ON[how](cast, cast["coordinator"], DUE)
    FROM_LATER_ON[how](cast, cast["coordinator"], None)
    assert Entry.objects.filter(verb__in=CHANGED).count() == 2
