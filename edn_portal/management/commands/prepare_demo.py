"""Make or complete the demonstration's database and static files; safe to run again."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from edn_portal.demo import preparation
from focalpoints.models import User
from projects.actions.periods import open_periods
from projects.derived.day_figures import keep_missing_days


class Command(BaseCommand):
    help = (
        "Migrate, load the reference data and the fictional months, send reminders, publish the day's data, and collect static files, "
        "for a demo only."
    )

    def handle(self, **options: Any) -> None:
        refuse_unless_demo()
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("load_reference", stdout=self.stdout)
        call_command("demo", stdout=self.stdout)
        open_periods()
        preparation.remind()
        keep_missing_days()
        call_command("dump_data", stdout=self.stdout)


def refuse_unless_demo() -> None:
    """Raise CommandError where the demonstration would mix with a record that is kept in earnest."""
    if not settings.DEMO:
        raise CommandError("This is not a demo (EDN_MODE is not demo). Nothing was touched.")
    if holds_real_people():
        raise CommandError("This database holds people who are not fictional: it is no demo's. Nothing was touched.")


def holds_real_people() -> bool:
    """Whether somebody works here in earnest. A demo has fictional people from its first load on; nobody else ever has."""
    if User._meta.db_table not in connection.introspection.table_names():
        return False
    people = User.objects.people()
    return people.exists() and not people.filter(is_fictional=True).exists()
