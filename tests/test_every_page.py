"""What holds of every page: nobody keeps what is private, a refused form says so in its title, languages stay apart, length costs nothing.

The exceptions are listed by hand.
"""

import re
from functools import cache
from html import unescape

import pytest
from django.core.cache import caches
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from focalpoints import clock
from projects import actions
from projects.light.thresholds import in_force
from tests.cast import Cast, appoint, make_agency, make_user
from tests.dates import ask
from tests.looking import forget
from tests.standing import scene
from tests.test_every_url import FILES, PERSONS, staged
from tests.test_every_url import TABLE as EVERY_ADDRESS

TABLE = {name: row for name, row in EVERY_ADDRESS.items() if name not in FILES}

LANGUAGES = ("es-mx", "en")
SIGNED_IN = tuple(person for person in PERSONS if person != "anonymous")


@scene()
def stage(cast: Cast) -> dict[str, str]:
    return staged(cast)


def address(name: str, stage: dict[str, str], language: str = "es-mx") -> str:
    with override(language):
        return reverse(name, args=[stage.get(argument, argument) for argument in TABLE[name][0]])


# What was read already on this worker: tests of this file that look at the same stage have the same pages.
read: dict[tuple[str, str], list[tuple[str, HttpResponse]]] = {}


def pages(cast: Cast, stage: dict[str, str], person: str) -> list[tuple[str, HttpResponse]]:
    """Every page that this person can read."""
    key = person, repr(stage)
    if key not in read:
        client, column = cast.client(person), PERSONS.index(person)
        read[key] = [
            (name, client.get(address(name, stage)))
            for name, (_arguments, statuses) in TABLE.items()
            if statuses[column] == 200
        ]
    return read[key]


# Going back from an error page must find the typed text in the form: the browser keeps it, and nobody else.
KEPT_BY_THE_BROWSER = {"projects:follow_up_edit", "projects:commitment_reschedule", "projects:task_reschedule"}


@pytest.mark.once
@pytest.mark.parametrize("person", SIGNED_IN)
def test_nobody_keeps_a_page_of_who_is_signed_in(cast, stage, person):
    walked, kept = 0, {}
    for name, page in pages(cast, stage, person):
        says = {word.strip() for word in page.get("Cache-Control", "").split(",")}
        walked += 1
        if not says >= {"no-store", "private"}:
            kept[name] = says
    assert kept == {name: {"private", "no-cache"} for name in KEPT_BY_THE_BROWSER if person == "focal point"}
    assert walked > 30


# Every page that is a form, by who fills it in, and what is pressed on it where a form without words is no mistake.
FORMS = {
    "focal point": {
        "account_rhythm", "account_reset_password", "projects:commitment_reschedule", "projects:feed_list",
        "projects:follow_up_edit", "projects:task_propose", "projects:task_reschedule", "projects:task_withdraw",
        "projects:assessment_answer",
    },
    "coordinator": {
        "account_rhythm", "account_reset_password", "projects:commitment_ask_cancellations",
        "projects:commitment_ask_scope",
        "projects:commitment_ask_series_end", "projects:commitment_ask_withdrawal", "projects:commitment_assess",
        "projects:commitment_correct",
        "projects:commitment_ask_correction", "projects:commitment_create", "projects:commitment_pause",
        "projects:commitment_ask_first_date", "projects:request_redact", "projects:request_review",
        "projects:requests_review",
        "projects:follow_up_redact", "projects:follow_up_review", "projects:project_cancel", "projects:project_correct",
        "projects:project_create", "projects:project_relate", "projects:task_assign", "projects:task_cancel", "projects:task_correct",
        "projects:task_ask_correction", "projects:task_create", "projects:task_create_for_all", "projects:task_decline",
        "projects:task_pause", "projects:task_ask_first_date", "projects:thresholds_adopt", "projects:task_undo",
        "projects:task_ask_assignment", "projects:task_ask_cancellation", "projects:task_ask_scope", "projects:objective_assess",
        "projects:portfolio", "projects:saved_view_correct", "projects:follow_up_reopen",
    },
    "administrator": {
        "account_rhythm", "account_reset_password", "focalpoints:agency_close", "focalpoints:agency_correct",
        "focalpoints:agency_create", "focalpoints:appointment_end",
        "focalpoints:person_correct", "focalpoints:person_deactivate", "focalpoints:person_invite", "focalpoints:office_text_publish",
        "projects:reminder_text",
    },
    "anonymous": {"account_login", "account_reset_password"},
}  # fmt: skip
PRESSED = {"projects:follow_up_edit": {"send": "1"}}
TITLE = re.compile(r"<title>\s*(.*?)\s*</title>", re.DOTALL)


