"""The coordination office's queue and its decisions."""

from datetime import timedelta

import pytest
from django.utils import timezone

from focalpoints import business_days, clock
from focalpoints.models import Entry
from projects import actions
from projects.models import FollowUp
from projects.reading.differences import differences, marked
from tests.cast import appoint, make_agency

# Pages, each of which opens on both databases (test_every_url), like each verb (test_every_verb): the rest is said once.
pytestmark = pytest.mark.once


def review(follow_up):
    return f"/revision/{follow_up.code}/"


def decide(client, follow_up, decision, comment="", **changes):
    data = {"decision": decision, "comment": comment, "revision": follow_up.revision, **changes}
    return client.post("/en" + review(follow_up), data)


def waiting(cast, days=0, **words):
    with clock.at(timezone.now() - timedelta(days=days)):
        return cast.follow_up("submitted", **words)


@pytest.mark.both
def test_the_queue_is_oldest_first_with_its_age(cast):
    new, old = waiting(cast, 1), waiting(cast, 9, obstacle="Sin presupuesto.")
    again = cast.follow_up("returned")
    actions.submit(again, by=cast["focal point"], revision=again.revision)
    response = cast.client("coordinator").get("/en/revision/")
    [section] = response.context["to_review"]
    assert [row.follow_up.code for row in section.rows] == [old.code, new.code, again.code]
    ages = [business_days.between(clock.today() - timedelta(days=days), clock.today()) for days in (9, 1, 0)]
    assert [row.age for row in section.rows] == ages
    assert ["corrected" in row.flags for row in section.rows] == [False, False, True]
    for words in ("States an obstacle", "First after a return", f"the oldest for {ages[0]} business days"):
        assert words in response.text


@pytest.mark.both
def test_a_late_task_is_flagged_whatever_it_claims(cast):
    cast.follow_up("submitted", task=cast.task(due=clock.today() - timedelta(days=1)), progress=100)
    coordinator = cast.client("coordinator")
    assert "1 day late" in coordinator.get("/en/revision/").text
    # The light itself is the public one: there is one rule.
    page = coordinator.get(f"/en/revision/{FollowUp.objects.get().code}/")
    assert page.context["light"].light == "to_be_verified"
    assert "1 day late" in page.text
    assert "Overdue" not in page.text  # the light's words are the only ones


@pytest.mark.both
def test_a_row_that_was_shown_last_week_has_waited_longer(cast):
    sent_on = clock.day_of(waiting(cast).submitted_at)
    client = cast.client("coordinator")
    for days in (0, 7):
        with clock.at(clock.now() + timedelta(days=days)):
            [section] = client.get("/en/revision/").context["to_review"]
            assert [row.age for row in section.rows] == [business_days.between(sent_on, clock.today())]


@pytest.mark.both
@pytest.mark.parametrize(
    ("words", "found"), [("sct", 1), ("SÉP", 0), ("cabeza", 1), ("9", 1), ("a\x00b", 0), ("x" * 200, 0)]
)
def test_the_queue_narrows_by_agency_or_sector(cast, words, found):
    cast.sct.parent = make_agency("99", "CABEZA")
    cast.sct.is_ministry = False
    cast.sct.save()
    waiting(cast)
    response = cast.client("coordinator").get("/revision/", {"q": words})
    assert (response.status_code, len(response.context["page"].object_list)) == (200, found)


@pytest.mark.both
@pytest.mark.parametrize("rows", [1, 30])
def test_the_queue_takes_as_many_queries_for_one_row_as_for_thirty(cast, rows, django_assert_num_queries):
    for _ in range(rows):
        waiting(cast)
    client = cast.client("coordinator")
    client.get("/revision/")
    with django_assert_num_queries(16):
        assert len(client.get("/revision/").context["page"].object_list) == rows


@pytest.mark.parametrize(
    ("role", "page", "read", "post"),
    [
        ("focal point", 404, 404, 403),
        ("other agency", 404, 404, 404),
        ("administrator", 404, 404, 404),
        ("outsider", 404, 404, 404),
        ("coordinator", 200, 200, 302),
    ],
)
def test_only_coordinators_review(cast, role, page, read, post):
    follow_up = waiting(cast)
    client = cast.client(role)
    assert client.get("/revision/").status_code == page
    assert client.get(review(follow_up)).status_code == read
    assert decide(client, follow_up, "accept").status_code == post


def test_accepting_leads_to_the_next_in_the_queue(cast):
    first, second, third = waiting(cast, 3), waiting(cast, 2), waiting(cast, 1)
    client = cast.client("coordinator")
    assert decide(client, second, "accept", "Bien.").url == "/en" + review(third)
    assert decide(client, third, "accept").url == "/en" + review(first)
    assert decide(client, first, "return", "Falta.").url == "/en/revision/"
    assert list(FollowUp.objects.order_by("pk").values_list("state", flat=True)) == ["returned", "accepted", "accepted"]


def test_the_filter_travels_from_item_to_item(cast):
    sep = cast.another_commitment(agencies=[cast.sep])
    first = waiting(cast, 3)
    waiting(cast, 2, task=cast.task(agency=cast.sep, commitment=sep))
    third = waiting(cast, 1)
    data = {"decision": "accept", "comment": "", "revision": first.revision}
    assert cast.client("coordinator").post(review(first) + "?q=SCT", data).url == f"{review(third)}?q=SCT"


def test_a_return_needs_a_comment(cast):
    follow_up = waiting(cast)
    response = decide(cast.client("coordinator"), follow_up, "return", "   ")
    assert (response.status_code, FollowUp.objects.get().state) == (200, "submitted")
    assert "Say what is missing or wrong" in response.text


