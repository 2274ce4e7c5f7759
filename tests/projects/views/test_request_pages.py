"""The pages of due dates: asking with a preview, deciding, reading; what is typed comes back, and what is private stays so."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.translation import override

from focalpoints import clock
from focalpoints.actions import ensure_system
from focalpoints.models import Entry
from projects import actions
from projects.models import Commitment, Evidence, Request, Task
from projects.reading.date_history import history_of, record_of
from tests.cast import EVERYBODY, appoint, make_user
from tests.dates import ahead, ask
from tests.deciding import approved, first_dated
from tests.receipts import assert_receipt

# Pages, each of which opens on both databases (test_every_url), like each verb (test_every_verb): the rest is said once.
pytestmark = pytest.mark.once

REASON = "La licitación LA-009000999 se declaró desierta el lunes."


def url(name, *args):
    with override("en"):
        return reverse(f"projects:{name}", args=args)


def parts(day, name="to_due"):
    return {f"{name}_day": str(day.day), f"{name}_month": str(day.month), f"{name}_year": str(day.year)}


def office_form(day, **changes):
    """Each page that is opened has a key of its own."""
    return {"category": "legal", "form_key": str(uuid4()), **parts(day, "due"), **changes}


def form(day, **changes):
    key = "00000000-0000-4000-8000-000000000001"
    return {"category": "procurement", "reason": REASON, "form_key": key, **parts(day), **changes}


@pytest.fixture
def agency(cast):
    return cast.client("focal point")


@pytest.fixture
def office(cast):
    return cast.client("coordinator")


def pdf(name="oficio.pdf"):
    return SimpleUploadedFile(name, b"%PDF-1.7\n%%EOF\n", "application/pdf")


def test_from_the_late_task_to_the_moved_date_in_public(cast, agency, office):
    task = cast.task(due=ahead(-5))
    page = agency.get(url("task_detail", task.code))
    assert f'href="{url("task_reschedule", task.code)}"' in page.text
    assert "The date has passed" in page.text
    sent = agency.post(
        url("task_reschedule", task.code), form(ahead(40), file=[pdf(), pdf("acta.pdf")], link="https://www.gob.mx/a")
    )
    change = Request.objects.get()
    assert (sent.status_code, sent.url) == (302, url("request_detail", change.code))
    anonymous = cast.client("anonymous")
    public = anonymous.get(url("request_detail", change.code)).text
    assert "+45 days" in public
    assert REASON not in public
    assert "oficio.pdf" not in public
    page = agency.get(sent.url)
    assert REASON in page.text
    assert_receipt(page.text, Entry.objects.about("request", change.code).get().folio)
    assert "has not decided yet" in anonymous.get(url("task_detail", task.code)).text
    queue = office.get(url("review_queue")).text
    assert ": 1 request ·" in queue
    assert url("request_review", change.code) in queue
    decided = office.post(
        url("request_review", change.code), {"decision": "approve", "revision": "0", "comment": "Va."}
    )
    assert (decided.status_code, decided.url) == (302, url("review_queue"))
    text = anonymous.get(url("task_detail", task.code)).text
    assert "moved 1 time, +45 days" in text
    assert f'first date <time datetime="{ahead(-5)}">' in text
    public = anonymous.get(url("request_detail", change.code)).text
    assert REASON in public
    assert "The old date had passed by 5 days." in public
    assert "Va." not in public
    assert "Va." in agency.get(sent.url).text
    proof = Evidence.objects.first()
    with override("en"):
        answer = anonymous.get(reverse("projects:evidence_download", args=[proof.key]))
    assert (answer.status_code, answer["Cache-Control"]) == (200, "public, no-cache")
    assert b"".join(answer.streaming_content).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("days", "said"), [(-1, "must be after today"), (60, "the date it has now"), (4000, "Check the year")]
)
def test_a_date_that_cannot_be_asked_for_is_said_at_its_field(cast, agency, days, said):
    task = cast.task()
    answer = agency.post(url("task_reschedule", task.code), form(ahead(days)))
    assert said in answer.text
    assert REASON in answer.text
    assert said in agency.get(url("task_reschedule", task.code), parts(ahead(days))).text
    assert not Request.objects.exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("29", "2", "2019"), "There is no day 29 in February 2019"),
        (("1", "1", "10000"), "The year must have four digits"),
        (("", "", ""), "Say which date you ask for"),
    ],
)
def test_a_date_that_is_none(cast, agency, typed, said):
    task = cast.task()
    fields = dict(zip(("to_due_day", "to_due_month", "to_due_year"), typed, strict=True))
    assert said in agency.post(url("task_reschedule", task.code), form(ahead(70)) | fields).text


def test_a_refused_file_brings_the_text_back_and_the_others_are_chosen_again(cast, agency):
    task = cast.task()
    wrong = SimpleUploadedFile("virus.pdf", b"MZ\x90", "application/pdf")
    answer = agency.post(url("task_reschedule", task.code), form(ahead(70), file=[wrong]))
    assert REASON in answer.text
    assert answer.context["form"].errors.keys() == {"file"}
    answer = agency.post(url("task_reschedule", task.code), form(ahead(70), reason="", file=[pdf()]))
    assert "Choose oficio.pdf again" in answer.text
    assert not Evidence.objects.exists()


def test_the_effect_is_shown_without_a_script_and_nothing_is_written(cast, agency):
    task = cast.task()
    before = Entry.objects.count()
    answer = agency.post(
        url("task_reschedule", task.code), form(ahead(130), reason="", category="", effect="1", file=[pdf()])
    )
    assert answer.status_code == 200
    assert "What this date would do" in answer.text
    assert "the commitment&#x27;s date moves too" in answer.text
    assert "Say why the date has to move" not in answer.text
    assert "Choose oficio.pdf again" in answer.text
    assert "What this date would do" in agency.get(url("task_reschedule", task.code), {"to_due": str(ahead(70))}).text
    assert (Request.objects.count(), Entry.objects.count()) == (0, before)
    assert Task.objects.values_list("due", flat=True).get() == ahead(60)


def test_a_commitment_shows_its_tasks_against_the_new_date(cast, agency):
    early, late = cast.task(due=ahead(30)), cast.task(due=ahead(80))
    text = agency.get(url("commitment_reschedule", cast.commitment.code), parts(ahead(120))).text
    assert text.index(late.code) < text.index(early.code)
    assert "40 days before" in text
    text = agency.get(url("commitment_reschedule", cast.commitment.code), parts(ahead(70))).text
    assert f"1 task falls due later and would outlive it: {late.code}" in text


def test_a_date_beyond_the_strategy_warns(cast, agency):
    with clock.at(clock.start_of(date(2018, 10, 15))):
        commitment = cast.another_commitment(due=date(2018, 11, 15))
        beyond = agency.get(url("commitment_reschedule", commitment.code), {"to_due": "2018-12-01"}).text
        within = agency.get(url("commitment_reschedule", commitment.code), {"to_due": "2018-11-30"}).text
    assert "beyond the end of the strategy, 30/11/2018" in beyond
    assert "beyond the end" not in within


def test_a_date_within_a_commitment_that_was_due_beyond_the_strategy_is_not_warned_of(cast, agency):
    with clock.at(clock.start_of(date(2018, 10, 15))):
        commitment = cast.another_commitment(due=date(2018, 12, 15))
        task = cast.task(commitment=commitment, due=date(2018, 11, 15))
        for kind, row, day, is_warned in (
            ("task", task, "2018-12-15", False),
            ("task", task, "2018-12-16", True),
            ("commitment", commitment, "2018-12-16", True),
            ("commitment", commitment, "2018-12-10", False),
        ):
            page = agency.get(url(f"{kind}_reschedule", row.code), {"to_due": day}).text
            assert "What this date would do" in page
            assert ("beyond the end" in page) is is_warned, (kind, day)
        address, said = url("task_create", commitment.code), TASK | {"form_key": "00000000-0000-4000-8000-000000000001"}
        answer = cast.client("coordinator").post(address, said | parts(date(2018, 12, 1), "due"), follow=True)
        assert answer.redirect_chain
        assert "beyond the end" not in answer.text


def test_a_commitment_says_which_changes_nobody_has_decided_yet(cast):
    promise = cast.another_commitment(agencies=[cast.sct], due=ahead(30))
    address = url("commitment_detail", promise.code)
    change = ask(cast, promise)
    assert "1 change asked for, 1 not decided yet</summary>" in cast.client("anonymous").get(address).text
    approved(cast, change)
    assert "1 change asked for</summary>" in cast.client("anonymous").get(address).text


def test_a_coordinator_who_asked_sees_that_another_decides(cast):
    appoint(cast["coordinator"], cast.sct, "alternate")
    change = ask(cast, by="coordinator")
    page = cast.client("coordinator").get(url("request_review", change.code)).text
    assert "You asked for it" in page
    assert 'name="decision"' not in page
    assert (
        cast.client("coordinator").post(url("request_review", change.code), {"decision": "approve"}).status_code == 403
    )


def test_a_rejection_needs_a_reason_that_stays_between_the_two(cast, agency, office):
    change = ask(cast)
    review = url("request_review", change.code)
    assert (
        "Say why it is not approved" in office.post(review, {"decision": "reject", "revision": "0", "comment": ""}).text
    )
    assert "Choose one of the two buttons." in office.post(review, {"revision": "0"}).text
    assert office.post(review, {"decision": "reject", "revision": "0", "comment": "Falta el acta."}).status_code == 302
    detail = url("request_detail", change.code)
    assert "Falta el acta." in agency.get(detail).text
    assert "Falta el acta." not in cast.client("other agency").get(detail).text
    assert "Rejected" in cast.client("anonymous").get(detail).text


def test_a_press_on_what_changed_meanwhile_keeps_the_comment(cast, office):
    first, second = ask(cast, cast.task(), 120), ask(cast, cast.task(), 150)
    actions.approve_request(first, by=cast["second coordinator"], revision=0)
    answer = office.post(url("request_review", second.code), {"decision": "approve", "revision": "0", "comment": "Va."})
    assert answer.status_code == 409
    assert "Va.</textarea>" in answer.text
    assert "new effect" in answer.text
    assert 'name="revision" value="1"' in answer.text
    again = office.post(url("request_review", second.code), {"decision": "approve", "revision": "1", "comment": "Va."})
    assert again.status_code == 302


def test_what_no_longer_says_what_would_happen_can_only_be_rejected(cast, office):
    """The commitment's date moved with a task's, after another date was asked for it: no button approves that."""
    own = ask(cast, cast.commitment, 150)
    assert 'value="approve"' in office.get(url("request_review", own.code)).text
    actions.approve_request(ask(cast, cast.task(), 120), by=cast["second coordinator"], revision=0)
    page = office.get(url("request_review", own.code))
    assert (page.status_code, page.context["moves"]) == (200, ["reject"])
    assert re.findall(r'name="decision" value="(\w+)"', page.text) == ["reject"]
    assert "What this date would do" not in page.text
    assert "Its date changed after this was asked" in page.text
    answer = office.post(url("request_review", own.code), {"decision": "approve", "revision": page.context["revision"]})
    assert (answer.status_code, re.findall(r'name="decision" value="(\w+)"', answer.text)) == (409, ["reject"])
    assert Commitment.objects.get(pk=cast.commitment.pk).due == ahead(120)


# The changes of a proposal's date, and of a public task's, that each person reads on a page, by hand.
HISTORY = dict.fromkeys(EVERYBODY, (0, 1)) | {"focal point": (1, 1), "alternate": (1, 1), "coordinator": (1, 1)}


@pytest.mark.both
@pytest.mark.parametrize("person", EVERYBODY)
def test_the_history_of_a_date_is_for_whoever_may_see_the_task(cast, person):
    proposal, public = cast.task("proposed", due=None), cast.task(due=None)
    for task in (proposal, public):
        first_dated(cast, task, ahead(10), "Acordada.")
    told = tuple(len(history_of(task, cast[person]).changes) for task in (proposal, public))
    assert told == HISTORY[person]
    pages = [cast.client(person).get(url("task_detail", task.code)) for task in (proposal, public)]
    assert tuple('id="dates"' in page.text for page in pages) == tuple(map(bool, told))


def test_a_request_that_is_decided_already(cast, office):
    change = ask(cast)
    actions.withdraw_request(change, by=cast["focal point"])
    review = url("request_review", change.code)
    assert office.get(review).url == url("request_detail", change.code)
    answer = office.post(review, {"decision": "approve", "revision": "0", "comment": "Va."})
    assert answer.status_code == 409
    assert "decided or withdrawn meanwhile" in answer.text
    assert "Va." in answer.text


def test_the_next_in_the_queue(cast, office):
    first, second = ask(cast, cast.task()), ask(cast, cast.task())
    decided = office.post(url("request_review", first.code), {"decision": "approve", "revision": "0"})
    assert decided.url == url("request_review", second.code)


def test_withdrawing_by_its_agency_alone(cast, agency):
    change = ask(cast)
    for role, status in (("other agency", 403), ("coordinator", 403), ("alternate", 302)):
        answer = cast.client(role).post(url("request_withdraw", change.code))
        assert (role, answer.status_code) == (role, status)
    answer = agency.post(url("request_withdraw", change.code), follow=True)
    assert "decided or withdrawn meanwhile" in answer.text


def test_what_speaks_against_asking_is_said_where_one_comes_from(cast, agency):
    ask(cast, task := cast.task())
    answer = agency.get(url("task_reschedule", task.code), follow=True)
    assert answer.redirect_chain == [(url("task_detail", task.code), 302)]
    assert "already waits" in answer.text
    assert agency.post(url("task_reschedule", task.code), form(ahead(80))).status_code == 409


@pytest.mark.parametrize("kind", ["task", "commitment"])
def test_the_office_sets_a_first_date_and_corrects_it(cast, office, kind):
    item = cast.task(due=None) if kind == "task" else cast.another_commitment()
    assert url(f"{kind}_ask_first_date", item.code) in office.get(url(f"{kind}_correct", item.code)).text
    sent = office_form(ahead(20), reason="DOF del 1 de octubre.")
    shown = office.post(url(f"{kind}_ask_first_date", item.code), {**sent, "reason": "", "effect": "1"})
    assert shown.context["date_effect"].item[1].due == ahead(20)
    refused = office.post(url(f"{kind}_ask_first_date", item.code), {**sent, "category": ""})
    assert "Choose the kind of reason" in refused.text
    assert not item.requests.exists()
    asked = office.post(url(f"{kind}_ask_first_date", item.code), sent)
    assert asked.url == url("request_detail", f"{item.code}-R1")
    item.refresh_from_db()
    assert item.due is None, "until a colleague decides nothing changes"
    approved(cast, item.requests.get())
    item.refresh_from_db()
    assert url(f"{kind}_ask_correction", item.code) in office.get(url(f"{kind}_detail", item.code)).text
    sent = office_form(ahead(25), category="capture", reason="Decía 25.", revision=item.revision)
    assert office.post(url(f"{kind}_ask_correction", item.code), sent).status_code == 302
    approved(cast, item.requests.waiting().get())
    stale = office.post(
        url(f"{kind}_ask_correction", item.code),
        office_form(ahead(26), reason="Decía 25.", revision=sent["revision"]),
    )
    assert (stale.status_code, "Decía 25." in stale.text) == (409, True)
    text = cast.client("anonymous").get(url(f"{kind}_detail", item.code)).text
    assert "never moved" in text
    assert "wrong capture corrected 1 time" in text
    assert "not a move" in text


def test_a_commitments_page_tells_of_the_task_that_took_it_along(cast):
    change = ask(cast, cast.task(), 130)
    page = cast.client("anonymous").get(url("commitment_detail", cast.commitment.code)).text
    assert change.code not in page.split('id="history"')[0]
    actions.approve_request(change, by=cast["coordinator"], revision=0)
    page = cast.client("anonymous").get(url("commitment_detail", cast.commitment.code)).text
    assert "moved 1 time, +40 days" in page
    assert change.code in page.split('id="history"')[0]


@pytest.mark.both
def test_the_record_of_the_agency(cast, office):
    for days in (70, 80):
        change = ask(cast, cast.task(), days)
        actions.approve_request(change, by=cast["coordinator"], revision=0)
    rejected = ask(cast, cast.task(), 70)
    actions.reject_request(rejected, by=cast["coordinator"], revision=0, comment="No.")
    cast.follow_up("accepted", progress=100, task=cast.task(due=ahead(-2)))
    cast.follow_up("accepted", progress=100)
    text = office.get(url("request_review", ask(cast, cast.task(), 65).code)).text
    for said in (
        "4 requests",
        "2 approved; dates of tasks: +30 days",
        "1 rejected, 0 withdrawn, 1 waiting",
        "2 tasks fulfilled, 1 of them late",
    ):
        assert said in text


def test_redacting_a_proof_leads_back_to_the_request(cast, office):
    proof = ask(cast, files=[pdf()]).evidence.get()
    with override("en"):
        address = reverse("projects:evidence_redact", args=[proof.key])
    assert office.get(address).status_code == 200
    answer = office.post(address, {"legal_basis": "LGTAIP 116", "confirmed": "on"}, follow=True)
    assert answer.redirect_chain[-1][0] == url("request_detail", proof.request.code)
    approved(cast, Request.objects.get(kind="redaction"))
    assert "Legal basis: LGTAIP 116" in office.get(url("request_detail", proof.request.code)).text


def test_a_late_task_is_no_reason_to_ask_for_another_date_of_its_commitment(cast):
    cast.task(title="Licitar", due=clock.today() - timedelta(days=3))
    page = cast.client("focal point").get("/en/compromisos/MC-250K/").content.decode()
    assert "edn-status--late" in page
    assert "The date has passed" not in page


@pytest.mark.parametrize("verb", ["withdraw", "reject"])
def test_a_request_that_moved_nothing_says_that_its_reason_stays_unpublished(verb, cast):
    task = cast.task(title="Licitar", due=clock.today() + timedelta(days=10))
    change = actions.request_date(
        task, by=cast["focal point"], to_due=clock.today() + timedelta(days=20), category="legal", reason="Un amparo."
    )
    address = f"/en/solicitudes/{change.code}/"
    anybody = cast.client("anonymous")
    assert "published if the coordination office approves" in anybody.get(address).content.decode()
    if verb == "withdraw":
        actions.withdraw_request(change, by=cast["focal point"])
    else:
        actions.reject_request(change, by=cast["coordinator"], revision=change.revision, comment="No procede.")
    assert "it was not approved" in anybody.get(address).content.decode()


@pytest.mark.both
def test_an_agencys_record_keeps_days_of_commitments_and_tasks_apart(cast):
    due = cast.commitment.due or clock.today() + timedelta(days=100)
    task = cast.task(title="Licitar", due=due - timedelta(days=5))
    along = actions.request_date(
        task, by=cast["focal point"], to_due=due + timedelta(days=30), category="legal", reason="Un amparo."
    )
    actions.approve_request(along, by=cast["coordinator"], revision=along.revision)
    record = record_of(cast.sct)
    assert (record.asked, record.approved, record.withdrawn, record.waiting) == (1, 1, 0, 0)
    assert (record.task_days, record.commitment_days) == (35, 30)


@pytest.mark.parametrize(("own", "of_task", "of_commitment"), [(50, 20, 0), (25, 20, 5)])
def test_a_commitment_taken_along_is_late_by_its_own_date(cast, own, of_task, of_commitment):
    """Its task had been late for 20 days: that says nothing about the commitment, nor about what the coordinators kept waiting."""
    commitment = cast.another_commitment(due=ahead(own))
    task = cast.task(commitment=commitment, due=ahead(10))
    change = ask(cast, task, 70)
    with clock.at(clock.now() + timedelta(days=30)):
        entry = actions.approve_request(change, by=cast["coordinator"], revision=change.revision)
        change.refresh_from_db()
        assert (change.days_late, change.commitment_days_late) == (of_task, of_commitment)
        assert f'"commitment_days_late":{of_commitment}' in entry.text
        public = cast.client("anonymous")
        said = re.findall(r"(\d+) days late when approved", public.get(url("commitment_detail", commitment.code)).text)
        assert said == ([str(of_commitment)] if of_commitment else [])
        assert "20 days late when approved" in public.get(url("task_detail", task.code)).text


@pytest.mark.parametrize("dated", [True, False])
@pytest.mark.parametrize("kind", ["task", "commitment"])
def test_nobody_keeps_the_date_of_their_own_agency(cast, kind, dated):
    """Who is a coordinator and a focal point at once sees no button for it, and a POST is refused."""
    cast.people["both"] = make_user("both", "coordinator")
    appoint(cast.people["both"], cast.sct, "alternate")
    due = ahead(30) if dated else None
    item = cast.task(due=due) if kind == "task" else cast.another_commitment(due=due)
    name = f"{kind}_ask_correction" if dated else f"{kind}_ask_first_date"
    said = office_form(ahead(20), reason="Decía 9.", revision="0")
    both, another = cast.client("both"), cast.client("coordinator")
    assert url(name, item.code) not in both.get(url(f"{kind}_detail", item.code)).text
    assert url(name, item.code) in another.get(url(f"{kind}_detail", item.code)).text
    assert both.get(url(name, item.code)).status_code == both.post(url(name, item.code), said).status_code == 403
    assert not Request.objects.exists()
    assert another.post(url(name, item.code), said).status_code == 302


def test_the_page_of_a_request_says_that_its_agency_no_longer_answers(cast, office):
    commitment = cast.another_commitment(agencies=[cast.sct, cast.sep], due=ahead(90))
    change = ask(cast, commitment, 120)
    commitment.refresh_from_db()
    actions.correct_commitment(
        commitment, by=ensure_system(), revision=commitment.revision, binds="named", agencies=[cast.sep]
    )
    page = office.get(url("request_review", change.code))
    assert "no longer answers for it" in page.text
    assert 'value="reject"' in page.text
    assert 'value="approve"' not in page.text
    answer = office.post(url("request_review", change.code), {"decision": "approve", "revision": "0"})
    assert "no longer answers for it" in answer.text
    assert Request.objects.get().state == "requested"


def test_open_tasks_are_cancelled_by_one_form_and_one_decision(cast, office):
    """Asked on the commitment's page; the effect is shown before, a colleague decides on one page, and nothing rises."""
    tasks = [cast.task() for _number in range(3)]
    cast.follow_up("accepted", tasks[0], progress=60)
    cast.follow_up("submitted", tasks[2], progress=10)
    where = url("commitment_ask_cancellations", cast.commitment.code)
    assert f'href="{where}"' in office.get(url("commitment_detail", cast.commitment.code)).text
    page = office.get(where)
    assert [task.code for task in page.context["held"]] == [tasks[2].code]  # its follow-up is decided first
    chosen = {"tasks": [task.code for task in tasks[:2]], "category": "budget", "reason": "Se retiraron los recursos."}
    key = {"form_key": "00000000-0000-4000-8000-000000000002"}
    shown = office.post(where, {"tasks": chosen["tasks"], **key, "effect": "1"})
    assert (shown.context["effect"].after.cancelled, shown.context["effect"].after.verified) == (2, 20)
    assert not Request.objects.exists()
    assert "Choose the tasks" in office.post(where, {**chosen, **key, "tasks": []}).text
    assert "2 requests were sent" in office.post(where, {**chosen, **key}, follow=True).text
    first, second = Request.objects.order_by("pk")
    nothing_left = office.get(where).text
    assert "Send the request" not in nothing_left
    assert "does not assess" in nothing_left
    assert all(f'href="{url("request_detail", change.code)}"' in nothing_left for change in (first, second))
    together = url("requests_review", second.code)
    assert office.post(together, {"decision": "approve", **seen(first, second)}).status_code == 403
    colleague = cast.client("second coordinator")
    assert f'href="{url("requests_review", first.code)}"' in colleague.get(url("request_review", first.code)).text
    page = colleague.get(together)
    assert (page.context["effect"].after.cancelled, page.context["may"]) == (2, True)
    actions.withdraw_request(first, by=cast["coordinator"])
    late = colleague.post(together, {"decision": "approve", "comment": "Consta.", **seen(first, second)})
    assert late.status_code == 409
    assert "Consta." in late.text
    assert Task.objects.filter(state="cancelled").count() == 0
    done = colleague.post(together, {"decision": "approve", **seen(second)}, follow=True)
    assert "1 requests were approved" not in done.text
    assert "1 request was approved" in done.text
    assert colleague.get(together).status_code == 302
    commitment = Commitment.objects.get(pk=cast.commitment.pk)
    assert (commitment.tasks_cancelled, commitment.verified_progress) == (1, 20)
    assert "1 of 3 tasks cancelled" in office.get(url("commitment_detail", commitment.code)).text


