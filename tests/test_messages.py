"""Both languages complete: every text is marked, collected, translated in the glossary's words, and compiled."""

import ast
import csv
import os
import re
import shutil
import struct
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import gettext, ngettext, override

from edn_portal.framework_texts import TEXTS
from focalpoints.models import Appointment, Role
from focalpoints.templatetags.edn import status_word, workflow_word
from projects.models import Commitment, FollowUp, Task
from projects.templatetags.cells import assessed_counted, commitments_counted, overdue_counted

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("edn_portal", "projects", "principles", "focalpoints")
CATALOGUES = sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po"))
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".jinja", ".txt"})
MODULES = sorted(
    path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts
)
SPANISH = "es-mx"


# --- The catalogues ---


@dataclass
class Message:
    """One entry of a .po file."""

    context: str | None = None
    id: str = ""
    plural: str | None = None
    translations: list[str] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)

    @property
    def name(self) -> tuple[str | None, str, str | None]:
        return self.context, self.id, self.plural

    @property
    def compiled(self) -> tuple[str, str]:
        """Key and value as a .mo file holds them."""
        key = self.id if self.plural is None else f"{self.id}\0{self.plural}"
        return (key if self.context is None else f"{self.context}\4{key}"), "\0".join(self.translations)


def read_po(path: Path) -> list[Message]:
    """Every entry, the header (whose id is empty) first. Reads what msgmerge writes; obsolete entries do not count."""
    messages = []
    for block in path.read_text("utf-8").split("\n\n"):
        message, texts, found = Message(), {}, ""
        for line in block.splitlines():
            if line.startswith("#,"):
                message.flags |= set(line[2:].replace(" ", "").split(","))
            elif start := re.match(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?) "', line):
                found = start[1]
                texts[found] = ast.literal_eval(line[len(found) + 1 :])
            elif line.startswith('"'):
                texts[found] += ast.literal_eval(line)
        if "msgid" in texts:
            message.context, message.id, message.plural = (
                texts.pop(n, None) for n in ("msgctxt", "msgid", "msgid_plural")
            )
            message.translations = list(texts.values())
            messages.append(message)
    return messages


def read_mo(path: Path) -> dict[str, str]:
    raw = path.read_bytes()
    magic, _, count, keys, values = struct.unpack("<5I", raw[:20])
    assert magic == 0x950412DE

    def text(table: int, number: int) -> str:
        length, start = struct.unpack_from("<2I", raw, table + 8 * number)
        return raw[start : start + length].decode()

    return {text(keys, number): text(values, number) for number in range(count)}


def gettext_tool(name: str) -> str:
    """A program of GNU gettext. A fresh machine lacks them; CI must not."""
    found = shutil.which(name)
    if found is None and os.environ.get("CI"):
        pytest.fail(f"There is no {name} here, and CI must have gettext.", pytrace=False)
    if found is None:
        pytest.skip(
            f"NO {name.upper()} HERE: the catalogues were not held against it (Debian: apt-get install gettext)"
        )
    return found


@pytest.fixture(scope="module", params=CATALOGUES, ids=lambda path: path.relative_to(ROOT / "locale").as_posix())
def catalogue(request: pytest.FixtureRequest) -> Path:
    return request.param


def test_there_is_a_spanish_catalogue_and_the_english_texts_need_none():
    assert [path.relative_to(ROOT / "locale").as_posix() for path in CATALOGUES] == ["es/LC_MESSAGES/django.po"]
    assert len(read_po(CATALOGUES[0])) > 1000
    with override("en"):
        assert gettext("Board") == "Board"
        assert gettext("This field is required.") == "This field is required."


def test_what_is_committed_is_what_the_catalogue_compiles_to(catalogue):
    expected = dict(message.compiled for message in read_po(catalogue))
    expected[""] = re.sub(r"POT-Creation-Date: .*\n", "", expected[""])  # msgfmt leaves it out
    assert read_mo(catalogue.with_suffix(".mo")) == expected


