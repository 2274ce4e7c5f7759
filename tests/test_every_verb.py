"""Every verb of every app, called once: in its turn, with the entries it leaves, nothing private in public, refused to who may not.

The table is written by hand: it is what the site promises, not what it does.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby, pairwise
from types import ModuleType
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.db.models import F, Model
from django.urls import reverse

import focalpoints.actions
import principles.actions
import projects.actions
from focalpoints import clock
from focalpoints.actions import ensure_system
from focalpoints.ledger.projections import EXTRACTS, SUMMARIES
from focalpoints.ledger.verification import verify
from focalpoints.models import Agency, Appointment, Entry, Role, User
from focalpoints.workflow import NotPossible
from principles.models import Objective, Pillar, Principle
from projects.models import Assessment, Commitment, FollowUp, Project, Request, SavedView, Task
from projects.search.documents import remake
from tests.cast import EVERYBODY, Cast, appoint, has_signed_in, hold, make_agency, make_user
from tests.dates import ahead, ask
from tests.deciding import approved, redacted
from tests.test_every_url import OPEN, TABLE

YESTERDAY = date(2018, 1, 1)
COORDINATORS = frozenset({"coordinator", "second coordinator"})
SCT = frozenset({"focal point", "alternate"})
FOCAL_POINTS = SCT | {"other agency"}
ADMINISTRATORS = frozenset({"administrator"})
NOBODY = frozenset[str]()
SIGNED_IN = FOCAL_POINTS | COORDINATORS | ADMINISTRATORS | {"head", "former focal point", "outsider"}
SYSTEM = frozenset({"system"})

acts = projects.actions


def secret(what: str) -> str:
    """Words that no public page shows and no entry says."""
    return f"zq-secret-{what}"


def told(what: str) -> str:
    """Words that a public page shows, and no entry says: an entry is for ever."""
    return f"zq-told-{what}"


MARKED = re.compile(r"zq-(?:secret|told)-[a-z-]+")
WORDS = {
    "progress": 40, "done": secret("done"), "next_step": secret("next-step"), "obstacle": secret("obstacle"),
}  # fmt: skip
PUBLISHED_WORDS = {
    "progress": 40, "done": told("done"), "next_step": told("next-step"), "obstacle": told("obstacle"),
}  # fmt: skip


def call(*rows: Any, **named: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    return rows, named


@dataclass(frozen=True)
class CalledVerb:
    """How one verb is called: who of the cast may, what brings the rows to where it starts from, what it then leaves in the ledger."""

    who: frozenset[str]
    prepared: Callable[[Cast], tuple[tuple[Any, ...], dict[str, Any]]]
    entries: tuple[str, ...] = ()  # in their order; several alike of `recount` count once
    # Arguments each of which is to be refused; `rows` are those without a name.
    wrong: Callable[[Cast], dict[str, Any]] = field(default=lambda c: {})


def draft(c: Cast) -> FollowUp:
    return c.follow_up(**WORDS)


def proven(c: Cast, **words: Any) -> FollowUp:
    """A draft with a link."""
    follow_up = c.follow_up(**{**WORDS, **words})
    acts.attach_link(follow_up, by=c["focal point"], url="https://www.gob.mx/", title=secret("link"))
    follow_up.refresh_from_db()
    return follow_up


def sent(c: Cast, **words: Any) -> FollowUp:
    follow_up = proven(c, **words)
    acts.submit(follow_up, by=c["focal point"], revision=follow_up.revision)
    return follow_up


def accepted(c: Cast) -> FollowUp:
    """By a colleague of those who re-open it."""
    follow_up = sent(c, **PUBLISHED_WORDS)
    acts.accept(follow_up, by=c["second coordinator"], revision=follow_up.revision)
    return follow_up


def noted(c: Cast) -> FollowUp:
    task = c.task()
    acts.note_no_change(task, by=c["focal point"])
    return task.follow_ups.get()


def of_last_period(c: Cast) -> Commitment:
    """It recurs, and its period fell due: the next has begun."""
    commitment = c.another_commitment(recurrence="quarterly")
    c.task(commitment=commitment, due=ahead(-10))
    return commitment


def fulfilled(c: Cast) -> FollowUp:
    """Sent, of a task that comes again each quarter."""
    commitment = c.another_commitment(recurrence="quarterly")
    follow_up = c.follow_up(task=c.task(commitment=commitment), **{**PUBLISHED_WORDS, "progress": 100})
    acts.submit(follow_up, by=c["focal point"], revision=follow_up.revision)
    return follow_up


def questioned(c: Cast) -> FollowUp:
    row = sent(c)
    acts.ask(row, by=c["coordinator"], revision=row.revision, comment=secret("question"))
    return row


def to_tick(c: Cast) -> list[tuple[int, int]]:
    """Two that were looked at, with the revisions that were seen."""
    rows = [fulfilled(c), fulfilled(c)]
    for row in rows:
        acts.open_evidence(row.evidence.get(), by=c["coordinator"])
    return [(row.pk, row.revision) for row in rows]


def asked(c: Cast, reason: str = "") -> Request:
    """Its words are marked as private, unless the `reason` is for the public: then its proof is too."""
    proof = told("proof") if reason else secret("proof")
    return ask(c, reason=reason or secret("reason-of-request"), links=[("https://www.gob.mx/", proof)])


def two_tasks(c: Cast, commitment: Commitment) -> list[Task]:
    tasks = [c.task(commitment=commitment) for _number in range(2)]
    commitment.refresh_from_db()
    return tasks


def asked_together(c: Cast, reason: str = "") -> list[Request]:
    """By a coordinator who is none of the cast, so that each of them could decide."""
    colleague = make_user(f"colleague-{Request.objects.count()}")
    hold(colleague, "coordinator")
    row = c.another_commitment()
    facts = ASKED | ({"reason": reason} if reason else {})
    return acts.ask_cancellations(row, by=colleague, tasks=two_tasks(c, row), **facts)


def seen(changes: list[Request]) -> dict[str, int]:
    return {change.code: change.revision for change in changes}


def rejected(c: Cast) -> Request:
    change = asked(c)
    acts.reject_request(change, by=c["coordinator"], revision=change.revision, comment=secret("answer"))
    return change


def proposed(c: Cast) -> Task:
    return acts.propose_task(
        c.commitment, by=c["focal point"], agency=c.sct, title=secret("proposal"), deliverable=secret("deliverable")
    )


def shared_task(c: Cast, **facts: Any) -> Task:
    """Of a commitment that binds SEP too."""
    return c.task(commitment=c.another_commitment(agencies=[c.sct, c.sep]), **facts)


def for_two(c: Cast) -> Commitment:
    """Binds every agency, of which SCT and SEP alone have no task yet."""
    commitment = c.another_commitment(binds="all")
    for agency in Agency.objects.reviewed().exclude(pk__in=[c.sct.pk, c.sep.pk]):
        acts.define_task(commitment, by=c["coordinator"], agency=agency, title="Tarea")
    return commitment


def a_project(c: Cast) -> Project:
    number = Project.objects.count()
    return acts.create_project(by=c["coordinator"], slug=f"p-{number}", title=f"Proyecto {number}", kind="policy")


def a_principle(c: Cast) -> Principle:
    number = Principle.objects.count() + 1
    pillar = Pillar.objects.create(number=number + 20, title_es="Apertura")
    return Principle.objects.create(number=number, pillar=pillar, title_es="Transparencia", short_es="Transparencia")


def an_activity(c: Cast) -> Any:
    return acts.link_activity(a_project(c), a_principle(c), by=c["coordinator"], order=1, as_printed="Un sitio")


def a_finding(c: Cast) -> Assessment:
    row = c.another_commitment(due=None)
    return acts.assess(
        row,
        by=c["second coordinator"],
        revision=row.revision,
        verdict="not_fulfilled",
        reasons=told("reasons-of-finding"),
    )


def an_objective(c: Cast) -> Objective:
    return Objective.objects.create(number=Objective.objects.count() + 20, title_es="Otro objetivo")


def paused(c: Cast) -> Task:
    task = c.task()
    acts.pause_reminders(task, by=c["coordinator"], reason=secret("pause"), until=ahead(9))
    task.refresh_from_db()
    return task


def a_person(c: Cast, *roles: str) -> User:
    return make_user(f"person {User.objects.count()}", *roles)


def a_waiting_role(c: Cast) -> Role:
    return focalpoints.actions.give_role(
        has_signed_in(a_person(c)), "coordinator", by=c["administrator"], reason=secret("appointed")
    )


def an_agency(c: Cast, **facts: Any) -> Agency:
    number = Agency.objects.count()
    return make_agency(f"A{number}", f"SA{number}", **facts)


def counted(c: Cast) -> Agency:
    """An agency that commitments which bind all count as one without a task."""
    c.another_commitment(binds="all")
    return focalpoints.actions.create_agency(
        by=c["administrator"],
        key=f"A{Agency.objects.count()}",
        name=f"Otra {Agency.objects.count()}",
        kind="dependencia",
    )


def an_appointment(c: Cast) -> Appointment:
    return appoint(a_person(c), an_agency(c))


def employed(c: Cast) -> User:
    """With an appointment and a role."""
    person = a_person(c, "coordinator")
    appoint(person, an_agency(c))
    return person


def secured(c: Cast) -> User:
    """With a second factor."""
    person = has_signed_in(a_person(c))
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={})
    return person


def gone(c: Cast) -> User:
    person = a_person(c)
    User.objects.filter(pk=person.pk).update(is_active=False)
    person.refresh_from_db()
    return person


def own_feed(c: Cast, agency: bool = True) -> Any:
    owner = c["focal point"]
    live = owner.calendar_feeds.filter(revoked_at=None).first()
    return live or acts.make_feed(by=owner, agency=c.sct if agency else None)


def saved_view(c: Cast) -> SavedView:
    """Shared with the office by somebody who does not work there any more."""
    facts = {
        "page": "projects:task_list",
        "query": "light=overdue",
        "is_shared": True,
        "made_at": clock.now(),
        "made_seq": 0,
    }
    return SavedView.objects.create(owner=c["outsider"], name=f"Vista {SavedView.objects.count()}", **facts)


def upload(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{name}.csv", name.encode(), content_type="text/csv")


def thresholds(**changes: Any) -> dict[str, Any]:
    return {"silent_days": 40, "behind_points": 20, "soon_days": 30, "soon_progress": 80, "late_percent": 33, **changes}


def too_many_links() -> list[tuple[str, str]]:
    return [(f"https://www.gob.mx/{number}", "") for number in range(11)]


STALE = {"revision": 99}
ASKED = {"category": "legal", "reason": secret("reason-of-request")}
PROJECTS = {
    # follow-ups
    "save_draft": CalledVerb(
        SCT, lambda c: call(c.task(), revision=None, page="p", **WORDS), (), lambda c: {**STALE, "progress": 101}
    ),
    "save_in_background": CalledVerb(
        SCT, lambda c: call(c.task(), revision=None, page="p", **WORDS), (), lambda c: {**STALE, "progress": 101}
    ),
    "save_and_submit": CalledVerb(
        SCT, lambda c: call(c.task(), revision=None, page="p", **WORDS), ("follow-up:submit",),
        lambda c: {**STALE, "progress": None, "done": ""},
    ),
    "submit": CalledVerb(
        SCT, lambda c: call(row := proven(c), revision=row.revision), ("follow-up:submit",), lambda c: STALE
    ),
    "discard": CalledVerb(SCT, lambda c: call(row := proven(c), revision=row.revision), (), lambda c: STALE),
    "withdraw": CalledVerb(SCT, lambda c: call(sent(c)), ("follow-up:withdraw",)),
    "accept": CalledVerb(
        COORDINATORS, lambda c: call(row := fulfilled(c), revision=row.revision, comment=secret("comment")),
        ("follow-up:accept",), lambda c: STALE,
    ),
    "return_": CalledVerb(
        COORDINATORS, lambda c: call(row := sent(c), revision=row.revision, comment=secret("comment")),
        ("follow-up:return",), lambda c: {**STALE, "comment": ""},
    ),
    "reopen_follow_up": CalledVerb(
        COORDINATORS, lambda c: call(row := accepted(c), revision=row.revision, reason=told("error")),
        ("follow-up:reopen",), lambda c: {**STALE, "reason": ""},
    ),
    "accept_in_bulk": CalledVerb(
        COORDINATORS, lambda c: call(to_tick(c)),
        ("follow-up:accept", "follow-up:accept"), lambda c: {"rows": ([],)},
    ),
    "return_in_bulk": CalledVerb(
        COORDINATORS, lambda c: call(to_tick(c), comment=secret("comment")),
        ("follow-up:return", "follow-up:return"), lambda c: {"comment": ""},
    ),
    "ask": CalledVerb(
        COORDINATORS, lambda c: call(row := sent(c), revision=row.revision, comment=secret("question")), ("follow-up:ask",),
        lambda c: {**STALE, "comment": ""},
    ),
    "answer": CalledVerb(
        SCT, lambda c: call(questioned(c), text=secret("answer-of-agency")), ("follow-up:answer",), lambda c: {"text": ""}
    ),
    "take_up": CalledVerb(COORDINATORS, lambda c: call(sent(c))),
    "let_go": CalledVerb(COORDINATORS, lambda c: call(sent(c))),
    # Of the system alone, which no test signs in as.
    "open_period": CalledVerb(NOBODY, lambda c: call(of_last_period(c), by=ensure_system()), ("task:recur",)),
    "note_no_change": CalledVerb(SCT, lambda c: call(c.task()), ("follow-up:note",)),
    "retract_no_change": CalledVerb(SCT, lambda c: call(noted(c)), ("follow-up:retract",)),
    # evidence
    "attach_link": CalledVerb(
        SCT, lambda c: call(draft(c), url="https://www.gob.mx/", title=secret("link")), (), lambda c: {"url": ""}
    ),
    "attach_file": CalledVerb(
        SCT, lambda c: call(draft(c), upload=upload(secret("file")), content_type="text/csv"), (),
        lambda c: {"upload": SimpleUploadedFile("empty.exe", b""), "content_type": ""},
    ),
    "remove_evidence": CalledVerb(
        SCT, lambda c: call(proven(c).evidence.get()), (), lambda c: {"rows": (asked(c).evidence.get(),)}
    ),
    "open_evidence": CalledVerb(COORDINATORS, lambda c: call(fulfilled(c).evidence.get())),
    # due dates
    "request_date": CalledVerb(
        SCT,
        lambda c: call(
            c.task(), to_due=ahead(75), category="legal", reason=secret("reason-of-request"),
            files=[upload(secret("proof"))], links=[("https://www.gob.mx/", secret("link"))],
        ),
        ("request:ask_date",),
        lambda c: {"to_due": YESTERDAY, "category": "none", "reason": "", "links": too_many_links()},
    ),
    "withdraw_request": CalledVerb(SCT, lambda c: call(asked(c)), ("request:withdraw",)),
    "approve_request": CalledVerb(
        COORDINATORS,
        lambda c: call(row := asked(c, told("reason-of-request")), revision=row.revision, comment=secret("answer")),
        ("request:approve",), lambda c: STALE,
    ),
    "reject_request": CalledVerb(
        COORDINATORS, lambda c: call(row := asked(c), revision=row.revision, comment=secret("answer")),
        ("request:reject",), lambda c: {**STALE, "comment": ""},
    ),
    # for the load of reference data alone
    "set_first_date": CalledVerb(
        SYSTEM, lambda c: call(c.another_commitment(), due=ahead(50), reason=told("reason-of-date")),
        ("request:set_date",), lambda c: {"due": date(1821, 1, 1), "reason": ""},
    ),
    # what the coordination office asks of a colleague
    "ask_first_date": CalledVerb(
        COORDINATORS, lambda c: call(c.task(due=None), due=ahead(50), **ASKED),
        ("request:ask_first_date",), lambda c: {"due": date(1821, 1, 1), "reason": ""},
    ),
    "ask_correction": CalledVerb(
        COORDINATORS,
        lambda c: call(row := c.task(), revision=row.revision, due=ahead(50), **ASKED),
        ("request:ask_correction",), lambda c: {**STALE, "due": date(1821, 1, 1), "reason": ""},
    ),
    "ask_cancellation": CalledVerb(
        COORDINATORS, lambda c: call(c.task(due=ahead(9)), title=told("successor"), **ASKED),
        ("request:ask_cancellation",), lambda c: {"category": "none", "reason": ""},
    ),
    "ask_cancellations": CalledVerb(
        COORDINATORS, lambda c: call(row := c.another_commitment(), tasks=two_tasks(c, row), **ASKED),
        ("request:ask_cancellation", "request:ask_cancellation"),
        lambda c: {"category": "none", "reason": "", "tasks": []},
    ),
    "approve_together": CalledVerb(
        COORDINATORS, lambda c: call(rows := asked_together(c, told("reason-of-request")), seen=seen(rows)),
        ("request:approve", "request:approve"), lambda c: {"seen": {}},
    ),
    "reject_together": CalledVerb(
        COORDINATORS, lambda c: call(rows := asked_together(c), seen=seen(rows), comment=secret("answer")),
        ("request:reject", "request:reject"), lambda c: {"seen": {}, "comment": ""},
    ),
    "ask_assignment": CalledVerb(
        COORDINATORS, lambda c: call(shared_task(c, due=ahead(9)), agency=c.sep, **ASKED),
        ("request:ask_assignment",), lambda c: {"agency": c.sct, "reason": ""},
    ),
    "ask_scope": CalledVerb(
        COORDINATORS, lambda c: call(c.task(), wanted={"title": told("title-asked-for")}, **ASKED),
        ("request:ask_scope",), lambda c: {"wanted": {}, "reason": ""},
    ),
    "ask_series_end": CalledVerb(
        COORDINATORS, lambda c: call(of_last_period(c), **ASKED), ("request:ask_series_end",), lambda c: {"reason": ""}
    ),
    "ask_finding": CalledVerb(
        COORDINATORS,
        lambda c: call(row := c.another_commitment(), revision=row.revision, reasons=told("reason-of-request")),
        ("request:ask_finding",), lambda c: {**STALE, "reasons": ""},
    ),
    "ask_withdrawal": CalledVerb(
        COORDINATORS, lambda c: call(c.another_commitment(), **ASKED), ("request:ask_withdrawal",),
        lambda c: {"replaced_by": "none", "reason": ""},
    ),
    # tasks
    "define_task": CalledVerb(
        COORDINATORS, lambda c: call(c.commitment, agency=c.sct, title="Tarea", deliverable=told("deliverable")),
        ("task:define",), lambda c: {"agency": c.sep, "due": YESTERDAY, "starts": ahead(9)},
    ),
    "define_task_for_all": CalledVerb(
        COORDINATORS, lambda c: call(for_two(c), title="Tarea", deliverable=told("deliverable")),
        ("task:define", "task:define"), lambda c: {"due": YESTERDAY, "starts": ahead(9)},
    ),
    "propose_task": CalledVerb(
        SCT, lambda c: call(c.commitment, agency=c.sct, title=secret("proposal"), deliverable=secret("deliverable")),
        ("task:propose",), lambda c: {"due": YESTERDAY, "starts": ahead(9)},
    ),
    "confirm_task": CalledVerb(COORDINATORS, lambda c: call(c.task("proposed")), ("task:confirm",)),
    "decline_task": CalledVerb(
        COORDINATORS, lambda c: call(proposed(c), reason=secret("refusal")), ("task:decline",), lambda c: {"reason": ""}
    ),
    "withdraw_task": CalledVerb(
        SCT, lambda c: call(proposed(c), reason=secret("withdrawal")), ("task:withdraw",), lambda c: {"reason": ""}
    ),
    "undo_task": CalledVerb(
        COORDINATORS, lambda c: call(c.task(), reason=told("mistake")), ("task:undo",), lambda c: {"reason": ""}
    ),
    "cancel_task": CalledVerb(
        COORDINATORS, lambda c: call(c.task(), reason=told("cancellation-of-task")), ("task:cancel",),
        lambda c: {"reason": ""},
    ),
    "assign_task": CalledVerb(
        COORDINATORS, lambda c: call(row := shared_task(c), revision=row.revision, agency=c.sep), ("task:assign",),
        lambda c: {**STALE, "agency": c.sct},
    ),
    "correct_task": CalledVerb(
        COORDINATORS, lambda c: call(row := c.task(), revision=row.revision, title=row.title.upper()),
        ("task:correct",), lambda c: {**STALE, "due": YESTERDAY, "starts": ahead(99)},
    ),
    # commitments and projects
    "create_commitment": CalledVerb(
        COORDINATORS,
        lambda c: call(
            project=a_project(c), code=f"N{Commitment.objects.count()}", title="Otro", binds="named", agencies=[c.sct],
            note=told("note"), source=told("source"),
        ),
        ("commitment:create",),
        lambda c: {"code": "MC-250K", "agencies": [], "starts": ahead(9), "due": YESTERDAY},
    ),
    "correct_commitment": CalledVerb(
        COORDINATORS,
        lambda c: call(row := c.another_commitment(), revision=row.revision, source=told("source")),
        ("commitment:correct",), lambda c: {**STALE, "due": YESTERDAY, "agencies": []},
    ),
    "create_project": CalledVerb(
        COORDINATORS, lambda c: call(slug=f"n-{Project.objects.count()}", title="Otro", kind="policy", source=told("source")),
        ("project:create",), lambda c: {"slug": "mexico-conectado"},
    ),
    "correct_project": CalledVerb(
        COORDINATORS, lambda c: call(row := a_project(c), revision=row.revision, source=told("source")),
        ("project:correct",), lambda c: STALE,
    ),
    "cancel_project": CalledVerb(
        COORDINATORS, lambda c: call(row := a_project(c), revision=row.revision, reason=told("cancellation-of-project")),
        ("project:cancel",), lambda c: {**STALE, "reason": ""},
    ),
    "relate_project": CalledVerb(
        COORDINATORS, lambda c: call(
            row := a_project(c), revision=row.revision, principles=[a_principle(c)], reason=secret("reason-of-link")
        ),
        ("project:relate",), lambda c: STALE,
    ),
    "link_activity": CalledVerb(
        COORDINATORS, lambda c: call(a_project(c), a_principle(c), order=1, as_printed=told("activity")),
        ("project:link",), lambda c: {"as_printed": ""},
    ),
    "correct_activity": CalledVerb(
        COORDINATORS, lambda c: call(an_activity(c), as_printed=told("activity")), ("project:link",),
        lambda c: {"no_such_column": 1},
    ),
    "ask_redaction": CalledVerb(
        COORDINATORS, lambda c: call(c.follow_up("accepted", **WORDS), legal_basis=secret("legal-basis")),
        ("request:ask_redaction",), lambda c: {"legal_basis": ""},
    ),
    # assessments
    "assess": CalledVerb(
        COORDINATORS,
        lambda c: call(
            row := c.another_commitment(due=None), revision=row.revision, verdict="not_fulfilled",
            reasons=told("reasons-of-finding"), sources=told("sources-of-finding"),
        ),
        ("assessment:assess",), lambda c: {**STALE, "verdict": "fulfilled", "reasons": ""},
    ),
    "assess_objective": CalledVerb(
        COORDINATORS,
        lambda c: call(an_objective(c), seen=0, verdict="concern", reasons=told("reasons-of-finding")),
        ("assessment:assess",), lambda c: {"seen": 9, "reasons": ""},
    ),
    "answer_assessment": CalledVerb(
        SCT, lambda c: call(a_finding(c), text=told("answer-to-finding")), ("assessment:answer",),
        lambda c: {"text": "", "agency": c.sep},
    ),
    # reminders, thresholds
    "pause_reminders": CalledVerb(
        COORDINATORS, lambda c: call(c.task(), reason=secret("pause"), until=ahead(9)), ("task:pause",),
        lambda c: {"reason": "", "until": YESTERDAY},
    ),
    "resume_reminders": CalledVerb(COORDINATORS, lambda c: call(paused(c)), ("task:resume",)),
    "edit_text": CalledVerb(
        ADMINISTRATORS, lambda c: call("greeting", "es-mx", secret("greeting"), revision=0), ("message-text:correct",),
        lambda c: {**STALE, "rows": ("none", "none", "${nobody}")},
    ),
    "ask_thresholds": CalledVerb(
        COORDINATORS,
        lambda c: call(**thresholds(effective_on=ahead(9)), **ASKED | {"reason": told("reason-of-thresholds")}),
        ("request:ask_thresholds",),
        lambda c: {"reason": "", **thresholds(effective_on=YESTERDAY, silent_days=0, soon_progress=101, late_percent=33)},
    ),
    # outside the ledger: what a person reads dates with, and has seen
    "make_feed": CalledVerb(SCT, lambda c: call(agency=c.sct)),
    "renew_feed": CalledVerb(frozenset({"focal point"}), lambda c: call(own_feed(c))),
    "revoke_feed": CalledVerb(frozenset({"focal point"}), lambda c: call(own_feed(c))),
    "mark_seen": CalledVerb(
        SIGNED_IN,
        lambda c: call(upto=1), (), lambda c: {"upto": 10**9},
    ),
    "save_view": CalledVerb(
        SIGNED_IN, lambda c: call(name=secret("view"), page="projects:task_list", key="", query="light=overdue")
    ),
    "correct_view": CalledVerb(
        frozenset({"outsider"}), lambda c: call(saved_view(c), name=secret("name-of-view"), revision=0), (), lambda c: STALE
    ),
    "take_over_view": CalledVerb(COORDINATORS, lambda c: call(saved_view(c))),
    "delete_view": CalledVerb(COORDINATORS | {"outsider"}, lambda c: call(saved_view(c))),
    "mark_view_seen": CalledVerb(COORDINATORS | {"outsider"}, lambda c: call(saved_view(c), upto=1)),
}  # fmt: skip
FOCALPOINTS = {
    # Nobody is asked: it is made by itself, once, by whoever asks for it first.
    "ensure_system": CalledVerb(NOBODY, lambda c: call(), ("person:create",)),
    "create_agency": CalledVerb(
        ADMINISTRATORS,
        lambda c: call(
            key=f"N{c.another_commitment(binds='all').pk}", name=f"Nueva {Agency.objects.count()}", kind="dependencia",
            head_name=secret("head"), head_email="zq-secret-head@example.org", note=told("note-of-agency"),
            mailbox="zq-told-mailbox-of-agency@example.org",
        ),
        ("agency:create", "commitment:recount"),
        lambda c: {"key": "9", "kind": "none", "name": "", "time_zone": "none", "parent": c.cedn},
    ),
    "correct_agency": CalledVerb(
        ADMINISTRATORS,
        lambda c: call(
            row := an_agency(c, kind="unidad coordinadora"), revision=row.revision, kind="dependencia",
            head_name=secret("head"), head_email="zq-secret-head@example.org", note=told("note-of-agency"),
            mailbox="zq-told-mailbox-of-agency@example.org",
        ),
        ("agency:correct", "commitment:recount"),
        lambda c: {**STALE, "kind": "none", "time_zone": "none", "no_such_column": 1},
    ),
    "close_agency": CalledVerb(
        ADMINISTRATORS,
        lambda c: call(row := counted(c), revision=row.revision, on=clock.today(), reason=secret("decree")),
        ("agency:close", "commitment:recount"), lambda c: {**STALE, "on": ahead(9), "reason": ""},
    ),
    "appoint": CalledVerb(
        ADMINISTRATORS,
        lambda c: call(
            user=a_person(c), agency=an_agency(c), kind="titular", since=clock.today(), letter=secret("letter")
        ),
        ("appointment:appoint",),
        lambda c: {"user": gone(c), "agency": an_agency(c, closed_on=YESTERDAY), "kind": "none", "until": YESTERDAY},
    ),
    "end_appointment": CalledVerb(
        ADMINISTRATORS, lambda c: call(an_appointment(c), on=clock.today(), reason=secret("end")), ("appointment:end",),
        lambda c: {"on": YESTERDAY},
    ),
    "invite": CalledVerb(
        ADMINISTRATORS,
        lambda c: call(
            name=secret("name"), email=f"zq-secret-{User.objects.count()}@example.org", position=secret("position")
        ),
        ("person:invite",), lambda c: {"name": "", "email": "none", "language": "none"},
    ),
    "invite_again": CalledVerb(ADMINISTRATORS, lambda c: call(a_person(c)), ("person:invite_again",)),
    "correct_person": CalledVerb(
        ADMINISTRATORS, lambda c: call(row := a_person(c), revision=row.revision, name=secret("name")),
        ("person:correct",), lambda c: {**STALE, "email": "none", "name": "", "no_such_column": 1},
    ),
    "reset_second_factor": CalledVerb(
        ADMINISTRATORS, lambda c: call(secured(c), reason=secret("lost telephone")), ("person:reset_second_factor",),
        lambda c: {"rows": (has_signed_in(a_person(c)),), "reason": ""},
    ),
    "deactivate": CalledVerb(
        ADMINISTRATORS, lambda c: call(employed(c), reason=secret("farewell")),
        ("appointment:end", "role:revoke", "person:deactivate"), lambda c: {"reason": ""},
    ),
    "reactivate": CalledVerb(ADMINISTRATORS, lambda c: call(gone(c)), ("person:reactivate",)),
    "give_role": CalledVerb(
        ADMINISTRATORS, lambda c: call(has_signed_in(a_person(c)), "coordinator", reason=secret("appointed")),
        ("role:give",), lambda c: {"rows": (gone(c), "none"), "reason": ""},
    ),
    "grant_role": CalledVerb(
        SYSTEM, lambda c: call(a_person(c), "coordinator"), ("role:grant",), lambda c: {"rows": (gone(c), "none")}
    ),
    "confirm_role": CalledVerb(COORDINATORS, lambda c: call(a_waiting_role(c)), ("role:confirm",)),
    "refuse_role": CalledVerb(
        COORDINATORS, lambda c: call(a_waiting_role(c), reason=secret("refusal")), ("role:refuse",),
        lambda c: {"reason": ""},
    ),
    "withdraw_role": CalledVerb(
        ADMINISTRATORS, lambda c: call(a_waiting_role(c), reason=secret("taken-back")), ("role:withdraw",),
        lambda c: {"reason": ""},
    ),
    "revoke_role": CalledVerb(
        ADMINISTRATORS, lambda c: call(a_person(c, "coordinator").roles.get(), reason=secret("end")), ("role:revoke",),
        lambda c: {"reason": ""},
    ),
    "choose_portfolio": CalledVerb(
        COORDINATORS, lambda c: call(sectors=[c.sct], agencies=[c.sep], revision=0), ("portfolio:choose",),
        lambda c: {**STALE, "sectors": [make_agency("77", "XYZ", parent=c.sct)]},
    ),
    "publish_office_text": CalledVerb(
        ADMINISTRATORS,
        lambda c: call(
            "contact", revision=0, text_es=told("text-of-office"), name=told("office"), email="zq-told-mailbox@example.org",
        ),
        ("office-text:publish",), lambda c: {**STALE, "email": "none", "text_es": ""},
    ),
    # outside the ledger: how often a person wants reminders
    "set_rhythm": CalledVerb(
        frozenset({"focal point"}), lambda c: call(c["focal point"], "weekly"), (),
        lambda c: {"rows": (c["focal point"], "none")},
    ),
    "set_shortcuts": CalledVerb(
        frozenset({"coordinator"}), lambda c: call(c["coordinator"], "jkar?"), (), lambda c: {"rows": (c["coordinator"], "jj")},
    ),
    # outside the ledger: who takes away what not everybody may read
    "begin_export": CalledVerb(
        ADMINISTRATORS, lambda c: call(table="people", filters=secret("filters"), file_format="csv")
    ),
}  # fmt: skip
PRINCIPLES = {
    "define": CalledVerb(
        COORDINATORS, lambda c: call(Pillar(number=Pillar.objects.count() + 50, title_es="Otro", source=secret("source"))),
        ("pillar:define",),
    ),
    "correct": CalledVerb(
        COORDINATORS, lambda c: call(a_principle(c), source=secret("source")), ("principle:correct",),
        lambda c: {"no_such_column": 1},
    ),
}  # fmt: skip
VERBS: dict[str, tuple[Callable[..., Any], CalledVerb]] = {
    f"{module.__name__.partition('.')[0]}.{name}": (getattr(module, name), case)
    for module, cases in (
        (focalpoints.actions, FOCALPOINTS), (projects.actions, PROJECTS), (principles.actions, PRINCIPLES),
    )
    for name, case in cases.items()
}  # fmt: skip
# They write a row of the person's own, which no other verb adds up: they take no turn.
TAKE_NO_TURN = {
    "projects.make_feed", "projects.renew_feed", "projects.revoke_feed", "projects.mark_seen", "focalpoints.set_rhythm",
    "focalpoints.set_shortcuts",
    "projects.save_view", "projects.correct_view", "projects.take_over_view", "projects.delete_view", "projects.mark_view_seen",
    "focalpoints.begin_export",
    "projects.save_draft", "projects.save_in_background", "projects.discard", "projects.attach_file",
    "projects.attach_link", "projects.remove_evidence", "projects.open_evidence",
    "projects.take_up", "projects.let_go",
}  # fmt: skip
# What the words marked as told are shown for on some public page, each for a verb above.
TOLD = {
    told(what)
    for what in (
        "activity", "answer-to-finding", "cancellation-of-project", "cancellation-of-task", "deliverable", "done", "error",
        "legal-basis", "mailbox", "mailbox-of-agency", "mistake", "next-step", "note", "note-of-agency", "obstacle", "office", "proof",
        "reason-of-date",
        "reason-of-request", "reason-of-thresholds", "reasons-of-finding", "source", "sources-of-finding", "successor",
        "text-of-office", "title-asked-for",
    )
}  # fmt: skip


def verbs_of(module: ModuleType) -> set[str]:
    if names := getattr(module, "__all__", None):
        return set(names)
    return {name for name, item in vars(module).items() if getattr(item, "__module__", "") == module.__name__}


def test_the_table_names_every_verb():
    assert set(PROJECTS) == verbs_of(projects.actions)
    assert set(FOCALPOINTS) == verbs_of(focalpoints.actions)
    assert set(PRINCIPLES) == verbs_of(principles.actions)
    assert len(VERBS) == 98


def named(case: CalledVerb, cast: Cast) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Its arguments, with the first of those who may."""
    rows, arguments = case.prepared(cast)
    if case.who == SYSTEM:
        arguments = {"by": focalpoints.actions.ensure_system(), **arguments}
    elif who := next((name for name in cast.people if name in case.who), None):
        arguments = {"by": cast[who], **arguments}
    return rows, arguments


