"""Every search of the site finds what was meant: quotes, commas, dashes, apostrophes, invisible characters and width do not count.

And nothing that is typed into one is anything but words.
"""

from urllib.parse import urlencode

import pytest
from django.urls import reverse

from focalpoints import clock
from focalpoints.models import Agency, User
from projects import actions
from projects.models import Commitment, DailyMessage
from projects.search import documents
from tests.cast import appoint, make_agency
from tests.standing import scene

AGENCY = [
    "OFI", "ofi,", "“OFI”", '"ofi"', "«Óficina»", "O.F.I.", "(OFI)", "ofi;", "ＯＦＩ", "ОFI", "oficina  o’farrill",
    "Oficina O´Farrill", "oficina O'Farrill", "‘Oficina’ OFarrill", "o\u00adficina", "\u200bofi\ufeff",
    "oficina\u00a0o‘farrill", "48–F00", "48\u2011F00", "48—f00",
]  # fmt: skip
PERSON = [
    "O’Farrill", "o'farrill", "O´FARRILL", "OʼFarrill", "ofarrill", "“Inés O’Farrill”", "ines,", "Inés  O‘Farrill",
    "In\u00adés", "Ｉｎéｓ", "ine\u0301s", "ines.ofarrill@demo.example", "“ines.ofarrill@demo.example”",
    "ines.ofarrill@demo.example\u200b", "<ines.ofarrill@demo.example>",
]  # fmt: skip
COMMITMENT = [
    '"México Conectado"', "“México Conectado”", "«méxico»  ‘conectado’", "México, Conectado;", "(mexico)",
    "MC–250K", "mc—250k", "MC\u2011250K", "MC−250K", "mc 250k", "MC250K", "ＭＣ-２５０Ｋ", "Méxi\u00adco",
    "mexico\u00a0conectado", "250,000", "250.000", "250000", "MC-250K\u200b", "ofi,",
]  # fmt: skip
HOSTILE = [
    "x" * 5000, "%", "_", '"', "'", "''", "\\", "&|!:*()<->", "a & b", "NEAR(a b, 2)", "AND", "OR NOT", "title:sitios", "^mexico", "e",
    "🙂",    "مرحبا بالعالم", "\u202enu", "nul\0", "…¿?", "') OR 1=1 --", "sitios*", '"sin cerrar', "' | mexico:*", "{a b}",
]  # fmt: skip
TASK = ["tarea 1", "TAREA", "entregab", "MC–250K-T1", "“tarea 1”", "ofi,", "mc250kt1"]
PROJECT = ["mexico conect", "“México Conectado”", "sct", "mexico-conectado", "mexicoconectado"]
# Where it is asked, as whom, by which parameter, with which words, and what must then be there. All words on one page of a kind.
SEARCHES = {
    "projects:commitment_list": ("anonymous", "q", COMMITMENT, "/compromisos/MC-250K/"),
    "projects:commitment_list of an agency": ("anonymous", "agency", AGENCY[::4], "/compromisos/MC-250K/"),
    "projects:task_list by words": ("anonymous", "q", TASK, "/tareas/MC-250K-T1/"),
    "projects:project_list": ("anonymous", "q", PROJECT, "/proyectos/mexico-conectado/"),
    "projects:task_list": ("anonymous", "agency", AGENCY[::4], "/tareas/MC-250K-T1/"),
    "projects:agency_list": ("anonymous", "q", AGENCY, "/dependencias/48-F00/"),
    "projects:calendar": ("anonymous", "agency", AGENCY[::4], "MC-250K-T1"),
    "projects:commitment_feed": ("anonymous", "agency", AGENCY[::4], "MC-250K"),
    "projects:review_queue": ("coordinator", "q", AGENCY[::4], "MC-250K-T1-S1"),
    "projects:reminders_sent": ("coordinator", "q", PERSON[::4], "Inés O’Farrill"),
    "focalpoints:agency_list": ("administrator", "q", AGENCY[::4], "/administracion/dependencias/48-F00/"),
    "focalpoints:person_list": ("administrator", "q", PERSON, "Inés O’Farrill"),
    "focalpoints:appointment_list": ("administrator", "q", PERSON[::4], "Inés O’Farrill"),
    "focalpoints:appointment_list of an agency": ("administrator", "q", AGENCY[::4], "Inés O’Farrill"),
    "focalpoints:appointment_create": ("administrator", "q", AGENCY[::4], "48-F00"),
}


@scene()
def ofarrill(cast):
    agency = make_agency("48-F00", "OFI")
    Agency.objects.filter(pk=agency.pk).update(name="Oficina O’Farrill")
    agency.refresh_from_db()
    person = User(name="Inés O’Farrill", email="ines.ofarrill@demo.example")
    for row in (agency, person):
        row.search = row.search_text()
        row.save()
    appoint(person, agency)
    cast.commitment.agencies.add(agency)
    task = cast.task(agency=agency, due=clock.today(), deliverable="Entregables")
    draft = actions.save_draft(task, by=person, progress=40, done="Se avanzó.", next_step="Seguir.", obstacle="")
    actions.submit(draft, by=person, revision=draft.revision)
    DailyMessage.objects.create(
        person=person, address=person.email, day=clock.today(), message_id="<1@demo.example>", state="sent", claimed_at=clock.now(),
        sent_at=clock.now(),
    )  # fmt: skip
    Commitment.objects.filter(pk=cast.commitment.pk).update(due=clock.today())
    documents.remake()  # what was written without a verb
    return person


@pytest.mark.parametrize("search", SEARCHES)
def test_what_was_meant_is_found(cast, ofarrill, search):
    who, name, questions, found = SEARCHES[search]
    client, where = cast.client(who), reverse(search.split()[0])

    def answer(words):
        response = client.get(f"{where}?{urlencode({name: words})}")
        assert response.status_code == 200, words
        return response.content.decode().replace("\r\n ", "")  # a calendar's long lines are folded

    assert [words for words in questions if found not in answer(words)] == []
    assert found not in answer("nadie que se llame así")
    assert found not in answer("–")


@pytest.mark.parametrize("search", SEARCHES)
def test_whatever_is_typed_is_words(cast, ofarrill, search):
    """Too long is refused (400); anything else is asked, and is found or not."""
    who, name, _questions, _found = SEARCHES[search]
    client, where = cast.client(who), reverse(search.split()[0])
    for words in HOSTILE:
        response = client.get(f"{where}?{urlencode({name: words})}")
        assert response.status_code in {200, 400}, words
        assert response.status_code == 200 or len(words) > 100 or "\0" in words, words
