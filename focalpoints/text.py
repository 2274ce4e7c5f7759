"""Text as people type it: what nobody sees is left out, two spellings of one thing are one, names stand in Spanish order; random codes.

Both databases store what these functions give (`Agency.acronym_key`, `search`, search documents), so that they find and refuse the same.
"""

import re
import secrets
import unicodedata

# No 0/O, 1/I/L, U/V: codes are read aloud over the telephone.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ"

# Nobody sees these: characters of format (Cf) and of control (Cc), but for white space and for NUL, which is refused everywhere; and
# what else Unicode calls default-ignorable (UAX #44, DerivedCoreProperties.txt), letters and marks among them; the empty Braille cell.
_UNSEEN = re.compile(
    "[\x01-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000110bd\U000110cd"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)

# Marks on letters: Unicode's blocks of combining diacritical marks.
_ACCENTS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")

# Letters of other scripts that look like Latin ones, after the table of UTS #39 (confusables.txt): those of single Cyrillic and Greek
# letters. Cyrillic small letters that look like small capitals go where their capitals go. Full-width and styled letters need no line
# here: NFKD makes plain ones of them.
_LATIN_LIKE = str.maketrans(
    "АВЕЅІЈКМНОРСТУХҮѴԌԚԜҺ" "авгеѕіјкмнорстухьүѵһӏԁԛԝ" "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ" "αγικνορστυχϳ" "ıȷ",
    "ABESIJKMHOPCTYXYVGQWH" "abresijkmhopctyxbyvhidqw" "ABEZHIKMNOPTYX" "ayikvopotuxj" "ij",
)  # fmt: skip

# What joins two halves of a word, or is typed in one in many ways: apostrophes, full stops, all dashes (Pd), a comma between digits. It
# is left out, so that MC-250K, MC–250K and MC250K are one word, and so are O'Farrill and O’Farrill, SCT and S.C.T., 250,000 and 250000.
_JOINING = re.compile(
    "['’‘‛ʼʹ′´`·.−\\-\u058a\u05be\u1400\u1806\u2010-\u2015\u2e17\u2e1a\u2e3a\u2e3b\u2e40\u2e5d\u301c\u3030\u30a0\ufe31\ufe32\ufe58\ufe63"
    "\uff0d\U00010d6e\U00010ead]|(?<=\\d),(?=\\d)"
)
_BETWEEN_WORDS = re.compile(r"(?:[^\w@]|_)+")
_BETWEEN_HALVED_WORDS = re.compile("(?:[^\\w@\x01]|_)+")

_AROUND = {"“”", '""', "«»", "‘’", "''", "()", "„“"}  # quotes and brackets, the first and the last

# In the order of the Unicode collation (CLDR root); digits and letters come after it.
_PUNCTUATION = " _-–—,;:!¡?¿.…'‘’\"“”«»()[]{}§¶@*/\\&#%`^+<=>|~$"
_IN_ORDER = str.maketrans({char: chr(2 + place) for place, char in enumerate(_PUNCTUATION)})


def visible(text: str) -> str:
    """The same without what nobody sees. Line breaks and other space stay."""
    return _UNSEEN.sub("", text)


def one_line(text: str) -> str:
    """As a name, title, code or address is kept: without what nobody sees, single plain spaces, none at the ends."""
    return " ".join(visible(text).split())


def plain_letters(text: str) -> str:
    """What two spellings have in common: case, accents, width and look-alikes of other scripts do not count. `СТ` is `ct`."""
    decomposed = unicodedata.normalize("NFKD", visible(text))
    return _ACCENTS.sub("", decomposed).translate(_LATIN_LIKE).casefold()


def fold(text: str) -> str:
    """As text is searched for, both what is stored and what is asked: plain letters and digits, words apart by single spaces.

    `fold("  “Educación   PÚBLICA”, O’Farrill ") == "educacion publica ofarrill"`.
    """
    plain = plain_letters(text.replace("´", "'"))  # NFKD would make a space of it
    return _BETWEEN_WORDS.sub(" ", _JOINING.sub("", plain)).strip()