# In English the forms of two who differ most; all others in a long run.
REFUSED = [
    pytest.param(
        person,
        language,
        marks=[pytest.mark.long] if language == "en" and person in {"coordinator", "administrator"} else [],
    )
    for person in FORMS
    for language in LANGUAGES
]


@pytest.mark.once
@pytest.mark.parametrize(("person", "language"), REFUSED)
def test_a_refused_form_says_so_first_in_its_title(cast, stage, person, language):
    client, column = cast.client(person), PERSONS.index(person)
    refused, silent, early = set(), set(), set()
    for name, (_arguments, statuses) in TABLE.items():
        if statuses[column] != 200:
            continue
        where, sent = address(name, stage, language), {"csrfmiddlewaretoken": "", **PRESSED.get(name, {})}
        page = client.get(where)
        if b'method="post"' not in page.content:
            continue
        if says_error(page):
            early.add(name)
        with transaction.atomic():
            answer = client.post(where, sent)
            transaction.set_rollback(True)
        if b"govuk-error-summary" in answer.content:
            refused.add(name)
            if not says_error(answer):
                silent.add(name)
    assert (silent, early) == (set(), set())
    assert refused == FORMS[person]


def says_error(page: HttpResponse) -> bool:
    found = TITLE.search(page.text)
    return bool(found) and found[1].startswith("Error:")


@pytest.mark.once
@pytest.mark.parametrize("person", ["anonymous", pytest.param("coordinator", marks=pytest.mark.long)])
def test_what_is_remembered_of_a_page_stays_in_its_language(cast, stage, person):
    """Each page is the same whether the process has just shown it in the other language or shows its first page."""
    client, column = cast.client(person), PERSONS.index(person)
    walked, mixed = 0, set()
    for name, (_arguments, statuses) in TABLE.items():
        if statuses[column] == 200:
            said: dict[str, set[str]] = {language: set() for language in LANGUAGES}
            for languages in (LANGUAGES, LANGUAGES[::-1]):
                forget()
                for language in languages:
                    said[language].add(shown(client.get(address(name, stage, language))))
            walked += 1
            mixed |= {(name, language) for language, pages in said.items() if len(pages) > 1}
    assert mixed == set()
    assert walked > 20


# Where figures of real commitments stand.
WITH_FIGURES = {
    "projects:board", "projects:slippage", "projects:commitment_list", "projects:commitment_detail", "projects:task_list",
    "projects:objective_list", "projects:objective_detail", "projects:principle_detail", "projects:project_detail",
    "projects:agency_list", "projects:agency_detail", "projects:commitment_timeline",
}  # fmt: skip


@pytest.mark.once
def test_the_demonstration_marks_every_figure_that_comes_from_fictional_follow_up(cast, stage, settings):
    caches["pages"].clear()
    said = {}
    for demo in (False, True):
        settings.DEMO = demo
        shown = {name: cast.client("coordinator").get(address(name, stage)).text for name in WITH_FIGURES}
        said[demo] = {
            name: page.count("With fictional follow-up") + page.count("Con seguimiento ficticio")
            for name, page in shown.items()
        }
    assert said == {False: dict.fromkeys(WITH_FIGURES, 0), True: dict.fromkeys(WITH_FIGURES, 1)}


