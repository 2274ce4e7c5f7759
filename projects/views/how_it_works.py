"""The public page that explains the procedure: its six steps with a case of the record, and the tables that the verbs obey."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from focalpoints import clock
from focalpoints.models import Role
from focalpoints.pages.page_cache import public_page
from focalpoints.workflow import DOERS, NOUNS, VERBS, Noun, Verb
from projects.light.thresholds import in_force
from projects.reading.journey import latest_journey


@public_page()
def how_it_works(request: HttpRequest) -> HttpResponse:
    """The tables have every verb that the ledger tells, under what it is about."""
    told = [verb for verb in VERBS.values() if verb.entry_name is not None and not verb.is_retired]
    procedures = [(noun.words, [_step(verb, noun) for verb in told if verb.noun == noun.name]) for noun in _in_order()]
    context = {
        "procedures": [(title, steps) for title, steps in procedures if steps],
        "case": latest_journey(),
        "thresholds": in_force(clock.today()),
        "roles": [{**row, "label": Role.Kind(row["kind"]).label} for row in Role.objects.tally()],
    }
    return render(request, "projects/how_it_works.html", context)


def _in_order() -> list[Noun]:
    """What most people come for first: what agencies promise and report."""
    first = [NOUNS[name] for name in ("task", "follow-up", "request", "commitment", "project")]
    return [*first, *(noun for noun in NOUNS.values() if noun not in first)]


def _step(verb: Verb, noun: Noun) -> dict[str, object]:
    words = {state: label for name in verb.asked_of for state, label in NOUNS[name].states.items()}
    return {
        "label": verb.label,
        "sources": [_("Not there yet")] if verb.makes else [words[state] for state in words if state in verb.sources],
        "target": noun.states.get(verb.target) or _("unchanged"),
        "who": DOERS[verb.doer].words,
    }
