"""The verbs on due dates: role × state × verb against a table written by hand, and their rules."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import override

from focalpoints import clock
from focalpoints.actions import ensure_system
from focalpoints.ledger.verification import verify
from focalpoints.models import Entry
from focalpoints.workflow import NotPossible, Stale, open_verbs
from projects import actions
from projects.models import Commitment, Evidence, Request, Task
from tests.cast import SIGNED_IN, appoint, make_user
from tests.dates import ahead, ask
from tests.deciding import cancelled, corrected, first_dated, redacted


@pytest.fixture(autouse=True)
def in_english():
    """Refusals are matched by their msgids."""
    with override("en"):
        yield


@pytest.fixture
def cast(cast):
    """With somebody who is a coordinator and a focal point of SCT at once."""
    cast.people["both"] = make_user("both", "coordinator")
    appoint(cast.people["both"], cast.sct, "alternate")
    return cast


def change_in(cast, state, item=None):
    change = ask(cast, item)
    match state:
        case "withdrawn":
            actions.withdraw_request(change, by=cast["focal point"])
        case "approved":
            actions.approve_request(change, by=cast["coordinator"], revision=change.revision)
        case "rejected":
            actions.reject_request(change, by=cast["coordinator"], revision=change.revision, comment="Falta el acta.")
    return change


def carry_out(verb, change, by):
    match verb:
        case "withdraw":
            return actions.withdraw_request(change, by=by)
        case "approve":
            return actions.approve_request(change, by=by, revision=change.revision)
        case "reject":
            return actions.reject_request(change, by=by, revision=change.revision, comment="Falta el acta.")


ROLES = (*SIGNED_IN, "both")
LEGAL = {  # by hand, on purpose
    ("focal point", "requested", "withdraw"): "withdrawn",
    ("alternate", "requested", "withdraw"): "withdrawn",
    ("coordinator", "requested", "approve"): "approved",
    ("coordinator", "requested", "reject"): "rejected",
    # Of a request that their colleague sent.
    ("both", "requested", "withdraw"): "withdrawn",
    ("both", "requested", "approve"): "approved",
    ("both", "requested", "reject"): "rejected",
}


@pytest.mark.once
@pytest.mark.parametrize("verb", ["withdraw", "approve", "reject"])
@pytest.mark.parametrize("state", ["requested", "approved", "rejected", "withdrawn"])
@pytest.mark.parametrize("role", ROLES)
def test_a_request_moves_only_where_the_table_says_so(cast, role, state, verb):
    change, by = change_in(cast, state), cast[role]
    before, target = Entry.objects.count(), LEGAL.get((role, state, verb))
    assert (verb in open_verbs(by, change)) is (target is not None)
    if target:
        entry = carry_out(verb, change, by)
        assert (entry.verb, entry.state, Entry.objects.count()) == (verb, target, before + 1)
        assert (entry.subject_type, entry.dossier) == ("request", cast.commitment.dossier)
    else:
        with pytest.raises((PermissionDenied, NotPossible)):
            carry_out(verb, change, by)
        assert Entry.objects.count() == before
    assert Request.objects.get().state == (target or state)


def of_sep(cast, **facts):
    return cast.another_commitment(agencies=[cast.sep], **{"due": ahead(90), **facts})


ITEMS = {
    "task": lambda cast: cast.task(),
    "undated task": lambda cast: cast.task(due=None),
    "proposed task": lambda cast: cast.task("proposed"),
    "cancelled task": lambda cast: cast.task("cancelled"),
    "fulfilled task": lambda cast: cast.follow_up("accepted", progress=100).task,
    "task with a request": lambda cast: ask(cast).task,
    "commitment": lambda cast: cast.commitment,
    "undated commitment": lambda cast: cast.another_commitment(),
    "commitment with a request": lambda cast: ask(cast, cast.commitment, 120).commitment,
    "commitment of nobody": lambda cast: cast.another_commitment(binds="none published", due=ahead(30)),
    "commitment of all": lambda cast: cast.another_commitment(binds="all", due=ahead(30)),
    "undated commitment of all": lambda cast: cast.another_commitment(binds="all"),
    "other agency's task": lambda cast: cast.task(agency=cast.sep, commitment=of_sep(cast)),
    "other agency's undated task": lambda cast: cast.task(agency=cast.sep, commitment=of_sep(cast), due=None),
    "other agency's commitment": lambda cast: of_sep(cast),
    "other agency's undated commitment": lambda cast: of_sep(cast, due=None),
}
BEGINS = {  # by hand: who begins which change of the date of what
    ("focal point", "task"): ["ask_date"],
    ("alternate", "task"): ["ask_date"],
    ("focal point", "commitment"): ["ask_date"],
    ("alternate", "commitment"): ["ask_date"],
    ("coordinator", "task"): ["ask_correction"],
    ("coordinator", "undated task"): ["ask_first_date"],
    ("coordinator", "proposed task"): ["ask_correction"],
    ("coordinator", "fulfilled task"): ["ask_correction"],
    ("coordinator", "commitment"): ["ask_correction"],
    ("coordinator", "undated commitment"): ["ask_first_date"],
    ("coordinator", "commitment of nobody"): ["ask_correction"],
    ("focal point", "commitment of all"): ["ask_date"],
    ("alternate", "commitment of all"): ["ask_date"],
    ("other agency", "commitment of all"): ["ask_date"],
    ("coordinator", "commitment of all"): ["ask_correction"],
    ("coordinator", "undated commitment of all"): ["ask_first_date"],
    ("other agency", "other agency's task"): ["ask_date"],
    ("other agency", "other agency's commitment"): ["ask_date"],
    ("coordinator", "other agency's task"): ["ask_correction"],
    ("coordinator", "other agency's undated task"): ["ask_first_date"],
    ("coordinator", "other agency's commitment"): ["ask_correction"],
    ("coordinator", "other agency's undated commitment"): ["ask_first_date"],
    # Nobody asks in the office's name for the date of their own agency.
    ("both", "task"): ["ask_date"],
    ("both", "commitment"): ["ask_date"],
    ("both", "commitment of all"): ["ask_date"],
    ("both", "commitment of nobody"): ["ask_correction"],
    ("both", "other agency's task"): ["ask_correction"],
    ("both", "other agency's undated task"): ["ask_first_date"],
    ("both", "other agency's commitment"): ["ask_correction"],
    ("both", "other agency's undated commitment"): ["ask_first_date"],
}


# The last is the portal's own.
BEGINNINGS = {"ask_date", "ask_first_date", "ask_correction", "set_date"}


@pytest.mark.once
@pytest.mark.parametrize("what", ITEMS)
@pytest.mark.parametrize("role", [*ROLES, "anonymous"])
def test_a_change_begins_only_where_the_table_says_so(cast, role, what):
    item, by = ITEMS[what](cast), cast[role]
    item.refresh_from_db()
    may = BEGINS.get((role, what), [])
    assert [verb for verb in open_verbs(by, item) if verb in BEGINNINGS] == may
    begins = {
        "ask_date": lambda: actions.request_date(item, by=by, to_due=ahead(80), category="legal", reason="Amparo."),
        "ask_first_date": lambda: actions.ask_first_date(item, by=by, due=ahead(20), category="legal", reason="DOF."),
        "ask_correction": lambda: actions.ask_correction(
            item, by=by, revision=item.revision, due=ahead(70), category="capture", reason="Error de dedo."
        ),
        "set_date": lambda: actions.set_first_date(item, by=by, due=ahead(20), reason="DOF."),
    }
    before = Entry.objects.count()
    for verb in begins.keys() - set(may):
        with pytest.raises((PermissionDenied, NotPossible)):
            begins[verb]()
        assert Entry.objects.count() == before
    for verb in may:
        begins[verb]()
        assert Entry.objects.latest("seq").verb == verb
    assert Entry.objects.count() == before + len(may)


def test_nobody_decides_their_own_even_who_is_both(cast):
    change = ask(cast, by="both")
    for verb in ("approve", "reject"):
        assert verb not in open_verbs(cast["both"], change)
        with pytest.raises(PermissionDenied):
            carry_out(verb, change, cast["both"])
    with pytest.raises(IntegrityError, match="nobody_decides_their_own"), transaction.atomic():
        Request.objects.update(state="approved", decided_by=cast["both"], decided_at=clock.now())
    actions.approve_request(change, by=cast["coordinator"], revision=change.revision)


def test_an_approved_move_slips_and_keeps_the_first_date(cast):
    task = cast.task()
    first = task.due
    change = ask(cast, task, 75)
    actions.approve_request(change, by=cast["coordinator"], revision=change.revision, comment="De acuerdo.")
    task.refresh_from_db()
    assert (task.due, task.light_due, task.baseline_due) == (ahead(75), ahead(75), first)
    assert (task.moves, task.slippage_days) == (1, 15)
    second = ask(cast, task, 70)
    actions.approve_request(second, by=cast["coordinator"], revision=second.revision)
    task.refresh_from_db()
    assert (task.moves, task.slippage_days, second.code) == (2, 10, f"{task.code}-R2")
    assert task.slippage_days == sum(change.days for change in task.requests.moves())
    assert verify().is_intact


def test_waited_days_stay_given_back(cast):
    task = cast.task()
    Task.objects.filter(pk=task.pk).update(waited_days=4, light_due=task.due + timedelta(days=4))
    change = ask(cast, task, 75)
    actions.approve_request(change, by=cast["coordinator"], revision=0)
    task.refresh_from_db()
    assert (task.due, task.light_due) == (ahead(75), ahead(79))


def test_approving_late_keeps_the_days_it_was_late(cast):
    task = cast.task(due=ahead(-10))
    change = ask(cast, task, 30)
    entry = actions.approve_request(change, by=cast["coordinator"], revision=0)
    assert Request.objects.get().days_late == 10
    assert '"days_late":10' in entry.text


def test_a_request_decided_after_the_asked_day_still_says_what_it_was(cast):
    change = ask(cast)
    with clock.at(clock.now() + timedelta(days=100)):
        actions.approve_request(change, by=cast["coordinator"], revision=0)
        task = Task.objects.get()
        assert (Request.objects.get().days_late, task.slippage_days) == (40, 15)
        assert Task.objects.with_light(clock.today()).get().light == "late"


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "must be after today"),
        (-1, "must be after today"),
        (60, "the date it has now"),
        (20, "before the start"),
        (4000, "Check the year"),
    ],
)
def test_a_date_that_cannot_be_asked_for(cast, days, said):
    task = cast.task(starts=ahead(30))
    with pytest.raises(NotPossible, match=said):
        ask(cast, task, days)
    assert not Request.objects.exists()


def test_a_reason_and_a_known_category_are_needed(cast):
    with pytest.raises(NotPossible, match="Say why"):
        ask(cast, reason=" \n")
    with pytest.raises(ValueError, match="boredom"):
        ask(cast, category="boredom")
    change = ask(cast)
    with pytest.raises(NotPossible, match="Say why it is not approved"):
        actions.reject_request(change, by=cast["coordinator"], revision=0, comment=" ")


def test_a_task_takes_its_commitment_along(cast):
    task = cast.task()
    change = ask(cast, task, 130)
    assert (change.commitment_from, change.commitment_to, change.commitment_days) == (ahead(90), ahead(130), 40)
    actions.approve_request(change, by=cast["coordinator"], revision=0)
    commitment = Commitment.objects.get()
    assert (commitment.due, commitment.baseline_due, commitment.light_due) == (ahead(130), ahead(90), ahead(130))
    assert (commitment.moves, commitment.slippage_days) == (1, 40)
    assert Task.objects.get().slippage_days == 70


@pytest.mark.parametrize("facts", [{"due": None}, {"due": True, "recurrence": "quarterly"}])
def test_nothing_bounds_where_there_is_no_date_or_each_period_has_a_task(cast, facts):
    due = ahead(90) if facts.pop("due") else None
    commitment = cast.another_commitment(due=due, **facts)
    change = ask(cast, cast.task(commitment=commitment), 200)
    assert (change.commitment_from, change.commitment_to) == (None, None)


def test_a_commitment_is_not_brought_forward_past_its_tasks(cast):
    late, early = cast.task(due=ahead(80)), cast.task(due=ahead(40))
    cast.follow_up("accepted", progress=100, task=cast.task(due=ahead(85)))
    cast.task("cancelled", due=ahead(86))
    with pytest.raises(NotPossible, match=f"1 task falls due later .* {late.code} "):
        ask(cast, cast.commitment, 60)
    change = ask(cast, cast.commitment, 82)
    actions.approve_request(change, by=cast["coordinator"], revision=0)
    cast.commitment.refresh_from_db()
    assert (cast.commitment.moves, cast.commitment.slippage_days) == (1, -8)
    assert early.due < cast.commitment.due


def test_a_task_that_moved_meanwhile_keeps_its_commitment_from_coming_forward(cast):
    task = cast.task()
    change = ask(cast, cast.commitment, 62)
    moved = ask(cast, task, 70)
    actions.approve_request(moved, by=cast["coordinator"], revision=0)
    assert "approve" not in open_verbs(cast["coordinator"], change)
    with pytest.raises(NotPossible, match="would outlive it"):
        actions.approve_request(change, by=cast["coordinator"], revision=0)


@pytest.mark.parametrize("define", ["define_task", "propose_task", "define_task_for_all"])
def test_no_task_is_born_outliving_its_commitment(cast, define):
    commitment = cast.another_commitment(binds="all", due=ahead(90))
    facts = {"title": "Tarde", "due": ahead(91)}
    facts |= {} if define == "define_task_for_all" else {"agency": cast.sct}
    by = cast["focal point" if define == "propose_task" else "coordinator"]
    with pytest.raises(NotPossible, match="cannot outlive its commitment"):
        getattr(actions, define)(commitment, by=by, **facts)
    getattr(actions, define)(commitment, by=by, **facts | {"due": ahead(90)})


def test_a_request_is_said_anew_when_its_commitment_moved(cast):
    """Two tasks ask for more than their commitment has: the second's press is stale, its next one goes through."""
    first, second = ask(cast, cast.task(), 120), ask(cast, cast.task(), 150)
    actions.approve_request(first, by=cast["coordinator"], revision=0)
    with pytest.raises(Stale):
        actions.approve_request(second, by=cast["coordinator"], revision=0)
    second.refresh_from_db()
    assert (second.commitment_from, second.commitment_to) == (ahead(120), ahead(150))
    actions.approve_request(second, by=cast["coordinator"], revision=second.revision)
    cast.commitment.refresh_from_db()
    assert (cast.commitment.moves, cast.commitment.slippage_days) == (2, 60)


