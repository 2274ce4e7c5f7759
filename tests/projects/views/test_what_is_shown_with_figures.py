"""What makes a figure is shown with it: progress without evidence, proof that serves twice, lateness behind a claim."""

import pytest
from django.core.cache import caches

from projects.models import Evidence, Task


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
