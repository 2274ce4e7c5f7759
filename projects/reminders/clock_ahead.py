"""After a clock that ran ahead: what it sent is taken out of the days to come, and nobody hears twice on one day for it."""

from datetime import date, timedelta

from django.db import transaction

from projects.models import DailyAnchor, DailyMessage

NOTE = "A clock that ran ahead dated it %s."


@transaction.atomic
def take_back(today: date) -> int:
    """How many messages of later days than `today` there were.

    They may have arrived, so whoever had one gets none today; what they said was of another day, so none of it counts as said.
    """
    astray = list(DailyMessage.objects.select_for_update().filter(day__gt=today).order_by("day", "pk"))
    people = {message.person_id for message in astray}
    taken = set(DailyMessage.objects.filter(person__in=people).values_list("person", "day"))
    for message in astray:
        day = today
        while (message.person_id, day) in taken:
            day -= timedelta(days=1)
        taken.add((message.person_id, day))
        DailyMessage.objects.filter(pk=message.pk).update(
            day=day, state=DailyMessage.State.UNKNOWN, sent_at=None, next_attempt_at=None, error=NOTE % message.day
        )
    DailyAnchor.objects.filter(day__gt=today).delete()
    return len(astray)
