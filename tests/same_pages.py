"""Does every page still say what it said at another revision? `make same-pages BASE=<revision>`, for when code moves and pages must not.

    python tests/same_pages.py against REVISION [--keep FOLDER]   all of it: a demonstration made by REVISION, both walks, what differs
    python tests/same_pages.py demo FOLDER                        make that demonstration, with the code of the working directory
    python tests/same_pages.py collect DATABASE OUT               walk its pages, with the code of the working directory
    python tests/same_pages.py compare THEIRS OURS                what two walks found differently; exit status 1 if anything

This script runs the code of other revisions, in which modules, classes, templates and migrations may have other names. So it imports
nothing of the portal, and goes by addresses, by the demonstration's e-mails and by Django. A walk sends no POST and migrates nothing.
"""

import argparse
import hashlib
import html
import io
import logging
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from difflib import unified_diff
from functools import cached_property
from html.parser import HTMLParser
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "portal.sqlite3"
SITE = "http://testserver"
# The system's clock when the demonstration is made, and where it stands still during a walk: links that were sent still open.
# The business clock says nine in the morning at MADE.
MADE = datetime(2030, 1, 2, 15, tzinfo=UTC)
WALKED = MADE + timedelta(minutes=30)
NINE = "2018-10-15T09:00:00-06:00"
SECRET = "the-same-secret-on-both-sides-of-the-comparison-0123456789"

# The folder of a person's pages, and their e-mail in the demonstration. Whoever sees most goes first: the next ones also knock at the
# doors that those before them found.
PEOPLE = {
    "coordinator-and-titular": "coordinacion",
    "coordinator": "coordinacion2",
    "administrator": "administradora",
    "titular-sct": "sct",
    "alternate-sct": "sct.suplente",
    "titular-sep": "sep",
    "alternate-sep": "sep.suplente",
    "head-sct": "sct.titular",
    "without-a-seat": "sct.anterior",
    "anonymous": "",
}
LANGUAGES = {"es": "es-mx", "en": "en"}
# Has just proved who they are, so that the pages of the second factor open; `coordinator` has set one up.
FRESH = {"coordinator", "titular-sct"}

# How many addresses one person walks of one route: without parameters, for each set of parameters, and with parameters in all.
WITHOUT_PARAMETERS, SAME_PARAMETERS, WITH_PARAMETERS = 6, 3, 24
# More for those who see most, so that there is one of every state among them.
THOROUGH = {"coordinator-and-titular": 40, "titular-sct": 40}
OF_OTHERS = 3
ON = ("2018-08-31", "2018-03-15", "mañana")  # two past days, and what is none
WORD = "SCT"  # what is looked for: an agency, and a word of many titles
# What nobody meets on the way: no page of that address, one without its last slash, a task without a date, an agency that may close.
BESIDE = ("no-existe/", "compromisos", "tareas/MC-100K-T1/fecha/", "administracion/dependencias/PRUEBA/cerrar/")
STATIC = "/static/"

# What is made anew for each request, and nothing else: against forgery, against a form sent twice, and for a second factor. Signatures
# agree, because clock and secret do.
MADE_ANEW = [
    (re.compile(r'(name="csrfmiddlewaretoken" value=")[^"]*'), r"\1…"),
    (re.compile(r'(name="form_key" value=")[0-9a-f]{8}-[0-9a-f-]{27}'), r"\1…"),
    (re.compile(r'(name="page" value=")[0-9a-f]{32}'), r"\1…"),
    (re.compile(r'("challenge": ")[\w-]+'), r"\1…"),
    (re.compile(r'(<span class="edn-code">)[A-Z2-7]{32}(?=<)'), r"\1…"),
    (re.compile(r'(<path d=")(M\d+,\d+H\d+V\d+H\d+z)+'), r"\1…"),
]
LEFT_OUT = {"ETag", "Content-Length", "Last-Modified"}  # headers that tell of it, or of when a static file was copied
# Of what a comparison prints.
MOST_LISTED, MOST_READ, MOST_SHOWN, MOST_LINES, LONGEST_LINE = 60, 2000, 10, 40, 240
TEXT = re.compile(r"text/|application/(json|javascript|xml)|image/svg")
LINK = re.compile(r"""<(?:a|link|script|img|use|iframe)\b[^>]*?\s(?:href|src)="([^"]*)\"""")
FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
# WhiteNoise names a static file by what is in it. The file is walked as well: one change of it is one difference.
STATIC_DIGEST = re.compile(r"(/static/[\w./-]+?)\.[0-9a-f]{12}(?=\.\w+)")