@pytest.mark.both
@pytest.mark.parametrize(
    ("decision", "comment"), [("accept", "x" * 2001), ("return", "a\x00b"), ("approve", "Sí."), ("", "")]
)
def test_a_decision_that_cannot_be_read_decides_nothing(cast, decision, comment):
    follow_up = waiting(cast)
    response = decide(cast.client("coordinator"), follow_up, decision, comment)
    assert (response.status_code, FollowUp.objects.get().state) == (200, "submitted")
    assert response.context["form"].errors


def test_what_was_changed_while_reading_is_not_decided(cast):
    follow_up = waiting(cast)
    author, seen = cast["focal point"], follow_up.revision
    actions.withdraw(follow_up, by=author)
    follow_up = actions.save_draft(follow_up.task, by=author, revision=follow_up.revision, done="Texto nuevo.")
    actions.submit(follow_up, by=author, revision=follow_up.revision)
    client = cast.client("coordinator")
    lost = decide(client, follow_up, "return", "Mi comentario.", revision=seen)
    assert lost.status_code == 409
    for words in ("while you were reading", "Mi comentario.", "Texto nuevo."):
        assert words in lost.text
    assert decide(client, follow_up, "return", "Mi comentario.", revision=lost.context["revision"]).status_code == 302


@pytest.mark.parametrize("meanwhile", ["withdraw", "accept"])
def test_what_no_longer_waits_keeps_the_comment(cast, meanwhile):
    follow_up = waiting(cast)
    seen = follow_up.revision
    if meanwhile == "withdraw":
        actions.withdraw(follow_up, by=cast["focal point"])
    else:
        actions.accept(follow_up, by=cast["second coordinator"], revision=seen)
    client = cast.client("coordinator")
    lost = decide(client, follow_up, "return", "Mi comentario.", revision=seen)
    assert lost.status_code == 409
    for words in ("no longer waits for review", "Mi comentario."):
        assert words in lost.text
    assert 'name="decision"' not in lost.text
    assert client.get(review(follow_up)).url.endswith(f"/seguimientos/{follow_up.code}/")


def test_the_same_decision_twice_is_one(cast):
    follow_up = waiting(cast)
    client = cast.client("coordinator")
    decide(client, follow_up, "accept")
    assert decide(client, follow_up, "accept").status_code == 409
    assert Entry.objects.filter(verb="accept").count() == 1


def test_nobody_decides_on_their_own(cast):
    both = cast["coordinator"]
    appoint(both, cast.cedn)
    commitment = cast.another_commitment(agencies=[cast.cedn])
    task = cast.task(agency=cast.cedn, commitment=commitment)
    follow_up = actions.save_draft(task, by=both, progress=10, done="Se publicó.")
    actions.submit(follow_up, by=both, revision=follow_up.revision)
    own = cast.client("coordinator").get("/en" + review(follow_up))
    assert "another coordinator decides" in own.text
    assert 'name="decision"' not in own.text
    assert decide(cast.client("coordinator"), follow_up, "accept").status_code == 403
    other = cast.client("second coordinator")
    assert "Reviewed by the same office" in other.get("/en" + review(follow_up)).text
    decide(other, follow_up, "accept")
    assert "Reviewed by the same office" in cast.client("anonymous").get(f"/en/seguimientos/{follow_up.code}/").text


def test_who_wrote_a_part_does_not_decide_either(cast):
    appoint(cast["coordinator"], cast.sct, "alternate")
    follow_up = cast.follow_up("draft")
    follow_up = actions.save_draft(
        follow_up.task, by=cast["coordinator"], revision=follow_up.revision, done="Mi parte."
    )
    actions.submit(follow_up, by=cast["focal point"], revision=follow_up.revision)
    assert decide(cast.client("coordinator"), follow_up, "accept").status_code == 403


def test_the_next_follow_up_stands_beside_what_was_promised_and_is_no_draft_of_the_last(cast):
    task = cast.task()
    first = cast.follow_up(
        "submitted", task=task, progress=30, done="Se conectaron 100 sitios.", next_step="Conectar 50 más."
    )
    client = cast.client("coordinator")
    assert "The first follow-up of this task" in client.get("/en" + review(first)).text
    decide(client, first, "accept")
    second = cast.follow_up("submitted", task=task, progress=50, done="Se conectaron 150 sitios.")
    page = client.get("/en" + review(second))
    promised, _heading, done = page.text.partition("What was done")
    assert "Conectar 50 más." in promised
    assert "Se conectaron 150 sitios." in done
    assert "<del>" not in page.text
    assert "30 % was accepted on" in page.text
    assert "1 follow-up accepted in twelve months" in page.text


def test_a_correction_is_compared_with_what_was_returned(cast):
    follow_up = cast.follow_up("returned", done="Texto viejo.")
    by = cast["focal point"]
    follow_up = actions.save_draft(follow_up.task, by=by, revision=follow_up.revision, done="Texto corregido.")
    actions.attach_link(follow_up, by=by, url="https://gob.mx/acta")
    actions.submit(follow_up, by=by, revision=follow_up.revision)
    page = cast.client("coordinator").get("/en" + review(follow_up))
    assert [row.value for row in page.context["previous_differences"] if row.is_changed] == ["Texto corregido."]
    assert [is_new for _item, is_new in page.context["evidence"]] == [True]
    assert "Falta la evidencia." in page.text


def test_a_difference_escapes_what_it_marks():
    before, after = marked("uno <b>dos</b>", "uno <i>dos</i> & tres")
    assert "<b>" not in before.replace("<del>b</del>", "")
    assert "&lt;" in before
    assert "<i>" not in after
    assert "&amp;" in after


def test_a_difference_of_the_longest_texts_is_quick():
    rows = differences({"done": "a b " * 1000}, {"done": "b a " * 1000, "progress": 5})
    assert [row.is_changed for row in rows] == [True, True]