def seen(*changes):
    return {"seen": [f"{change.code}:{change.revision}" for change in changes]}


STRATEGY_ENDS = date(2018, 11, 30)
BEYOND = "beyond the end of the strategy, 30/11/2018"
TASK = {"title": "Conectar", "agency": "9"}
PROMISE = {
    "project": "mexico-conectado", "title": "Más sitios", "code": "MAS", "language": "es", "binds": "named", "agencies": "SCT"
}  # fmt: skip


TAKES_A_DATE = [
    ("commitment_ask_first_date", "coordinator", lambda cast: cast.another_commitment(), {"reason": "DOF."}),
    (
        "task_ask_correction",
        "coordinator",
        lambda cast: in_undated(cast, ahead(5)),
        {"reason": "DOF.", "revision": "0"},
    ),
    ("task_create", "coordinator", lambda cast: cast.another_commitment(), TASK),
    ("task_create_for_all", "coordinator", lambda cast: cast.another_commitment(binds="all"), TASK),
    ("task_propose", "focal point", lambda cast: cast.another_commitment(), TASK),
    ("commitment_create", "coordinator", None, PROMISE),
]


@pytest.mark.parametrize(("days", "warned"), [(0, False), (1, True)])
@pytest.mark.parametrize(
    ("name", "role", "item", "said"),
    [*TAKES_A_DATE, ("task_ask_first_date", "coordinator", lambda cast: in_undated(cast, None), {"reason": "DOF."})],
)
def test_a_date_beyond_the_strategys_end_is_taken_and_warned_of(cast, name, role, item, said, days, warned):
    row = item and item(cast)
    day = STRATEGY_ENDS + timedelta(days=days)
    extra = {"form_key": "00000000-0000-4000-8000-000000000001", "category": "legal", "past_due": day.isoformat()}
    address = url(name, row.code) if row else url(name)
    answer = cast.client(role).post(address, {**said, **extra, **parts(day, "due")}, follow=True)
    assert answer.redirect_chain
    assert (BEYOND in answer.text) is warned


