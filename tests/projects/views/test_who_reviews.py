"""*La reviso yo*: colleagues see who has a follow-up in hand; it keeps nobody from deciding, and lapses."""

from datetime import timedelta

import pytest
from django.urls import reverse

from focalpoints import clock
from projects import actions
from projects.models import FollowUp
from projects.reading.review_rows import LAPSES

pytestmark = pytest.mark.once


def press(client, row, **words):
    return client.post(reverse("projects:follow_up_take_up", args=[row.code]) + "?flag=unproven", words)


def seen_by(cast, who, row):
    client = cast.client(who)
    return [client.get(where).text for where in ("/en/revision/", f"/en/revision/{row.code}/")]


def test_colleagues_see_who_reviews_it_until_it_lapses_or_is_let_go(cast):
    row, client = cast.follow_up("submitted"), cast.client("coordinator")
    said = f"{cast['coordinator'].name} reviews it"
    assert press(client, row)["Location"].endswith(f"/revision/{row.code}/?flag=unproven")
    pages = seen_by(cast, "second coordinator", row)
    assert [said in page for page in pages] == [True, True]
    assert "You review it." in seen_by(cast, "coordinator", row)[1]
    with clock.at(clock.now() + LAPSES + timedelta(minutes=1)):
        assert [said in page for page in seen_by(cast, "second coordinator", row)] == [False, False]
    press(cast.client("second coordinator"), row)
    press(client, row, let_go="1")
    assert FollowUp.objects.get().reviewer == cast["second coordinator"], "a colleague took it meanwhile"
    press(cast.client("second coordinator"), row, let_go="1")
    assert FollowUp.objects.get().reviewer is None


def test_it_keeps_nobody_from_deciding_and_is_no_new_revision(cast):
    row = cast.follow_up("submitted")
    actions.take_up(row, by=cast["coordinator"])
    actions.accept(row, by=cast["second coordinator"], revision=row.revision)
    assert FollowUp.objects.get().state == "accepted"
    answer = press(cast.client("coordinator"), row)
    assert answer.status_code == 302, "decided meanwhile: it is said, and nothing is written"


def test_only_who_may_decide_it_takes_it_up(cast):
    row = cast.follow_up("submitted")
    assert [press(cast.client(who), row).status_code for who in ("focal point", "outsider")] == [403, 404]
    FollowUp.objects.filter(pk=row.pk).update(saved_by=cast["coordinator"])
    assert press(cast.client("coordinator"), row).status_code == 403
    assert FollowUp.objects.get().reviewer is None
