"""The keys of the review: off until somebody switches them on, and theirs to choose."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from focalpoints.actions import set_shortcuts
from focalpoints.models import User
from focalpoints.workflow import NotPossible

CHOSEN = {"is_on": "on", "key_next": "n", "key_previous": "p", "key_accept": "a", "key_return": "r", "key_help": "?"}


def keys_of(cast, who="coordinator"):
    return User.objects.get(pk=cast[who].pk).shortcuts


def test_they_are_off_until_they_are_switched_on_and_can_be_changed(cast):
    row, client = cast.follow_up("submitted"), cast.client("coordinator")
    pages = [reverse("projects:review_queue"), reverse("projects:follow_up_review", args=[row.code])]
    assert ["data-shortcuts" in client.get(page).text for page in pages] == [False, False]
    where = reverse("account_shortcuts")
    assert 'value="j"' in client.get(where).text
    assert client.post(where, CHOSEN)["Location"] == reverse("account")
    assert keys_of(cast) == "npar?"
    assert ['data-shortcuts="npar?"' in client.get(page).text for page in pages] == [True, True]
    assert "npar?" in client.get(reverse("account")).text
    client.post(where, {**CHOSEN, "is_on": ""})
    assert keys_of(cast) == ""


@pytest.mark.parametrize(
    "wrong", [{"key_next": "p"}, {"key_help": ""}, {"key_next": "jj"}, {"key_next": "\u200b"}, {"key_next": " "}]
)
def test_each_key_is_another_one_character(cast, wrong):
    page = cast.client("coordinator").post(reverse("account_shortcuts"), CHOSEN | wrong)
    assert page.status_code == 200
    assert "govuk-error-summary" in page.text
    assert keys_of(cast) == ""


def test_they_are_the_person_s_alone(cast):
    with pytest.raises(PermissionDenied):
        set_shortcuts(cast["coordinator"], "jkar?", by=cast["administrator"])
    with pytest.raises(NotPossible):
        set_shortcuts(cast["coordinator"], "jk", by=cast["coordinator"])
    assert "Keys of the review" not in cast.client("focal point").get("/en" + reverse("account")).text
