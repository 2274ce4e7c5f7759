"""Codes tell what they name: MC-250K-T1 a task, MC-250K-T1-S2 its second follow-up, MC-250K-R1 a request for a new date."""

import re

from django.utils.translation import gettext as _

_ITEM_S = re.compile(r"-[TSR][0-9]+\Z", re.IGNORECASE)


def against_commitment_code(code: str) -> str:
    """Why no commitment can be called so; empty when it can."""
    if not _ITEM_S.search(code):
        return ""
    return _(
        "The code ends like that of a task (-T1), of a follow-up (-S1) or of a request for a new date (-R1), "
        "and would be taken for one. Choose another."
    )
