"""A lawful redaction removes what is private, says so on the page, and leaves the ledger whole."""

import json

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override

from focalpoints.ledger.replay import differences
from focalpoints.ledger.verification import verify
from focalpoints.models import Annex, Entry
from focalpoints.workflow import NotPossible, Stale
from projects import actions
from projects.models import Evidence, FollowUp, Notice, Request, Task
from tests.cast import record_agencies
from tests.dates import ahead, ask
from tests.deciding import all_approved, first_dated, redacted

PDF = b"%PDF-1.7\n%%EOF\n"
BASIS = "LFTAIP, artículo 113, fracción I"


@pytest.fixture
def accepted(cast):
    """With a file, a link, a comment on the way and a name in its text."""
    follow_up = cast.follow_up(done="Lo dijo Juana Pérez.")
    by = cast["focal point"]
    upload = SimpleUploadedFile("Juana Pérez.pdf", PDF)
    actions.attach_file(follow_up, by=by, upload=upload, content_type="application/pdf")
    actions.attach_link(follow_up, by=by, url="https://gob.mx/juana", title="Juana")
    actions.submit(follow_up, by=by, revision=follow_up.revision)
    actions.return_(follow_up, by=cast["coordinator"], revision=follow_up.revision, comment="¿Juana quién?")
    actions.submit(follow_up, by=by, revision=follow_up.revision)
    actions.accept(follow_up, by=cast["coordinator"], revision=follow_up.revision)
    return follow_up


def form(**changes):
    return {"legal_basis": BASIS, "confirmed": "on", **changes}


def everything_kept(follow_up):
    annexes = Annex.objects.filter(entry__subject=follow_up.code).values_list("content", flat=True)
    rows = [*FollowUp.objects.values_list("done", flat=True), *Evidence.objects.values_list("title", "url")]
    return " ".join(map(str, (*annexes, *rows)))


def test_the_text_goes_and_the_record_stays(cast, accepted):
    client = cast.client("coordinator")
    assert "Juana Pérez" in client.get(f"/seguimientos/{accepted.code}/testar/").text
    assert client.post(f"/seguimientos/{accepted.code}/testar/", form()).status_code == 302
    for role in ("anonymous", "outsider", "other agency"):  # at once
        assert cast.client(role).get(f"/seguimientos/{accepted.code}/").status_code == 404
    assert "Lo dijo" in cast.client("focal point").get(f"/seguimientos/{accepted.code}/").text
    all_approved(cast)
    kept = everything_kept(accepted)
    assert "Lo dijo" not in kept
    assert "¿Juana quién?" not in kept
    entry = Entry.objects.get(verb="redact")
    assert verify().is_intact
    for role in ("anonymous", "focal point", "coordinator"):
        page = cast.client(role).get(f"/en/seguimientos/{accepted.code}/").text
        assert "Lo dijo" not in page
        for words in ("Text redacted on", "by CEDN", BASIS, entry.folio):
            assert words in page


@pytest.mark.parametrize("kind", ["file", "link"])
def test_a_proof_goes_and_its_hash_stays(cast, accepted, kind, django_capture_on_commit_callbacks):
    evidence = accepted.evidence.get(url="") if kind == "file" else accepted.evidence.exclude(url="").get()
    name, digest = evidence.file.name, evidence.sha256
    client = cast.client("coordinator")
    assert client.get(f"/evidencia/{evidence.key}/testar/").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"/evidencia/{evidence.key}/testar/", form()).status_code == 302
        assert cast.client("anonymous").get(f"/evidencia/{evidence.key}/").status_code == 404
        page = cast.client("anonymous").get(f"/en/seguimientos/{accepted.code}/").text
        assert str(evidence.key) not in page
        all_approved(cast)
    if kind == "file":
        assert not default_storage.exists(name)
    evidence.refresh_from_db()
    assert (evidence.title, evidence.url, evidence.sha256, evidence.is_redacted) == ("", "", digest, True)
    assert cast.client("anonymous").get(f"/evidencia/{evidence.key}/").status_code == 404
    assert client.get(f"/evidencia/{evidence.key}/testar/").status_code == 404
    page = cast.client("anonymous").get(f"/en/seguimientos/{accepted.code}/").text
    for words in ("Redacted on", "by CEDN", BASIS, digest, "Lo dijo Juana"):
        assert words in page
    assert verify().is_intact


def test_one_redaction_keeps_the_legal_basis_of_another(cast, accepted):
    redacted(cast, accepted.evidence.first(), "Primera base")
    redacted(cast, accepted, "Segunda base")
    redacted(cast, accepted.evidence.last(), "Tercera base")
    page = cast.client("anonymous").get(f"/en/seguimientos/{accepted.code}/").text
    assert page.count("Redacted on ") == 2  # each with its day and office
    assert [basis for basis in ("Primera base", "Segunda base", "Tercera base") if basis not in page] == []
    assert verify().is_intact