def test_msgfmt_agrees(catalogue, tmp_path):
    msgfmt = gettext_tool("msgfmt")
    compiled = tmp_path / "django.mo"
    done = subprocess.run([msgfmt, "--check", "-o", compiled, catalogue], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert read_mo(compiled) == read_mo(catalogue.with_suffix(".mo"))


PLACEHOLDERS = re.compile(r"%\(\w+\)[sd]|%\{\w+\}|\{\w+\}|%%|%[sd]")


# What is written otherwise in Mexican Spanish: quotes, spaces, the percent sign, a question's first mark, "solo".
ILL_SET = {
    "quotes": r"[“”\"]|(?<!\w)'|'(?!\w)",
    "spaces": r" {2,}| [,;:.?!](?!\w)|[¿¡«] | »",
    "percent": r"[^\u00a0%]%(?!s)",
    "question": r"^[^¿]*\?",
    "dots": r"\.\.\.",
}


def ill_set(text: str) -> list[str]:
    """The rules of ILL_SET that a translation breaks. Placeholders stand for a word."""
    words = PLACEHOLDERS.sub(lambda found: "%" if found[0] == "%%" else "9", text)
    return [rule for rule, pattern in ILL_SET.items() if re.search(pattern, words)]


def test_spanish_is_set_as_in_mexico():
    messages = read_po(ROOT / "locale/es/LC_MESSAGES/django.po")[1:]
    wrong = [(text, ill_set(text)) for message in messages for text in message.translations if ill_set(text)]
    # What is added to a sentence begins with its sign, and what joins two words has its spaces.
    assert [found for found in wrong if found[0].strip() == found[0] and found[0][0] not in ",;"] == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Va en «%(percent)s\u00a0%%».", None),
        ("Va en 40 %%.", "percent"),
        ("Va en %(percent)s%%.", "percent"),
        ("Es “suyo”.", "quotes"),
        ('Es "suyo".', "quotes"),
        ("Es  suyo.", "spaces"),
        ("Es suyo ; de nadie más.", "spaces"),
        ("Es « suyo ».", "spaces"),
        ("Es suyo?", "question"),
        ("Es suyo...", "dots"),
    ],
)
def test_a_text_that_is_set_otherwise_is_found(text, rule):
    assert ill_set(text) == ([rule] if rule else [])


def test_every_message_is_translated(catalogue):
    header, *messages = read_po(catalogue)
    assert header.id == ""
    plurals = int(re.search(r"nplurals=(\d)", header.translations[0])[1])
    wrong = {}
    for message in messages:
        wanted = 1 if message.plural is None else plurals
        if len(message.translations) != wanted or not all(message.translations) or "fuzzy" in message.flags:
            wrong[message.name] = "not translated"
        for source, translation in zip([message.id, message.plural or message.id], message.translations, strict=False):
            if sorted(PLACEHOLDERS.findall(source)) != sorted(PLACEHOLDERS.findall(translation)):
                wrong[message.name] = "other placeholders"
            if source.strip() == source and translation.strip() != translation:
                wrong[message.name] = "space around it"
    assert wrong == {}