def entries_since(seq: int) -> list[Entry]:
    return list(Entry.objects.filter(seq__gt=seq).order_by("seq"))


def last_entry() -> int:
    return Entry.objects.count()


def kinds(entries: list[Entry]) -> tuple[str, ...]:
    """`type:verb` of each; several recounts of one verb, one for each commitment, as one."""
    said = [f"{entry.subject_type}:{entry.verb}" for entry in entries]
    return tuple(kind for kind, run in groupby(said) for _ in (["once"] if kind == "commitment:recount" else run))


@contextmanager
def statements_watched() -> Iterator[list[str]]:
    """What reaches the database: BEGIN where a transaction begins, and each statement; those outside of one begin with "alone"."""
    said: list[str] = []
    set_autocommit = connection.set_autocommit

    def beginning(autocommit: bool, *args: Any, **options: Any) -> None:
        set_autocommit(autocommit, *args, **options)
        said.append("END" if autocommit else "BEGIN")

    def watching(execute: Any, sql: str, *rest: Any) -> Any:
        if not sql.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
            said.append(sql if connection.in_atomic_block else f"alone: {sql}")
        return execute(sql, *rest)

    with pytest.MonkeyPatch.context() as patch, connection.execute_wrapper(watching):
        patch.setattr(connection, "set_autocommit", beginning)
        yield said


