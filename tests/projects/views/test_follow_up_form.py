"""The follow-up's form as a focal point meets it: nothing typed is lost, one form makes one follow-up."""

import json
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse as reverse_in_this_language
from django.utils import timezone
from django.utils.translation import override

from focalpoints import clock
from focalpoints.models import Appointment, Entry
from projects import actions
from projects.models import Evidence, FollowUp, Task

# Pages, each of which opens on both databases (test_every_url), like each verb (test_every_verb): the rest is said once.
pytestmark = pytest.mark.once

PASSWORD = "una frase larga y buena 2018"
WORDS = {"progress": "45", "done": "Se conectaron 40 sitios.", "next_step": "Licitar.", "obstacle": ""}
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def reverse(name, args=()):
    """The Spanish address, whatever language the last request was in."""
    with override("es-mx"):
        return reverse_in_this_language(name, args=args)


def address(task):
    return reverse("projects:follow_up_edit", args=[task.code])


def typed(**changes: Any) -> dict[str, Any]:
    return {**WORDS, "revision": "", "page": uuid4().hex, "link": "", "link_title": "", **changes}


def pdf(name="acta.pdf", content=PDF):
    return SimpleUploadedFile(name, content, "application/pdf")


def test_looking_at_the_form_writes_nothing(cast):
    task = cast.task()
    response = cast.client("focal point").get(address(task))
    assert response.status_code == 200
    assert "no-store" not in response["Cache-Control"]  # or the browser's Back would lose the text
    assert not FollowUp.objects.exists()


def test_the_form_of_a_late_task_says_so(cast):
    today = clock.today()
    tasks = {days: cast.task(due=today + timedelta(days)) for days in (-1, 0)}
    answered = cast.follow_up("submitted", cast.task(due=today), progress=100)
    actions.accept(answered, by=cast["coordinator"], revision=answered.revision)
    client = cast.client("focal point")
    assert {days: "1 día de atraso" in client.get(address(task)).text for days, task in tasks.items()} == {
        -1: True,
        0: False,
    }
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        client = cast.client("focal point")
        assert "3 días de atraso" in client.get(address(tasks[0])).text
        assert "de atraso<" not in client.get(address(answered.task)).text


def test_no_change_is_offered_exactly_where_it_would_be_taken(cast):
    task, client = cast.task(), cast.client("focal point")
    no_change = reverse("projects:no_change", args=[task.code])
    offered = []
    for _ in range(2):  # once a day
        offered.append(f'action="{no_change}"' in client.get(address(task)).text)
        client.post(no_change)
    assert offered == [True, False]
    late = cast.task(due=clock.today() - timedelta(days=1))
    no_change = reverse("projects:no_change", args=[late.code])
    assert [no_change in client.get(page).text for page in (address(late), "/mi-trabajo/")] == [False, False]
    client.post(no_change)
    assert list(FollowUp.objects.values_list("state", flat=True)) == ["noted"]


def test_a_plain_follow_up_is_one_post(cast):
    task = cast.task()
    response = cast.client("focal point").post(address(task), typed(send="1"), follow=True)
    follow_up = FollowUp.objects.get()
    assert (follow_up.state, follow_up.progress, follow_up.done) == ("submitted", 45, WORDS["done"])
    assert response.redirect_chain == [(reverse("projects:follow_up_detail", args=[follow_up.code]), 302)]
    entry = Entry.objects.get(verb="submit")
    assert entry.folio in response.text
    assert f">{entry.hash}<" in response.text  # what `sha256sum` gives for the entry's text
    assert f">{entry.seq} {entry.digest}<" in response.text


def test_a_draft_may_lack_everything_but_one_word(cast):
    task = cast.task()
    response = cast.client("focal point").post(address(task), typed(progress="", next_step="", save="1"))
    assert response.status_code == 302
    assert (FollowUp.objects.get().state, FollowUp.objects.get().progress) == ("draft", None)


