"""The files of what the coordination office found, and of where that disagrees with what was claimed, verified and printed."""

from functools import partial

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from focalpoints import clock
from focalpoints.tables.answer import answered, public_file
from focalpoints.tables.xlsx_file import counted
from principles.models import Objective
from projects.forms.commitments import CommitmentFilter
from projects.models import Assessment, Commitment
from projects.reading.as_of import on_a_day
from projects.reading.day import Day
from projects.reading.disagreements import ANY
from projects.tables.disagreements import DISAGREEMENTS, disagreement_rows
from projects.tables.findings import FINDINGS, finding_rows
from projects.views.commitments import commitment_list
from projects.views.take_away import list_file


@public_file(*CommitmentFilter.params())
@on_a_day
def disagreement_download(request: HttpRequest, day: Day, fmt: str) -> HttpResponseBase:
    """Of the list's commitments, those of which anything disagrees, and in what."""
    query = request.GET.copy()
    query.setdefault("disagreement", ANY)
    filters = CommitmentFilter(query, CommitmentFilter.listed(day), on=day.on)  # type: ignore[arg-type]
    rows = partial(disagreement_rows, filters, day)
    return list_file(request, DISAGREEMENTS, fmt, filters, rows, "projects:commitment_list", commitment_list)


@public_file("commitment", "objective")
def finding_download(request: HttpRequest, fmt: str) -> HttpResponseBase:
    """All findings, or those on one commitment or objective."""
    code, number = request.GET.get("commitment", ""), request.GET.get("objective", "")
    rows, asked = Assessment.objects.all(), []
    if code:
        rows = rows.filter(commitment=get_object_or_404(Commitment, code=code))
        asked.append((_("Commitment"), code))
    if number:
        known = int(number) if number.isdecimal() and len(number) < 4 else 0
        rows = rows.filter(objective=get_object_or_404(Objective, number=known, parent=None))
        asked.append((_("Objective"), number))
    names = [f"{label} {value}" for label, value in asked]
    return answered(
        request,
        FINDINGS,
        finding_rows(rows),
        fmt,
        name_parts=names,
        day=clock.today(),
        count=lambda: counted(rows),
        filters=asked,
    )
