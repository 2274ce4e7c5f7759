"""`/verificar/`: anybody can check a receipt, whatever they type."""

import ast
import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from focalpoints.forms.ledger import EntryReference, FolioForm
from focalpoints.ledger.record import empty_annexes, record
from focalpoints.ledger.triggers import LEDGER
from focalpoints.ledger.verification import head
from focalpoints.models import Agency, Annex, Entry
from focalpoints.workflow import NOUNS, VERBS
from tests.cast import make_agency, make_user
from tests.focalpoints.ledger.test_record import TASK, write

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def entry(db: None) -> Entry:
    make_agency("9", "SCT")
    return write(make_user("reservada"), private={"done": "Something private"})


def page(folio: str, language: str = "en") -> str:
    with override(language):
        response = Client().get(reverse("focalpoints:verify"), {"folio": folio})
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    return response.content.decode()


def test_a_folio_shows_what_it_stands_for(entry):
    text = page(entry.folio)
    for shown in (
        "Authentic",
        "task: submit",
        "T-1",
        Agency.objects.get().name,
        entry.hash,
        entry.digest,
        str(head()),
    ):
        assert shown in text
    for hidden in ("Reservada", "Something private", entry.by.code):
        assert hidden not in text


@pytest.mark.parametrize(
    "typed",
    [
        "{folio}", "  {folio}  ", "{lower}", "EDN 000001 {halves}", "EDN 000001 {digits}", "edn–000001–{digits}", "1-{digits}",
        "EDN-1-{digits}", "EDN000001{digits}", "{hash}", " {upper} ",
    ],
)  # fmt: skip
def test_a_folio_may_be_typed_in_many_ways(entry, typed):
    digits = entry.hash[:8].upper()
    typed = typed.format(
        folio=entry.folio, lower=entry.folio.lower(), digits=digits, halves=f"{digits[:4]} {digits[4:]}",
        hash=entry.hash, upper=entry.hash.upper(),
    )  # fmt: skip
    assert f"Entry {entry.folio}" in page(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "x", "EDN", "EDN-1", "EDN-0-9F3A2B1C", "EDN-000123-9F3A2B1", "EDN-000001-9F3A2B1Z", "' OR 1=1 --", "\ufffd", "\ud83d\ude00",
        "EDN-" + "9" * 19 + "-9F3A2B1C", "a" * 63, "a" * 65, "٣-9F3A2B1C",
    ],
    ids=ascii,
)  # fmt: skip
def test_what_is_no_folio_is_said_to_be_none(entry, typed):
    typed = typed.encode("utf-16", "surrogatepass").decode("utf-16")
    assert "This is not a folio" in page(typed)


def test_an_empty_field_asks_for_the_folio(db):
    assert "Enter the folio that the receipt shows" in page("")
    assert "There is a problem" not in Client().get(reverse("focalpoints:verify")).content.decode()


@pytest.mark.parametrize(
    "typed", ["EDN-000001-\0009F3A2B1C", "\0", "EDN-" + "1" * 100_000], ids=lambda typed: ascii(typed[:16])
)
def test_hostile_input_is_answered(entry, typed):
    assert "There is a problem" in page(typed)


@pytest.mark.parametrize(
    "query", ["folio=%00", "folio=%ff%fe", "folio=%ED%A0%80", "folio=1&folio=2", "folio[]=1", "%00=1"]
)
def test_hostile_queries_are_answered(entry, query):
    assert Client().get(f"{reverse('focalpoints:verify')}?{query}").status_code == 200


@pytest.mark.parametrize("typed", ["EDN-000002-9F3A2B1C", "EDN-999999999999999999-9F3A2B1C", "a" * 64])
def test_an_entry_that_is_not_there_is_not_found(entry, typed):
    assert "There is no such entry" in page(typed)


def test_a_number_with_another_hash_is_not_authentic(entry):
    text = page("EDN-000001-" + ("0" * 8 if entry.hash[:8] != "0" * 8 else "1" * 8))
    assert "The folio does not match the ledger" in text
    assert entry.hash not in text


