"""What is left out of typed text, when two spellings are one thing, and in which order names stand: plain functions, no database."""

import sys
import unicodedata

import pytest

from focalpoints.text import (
    address,
    address_key,
    alphabetical,
    code,
    fold,
    is_domain,
    meant_address,
    name_key,
    one_form,
    one_line,
    plain_letters,
    visible,
)

EVERY_CHARACTER = [chr(point) for point in range(1, sys.maxunicode + 1) if not 0xD800 <= point <= 0xDFFF]
# Default-ignorable, though Unicode files them under letters, marks and symbols.
UNSEEN_LETTERS = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u2800\u3164\ufe00\ufe0f\uffa0\U000e0100"


def test_no_character_of_format_or_control_is_left():
    hidden = [c for c in EVERY_CHARACTER if unicodedata.category(c) in {"Cf", "Cc"} and not c.isspace()]
    assert len(hidden) > 200
    assert visible("".join(hidden) + UNSEEN_LETTERS) == ""


def test_what_can_be_seen_stays():
    """Also white space, line breaks and marks that stand on a letter; NUL is not taken off but refused."""
    seen = [
        c for c in EVERY_CHARACTER if unicodedata.category(c)[0] in "LNPSZ" and c not in UNSEEN_LETTERS
    ]  # fmt: skip
    assert visible("".join(seen)) == "".join(seen)
    assert visible("e\u0301\n\t\0") == "e\u0301\n\t\0"


def test_no_dash_keeps_words_apart():
    dashes = [char for char in EVERY_CHARACTER if unicodedata.category(char) == "Pd"]
    assert {fold(f"MC{dash}250K") for dash in [*dashes, "\u2212", ""]} == {"mc250k"}
    assert {code(f"MC{dash}250K") for dash in dashes} == {"MC-250K"}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ana\u00a0 López\u3000", "Ana López"),
        ("\ufeffAna\u200b", "Ana"),
        ("\u200b\u2060\u3164 \u00ad", ""),
        ("a\r\nb\tc", "a b c"),
        ("Méx\u00adi\u200dco\ufe0f", "México"),
    ],
)
def test_one_line(typed, kept):
    assert one_line(typed) == kept


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("  “Educación   PÚBLICA”, ", "educacion publica"),
        ('"México Conectado"', "mexico conectado"),
        ("«México» ‘Conectado’", "mexico conectado"),
        ("sct,", "sct"),
        ("(SCT);", "sct"),
        ("S.C.T.", "sct"),
        ("O’Farrill O'Farrill O´Farrill OʼFarrill O`Farrill OFarrill", " ".join(["ofarrill"] * 6)),
        ("infor\u00admática", "informatica"),
        ("ＭＣ－２５０Ｋ", "mc250k"),
        ("A / B & C_D", "a b c d"),
        ("ana@demo.example", "ana@demoexample"),
        ("Straße ﬁn", "strasse fin"),
        ("250,000 sitios, 250.000 sitios; 250000", "250000 sitios 250000 sitios 250000"),
        ("–", ""),
        ("¿?", ""),
    ],
)
def test_what_is_searched_for(typed, folded):
    assert fold(typed) == fold(folded) == folded


# Latin, and as other alphabets have it: Cyrillic, Greek, full width, mathematical, with accents.
LOOKS = {
    "sct": ["SCT", "SСT", "ЅСТ", "ＳＣＴ", "𝐒𝐂𝐓", "Śçt̂", "s c t", "S-C-T", "s\u200bct", "scт"],
    "semar": ["ЅЕМАR", "ΣEMAR".replace("Σ", "S"), "ЅΕΜΑR"],
    "pemex": ["РЕМЕХ", "ΡΕΜΕΧ", "pемех"],
    "aeiou": ["áéíóú", "аеіоu", "αeιoυ"],
}


@pytest.mark.parametrize(("key", "spelled"), [(key, name) for key, names in LOOKS.items() for name in names])
def test_one_name_in_many_spellings(key, spelled):
    assert name_key(spelled) == key


@pytest.mark.parametrize(("one", "other"), [("SCT", "SCTI"), ("4-A00", "4-AOO"), ("SE", "SEP"), ("mc-1", "mc-l")])
def test_two_names(one, other):
    assert name_key(one) != name_key(other)