def test_what_was_not_approved_is_public_again(cast, accepted):
    proof = accepted.evidence.exclude(url="").get()
    for subject, page in ((accepted, f"/seguimientos/{accepted.code}/"), (proof, f"/seguimientos/{accepted.code}/")):
        change = actions.ask_redaction(subject, by=cast["coordinator"], legal_basis=BASIS)
        with override("en"), pytest.raises(NotPossible, match="asked for already"):
            actions.ask_redaction(subject, by=cast["second coordinator"], legal_basis=BASIS)
        actions.reject_request(change, by=cast["second coordinator"], revision=change.revision, comment="No procede.")
        assert "https://gob.mx/juana" in cast.client("anonymous").get(page).text
    assert not Entry.objects.filter(verb="redact").exists()


def test_a_proof_is_redacted_once(cast, accepted):
    evidence = accepted.evidence.first()
    stale = Evidence.objects.get(pk=evidence.pk)
    redacted(cast, evidence, BASIS)
    with pytest.raises(NotPossible):
        redacted(cast, stale, BASIS)


@pytest.mark.parametrize(
    "wrong", [{"legal_basis": ""}, {"confirmed": ""}, {"legal_basis": "x" * 301}, {"legal_basis": "a\x00"}]
)
def test_nothing_goes_without_basis_and_confirmation(cast, accepted, wrong):
    client = cast.client("coordinator")
    assert client.post(f"/seguimientos/{accepted.code}/testar/", form(**wrong)).status_code == 200
    assert client.post(f"/evidencia/{accepted.evidence.first().key}/testar/", form(**wrong)).status_code == 200
    assert not Entry.objects.filter(verb="redact").exists()


@pytest.mark.parametrize("role", ["focal point", "other agency", "administrator", "outsider"])
def test_only_coordinators_redact(cast, accepted, role):
    client = cast.client(role)
    for where in (f"/seguimientos/{accepted.code}/testar/", f"/evidencia/{accepted.evidence.first().key}/testar/"):
        assert (client.get(where).status_code, client.post(where, form()).status_code) == (403, 403)
    assert not Entry.objects.filter(verb="redact").exists()


def test_what_waits_for_review_is_decided_first(cast):
    follow_up = cast.follow_up("submitted")
    response = cast.client("coordinator").post(f"/en/seguimientos/{follow_up.code}/testar/", form())
    assert response.status_code == 409
    assert "is decided first" in response.text
    assert FollowUp.objects.get().done


def test_a_draft_is_not_theirs_to_see(cast):
    follow_up = cast.follow_up()
    assert cast.client("coordinator").post(f"/seguimientos/{follow_up.code}/testar/", form()).status_code == 404
    with pytest.raises(NotPossible):
        redacted(cast, follow_up, BASIS)


def test_what_was_redacted_of_a_returned_one_is_not_removed(cast):
    follow_up = cast.follow_up()
    evidence = actions.attach_link(follow_up, by=cast["focal point"], url="https://gob.mx/juana")
    actions.submit(follow_up, by=cast["focal point"], revision=follow_up.revision)
    actions.return_(follow_up, by=cast["coordinator"], revision=follow_up.revision, comment="Nombra a una persona.")
    redacted(cast, evidence, BASIS)
    with pytest.raises(NotPossible):
        actions.remove_evidence(evidence, by=cast["focal point"])


def test_a_proof_that_was_just_taken_off_says_so(cast):
    follow_up = cast.follow_up("returned", progress=100)
    proof, stale = follow_up.evidence.get(), follow_up.evidence.get()
    actions.remove_evidence(proof, by=cast["focal point"])
    with override("en"), pytest.raises(Stale, match="took this evidence off"):
        redacted(cast, stale, BASIS)
    assert not Entry.objects.filter(verb="redact").exists()


def decided(cast, how):
    """A change of date whose reason and answer name somebody."""
    if how == "first date":
        return first_dated(cast, cast.task(due=None), ahead(30), "Lo dijo Juana Pérez.")
    change = ask(cast, reason="Lo dijo Juana Pérez.")
    revision = change.revision
    if how == "approved":
        actions.approve_request(change, by=cast["coordinator"], revision=revision, comment="¿Juana quién?")
    elif how == "rejected":
        actions.reject_request(change, by=cast["coordinator"], revision=revision, comment="¿Juana quién?")
    else:
        actions.withdraw_request(change, by=cast["focal point"])
    return change


