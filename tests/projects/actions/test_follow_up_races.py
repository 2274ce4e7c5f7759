"""Two people, or one person's two requests, at the same instant: one outcome, told kindly; nothing typed is lost."""

from collections import Counter
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.translation import override

from focalpoints.ledger.verification import verify
from focalpoints.models import Entry
from focalpoints.workflow import NotPossible, Stale
from projects import actions
from projects.models import Evidence, FollowUp

pytestmark = pytest.mark.django_db(transaction=True)


def address(task):
    with override("es-mx"):
        return reverse("projects:follow_up_edit", args=[task.code])


def form(**changes):
    words = {"progress": "45", "done": "Se conectaron sitios.", "next_step": "", "obstacle": "", "revision": ""}
    return {**words, "page": uuid4().hex, **changes}


def kinds(outcomes):
    return Counter(type(outcome).__name__ for outcome in outcomes)


def test_one_form_pressed_eight_times_at_once(race, cast):
    task, data = cast.task(), form(send="1")
    clients = [cast.client("focal point") for _ in range(8)]
    answers = race(*[lambda client=client: client.post(address(task), data) for client in clients])
    follow_up = FollowUp.objects.get()
    assert follow_up.state == "submitted"
    assert Entry.objects.filter(verb="submit").count() == 1
    with override("es-mx"):
        receipt = reverse("projects:follow_up_detail", args=[follow_up.code])
    assert [(answer.status_code, answer.get("Location")) for answer in answers] == [(302, receipt)] * 8
    assert verify().is_intact


def test_titular_and_alternate_send_at_once(race, cast):
    task = cast.task()
    texts = {"focal point": "Texto del titular.", "alternate": "Texto de la suplente."}
    clients = {role: cast.client(role) for role in texts}
    answers = race(
        *[lambda role=role: clients[role].post(address(task), form(send="1", done=texts[role])) for role in texts]
    )
    kept = FollowUp.objects.get()
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    lost = next(answer for answer in answers if answer.status_code == 409)
    (mine,) = set(texts.values()) - {kept.done}
    assert mine in lost.text
    assert "suplente" in lost.text
    assert "titular" in lost.text


def test_accept_against_withdraw(race, cast):
    follow_up = cast.follow_up("submitted")
    coordinator, author, seen = cast["coordinator"], cast["focal point"], follow_up.revision
    one, other = FollowUp.objects.get(), FollowUp.objects.get()
    outcomes = race(
        lambda: actions.accept(one, by=coordinator, revision=seen), lambda: actions.withdraw(other, by=author)
    )
    assert kinds(outcomes)["Entry"] == 1
    assert sum(isinstance(outcome, NotPossible) for outcome in outcomes) == 1
    state = FollowUp.objects.get().state
    assert state == ("accepted" if isinstance(outcomes[0], Entry) else "withdrawn")
    follow_up.task.refresh_from_db()
    assert follow_up.task.verified_progress == (40 if state == "accepted" else None)
    assert verify().is_intact


def test_accept_against_return(race, cast):
    seen = cast.follow_up("submitted").revision
    people = cast["coordinator"], cast["second coordinator"]
    rows = [FollowUp.objects.get() for _ in people]
    outcomes = race(
        lambda: actions.accept(rows[0], by=people[0], revision=seen),
        lambda: actions.return_(rows[1], by=people[1], revision=seen, comment="Falta."),
    )
    assert kinds(outcomes)["Entry"] == 1
    assert Entry.objects.filter(verb__in=["accept", "return"]).count() == 1


def test_submit_against_submit(race, cast):
    follow_up = cast.follow_up("draft")
    people = cast["focal point"], cast["alternate"]
    rows = [FollowUp.objects.get() for _ in people]
    outcomes = race(
        *[
            lambda row=row, by=by: actions.submit(row, by=by, revision=follow_up.revision)
            for row, by in zip(rows, people, strict=True)
        ]
    )
    assert kinds(outcomes) == {"Entry": 1, "NotPossible": 1}