@pytest.mark.parametrize(("name", "role", "item", "said"), TAKES_A_DATE, ids=[row[0] for row in TAKES_A_DATE])
def test_a_date_that_has_passed_is_warned_of_once_and_taken_at_the_second_press(cast, name, role, item, said):
    row = item and item(cast)
    client, address = cast.client(role), url(name, row.code) if row else url(name)
    entries = Entry.objects.count()
    form = said | {"form_key": "00000000-0000-4000-8000-000000000001", "category": "legal"}
    warned = client.post(address, form | parts(ahead(-319), "due"))
    assert warned.status_code == 200
    assert "the agency are told of a delay of 319 days" in warned.text
    assert f'name="past_due" value="{ahead(-319)}"' in warned.text
    another = client.post(address, form | parts(ahead(-1), "due") | {"past_due": str(ahead(-319))})
    assert "a delay of 1 day." in another.text
    assert Entry.objects.count() == entries
    taken = client.post(address, form | parts(ahead(-1), "due") | {"past_due": str(ahead(-1))})
    assert taken.status_code == 302
    assert Entry.objects.count() > entries


def test_what_is_due_today_is_not_past_and_an_effect_is_shown_without_a_warning(cast):
    commitment = cast.another_commitment()
    client, form = cast.client("coordinator"), TASK | {"form_key": "00000000-0000-4000-8000-000000000001"}
    address = url("commitment_ask_first_date", commitment.code)
    shown = client.post(address, {"category": "legal", "effect": "1", **parts(ahead(-9), "due")}).text
    assert "What this date would do" in shown
    assert "a delay of" not in shown
    assert client.post(url("task_create", commitment.code), form | parts(ahead(0), "due")).status_code == 302


