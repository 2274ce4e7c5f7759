from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class FocalpointsConfig(AppConfig):
    name = "focalpoints"
    verbose_name = _("Focal points")

    def ready(self) -> None:
        from focalpoints.ledger import projections, stored
        from focalpoints.ledger.agency_timeline import PROJECTION
        from focalpoints.ledger.record import READERS
        from focalpoints.ledger.triggers import restore_triggers

        projections.PROJECTIONS.append(PROJECTION)
        READERS.append(stored.read)
        post_migrate.connect(restore_triggers, sender=self)
        post_migrate.connect(projections.restore_projections, sender=self)