def test_a_request_takes_nothing_along_once_its_commitment_lasts_long_enough(cast):
    request = ask(cast, cast.task(), 120)
    of_commitment = ask(cast, cast.commitment, 180)
    actions.approve_request(of_commitment, by=cast["coordinator"], revision=0)
    request.refresh_from_db()
    assert (request.commitment_from, request.commitment_to) == (None, None)


def test_a_date_that_changed_meanwhile_is_asked_for_again(cast):
    of_commitment, of_task = ask(cast, cast.commitment, 100), ask(cast, cast.task(), 120)
    actions.approve_request(of_task, by=cast["coordinator"], revision=0)
    assert "approve" not in open_verbs(cast["coordinator"], Request.objects.get(pk=of_commitment.pk))
    with pytest.raises(NotPossible, match="changed after this was asked"):
        actions.approve_request(of_commitment, by=cast["coordinator"], revision=0)
    actions.reject_request(of_commitment, by=cast["coordinator"], revision=0, comment="Ya se movió.")


def recur(cast, commitment, recurrence, month=None):
    """Only the reference data may: whether it recurs decides how it counts."""
    commitment.refresh_from_db()
    actions.correct_commitment(
        commitment, by=ensure_system(), revision=commitment.revision, recurrence=recurrence, recurrence_month=month
    )