def test_collecting_finds_nothing_new_and_nothing_gone(tmp_path):
    """As `make messages` does it, in a copy."""
    gettext_tool("xgettext"), gettext_tool("msgmerge")
    ignore = shutil.ignore_patterns("__pycache__", "*.mo", "data", "migrations")
    for name in (*PACKAGES, "templates", "locale"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignore)
    shutil.copy(ROOT / "manage.py", tmp_path)
    options = ["--all", "--no-obsolete", "--no-wrap", "--add-location", "file", "--extension", "html,txt,py,jinja"]
    environment = os.environ | {"EDN_MODE": "test", "DATABASE_URL": "sqlite://:memory:", "EDN_VAR_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "manage.py", "makemessages", *options],
        cwd=tmp_path, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for path in CATALOGUES:
        collected = {message.name for message in read_po(tmp_path / path.relative_to(ROOT))}
        assert {message.name for message in read_po(path)} ^ collected == set(), "run `make messages` and translate"


LOOKED_UP = re.compile(r"""\b_\((?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')\)""")


def test_what_templates_look_up_is_where_it_is_collected():
    """`makemessages` reads `_("…")` in a tag and at the beginning of {{ … }} only: elsewhere the text would stay English."""
    found = re.compile(r"{{.*?}}", re.S)
    missed = [
        (path.name, text[0])
        for path in TEMPLATES
        for variable in found.findall(path.read_text("utf-8"))
        for text in LOOKED_UP.finditer(variable)
        if not re.match(r"{{-?\s*_\(", variable) or text.start() != variable.index("_(")
    ]
    assert missed == []


# --- The words ---

# By hand, from the glossary: what appears on the screen in English and in Spanish. A task is feminine, a commitment masculine.
LIGHTS = {
    ("task", "not_started"): ("Not started", "Sin iniciar"),
    ("task", "on_time"): ("On time", "En tiempo"),
    ("task", "at_risk"): ("At risk", "En riesgo"),
    ("task", "late"): ("Late", "Atrasada"),
    ("task", "to_be_verified"): ("To be verified", "Por verificar"),
    ("task", "fulfilled"): ("Fulfilled", "Cumplida"),
    ("task", "cancelled"): ("Cancelled", "Cancelada"),
    ("task", "no_date"): ("No date", "Sin fecha"),
    ("commitment", "not_started"): ("Not started", "Sin iniciar"),
    ("commitment", "on_time"): ("On time", "En tiempo"),
    ("commitment", "at_risk"): ("At risk", "En riesgo"),
    ("commitment", "late"): ("Overdue", "Vencido"),
    ("commitment", "tasks_late"): ("With late tasks", "Con tareas atrasadas"),
    ("commitment", "to_be_verified"): ("To be verified", "Por verificar"),
    ("commitment", "to_assess"): ("To be assessed", "Por valorar"),
    ("commitment", "fulfilled"): ("Fulfilled", "Cumplido"),
    ("commitment", "partly"): ("Partly fulfilled", "Cumplido en parte"),
    ("commitment", "not_fulfilled"): ("Not fulfilled", "No cumplido"),
    ("commitment", "cancelled"): ("Withdrawn", "Retirado"),
    ("commitment", "withdrawn_late"): ("Overdue, then withdrawn", "Vencido, después retirado"),
    ("commitment", "no_date"): ("No date", "Sin fecha"),
    ("commitment", "no_tasks"): ("No tasks", "Sin tareas"),
}
FOLLOW_UPS = {
    "draft": ("Draft", "Borrador"),
    "submitted": ("Submitted", "Enviado"),
    "returned": ("Returned", "Devuelto"),
    "accepted": ("Accepted", "Aceptado"),
    "withdrawn": ("Withdrawn", "Retirado"),
    "noted": ("No change", "Sin cambios"),
    "retracted": ("No change, taken back", "Sin cambios, anulado"),
}
TASKS = {
    "proposed": ("Proposed", "Propuesta"),
    "confirmed": ("Confirmed", "Confirmada"),
    "declined": ("Not taken up", "Rechazada"),
    "withdrawn": ("Taken back by its agency", "Retirada por su institución"),
    "cancelled": ("Cancelled", "Cancelada"),
    "replaced": ("Replaced", "Sustituida"),
    "mistaken": ("Entered by mistake", "Capturada por error"),
}
COMMITMENTS = {"active": ("Active", "Vigente"), "cancelled": ("Withdrawn", "Retirado")}
APPOINTMENTS = {
    "titular": ("Titular focal point", "Punto de Contacto titular"),
    "alternate": ("Alternate focal point", "Punto de Contacto suplente"),
    "head": ("Head of the agency", "Titular de la dependencia"),
}
ROLES = {
    "coordinator": ("Coordinator", "Coordinación"),
    "administrator": ("Administrator", "Administración"),
    "system": ("System", "Sistema"),
}
WORDS = {
    "Board": "Tablero",
    "My work": "Mi trabajo",
    "Review": "Revisión",
    "Commitment": "Compromiso",
    "Task": "Tarea",
    "Follow-up": "Seguimiento",
    "Evidence": "Evidencia",
    "Traffic light": "Semáforo",
    "Due date": "Fecha compromiso",
    "First date": "Fecha original",
    "Focal point": "Punto de Contacto EDN",
    "Appointment letter": "Oficio de designación",
    "Agency": "Dependencia o entidad",
    "Sector head": "Cabeza de sector",
    "ledger entry": "asiento de la Bitácora",
    "Not aligned": "No alineado",
    "National Digital Strategy": "Estrategia Digital Nacional",
}


@pytest.mark.parametrize(("language", "column"), [("en", 0), (SPANISH, 1)])
def test_states_are_called_what_the_glossary_calls_them(language, column):
    with override(language):
        assert {key: status_word(key[1], key[0]) for key in LIGHTS} == {
            key: pair[column] for key, pair in LIGHTS.items()
        }
        assert {key: workflow_word(key) for key in FOLLOW_UPS} == {
            key: pair[column] for key, pair in FOLLOW_UPS.items()
        }
        for choices, table in [
            (FollowUp.State, FOLLOW_UPS),
            (Task.State, TASKS),
            (Commitment.State, COMMITMENTS),
            (Appointment.Kind, APPOINTMENTS),
            (Role.Kind, ROLES),
        ]:
            shown = {choice.value: str(choice.label) for choice in choices}
            assert shown == {key: pair[column] for key, pair in table.items()}, choices


def test_the_product_s_words_are_the_glossary_s():
    with override(SPANISH):
        assert {word: gettext(word) for word in WORDS} == WORDS
        assert ngettext("%(count)d piece of evidence", "%(count)d pieces of evidence", 2) == "%(count)d evidencias"


# What the Spanish must contain wherever the English has the term, and what it must never say.
TERMS = {
    r"focal points?\b": r"Puntos? de Contacto (EDN|titular|suplente)",
    r"\bdue date": r"fechas? compromiso",
    r"\bfirst date": r"fecha original",
    r"\bcommitments?\b": r"compromisos?",
    r"\btasks?\b": r"tareas?",
    r"\bfollow-ups?\b": r"seguimientos?",
    r"\bevidence\b": r"evidencias?",
    r"\bledger\b": r"Bitácora",
    r"\bfolio\b": r"folio",
    r"\bagenc(y|ies)\b": r"dependencia|entidad|institución|instituciones",
    r"\blights?\b": r"semáforos?",
    r"\bclaim(ed|s)?\b": r"report",
    r"\bverified\b": r"verific",
    r"\bredact": r"test",
    r"\bappointments?\b": r"nombramiento|designación",
    r"\breceipt\b": r"acuse",
    r"\brequests?\b": r"solicit",
    r"\bfindings?\b|\bassess": r"valor",
    r"\bslippage\b": r"desfase",
    r"\bscope\b": r"alcance",
    r"\bcoordination office\b": r"CEDN",
    r"\bupdates?\b": r"actualizaci",
    r"\breminders?\b": r"recordatorio|recordar",
    r"\bnotices?\b": r"aviso",
    r"\bportfolio": r"cartera",
    r"\broles?\b": r"\brol(es)?\b",
    r"\bsector heads?\b": r"cabezas? de sector|encabeza",
    r"\bthresholds?\b": r"umbral",
    r"\bperiods?\b": r"periodo",
    r"\bdeliverables?\b": r"entregable",
    r"\bobstacles?\b": r"obstáculo",
    r"\b(hash|digest)\b": r"huella",
    r"\bentr(y|ies)\b": r"asiento",
}
NEVER = r"password|\bclick|\btú\b|\btu\b|\btus\b|puedes|debes"
# A dependencia is a ministry-level body only: of an agency screens say "dependencia o entidad", or "institución".
ALONE = r"\bdependencias?\b(?!,? [oye] entidad|,? entidad)"
MAY_STAND_ALONE = {
    "Dependencia",  # the kind of agency
    "Titular de la dependencia",
    "Escriba una dirección de correo válida, por ejemplo nombre@dependencia.gob.mx.",
}


def written_in_data() -> Iterator[str]:
    """What the reference data and the demonstration's story say in Spanish."""
    for name in ("commitments", "projects"):
        with (ROOT / f"projects/data/{name}.csv").open(encoding="utf-8", newline="") as file:
            yield from (text for row in csv.DictReader(file) for text in row.values())
    found: list[Any] = [tomllib.loads((ROOT / "edn_portal/demo/story.toml").read_text("utf-8"))]
    while found:
        value = found.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict | list):
            found += value.values() if isinstance(value, dict) else value


