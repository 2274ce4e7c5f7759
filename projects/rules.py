"""May this person? Questions about projects' rows, asked by the verbs themselves."""

from datetime import datetime

from django.db.models import Count

from focalpoints import business_days, clock
from focalpoints.models import Agency, Entry, Role, User
from focalpoints.rules import Person, acts_for, coordinator_since, is_administrator, is_coordinator, is_focal_point
from projects.models import Assessment, Commitment, Evidence, FollowUp, Request, SavedView, Task

# Business days after which a coordinator who asked may decide alone.
DAYS_FOR_COLLEAGUES = 10


def is_bound(commitment: Commitment, agency_id: int) -> bool:
    """Whether this agency answers for the commitment; none does where none was published."""
    if commitment.binds == Commitment.Binds.ALL:
        return True
    return commitment.binds == Commitment.Binds.NAMED and commitment.agencies.filter(pk=agency_id).exists()


def gets_notices(user: Person) -> bool:
    """Has a bell: a focal point hears of their agencies' items, a coordinator of what comes to the office."""
    return is_focal_point(user) or is_coordinator(user)


def reads_view(user: Person, view: SavedView) -> bool:
    """Their own, or one that somebody shared with the office in which they work."""
    return view.owner_id == user.pk or (view.is_shared and is_coordinator(user))


def keeps_view(user: Person, view: SavedView) -> bool:
    """May delete it: its owner, or a coordinator where the owner of a shared one left the office (one query, for them alone)."""
    if view.owner_id == user.pk:
        return True
    return is_coordinator(user) and SavedView.objects.left().filter(pk=view.pk).exists()


def agencies_proposing(user: Person, commitment: Commitment) -> list[Agency]:
    """The agencies in whose name this person may propose a task under this commitment (one query)."""
    if not isinstance(user, User) or not user.standing.agency_ids:
        return []
    agencies = Agency.objects.registered().filter(pk__in=user.standing.agency_ids)
    if commitment.binds == Commitment.Binds.NAMED:
        agencies = agencies.filter(commitments=commitment)
    elif commitment.binds == Commitment.Binds.NONE_PUBLISHED:
        return []
    return list(agencies)


def reports_on(user: Person, task: Task) -> bool:
    """Logs follow-up of this task: an active focal point of the agency that answers for it now."""
    return acts_for(user, task.agency_id)


def reports_for_agency(user: Person, follow_up: FollowUp) -> bool:
    """Sends or withdraws this follow-up: acts for the agency that wrote it, while the task is still that agency's."""
    return acts_for(user, follow_up.agency_id) and follow_up.task.agency_id == follow_up.agency_id


def reviews_and_did_not_write(user: Person, follow_up: FollowUp) -> bool:
    """A coordinator, but never a person who wrote or sent it."""
    wrote = {follow_up.author_id, follow_up.saved_by_id, follow_up.submitted_by_id}
    return is_coordinator(user) and user.pk not in wrote


def reviews_what_it_proves(user: Person, evidence: Evidence) -> bool:
    return evidence.follow_up is not None and reviews_and_did_not_write(user, evidence.follow_up)


def agencies_asking(user: Person, item: Commitment | Task) -> list[Agency]:
    """The agencies in whose name this person may ask for a new date: a task's own, or those that the commitment binds (one query)."""
    if isinstance(item, Commitment):
        return agencies_proposing(user, item)
    return [item.agency] if acts_for(user, item.agency_id) else []


def asks_for_date(user: Person, item: Commitment | Task) -> bool:
    """An active focal point of an agency that answers for it."""
    return bool(agencies_asking(user, item))


def asks_for_office(user: Person, item: Commitment | Task) -> bool:
    """Asks, for the coordination office, to change what was promised; but never of what their own agency answers for."""
    return is_coordinator(user) and not asks_for_date(user, item)


def still_answers(change: Request) -> bool:
    """Whether the agency that asked could still ask: the task is its own, or the commitment binds it."""
    if change.agency_id is None:
        return True
    if change.task:
        return change.task.agency_id == change.agency_id
    return is_bound(change.commitment, change.agency_id)


