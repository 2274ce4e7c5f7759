"""What the office says of itself: who writes it, what is refused, what readers see before and after."""

import pytest
from django.core.cache import caches
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from focalpoints.actions import correct_agency, correct_person, create_agency, invite, publish_office_text
from focalpoints.ledger.record import sha256
from focalpoints.models import Agency, Entry, OfficeText
from focalpoints.office import Contact, contact
from focalpoints.workflow import NotPossible, Stale

pytestmark = pytest.mark.once

PAGES = {
    "contact": "/contacto/", "privacy": "/aviso-de-privacidad/", "accessibility": "/accesibilidad/", "licence": "/licencia/",
}  # fmt: skip
CONTACT = {"name": "Oficina", "email": "oficina@example.mx", "phone": "55 1234 5678", "text_es": "De 9 a 14 h."}
FORM = "/en/administracion/oficina/contact/"


def publish(cast, kind="contact", revision=0, **words):
    return publish_office_text(kind, by=cast["administrator"], revision=revision, **(words or CONTACT))


def test_every_kind_has_its_page_and_says_what_is_missing_and_who_may_write_it(cast):
    assert set(PAGES) == set(OfficeText.Kind.values)
    for kind, address in PAGES.items():
        reader, administrator = (cast.client(name).get(f"/en{address}").text for name in ("anonymous", "administrator"))
        assert "The office has not published this yet" in reader
        assert "An administrator of the portal writes it" in reader
        assert (f"/oficina/{kind}/" in reader, f"/oficina/{kind}/" in administrator) == (False, True)


def test_every_page_links_to_them(cast):
    footer = cast.client("anonymous").get("/verificar/").text.partition("<footer")[2]
    assert [address for address in PAGES.values() if f'href="{address}"' not in footer] == []


def test_what_was_published_is_shown_in_paragraphs_and_earlier_versions_stay(cast):
    publish(cast)
    words = {"text_es": "Uno.\ndos.\n\n<b>Tres</b> en https://www.gob.mx/edn.", "text_en": "In English."}
    publish(cast, revision=1, **words)
    client = cast.client("anonymous")
    page = client.get("/contacto/").text
    assert '<p class="govuk-body">Uno.<br>dos.</p>' in page
    assert '&lt;b&gt;Tres&lt;/b&gt; en <a href="https://www.gob.mx/edn" rel="nofollow">' in page
    assert 'href="mailto:oficina@example.mx">oficina@example.mx</a>' in page
    assert "55 1234 5678" in page
    english = client.get("/en/contacto/").text
    assert "In English." in english
    assert 'href="?version=1"' in english
    earlier = client.get("/en/contacto/?version=1").text
    assert '<div class="edn-prose" lang="es">' in earlier  # nothing was written in English yet
    assert ("De 9 a 14 h." in earlier, "no longer in force" in earlier) == (True, True)
    for wrong in ("3", "0", "1x", "-1"):
        assert client.get(f"/contacto/?version={wrong}").status_code == 404


def test_whom_an_earlier_contact_named_is_shown_to_nobody(cast):
    once = {"name": "NOMBRE-MARCA", "email": "correo-marca@example.mx", "phone": "TELEFONO-MARCA"}
    publish(cast, **CONTACT | once)
    client = cast.client("administrator")
    assert all(word in client.get("/en/contacto/").text for word in once.values())
    client.post(FORM, {"revision": "1", **CONTACT})
    for name in ("anonymous", "coordinator", "administrator"):
        reader = cast.client(name)
        earlier = reader.get("/en/contacto/?version=1").text
        assert ("De 9 a 14 h." in earlier, "only those in force are shown" in earlier) == (True, True)
        for where in ("/en/contacto/?version=1", "/en/contacto/", "/en/administracion/oficina/", FORM):
            page = reader.get(where).text
            assert [word for word in once.values() if word in page] == [], (name, where)
    assert "only those in force" not in client.get("/en/contacto/").text


def test_a_page_of_the_office_asks_as_often_for_many_versions_as_for_one(cast):
    def asked(where):
        caches["pages"].clear()
        with CaptureQueriesContext(connection) as queries:
            assert cast.client("anonymous").get(where).status_code == 200
        return len([query for query in queries if "officetext" in query["sql"]])

    for revision in range(3):
        publish(cast, "privacy", revision, text_es=f"Versión {revision}.")
    # The versions, and all that the chosen one says.
    assert [asked(f"/en/aviso-de-privacidad/{query}") for query in ("", "?version=1")] == [2, 2]


