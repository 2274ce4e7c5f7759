"""The part of the story in which dates move: what agencies asked for, and what became of it."""

from edn_portal.demo.telling import DemoStory, Scripted, upload_of, written
from projects import actions
from projects.models import Request


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