def test_a_kept_head_leads_to_the_entry_it_ends_with(entry):
    assert f"Entry {entry.folio}" in page(str(head()))
    assert "The folio does not match the ledger" in page(f"1 {'a' * 64}")


def test_the_page_says_that_a_private_part_was_removed(entry):
    with transaction.atomic():
        empty_annexes([1])
        redaction = record("redact", TASK, by=entry.by, office="CEDN", redacts=[1])
    text = page(entry.folio)
    assert f"Removed on a legal basis by entry {redaction.folio}" in text
    assert "Authentic" in text


@pytest.mark.parametrize("damage", [{"text": "{}"}, {"text": "["}, {"digest": "a" * 64}, {"previous": "a" * 64}])
def test_an_altered_entry_is_said_to_be_altered(entry, damage):
    connection.check_constraints()
    LEDGER.lift(connection)
    Entry.objects.update(**damage)
    assert "Altered" in page(entry.folio)
    assert "Authentic" not in page(entry.folio)


def test_an_altered_private_part_is_said_to_be_altered(entry):
    connection.check_constraints()
    LEDGER.lift(connection)
    for damage in ({"content": "{}"}, {"salt": "", "content": ""}):
        Annex.objects.update(**damage)
        assert "Altered" in page(entry.folio)
    Annex.objects.all().delete()
    assert "Altered" in page(entry.folio)


def test_the_text_is_served_as_the_bytes_that_were_hashed(entry):
    write(entry.by, replace(TASK, title="México “con” <etiquetas> & 😀"), "correct")
    for each in Entry.objects.all():
        response = Client().get(reverse("focalpoints:entry_text", args=[each.seq]))
        assert response["Content-Type"] == "text/plain; charset=utf-8"
        assert hashlib.sha256(response.content).hexdigest() == each.hash
    for seq in (0, 3, 10**30):
        assert Client().get(f"/verificar/{seq}/texto/").status_code == 404


@pytest.mark.parametrize("name", ["focalpoints:verify", "focalpoints:entry_text"])
def test_the_pages_only_answer_and_set_no_cookie(entry, name):
    url = reverse(name, args=[1] if "text" in name else [])
    assert Client().post(url).status_code == 405
    assert not Client().get(url).cookies


def test_the_page_costs_the_same_however_long_the_ledger(entry, django_assert_num_queries):
    write(entry.by)
    client = Client()
    url = reverse("focalpoints:verify")
    for seq in (2, 30):
        while head().seq < seq:
            write(entry.by)
        folio = Entry.objects.get(pk=seq).folio
        with django_assert_num_queries(6):
            client.get(url, {"folio": folio})


def test_a_reference_is_a_hash_or_a_number_with_digits():
    assert FolioForm({"folio": "edn-000123-9f3a2b1c"}).fields["folio"].max_length == 200
    form = FolioForm({"folio": "edn-000123-9f3a2b1c"})
    assert form.is_valid()
    assert form.cleaned_data["folio"] == EntryReference("9f3a2b1c", 123)
    form = FolioForm({"folio": "AB" * 32})
    assert form.is_valid()
    assert form.cleaned_data["folio"] == EntryReference("ab" * 32)


def literals(path: str, *calls: str) -> set[str]:
    """First arguments, where they are literal, of calls of these names in the source."""
    found = set()
    for file in ROOT.glob(path):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                if name in calls:
                    found.add(node.args[0].value)
    return found


def test_every_verb_and_subject_has_words():
    recording = ("record", "recorded", "_recorded")
    verbs = literals("*/actions/*.py", *recording) | literals("*/actions.py", *recording)
    assert verbs >= {"submit", "accept", "appoint", "define"}
    assert verbs <= {verb.entry_name for verb in VERBS.values()}
    subjects = literals("*/facts.py", "PublicState")
    assert subjects >= {"commitment", "agency"}
    assert subjects <= NOUNS.keys()
