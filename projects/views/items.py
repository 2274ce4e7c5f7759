"""What views need of a commitment or a task, whichever it is: the row, its address, what its templates read."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from focalpoints.pages.kit import done
from focalpoints.workflow import StrOrPromise
from projects.date_bounds import beyond_strategy
from projects.models import Commitment, Task
from projects.reading import by_code


def found_commitment(code: str) -> Commitment:
    return get_object_or_404(Commitment.objects.select_related("project"), code=code)


def found_task(request: HttpRequest, code: str) -> Task:
    """With what these pages show. Raises Http404 also for a task that the person may not see, such as another agency's proposal."""
    return by_code.found_task(code, request.user, "agency", "commitment__project")


def kind_of(item: Commitment | Task) -> str:
    """What the names of its addresses begin with."""
    return "task" if isinstance(item, Task) else "commitment"


def page_of(item: Commitment | Task) -> str:
    return reverse(f"projects:{kind_of(item)}_detail", args=[item.code])


def item_context(item: Commitment | Task | None) -> dict[str, Any]:
    """What those templates read that serve commitments and tasks; of the thresholds, which are about neither, there is no item."""
    if item is None:
        return {
            "item": None,
            "is_commitment": False,
            "task": None,
            "commitment": None,
            "item_url": reverse("projects:light_rule"),
        }
    task = item if isinstance(item, Task) else None
    return {
        "item": item,
        "is_commitment": task is None,
        "task": task,
        "commitment": task.commitment if task else item,
        "item_url": page_of(item),
    }


def done_with_date(
    request: HttpRequest, said: StrOrPromise, to: str, *, due: date | None, commitment: Commitment | None = None
) -> HttpResponse:
    """The next page, which says what happened, and warns of a date beyond the strategy's end: it may be meant."""
    answer = done(request, said, to)
    if beyond := beyond_strategy(due, commitment=commitment):
        messages.warning(request, beyond)
    return answer