def takes_turn_first(said: list[str]) -> bool:
    """Whether each transaction's first statement locks the ledger's head, and none outside of one writes."""
    firsts = [after for before, after in pairwise(said) if before == "BEGIN"]
    lock = "FOR UPDATE" if connection.features.has_select_for_update else "SELECT"
    alone = [sql for sql in said if sql.startswith(("alone: INSERT", "alone: UPDATE", "alone: DELETE"))]
    return bool(firsts) and all("focalpoints_ledgerhead" in sql and lock in sql for sql in firsts) and not alone


@pytest.mark.django_db(transaction=True)
def test_every_verb_takes_its_turn_and_leaves_its_entries(cast):
    """Outside of any other transaction, as in production."""
    left, promised, out_of_turn, miscounted, misfound = {}, {}, set(), set(), {}
    for name, (verb, case) in VERBS.items():
        rows, arguments = named(case, cast)
        remake()  # some of those rows were written without a verb
        before = last_entry()
        with statements_watched() as said:
            verb(*rows, **arguments)
        if not takes_turn_first(said):
            out_of_turn.add(name)
        left[name], promised[name] = kinds(entries_since(before)), case.entries
        if any(summary.differs() for summary in SUMMARIES):
            miscounted.add(name)
        if differing := [found for extract in EXTRACTS for found in extract.differences()]:
            misfound[name] = differing
    assert left == promised
    assert miscounted == set(), "after these the figures kept of the day are not what a full count gives"
    assert misfound == {}, "after these a search does not find what a search made anew would"
    assert out_of_turn == TAKE_NO_TURN
    assert verify().is_intact


