from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrinciplesConfig(AppConfig):
    name = "principles"
    verbose_name = _("Principles")

    def ready(self) -> None:
        from focalpoints.workflow import register
        from principles.verbs import NOUNS, VERBS

        register(NOUNS, {}, VERBS)
