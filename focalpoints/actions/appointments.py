"""Verbs on appointments: who answers for an agency, and until when."""

from datetime import date

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.actions.agencies import refuse_closed
from focalpoints.actions.corrections import refuse_invalid
from focalpoints.actions.entries import begin_notices, recorded
from focalpoints.facts import appointment_state
from focalpoints.models import Agency, Appointment, Entry, User
from focalpoints.turn import in_turn
from focalpoints.workflow import NotPossible, Stale, permitted


@in_turn
def appoint(
    *, by: User, user: User, agency: Agency, kind: str, since: date, until: date | None = None, letter: str = ""
) -> Appointment:
    """Let `user` answer for `agency` from `since`; `until` is the first day without power, None for no end.

    Its head is told of what stays late and gets no power. Raises NotPossible for a closed agency, an inactive account,
    a second titular or head or a second appointment in the same days.
    """
    by = permitted("appointment.appoint", by=by)
    refuse_closed(agency)
    refuse_inactive(user)
    if until is not None and until <= since:
        raise NotPossible(_("The last day of the appointment cannot come before the first. Check both."))
    same_days = agency.appointments.filter(_overlaps(since, until)).select_related("user")
    if same_days.filter(user=user).exists():
        raise NotPossible(
            _("%(person)s is already appointed in this agency in those days. End that appointment first.")
            % {"person": user}
        )
    if kind == Appointment.Kind.TITULAR and (titular := same_days.filter(kind=kind).first()):
        raise NotPossible(
            _(
                "%(person)s is the titular of this agency in those days. End that appointment first, or appoint an alternate."
            )
            % {"person": titular.user}
        )
    if kind == Appointment.Kind.HEAD and (head := same_days.filter(kind=kind).first()):
        raise NotPossible(
            _("%(person)s is the head of this agency in those days. End that appointment first.")
            % {"person": head.user}
        )
    appointment = Appointment(user=user, agency=agency, kind=kind, since=since, until=until, letter=letter)
    refuse_invalid(appointment)
    appointment.save(force_insert=True)
    entry = recorded("appoint", appointment_state(appointment), by=by, person=user.code, letter=letter)
    begin_notices(user, entry)
    return appointment


@in_turn
def end_appointment(appointment: Appointment, *, by: User, on: date, reason: str = "") -> Entry:
    """`on` is the first day without power: today takes effect at the next request.

    It is never before today, because what was done in the meantime was done with power. An appointment that has not
    begun by `on` never begins. Raises Stale when somebody else ended it or moved its end first.
    """
    by = permitted("appointment.end", appointment, by=by)
    if on < clock.today():
        raise NotPossible(_("Its last day can be yesterday at the earliest: what was done until now was done with it."))
    if appointment.until is not None and on > appointment.until:
        raise NotPossible(
            _("It already ends earlier than that. To extend it, appoint the person again from the day after its end.")
        )
    until = max(on, appointment.since)
    if not Appointment.objects.filter(pk=appointment.pk, until=appointment.until).update(until=until):
        raise Stale
    appointment.until = until
    return recorded("end", appointment_state(appointment), by=by, person=appointment.user.code, reason=reason)


def refuse_inactive(person: User) -> None:
    """Raise NotPossible for somebody who cannot sign in: such a person is given no power."""
    if not User.objects.active().people().filter(pk=person.pk).exists():
        raise NotPossible(_("The account of %(person)s is not active. Activate it first.") % {"person": person})


def _overlaps(since: date, until: date | None) -> Q:
    """Appointments with a day in [since, until). One that never began has none."""
    ends_later = Q(until=None) | Q(until__gt=since)
    begins_earlier = Q(since__lt=until) if until else Q()
    return ends_later & begins_earlier & ~Q(until=F("since"))