def test_data_is_set_as_in_mexico():
    """Quotes, "solo" and dates: 08/05/2014 or in words, never 8-may-2014."""
    unwanted = re.compile(r"[“”]|\bsólo\b|\b(ene|feb|mar|abr|may|jun|jul|ago|sep|oct|nov|dic)-\d{4}", re.I)
    texts = list(written_in_data())
    assert len(texts) > 1000
    assert [text for text in texts if unwanted.search(text)] == []


def glossary_table(heading: str) -> list[list[list[str]]]:
    """The table below a heading of docs/glossary.md: rows of cells of phrases."""
    section = (ROOT / "docs/glossary.md").read_text("utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")]
    return [[[phrase.strip() for phrase in cell.split(" · ")] for cell in row] for row in rows[1:]]


def spanish_texts() -> list[tuple[str, str]]:
    """Each translation with its English, without placeholders."""
    return [
        (PLACEHOLDERS.sub("", message.id), PLACEHOLDERS.sub("", text))
        for message in read_po(ROOT / "locale/es/LC_MESSAGES/django.po")[1:]
        for text in message.translations
    ]


def test_states_of_the_glossary_are_on_the_screen():
    said = set(spanish_texts())
    rows = glossary_table("States")
    assert len(rows) == 5
    for (noun,), spanish, english in rows:
        assert len(spanish) == len(english), noun
        assert set(zip(english, spanish, strict=True)) - said == set(), noun