def test_a_commitment_that_no_longer_recurs_leaves_no_task_behind(cast):
    commitment = cast.another_commitment(due=ahead(30), recurrence="quarterly")
    later, last = (cast.task(commitment=commitment, due=ahead(days)) for days in (100, 200))
    cast.task(commitment=commitment, due=ahead(30))
    cast.task("cancelled", commitment=commitment, due=ahead(300))
    named = rf"2 tasks fall due after .*: {last.code} \([^)]*\), {later.code} \([^)]*\)\. Bring them forward"
    with pytest.raises(NotPossible, match=named):
        recur(cast, commitment, "")
    recur(cast, commitment, "yearly", 12)
    cancelled(cast, last)
    corrected(cast, later, ahead(30), "Decía 12.")
    recur(cast, commitment, "")


def test_an_undated_commitment_bounds_nothing_when_it_no_longer_recurs(cast):
    commitment = cast.another_commitment(recurrence="quarterly")
    cast.task(commitment=commitment)
    recur(cast, commitment, "")


def test_a_request_is_said_anew_when_its_commitment_recurs_or_no_longer_does(cast):
    """Its approval never takes a task beyond its commitment, nor moves one that bounds nothing."""
    commitment = cast.another_commitment(due=ahead(30))
    change = ask(cast, cast.task(commitment=commitment, due=ahead(20)), 60)
    for recurrence, along in (("quarterly", None), ("", ahead(60)), ("quarterly", None), ("", ahead(60))):
        recur(cast, commitment, recurrence)
        before = change.revision
        change.refresh_from_db()
        assert (change.commitment_to, change.revision) == (along, before + 1)
        with pytest.raises(Stale):
            actions.approve_request(change, by=cast["coordinator"], revision=before)
        change.refresh_from_db()
    actions.approve_request(change, by=cast["coordinator"], revision=change.revision)
    commitment.refresh_from_db()
    assert (commitment.due, commitment.moves) == (ahead(60), 1)