def test_an_empty_form_makes_no_draft(cast):
    task = cast.task()
    empty = typed(progress="", done="", next_step="")
    assert cast.client("focal point").post(address(task), empty | {"save": "1"}).status_code == 302
    assert (
        "State how far the task is"
        in cast.client("focal point").post("/en" + address(task), empty | {"send": "1"}).text
    )
    assert not FollowUp.objects.exists()


@pytest.mark.both
@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"progress": ""}, "State how far the task is"),
        ({"progress": "101"}, "Progress cannot be more than 100"),
        ({"progress": "-1"}, "Progress cannot be less than 0"),
        ({"progress": "casi"}, "Enter a whole number"),
        ({"progress": "9" * 5000}, "Enter a whole number"),
        ({"progress": "4\x005"}, "Enter a whole number"),
        ({"done": "   "}, "Say what was done"),
        ({"done": "a\x00b"}, "Null characters are not allowed"),
        ({"done": "é" * 100_000}, "at most 4000 characters"),
        ({"obstacle": "x" * 2001}, "at most 2000 characters"),
        ({"link": "javascript:alert(1)"}, "Enter a complete address"),
        ({"link": "ftp://gob.mx/acta"}, "Enter a complete address"),
        ({"link": "https://gob.mx@example.net/"}, "hides where it leads"),
        ({"link": "https://gob.mx/\u202efdp"}, "hides where it leads"),
        ({"link_title": "El acta"}, "Enter the link's address"),
    ],
)
def test_what_cannot_be_sent_is_said_and_stays_typed(cast, wrong, message):
    task = cast.task()
    response = cast.client("focal point").post("/en" + address(task), typed(send="1", next_step="Seguir así.") | wrong)
    assert response.status_code == 200
    assert message in response.text.replace("&#x27;", "'")
    assert "Seguir así." in response.text
    follow_up = FollowUp.objects.get()
    assert (follow_up.state, follow_up.next_step) == ("draft", "Seguir así.")
    assert f'name="revision" value="{follow_up.revision}"' in response.text


def test_arabic_indic_digits_and_a_percent_sign_are_read(cast):
    cast.client("focal point").post(address(cast.task()), typed(send="1", progress="٤٥ %"))
    assert FollowUp.objects.get().progress == 45


def test_going_back_needs_a_reason(cast):
    task = cast.task()
    cast.follow_up("accepted", task=task, progress=60)
    client = cast.client("focal point")
    refused = client.post("/en" + address(task), typed(send="1", progress="50"))
    assert "lower than the 60 % already verified" in refused.text
    draft = FollowUp.objects.get(state="draft")
    client.post(
        address(task), typed(send="1", progress="50", obstacle="Se desmontaron sitios.", revision=draft.revision)
    )
    assert FollowUp.objects.get(progress=50).state == "submitted"


def test_html_is_shown_as_typed(cast):
    task = cast.task()
    evil = "<script>alert(1)</script>"
    client = cast.client("focal point")
    words = {name: f"{evil}{name}" for name in ("done", "next_step", "obstacle")}
    answer = client.post(address(task), typed(send="1", link="https://gob.mx", link_title=evil, **words), follow=True)
    assert evil not in answer.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;done" in answer.text
    assert evil not in cast.client("coordinator").get(f"/revision/{FollowUp.objects.get().code}/").text


@pytest.mark.parametrize("button", ["attach", "save", "send"])
def test_words_file_and_link_travel_with_every_button(cast, button):
    task = cast.task()
    client = cast.client("focal point")
    page = client.get(address(task)).text
    assert f'<form method="post" action="{address(task)}" enctype' in page, "or a fragment would stay in its address"
    sent = client.post(address(task), typed(file=pdf(), link="gob.mx/sct", link_title="Portal", **{button: "1"}))
    assert "#" not in sent.url, "or the page would open below what it says"
    follow_up = FollowUp.objects.get()
    assert follow_up.state == ("submitted" if button == "send" else "draft")
    assert follow_up.done == WORDS["done"]
    assert [(item.title, item.url) for item in follow_up.evidence.all()] == [
        ("acta.pdf", ""),
        ("Portal", "https://gob.mx/sct"),
    ]