def test_screens_use_the_preferred_words_of_the_glossary():
    texts = [spanish for _, spanish in spanish_texts()]
    rows = glossary_table("Preferred words")
    assert len(rows) > 15
    for unwanted, preferred, _ in rows:
        for phrase in unwanted:
            found = re.compile(rf"\b{re.escape(phrase)}\b", re.I)
            assert [text for text in texts if found.search(text)] == [], phrase
        for phrase in preferred:
            assert phrase == "–" or any(phrase in text.lower() or phrase in text for text in texts), phrase


def test_a_dependencia_is_not_said_of_every_agency():
    assert {text for _, text in spanish_texts() if re.search(ALONE, text, re.I)} == MAY_STAND_ALONE


def test_spanish_keeps_to_the_glossary():
    strays = []
    for message in read_po(ROOT / "locale/es/LC_MESSAGES/django.po")[1:]:
        english, spanish = (PLACEHOLDERS.sub("", text) for text in (message.id, " ".join(message.translations)))
        strays += [(english, spanish, found[0]) for found in re.finditer(NEVER, spanish, re.I)]
        for term, said in TERMS.items():
            if re.search(term, english, re.I) and not re.search(said, spanish, re.I):
                strays.append((english, spanish, term))
    assert strays == []


def test_what_the_frameworks_say_is_spanish_too():
    """Django's and allauth's own sentences that reach our pages: some reworded by us, the others theirs."""
    theirs = [
        "This field is required.",
        "Enter a whole number.",
        "Select a valid choice. That choice is not one of the available choices.",
        "No file was submitted.",
        "Null characters are not allowed.",
        "This password is entirely numeric.",
        "Incorrect code.",
    ]
    with override(SPANISH):
        assert [text for text in [*theirs, *TEXTS] if gettext(text) == text] == []
        assert gettext("This field is required.") == "Este campo es obligatorio."


# --- Nothing goes round the catalogue ---