def test_the_ledger_tells_the_version_and_proves_the_words_without_holding_them(cast):
    publish(cast)
    entry = Entry.objects.get(subject_type="office-text")
    assert (entry.subject, entry.verb, entry.office) == ("contact", "publish", "administration")
    assert '"numbers":{"version":1}' in entry.text
    assert not any(word in entry.text for word in CONTACT.values())
    assert f'"private":"{sha256(entry.annex.salt, entry.annex.content)}"' in entry.text
    assert all(word in entry.annex.content for word in CONTACT.values())


def asked_of(request):
    with CaptureQueriesContext(connection) as asked:
        found = contact(request)
    return found, len(asked)


def test_the_contact_is_asked_for_once_for_each_state_of_the_ledger(cast):
    caches["pages"].clear()
    assert asked_of(HttpRequest()) == (None, 2)
    publish(cast)
    assert asked_of(HttpRequest()) == (Contact("Oficina", "oficina@example.mx", "55 1234 5678"), 2)
    assert asked_of(HttpRequest())[1] == 1  # where the ledger stands, which a public page has asked already
    publish(cast, revision=1, email="otra@example.mx")
    assert contact(HttpRequest()).email == "otra@example.mx"


REFUSED = [
    ({"name": ""}, "This field is required"),
    ({"email": ""}, "This field is required"),
    ({"email": "oficina"}, "valid email"),
    ({"email": "outsider@example.org"}, "Somebody signs in with this address"),
    ({"email": "cabeza@example.mx"}, "address of a head’s office"),
    ({"text_es": "  \n "}, "This field is required"),
    ({"text_es": "con\x00nulo"}, "Null characters"),
    ({"text_es": "x" * 20_001}, "at most 20000 characters"),
    ({"text_en": "x" * 20_001}, "at most 20000 characters"),
    ({"name": "x" * 161}, "at most 160 characters"),
    ({"phone": "55\n66"}, "on one line"),
    ({"revision": "x"}, "whole number"),
]


def test_what_the_form_refuses_it_explains_and_keeps(cast):
    Agency.objects.filter(pk=cast.sep.pk).update(head_email="cabeza@example.mx")
    client = cast.client("administrator")
    for changed, said in REFUSED:
        typed = {"revision": "0", **CONTACT, **changed}
        page = client.post(FORM, typed)
        errors = " ".join(str(error) for found in page.context["form"].errors.values() for error in found)
        assert (page.status_code, said in errors) == (200, True), changed
        assert {name: page.context["form"][name].value() for name in typed} == typed
    assert not OfficeText.objects.exists()


def test_two_administrators_at_once_are_not_written_over_each_other(cast):
    client = cast.client("administrator")
    assert client.post(FORM, {"revision": "0", **CONTACT}).status_code == 302
    page = client.post(FORM, {"revision": "0", **CONTACT, "phone": "55 0000 0000"})
    assert page.status_code == 409
    assert "There now" in page.text
    assert page.context["form"].differences == [
        {"label": "Telephone", "before": "55 1234 5678", "after": "55 0000 0000"}
    ]
    sent = {"revision": page.context["form"]["revision"].value(), **CONTACT, "phone": "55 0000 0000"}
    assert client.post(FORM, sent).status_code == 302
    assert list(OfficeText.objects.values_list("revision", "phone")) == [(2, "55 0000 0000"), (1, "55 1234 5678")]
    assert "Nothing was changed" in client.post(FORM, {**sent, "revision": "2"}).text


@pytest.mark.both
def test_of_two_versions_at_once_one_is_published(transactional_db, cast, race):
    outcomes = race(*(lambda phone=phone: publish(cast, **CONTACT | {"phone": phone}) for phone in ("1", "2")))
    assert [type(outcome) for outcome in outcomes if isinstance(outcome, Exception)] == [Stale]
    assert OfficeText.objects.count() == 1


@pytest.mark.both
def test_the_verb_refuses_by_itself(cast):
    for name in ("coordinator", "focal point", "outsider"):
        with pytest.raises(PermissionDenied):
            publish_office_text("contact", by=cast[name], revision=0, **CONTACT)
    for words in (
        CONTACT | {"email": "outsider@example.org"}, CONTACT | {"email": "no"}, CONTACT | {"name": "\u200b"},
        CONTACT | {"text_es": ""}, {"text_es": "Sin buzón."}, CONTACT | {"text_es": "x" * 20_001},
    ):  # fmt: skip
        with pytest.raises(NotPossible):
            publish(cast, **words)
    for kind, words in (("privacy", CONTACT), ("none", {"text_es": "Texto."})):
        with pytest.raises(NotPossible):
            publish(cast, kind, **words)
    assert not OfficeText.objects.exists()


