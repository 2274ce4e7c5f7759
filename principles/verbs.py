"""The table of verbs of pillars, principles, objectives and enablers. Only the load of reference data calls them."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from focalpoints.workflow import Noun, Verb
from principles.models import Enabler, Objective, Pillar, Principle


def _is_there(row: object) -> str:
    return "there"


_NOUNS = {
    "pillar": (_("Pillar"), Pillar),
    "principle": (_("Principle"), Principle),
    "objective": (_("Objective"), Objective),
    "enabler": (_("Enabler"), Enabler),
}
NOUNS = [Noun(name, words, model, {"there": words}, _is_there) for name, (words, model) in _NOUNS.items()]
VERBS = [
    verb
    for noun in _NOUNS
    for verb in (
        Verb(
            noun=noun, name="define", label=_("Define"), doer="keeper of the catalogue", on=(), target="there",
            sentence=pgettext_lazy("ledger", "Definition"), is_public=False,
        ),
        Verb(
            noun=noun, name="correct", label=_("Correct"), doer="keeper of the catalogue",
            sources=frozenset({"there"}), sentence=pgettext_lazy("ledger", "Correction"), is_public=False,
        ),
    )
]  # fmt: skip
