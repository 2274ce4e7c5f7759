"""The row that an address names. Where this person may not see it, the address leads nowhere (404)."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Concat
from django.http import Http404

from focalpoints.models import Entry
from focalpoints.rules import Person
from focalpoints.sql.prepared import prepared
from projects.models import FollowUp, Task
from projects.models.commitment import dossier_of


def found_task(code: str, user: Person, *related: str) -> Task:
    return _found(Task, code, user, related)


def found_follow_up(code: str, user: Person, *related: str) -> FollowUp:
    return _found(FollowUp, code, user, related)


def task_for_verb(code: str, user: Person) -> Task:
    """With all that a verb on its follow-ups reads of it (`actions.fresh_rows.reread_in_dossier`)."""
    return _found(Task, code, user, ("agency", "commitment__project"), in_dossier=True)


def follow_up_for_verb(code: str, user: Person) -> FollowUp:
    """With all that a verb reads of it."""
    return _found(FollowUp, code, user, ("agency", "task__agency", "task__commitment__project"), in_dossier=True)


def with_last_entry[Row: (Task, FollowUp)](rows: QuerySet[Row], model: type[Row]) -> QuerySet[Row]:
    """Annotate `last_entry`: the number of the dossier's last entry, read at the same moment."""
    code = "task__commitment__code" if model is FollowUp else "commitment__code"
    entries = Entry.objects.filter(dossier=Concat(Value(dossier_of("")), OuterRef(code)))
    return rows.annotate(last_entry=Subquery(entries.order_by("-seq").values("seq")[:1]))


def _found[Row: (Task, FollowUp)](
    model: type[Row], code: str, user: Person, related: tuple[str, ...], *, in_dossier: bool = False
) -> Row:
    rows = _visible(model, code, user, related, in_dossier)
    if not rows:
        raise Http404
    return rows[0]


@prepared("code")
def _visible(
    model: type[Task] | type[FollowUp], code: str, user: Person, related: tuple[str, ...], in_dossier: bool
) -> QuerySet[Any, Any]:
    rows: QuerySet[Any, Any] = model.objects.visible_to(user).filter(code=code)
    rows = with_last_entry(rows, model) if in_dossier else rows
    return rows.select_related(*related) if related else rows