def environment(folder: Path) -> dict[str, str]:
    """A demonstration's settings, with its rows and files in `folder`, untouched by a developer's `.env` and shell."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "edn_portal.settings",
        "EDN_MODE": "demo",
        "EDN_ENV_FILE": os.devnull,
        "EDN_VAR_DIR": str(folder),
        "EDN_BASE_URL": SITE,
        "EDN_CLOCK_START": NINE,
        "EDN_CLOCK_ORIGIN": MADE.isoformat(),
        "SECRET_KEY": SECRET,
        "DATABASE_URL": f"sqlite:///{folder / DATABASE}",
    }


@contextmanager
def portal(folder: Path, instant: datetime, *, runs: bool = False) -> Iterator[None]:
    """Django with the code of the working directory and the rows of `folder`, once in a process; the clock stands still or `runs`."""
    os.environ.update(environment(folder))
    for name in os.environ.keys() - environment(folder).keys():
        del os.environ[name]
    # The revision's own modules, not this script's neighbours.
    sys.path[:] = [str(Path.cwd()), *(path for path in sys.path if Path(path).resolve() != ROOT / "tests")]
    import django
    import time_machine

    with time_machine.travel(instant, tick=runs):
        django.setup()
        logging.disable()  # each 404 is a line, and they are what the walk is for
        yield


# A demonstration, with a few states that `make demo` does not tell of


def make_demo(folder: Path) -> None:
    """Leaves rows, evidence and mail in `folder`. What is sent here goes by addresses and names of fields, to the revision's own code."""
    folder.mkdir(parents=True, exist_ok=True)
    with portal(folder, MADE, runs=True):
        from django.core.management import call_command
        from django.db import connection
        from django.test import Client

        call_command("prepare_demo", stdout=io.StringIO())
        who = ("coordinator", "administrator", "titular-sct")
        coordinator, administrator, titular = (signed_in(name) for name in who)
        until = {"until_day": "3", "until_month": "12", "until_year": "2018"}
        person = {"name": "Olga Nava Ríos", "email": "olga@demo.example", "position": "Directora", "language": "es-mx"}
        send(administrator, "/administracion/personas/invitar/", person)
        agency = {"key": "PRUEBA", "acronym": "PRUEBA", "name": "Dependencia de prueba", "kind": "unidad coordinadora"}
        send(administrator, "/administracion/dependencias/nueva/", agency | {"time_zone": "America/Mexico_City"})
        send(Client(), "/cuenta/contrasena/olvidada/", {"email": f"{PEOPLE['alternate-sep']}@demo.example"})
        send(titular, "/mi-trabajo/calendario/", {"calendar": "*"})
        send(coordinator, "/tareas/MC-250K-T2/pausa/", {"reason": "Obra suspendida."} | until)
        law = {"legal_basis": "LGTAIP, artículo 116", "confirmed": "on"}
        send(coordinator, "/seguimientos/MC-250K-T1-S1/testar/", law)
        send(coordinator, first_link(coordinator, "/seguimientos/MC-250K-T1-S2/", r"/evidencia/[^/]+/testar/"), law)
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()


def signed_in(person: str) -> Any:
    from django.test import Client

    client = Client()
    client.force_login(account(person))
    return client


def account(person: str) -> Any:
    from django.contrib.auth import get_user_model

    return get_user_model().objects.get(email=f"{PEOPLE[person]}@demo.example")


def send(client: Any, address: str, fields: dict[str, str]) -> None:
    answer = client.post(address, fields)
    if answer.status_code != 302:
        sys.exit(f"POST {address} answered {answer.status_code}: this revision's form has other fields.")


def first_link(client: Any, address: str, pattern: str) -> str:
    found = re.search(pattern, client.get(address).content.decode())
    return found[0] if found else sys.exit(f"{address} has no link like {pattern}.")


# Collecting