# ---- The mailbox of an agency


def test_an_agency_shows_no_mailbox_until_an_administrator_gives_one(cast):
    Agency.objects.filter(pk=cast.sct.pk).update(head_email="cabeza@example.mx")
    client, administrator = cast.client("anonymous"), cast["administrator"]
    assert "mailto:" not in client.get("/dependencias/9/").text
    correct_agency(cast.sct, by=administrator, revision=cast.sct.revision, mailbox="enlace@example.mx")
    page = client.get("/dependencias/9/").text
    assert ('href="mailto:enlace@example.mx"' in page, "cabeza@example.mx" in page) == (True, False)
    entry = Entry.objects.get(subject_type="agency", subject="9", verb="correct")
    assert ("enlace@example.mx" in entry.text, "enlace@example.mx" in entry.annex.content) == (False, True)


@pytest.mark.both
@pytest.mark.parametrize("mailbox", ["outsider@example.org", "OUTSIDER@example.org", "cabeza@example.mx", "nadie"])
def test_no_personal_address_becomes_an_agency_s_mailbox(cast, mailbox):
    row = Agency.objects.get(pk=cast.sct.pk)
    with pytest.raises(NotPossible):
        correct_agency(
            row, by=cast["administrator"], revision=row.revision, mailbox=mailbox, head_email="cabeza@example.mx"
        )
    typed = {
        "revision": row.revision, "name": row.name, "acronym": row.acronym, "kind": row.kind, "time_zone": row.time_zone,
        "head_email": "cabeza@example.mx", "mailbox": mailbox,
    }  # fmt: skip
    page = cast.client("administrator").post("/administracion/dependencias/9/corregir/", typed)
    assert "mailbox" in page.context["form"].errors


@pytest.mark.both
@pytest.mark.parametrize("shown", ["agency", "office"])
def test_an_address_that_pages_show_becomes_nobody_s_and_no_head_s(cast, shown):
    by, email = cast["administrator"], "juan@sct.example"
    if shown == "agency":
        correct_agency(cast.sct, by=by, revision=cast.sct.revision, mailbox=email)
    else:
        publish(cast, **CONTACT | {"email": email})
    sep, somebody = Agency.objects.get(pk=cast.sep.pk), cast["outsider"]
    new = {"key": "77", "name": "Nueva", "kind": "dependencia", "head_email": email}
    for verb in (
        lambda: invite(by=by, name="Juan", email=email.upper()),
        lambda: correct_person(somebody, by=by, revision=somebody.revision, email=email),
        lambda: correct_agency(sep, by=by, revision=sep.revision, head_email=email),
        lambda: create_agency(by=by, **new),
    ):
        with override("en"), pytest.raises(NotPossible, match="is shown in public as the mailbox of"):
            verb()
    client = cast.client("administrator")
    typed = {"name": "Juan", "email": email, "language": "es-mx"}
    page = client.post("/administracion/personas/invitar/", typed)
    assert "email" in page.context["form"].errors
    typed = {"revision": sep.revision, "name": sep.name, "acronym": sep.acronym, "kind": sep.kind, "head_email": email}
    page = client.post("/administracion/dependencias/11/corregir/", typed | {"time_zone": sep.time_zone})
    assert "head_email" in page.context["form"].errors


def test_a_mailbox_that_was_a_person_s_before_hinders_no_other_correction(cast):
    Agency.objects.filter(pk=cast.sct.pk).update(mailbox="outsider@example.org")
    publish(cast)
    OfficeText.objects.update(email="outsider@example.org")
    row, client = Agency.objects.get(pk=cast.sct.pk), cast.client("administrator")
    typed = {
        "revision": row.revision, "name": row.name, "acronym": row.acronym, "kind": row.kind, "time_zone": row.time_zone,
        "mailbox": row.mailbox, "note": "Se mudó.",
    }  # fmt: skip
    assert client.post("/administracion/dependencias/9/corregir/", typed).status_code == 302
    assert (
        client.post(FORM, {"revision": "1", **CONTACT, "phone": "5", "email": "outsider@example.org"}).status_code
        == 302
    )
    row.refresh_from_db()
    with pytest.raises(NotPossible, match="Somebody signs in"):
        correct_agency(row, by=cast["administrator"], revision=row.revision, head_email="cabeza@example.mx")
    outsider = cast["outsider"]
    correct_person(outsider, by=cast["administrator"], revision=outsider.revision, name="Otro nombre")
