"""What is shown of a text: exactly the words that match are marked, nothing of it becomes markup, and it is cut between words."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from focalpoints.text import fold
from projects.search.marks import CUT, PASSAGE, marked, passage
from tests.examples import examples

pytestmark = pytest.mark.once


class Words:
    """What is asked for: words that begin so, as `Terms` reads them."""

    def __init__(self, *beginnings):
        self.beginnings = beginnings
        self.asked = []

    def matches(self, word):
        self.asked.append(word)
        return any(part.startswith(self.beginnings) for part in fold(word).split())


class Marks(HTMLParser):
    """The text of a piece of HTML, and what is marked in it. Any other markup is an error."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.text, self.marked, self.inside = "", [], False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        assert (tag, attrs, self.inside) == ("mark", [], False)
        self.inside = True
        self.marked.append("")

    def handle_endtag(self, tag):
        assert (tag, self.inside) == ("mark", True)
        self.inside = False

    def handle_data(self, data):
        self.text += data
        if self.inside:
            self.marked[-1] += data

    def handle_comment(self, data):
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


SAID = {
    ("Banda ancha en ESCUELAS de Oaxaca.", ("escuel", "oax")): ["ESCUELAS", "Oaxaca"],
    ("Educación pública; educacio\u0301n, EDUCACIÓN", ("educacion",)): ["Educación", "educacio\u0301n", "EDUCACIÓN"],
    ("El niño y la nin\u0303a", ("nin",)): ["niño", "nin\u0303a"],
    ("MC-250K, mc–250k y (MC250K)", ("mc250k",)): ["MC-250K", "mc–250k", "MC250K"],
    ("250,000 sitios, 250, 000", ("250000",)): ["250,000"],
    ("S.C.T.: «SCT».", ("sct",)): ["S.C.T", "SCT"],
    ("uno_dos/tres→cuatro", ("dos", "cuatro")): ["dos", "cuatro"],
    ("O’Farrill y O'Farrill", ("ofarrill",)): ["O’Farrill", "O'Farrill"],
    ("🎉escuela🎉 y 🎉", ("escuela",)): ["escuela"],
    ("\u202eescuela\u202c אבג", ("escuela", "אבג")): ["escuela", "אבג"],
    ("<b>escuela</b> & <mark>", ("escuela", "mark", "b")): ["b", "escuela", "b", "mark"],
    ("es\u00adcue\u200bla", ("escuela",)): ["es\u00adcue\u200bla"],
    ("edn@gob.mx", ("edn@gob",)): ["edn@gob.mx"],
    ("¿«—»? ... 🎉 \x00\x01", ("",)): [],
}  # fmt: skip


@pytest.mark.parametrize(("text", "asked"), SAID)
def test_words_are_marked_as_they_were_written(text, asked):
    found = Marks(marked(text, Words(*asked)))
    assert (found.text, found.marked) == (text, SAID[text, asked])


ALPHABET = st.one_of(
    st.sampled_from("aábcñn escuelaES  .,-–'’_@<>&\"/1250;:()\u0301\u0303\u200b\u202e🎉אبПе½ﬁß\n\t\x00·→"), st.characters(codec="utf-8")
)  # fmt: skip
TEXTS = st.text(ALPHABET, max_size=600)
ASKED = st.sampled_from([("escuela",), ("e",), ("a", "1"), ("n",), ("",)])


@settings(max_examples=examples(200), deadline=None)
@given(TEXTS, ASKED)
@example("<mark>a</mark>&amp;" * 20, ("a",))
@example("á" * 500 + " a", ("a",))
def test_exactly_the_words_that_match_are_marked_and_nothing_becomes_markup(text, asked):
    words = Words(*asked)
    found = Marks(marked(text, words))
    assert found.text == text
    assert found.marked == [word for word in words.asked if Words(*asked).matches(word)]
    # The words are those that the search itself sees.
    assert [part for word in words.asked for part in fold(word).split()] == fold(text).split()


@settings(max_examples=examples(200), deadline=None)
@given(TEXTS, ASKED)
@example("x" * 1000, ("x",))
@example(f"{'palabra ' * 100}escuela{' otra' * 100}", ("escuela",))
@example(f"{'p' * 300} escuela", ("escuela",))
@example(f"escuela {'p' * 300}", ("escuela",))
def test_a_passage_is_cut_between_words_and_shows_the_first_match(text, asked):
    line = " ".join(text.split())
    found = Marks(passage(text, Words(*asked)))
    shown = found.text.removeprefix(f"{CUT} ").removesuffix(f" {CUT}")
    assert shown in line
    assert f" {shown} " in f" {line} "
    whole = Marks(marked(line, Words(*asked))).marked
    assert found.marked[:1] == whole[:1]
    longest = max(map(len, line.split()), default=0)
    assert len(shown) <= PASSAGE + longest
    assert len(shown) >= min(len(line), PASSAGE - 2 * longest)
    assert unescape(re.sub(r"</?mark>", "", passage(text, Words(*asked)))) == found.text
