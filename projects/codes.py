"""Codes tell what they name: MC-250K-T1 a task, MC-250K-T1-S2 its second follow-up, MC-250K-R1 a request for a new date,
MC-250K-V1 a finding on the whole."""

import re

from django.db.models import Model
from django.utils.translation import gettext as _

from projects.models import Commitment

_END = re.compile(r"-[TSRV][0-9]+\Z")
_ENDS = re.compile(r"(?:-[TSRV][0-9]+)*\Z")


def against_commitment_code(code: str) -> str:
    """Why no commitment can have this code, because it or a longer one would be taken for a task's or the like. Else empty."""
    longer = Commitment.objects.filter(code__startswith=f"{code}-").values_list("code", flat=True)
    other = Commitment.objects.filter(code__in=_stems(code)).values_list("code", flat=True).first()
    other = other or next((found for found in longer if code in _stems(found)), None)
    if other is None:
        return ""
    return _(
        "Beside the commitment %(code)s it would be taken for the code of a task (-T1), of a follow-up (-S1), of a request (-R1) "
        "or of a finding (-V1). Choose another."
    ) % {"code": other}


def next_code(model: type[Model], stem: str, made: int) -> str:
    """`stem` with the number after those `made` already, or a later one: a commitment may be called like another's task."""
    number = made + 1
    while model._default_manager.filter(code=f"{stem}{number}").exists():
        number += 1
    return f"{stem}{number}"


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
