"""The ledger in words: every verb has them, and they never name a person."""

import json
import re
from datetime import timedelta

import pytest

from focalpoints import clock
from focalpoints.models import Entry, User
from focalpoints.workflow import VERBS
from projects import actions
from projects.reading.history import events, said_of_subject
from tests.cast import appoint
from tests.dates import ahead, ask
from tests.deciding import assigned, corrected, first_dated, redacted, rescoped

FOLIO = r"EDN-\d{6}-[0-9A-F]{8}"


def history_of(commitment):
    entries = list(Entry.objects.filed_under(commitment.dossier))
    return events(entries)


@pytest.fixture
def whole_story(cast):
    """Every verb that is filed under a commitment, once."""
    task = cast.task()
    returned = cast.follow_up("returned", task)
    actions.submit(returned, by=cast["alternate"], revision=returned.revision)
    actions.ask(returned, by=cast["coordinator"], revision=returned.revision, comment="¿Cuántos?")
    actions.answer(returned, by=cast["focal point"], text="Doce.")
    actions.accept(returned, by=cast["coordinator"], revision=returned.revision)
    redacted(cast, returned, "LFTAIP, art. 113")
    again = cast.follow_up("accepted", cast.task())
    actions.reopen_follow_up(again, by=cast["coordinator"], revision=again.revision, reason="Era de otra tarea.")
    cast.follow_up("withdrawn", cast.task())
    actions.correct_task(task, by=cast["coordinator"], revision=task.revision, title=task.title.upper())
    cast.task("cancelled")
    cast.task("declined")
    actions.confirm_task(cast.task("proposed"), by=cast["coordinator"])
    cast.commitment.refresh_from_db()
    actions.correct_commitment(
        cast.commitment, by=cast["coordinator"], revision=cast.commitment.revision, source="DOF 1/10/2018"
    )
    rescoped(cast, cast.commitment, agencies=[cast.sct.key, cast.sep.key])
    for state in ("withdrawn", "replaced", "mistaken"):
        cast.task(state)
    assigned(cast, cast.task(due=ahead(9)), cast.sep)
    moved = cast.task()
    actions.assign_task(moved, by=cast["coordinator"], revision=moved.revision, agency=cast.sep)
    for item in (task, cast.commitment):
        until = clock.today() + timedelta(days=30)
        actions.pause_reminders(item, by=cast["coordinator"], reason="Veda electoral.", until=until)
        actions.resume_reminders(item, by=cast["coordinator"])
    dates_change(cast)
    found = cast.find(cast.commitment, "concern")
    actions.answer_assessment(found, by=cast["focal point"], text="Se atenderá.")
    return cast


def dates_change(cast):
    by = cast["coordinator"]
    actions.withdraw_request(ask(cast), by=cast["focal point"])
    actions.reject_request(ask(cast), by=by, revision=0, comment="Falta el acta.")
    approved = ask(cast, links=[("https://www.gob.mx/acta", "Acta")])
    actions.approve_request(approved, by=by, revision=0)
    redacted(cast, approved.evidence.get(), "LFTAIP, art. 113")
    undated = cast.task(due=None)
    first_dated(cast, undated, ahead(20), "Minuta del 1 de octubre.")
    corrected(cast, undated, ahead(25), "Decía 25.")


TOLD = {(verb.noun, verb.entry_name) for verb in VERBS.values() if verb.sentence and verb.is_public}


def test_every_verb_filed_under_a_commitment_is_told_in_words(whole_story):
    entries = Entry.objects.filed_under(whole_story.commitment.dossier)
    verbs = {(entry.subject_type, entry.verb) for entry in entries}
    assert verbs == TOLD - {
        ("commitment", "recount"), ("request", "set_date"), ("request", "ask_withdrawal"), ("request", "ask_series_end"),
        ("request", "ask_finding"),
        ("request", "ask_thresholds"), ("task", "recur"), ("follow-up", "note"), ("follow-up", "retract"),
        ("light-rule", "adopt"), ("project", "create"), ("project", "correct"), ("project", "cancel"), ("project", "link"),
        ("project", "relate"),
    }  # fmt: skip
    told = [str(event.what) for event in history_of(whole_story.commitment)]
    assert len(told) == len(entries) == 64
    assert not [words for words in told if re.fullmatch(r"[a-z-]+: [a-z_]+", words)], (
        "a verb without words shows its code"
    )


