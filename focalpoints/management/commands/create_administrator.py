from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from focalpoints.actions import ensure_system, grant_role, invite
from focalpoints.models import Role, User
from focalpoints.one_time_links import INVITATION
from focalpoints.workflow import NotPossible


class Command(BaseCommand):
    help = "Makes the first administrator and prints the link at which she chooses her password. Nothing is mailed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", required=True, help="full name")
        parser.add_argument("--position", default="")
        parser.add_argument("--language", default="es-mx", choices=["es-mx", "en"])

    def handle(self, *args: Any, email: str, name: str, position: str, language: str, **options: Any) -> None:
        system = ensure_system()
        try:
            with transaction.atomic():
                person = User.objects.people().at(email).first()
                person = person or invite(by=system, name=name, email=email, position=position, language=language)
                grant_role(person, Role.Kind.ADMINISTRATOR, by=system)
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        except NotPossible as error:
            raise CommandError(str(error)) from error
        if person.has_usable_password():
            self.stdout.write(f"{person.email} is an administrator and signs in as before.")
        else:
            self.stdout.write(f"{person.email} is an administrator. The link works once, for seven days:")
            self.stdout.write(INVITATION.address(person))