def collect(database: Path, out: Path) -> None:
    """Walks the languages side by side, each on a copy of its own. Evidence and mail are looked for beside the database."""
    if out.exists() and any(out.iterdir()):
        sys.exit(f"{out} is not empty.")
    began = time.monotonic()
    with ProcessPoolExecutor(len(LANGUAGES), mp_context=get_context("spawn")) as pool:
        walks = [pool.submit(walk_in, language, database.resolve(), out.resolve()) for language in LANGUAGES]
        pages, errors = map(sum, zip(*(walk.result() for walk in walks), strict=True))
    took = time.monotonic() - began
    print(f"{pages} pages with the code of {Path.cwd()} in {took:.0f} s, {errors} of them errors of the server")


def walk_in(language: str, database: Path, out: Path) -> tuple[int, int]:
    """Everybody's walk in one language, in a process of its own; how many pages, and how many with status 500."""
    with tempfile.TemporaryDirectory(prefix="same-pages-") as name:
        copy(database, Path(name))
        with portal(Path(name), WALKED):
            from django.core.management import call_command
            from django.db import connections
            from django.utils.translation import override

            call_command("collectstatic", interactive=False, verbosity=0)
            set_up_a_second_factor("coordinator")
            others: dict[str, list[str]] = {}
            pages = errors = 0
            for person in PEOPLE:
                walk = Walk(person, language, out / person / language, others)
                with override(LANGUAGES[language]):
                    walk.everywhere()
                pages, errors = pages + walk.kept, errors + walk.errors
                for route, addresses in walk.walked.items():
                    others.setdefault(route, addresses[:OF_OTHERS])
            connections.close_all()
    return pages, errors


def copy(database: Path, folder: Path) -> None:
    """The rows as they stand, with what is still in the write-ahead log, and the files that go with them."""
    with closing(sqlite3.connect(database)) as theirs, closing(sqlite3.connect(folder / DATABASE)) as ours:
        theirs.backup(ours)
    for files in ("evidence", "mail"):
        if (database.parent / files).is_dir():
            shutil.copytree(database.parent / files, folder / files)


def set_up_a_second_factor(person: str) -> None:
    """An authenticator app and recovery codes, the same on both sides."""
    from allauth.mfa.models import Authenticator
    from allauth.mfa.utils import encrypt

    user = account(person)
    Authenticator.objects.create(user=user, type="totp", data={"secret": encrypt("JBSWY3DPEHPK3PXP")})
    Authenticator.objects.create(user=user, type="recovery_codes", data={"seed": encrypt("5eed" * 20), "used_mask": 1})


