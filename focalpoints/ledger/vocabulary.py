"""The ledger's codes in words. Nouns, because in Spanish a participle would have to agree with each kind of subject."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from focalpoints.models import Agency
from focalpoints.workflow import StrOrPromise

VERBS: dict[str, StrOrPromise] = {
    "create": pgettext_lazy("ledger", "Creation"),
    "correct": pgettext_lazy("ledger", "Correction"),
    "cancel": pgettext_lazy("ledger", "Cancellation"),
    "link": pgettext_lazy("ledger", "Link to a principle"),
    "define": pgettext_lazy("ledger", "Definition"),
    "propose": pgettext_lazy("ledger", "Proposal"),
    "confirm": pgettext_lazy("ledger", "Confirmation"),
    "decline": pgettext_lazy("ledger", "Refusal"),
    "assign": pgettext_lazy("ledger", "Assignment"),
    "recur": pgettext_lazy("ledger", "Next period"),
    "recount": pgettext_lazy("ledger", "New count of agencies"),
    "submit": pgettext_lazy("ledger", "Submission"),
    "withdraw": pgettext_lazy("ledger", "Withdrawal"),
    "accept": pgettext_lazy("ledger", "Acceptance"),
    "return": pgettext_lazy("ledger", "Return for correction"),
    "request": pgettext_lazy("ledger", "Request for a new date"),
    "approve": pgettext_lazy("ledger", "Approval"),
    "reject": pgettext_lazy("ledger", "Rejection"),
    "set_date": pgettext_lazy("ledger", "First date"),
    "correct_date": pgettext_lazy("ledger", "Correction of a wrongly captured date"),
    "note": pgettext_lazy("ledger", "No change"),
    "adopt": pgettext_lazy("ledger", "Adoption"),
    "redact": pgettext_lazy("ledger", "Redaction"),
    "pause": pgettext_lazy("ledger", "Pause of reminders"),
    "resume": pgettext_lazy("ledger", "Resumption of reminders"),
    "close": pgettext_lazy("ledger", "Closure"),
    "invite": pgettext_lazy("ledger", "Invitation"),
    "invite_again": pgettext_lazy("ledger", "New invitation"),
    "deactivate": pgettext_lazy("ledger", "Deactivation"),
    "reactivate": pgettext_lazy("ledger", "Reactivation"),
    "appoint": pgettext_lazy("ledger", "Appointment"),
    "end": pgettext_lazy("ledger", "End of the appointment"),
    "grant": pgettext_lazy("ledger", "Grant of a role"),
    "revoke": pgettext_lazy("ledger", "Revocation of a role"),
}
SUBJECTS: dict[str, StrOrPromise] = {
    "agency": _("Agency"),
    "person": _("Person"),
    "appointment": _("Appointment"),
    "role": _("Role"),
    "pillar": _("Pillar"),
    "principle": _("Principle"),
    "objective": _("Objective"),
    "enabler": _("Enabler"),
    "project": _("Project"),
    "commitment": _("Commitment"),
    "task": _("Task"),
    "follow-up": _("Follow-up"),
    "light-rule": _("Thresholds of the traffic light"),
    "date-change": _("Date change"),
    "message-text": _("Text of the reminders"),
}
# Who acted where it was no agency. CEDN is one too, under that key.
OFFICES: dict[str, StrOrPromise] = {
    "CEDN": _("National Digital Strategy Coordination"),
    "administration": _("Administration of the portal"),
    "system": _("Automatic process"),  # loads of reference data and scheduled jobs
}


def verb_in_words(verb: str) -> StrOrPromise:
    """The event's name; its code where the ledger holds one that this release does not know."""
    return VERBS.get(verb, verb)


def subject_in_words(subject_type: str) -> StrOrPromise:
    return SUBJECTS.get(subject_type, subject_type)


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
