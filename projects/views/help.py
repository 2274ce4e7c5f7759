"""The help: one page for each way of using the portal, in steps. Its pictures are made by `make pictures` (tests/test_pictures.py)."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from focalpoints.pages.page_cache import public_page
from focalpoints.workflow import StrOrPromise


@dataclass(frozen=True, slots=True)
class Step:
    """What to do, the page where it is done (the name of its address), and a picture of it with what it shows."""

    does: StrOrPromise
    says: StrOrPromise
    page: str = ""
    picture: str = ""
    shows: StrOrPromise = ""


@dataclass(frozen=True, slots=True)
class Guide:
    """The help for one role. `name` is that of its address."""

    name: str
    title: StrOrPromise
    purpose: StrOrPromise
    steps: tuple[Step, ...]


GUIDES = (
    Guide(
        "help_public",
        _("For whoever consults the record"),
        _("Citizens, the press, auditors: no account is needed, and everything can be taken away."),
        (
            Step(
                _("Begin with the board"),
                _(
                    "It says how the strategy is going, what is late, who answers for it and what falls due next. "
                    "Every figure leads to exactly what it counts."
                ),
                "projects:board", "board",
                _("The board: a sentence on how the strategy is going, and commitments by light"),
            ),
            Step(
                _("Search for what matters to you"),
                _(
                    "The box at the top of every page finds commitments, tasks, agencies and what accepted follow-ups say. "
                    "Accents do not matter, the beginning of a word is enough, and words in quotes must stand together; a code "
                    "or a folio leads straight to its page."
                ),
                "projects:search",
            ),
            Step(
                _("Open a commitment"),
                _(
                    "Its page says what was promised, for when, and by whom. Claimed is what the agency reports; "
                    "verified is what the coordination office accepted; assessed is what it found of the whole "
                    "promise."
                ),
                "projects:commitment_list", "commitment",
                _("A commitment: what was claimed, verified and assessed, side by side"),
            ),
            Step(
                _("Ask why"),
                _(
                    "Beside each light there is an explanation. The lights follow one published rule, and nobody sets"
                    " them by hand."
                ),
                "projects:light_rule",
            ),
            Step(
                _("Go back to another day"),
                _(
                    "Most pages can show how they stood on a day of the past: open “See how it stood on another day” "
                    "and choose it."
                ),
            ),
            Step(
                _("Check a folio"),
                _(
                    "Every event has a folio, chained to the one before. Type one, and the portal shows what was "
                    "recorded and how to compute its hash yourself."
                ),
                "focalpoints:verify",
            ),
            Step(
                _("Report an error"),
                _("Write to the office and say on which page and on which day you saw it."),
                "focalpoints:contact",
            ),
        ),
    ),
    Guide(
        "help_focal_point",
        _("For focal points"),
        _(
            "What falls due in your agency, how to report it and how to prove it. A plain follow-up takes less than a"
            " minute."
        ),
        (
            Step(
                _("Begin with My work"),
                _(
                    "It lists what is late, what falls due in the next 30 days and what was returned to you, most "
                    "urgent first."
                ),
                "projects:my_work", "my-work",
                _("My work: the tasks that are late or fall due soon, each with its button"),
            ),
            Step(
                _("Log the follow-up of a task"),
                _(
                    "Say how far it is, what was done, what comes next and what is in the way. The draft saves itself"
                    " and nobody else reads it."
                ),
                "", "follow-up", _("The form of a follow-up: progress, what was done, next step and obstacle"),
            ),
            Step(
                _("Prove it"),
                _("Attach a file or a link. A progress of 100 % needs at least one."),
            ),
            Step(
                _("Send it"),
                _(
                    "You get a receipt with a folio. The number that you claim is public at once, marked as claimed; "
                    "your text and your evidence are public once the coordination office accepts them."
                ),
            ),
            Step(
                _("If nothing changed, say so"),
                _("“No change, still valid” takes one click, at most twice in a row, while the due date has not passed."),
            ),
            Step(
                _("If the date cannot be kept, ask for another"),
                _("Ask before it passes, with the reason and what proves it. The first date always stays in sight."),
            ),
        ),
    ),
    Guide(
        "help_coordinator",
        _("For coordinators"),
        _("The queue of what was sent, decisions on dates and scope, and findings on the whole of a promise."),
        (
            Step(
                _("Work the queue, oldest first"),
                _(
                    "How long things wait for you is public too. Filter it by agency or sector, or by what you answer"
                    " for."
                ),
                "projects:review_queue", "review",
                _("The review queue: what waits, how long, and what is to be noted"),
            ),
            Step(
                _("Accept or return"),
                _(
                    "Compare with what was accepted before, and open the evidence. Return it with a comment that says"
                    " what is missing. Nobody decides on what they wrote themselves."
                ),
                "", "decision", _("A follow-up in review: what is claimed now beside what was accepted before"),
            ),
            Step(
                _("Decide on requests"),
                _(
                    "A new date, another scope, a cancelling: the page shows the effect before you decide. Whoever "
                    "asked does not decide."
                ),
            ),
            Step(
                _("Keep what was promised"),
                _("Add commitments and tasks, and confirm or decline the tasks that focal points propose."),
                "projects:proposal_list",
            ),
            Step(
                _("Assess what has come to its end"),
                _(
                    "Once nothing is left open, find whether the promise was fulfilled, with reasons and sources. "
                    "Somebody who did not accept its last proof does it."
                ),
            ),
            Step(
                _("Read what will go out"),
                _("Every reminder of the next two weeks can be read beforehand, with the reason for each line."),
                "projects:reminders",
            ),
        ),
    ),
    Guide(
        "help_administrator",
        _("For administrators"),
        _("Agencies, people, appointments and roles, and what the office says of itself."),
        (
            Step(
                _("See to the empty seats first"),
                _("An agency with open tasks and without a focal point stands on top of the administration’s page."),
                "focalpoints:administration", "administration",
                _("The administration: empty seats, appointments that end soon, people who have not come"),
            ),
            Step(
                _("Invite the person, then appoint them"),
                _(
                    "The invitation is a link to choose a password. The appointment names the agency, the first day "
                    "and the official letter."
                ),
                "focalpoints:person_invite",
            ),
            Step(
                _("Give roles with a second person"),
                _("Coordinators and administrators have a role. It is in force once somebody else has confirmed it."),
                "focalpoints:role_list",
            ),
            Step(
                _("When ministries change"),
                _("Rename an agency, move it to another sector or close it. Its earlier name and its record stay."),
                "focalpoints:agency_list",
            ),
            Step(
                _("Write the pages of the office"),
                _(
                    "Contact, privacy notice, accessibility and licence, version by version. Until they are written, "
                    "readers see that they are not."
                ),
                "focalpoints:office_text_list",
            ),
            Step(
                _("Show an agency’s mailbox"),
                _(
                    "On the agency’s page, under “Correct or rename”. None is shown until you enter one, and a "
                    "person’s address is refused."
                ),
                "focalpoints:agency_list",
            ),
        ),
    ),
)  # fmt: skip
OF_NAME = {guide.name: guide for guide in GUIDES}


@public_page()
def help_index(request: HttpRequest) -> HttpResponse:
    return render(
        request, "projects/help_index.html", {"guides": [(f"projects:{guide.name}", guide) for guide in GUIDES]}
    )


@public_page()
def help_guide(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, "projects/help_guide.html", {"guide": OF_NAME[name]})
