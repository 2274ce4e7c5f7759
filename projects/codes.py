"""Codes tell what they name: MC-250K-T1 a task, MC-250K-T1-S2 its second follow-up, MC-250K-R1 a request for a new date,
MC-250K-V1 a finding on the whole."""

import re

from django.db.models import Model
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from projects.models import Commitment, Project

_END = re.compile(r"-[TSRV][0-9]+\Z", re.IGNORECASE)
_ENDS = re.compile(r"(?:-[TSRV][0-9]+)*\Z")


def against_commitment_code(code: str) -> str:
    """Why no commitment can have this code: another one has it, or it or a longer one would be taken for a task's. Else empty."""
    known = Commitment.objects.alias(small=Lower("code"))
    if same := known.filter(small=code.lower()).first():
        told = {"code": same.code, "title": same.title}
        return _("%(code)s is the code of “%(title)s” already, in this or another spelling. Choose another.") % told
    longer = known.filter(small__startswith=f"{code.lower()}-").values_list("code", flat=True)
    other = known.filter(small__in=_stems(code.lower())).values_list("code", flat=True).first()
    other = other or next((found for found in longer if code.lower() in _stems(found.lower())), None)
    if other is None:
        return ""
    return _(
        "Beside the commitment %(code)s it would be taken for the code of a task (-T1), of a follow-up (-S1), of a request (-R1) "
        "or of a finding (-V1). Choose another."
    ) % {"code": other}


def against_project_address(slug: str) -> str:
    """Why no project can have this short address, because another one has it. Else empty."""
    other = Project.objects.alias(small=Lower("slug")).filter(small=slug.lower()).first()
    if other is None:
        return ""
    told = {"slug": other.slug, "title": other.title}
    return _("%(slug)s is the address of “%(title)s” already. Choose another.") % told


def next_code(model: type[Model], stem: str, made: int) -> str:
    """`stem` with the number after those `made` already, or a later one: a commitment may be called like another's task."""
    number = made + 1
    while model._default_manager.filter(code=f"{stem}{number}").exists():
        number += 1
    return f"{stem}{number}"


def of_task(code: str) -> str:
    """The commitment's code in that of its task, which may be called like another commitment's task itself."""
    return code.rpartition("-T")[0]


def in_parts(code: str) -> tuple[str, str]:
    """The commitment's part of a code, as it was typed, and what stands behind it, in capitals: `mc-250k`, `-T1-S2`."""
    end = _ENDS.search(code.upper())
    at = end.start() if end else len(code)
    return code[:at], code[at:].upper()


def _stems(code: str) -> list[str]:
    """The codes to which this one adds a task, a follow-up or a request: MC-250K-T1 and MC-250K for MC-250K-T1-S2."""
    found = []
    while (stem := _END.sub("", code)) != code:
        found.append(stem)
        code = stem
    return found