def in_undated(cast, due):
    return cast.task(commitment=cast.another_commitment(), due=due)


@pytest.mark.both
@pytest.mark.parametrize("rows", [1, 30])
def test_an_effect_costs_the_same_however_many_tasks_there_are(cast, agency, office, rows, django_assert_num_queries):
    tasks = [cast.task() for _ in range(rows)]
    change = ask(cast, tasks[-1], 130)
    other = cast.another_commitment(due=ahead(90))
    for _ in range(rows):
        cast.task(commitment=other)
    for client, page, query, queries in (
        (agency, url("task_reschedule", other.tasks.latest("number").code), {"to_due": str(ahead(130))}, 7),
        (agency, url("commitment_reschedule", other.code), {"to_due": str(ahead(130))}, 11),
        (office, url("request_review", change.code), {}, 19),
    ):
        client.get(page, query)
        with django_assert_num_queries(queries):
            assert client.get(page, query).context["effect"].item[1].due == ahead(130)


def test_who_asks_for_a_date_reads_in_a_sentence_how_often_it_moved(cast, agency):
    def said(task):
        return re.sub(r"<[^>]+>", "", agency.get(url("task_reschedule", task.code)).text)

    task = cast.task(due=ahead(10))
    assert f"It falls due on {ahead(10):%-d %B %Y}. It was never moved." in said(task)
    assert f"It was due on {ahead(-3):%-d %B %Y}. It was never moved." in said(cast.task(due=ahead(-3)))
    approved(cast, ask(cast, task, 15))
    assert f"It was moved once, by +5 days; its first date was {ahead(10):%-d %B %Y}." in said(task)
