"""What somebody typed is never HTML: markup in every text column, on every page, as everybody who sees it."""

import html
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import models
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode

from focalpoints import actions as keeping
from focalpoints import clock
from focalpoints.models import Agency, Entry, OfficeText, UnsentInvitation, User
from principles.models import Enabler, Objective, Pillar, Principle
from projects import actions
from projects.models import Commitment, DailyMessage, Evidence, FollowUp, Project, Request, Task
from projects.reminders.compose import compose
from projects.reminders.rehearsal import messages_to
from projects.reminders.texts import TEXTS, texts_in_use
from tests.cast import has_signed_in, make_agency, make_user
from tests.deciding import adopted, first_dated, redacted, rescoped, withdrawn
from tests.test_every_url import FILES, PERSONS, TABLE

# Those who see something that others do not.
READERS = ("focal point", "coordinator", "administrator", "anonymous")
ELEMENT = re.compile(r"<b\s+id=x", re.IGNORECASE)
SEEN = re.compile(r"<b id=x>([\w. ]+);")

# Columns in which nobody can put markup, with the reason.
NEVER_TYPED = {
    # Made by the portal: codes, digests, words of the portal's own tables.
    "Agency.search", "Assessment.code", "AgencyVersion.acronym", "AgencyVersion.name", "Annex.content", "Annex.salt", "Appointment.code",
    "CalendarFeed.code", "DailyAnchor.digest", "DailyMessage.message_id", "Dump.digest", "Dump.folder", "Dump.release", "Request.code",
    "Entry.digest", "Entry.dossier", "Entry.hash", "Entry.office", "Entry.previous", "Entry.state", "Entry.subject",
    "Entry.subject_type", "Entry.text", "Entry.verb", "Evidence.content_type", "Evidence.sha256", "FollowUp.code",
    "FollowUp.saved_from", "LedgerHead.digest", "MessageItem.item", "MessageItem.kind", "MessageItem.occasion",
    "MessageItem.reason", "MessageText.key", "Notice.item", "Pause.code", "ProjectVersion.state",
    "ProjectVersion.title", "ProjectionState.shape", "Task.language", "TaskVersion.state", "User.code", "User.password",
    "User.search", "User.email_key", "User.shortcuts", "Agency.acronym_key",
    "Dump.original_folder", "DumpFolder.name", "DumpRedaction.code", "DumpRedaction.folio", "DumpRedaction.kind",
    "Export.format", "Export.table", "SavedView.key", "SavedView.page",
    # As an address holds it, shown as the words of its filters.
    "SavedView.query",
    # What others say, as a search finds and shows it.
    "SearchDocument.code", "SearchDocument.kind", "SearchDocument.language", "SearchDocument.text", "SearchDocument.title",
    "SearchDocument.tokens",
    # The title of what was judged, which is typed as that.
    "Assessment.wording",
    # Of letters, digits and hyphens, or the name of a zone, or an address: refused otherwise.
    "Agency.head_email", "Agency.key", "Agency.mailbox", "Agency.time_zone",
    "OfficeText.email", "Commitment.code", "DailyMessage.address", "Evidence.url",
    "Project.slug", "Task.code", "User.email",
}  # fmt: skip
# What a verb is told and no column keeps.
TOLD = {
    "accept comment", "appointment reason", "close reason", "deactivate reason", "reset reason", "return comment",
    "revoke reason", "text basis",
}  # fmt: skip
NEVER_SHOWN = {
    # Where the strategy's words come from stands in `*/data/SOURCES.md`.
    "Enabler.source", "Objective.source", "Pillar.source", "Principle.source",
    # What the administration did is told without the reason, which the ledger's annex keeps for an audit.
    "appointment reason", "close reason", "deactivate reason", "reset reason", "revoke reason",
}  # fmt: skip
# Titles in English, shown to whoever reads the page in English; that of a principle stands on its page in both.
ONLY_IN_ENGLISH = {"Enabler.title_en", "Objective.title_en", "Pillar.title_en", "Principle.short_en"}


