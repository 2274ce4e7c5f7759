"""The public page that explains the procedure. It shows the tables of moves that the verbs obey."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from focalpoints.pages.page_cache import public_page
from focalpoints.workflow import AGENCY_MOVES, APPOINTMENT_MOVES, PERSON_MOVES, ROLE_MOVES, StrOrPromise
from projects.models import DateChange, FollowUp, Task
from projects.workflow import DATE_CHANGE_MOVES, FOLLOW_UP_MOVES, TASK_MOVES


@public_page()
def how_it_works(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "projects/how_it_works.html",
        {
            "procedures": [
                (_("A task"), _steps(TASK_MOVES, dict(Task.State.choices))),
                (_("A follow-up"), _steps(FOLLOW_UP_MOVES, dict(FollowUp.State.choices))),
                (
                    _("A due date"),
                    _steps(DATE_CHANGE_MOVES, {"": _("Not there yet"), **dict(DateChange.State.choices)}),
                ),
                (_("An agency"), _steps(AGENCY_MOVES)),
                (_("A person"), _steps(PERSON_MOVES)),
                (_("An appointment"), _steps(APPOINTMENT_MOVES)),
                (_("A role"), _steps(ROLE_MOVES)),
            ],
        },
    )


# The administrators' tables name the states; these are the words for them.
STANDINGS: dict[str, StrOrPromise] = {
    "": _("Not there yet"),
    "registered": _("Registered"),
    "closed": _("Closed"),
    "new": _("Invited, has not signed in"),
    "active": _("With access"),
    "inactive": _("Without access"),
    "open": _("In force"),
    "ended": _("Ended"),
    "held": _("Held"),
}


def _steps(moves: Mapping[str, Any], words: Mapping[str, StrOrPromise] = STANDINGS) -> list[dict[str, object]]:
    return [
        {
            "label": move.label,
            "sources": [label for state, label in words.items() if state in move.sources],
            "target": words[move.target],
            "who": move.who,
        }
        for move in moves.values()
    ]