# Names and abbreviations that are the same in both languages.
SAME_IN_BOTH = {"EDN", "CEDN", "CSV", "SEG", "SHA", "gzip"}
SHOWN_ATTRIBUTES = {"alt", "title", "aria-label", "placeholder", "label"}
MARKED_OR_CODE = re.compile(
    r"{#.*?#}|{%\s*comment\b.*?{%\s*endcomment\s*%}|{%\s*blocktranslate\b.*?{%\s*endblocktranslate\s*%}"
    r"|{%\s*block \w+_class\s*%}.*?{%\s*endblock\b.*?%}|{%.*?%}|{{.*?}}"
    # The names of files and addresses, and what says in its tag that it is Spanish.
    r"|<code\b[^>]*>.*?</code>|<a\b[^>]* lang=\"es\">.*?</a>",
    re.S,
)
LITERAL_IN_TAG = re.compile(r"""(?:with|\s\w+=|default:|yesno:)\s*["']([A-ZÁÉÍÓÚ][^"']*|[^"']*\w \w[^"']*)["']""")
WORD = re.compile(r"[^\W\d_]{2,}")


class VisibleText(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)
        self.close()

    def handle_data(self, data: str) -> None:
        if self.lasttag not in {"script", "style"}:
            self.found.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in SHOWN_ATTRIBUTES]


def unmarked_in_template(source: str) -> list[str]:
    """Words that a reader would see and no translator. What says in which language it is `written_in` is content."""
    tags = [
        tag for tag in re.findall(r"{%\s*(?:include|with)\b.*?%}|{{.*?}}", source, re.S) if "written_in=" not in tag
    ]
    in_tags = [literal for tag in tags for literal in LITERAL_IN_TAG.findall(tag)]
    visible = VisibleText(MARKED_OR_CODE.sub("", source)).found
    return [text.strip() for text in [*visible, *in_tags] if set(WORD.findall(text)) - SAME_IN_BOTH]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_templates_show_no_unmarked_text(path):
    assert unmarked_in_template(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>{% translate 'Board' %}</p>", []),
        ("<p>{% blocktranslate %}Board of {{ x }}{% endblocktranslate %} · {{ total }} %</p>", []),
        ("{# why #}<a href='/x' class='edn-x'>{{ x|default:'–' }}</a>", []),
        ("{% block main_class %}edn-home{% endblock main_class %}<p>{{ x }}</p>", []),
        ("<p>Board</p>", ["Board"]),
        ("<p{% if x %} title='Board'{% endif %}>{{ x }}</p>", ["Board"]),
        ("<img alt='A map'>", ["A map"]),
        ("{% include '_x.html' with label='Add file' only %}", ["Add file"]),
        ("{{ name|default:'Nobody' }}", ["Nobody"]),
    ],
)
def test_the_scan_of_templates_finds_what_is_planted(source, found):
    assert unmarked_in_template(source) == found


# Where code speaks to operators, in English: commands and what only they use.
FOR_OPERATORS = re.compile(
    r"\w+/(management/.*|reference\.py)"
    r"|edn_portal/(settings|operations/(logs|mailers|databases)|backups/\w+|demo/(?!mailbox)\w+)\.py"
)
MARKING = {"gettext_noop"} | {f"{kind}gettext{late}" for kind in ("", "n", "p", "np") for late in ("", "_lazy")}
SHOWN_ARGUMENTS = {
    "label",
    "help_text",
    "empty_label",
    "verbose_name",
    "verbose_name_plural",
    "violation_error_message",
}
SHOWN_BY_CALL = {"ValidationError", "NotPossible", "Stale"}
LEVELS = {"debug", "info", "success", "warning", "error", "add_message"}