def test_whom_the_commitment_no_longer_binds_gets_no_new_date_of_it(cast):
    commitment = cast.another_commitment(agencies=[cast.sct, cast.sep], due=ahead(90))
    own, of_task = ask(cast, commitment, 120), ask(cast, cast.task(commitment=commitment), 80)
    commitment.refresh_from_db()
    actions.correct_commitment(
        commitment, by=ensure_system(), revision=commitment.revision, binds="named", agencies=[cast.sep]
    )
    assert open_verbs(cast["coordinator"], Request.objects.get(pk=own.pk)) == ["reject"]
    with pytest.raises(NotPossible, match="no longer answers for it"):
        actions.approve_request(own, by=cast["coordinator"], revision=own.revision)
    actions.reject_request(own, by=cast["coordinator"], revision=own.revision, comment="Ya no responde por él.")
    of_task.refresh_from_db()
    actions.approve_request(of_task, by=cast["coordinator"], revision=of_task.revision)


def test_what_was_fulfilled_meanwhile_no_longer_moves(cast):
    task = cast.task()
    change = ask(cast, task)
    cast.follow_up("accepted", task=task, progress=100)
    with pytest.raises(NotPossible, match="Nothing of it is open"):
        actions.approve_request(change, by=cast["coordinator"], revision=0)
    actions.withdraw_request(change, by=cast["focal point"])


