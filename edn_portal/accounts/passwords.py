"""What makes a password too easy to guess here, beyond what Django's own validators know."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from focalpoints.models import Agency, User
from focalpoints.text import fold

# What anybody would try first against this site.
SITE_WORDS = frozenset(
    {"edn", "cedn", "estrategia", "digital", "nacional", "strategy", "national", "portal", "gobierno", "government"}
    | {"méxico", "mexicano", "presidencia", "república", "compromiso", "seguimiento", "follow", "punto", "contacto"}
    | {"focal", "demo", "demostración", "contraseña", "clave", "password"}
)
SHORTEST_WORD = 3
LETTERS_OF_ONES_OWN = 8


class ContextWordsValidator:
    """Refuses a password built from words that are known here: the site's, the person's, and what agencies are called.

    Such a word may occur, but without all of them, digits and signs, eight letters must be left. Neither accents nor spaces hide it.
    """

    def validate(self, password: str, user: User | None = None) -> None:
        folded = _letters(password)
        known = {_letters(word): word for word in SITE_WORDS | _words_of(user)} | _agencies()
        words = sorted((word for word in known if word in folded), key=len, reverse=True)
        if not words:
            return
        rest = re.sub("|".join(map(re.escape, words)), "", folded)
        if sum(char.isalpha() for char in rest) < LETTERS_OF_ONES_OWN:
            raise ValidationError(
                _(
                    "The password is too easy to guess: it is mostly made of “%(words)s”. "
                    "Use three or four words that have nothing to do with your work."
                ),
                code="password_of_context_words",
                params={"words": ", ".join(known[word] for word in words)},
            )

    def get_help_text(self) -> str:
        return ngettext(
            "Apart from words known here (the portal, your name, your agency) it must have at least %(count)d letter.",
            "Apart from words known here (the portal, your name, your agency) it must have at least %(count)d letters.",
            LETTERS_OF_ONES_OWN,
        ) % {"count": LETTERS_OF_ONES_OWN}


def _letters(text: str) -> str:
    return fold(text).replace(" ", "")


def _agencies() -> dict[str, str]:
    """What every agency is called, closed ones too: acronym, name, and name without its short words (`de`, `la`, `y`)."""
    found: dict[str, str] = {}
    for names in Agency.objects.order_by().values_list("acronym", "name"):
        for name in filter(None, names):
            words = fold(name).split()
            found["".join(words)] = found["".join(word for word in words if len(word) > SHORTEST_WORD)] = name
    return {letters: name for letters, name in found.items() if len(letters) >= SHORTEST_WORD}


def _words_of(user: User | None) -> frozenset[str]:
    """The parts of the person's name and address, and of the names of the agencies they were ever appointed in."""
    if user is None:
        return frozenset()
    texts = [user.name, user.email]
    if user.pk:
        texts += [f"{agency.acronym} {agency.name}" for agency in Agency.objects.filter(appointments__user=user)]
    words = {word for text in texts for word in re.findall(r"[^\W_]+", unicodedata.normalize("NFC", text.lower()))}
    return frozenset(word for word in words if len(word) >= SHORTEST_WORD)
