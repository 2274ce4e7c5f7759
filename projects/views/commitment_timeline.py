"""The commitments of the list on a timeline: the first date of each, the current one, and the days that it is late."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from focalpoints import clock
from focalpoints.pages.page_cache import public_page, stands_for
from focalpoints.pages.parameters import Unknown
from projects.forms.commitments import CommitmentFilter
from projects.models import Commitment
from projects.reading.as_of import on_a_day
from projects.reading.day import Day
from projects.reading.lists.listed_rows import commitments_by_key
from projects.reading.lists.listing import listing
from projects.views.commitments import TYPED
from projects.views.filters import filter_page


@public_page(*CommitmentFilter.params(), unbounded=TYPED, unknown=Unknown.SAID)
@on_a_day
def commitment_timeline(request: HttpRequest, day: Day) -> HttpResponse:
    """Filters, order, day and pages are the list's: `listing` finds the same rows."""
    filters = CommitmentFilter(request.GET, CommitmentFilter.listed(day), on=day.on)  # type: ignore[arg-type]
    found = listing(
        filters, request.GET.get("page"), partial(commitments_by_key, day=day), partial(stands_for, request)
    )
    context = {"day": day, "filters": filters, "form": filters.form, "found": found, "commitments": found.rows}
    return render(request, "projects/commitment_timeline.html", context, status=found.status)


@public_page(*CommitmentFilter.params(), unbounded=TYPED, unknown=Unknown.SAID)
def commitment_timeline_filter(request: HttpRequest) -> HttpResponse:
    filters = CommitmentFilter(request.GET, Commitment.objects.none(), on=clock.today(), is_whole=True)
    return filter_page(
        request, filters.form, "projects:commitment_timeline", groups=filters.groups,
        listed=_("Timeline of commitments"), title=_("Filter the timeline of commitments"),
        above=[("projects:board", _("Board")), ("projects:commitment_list", _("Commitments"))],
    )  # fmt: skip