def test_evidence_is_taken_off_without_losing_the_words(cast):
    follow_up = cast.follow_up()
    actions.attach_link(follow_up, by=cast["focal point"], url="https://gob.mx")
    key = str(Evidence.objects.get().key)
    client = cast.client("focal point")
    response = client.post(
        address(follow_up.task), typed(done="Texto nuevo.", remove=key, revision=follow_up.revision), follow=True
    )
    assert "Texto nuevo." in response.text
    assert not Evidence.objects.exists()
    again = {"remove": key, "revision": FollowUp.objects.get().revision}
    assert client.post(address(follow_up.task), typed(**again)).status_code == 302
    assert client.post(address(follow_up.task), typed(remove="no-key", done="Otro.", revision="9")).status_code == 409


def test_a_refused_file_keeps_the_words(cast):
    task = cast.task()
    response = cast.client("focal point").post(
        "/en" + address(task), typed(send="1", file=SimpleUploadedFile("acta.pdf", b"<html>"))
    )
    assert response.status_code == 200
    assert "not what its name says" in response.text
    assert WORDS["done"] in response.text
    assert FollowUp.objects.get().state == "draft"


def test_one_bad_file_loses_neither_the_others_nor_the_text(cast):
    task, client = cast.task(), cast.client("focal point")
    files = [pdf("uno.pdf"), SimpleUploadedFile("dos.pdf", b"<html>"), pdf("tres.pdf", PDF + b"3")]
    response = client.post("/en" + address(task), typed(send="1", file=files))
    assert response.status_code == 200
    [error] = response.context["form"].errors["file"]
    assert error.startswith("“dos.pdf”: ")
    follow_up = FollowUp.objects.get()
    assert (follow_up.state, follow_up.done) == ("draft", WORDS["done"])
    assert [*follow_up.evidence.values_list("title", flat=True)] == ["uno.pdf", "tres.pdf"]
    client.post(address(task), typed(send="1", revision=response.context["revision"]))
    assert FollowUp.objects.get().state == "submitted"


def test_of_several_files_those_that_still_fit_are_kept(cast):
    follow_up = cast.follow_up()
    for number in range(9):
        actions.attach_link(follow_up, by=cast["focal point"], url=f"https://gob.mx/{number}")
    files = [pdf("uno.pdf"), pdf("dos.pdf", PDF + b"2")]
    sent = typed(attach="1", revision=follow_up.revision, file=files)
    response = cast.client("focal point").post("/en" + address(follow_up.task), sent)
    assert "“dos.pdf”: A follow-up takes up to 10 files and links." in response.text
    assert follow_up.evidence.filter(title="uno.pdf").count() == 1
    assert follow_up.evidence.count() == 10


def uploaded(client, task, **changes):
    return client.post("/en" + address(task), typed(**changes), headers={"X-Requested-With": "upload"})


