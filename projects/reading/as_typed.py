"""The code that somebody means who typed or copied an address: `mc-250k`, or an agency's acronym instead of its key.

Only what this person may see is found, and only where exactly one thing can be meant.
"""

import re
from collections.abc import Callable

from django.db.models import QuerySet
from django.db.models.functions import Lower

from focalpoints.models import Agency
from focalpoints.rules import Person
from focalpoints.text import CODE_ALPHABET
from projects.codes import in_parts
from projects.models import Assessment, Commitment, FollowUp, Project, Request, Task

RANDOM = re.compile(rf"[A-Z]-[{CODE_ALPHABET}]+")
Finder = Callable[[str, Person], str]


def _only(found: QuerySet) -> str:
    """The one code found; empty for none and for several."""
    codes = list(found.order_by()[:2])
    return codes[0] if len(codes) == 1 else ""


def agency_key(typed: str, person: Person) -> str:
    return _only(Agency.objects.called(typed).values_list("key", flat=True))


def project_slug(typed: str, person: Person) -> str:
    return _only(Project.objects.alias(small=Lower("slug")).filter(small=typed.lower()).values_list("slug", flat=True))


def commitment_code(typed: str, person: Person) -> str:
    return _only(
        Commitment.objects.alias(small=Lower("code")).filter(small=typed.lower()).values_list("code", flat=True)
    )


def task_code(typed: str, person: Person) -> str:
    return _below_commitment(Task.objects.visible_to(person), typed, person)


def follow_up_code(typed: str, person: Person) -> str:
    return _below_commitment(FollowUp.objects.visible_to(person), typed, person)


def request_code(typed: str, person: Person) -> str:
    return _below_commitment(Request.objects.visible_to(person), typed, person)


def assessment_code(typed: str, person: Person) -> str:
    return _below_commitment(Assessment.objects.all(), typed, person)


def random_code(typed: str, person: Person) -> str:
    """A person's, an appointment's, a role's: in capitals whether or not it exists, which is nobody's business."""
    return typed.upper() if RANDOM.fullmatch(typed.upper()) else ""


def _below_commitment(visible: QuerySet, typed: str, person: Person) -> str:
    """By the commitment's code in any case and the rest in capitals, so that an index finds it among a million."""
    stem, rest = in_parts(typed)
    above = commitment_code(stem, person)
    return _only(visible.filter(code=above + rest).values_list("code", flat=True)) if above and rest else ""
