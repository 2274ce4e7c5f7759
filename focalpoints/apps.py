from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class FocalpointsConfig(AppConfig):
    name = "focalpoints"
    verbose_name = _("Focal points")

    def ready(self) -> None:
        from focalpoints.exports.exported import register as register_export
        from focalpoints.exports.people import APPOINTMENTS, PEOPLE, ROLES
        from focalpoints.exports.triggers import EXPORTS_GUARD
        from focalpoints.exports.who_acted import WHO_ACTED
        from focalpoints.ledger.agency_timeline import PROJECTION
        from focalpoints.ledger.projections import PROJECTIONS
        from focalpoints.ledger.record import LISTENERS
        from focalpoints.ledger.replay import restore_projections
        from focalpoints.ledger.triggers import GUARDS, restore_triggers
        from focalpoints.ledger.update import update_projections
        from focalpoints.rules import decides_on_roles, is_administrator
        from focalpoints.sql.spanish import teach_sqlite
        from focalpoints.tables.table import register as register_tables
        from focalpoints.tables_of_the_ledger import ENTRIES
        from focalpoints.verbs import DOERS, NOUNS, VERBS
        from focalpoints.workflow import register

        register(NOUNS, DOERS, VERBS)
        register_tables(ENTRIES)
        GUARDS.append(EXPORTS_GUARD)
        PROJECTIONS.append(PROJECTION)
        LISTENERS.append(update_projections)
        for table in (PEOPLE, APPOINTMENTS, WHO_ACTED):
            register_export(table, is_administrator)
        register_export(ROLES, decides_on_roles)
        connection_created.connect(teach_sqlite)
        post_migrate.connect(restore_triggers, sender=self)
        post_migrate.connect(restore_projections, sender=self)