def test_a_file_that_the_page_sends_by_itself_joins_the_draft(cast):
    task, client, page = cast.task(), cast.client("focal point"), uuid4().hex
    first = uploaded(client, task, page=page, progress="", done="Se", file=pdf("uno.pdf")).json()
    assert (first["said"], first["version"]) == ("“uno.pdf” was added.", 0)
    assert "uno.pdf</a>" in first["listed"]
    draft = FollowUp.objects.get()
    assert (draft.done, draft.progress, draft.state) == ("Se", None, "draft")
    # Meanwhile more was typed: a file brings no text of its own to a draft that is there.
    second = uploaded(client, task, page=page, done="Otra", file=pdf("dos.pdf", PDF + b"2"))
    assert [name in second.json()["listed"] for name in ("uno.pdf", "dos.pdf")] == [True, True]
    again = uploaded(client, task, page=page, file=pdf("otra vez.pdf")).json()
    assert again["said"] == "This file was there already, under the name “uno.pdf”. It was not added again."
    refused = uploaded(client, task, page=page, file=SimpleUploadedFile("tres.pdf", b"<html>"))
    assert (refused.status_code, refused.json()["message"].startswith("“tres.pdf”: ")) == (400, True)
    assert uploaded(client, task, page=page).status_code == 400
    draft.refresh_from_db()
    assert (draft.done, draft.evidence.count()) == ("Se", 2)
    assert client.post(address(task), typed(page=page, send="1", revision=first["version"])).status_code == 302
    assert uploaded(client, task, file=pdf("tarde.pdf", PDF + b"4")).status_code == 409, "what was sent takes no more"
    assert draft.evidence.count() == 2


def test_the_form_says_what_was_promised_last_time(cast):
    task, client = cast.task(), cast.client("focal point")
    assert "edn-promised" not in client.get("/en" + address(task)).text
    told = cast.follow_up("accepted", task, progress=40, next_step="Licitar el tramo sur.")
    actions.note_no_change(task, by=cast["focal point"])
    page = client.get("/en" + address(task)).text
    assert (
        f'{task.agency.short_name} reported 40 %, <a class="govuk-link" href="/en/seguimientos/{told.code}/">accepted</a>'
        in page
    )
    assert ">Licitar el tramo sur.</blockquote>" in page
    FollowUp.objects.filter(pk=told.pk).update(is_hidden=True)
    assert "Licitar el tramo sur." not in client.get("/en" + address(task)).text


def test_before_it_is_sent_one_reads_how_it_will_read_in_public(cast):
    follow_up = cast.follow_up("draft", progress=55, done="Se <b>midió</b>.", next_step="", obstacle="Falta el acta.")
    page = cast.client("focal point").get("/en" + address(follow_up.task)).text
    preview = page.partition('aria-labelledby="preview"')[2].partition("</section>")[0]
    at_once, accepted = preview.split("Once the coordination office accepts it")
    assert (
        '<dt>Claimed</dt>\n    <dd class="edn-three-facts__number"><span data-mirror="id_progress">55</span>' in at_once
    )
    assert f"Reported by {follow_up.agency.short_name}, the last time on" in at_once, "in the words of the task's page"
    assert "Se &lt;b&gt;" not in at_once
    assert [words in accepted for words in ("Se &lt;b&gt;midió&lt;/b&gt;.", "Falta el acta.")] == [True, True]
    assert accepted.count('edn-follow-up__part" hidden') == 1, "no next step, no row for it"
    assert "data-mirror-files hidden" in accepted
    actions.attach_file(follow_up, by=cast["focal point"], upload=pdf("acta.pdf"), content_type="application/pdf")
    page = cast.client("focal point").get("/en" + address(follow_up.task)).text
    files = page.partition("data-mirror-files>")[2].partition("</ul>")[0]
    assert re.search(r"acta\.pdf</a> <span[^>]*>\(\d+.bytes\)", files)


def test_hashes_of_files_stand_in_a_fold_for_auditors(cast):
    follow_up = cast.follow_up("draft")
    file = actions.attach_file(follow_up, by=cast["focal point"], upload=pdf(), content_type="application/pdf")
    actions.submit(follow_up, by=cast["focal point"], revision=follow_up.revision)
    follow_up.refresh_from_db()
    actions.accept(follow_up, by=cast["coordinator"], revision=follow_up.revision)
    for page in (f"/seguimientos/{follow_up.code}/", f"/tareas/{follow_up.task.code}/"):
        text = cast.client("anonymous").get(page).text
        opened = re.sub(r"<details.*?</details>", "", text, flags=re.DOTALL)
        assert (file.sha256 in text, file.sha256 in opened) == (True, False), page