def test_what_was_asked_is_answered_before_its_subject_ends_or_passes_on(cast):
    commitment = cast.another_commitment(binds="all", due=ahead(90))
    task = cast.task(commitment=commitment)
    ask(cast, task), ask(cast, commitment, 120)
    coordinator = cast["coordinator"]
    for refused in (
        lambda: actions.cancel_task(task, by=coordinator, reason="Ya no."),
        lambda: actions.ask_cancellation(task, by=coordinator, category="legal", reason="Ya no."),
        lambda: actions.assign_task(task, by=coordinator, revision=task.revision, agency=cast.sep),
        lambda: actions.ask_withdrawal(commitment, by=coordinator, category="legal", reason="Ya no."),
    ):
        with pytest.raises(NotPossible, match="A request about it"):
            refused()


def test_the_same_form_twice_asks_once(cast):
    task, key = cast.task(), uuid4()
    assert ask(cast, task, form_key=key) == ask(cast, task, form_key=key)
    assert Entry.objects.filter(verb="ask_date").count() == 1


def test_who_acts_for_several_says_in_whose_name(cast):
    commitment = cast.another_commitment(agencies=[cast.sct, cast.sep], due=ahead(90))
    appoint(cast["focal point"], cast.sep, "alternate")
    with pytest.raises(NotPossible, match="on behalf of which"):
        ask(cast, commitment, 120)
    with pytest.raises(PermissionDenied):
        ask(cast, commitment, 120, agency=cast.cedn)
    assert ask(cast, commitment, 120, agency=cast.sep).agency == cast.sep


