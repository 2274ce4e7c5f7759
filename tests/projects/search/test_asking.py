"""What a search finds, in which words, and for whom."""

import pytest
from django.db import connection

from principles.models import Pillar, Principle
from projects import actions
from projects.models import SearchDocument
from projects.search import documents, engine
from projects.search.asking import KINDS, found_of, found_of_each_kind, terms_of
from projects.search.documents import differences, remake
from tests.standing import scene


@scene()
def written(cast):
    """A task, and a follow-up of it that says more than its title."""
    task = cast.task(title="Banda ancha en escuelas", deliverable="Informe de E-gobierno, versión 2.0")
    cast.follow_up(
        "accepted", task, done="Se conectaron 1,250 escuelas rurales de Oaxaca.", next_step="Medir la señal."
    )
    return task


def codes(text, user=None, kinds=KINDS):
    found = found_of_each_kind(terms_of(text), user)
    return [row.code for part in found if part.kind in kinds for row in part.rows]


ASKED = {
    "escuelas oaxaca": ["MC-250K-T1-S1"],
    "ESCUELAS Oáxaca": ["MC-250K-T1-S1"],
    "oaxa escu": ["MC-250K-T1-S1"],
    "1250 rurales": ["MC-250K-T1-S1"],
    '"rurales de oaxaca"': ["MC-250K-T1-S1"],
    "«escuelas rurales» oaxaca": ["MC-250K-T1-S1"],
    '"oaxaca rurales"': [],
    '"oaxaca medir"': [],  # the end of one field and the beginning of the next
    '"escuela rurales"': [],  # in quotes a word is whole
    '"banda ancha"': ["MC-250K-T1"],
    "banda ancha": ["MC-250K-T1"],
    "gobierno": ["MC-250K-T1"],
    "egobierno": ["MC-250K-T1"],
    "e-gobierno": ["MC-250K-T1"],
    "conecta": ["MC-250K", "mexico-conectado", "MC-250K-T1-S1"],
    "Conectado": ["MC-250K", "mexico-conectado"],
    "mc-250k-t1-s1": ["MC-250K-T1-S1"],
    "mc 250k": ["MC-250K", "MC-250K-T1", "MC-250K-T1-S1"],
    "sct escuelas": ["MC-250K-T1", "MC-250K-T1-S1"],
    "sct": ["MC-250K", "MC-250K-T1", "mexico-conectado", "9", "MC-250K-T1-S1"],
    "es": [],
    "escuelas nadie": [],
    "": [], "–": [], '"': [], '""': [], "* & | ! ( )": [], "\0": [], "🙂": [],
    "escuelas \0 oaxaca 🙂 & | ! ( * : <-> NEAR/2": [],
    "title: escuelas": [],
    "escuelas' OR 1=1 --": [],
    "escuelas:* & oaxaca)": ["MC-250K-T1-S1"],
    "%": [], "es_uelas": [], "escuelas AND oaxaca": [],
}  # fmt: skip


def test_words_find_what_was_meant_on_both_databases(cast, written):
    assert {text: codes(text) for text in ASKED} == ASKED


def test_what_is_shown_of_a_follow_up(cast, written):
    [*_others, of_follow_ups] = found_of_each_kind(terms_of("escuelas oaxaca"), cast["anonymous"])
    [found] = of_follow_ups.rows
    assert (of_follow_ups.count, of_follow_ups.is_more, of_follow_ups.is_ranked_part) == (1, False, False)
    assert found.text == "Se conectaron 1,250 escuelas rurales de Oaxaca.\nMedir la señal."
    assert (found.parent_code, found.parent_title) == ("MC-250K-T1", "Banda ancha en escuelas")
    assert (found.above_code, found.above_title) == ("MC-250K", "México Conectado: 250,000 sitios")
    assert [agency.short_name for agency in found.agencies] == ["SCT"]
    assert found.url_args == ("MC-250K-T1",)


def test_the_best_stands_first(cast, written):
    """In the title before the text, the word itself before those that begin with it, then the newest."""
    for title, deliverable in (("Redes", "Fibra"), ("Fibras", "Redes"), ("Fibra", "Redes"), ("Fibra", "Redes")):
        cast.task(title=title, deliverable=deliverable)
    assert codes("fibra")[:2] == ["MC-250K-T5", "MC-250K-T4"]
    assert sorted(codes("fibra")[2:]) == ["MC-250K-T2", "MC-250K-T3"]


def test_a_page_of_one_kind(cast, written):
    assert [row.code for row in found_of(terms_of("escuelas"), "task", cast["anonymous"]).rows] == ["MC-250K-T1"]
    assert found_of(terms_of("escuelas"), "task", cast["anonymous"], page=2).rows == []
    assert found_of(terms_of(""), "task", cast["anonymous"]).count == 0
    for kind in KINDS:
        for person in ("anonymous", "focal point", "coordinator"):
            found = found_of(terms_of("escuelas"), kind, cast[person])
            assert found.count == (kind in {"task", "follow-up"}), (kind, person)