def words_and_halves(text: str) -> tuple[list[str], list[str]]:
    """The words of `fold`, and what stands between the signs that it leaves out of them, but for single letters.

    `words_and_halves("E-gobierno, S.C.T., MC-250K") == (["egobierno", "sct", "mc250k"], ["gobierno", "mc", "250k"])`.
    """
    plain = plain_letters(text.replace("´", "'"))
    joined, count = _JOINING.subn("\x01", plain)  # which no visible text holds
    if not count:
        return _BETWEEN_WORDS.sub(" ", plain).split(), []
    words, halves = [], []
    for word in _BETWEEN_HALVED_WORDS.split(joined):
        if "\x01" not in word:
            words += [word] if word else []
        elif whole := word.replace("\x01", ""):
            words.append(whole)
            halves += [half for half in word.split("\x01") if len(half) > 1 and half != whole]
    return words, halves


def name_key(name: str) -> str:
    """By which two acronyms or codes are the same: `S.C.T.`, `sct` and `SСT` with a Cyrillic С are one, `09` and `9` too."""
    return fold(name).replace(" ", "").lstrip("0") or plain_letters(one_line(name))


def code(text: str) -> str:
    """A code as it is kept: look-alikes of other scripts, full width and dashes become the plain characters that were meant."""
    plain = unicodedata.normalize("NFKC", one_line(text)).translate(_LATIN_LIKE)
    return "".join(["-" if unicodedata.category(char) == "Pd" else char for char in plain])


def address(text: str) -> str:
    """An e-mail as it is kept: one line, plain width, lower case."""
    return unicodedata.normalize("NFKC", one_line(text)).lower()


def meant_address(text: str) -> str:
    """The one e-mail in what was pasted: without `mailto:`, a name before `<…>`, quotes around it or a comma after it."""
    text = one_line(text)
    if text.lower().startswith("mailto:"):
        text = text[len("mailto:") :].partition("?")[0]
    if named := re.fullmatch(r"[^<>@]*<([^<>\s]+)>[\s,;.]*", text):
        text = named[1]
    text = text.rstrip(" ,;.")
    return address(text[1:-1] if text[:1] + text[-1:] in _AROUND else text).rstrip(",;.")


def is_domain(domain: str) -> bool:
    """Whether each part that is written as Punycode (`xn--…`, RFC 3492) stands for something, and for that alone."""
    encoded = [label for label in domain.lower().split(".") if label.startswith("xn--")]
    return all(
        not (meant := _unicode_label(label)).isascii() and f"xn--{meant.encode('punycode').decode()}" == label
        for label in encoded
    )


def address_key(email: str) -> str:
    """By which two e-mails are the same account. A domain written in ASCII (`xn--…`, RFC 3492) is the one that it stands for."""
    name, at, domain = address(email).rpartition("@")
    labels = [_unicode_label(label) for label in re.split("[.。]", domain)]
    return plain_letters(f"{name}{at}{'.'.join(labels)}")


def _unicode_label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label.removeprefix("xn--").encode("ascii").decode("punycode")
    except UnicodeError:  # nobody's domain: it stands for itself
        return label


def one_form(password: str) -> str:
    """A password as every keyboard and system sends it: RFC 8265, section 4.2 (OpaqueString). NFC, and plain spaces for others.

    Not NFKC: it would make one password of two that their owner sees as different (`²` and `2`), and so easier to guess.
    """
    spaced = "".join([" " if unicodedata.category(char) == "Zs" else char for char in password])
    return unicodedata.normalize("NFC", spaced)


def alphabetical(text: str) -> str:
    """By which names are sorted in Spanish: case and accents count last, ñ comes after n. What ICU's collation `es` does.

    PostgreSQL uses that one (`sql/spanish.py`); SQLite, and lists that are sorted here, this.
    """
    letters = accents = unicodedata.normalize("NFD", text).casefold()
    if not text.isascii():
        letters = _ACCENTS.sub("", unicodedata.normalize("NFKD", letters).replace("n\u0303", "n\uffff"))
    return f"{letters.translate(_IN_ORDER)}\x01{accents}\x01{text.swapcase()}"


def new_code(prefix: str, length: int = 8) -> str:
    """A random public code, e.g. `P-7KF3M2QA`. There are 29^8; the database's unique constraint refuses one that is taken."""
    return prefix + "".join(secrets.choice(CODE_ALPHABET) for _ in range(length))
