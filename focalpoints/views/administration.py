"""The administrators' overview: what needs attention first."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from focalpoints import clock
from focalpoints.alarms import alarms
from focalpoints.forms.appointments import SOON
from focalpoints.models import Agency, Appointment, User, has_focal_point
from focalpoints.pages.signed_in import for_administrators
from focalpoints.workflow import vacant

SHOWN = 10  # of each list; the rest is behind a link


@require_safe
@for_administrators
def administration(request: HttpRequest) -> HttpResponse:
    """Empty seats first (an alarm), then appointments that end soon and people who have not come."""
    on = clock.today()
    without = Agency.objects.registered().exclude(has_focal_point(on))
    empty_seats = vacant(Agency.objects.registered(), on)
    ending = Appointment.objects.ending_by(on + SOON, on=on).select_related("user", "agency")
    waiting = User.objects.people().invited_never_signed_in().order_by("invited_at")
    context = {
        "alarms": alarms(),
        "registered": Agency.objects.registered().count(),
        "without_count": without.count(),
        "empty_seats": empty_seats.select_related("parent")[:SHOWN],
        "empty_seat_count": empty_seats.count(),
        "ending": ending[:SHOWN],
        "ending_count": ending.count(),
        "waiting": waiting[:SHOWN],
        "waiting_count": waiting.count(),
        "people_count": User.objects.people().active().count(),
        "appointment_count": Appointment.objects.active(on).count(),
    }
    return render(request, "focalpoints/administration.html", context)
