"""The bell: what others did to my items since I last marked its notices as seen."""

import re
from datetime import timedelta

import pytest

from focalpoints import clock
from focalpoints.actions import appoint, ensure_system, grant_role
from focalpoints.ledger.replay import differences
from focalpoints.models import LedgerHead, User
from projects import actions
from projects.models import Notice
from tests.cast import make_user
from tests.deciding import assigned, first_dated, rescoped, withdrawn

PAGE, SEEN = "/en/avisos/", "/en/avisos/vistos/"


def told(notices) -> list[tuple[str, str, str]]:
    """Type, verb and item of each, oldest first."""
    return [
        (notice.entry.subject_type, notice.entry.verb, notice.item)
        for notice in notices.select_related("entry").order_by("entry", "pk")
    ]


def on_page(page):
    days = [*page.context["days"], *(day for month in page.context["months"] for day in month.days)]
    by_kind = [notice for like in page.context["kinds"] for notice in like.notices]
    return by_kind + [notice for _day, kinds in days for like in kinds for notice in like.notices]


def bell(client, address: str = "/en/") -> str:
    """What the header's bell counts, "" without one."""
    found = re.search(r'edn-bell".*?</a>', client.get(address).content.decode(), re.DOTALL)
    if found is None:
        return ""
    count = re.search(r'edn-bell__count">([\d+]+)<', found[0])
    return count[1] if count else "0"


@pytest.fixture
def quiet(cast):
    """The cast, with everything that happened until now marked as seen."""
    User.objects.update(notices_seen=LedgerHead.objects.get().seq)
    Notice.objects.all().delete()
    return cast


@pytest.mark.parametrize(
    ("verb", "agencies", "office"),
    [
        ("submit", [], []),  # the review queue says so
        ("withdraw", [], [("follow-up", "withdraw", "task:MC-250K-T1")]),
        ("return", [("follow-up", "return", "task:MC-250K-T1")], []),
        ("accept", [("follow-up", "accept", "task:MC-250K-T1")], []),
    ],
)
def test_a_follow_up_tells_the_other_side(cast, verb, agencies, office):
    task = cast.task()
    Notice.objects.all().delete()
    cast.follow_up(
        {"submit": "submitted", "withdraw": "withdrawn", "return": "returned", "accept": "accepted"}[verb], task
    )
    assert told(Notice.objects.filter(agency=cast.sct)) == agencies
    assert told(Notice.objects.filter(agency=None)) == office
    assert not Notice.objects.filter(agency=cast.sep).exists()


def test_no_change_tells_nobody(quiet):
    task = quiet.task()
    Notice.objects.all().delete()
    actions.note_no_change(task, by=quiet["focal point"])
    actions.retract_no_change(task.follow_ups.get(), by=quiet["focal point"])
    assert told(Notice.objects.all()) == []


def test_a_task_tells_its_agency_and_who_loses_it(quiet):
    cast, office = quiet, quiet["coordinator"]
    commitment = cast.another_commitment(agencies=[cast.sct, cast.sep])
    Notice.objects.all().delete()
    task = cast.task(commitment=commitment)
    actions.correct_task(task, by=office, revision=task.revision, title=task.title.upper())
    task.refresh_from_db()
    actions.assign_task(task, by=office, revision=task.revision, agency=cast.sep)
    actions.cancel_task(task, by=office, reason="No.")
    item = f"task:{task.code}"
    assert told(Notice.objects.filter(agency=cast.sct)) == [
        ("task", verb, item) for verb in ("define", "correct", "assign")
    ]
    assert told(Notice.objects.filter(agency=cast.sep)) == [("task", verb, item) for verb in ("assign", "cancel")]
    assert told(Notice.objects.filter(agency=None)) == []


