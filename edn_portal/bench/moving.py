"""Moves the ledger between two requests, as the portal's people do: by a follow-up about something that the next page shows."""

from typing import Any
from uuid import uuid4

from edn_portal.bench.people import free_tasks
from focalpoints import clock
from focalpoints.models import Appointment, User
from projects.actions import save_and_submit
from projects.models import Task

WORDS = {"done": "Se avanzó en la integración de los servicios (medición).", "next_step": "", "obstacle": ""}


class Mover:
    """Logs follow-ups in the name of fictional focal points, in this process: its CPU is not the server's."""

    def __init__(self) -> None:
        seated = Appointment.objects.focal_points().active(clock.today()).filter(user__is_active=True)
        appointments = seated.filter(user__is_fictional=True).select_related("user")
        self.person_of: dict[int, User] = {row.agency_id: row.user for row in appointments}

    def move(self, **scope: Any) -> bool:
        """Log a follow-up of a task in this scope (lookups), of any where it has none left; whether there was one at all."""
        for where in (scope, {}):
            tasks = free_tasks().filter(agency__in=self.person_of).filter(**where).order_by("-pk")
            if task := tasks.select_related("agency", "commitment").first():
                self._log(task)
                return True
        return False

    def _log(self, task: Task) -> None:
        progress = min(99, (task.verified_progress or 0) + 1)
        by = self.person_of[task.agency_id]
        save_and_submit(task, by=by, revision=None, page=uuid4().hex, progress=progress, **WORDS)
