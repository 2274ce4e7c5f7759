"""The coordination office asks without returning: a thread that both sides see and nobody else, beside a follow-up that goes on waiting."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.translation import override

from focalpoints import clock
from focalpoints.actions import end_appointment
from focalpoints.ledger.verification import verify
from focalpoints.models import Appointment, Entry
from focalpoints.workflow import NotPossible, Stale
from projects import actions
from projects.models import FollowUp, Notice

QUESTION, ANSWER = "¿Cuántas escuelas son de Oaxaca?", "Son 412, según el acta."


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


def ask(cast, row, who="coordinator"):
    row = FollowUp.objects.get(pk=row.pk)
    return actions.ask(row, by=cast[who], revision=row.revision, comment=QUESTION)


def page(cast, who, name, row):
    return cast.client(who).get(reverse(f"projects:{name}", args=[row.code]))


def test_it_waits_as_before_while_it_is_asked_and_answered(cast):
    row = cast.follow_up("submitted")
    ask(cast, row)
    now = FollowUp.objects.get()
    assert (now.state, now.thread, now.revision, now.submitted_at) == (
        "submitted",
        "asked",
        row.revision,
        row.submitted_at,
    )
    entry = actions.answer(now, by=cast["alternate"], text=ANSWER)
    assert (FollowUp.objects.get().thread, entry.office) == ("answered", "9")
    ask(cast, row)
    assert FollowUp.objects.get().thread == "asked", "after an answer another question may follow"
    for text in (QUESTION, ANSWER):
        assert text not in "".join(Entry.objects.values_list("text", flat=True))
    assert verify().is_intact


def test_both_sides_read_the_thread_and_nobody_else(cast):
    row = cast.follow_up("submitted")
    ask(cast, row)
    actions.answer(FollowUp.objects.get(), by=cast["focal point"], text=ANSWER)
    for who, name in (
        ("coordinator", "follow_up_review"),
        ("second coordinator", "follow_up_detail"),
        ("alternate", "follow_up_detail"),
    ):
        text = page(cast, who, name, row).text
        assert QUESTION in text
        assert ANSWER in text
    actions.accept(FollowUp.objects.get(), by=cast["coordinator"], revision=row.revision)
    public = page(cast, "anonymous", "follow_up_detail", row).text
    assert "asked its agency" in public
    assert QUESTION not in public
    assert ANSWER not in public


def test_the_agency_finds_the_question_in_its_work_and_answers_there(cast):
    row, client = cast.follow_up("submitted"), cast.client("focal point")
    ask(cast, row)
    work = client.get("/en/mi-trabajo/").text
    address = reverse("projects:follow_up_answer", args=[row.code])
    assert QUESTION in work
    assert f'href="{address}"' in work
    assert QUESTION in client.get(address).text
    refused = client.post(address, {"text": " "})
    assert "Write your answer." in refused.text
    assert client.post(address, {"text": ANSWER})["Location"] == reverse("projects:my_work")
    assert f'href="{address}"' not in client.get("/en/mi-trabajo/").text
    again = client.post(address, {"text": ANSWER})
    assert again.status_code == 409
    assert ANSWER in again.text
    assert Entry.objects.filter(verb="answer").count() == 1


def test_who_is_told(cast):
    row = cast.follow_up("submitted")
    entry = ask(cast, row)
    assert set(Notice.objects.of(cast["focal point"]).values_list("entry", flat=True)) >= {entry.seq}
    assert not Notice.objects.of(cast["other agency"]).filter(entry=entry.seq).exists()


def test_one_question_at_a_time_about_what_was_read_and_to_somebody(cast):
    row = cast.follow_up("submitted")
    with pytest.raises(Stale):
        actions.ask(row, by=cast["coordinator"], revision=row.revision + 1, comment=QUESTION)
    with pytest.raises(NotPossible, match="Write your question"):
        actions.ask(row, by=cast["coordinator"], revision=row.revision, comment=" ")
    ask(cast, row)
    with pytest.raises(NotPossible, match="asked already"):
        ask(cast, row, "second coordinator")
    other = cast.follow_up("submitted")
    for seat in Appointment.objects.filter(agency=cast.sct):
        end_appointment(seat, by=cast["administrator"], on=clock.today(), reason="Renuncia.")
    with pytest.raises(NotPossible, match="no focal point"):
        ask(cast, other)
    assert "no focal point" in page(cast, "coordinator", "follow_up_review", other).text


@pytest.mark.parametrize("state", ["accepted", "returned", "withdrawn"])
def test_what_no_longer_waits_is_neither_asked_about_nor_answered(cast, state):
    row = cast.follow_up("submitted")
    ask(cast, row)
    now = FollowUp.objects.get()
    match state:
        case "accepted":
            actions.accept(now, by=cast["coordinator"], revision=now.revision)
        case "returned":
            actions.return_(now, by=cast["coordinator"], revision=now.revision, comment="No.")
        case "withdrawn":
            actions.withdraw(now, by=cast["focal point"])
    assert FollowUp.objects.get().thread == ""
    with pytest.raises(NotPossible):
        actions.answer(FollowUp.objects.get(), by=cast["focal point"], text=ANSWER)
    with pytest.raises(NotPossible):
        ask(cast, row)


def test_only_a_reviewer_asks_and_only_the_agency_answers(cast):
    row = cast.follow_up("submitted")
    for who in ("focal point", "other agency", "administrator", "outsider"):
        with pytest.raises(PermissionDenied):
            ask(cast, row, who)
    ask(cast, row)
    for who in ("coordinator", "other agency", "administrator", "outsider"):
        with pytest.raises(PermissionDenied):
            actions.answer(FollowUp.objects.get(), by=cast[who], text=ANSWER)


def test_the_queue_tells_what_was_asked_and_what_was_answered(cast):
    asked, answered, neither = (cast.follow_up("submitted") for _ in range(3))
    ask(cast, asked)
    ask(cast, answered)
    actions.answer(FollowUp.objects.get(pk=answered.pk), by=cast["focal point"], text=ANSWER)
    client = cast.client("coordinator")
    for flag, row in (("asked", asked), ("answered", answered)):
        items = client.get(f"/en/revision/?flag={flag}").context["page"].object_list
        assert [item.code for item in items] == [row.code]
    assert len(client.get("/en/revision/").context["page"].object_list) == 3
    assert neither.thread == ""


def test_the_button_beside_the_decision_asks(cast):
    row = cast.follow_up("submitted")
    where, client = reverse("projects:follow_up_review", args=[row.code]), cast.client("coordinator")
    sent = {"decision": "ask", "revision": row.revision, "comment": ""}
    assert "Write your question" in client.post(where, sent).text
    assert client.post(where, sent | {"comment": QUESTION}).status_code == 302
    assert FollowUp.objects.get().thread == "asked"
    assert client.get(where).status_code == 200, "it can still be decided"


# ---- Notes on fields


def test_a_return_may_note_what_is_wrong_with_each_field(cast):
    row = cast.follow_up("submitted")
    where, client = reverse("projects:follow_up_review", args=[row.code]), cast.client("coordinator")
    sent = {
        "decision": "return",
        "revision": row.revision,
        "comment": "",
        "on_done": "Diga <b>cuántas</b>.",
        "on_evidence": "Falta el acta.",
    }
    assert client.post(where, {**sent, "on_done": "", "on_evidence": ""}).status_code == 200
    assert client.post(where, sent).status_code == 302
    text = cast.client("focal point").get(reverse("projects:follow_up_edit", args=[row.task.code])).text
    hint = text[text.index('id="id_done_helptext"') :].partition("</div>")[0]
    assert "Diga &lt;b&gt;cuántas&lt;/b&gt;." in hint
    assert "Falta el acta." in text
    assert "cuántas" in cast.client("alternate").get("/en/mi-trabajo/").text
    assert "Falta el acta." in page(cast, "coordinator", "follow_up_detail", row).text
    assert "Falta el acta." not in "".join(Entry.objects.values_list("text", flat=True))


def test_notes_on_what_is_no_field_are_not_kept(cast):
    row = cast.follow_up("submitted")
    with pytest.raises(NotPossible):
        actions.return_(row, by=cast["coordinator"], revision=row.revision, notes={"task": "x", "done": ""})