def typed(name: str) -> str:
    """Markup that would leave an attribute too, and says which column it stands in."""
    return f'"><b id=x>{name};'


def text_columns() -> Iterator[str]:
    for model in apps.get_models():
        if model._meta.app_label in {"focalpoints", "principles", "projects"}:
            for field in model._meta.concrete_fields:
                if isinstance(field, models.CharField | models.TextField) and not field.choices:
                    yield f"{model.__name__}.{field.name}"


TYPED = (set(text_columns()) | TOLD) - NEVER_TYPED


def strategy(cast):
    """Principles, objectives and enablers, which a load brings, and a project that names them."""

    def words(model, *parts):
        columns = [f"{part}_{language}" for part in parts for language in ("es", "en")] + ["source"]
        return {column: typed(f"{model.__name__}.{column}") for column in columns}

    pillar = Pillar.objects.create(number=1, **words(Pillar, "title"))
    principle = Principle.objects.create(number=1, pillar=pillar, **words(Principle, "title", "short"))
    objective = Objective.objects.create(number=1, **words(Objective, "title"))
    enabler = Enabler.objects.create(number=1, **words(Enabler, "title"))
    by, project = cast["coordinator"], cast.project
    actions.correct_project(
        project, by=keeping.ensure_system(), revision=project.revision, title=typed("Project.title"),
        source=typed("Project.source"), note=typed("Project.note"), objective=objective, enabler=enabler, lead_agency=cast.sct,
    )  # fmt: skip
    actions.link_activity(project, principle, by=by, order=1, as_printed=typed("Activity.as_printed"))
    ended = actions.create_project(by=by, slug="terminado", title=typed("Project.title"), kind="programme")
    actions.cancel_project(ended, by=by, revision=ended.revision, reason=typed("Project.cancel_reason"))


def offices(cast):
    """Agencies, people, appointments and roles, as the administrator keeps them."""
    by = cast["administrator"]
    for agency in (cast.sct, cast.sep):
        keeping.correct_agency(
            agency, by=by, revision=agency.revision, head_name=typed("Agency.head_name"), note=typed("Agency.note"),
            **({"name": typed("Agency.name"), "acronym": typed("Agency.acronym")} if agency == cast.sct else {}),
        )  # fmt: skip
    for name in PERSONS:
        if name != "anonymous":
            person = cast[name]
            words = {"name": typed("User.name"), "position": typed("User.position")}
            keeping.correct_person(person, by=by, revision=person.revision, **words)
    closed = make_agency("77", "XYZ")
    keeping.close_agency(closed, by=by, revision=closed.revision, on=clock.today(), reason=typed("close reason"))
    for name in ("successor", "helper"):
        appointment = keeping.appoint(
            by=by, user=make_user(name), agency=cast.sep, kind="alternate", since=clock.today(),
            letter=typed("Appointment.letter"),
        )  # fmt: skip
        if name == "helper":
            UnsentInvitation.objects.create(
                user=appointment.user, since=clock.now(), tried_at=clock.now(), answer=typed("UnsentInvitation.answer")
            )
        else:
            keeping.end_appointment(appointment, by=by, on=clock.today(), reason=typed("appointment reason"))
    colleague = has_signed_in(make_user("colleague"))
    role = keeping.give_role(colleague, "coordinator", by=by, reason=typed("reason of a role"))
    keeping.confirm_role(role, by=cast["coordinator"])
    keeping.revoke_role(role, by=by, reason=typed("revoke reason"))
    forgetful = has_signed_in(make_user("forgetful"))
    Authenticator.objects.create(user=forgetful, type=Authenticator.Type.TOTP, data={})
    keeping.reset_second_factor(forgetful, by=by, reason=typed("reset reason"))
    keeping.deactivate(make_user("leaver"), by=by, reason=typed("deactivate reason"))
    newcomer = has_signed_in(make_user("newcomer"))
    return appointment, keeping.give_role(newcomer, "administrator", by=by, reason=typed("Role.reason"))


