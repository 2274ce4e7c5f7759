"""One account, agency, commitment, project, however its name is spelled: refused with the name of the other, and by the database."""

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override

from focalpoints import actions, clock
from focalpoints.models import Agency, User
from focalpoints.workflow import NotPossible
from projects import actions as projects
from projects.models import Commitment, Evidence, Project, Task
from tests.cast import make_agency


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield


NOTHING = ["", " ", "\u200b", "\u00a0\u2003", "\ufeff\u00ad\u2060", "\u3164\u115f", "\u202e", "\U000e0041\ufe0f"]


def invite(cast, email, name="Otra Persona", **facts):
    return actions.invite(by=cast["administrator"], email=email, name=name, **facts)


@pytest.mark.parametrize(
    "typed",
    [
        "ANA@Educación.example", "ana@xn--educacin-13a.example", "ana@educacio\u0301n.example", "ana@educación.example\u200b",
        "\u00a0ana@educación.example", "ana@educacion.example", "ａna@educación.example", "ana@еducación.example",
    ],
)  # fmt: skip
def test_an_address_is_one_account(cast, typed):
    ana = invite(cast, "ana@educación.example", name="Ana Pérez")
    with pytest.raises(
        NotPossible, match=r"Ana Pérez has an account with this address already: ana@educación\.example"
    ):
        invite(cast, typed)
    with pytest.raises(NotPossible, match="Ana Pérez has an account"):
        actions.correct_person(cast["outsider"], by=cast["administrator"], revision=0, email=typed)
    assert User.objects.at(typed).get() == ana
    assert User.objects.filter(name="Otra Persona").count() == 0


def test_an_account_may_be_spelled_otherwise(cast):
    ana = invite(cast, "ana@xn--educacin-13a.example")
    actions.correct_person(ana, by=cast["administrator"], revision=0, email="Ana@Educación.example")
    ana.refresh_from_db()
    assert (ana.email, ana.email_key) == ("ana@educación.example", "ana@educacion.example")


