"""The table of projects."""

from collections.abc import Iterator

from django.db.models import CharField, OuterRef, QuerySet, StringAgg, Subquery, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from focalpoints.sql.spanish import InSpanish
from focalpoints.tables.column import Column
from focalpoints.tables.table import Table, TableReader, TableRow
from focalpoints.tables.xlsx_file import counted
from projects.models import Activity, Commitment, FrameLink, Project
from projects.reading.figures import count_of
from projects.tables.agency_names import namer
from projects.tables.words import ROWS_READ_AT_ONCE, around_code, words_of

COLUMNS = (
    Column("code", _("Short address"), "code"),
    Column("title", _("Project"), "text"),
    Column("language", _("Language of the title"), "code"),
    Column("kind_code", _("Kind (code)"), "code"),
    Column("kind", _("Kind"), "text"),
    Column("phase_code", _("Phase (code)"), "code"),
    Column("phase", _("Phase"), "text"),
    Column("state_code", pgettext_lazy("of a project", "State (code)"), "code"),
    Column("state", pgettext_lazy("of a project", "State"), "text"),
    Column("lead_agency", _("Lead agency"), "text", describes=_("Its acronym, or its name where there is none.")),
    Column("lead_agency_key", _("Lead agency (key)"), "code"),
    Column("partner_agencies", _("Partner agencies"), "list", describes=_("Acronyms, or names where there is none.")),
    Column("partner_agency_keys", _("Partner agencies (keys)"), "list", describes=_("In the same order.")),
    Column("objective", _("Objective"), "integer", describes=_("Number of the strategy's objective; empty where it is not aligned.")),
    Column("enabler", _("Enabler"), "integer", describes=_("Its number.")),
    Column("principles", _("Principles"), "list", describes=_("Their numbers, printed in the OECD sheet or linked.")),
    Column("commitments", _("Commitments"), "integer"),
    Column("note", _("Note"), "text"),
    Column("source", _("Source"), "text"),
    Column("url", _("Page"), "url"),
)  # fmt: skip
_READ = (
    "slug", "title", "language", "kind", "phase", "state", "lead_agency__acronym", "lead_agency__name", "lead_agency__key",
    "partner_numbers", "objective__number", "enabler__number", "printed_numbers", "linked_numbers", "commitment_count", "note", "source",
)  # fmt: skip


def project_rows(rows: QuerySet) -> Iterator[TableRow]:
    """All of these projects, in their order."""
    named, kinds, phases = namer(), words_of(Project.Kind.choices), words_of(Project.Phase.choices)
    states, (before, after) = words_of(Project.State.choices), around_code("projects:project_detail")
    listed = rows.annotate(
        commitment_count=count_of(Commitment.objects.filter(project=OuterRef("pk"))),
        partner_numbers=_numbers(Project.partner_agencies.through.objects.all(), "agency"),
        printed_numbers=_numbers(Activity.objects.all(), "principle__number"),
        linked_numbers=_numbers(FrameLink.objects.exclude(principle=None), "principle__number"),
    )
    for (
        code, title, language, kind, phase, state, acronym, lead, key, partners, objective, enabler, printed, linked, *others
    ) in listed.values_list(*_READ).iterator(ROWS_READ_AT_ONCE):  # fmt: skip
        numbers = sorted({int(number) for numbers in (printed, linked) if numbers for number in numbers.split(",")})
        yield (
            code, title, language, kind, kinds[kind], phase, phases.get(phase, ""), state, states[state], acronym or lead or "",
            key or "", *named(partners), objective, enabler, tuple(map(str, numbers)), *others, f"{before}{code}{after}",
        )  # fmt: skip


def _numbers(links: QuerySet, of: str) -> Subquery:
    """Of the rows that belong to a project, with commas between them."""
    numbers = StringAgg(Cast(of, CharField()), Value(","))
    return Subquery(links.filter(project=OuterRef("pk")).order_by().values("project").values(numbers=numbers))


def _all(asked: TableReader) -> Iterator[TableRow]:
    return project_rows(Project.objects.order_by(InSpanish("title"), "pk"))


TABLE = Table(
    name="projects",
    title=_("Projects"),
    describes=_("The programmes, platforms, policies and bodies through which the strategy is carried out."),
    columns=COLUMNS,
    rows=_all,
    download="projects:project_download",
    count=lambda: counted(Project.objects.all()),
)
