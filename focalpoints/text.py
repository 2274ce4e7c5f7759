"""Text as it is searched for (`É` and `e` are one letter, in both databases), and random public codes."""

import secrets
import unicodedata

# No 0/O, 1/I/L, U/V: codes are read aloud over the telephone.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ"


def fold(text: str) -> str:
    """Lower case, without accents, single spaces. `fold("  Educación   PÚBLICA ") == "educacion publica"`."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(char for char in decomposed if not unicodedata.combining(char)).split())


def new_code(prefix: str, length: int = 8) -> str:
    """A random public code, e.g. `P-7KF3M2QA`. There are 29^8; the database's unique constraint refuses one that is taken."""
    return prefix + "".join(secrets.choice(CODE_ALPHABET) for _ in range(length))