@pytest.mark.parametrize(
    ("key", "acronym"),
    [
        ("x-1", ""), ("X–1", ""), ("Ｘ-1", ""), ("\u200bX-1", ""), ("Х-1", ""), ("x1", ""), ("sedena", ""),
        ("7", "sedena"), ("7", "SEDЕNA"), ("7", "Sedená"), ("7", "S.E.D.E.N.A."), ("7", "SEDENA\u200b"), ("7", "ＳＥＤＥＮＡ"),
        ("7", "SΕDENA"), ("7", "x-1"), ("7", "X 1"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("closed", [False, True])
def test_an_acronym_and_a_key_are_one_agencys(cast, key, acronym, closed):
    """Of a closed agency too: the record of its time names it."""
    other = make_agency("X-1", "SEDENA", closed_on=clock.today() if closed else None)
    with pytest.raises(NotPossible, match="is the acronym or key of SEDENA – Secretaría SEDENA") as refused:
        actions.create_agency(by=cast["administrator"], key=key, acronym=acronym, name="Otra", kind="dependencia")
    assert ("It was closed on" in str(refused.value)) is closed
    if acronym:
        with pytest.raises(NotPossible, match="is the acronym or key of SEDENA"):
            actions.correct_agency(cast.sep, by=cast["administrator"], revision=cast.sep.revision, acronym=acronym)
    assert set(Agency.objects.called(key) | Agency.objects.called(acronym)) == {other}


def test_an_agencys_own_two_names_may_be_alike(cast):
    agency = actions.create_agency(
        by=cast["administrator"], key="INAI", acronym="Inai", name="Instituto", kind="organismo autónomo"
    )
    actions.correct_agency(agency, by=cast["administrator"], revision=0, acronym="INAI")
    assert Agency.objects.called("ínai").get().acronym == "INAI"


def test_a_key_is_kept_as_it_was_meant(cast):
    agency = actions.create_agency(
        by=cast["administrator"],
        key="\u200bＡ–1",
        acronym="\u00a0API\u00a0 Tuxpan\u200b",
        name="\ufeffPuerto ",
        kind="dependencia",
    )
    assert (agency.key, agency.acronym, agency.name) == ("A-1", "API Tuxpan", "Puerto")


@pytest.mark.parametrize("code", ["mc-250k", "MC–250K", "ＭＣ-250K", "МС-250K", "MC-250K\u200b", " MC-250K"])
def test_a_code_is_one_commitments(cast, code):
    with pytest.raises(NotPossible, match="MC-250K is the code of “México Conectado: 250,000 sitios” already"):
        projects.create_commitment(
            by=cast["coordinator"], project=cast.project, code=code, title="Otro", binds="none published"
        )
    assert Commitment.objects.count() == 1


def test_a_code_like_a_tasks_in_small_letters_is_taken_for_one_too(cast):
    with pytest.raises(NotPossible, match="would be taken for the code of a task"):
        projects.create_commitment(
            by=cast["coordinator"], project=cast.project, code="mc-250k-t1", title="Otro", binds="none published"
        )


@pytest.mark.parametrize("slug", ["MEXICO-conectado", "mexico–conectado", "mexico-conectadо", "mexico-conectado\u200b"])
def test_an_address_is_one_projects(cast, slug):
    taken = cast.project.slug
    with pytest.raises(NotPossible, match="is the address of “México Conectado” already"):
        projects.create_project(
            by=cast["coordinator"], slug=slug.replace("mexico-conectado", taken), title="Otro", kind="policy"
        )
    assert Project.objects.count() == 1


def test_a_successor_is_found_however_its_code_is_typed(cast):
    other = cast.another_commitment()
    request = projects.ask_withdrawal(
        cast.commitment, by=cast["coordinator"], category="legal", reason="Otro lo sustituye.", replaced_by=f"\u200b{other.code.lower()} "
    )  # fmt: skip
    assert request.wanted["replaced_by"] == other.code


@pytest.mark.parametrize("nothing", NOTHING)
def test_a_name_of_nothing_is_refused_by_every_verb(cast, nothing):
    """As it is by every form (test_typed_lines.py): imports and commands call the verbs alone."""
    admin, office, task = cast["administrator"], cast["coordinator"], cast.task()
    new = {"by": office, "project": cast.project, "code": "N-1", "binds": "none published"}
    refused = [
        lambda: invite(cast, "ana@example.org", name=nothing),
        lambda: invite(cast, nothing),
        lambda: actions.correct_person(cast["outsider"], by=admin, revision=0, name=nothing),
        lambda: actions.correct_person(cast["outsider"], by=admin, revision=0, email=nothing),
        lambda: actions.create_agency(by=admin, key="7", name=nothing, kind="dependencia"),
        lambda: actions.create_agency(by=admin, key=nothing, name="Nueva", kind="dependencia"),
        lambda: actions.correct_agency(cast.sep, by=admin, revision=cast.sep.revision, name=nothing),
        lambda: projects.create_project(by=office, slug="nuevo", title=nothing, kind="policy"),
        lambda: projects.create_project(by=office, slug=nothing, title="Nuevo", kind="policy"),
        lambda: projects.correct_project(cast.project, by=office, revision=cast.project.revision, title=nothing),
        lambda: projects.create_commitment(**new, title=nothing),
        lambda: projects.create_commitment(**new | {"code": nothing}, title="Nuevo"),
        lambda: projects.correct_commitment(cast.commitment, by=office, revision=cast.commitment.revision, title=nothing),
        lambda: projects.define_task(cast.commitment, by=office, agency=cast.sct, title=nothing),
        lambda: projects.propose_task(cast.commitment, by=cast["focal point"], agency=cast.sct, title=nothing),
        lambda: projects.correct_task(task, by=office, revision=task.revision, title=nothing),
        lambda: projects.ask_scope(
            task, by=office, wanted={"title": nothing, "deliverable": "", "starts": None}, category="legal", reason="Así."
        ),
    ]  # fmt: skip
    for verb in refused:
        with pytest.raises(NotPossible), transaction.atomic():
            verb()


def test_words_are_kept_without_what_nobody_sees_whoever_writes_them(cast):
    unseen = "\ufeffDos\u00a0 \u200bpalabras\u00ad "
    office, admin = cast["coordinator"], cast["administrator"]
    project = projects.create_project(by=office, slug="otro", title=unseen, kind="policy", note=unseen, source=unseen)
    commitment = projects.create_commitment(
        by=office, project=project, code="O-1", title=unseen, binds="named", agencies=[cast.sct], printed_status=unseen
    )
    task = projects.define_task(commitment, by=office, agency=cast.sct, title=unseen, deliverable=unseen)
    person = invite(cast, "ana@example.org", name=unseen, position=unseen)
    agency = actions.create_agency(by=admin, key="7", name=unseen, kind="dependencia", head_name=unseen, note=unseen)
    appointment = actions.appoint(
        by=admin, user=cast["outsider"], agency=agency, kind="titular", since=clock.today(), letter=unseen
    )
    rows = [project, commitment, task, person, agency, appointment]
    in_hand = [[getattr(row, name, None) for name in WORDS] for row in rows]
    stored = [[getattr(type(row).objects.get(pk=row.pk), name, None) for name in WORDS] for row in rows]
    assert in_hand == stored
    assert {word for words in stored for word in words if word} == {"Dos palabras"}


WORDS = (
    "title",
    "first_title",
    "deliverable",
    "first_deliverable",
    "printed_status",
    "position",
    "head_name",
    "letter",
)


def test_a_row_that_is_saved_says_what_is_stored(cast):
    """The ledger's entry, and what a page shows next, are made from the row in hand."""
    task = cast.task(due=clock.today())
    draft = projects.save_draft(task, by=cast["focal point"], progress=10, done="Hecho.", next_step="", obstacle="")
    title = "\ufeffActa \u200b firmada\u00a0"
    link = projects.attach_link(draft, by=cast["focal point"], url="https://www.gob.mx/", title=title)
    assert (link.title, Evidence.objects.get(pk=link.pk).title) == ("Acta firmada", "Acta firmada")


def test_a_change_of_scope_is_kept_without_what_nobody_sees(cast):
    task = cast.task()
    request = projects.ask_scope(
        task, by=cast["coordinator"], wanted={"title": "Otra\u200b  tarea\u00a0", "deliverable": task.deliverable, "starts": None},
        category="legal", reason="Así.",
    )  # fmt: skip
    assert request.wanted == {"title": "Otra tarea"}
    projects.approve_request(request, by=cast["second coordinator"], revision=request.revision)
    assert Task.objects.get(pk=task.pk).title == "Otra tarea"


# Two at once


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("make", "first", "second"),
    [
        (
            lambda email: User(email=email, name="José").save(),
            "jose@educación.example",
            "jose@xn--educacin-13a.example",
        ),
        (lambda acronym: make_agency(f"7-{acronym.isascii():d}", acronym), "SEDENA", "SEDЕNA"),
        (lambda key: make_agency(key, ""), "X-1", "x-1"),
        (lambda slug: Project.objects.create(slug=slug, title="Otro", kind="policy"), "otro", "OTRO"),
    ],
)
def test_two_at_once_cannot_both_pass(race, make, first, second):
    """Past the verbs, which take turns anyway: the database has the last word."""
    outcomes = race(lambda: make(first), lambda: make(second))
    assert [type(outcome) for outcome in outcomes if isinstance(outcome, Exception)] == [IntegrityError]


@pytest.mark.django_db(transaction=True)
def test_two_invitations_of_one_address_at_once_are_one(cast, race):
    outcomes = race(lambda: invite(cast, "ana@educación.example"), lambda: invite(cast, "ana@xn--educacin-13a.example"))
    assert [type(outcome) for outcome in outcomes if isinstance(outcome, Exception)] == [NotPossible]