def report(cast, state, **facts):
    """A follow-up of a task of its own, brought to `state`."""
    author, by = cast["focal point"], cast["coordinator"]
    task = facts.pop("task", None) or cast.task(
        title=typed("Task.title"), deliverable=typed("Task.deliverable"), **facts
    )
    words = {name: typed(f"FollowUp.{name}") for name in ("done", "next_step", "obstacle")}
    found = actions.save_draft(task, by=author, progress=40, **words)
    actions.attach_link(found, by=author, url="https://www.gob.mx/prueba", title=typed("Evidence.title"))
    if state != "draft":
        actions.submit(found, by=author, revision=found.revision)
    if state == "returned":
        actions.return_(found, by=by, revision=found.revision, comment=typed("return comment"))
    if state == "accepted":
        actions.accept(found, by=by, revision=found.revision, comment=typed("accept comment"))
    return found


def ask_for_date(cast, task, days=9):
    return actions.request_date(
        task, by=cast["focal point"], to_due=task.due + timedelta(days), category="legal",
        reason=typed("Request.reason"), links=[("https://www.gob.mx/amparo", typed("Evidence.title"))],
    )  # fmt: skip


def work(cast):
    """Commitments, tasks, follow-ups and requests in every state. The first six tasks are those that TABLE names."""
    by, author, soon = cast["coordinator"], cast["focal point"], clock.today() + timedelta(3)
    commitment = cast.commitment
    rescoped(cast, commitment, title=typed("Commitment.title"), note=typed("Commitment.note"))
    actions.correct_commitment(
        commitment, by=by, revision=commitment.revision, source=typed("Commitment.source"),
        printed_status=typed("Commitment.printed_status"),
    )  # fmt: skip
    actions.create_commitment(by=by, project=cast.project, code="TODAS", title=typed("Commitment.title"), binds="all")
    actions.create_commitment(
        by=by, project=cast.project, code="CADA", title=typed("Commitment.title"), binds="all", recurrence="yearly",
        recurrence_month=12,
    )  # fmt: skip
    ended = cast.another_commitment()
    withdrawn(cast, ended, typed("Request.reason"))

    accepted, _draft, waiting = (report(cast, state) for state in ("accepted", "draft", "submitted"))
    cast.task("proposed", title=typed("Task.title"), deliverable=typed("Task.deliverable"))
    cast.task(due=None, title=typed("Task.title"))
    cast.task(title=typed("Task.title"))
    ask_for_date(cast, waiting.task)

    declined = cast.task("proposed")
    actions.decline_task(declined, by=by, reason=typed("Task.reason"))
    actions.cancel_task(cast.task(title=typed("Task.title")), by=by, reason=typed("Task.reason"))
    returned = report(cast, "returned", due=soon)
    late = report(cast, "accepted", due=clock.today() - timedelta(2))
    again = actions.save_draft(late.task, by=author, progress=60, done=typed("FollowUp.done") + " Y más.", next_step="")
    actions.submit(again, by=author, revision=again.revision)
    for answer in (actions.approve_request, actions.reject_request):
        change = ask_for_date(cast, cast.task(title=typed("Task.title")))
        answer(change, by=by, revision=change.revision, comment=typed("Request.answer"))
    undated = cast.task(due=None)
    first_dated(cast, undated, clock.today() + timedelta(30), typed("Request.reason"))
    private = report(cast, "accepted")
    redacted(cast, private.evidence.get(), typed("Evidence.redaction"))
    redacted(cast, private, typed("text basis"))
    mistaken = report(cast, "accepted")
    actions.reopen_follow_up(mistaken, by=by, revision=mistaken.revision, reason=typed("Reopening.reason"))
    otherwise = actions.create_commitment(
        by=by, project=cast.project, code="DICHO", title=typed("Commitment.first_title"), binds="all"
    )
    rescoped(cast, otherwise, title=typed("Commitment.title"))
    words = {"title": typed("Task.first_title"), "deliverable": typed("Task.first_deliverable")}
    rescoped(cast, cast.task(**words), title=typed("Task.title"), deliverable=typed("Task.deliverable"))
    cast.find(commitment, "concern")
    finding = cast.find(commitment, "concern", reasons=typed("Assessment.reasons"), sources=typed("Assessment.sources"))
    actions.answer_assessment(finding, by=author, text=typed("Assessment.answer"))
    for item in (accepted.task, commitment):
        actions.pause_reminders(item, by=by, reason=typed("Pause.reason"), until=clock.today() + timedelta(1))
    numbers = {"silent_days": 50, "behind_points": 10, "soon_days": 20, "soon_progress": 80, "late_percent": 33}
    adopted(cast, effective_on=soon, reason=typed("RuleVersion.reason"), **numbers)
    for key in TEXTS:
        for language in ("es-mx", "en"):
            actions.edit_text(key, language, typed("MessageText.text"), by=cast["administrator"], revision=0)
    for kind in OfficeText.Kind:
        whom = {"name": typed("OfficeText.name"), "email": "oficina@example.org", "phone": typed("OfficeText.phone")}
        keeping.publish_office_text(
            kind, by=cast["administrator"], revision=0, text_es=typed("OfficeText.text_es"), text_en=typed("OfficeText.text_en"),
            **(whom if kind == "contact" else {}),
        )  # fmt: skip
    keeping.begin_export(
        by=cast["administrator"], table="who-acted", filters=typed("Export.filters"), file_format="csv"
    )
    for number, (name, state) in enumerate([("focal point", "refused"), ("coordinator", "faulty")]):
        DailyMessage.objects.create(
            person=cast[name], day=clock.today(), state=state, address="x@example.org", message_id=f"<{number}>",
            claimed_at=clock.now(), error=typed("DailyMessage.error"),
        )  # fmt: skip
    return returned


