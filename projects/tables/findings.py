"""The coordination office's findings on commitments and objectives, with the agencies' answers: all of it is public."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from focalpoints.ledger.vocabulary import subject_in_words
from focalpoints.pages.addresses import address
from focalpoints.tables.column import Column
from focalpoints.tables.table import Table, TableRow
from focalpoints.tables.xlsx_file import counted
from projects.models import Assessment
from projects.models.assessment import AssessmentQuerySet
from projects.tables.words import words_of

COLUMNS = (
    Column("code", _("Code"), "code"),
    Column("kind_code", _("Kind (code)"), "code", describes=_("“commitment” or “objective”: what was assessed.")),
    Column("kind", _("Kind"), "text"),
    Column("subject", _("Code of the commitment, number of the objective"), "code"),
    Column("wording", _("Wording that it judged"), "text"),
    Column("period", _("Period that fell due on"), "date", describes=_("Of a commitment that recurs.")),
    Column("finding_code", _("Finding (code)"), "code"),
    Column("finding", _("Finding"), "text"),
    Column("state_code", _("State (code)"), "code"),
    Column(
        "state", _("State"), "text", describes=_("Whether it stands, was superseded by a later one, or was set aside.")
    ),
    Column("request", _("Code of the request"), "code", describes=_("Where two people decided on it.")),
    Column("reasons", _("Reasons"), "text"),
    Column("sources", _("Sources"), "text"),
    Column("is_redacted", _("Redacted"), "boolean", describes=_("Its texts were emptied on a legal basis.")),
    Column("made_at", _("Made"), "instant"),
    Column("verified_progress", _("Verified progress at the time"), "percent", "%"),
    Column("accepted_by_author", _("Follow-ups of 100 % accepted by its author"), "integer"),
    Column("same_office", _("Same office"), "boolean"),
    Column("answer", _("Answer of the agency"), "text"),
    Column("answered_by", _("Key of the agency that answered"), "code"),
    Column("answered_at", _("Answered"), "instant"),
    Column("is_fictional", _("Fictional"), "boolean"),
    Column("url", _("Page"), "url"),
)
READ = (
    "code", "commitment__code", "objective__number", "wording", "period", "verdict", "state", "request__code", "words", "cited",
    "request__is_redacted", "made_at", "verified_progress", "accepted_by_author", "same_office", "answer", "agency__key", "answered_at",
    "is_fictional",
)  # fmt: skip


def finding_rows(rows: AssessmentQuerySet) -> Iterator[TableRow]:
    """The latest first."""
    kinds = {kind: str(subject_in_words(kind)) for kind in ("commitment", "objective")}
    verdicts, states = words_of(Assessment.Verdict.choices), words_of(Assessment.State.choices)
    for code, commitment, objective, wording, period, verdict, state, *words in (
        rows.worded().order_by("-made_at", "-pk").values_list(*READ).iterator()
    ):
        if commitment:
            of: tuple[Any, ...] = ("commitment", kinds["commitment"], commitment)
            page = address("projects:commitment_detail", commitment)
        else:
            of = "objective", kinds["objective"], str(objective)
            page = reverse("projects:objective_detail", args=[objective])
        words[0], words[3], words[-3] = words[0] or "", bool(words[3]), words[-3] or ""
        yield (
            code, *of, wording, period, verdict, verdicts[verdict], state, states[state], *words, f"{settings.BASE_URL}{page}#{code}",
        )  # fmt: skip


FINDINGS = Table(
    "findings", _("Findings"), _("What the coordination office found of commitments and objectives, and why."), COLUMNS,
    lambda reader: finding_rows(Assessment.objects.all()), download="projects:finding_download",
    count=lambda: counted(Assessment.objects.all()),
)  # fmt: skip
