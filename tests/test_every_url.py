"""Every address, opened as every person. The table is written by hand: it is what the site promises, not what it does."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.translation import override

from focalpoints import clock
from focalpoints.actions import give_role
from focalpoints.models import Appointment
from principles.models import Enabler, Objective, Pillar, Principle
from projects import actions
from projects.models import Task
from tests.cast import has_signed_in, make_user
from tests.edn_portal.operations.test_headers import EXPECTED, said
from tests.looking import in_memory, look, prepare
from tests.standing import scene

PERSONS = (
    "focal point", "other agency", "coordinator", "administrator", "head", "former focal point", "outsider", "anonymous",
)  # fmt: skip

OPEN = (200, 200, 200, 200, 200, 200, 200, 200)
SIGNED_IN = (200, 200, 200, 200, 200, 200, 200, 302)
# A form on something that everybody may see, but only a coordinator may change.
COORDINATOR_CHANGES = (403, 403, 200, 403, 403, 403, 403, 302)
COORDINATOR_SEES = (404, 404, 200, 404, 404, 404, 404, 302)
OFFICES_SEE = (404, 404, 200, 200, 404, 404, 404, 302)
ADMINISTRATOR_SEES = (404, 404, 404, 200, 404, 404, 404, 302)
POST_ONLY = (405, 405, 405, 405, 405, 405, 405, 302)
NOWHERE = (404, 404, 404, 404, 404, 404, 404, 404)
NOWHERE_SIGNED_IN = (404, 404, 404, 404, 404, 404, 404, 302)
# Sign-in takes who is signed in already on to their work.
SIGNING_IN = (302, 302, 302, 302, 302, 302, 302, 200)
# Sent on: to prove again who they are, or because there is nothing to do here.
SENT_ON = (302, 302, 302, 302, 302, 302, 302, 302)
GONE = (410, 410, 410, 410, 410, 410, 410, 410)

UNKNOWN = UUID("00000000-0000-4000-8000-000000000000")

# Name → the arguments of the address, and what a GET answers to each of PERSONS.
# The stage: T1-S1 of SCT was accepted, T2-S1 is its draft, T3-S1 waits for review; T4 is proposed, T5 has no date; T6 is new
# and due in 60 days. T3-R1 asks for another date.
# V1 is a finding on the whole.
TABLE: dict[str, tuple[tuple, tuple[int, ...]]] = {
    "health": ((), OPEN),
    "robots": ((), OPEN),
    "sitemap": ((), OPEN),
    "sitemap_part": ((0,), OPEN),
    "styleguide": ((), OPEN),
    "mailbox": ((), NOWHERE),  # a demonstration's only
    "mailbox_letter": (("1",), NOWHERE),
    "projects:board": ((), OPEN),
    "projects:strategy_report": ((), OPEN),
    "projects:objective_report": ((1,), OPEN),
    "projects:agency_report": (("9",), OPEN),
    "projects:figure_download": (("csv",), OPEN),
    "projects:month_download": (("csv",), OPEN),
    "projects:sector_download": (("csv",), OPEN),
    "projects:coverage_map": ((), OPEN),
    "projects:coverage_download": (("csv",), OPEN),
    "projects:oecd_table": ((), OPEN),
    "projects:enabler_detail": ((1,), OPEN),
    "projects:disagreement_download": (("csv",), OPEN),
    "projects:finding_download": (("csv",), OPEN),
    "projects:principle_download": (("csv",), OPEN),
    "projects:principle_figure_download": ((1, "csv"), OPEN),
    "projects:objective_download": (("csv",), OPEN),
    "projects:enabler_download": (("csv",), OPEN),
    "projects:objective_figure_download": ((1, "csv"), OPEN),
    "projects:agency_figure_download": (("9", "csv"), OPEN),
    "projects:date_download": (("csv",), OPEN),
    "projects:event_download": (("csv",), OPEN),
    "projects:commitment_event_download": (("MC-250K", "csv"), OPEN),
    "projects:project_event_download": (("mexico-conectado", "csv"), OPEN),
    "projects:principle_event_download": ((1, "csv"), OPEN),
    "projects:objective_event_download": ((1, "csv"), OPEN),
    "projects:agency_event_download": (("9", "csv"), OPEN),
    "projects:move_download": (("csv",), OPEN),
    "projects:slippage_download": (("csv",), OPEN),
    "projects:light_rule_download": (("csv",), OPEN),
    "projects:threshold_download": (("csv",), OPEN),
    "projects:how_it_works": ((), OPEN),
    "projects:help": ((), OPEN),
    "projects:help_public": ((), OPEN),
    "projects:help_focal_point": ((), OPEN),
    "projects:help_coordinator": ((), OPEN),
    "projects:help_administrator": ((), OPEN),
    "projects:data": ((), OPEN),
    "projects:dump_detail": (("2018-10-15",), NOWHERE),
    "projects:dump_file": (("2018-10-15", "datapackage.json"), NOWHERE),
    "projects:light_rule": ((), OPEN),
    "projects:slippage": ((), OPEN),
    "projects:search": ((), OPEN),
    "projects:search_atom": ((), (400,) * 8),  # it wants to know what to search for
    "projects:changes": ((), OPEN),
    "projects:changes_atom": ((), OPEN),
    "projects:cite": ((), OPEN),
    "projects:commitment_changes": (("MC-250K",), OPEN),
    "projects:commitment_changes_atom": (("MC-250K",), OPEN),
    "projects:project_changes": (("mexico-conectado",), OPEN),
    "projects:project_changes_atom": (("mexico-conectado",), OPEN),
    "projects:principle_changes": ((1,), OPEN),
    "projects:principle_changes_atom": ((1,), OPEN),
    "projects:objective_changes": ((1,), OPEN),
    "projects:objective_changes_atom": ((1,), OPEN),
    "projects:agency_changes": (("9",), OPEN),
    "projects:agency_changes_atom": (("9",), OPEN),
    "projects:thresholds_adopt": ((), COORDINATOR_CHANGES),
    "projects:project_list": ((), OPEN),
    "projects:project_detail": (("mexico-conectado",), OPEN),
    "projects:project_create": ((), COORDINATOR_CHANGES),
    "projects:project_correct": (("mexico-conectado",), COORDINATOR_CHANGES),
    "projects:project_relate": (("mexico-conectado",), COORDINATOR_CHANGES),
    "projects:project_cancel": (("libre",), COORDINATOR_CHANGES),
    "projects:commitment_list": ((), OPEN),
    "projects:commitment_download": (("csv",), OPEN),
    "projects:task_download": (("jsonl",), OPEN),
    "projects:follow_up_download": (("csv",), OPEN),
    "projects:project_download": (("xlsx",), OPEN),
    "projects:agency_download": (("csv",), OPEN),
    "projects:commitment_filter": ((), OPEN),
    "projects:commitment_timeline": ((), OPEN),
    "projects:commitment_timeline_filter": ((), OPEN),
    "projects:disagreement_list": ((), SENT_ON),
    "projects:commitment_detail": (("MC-250K",), OPEN),
    "projects:commitment_create": ((), COORDINATOR_CHANGES),
    "projects:commitment_assess": (("MC-250K",), COORDINATOR_CHANGES),
    "projects:objective_assess": ((1,), COORDINATOR_CHANGES),
    "projects:assessment_answer": (("MC-250K-V1",), (200, 403, 403, 403, 403, 403, 403, 302)),
    "projects:commitment_correct": (("MC-250K",), COORDINATOR_CHANGES),
    "projects:commitment_ask_withdrawal": (("TODAS",), COORDINATOR_CHANGES),
    "projects:commitment_ask_scope": (("MC-250K",), COORDINATOR_CHANGES),
    "projects:commitment_ask_cancellations": (("MC-250K",), COORDINATOR_CHANGES),
    "projects:commitment_ask_series_end": (("CADA",), COORDINATOR_CHANGES),
    "projects:calendar": ((), OPEN),
    "projects:calendar_filter": ((), OPEN),
    "projects:commitment_feed": ((), OPEN),
    "projects:secret_feed": (("K-222222222222.no",), NOWHERE),
    "projects:feed_list": ((), (200, 200, 404, 404, 404, 404, 404, 302)),
    "projects:feed_renew": (("K-222222222222",), POST_ONLY),
    "projects:feed_revoke": (("K-222222222222",), POST_ONLY),
    "projects:principle_list": ((), OPEN),
    "projects:principle_detail": ((1,), OPEN),
    "projects:objective_list": ((), OPEN),
    "projects:objective_detail": ((1,), OPEN),
    "projects:agency_list": ((), OPEN),
    "projects:agency_filter": ((), OPEN),
    "projects:agency_detail": (("9",), OPEN),
    "projects:task_list": ((), OPEN),
    "projects:task_filter": ((), OPEN),
    "projects:task_detail": (("MC-250K-T1",), OPEN),
    "projects:task_create": (("MC-250K",), COORDINATOR_CHANGES),
    "projects:task_create_for_all": (("TODAS",), COORDINATOR_CHANGES),
    "projects:task_propose": (("MC-250K",), (200, 403, 403, 403, 403, 403, 403, 302)),
    "projects:task_correct": (("MC-250K-T1",), COORDINATOR_CHANGES),
    "projects:task_assign": (("MC-250K-T6",), COORDINATOR_CHANGES),
    "projects:task_cancel": (("MC-250K-T6",), COORDINATOR_CHANGES),
    "projects:task_undo": (("MC-250K-T6",), COORDINATOR_CHANGES),
    "projects:task_ask_scope": (("MC-250K-T1",), COORDINATOR_CHANGES),
    "projects:task_ask_assignment": (("MC-250K-T1",), COORDINATOR_CHANGES),
    "projects:task_ask_cancellation": (("MC-250K-T1",), COORDINATOR_CHANGES),
    # A proposal is seen by its agency and by coordinators only.
    "projects:proposal_list": ((), COORDINATOR_SEES),
    "projects:task_confirm": (("MC-250K-T4",), (403, 404, 200, 404, 404, 404, 404, 302)),
    "projects:task_decline": (("MC-250K-T4",), (403, 404, 200, 404, 404, 404, 404, 302)),
    "projects:task_withdraw": (("MC-250K-T4",), (200, 404, 403, 404, 404, 404, 404, 302)),
    # A former focal point is told that the appointment has ended.
    "projects:welcome": ((), SIGNED_IN),
    "projects:my_work": ((), (200, 200, 404, 404, 404, 403, 404, 302)),
    "projects:my_work_export": (("csv",), POST_ONLY),
    "projects:proposable_list": ((), (200, 200, 404, 404, 404, 404, 404, 302)),
    "projects:notice_list": ((), (200, 200, 200, 404, 404, 404, 404, 302)),
    "projects:notices_seen": ((), POST_ONLY),
    "projects:saved_view_list": ((), SIGNED_IN),
    # Lists lead to it with their own page and filters.
    "projects:saved_view_create": ((), NOWHERE_SIGNED_IN),
    "projects:saved_view_detail": (("{view}",), COORDINATOR_SEES),
    "projects:saved_view_correct": (("{view}",), COORDINATOR_SEES),
    "projects:saved_view_take_over": (("{view}",), POST_ONLY),
    "projects:saved_view_delete": (("{view}",), POST_ONLY),
    "projects:saved_view_seen": (("{view}",), POST_ONLY),
    "projects:follow_up_edit": (("MC-250K-T1",), (200, 403, 403, 403, 403, 403, 403, 302)),
    "projects:follow_up_detail": (("MC-250K-T1-S1",), OPEN),
    "projects:no_change": (("MC-250K-T5",), POST_ONLY),
    "projects:follow_up_answer": (("MC-250K-T3-S1",), (302, 404, 403, 404, 404, 404, 404, 302)),
    "projects:follow_up_withdraw": (("MC-250K-T3-S1",), POST_ONLY),
    "projects:follow_up_retract": (("MC-250K-T3-S1",), POST_ONLY),
    "projects:follow_up_discard": (("MC-250K-T2-S1",), (200, 404, 404, 404, 404, 404, 404, 302)),
    "projects:follow_up_reopen": (("MC-250K-T1-S1",), COORDINATOR_CHANGES),
    "projects:follow_up_redact": (("MC-250K-T1-S1",), COORDINATOR_CHANGES),
    "projects:commitment_reschedule": (("MC-250K",), (200, 403, 403, 403, 403, 403, 403, 302)),
    "projects:task_reschedule": (("MC-250K-T1",), (200, 403, 403, 403, 403, 403, 403, 302)),
    "projects:request_detail": (("MC-250K-T3-R1",), OPEN),
    "projects:request_withdraw": (("MC-250K-T3-R1",), POST_ONLY),
    "projects:request_redact": (("MC-250K-T3-R1",), COORDINATOR_CHANGES),
    "projects:request_review": (("MC-250K-T3-R1",), COORDINATOR_SEES),
    "projects:requests_review": (("DOS-T1-R1",), COORDINATOR_SEES),
    "projects:commitment_ask_first_date": (("TODAS",), COORDINATOR_CHANGES),
    "projects:commitment_ask_correction": (("MC-250K",), COORDINATOR_CHANGES),
    "projects:task_ask_first_date": (("MC-250K-T5",), COORDINATOR_CHANGES),
    "projects:task_ask_correction": (("MC-250K-T1",), COORDINATOR_CHANGES),
    "projects:evidence_download": ((UNKNOWN,), NOWHERE),
    "projects:evidence_page": ((UNKNOWN, 1), NOWHERE_SIGNED_IN),
    "projects:evidence_picture": ((UNKNOWN, 1), NOWHERE_SIGNED_IN),
    "projects:evidence_redact": ((UNKNOWN,), NOWHERE_SIGNED_IN),
    "projects:cockpit": ((), COORDINATOR_SEES),
    "projects:cockpit_export": (("csv",), POST_ONLY),
    "projects:review_queue": ((), COORDINATOR_SEES),
    # From the queue, with what was ticked there.
    "projects:review_in_bulk": ((), (404, 404, 302, 404, 404, 404, 404, 302)),
    "projects:evidence_open": ((UNKNOWN,), POST_ONLY),
    "projects:review_export": (("csv",), POST_ONLY),
    "projects:follow_up_take_up": (("MC-250K-T3-S1",), POST_ONLY),
    "projects:follow_up_review": (("MC-250K-T3-S1",), COORDINATOR_SEES),
    "projects:reminders": ((), OFFICES_SEE),
    "projects:reminders_sent": ((), OFFICES_SEE),
    "projects:reminders_sent_export": (("csv",), POST_ONLY),
    "projects:reminders_sent_filter": ((), OFFICES_SEE),
    "projects:reminder_sent": (("2018-10-12", "P-22222222"), NOWHERE_SIGNED_IN),
    "projects:portfolio": ((), OFFICES_SEE),
    "projects:portfolio_export": (("csv",), POST_ONLY),
    "projects:reminder_texts": ((), ADMINISTRATOR_SEES),
    "projects:reminder_text": (("subject", "es-mx"), ADMINISTRATOR_SEES),
    "projects:reminder_message": (("{today}", "{person}"), (404, 404, 200, 200, 404, 404, 200, 302)),
    "projects:reminder_test": (("{today}", "{person}"), POST_ONLY),
    "projects:my_reminders": ((), SIGNED_IN),
    "projects:task_pause": (("MC-250K-T1",), COORDINATOR_CHANGES),
    "projects:task_resume": (("MC-250K-T1",), POST_ONLY),
    "projects:commitment_pause": (("MC-250K",), COORDINATOR_CHANGES),
    "projects:commitment_resume": (("MC-250K",), POST_ONLY),
    "focalpoints:verify": ((), OPEN),
    "focalpoints:entry_download": (("csv",), OPEN),
    "focalpoints:entry_text": ((1,), OPEN),
    "focalpoints:contact": ((), OPEN),
    "focalpoints:privacy": ((), OPEN),
    "focalpoints:accessibility": ((), OPEN),
    "focalpoints:licence": ((), OPEN),
    "focalpoints:office_text_list": ((), ADMINISTRATOR_SEES),
    "focalpoints:office_text_publish": (("contact",), ADMINISTRATOR_SEES),
    "focalpoints:administration": ((), ADMINISTRATOR_SEES),
    "focalpoints:export_list": ((), ADMINISTRATOR_SEES),
    "focalpoints:own_export_list": ((), SIGNED_IN),
    "focalpoints:who_acted_export": (("csv",), POST_ONLY),
    "focalpoints:agency_history_export": (("9", "csv"), POST_ONLY),
    "focalpoints:person_export": (("csv",), POST_ONLY),
    "focalpoints:person_history_export": (("{person}", "csv"), POST_ONLY),
    "focalpoints:appointment_export": (("csv",), POST_ONLY),
    "focalpoints:role_export": (("csv",), POST_ONLY),
    "focalpoints:agency_list": ((), ADMINISTRATOR_SEES),
    "focalpoints:agency_create": ((), ADMINISTRATOR_SEES),
    "focalpoints:agency_detail": (("9",), ADMINISTRATOR_SEES),
    "focalpoints:agency_correct": (("9",), ADMINISTRATOR_SEES),
    "focalpoints:agency_close": (("CEDN",), ADMINISTRATOR_SEES),
    "focalpoints:person_list": ((), ADMINISTRATOR_SEES),
    "focalpoints:person_invite": ((), ADMINISTRATOR_SEES),
    "focalpoints:person_detail": (("{person}",), ADMINISTRATOR_SEES),
    "focalpoints:person_correct": (("{person}",), ADMINISTRATOR_SEES),
    "focalpoints:person_invite_again": (("{person}",), POST_ONLY),
    "focalpoints:person_reset_second_factor": (("{person}",), (404, 404, 404, 302, 404, 404, 404, 302)),
    "focalpoints:person_deactivate": (("{person}",), ADMINISTRATOR_SEES),
    "focalpoints:person_reactivate": (("{person}",), POST_ONLY),
    "focalpoints:role_give": (("{newcomer}",), ADMINISTRATOR_SEES),
    "focalpoints:role_withdraw": (("{waiting role}",), ADMINISTRATOR_SEES),
    "focalpoints:role_revoke": (("{role}",), ADMINISTRATOR_SEES),
    "focalpoints:role_list": ((), OFFICES_SEE),
    # The administrator gave it: somebody else confirms it.
    "focalpoints:role_decide": (("{waiting role}",), (404, 404, 200, 403, 404, 404, 404, 302)),
    "focalpoints:appointment_list": ((), ADMINISTRATOR_SEES),
    "focalpoints:appointment_create": ((), ADMINISTRATOR_SEES),
    "focalpoints:appointment_end": (("{appointment}",), ADMINISTRATOR_SEES),
    "account": ((), SIGNED_IN),
    "account_text": ((), SIGNED_IN),
    "account_language": ((), POST_ONLY),
    "account_rhythm": ((), SIGNED_IN),
    "account_shortcuts": ((), SIGNED_IN),
    "account_close_sessions": ((), POST_ONLY),
    "account_login": ((), SIGNING_IN),
    "account_logout": ((), SIGNED_IN),
    "account_reauthenticate": ((), SIGNED_IN),
    "account_change_password": ((), SIGNED_IN),
    "account_reset_password": ((), OPEN),
    "account_reset_password_done": ((), OPEN),
    # A link that does not open says so, and what to do.
    "account_reset_password_from_key": (("P-22222222", "no"), GONE),
    "account_invitation": (("P-22222222", "no"), GONE),
    # No second factor is set up, and the sign-in is not fresh: each asks for proof, or has nothing to show.
    "mfa_index": ((), SIGNED_IN),
    "mfa_authenticate": ((), SENT_ON),
    "mfa_reauthenticate": ((), SENT_ON),
    "mfa_activate_totp": ((), SENT_ON),
    "mfa_deactivate_totp": ((), NOWHERE_SIGNED_IN),
    "mfa_view_recovery_codes": ((), NOWHERE_SIGNED_IN),
    "mfa_generate_recovery_codes": ((), SENT_ON),
    "mfa_download_recovery_codes": ((), NOWHERE_SIGNED_IN),
    "mfa_list_webauthn": ((), SIGNED_IN),
    "mfa_add_webauthn": ((), SENT_ON),
    "mfa_login_webauthn": ((), SENT_ON),
    "mfa_reauthenticate_webauthn": ((), SENT_ON),
    "mfa_edit_webauthn": ((1,), SENT_ON),
    "mfa_remove_webauthn": ((1,), SENT_ON),
}
HOW_MANY = 249
# Tables as files, which are streamed: `tests/projects/tables/` reads them.
FILES = {name for name in TABLE if name.endswith("_download") and name != "projects:evidence_download"}
# For machines.
WITHOUT_LANGUAGE = {"health", "robots", "sitemap", "sitemap_part"}


def names(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield prefix + (entry.name or str(entry.pattern))
        else:
            yield from names(entry, prefix + (f"{entry.namespace}:" if entry.namespace else ""))


@scene()
def stage(cast):
    return staged(cast)


def staged(cast):
    """One row of everything that the addresses name."""
    pillar = Pillar.objects.create(number=1, title_es="Apertura")
    Principle.objects.create(number=1, pillar=pillar, title_es="Asegurar la transparencia", short_es="Transparencia")
    Objective.objects.create(number=1, title_es="Transformación Gubernamental")
    Enabler.objects.create(number=1, title_es="Conectividad")
    actions.create_commitment(
        by=cast["coordinator"], project=cast.project, code="TODAS", title="Informar cada trimestre", binds="all"
    )
    actions.create_project(by=cast["coordinator"], slug="libre", title="Sin compromisos", kind="programme")
    for state in ("accepted", "draft", "submitted"):
        cast.follow_up(state)
    cast.task("proposed")
    cast.task(due=None)
    cast.task()
    actions.create_commitment(
        by=cast["coordinator"], project=cast.project, code="CADA", title="Informar cada año", binds="all",
        recurrence="yearly", recurrence_month=12,
    )  # fmt: skip
    waiting = Task.objects.get(code="MC-250K-T3")
    due = waiting.due + timedelta(days=9)
    actions.request_date(waiting, by=cast["focal point"], to_due=due, category="legal", reason="Un amparo.")
    two = actions.create_commitment(
        by=cast["coordinator"], project=cast.project, code="DOS", title="Entregar dos cosas", binds="named",
        agencies=[cast.sct],
    )  # fmt: skip
    tasks = [cast.task(commitment=two) for _number in range(2)]
    two.refresh_from_db()
    actions.ask_cancellations(
        two, by=cast["second coordinator"], tasks=tasks, category="legal", reason="Ya no hacen falta."
    )
    newcomer = has_signed_in(make_user("newcomer"))
    give_role(newcomer, "coordinator", by=cast["administrator"], reason="Releva a quien se fue.")
    cast.find(cast.commitment, "concern")
    view = actions.save_view(
        by=cast["coordinator"],
        name="Vencidas",
        page="projects:task_list",
        key="",
        query="light=overdue",
        is_shared=True,
    )
    return {
        "{view}": view.pk,
        "{newcomer}": newcomer.code,
        "{waiting role}": f"{newcomer.code}-coordinator",
        "{role}": f"{cast['second coordinator'].code}-coordinator",
        "{today}": clock.today().isoformat(),
        "{person}": cast["outsider"].code,
        "{appointment}": Appointment.objects.get(agency=cast.sep).code,
    }


def test_the_table_names_every_address():
    assert sorted(names(get_resolver())) == sorted(TABLE)
    assert len(TABLE) == HOW_MANY


# Who sees what others do not. As the others, English and the other database are walked in a long run.
WITH_A_ROLE = ("anonymous", "focal point", "coordinator", "administrator")
OTHERS = [person for person in PERSONS if person not in WITH_A_ROLE]
EACH = [
    *(pytest.param(person, "es-mx") for person in WITH_A_ROLE),
    *(pytest.param(person, "en", marks=pytest.mark.once) for person in WITH_A_ROLE),
    *(pytest.param(person, "es-mx", marks=pytest.mark.once) for person in OTHERS),
    *(pytest.param(person, "en", marks=pytest.mark.long) for person in OTHERS),
]


@pytest.mark.parametrize(("person", "language"), EACH)
def test_every_address_answers_each_person_as_the_table_says_and_writes_nothing(cast, stage, person, language):
    answers, promised = {}, {}
    column = PERSONS.index(person)
    with in_memory():
        client = cast.client(person, raise_request_exception=True)
        prepare()
        for name, (arguments, statuses) in TABLE.items():
            with override(language):
                address = reverse(name, args=[stage.get(argument, argument) for argument in arguments])
            assert address.startswith("/en/") is (language == "en" and name not in WITHOUT_LANGUAGE)
            answers[name] = look(client, "get", address)
            promised[name] = statuses[column], []
    assert answers == promised


def test_anonymous_pages_set_no_cookie_and_hold_no_token(cast, stage):
    client = cast.client("anonymous")
    walked = 0
    for name, (arguments, statuses) in TABLE.items():
        if statuses is OPEN and not name.startswith(("account", "mfa")):
            page = client.get(reverse(name, args=[stage.get(argument, argument) for argument in arguments]))
            assert (name, dict(page.cookies), b"csrfmiddlewaretoken" in b"".join(page)) == (name, {}, False)
            walked += 1

    assert walked == 92


def test_every_page_says_the_same_to_the_browser(cast, stage):
    client = cast.client("coordinator")
    pages = {
        name: client.get(reverse(name, args=[stage.get(argument, argument) for argument in arguments]))
        for name, (arguments, _statuses) in TABLE.items()
    }
    assert {name for name, page in pages.items() if said(page) != EXPECTED} == set()