def stage(cast):
    """Everything, with its texts typed by somebody who wants an element in the page; and what the addresses are made with."""
    strategy(cast)
    appointment, waiting = offices(cast)
    returned = work(cast)
    asked = {"page": "projects:task_list", "key": "", "query": "light=overdue", "is_shared": True}
    return {
        "{view}": actions.save_view(by=cast["coordinator"], name=typed("SavedView.name"), **asked).pk,
        "{today}": clock.today().isoformat(),
        "{person}": cast["outsider"].code,
        "{newcomer}": waiting.user.code,
        "{waiting role}": waiting.code,
        "{role}": f"{cast['coordinator'].code}-coordinator",
        "{appointment}": appointment.code,
        "{returned}": returned.task.code,
    }


def addresses(found) -> Iterator[str]:
    """Those of the table that names every address, but for tables as files: no browser reads markup in them."""
    for name, (arguments, _statuses) in TABLE.items():
        if name in FILES:
            continue
        yield reverse(name, args=[found.get(argument, argument) for argument in arguments])


def more_addresses(cast, found) -> Iterator[str]:
    """The pages of each single thing, of a past day, and of what somebody searches for."""
    today = clock.today().isoformat()
    for code in Task.objects.values_list("code", flat=True):
        yield reverse("projects:task_detail", args=[code])
    yield reverse("projects:commitment_detail", args=["DICHO"])
    yield reverse("projects:follow_up_edit", args=[found["{returned}"]])
    for name in ("follow_up_detail", "follow_up_review"):
        for code in FollowUp.objects.values_list("code", flat=True):
            yield reverse(f"projects:{name}", args=[code])
    for name in ("request_detail", "request_review", "request_redact"):
        for code in Request.objects.values_list("code", flat=True):
            yield reverse(f"projects:{name}", args=[code])
    for key in Evidence.objects.values_list("key", flat=True):
        yield reverse("projects:evidence_redact", args=[key])
    for code in Commitment.objects.values_list("code", flat=True):
        yield reverse("projects:commitment_detail", args=[code])
        yield reverse("projects:commitment_detail", args=[code]) + f"?on={today}"
    for slug in Project.objects.values_list("slug", flat=True):
        yield reverse("projects:project_detail", args=[slug])
    for person in User.objects.people().values_list("code", flat=True):
        yield reverse("focalpoints:person_detail", args=[person])
        yield reverse("projects:reminder_sent", args=[today, person])
    for name in ("focal point", "coordinator"):
        for message in messages_to(cast[name], clock.today())[:2]:
            yield reverse("projects:reminder_message", args=[message.day, cast[name].code])
    for key in Agency.objects.values_list("key", flat=True):
        yield reverse("focalpoints:agency_detail", args=[key])
        yield reverse("projects:agency_detail", args=[key])
        yield reverse("projects:agency_detail", args=[key]) + f"?on={today}"
    for name in ("board", "commitment_list", "agency_list", "objective_list"):
        yield reverse(f"projects:{name}") + f"?on={today}"
    yield reverse("projects:objective_detail", args=[1]) + f"?on={today}"
    yield reverse("projects:calendar") + f"?view=list&month={(clock.today() + timedelta(3)):%Y-%m}"
    for entry in {entry.verb: entry for entry in Entry.objects.all()}.values():
        yield reverse("focalpoints:verify") + f"?folio={entry.hash}"
    for name in ("projects:task_list", "projects:commitment_list", "projects:agency_list", "projects:reminders"):
        yield reverse(name) + "?" + urlencode({"q": typed("search")})