@dataclass
class Walk:
    """One person's walk through the site in one language, always in the same order."""

    person: str
    language: str
    out: Path
    others: dict[str, list[str]]  # route → what those before found there
    seen: set[str] = field(default_factory=set)
    kept: int = 0
    errors: int = 0
    asked: Counter[tuple[str, ...]] = field(default_factory=Counter)  # route and parameters
    # By route: addresses without parameters, and the first of them that showed its page.
    walked: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    shown: dict[str, str] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)  # what stands at those first addresses, today and on past days
    waiting: deque[str] = field(default_factory=deque)

    def __post_init__(self) -> None:
        from django.test import Client

        self.out.mkdir(parents=True)
        self.home = "/" if self.language == "es" else f"/{self.language}/"
        self.client = Client(raise_request_exception=False)
        if self.person == "anonymous":
            return
        user = account(self.person)
        # Messages in the language of the pages, and a password, as somebody has who signs in.
        type(user).objects.filter(pk=user.pk).update(language=LANGUAGES[self.language], password="nobody-types-it")
        user.refresh_from_db()
        self.client.force_login(user)
        if self.person in FRESH:
            session = self.client.session
            proof = {"method": "password", "at": time.time(), "email": user.email, "reauthenticated": True}
            session["account_authentication_methods"] = [proof]
            session["account_authentication_methods_user"] = str(user.pk)
            session.save()

    def everywhere(self) -> None:
        routes = sorted(self.routes())
        self.follow([self.home, *(f"/{route}" for route in routes if "<" not in route)])
        self.follow(address for route in routes for address in self.others.get(route, []))
        self.follow(self.below(route) for route in routes)
        for _route, address in sorted(self.shown.items()):
            self.look_back(address)
        self.follow(self.unknown(found[0]) for _route, found in sorted(self.walked.items()))
        self.follow(self.home + address for address in BESIDE)
        self.odd_pages()
        if self.person != "anonymous" and "_auth_user_id" not in self.client.session:
            raise RuntimeError(f"{self.person} was signed out on the way.")

    def routes(self) -> set[str]:
        """Every route of this language, as the resolver writes it: `en/tareas/<slug:code>/`."""
        from django.urls import URLPattern, get_resolver

        def inside(resolver: Any, start: str) -> Iterator[str]:
            for entry in resolver.url_patterns:
                route = start + str(entry.pattern)
                if isinstance(entry, URLPattern):
                    yield route
                else:
                    yield from inside(entry, route)

        return {route for route in inside(get_resolver(), "") if f"/{route}".startswith(self.home)}

    def below(self, route: str) -> str:
        """What this person is shown no link to: `/tareas/T1/corregir/` from `/tareas/T1/`. Empty when nothing fits."""
        if self.walked.get(route):
            return ""
        starts = [start for start, found in self.walked.items() if found and "<" in start and route.startswith(start)]
        start = max(starts, key=len, default="")
        rest = route.removeprefix(start)
        return self.walked[start][0] + rest if start and "<" not in rest else ""

    def look_back(self, address: str) -> None:
        """On past days. A page that says the same on the first of them asks for no day."""
        for day in ON:
            query = f"?on={day}"
            self.follow([address + query])
            if self.said.get(address + query, "").replace(query, "") == self.said[address]:
                return

    def unknown(self, address: str) -> str:
        """The same route with something that does not exist; empty when the route asks for nothing."""
        from django.urls import NoReverseMatch, resolve, reverse

        match = resolve(address)
        for name, value in reversed(match.kwargs.items()):
            for other in ("no-existe", 999_999, "0" * 32, type(value).__name__ == "date" and value.replace(year=2001)):
                try:
                    return reverse(match.view_name, kwargs=match.kwargs | {name: other})
                except (NoReverseMatch, ValueError, AttributeError):
                    continue
        return ""

    def odd_pages(self) -> None:
        """The pages of a request that cannot be understood, and of one that fails."""
        from django.test import RequestFactory
        from django.urls import get_resolver

        self.keep(f"{self.home}?(another host)", self.client.get(self.home, headers={"host": "elsewhere.example"}))
        self.keep(f"{self.home}?(failure)", get_resolver().resolve_error_handler(500)(RequestFactory().get(self.home)))

    def follow(self, addresses: Iterable[str]) -> None:
        """Walks these and whatever they lead to."""
        self.waiting.extend(addresses)
        while self.waiting:
            self.visit(self.waiting.popleft())

    def visit(self, address: str) -> None:
        known = STATIC_DIGEST.sub(r"\1", address)  # error pages name a static file without its digest
        if not known or known in self.seen:
            return
        path, _, query = address.partition("?")
        route = self.route_of(path)
        names = sorted({name for name, _ in parse_qsl(query, keep_blank_values=True)})
        if query:
            if self.asked[route, "?"] >= WITH_PARAMETERS or self.asked[route, *names] >= SAME_PARAMETERS:
                return
            self.asked[route, "?"] += 1
        elif self.asked[route,] >= THOROUGH.get(self.person, WITHOUT_PARAMETERS):
            return
        self.asked[route, *names] += 1
        self.seen.add(known)
        response = self.client.get(address)
        self.errors += response.status_code == 500
        text = self.keep(address, response)
        if not query and route and not path.startswith(STATIC):
            self.walked[route].append(address)
            if response.status_code == 200:
                self.shown.setdefault(route, address)
        if self.shown.get(route) == path and names in ([], ["on"]):
            self.said[address] = text

    def route_of(self, path: str) -> str:
        from django.urls import Resolver404, resolve

        if path.startswith(STATIC):
            return path
        try:
            return resolve(path).route
        except Resolver404:
            return ""

    def keep(self, address: str, response: Any) -> str:
        """Writes down the answer, and where it leads; gives its text."""
        body = b"".join(response.streaming_content) if response.streaming else response.content
        response.close()
        kind = response.headers.get("Content-Type", "")
        told = sorted((name, value) for name, value in response.headers.items() if name not in LEFT_OUT)
        address = STATIC_DIGEST.sub(r"\1", address)
        head = [f"GET {address}", f"{response.status_code} {response.reason_phrase}"]
        head += [f"{name}: {value}" for name, value in told]
        head += [f"Set-Cookie: {name}" for name in sorted(response.cookies)]
        if TEXT.match(kind):
            text = body.decode()
            self.waiting.extend(self.led_to(address, text, response.headers.get("Location", "")))
            text = steady(text, is_html=kind.startswith("text/html"))
        else:
            text = f"{len(body)} bytes, SHA-256 {hashlib.sha256(body).hexdigest()}"
        self.kept += 1
        (self.out / file_name(address)).write_text("\n".join([*head, "", text, ""]), encoding="utf-8")
        return text

    def led_to(self, address: str, text: str, location: str) -> list[str]:
        """Addresses of this site, in the order of the page."""
        found = [location, *map(html.unescape, LINK.findall(text))]
        for form in FORM.findall(text):
            found += FormByGet(form).addresses()
        return [self.here(urljoin(SITE + address, link.replace("webcal:", "http:"))) for link in dict.fromkeys(found)]

    def here(self, link: str) -> str:
        """The address within this walk, without the fragment; empty when it leads elsewhere."""
        parts = urlsplit(link)
        if f"{parts.scheme}://{parts.netloc}" != SITE:
            return ""
        if parts.path.startswith(STATIC):
            is_wanted = self.person == "anonymous" and self.language == "es"  # once is enough
        else:
            is_wanted = parts.path.startswith(self.home) and parts.path.startswith("/en/") == (self.language == "en")
        return parts._replace(scheme="", netloc="", fragment="").geturl() if is_wanted else ""


