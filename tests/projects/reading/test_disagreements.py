"""Where claimed, verified, assessed and printed disagree: each case to the day, today and on a past day, and the list that shows it."""

from datetime import timedelta

import pytest
from django.test import Client

from focalpoints import clock
from focalpoints.business_days import after
from focalpoints.models import Entry
from projects import actions
from projects.models import Commitment, CommitmentVersion
from projects.reading.disagreements import CASES, disagreeing, disagreements
from tests.receipts import assert_receipt


def later(days):
    """So many days from now, at noon: the ledger's time never runs backwards."""
    return clock.at(clock.start_of(day(days)) + timedelta(hours=12))


def day(days):
    return clock.today() + timedelta(days=days)


def found(on, versions=False):
    """By case, the codes of the commitments of which it is so."""
    rows = CommitmentVersion.objects.on(on).as_rows() if versions else Commitment.objects.as_rows()
    code = "commitment__code" if versions else "code"
    cases = {case: disagreeing(rows.with_light(on), on, case).values_list(code, flat=True) for case in CASES}
    return {case: list(codes) for case, codes in cases.items() if codes}


def settled(cast, **facts):
    commitment = cast.another_commitment(**facts)
    cast.follow_up("accepted", cast.task(commitment=commitment), progress=100)
    return commitment


def test_a_claim_of_100_percent_disagrees_after_five_business_days(cast):
    claimed = cast.another_commitment()
    cast.follow_up("submitted", cast.task(commitment=claimed), progress=100)
    first = after(clock.today(), 6)
    assert [found(on) for on in (first - timedelta(days=1), first)] == [{}, {"unverified": [claimed.code]}]


def test_less_was_found_than_was_verified(cast):
    commitment = settled(cast)
    assert found(clock.today()) == {}
    cast.find(commitment, "partly")
    assert found(clock.today()) == {"less": [commitment.code]}


def test_what_was_found_on_course_disagrees_once_its_light_is_red(cast):
    commitment = cast.another_commitment(due=day(90))
    cast.task(commitment=commitment, due=day(3))
    cast.find(commitment, "on_course")
    assert found(clock.today()) == {}
    fourth = day(4)
    with later(4):
        assert found(clock.today()) == {"course": [commitment.code]}
        assert disagreements(clock.today()) == 1
    with later(5):
        cast.find(commitment, "off_course")
        assert found(clock.today()) == {}
        # The day before is as it was.
        assert found(fourth, versions=True) == {"course": [commitment.code]}


@pytest.mark.parametrize(
    ("printed", "verdict", "case"),
    [("Completado", "not_fulfilled", True), ("En proceso", "fulfilled", True), ("Completado", "fulfilled", False)],
)
def test_the_governments_printed_status_against_the_finding(cast, printed, verdict, case):
    commitment = settled(cast, printed_status=printed)
    cast.find(commitment, verdict)
    assert ("printed" in found(clock.today())) is case


def test_fulfilled_beside_less_than_100_percent_verified(cast):
    commitment = settled(cast)
    cast.find(commitment)
    Commitment.objects.filter(pk=commitment.pk).update(verified_progress=99)
    assert found(clock.today()) == {"more": [commitment.code]}


def test_the_list_says_of_each_row_what_disagrees(cast):
    """Each case in its words, today and on the day; a list of other filters says nothing of it."""
    commitment = settled(cast)
    cast.find(commitment, "partly")
    Commitment.objects.filter(pk=commitment.pk).update(printed_status="Completado")
    claimed = cast.another_commitment()
    cast.follow_up("submitted", cast.task(commitment=claimed), progress=100)
    with later(14):
        for on in ("", f"&on={clock.today()}"):
            text = Client().get(f"/en/compromisos/?disagreement=any{on}").text
            assert '<h1 class="govuk-heading-l">Discrepancies</h1>' in text
            less = "no task is open · assessed: Partly fulfilled; printed: Completado · assessed: Partly fulfilled"
            assert less in text
            assert '<div class="edn-row-detail">claimed: 100 % · verified: 0 %</div>' in text
        assert "claimed: 100 %" not in Client().get("/en/compromisos/").text


def test_the_address_leads_to_the_list_with_the_other_filters(cast):
    commitment = settled(cast)
    cast.find(commitment, "not_fulfilled")
    answer = Client().get("/en/discrepancias/?light=not_fulfilled", follow=True)
    assert answer.request["QUERY_STRING"] == "light=not_fulfilled&disagreement=any"
    assert [row.code for row in answer.context["commitments"]] == [commitment.code]
    assert not Client().get("/en/discrepancias/?light=late", follow=True).context["commitments"]


def test_what_is_settled_waits_in_the_queue_until_it_is_assessed(cast):
    commitment = settled(cast)
    client = cast.client("coordinator")
    page = client.get("/en/revision/")
    assert f">{commitment.code}</span>" in page.text
    assert "Nothing claimed" not in page.text
    cancelled = cast.another_commitment()
    settled_on = [day(0), day(3)]
    with later(3):
        actions.cancel_task(cast.task(commitment=cancelled), by=cast["coordinator"], reason="Ya no.")
        [section] = client.get("/en/revision/").context["sections"]
        assert [row.since for row in section.rows] == settled_on
        queue = {row.commitment.code: row.commitment for row in section.rows}
        assert queue[commitment.code].claimed_progress == 100
        assert queue[cancelled.code].verified_progress is None
    cast.find(commitment)
    assert f">{commitment.code}</span>" not in client.get("/en/revision/").text


def test_a_coordinator_assesses_on_its_page_and_an_agency_answers(cast):
    commitment = settled(cast)
    commitment.refresh_from_db()
    page = f"/en/compromisos/{commitment.code}/valorar/"
    barred = cast.client("coordinator")
    refused = barred.get(page)
    assert refused.status_code == 403, "who accepted its last proof"
    assert "A coordinator who did none" in refused.text
    assert "A coordinator who did none" in barred.get(f"/en/compromisos/{commitment.code}/").text
    assert (
        "A coordinator who did none"
        not in cast.client("second coordinator").get(f"/en/compromisos/{commitment.code}/").text
    )
    client = cast.client("second coordinator")
    assert "Who accepted its follow-ups" in client.get(page).text
    words = {"verdict": "partly", "reasons": "Faltó el manual.", "sources": "", "revision": commitment.revision}
    assert client.post(page, words).status_code == 302
    again = client.post(page, {**words, "reasons": "Otra lectura."})
    assert again.status_code == 409, "somebody found something first"
    assert "Otra lectura." in again.text
    public = Client().get(f"/en/compromisos/{commitment.code}/").text
    assert "Faltó el manual." in public
    found = commitment.assessments.get()
    answered = cast.client("focal point").post(f"/en/valoraciones/{found.code}/responder/", {"text": "Ya se publicó."})
    assert answered.status_code == 302
    page = answered.client.get(answered.url).text
    assert_receipt(page, Entry.objects.about("assessment", found.code).get(verb="answer").folio)
    assert "Ya se publicó." in Client().get(f"/en/compromisos/{commitment.code}/").text
