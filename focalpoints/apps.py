from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class FocalpointsConfig(AppConfig):
    name = "focalpoints"
    verbose_name = _("Focal points")

    def ready(self) -> None:
        from focalpoints.ledger_triggers import restore_triggers

        post_migrate.connect(restore_triggers, sender=self)
