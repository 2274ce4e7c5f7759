"""The part of the story in which dates move, and in which the coordination office asks a colleague: what became of it."""

from functools import partial
from typing import Any

from edn_portal.demo.telling import DemoStory, Scripted, found, upload_of, written
from projects import actions
from projects.models import Commitment, Request, Task


def tell_dates(story: DemoStory) -> None:
    """`requests` of the script's tasks: when each was asked, and decided or withdrawn, if it was."""
    for told in story.script["tasks"]:
        for change in told.get("requests", []):
            story.at(change["asked"], ask, story, told, change)
            if "withdrawn" in change:
                story.at(change["withdrawn"], withdraw, story, told, change)
            if "approved" in change:
                story.at(change["approved"][0], approve, story, told, *change["approved"][1:])
            if "rejected" in change:
                story.at(change["rejected"][0], reject, story, told, *change["rejected"][1:])


def ask(story: DemoStory, told: Scripted, change: Scripted) -> None:
    actions.request_date(
        written(told), by=story.cast[change["author"]], to_due=change["to"], category=change["category"],
        reason=change["reason"], files=[upload_of(change["file"])] if "file" in change else [],
        links=[(url, title) for title, url in change.get("links", [])],
    )  # fmt: skip


def withdraw(story: DemoStory, told: Scripted, change: Scripted) -> None:
    actions.withdraw_request(waiting(told), by=story.cast[change["author"]])


def approve(story: DemoStory, told: Scripted, by: str, comment: str = "") -> None:
    change = waiting(told)
    actions.approve_request(change, by=story.cast[by], revision=change.revision, comment=comment)


def reject(story: DemoStory, told: Scripted, by: str, answer: str) -> None:
    change = waiting(told)
    actions.reject_request(change, by=story.cast[by], revision=change.revision, comment=answer)


def waiting(told: Scripted) -> Request:
    return Request.objects.waiting().get(task=written(told))


def tell_office(story: DemoStory) -> None:
    """`office`: what a coordinator asked for, of which item (its commitment, the beginning of its task's title), and what became of it.

    Cancellations in one form name the commitment and the agencies whose tasks they are about.
    """
    for told in story.script["office"]:
        made: list[Request] = []
        moment, by = told["asked"]
        story.at(moment, partial(_ask_for_office, story, told, by, made))
        if "withdrawn" in told:
            story.at(told["withdrawn"], partial(_withdraw_for_office, story, by, made))
        for end, verb in (("approved", actions.approve_request), ("rejected", actions.reject_request)):
            if end in told:
                decided, who, comment = told[end]
                story.at(decided, partial(_decide, story, verb, who, comment, made))


def _ask_for_office(story: DemoStory, told: Scripted, by: str, made: list[Request]) -> None:
    who, wanted = story.cast[by], told.get("wanted", {})
    why: dict[str, Any] = {"by": who, "reason": told["reason"]}
    if "category" in told:
        why["category"] = told["category"]
    item: Any = _item(told["item"]) if "item" in told else None
    match told["kind"]:
        case "cancellations":
            agencies = [found(name) for name in told["agencies"]]
            made.extend(actions.ask_cancellations(item, tasks=list(item.tasks.filter(agency__in=agencies)), **why))
            return
        case "finding":
            change = actions.ask_finding(
                item, by=who, revision=item.revision, reasons=told["reason"], sources=told["sources"]
            )
        case "scope":
            change = actions.ask_scope(item, wanted=wanted, **why)
        case "cancellation":
            change = actions.ask_cancellation(item, **why)
        case "assignment":
            change = actions.ask_assignment(item, agency=found(wanted["agency"]), **why)
        case "withdrawal":
            change = actions.ask_withdrawal(item, **wanted, **why)
        case "series end":
            change = actions.ask_series_end(item, **why)
        case "first date":
            change = actions.ask_first_date(item, due=told["due"], **why)
        case "correction":
            change = actions.ask_correction(item, revision=item.revision, due=told["due"], **why)
        case "thresholds":
            change = actions.ask_thresholds(**wanted, **why)
        case "redaction":
            accepted = item.follow_ups.accepted().earliest("number")
            change = actions.ask_redaction(accepted, by=who, legal_basis=told["reason"])
    made.append(change)


def _item(told: list[str]) -> Commitment | Task:
    code, *title = told
    if title:
        return Task.objects.get(commitment__code=code, title__startswith=title[0])
    return Commitment.objects.get(code=code)


def _withdraw_for_office(story: DemoStory, by: str, made: list[Request]) -> None:
    actions.withdraw_request(Request.objects.get(pk=made[0].pk), by=story.cast[by])


def _decide(story: DemoStory, verb: Any, by: str, comment: str, made: list[Request]) -> None:
    change = Request.objects.get(pk=made[0].pk)
    verb(change, by=story.cast[by], revision=change.revision, comment=comment)