def test_the_eleventh_piece_of_evidence_is_refused(cast):
    follow_up = cast.follow_up()
    for number in range(10):
        actions.attach_link(follow_up, by=cast["focal point"], url=f"https://gob.mx/{number}")
    response = cast.client("focal point").post(
        "/en" + address(follow_up.task), typed(attach="1", revision=follow_up.revision, link="https://gob.mx/10")
    )
    assert "takes up to 10 files and links" in response.text
    assert follow_up.evidence.count() == 10


def test_the_same_form_twice_makes_one_follow_up(cast):
    task = cast.task()
    client, form = cast.client("focal point"), typed(send="1")
    first, second = client.post(address(task), form), client.post(address(task), form)
    assert first.url == second.url == reverse("projects:follow_up_detail", args=[FollowUp.objects.get().code])
    assert Entry.objects.filter(verb="submit").count() == 1


def test_the_same_form_after_its_follow_up_was_accepted_makes_no_second(cast):
    task = cast.task()
    client, form = cast.client("focal point"), typed(send="1")
    client.post(address(task), form)
    sent = FollowUp.objects.get()
    actions.accept(sent, by=cast["coordinator"], revision=sent.revision)
    assert client.post(address(task), form).url == reverse("projects:follow_up_detail", args=[sent.code])
    changed = client.post(address(task), form | {"done": "Otra cosa."})
    assert (changed.status_code, "Otra cosa." in changed.text) == (409, True)
    assert FollowUp.objects.count() == 1


def test_the_same_words_from_a_new_form_are_a_new_follow_up(cast):
    task = cast.task()
    client = cast.client("focal point")
    client.post(address(task), typed(send="1"))
    sent = FollowUp.objects.get()
    actions.accept(sent, by=cast["coordinator"], revision=sent.revision)
    client.post(address(task), typed(send="1"))
    assert FollowUp.objects.count() == 2


def test_a_lost_race_shows_both_texts_and_the_next_press_counts(cast):
    task = cast.task()
    mine, theirs = typed(send="1", done="Texto del titular."), typed(save="1", done="Texto de la suplente.")
    cast.client("alternate").post(address(task), theirs)
    client = cast.client("focal point")
    lost = client.post("/en" + address(task), mine)
    assert lost.status_code == 409
    assert "Alternate" in lost.text
    assert lost.context["differences"][0].value == "Texto del titular."
    assert "<del>de la suplente</del>" in lost.text
    assert "<ins>del titular</ins>" in lost.text
    assert "data-autosave-url" not in lost.text
    revision, page = lost.context["revision"], lost.context["page"]
    assert FollowUp.objects.get().done == "Texto de la suplente."
    assert client.post(address(task), mine | {"revision": revision, "page": page}).status_code == 302
    assert (FollowUp.objects.get().done, FollowUp.objects.get().state) == ("Texto del titular.", "submitted")


def test_of_two_windows_of_one_person_the_page_blames_nobody_else(cast):
    task, client = cast.task(), cast.client("focal point")
    client.post(address(task), typed(save="1", done="De la primera ventana."))
    lost = client.post("/en" + address(task), typed(save="1", done="De la segunda ventana."))
    assert lost.status_code == 409
    assert "You saved this draft in another window" in lost.text
    assert "what you saved in another window" in lost.text
    assert "omebody else" not in lost.text.partition("<main")[2]
    theirs = cast.client("alternate").post("/en" + address(task), typed(save="1", done="De la suplente."))
    assert "what Focal point saved" in theirs.text


def test_a_follow_up_sent_by_the_other_is_not_sent_again(cast):
    task = cast.task()
    cast.client("alternate").post(address(task), typed(send="1", done="Lo de la suplente."))
    lost = cast.client("focal point").post("/en" + address(task), typed(send="1", done="Lo del titular."))
    assert lost.status_code == 409
    assert "already been sent" in lost.text
    assert "Lo del titular." in lost.text
    assert FollowUp.objects.get().done == "Lo de la suplente."


