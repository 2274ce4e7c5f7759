"""The rule of the traffic light, clause by clause, and all versions of its thresholds."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.ledger.vocabulary import subject_in_words
from focalpoints.tables.column import DAYS, Column
from focalpoints.tables.table import Table, TableReader, TableRow
from focalpoints.templatetags.edn import status_word
from projects.light.rule import COMMITMENT_RULE, NUMBERS, TASK_RULE
from projects.light.thresholds import all_versions, in_force
from projects.light.why import published
from projects.models import RuleVersion

CLAUSE_COLUMNS = (
    Column(
        "kind_code", _("Kind (code)"), "code", describes=_("“task” or “commitment”: whose light the clause decides.")
    ),
    Column("kind", _("Kind"), "text"),
    Column("number", _("Number"), "integer", describes=_("The first clause that holds decides.")),
    Column("light_code", _("Light (code)"), "code"),
    Column("light", _("Light"), "text"),
    Column("reason", _("Reason"), "text"),
    Column(
        "conditions", _("Conditions"), "list", describes=_("All of them hold, with the thresholds in force on the day.")
    ),
)
THRESHOLD_COLUMNS = (
    Column("version", _("Version"), "integer"),
    Column("effective_on", _("In force from"), "date"),
    Column(
        "until",
        _("In force until"),
        "date",
        describes=_("The last day on which it counted; empty for the last version."),
    ),
    Column("silent_days", _("Days without an update"), "integer", DAYS),
    Column("behind_points", _("Percentage points behind the straight line"), "integer"),
    Column("soon_days", _("Days left"), "integer", DAYS),
    Column("soon_progress", _("Progress expected by then"), "percent", "%"),
    Column("late_percent", _("Late commitments from which the strategy runs late"), "percent", "%"),
    Column("reason", _("Reason"), "text"),
)


def clause_rows(on: date) -> Iterator[TableRow]:
    thresholds = in_force(on)
    for kind, rule in (("task", TASK_RULE), ("commitment", COMMITMENT_RULE)):
        for line in published(rule, thresholds):
            yield (
                kind,
                str(subject_in_words(kind)),
                line.number,
                line.light.value,
                status_word(line.light, kind),
                str(line.reason),
                tuple(line.conditions),
            )


def threshold_rows() -> Iterator[TableRow]:
    """Every version, the oldest first. Two queries."""
    reasons, versions = dict(RuleVersion.objects.values_list("version", "reason")), all_versions()
    ends = [later.effective_on - timedelta(days=1) for later in versions[1:]]
    for version, until in zip(versions, [*ends, None], strict=True):
        numbers = (getattr(version, name) for name in NUMBERS)
        yield version.version, version.effective_on, until, *numbers, reasons.get(version.version, "")


def _clauses(reader: TableReader) -> Iterator[TableRow]:
    return clause_rows(reader.on or clock.today())


def _thresholds(reader: TableReader) -> Iterator[TableRow]:
    return threshold_rows()


LIGHT_RULE = Table(
    "light_rule", _("The rule of the traffic light"), _("Each clause of the rule, for tasks and for commitments."),
    CLAUSE_COLUMNS, _clauses, download="projects:light_rule_download",
)  # fmt: skip
THRESHOLDS = Table(
    "thresholds",
    _("Thresholds of the traffic light"),
    _("The rule's numbers, in all their versions."),
    THRESHOLD_COLUMNS,
    _thresholds,
    download="projects:threshold_download",
)
