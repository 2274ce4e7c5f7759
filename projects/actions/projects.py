"""Verbs on projects: coordinators keep them, the reference load makes the first ones."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import F

from focalpoints import clock
from focalpoints.actions.corrections import as_kept, differing
from focalpoints.ledger.record import record
from focalpoints.models import Agency, User
from focalpoints.rules import is_system, office_of
from focalpoints.turn import in_turn
from focalpoints.workflow import NotPossible, permitted, refuse, swap
from principles.models import Enabler, Objective, Principle
from projects.codes import against_project_address
from projects.facts import project_state
from projects.models import Activity, FrameLink, Project
from projects.requests import PROJECTS_OBJECTIVE_STAYS


@in_turn
def create_project(
    *, by: User, slug: str, title: str, kind: str, partner_agencies: Sequence[Agency] = (), **facts: Any
) -> Project:
    """`facts`: language, phase, lead_agency, objective, enabler, note, source."""
    by = permitted("project.create", by=by)
    project = Project(kind=kind, **as_kept(Project, {"slug": slug.lower(), "title": title, **facts}))
    refuse(against_project_address(project.slug))
    project.save(force_insert=True)
    project.partner_agencies.set(partner_agencies)
    _recorded("create", project, by=by, source=project.source)
    return project


@in_turn
def correct_project(
    project: Project, *, by: User, revision: int, partner_agencies: Sequence[Agency] | None = None, **changes: Any
) -> None:
    by = permitted("project.correct", project, by=by)
    moves = "objective" in changes and changes["objective"] != project.objective
    if moves and not is_system(by) and project.commitments.exists():
        raise NotPossible(PROJECTS_OBJECTIVE_STAYS)
    changes = as_kept(Project, changes)
    differences = differing(project, changes)
    swap(project, revision, **changes)
    if partner_agencies is not None:
        project.partner_agencies.set(partner_agencies)
    _recorded("correct", project, by=by, changes=differences)


@in_turn
def cancel_project(project: Project, *, by: User, revision: int, reason: str) -> None:
    """Its commitments must have been cancelled first: each of them was a promise of its own."""
    by = permitted("project.cancel", project, by=by, reason=reason)
    swap(project, revision, state=Project.State.CANCELLED, cancel_reason=reason)
    _recorded("cancel", project, by=by, reason=reason)


@in_turn
def relate_project(
    project: Project,
    *,
    by: User,
    revision: int,
    principles: Iterable[Principle] = (),
    objectives: Iterable[Objective] = (),
    secondary: Iterable[Objective] = (),
    enablers: Iterable[Enabler] = (),
    reason: str = "",
) -> None:
    """Say what it serves besides what the OECD sheet prints and its main objective and enabler: these, and nothing else.

    A link that stays keeps the day since which it stands.
    """
    by = permitted("project.relate", project, by=by)
    wanted = {("principle_id", row.pk) for row in principles}
    wanted |= {("objective_id", row.pk) for row in (*objectives, *secondary)}
    wanted |= {("enabler_id", row.pk) for row in enablers}
    swap(project, revision)
    for link in project.frame_links.all():
        name = next(name for name in ("principle_id", "objective_id", "enabler_id") if getattr(link, name))
        if (served := (name, getattr(link, name))) in wanted:
            wanted.remove(served)
        else:
            link.delete()
    today = clock.today()
    FrameLink.objects.bulk_create(FrameLink(project=project, since=today, **{name: pk}) for name, pk in sorted(wanted))
    _recorded("relate", project, by=by, reason=reason)


@in_turn
def link_activity(
    project: Project, principle: Principle, *, by: User, order: int, as_printed: str, language: str = "es"
) -> Activity:
    """Record that the OECD sheet prints this project, in Spanish or English, as an activity of that principle."""
    by = permitted("project.link", project, by=by)
    activity = Activity.objects.create(
        project=project, principle=principle, order=order, as_printed=as_printed, language=language
    )
    _link_recorded(project, by=by, principle=principle.number, as_printed=as_printed)
    return activity


@in_turn
def correct_activity(activity: Activity, *, by: User, **changes: Any) -> None:
    """Bring a printed activity (`as_printed`, `language`, `project`) to what the sheet says; its principle and order name it."""
    by = permitted("project.link", activity.project, by=by)
    differences = differing(activity, changes)
    for name, value in changes.items():
        setattr(activity, name, value)
    activity.save(update_fields=[*changes])
    _link_recorded(activity.project, by=by, changes=differences)


def _link_recorded(project: Project, *, by: User, **private: Any) -> None:
    Project.objects.filter(pk=project.pk).update(revision=F("revision") + 1)
    _recorded("link", project, by=by, **private)


def _recorded(verb: str, project: Project, *, by: User, **private: Any) -> None:
    record(verb, project_state(project), by=by, office=office_of(by), private=private)