def autosave(client, task, **changes):
    return client.post(address(task), typed(**changes), headers={"X-Requested-With": "autosave"})


def test_the_page_saves_itself(cast):
    task, client, page = cast.task(), cast.client("focal point"), uuid4().hex
    first = autosave(client, task, page=page, progress="", done="Se")
    assert first.status_code == 200
    assert first.json()["version"] == 0
    second = autosave(client, task, page=page, progress="40", done="Se conectó", revision="0").json()
    assert second["version"] == 1
    assert (FollowUp.objects.get().progress, FollowUp.objects.get().done) == (40, "Se conectó")
    assert not Entry.objects.filter(verb="submit").exists()


def test_what_cannot_be_read_yet_does_not_stop_the_rest(cast):
    task = cast.task()
    assert autosave(cast.client("focal point"), task, progress="cua", done="Se conectó").status_code == 200
    assert (FollowUp.objects.get().progress, FollowUp.objects.get().done) == (None, "Se conectó")


def test_an_empty_page_saves_nothing(cast):
    task = cast.task()
    answer = autosave(cast.client("focal point"), task, progress="", done="", next_step="")
    assert answer.json()["version"] == ""
    assert not FollowUp.objects.exists()


def test_a_button_wins_over_a_save_of_its_own_page_and_not_the_other_way_round(cast):
    task, client, page = cast.task(), cast.client("focal point"), uuid4().hex
    autosave(client, task, page=page, done="Primera mitad")
    # The page had not heard of revision 0 when its button was pressed.
    assert client.post(address(task), typed(page=page, save="1", done="Primera mitad y segunda")).status_code == 302
    late = autosave(client, task, page=page, done="Primera", revision="0")
    assert late.status_code == 409
    assert json.loads(late.content)["message"]
    assert FollowUp.objects.get().done == "Primera mitad y segunda"


def test_saving_in_the_background_never_overwrites_somebody_else(cast):
    task = cast.task()
    autosave(cast.client("focal point"), task, done="Del titular")
    assert autosave(cast.client("alternate"), task, done="De la suplente").status_code == 409
    assert FollowUp.objects.get().done == "Del titular"


def test_a_file_that_joins_somebody_elses_draft_does_not_let_its_page_write_over_it(cast):
    task, page = cast.task(), uuid4().hex
    autosave(cast.client("focal point"), task, done="Del titular")
    alternate = cast.client("alternate")
    sent = uploaded(alternate, task, page=page, done="De la suplente", file=pdf()).json()
    assert "acta.pdf</a>" in sent["listed"]
    saved = alternate.post(address(task), typed(page=page, revision=sent["version"], done="De la suplente", save="1"))
    assert (saved.status_code, FollowUp.objects.get().done) == (409, "Del titular")


@pytest.mark.parametrize(
    ("role", "status"),
    [("other agency", 403), ("coordinator", 403), ("administrator", 403), ("outsider", 403)],
)
def test_a_task_that_is_not_yours(cast, role, status):
    task = cast.task()
    client = cast.client(role)
    assert client.get(address(task)).status_code == status
    assert client.post(address(task), typed(send="1")).status_code == status
    assert cast.client("anonymous").get(address(task)).status_code == 302
    assert not FollowUp.objects.exists()


def test_a_proposal_of_another_agency_is_not_there(cast):
    assert cast.client("other agency").get(address(cast.task("proposed"))).status_code == 404


def test_an_ended_appointment_ends_at_the_next_request(cast):
    task, client = cast.task(), cast.client("focal point")
    assert client.get(address(task)).status_code == 200
    Appointment.objects.filter(user=cast["focal point"]).update(until="2018-02-01")
    assert client.post(address(task), typed(send="1")).status_code == 403