def test_common_words_are_walked_and_rare_ones_asked_of_the_index(cast, written, monkeypatch):
    """PostgreSQL finds and counts the same, whichever way it takes; what is ranked and counted stops where it says."""
    for number in range(12):
        cast.task(title=f"Fibra {'óptica' if number % 3 else 'oscura'}")
    ways = [{"COMMON": 1, "VERY_COMMON": 1, "WALKED": "task"}, {"COMMON": 1, "VERY_COMMON": 99}, {"COMMON": 99}]
    answers = []
    for way in ways:
        with monkeypatch.context() as patch:
            for name, value in {**way, "RANKED": 6, "MOST_COUNTED": 7}.items():
                patch.setattr(engine, name, value)
            answers.append([
                [(row.code, row.matches) for row in engine.found_rows(terms_of(text), KINDS, cast["anonymous"], 0, 3)]
                for text in ("fibra", "oscura fib", "banda")
            ])  # fmt: skip
    of_fibra = [("MC-250K-T13", 8), ("MC-250K-T12", 8), ("MC-250K-T11", 8)]
    of_oscura = [("MC-250K-T11", 4), ("MC-250K-T8", 4), ("MC-250K-T5", 4)]
    assert answers == [[of_fibra, of_oscura, [("MC-250K-T1", 1)]]] * 3


def test_one_question_for_all_kinds(cast, written, django_assert_num_queries):
    with django_assert_num_queries(1):
        found_of_each_kind(terms_of("escuelas"), cast["anonymous"])


def test_a_proposal_is_found_by_its_agency_and_the_office_alone(cast):
    cast.task("proposed", title="Telescopio")
    seen = {
        who
        for who in ("focal point", "other agency", "coordinator", "administrator", "anonymous")
        if codes("telescopio", cast[who])
    }
    assert seen == {"focal point", "coordinator"}


@pytest.mark.parametrize("decision", ["approve_request", "reject_request", "withdraw_request"])
def test_what_is_to_be_redacted_is_found_no_more(cast, written, decision):
    follow_up = written.follow_ups.get()
    asked = actions.ask_redaction(follow_up, by=cast["coordinator"], legal_basis="Art. 116 LGTAIP")
    assert codes("oaxaca") == []
    by = cast["coordinator" if decision == "withdraw_request" else "second coordinator"]
    seen = {} if decision == "withdraw_request" else {"revision": asked.revision, "comment": "Visto."}
    getattr(actions, decision)(asked, by=by, **seen)
    assert codes("oaxaca") == ([] if decision == "approve_request" else ["MC-250K-T1-S1"])
    assert differences() == []


def test_documents_are_compared_with_their_rows(cast, written):
    assert differences() == []
    SearchDocument.objects.filter(kind="task").update(title="Otra cosa")
    SearchDocument.objects.filter(kind="follow-up").delete()
    assert differences() == ["task MC-250K-T1", "follow-up MC-250K-T1-S1"]


def test_a_principle_is_found_by_its_number_as_people_say_it(cast):
    pillar = Pillar.objects.create(number=1, title_es="Apertura")
    for number in (1, 4):
        Principle.objects.create(number=number, pillar=pillar, title_es="Ser abierto", short_es="Apertura")
    remake()
    assert {text: codes(text) for text in ("principio 4", '"Principle 4"', "Principio 4 apertura", "principio 5")} == {
        "principio 4": ["4"], '"Principle 4"': ["4"], "Principio 4 apertura": ["4"], "principio 5": [],
    }  # fmt: skip


def test_words_beyond_those_that_are_asked_are_said_to_be_left_out():
    """In quotes too, and over all that was typed."""
    words = " ".join(f"w{number}" for number in range(20))
    for typed in (words, f'"{words}"', f'"{words[:20]}" {words}'):
        terms = terms_of(typed)
        assert (sum(len(term.words) for term in terms.terms), terms.is_cut) == (16, True), typed
    assert not terms_of(" ".join(words.split()[:16])).is_cut
    assert not terms_of("una una una " * 9).is_cut


@pytest.mark.both
def test_a_run_that_is_broken_off_leaves_the_index_of_words(cast, monkeypatch):
    """So that a search does not read all documents until the next release."""
    SearchDocument.objects.all().delete()

    def broken_off(*page):
        raise KeyboardInterrupt

    monkeypatch.setattr(documents, "_remade", broken_off)
    with pytest.raises(KeyboardInterrupt):
        remake()
    listed = "pg_indexes WHERE indexname" if connection.vendor == "postgresql" else "sqlite_master WHERE name"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM {listed} LIKE %s AND {listed.split()[-1]} NOT LIKE %s", ["%_words_%", "%pkey"]
        )
        assert cursor.fetchone()[0] >= 3
