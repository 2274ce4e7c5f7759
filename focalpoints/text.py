"""Folding of text for search: `É` and `e` are one letter, in both databases."""

import secrets
import unicodedata

# No 0/O, 1/I/L, U/V: codes are read aloud over the telephone.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ"


def fold(text: str) -> str:
    """Lower case, without accents, single spaces. `fold("  Educación   PÚBLICA ") == "educacion publica"`."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(char for char in decomposed if not unicodedata.combining(char)).split())


def new_code(prefix: str, length: int = 8) -> str:
    """A public code that says nothing about what it names, e.g. `P-7KF3M2QA` (29^8: collisions are refused by the database)."""
    return prefix + "".join(secrets.choice(CODE_ALPHABET) for _ in range(length))