# Feeds of what changed.
ATOM = {
    "projects:changes_atom", "projects:commitment_changes_atom", "projects:project_changes_atom", "projects:principle_changes_atom",
    "projects:objective_changes_atom", "projects:agency_changes_atom",
}  # fmt: skip
# What a person opens for something else than the record, and what is no page.
NOT_OF_THE_RECORD = {
    "health", "robots", "sitemap", "sitemap_part", "styleguide",
    "projects:commitment_feed", "focalpoints:entry_text", "projects:follow_up_detail",
    "projects:request_detail", "account_login", "account_reset_password", "account_reset_password_done", *ATOM,
}  # fmt: skip
ON_A_DAY = {
    "projects:board", "projects:commitment_list", "projects:commitment_filter", "projects:commitment_timeline",
    "projects:commitment_timeline_filter", "projects:commitment_detail",
    "projects:objective_detail", "projects:agency_detail", "projects:task_detail",
    "projects:strategy_report", "projects:objective_report", "projects:agency_report",
}  # fmt: skip


@pytest.mark.once
@pytest.mark.parametrize("person", ["anonymous", "coordinator"])
def test_every_public_page_shows_the_past_day_asked_for_or_says_that_it_cannot(cast, stage, person):
    """Above its content, with links to the pages that can. The cast's agencies stand in no entry: of a past day, theirs are not found."""
    day, honoured, refused = clock.today().isoformat(), set(), set()
    names = {name for name, (_arguments, statuses) in TABLE.items() if statuses[PERSONS.index("anonymous")] == 200}
    client = cast.client(person)
    for name in names - NOT_OF_THE_RECORD:
        response = client.get(address(name, stage), {"on": day})
        page = response.text
        above, _heading, _content = page.partition("<h1")
        if 'id="past-day-refused"' in above:
            refused.add(name)
            assert f'href="/?on={day}"' in above
            assert f'href="/compromisos/?on={day}"' in above
        elif 'id="as-of"' in page or f'type="hidden" name="on" value="{day}"' in page or response.status_code == 404:
            honoured.add(name)
        assert "past-day-refused" not in client.get(address(name, stage)).text
    assert (honoured, refused) == (ON_A_DAY, names - NOT_OF_THE_RECORD - ON_A_DAY)
    assert {"projects:task_list", "projects:project_detail", "projects:objective_list", "focalpoints:verify"} <= refused


def shown(page: HttpResponse) -> str:
    """Without what is another each time: the token, a form's key, who types at what time."""
    return re.sub(r'name="(csrfmiddlewaretoken|form_key|page|typed_by)" value="[^"]*"', "", page.text)


def grow(cast: Cast, number: int) -> None:
    """One row more of everything; the calendar counts what it has no room for on one day, so each commitment has its own."""
    by = cast["coordinator"]
    for state in ("accepted", "returned", "draft", "withdrawn", "submitted"):
        cast.follow_up(state, obstacle="Sin presupuesto.")
    asked = cast.task()
    for _ in range(2):
        change = ask(cast, asked)
        actions.reject_request(change, by=by, revision=change.revision, comment="No.")
    ask(cast, asked, links=[("https://www.gob.mx/", "")])
    actions.note_no_change(cast.task(), by=cast["focal point"])
    cast.task("proposed")
    cast.task(due=None)
    project = actions.create_project(
        by=by, slug=f"p-{number}", title=f"Proyecto {number}", kind="policy", lead_agency=cast.sct
    )
    actions.create_commitment(
        by=by, project=project, code=f"G{number}", title=f"Otro {number}", binds="named", agencies=[cast.sct],
        due=clock.today().replace(day=number),
    )  # fmt: skip
    agency = make_agency(f"G{number}", f"SG{number}")
    appoint(make_user(f"person {number}"), agency)


def queries(client: Client, where: str) -> int:
    client.get(where)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(where).status_code == 200
    return len(asked)


