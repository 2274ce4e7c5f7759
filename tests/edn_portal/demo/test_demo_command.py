"""What `manage.py demo` refuses, and in which words."""

from datetime import datetime

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from edn_portal.demo import preparation
from focalpoints import clock
from focalpoints.models import User
from tests.cast import make_user


@pytest.mark.parametrize("mode", ["production", "test"])
def test_it_refuses_what_is_no_demo(db, settings, mode):
    settings.DEMO = False
    with pytest.raises(CommandError, match="not a demo"):
        call_command("demo")
    assert not User.objects.exists()


def test_it_refuses_a_database_of_real_people(db, settings):
    settings.DEMO = True
    make_user("somebody real")
    with pytest.raises(CommandError, match="not fictional"):
        call_command("demo")
    assert User.objects.count() == 1


def test_it_asks_for_the_reference_data_first(db, settings):
    settings.DEMO = True
    with pytest.raises(CommandError, match="load_reference"):
        call_command("demo")


def test_it_is_not_told_in_the_future(db):
    with clock.at(datetime(2018, 10, 14, 23, 59, tzinfo=clock.ZONE)), pytest.raises(preparation.WrongDay):
        preparation.build()