@pytest.fixture
def everything_happened(cast):
    """Each verb once; thresholds and a redaction that were approved besides."""
    for verb, case in VERBS.values():
        rows, arguments = named(case, cast)
        verb(*rows, **arguments)
    approved(cast, Request.objects.waiting().get(kind="thresholds"))
    redacted(cast, cast.follow_up("accepted", **WORDS), told("legal-basis"))
    return cast


# What an entry may say in public of its subject, by its type: agencies, numbers, dates and codes, each by name. By hand, on purpose.
_LIGHT_NUMBERS = {
    "claimed_progress", "verified_progress", "has_obstacle", "waited_days", "moves", "slippage_days", "scope_changes",
    "days_late",
}  # fmt: skip
_LIGHT_DATES = {"starts", "due", "baseline_due", "claimed_on", "verified_on", "quiet_since", "fulfilled_on"}
_OF_ITS_TASK = (
    {f"task_{name}" for name in _LIGHT_NUMBERS},
    {f"task_{name}" for name in (*_LIGHT_DATES, "last_word_on", "ended_on")},
)
SAYS: dict[str, tuple[set[str], set[str], set[str]]] = {
    "agency": ({"is_ministry"}, {"closed_on"}, {"acronym", "kind", "parent"}),
    "appointment": (set(), {"since", "until"}, {"kind"}),
    "commitment": (
        _LIGHT_NUMBERS
        | {"tasks_open", "tasks_fulfilled", "tasks_unclaimed", "tasks_cancelled", "tasks_replaced", "withdrawn_late"}
        | {"agencies_without_task", "agencies_left_out", "series_runs", "recurrence_month"},
        _LIGHT_DATES | {"next_due", "last_ended_on", "withdrawn_on", "found_on", "series_ended_on"},
        {"project", "binds", "recurrence", "printed_status", "finding"},
    ),
    "assessment": (
        {"accepted_by_author", "same_office", "verified_progress"},
        {"period"},
        {"verdict", "commitment", "objective"},
    ),
    "request": (
        {"evidence", "days", "commitment_days", "days_late", "commitment_days_late", "decided_alone"} | _OF_ITS_TASK[0],
        {"from", "to", "commitment_from", "commitment_to"} | _OF_ITS_TASK[1],
        {"kind", "category", "commitment", "task", "task_state", "task_agency"},
    ),
    "follow-up": (
        {"evidence", "progress", "same_office", "in_bulk"} | _OF_ITS_TASK[0],
        _OF_ITS_TASK[1],
        {"commitment", "task"},
    ),
    "light-rule": (
        {"silent_days", "behind_points", "soon_days", "soon_progress", "late_percent"},
        {"effective_on"},
        set(),
    ),
    "message-text": (set(), set(), set()),
    "office-text": ({"version"}, set(), set()),
    "person": (set(), set(), set()),
    "portfolio": (set(), set(), {"sectors"}),
    "pillar": (set(), set(), set()),
    "principle": (set(), set(), set()),
    "project": (
        {"objective", "enabler"},
        set(),
        {"kind", "phase", "principles", "objectives", "secondary_objectives", "enablers"},
    ),
    "role": ({"alone"}, {"since", "until"}, {"kind"}),
    "task": (_LIGHT_NUMBERS, _LIGHT_DATES | {"last_word_on", "ended_on", "reminders_from"}, {"commitment"}),
}
ENTRY = {
    "format", "seq", "type", "subject", "nth", "previous", "dossier", "verb", "office", "at", "recorded_at", "dossier_after",
    "private", "redacts",
}  # fmt: skip
STATE = {"state", "title", "agencies", "numbers", "dates", "codes"}


