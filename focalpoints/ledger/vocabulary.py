"""The ledger's codes in words: what an entry is about, and the office that acted. What happened is in the tables of verbs."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from focalpoints.models import Agency
from focalpoints.workflow import NOUNS, StrOrPromise

# Who acted where it was no agency. CEDN is one too, under that key.
OFFICES: dict[str, StrOrPromise] = {
    "CEDN": _("National Digital Strategy Coordination"),
    "administration": _("Administration of the portal"),
    "system": _("Automatic process"),  # loads of reference data and scheduled jobs
}


def subject_in_words(subject_type: str) -> StrOrPromise:
    """The noun; its code where the ledger holds one that this release does not know."""
    noun = NOUNS.get(subject_type)
    return noun.words if noun else subject_type


def office_in_words(office: str) -> StrOrPromise:
    """The office that acted, spelled out: one of ours, or an agency by its key (one query)."""
    if office in OFFICES:
        return OFFICES[office]
    agency = Agency.objects.filter(key=office).first()
    return agency.name if agency else office


def office_in_short(office: str, names: Mapping[str, str]) -> StrOrPromise:
    """The office that acted, for a history: an agency, CEDN too, as `names` has it by its key."""
    if office == "CEDN":
        return names.get(office, office)
    return names.get(office) or OFFICES.get(office, office)