def test_a_save_in_the_background_against_the_button(race, cast):
    follow_up = cast.follow_up("draft", done="Primera")
    by, page = cast["focal point"], uuid4().hex
    client = cast.client("focal point")
    sent = form(send="1", page=page, done="Primera y segunda", revision=str(follow_up.revision))
    answer, _saved = race(
        lambda: client.post(address(follow_up.task), sent),
        lambda: actions.save_in_background(
            follow_up.task, by=by, revision=follow_up.revision, page=page, done="Primera y seg"
        ),
    )
    assert answer.status_code == 302
    kept = FollowUp.objects.get()
    assert (kept.state, kept.done) == ("submitted", "Primera y segunda")


def test_evidence_against_submit(race, cast):
    follow_up = cast.follow_up("draft")
    by, other = cast["focal point"], cast["alternate"]
    upload = SimpleUploadedFile("a.pdf", b"%PDF-1.7\n%%EOF\n")
    row = FollowUp.objects.get()
    sent, added = race(
        lambda: actions.submit(row, by=by, revision=follow_up.revision),
        lambda: actions.attach_file(follow_up, by=other, upload=upload, content_type="application/pdf"),
    )
    assert isinstance(sent, Entry)
    # Sent with it or without it: the entry says what is there.
    assert isinstance(added, Evidence | NotPossible)
    assert f'"evidence":{Evidence.objects.count()}' in sent.text
    assert Evidence.objects.count() == isinstance(added, Evidence)


def add_link(follow_up, by, place):
    return actions.attach_link(follow_up, by=by, url=f"https://gob.mx/last/{place}")


def add_file(follow_up, by, place):
    upload = SimpleUploadedFile(f"{place}.pdf", b"%%PDF-1.7\n%d\n%%%%EOF\n" % place)
    return actions.attach_file(follow_up, by=by, upload=upload, content_type="application/pdf")


@pytest.mark.parametrize("add", [add_link, add_file])
def test_the_eleventh_by_two_at_once(race, cast, add):
    follow_up = cast.follow_up("draft")
    people = cast["focal point"], cast["alternate"]
    for number in range(9):
        actions.attach_link(follow_up, by=people[0], url=f"https://gob.mx/{number}")
    outcomes = race(*[lambda by=by, place=place: add(follow_up, by, place) for place, by in enumerate(people * 2)])
    assert kinds(outcomes) == {"Evidence": 1, "NotPossible": 3}
    assert Evidence.objects.count() == 10


def test_the_same_file_by_two_at_once_is_one(race, cast, evidence_folder):
    follow_up = cast.follow_up("draft")
    people = cast["focal point"], cast["alternate"]
    before = {path for path in evidence_folder.rglob("*") if path.is_file()}
    outcomes = race(
        *[
            lambda by=by: actions.attach_file(
                follow_up,
                by=by,
                upload=SimpleUploadedFile("a.pdf", b"%PDF-1.7\n%%EOF\n"),
                content_type="application/pdf",
            )
            for by in people
        ]
    )
    assert kinds(outcomes) == {"Evidence": 2}
    assert Evidence.objects.count() == 1
    assert len({path for path in evidence_folder.rglob("*") if path.is_file()} - before) == 1


def test_discard_against_send(race, cast):
    follow_up = cast.follow_up("draft")
    people = cast["focal point"], cast["alternate"]
    rows = [FollowUp.objects.get() for _ in people]
    outcomes = race(
        lambda: actions.submit(rows[0], by=people[0], revision=follow_up.revision),
        lambda: actions.discard(rows[1], by=people[1], revision=follow_up.revision),
    )
    if isinstance(outcomes[0], Entry):
        assert isinstance(outcomes[1], NotPossible)
        assert FollowUp.objects.get().state == "submitted"
    else:
        assert isinstance(outcomes[0], Stale)
        assert not FollowUp.objects.exists()
        assert not Entry.objects.filter(verb="submit").exists()
