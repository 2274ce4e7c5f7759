"""The procedure as the code carries it out: the rules of the lights and the tables of moves, read from where they are applied."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from projects.caching import public_page
from projects.lights import COMMITMENT_RULE, RULE_VERSION, TASK_RULE
from projects.models import FollowUp, Task
from projects.why import published
from projects.workflow import MOVES, TASK_MOVES


@public_page()
def how_it_works(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "projects/how_it_works.html",
        {
            "version": RULE_VERSION,
            "rules": [
                ("task", _("A task's light"), list(published(TASK_RULE))),
                ("commitment", _("A commitment's light"), list(published(COMMITMENT_RULE))),
            ],
            "procedures": [
                (_("A task"), _steps(TASK_MOVES, Task.State)),
                (_("A follow-up"), _steps(MOVES, FollowUp.State)),
            ],
        },
    )


def _steps(moves: dict, states: type[Task.State] | type[FollowUp.State]) -> list[dict[str, object]]:
    return [
        {
            "label": move.label,
            "sources": [state.label for state in states if state in move.sources],
            "target": states(move.target).label,
            "who": move.who,
        }
        for move in moves.values()
    ]
