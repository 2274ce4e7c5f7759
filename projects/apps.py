from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = _("Projects")

    def ready(self) -> None:
        from focalpoints.alarms import ALARMS
        from focalpoints.exports.exported import register as register_export
        from focalpoints.ledger.projections import EXTRACTS, PROJECTIONS, SUMMARIES, Extract
        from focalpoints.ledger.record import LISTENERS
        from focalpoints.ledger.triggers import GUARDS
        from focalpoints.rules import is_coordinator, is_focal_point
        from focalpoints.tables.table import register as register_tables
        from focalpoints.workflow import OPEN_WORK, RECOUNTS, register
        from projects.actions.agencies import recount
        from projects.derived import day_figures, notices, timeline
        from projects.dumps.alarms import dump_alarms
        from projects.exports.attention import ATTENTION_TABLE
        from projects.exports.my_work import MY_WORK
        from projects.exports.reminders import PORTFOLIOS, SENT
        from projects.exports.review_queue import REVIEW_QUEUE
        from projects.models import SearchDocument
        from projects.models.baseline_triggers import BASELINE
        from projects.models.search_document import install_word_index
        from projects.reminders.alarms import reminder_alarms
        from projects.rules import reads_reminders
        from projects.search import documents
        from projects.tables import TABLES
        from projects.verbs import DOERS, NOUNS, VERBS
        from projects.workflow import OPEN_WORK_HERE

        register(NOUNS, DOERS, VERBS)
        ALARMS.extend([reminder_alarms, dump_alarms])
        OPEN_WORK.extend(OPEN_WORK_HERE)
        RECOUNTS.append(recount)
        # Notices first: they tell also who held an item until the entry.
        PROJECTIONS.extend([notices.PROJECTION, timeline.PROJECTION])
        SUMMARIES.append(day_figures.SUMMARY)
        LISTENERS.append(documents.follow)
        EXTRACTS.append(
            Extract("search documents", 1, SearchDocument, install_word_index, documents.remake, documents.differences)
        )
        GUARDS.append(BASELINE)
        register_tables(*TABLES)
        register_export(REVIEW_QUEUE, is_coordinator)
        register_export(ATTENTION_TABLE, is_coordinator)
        register_export(MY_WORK, is_focal_point)
        register_export(SENT, reads_reminders)
        register_export(PORTFOLIOS, reads_reminders)