class FormByGet(HTMLParser):
    """Where a form leads that is sent by GET: without an answer, and with one to each of its fields."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self.action, self.fields, self.is_get, self.select = "", {}, True, ""
        self.feed(form)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        told = dict(attributes)
        name, value, kind = told.get("name") or "", told.get("value") or "", told.get("type", "text")
        if tag == "form":
            self.is_get = (told.get("method") or "get").lower() == "get"
            self.action = told.get("action") or ""
        elif tag == "select":
            self.select = name
        elif tag == "option" and value:
            self.fields.setdefault(self.select, value)
        elif tag == "input" and name:
            self.fields.setdefault(name, value or {"date": ON[0], "number": "1"}.get(kind or "", WORD))

    def addresses(self) -> list[str]:
        """None of a form that is sent by POST."""
        if not self.is_get:
            return []
        start = self.action.partition("?")[0]
        return [
            self.action or "?",
            *(f"{start}?{urlencode({name: value})}" for name, value in self.fields.items() if name),
        ]


def steady(text: str, *, is_html: bool) -> str:
    """The page without what is made anew for each request, its white space collapsed."""
    text = STATIC_DIGEST.sub(r"\1", text)
    for pattern, put in MADE_ANEW:
        text = pattern.sub(put, text)
    return re.sub(r"\s+", " ", text).strip() if is_html else text


def file_name(address: str) -> str:
    """`compromisos.MC-250K.on=2018-08-31~1a2b3c.txt`: readable, and different for each address."""
    readable = re.sub(r"[^\w=.-]+", ".", address).strip(".")[:120] or "home"
    return f"{readable}~{hashlib.sha256(address.encode()).hexdigest()[:6]}.txt"


# Comparing


@dataclass
class Difference:
    """What two walks say of one address, to one person."""

    whom: str  # person/language
    theirs: str
    ours: str

    @property
    def address(self) -> str:
        return address_of(self.theirs)

    @cached_property
    def lines(self) -> list[str]:
        """A unified diff, one line for each tag; of long lines, what stands around the first difference."""
        theirs, ours = (text.replace("<", "\n<").splitlines() for text in (self.theirs, self.ours))
        lines = [line for line in unified_diff(theirs, ours, "theirs", "ours", n=1, lineterm="") if line.strip()]
        for place, (line, following) in enumerate(pairwise(lines)):
            if line[0] == "-" and following[0] == "+":
                same = next((at for at, (a, b) in enumerate(zip(line, following, strict=False)) if at and a != b), 0)
                if same > LONGEST_LINE // 2:
                    lines[place], lines[place + 1] = (f"{told[0]}…{told[same - 40 :]}" for told in (line, following))
        return [line[:LONGEST_LINE] for line in lines]


def compare(theirs: Path, ours: Path) -> int:
    """Prints what was walked and what differs; how many pages do, or were met on one side only."""
    differing: list[Difference] = []
    alone: list[str] = []
    pages = 0
    print(f"{'':36}{'pages':>7}{'differ':>8}{'theirs only':>13}{'ours only':>11}")
    for whom in sorted({path.relative_to(side).as_posix() for side in (theirs, ours) for path in side.glob("*/*")}):
        left, right = texts(theirs / whom), texts(ours / whom)
        both, gone, come = (sorted(names) for names in (left.keys() & right, left.keys() - right, right.keys() - left))
        found = [Difference(whom, left[name], right[name]) for name in both if left[name] != right[name]]
        print(f"{whom:36}{len(both):7}{len(found):8}{len(gone):13}{len(come):11}")
        pages += len(both)
        differing += found
        alone += [f"theirs only: {address_of(left[name])}  for {whom}" for name in gone]
        alone += [f"ours only: {address_of(right[name])}  for {whom}" for name in come]
    print(f"{'together':36}{pages:7}{len(differing):8}")
    show(differing)
    for line in alone[:MOST_LISTED]:
        print(line)
    if not pages:
        sys.exit("Nothing was walked.")
    return len(differing) + len(alone)


def texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.txt")}


def address_of(text: str) -> str:
    return text.partition("\n")[0].removeprefix("GET ")


def show(differing: list[Difference]) -> None:
    """The addresses that differ, and for whom; then the first few changes, each on the page where it is shortest."""
    addresses: dict[str, list[str]] = defaultdict(list)
    for one in differing:
        addresses[one.address].append(one.whom)
    for address, whom in [*addresses.items()][:MOST_LISTED]:
        print(f"differs: {address}  for {', '.join(whom[:3])}{f' and {len(whom) - 3} more' if len(whom) > 3 else ''}")
    if len(addresses) > MOST_LISTED:
        print(f"… and {len(addresses) - MOST_LISTED} more addresses")
    alike: dict[frozenset[str], list[Difference]] = defaultdict(list)
    for one in differing[:MOST_READ]:
        alike[frozenset(line for line in one.lines[2:] if line[0] in "+-")].append(one)
    for found in [*alike.values()][:MOST_SHOWN]:
        first = min(found, key=lambda one: len(one.lines))
        print(f"\n{first.address}  for {first.whom}, and alike on {len(found) - 1} more pages")
        print(*first.lines[2:MOST_LINES], sep="\n")
    if len(alike) > MOST_SHOWN:
        print(f"… and {len(alike) - MOST_SHOWN} more changes")


# All of it


def against(revision: str, folder: Path) -> int:
    """Compares this checkout, as it lies here, with a revision; how many differences."""
    if folder.exists() and any(folder.iterdir()):
        sys.exit(f"{folder} is not empty.")
    folder.mkdir(parents=True, exist_ok=True)
    demo, theirs, ours = (folder.resolve() / name for name in ("demo", "theirs", "ours"))
    with worktree(revision) as other:
        run(other, "demo", demo)
        run(other, "collect", demo / DATABASE, theirs)
    run(ROOT, "collect", demo / DATABASE, ours)
    return compare(theirs, ours)


@contextmanager
def worktree(revision: str) -> Iterator[Path]:
    """A checkout of the revision, for a while."""
    with tempfile.TemporaryDirectory(prefix="same-pages-") as name:
        path = Path(name) / "checkout"
        subprocess.run(["git", "-C", ROOT, "worktree", "add", "--quiet", "--detach", path, revision], check=True)
        try:
            yield path
        finally:
            subprocess.run(["git", "-C", ROOT, "worktree", "remove", "--force", path], check=True)


def run(checkout: Path, *words: str | Path) -> None:
    subprocess.run([sys.executable, __file__, *words], cwd=checkout, check=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    wanted = {"demo": ["folder"], "collect": ["database", "out"], "compare": ["theirs", "ours"]}
    for name, paths in wanted.items():
        command = commands.add_parser(name)
        for path in paths:
            command.add_argument(path, type=Path)
    command = commands.add_parser("against")
    command.add_argument("revision")
    command.add_argument("--keep", type=Path, help="an empty folder, for the demonstration and both walks to stay in")
    asked = parser.parse_args()
    match asked.command:
        case "demo":
            make_demo(asked.folder.resolve())
        case "collect":
            collect(asked.database, asked.out)
        case "compare":
            return bool(compare(asked.theirs, asked.ours))
        case "against":
            with tempfile.TemporaryDirectory(prefix="same-pages-") as name:
                return bool(against(asked.revision, asked.keep or Path(name)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