@pytest.mark.once
@pytest.mark.parametrize("person", ["focal point", "coordinator"])
def test_every_page_asks_as_often_for_few_rows_as_for_many(cast, stage, person):
    client, column = cast.client(person), PERSONS.index(person)
    names = [name for name, (_arguments, statuses) in TABLE.items() if statuses[column] == 200]
    in_force(clock.today())
    grow(cast, 1)
    grow(cast, 2)
    few = {name: queries(client, address(name, stage)) for name in names}
    for number in range(3, 6):
        grow(cast, number)
    many = {name: queries(client, address(name, stage)) for name in names}
    assert {name: (few[name], many[name]) for name in names if few[name] != many[name]} == {}
    assert len(names) > 30


# Public pages without tools: the citation itself, signing in, and what is about one entry or no record.
WITHOUT_TOOLS = {
    "health", "styleguide", "account_login", "account_reset_password", "account_reset_password_done", "focalpoints:verify",
    "focalpoints:entry_text", "projects:cite", "projects:commitment_feed", "robots", "sitemap", "sitemap_part", *ATOM,
}  # fmt: skip


@pytest.mark.once
def test_every_public_page_says_what_changed_and_how_it_is_cited(cast, stage):
    client, without = cast.client("anonymous"), set()
    for name, page in pages(cast, stage, "anonymous"):
        tools = re.search(r'<nav class="edn-page-tools(?:(?!</nav>).)*</nav>\s*</main>', page.text, re.DOTALL)
        if tools is None:
            without.add(name)
            continue
        links = [unescape(link) for link in re.findall(r'href="([^"#]*)', tools[0])]
        assert {client.get(link).status_code for link in links} == {200}, name
        told = {link for link in links if "/informe/" not in link}
        assert len(told) == (2 if name.endswith("changes") else 3), name
    assert without == WITHOUT_TOOLS


# ---- Forms

FORM = re.compile(r'<form[^>]* method="post"[^>]*>.*?</form>', re.DOTALL)
NOTHING_TO_CHOOSE = re.compile(r'<div class="govuk-(?:radios|checkboxes)[^>]*>\s*</div>')


@pytest.mark.once
@pytest.mark.parametrize("person", ["focal point", "coordinator", "administrator"])
def test_a_form_that_is_shown_can_be_filled_and_sent(cast, stage, person):
    walked, dead = 0, {}
    for name, page in pages(cast, stage, person):
        for form in FORM.findall(page.text.partition("<main")[2]):
            walked += 1
            is_filled_in = "govuk-form-group" in form
            if (is_filled_in and "<button" not in form) or NOTHING_TO_CHOOSE.search(form):
                dead[name] = form
    assert dead.keys() == set()
    assert walked > 9


# ---- Titles, and the trail above a page

H1 = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
TRAIL = re.compile(r'<nav class="govuk-breadcrumbs".*?</nav>', re.DOTALL)
CRUMB = re.compile(r'href="([^"]*)">([^<]*)</a>')
# Where a section begins: pages under nothing else, with a trail of their own below.
ROOTS = {"/", "/mi-trabajo/", "/revision/", "/recordatorios/", "/papeles/", "/administracion/", "/cuenta/"}
WITHOUT_TRAIL = {
    "projects:board", "projects:my_work", "projects:review_queue", "projects:reminders", "projects:my_reminders",
    "projects:cockpit", "projects:notice_list", "projects:welcome", "focalpoints:administration", "focalpoints:role_list", "account",
    "account_login", "account_logout", "account_reset_password", "account_reset_password_done",
}  # fmt: skip
# The page above, where it is not the nearest one whose address this page's begins with.
ABOVE = {
    "projects:enabler_detail": "/objetivos/", "projects:task_detail": "/compromisos/MC-250K/", "projects:light_rule": "/como-funciona/",
    "projects:follow_up_detail": "/tareas/MC-250K-T1/", "projects:request_detail": "/tareas/MC-250K-T3/",
    "projects:assessment_answer": "/compromisos/MC-250K/", "projects:requests_review": "/revision/",
    "projects:follow_up_discard": "/tareas/MC-250K-T2/seguimiento/", "projects:reminder_message": "/recordatorios/",
    "focalpoints:role_withdraw": "/administracion/personas/{waiting role}/",
    "focalpoints:role_revoke": "/administracion/personas/{role}/",
}  # fmt: skip