def withdraws_request(user: Person, change: Request) -> bool:
    """Acts for the agency that asked; of the coordination office, the person who did."""
    if change.agency_id:
        return acts_for(user, change.agency_id)
    return is_coordinator(user) and user.pk == change.asked_by_id


def decides_request(user: Person, change: Request) -> bool:
    """A coordinator since before it was asked. Never the person who asked, unless the colleagues let it lie for DAYS_FOR_COLLEAGUES."""
    return is_coordinator(user) and decides_since(user, coordinator_since(user), change)


def decides_since(user: Person, since: datetime | None, change: Request) -> bool:
    """As `decides_request`, of a coordinator since then: who asks it of many rows reads that once."""
    if since is None or since > change.asked_at:
        return False
    return user.pk != change.asked_by_id or may_decide_alone(change)


def may_decide_alone(change: Request) -> bool:
    """Whether a coordinator who asked for the office may decide, because for ten business days nobody else has."""
    waited = business_days.between(clock.day_of(change.asked_at), clock.today())
    return change.agency_id is None and waited >= DAYS_FOR_COLLEAGUES


def reads_letters(user: Person, subject: FollowUp | Request) -> bool:
    """Reads what agency and coordination office write to each other about it, and who did: that stays between the two."""
    return is_coordinator(user) or acts_for(user, subject.agency_id)


def reads_reminders(user: Person) -> bool:
    """Sees who will be and who was reminded of what."""
    return is_coordinator(user) or is_administrator(user)


def reads_pause(user: Person, item: Commitment | Task) -> bool:
    """Reads why reminders are paused: the coordination office, and the agencies that would get them."""
    return is_coordinator(user) or bool(agencies_asking(user, item))


def is_same_office(subject: FollowUp | Request) -> bool:
    """The coordination office judges its own work. Another person there may, and every page that shows it says so."""
    return subject.agency is not None and subject.agency.kind == Agency.Kind.COORDINATING_UNIT


def assessors(commitment: Commitment) -> dict[int, int]:
    """Which coordinators may assess it, by key, and how many of its follow-ups of 100 % each had accepted.

    Those who accepted none and asked for no cancellation; where nobody is left, whoever accepted fewest.
    """
    active = Role.objects.active().filter(kind=Role.Kind.COORDINATOR, user__is_active=True)
    accepted = dict.fromkeys(active.order_by().values_list("user", flat=True), 0)
    full = FollowUp.objects.accepted().filter(task__commitment=commitment, progress=100, decided_by__in=accepted)
    accepted |= full.order_by().values_list("decided_by").annotate(count=Count("pk"))
    cancelled = Entry.objects.filed_under(commitment.dossier).filter(subject_type="task", verb="cancel")
    asked = Request.objects.filter(commitment=commitment, kind=Request.Kind.CANCELLATION)
    standing = asked.filter(state__in=[Request.State.REQUESTED, Request.State.APPROVED])
    ended = {
        *cancelled.order_by().values_list("by", flat=True),
        *standing.order_by().values_list("asked_by", flat=True),
    }
    free = {user: 0 for user, count in accepted.items() if not count and user not in ended}
    fewest = min(accepted.values(), default=0)
    return free or {user: count for user, count in accepted.items() if count == fewest}


def assesses(user: Person, commitment: Commitment) -> bool:
    """Finds what became of the whole promise: a coordinator who has not made it what it is by their own acceptances."""
    return is_coordinator(user) and user.pk in assessors(commitment)


def answers_finding(user: Person, assessment: Assessment) -> bool:
    """Answers it for an agency that the commitment binds."""
    return assessment.commitment is not None and bool(agencies_proposing(user, assessment.commitment))


def redacts(user: Person, subject: FollowUp | Evidence | Request) -> bool:
    """Removes private text or a file on a legal basis."""
    return is_coordinator(user)
