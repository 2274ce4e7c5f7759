"""What makes a figure is shown with it: progress without evidence, proof that serves twice, lateness behind a claim."""

from datetime import timedelta

import pytest
from django.core.cache import caches

from focalpoints import clock
from projects import actions
from projects.models import Evidence, Task
from tests.dates import ahead
from tests.deciding import cancelled, first_dated


@pytest.fixture(autouse=True)
def nothing_kept():
    caches["pages"].clear()


def page(cast, item):
    kind = "tareas" if isinstance(item, Task) else "compromisos"
    return cast.client("anonymous").get(f"/en/{kind}/{item.code}/").text


def test_progress_says_how_much_of_it_has_no_evidence(cast):
    bare, proven = cast.task(), cast.task()
    cast.follow_up("accepted", task=bare, progress=40)
    cast.follow_up("accepted", task=proven, progress=30, link="https://www.gob.mx/prueba")
    assert "40 of these points have no evidence." in page(cast, bare)
    assert "have no evidence" not in page(cast, proven)
    assert "Of 2 tasks with verified progress, 1 have some of it without evidence." in page(cast, cast.commitment)
    cast.follow_up("accepted", task=proven, progress=70)
    assert "40 of these points have no evidence." in page(cast, proven)


def test_redacted_proof_proves_nothing(cast):
    task = cast.task()
    cast.follow_up("accepted", task=task, progress=30, link="https://www.gob.mx/prueba")

    def count():
        return Task.objects.with_evidence_count().get(pk=task.pk).evidence_count

    assert count() == 1
    for columns in ({"is_hidden": True}, {"is_hidden": False, "url": "", "redaction": "LFTAIPG 18"}):
        Evidence.objects.update(**columns)
        assert count() == 0
        assert "30 of these points have no evidence." in page(cast, task)


def test_a_proof_that_serves_twice_says_so(cast):
    """In public once both were accepted; at review already while the other waits. One task's own follow-ups are no others."""
    here, there = cast.task(), cast.task()
    follow_up = cast.follow_up("accepted", task=here, link="https://www.gob.mx/prueba")
    cast.follow_up("accepted", task=here, progress=50, link="https://www.gob.mx/prueba")
    cast.follow_up("accepted", task=there, link="https://www.gob.mx/otra")
    waiting = cast.follow_up("submitted", task=there, progress=60, link="https://www.gob.mx/prueba")
    said = "Proves 1 other task too"
    review = cast.client("coordinator").get(f"/en/revision/{waiting.code}/").text
    assert review.count(said) == 1
    assert said not in page(cast, here)
    actions.accept(waiting, by=cast["coordinator"], revision=waiting.revision)
    caches["pages"].clear()
    assert page(cast, here).count(said) == 2
    assert page(cast, there).count(said) == 1
    assert page(cast, cast.commitment).count(said) == 3
    assert cast.client("anonymous").get(f"/en/seguimientos/{follow_up.code}/").text.count(said) == 1
    Evidence.objects.filter(follow_up=waiting).update(url="", redaction="LFTAIPG 18")
    caches["pages"].clear()
    assert said not in page(cast, here)


def test_a_file_that_serves_twice_says_so(cast):
    for task in (cast.task(), cast.task()):
        follow_up = cast.follow_up("accepted", task=task, link="https://www.gob.mx/prueba")
        Evidence.objects.filter(follow_up=follow_up).update(url="", file="aa/aa", sha256="a" * 64, size=1)
    assert "Proves 1 other task too" in page(cast, task)


def test_a_claim_that_came_after_the_date_says_how_long_that_has_passed(cast):
    """What was sent in time says nothing of the kind, however long it waits."""
    with clock.at(clock.now() - timedelta(days=60)):
        late, punctual = (cast.task(due=clock.today() + timedelta(days=30)) for _time in range(2))
    with clock.at(clock.now() - timedelta(days=31)):
        cast.follow_up("submitted", task=punctual, progress=100)
    with clock.at(clock.now() - timedelta(days=13)):
        cast.follow_up("submitted", task=late, progress=100)
    late.refresh_from_db()
    assert "overdue for 30 days" in page(cast, late)
    assert "overdue for" not in page(cast, punctual)
    listed = cast.client("anonymous").get("/en/tareas/").text
    assert listed.count("overdue since") == 1
    assert f'overdue since <time datetime="{late.due}">' in listed