def words(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", "", markup)).split())


def crumbs(page: HttpResponse) -> list[tuple[str, str]]:
    found = TRAIL.search(page.text)
    return [(where.partition("?")[0], words(label)) for where, label in CRUMB.findall(found[0])] if found else []


def is_of_page(base: str, heading: str, codes: tuple[str, ...]) -> bool:
    """Whether a title says its page's heading, perhaps with a code in brackets, or names the thing by its code."""
    said = re.fullmatch(re.escape(heading) + r"( \([^()]+\))?", base)
    return bool(said) or any(code and code in base for code in codes)


@pytest.mark.once
@pytest.mark.parametrize("person", ["anonymous", "focal point", "coordinator", "administrator"])
def test_a_title_says_the_heading_the_page_above_and_the_site(cast, stage, person):
    walked, wrong = 0, {}
    for name, page in pages(cast, stage, person):
        if "</html>" not in page.text:
            continue
        [heading], trail = H1.findall(page.text), crumbs(page)
        above = f" – {trail[-1][1]}" if trail and trail[-1][0] != "/" else ""
        title = words(TITLE.search(page.text)[1])
        base = title.removesuffix(f"{above} – EDN")
        codes = tuple(
            str(stage.get(argument, argument)) for argument in TABLE[name][0] if not isinstance(argument, int)
        )
        walked += 1
        if base == title or not is_of_page(base, words(heading), codes):
            wrong[name] = title, words(heading), trail
        told = dict(re.findall(r'<meta (?:name|property)="([\w:]+)" content="([^"]*)">', page.text))
        if (
            unescape(told["og:title"]) != base
            or not told["description"]
            or told["og:description"] != told["description"]
        ):
            wrong[name] = told
    assert wrong == {}
    assert walked > 20


# Pages that are described by the sentence that they open with: what a shared link says.
BY_VERDICT = {"projects:board", "projects:commitment_detail", "projects:project_detail", "projects:task_detail"}


@pytest.mark.once
def test_a_shared_link_says_the_verdict(cast, stage):
    for name, page in pages(cast, stage, "anonymous"):
        if name in BY_VERDICT:
            [described] = re.findall(r'<meta name="description" content="([^"]*)">', page.text)
            assert unescape(described) in words(page.text.partition("<main")[2]), name
            assert len(described) > 10, name


@pytest.mark.once
@pytest.mark.parametrize("person", ["anonymous", "focal point", "coordinator", "administrator"])
def test_a_trail_leads_over_pages_that_open_to_the_page_above(cast, stage, person):
    client, walked, wrong = cast.client(person), 0, {}
    opens = cache(lambda where: client.get(where).status_code == 200)
    for name, page in pages(cast, stage, person):
        if "</html>" not in page.text:
            continue
        here, trail, walked = address(name, stage), [where for where, _label in crumbs(page)], walked + 1
        if name in WITHOUT_TRAIL:
            above = []
        elif name in ABOVE:  # a role's code is its person's, with the role
            above = [re.sub("{.*}", lambda found: stage[found[0]].removesuffix("-coordinator"), ABOVE[name])]
        else:
            parts = here.split("/")[1:-2]
            longer = ("/".join(["", *parts[:length], ""]) for length in range(len(parts), -1, -1))
            above = [next(filter(opens, longer))]
        closed = [where for where in trail if not opens(where)]
        # The same row stands in the same place: a form's trail goes on from that of the page it is of.
        begins = [where for where, _label in crumbs(client.get(above[0]))] if above else []
        if closed or trail != begins + above or (trail and trail[0] not in ROOTS):
            wrong[name] = here, trail, begins + above, closed
    assert wrong == {}
    assert walked > 20
