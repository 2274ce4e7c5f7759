"""Whatever is counted once is said in the singular, on every public page of a strategy that has one of everything, in both languages."""

import re
from datetime import timedelta
from html import unescape

import pytest

from focalpoints import clock
from projects import actions
from tests.deciding import cancelled, withdrawn
from tests.standing import scene
from tests.walking import page

pytestmark = pytest.mark.once

SEVERAL = re.compile(
    r"(?<![\d,.:/–-])1 (?:tareas|compromisos|días|dependencias|seguimientos|evidencias|cambios|veces|hechos|fechas|solicitudes|asuntos"
    r"|tasks|commitments|days|agencies|changes|times|pieces|moves|dates|events|items|follow-ups)\b"
)
PAGES = (
    "/", "/compromisos/", "/compromisos/{code}/", "/tareas/", "/tareas/{code}-T1/", "/proyectos/", "/proyectos/mexico-conectado/",
    "/objetivos/", "/dependencias/", "/dependencias/9/", "/calendario/", "/calendario/?view=list", "/reprogramaciones/", "/cambios/",
)  # fmt: skip


@scene()
def one_of_each(cast):
    """One task that is late, of one commitment; what `ended` adds is one that was cancelled and one that was withdrawn."""
    with clock.at(clock.now() - timedelta(days=30)):
        cast.task(due=clock.today() + timedelta(days=29))
    return cast


def wrong_on(address):
    text = unescape(re.sub(r"<[^>]+>", "", page(address).text))
    return {(address, found[0]) for found in SEVERAL.finditer(re.sub(r"\s+", " ", text))}


def test_what_is_counted_once_is_said_in_the_singular(one_of_each):
    code = one_of_each.commitment.code
    addresses = [language + address.format(code=code) for address in PAGES for language in ("", "/en")]
    assert set().union(*map(wrong_on, addresses)) == set()
    task = one_of_each.commitment.tasks.get()
    follow_up = one_of_each.follow_up("accepted", task)
    assert follow_up.state == "accepted"
    cancelled(one_of_each, task)
    withdrawn(one_of_each, one_of_each.another_commitment(due=clock.today() - timedelta(days=1)))
    actions.note_no_change(one_of_each.task(), by=one_of_each["focal point"])
    assert set().union(*map(wrong_on, addresses)) == set()