@pytest.mark.once
def test_entries_say_in_public_what_the_table_lists_and_nothing_private(everything_happened):
    said: dict[str, tuple[set[str], set[str], set[str]]] = {}
    for entry in Entry.objects.all():
        payload = json.loads(entry.text)
        assert payload.keys() == ENTRY | STATE
        assert MARKED.findall(entry.text) == [], f"{entry.subject_type}:{entry.verb}"
        states = {entry.subject_type: payload}
        if payload["dossier_after"]:
            assert payload["dossier_after"].keys() == STATE
            states["commitment"] = payload["dossier_after"]
        for kind, state in states.items():
            found = said.setdefault(kind, (set(), set(), set()))
            for names, part in zip(found, ("numbers", "dates", "codes"), strict=True):
                names.update(state[part])
    assert said == SAYS


def public_addresses(cast: Cast) -> Iterator[str]:
    """Every public page there is: the fixed ones, and one for each row."""
    for name, (arguments, statuses) in TABLE.items():
        if statuses is OPEN and not arguments:
            yield reverse(name)
    pages: dict[str, Any] = {
        "projects:project_detail": Project.objects.values_list("slug"),
        "projects:commitment_detail": Commitment.objects.values_list("code"),
        "projects:principle_detail": Principle.objects.values_list("number"),
        "projects:agency_detail": Agency.objects.values_list("key"),
        "projects:task_detail": Task.objects.values_list("code"),
        "projects:follow_up_detail": FollowUp.objects.values_list("code"),
        "projects:request_detail": Request.objects.values_list("code"),
        "focalpoints:entry_text": Entry.objects.values_list("seq"),
    }
    for name, rows in pages.items():
        for arguments in rows:
            yield reverse(name, args=arguments)


