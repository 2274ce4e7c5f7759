"""A reader is as much of a person as decides which rows they may see."""

import pytest
from django.contrib.auth.models import AnonymousUser

from focalpoints.models import User
from focalpoints.readers import NOBODY, reader, somebody
from projects.models import DateChange, Evidence, FollowUp, Task
from tests.cast import EVERYBODY

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", EVERYBODY)
def test_somebody_with_the_same_standing_sees_the_same(role, cast):
    cast.follow_up("returned", cast.task(title="Uno"))
    cast.follow_up("submitted", cast.task(title="Dos"))
    person = cast[role] if role != "anonymous" else AnonymousUser()
    person = User.objects.get(pk=person.pk) if person.pk else person
    asked = reader(person)
    for model in (Task, FollowUp, DateChange, Evidence):
        visible = model.objects.visible_to
        assert set(visible(somebody(*asked))) == set(visible(person)), model
    if role == "anonymous":
        assert asked == NOBODY