def test_history_names_offices_never_people(whole_story):
    offices = {str(event.who) for event in history_of(whole_story.commitment)}
    assert offices == {"SCT", "CEDN"}
    page = whole_story.client("anonymous").get(f"/compromisos/{whole_story.commitment.code}/").content.decode()
    for user in User.objects.all():
        assert user.email not in page
        assert user.code not in page


def test_a_follow_ups_line_tells_number_evidence_and_folio(cast):
    cast.follow_up("accepted", progress=40)
    accepted, submitted, *_older = history_of(cast.commitment)
    assert "40" in accepted.detail
    assert accepted.what != submitted.what
    assert accepted.url == submitted.url == "/tareas/MC-250K-T1/"
    assert re.fullmatch(FOLIO, accepted.folio)


def test_a_proposals_line_has_no_words_and_leads_nowhere(cast):
    cast.task("proposed", title="Palabras de la dependencia")
    newest = history_of(cast.commitment)[0]
    assert newest.url == ""
    assert "Palabras" not in newest.detail


def test_an_assignment_names_the_agency_that_answers_from_then_on(cast):
    rescoped(cast, cast.commitment, agencies=[cast.sct.key, cast.sep.key])
    task = cast.task()
    actions.assign_task(task, by=cast["coordinator"], revision=task.revision, agency=cast.sep)
    passed_on, defined, *_older = history_of(cast.commitment)
    assert "SEP" in passed_on.detail
    assert "SCT" in defined.detail


def test_the_coordination_offices_own_work_is_marked(cast):
    rescoped(cast, cast.commitment, agencies=[cast.cedn.key])
    appoint(cast["coordinator"], cast.cedn)
    task = cast.task(agency=cast.cedn)
    author = cast["coordinator"]
    draft = actions.save_draft(task, by=author, progress=50, done="Hecho.", next_step="", obstacle="")
    actions.submit(draft, by=author, revision=draft.revision)
    actions.accept(draft, by=cast["second coordinator"], revision=draft.revision)
    client = cast.client("anonymous")
    for address in (f"/en/compromisos/{cast.commitment.code}/", f"/en/tareas/{task.code}/"):
        assert "eviewed by the same office" in client.get(address).content.decode()


def test_a_long_history_is_read_in_parts(cast):
    follow_up = cast.follow_up("draft")
    for _round in range(10):
        actions.submit(follow_up, by=cast["focal point"], revision=follow_up.revision)
        actions.return_(follow_up, by=cast["coordinator"], revision=follow_up.revision, comment="Falta.")
    folios = [entry.folio for entry in Entry.objects.filed_under(cast.commitment.dossier)]
    assert len(folios) == 22  # created, defined, ten times there and back
    client, address = cast.client("anonymous"), f"/compromisos/{cast.commitment.code}/"
    first = client.get(address).content.decode()
    assert re.findall(FOLIO + "</a>", first) == [f"{folio}</a>" for folio in folios[:5]]
    older = re.search(r'href="(\?before=\d+)#history"', first)
    rest = client.get(address + older[1]).content.decode()
    assert re.findall(FOLIO + "</a>", rest) == [f"{folio}</a>" for folio in folios[5:]]
    assert '#history"' not in rest


def test_what_is_left_unread_of_an_entry_is_what_it_says_of_the_dossier(cast, whole_story):
    cast.task(title='Quien escribe ,"dossier_after":{},"format":2,"title":"otro"} no engaña a nadie')
    texts = list(Entry.objects.values_list("text", flat=True))
    for text in texts:
        assert said_of_subject(text) == {
            key: value for key, value in json.loads(text).items() if key != "dossier_after"
        }
    assert any('\\"dossier_after\\"' in text for text in texts), "somebody tried"