@pytest.mark.parametrize("how", ["approved", "rejected", "withdrawn", "first date"])
def test_the_reason_for_a_date_goes_and_the_date_stays(cast, how):
    record_agencies(cast)
    change = decided(cast, how)
    told = list(Entry.objects.about("request", change.code).values_list("seq", flat=True))
    before = Task.objects.values("due", "moves", "slippage_days").get()
    client = cast.client("coordinator")
    assert "Lo dijo Juana" in client.get(f"/solicitudes/{change.code}/testar/").text
    assert client.post(f"/solicitudes/{change.code}/testar/", form()).status_code == 302
    all_approved(cast)
    change.refresh_from_db()
    assert (change.reason, change.answer, change.is_redacted) == ("", "", True)
    assert Task.objects.values("due", "moves", "slippage_days").get() == before
    annexes = Annex.objects.filter(entry__subject=change.code).values_list("content", flat=True)
    assert "Juana" not in " ".join(annexes)
    entry = Entry.objects.get(verb="redact")
    assert json.loads(entry.text)["redacts"] == told
    assert verify().is_intact
    assert differences() == []
    readers = ("focal point", "coordinator", *(("anonymous",) if change.state == "approved" else ()))
    for role in readers:
        page = cast.client(role).get(f"/en/solicitudes/{change.code}/").text
        assert "Juana" not in page
        for words in ("Text redacted on", "by CEDN", BASIS, entry.folio):
            assert words in page


def test_what_is_to_be_redacted_is_not_removed_before_that_is_decided(cast):
    proof = cast.follow_up("returned", progress=100).evidence.get()
    change = actions.ask_redaction(proof, by=cast["coordinator"], legal_basis=BASIS)
    with pytest.raises(NotPossible):
        actions.remove_evidence(proof, by=cast["focal point"])
    actions.approve_request(change, by=cast["second coordinator"], revision=change.revision)
    proof.refresh_from_db()
    assert proof.is_redacted


def test_the_reason_for_thresholds_stays(cast):
    facts = {
        "silent_days": 40,
        "behind_points": 20,
        "soon_days": 30,
        "soon_progress": 80,
        "late_percent": 33,
        "effective_on": ahead(9),
    }
    change = actions.ask_thresholds(by=cast["coordinator"], reason="Menos.", category="technical", **facts)
    actions.reject_request(change, by=cast["second coordinator"], revision=change.revision, comment="No.")
    with pytest.raises(NotPossible):
        actions.ask_redaction(change, by=cast["coordinator"], legal_basis=BASIS)
    client = cast.client("coordinator")
    assert "testar" not in client.get(f"/solicitudes/{change.code}/").text
    assert client.get(f"/solicitudes/{change.code}/testar/").status_code == 404


def test_the_agency_is_told_that_its_reason_was_redacted(cast):
    change = decided(cast, "approved")
    entry = redacted(cast, change, BASIS)
    assert Notice.objects.filter(entry=entry.seq, agency=cast.sct).exists()


def test_the_reason_for_a_date_is_redacted_once_and_not_while_it_waits(cast):
    change = ask(cast)
    response = cast.client("coordinator").post(f"/en/solicitudes/{change.code}/testar/", form())
    assert response.status_code == 409
    assert "A request that waits is decided first." in response.text
    actions.reject_request(change, by=cast["coordinator"], revision=change.revision, comment="No procede.")
    stale = Request.objects.get()
    redacted(cast, change, BASIS)
    with pytest.raises(NotPossible):
        redacted(cast, stale, BASIS)
    assert "testar" not in cast.client("coordinator").get(f"/solicitudes/{change.code}/").text


def test_proofs_of_a_date_are_redacted_beside_its_reason(cast):
    change = ask(cast, links=[("https://gob.mx/juana", "Juana")])
    actions.withdraw_request(change, by=cast["focal point"])
    redacted(cast, change, "Primera base")
    redacted(cast, change.evidence.get(), "Segunda base")
    page = cast.client("focal point").get(f"/en/solicitudes/{change.code}/").text
    assert [basis for basis in ("Primera base", "Segunda base") if basis not in page] == []
    assert verify().is_intact


@pytest.mark.parametrize("role", ["focal point", "other agency", "administrator", "outsider"])
def test_only_coordinators_redact_the_reason_for_a_date(cast, role):
    change = decided(cast, "approved")
    client, where = cast.client(role), f"/solicitudes/{change.code}/testar/"
    assert (client.get(where).status_code, client.post(where, form()).status_code) == (403, 403)
    assert "testar" not in client.get(f"/solicitudes/{change.code}/").text
    assert Request.objects.get().reason
