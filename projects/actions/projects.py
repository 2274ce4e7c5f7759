"""Verbs on projects: coordinators keep them, the reference load makes the first ones."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from focalpoints.ledger.record import in_turn, record
from focalpoints.models import Agency, User
from focalpoints.rules import office_of
from focalpoints.workflow import NotPossible, swap
from principles.models import Principle
from projects.actions.commitment_progress import cataloguer, differing, refuse_without_reason
from projects.facts import project_state
from projects.models import Activity, Commitment, Project

CANCELLED = _("This project is cancelled. It stays as the record of what was decided.")


@in_turn
def create_project(
    *, by: User, slug: str, title: str, kind: str, partner_agencies: Sequence[Agency] = (), **facts: Any
) -> Project:
    """`facts`: language, phase, lead_agency, objective, enabler, source."""
    by = cataloguer(by)
    if Project.objects.filter(slug=slug).exists():
        raise NotPossible(_("There is already a project with this address. Choose another."))
    project = Project(slug=slug, title=title, kind=kind, **facts)
    project.search = project.search_text()
    project.save(force_insert=True)
    project.partner_agencies.set(partner_agencies)
    record("create", project_state(project), by=by, office=office_of(by), private={"source": project.source})
    return project


@in_turn
def correct_project(
    project: Project, *, by: User, revision: int, partner_agencies: Sequence[Agency] | None = None, **changes: Any
) -> None:
    by = cataloguer(by)
    _refuse_cancelled(project)
    before = differing(project, changes.items())
    project.title = changes.get("title", project.title)
    swap(project, revision, **changes, search=project.search_text())
    if partner_agencies is not None:
        project.partner_agencies.set(partner_agencies)
    record("correct", project_state(project), by=by, office=office_of(by), private={"changes": before})


@in_turn
def cancel_project(project: Project, *, by: User, revision: int, reason: str) -> None:
    """Its commitments must have been cancelled first: each of them was a promise of its own."""
    by = cataloguer(by)
    _refuse_cancelled(project)
    refuse_without_reason(reason)
    if project.commitments.filter(state=Commitment.State.ACTIVE).exists():
        raise NotPossible(_("This project has active commitments. Cancel each of them first, with its own reason."))
    swap(project, revision, state=Project.State.CANCELLED, cancel_reason=reason)
    record("cancel", project_state(project), by=by, office=office_of(by), private={"reason": reason})


@in_turn
def link_activity(project: Project, principle: Principle, *, by: User, order: int, as_printed: str) -> Activity:
    """Record that the OECD sheet prints this project as an activity of that principle."""
    by = cataloguer(by)
    activity = Activity.objects.create(project=project, principle=principle, order=order, as_printed=as_printed)
    Project.objects.filter(pk=project.pk).update(revision=F("revision") + 1)
    record(
        "link",
        project_state(project),
        by=by,
        office=office_of(by),
        private={"principle": principle.number, "as_printed": as_printed},
    )
    return activity


@in_turn
def correct_activity(activity: Activity, *, by: User, **changes: Any) -> None:
    """Bring a printed activity (`as_printed`, `project`) to what the sheet says; its principle and order name it."""
    by = cataloguer(by)
    before = differing(activity, changes.items())
    for name, value in changes.items():
        setattr(activity, name, value)
    activity.save(update_fields=[*changes])
    Project.objects.filter(pk=activity.project_id).update(revision=F("revision") + 1)
    record("link", project_state(activity.project), by=by, office=office_of(by), private={"changes": before})


def _refuse_cancelled(project: Project) -> None:
    if project.is_cancelled:
        raise NotPossible(CANCELLED)