def test_who_gets_a_task_by_a_request_is_told_and_who_loses_it(quiet):
    cast = quiet
    task = cast.task(commitment=cast.another_commitment(agencies=[cast.sct, cast.sep]), due=clock.today())
    Notice.objects.all().delete()
    assigned(cast, task, cast.sep)
    for agency in (cast.sct, cast.sep):
        assert told(Notice.objects.filter(agency=agency)) == [("request", "approve", f"task:{task.code}")]


def test_the_answer_to_a_proposal_tells_the_agency(quiet):
    taken, refused = quiet.task("proposed"), quiet.task("declined")
    actions.confirm_task(taken, by=quiet["coordinator"])
    items = [f"task:{task.code}" for task in (taken, refused)]
    assert told(Notice.objects.filter(agency=None)) == [], "proposals wait in the review queue"
    assert told(Notice.objects.filter(agency=quiet.sct)) == [
        ("task", "decline", items[1]),
        ("task", "confirm", items[0]),
    ]


def test_a_commitment_tells_whom_it_names_and_whom_it_named(quiet):
    cast, office = quiet, quiet["coordinator"]
    commitment = cast.another_commitment()
    actions.correct_commitment(commitment, by=office, revision=commitment.revision, source="DOF")
    rescoped(cast, commitment, agencies=[cast.sep.key])
    withdrawn(cast, commitment, "Se dejó.")
    item = f"commitment:{commitment.code}"
    lost, ended = ("request", "approve", item), ("request", "approve", item)
    assert told(Notice.objects.filter(agency=cast.sct)) == [
        ("commitment", "create", item),
        ("commitment", "correct", item),
        lost,
    ]
    assert told(Notice.objects.filter(agency=cast.sep)) == [lost, ended]


def test_what_binds_everybody_names_nobody(quiet):
    quiet.another_commitment(binds="all")
    assert told(Notice.objects.all()) == []


def test_a_date_tells_the_agencies_when_decided(quiet):
    cast, office = quiet, quiet["coordinator"]
    commitment = cast.another_commitment(agencies=[cast.sct, cast.sep], due=clock.today() + timedelta(days=30))
    task = cast.task(commitment=commitment, due=clock.today() + timedelta(days=20))
    Notice.objects.all().delete()
    change = actions.request_date(
        task, by=cast["focal point"], to_due=clock.today() + timedelta(days=50), category="legal", reason="Licitación."
    )
    assert told(Notice.objects.filter(agency=None)) == [], "requests wait in the review queue"
    actions.approve_request(change, by=office, revision=change.revision)
    assert told(Notice.objects.filter(agency=cast.sct)) == [("request", "approve", f"task:{task.code}")]
    # The commitment's date moved along.
    assert told(Notice.objects.filter(agency=cast.sep)) == [("request", "approve", f"commitment:{commitment.code}")]
    undated = cast.task(due=None)
    Notice.objects.all().delete()
    first_dated(cast, undated, clock.today() + timedelta(days=9), "Se publicó.")
    item = f"task:{undated.code}"
    assert told(Notice.objects.filter(agency=None)) == []
    assert told(Notice.objects.filter(agency=cast.sct)) == [("request", "approve", item)]
    assert not Notice.objects.filter(agency=cast.sep).exists()


def test_a_return_rings_at_once(quiet):
    task = quiet.task()
    client, others = quiet.client("focal point"), quiet.client("other agency")
    client.post(SEEN, {"upto": LedgerHead.objects.get().seq})
    assert bell(client) == "0"
    quiet.follow_up("returned", task)
    assert bell(client) == "1"
    assert bell(quiet.client("alternate")) == "2", "the task and the return"
    assert bell(others) == "0"


@pytest.mark.parametrize("name", ["administrator", "outsider", "anonymous"])
def test_who_has_no_items_has_no_bell(quiet, name):
    client = quiet.client(name)
    assert bell(client) == ""
    assert client.get(PAGE).status_code == (302 if name == "anonymous" else 404)
    assert client.post(SEEN, {"upto": "1"}).status_code == (401 if name == "anonymous" else 404)