@pytest.mark.parametrize("state", ["submitted", "accepted"])
def test_what_was_sent_is_not_written_on(cast, state):
    follow_up = cast.follow_up(state)
    response = cast.client("focal point").get(address(follow_up.task))
    if state == "submitted":
        assert response.url == reverse("projects:follow_up_detail", args=[follow_up.code])
    else:
        assert response.context["revision"] is None


def test_a_cancelled_task_says_so(cast):
    task = cast.task("cancelled")
    client = cast.client("focal point")
    assert client.get(address(task)).url == reverse("projects:task_detail", args=[task.code])
    lost = client.post("/en" + address(task), typed(send="1"))
    assert lost.status_code == 409
    assert f"was cancelled on {clock.today():%d/%m/%Y}: it takes no follow-up" in lost.text
    assert WORDS["done"] in lost.text


@pytest.mark.parametrize("state", ["cancelled", "replaced", "mistaken"])
def test_a_draft_of_a_task_that_ended_is_kept_and_leads_to_why(cast, state):
    draft = cast.follow_up()
    Task.objects.filter(pk=draft.task_id).update(
        state=state, ended_on="2018-03-05", reason="Ya no hace falta." if state == "mistaken" else ""
    )
    page = cast.client("focal point").get("/en" + address(draft.task), follow=True)
    assert page.request["PATH_INFO"] == f"/en/seguimientos/{draft.code}/"
    said = {
        "cancelled": "cancelled on 05/03/2018",
        "replaced": "replaced on 05/03/2018",
        "mistaken": "found on 05/03/2018",
    }
    assert f"This task was {said[state]}" in page.text
    assert draft.done in page.text
    assert f'href="/en/tareas/{draft.task.code}/"' in page.text


def test_a_task_that_is_not_confirmed_says_so(cast):
    for state in ("proposed", "declined", "withdrawn"):
        lost = cast.client("focal point").get("/en" + address(cast.task(state)), follow=True)
        assert "This task is not confirmed: it takes no follow-up." in lost.text, state


def test_a_returned_one_shows_the_comment_and_is_sent_again(cast):
    follow_up = cast.follow_up("returned")
    client = cast.client("focal point")
    page = client.get(address(follow_up.task))
    assert "Falta la evidencia." in page.text
    client.post(address(follow_up.task), typed(send="1", revision=page.context["revision"], done="Con evidencia."))
    follow_up.refresh_from_db()
    assert (follow_up.state, follow_up.done) == ("submitted", "Con evidencia.")


def test_withdraw_brings_back_to_the_form(cast):
    follow_up = cast.follow_up("submitted")
    client = cast.client("alternate")
    response = client.post(reverse("projects:follow_up_withdraw", args=[follow_up.code]))
    assert response.url == address(follow_up.task)
    again = client.post(reverse("projects:follow_up_withdraw", args=[follow_up.code]), follow=True)
    assert [message.level_tag for message in again.context["messages"]] == ["success", "error"]


@pytest.mark.parametrize(("role", "status"), [("coordinator", 403), ("other agency", 404), ("outsider", 404)])
def test_only_its_agency_withdraws(cast, role, status):
    follow_up = cast.follow_up("submitted")
    assert cast.client(role).post(reverse("projects:follow_up_withdraw", args=[follow_up.code])).status_code == status


def test_a_draft_is_discarded_after_a_look_at_it(cast):
    follow_up = cast.follow_up()
    where = reverse("projects:follow_up_discard", args=[follow_up.code])
    client = cast.client("focal point")
    assert follow_up.done in client.get(where).text
    actions.save_draft(follow_up.task, by=cast["alternate"], revision=follow_up.revision, done="Más.")
    assert client.post(where, {"revision": follow_up.revision}).url == address(follow_up.task)
    assert FollowUp.objects.exists()
    assert client.post(where, {"revision": follow_up.revision + 1}).url == reverse("projects:my_work")
    assert not FollowUp.objects.exists()