@pytest.mark.once
@pytest.mark.parametrize(
    "person",
    [
        "anonymous",
        pytest.param("former focal point", marks=pytest.mark.long),
        pytest.param("outsider", marks=pytest.mark.long),
    ],
)
def test_no_public_page_shows_what_is_private(everything_happened, person):
    """Everything happened to SCT's rows but one assignment: these see what everybody does."""
    client, shown, walked = everything_happened.client(person), {}, 0
    for address in public_addresses(everything_happened):
        page = client.get(address)
        if page.status_code != 404:  # a task that was not taken up
            assert page.status_code == 200
            walked += 1
            shown |= dict.fromkeys(MARKED.findall(page.text), address)
    assert walked > 100
    assert {words: address for words, address in shown.items() if words not in TOLD} == {}
    assert shown.keys() == TOLD


def made_stale(rows: tuple[Any, ...]) -> None:
    """Count the revisions up, as if somebody else had written."""
    for row in rows:
        if isinstance(row, Model) and row.pk and any(column.name == "revision" for column in row._meta.fields):
            type(row)._default_manager.filter(pk=row.pk).update(revision=F("revision") + 1)


def answer(verb: Callable[..., Any], *rows: Any, **named: Any) -> str:
    try:
        with transaction.atomic():
            verb(*rows, **named)
    except PermissionDenied:
        return "denied"
    except (NotPossible, TypeError, ValueError) as error:
        return type(error).__name__
    return "done"


@pytest.mark.once
def test_who_may_not_hears_nothing_else_however_wrong_the_arguments(cast):
    said, promised, asked_of = {}, {}, 0
    for name, (verb, case) in VERBS.items():
        if not case.who:
            continue
        rows, arguments = case.prepared(cast)
        arguments |= case.wrong(cast)
        rows = arguments.pop("rows", rows)
        made_stale(rows)
        before = last_entry()
        strangers = [person for person in (*EVERYBODY, "second coordinator") if person not in case.who]
        said[name] = {answer(verb, *rows, by=cast[person], **arguments) for person in strangers}
        promised[name] = {"denied"}
        assert last_entry() == before
        asked_of += len(strangers)
    assert said == promised
    assert asked_of > 450