def test_seen_is_what_stood_on_the_page(quiet):
    task, client = quiet.task(), quiet.client("focal point")
    page = client.get(PAGE).content.decode()
    upto = re.search(r'name="upto" value="(\d+)"', page)[1]
    quiet.follow_up("returned", task)  # meanwhile
    assert client.post(SEEN, {"upto": upto}, follow=True).status_code == 200
    assert bell(client) == "1"
    page = client.get(PAGE).content.decode()
    assert page.count(">New<") == 1
    assert page.index("Follow-up returned") < page.index("Task added")


def test_nothing_new_offers_no_button(quiet):
    quiet.task()
    client = quiet.client("focal point")
    client.post(SEEN, {"upto": LedgerHead.objects.get().seq})
    page = client.get(PAGE).content.decode()
    assert 'name="upto"' not in page
    assert "Task added" in page, "what was seen can still be read"


def test_what_was_seen_folds_by_month_and_what_is_new_stands_open(quiet):
    seen = [quiet.task(), quiet.task()]
    client = quiet.client("focal point")
    client.post(SEEN, {"upto": LedgerHead.objects.get().seq})
    new = quiet.task()
    main = client.get(PAGE).text.partition("<main")[2]
    opened, _heading, folded = main.partition("Earlier notices")
    assert [f"/en/tareas/{task.code}/" in opened for task in (new, *seen)] == [True, False, False]
    [month] = re.findall(r'<details class="edn-notices">.*?</details>', folded, re.DOTALL)
    assert f'<b>{clock.today():%B %Y}</b> <span class="edn-muted">(2)</span>' in month
    assert all(f"/en/tareas/{task.code}/" in month for task in seen)


def test_seen_never_goes_back_nor_beyond_the_ledger(quiet):
    quiet.task()
    client, head = quiet.client("focal point"), LedgerHead.objects.get().seq
    client.post(SEEN, {"upto": 2**53 - 1})
    assert quiet["focal point"].notices_seen == head
    client.post(SEEN, {"upto": 1})
    assert quiet["focal point"].notices_seen == head


@pytest.mark.parametrize("upto", ["", "abc", "-1", "1.5", str(2**53), "9" * 400, "1\x00", "٣"])
def test_no_such_entry_is_refused(quiet, upto):
    before = quiet["focal point"].notices_seen
    assert quiet.client("focal point").post(SEEN, {"upto": upto}).status_code == (302 if upto == "٣" else 400)
    assert quiet["focal point"].notices_seen == before


def test_reading_writes_nothing(quiet):
    quiet.task()
    client = quiet.client("focal point")
    assert client.get(PAGE).content == client.get(PAGE).content or bell(client) == "1"
    assert quiet["focal point"].notices_seen == User.objects.get(pk=quiet["focal point"].pk).notices_seen
    assert bell(client) == "1"
    assert client.get(SEEN).status_code == 405


def test_the_count_is_capped_and_costs_one_query(quiet, django_assert_num_queries):
    task = quiet.task()
    entry = Notice.objects.get().entry
    Notice.objects.bulk_create(Notice(agency=quiet.sct, entry=entry, item=f"task:{task.code}") for _n in range(200))
    assert bell(quiet.client("focal point")) == "99+"
    user = quiet["focal point"]
    user.standing  # noqa: B018 - read before, as every page does
    with django_assert_num_queries(1):
        assert Notice.objects.unseen_by(user)[:100].count() == 100


def test_pages_of_notices(quiet):
    for _n in range(60):
        quiet.task()
    client = quiet.client("focal point")
    first, second = client.get(PAGE), client.get(f"{PAGE}?page=2")
    assert (len(on_page(first)), len(on_page(second))) == (50, 10)
    assert second.context["upto"] is None
    assert client.get(f"{PAGE}?page=abc").status_code == 200