def is_text(node: ast.AST) -> bool:
    """A literal with words in it."""
    if isinstance(node, ast.JoinedStr):
        return any(is_text(part) for part in node.values)
    if isinstance(node, ast.BinOp):
        return is_text(node.left) or is_text(node.right)
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and bool(set(WORD.findall(node.value)) - SAME_IN_BOTH)
    )


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def unmarked_in_module(source: str) -> Iterator[str]:
    """Literals handed to readers unmarked; texts that are put together before they are looked up; texts looked up at import.

    xgettext does not read the inside of an f-string, so that a text looked up there would stay English.
    """
    tree = ast.parse(source)
    names = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
    }
    later = {
        child for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.Lambda) for child in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and any(getattr(base, "attr", "").endswith("Choices") for base in node.bases):
            labels = [
                item.value.elts[-1]
                for item in node.body
                if isinstance(item, ast.Assign) and isinstance(item.value, ast.Tuple)
            ]
            yield from (ast.unparse(label) for label in labels if is_text(label))
        if isinstance(node, ast.FormattedValue):
            looked_up = [inner for inner in ast.walk(node) if isinstance(inner, ast.Call) and called(inner) in names]
            yield from (f"in an f-string: {ast.unparse(call)}" for call in looked_up if names[called(call)] in MARKING)
        if not isinstance(node, ast.Call):
            continue
        marking = names.get(called(node), "")
        if marking in MARKING:
            texts = node.args if marking.startswith("p") else node.args[: 2 if "ng" in marking else 1]
            yield from (ast.unparse(text) for text in texts if isinstance(text, ast.JoinedStr | ast.BinOp))
            if not marking.endswith(("_lazy", "_noop")) and node not in later:
                yield f"at import: {ast.unparse(node)}"
            continue
        on_messages = isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "messages"
        if called(node) in SHOWN_BY_CALL or (on_messages and called(node) in LEVELS):
            yield from (ast.unparse(text) for text in node.args if is_text(text))
        for keyword in node.keywords:
            if keyword.arg in SHOWN_ARGUMENTS and is_text(keyword.value):
                yield ast.unparse(keyword.value)
            if keyword.arg == "error_messages" and isinstance(keyword.value, ast.Dict):
                yield from (ast.unparse(text) for text in keyword.value.values if is_text(text))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_modules_show_no_unmarked_text(path):
    if not FOR_OPERATORS.fullmatch(path.relative_to(ROOT).as_posix()):
        assert list(unmarked_in_module(path.read_text("utf-8"))) == []


IMPORTS = "from django.utils.translation import gettext, gettext_lazy as _, ngettext\n"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("field = forms.CharField(label=_('Name'), help_text='')", []),
        ("def view(request):\n    messages.success(request, gettext('Saved.'))", []),
        ("raise NotPossible(_('It ended on %(day)s.') % {'day': day})", []),
        ("raise ValidationError(message, code='required')", []),
        ("field = forms.CharField(label='Name')", ["'Name'"]),
        ("messages.success(request, 'Saved.')", ["'Saved.'"]),
        ("messages.error(request, f'Not {x} saved.')", ["f'Not {x} saved.'"]),
        ("raise NotPossible('It ended.')", ["'It ended.'"]),
        ("class State(models.TextChoices):\n    OPEN = 'open', 'Open'", ["'Open'"]),
        ("text = _('Ended on ' + day)", ["'Ended on ' + day"]),
        ("text = _(f'Ended on {day}')", ["f'Ended on {day}'"]),
        ("TEXT = gettext('Saved.')", ["at import: gettext('Saved.')"]),
        ("def mark():\n    return f'({gettext('Saved.')})'", ["in an f-string: gettext('Saved.')"]),
        ("field = forms.CharField(error_messages={'required': 'Say it.'})", ["'Say it.'"]),
    ],
)
def test_the_scan_of_modules_finds_what_is_planted(source, found):
    assert list(unmarked_in_module(IMPORTS + source)) == found


def test_there_is_something_to_scan():
    assert len(TEMPLATES) > 80
    assert len(MODULES) > 80


def test_one_of_what_a_figure_counts_is_said_in_the_singular():
    with override("en"):
        assert [commitments_counted(count) for count in (0, 1, 2)] == ["commitments", "commitment", "commitments"]
    with override(SPANISH):
        assert [told(count) for told in (overdue_counted, assessed_counted) for count in (1, 2)] == [
            "vencido", "vencidos", "valorado", "valorados"
        ]  # fmt: skip
