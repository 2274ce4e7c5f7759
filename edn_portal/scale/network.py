"""The made-up agencies, people, appointments and projects. They are few, so the verbs themselves make them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from django.contrib.auth.hashers import make_password

from edn_portal.reference import add_or_correct
from edn_portal.scale import words
from edn_portal.scale.size import Size
from focalpoints import clock
from focalpoints.actions import appoint, create_agency, ensure_system, grant_role, invite
from focalpoints.models import Agency, Appointment, Role, User
from principles.models import Enabler, Objective, Principle
from principles.reference import Enablers, Objectives, Pillars, Principles, SecondaryObjectives
from projects import actions
from projects.models import Project

MINISTRIES, COORDINATORS = 18, 6
DOMAIN = "escala.example"


@dataclass(frozen=True, slots=True)
class Network:
    """Everybody and everything that commitments are made of. `focal_points[n]` answers for `agencies[n]`."""

    agencies: list[Agency]
    focal_points: list[User]
    coordinators: list[User]
    projects: list[Project]


def build(size: Size, password: str) -> Network:
    """Make the strategy, the people, the agencies and the projects, dated the day before the story begins."""
    with clock.at(size.begins - timedelta(days=1)):
        system = ensure_system()
        for table in (Pillars(), Principles(), Objectives(), SecondaryObjectives(), Enablers()):
            for row in table.rows():
                add_or_correct(table, row, by=system, is_free=True)
        _person(system, "Administración ficticia", "administracion", Role.Kind.ADMINISTRATOR)
        coordinators = [
            _person(system, f"Coordinación ficticia {number}", f"coordinacion-{number}", Role.Kind.COORDINATOR)
            for number in range(1, COORDINATORS + 1)
        ]
        agencies = list(_agencies(size, system))
        focal_points = [_focal_point(system, agency, number) for number, agency in enumerate(agencies, 1)]
        projects = list(_projects(size, coordinators[0], agencies))
    # One hash for everybody: hashing a password takes a third of a second.
    User.objects.filter(is_fictional=True).update(password=make_password(password))
    return Network(agencies, focal_points, coordinators, projects)


def _person(system: User, name: str, mailbox: str, role: str) -> User:
    person = invite(by=system, name=name, email=f"{mailbox}@{DOMAIN}", position="Puesto ficticio", is_fictional=True)
    grant_role(person, role, by=system)
    return person


def _agencies(size: Size, system: User) -> Iterator[Agency]:
    heads: list[Agency] = []
    for number in range(1, size.agencies + 1):
        is_head = number <= min(MINISTRIES, size.agencies)
        head = None if is_head else heads[number % len(heads)]
        agency = create_agency(
            by=system,
            key=f"F{number}",
            name=f"{'Secretaría' if is_head else 'Organismo'} de la red ficticia {number}",
            kind=Agency.Kind.MINISTRY_LEVEL if is_head else Agency.Kind.DECENTRALISED,
            acronym=f"{'SF' if is_head else 'OF'}{number}",
            parent=head,
            is_ministry=is_head,
            note="Ficticia, para medir.",
        )
        heads += [agency] if is_head else []
        yield agency


def _focal_point(system: User, agency: Agency, number: int) -> User:
    person = invite(
        by=system,
        name=f"Punto de contacto ficticio {number}",
        email=f"punto-{number}@{DOMAIN}",
        position="Puesto ficticio",
        is_fictional=True,
    )
    appoint(
        by=system, user=person, agency=agency, kind=Appointment.Kind.TITULAR, since=clock.today(), letter="Ficticio"
    )
    return person


def _projects(size: Size, coordinator: User, agencies: list[Agency]) -> Iterator[Project]:
    """Each belongs to one principle; some have no objective or no enabler, as in the real data."""
    rng = Random("projects")  # noqa: S311 - made-up data, the same each time
    objectives, enablers = list(Objective.objects.filter(parent=None)), list(Enabler.objects.all())
    principles = list(Principle.objects.all())
    for number in range(1, size.projects + 1):
        project = actions.create_project(
            by=coordinator,
            slug=f"ficticio-{number}",
            title=words.project_title(rng, number),
            kind=Project.Kind.PROGRAMME,
            lead_agency=rng.choice(agencies),
            objective=rng.choice([*objectives, None]),
            enabler=rng.choice([*enablers, None]),
        )
        actions.link_activity(
            project, rng.choice(principles), by=coordinator, order=number, as_printed=f"{project.title}, actividad"
        )
        yield project
