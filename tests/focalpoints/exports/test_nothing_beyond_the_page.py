"""No export says a word that its page does not show to the same person: marker words in the columns of text, row by row."""

import json
import re

import pytest
from django.apps import apps
from django.db import DatabaseError, models, transaction
from django.urls import reverse

from focalpoints.models import Annex
from projects import actions
from projects.models import Commitment
from projects.reminders.sending import send_day
from tests.focalpoints.exports.test_exports import BUTTONS, lines
from tests.ledger_plugin import lifted
from tests.projects.dumps.test_nothing_private import texts
from tests.standing import scene
from tests.test_every_url import PERSONS, staged

MARKED = re.compile(r"zz\d+zz")
# What the portal made of other rows' words, and reads back.
MADE = {"Annex", "Entry", "LedgerHead", "ProjectionState", "DayFigures", "Dump", "SearchDocument"}
WORDS_OF_ANNEXES = {"reason", "comment", "done", "next_step", "obstacle", "reasons", "sources", "answer", "title"}


@scene()
def stage(cast):
    """With a return, a draft of another agency, and a day's messages."""
    stage = staged(cast)
    cast.follow_up("returned")
    cast.follow_up("draft", task=cast.task(commitment=Commitment.objects.get(code="TODAS"), agency=cast.sep))
    actions.answer_assessment(cast.find(cast.commitment, "off_course"), by=cast["focal point"], text="No.")
    send_day()
    return stage


def plant():
    """A word of its own in every column of free text of every row, and in each text of an annex; which column, by word."""
    planted = {}

    def word(where):
        planted[made := f"zz{len(planted)}zz"] = where
        return made

    for annex in Annex.objects.all():
        said = json.loads(annex.content)
        said |= {name: word(f"Annex.{name}") for name in said.keys() & WORDS_OF_ANNEXES}
        Annex.objects.filter(pk=annex.pk).update(content=json.dumps(said))
    for label in ("focalpoints", "principles", "projects"):
        for model in apps.get_app_config(label).get_models():
            for field in texts(model) if model.__name__ not in MADE else ():
                if isinstance(field, models.JSONField) or field.name in NOT_WORDS:
                    continue  # parts that the portal reads back
                for key in model._default_manager.order_by("pk").values_list("pk", flat=True):
                    try:
                        with transaction.atomic():
                            made = word(f"{model.__name__}.{field.name}")
                            model._default_manager.filter(pk=key).update(**{field.name: made})
                    except DatabaseError:  # a reason of what is open, a link of a file
                        planted[made] = ""
    return planted


# What everybody may read anyway, whether the page of the export has it or not.
PUBLIC = {"Agency.name", "Commitment.title"}
# Names and secrets that pages are asked for by.
NOT_WORDS = {"code", "password", "time_zone", "secret", "token"}


def words_on(client, address):
    """Of all pages of a list."""
    found, number = set(), 0
    while True:
        number += 1
        answer = client.get(address, {"page": number} if number > 1 else {})
        assert answer.status_code == 200
        found |= set(MARKED.findall(answer.text))
        if 'rel="next"' not in answer.text:
            return found


@pytest.mark.once
def test_no_export_says_what_its_page_does_not_show(cast, stage):
    clients = {person: cast.client(person) for person in PERSONS}
    with lifted():
        planted = plant()
    told, beyond = set(), {}
    for column, (person, client) in enumerate(clients.items()):
        for name, (arguments, page, statuses) in BUTTONS.items():
            if statuses[column] != 200:
                continue
            args = [stage.get(argument, argument) for argument in arguments]
            answer = client.post(reverse(name, args=[*args, "jsonl"]))
            assert answer.status_code == 200, (person, name, answer.text)
            said = set(MARKED.findall(json.dumps(lines(answer))))
            told |= {planted[word] for word in said}
            not_shown = {planted[word] for word in said - words_on(client, reverse(page, args=args))}
            if more := not_shown - PUBLIC:
                beyond[person, name] = more
    assert beyond == {}
    assert told == {
        "Agency.acronym", "Agency.name", "Annex.comment", "Appointment.letter", "Commitment.title", "Task.title", "User.email",
        "User.name", "User.position",
    }  # fmt: skip
