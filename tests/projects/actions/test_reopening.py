"""What was accepted in error waits again: figures fall and none rises, the error stays to be seen, and past days stay as they were."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils.translation import override

from focalpoints import clock
from focalpoints.ledger.replay import differences
from focalpoints.ledger.verification import verify
from focalpoints.models import Agency, Entry
from focalpoints.workflow import NotPossible, Stale
from projects import actions
from projects.models import Assessment, Commitment, FollowUp, Notice, Reopening, SearchDocument, TaskVersion
from projects.reading import dossier
from projects.reading.day import Day
from projects.reading.figures import standing, standing_then
from projects.reading.reopenings import count_of_agency
from projects.rules import assessors
from tests.dates import ahead
from tests.deciding import cancelled, redacted

WHY = "El acuse es de otra dependencia."


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


def reopen(cast, follow_up, who="coordinator"):
    row = FollowUp.objects.get(pk=follow_up.pk)
    return actions.reopen_follow_up(row, by=cast[who], revision=row.revision, reason=WHY)


def accept(cast, follow_up, who="second coordinator"):
    row = FollowUp.objects.get(pk=follow_up.pk)
    return actions.accept(row, by=cast[who], revision=row.revision)


def verified(task):
    task.refresh_from_db()
    return task.verified_progress


@pytest.mark.parametrize("who", ["coordinator", "second coordinator"], ids=["who accepted it", "a colleague"])
def test_it_waits_again_as_of_the_day_on_which_it_was_sent(cast, who):
    task = cast.task()
    cast.follow_up("accepted", task, progress=30)
    second = cast.follow_up("accepted", task, progress=70)
    accepted_at = second.decided_at
    with clock.at(clock.now() + timedelta(days=3)):
        entry = reopen(cast, second, who)
    row = FollowUp.objects.get(pk=second.pk)
    assert (row.state, row.decided_by, row.submitted_at) == ("submitted", None, second.submitted_at)
    assert (verified(task), task.claimed_progress) == (30, 70)
    told = Reopening.objects.get()
    assert (told.progress, told.accepted_by, told.accepted_at) == (70, cast["coordinator"], accepted_at)
    assert (told.reopened_by, told.reason) == (cast[who], WHY)
    assert WHY not in entry.text
    assert Notice.objects.filter(entry=entry).get().agency == cast.sct


def test_what_is_accepted_again_took_the_whole_time(cast):
    follow_up = cast.follow_up("accepted", progress=60)
    with clock.at(clock.now() + timedelta(days=9)):
        reopen(cast, follow_up)
        accept(cast, follow_up)
    row = FollowUp.objects.get()
    assert row.decided_at - row.submitted_at >= timedelta(days=9)
    assert (row.was_reopened, verified(row.task)) == (True, 60)
    # Who accepted it first is still told.
    assert Reopening.objects.get().accepted_by == cast["coordinator"]


@pytest.mark.parametrize("levels", [[100, 40], [40, 100, 60], [60, 60]])
def test_it_raises_nothing_where_it_was_a_step_back(cast, levels):
    task = cast.task()
    rows = [cast.follow_up("accepted", task, progress=level, obstacle="Se cayó la red.") for level in levels]
    reopen(cast, rows[-1])
    assert verified(task) == min(levels[-2:])
    # Nor where the agency takes it back, or it is returned, or it is re-opened once more.
    row = FollowUp.objects.get(pk=rows[-1].pk)
    actions.withdraw(row, by=cast["focal point"])
    assert verified(task) == min(levels[-2:])
    row = actions.save_draft(task, by=cast["focal point"], revision=row.revision, progress=80, done="Corregido.")
    actions.submit(row, by=cast["focal point"], revision=row.revision)
    accept(cast, row)
    assert verified(task) == 80
    reopen(cast, row)
    assert verified(task) == min(levels[-2:])
    assert (differences(), verify().is_intact) == ([], True)


def test_only_what_counts_is_reopened_and_once(cast):
    task = cast.task()
    first, second = (cast.follow_up("accepted", task, progress=level) for level in (30, 70))
    with pytest.raises(NotPossible, match=f"{second.code} was accepted after it"):
        reopen(cast, first)
    reopen(cast, second)
    with pytest.raises(NotPossible, match="re-opened meanwhile"):
        reopen(cast, second)
    with pytest.raises(NotPossible, match=f"{second.code} of the same task waits"):
        reopen(cast, first)


def test_while_its_agency_writes_on_it_asks_that_to_be_sent(cast):
    task = cast.task()
    accepted = cast.follow_up("accepted", task, progress=70)
    cast.follow_up("draft", task, progress=80)
    with pytest.raises(NotPossible, match="in hand"):
        reopen(cast, accepted)


@pytest.mark.parametrize("how", ["cancelled", "withdrawn", "closed"])
def test_what_has_ended_stays_as_verified(cast, how):
    task = cast.task()
    follow_up = cast.follow_up("accepted", task, progress=70)
    match how:
        case "cancelled":
            task.refresh_from_db()
            cancelled(cast, task, "Ya no.")
        case "withdrawn":
            Commitment.objects.filter(pk=task.commitment_id).update(state="cancelled")
        case "closed":
            Agency.objects.filter(pk=cast.sct.pk).update(closed_on=clock.today())
    with pytest.raises(NotPossible, match="pass the task" if how == "closed" else "finding on the commitment"):
        reopen(cast, follow_up)
    assert verified(task) == 70


def test_a_reason_and_what_was_on_screen(cast):
    follow_up = cast.follow_up("accepted")
    with pytest.raises(NotPossible):
        actions.reopen_follow_up(follow_up, by=cast["coordinator"], revision=follow_up.revision, reason=" ")
    with pytest.raises(Stale):
        actions.reopen_follow_up(follow_up, by=cast["coordinator"], revision=follow_up.revision - 1, reason=WHY)
    for who in ("focal point", "administrator", "outsider"):
        with pytest.raises(PermissionDenied):
            actions.reopen_follow_up(follow_up, by=cast[who], revision=follow_up.revision, reason=WHY)
    assert not Reopening.objects.exists()


@pytest.mark.parametrize(("verdict", "state"), [("fulfilled", "set aside"), ("not_fulfilled", "standing")])
def test_a_finding_that_rested_on_it_falls(cast, verdict, state):
    commitment = cast.another_commitment(due=ahead(90))
    follow_up = cast.follow_up("accepted", cast.task(commitment=commitment), progress=100)
    with clock.at(clock.now() + timedelta(days=100)):
        found = cast.find(commitment, verdict)
        before = Day.past(clock.today())
        with clock.at(clock.now() + timedelta(days=5)):
            entry = reopen(cast, follow_up)
            commitment.refresh_from_db()
            found.refresh_from_db()
            assert found.state == state
            light = Commitment.objects.with_light(clock.today()).get(pk=commitment.pk).light
            assert light == ("to_be_verified" if verdict == "fulfilled" else verdict)
            assert found.set_aside_from == (entry.seq if verdict == "fulfilled" else None)
            # The day on which it was found stays as it was.
            version = dossier.version_of(commitment.code, before)
            assert (version.finding, version.verified_progress) == (verdict, 100)
            assert [row.state for row in dossier.findings_before(before.ends_at, version)] == ["standing"]


def test_a_finding_on_its_period_falls_too(cast):
    commitment = cast.another_commitment(recurrence="quarterly")
    period = ahead(5)
    task = cast.task(commitment=commitment, due=period)
    follow_up = cast.follow_up("accepted", task, progress=100)
    with clock.at(clock.now() + timedelta(days=9)):
        commitment.refresh_from_db()
        actions.assess(
            commitment, by=cast["second coordinator"], revision=commitment.revision, verdict="fulfilled",
            reasons="Se entregó.", period=period,
        )  # fmt: skip
        reopen(cast, follow_up)
    assert Assessment.objects.get().state == "set aside"


def test_past_days_keep_what_was_accepted_and_its_proof(cast):
    task = cast.task()
    follow_up = cast.follow_up("accepted", task, progress=70, link="https://www.gob.mx/acuse")
    then = Day.past(clock.today())
    with clock.at(clock.now() + timedelta(days=4)):
        reopen(cast, follow_up)
        row = FollowUp.objects.get()
        actions.return_(row, by=cast["coordinator"], revision=row.revision, comment="Es de otra.")
        with pytest.raises(NotPossible, match="stays on record"):
            actions.remove_evidence(row.evidence.get(), by=cast["focal point"])
        actions.save_draft(task, by=cast["focal point"], revision=row.revision, progress=20, done="Otra cosa.")
        version = dossier.version_of(task.commitment.code, then)
        dossier.add_proof(version, then)
        assert (version.verified_tasks, version.unproven_tasks) == (1, 0)
        assert TaskVersion.objects.on(then.on).get(task=task).verified_progress == 70


def test_its_text_is_public_no_more_and_the_error_is(cast):
    follow_up = cast.follow_up("accepted", progress=70, done="Conectamos la biblioteca.")
    assert SearchDocument.objects.filter(kind="follow-up").exists()
    reopen(cast, follow_up)
    assert not SearchDocument.objects.filter(kind="follow-up").exists()
    anybody = Client()
    page = anybody.get(f"/en/tareas/{follow_up.task.code}/").text
    assert "Accepted in error" in page
    assert WHY in page
    assert "Conectamos la biblioteca." not in page
    assert anybody.get(f"/en/seguimientos/{follow_up.code}/").status_code == 404
    accept(cast, follow_up)
    page = anybody.get(f"/en/seguimientos/{follow_up.code}/").text
    assert WHY in page
    assert "Conectamos la biblioteca." in page


def test_a_redaction_of_its_text_takes_the_reason_too(cast):
    follow_up = cast.follow_up("accepted")
    reopen(cast, follow_up)
    accept(cast, follow_up)
    follow_up.refresh_from_db()
    redacted(cast, follow_up, "LFPDPPP, artículo 11")
    assert Reopening.objects.get().reason == ""
    page = Client().get(f"/en/tareas/{follow_up.task.code}/").text
    assert "Accepted in error" in page
    assert WHY not in page


def test_the_page_asks_for_a_reason_and_says_what_stands_in_the_way(cast):
    task = cast.task()
    first, second = (cast.follow_up("accepted", task, progress=level) for level in (30, 70))
    client, address = cast.client("coordinator"), f"/en/seguimientos/{second.code}/reabrir/"
    assert f'href="{address}"' in client.get(f"/en/seguimientos/{second.code}/").text
    assert "was accepted after it" in client.get(f"/en/seguimientos/{first.code}/").text
    assert "reabrir" not in cast.client("focal point").get(f"/en/seguimientos/{second.code}/").text
    assert client.post(address, {"reason": "", "revision": second.revision}).status_code == 200
    assert client.post(address, {"reason": WHY, "revision": second.revision}).status_code == 302
    assert verified(task) == 30
    assert client.get(address).status_code == 302
    assert client.post(address, {"reason": WHY, "revision": second.revision}).status_code == 409
    assert Entry.objects.filter(verb="reopen").count() == 1


def test_it_counts_in_public_whatever_becomes_of_it(cast):
    follow_up = cast.follow_up("accepted")
    before = Day.past(clock.today())
    with clock.at(clock.now() + timedelta(days=2)):
        reopen(cast, follow_up)
        accept(cast, follow_up)
        assert standing(clock.today()).reopened == count_of_agency(cast.sct.pk, Day.today()) == 1
        assert standing_then(before.on).reopened == count_of_agency(cast.sct.pk, before) == 0
        assert count_of_agency(cast.sep.pk, Day.today()) == 0
        assert "1 follow-up had been accepted in error" in Client().get("/en/").text


def test_whoever_accepted_may_assess_once_a_colleague_did_instead(cast):
    """Two people verified it; who takes back the own acceptance has verified nothing any more."""
    commitment = cast.another_commitment()
    follow_up = cast.follow_up("accepted", cast.task(commitment=commitment), progress=100)
    assert cast["coordinator"].pk not in assessors(commitment)
    reopen(cast, follow_up)
    accept(cast, follow_up)
    assert cast["second coordinator"].pk not in assessors(commitment)
