"""`manage.py load_reference` on an empty database."""

from datetime import date

import pytest
from django.core.management import call_command

from focalpoints import clock
from focalpoints.models import Entry

pytestmark = [pytest.mark.slow, pytest.mark.once]


def test_the_command_tells_what_it_did(db, capsys):
    """A row from beyond the business day enters with the last before it."""
    with clock.at(clock.start_of(date(2018, 10, 15))):
        call_command("load_reference")
        first = capsys.readouterr().out.splitlines()
        call_command("load_reference")
        again = capsys.readouterr().out.splitlines()
    assert (first[0], first[-1]) == (" 308 agencies: 308 added", "468 ledger entries were added.")
    assert (again[0], again[-1]) == (" 308 agencies: 308 unchanged", "0 ledger entries were added.")
    last = Entry.objects.get(subject_type="commitment", subject="MX0087").at
    assert last.astimezone(clock.ZONE).date() == date(2015, 9, 17)