def upload(name="oficio.pdf", text=b"%PDF-1.7\n%%EOF\n"):
    return SimpleUploadedFile(name, text, "application/pdf")


def files_in(folder):
    return {path for path in folder.rglob("*") if path.is_file()}


def test_a_request_brings_its_proofs(cast, evidence_folder):
    before = files_in(evidence_folder)
    change = ask(cast, files=[upload(), upload("copia.pdf")], links=[("https://www.gob.mx/acta", "Acta")])
    assert [(proof.title, proof.url) for proof in change.evidence.all()] == [
        ("oficio.pdf", ""), ("Acta", "https://www.gob.mx/acta")
    ]  # fmt: skip
    assert len(files_in(evidence_folder) - before) == 1
    proofs = Evidence.objects.filter(request=change)
    readers = {role: proofs.visible_to(cast[role]).count() for role in (*ROLES, "anonymous")}
    assert readers == {
        "focal point": 2, "alternate": 2, "head": 0, "former focal point": 0, "coordinator": 2, "other agency": 0,
        "administrator": 0, "outsider": 0, "both": 2, "anonymous": 0,
    }  # fmt: skip
    actions.approve_request(change, by=cast["coordinator"], revision=0)
    assert proofs.visible_to(cast["anonymous"]).count() == 2
    entry = Entry.objects.get(verb="ask_date")
    assert '"evidence":2' in entry.text
    assert "licitación" not in entry.text
    assert "licitación" in entry.annex.content


def test_a_refused_request_leaves_no_file(cast, evidence_folder):
    before = files_in(evidence_folder)
    with pytest.raises(NotPossible):
        ask(cast, days=0, files=[upload()])
    key, task = uuid4(), cast.task()
    ask(cast, task, files=[upload()], form_key=key), ask(cast, task, files=[upload()], form_key=key)
    assert len(files_in(evidence_folder) - before) == 1
    with pytest.raises(NotPossible, match="up to 10"):
        ask(cast, links=[(f"https://gob.mx/{n}", "") for n in range(11)])


def test_proofs_of_a_request_are_redacted_and_not_removed(cast):
    change = ask(cast, files=[upload()])
    proof = change.evidence.get()
    with pytest.raises(NotPossible, match="stays"):
        actions.remove_evidence(proof, by=cast["focal point"])
    entry = redacted(cast, proof, "LGTAIP 116")
    assert (entry.subject_type, entry.subject, entry.verb) == ("request", change.code, "redact")
    assert Entry.objects.get(verb="ask_date").annex.is_redacted
    assert verify().is_intact


@pytest.mark.parametrize("make", [lambda cast: cast.task(due=None), lambda cast: cast.another_commitment()])
def test_a_first_date_becomes_the_baseline_and_slips_nothing(cast, make):
    item = make(cast)
    change = first_dated(cast, item, ahead(50), "DOF 1/10/2018.")
    item.refresh_from_db()
    assert (item.due, item.baseline_due, item.light_due) == (ahead(50),) * 3
    assert (item.moves, item.slippage_days, change.days) == (0, 0, None)
    assert (change.kind, change.state, change.agency) == ("first date", "approved", None)
    assert not Request.objects.moves().exists()


