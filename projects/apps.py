from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = _("Projects")

    def ready(self) -> None:
        from focalpoints.workflow import OPEN_WORK
        from projects.baseline_triggers import restore_triggers
        from projects.workflow import OPEN_TASKS

        OPEN_WORK.append(OPEN_TASKS)
        post_migrate.connect(restore_triggers, sender=self)