def test_queries_of_the_page_do_not_grow(quiet, django_assert_max_num_queries):
    for _n in range(30):
        quiet.follow_up("returned")
    client = quiet.client("coordinator")
    with django_assert_max_num_queries(14):
        client.get(PAGE)


def test_who_comes_new_is_not_told_of_the_years_before(cast):
    by = cast["administrator"]
    cast.follow_up("returned")
    person, coordinator = make_user("new person"), make_user("new coordinator")
    appoint(by=by, user=person, agency=cast.sct, kind="alternate", since=clock.today())
    grant_role(coordinator, "coordinator", by=ensure_system())
    for newcomer in (person, coordinator):
        newcomer = User.objects.get(pk=newcomer.pk)
        assert not Notice.objects.unseen_by(newcomer).exists()
    cast.follow_up("returned")
    person = User.objects.get(pk=person.pk)
    assert [entry[1] for entry in told(Notice.objects.unseen_by(person))] == ["define", "return"]


def test_a_second_appointment_leaves_what_is_unseen_unseen(cast):
    cast.follow_up("returned")
    person = cast["focal point"]
    assert Notice.objects.unseen_by(person).exists()
    appoint(by=cast["administrator"], user=person, agency=cast.sep, kind="alternate", since=clock.today())
    assert Notice.objects.unseen_by(cast["focal point"]).exists()


def test_my_work_leads_to_the_notices(quiet):
    quiet.task()
    page = quiet.client("focal point").get("/en/mi-trabajo/").content.decode()
    assert f'href="{PAGE}"><b>1</b> new notice</a>' in page


def test_every_item_leads_to_a_page_that_opens(quiet):
    quiet.follow_up("returned")
    quiet.follow_up("withdrawn")
    quiet.another_commitment()
    for name in ("focal point", "coordinator"):
        client = quiet.client(name)
        items = {notice.item.url for notice in on_page(client.get(PAGE))}
        assert items
        for url in items:
            assert client.get(url).status_code == 200, url


def test_thirty_like_ones_of_a_day_are_one_line_and_another_day_begins_anew(quiet):
    earlier, now = clock.now(), clock.now() + timedelta(days=3)
    quiet.task()
    with clock.at(now):
        returned = quiet.follow_up("returned", quiet.task(title="La devuelta"))
        for _n in range(29):
            quiet.task()
    client = quiet.client("focal point")
    page = client.get(PAGE)
    told = [(day, [(like.what, len(like.notices)) for like in kinds]) for day, kinds in page.context["days"]]
    assert told == [
        (clock.day_of(now), [("Task added", 30), ("Follow-up returned to its agency", 1)]),
        (clock.day_of(earlier), [("Task added", 1)]),
    ]
    folded = re.findall(r'<details class="edn-notices">.*?</details>', page.text, re.DOTALL)
    assert len(folded) == 1
    assert "30 new" in folded[0]
    assert folded[0].count("/en/tareas/") == 30
    assert f"/en/tareas/{returned.task.code}/" in page.text.replace(folded[0], "")


def test_notices_are_what_the_ledger_says(quiet):
    cast = quiet
    cast.follow_up("accepted")
    cast.task("declined")
    Notice.objects.all().delete()
    assert "projects_notice" in differences()


def test_the_office_reads_a_digest_by_kind_and_nothing_that_waits_in_the_queue(quiet):
    for _ in range(5):
        quiet.follow_up("withdrawn", quiet.task())
    quiet.follow_up("submitted", quiet.task())
    page = quiet.client("coordinator").get(PAGE)
    assert [(like.what, len(like.notices)) for like in page.context["kinds"]] == [
        ("Follow-up withdrawn by its agency", 5)
    ]
    assert page.context["days"] == []
    assert page.text.count("Follow-up withdrawn by its agency") == 1
    assert 'href="/en/revision/"' in page.text
    assert quiet.client("focal point").get(PAGE).context["kinds"] == []
