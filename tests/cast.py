"""The people (always the same) whom tables of tests run through, and the smallest strategy for them to work on."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.test import Client

from focalpoints import clock
from focalpoints.facts import agency_state
from focalpoints.ledger.record import record
from focalpoints.models import Agency, Appointment, Role, User
from projects import actions
from projects.models import Assessment, Commitment, FollowUp, Project, Task
from projects.search import documents
from tests.deciding import cancelled, replaced

SIGNED_IN = (
    "focal point", "alternate", "head", "former focal point", "other agency", "coordinator", "administrator", "outsider",
)  # fmt: skip
EVERYBODY = (*SIGNED_IN, "anonymous")
SINCE = datetime(2018, 1, 1, tzinfo=clock.ZONE)


def make_user(name: str, *roles: str) -> User:
    user = User(email=f"{name.replace(' ', '.')}@example.org", name=name.capitalize(), invited_at=SINCE)
    user.search = user.search_text()
    user.password = "nobody-signs-in-with-it"  # usable, so that account pages show what they show to everybody
    user.save()
    for kind in roles:
        hold(user, kind)
    return user


def hold(user: User, kind: str, **changes: Any) -> Role:
    """A role as the portal itself sets it up, in force since 2018."""
    facts = {"state": "held", "given_at": SINCE, "in_force_at": SINCE, **changes}
    return Role.objects.create(user=user, kind=kind, **facts)


def has_signed_in(user: User) -> User:
    """Once, so that they may be given a role."""
    User.objects.filter(pk=user.pk).update(last_login=clock.now())
    return User.objects.get(pk=user.pk)


def make_agency(key: str, acronym: str, kind: str = "dependencia", **facts: Any) -> Agency:
    agency = Agency(key=key, acronym=acronym, name=f"Secretaría {acronym}", kind=kind, **facts)
    agency.search = agency.search_text()
    agency.save()
    documents.put("agency", Agency.objects.filter(pk=agency.pk))
    return agency


def record_agencies(cast: "Cast") -> None:
    """Tell the ledger of the cast's agencies, which were made without a verb."""
    for agency in (cast.sct, cast.sep, cast.cedn):
        record("create", agency_state(agency), by=cast["administrator"], office="administration")


def appoint(
    user: User, agency: Agency, kind: str = "titular", since: date = date(2018, 1, 1), until: date | None = None
) -> Appointment:
    return Appointment.objects.create(user=user, agency=agency, kind=kind, since=since, until=until)


