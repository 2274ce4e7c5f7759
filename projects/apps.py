from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = _("Projects")

    def ready(self) -> None:
        from focalpoints.workflow import OPEN_WORK
        from projects.workflow import OPEN_TASKS

        OPEN_WORK.append(OPEN_TASKS)
