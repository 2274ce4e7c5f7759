"""What somebody typed into a search, as words of our own: nothing of it reaches a database as an operator."""

import re
from dataclasses import dataclass
from functools import lru_cache

from focalpoints.text import fold, words_and_halves

MOST_WORDS = 16  # of what was typed beyond, nothing is asked
LONGEST = 60  # characters of a word that are kept and asked: databases refuse words of thousands
FROM = 3  # letters from which a word finds those that begin with it
_QUOTES = re.compile('["“”„«»＂]')


@dataclass(frozen=True, slots=True)
class Term:
    """One word, which also finds words that begin with it, or words that stand exactly so, one after the other (`is_quoted`)."""

    words: tuple[str, ...]
    is_quoted: bool = False

    @property
    def is_prefix(self) -> bool:
        return not self.is_quoted and len(self.words[0]) >= FROM

    @property
    def in_postgresql(self) -> str:
        if self.is_prefix:
            return f"'{self.words[0]}':*"
        return f"({' <-> '.join(f"'{word}'" for word in self.words)})"

    @property
    def ranked_in_postgresql(self) -> str:
        """The word itself counts beside those that begin with it, and so before them."""
        return f"('{self.words[0]}' | '{self.words[0]}':*)" if self.is_prefix else self.in_postgresql

    @property
    def in_sqlite(self) -> str:
        return f'"{" ".join(self.words)}"{"*" if self.is_prefix else ""}'

    @property
    def ranked_in_sqlite(self) -> str:
        return f'("{self.words[0]}" OR "{self.words[0]}"*)' if self.is_prefix else self.in_sqlite

    def is_in(self, word: str) -> bool:
        return word.startswith(self.words[0]) if self.is_prefix else word in self.words


@dataclass(frozen=True, slots=True)
class Terms:
    """All of these are asked for. `is_cut`: more was typed than is asked."""

    terms: tuple[Term, ...]
    is_cut: bool = False

    @property
    def is_empty(self) -> bool:
        """Nothing can be asked: there was no letter or digit."""
        return not self.terms

    def matches(self, word: str) -> bool:
        """Whether a word of some text is one that was found, to mark it."""
        return any(term.is_in(token) for token in tokens_of(word) for term in self.terms)

    @property
    def in_postgresql(self) -> str:
        return " & ".join(term.in_postgresql for term in self.terms)

    @property
    def ranked_in_postgresql(self) -> str:
        return " & ".join(term.ranked_in_postgresql for term in self.terms)

    @property
    def in_sqlite(self) -> str:
        return " AND ".join(term.in_sqlite for term in self.terms)

    @property
    def ranked_in_sqlite(self) -> str:
        return " AND ".join(term.ranked_in_sqlite for term in self.terms)


def terms_of(text: str) -> Terms:
    """The words of what was typed; what stands in quotes, of any language, must stand so."""
    found: dict[Term, None] = {}
    left, is_cut = MOST_WORDS, False
    pieces = _QUOTES.split(text)
    for place, piece in enumerate(pieces):
        words = [word[:LONGEST] for word in fold(piece).split()]
        is_quoted = place % 2 == 1 and place < len(pieces) - 1  # a quote that is never closed quotes nothing
        for asked in filter(None, [words] if is_quoted else [[word] for word in words]):
            if Term(tuple(asked), is_quoted) in found:
                continue
            is_cut |= len(asked) > left
            if taken := tuple(asked[:left]):
                found[Term(taken, is_quoted)] = None
                left -= len(taken)
    return Terms(tuple(found), is_cut)


@lru_cache(maxsize=8192)
def tokens_of(word: str) -> tuple[str, ...]:
    """A word of some text, and its halves, as a document keeps them."""
    words, halves = words_and_halves(word)
    return tuple(token[:LONGEST] for token in (*words, *halves))