def answers(client):
    """Forms sent too late, or wrong: what was typed comes back, beside what is there now."""
    yield client.post(
        reverse("projects:project_correct", args=["mexico-conectado"]),
        {"revision": 0, "title": typed("typed title"), "kind": "programme", "language": "es"},
    )
    task = FollowUp.objects.get(state="draft").task
    yield client.post(
        reverse("projects:follow_up_edit", args=[task.code]),
        {
            "save": "1",
            "revision": 0,
            "page": "0" * 32,
            "progress": "x",
            "done": typed("typed words"),
            "link": typed("typed link"),
        },
    )
    yield client.post(
        reverse("projects:reminder_text", args=["greeting", "es-mx"]),
        {"do": "see", "revision": 1, "text": typed("typed text")},
    )


def test_the_columns_that_nobody_types_are_columns():
    assert NEVER_TYPED - set(text_columns()) == set()


@pytest.mark.once
@pytest.mark.parametrize("language", ["es-mx", pytest.param("en", marks=pytest.mark.long)])
def test_what_was_typed_is_never_an_element_and_is_seen_as_typed(cast, language, pytestconfig):
    """A short run walks as those who read most: others see parts of the same. In English pages differ in their words alone."""
    found = stage(cast)
    elements, seen, pages = [], set(), 0

    def look(who, where, content):
        if ELEMENT.search(content):
            elements.append((who, where))
        seen.update(SEEN.findall(html.unescape(content)))

    with translation.override(language):
        walked, more = list(addresses(found)), list(dict.fromkeys(more_addresses(cast, found)))
    everybody = pytestconfig.option.long and language == "es-mx"
    for who in PERSONS if everybody else READERS:
        client = cast.client(who, raise_request_exception=True)
        for address in walked + (more if language == "es-mx" and who in READERS else []):
            response = client.get(address)
            if response["Content-Type"].startswith("text/html"):
                pages += response.status_code == 200
                look(who, address, response.text)
            elif response.streaming:
                list(response)  # a file is closed when it was read
        if who in READERS:
            client = cast.client(who)
            with translation.override(language):
                for response in answers(client):
                    look(who, "sent", response.text)
    for who in ("focal point", "coordinator"):
        for message in messages_to(cast[who], clock.today()):
            look(who, "mail", compose(message, texts_in_use(), None).html)
    assert elements == []
    if language == "en":
        assert seen >= ONLY_IN_ENGLISH
    else:
        assert TYPED - seen == ONLY_IN_ENGLISH | NEVER_SHOWN
    assert pages > (600 if everybody else {"es-mx": 400, "en": 190}[language])