@dataclass
class Cast:
    """`cast["coordinator"]` is a person; `cast.client("coordinator")` a browser in which they are signed in."""

    people: dict[str, User]
    sct: Agency
    sep: Agency
    cedn: Agency
    project: Project
    commitment: Commitment
    made: dict[str, int] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        if name == "anonymous":
            return AnonymousUser()
        if name not in self.people:
            self.people[name] = self._newcomer(name)
        return User.objects.get(pk=self.people[name].pk)

    def client(self, name: str, **options: Any) -> Client:
        client = Client(**options)
        if name != "anonymous":
            client.force_login(self[name])
        return client

    def another_commitment(self, **facts: Any) -> Commitment:
        number = self._count("commitment")
        facts = {"binds": "named", "agencies": [self.sct], **facts} if facts.get("binds", "named") == "named" else facts
        return actions.create_commitment(
            by=self["coordinator"], project=self.project, code=f"C{number}", title=f"Compromiso {number}", **facts
        )

    def find(self, commitment: Commitment, verdict: str = "fulfilled", **facts: Any) -> Assessment:
        """The second coordinator, who accepted nothing, assesses it."""
        commitment.refresh_from_db()
        facts = {"reasons": "Por lo que consta.", "revision": commitment.revision, **facts}
        return actions.assess(commitment, by=self["second coordinator"], verdict=verdict, **facts)

    def task(self, state: str = "confirmed", **facts: Any) -> Task:
        """A task of SCT under the commitment, brought to `state` by the verbs."""
        number = self._count("task")
        commitment = facts.pop("commitment", self.commitment)
        days = 20 if state == "replaced" else 60  # what is due later nobody needs to ask about
        facts = {"agency": self.sct, "title": f"Tarea {number}", "due": clock.today() + timedelta(days), **facts}
        if state in {"proposed", "declined", "withdrawn"}:
            task = actions.propose_task(commitment, by=self["focal point"], **facts)
        else:
            task = actions.define_task(commitment, by=self["coordinator"], **facts)
        if state == "declined":
            actions.decline_task(task, by=self["coordinator"], reason="Ya está en otra tarea.")
        if state == "withdrawn":
            actions.withdraw_task(task, by=self["focal point"], reason="La retiramos.")
        if state == "cancelled":
            cancelled(self, task)
        if state == "replaced":
            replaced(self, task, f"{task.title}, otra vez")
        if state == "mistaken":
            actions.undo_task(task, by=self["coordinator"], reason="Se capturó dos veces.")
        return task

    def follow_up(self, state: str = "draft", task: Task | None = None, link: str = "", **words: Any) -> FollowUp:
        """A follow-up of SCT's focal point, brought to `state` by the verbs. One of 100 % is proved by some link."""
        task = task or self.task()
        words = {"progress": 40, "done": "Se conectaron más sitios.", "next_step": "Licitar.", "obstacle": "", **words}
        author = self["focal point" if task.agency_id == self.sct.pk else "other agency"]
        follow_up = actions.save_draft(task, by=author, **words)
        if link or words["progress"] == 100:
            actions.attach_link(follow_up, by=author, url=link or "https://www.gob.mx/prueba")
        if state != "draft":
            actions.submit(follow_up, by=author, revision=follow_up.revision)
        if state == "withdrawn":
            actions.withdraw(follow_up, by=author)
        if state == "returned":
            actions.return_(
                follow_up, by=self["coordinator"], revision=follow_up.revision, comment="Falta la evidencia."
            )
        if state == "accepted":
            actions.accept(follow_up, by=self["coordinator"], revision=follow_up.revision)
        return follow_up

    def _newcomer(self, name: str) -> User:
        """SCT's head and its former focal point have no power there. Made when asked for: letters count who there is."""
        terms = {"head": {"kind": "head"}, "former focal point": {"until": clock.today()}}[name]
        user = make_user(name)
        appoint(user, self.sct, **terms)
        return user

    def _count(self, what: str) -> int:
        self.made[what] = self.made.get(what, 0) + 1
        return self.made[what]


def assemble() -> Cast:
    """The people and the smallest strategy, on the business clock's today."""
    sct, sep = make_agency("9", "SCT", is_ministry=True), make_agency("11", "SEP", is_ministry=True)
    cedn = make_agency("CEDN", "CEDN", kind="unidad coordinadora")
    people = {
        "focal point": make_user("focal point"),
        "alternate": make_user("alternate"),
        "other agency": make_user("other agency"),
        "coordinator": make_user("coordinator", "coordinator"),
        "second coordinator": make_user("second coordinator", "coordinator"),
        "administrator": make_user("administrator", "administrator"),
        "outsider": make_user("outsider"),
    }
    appoint(people["focal point"], sct)
    appoint(people["alternate"], sct, "alternate")
    appoint(people["other agency"], sep)
    by = people["coordinator"]
    project = actions.create_project(
        by=by, slug="mexico-conectado", title="México Conectado", kind="programme", lead_agency=sct
    )
    commitment = actions.create_commitment(
        by=by, project=project, code="MC-250K", title="México Conectado: 250,000 sitios", binds="named", agencies=[sct],
        due=clock.today() + timedelta(days=90),
    )  # fmt: skip
    return Cast(people, sct, sep, cedn, project, commitment)