@pytest.mark.parametrize("state", ["submitted", "returned", "accepted", "withdrawn"])
def test_what_was_sent_is_not_discarded(cast, state):
    follow_up = cast.follow_up(state)
    client, where = cast.client("focal point"), reverse("projects:follow_up_discard", args=[follow_up.code])
    assert client.get(where).status_code == 404
    assert client.post(where, {"revision": follow_up.revision}).status_code == 302
    assert FollowUp.objects.filter(pk=follow_up.pk).exists()


VISIBLE = {  # by hand
    "focal point": {"draft", "submitted", "returned", "accepted", "withdrawn"},
    "alternate": {"draft", "submitted", "returned", "accepted", "withdrawn"},
    "coordinator": {"submitted", "returned", "accepted", "withdrawn"},
    "other agency": {"accepted"},
    "administrator": {"accepted"},
    "outsider": {"accepted"},
    "anonymous": {"accepted"},
}


@pytest.mark.both
@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "accepted", "withdrawn"])
@pytest.mark.parametrize("role", VISIBLE)
def test_who_reads_a_follow_up(cast, role, state):
    follow_up = cast.follow_up(state)
    response = cast.client(role).get(reverse("projects:follow_up_detail", args=[follow_up.code]))
    assert response.status_code == (200 if state in VISIBLE[role] else 404)


def test_the_public_sees_no_names_and_no_comments(cast):
    follow_up = cast.follow_up("returned")
    actions.submit(follow_up, by=cast["focal point"], revision=follow_up.revision)
    actions.accept(follow_up, by=cast["coordinator"], revision=follow_up.revision, comment="Bien documentado.")
    where = reverse("projects:follow_up_detail", args=[follow_up.code])
    private = ("Falta la evidencia.", "Bien documentado.", "Focal point", "Coordinator")
    for role in ("anonymous", "other agency", "administrator"):
        text = cast.client(role).get(where).text
        assert follow_up.done in text
        assert [words for words in private if words in text] == []
    for role in ("alternate", "coordinator"):
        text = cast.client(role).get(where).text
        assert [words for words in private if words not in text] == []


def test_the_office_reads_what_was_sent_not_what_is_being_corrected(cast):
    follow_up = cast.follow_up("submitted", done="Lo enviado.")
    actions.return_(follow_up, by=cast["coordinator"], revision=follow_up.revision, comment="Falta.")
    by = cast["focal point"]
    actions.save_draft(follow_up.task, by=by, revision=follow_up.revision, done="A medio escribir.")
    actions.attach_link(follow_up, by=by, url="https://gob.mx/nuevo", title="Prueba nueva")
    where = reverse("projects:follow_up_detail", args=[follow_up.code])
    for role, sees in (("alternate", "A medio escribir."), ("coordinator", "Lo enviado.")):
        text = cast.client(role).get(where).text
        assert sees in text
        assert ("Prueba nueva" in text) is (role == "alternate")
        assert ("A medio escribir." in text) is (role == "alternate")


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page.text).group(1)  # type: ignore[union-attr]


def test_an_expired_session_gives_the_text_back(cast):
    task, person = cast.task(), cast["focal point"]
    person.set_password(PASSWORD)
    person.save()
    client = cast.client("focal point")
    page = client.get(address(task))
    data = typed(send="1", done="Lo que tardé en escribir.", typed_by=hidden(page, "typed_by"))
    client.logout()
    late = client.post(address(task), data)
    assert late.status_code == 401
    assert not FollowUp.objects.exists()
    with override("es-mx"):
        sign_in = reverse_in_this_language("account_login")
    form = {"login": person.email, "password": PASSWORD, "carried": hidden(late, "carried"), "next": address(task)}
    back = client.post(sign_in, form, follow=True)
    assert back.request["PATH_INFO"] == address(task)
    assert "Lo que tardé en escribir." in back.text
    again = typed(send="1", done="Lo que tardé en escribir.", revision=back.context["revision"] or "")
    assert client.post(address(task), again).status_code == 302
    assert FollowUp.objects.get().state == "submitted"