def test_a_corrected_capture_leaves_the_first_date_and_slips_nothing(cast):
    task = cast.task()
    with pytest.raises(Stale):
        actions.ask_correction(
            task, by=cast["coordinator"], revision=99, due=ahead(55), category="capture", reason="Decía 9."
        )
    corrected(cast, task, ahead(55), "Decía 9.")
    task.refresh_from_db()
    assert (task.due, task.baseline_due, task.light_due) == (ahead(55), ahead(60), ahead(55))
    assert (task.moves, task.slippage_days) == (0, 0)
    with pytest.raises(NotPossible, match="cannot outlive"):
        corrected(cast, task, ahead(95), "Decía 9.")
    with pytest.raises(NotPossible, match="would outlive it"):
        corrected(cast, cast.commitment, ahead(54), "Decía 9.")


def test_a_corrected_capture_of_what_is_fulfilled_says_anew_how_late_it_was(cast):
    commitment = cast.another_commitment()
    task = cast.follow_up("accepted", progress=100, task=cast.task(commitment=commitment)).task
    task.refresh_from_db()
    cast.find(commitment)
    corrected(cast, task, ahead(-3), "Decía 2019.")
    first_dated(cast, commitment, ahead(-2), "DOF.")
    task.refresh_from_db()
    commitment.refresh_from_db()
    assert (task.days_late, commitment.days_late) == (3, 2)


def test_an_undated_commitment_gets_no_date_before_its_tasks(cast):
    commitment = cast.another_commitment()
    task = cast.task(commitment=commitment)
    with pytest.raises(NotPossible, match=task.code):
        first_dated(cast, commitment, ahead(59), "DOF.")
    first_dated(cast, commitment, ahead(60), "DOF.")


@pytest.mark.parametrize("due", [date(1, 1, 1), date(1999, 12, 31), date(9999, 12, 31)])
def test_a_year_that_was_mistyped_is_refused_by_every_verb(cast, due):
    by, facts = cast["coordinator"], {"agency": cast.sct, "title": "Tarde", "due": due}
    dated, undated, of_all = cast.another_commitment(due=ahead(9)), cast.another_commitment(), of_all_agencies(cast)
    undated_task, task = (cast.task(commitment=undated, due=day) for day in (None, ahead(9)))
    for refused in (
        lambda: first_dated(cast, undated, due, "DOF."),
        lambda: first_dated(cast, undated_task, due, "DOF."),
        lambda: corrected(cast, dated, due, "Errata."),
        lambda: corrected(cast, task, due, "Errata."),
        lambda: actions.define_task(undated, by=by, **facts),
        lambda: actions.define_task(undated, by=by, **facts | {"starts": due, "due": None}),
        lambda: actions.define_task_for_all(of_all, by=by, title="Tarde", due=due),
        lambda: actions.propose_task(undated, by=cast["focal point"], **facts),
        lambda: cast.another_commitment(due=due),
    ):
        with pytest.raises(NotPossible, match="Check the year"):
            refused()


def of_all_agencies(cast):
    return cast.another_commitment(binds="all")


def test_no_other_verb_writes_a_date(cast):
    task = cast.task(due=None)
    for correct, item in ((actions.correct_task, task), (actions.correct_commitment, cast.commitment)):
        with pytest.raises(NotPossible, match="not overwritten along"):
            correct(item, by=cast["coordinator"], revision=item.revision, due=ahead(10))


def test_the_reader_of_a_request(cast):
    change = ask(cast, cast.task("confirmed"))
    proposal = cast.task("proposed", due=None)
    first_dated(cast, proposal, ahead(10), "Acordada.")
    seen = {role: Request.objects.visible_to(cast[role]).count() for role in (*ROLES, "anonymous")}
    assert seen == {
        "focal point": 2, "alternate": 2, "head": 1, "former focal point": 1, "coordinator": 2, "other agency": 1,
        "administrator": 1, "outsider": 1, "both": 2, "anonymous": 1,
    }  # fmt: skip
    read = {role: change in Request.objects.read_by(cast[role]) for role in (*ROLES, "anonymous")}
    assert [role for role in read if read[role]] == ["focal point", "alternate", "coordinator", "both"]
    assert '"title":""' in Entry.objects.get(verb="ask_first_date").text
