"""Many follow-ups decided at once: each by the guard of one, what is to be looked at only by whoever opened its evidence."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.translation import override

from focalpoints import clock
from focalpoints.ledger.verification import verify
from focalpoints.models import Entry
from focalpoints.turn import HeadKept
from focalpoints.workflow import NotPossible
from projects import actions
from projects.actions import bulk
from projects.actions.bulk import CHANGED, GONE, MOST, YOURS
from projects.jumps import is_looked_at
from projects.models import EvidenceOpening, FollowUp
from projects.reading.bulk import UNOPENED, UNPROVEN
from projects.reading.history import events


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


def seen(*follow_ups):
    return [(row.pk, row.revision) for row in follow_ups]


def states(*follow_ups):
    return [FollowUp.objects.get(pk=row.pk).state for row in follow_ups]


def open_evidence(cast, follow_up, who="coordinator"):
    for proof in follow_up.evidence.all():
        actions.open_evidence(proof, by=cast[who])


def whys(outcome):
    return {left.code: left.why for left in outcome.left}


def test_each_is_accepted_with_its_own_entry_that_says_en_bloc(cast):
    rows = [cast.follow_up("submitted") for _ in range(3)]
    outcome = actions.accept_in_bulk(seen(*rows), by=cast["coordinator"])
    assert [done.code for done in outcome.decided] == [row.code for row in rows]
    assert outcome.left == []
    assert states(*rows) == ["accepted"] * 3
    entries = list(Entry.objects.filter(verb="accept"))
    assert {entry.folio for entry in entries} == {done.folio for done in outcome.decided}
    assert all(json.loads(entry.text)["numbers"]["in_bulk"] == 1 for entry in entries)
    assert all("en bloc" in str(event.detail) for event in events(entries))
    assert verify().is_intact
    one = cast.follow_up("accepted")
    assert (one.in_bulk, FollowUp.objects.get(pk=rows[0].pk).in_bulk) == (False, True)


def test_all_are_returned_with_one_comment(cast):
    rows = [cast.follow_up("submitted") for _ in range(2)]
    with pytest.raises(NotPossible):
        actions.return_in_bulk(seen(*rows), by=cast["coordinator"], comment=" ")
    assert states(*rows) == ["submitted"] * 2
    actions.return_in_bulk(seen(*rows), by=cast["coordinator"], comment="Falta el acta.")
    assert states(*rows) == ["returned"] * 2
    annexes = [entry.annex.content for entry in Entry.objects.filter(verb="return")]
    assert ["Falta el acta." in text for text in annexes] == [True, True]
    again = FollowUp.objects.get(pk=rows[0].pk)
    actions.submit(again, by=cast["focal point"], revision=again.revision)
    assert not FollowUp.objects.get(pk=again.pk).in_bulk, "sent again, it was decided by nobody"


def test_what_changed_meanwhile_is_told_and_the_rest_is_done(cast):
    rows = [cast.follow_up("submitted") for _ in range(5)]
    accepted, returned, withdrawn, sent_again, good = rows
    chosen = seen(*rows)
    actions.accept(accepted, by=cast["second coordinator"], revision=accepted.revision)
    actions.return_(returned, by=cast["second coordinator"], revision=returned.revision, comment="No.")
    actions.withdraw(withdrawn, by=cast["focal point"])
    actions.withdraw(sent_again, by=cast["focal point"])
    actions.submit(sent_again, by=cast["focal point"], revision=sent_again.revision)
    outcome = actions.accept_in_bulk(chosen, by=cast["coordinator"])
    assert [done.code for done in outcome.decided] == [good.code]
    told = whys(outcome)
    assert told.keys() == {row.code for row in rows[:4]}
    assert told[sent_again.code] == str(CHANGED)
    assert all("decided or withdrawn meanwhile" in told[row.code] for row in (accepted, returned, withdrawn))
    assert states(*rows) == ["accepted", "returned", "withdrawn", "submitted", "accepted"]


def test_foreign_repeated_missing_and_far_too_many(cast):
    row, draft, mine = cast.follow_up("submitted"), cast.follow_up("draft"), cast.follow_up("submitted")
    FollowUp.objects.filter(pk=mine.pk).update(saved_by=cast["coordinator"])
    chosen = [*seen(row), *seen(row), *seen(draft, mine), (987_654, 0), (2**62, 0)]
    outcome = actions.accept_in_bulk(chosen, by=cast["coordinator"])
    assert [done.code for done in outcome.decided] == [row.code]
    assert sorted((left.code, left.why) for left in outcome.left) == sorted(
        [("", str(GONE)), ("", str(GONE)), ("", str(GONE)), (mine.code, str(YOURS))]
    )
    for wrong in ([], [(number, 0) for number in range(MOST + 1)]):
        with pytest.raises(NotPossible):
            actions.accept_in_bulk(wrong, by=cast["coordinator"])
    for who in ("focal point", "administrator", "outsider"):
        with pytest.raises(PermissionDenied):
            actions.accept_in_bulk(seen(row), by=cast[who])


@pytest.mark.parametrize(
    ("verified", "progress"), [(None, 100), (60, 40), (None, 50)], ids=["100 %", "a step back", "a large jump"]
)
def test_what_is_to_be_looked_at_needs_its_evidence_opened_by_the_same_person(cast, verified, progress):
    def claim(link):
        task = cast.task()
        if verified:
            cast.follow_up("accepted", task, progress=verified)
        return cast.follow_up("submitted", task, progress=progress, obstacle="Se contó mal.", link=link)

    by, row = cast["coordinator"], claim("https://www.gob.mx/acta")
    assert whys(actions.accept_in_bulk(seen(row), by=by)) == {row.code: str(UNOPENED)}
    open_evidence(cast, row, "second coordinator")
    assert whys(actions.accept_in_bulk(seen(row), by=by)) == {row.code: str(UNOPENED)}, "a colleague opened it"
    open_evidence(cast, row)
    assert actions.accept_in_bulk(seen(row), by=by).left == []
    if progress < 100:
        bare = claim("")
        assert whys(actions.accept_in_bulk(seen(bare), by=by)) == {bare.code: str(UNPROVEN)}


def test_what_was_opened_before_it_was_sent_again_is_opened_anew(cast):
    row = cast.follow_up("submitted", link="https://www.gob.mx/acta")
    open_evidence(cast, row)
    actions.withdraw(row, by=cast["focal point"])
    with clock.at(clock.now() + timedelta(minutes=5)):
        actions.save_draft(row.task, by=cast["focal point"], revision=row.revision, progress=100, done="Todo.")
        again = FollowUp.objects.get(pk=row.pk)
        actions.submit(again, by=cast["focal point"], revision=again.revision)
        assert whys(actions.accept_in_bulk(seen(again), by=cast["coordinator"])) == {row.code: str(UNOPENED)}
        open_evidence(cast, again)
        assert actions.accept_in_bulk(seen(again), by=cast["coordinator"]).left == []
    assert EvidenceOpening.objects.count() == 1


def test_reports_of_a_period_go_from_nothing_to_all_in_one_step(cast):
    assert is_looked_at(0, 90, in_one_step=False)
    assert not is_looked_at(0, 90, in_one_step=True)
    assert is_looked_at(0, 100, in_one_step=True)


def test_only_a_reviewer_notes_that_evidence_was_opened(cast):
    proof = cast.follow_up("submitted", link="https://www.gob.mx/acta").evidence.get()
    for who in ("focal point", "administrator", "outsider"):
        with pytest.raises(PermissionDenied):
            actions.open_evidence(proof, by=cast[who])


def test_a_part_that_has_no_turn_is_told_and_the_others_stand(cast, monkeypatch):
    rows = [cast.follow_up("submitted") for _ in range(3)]
    monkeypatch.setattr(bulk, "AT_ONCE", 1)
    whole = bulk._part

    def kept_from_the_second(part, by, decide):
        if part[0][0] == rows[1].pk:
            raise HeadKept
        return whole(part, by, decide)

    monkeypatch.setattr(bulk, "_part", kept_from_the_second)
    outcome = actions.accept_in_bulk(seen(*rows), by=cast["coordinator"])
    assert whys(outcome).keys() == {rows[1].code}
    assert states(*rows) == ["accepted", "submitted", "accepted"]


def test_a_verb_that_fails_after_its_entry_leaves_no_hole_in_the_ledger(cast, monkeypatch):
    rows = [cast.follow_up("submitted") for _ in range(3)]
    accept = bulk.accept

    def failing(row, **options):
        entry = accept(row, **options)
        if row.pk == rows[1].pk:
            raise NotPossible("No.")
        return entry

    monkeypatch.setattr(bulk, "accept", failing)
    outcome = actions.accept_in_bulk(seen(*rows), by=cast["coordinator"])
    assert whys(outcome) == {rows[1].code: "No."}
    assert states(*rows) == ["accepted", "submitted", "accepted"]
    assert verify().is_intact


def in_bulk(client, decision, *follow_ups, **more):
    sent = {"decision": decision, "chosen": [f"{pk}.{revision}" for pk, revision in seen(*follow_ups)], **more}
    return client.post(reverse("projects:review_in_bulk"), sent)


def test_the_queue_has_a_box_for_each_that_may_be_ticked(cast):
    free, bare = cast.follow_up("submitted"), cast.follow_up("submitted", progress=60)
    proven = cast.follow_up("submitted", progress=100)
    client = cast.client("coordinator")

    page = client.get("/en/revision/").text
    assert f'value="{free.pk}.{free.revision}"' in page
    assert f'value="{bare.pk}.' not in page
    box = page[page.index(f'value="{proven.pk}.') :].partition(">")[0]
    assert box.endswith("disabled")
    key = proven.evidence.get().key
    opens = reverse("projects:evidence_open", args=[key])
    assert f'formaction="{opens}"' in page
    answer = client.post(opens)
    assert answer.status_code == 200
    assert proven.evidence.get().url in answer.text, "no form may lead to another site"
    page = client.get("/en/revision/").text
    assert opens not in page
    assert not page[page.index(f'value="{proven.pk}.') :].partition(">")[0].endswith("disabled")


def test_the_page_tells_what_was_left_and_leads_on(cast):
    rows = [cast.follow_up("submitted") for _ in range(2)]
    client = cast.client("coordinator")
    chosen = seen(*rows)
    actions.withdraw(rows[1], by=cast["focal point"])
    page = client.post(
        reverse("projects:review_in_bulk") + "?flag=unproven",
        {"decision": "accept", "chosen": [f"{pk}.{revision}" for pk, revision in chosen]},
    )
    assert page.status_code == 200
    assert "1 follow-up was accepted." in page.text
    assert reverse("projects:follow_up_review", args=[rows[1].code]) in page.text
    more = cast.follow_up("submitted")
    assert in_bulk(client, "accept", more)["Location"] == reverse("projects:review_queue")


def test_a_return_asks_for_the_comment_and_keeps_what_was_ticked(cast):
    row, client = cast.follow_up("submitted"), cast.client("coordinator")
    page = in_bulk(client, "return", row)
    assert page.status_code == 200
    assert 'name="comment"' in page.text
    assert f'value="{row.pk}.{row.revision}"' in page.text
    assert row.task.title in page.text
    assert "govuk-error-summary" not in page.text
    refused = in_bulk(client, "return", row, comment="")
    assert "govuk-error-summary" in refused.text
    assert f'value="{row.pk}.{row.revision}"' in refused.text
    assert in_bulk(client, "return", row, comment="Falta el acta.").status_code == 302
    assert states(row) == ["returned"]


@pytest.mark.parametrize(
    "chosen",
    [[], ["x"], ["1.x"], ["1"], ["²._"], ["9" * 30 + ".0"], ["\0.0"], ["-1.0"]],
    ids=lambda value: str(value)[:12],
)
def test_what_cannot_be_read_is_said(cast, chosen):
    page = cast.client("coordinator").post(reverse("projects:review_in_bulk"), {"decision": "accept", "chosen": chosen})
    assert page.status_code == 200
    assert "govuk-error-summary" in page.text


def test_nobody_else_gets_there(cast):
    row = cast.follow_up("submitted")
    for who in ("focal point", "administrator", "outsider"):
        assert in_bulk(cast.client(who), "accept", row).status_code == 404
        assert (
            cast.client(who)
            .post(reverse("projects:evidence_open", args=["00000000-0000-4000-8000-000000000000"]))
            .status_code
            == 404
        )
    assert states(row) == ["submitted"]