def test_tasks_defined_at_the_end_are_counted_apart(cast):
    """Of 100 days the last ten, and those after its date; not what stands in the place of another."""
    commitment = cast.another_commitment(due=clock.today() + timedelta(days=100))
    for days in (0, 90, 91, 101):
        with clock.at(clock.now() + timedelta(days=days)):
            cast.task(commitment=commitment, due=None if days > 100 else commitment.due)
    assert "2 of them were defined after its date or in the last tenth of its time." in page(cast, commitment)
    assert "were defined" not in page(cast, cast.commitment)


def test_a_first_date_set_later_says_how_long_there_was_none(cast):
    task, commitment = cast.task(due=None), cast.another_commitment(due=None)
    for item, days in ((commitment, 12), (task, 40)):
        with clock.at(clock.now() + timedelta(days=days)):
            item.refresh_from_db()
            first_dated(cast, item, clock.today() + timedelta(days=3), "Decreto.")
        caches["pages"].clear()
        assert f"without a date for its first {days} days" in page(cast, item)


def look(cast, address, on=None):
    caches["pages"].clear()
    return cast.client("anonymous").get(f"/en{address}" + (f"?on={on}" if on else "")).text


def test_what_was_cancelled_is_no_task_of_a_commitment_but_enters_its_average(cast):
    tasks = [cast.task(due=ahead(5)) for _number in range(3)]
    cancelled(cast, tasks[2])
    with clock.at(clock.now() + timedelta(days=8)):
        assert "2 of 2 tasks late" in look(cast, "/compromisos/")
        page = " ".join(look(cast, f"/compromisos/{cast.commitment.code}/").split())
        assert 'Its 2 tasks, what needs attention first <span class="edn-muted">and 1 that ended</span>' in page
        assert "2 of its 2 tasks are overdue" in page
        assert "The plain average of 3 tasks. 1 that was cancelled counts as well." in page


def test_lists_say_how_many_tasks_are_late_today_and_on_a_past_day(cast):
    fifth = ahead(5)
    for due in (fifth, ahead(6), ahead(60)):
        cast.task(due=due)
    cast.follow_up("submitted", cast.task(due=fifth), progress=100)  # waits for the office
    with clock.at(clock.now() + timedelta(days=8)):
        for address in ("/compromisos/", f"/dependencias/{cast.sct.key}/", f"/proyectos/{cast.project.slug}/"):
            assert "2 of 4 tasks late" in look(cast, address)
        assert "1 of 4 tasks late" in look(cast, "/compromisos/", on=ahead(-2))
        assert "of 4 tasks late" not in look(cast, "/compromisos/", on=ahead(-3))
        assert "One of its 4 tasks is overdue for 1 day and" in look(
            cast, f"/compromisos/{cast.commitment.code}/", on=ahead(-2)
        )
        assert "2 of its 4 tasks are overdue, the first for 3 days" in look(
            cast, f"/compromisos/{cast.commitment.code}/"
        )


def test_an_assessment_stands_beside_claimed_and_verified_in_lists(cast):
    cast.follow_up("accepted", cast.task(), progress=100)
    before = clock.today()
    with clock.at(clock.now() + timedelta(days=2)):
        cast.find(cast.commitment)
        assert "Assessed: Fulfilled" in look(cast, "/compromisos/")
        assert "Assessed:" not in look(cast, "/compromisos/", on=before)
        assert ">1 fulfilled</a>" in look(cast, "/")
        assert "No commitment has been assessed at its end" in look(cast, "/", on=before)


def test_a_past_day_says_how_much_had_no_evidence_then(cast):
    first, second = cast.task(), cast.task()
    cast.follow_up("accepted", task=first, progress=40)
    cast.follow_up("accepted", task=second, progress=30, link="https://www.gob.mx/prueba")
    address, begin = f"/compromisos/{cast.commitment.code}/", clock.now()
    days = [begin + timedelta(days=number) for number in range(1, 5)]
    with clock.at(days[0]):
        proof = cast.follow_up("accepted", task=first, progress=50, link="https://www.gob.mx/otra").evidence.get()
    with clock.at(days[1]):
        change = actions.ask_redaction(proof, by=cast["coordinator"], legal_basis="LFTAIPG 18")
    with clock.at(days[2]):
        actions.reject_request(change, by=cast["second coordinator"], revision=change.revision, comment="No procede.")
    with clock.at(days[3]):
        said = [look(cast, address, on=clock.day_of(day)) for day in (begin, *days[:3])]
        assert ["some of it without evidence" in page for page in said] == [True, False, True, False]
        assert "Of 2 tasks with verified progress, 1 have" in said[0]