@pytest.mark.parametrize(("one", "other"), [("09", "9"), ("04-A00", "4-A00"), ("０9", "9"), ("0", "0")])
def test_zeros_before_a_number_say_nothing(one, other):
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    "typed",
    [
        "sct@demo.example,", "“sct@demo.example”", "«sct@demo.example».", "mailto:SCT@demo.example", "<sct@demo.example>",
        "mailto:sct@demo.example?subject=Hola", "Secretaría, SCT <sct@demo.example>", "'sct@demo.example'",
        '"SCT" <sct@demo.example>;',
    ],
)  # fmt: skip
def test_the_address_that_is_plainly_meant_is_taken(typed):
    assert meant_address(typed) == "sct@demo.example"


@pytest.mark.parametrize("typed", ["a@b.example, c@d.example", "o'neil@demo.example", "<a@b.example> <c@d.example>"])
def test_where_several_could_be_meant_nothing_is_taken_off(typed):
    assert meant_address(typed) == typed


def test_a_domain_in_punycode_stands_for_something():
    assert is_domain("demo.example")
    assert is_domain("xn--educacin-13a.example")
    assert not any(is_domain(f"{label}.example") for label in ("xn--demo-x", "xn--", "xn--demo-", "xn--ñ"))


def test_a_name_of_signs_has_a_key():
    assert name_key("+++") == "+++"
    assert name_key("\u200b") == name_key("") == ""


def test_look_alikes_are_letters_of_other_scripts_and_become_latin_ones():
    alike = [
        c for c in EVERY_CHARACTER if c.isalpha() and c not in UNSEEN_LETTERS and not c.isascii() and code(c).isascii()
    ]
    plain = [c for c in alike if unicodedata.normalize("NFKC", c) == c]
    assert len(plain) == 73
    assert {unicodedata.name(char).split()[0] for char in plain} == {"CYRILLIC", "GREEK", "LATIN"}
    assert all(plain_letters(char).isalpha() for char in plain)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("jose@educación.example", "jose@xn--educacin-13a.example"),
        ("jose@EDUCACIÓN.example", "JOSE@XN--EDUCACIN-13A.EXAMPLE"),
        ("jose@educación.example", "jose@educacio\u0301n.example"),
        ("jose@educación.example", "jose@educacion.example"),
        ("ana@demo.example", "ana@demo.example\u200b"),
        ("ana@demo.example", "\u00a0ａｎａ＠ｄｅｍｏ．ｅｘａｍｐｌｅ "),
        ("ana@demo.example", "ana@demo。example"),
        ("ana@demo.example", "ana@dеmо.example"),
        ("ana@españa.example", "ana@xn--espaa-rta.example"),
    ],
)
def test_one_address_in_two_spellings(one, other):
    assert address_key(one) == address_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ana@demo.example", "a.na@demo.example"),
        ("ana-b@demo.example", "anab@demo.example"),
        ("ana@demo.example", "ana@de-mo.example"),
        ("ana@demo.example", "ana+x@demo.example"),
    ],
)
def test_two_addresses(one, other):
    assert address_key(one) != address_key(other)


@pytest.mark.parametrize("label", ["xn--", "xn--ü", "xn--999999999", "xn--a-ecp.x"])
def test_a_label_that_stands_for_nothing_stands_for_itself(label):
    assert address_key(f"a@{label}").startswith("a@")


def test_an_address_is_kept_plain():
    assert address("\ufeffＡna@Demo.Example\u200b ") == "ana@demo.example"


@pytest.mark.parametrize(
    ("typed", "one"),
    [
        ("Contrasen\u0303a", "Contraseña"),
        ("Ma\u0301s\u00a0vale", "Más vale"),
        ("ma\u0301s\u3000vale", "más vale"),
        ("ﬁn² ", "ﬁn² "),
        ("a\u200bb", "a\u200bb"),
    ],
)
def test_a_password_has_one_form(typed, one):
    assert one_form(typed) == one == one_form(one)


IN_ORDER = [
    "“Agenda”", "ana", "Ana", "Ana Zúñiga", "Anabel", "e-México", "Economía", "eLAC", "Élite", "Nube", "Núñez", "Nuzco", "Ñandú",
    "Óscar", "Pedro", "Ventanilla", "Zoila", "Zúñiga",
]  # fmt: skip


def test_names_stand_in_spanish_order():
    assert sorted(set(IN_ORDER), key=alphabetical) == IN_ORDER
    assert sorted(["OSCAR", "Óscar", "Oscar", "oscar"], key=alphabetical) == ["oscar", "Oscar", "OSCAR", "Óscar"]
