from django.apps import AppConfig
from django.core.checks import Tags, register


class EdnPortalConfig(AppConfig):
    """Settings, URLs and cross-cutting commands; no models."""

    name = "edn_portal"

    def ready(self) -> None:
        from edn_portal.operations.checks import the_database_keeps_what_it_says

        register(the_database_keeps_what_it_says, Tags.security, deploy=True)
