"""What is only spelled otherwise, and what is another promise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.wording import is_one_letter_apart, is_spelling

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Educacion publica", "Educación pública"),
        ("conectar 250,000 sitios", "Conectar 250,000 sitios."),
        ("Publicar los datos (todos)", "Publicar los datos: todos"),
        ("Inventario de tramites", "Inventario de trámites"),
        ("Inventrio de trámites", "Inventario de trámites"),
        ("Estrategiaa digital", "Estrategia digital"),
    ],
)
def test_spelling(before, after):
    assert is_spelling(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("250,000 sitios", "150,000 sitios"),
        ("250,000 sitios", "250.000 sitios"),
        ("20,000 sitios", "2,000 sitios"),
        ("todas las dependencias", "algunas dependencias"),
        ("todas las dependencias", "las dependencias"),
        ("a más tardar en junio", "a más tardar en julio"),
        ("sin costo", "con costo"),
        ("ni uno", "si uno"),
        ("Reportes de SCT", "Reportes de SCJ"),
        ("seis reportes", "siete reportes"),
        ("mil millones", "mil millone s"),
        ("en 2018", "en 2019"),
        ("conectar escuelas", "conectar escuelas rurales"),
        ("publicar el plan", "publicar el plano y más"),
        ("Salud", ""),
    ],
)
def test_another_promise(before, after):
    assert not is_spelling(before, after)


def test_the_name_of_an_agency_is_no_spelling():
    assert is_spelling("Datos de Pemexx", "Datos de Pemex")
    assert not is_spelling("Datos de Pemexx", "Datos de Pemex", names={"pemex"})


WORDS = st.lists(st.text(st.sampled_from("abcdeñé"), min_size=4, max_size=9), min_size=1, max_size=6)


@given(WORDS, WORDS)
def test_it_never_lets_a_word_come_or_go(before, after):
    if is_spelling(" ".join(before), " ".join(after)):
        assert len(before) == len(after)


@given(st.text("abcd", max_size=6), st.text("abcd", max_size=6))
def test_one_letter_apart_is_what_it_says(one, other):
    def neighbours(word):
        letters = "abcd"
        yield from (word[:n] + word[n + 1 :] for n in range(len(word)))
        yield from (word[:n] + letter + word[n:] for n in range(len(word) + 1) for letter in letters)
        yield from (word[:n] + letter + word[n + 1 :] for n in range(len(word)) for letter in letters)

    assert is_one_letter_apart(one, other) == (one == other or other in set(neighbours(one)))
