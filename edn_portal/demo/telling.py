"""Carries out the story of `story.toml` through the verbs, one event after another in the order of time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.text import slugify

from edn_portal.demo.pdf import pdf
from focalpoints import clock
from focalpoints.actions import (
    appoint,
    correct_agency,
    end_appointment,
    ensure_system,
    grant_role,
    invite,
    publish_office_text,
)
from focalpoints.actions.office import WORDS
from focalpoints.models import Agency, Appointment, User
from focalpoints.reference import agency_called
from principles.models import Objective
from projects import actions
from projects.actions.periods import open_periods
from projects.forms.evidence_types import CONTENT_TYPES
from projects.models import Assessment, Commitment, FollowUp, Task

NETWORK_BEGINS = date(2018, 1, 8)
LAST_DAY = date(2018, 10, 12)
Scripted = dict[str, Any]  # a table of story.toml, or one made up in its likeness
Which = Callable[[], Task]  # a task that exists by the time it is asked for


def email_of(key: str) -> str:
    return f"{key}@demo.example"


@dataclass(slots=True)
class DemoStory:
    """The story's events, collected in any order; `happen` carries them out in the order of time.

    Methods that take a part of the script collect its events; those that an event calls carry one out.
    """

    script: Scripted
    chance: Random = field(default_factory=lambda: Random(2018))  # noqa: S311 - a story, no secret
    cast: dict[str, User] = field(default_factory=dict)
    voices: dict[int, str] = field(default_factory=dict)  # who writes for an agency: its key in `cast`, by primary key
    events: list[tuple[datetime, Callable[[], object]]] = field(default_factory=list)

    def at(self, moment: datetime, event: Callable[..., object], *told: Any) -> None:
        """Collect one event. `moment` is Mexico City's."""
        self.events.append((moment.replace(tzinfo=clock.ZONE), partial(event, *told)))

    def happen(self) -> None:
        for moment, event in sorted(self.events, key=lambda event: event[0]):
            with clock.at(moment):
                event()

    # People

    def people(self) -> None:
        """Those whom the script names. The system sets up their roles: nobody in a story signs in, and only it may give one before."""
        for place, told in enumerate(self.script["people"]):
            arrives = datetime.combine(told.get("since", NETWORK_BEGINS), time(9)) + timedelta(minutes=place)
            self.at(arrives, self.arrive, told)
            if "until" in told:
                leaves = datetime.combine(told["until"] - timedelta(days=4), time(18))
                self.at(leaves, self.leave, told)

    def arrive(self, told: Scripted) -> None:
        key = told["key"]
        self.cast[key] = person = self.invite(key, told["name"], told["position"])
        for role in told.get("roles", []):
            grant_role(person, role, by=ensure_system())
        if "agency" in told:
            self.appoint(person, found(told["agency"]), told.get("kind", "titular"), letter=told["letter"])

    def leave(self, told: Scripted) -> None:
        appointment = Appointment.objects.select_related("user", "agency").get(user=self.cast[told["key"]])
        end_appointment(appointment, by=self.cast["administradora"], on=told["until"], reason="Cambio de adscripción.")

    def invite(self, key: str, name: str, position: str) -> User:
        """By the system, which writes to nobody."""
        return invite(by=ensure_system(), name=name, email=email_of(key), position=position, is_fictional=True)

    def appoint(self, person: User, agency: Agency, kind: str, *, letter: str) -> None:
        by = self.cast["administradora"]
        appoint(by=by, user=person, agency=agency, kind=kind, since=clock.today(), letter=letter)

    def network(self) -> None:
        """A focal point for every agency that the script leaves neither to somebody named nor vacant."""
        told = self.script["network"]
        taken = {found(person["agency"]).pk for person in self.script["people"] if "agency" in person}
        taken |= {found(name).pk for name in told["vacant"]}
        for person in self.script["people"]:
            if "agency" in person and "until" not in person and person.get("kind") != "alternate":
                self.voices[found(person["agency"]).pk] = person["key"]
        alternates = {found(name).pk for name in told["alternates"]}
        for place, agency in enumerate(Agency.objects.registered().exclude(pk__in=taken).order_by("pk")):
            key = slugify(agency.acronym or agency.key)
            self.voices[agency.pk] = key
            arrives = datetime.combine(NETWORK_BEGINS, time(12)) + timedelta(minutes=place)
            self.at(arrives, self.join, agency, key, "titular")
            if agency.pk in alternates:
                self.at(arrives, self.join, agency, f"{key}.suplente", "alternate")
        for place, name in enumerate(told["heads"]):
            self.at(datetime.combine(NETWORK_BEGINS, time(18)) + timedelta(minutes=place), self.head, found(name))

        for place, name in enumerate(told["offices"]):
            self.at(datetime.combine(NETWORK_BEGINS, time(19)) + timedelta(minutes=place), self.office, found(name))
        for place, name in enumerate(told["mailboxes"]):
            self.at(datetime.combine(NETWORK_BEGINS, time(20)) + timedelta(minutes=place), self.mailbox, found(name))

    def join(self, agency: Agency, key: str, kind: str) -> None:
        told = self.script["network"]
        first = self.chance.choice(told["women"] if self.chance.random() < 0.5 else told["men"])
        name = f"{first} {self.chance.choice(told['surnames'])} {self.chance.choice(told['surnames'])}"
        position = f"{self.chance.choice(told['titles'])}, {agency.short_name}"[:160]
        letter = f"{agency.key}/TIC/{self.chance.randint(10, 99)}/2018, 8 de enero de 2018"
        self.cast[key] = self.invite(key, name, position)
        self.appoint(self.cast[key], agency, kind, letter=letter)

    def head(self, agency: Agency) -> None:
        """Called by the office alone: who really held it is known, and this is nobody."""
        name = f"Titular de {agency.short_name} (demostración)"
        person = self.invite(f"{slugify(agency.acronym)}.titular", name, "Titular de la dependencia o entidad")
        self.appoint(person, agency, "head", letter=f"{agency.key}/OT/1/2018, 8 de enero de 2018")

    def office(self, agency: Agency) -> None:
        address = email_of(f"oficina.{slugify(agency.acronym)}")
        correct_agency(agency, by=self.cast["administradora"], revision=agency.revision, head_email=address)

    def mailbox(self, agency: Agency) -> None:
        address = email_of(f"ventanilla.{slugify(agency.acronym)}")
        correct_agency(agency, by=self.cast["administradora"], revision=agency.revision, mailbox=address)

    def office_texts(self) -> None:
        for told in self.script["office_texts"]:
            self.at(told["on"], self.publish, told)

    def publish(self, told: Scripted) -> None:
        words = {name: told[name].strip() for name in WORDS if name in told}
        publish_office_text(told["kind"], by=self.cast["administradora"], revision=0, **words)

    # Tasks and proposals that the script tells one by one

    def tasks(self) -> None:
        for told in self.script["tasks"]:
            self.at(told["on"], self.define, told)
            for follow_up in told.get("follow_ups", []):
                self.report(partial(written, told), follow_up)
            if "cancelled" in told:
                moment, by, reason = told["cancelled"]
                self.at(moment, self.cancel, told, by, reason)

    def define(self, told: Scripted) -> None:
        actions.define_task(
            commitment_of(told), by=self.cast["coordinacion"], agency=found(told["agency"]), title=told["title"],
            deliverable=told["deliverable"], due=told.get("due"), is_fictional=True,
        )  # fmt: skip

    def cancel(self, told: Scripted, by: str, reason: str) -> None:
        actions.cancel_task(written(told), by=self.cast[by], reason=reason)

    def proposals(self) -> None:
        for told in self.script["proposals"]:
            self.at(told["on"], self.propose, told)
            if "confirmed" in told:
                moment, by = told["confirmed"]
                self.at(moment, self.confirm, told, by)
            if "declined" in told:
                moment, by, reason = told["declined"]
                self.at(moment, self.decline, told, by, reason)

    def propose(self, told: Scripted) -> None:
        by = self.cast[told["author"]]
        agency = Agency.objects.get(appointments__user=by)
        actions.propose_task(
            commitment_of(told), by=by, agency=agency, title=told["title"], deliverable=told["deliverable"],
            due=told.get("due"),
        )  # fmt: skip

    def confirm(self, told: Scripted, by: str) -> None:
        actions.confirm_task(written(told), by=self.cast[by])

    def decline(self, told: Scripted, by: str, reason: str) -> None:
        actions.decline_task(written(told), by=self.cast[by], reason=reason)

    # Findings on whole commitments, periods and objectives

    def findings(self) -> None:
        for told in self.script["findings"]:
            self.at(told["on"], self.assess, told)
            if "answer" in told:
                moment, author, text = told["answer"]
                self.at(moment, self.answer, told, author, text)

    def assess(self, told: Scripted) -> None:
        found = {
            "by": self.cast[told["by"]], "verdict": told["verdict"], "reasons": told["reasons"],
            "sources": told.get("sources", ""),
        }  # fmt: skip
        if "objective" in told:
            objective = Objective.objects.get(parent=None, number=told["objective"])
            actions.assess_objective(objective, seen=objective.assessments.count(), **found)
            return
        commitment = commitment_of(told)
        actions.assess(commitment, revision=commitment.revision, period=told.get("period"), **found)

    def answer(self, told: Scripted, author: str, text: str) -> None:
        found = Assessment.objects.get(commitment__code=told["commitment"])
        actions.answer_assessment(found, by=self.cast[author], text=text)

    # Follow-ups

    def report(self, which: Which, told: Scripted) -> None:
        """Somebody writes a follow-up, or corrects the one in hand, and perhaps sends it; then it is decided or withdrawn.
        Or they say that nothing changed, and perhaps take that back.
        """
        if "noted" in told:
            self.at(told["noted"], self.note, which, told)
            if "retracted" in told:
                self.at(told["retracted"], self.retract, which, told)
            return
        if "saved" in told:
            self.at(told["saved"], self.write, which, told)
            return
        self.at(told["sent"] - timedelta(minutes=20), self.write, which, told)
        self.at(told["sent"], self.send, which, told)
        if "asked" in told:
            moment, by, question = told["asked"]
            self.at(moment, self.ask, which, by, question)
        if "withdrawn" in told:
            self.at(told["withdrawn"], self.withdraw, which, told)
        if "accepted" in told:
            moment, by = told["accepted"]
            self.at(moment, self.accept, which, by)
        if "returned" in told:
            moment, by, comment = told["returned"]
            self.at(moment, self.return_, which, by, comment)

    def write(self, which: Which, told: Scripted) -> None:
        by, task = self.cast[told["author"]], which()
        before = task.follow_ups.in_hand().first()
        words = {name: told.get(name, "") for name in ("done", "next_step", "obstacle")}
        revision = before.revision if before else None
        follow_up = actions.save_draft(task, by=by, revision=revision, progress=told["progress"], **words)
        for title, url in told.get("links", []):
            actions.attach_link(follow_up, by=by, url=url, title=title)
        if "file" in told:
            upload = upload_of(told["file"])
            actions.attach_file(follow_up, by=by, upload=upload, content_type=upload.content_type or "")

    def note(self, which: Which, told: Scripted) -> None:
        actions.note_no_change(which(), by=self.cast[told["author"]])

    def retract(self, which: Which, told: Scripted) -> None:
        said = which().follow_ups.get(state=FollowUp.State.NOTED)
        actions.retract_no_change(said, by=self.cast[told["author"]])

    def send(self, which: Which, told: Scripted) -> None:
        follow_up = in_hand(which())
        actions.submit(follow_up, by=self.cast[told["author"]], revision=follow_up.revision)

    def withdraw(self, which: Which, told: Scripted) -> None:
        actions.withdraw(in_hand(which()), by=self.cast[told["author"]])

    def accept(self, which: Which, by: str) -> None:
        follow_up = in_hand(which())
        actions.accept(follow_up, by=self.cast[by], revision=follow_up.revision)

    def return_(self, which: Which, by: str, comment: str) -> None:
        follow_up = in_hand(which())
        actions.return_(follow_up, by=self.cast[by], revision=follow_up.revision, comment=comment)

    def ask(self, which: Which, by: str, question: str) -> None:
        follow_up = in_hand(which())
        actions.ask(follow_up, by=self.cast[by], revision=follow_up.revision, comment=question)

    # The task that every agency got

    def for_all(self) -> None:
        told = self.script["for_all"]
        commitment = commitment_of(told)
        self.at(told["on"], self.define_for_all, told, commitment)
        for agency in Agency.objects.registered().order_by("pk"):
            author = self.voices.get(agency.pk)
            if author is None or agency.kind == Agency.Kind.COORDINATING_UNIT or agency.acronym == "SCT":
                continue  # nobody there; the office that reviews; and one that is left for whoever tries the demonstration
            for follow_up in self.one_of_many(told, author):
                self.report(partial(commitment.tasks.get, agency=agency, due=told["due"]), follow_up)

    def define_for_all(self, told: Scripted, commitment: Commitment) -> None:
        actions.define_task_for_all(
            commitment, by=self.cast[told["by"]], title=told["title"], deliverable=told["deliverable"], due=told["due"],
            is_fictional=True,
        )  # fmt: skip

    def one_of_many(self, told: Scripted, author: str) -> list[Scripted]:
        """What one agency did with its task by mid-October; in more than a third of them, nothing yet."""
        fate = self.chance.choices(
            ["silent", "started", "advanced", "finished", "waiting", "claimed", "returned", "draft"],
            weights=[38, 24, 14, 12, 4, 1, 4, 3],
        )[0]
        if fate == "silent":
            return []
        first = self.day_between(told["first_day"], date(2018, 9, 21))
        started = self.words(told, "started", author, self.chance.randrange(15, 50, 5))
        if fate == "draft":
            return [started | {"saved": self.office_hour(self.day_between(date(2018, 9, 24), LAST_DAY))}]
        if fate in {"waiting", "claimed"}:
            started["sent"] = self.office_hour(self.day_between(date(2018, 9, 25), LAST_DAY))
            return [started | (self.finished(author) if fate == "claimed" else {})]
        started["sent"] = self.office_hour(first)
        decided = self.decision(first)
        if fate == "returned":
            return [started | {"returned": [*decided, self.chance.choice(told["comment"])]}]
        started["accepted"] = decided
        if fate == "started":
            return [started]
        again = self.day_between(decided[0].date() + timedelta(days=1), LAST_DAY - timedelta(days=5))
        further = self.words(told, fate, author, 100 if fate == "finished" else self.chance.randrange(55, 95, 5))
        if fate == "finished":
            further |= self.finished(author)
        return [started, further | {"sent": self.office_hour(again), "accepted": self.decision(again)}]

    def finished(self, author: str) -> Scripted:
        link = ["Acuse de la cartera", f"https://{author}.demo.example/petic/2019/acuse"]
        return {"progress": 100, "next_step": "", "obstacle": "", "links": [link]}

    def words(self, told: Scripted, what: str, author: str, progress: int) -> Scripted:
        counts = {"n": self.chance.randint(2, 9), "m": self.chance.randint(3, 18)}
        return {
            "author": author,
            "progress": progress,
            "done": self.chance.choice(told[what]).format(**counts),
            "next_step": self.chance.choice(told["next_step"]),
            "obstacle": self.chance.choice(told["obstacle"]) if self.chance.random() < 0.15 else "",
        }

    # Quarterly reports

    def quarterly(self) -> None:
        told = self.script["quarterly"]
        commitment = commitment_of(told)
        for quarter in told["quarters"]:
            self.at(datetime.combine(working_day(quarter + timedelta(days=1)), time(8)), open_periods)
        for ministry in Agency.objects.ministries().order_by("pk"):
            self.at(told["on"], self.define_first, told, commitment, ministry)
            author = "semar" if ministry.acronym == "SEMAR" else self.voices[ministry.pk]
            author = "sct.suplente" if author == "sct" else author  # the titular came in June
            reported = told["reported"].get(ministry.acronym, len(told["quarters"]))
            for quarter in told["quarters"][:reported]:
                self.report(
                    partial(commitment.tasks.get, agency=ministry, due=quarter),
                    self.quarter(told, author, quarter),
                )
            if waits := told["waiting"].get(ministry.acronym):
                third = told["quarters"][reported]
                self.report(
                    partial(commitment.tasks.get, agency=ministry, due=third),
                    self.figures(told, author) | {"sent": waits},
                )

    def define_first(self, told: Scripted, commitment: Commitment, ministry: Agency) -> None:
        actions.define_task(
            commitment, by=self.cast[told["by"]], agency=ministry, title=told["title"], deliverable=told["deliverable"],
            due=told["quarters"][0], is_fictional=True,
        )  # fmt: skip

    def quarter(self, told: Scripted, author: str, ends: date) -> Scripted:
        sent = self.day_between(ends + timedelta(days=1), ends + timedelta(days=8))
        return self.figures(told, author) | {"sent": self.office_hour(sent), "accepted": self.decision(sent)}

    def figures(self, told: Scripted, author: str) -> Scripted:
        planned, real = self.chance.randint(18, 30), self.chance.randint(12, 26)
        facts = {
            "m": self.chance.randint(4, 20),
            "planned": planned,
            "real": real,
            "efficiency": round(100 * real / planned),
        }
        late = self.chance.random() < 0.2
        return {
            "author": author,
            "progress": 100,
            "done": self.chance.choice(told["done"]).format(**facts),
            "obstacle": self.chance.choice(told["obstacle"]) if late else "",
            "links": [
                ["Informe trimestral", f"https://{author.partition('.')[0]}.demo.example/cartera/informe-trimestral"]
            ],
        }

    # Days

    def decision(self, sent: date) -> list[Any]:
        """When, by working days, and by whom something sent on that day was decided."""
        day = min(working_day(sent + timedelta(days=self.chance.randint(1, 6))), LAST_DAY)
        return [datetime.combine(day, time(17, 30)) + timedelta(minutes=self.chance.randint(0, 89)), self.reviewer()]

    def reviewer(self) -> str:
        return self.chance.choice(["coordinacion", "coordinacion2", "coordinacion3"])

    def day_between(self, first: date, last: date) -> date:
        return working_day(first + timedelta(days=self.chance.randint(0, max((last - first).days, 0))), latest=last)

    def office_hour(self, day: date) -> datetime:
        return datetime.combine(day, time(9, 30)) + timedelta(minutes=self.chance.randint(0, 450))


def working_day(day: date, latest: date | None = None) -> date:
    """That day, or the Monday after it; the Friday before where that would be too late."""
    if day.weekday() < 5:
        return day
    monday = day + timedelta(days=7 - day.weekday())
    return monday if latest is None or monday <= latest else day - timedelta(days=day.weekday() - 4)


def found(name: str) -> Agency:
    agency = agency_called(name)
    assert agency is not None  # noqa: S101 - the script names agencies
    return agency


def commitment_of(told: Scripted) -> Commitment:
    return Commitment.objects.get(code=told["commitment"])


def written(told: Scripted) -> Task:
    return Task.objects.get(commitment__code=told["commitment"], title=told["title"])


def upload_of(told: list[str]) -> UploadedFile:
    """A file's name, then the lines of a PDF or the whole of another."""
    name, *content = told
    extension = name.rpartition(".")[2]
    data = pdf(*content) if extension == "pdf" else content[0].encode()
    return SimpleUploadedFile(name, data, CONTENT_TYPES[extension])


def in_hand(task: Task) -> FollowUp:
    return task.follow_ups.in_hand().get()
